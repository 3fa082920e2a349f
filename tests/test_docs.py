"""What the documents promise exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


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


def _tests_in(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}
