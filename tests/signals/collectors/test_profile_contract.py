"""The contract of reading profiles, over every network that does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from signals.collectors.authors import ProfileAnswer, ReadsProfiles
from signals.collectors.contract import (
    Budget,
    CollectorError,
    Misconfigured,
    OverBudget,
    RateLimited,
    Unavailable,
)
from signals.collectors.registry import COLLECTORS
from signals.collectors.traits import traits_of
from signals.policy import terms_of
from tests.fakes.appview import AppView
from tests.fakes.cases import CASES, build, serve
from tests.fakes.web_server import HTML, RESET, Reply, WebServer

PEOPLE = [f"did:plc:p{number}" for number in range(60)]
#: One line for each network that reads profiles: what speaks for it, and the option that names it.
SPEAKERS = {
    "bluesky": (
        AppView(profiles={did: {"did": did, "handle": f"{did[8:]}.example"} for did in PEOPLE}),
        "appview_url",
    )
}
NETWORKS = sorted(SPEAKERS)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer(lambda asked: Reply(500)) as made:
        yield made


def reader(network: str, server: WebServer) -> ReadsProfiles:
    speaker, option = SPEAKERS[network]
    server.speak = speaker
    collector = build(network, server, options={option: server.url}, url="ws://127.0.0.1:1")
    assert isinstance(collector, ReadsProfiles)
    return collector


def run(
    reading: ReadsProfiles, people: list[str] = PEOPLE, budget: Budget | None = None
) -> tuple[list[ProfileAnswer], CollectorError | None]:
    answers: list[ProfileAnswer] = []
    try:
        answers.extend(reading.read_profiles(people, budget=budget or Budget()))
    except CollectorError as error:
        return answers, error
    return answers, None


@pytest.mark.parametrize("network", sorted(CASES))
def test_what_is_scheduled_is_what_it_can_do(network: str) -> None:
    with serve(network, full=False) as local:
        reads = isinstance(build(network, local), ReadsProfiles)
    assert reads == (network in SPEAKERS)
    assert reads == (traits_of(network).profiles_every > 0) == terms_of(network).profiles
    assert network in COLLECTORS


@pytest.mark.parametrize("network", NETWORKS)
def test_everybody_is_asked_for_once_in_few_requests(network: str, server: WebServer) -> None:
    reading = reader(network, server)
    answers, error = run(reading, [*PEOPLE, *PEOPLE])
    assert error is None
    assert [one for answer in answers for one in answer.asked] == PEOPLE
    assert [p.author.external_id for answer in answers for p in answer.profiles] == PEOPLE
    assert sum(answer.cost.requests for answer in answers) == len(server.asked)
    planned = reading.plan_profiles(len(PEOPLE))
    assert planned.cost.requests == len(server.asked)
    assert run(reading, []) == ([], None)


@pytest.mark.parametrize("network", NETWORKS)
def test_what_came_before_a_fault_stands_and_the_rest_comes_again(
    network: str, server: WebServer
) -> None:
    reading = reader(network, server)
    server.fail_after, server.faults = 1, [Reply(503, body=b"")] * 9
    before, error = run(reading)
    assert isinstance(error, Unavailable)
    server.fail_after, server.faults = 0, []
    known = {one for answer in before for one in answer.asked}
    after, _ = run(reading, [one for one in PEOPLE if one not in known])
    asked = [one for answer in (*before, *after) for one in answer.asked]
    assert sorted(asked) == sorted(PEOPLE)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Reply(500, body=b"<html>oops</html>"), Unavailable),
        (HTML, Unavailable),
        (RESET, Unavailable),
        (Reply(200, {"profiles": ["x" * 99]}, truncate=20), Unavailable),
        (Reply(200, {"profiles": None}), Unavailable),
        (Reply(200, []), Unavailable),
        (Reply(401, {"error": "no"}), Misconfigured),
        (Reply(403, body=b"<html>no</html>"), Misconfigured),
        (Reply(429, body=b"<html>slow</html>"), RateLimited),
        (Reply(429, {}, headers={"Retry-After": "60"}), RateLimited),
    ],
)
def test_faults_are_the_contract_s(
    network: str, server: WebServer, fault: Reply, kind: type[CollectorError]
) -> None:
    reading = reader(network, server)
    server.faults = [fault] * 9
    answers, error = run(reading)
    assert isinstance(error, kind), error
    assert answers == []


@pytest.mark.parametrize("network", NETWORKS)
def test_a_budget_is_asked_before_every_request(network: str, server: WebServer) -> None:
    answers, error = run(reader(network, server), budget=Budget(requests=1))
    assert isinstance(error, OverBudget)
    assert (len(answers), len(server.asked)) == (1, 1)
