"""Sentences the program says, kept as template and values so that the window can translate the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Text:
    """An English template in `str.format` style and its values; `str()` gives the English sentence."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values) if self.values else self.template


def text(template: str, **values: Any) -> Text:
    """A translatable sentence. `packaging/translations.py` finds the templates by the name of this function."""
    return Text(template, values)
