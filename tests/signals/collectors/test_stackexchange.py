"""Stack Exchange: mapping, and a site read oldest first with its backoff obeyed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from signals.collectors.contract import (
    Budget,
    Cursor,
    Engagement,
    Kind,
    Malformed,
    Misconfigured,
    OverBudget,
    Page,
    Query,
    RateLimited,
    Ref,
    Target,
    Unavailable,
)
from signals.collectors.http import HttpClient
from signals.collectors.payloads import check_payloads
from signals.collectors.registry import CollectorSettings, build_collector
from signals.collectors.stackexchange import StackExchangeCollector, to_engagement
from signals.collectors.stackexchange.posts import host_of, site_of
from tests.fakes.stack_api import StackApi, error, make_answer, make_comment, make_question
from tests.fakes.web_server import HTML, RESET, Reply, WebServer

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
T = int(NOW.timestamp())
QUERY = Query(topic="Pensions", keywords=("roth",), scope="money.stackexchange.com")
LIMIT = 100_000
_OPENED: list[HttpClient] = []


def mapped(item: dict[str, Any]) -> Engagement:
    found = to_engagement(item, site="money")
    assert isinstance(found, Engagement)
    return found


class TestMapping:
    def test_a_question_has_its_title_first_and_its_link(self) -> None:
        question = mapped(make_question(7, at=T, last_edit_date=T + 5))
        assert question.kind is Kind.POST
        assert question.external_id == "money:7"
        assert question.text == "Roth & IRA?\n\nWhich one?"
        assert question.url == "https://money.stackexchange.com/questions/7/roth"
        assert question.author.external_id == "money:100"
        assert question.author.display_name == "Ana '100"
        assert question.community == "money.stackexchange.com"
        assert question.occurred_at == NOW
        assert question.edited_at == NOW + timedelta(seconds=5)

    def test_an_answer_and_a_comment_of_one_number_are_two(self) -> None:
        answer = mapped(make_answer(9, 7, at=T))
        comment = mapped(make_comment(9, 7, at=T))
        assert answer.kind is comment.kind is Kind.COMMENT
        assert (answer.external_id, comment.external_id) == ("money:9", "money:c9")
        assert answer.target_external_id == comment.target_external_id == "money:7"
        assert (answer.text, comment.text) == ("The second.", "Same > here")
        assert answer.url == "https://money.stackexchange.com/a/9"
        assert comment.url == "https://money.stackexchange.com/posts/comments/9"

    def test_an_answer_does_not_carry_its_questions_title(self) -> None:
        assert mapped(make_answer(9, 7, at=T, title="Roth?")).text == "The second."

    @pytest.mark.parametrize(
        "owner", [None, {"user_type": "does_not_exist", "display_name": "user1"}]
    )
    def test_without_an_owner_nobody_is_left(self, owner: object) -> None:
        gone = to_engagement(make_question(7, at=T, owner=owner), site="money")
        assert gone == Ref("stackexchange", Kind.POST, "money:7")

    @pytest.mark.parametrize(
        ("change", "words"),
        [({"creation_date": "soon"}, "time"), ({"body": "", "title": ""}, "withbody")],
    )
    def test_what_cannot_be_read_says_why(self, change: dict[str, Any], words: str) -> None:
        with pytest.raises(Malformed, match=words):
            to_engagement(make_question(7, at=T) | change, site="money")

    @pytest.mark.parametrize(
        ("host", "site"),
        [
            ("money.stackexchange.com", "money"),
            ("stackoverflow.com", "stackoverflow"),
            ("ar.stackoverflow.com", "ar.stackoverflow"),
            ("askubuntu.com", "askubuntu"),
            ("mathoverflow.net", "mathoverflow.net"),
        ],
    )
    def test_a_sites_name_is_that_of_the_api(self, host: str, site: str) -> None:
        assert site_of(f"https://{host}/q/1") == site_of(host) == site
        assert host_of(site) == host

    def test_the_check_of_payloads_reads_nested_answers(self) -> None:
        import json

        question = make_question(7, at=T, answers=[make_answer(9, 7, at=T)])
        user = {"user_id": 3, "display_name": "Ana", "reputation": 1}
        raw = json.dumps({"items": [question, user], "has_more": False}).encode()
        check = check_payloads([("stackexchange/a.json", raw)])
        assert check.mapped == 1
        # the answer has no link of its own, and a bare file does not say which site it is
        assert [why for why in check.refused if "which site" in why]
        pair = {
            "request": {"method": "GET", "url": "https://api.stackexchange.com/2.3/q?site=money"},
            "response": {"status": 200, "body": {"items": [question, user]}},
        }
        check = check_payloads([("stackexchange/a.json", json.dumps(pair).encode())])
        assert (check.mapped, check.items) == (2, 3)


@pytest.fixture
def api() -> StackApi:
    return StackApi(
        [make_question(n, at=T - 80_000 + 60 * n) for n in range(1, 251)],
        [make_answer(1000 + n, n, at=T - 70_000 + 60 * n) for n in range(1, 31)],
        [make_comment(5000 + n, n, at=T - 60_000 + 60 * n) for n in range(1, 11)],
    )


@pytest.fixture
def server(api: StackApi) -> Iterator[WebServer]:
    with WebServer(api) as running:
        yield running
    while _OPENED:
        _OPENED.pop().close()


def open_stack(server: WebServer, **changes: Any) -> StackExchangeCollector:
    settings = CollectorSettings(
        url=server.url,
        clock=changes.pop("clock", NOW.timestamp),
        max_seconds=60,
        allow_hosts=("127.0.0.1",),
        **changes,
    )
    collector = build_collector("stackexchange", settings)
    assert isinstance(collector, StackExchangeCollector)
    _OPENED.append(collector._api.client)
    return collector


def sweep(
    collector: StackExchangeCollector, cursor: Cursor | None = None, query: Query = QUERY
) -> list[Page]:
    return list(collector.collect(query, cursor, limit=LIMIT))


def ids(pages: list[Page]) -> set[str]:
    return {engagement.external_id for page in pages for engagement in page.engagements}


class TestCollect:
    def test_a_site_is_read_whole_and_then_on(self, api: StackApi, server: WebServer) -> None:
        pages = sweep(open_stack(server))
        assert len(ids(pages)) == 290
        assert pages[-1].exhausted
        assert not any(page.exhausted for page in pages[:-1])
        api.answers.append(make_answer(2000, 3, at=T + 60))
        later = sweep(open_stack(server, clock=lambda: T + 120), pages[-1].cursor)
        assert "money:2000" in ids(later)
        assert len(later) == 3

    def test_it_resumes_after_any_page(self, server: WebServer) -> None:
        whole = sweep(open_stack(server))
        for stop in range(len(whole)):
            pages = open_stack(server).collect(QUERY, None, limit=LIMIT)
            got = list(itertools.islice(pages, stop + 1))
            rest = sweep(open_stack(server), got[-1].cursor)
            assert ids(got) | ids(rest) == ids(whole)

    def test_a_second_that_fills_pages_is_read_to_its_end(
        self, api: StackApi, server: WebServer
    ) -> None:
        api.questions = [make_question(n, at=T - 50) for n in range(1, 351)]
        api.answers = [make_answer(1000 + n, n, at=T - 40) for n in range(150)]
        assert len(ids(sweep(open_stack(server)))) == 510

    def test_a_server_that_gives_one_page_for_ever_is_left(
        self, api: StackApi, server: WebServer
    ) -> None:
        page = {"items": api.questions[:100], "has_more": True, "quota_remaining": 9000}
        server.speak = lambda _: Reply(200, page)
        pages = sweep(open_stack(server))
        assert len(server.asked) < 30
        assert any(page.gap for page in pages)

    def test_phrases_are_searched_for_where_a_site_is_too_large(self, server: WebServer) -> None:
        pages = sweep(open_stack(server, options={"by": "search"}))
        assert len(ids(pages)) == 250
        assert {page.keywords for page in pages} == {("roth",)}
        assert {asked.path for asked in server.asked} == {"/2.3/search/advanced"}

    def test_without_a_site_a_manager_must_name_one(self, server: WebServer) -> None:
        with pytest.raises(Misconfigured, match=r"money\.stackexchange"):
            sweep(open_stack(server), query=replace(QUERY, scope=""))

    def test_a_plan_asks_nothing(self, server: WebServer) -> None:
        plan = open_stack(server).plan(QUERY, None, limit=LIMIT)
        assert plan.requests[0] == "GET /2.3/questions?site=money"
        assert plan.cost.requests == 3
        assert server.asked == []

    def test_a_budget_of_requests_is_kept(self, server: WebServer) -> None:
        with pytest.raises(OverBudget):
            sweep(open_stack(server), query=replace(QUERY, budget=Budget(requests=2)))
        assert len(server.asked) == 2

    def test_a_key_goes_along_and_is_never_told(self, server: WebServer) -> None:
        key = {"key": SecretStr("the-api-key")}
        server.faults.append(error(405, "key_required", "the-api-key is wrong"))
        with pytest.raises(Misconfigured, match="key") as caught:
            sweep(open_stack(server, secrets=key))
        assert server.asked[0].one("key") == "the-api-key"
        assert "the-api-key" not in str(caught.value)


class TestPacing:
    def test_backoff_is_obeyed_for_its_method_across_runs(
        self, api: StackApi, server: WebServer
    ) -> None:
        api.extra = {"backoff": 30}
        pages = []
        collected = open_stack(server).collect(QUERY, None, limit=LIMIT)
        pages.append(next(collected))
        with pytest.raises(RateLimited) as caught:
            next(collected)
        assert caught.value.retry_at == NOW + timedelta(seconds=30)
        assert len(server.asked) == 1
        with pytest.raises(RateLimited):
            sweep(open_stack(server, clock=lambda: T + 10), pages[-1].cursor)
        assert len(server.asked) == 1
        api.extra = {}
        rest = sweep(open_stack(server, clock=lambda: T + 31), pages[-1].cursor)
        assert len(ids(pages) | ids(rest)) == 290

    def test_backoff_is_known_to_every_run_that_asks_the_same_method(
        self, api: StackApi, server: WebServer
    ) -> None:
        api.extra = {"backoff": 30}
        other = replace(QUERY, topic="Houses", keywords=("attic",))
        assert len(next(open_stack(server).collect(QUERY, None, limit=LIMIT)).engagements) == 100
        with pytest.raises(RateLimited) as caught:
            sweep(open_stack(server, clock=lambda: T + 10), query=other)
        assert (caught.value.retry_at, len(server.asked)) == (NOW + timedelta(seconds=30), 1)
        sweep_from = open_stack(server, clock=lambda: T + 31).collect(other, None, limit=LIMIT)
        assert next(sweep_from).seen

    def test_backoff_within_a_look_up_keeps_what_was_read(
        self, api: StackApi, server: WebServer
    ) -> None:
        api.extra = {"backoff": 30}
        api.answers = [make_answer(1000 + n, 1 + n % 2, at=T + n) for n in range(150)]
        targets = [
            Target(Ref("stackexchange", Kind.POST, f"money:{n}"), "money:1", NOW) for n in (1, 2)
        ]
        pages: list[Page] = []
        with pytest.raises(RateLimited) as caught:
            pages.extend(open_stack(server).reread(targets, QUERY, limit=LIMIT))
        assert caught.value.retry_at == NOW + timedelta(seconds=30)
        assert len(ids(pages)) == 100
        assert not any(page.reread for page in pages)
        assert (len(server.asked), sum(page.cost.requests for page in pages)) == (1, 1)

    def test_a_re_check_that_must_wait_calls_nothing_gone_that_it_has_not_read(
        self, api: StackApi, server: WebServer
    ) -> None:
        refs = [Ref("stackexchange", Kind.POST, f"money:{n}") for n in (*range(1, 100), 999)]
        server.faults = [Reply(200, {"items": api.questions[:3], "has_more": True, "backoff": 30})]
        checks = open_stack(server).recheck(refs, budget=Budget())
        found = next(checks)
        assert (found.checked, found.deletions) == (tuple(refs[:3]), ())
        with pytest.raises(RateLimited):
            next(checks)
        assert len(server.asked) == 1

    def test_an_item_that_cannot_be_read_is_there(self, server: WebServer) -> None:
        refs = [Ref("stackexchange", Kind.POST, f"money:{n}") for n in (1, 2)]
        odd = {"question_id": 1, "owner": {"user_id": 7}, "title": None}
        server.faults = [Reply(200, {"items": [odd]}), Reply(200, {"items": [odd, {"owner": {}}]})]
        for missing in ((refs[1],), ()):  # of one that has no name nobody knows which it is
            (found,) = open_stack(server).recheck(refs, budget=Budget())
            assert (found.checked, found.deletions, found.missing) == ((refs[0],), (), missing)

    def test_a_used_up_quota_waits_for_midnight(self, api: StackApi, server: WebServer) -> None:
        api.extra = {"quota_remaining": 0}
        collected = open_stack(server).collect(QUERY, None, limit=LIMIT)
        assert len(next(collected).engagements) == 100
        with pytest.raises(OverBudget) as caught:
            next(collected)
        assert caught.value.retry_at == datetime(2026, 11, 26, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("reply", "kind", "words"),
        [
            (error(502, "throttle_violation", "more requests available in 77 seconds"),
             RateLimited, "slow"),
            (error(400, "bad_parameter", "site"), Misconfigured, "source"),
            (error(503, "temporarily_unavailable", ""), Unavailable, "now"),
            (error(500, "internal_error", ""), Unavailable, "now"),
            (Reply(429, {}), RateLimited, "slow"),
            (Reply(503, body=b"<html>"), Unavailable, "503"),
            (Reply(200, [1]), Unavailable, "no page"),
            (HTML, Unavailable, "web page"),
            (RESET, Unavailable, "reached"),
            (Reply(200, {"items": []}, truncate=4), Unavailable, "reached"),
        ],
    )  # fmt: skip
    def test_every_fault_is_one_of_ours(
        self, server: WebServer, reply: Reply, kind: type[Exception], words: str
    ) -> None:
        server.faults.append(reply)
        with pytest.raises(kind, match=words) as caught:
            sweep(open_stack(server))
        if isinstance(caught.value, RateLimited) and "throttle" in str(reply.document):
            assert caught.value.retry_at == NOW + timedelta(seconds=77)


class TestStored:
    def test_answers_and_comments_below_posts_are_found(
        self, api: StackApi, server: WebServer
    ) -> None:
        targets = [
            Target(Ref("stackexchange", Kind.POST, f"money:{n}"), "money:1", NOW) for n in (1, 2)
        ]
        pages = list(open_stack(server).reread(targets, QUERY, limit=LIMIT))
        assert [ids([page]) for page in pages] == [
            {"money:1001", "money:c5001"}, {"money:1002", "money:c5002"},
        ]  # fmt: skip
        assert [page.reread[0].external_id for page in pages] == ["money:1", "money:2"]
        assert len(server.asked) == 2

    def test_what_the_api_leaves_out_is_missing(self, api: StackApi, server: WebServer) -> None:
        api.questions[0]["owner"] = {"user_type": "does_not_exist"}
        api.questions[1]["last_edit_date"] = T
        refs = [
            Ref("stackexchange", Kind.POST, "money:1"),
            Ref("stackexchange", Kind.POST, "money:2"),
            Ref("stackexchange", Kind.COMMENT, "money:1001"),
            Ref("stackexchange", Kind.COMMENT, "money:c5001"),
            Ref("stackexchange", Kind.COMMENT, "money:c99"),
        ]
        found = list(open_stack(server).recheck(refs, budget=Budget()))
        assert [ref for one in found for ref in one.checked] == refs[:4]
        assert [ref for one in found for ref in one.deletions] == refs[:1]
        assert [ref for one in found for ref in one.missing] == refs[4:]
        assert [e.external_id for one in found for e in one.edited] == ["money:2"]
