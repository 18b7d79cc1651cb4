"""How the command line speaks: data on standard output, everything else on standard error."""

from __future__ import annotations

import getpass
import sys
import traceback
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

from app.cli.language import counted as counted  # noqa: PLC0414 - commands print with it
from app.cli.language import named as named  # noqa: PLC0414 - commands print with it
from app.cli.language import said, spoken
from app.documents import write_json
from config.errors import Refused


def print_json(document: object) -> None:
    """One JSON document and nothing else."""
    sys.stdout.write(write_json(document) + "\n")


def who(by: str | None) -> str:
    """Who answers for it: the name given, else the one the system knows."""
    try:
        return (by or getpass.getuser())[:200]
    except (OSError, KeyError):  # a user without a name
        return "unknown"


def print_line(text: str) -> None:
    """One line of output."""
    sys.stdout.write(defuse(text) + "\n")


# What people post may hold the codes that move a terminal's cursor or change its settings.
_CODES = dict.fromkeys((*range(32), 127, *range(128, 160)), "�")


def defuse(text: str) -> str:
    """Text in which nothing can steer a terminal."""
    return text.translate(_CODES)


def check_choice(option: str, given: str, allowed: Collection[str]) -> None:
    """Refuse a value that an option cannot have as a wrong use of the program."""
    if given not in allowed:
        raise Refused(
            "%(option)s %(given)s is not known.",
            "Use %(allowed)s.",
            exit_code=2,
            option=option,
            given=repr(given),
            allowed=", ".join(allowed),
        )


@contextmanager
def judging_words() -> Iterator[None]:
    """What is refused inside was wrong in itself, whatever the workspace holds: a wrong use."""
    try:
        yield
    except Refused as error:
        error.exit_code = 2
        raise


def say(sentence: str, **values: object) -> None:
    """One sentence of output in the reader's language."""
    print_line(said(sentence, **values))


def note(text: str) -> None:
    """One line beside the output."""
    sys.stderr.write(defuse(text) + "\n")


def remark(sentence: str, **values: object) -> None:
    """One sentence beside the output, in the reader's language."""
    note(said(sentence, **values))


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, numbers: Sequence[int] = ()
) -> None:
    """A plain table; ``numbers`` are the columns to align at the end. Heads are translated here."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, column in enumerate(columns):
        table.add_column(
            said(column) if column else "",
            justify="right" if index in numbers else "left",
            overflow="fold",
            no_wrap=index in numbers,
        )
    for row in rows:
        table.add_row(*(Text("" if cell is None else defuse(str(cell))) for cell in row))
    # A pipe has no width: nothing is folded there, so that other programs can read it.
    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 400)
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        sys.stdout.write(line.rstrip() + "\n")


class Advance(Protocol):
    """Reports progress: done so far, and the whole where it is known."""

    def __call__(self, done: int, total: int | None) -> None: ...


@contextmanager
def progress(title: str) -> Iterator[Advance]:
    """A progress bar on a terminal, nothing anywhere else."""
    if not sys.stderr.isatty():
        yield lambda done, total: None  # noqa: ARG005 - the shape is the protocol's
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(file=sys.stderr),
        transient=True,
    ) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def explain(error: Refused) -> str:
    """What was refused and what to do, in the reader's language."""
    parts = [said(part, **error.values) for part in (error.sentence, error.advice) if part]
    text = " ".join(" ".join(parts).split())
    return f"{error.within}: {text}" if error.within else text


def report_refusal(error: Refused) -> int:
    """Say on one line what was refused and what to do; returns the exit code."""
    note(f"warmlist: {explain(error)}")
    return error.exit_code


def report_crash(error: Exception) -> int:
    """Say on one line that the fault is ours and where the details are; returns the exit code."""
    usage = _usage(error)
    if usage is not None:
        return usage
    import errno

    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        remark("warmlist: The disk is full. Make room, then repeat the command; nothing was lost.")
        return 1
    if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        what = error.filename or said("A file")
        remark(
            "warmlist: %(path)s may not be used. Give the rights to it, then try again.",
            path=what,
        )
        return 1
    where = _keep_details(error)
    kind = type(error).__name__
    remark(
        "warmlist: An unexpected fault stopped the command (%(kind)s). Details: %(where)s",
        kind=kind,
        where=where,
    )
    return 1


def _usage(error: Exception) -> int | None:
    """Exit code of a wrong use, after printing it; ``None`` for anything else."""
    show = getattr(error, "show", None)
    code = getattr(error, "exit_code", None)
    if show is None or code is None:
        return None
    if spoken() is None:
        show()
    else:
        from app.cli.helping import explain_use

        for line in explain_use(error):
            note(line)
    return int(code)


def _keep_details(error: Exception) -> str:
    from config.settings import default_home

    text = "".join(traceback.format_exception(error))
    try:
        path = default_home() / "errors.log"
        with path.open("a", encoding="utf-8") as file:
            file.write(f"--- {datetime.now(UTC).isoformat()}\n{text}\n")  # noqa: TID251 - a log's date
    except OSError:
        return text.strip().splitlines()[-1]
    return str(path)


def moment(instant: str | None) -> str:
    """An ISO instant in UTC as people read it, to the minute."""
    return f"{instant[:10]} {instant[11:16]} UTC" if instant else ""


def shown(value: float) -> str:
    """A number with thousands separated."""
    return f"{value:,.0f}"


def rows_of(items: Sequence[Any], *names: str) -> list[list[object]]:
    """The named attributes of each item, for a table."""
    return [[getattr(item, name) for name in names] for item in items]
