"""What is set up, what is not, and what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from sqlalchemy import func, or_, select

from app.bootstrap import Workspace, prepare_home, read_clock
from app.collections import list_collections
from config.errors import Refused
from config.settings import PrivacySettings, ScoringSettings, Settings, load_settings
from models import Assignment, Collection, FileImport, Rep, Signal, Source, Team, Topic
from models.database import Database
from prospects.exports import NO_CHANNEL, SET_CHANNEL, outreach_of

_ROOM_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``ok`` is ``None`` where it is neither right nor wrong.

    ``title``, ``sentence`` and ``advice`` are English with places such as ``%(n)s`` for ``values``,
    so that a reader of another language is told the same.
    """

    title: str
    ok: bool | None
    sentence: str
    advice: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What was looked at."""
        return _fill(self.title, self.values)

    @property
    def found(self) -> str:
        """What was found."""
        return _fill(self.sentence, self.values)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return _fill(self.advice, self.values)


def _fill(text: str, values: Mapping[str, object]) -> str:
    return text % values if values else text


def _refused(title: str, error: Refused) -> Finding:
    return Finding(title, False, error.sentence, error.advice, error.values)


def examine() -> list[Finding]:
    """Look at everything once; a fault becomes a finding, never an exception."""
    try:
        settings = load_settings()
    except Refused as error:
        return [_refused("settings", error)]
    findings = [Finding("settings", True, "readable")]
    findings += _look_at_home(settings)
    try:
        db = Database(settings.url)
        db.require_current()
    except Refused as error:
        findings.append(_refused("database", error))
    else:
        where = db.url.render_as_string(hide_password=True)
        findings.append(Finding("database", True, "%(where)s", values={"where": where}))
        findings += _look_inside(Workspace(settings, db))
        db.close()
    findings += [_look_at_scorer(settings.scoring), _look_at_front_end()]
    return findings


def _look_at_home(settings: Settings) -> list[Finding]:
    home = settings.home
    if not home.exists():
        return [
            Finding("home", False, "%(home)s does not exist", "Run: warmlist init", {"home": home})
        ]
    try:
        prepare_home(home, create=True)
    except Refused as error:
        return [_refused("home", error)]
    free = shutil.disk_usage(home).free
    found = [Finding("home", True, "%(home)s", values={"home": home})]
    if free < _ROOM_BYTES:
        room = {"n": free // (1 << 20)}
        found.append(Finding("disk", False, "only %(n)s MB are free", "Make room.", room))
    return found


def _look_inside(workspace: Workspace) -> list[Finding]:
    with workspace.db.read() as session:

        def count(table: type[Topic | Team | Rep | Source | Signal | Assignment]) -> int:
            return session.scalar(select(func.count()).select_from(table)) or 0

        paused = session.execute(
            select(Source.name, func.coalesce(Source.paused_reason, Collection.paused_reason))
            .outerjoin(Collection, (Collection.source_id == Source.id) & Collection.active)
            .where(or_(Source.paused_reason.is_not(None), Collection.paused_reason.is_not(None)))
            .distinct()
        ).all()
        found = [
            _needed("topics", count(Topic), "warmlist topic add NAME --keyword PHRASE"),
            _needed("teams", count(Team), "warmlist team add NAME"),
            _needed("reps", count(Rep), "warmlist rep add NAME --team TEAM --quota 50 --per week"),
        ]
        signals = count(Signal)
        by_file = session.scalar(select(func.count()).select_from(FileImport)) or 0
        sources = count(Source)
    found.append(
        Finding(
            "sources",
            None if signals or sources else False,
            "%(sources)s listened to, %(signals)s signals stored",
            ""
            if signals or sources
            else "warmlist import FILE, or: warmlist source add bluesky --lawful-basis TEXT",
            {"sources": sources, "signals": f"{signals:,}"},
        )
    )
    found += _look_at_notices(workspace.settings.privacy, has_files=bool(by_file))
    found += [
        Finding("source %(name)s", False, "%(why)s", values={"name": name, "why": why or ""})
        for name, why in paused
    ]
    found += [
        Finding(
            "deletions at %(name)s", None,
            "%(n)s stored posts were not asked for within the time its terms allow",
            "Let warmlist run, or raise collect.recheck_batch; see: warmlist collections",
            {"name": one["source"], "n": f"{one['late']:,}"},
        )
        for one in list_collections(workspace, now=read_clock(), count_late=True)
        if one["late"]
    ]  # fmt: skip
    return found


def _look_at_notices(settings: PrivacySettings, *, has_files: bool) -> list[Finding]:
    """What stands between the people stored here and outreach elsewhere."""
    state = outreach_of(settings)
    if not state.allowed:
        told = Finding("notices", None, NO_CHANNEL, SET_CHANNEL, state.values)
    elif settings.notice_channel.strip():
        how = {"how": settings.notice_channel}
        told = Finding("notices", True, "people are told %(how)s", values=how)
    else:
        told = Finding("notices", True, "no law asks for any here")
    found = [told]
    if has_files and not settings.lawful_basis.strip():
        found.append(
            Finding(
                "lawful basis", None, "none is stated for people from files that named none",
                "Set privacy.lawful_basis, or import with --lawful-basis.",
            )
        )  # fmt: skip
    return found


def _needed(name: str, number: int, command: str) -> Finding:
    if number:
        return Finding(name, True, "%(n)s", values={"n": number})
    return Finding(name, False, "none yet", "Run: %(command)s", {"command": command})


def _look_at_scorer(chosen: ScoringSettings) -> Finding:
    from signals.scoring.load import load_neural, load_problem, load_scorer
    from signals.scoring.rules import RuleScorer

    if chosen.scorer == "rules":
        return Finding("scorer", True, f"{RuleScorer().version}, as scoring.scorer says")
    if chosen.encoder:
        try:
            neural = load_neural(chosen.encoder, threshold=chosen.encoder_threshold)
        except Refused as error:
            return _refused("scorer", error)
        return Finding("scorer", True, "%(version)s", values={"version": neural.version})
    scorer = load_scorer()  # seconds; the reason is asked for only where there is one
    problem = load_problem() if isinstance(scorer, RuleScorer) else None
    if problem is None:
        return Finding("scorer", True, "%(version)s", values={"version": scorer.version})
    return Finding(
        "scorer", False, "%(why)s", "Install Warmlist anew: the bundle comes with it.",
        {"why": problem},
    )  # fmt: skip


def _look_at_front_end() -> Finding:
    if files("app.web").joinpath("static", "vendor", "htmx.min.js").is_file():
        return Finding("pages", True, "front-end files are there")
    return Finding(
        "pages",
        None,
        "htmx is not installed; pages work as plain forms",
        "Run: make setup",
    )
