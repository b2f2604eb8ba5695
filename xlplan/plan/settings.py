"""The settings of a plan definition: rules and roll-ups, what leads are sent, what the board reads.

Beside the columns, ratings and leads of `xlplan.plan.definition`, which puts both together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import field as dataclass_field
from typing import Literal, get_args

from xlplan.plan.keys import COLOUR, key

RollupRule = Literal["worst", "share-closed", "accountable"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a rating may be challenged, or what sets it.

    All its conditions must hold. `rated` limits a challenge to some ratings; without it a rule
    looks at every action that is neither closed nor held. A challenge never replaces the officer's
    rating; where any rule `sets` it, the rating is nobody's word: of these rules the first that
    holds gives it, and one without a condition gives what is left.
    """

    id: str = field(metadata=key("names the rule"))
    challenge: str = field(metadata=key("the code of the rating that it calls for, or sets"))
    percent_up_to: float | None = field(
        default=None, metadata=key("percent complete is at most this", bounds=(0, 100))
    )
    percent_below: float | None = field(
        default=None, metadata=key("percent complete is less than this", bounds=(0, 100))
    )
    percent_above: float | None = field(
        default=None, metadata=key("percent complete is more than this", bounds=(0, 100))
    )
    overdue_days: int | None = field(
        default=None, metadata=key("so many days or more after the due date", bounds=(1, 36_500))
    )
    progress_says: Literal["", "completed", "outstanding"] = field(
        default="",
        metadata=key(
            'the note says that the action is "completed", or that work is "outstanding"',
            allowed=("completed", "outstanding"),
            noun="what a note can say",
            labels={"completed": "Completed", "outstanding": "Work outstanding"},
        ),
    )
    target: Literal["", "below", "above"] = field(
        default="",
        metadata=key(
            "the side on which the actual figure misses the target",
            allowed=("below", "above"),
            noun="a side of the target",
            labels={"below": "Below the target", "above": "Above the target"},
        ),
    )
    rated: tuple[str, ...] = field(default=(), metadata=key("only for these ratings"))
    message: str = field(default="", metadata=key("a sentence before the challenge", takes="text"))
    months_behind: int | None = field(
        default=None,
        metadata=key("so many whole months or more after the due date", bounds=(1, 1200)),
    )
    filled: tuple[str, ...] = field(
        default=(), metadata=key("the ids of columns that all hold something")
    )
    sets: bool = field(
        default=False,
        metadata=key(
            "the rating is what these rules say, the first that holds: leads see it locked, with "
            "the reason"
        ),
    )


@dataclass(frozen=True, slots=True)
class Rollup:
    """How actions are summed up: for every recommendation, or every value of one of their fields.

    `field` is a field of recommendations (default: the one with role rating).
    """

    to: str = dataclass_field(metadata=key('"recommendation", or the id of a column of actions'))
    rule: RollupRule = dataclass_field(
        metadata=key(
            '"worst" rating, "share-closed", or the "accountable" officer\'s own rating of the '
            "recommendation",
            allowed=get_args(RollupRule),
            noun="a rule for summing up",
            labels={
                "worst": "Worst rating",
                "share-closed": "Share closed",
                "accountable": "The accountable officer's",
            },
        )
    )
    field: str = dataclass_field(
        default="",
        metadata=key(
            'for "accountable": the column of recommendations, where it has not the role rating'
        ),
    )
    heading: str = dataclass_field(default="", metadata=key("above the column on the board"))


@dataclass(frozen=True, slots=True)
class Count:
    """By what the board is counted besides its sections: every value of a field of actions."""

    by: str = field(metadata=key("the id of the column of actions to count by"))
    heading: str = field(
        default="", metadata=key("above the count; left out, the heading of the column")
    )


@dataclass(frozen=True, slots=True)
class IssueSettings:
    """`[issue]`: which fields a template shows, in which order, and what it tells its lead."""

    fields: tuple[str, ...] = field(
        default=(), metadata=key("the ids of its columns, in their order; left out, all")
    )
    include_closed: bool = field(default=True, metadata=key("false leaves finished actions out"))
    proposal_rows: int = field(
        default=0, metadata=key("blank rows in which a lead may propose an action", bounds=(0, 200))
    )
    contact: str = field(default="", metadata=key("whom to ask; shown to the lead", takes="text"))
    guidance: str = field(default="", metadata=key("shown to the lead", takes="text"))
    password: str = field(default="", metadata=key("protects the locked cells", takes="raw"))
    layout: Literal["fit", "table", "form"] = field(
        default="fit",
        metadata=key(
            '"table": a row each; "form": each action a page of its own; "fit": a table where it '
            "fits the screen of a laptop, else a form",
            allowed=("fit", "table", "form"),
            noun="a layout",
            labels={"fit": "Table if it fits a laptop", "table": "Table", "form": "Form"},
        ),
    )


@dataclass(frozen=True, slots=True)
class CompositeSettings:
    """`[composite]`: sheets, fields and house style of the board's workbook."""

    fields: tuple[str, ...] = field(
        default=(),
        metadata=key("the ids of its columns, in their order; left out, all that hold something"),
    )
    sheets: tuple[str, ...] = field(default=(), metadata=key("its sheets; left out, all"))
    group_by: str = field(default="", metadata=key("the column by which actions are grouped"))
    paper: Literal["A3", "A4"] = field(
        default="A3",
        metadata=key("what it is printed on", allowed=("A3", "A4"), noun="a size of paper"),
    )
    print_all: bool = field(
        default=False, metadata=key("true prints Changes and History too, which are for the screen")
    )


@dataclass(frozen=True, slots=True)
class BoardWords:
    """`[board]`: the coordinator's own words on the first page of the board."""

    message: str = field(
        default="", metadata=key("what the board should know, in your words", takes="text")
    )
    asks: tuple[str, ...] = field(
        default=(), metadata=key("what the board is asked to do: note …, agree …; a line each")
    )


@dataclass(frozen=True, slots=True)
class SectionWords:
    """`[[section]]`: the coordinator's paragraph on one section of the board."""

    name: str = field(metadata=key("the section, as the board names it"))
    paragraph: str = field(
        default="", metadata=key("your words on it for this board", takes="text")
    )


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """`[style]`: colours as ``#RRGGBB`` and a font name, for every workbook that goes out."""

    font: str = field(default="Calibri", metadata=key("of every sheet"))
    heading_colour: str = field(default="#1F3864", metadata=key("of headings", shape=COLOUR))
    band_colour: str = field(default="#D9E2F3", metadata=key("of bands between rows", shape=COLOUR))
    input_colour: str = field(default="#FFFBE6", metadata=key("of cells to fill in", shape=COLOUR))
