"""The sign-off of a template as it goes out: "no change this period", by whom, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from xlplan.issued.rules import Lists
from xlplan.returned.signed_off import NAMES, NO_CHANGE, PREFIX, SIGNED_BY, SIGNED_ON
from xlplan.workbook.write.look import Palette
from xlplan.workbook.write.sheet import Area, Cell, Merge, Row, Style, Validation

TICK = "tick:"
CHOICES = {TICK: ("Yes",)}
"""The list of the tick, as `lists_sheet` takes it; its name is no id of a field."""
LABELS = {
    NO_CHANGE: "No change this period",
    SIGNED_BY: "Signed off by",
    SIGNED_ON: "Signed off on",
}
_ROOM = {NO_CHANGE: (21.0, 8.0), SIGNED_BY: (14.0, 26.0), SIGNED_ON: (14.0, 18.0)}
"""Characters that the label and the input of each want."""
_HEIGHT = 24.0
NARROW = 20.0
"""Characters of a date in words, or of a template's reference."""


@dataclass
class SignOff:
    """The rows of a sign-off, from row `start` on, with what they need; `room` is what is left
    to the right of its last row (first and last column), for a message, or None."""

    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    room: tuple[int, int] | None = None


def sign_off(
    start: int, first: int, widths: Sequence[float], look: Palette, lists: Lists
) -> SignOff:
    """The sign-off over columns `first` on, whose widths are `widths`: in one row where there is
    room for all of it, else one below the other."""
    made = SignOff()
    places = _in_a_row(widths)
    if places is None:
        for name in NAMES:
            split = narrow_split(widths)
            spans = {name: ((0, split - 1), (split, len(widths) - 1))}
            _line(made, start, first, widths, spans, look, lists)
        return made
    _line(made, start, first, widths, places, look, lists)
    last = max(end for _, (_, end) in places.values()) + 1
    if sum(widths[last:]) >= 30:
        made.room = (first + last, first + len(widths) - 1)
    return made


def narrow_split(widths: Sequence[float]) -> int:
    """Where the inputs begin in a narrow sheet: from the right, with room for a date in words."""
    split = max(1, len(widths) - 1)
    while split > 1 and sum(widths[split:]) < NARROW:
        split -= 1
    return min(split, len(widths) - 1)


_Span = tuple[int, int]


def _in_a_row(widths: Sequence[float]) -> dict[str, tuple[_Span, _Span]] | None:
    """From left to right, the columns of each label and of each input; None where they run out."""
    places: dict[str, tuple[_Span, _Span]] = {}
    at = 0
    for name in NAMES:
        spans = []
        for wanted in _ROOM[name]:
            begin, room = at, 0.0
            while room < wanted and at < len(widths):
                room += widths[at]
                at += 1
            if room < wanted:
                return None
            spans.append((begin, at - 1))
        places[name] = (spans[0], spans[1])
    return places


def _line(
    made: SignOff,
    start: int,
    first: int,
    widths: Sequence[float],
    places: Mapping[str, tuple[_Span, _Span]],
    look: Palette,
    lists: Lists,
) -> None:
    """A hidden row with the ids, and below it the row with labels and inputs."""
    ids: list[Cell | None] = [None] * (first + len(widths))
    line: list[Cell | None] = [
        None if col < first else Cell(None, look.banner_note) for col in range(len(ids))
    ]
    number = start + len(made.rows) + 1
    label = replace(look.banner_note, align="right", bold=True, indent=1)
    entry = replace(look.input, valign="vcenter", align="left", indent=1, number_format="@")
    for name, ((left, right), (begin, end)) in places.items():
        made.merges.append(
            Merge(Area(number, first + left, number, first + right), Cell(LABELS[name], label))
        )
        ids[first + begin] = Cell(PREFIX + name)
        area = Area(number, first + begin, number, first + end)
        style = replace(entry, number_format="d mmmm yyyy") if name == SIGNED_ON else entry
        made.merges.append(Merge(area, Cell(None, style)))
        made.validations.append(_rule(name, area, lists))
    made.rows += [Row(ids, hidden=True), Row(line, _HEIGHT)]


def _rule(name: str, area: Area, lists: Lists) -> Validation:
    at = Area(area.first_row, area.first_col, area.first_row, area.first_col)
    told = Validation(at, "any", input_title=LABELS[name])
    if name == NO_CHANGE:
        return replace(
            told,
            kind="list",
            source=f"={lists.ranges[TICK]}",
            input_message="Choose Yes if none of your actions has anything new to report.",
            error_title="Not in the list",
            error_message="Please choose Yes, or leave it blank.",
        )
    if name == SIGNED_ON:
        return replace(
            told,
            kind="date",
            first=date(1990, 1, 1),
            last=date(2100, 12, 31),
            input_message="The day on which you signed it off, such as 28 February 2027.",
            error_title="Not a date",
            error_message="Please enter a date such as 28 February 2027.",
        )
    return replace(told, input_message="The name of whoever answers for this update.")


def message_style(look: Palette) -> Style:
    """How the message to the right of a sign-off looks."""
    return replace(look.banner_note, bold=True, align="left", indent=1)
