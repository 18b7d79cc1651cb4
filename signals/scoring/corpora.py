"""Reading training and test files: JSON lines, plain or gzipped."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from config.errors import Refused
from signals.scoring.contract import ScorerInput, TopicContext

SEEDS: Final = Path(__file__).parent / "seeds"
#: A post of bulk_reddit_posts is cut as topic_prospects was when it was labelled.
LABELLED_CHARACTERS: Final = 900

#: Kinds of judgement in seeds/topic_labels.jsonl: label and weight. *Elsewhere* is a need that no
#: rep of the topic serves; *unread* are keyword hits to which an early scorer gave less than 3 %.
LABELS: Final[Mapping[str, tuple[int, float]]] = {
    "prospect": (1, 1.0),
    "prospect_unsure": (1, 0.7),
    "elsewhere": (0, 1.0),
    "elsewhere_unsure": (0, 0.7),
    "other": (0, 1.0),
    "other_unsure": (0, 0.7),
    "unread": (0, 1.0),
}
#: Kinds of judgement in seeds/finance_labels.json, the same.
FINANCE: Final[Mapping[str, tuple[int, float]]] = {
    "need": (1, 1.0),
    "need_unsure": (1, 0.5),
    "other": (0, 1.0),
    "other_unsure": (0, 0.5),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text for one topic; ``source`` is a post's id in its corpus, or empty.

    ``kind``: one of ``LABELS`` for the posts of seeds/topic_labels.jsonl.
    """

    text: str
    topic: TopicContext
    label: int
    weight: float = 1.0
    source: str = ""
    group: str = ""
    label_set: str = ""
    kind: str = ""


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file; refuses a file that is missing or holds anything else."""
    if not path.is_file():
        raise Refused(
            "%(path)s is not a file.",
            "Give the path of a .jsonl or .jsonl.gz file.",
            path=path,
        )
    opener: Any = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except ValueError:
                    raise Refused(
                        "%(path)s, line %(number)s is not JSON.",
                        "Give one object a line.",
                        path=path,
                        number=number,
                    ) from None
                if not isinstance(row, dict):
                    raise Refused(
                        "%(path)s, line %(number)s is not an object.",
                        "Give one object a line.",
                        path=path,
                        number=number,
                    )
                yield row
    except (OSError, EOFError) as error:
        raise Refused(
            "%(path)s cannot be read: %(error)s.",
            "Check the file.",
            path=path,
            error=error,
        ) from None


def read_corpus(data: Path, name: str) -> list[dict[str, Any]]:
    """A named set of the training folder, for example ``reddit_pairs``."""
    path = data / f"{name}.jsonl.gz"
    return list(read_rows(path if path.is_file() else data / f"{name}.jsonl"))


def context_of(row: Mapping[str, Any]) -> TopicContext:
    """The topic a row names: a string, or an object with name, keywords and description."""
    topic = row.get("topic") or ""
    keywords = row.get("keywords") or ()
    description = str(row.get("description") or "")
    if isinstance(topic, Mapping):
        keywords = topic.get("keywords") or keywords
        description = str(topic.get("description") or description)
        topic = topic.get("name") or ""
    if isinstance(keywords, str):
        keywords = [word.strip() for word in keywords.split(",")]
    names = tuple(str(word) for word in keywords) if isinstance(keywords, list | tuple) else ()
    return TopicContext(str(topic), names, description)


def input_of(row: Mapping[str, Any]) -> ScorerInput:
    """A row as a scorer takes it."""
    language = row.get("language") or row.get("lang")
    return ScorerInput(
        str(row.get("text") or ""),
        str(language) if language else None,
        str(row.get("kind") or "post"),
        context_of(row),
    )


def identity(row: Mapping[str, Any]) -> str:
    """The post id at the end of a row's source."""
    return str(row.get("source") or "").rsplit(":", 1)[-1]


def bulk_posts(data: Path) -> Iterator[tuple[str, str, str, str]]:
    """Id, community, title and text of every post of ``bulk_reddit_posts``."""
    for row in read_rows(data / "bulk_reddit_posts.jsonl.gz"):
        yield row["id"], row["subreddit"], row["title"], row["selftext"][:1500]


def labelled_posts(posts: Mapping[str, str]) -> list[Example]:
    """The authored labels of seeds/topic_labels.jsonl joined with the posts they judge.

    A line of the file is a topic with its keywords and, per kind of judgement (``LABELS``), the ids
    of posts; ``posts`` maps an id to title, line break, text.
    """
    path = SEEDS / "topic_labels.jsonl"
    found = []
    for row in read_rows(path) if path.is_file() else ():
        context = TopicContext(row["topic"], tuple(row["keywords"]))
        for kind, (label, weight) in LABELS.items():
            found += [
                Example(
                    posts[identity][:LABELLED_CHARACTERS],
                    context,
                    label,
                    weight,
                    identity,
                    row["topic"],
                    "own",
                    kind,
                )
                for identity in row.get(kind, ())
                if identity in posts
            ]
    return found


def finance_posts(posts: Mapping[str, str]) -> list[tuple[str, int, float]]:
    """Text, label and weight of the posts of seeds/finance_labels.json.

    Judged by the rule of ``reddit_fin_gold``: advice sought or a need, pain or decision told about
    one's own money. None is of a community that set was drawn from.
    """
    path = SEEDS / "finance_labels.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return [
        (posts[identity][:LABELLED_CHARACTERS], label, weight)
        for kind, (label, weight) in FINANCE.items()
        for identity in rows.get(kind, ())
        if identity in posts
    ]


def brief_posts() -> list[Example]:
    """The short posts of seeds/short_en.jsonl that are trained on."""
    return [
        Example(
            row["text"],
            context_of(row),
            row["prospect"],
            1.0,
            "",
            f"brief {row['topic']}",
            "brief",
        )
        for row in seeds("short_en")
        if row["split"] == "train" and row["prospect"] is not None
    ]


def seeds(name: str) -> list[dict[str, Any]]:
    """An authored set, ``short_en`` or ``arabic``; empty when it is not there."""
    path = SEEDS / f"{name}.jsonl"
    return list(read_rows(path)) if path.is_file() else []
