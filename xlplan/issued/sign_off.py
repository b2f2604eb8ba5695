"""The sign-off of a template: who has signed it, when, and whether anything is new.

One person signs, or each of the roles that the plan names, in their order: in one row where there
is room, else a line for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.issued.rules import date_rule
from xlplan.issued.sheets import Lists, grown
from xlplan.language.catalogue import ENGLISH, Tongue, marked
from xlplan.plan.people import SignOff as Signature
from xlplan.returned.as_issued import (
    NO_CHANGE,
    READ,
    SIGN_PREFIX,
    SIGNED_BY,
    SIGNED_ON,
    kind_of_input,
    signature_id,
    words_of_yes,
)
from xlplan.workbook.write.look import Palette
from xlplan.workbook.write.sheet import Area, Cell, Merge, Row, Style, Validation

TICK = "tick:"
SIGN_LABELS = {
    NO_CHANGE: marked("No change this period"),
    READ: marked("I have read these"),
    SIGNED_BY: marked("Signed off by"),
    SIGNED_ON: marked("Signed off on"),
}
_TICKED = {
    NO_CHANGE: marked("Choose Yes if none of your actions has anything new to report."),
    READ: marked("Choose Yes once you have read what stands below."),
}
"""What is said on entering each tick."""
_ROOM = {
    NO_CHANGE: (21.0, 8.0),
    READ: (21.0, 8.0),
    SIGNED_BY: (14.0, 26.0),
    SIGNED_ON: (14.0, 18.0),
}
"""Characters that the label and the input of each want."""
_HEIGHT, _LABEL, _WIDEST = 20.0, 15.0, 40.0
_NAME = 22.0
"""Characters of a name beside others."""
NARROW = 20.0
"""Characters of a date in words, or of a template's reference."""


def filled(first: int, last: int, style: Style) -> list[Cell | None]:
    """Blank cells of a style in the visible columns of a row."""
    return [None if col < first else Cell(None, style) for col in range(last + 1)]


class Input(Struct, frozen=True):
    """One input of the sign-off: its name, its label, and the characters that both want."""

    name: str
    label: str
    room: tuple[float, float]

    @property
    def kind(self) -> str:
        """Which of the inputs it is, whoever's."""
        return kind_of_input(self.name)


class SignOff(Struct):
    """The rows of a sign-off, from row `start` on, with what they need; `room` is what is left
    to the right of its last row (first and last column), for a message, or None."""

    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    room: tuple[int, int] | None = None
    tongue: Tongue = ENGLISH


def sign_choices(tongue: Tongue) -> dict[str, tuple[str, ...]]:
    """The list of the tick, as `lists_sheet` takes it; its name is no id of a field."""
    return {TICK: words_of_yes(tongue)}


def sign_off(
    start: int,
    first: int,
    widths: Sequence[float],
    look: Palette,
    lists: Lists,
    roles: Sequence[Signature] = (),
    tick: str = NO_CHANGE,
    tongue: Tongue = ENGLISH,
) -> SignOff:
    """The sign-off over columns `first` on, whose widths are `widths`: in one row where there is
    room for all of it; else in one row below its labels; else one below the other. Where `roles`
    have no room beside each other there is a row for each, in their order; `tick` names what is
    ticked."""
    made = SignOff(tongue=tongue)
    lines = _lines(roles, tick, tongue)
    every = [_narrower(each) if roles else each for line in lines for each in line]
    if places := _in_a_row(widths, every) or _under_labels(widths, every):
        lines = [every]
    else:
        places = _in_a_row(widths, lines[0]) or _under_labels(widths, lines[0])
    if places is None:
        split = narrow_split(widths)
        for each in (each for line in lines for each in line):
            spans = {each: ((0, split - 1), (split, len(widths) - 1))}
            _sign_line(made, start, first, widths, spans, look, lists)
        return made
    by_kind = {each.kind: spans for each, spans in places.items()}
    for line in lines:
        own = {each: places.get(each) or by_kind[each.kind] for each in line}
        _sign_line(made, start, first, widths, own, look, lists)
    last = max(end for _, (_, end) in places.values()) + 1
    if sum(widths[last:]) >= 30:
        made.room = (first + last, first + len(widths) - 1)
    return made


def _narrower(each: Input) -> Input:
    """An input of one of several roles as it is wanted beside the others."""
    if each.kind != SIGNED_BY:
        return each
    return replace(each, room=(len(each.label) * 1.1, _NAME))


def _lines(roles: Sequence[Signature], ticked: str, tongue: Tongue) -> list[list[Input]]:
    """The inputs of each row: the tick of this name in the first, and who signed when."""
    tick, by, on = (_input(name, tongue) for name in (ticked, SIGNED_BY, SIGNED_ON))
    if not roles:
        return [[tick, by, on]]
    labels = {each.role: f"{each.role} ({each.name})" if each.name else each.role for each in roles}
    wide = min(_WIDEST, max(map(len, labels.values())) * 1.1)
    room = max(wide, _ROOM[SIGNED_BY][0]), _ROOM[SIGNED_BY][1]
    signed = [
        [
            Input(signature_id(SIGNED_BY, role), label, room),
            replace(on, name=signature_id(SIGNED_ON, role)),
        ]
        for role, label in labels.items()
    ]
    return [[tick, *signed[0]], *signed[1:]]


def _input(name: str, tongue: Tongue) -> Input:
    """An input with its label, and the room that both want: more for a label that is longer."""
    label = tongue.say(SIGN_LABELS[name])
    beside, inside = _ROOM[name]
    longer = max(1.0, len(label) / len(SIGN_LABELS[name]))
    return Input(name, label, (beside * longer, inside))


def narrow_split(widths: Sequence[float]) -> int:
    """Where the inputs begin in a narrow sheet: from the right, with room for a date in words."""
    split = max(1, len(widths) - 1)
    while split > 1 and sum(widths[split:]) < NARROW:
        split -= 1
    return min(split, len(widths) - 1)


_Span = tuple[int, int]
_Places = dict[Input, tuple[_Span, _Span]]
"""The columns of the label and of the input of each."""


def _under_labels(widths: Sequence[float], line: Sequence[Input]) -> _Places | None:
    """The columns of each input, whose label is above it; None where they run out."""
    places: _Places = {}
    at = 0
    for number, each in enumerate(line, 1):
        begin, room = at, 0.0
        while room < max(each.room) and at < len(widths):
            room += widths[at]
            at += 1
        if room < max(each.room):
            return None
        end = len(widths) if number == len(line) else at
        places[each] = ((begin, end - 1), (begin, end - 1))
    return places


def _in_a_row(widths: Sequence[float], line: Sequence[Input]) -> _Places | None:
    """From left to right, the columns of each label and of each input; None where they run out."""
    places: _Places = {}
    at = 0
    for each in line:
        spans = []
        for least in each.room:
            begin, room = at, 0.0
            while room < least and at < len(widths):
                room += widths[at]
                at += 1
            if room < least:
                return None
            spans.append((begin, at - 1))
        places[each] = (spans[0], spans[1])
    return places


def _sign_line(
    made: SignOff,
    start: int,
    first: int,
    widths: Sequence[float],
    places: Mapping[Input, tuple[_Span, _Span]],
    look: Palette,
    lists: Lists,
) -> None:
    """A hidden row with the ids, and below it the row with the inputs; their labels stand beside
    them, or above the ids where they have the same columns."""
    ids: list[Cell | None] = [None] * (first + len(widths))
    line = filled(first, first + len(widths) - 1, look.banner_note)
    above = any(beside == inside for beside, inside in places.values())
    if above:
        made.rows.append(Row(line, _LABEL))
    number = start + len(made.rows) + 1
    labels = number - 2 if above else number
    label = replace(
        look.banner_note, align="left" if above else "right", bold=True, indent=1, wrap=False
    )
    entry = replace(look.input, valign="vcenter", align="left", indent=1, number_format="@")
    height = _HEIGHT
    for each, ((left, right), (begin, end)) in places.items():
        shown, room = Cell(each.label, label), sum(widths[left : right + 1])
        if not above:
            shown, height = grown(shown, room, height, made.tongue)
        made.merges.append(Merge(Area(labels, first + left, labels, first + right), shown))
        ids[first + begin] = Cell(SIGN_PREFIX + each.name)
        area = Area(number, first + begin, number, first + end)
        style = replace(entry, number_format="d mmmm yyyy") if each.kind == SIGNED_ON else entry
        made.merges.append(Merge(area, Cell(None, style)))
        made.validations.append(_sign_rule(each, area, lists, made.tongue))
    made.rows += [Row(ids, hidden=True), Row(line, height)]


def _sign_rule(each: Input, area: Area, lists: Lists, tongue: Tongue) -> Validation:
    at = Area(area.first_row, area.first_col, area.first_row, area.first_col)
    rule = Validation(at, "any", input_title=each.label)
    if each.kind in _TICKED:
        return replace(
            rule,
            kind="list",
            source=f"={lists.ranges[TICK]}",
            input_message=tongue.say(_TICKED[each.kind]),
            error_title=tongue.say("Not in the list"),
            error_message=tongue.say("Please choose Yes, or leave it blank."),
        )
    if each.kind == SIGNED_ON:
        day = tongue.say("The day on which you signed it off, such as 28 February 2027.")
        return replace(date_rule(rule, tongue), input_message=day)
    name = tongue.say("The name of whoever answers for this update.")
    return replace(rule, input_message=name)
