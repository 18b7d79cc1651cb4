"""What keeps the house in order: names, start-up, locks, what the package ships."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = ("signals", "prospects", "quotas", "models", "config", "app")


def test_no_other_distribution_ships_our_names() -> None:
    owners = packages_distributions()
    for name in OURS:
        assert set(owners.get(name, [])) <= {"warmlist"}, name


def test_our_names_are_ours() -> None:
    """Not a folder of somebody else that happens to stand earlier on the path."""
    for name in OURS:
        assert Path(str(files(name))).resolve() == ROOT / name


def test_help_loads_nothing_heavy_and_is_quick() -> None:
    code = (
        "import sys\n"
        "sys.argv = ['warmlist', '--help']\n"
        "from app.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    loaded = set(done.stderr.split())
    assert "typer" in loaded
    heavy = {"spacy", "sklearn", "lingua", "sqlalchemy", "litestar", "alembic", "numpy", "scipy"}
    assert (
        loaded & (heavy | {"apscheduler", "uvicorn", "pydantic", "websockets", "models"}) == set()
    )
    assert done.stdout.startswith("Usage: warmlist")


def _requirements() -> list[str]:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    joined = lock.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def test_every_locked_requirement_has_a_hash() -> None:
    requirements = _requirements()
    assert len(requirements) > 50
    for requirement in requirements:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,._-]+\])?==\S+ ", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


def test_every_dependency_is_locked() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = re.findall(r'^  "([a-z0-9-]+)(?:\[[a-z]+\])?[>=<]', project, re.MULTILINE)
    assert "typer" in wanted
    locked = {re.split(r"[=\[]", requirement)[0] for requirement in _requirements()}
    assert [name for name in wanted if name not in locked] == []


def test_no_lock_or_configuration_names_a_registry() -> None:
    """Which mirror packages come from is a matter of the machine that installs them."""
    names = ["requirements.lock", "package-lock.json", "package.json", "pyproject.toml", "Makefile"]
    looked_at = [ROOT / name for name in names if (ROOT / name).exists()]
    looked_at += [path for path in ROOT.glob(".*rc") if path.is_file()]
    looked_at += [path for path in (ROOT / ".ci").glob("*") if path.is_file()]
    assert len(looked_at) >= 4
    for path in looked_at:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://", text), path
        assert not re.search(r"index-url|registry\s*=|\"resolved\"", text), path


def test_the_package_ships_what_it_runs_on() -> None:
    """Data is found through the package, not through the checkout."""
    migrations = files("models").joinpath("migrations")
    assert migrations.joinpath("env.py").is_file()
    assert [p.name for p in migrations.joinpath("versions").iterdir() if p.name.endswith(".py")]
    assert files("config").joinpath("defaults.toml").is_file()
    assert files("app.sample").joinpath("community.jsonl").is_file()
    assert files("app.web").joinpath("static", "warmlist.css").is_file()


def test_tests_are_no_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []
