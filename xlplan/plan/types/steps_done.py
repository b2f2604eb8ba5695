"""The steps of an action that are done, one a line: ``2. Write the guide (12 June 2026)``.

A step is known by its words, so that a tick stays with it when other steps are put before it; where
only a number was typed, by its number. The day on which it was done may stand behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from xlplan.codes.definition_codes import VAL_003, VAL_004, VAL_043
from xlplan.language.catalogue import marked
from xlplan.late import regex
from xlplan.plan.periods import in_english
from xlplan.plan.text import fold
from xlplan.plan.timescales import parse_date, say_date
from xlplan.plan.types.field_type import CellForm, FieldType, Typed
from xlplan.plan.values import Invalid, Value, as_text, invalid, show, sort_elements

if TYPE_CHECKING:
    from xlplan.plan.definition import Field, PlanDefinition

DONE = marked("Done")
_DONE = (
    r"(?:(?:done|complete|completed|finished|yes|y|x|true|wahr|vrai"
    r"|wedi(?:['’](?:i|u)| ei| eu) (?:g?wneud|g?orffen|ch?wblhau|gwblhau)|wedi gorffen|cwblhawyd"
    r"|gwnaed|gorffenwyd|ydy|ydw|ie)\b|[✓✔☑])"
)
_NOT_DONE = regex(
    r"(?:no|n|not done|not yet|open|false|-|–|☐|nac ydy|nac ydw|nage|naddo|heb ei wneud|ddim eto)",
    re.IGNORECASE,
)
_TICK = regex(rf"{_DONE}?[\s,:;]*(?:(?:on|ar)\s+)?(?P<day>.*)", re.IGNORECASE | re.DOTALL)
_NUMBERED = regex(r"(?:step\s*)?([1-9]\d?)(?:\s*[.):]\s+|\s*[.):]?\s*(?=\(|$))", re.IGNORECASE)
_NUMBERS = regex(r"(?:steps?\s*)?\d{1,2}(?:\s*(?:,|;|&|\band\b)\s*\d{1,2})+", re.IGNORECASE)
_DAY = regex(r"\s*\(([^()]*)\)$")


class DoneStep(Struct, frozen=True):
    """A step that is done: its number (0 where none is written), its words, and on which day."""

    number: int
    words: str = ""
    day: date | None = None

    @property
    def line(self) -> str:
        """As it stands in the plan."""
        number = f"{self.number}." if self.number and self.words else str(self.number or "")
        day = f"({say_date(self.day)})" if self.day else ""
        return " ".join(part for part in (number, self.words, day) if part)

    def means(self, number: int, words: str) -> bool:
        """Whether it is the step of an action with this number and these words."""
        if not self.words:
            return self.number == number
        bare = _line(words)
        names = {fold(_flat(words)), fold(bare.words) if isinstance(bare, DoneStep) else ""}
        return fold(self.words) in names


def done_steps(value: Value) -> tuple[DoneStep, ...]:
    """The steps that a value of the type names, in their order."""
    elements = sort_elements(value) if isinstance(value, frozenset) else []
    found = ((_line(each), each) for each in elements)
    return tuple(step if isinstance(step, DoneStep) else DoneStep(0, text) for step, text in found)


def step_with(value: Value, number: int, words: str) -> DoneStep | None:
    """The step of an action with this number and these words, where it is done."""
    return next((each for each in done_steps(value) if each.means(number, words)), None)


def ticked(number: int, words: str, text: str) -> DoneStep | Invalid | None:
    """What a text beside one step says: the step as it is done, None where it is not done yet, or
    why it is neither: ``Done``, ``x``, ``12 June 2026``, ``done on 12 June 2026``."""
    text = _flat(text)
    if not text or _NOT_DONE.fullmatch(text):
        return None
    match = _TICK.fullmatch(text)
    day = _day(match["day"] if match else text, text)
    return day if isinstance(day, Invalid) else DoneStep(number, _flat(words), day)


def with_step(value: Value, number: int, words: str, step: DoneStep | None) -> Value:
    """The steps that are done, with one of them as it is now; None where none is."""
    others = (each for each in done_steps(value) if not each.means(number, words))
    return frozenset(each.line for each in (*others, *([step] if step else []))) or None


def in_words(value: Value, steps: Sequence[str]) -> Value:
    """Steps that are done, those of which only the number was typed in the words that they have."""
    if not isinstance(value, frozenset):
        return value
    return frozenset(_in_words(each, steps).line for each in done_steps(value))


def _in_words(step: DoneStep, steps: Sequence[str]) -> DoneStep:
    known = not step.words and 0 < step.number <= len(steps)
    return DoneStep(step.number, _flat(steps[step.number - 1]), step.day) if known else step


def _flat(words: str) -> str:
    return " ".join(words.split())


def _day(words: str, text: str) -> date | Invalid | None:
    """The day in some words; None where there are none."""
    words = words.strip(" .,")
    if not words:
        return None
    found = parse_date(words) or parse_date(in_english(words))
    if isinstance(found, date):
        return found
    if found == "ambiguous":
        return invalid(text, VAL_004.fill(value=words))
    if found == "impossible":
        return invalid(text, VAL_003.fill("date", value=words))
    return invalid(text, VAL_043.fill(value=text))


def _line(text: str) -> DoneStep | Invalid | None:
    """One line of those that are done; None where it says that the step is not."""
    text = _flat(text)
    match = _NUMBERED.match(text)
    number, words = (int(match[1]), text[match.end() :]) if match else (0, text)
    if number and words:
        tick = ticked(number, "", words)
        if not isinstance(tick, Invalid) or tick.code != VAL_043.code:
            return tick
    day = None
    while day is None and (behind := _DAY.search(words)):
        tick = ticked(number, "", behind[1])
        if isinstance(tick, Invalid) and tick.code != VAL_043.code:
            return tick
        if not isinstance(tick, DoneStep):
            break
        words, day = words[: behind.start()], tick.day
    return DoneStep(number, words, day) if number or words else None


def _lines(text: str) -> Iterable[str]:
    for line in text.split("\n"):
        yield from re.findall(r"\d+", line) if _NUMBERS.fullmatch(_flat(line)) else [line]


def _canon(_item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    found = [_line(line) for line in _lines(as_text(raw))]
    wrong = next((each for each in found if isinstance(each, Invalid)), None)
    if wrong is not None:
        return Invalid(as_text(raw), wrong.code, wrong.message)
    return frozenset(each.line for each in found if isinstance(each, DoneStep)) or None


def _show(value: Value) -> str:
    return "\n".join(sort_elements(value)) if isinstance(value, frozenset) else show(value)


STEPS = FieldType(
    "steps",
    "the steps of the action that are done, one a line, each with its day in brackets",
    _canon,
    _show,
    CellForm(
        hint=marked(
            "One line for each step that is done: its number, and the day in brackets, such as "
            "2 (28 February 2027)."
        ),
        pressing=True,
    ),
    frame="list",
    board_width=30,
    elements=True,
)
