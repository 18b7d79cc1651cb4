"""``warmlist user``: who may sign in, from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.app.program import Program


def test_users_are_added_listed_kept_out_and_given_links(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    program.run("init")
    program.run("user", "add", "Ada@Example.org", "--admin", "--password-stdin", feed="long one 12")
    nobody, added, link, closed, invited = program.run_each(
        [
            ["user", "add", "no address", "--admin"],
            ["user", "list", "--json"],
            ["user", "link", "ada@example.org", "--json"],
            ["user", "close", "ada@example.org"],
            ["user", "add", "bo@example.org", "--role", "manager", "--json"],
        ]
    )
    assert nobody.code == 1
    assert "not an e-mail address" in nobody.line
    assert [(u["email"], u["role"], u["active"]) for u in added.document] == [
        ("ada@example.org", "admin", True)
    ]
    assert len(link.document["link"].partition("/welcome/")[2]) >= 43
    assert closed.code == 1
    assert "last admin" in closed.line
    assert "/welcome/" in invited.document["link"]


def test_run_prints_the_first_link_until_somebody_can_sign_in(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    program.run("init")
    process = program.start("serve", "--port", "0")
    try:
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(2)]
    finally:
        process.terminate()
        _, said = process.communicate(timeout=60)
    assert "/welcome/" in lines[1]
    # asked to end while it was still starting: it does, and in order
    assert (process.returncode, said) == (0, "Stopped.\n")
