"""Statuses of the fediverse, whatever server they come from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from signals.collectors.contract import Flag, Kind
from signals.collectors.mastodon.statuses import to_engagements, to_reactions

SITE = "https://here.example"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def account(**over: Any) -> dict[str, Any]:
    return {
        "id": "7", "acct": "ada@there.example", "url": "https://there.example/@ada",
        "uri": "https://there.example/users/ada", "display_name": "Ada", "note": "<p>Hello</p>",
        "bot": False, "indexable": True, "discoverable": None,
    } | over  # fmt: skip


def status(**over: Any) -> dict[str, Any]:
    return {
        "id": "100", "created_at": "2026-04-30T10:00:00.000Z", "visibility": "public",
        "uri": "https://there.example/users/ada/statuses/9", "language": "en", "sensitive": False,
        "url": "https://there.example/@ada/9", "account": account(), "spoiler_text": "",
        "content": "<p>Which <b>pension</b>?</p>", "favourites_count": 3, "reblogs_count": 1,
        "replies_count": 0, "in_reply_to_id": None, "reblog": None, "edited_at": None,
    } | over  # fmt: skip


def one(**over: Any) -> Any:
    mapped = to_engagements([status(**over)], site=SITE)
    assert mapped.malformed == []
    return mapped.engagements[0]


def test_a_status_is_a_post_named_by_its_uri() -> None:
    post = one()
    assert (post.kind, post.external_id) == (Kind.POST, status()["uri"])
    assert post.text == "Which pension?"
    assert post.author.external_id == "https://there.example/users/ada"
    assert post.author.handle == "ada@there.example"
    assert post.author.description == "Hello"
    assert post.record_ref == f"{SITE}/api/v1/statuses/100"
    assert post.metrics["likes"] == 3
    assert post.metrics["quotes"] is None
    assert post.flags == frozenset()
    assert post.occurred_at == datetime(2026, 4, 30, 10, tzinfo=UTC)


def test_a_local_account_gets_the_name_of_its_server() -> None:
    local = account(acct="Bo", url=f"{SITE}/@Bo", uri=None)
    post = one(account=local)
    assert post.author.handle == "Bo@here.example"
    assert post.author.external_id == f"{SITE}/@Bo"


def test_a_reply_targets_the_uri_of_what_the_same_answer_holds() -> None:
    mapped = to_engagements(
        [status(), status(id="101", uri="https://x.example/2", in_reply_to_id="100")], site=SITE
    )
    assert mapped.engagements[1].kind is Kind.COMMENT
    assert mapped.engagements[1].target_external_id == status()["uri"]


def test_a_reply_to_something_unseen_targets_its_address_here() -> None:
    assert one(in_reply_to_id="55").target_external_id == f"{SITE}/api/v1/statuses/55"


def test_a_boost_is_a_repost_and_its_original_a_post() -> None:
    booster = account(id="8", acct="bo", uri="https://here.example/users/bo")
    boost = status(id="200", uri="https://here.example/b/200", account=booster, reblog=status())
    first, second = to_engagements([boost], site=SITE).engagements
    assert (first.kind, first.text) == (Kind.REPOST, None)
    assert first.external_id == f"{status()['uri']}:https://here.example/users/bo"
    assert first.record_ref == "https://here.example/b/200"
    assert second.external_id == status()["uri"]


@pytest.mark.parametrize(
    "quote",
    [
        {"state": "accepted", "quoted_status": {"id": "5", "uri": "https://q.example/5"}},
        {"id": "5", "uri": "https://q.example/5"},
    ],
)
def test_a_quote_of_either_form(quote: dict[str, Any]) -> None:
    post = one(quote=quote)
    assert (post.kind, post.target_external_id) == (Kind.QUOTE, "https://q.example/5")


@pytest.mark.parametrize("shape", ["01HV7T2Z0YQ4N4F9", "AqGz9LrY5k2Vn1xZ3c", 117020593741189701])
def test_ids_of_any_shape(shape: object) -> None:
    assert one(id=shape).record_ref == f"{SITE}/api/v1/statuses/{shape}"


@pytest.mark.parametrize(
    ("over", "flag"),
    [
        ({"account": account(bot=True)}, Flag.BOT),
        ({"account": account(indexable=False)}, Flag.NO_INDEX),
        ({"account": account(discoverable=False)}, Flag.NO_INDEX),
        ({"account": account(noindex=True)}, Flag.NO_INDEX),
        ({"account": account(note="<p>keep out <a>#<span>NoBot</span></a></p>")}, Flag.NO_BOT),
        ({"account": account(note="#nobots")}, Flag.NO_BOT),
        ({"account": account(note="#nobridge")}, Flag.NO_BOT),
        ({"account": account(note="#noindex")}, Flag.NO_INDEX),
        ({"account": account(fields=[{"name": "x", "value": "#nobot"}])}, Flag.NO_BOT),
        ({"visibility": "private"}, Flag.PROTECTED),
        ({"visibility": "direct"}, Flag.PROTECTED),
        ({"visibility": "unlisted"}, Flag.NO_INDEX),
        ({"sensitive": True}, Flag.SENSITIVE),
    ],
)
def test_opt_outs_are_flags(over: dict[str, Any], flag: Flag) -> None:
    assert flag in one(**over).flags


def test_a_word_that_only_contains_an_opt_out_is_none() -> None:
    assert one(account=account(note="#nobotany")).flags == frozenset()


def test_edits_warnings_and_polls_are_read() -> None:
    post = one(
        edited_at="2026-04-30T11:00:00Z",
        spoiler_text="money",
        poll={"options": [{"title": "ISA"}, {"title": "SIPP"}]},
    )
    assert post.edited_at == datetime(2026, 4, 30, 11, tzinfo=UTC)
    assert post.text == "money\n\nWhich pension?\n- ISA\n- SIPP"


def test_bad_items_do_not_spoil_the_others() -> None:
    mapped = to_engagements([{"id": "1"}, None, status(created_at="soon"), status()], site=SITE)
    assert (len(mapped.engagements), len(mapped.malformed)) == (1, 3)


def test_who_favourited_is_a_like_of_the_target() -> None:
    mapped = to_reactions(
        [account(), {"id": 1}], site=SITE, kind=Kind.LIKE, target="https://t.example/1", seen_at=NOW
    )
    like = mapped.engagements[0]
    assert like.external_id == "https://t.example/1:https://there.example/users/ada"
    assert (like.kind, like.occurred_at, like.target_external_id) == (
        Kind.LIKE, NOW, "https://t.example/1",
    )  # fmt: skip
    assert len(mapped.malformed) == 1


def test_the_original_of_a_broken_boost_is_kept() -> None:
    mapped = to_engagements([{"id": "1", "reblog": status()}], site=SITE)
    assert [one.external_id for one in mapped.engagements] == [status()["uri"]]
    assert len(mapped.malformed) == 1
