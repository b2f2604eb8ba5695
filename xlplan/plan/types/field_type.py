"""What a type of field is: everything that the rooms need to know of it, in one object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Value, show

if TYPE_CHECKING:
    from xlplan.plan.definition import Field, PlanDefinition

Typed = str | int | float | date | Timescale
"""What `canon` of a type is handed: never blank, and a text without what nobody can see."""
Canon = Callable[["Field", Typed, "PlanDefinition"], Value]
Choices = Callable[["Field", "PlanDefinition"], tuple[str, ...]]
Frame = Literal["text", "number", "date", "timescale", "rating", "list"]
Holds = Literal["text", "number", "date"]


def no_choices(_item: Field, _definition: PlanDefinition) -> tuple[str, ...]:
    """The choices of a type that is typed freely."""
    return ()


@dataclass(frozen=True, slots=True)
class InputRule:
    """What a cell of a template lets in, and what Excel answers to anything else."""

    kind: Literal["date", "decimal"]
    first: float | date
    last: float | date
    title: str
    answer: str


@dataclass(frozen=True, slots=True)
class CellForm:
    """How a value stands in a cell of a workbook that goes out.

    A cell holds a text, a number or a date; whatever is no number or date stands as text.
    `number_format` is Excel's (``""``: as the sheet has it), `fine_format` that of a number with
    more digits than it shows. `width` is in characters; 0 where the content decides. `hint` is
    shown on entering an input, also beside the field's own guidance where it is `pressing`.
    """

    holds: Holds = "text"
    number_format: str = ""
    fine_format: str = ""
    digits: int = 0
    """Decimals that `number_format` shows, of a percentage those of the share itself."""
    centred: bool = False
    width: float = 0.0
    hint: str = ""
    pressing: bool = False
    rule: InputRule | None = None

    def format_of(self, number: float) -> str:
        """The number format in which a number shows all that it is."""
        rounded = abs(number - round(number, self.digits)) > 1e-11
        return self.fine_format if self.fine_format and rounded else self.number_format


@dataclass(frozen=True, slots=True)
class FieldType:
    """A type of field.

    `about` is one line for people who edit `plan.toml`. `canon` reads what was typed, `show`
    writes it as people read it, and ``canon(show(value))`` is the value. `choices` are those of a
    dropdown, `accepted` everything that is read as one of them. The rest says how the rooms treat
    it, so that none of them asks for a type by its name.
    """

    name: str
    about: str
    canon: Canon
    show: Callable[[Value], str] = show
    cell: CellForm = CellForm()
    frame: Frame = "text"
    """Its column in a DataFrame."""
    board_width: float = 14.0
    """Characters on the board, where the field sets no width and its role asks for none."""
    choices: Choices = no_choices
    accepted: Choices = no_choices
    rated: bool = False
    """Its values are points of a rating scale, and wear its colours."""
    people: bool = False
    """Its values are the names of officers."""
    elements: bool = False
    """Its values are sets: what two leads add or remove is merged element by element."""
    prose: bool = False
    """Its values are sentences: they may mention other actions, and two may be put together."""
    narrative: bool = False
    """Prose of many lines, which may grow by dated entries (``mode = "append"``)."""
    dated: bool = False
    """Its values say by when: lines of it are dates."""
