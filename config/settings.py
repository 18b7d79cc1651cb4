"""Settings from the environment, the workspace's ``warmlist.toml`` and ``defaults.toml``.

Order of precedence: environment, workspace file, defaults. Imports no other folder of the project
but ``config`` itself.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from config.errors import Refused


class IdentityFactors(BaseModel):
    """What evidence counts by who gave it: a share per verdict."""

    model_config = {"extra": "forbid"}

    person: float = Field(ge=0, le=1)
    unknown: float = Field(ge=0, le=1)
    organisation: float = Field(ge=0, le=1)
    seller: float = Field(ge=0, le=1)
    competitor: float = Field(ge=0, le=1)
    staff: float = Field(ge=0, le=1)
    bot: float = Field(ge=0, le=1)


class WarmthSettings(BaseModel):
    """Points per kind of engagement; units and sources stand in ``defaults.toml``."""

    post: float = Field(ge=0)
    comment: float = Field(ge=0)
    quote: float = Field(ge=0)
    click: float = Field(ge=0)
    repost: float = Field(ge=0)
    follow: float = Field(ge=0)
    like: float = Field(ge=0)
    floor: float = Field(ge=0)
    repeat: float = Field(gt=0, le=1)
    identity: IdentityFactors

    def weight(self, kind: str) -> float:
        """Points of one engagement of this kind."""
        return float(getattr(self, kind))

    def factor(self, verdict: str) -> float:
        """What evidence by such an account counts, as a share."""
        return float(getattr(self.identity, verdict))


class DuplicateSettings(BaseModel):
    window_days: float = Field(gt=0)
    campaign_accounts: int = Field(ge=2)


class TopicSettings(BaseModel):
    half_life_hours: float = Field(gt=0)
    window_days: float = Field(gt=0)


class ListSettings(BaseModel):
    build_hour: int = Field(ge=0, le=23)
    first_seconds: float = Field(ge=0)
    hold_days: int = Field(ge=1)
    cool_down_days: int = Field(ge=0)
    no_answer_days: int = Field(ge=0)
    relationship_days: int = Field(ge=0)
    handed_back_days: int = Field(ge=0)
    more_step: int = Field(ge=1)
    more_most: int = Field(ge=0)
    undo_minutes: int = Field(ge=0)
    threshold: float = Field(ge=0)
    outcome_touches: int = Field(ge=1)
    outcome_positive: int = Field(ge=1)
    outcome_latest: int = Field(ge=1)
    reasons_shown: int = Field(ge=1, le=50)
    longest: int = Field(ge=1)
    explore_share: float = Field(ge=0, le=1)
    explore_threshold: float = Field(ge=0)
    balance_days: int = Field(ge=1)


class CollectSettings(BaseModel):
    """Bounds of collecting. ``contact`` and ``allow_hosts`` concern the networks asked."""

    contact: str
    allow_hosts: list[str]
    threads: int = Field(ge=1, le=64)
    stream_seconds: float = Field(gt=0)
    run_seconds: float = Field(gt=0)
    run_items: int = Field(ge=1)
    lease_seconds: float = Field(ge=1)
    reread_targets: int = Field(ge=1)
    recheck_batch: int = Field(ge=1)
    recheck_share: float = Field(gt=0, le=1)
    profile_batch: int = Field(ge=1)
    profile_days: float = Field(gt=0)
    payload_characters: int = Field(ge=0)
    payload_rows: int = Field(ge=0)
    run_days: float = Field(gt=0)
    backoff_first_seconds: float = Field(gt=0)
    backoff_longest_seconds: float = Field(gt=0)
    watch_days: float = Field(gt=0)
    archive_share: float = Field(ge=0, le=1)
    archive_days: float = Field(ge=0)
    archive_rows: int = Field(ge=0)
    judged_days: float = Field(ge=0)


class ImportSettings(BaseModel):
    line_bytes: int = Field(ge=1024)
    page_rows: int = Field(ge=1)
    future_hours: float = Field(ge=0)


class ScoringSettings(BaseModel):
    scorer: Literal["bundle", "rules"]
    encoder: str
    encoder_threshold: float = Field(ge=0, le=1)
    own_interest: float = Field(ge=0, le=1)


class HonestySettings(BaseModel):
    rapid_count: int = Field(ge=2)
    rapid_seconds: float = Field(gt=0)
    lasting_count: int = Field(ge=2)
    lasting_seconds: float = Field(gt=0)
    off_hours_count: int = Field(ge=2)
    off_hours_minutes: float = Field(gt=0)
    off_hours_usual_share: float = Field(ge=0, le=1)
    look_back_days: int = Field(ge=1)
    note_length: int = Field(ge=1)
    note_count: int = Field(ge=2)
    note_days: int = Field(ge=1)
    note_likeness: float = Field(gt=0, le=1)
    split_share: float = Field(ge=0, le=1)
    split_chance: float = Field(gt=0, lt=1)
    again_count: int = Field(ge=1)
    again_share: float = Field(gt=0, le=1)
    repeat_minutes: float = Field(ge=0)
    audit_cheating_share: float = Field(gt=0, le=1)
    audit_confidence: float = Field(gt=0, lt=1)


class WebSettings(BaseModel):
    host: str
    port: int = Field(ge=0, le=65535)
    doors: Literal["closed", "open"]
    public_url: str
    requests_per_minute: int = Field(ge=0)
    kept_mb: float = Field(ge=0, le=1000)


class HookSettings(BaseModel):
    """One system that may deliver. ``verify_token`` is the word of Meta's challenge.

    ``topics`` names those of which everything is that engages with one's own pages.
    """

    kind: Literal["own", "linkedin", "meta"] = "own"
    secret: SecretStr = SecretStr("")
    verify_token: SecretStr = SecretStr("")
    lawful_basis: str = ""
    approval_ref: str | None = None
    tolerance_seconds: float = Field(default=300, gt=0)
    topics: list[str] = Field(default_factory=list)


class AccessSettings(BaseModel):
    idle_hours: float = Field(gt=0)
    session_days: float = Field(gt=0)
    link_hours: float = Field(gt=0)
    failures_per_email: int = Field(ge=1)
    failures_per_address: int = Field(ge=1)
    failure_minutes: float = Field(gt=0)
    resets_per_email: int = Field(ge=1)
    resets_per_address: int = Field(ge=1)
    shortest_password: int = Field(ge=8, le=100)
    argon2_kib: int = Field(ge=8)
    argon2_rounds: int = Field(ge=1)


class OpenIdSettings(BaseModel):
    """An OpenID Connect provider; its secret is ``secrets.openid.client_secret``."""

    issuer: str
    client_id: str
    name: str
    domains: list[str]
    create_in: str
    timeout_seconds: float = Field(gt=0, le=60)


class MailSettings(BaseModel):
    """The server that takes mails with links; its password is ``secrets.mail.password``."""

    host: str
    port: int = Field(ge=1, le=65535)
    security: Literal["starttls", "ssl", "none"]
    username: str
    sender: str
    ca_file: str
    timeout_seconds: float = Field(gt=0, le=120)
    attempts: int = Field(ge=1)


class PeopleSettings(BaseModel):
    link_accounts: bool


class PrivacySettings(BaseModel):
    controller: str
    contact: str
    place: Literal["eu", "uk", "unknown", "elsewhere"]
    notice_days: float = Field(gt=0, le=30)
    notice_channel: str = ""
    lawful_basis: str = ""


class Settings(BaseSettings):
    """Everything an operator may set. ``home`` holds state; ``database_url`` may hold a secret."""

    model_config = SettingsConfigDict(
        env_prefix="WARMLIST_", env_nested_delimiter="__", extra="ignore"
    )

    home: Path
    database_url: SecretStr | None = None
    bluesky_url: str = "wss://jetstream2.us-east.bsky.network,wss://jetstream1.us-east.bsky.network"
    warmth: WarmthSettings
    duplicates: DuplicateSettings
    topic: TopicSettings
    lists: ListSettings
    collect: CollectSettings
    budgets: dict[str, float]
    prices: dict[str, dict[str, float]]
    secrets: dict[str, dict[str, SecretStr]] = Field(default_factory=dict)
    importing: ImportSettings
    scoring: ScoringSettings
    honesty: HonestySettings
    web: WebSettings
    access: AccessSettings
    openid: OpenIdSettings
    mail: MailSettings
    hooks: dict[str, HookSettings] = Field(default_factory=dict)
    privacy: PrivacySettings
    people: PeopleSettings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library calls it by name
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library calls it by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library calls it by name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment above files; files arrive as initial values."""
        return (EnvSettingsSource(settings_cls), init_settings)

    @property
    def user_agent(self) -> str:
        """What this installation calls itself towards networks: the same always, with a contact."""
        contact = " ".join(self.collect.contact.split())
        return f"warmlist/{version('warmlist')} (+{contact or 'no contact set'})"

    @property
    def url(self) -> str:
        """The database address: the one given, or SQLite in ``home``."""
        if self.database_url is not None and self.database_url.get_secret_value():
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'warmlist.db'}"


@cache
def read_defaults() -> dict[str, Any]:
    """The shipped ``defaults.toml``."""
    return tomllib.loads(files("config").joinpath("defaults.toml").read_text(encoding="utf-8"))


def default_home() -> Path:
    """``WARMLIST_HOME``, or the platform's data folder."""
    given = os.environ.get("WARMLIST_HOME")
    if given:
        return Path(given).expanduser()
    import platformdirs  # only needed here; keeps start-up short

    return Path(platformdirs.user_data_dir("warmlist", appauthor=False))


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = (
            _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return merged


def load_settings() -> Settings:
    """Settings of this process; a wrong value is refused with its name and what is allowed."""
    home = default_home()
    values = read_defaults()
    path = home / "warmlist.toml"
    if path.exists():
        try:
            values = _merge(values, tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Refused(
                "%(path)s is not valid TOML: %(error)s.",
                "Correct or remove it.",
                path=path,
                error=error,
            ) from error
        except OSError as error:
            raise Refused(
                "%(path)s cannot be read: %(strerror)s.",
                "Check it.",
                path=path,
                strerror=error.strerror,
            ) from error
    values = {("importing" if key == "import" else key): value for key, value in values.items()}
    values.setdefault("home", home)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        # "import" in files; Python reserves the word
        name = ".".join("import" if part == "importing" else str(part) for part in first["loc"])
        raise Refused(
            "Setting %(name)s = %(get)s is not usable: %(msg)s.",
            "Correct it in the environment or in warmlist.toml.",
            name=name,
            get=repr(first.get("input")),
            msg=first["msg"].lower(),
        ) from error
    except SettingsError as error:
        raise Refused(
            "The environment is not usable: %(error)s.",
            "Correct it.",
            error=error,
        ) from error
    return settings
