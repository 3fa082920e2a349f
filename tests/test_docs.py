"""What the documents promise exists."""

from __future__ import annotations

import argparse
import ast
import re
from pathlib import Path

from core.terminal.command_line import command_line
from gui.actions import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_PATH = re.compile(r"`((?:core|docs|gui|packaging|resources|tests)/[\w./-]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")


def test_every_test_named_in_a_document_exists() -> None:
    named = {
        match for path in sorted((ROOT / "docs").rglob("*.md")) for match in _NAMED.findall(path.read_text("utf-8"))
    }
    assert len(named) > 20, "complaints.md names many"
    missing = [f"{file}::{test}" for file, test in sorted(named) if test not in _tests_in(ROOT / file)]
    assert not missing


def test_every_complaint_has_an_answer() -> None:
    rows = re.findall(r"^\| (\d+) \|(.+)\|$", (ROOT / "docs/complaints.md").read_text("utf-8"), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 21))
    assert all(_NAMED.search(row) for _, row in rows)


def test_links_lead_somewhere() -> None:
    dead = []
    for document in DOCUMENTS:
        for path, anchor in _LINK.findall(document.read_text("utf-8")):
            target = document.parent / path if path else document
            if not target.exists() or (anchor and anchor not in _anchors(target)):
                dead.append(f"{document.name}: {path}#{anchor}")
    assert not dead


def test_files_that_are_named_exist() -> None:
    named = {(document.name, path) for document in DOCUMENTS for path in _PATH.findall(document.read_text("utf-8"))}
    assert len(named) > 50
    assert not [entry for entry in sorted(named) if not (ROOT / entry[1]).exists()]


def test_the_architecture_names_every_room_and_its_files() -> None:
    plan = (ROOT / "docs/architecture.md").read_text("utf-8")
    rooms = [path.parent.name for half in ("core", "gui") for path in ROOT.glob(f"{half}/*/__init__.py")]
    files = [path.name for half in ("core", "gui") for path in ROOT.glob(f"{half}/[!_]*.py")]
    assert not [name for name in (*(f"{room}/" for room in rooms), *files) if name not in plan]


def test_the_guide_has_every_command_with_its_keys() -> None:
    guide = (ROOT / "docs/user-guide.md").read_text("utf-8").partition("## All keys")[2]
    written = {text: keys for keys, text in re.findall(r"^\| (\S.*?) \| (\S.*?) \|$", guide, re.MULTILINE)}
    for command in COMMANDS:
        keys = dict.fromkeys(key.replace("Return", "Enter") for key in command.keys)
        assert not keys or written.get(command.text.rstrip("…")) == " or ".join(keys), command.name


def test_the_readme_offers_what_the_terminal_understands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = next(a for a in command_line()._actions if isinstance(a, argparse._SubParsersAction)).choices
    rows = dict(re.findall(r"^\| `fieldbrush ([\w-]+)[^`]*` \|(.*)\|$", readme, re.MULTILINE))
    assert rows.keys() == commands.keys()
    for name, row in rows.items():
        assert set(re.findall(r"--[\w-]+", row)) <= commands[name]._option_string_actions.keys(), name


def _anchors(path: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _tests_in(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}
