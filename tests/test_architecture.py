"""The rooms of the program and who may look at whom, read from the source."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# From the ground up: a room may import from those below it, and from itself.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset(
        {
            "core.text",
            "core.geometry",
            "core.lengths",
            "core.events",
            "core.atomic",
            "core.cache",
            "core.sqlite_files",
        }
    ),
    frozenset({"core.errors", "core.jobs"}),
    frozenset({"core.memory", "core.executors"}),
    frozenset({"core.labels", "core.imagery", "core.background"}),
    frozenset({"core.project", "core.learning", "core.selection", "core.export"}),
    frozenset({"core.mask_import"}),
    frozenset({"core.demo", "core.tasks", "core.ranking", "core.simulation", "core.open_project", "core.report"}),
    frozenset({"core.forecasts"}),
    frozenset({"core.session_parts"}),
    frozenset({"core.session"}),
    frozenset({"core.terminal"}),
    frozenset({"gui"}),
)
# Neighbours on one floor do not know each other, except:
NEIGHBOURS = {
    # the encoder is the U-Net's: one place loads torch and its weights, and Embeddings use it
    ("core.selection", "core.learning"): {"core.selection.encoder_features"},
}
ENCODER = "core.selection.encoder_features"  # runs the encoder that core/learning has loaded
NO_TORCH = ("core.imagery", "core.labels", "core.project", "core.mask_import", "core.selection", "core.export")
TORCH = {"torch", "torchvision", "timm", "segmentation_models_pytorch", "safetensors"}


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of core and gui, by its dotted name."""
    found = {}
    for path in sorted([*(ROOT / "core").rglob("*.py"), *(ROOT / "gui").rglob("*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below `node`, also inside functions, but not what only type checkers read."""
    for child in ast.iter_child_nodes(node):
        if _is_type_checking(child):
            assert isinstance(child, ast.If)
            for other in child.orelse:
                yield from (other, *_executed(other))
        else:
            yield from (child, *_executed(child))


@cache
def imports(module: str) -> frozenset[str]:
    """Dotted names of all modules that `module` imports anywhere; a name of ours as the module it comes from."""
    found: set[str] = set()
    for node in _executed(trees()[module]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative imports hide the direction"
            base = node.module or ""
            names = {f"{base}.{alias.name}" for alias in node.names}
            submodules = names & trees().keys()
            found |= submodules
            if len(submodules) < len(names):
                found.add(base)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("__import__", "importlib.import_module"):
            assert isinstance(node.args[0], ast.Constant), f"{module}: an import that nobody can read"
            found.add(str(node.args[0].value))
    return frozenset(found)


def room(module: str) -> str:
    parts = module.split(".")
    return "gui" if parts[0] == "gui" else ".".join(parts[:2])


def floor(of_room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if of_room in rooms)


def ours(module: str) -> Iterator[str]:
    return (name for name in imports(module) if name.split(".")[0] in ("core", "gui"))


def test_the_reader_sees_what_it_should() -> None:
    tree = ast.parse("if TYPE_CHECKING:\n import a\nelse:\n import b\ndef f():\n from c import d\n import torch.nn")
    names = [node for node in _executed(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in names] == ["import b", "from c import d", "import torch.nn"]
    assert "core.session" in imports("core.terminal.cli")
    assert "core.selection.encoder_features" in imports("core.selection.embeddings")  # inside a function


def test_every_room_has_its_floor() -> None:
    rooms = {room(module) for module in trees()} - {"core"}
    assert rooms == frozenset.union(*FLOORS)


def test_core_knows_no_screen() -> None:
    for module in trees():
        if module.startswith("core"):
            bad = {n for n in imports(module) if n.split(".")[0] in ("PySide6", "PyQt6", "shiboken6", "gui", "tests")}
            assert not bad, f"{module} imports {sorted(bad)}"


def test_rooms_look_down_only() -> None:
    for module in trees():
        for name in ours(module):
            here, there = room(module), room(name)
            if "core" in (here, there) or here == there or floor(there) < floor(here):
                continue
            assert module in NEIGHBOURS.get((here, there), ()), f"{module} may not import {name}"


def test_parts_of_a_session_reach_each_other_through_it_alone() -> None:
    parts = {module for module in trees() if room(module) == "core.session_parts"}
    for module in parts:
        assert not parts.intersection(imports(module)) - {module}, f"{module} knows another part"


def test_exceptions_are_still_needed() -> None:
    for (here, there), modules in NEIGHBOURS.items():
        for module in modules:
            assert room(module) == here
            assert any(room(name) == there for name in ours(module))


def test_no_cycles_between_modules() -> None:
    """Module-level and function-level imports alike."""
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " → ".join((*way[way.index(module) :], module))
        if module not in done:
            for name in ours(module):
                if name in trees():
                    visit(name, (*way, module))
            done.add(module)

    for module in trees():
        visit(module, ())


@pytest.mark.parametrize("name", NO_TORCH)
def test_rooms_without_torch(name: str) -> None:
    modules = [module for module in trees() if room(module) == name and module != ENCODER]
    assert modules
    for module in modules:
        bad = {n for n in imports(module) if n.split(".")[0] in TORCH}
        assert not bad, f"{module} imports {sorted(bad)}"


def test_no_file_is_read_by_pickle_and_nothing_touches_the_network() -> None:
    network = {"socket", "http", "urllib", "ftplib", "requests", "httpx", "aiohttp", "huggingface_hub"}
    for module in trees():
        bad = {n for n in imports(module) if n.split(".")[0] in {"pickle", "marshal", "shelve", "dill"} | network}
        assert not bad, f"{module} imports {sorted(bad)}"


_LOADED = """
import json, sys
import {module}
print(json.dumps(sorted(set({names!r}) & {{name.split(".")[0] for name in sys.modules}})))
"""


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("core.terminal.cli", {*TORCH, "PySide6"}),  # and with it core.session
        ("gui.launch", {*TORCH, "PySide6", "numpy"}),
        ("gui.main_window", TORCH),
    ],
)
def test_what_an_import_loads(module: str, unwanted: set[str]) -> None:
    """Torch takes seconds: it loads in the background, after the first window is up."""
    code = _LOADED.format(module=module, names=sorted(unwanted))
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == []
    assert module != "core.terminal.cli" or "core.session" in imports(module)


def test_the_main_window_composes_and_nothing_else() -> None:
    lines = (ROOT / "gui" / "main_window.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 400


def test_no_file_becomes_a_god() -> None:
    """In one of 400 lines there is a second thing to be found."""
    for module in trees():
        path = ROOT / (module.replace(".", "/") + ".py")
        if module.startswith(("core.", "gui.")) and path.exists():
            count = len(path.read_text(encoding="utf-8").splitlines())
            assert count < 400, f"{module} has {count} lines"


def test_no_class_becomes_a_god() -> None:
    """In one of 300 lines there is a second thing to be found."""
    lines = {
        f"{module}.{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    large = {name: count for name, count in lines.items() if count >= 300}
    assert not large


def test_a_tool_has_a_file_of_its_own_and_a_small_one() -> None:
    paths = sorted((ROOT / "gui" / "canvas" / "tools").glob("*.py"))
    modules = {f"gui.canvas.tools.{path.stem}" for path in paths if path.stem != "__init__"}
    kinds = {"Tool"}  # and what is made of it, found round by round
    found: dict[str, set[str]] = {}
    while True:
        for module in modules:
            classes = [node for node in trees()[module].body if isinstance(node, ast.ClassDef)]
            found[module] = {c.name for c in classes if c.name in kinds or kinds & {ast.unparse(b) for b in c.bases}}
        if set().union(*found.values()) <= kinds:
            break
        kinds |= set().union(*found.values())
    assert {"Brush", "Eraser", "Polygon", "Wand"} <= kinds
    assert {module: names for module, names in found.items() if len(names) > 1} == {}
    for path in paths:
        assert len(path.read_text(encoding="utf-8").splitlines()) < 200, path.name
