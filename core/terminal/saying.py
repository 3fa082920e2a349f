"""What a command says: its result on standard output, everything else on standard error."""

from __future__ import annotations

import argparse
import errno
import io
import json
import math
import os
import sys
from typing import Any

from core.events import Change, Subject
from core.session import Session


def pixels_of_classes(session: Session) -> dict[str, int]:
    """How many pixels of each Class are painted."""
    return {c.name: session.class_paint(c.value)[1] for c in session.classes}


def say_result(arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    """On standard output, with --json as one JSON object in ASCII. Raises OSError where that cannot be written."""
    try:
        _print_result(arguments, result)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries again at its end
        if not _has_seen_enough(error):
            raise OSError(error.errno, error.strerror, "standard output") from error


def _has_seen_enough(error: OSError) -> bool:
    """Whether nobody reads on (head, less): the command has done its work. Windows says so in another way."""
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL)


def _print_result(arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    if arguments.json:
        print(json.dumps(_without_nan(result)))
        return
    for key, value in result.items():
        if isinstance(value, list):
            print(f"{key}:", *(f"  {_dashed(entry)}" for entry in value), sep="\n")
        elif isinstance(value, dict):
            print(f"{key}:", *(f"  {name}: {_dashed(entry)}" for name, entry in value.items()), sep="\n")
        else:
            print(f"{key}: {_dashed(value)}")


def _dashed(value: Any) -> str:
    """With a dash for a number that is not known."""
    if isinstance(value, list):
        return f"[{', '.join(map(_dashed, value))}]"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_dashed(entry)}" for name, entry in value.items())
    return "–" if isinstance(value, float) and math.isnan(value) else str(value)


def say_error(arguments: argparse.Namespace, error: Exception | str) -> None:
    """One sentence on standard error; with --json also on standard output."""
    sentence = _os_sentence(error) if isinstance(error, OSError) else str(error)
    if arguments.json:
        print(json.dumps({"error": sentence}))
    print(f"fieldbrush: {sentence}", file=sys.stderr)


def say_warning(change: Change) -> None:
    """Of a scene that is another one than when it was labeled, or left out; what fails ends the command by itself."""
    if Subject.NOTICE in change.subjects and change.origin == "scene":
        print(f"fieldbrush: {change.error}", file=sys.stderr)


def say_notice(sentence: str) -> None:
    """What is worth knowing and no failure; on standard error, beside the result."""
    if sentence:
        print(f"fieldbrush: {sentence}", file=sys.stderr)


def _os_sentence(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}."


def _without_nan(value: Any) -> Any:
    """The same with None for numbers that JSON does not have."""
    if isinstance(value, dict):
        return {key: _without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_without_nan(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_whatever_comes() -> None:
    """Make names that the terminal's encoding does not have come out as escapes, and not as an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
