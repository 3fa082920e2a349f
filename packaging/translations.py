"""The program's sentences in other languages: collected from the code, checked, and compiled for Qt.

    python packaging/translations.py              update resources/translations/*.ts from the code (Qt's lupdate)
    python packaging/translations.py --compile    write the .qm files the program reads (Qt's lrelease)
    python packaging/translations.py --check      fail where a sentence is not translated, or a translation is stale,
                                                  or where the code has the other kind of apostrophe

German is a full translation. English says what the code says and holds only plurals: "1 scene", "2 scenes".

In gui/, sentences are what `tr` and `translate` are given. In core/, which knows no Qt, they are the templates given to
`core.text.text`, `Text` and to every `FieldbrushError`; they form the context "core".
The code is read here rather than by lupdate because lupdate does not look into f-strings and knows no core.
"""

from __future__ import annotations

import argparse
import ast
import json
import string
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "resources" / "translations"
LANGUAGES = ("de",)
SOURCE_LANGUAGE = "en"  # needs only the plural forms
ROOT_ERROR = "FieldbrushError"
TEXT_FUNCTIONS = {"text", "Text"}
QT_FUNCTIONS = {"translate", "translatable"}  # take the context first, and the text second


@dataclass(frozen=True, order=True)
class Sentence:
    """One translatable text. `plural`: it counts something (%n) and a language may have several forms."""

    context: str
    source: str
    comment: str = ""
    plural: bool = False


@dataclass
class Collected:
    """What was found in the code, and calls of core's whose text cannot be seen because it is not written there."""

    sentences: set[Sentence] = field(default_factory=set)
    unseen: list[str] = field(default_factory=list)


def literals(node: ast.expr) -> list[str] | None:
    """The texts an argument can be: a literal, literals joined by +, or either branch of a condition. None: unknown."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = literals(node.left), literals(node.right)
        return [a + b for a in left for b in right] if left is not None and right is not None else None
    if isinstance(node, ast.IfExp):
        first, second = literals(node.body), literals(node.orelse)
        return first + second if first is not None and second is not None else None
    return None


def called_name(call: ast.Call) -> str:
    """`f` of `f(…)` and of `a.b.f(…)`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def error_classes(trees: Iterable[ast.Module]) -> set[str]:
    """The names of all classes that inherit, over any number of steps, from the root error."""
    bases: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                parents = bases.setdefault(node.name, set())
                parents.update(ast.unparse(base).rpartition(".")[2] for base in node.bases)
    found = {ROOT_ERROR}
    while True:
        further = {name for name, above in bases.items() if above & found} - found
        if not further:
            return found
        found |= further


def translating_functions(trees: Iterable[ast.Module]) -> dict[str, str]:
    """Helpers such as `def tr(source): return QCoreApplication.translate("gui", source)`, with their context."""
    found = {}
    for tree in trees:
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef) or not function.args.args:
                continue
            first = function.args.args[0].arg
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and called_name(call) == "translate" and len(call.args) >= 2:
                    context = literals(call.args[0])
                    if context and isinstance(call.args[1], ast.Name) and call.args[1].id == first:
                        found[function.name] = context[0]
    return found


def _imported_texts(tree: ast.Module) -> set[str]:
    """The names under which a file knows `text` and `Text` of core.text."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "core.text"
        for alias in node.names
        if alias.name in TEXT_FUNCTIONS
    }


def _qt_functions(tree: ast.Module) -> set[str]:
    """Their names in a file, and the shorter ones it gives them (`import translatable as _`)."""
    names = set(QT_FUNCTIONS)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.value).rpartition(".")[2] in QT_FUNCTIONS:
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.ImportFrom):
            names.update(alias.asname for alias in node.names if alias.asname and alias.name in QT_FUNCTIONS)
    return names


class _Reader(ast.NodeVisitor):
    """Walks one file and adds its sentences to `collected`."""

    def __init__(
        self, where: str, tree: ast.Module, errors: set[str], helpers: dict[str, str], collected: Collected
    ) -> None:
        self._where = where
        self._texts = _imported_texts(tree)
        self._qt_functions = _qt_functions(tree)
        self._errors = errors
        self._helpers = helpers
        self._collected = collected
        self._classes: list[str] = []
        self.visit(tree)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._classes.append(node.name)
        self.generic_visit(node)
        self._classes.pop()

    def visit_Call(self, call: ast.Call) -> None:
        name = called_name(call)
        plain = isinstance(call.func, ast.Name)
        if plain and name in self._texts:
            self._add("core", call, call.args[:1])
        elif name in self._errors:
            self._add("core", call, call.args[:2])
        elif name in self._qt_functions and len(call.args) >= 2:
            self._add_translate(call)
        elif plain and name in self._helpers:
            self._add(self._helpers[name], call, call.args[:1], *_details(call, 1))
        elif name == "tr" and not plain and self._classes:
            self._add(self._classes[-1], call, call.args[:1], *_details(call, 1))
        self.generic_visit(call)

    def _add_translate(self, call: ast.Call) -> None:
        context = literals(call.args[0])
        if context and literals(call.args[1]) is not None:  # else it is a helper, or something else's translate
            self._add(context[0], call, call.args[1:2], *_details(call, 2))

    def _add(
        self, context: str, call: ast.Call, arguments: Sequence[ast.expr], comment: str = "", plural: bool = False
    ) -> None:
        for argument in arguments:
            texts = literals(argument)
            if texts is None and context == "core":  # elsewhere variables hold what `translatable` has marked
                self._collected.unseen.append(f"{self._where}:{call.lineno}")
            for source in texts or ():
                if source:
                    self._collected.sentences.add(Sentence(context, source, comment, plural))


def _details(call: ast.Call, start: int) -> tuple[str, bool]:
    """The disambiguating comment and whether a count is given, from the arguments after the source text."""
    comment = (literals(call.args[start]) or [""])[0] if len(call.args) > start else ""
    return comment, len(call.args) > start + 1 or any(keyword.arg == "n" for keyword in call.keywords)


def collect(files: Iterable[tuple[str, str]]) -> Collected:
    """All sentences of the given files, each as (name for messages, source code)."""
    trees = [(name, ast.parse(source)) for name, source in files]
    errors = error_classes(tree for _, tree in trees)
    helpers = translating_functions(tree for _, tree in trees)
    collected = Collected()
    for name, tree in trees:
        _Reader(name, tree, errors, helpers, collected)
    return collected


def read_code() -> Iterator[tuple[str, str]]:
    """Every source file of the program, in a fixed order."""
    for room in ("core", "gui"):
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def wanted_in(language: str, sentences: set[Sentence]) -> set[Sentence]:
    """What a language's file must hold."""
    return {s for s in sentences if s.plural} if language == SOURCE_LANGUAGE else sentences


def placeholders(text: str) -> set[str]:
    """The `{names}` a template takes; the count is Qt's and may be left out of a form ("one tile")."""
    try:
        return {_as_written(*field) for _, *field in string.Formatter().parse(text) if field[0] is not None}
    except ValueError:
        return {"not a template"}


def _as_written(name: str, specification: str | None, conversion: str | None) -> str:
    return name + (f"!{conversion}" if conversion else "") + (f":{specification}" if specification else "")


def problems(sentences: set[Sentence], catalogue: ElementTree.Element) -> list[str]:
    """What keeps a translation file from being complete and true to the code, one line each."""
    found, seen = [], set()
    for context in catalogue.iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            source = message.findtext("source") or ""
            plural = message.get("numerus") == "yes"
            sentence = Sentence(name, source, message.findtext("comment") or "", plural)
            seen.add(sentence)
            if sentence not in sentences:
                found.append(f"stale, no longer in the code: [{name}] {source!r}")
            else:
                found += _translation_problems(sentence, message)
    found += [f"not collected yet: [{lost.context}] {lost.source!r}" for lost in sorted(sentences - seen)]
    return found


def _translation_problems(sentence: Sentence, message: ElementTree.Element) -> list[str]:
    where = f"[{sentence.context}] {sentence.source!r}"
    translation = message.find("translation")
    if translation is None or translation.get("type") is not None:
        return [f"not translated: {where}"]
    forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
    if not all(forms):
        return [f"not translated: {where}"]
    wanted = placeholders(sentence.source)
    wrong = [form for form in forms if placeholders(form) != wanted or ("%n" in form and not sentence.plural)]
    if sentence.plural and "%n" in sentence.source and "%n" not in forms[-1]:
        wrong.append(forms[-1])  # only the singular may do without the number
    return [f"other placeholders than the original: {where} → {form!r}" for form in wrong]


def _tool(name: str) -> str:
    import PySide6

    folder = Path(PySide6.__file__).resolve().parent
    return str(folder / (f"{name}.exe" if sys.platform == "win32" else name))


def catalogue_path(language: str) -> Path:
    return TRANSLATIONS / f"fieldbrush_{language}.ts"


def update(language: str, sentences: set[Sentence]) -> None:
    """Bring a .ts file in line with the code; what is translated stays, what is gone goes."""
    TRANSLATIONS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder, "sentences.py")
        listing.write_text("".join(_as_call(sentence) for sentence in sorted(sentences)), encoding="utf-8")
        options = ["-locations", "none", "-no-obsolete", "-source-language", SOURCE_LANGUAGE]
        options += ["-target-language", language, *(["-pluralonly"] if language == SOURCE_LANGUAGE else [])]
        subprocess.run([_tool("lupdate"), *options, listing, "-ts", catalogue_path(language)], check=True)


def _as_call(sentence: Sentence) -> str:
    """For lupdate, which sees in Python that something is counted only by a number."""
    texts = (sentence.context, sentence.source, sentence.comment)
    arguments = [json.dumps(text, ensure_ascii=False) for text in texts] + (["1"] if sentence.plural else [])
    return f"QCoreApplication.translate({', '.join(arguments)})\n"


def compile_all() -> None:
    """Write a .qm beside every .ts; sentences without a translation stay English."""
    for source in sorted(TRANSLATIONS.glob("*.ts")):
        subprocess.run([_tool("lrelease"), "-silent", source, "-qm", source.with_suffix(".qm")], check=True)


def other_apostrophes(files: Iterable[tuple[str, str]]) -> list[str]:
    """Where the code writes ’: all its sentences have the straight ', also those that nobody translates."""
    return [
        f"{name}:{number}: write ' instead of ’"
        for name, source in files
        for number, line in enumerate(source.splitlines(), start=1)
        if "’" in line
    ]


def check(collected: Collected) -> int:
    """Print what is wrong with the translations; the number of problems."""
    count = 0
    for language in (*LANGUAGES, SOURCE_LANGUAGE):
        path = catalogue_path(language)
        root = ElementTree.parse(path).getroot() if path.exists() else ElementTree.Element("TS")
        for problem in problems(wanted_in(language, collected.sentences), root):
            print(f"{path.relative_to(ROOT)}: {problem}")
            count += 1
    if count:
        print(f"{count} problems: run `make translations`, then translate what is marked unfinished.")
    return count


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Collect, check and compile the program's translations.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--compile", action="store_true", help="write the .qm files")
    choice.add_argument("--check", action="store_true", help="fail unless every sentence is translated")
    options = parser.parse_args(arguments)
    if options.compile:
        compile_all()
        return 0
    collected = collect(read_code())
    if collected.unseen:
        print("Texts that are not literals, so translators cannot see them here: " + ", ".join(collected.unseen))
    if options.check:
        odd = other_apostrophes(read_code())
        print(*odd, sep="\n", end="\n" if odd else "")
        return 1 if check(collected) or odd else 0
    for language in (*LANGUAGES, SOURCE_LANGUAGE):
        update(language, wanted_in(language, collected.sentences))
    return 0


if __name__ == "__main__":
    sys.exit(main())
