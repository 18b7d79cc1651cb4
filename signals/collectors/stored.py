"""What collectors have in common that ask for stored posts one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from signals.collectors.contract import (
    CollectorError,
    Cost,
    Cursor,
    Engagement,
    Malformed,
    Page,
    Recheck,
    Ref,
    Target,
)
from signals.collectors.guards import Purse
from signals.collectors.http import HttpClient

#: Posts asked for before what was found is handed on: a run that ends loses no more than these.
BATCH: Final = 25
_ONE: Final = Cost(requests=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a network said of a post it was asked for: gone, or changed, or as it was.

    ``is_missing``: it says nothing of it, which a fault of the server may look like as well.
    """

    is_gone: bool = False
    is_missing: bool = False
    edited: Engagement | None = None


def changed(engagement: Engagement) -> Engagement | None:
    """What policy or the matcher may judge otherwise than before: edited, or flagged since."""
    return engagement if engagement.edited_at is not None or engagement.flags else None


def recheck_each(
    refs: Sequence[Ref],
    ask: Callable[[Ref], Standing | None],
    *,
    client: HttpClient,
    purse: Purse,
    is_ours: Callable[[Ref], bool],
) -> Iterator[Recheck]:
    """One request for each post that can be asked for; ``None`` is no answer, it comes again.

    What was answered before a request failed is handed on before the failure is.
    """
    for start in range(0, len(refs), BATCH):
        checked: list[Ref] = []
        deletions: list[Ref] = []
        missing: list[Ref] = []
        edited: list[Engagement] = []
        failure: CollectorError | None = None
        for ref in refs[start : start + BATCH]:
            if ref.account or not is_ours(ref):
                continue
            try:
                purse.ask(_ONE)
                purse.pay(_ONE)
                standing = ask(ref)
            except CollectorError as error:
                failure = error
                break
            if standing is None:
                continue
            if standing.is_missing:
                missing.append(ref)
                continue
            checked.append(ref)
            if standing.is_gone:
                deletions.append(ref)
            elif standing.edited is not None:
                edited.append(standing.edited)
        if checked or missing or failure is None:
            yield Recheck(
                tuple(checked), tuple(deletions), tuple(missing), tuple(edited),
                cost=client.take_cost(),
            )  # fmt: skip
        if failure is not None:
            raise failure


def page_about(
    target: Target,
    found: Sequence[Engagement],
    *,
    client: HttpClient,
    deletions: Sequence[Ref] = (),
    malformed: Sequence[Malformed] = (),
    seen: int | None = None,
) -> Page:
    """What was read about one stored post, to its end; ``seen``: where more was read than kept."""
    count = len(found) + len(malformed) if seen is None else seen
    return Page(
        engagements=tuple(found),
        cursor=Cursor(""),
        deletions=tuple(deletions),
        cost=client.take_cost(),
        malformed=tuple(malformed),
        seen=count,
        reread=(target.ref,),
    )
