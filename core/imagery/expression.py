"""Band arithmetic: formulas such as `(nir - red) / (nir + red)`, read by a small parser of our own and never by eval.

    sum     = product { ("+" | "-") product }
    product = signed { ("*" | "/") signed }
    signed  = ("-" | "+") signed | power
    power   = value [ ("**" | "^") signed ]
    value   = number | band | function "(" sum { "," sum } ")" | "(" sum ")"

Precedence is Python's: `-2 ** 2` is −4, and `**` groups to the right. Names are read without regard to case. The signs
of printed formulas (− – × · ÷) mean the same as those of the keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import FormulaError
from core.imagery.interpretation import Interpretation
from core.imagery.presets import code_of_description
from core.imagery.scene import exact_dtype

LONGEST_FORMULA: Final = 200
_DEEPEST: Final = 20
_LARGEST_NUMBER: Final = 1e30  # fits float32, in which most formulas are computed

_Values = NDArray[np.floating[Any]]

_OPERATORS: Final[Mapping[str, Callable[..., Any]]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power,
}  # fmt: skip
# name → (function, least and most number of values it takes)
_FUNCTIONS: Final[Mapping[str, tuple[Callable[..., Any], int, int]]] = {
    "sqrt": (np.sqrt, 1, 1),
    "abs": (np.abs, 1, 1),
    "log": (np.log, 1, 1),
    "ln": (np.log, 1, 1),
    "exp": (np.exp, 1, 1),
    "min": (lambda *values: _folded(np.minimum, values), 2, 8),
    "max": (lambda *values: _folded(np.maximum, values), 2, 8),
}
FUNCTION_NAMES: Final = tuple(name for name in _FUNCTIONS if name != "ln")  # offered once, as log
# As papers print them: minus and en dash; times, middle dot and dot operator; divided by.
_PRINTED: Final = str.maketrans("−–×·⋅÷", "--***/")
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([^\W\d]\w*)|(\*\*|[-+*/^(),])|(\S))")


@dataclass(frozen=True)
class Formula:
    """A formula that was understood. `band_indexes` are the file bands it needs, from 1, each once."""

    source: str
    band_indexes: tuple[int, ...]
    _root: _Node = field(compare=False, repr=False)

    def evaluate(self, values: NDArray[Any]) -> NDArray[np.floating[Any]]:
        """The result per pixel, (h, w), of values (B', h, w) in the order of `band_indexes`.

        float32, or float64 for bands that float32 cannot hold. NaN where it is not defined: division by zero, the
        root of a negative number, an overflow.
        """
        exact = exact_dtype(values.dtype)
        bands = dict(zip(self.band_indexes, values.astype(exact), strict=True))
        with np.errstate(all="ignore"):
            result: _Values = np.array(np.broadcast_to(self._root.value(bands, exact), values.shape[1:]))
        result[~np.isfinite(result)] = np.nan
        return result


def parse_formula(source: str, names: Mapping[str, int]) -> Formula:
    """Read a formula; `names` maps lower-case band names to file bands (see `band_names`).

    Raises FormulaError that says what is wrong and where.
    """
    text = source.strip()
    if len(text) > LONGEST_FORMULA:
        raise FormulaError(
            "The formula is longer than {most} characters.", "Shorten it, or split it into two.", most=LONGEST_FORMULA
        )
    if not text:
        raise FormulaError("The formula is empty.", "Write one such as (nir - red) / (nir + red).")
    parser = _Parser(text, names)
    root = parser.whole()
    if not parser.bands:
        raise FormulaError("The formula names no band.", "The bands are {names}.", names=_listed(names))
    return Formula(text, tuple(parser.bands), root)


def band_names(interpretation: Interpretation) -> dict[str, int]:
    """What a formula may call each data band, in lower case → its number in the file.

    `B8` is the product's number where the bands carry such (Sentinel-2: `B8A`), else the band's place in the file;
    `band8` is always the place. A role means its first band; `rededge2` the second of that role. A band's own name
    ("yellow") serves too.
    """
    names: dict[str, int] = {}
    bands = interpretation.data_bands
    codes = {band.index: code_of_description(band.name) for band in bands}
    coded = any(codes.values())
    for band in bands:
        code = codes[band.index]
        for short in _short_names(code if coded else f"B{band.index:02d}"):
            names.setdefault(short, band.index)
    counts: dict[str, int] = {}
    for band in bands:
        names.setdefault(f"band{band.index}", band.index)
        if band.role == "other":
            continue
        number = counts[band.role] = counts.get(band.role, 0) + 1
        names.setdefault(band.role if number == 1 else f"{band.role}{number}", band.index)
    for band in bands:
        own = re.sub(r"\W+", "_", band.name.strip().lower())
        if own and not own[0].isdigit() and own not in _FUNCTIONS:
            names.setdefault(own, band.index)
    return names


def short_names(interpretation: Interpretation) -> list[tuple[str, str]]:
    """(name for a formula, what the band is) of each data band, to show and to choose from: ("B8", "NIR")."""
    names = band_names(interpretation)
    by_band: dict[int, str] = {}
    for name, index in names.items():
        by_band.setdefault(index, name)
    bands = interpretation.data_bands
    return [(by_band[band.index].upper(), re.sub(r"^B\d{1,2}A? (?=\S)", "", band.name)) for band in bands]


def _short_names(code: str | None) -> tuple[str, ...]:
    """ "B08" → b8 and b08."""
    if code is None:
        return ()
    plain = code.lower()
    return (f"b{plain[1:].lstrip('0') or '0'}", plain)


def _listed(names: Mapping[str, int]) -> str:
    """The first name of each band, for a sentence."""
    by_band: dict[int, str] = {}
    for name, index in names.items():
        by_band.setdefault(index, name)
    return ", ".join(name.upper() for name in by_band.values())


def _folded(operate: Callable[..., Any], values: Sequence[Any]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = operate(result, value)
    return result


@dataclass(frozen=True)
class _Node:
    """A number, a band (its number in the file), or an operation on other nodes."""

    number: float = 0.0
    band: int | None = None
    operate: Callable[..., Any] | None = None
    operands: tuple[_Node, ...] = ()

    def value(self, bands: Mapping[int, _Values], exact: Any) -> Any:
        if self.operate is not None:
            return self.operate(*(operand.value(bands, exact) for operand in self.operands))
        return exact(self.number) if self.band is None else bands[self.band]


class _Token(NamedTuple):
    """`kind` is "number", "name", "sign" or "end"; `place` counts characters from 1."""

    kind: str
    word: str
    place: int


class _Parser:
    """Recursive descent over the tokens, one method a rule of the grammar above."""

    def __init__(self, text: str, names: Mapping[str, int]) -> None:
        self.bands: dict[int, None] = {}  # in the order of their first use
        self._names = names
        self._text = text
        self._tokens = _tokens(text.translate(_PRINTED))
        self._position = 0
        self._depth = 0

    def whole(self) -> _Node:
        root = self._sum()
        if self._next.kind != "end":
            self._refuse(self._next)
        return root

    @property
    def _next(self) -> _Token:
        return self._tokens[self._position]

    def _take(self) -> _Token:
        token = self._next
        self._position += 1
        return token

    def _sum(self) -> _Node:
        left = self._product()
        while self._next.word in ("+", "-"):
            left = _operation(self._take().word, left, self._product())
        return left

    def _product(self) -> _Node:
        left = self._signed()
        while self._next.word in ("*", "/"):
            left = _operation(self._take().word, left, self._signed())
        return left

    def _signed(self) -> _Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FormulaError(
                "The formula is nested too deeply at character {place}.", "Take some parentheses or signs away.",
                place=self._next.place,
            )  # fmt: skip
        if self._next.word in ("+", "-"):
            sign = self._take().word
            operand = self._signed()
            node = _operation("-", _Node(0.0), operand) if sign == "-" else operand
        else:
            node = self._power()
        self._depth -= 1
        return node

    def _power(self) -> _Node:
        base = self._value()
        if self._next.word in ("**", "^"):
            self._take()
            return _operation("**", base, self._signed())
        return base

    def _value(self) -> _Node:
        token = self._take()
        if token.kind == "number":
            return _number(token)
        if token.kind == "name":
            return self._call(token) if self._next.word == "(" else self._band(token)
        if token.word == "(":
            node = self._sum()
            self._close(token)
            return node
        return self._refuse(token)

    def _call(self, token: _Token) -> _Node:
        if token.word.lower() not in _FUNCTIONS:
            raise FormulaError(
                "There is no function “{name}” (character {place}).", "The functions are {names}.",
                name=token.word, place=token.place, names=", ".join(FUNCTION_NAMES),
            )  # fmt: skip
        function, least, most = _FUNCTIONS[token.word.lower()]
        opened = self._take()
        operands = [self._sum()]
        while self._next.word == ",":
            self._take()
            operands.append(self._sum())
        self._close(opened)
        if not least <= len(operands) <= most:
            raise FormulaError(
                "{name} at character {place} takes {needed} value(s), not {count}.",
                "Separate them by commas, and write decimals with a point.",
                name=token.word, place=token.place, count=len(operands),
                needed=str(least) if least == most else f"{least}–{most}",
            )  # fmt: skip
        return _Node(operate=function, operands=tuple(operands))

    def _band(self, token: _Token) -> _Node:
        index = self._names.get(token.word.lower())
        if index is None:
            raise FormulaError(
                "There is no band “{name}” (character {place}).", "The bands are {names}.",
                name=token.word, place=token.place, names=_listed(self._names),
            )  # fmt: skip
        self.bands[index] = None
        return _Node(band=index)

    def _close(self, opened: _Token) -> None:
        if self._next.kind == "end":
            raise FormulaError(
                "The parenthesis opened at character {place} is not closed.", "Add “)”.", place=opened.place
            )
        if self._next.word != ")":
            self._refuse(self._next)
        self._take()

    def _refuse(self, token: _Token) -> _Node:
        if token.kind == "end":
            raise FormulaError("Something is missing at the end of the formula.", "Write a band or a number there.")
        sign = self._text[token.place - 1 :][: len(token.word)]  # as it was typed
        if re.fullmatch(r"\d,\d", self._text[token.place - 2 : token.place + 1]):
            raise FormulaError(
                "The comma at character {place} is no decimal sign here.", "Write decimals with a point, such as 1.5.",
                place=token.place,
            )  # fmt: skip
        raise FormulaError(
            "“{sign}” at character {place} was not expected there.",
            "Use band names, numbers, + - * / ** and parentheses.", sign=sign, place=token.place,
        )  # fmt: skip


def _tokens(text: str) -> list[_Token]:
    """The words of the formula and an end mark."""
    found = []
    for match in _TOKEN.finditer(text):
        for kind, group in (("number", 1), ("name", 2), ("sign", 3), ("", 4)):
            if match.group(group) is not None:
                found.append(_Token(kind, match.group(group), match.start(group) + 1))
    return [*found, _Token("end", "", len(text) + 1)]


def _number(token: _Token) -> _Node:
    number = float(token.word)
    if number > _LARGEST_NUMBER:
        raise FormulaError("The number at character {place} is too large.", "Numbers go up to 1e30.", place=token.place)
    return _Node(number)


def _operation(sign: str, left: _Node, right: _Node) -> _Node:
    return _Node(operate=_OPERATORS[sign], operands=(left, right))
