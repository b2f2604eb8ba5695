"""What a cell shows: a number or a date in a number format (ECMA-376 18.8.31), as text.

``show_number(419, "00000")`` is ``"00419"``. A format that does not show the same on every machine,
or that this does not know for certain, gives None: then somebody is asked. Names of months and
days are English, decimals have a point, whatever the machine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from xlplan.late import regex
from xlplan.plan.timescales import MONTH_NAMES

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 37: "#,##0 ;(#,##0)",
    38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
}  # fmt: skip
"""The formats that have numbers alone; 14 and 22, and those with a currency, are the machine's."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOKEN = regex(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|'
    r"\[(?P<bracket>[^\]]*)\]|(?P<general>General)|(?P<half>AM/PM)|(?P<unsure>A/P)|"
    r"(?P<part>y+|m+|d+|h+|s+(?:\.0+)?)|(?P<exponent>E[+-])|(?P<digit>[0#?])|(?P<mark>[.,%/@;])|"
    r"(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN = frozenset(" $-+()!^&'~{}<>=:")
"""Characters that stand for themselves without quotes, beside what is no letter of ASCII."""
_COLOUR = regex(r"(?:black|blue|cyan|green|magenta|red|white|yellow|colou?r ?\d{1,2})", re.I)
_CONDITION = regex(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_LOCALE = regex(r"\$([^-]*)(?:-([0-9A-Fa-f]+))?")
_ELAPSED = regex(r"h+|m+|s+", re.I)
_ENGLISH = 0x09
_NO_LANGUAGE = (0, 1, 2)
"""Of these, 1 and 2 are two ways to write the euro."""
_MOST_DIGITS = 10
"""Digits up to which `General` shows a number whole, however narrow the column."""
_LARGEST = 1e15
_NO_TIME = 1e-3
"""Part of a second (or of the part of it that is shown) that only comes of reckoning."""
_NOTHING = {"0": "0", "#": "", "?": " "}
"""What a placeholder shows where there is no digit."""

Kind = Literal[
    "literal", "digit", "point", "comma", "percent", "part", "elapsed", "half", "general",
    "exponent", "unsure",
]  # fmt: skip


class _Piece(Struct, frozen=True):
    kind: Kind
    text: str


class _Section(Struct, frozen=True):
    """One of the up to four parts of a format: for positive, negative numbers, zero, and text."""

    pieces: tuple[_Piece, ...]
    condition: tuple[str, float] | None = None

    def has(self, *kinds: Kind) -> bool:
        return any(piece.kind in kinds for piece in self.pieces)

    @property
    def is_date(self) -> bool:
        return self.has("part", "elapsed", "half")


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    found: list[_Section] = []
    pieces: list[_Piece] = []
    condition: tuple[str, float] | None = None
    for match in _TOKEN.finditer(code):
        kind, text = match.lastgroup or "", match[match.lastgroup or 0]
        if kind == "mark" and text == ";":
            found.append(_Section(tuple(pieces), condition))
            pieces, condition = [], None
        elif kind == "bracket" and (test := _CONDITION.fullmatch(text)):
            condition = (test[1], float(test[2]))
        elif piece := _piece(kind, text):
            pieces.append(piece)
    return (*found, _Section(tuple(pieces), condition))


def _piece(kind: str, text: str) -> _Piece | None:
    if kind in ("quoted", "escaped"):
        return _Piece("literal", text)
    if kind == "space":
        return _Piece("literal", " ")
    if kind == "fill":
        return None if text == " " else _Piece("unsure", text)
    if kind == "bracket":
        return _bracket(text)
    if kind in ("part", "half", "general"):
        return _Piece(kind, text)  # type: ignore[arg-type]
    if kind == "digit":
        return _Piece("digit", text)
    if kind == "mark" and text in ".,%":
        return _Piece({".": "point", ",": "comma", "%": "percent"}[text], text)  # type: ignore[arg-type]
    if kind == "mark" and text == "/":
        return _Piece("literal", text)
    if kind == "mark":
        return _Piece("general", text)
    if kind == "exponent":
        return _Piece("exponent", text)
    plain = kind == "other" and (text in _PLAIN or not text.isascii())
    return _Piece("literal" if plain else "unsure", text)


def _bracket(text: str) -> _Piece | None:
    if _COLOUR.fullmatch(text):
        return None
    if _ELAPSED.fullmatch(text):
        return _Piece("elapsed", text)
    if match := _LOCALE.fullmatch(text):
        language = int(match[2] or "0", 16)
        if language not in _NO_LANGUAGE and language & 0x3FF != _ENGLISH:
            return _Piece("unsure", text)
        return _Piece("literal", match[1]) if match[1] else None
    return _Piece("unsure", text)


def is_date_format(code: str) -> bool:
    """Whether a format shows a day or a time."""
    return any(section.is_date for section in _sections(code))


@lru_cache(maxsize=1 << 10)
def shows_month_alone(code: str) -> Literal["month", "year", ""]:
    """Whether a format shows of a day its month and year alone, or its year alone."""
    section = _sections(code)[0]
    parts = {piece.text[0].lower() for piece in section.pieces if piece.kind in ("part", "elapsed")}
    if parts & set("dhs") or "y" not in parts:
        return ""
    return "month" if "m" in parts else "year"


@lru_cache(maxsize=1 << 10)
def shows_share(code: str) -> bool:
    """Whether a format shows a share in percent, so that 0.5 shows as 50%."""
    return _sections(code)[0].has("percent")


@lru_cache(maxsize=1 << 10)
def has_literal_percent(code: str) -> bool:
    """Whether a format writes "%" behind a number as it is, so that 50 shows as 50%."""
    section = _sections(code)[0]
    texts = [piece.text for piece in section.pieces if piece.kind == "literal"]
    return not section.has("percent") and any("%" in text for text in texts)


def show_number(number: float, code: str) -> str | None:
    """The text in which a cell with this number format shows a number, or None if unsure."""
    if not math.isfinite(number) or abs(number) >= _LARGEST:
        return None
    section, number = _chosen(number, _sections(code))
    if section is None or section.has("unsure"):
        return None
    if section.is_date:
        return _show_date(number, section.pieces)
    if section.has("general"):
        text = _general(number)
        return text and "".join(
            text if piece.kind == "general" else piece.text
            for piece in section.pieces
        )  # fmt: skip
    if section.has("exponent"):
        return _scientific(number, section)
    return _show_digits(number, section)


def show_day(day: date, code: str) -> str | None:
    """The text in which a cell with this number format shows a day, or None if unsure."""
    sections = _sections(code)
    if not sections[0].is_date or sections[0].has("unsure") or sections[0].condition:
        return None
    return _show_date((day - date(1899, 12, 30)).days, sections[0].pieces)


def _chosen(number: float, sections: Sequence[_Section]) -> tuple[_Section | None, float]:
    """The part of a format that shows a number, and the number as it shows it."""
    if any(section.condition for section in sections):
        return _by_condition(number, sections), number
    numeric = sections[:3]
    if number < 0 and len(numeric) > 1:
        return numeric[1], -number
    if number == 0 and len(numeric) > 2:
        return numeric[2], number
    return numeric[0], number


def _by_condition(number: float, sections: Sequence[_Section]) -> _Section | None:
    if number < 0:
        return None  # programs differ in whether they show its sign
    for section in sections[:3]:
        if section.condition is None:
            return section
        sign, limit = section.condition
        holds = {
            "<": number < limit, "<=": number <= limit, ">": number > limit,
            ">=": number >= limit, "=": number == limit, "<>": number != limit,
        }  # fmt: skip
        if holds[sign]:
            return section
    return None


def _general(number: float) -> str | None:
    text = f"{number:.15g}"
    digits = sum(c.isdigit() for c in text)
    return text if digits <= _MOST_DIGITS and "e" not in text else None


def _show_digits(number: float, section: _Section) -> str | None:
    """A number in a part of placeholders: ``#,##0.00``, ``000-000``, ``0.0,"k"``."""
    pieces = list(section.pieces)
    digits = [at for at, piece in enumerate(pieces) if piece.kind == "digit"]
    if not digits:
        return None if not pieces or number < 0 else "".join(piece.text for piece in pieces)
    slashes = [
        at for at, piece in enumerate(pieces)
        if piece.text == "/" and digits[0] < at < digits[-1]
    ]  # fmt: skip
    points = [at for at, piece in enumerate(pieces) if piece.kind == "point"]
    if slashes or len(points) > 1:
        return None
    point = points[0] if points else digits[-1] + 1
    whole = [at for at in digits if at < point]
    rest = [at for at in digits if at > point]
    commas = [at for at, piece in enumerate(pieces) if piece.kind == "comma"]
    between = [at for at in commas if whole and whole[0] < at < whole[-1]]
    scaling = [at for at in commas if at not in between and _scales(pieces, at)]
    if len(between) + len(scaling) < len(commas):
        return None
    percent = sum(piece.kind == "percent" for piece in pieces)
    exact = Decimal(f"{abs(number):.15g}")
    value = exact * 100**percent / 1000 ** len(scaling)
    rounded = value.quantize(Decimal(1).scaleb(-len(rest)), ROUND_HALF_UP)
    if number < 0 and rounded == 0:
        return None  # programs differ in whether they show the sign of what is rounded to none
    if percent and abs(value - rounded) * 2 == Decimal(1).scaleb(-len(rest)):
        return None  # they also differ in what is half way between two percentages
    shown, fraction = f"{rounded:f}".partition(".")[::2]
    texts: dict[int, str] = dict.fromkeys(commas, "")
    texts |= _whole(shown if int(shown) else "", whole, pieces, bool(between))
    texts |= _fraction(fraction, rest, pieces)
    if points and rest and not any(texts[at].strip() for at in rest):
        texts[point] = ""  # "1." in some programs, "1" in others: nobody means the point
    made = "".join(texts.get(at, piece.text) for at, piece in enumerate(pieces))
    return f"-{made}" if number < 0 else made


def _scientific(number: float, section: _Section) -> str | None:
    """A number as ``1.23E+04``, where one digit stands before the point."""
    at = [piece.kind for piece in section.pieces].index("exponent")
    mantissa, power = section.pieces[:at], section.pieces[at + 1 :]
    kinds = "".join(piece.text if piece.kind == "digit" else piece.kind[0] for piece in mantissa)
    if not re.fullmatch(r"0(p0+)?", kinds) or any(piece.text != "0" for piece in power):
        return None
    exact = Decimal(f"{abs(number):.15g}")
    exponent = exact.adjusted() if exact else 0
    step = Decimal(1).scaleb(1 - kinds.count("0"))
    digits = exact.scaleb(-exponent).quantize(step, ROUND_HALF_UP)
    if digits >= 10:
        digits, exponent = (digits / 10).quantize(step), exponent + 1
    minus = "-" if number < 0 else ""
    sign = "-" if exponent < 0 else "+" if section.pieces[at].text[1] == "+" else ""
    return f"{minus}{digits}E{sign}{abs(exponent):0{len(power)}d}"


def _scales(pieces: Sequence[_Piece], at: int) -> bool:
    """Whether a comma stands behind a digit, or behind such a comma: it shows thousands."""
    while at and pieces[at].kind == "comma":
        at -= 1
    return pieces[at].kind == "digit"


def _whole(
    digits: str, places: Sequence[int], pieces: Sequence[_Piece], thousands: bool
) -> dict[int, str]:
    """The digits before the point, from the right, each in its place; the first takes the rest."""
    found: dict[int, str] = {}
    done = 0
    for at in reversed(places):
        left = len(digits) - done
        if left > 0:
            here = digits[:left] if at == places[0] else digits[left - 1]
        else:
            here = _NOTHING[pieces[at].text]
        text = ""
        for digit in reversed(here):
            comma = "," if thousands and done and done % 3 == 0 and digit != " " else ""
            text = f"{digit}{comma}{text}"
            done += 1
        found[at] = text
    return found


def _fraction(digits: str, places: Sequence[int], pieces: Sequence[_Piece]) -> dict[int, str]:
    """The digits behind the point; those that need not be shown are left out from the right."""
    found: dict[int, str] = {}
    silent = True
    for at, digit in reversed(list(zip(places, digits, strict=True))):
        kind = pieces[at].text
        silent = silent and digit == "0" and kind != "0"
        found[at] = _NOTHING[kind] if silent else digit
    return found


def _show_date(serial: float, pieces: Sequence[_Piece]) -> str | None:
    days = serial >= 1 or any(each.kind == "part" and each.text[0] in "dDyY" for each in pieces)
    if serial < 61 and days and not any(piece.kind == "elapsed" for piece in pieces):
        return None  # programs differ in the first days of 1900, and in the day before
    if serial < 0:
        return None
    decimals = max(
        (len(p.text.partition(".")[2]) for p in pieces if p.text[:1].lower() == "s"), default=0
    )
    step = 10**decimals
    ticks = math.floor(serial * 86_400 * step + 0.5)
    if abs(serial * 86_400 * step - ticks) > _NO_TIME and _shows_seconds(pieces):
        return None  # programs round to the second that is shown, or cut
    try:
        moment = datetime(1899, 12, 30) + timedelta(seconds=ticks // step)
    except OverflowError:
        return None
    half = any(piece.kind == "half" for piece in pieces)
    texts: list[str] = []
    for at, piece in enumerate(pieces):
        text = piece.text
        if piece.kind == "elapsed":
            size = {"h": 3600, "m": 60, "s": 1}[text[0].lower()]
            text = str(ticks // step // size).rjust(len(text), "0")
        elif piece.kind == "half":
            text = ("AM", "PM")[moment.hour >= 12]
        elif piece.kind == "part":
            minutes = text[0] in "mM" and len(text) < 3 and _are_minutes(pieces, at)
            text = _part(moment, text.lower(), half, minutes)
            if decimals and text.endswith("."):
                text += f"{ticks % step:0{decimals}d}"
        elif piece.kind not in ("literal", "comma", "point"):
            return None
        texts.append(text)
    return "".join(texts)


def _shows_seconds(pieces: Sequence[_Piece]) -> bool:
    return any(piece.kind in ("part", "elapsed") and piece.text[0] in "sS" for piece in pieces)


def _are_minutes(pieces: Sequence[_Piece], at: int) -> bool:
    """Whether an "m" stands behind hours or before seconds."""
    timed = [
        (number, piece.text[0].lower())
        for number, piece in enumerate(pieces)
        if piece.kind in ("part", "elapsed")
    ]
    order = [number for number, _ in timed].index(at)
    before = timed[order - 1][1] if order else ""
    after = timed[order + 1][1] if order + 1 < len(timed) else ""
    return before == "h" or after == "s"


def _part(moment: datetime, part: str, half: bool, minutes: bool) -> str:
    size = len(part)
    if part[0] == "y":
        return f"{moment.year % 100:02d}" if size < 3 else f"{moment.year:04d}"
    if part[0] == "d":
        name = _DAYS[moment.weekday()]
        return name if size > 3 else name[:3] if size == 3 else f"{moment.day:0{size}d}"
    if part[0] == "s":
        whole, point, _ = part.partition(".")
        return f"{moment.second:0{min(len(whole), 2)}d}{point}"
    if part[0] == "h":
        hour = (moment.hour % 12 or 12) if half else moment.hour
        return f"{hour:0{min(size, 2)}d}"
    if minutes:
        return f"{moment.minute:0{size}d}"
    name = MONTH_NAMES[moment.month - 1]
    if size < 3:
        return f"{moment.month:0{size}d}"
    return name[:3] if size == 3 else name[:1] if size == 5 else name
