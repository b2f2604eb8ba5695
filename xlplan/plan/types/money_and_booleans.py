"""Types for what people write in words of their own: amounts of money, and yes or no."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from xlplan.codes.definition_codes import VAL_010, VAL_011
from xlplan.language.catalogue import marked, shipped_code
from xlplan.late import regex
from xlplan.plan.shown import ShownNumber, before_percent
from xlplan.plan.text import fold
from xlplan.plan.timescales import Timescale
from xlplan.plan.types.field_type import CellForm, FieldType, InputRule, Typed
from xlplan.plan.values import Value, as_text, invalid, number_text, read_number, show

if TYPE_CHECKING:
    from xlplan.plan.definition import Field, PlanDefinition

_SIGNS = {"gbp": "£", "eur": "€", "usd": "$", "us$": "$", "euro": "€", "euros": "€"}
_CURRENCY = r"(?:£|€|US\$|\$|GBP|EUR|USD|euros?|CHF|SEK|NOK|DKK|PLN|kr\.?|zł)"
_MONEY = regex(
    rf"(?P<open>\()?\s*(?P<sign>[-–−+])?\s*(?P<before>{_CURRENCY})?\s*(?P<minus>[-–−])?\s*"
    r"(?P<number>\.?\d[\d.,' ’]*(?:e[+-]?\d+)?)\s*"
    r"(?P<times>k|m|mn|million|millions|bn|billion|thousand)?\s*"
    rf"(?P<after>{_CURRENCY})?\s*(?P<close>\))?",
    re.IGNORECASE,
)
_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "millions": 1e6,
          "bn": 1e9, "billion": 1e9}  # fmt: skip
_CONTINENTAL = regex(r"\d{1,3}(?:[. '’]\d{3})*,\d{1,2}|\d{1,3}(?:\.\d{3}){2,}")
_LARGEST = 1e15
YES_NO = ("Yes", "No")
_YES = frozenset({
    "yes", "y", "true", "✓", "✔", "☑", "✅", "oui", "vrai", "sí", "si", "verdadero", "ja", "wahr",
    "waar", "ydy", "ie", "ydw", "ydyn", "oes",
})  # fmt: skip
_NO = frozenset({
    "no", "n", "false", "✗", "✘", "☐", "❌", "non", "faux", "falso", "nein", "falsch", "nee",
    "onwaar", "nage", "nac ydy", "nac ydw", "nac ydyn", "nac oes", "naddo",
})  # fmt: skip
_IN_WELSH = (frozenset({"do"}), frozenset({"na"}))
"""Words for yes and for no that mean something else where nobody is written to in Welsh: NA."""


def read_money(text: str) -> tuple[float, str] | None:
    """An amount and its currency (``""`` where none is written); None where it is not certain.

    ``£1.2m``, ``1 500 €``, ``1.500,00 EUR`` and ``(3)`` for -3. ``1.500 €`` is a thousand and a
    half for some, and one and a half for others: None.
    """
    match = _MONEY.fullmatch(text.strip())
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    if match["before"] and match["after"]:
        return None
    written = (match["before"] or match["after"] or "").rstrip(".")
    currency = _SIGNS.get(written.lower(), written)
    figures = match["number"].strip()
    if _CONTINENTAL.fullmatch(figures) and (currency not in ("£", "$") or "." in figures):
        figures = re.sub(r"[. '’]", "", figures).replace(",", ".")
    elif match["after"] and re.fullmatch(r"\d{1,3}\.\d{3}", figures):
        return None
    number = read_number(re.sub(r"['’](?=\d{3})", ",", figures))
    if number is None:
        return None
    times = _TIMES[match["times"].lower()] if match["times"] else 1
    less = bool(match["open"]) + (match["sign"] not in (None, "+")) + bool(match["minus"])
    if less > 1:
        return None
    found = read_number((-1 if less else 1) * number * times)
    return None if found is None else (found, currency)


def currency_of(texts: Iterable[str]) -> str | None:
    """The one currency of texts that are all amounts, some with a currency; None for others."""
    found = [read_money(text) for text in texts]
    signs = {each[1] for each in found if each} - {""}
    return signs.pop() if None not in found and len(signs) == 1 else None


def says_yes(text: str) -> bool:
    """Whether a text is yes, in one of five languages or as a tick."""
    return fold(text) in _YES


def words_of_yes_and_no(texts: Iterable[str]) -> tuple[str, str] | None:
    """The words for yes and for no, most used first, of texts that are all one or the other.

    None for other texts, and where one of the two is missing.
    """
    counted = Counter(texts).most_common()
    yes = [text for text, _ in counted if says_yes(text)]
    no = [text for text, _ in counted if fold(text) in _NO]
    return (yes[0], no[0]) if yes and no and len(yes) + len(no) == len(counted) else None


def _canon_money(item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    plain = raw.text if isinstance(raw, Timescale) else raw
    text = as_text(raw)
    if before_percent(raw) is not None:
        return invalid(text, VAL_010.fill(value=text))
    found = read_money(text) if isinstance(plain, str | ShownNumber) else None
    if found is None:
        number = read_number(plain)
        return invalid(text, VAL_010.fill(value=text)) if number is None else number
    if found[1] and item.currency and found[1] != item.currency:
        return invalid(text, VAL_010.fill("currency", value=text, currency=item.currency))
    return read_number(found[0] if isinstance(plain, str) else plain)


def _show_money(value: Value) -> str:
    """``1,500`` and ``1,500.50``; the currency is the field's."""
    text = number_text(value) if isinstance(value, int | float) else ""
    if not text or "e" in text:
        return text or show(value)
    whole, dot, part = text.lstrip("-").partition(".")
    sign = "-" if text.startswith("-") else ""
    return f"{sign}{int(whole):,}" + (f".{part:0<2}" if dot else "")


def _yes_no(item: Field, _definition: PlanDefinition) -> tuple[str, ...]:
    return item.choices if len(item.choices) == 2 else YES_NO


def _reads_welsh(definition: PlanDefinition) -> bool:
    """Whether anybody is written to in Welsh."""
    languages = (*definition.language, *(lead.language for lead in definition.leads))
    return "cy" in map(shipped_code, languages)


def _canon_boolean(item: Field, raw: Typed, definition: PlanDefinition) -> Value:
    text = as_text(raw)
    words = _yes_no(item, definition)
    word = fold(text)
    welsh = _IN_WELSH if _reads_welsh(definition) else ((), ())
    for number, others in enumerate((_YES, _NO)):
        if word == fold(words[number]):
            return words[number]
        if (word in others or word in welsh[number]) and word not in map(fold, words):
            return words[number]
    return invalid(text, VAL_011.fill(value=text, choices=words))


MONEY = FieldType(
    "money",
    "an amount of money",
    _canon_money,
    _show_money,
    CellForm(
        "number",
        "#,##0",
        "#,##0.00######",
        width=14,
        hint=marked("Enter an amount, such as 1500."),
        rule=InputRule(
            "decimal",
            -_LARGEST,
            _LARGEST,
            marked("Not an amount"),
            marked("Please enter an amount, such as 1500."),
        ),
    ),
    frame="number",
    board_width=12,
    priced=True,
)
BOOLEAN = FieldType(
    "boolean",
    "yes or no",
    _canon_boolean,
    cell=CellForm(centred=True, width=11, hint=marked("Choose from the list.")),
    frame="boolean",
    board_width=9,
    choices=_yes_no,
    accepted=_yes_no,
)
