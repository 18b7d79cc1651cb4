from __future__ import annotations

from sqlalchemy import select

from app.bootstrap import Workspace
from app.tuning import apply_weights
from models import Evidence, Topic, WarmthVersion
from prospects.tuning import in_force, load_weights
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW

PAGE = "/topics/weights"


def present(workspace: Workspace) -> str:
    with workspace.db.read() as session:
        version = in_force(session)
        return str(version.number) if version else ""


def send(browser: Browser, workspace: Workspace, **fields: str) -> tuple[int, str]:
    answer = browser.send(PAGE, **({"version": present(workspace)} | fields))
    return answer.status_code, answer.text


def test_a_manager_changes_a_weight_and_a_half_life_with_a_reason(
    browser: Browser, workspace: Workspace
) -> None:
    assert 'name="like" value="0.5"' in browser.open(PAGE).text
    fields = {"like": "0.4", "identity.seller": "0.15", "half_life.1": "96"}
    _, page = send(browser, workspace, **fields, reason="likes turned out to be cheap")
    assert 'name="like" value="0.4"' in page
    assert 'name="half_life.1" value="96"' in page
    assert "likes turned out to be cheap" in page
    with workspace.db.read() as session:
        assert load_weights(session, workspace.settings.warmth).like == 0.4
        assert session.get_one(Topic, 1).half_life_hours == 96
        newest = session.scalars(select(WarmthVersion).order_by(WarmthVersion.number)).all()[-1]
        assert newest.why == "likes turned out to be cheap"
        assert session.scalars(select(Evidence.signal_id)).first() is not None
    apply_weights(workspace, clock=lambda: NOW)
    _, again = send(browser, workspace, like="٠٫٣", reason="cheaper still")
    assert 'name="like" value="0.3"' in again
    assert "likes turned out to be cheap" in again  # every version stays


def test_what_cannot_be_is_said_and_changes_nothing(browser: Browser, workspace: Workspace) -> None:
    browser.open(PAGE)
    for fields, said in (
        ({"like": "0.4", "reason": " "}, "Nothing is saved without a reason"),
        ({"like": "0.5", "reason": "why"}, "Nothing would change"),
        ({"like": "much", "reason": "why"}, "Write every weight as a number"),
        ({"like": "inf", "reason": "why"}, "Write every weight as a number"),
        ({"like": "-1", "reason": "why"}, "Weights are 0 or more"),
        ({"repeat": "2", "reason": "why"}, "Weights are 0 or more"),
        ({"half_life.1": "0", "reason": "why"}, "Weights are 0 or more"),
        ({"like": "0.4", "reason": "why", "version": "99"}, "Somebody changed the weights"),
    ):
        status, page = send(browser, workspace, **fields)
        assert status == 400, fields
        assert said in page, fields
        assert 'aria-describedby="reason-error"' in page
    with workspace.db.read() as session:
        assert load_weights(session, workspace.settings.warmth).like == 0.5


def test_the_page_reads_in_arabic(browser: Browser) -> None:
    page = browser.open(f"{PAGE}?lang=ar").text
    for words in ("كم يُحتسب لكل شيء", "عمر النصف بالساعات", "غيّر الأوزان"):
        assert words in page
