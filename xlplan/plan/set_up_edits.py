"""What the set-up workbook changes in the text of `plan.toml`: three ways, each key for itself.

An edit in a cell becomes the same edit of the text, to the byte: comments and the rest stay. What
the text was changed to meanwhile is never written over, and an answer with which the definition
would not hold is left out, with the fault that says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.codes.definition_codes import DEF_013, DEF_014
from xlplan.errors import Problem, XlplanError
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.guesses import (
    FIXED,
    NAMED_BY,
    SAME_AS,
    Names,
    guesses_of,
    id_for,
)
from xlplan.plan.load import load_definition
from xlplan.plan.set_up import NOTHING, Entry, Origin, entries_of, is_shown, key_of, read
from xlplan.plan.set_up_apply import Edit, apply
from xlplan.plan.set_up_sheets import EVERY, LISTED, REMOVE, REMOVES, VALUE
from xlplan.plan.text import fold
from xlplan.plan.values import Invalid, Raw


class Typed(Struct, frozen=True):
    """What stands in the cells of one row of the set-up workbook, by the id of the column."""

    entry: Entry
    cells: Mapping[str, Raw]


class Crossed(Struct, frozen=True):
    """A key that was changed in the workbook and, to something else, in the text."""

    entry: Entry
    column: str
    base: object
    now: object
    value: object

    @property
    def edit(self) -> Edit:
        """What it would change."""
        return Edit(self.entry, {self.entry.key_at(self.column): self.value})


class Refused(Struct, frozen=True):
    """An answer that cannot be used, and why; `column` is ``""`` where it is the whole row."""

    entry: Entry
    column: str
    problem: Problem


class Outcome(Struct, frozen=True):
    """What became of the answers of a workbook: the text with all that could be used in it."""

    text: str
    edits: tuple[Edit, ...] = ()
    crossed: tuple[Crossed, ...] = ()
    refused: tuple[Refused, ...] = ()


class _Found(Struct):
    edits: list[Edit] = field(default_factory=list)
    crossed: list[Crossed] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


_CALLED: Mapping[str, str] = {
    "field": "heading", "rating": "label", "lead": "name", "group": "name", "rule": "challenge",
    "rollup": "to", "count": "by", "section": "name", "sign_off": "role",
}  # fmt: skip
"""What people call an entry by, in a cell that may be changed."""
Used = Mapping[tuple[str, Names], Sequence[str]]
"""By the table and the names of an entry, the refs of the actions that have it."""


def take(
    text: str,
    base: PlanDefinition,
    rows: Iterable[Typed],
    origin: Origin = NOTHING,
    used: Used | None = None,
) -> Outcome:
    """Take the answers of a workbook that was issued under `base` into the text of `plan.toml`,
    which is valid and may have been changed since. What is in `used` is not removed."""
    now = load_definition(text)
    origin = replace(origin, guesses=guesses_of(text))
    known = {_id(entry): entry for sheet in EVERY for entry in entries_of(now, sheet, origin)}
    found = _Found()
    for row in rows:
        if (column := _removal(row)) is None:
            _compare(row, known.get(_id(row.entry)), base, found)
        elif fault := _still_used(row.entry, used or {}):
            found.refused.append(Refused(row.entry, column, fault))
        else:
            found.edits.append(Edit(row.entry, {}, removes=True))
    return _settle(text, found)


def _removal(row: Typed) -> str | None:
    """The cell that asks for the entry of a row to go: that one, or the name that was cleared with
    everything else of the row; None where nothing asks for it."""
    entry = row.entry
    if entry.blank or entry.key:
        return None
    cells = {name: "" if v is None else str(v).strip() for name, v in row.cells.items()}
    if fold(cells.get(REMOVE, "")) == fold(REMOVES):
        return REMOVE
    called = _CALLED[entry.table]
    fixed = NAMED_BY[entry.table] if entry.table in FIXED else ()
    cleared = called in cells and not any(v for name, v in cells.items() if name not in fixed)
    return called if cleared else None


def _still_used(entry: Entry, used: Used) -> Problem | None:
    refs = used.get((entry.table, entry.names), ())
    if not refs:
        return None
    name = entry.names[-1]
    if entry.table == "lead":
        return DEF_014.problem("", "lead", refs=refs, name=name)
    if entry.table == "rating":
        return DEF_014.problem("", "rating", refs=refs, name=name)
    return DEF_014.problem("", "field", refs=refs)


def _id(entry: Entry) -> tuple[str, Names, str]:
    return entry.table, entry.names, entry.key


def _compare(row: Typed, now: Entry | None, base: PlanDefinition, found: _Found) -> None:
    entry = row.entry
    values: dict[str, object] = {}
    for column, typed in row.cells.items():
        if column == SAME_AS:
            if name := " ".join(str("" if typed is None else typed).split()):
                found.edits.append(Edit(entry, {}, name))
            continue
        if column == REMOVE:
            if answer := " ".join(str("" if typed is None else typed).split()):
                wrong = DEF_013.problem("", answer=answer, choices=[REMOVES])
                found.refused.append(Refused(entry, column, wrong))
            continue
        name = entry.key_at(column)
        key = key_of(entry.table, name)
        was = entry.values.get(name)
        if is_shown(key, was, typed):
            continue
        value = read(entry.table, name, typed, base)
        if isinstance(value, Invalid):
            problem = Problem(value.code, "", value.message)
            found.refused.append(Refused(entry, column, problem))
            continue
        stands = now.values.get(name) if now is not None else was
        if stands == was or entry.blank:
            values[name] = value
        elif stands != (key.default if value is None else value):
            found.crossed.append(Crossed(entry, column, was, stands, value))
    found.edits += _edits(entry, values)


def _edits(entry: Entry, values: Mapping[str, object]) -> Iterator[Edit]:
    """One for each key, so that a fault in one costs no other; the names of an entry together."""
    if entry.blank:
        if filled := {key: value for key, value in values.items() if value is not None}:
            yield Edit(entry, _completed(entry.table, filled))
        return
    names = {key: values[key] for key in NAMED_BY.get(entry.table, ()) if key in values}
    yield from (Edit(entry, {key: value}) for key, value in values.items() if key not in names)
    if names:
        yield Edit(entry, names)


def _completed(table: str, values: Mapping[str, object]) -> Mapping[str, object]:
    """A new entry with the name that nobody needs to think of, an id made of what people read; and
    a column that leads fill in with what that needs: it is sent to them, and the board sees it."""
    if table == "field" and "heading" in values and "id" not in values:
        values = {"id": id_for(str(values["heading"])), **values}
    asked = values.get("owner") == "lead" and values.get("of", "action") == "action"
    if table == "field" and asked and not values.get("private"):
        return {**dict.fromkeys(LISTED, True), **values}
    if table == "rating" and len({"code", "label"} & values.keys()) == 1:
        name = values.get("code", values.get("label"))
        return {"code": name, "label": name, **values}
    return values


def _settle(text: str, found: _Found) -> Outcome:
    """All edits together or, where the definition would not hold so, each that it holds with. What
    was changed in both is only asked where the answer would hold too."""
    edits = _in_turn(found.edits)
    faults = [_with(text, [one.edit])[1] for one in found.crossed]
    crossed = tuple(o for o, fault in zip(found.crossed, faults, strict=True) if fault is None)
    found.refused += [
        Refused(one.entry, one.column, fault)
        for one, fault in zip(found.crossed, faults, strict=True)
        if fault is not None
    ]
    whole, fault = _with(text, edits)
    if fault is None:
        return Outcome(whole, tuple(edits), crossed, tuple(found.refused))
    used: list[Edit] = []
    left: list[tuple[Edit, Problem]] = [(edit, fault) for edit in edits]
    before = len(edits) + 1
    while len(left) < before:
        before, again = len(left), left
        left = []
        for edit, _ in again:
            new, fault = _with(text, [edit])
            if fault is None:
                text = new
                used.append(edit)
            else:
                left.append((edit, fault))
    refused = [Refused(edit.entry, _column(edit), fault) for edit, fault in left]
    return Outcome(text, tuple(used), crossed, (*found.refused, *refused))


def without(text: str, outcome: Outcome, barred: Collection[Edit], why: Problem) -> Outcome:
    """The outcome of `take` without some of its edits of `text`, which are refused; without all of
    them where the others do not hold alone."""
    kept = tuple(edit for edit in outcome.edits if edit not in barred)
    found, fault = _with(text, kept)
    if fault is not None:
        kept, found = (), text
    refused = (Refused(e.entry, _column(e), why) for e in outcome.edits if e not in kept)
    return Outcome(found, kept, outcome.crossed, (*outcome.refused, *refused))


def _in_turn(edits: Iterable[Edit]) -> list[Edit]:
    """The edits in their turn; one that takes the name of another entry comes behind that one's."""
    found = sorted(edits, key=_turn)
    todo = [edit for edit in found if _turn(edit) == _NAMES]
    ordered = []
    while todo:
        held = {(edit.entry.table, edit.entry.names) for edit in todo}
        free = (each for each in todo if (each.entry.table, _names_after(each)) not in held)
        ordered.append(next(free, todo[0]))
        todo.remove(ordered[-1])
    begin = next((at for at, edit in enumerate(found) if _turn(edit) == _NAMES), len(found))
    found[begin : begin + len(ordered)] = ordered
    return found


def _names_after(edit: Edit) -> Names:
    keys = NAMED_BY[edit.entry.table]
    pairs = zip(keys, edit.entry.names, strict=True)
    return tuple(str(edit.values.get(key, name)) for key, name in pairs)


_NAMES = 2


def _turn(edit: Edit) -> int:
    """An entry is found by its names, so these are changed after all else; then rows are added."""
    if edit.entry.blank:
        return 3
    if edit.same_as or edit.removes or edit.entry.table == "guess":
        return 1
    return _NAMES if edit.values.keys() & {*NAMED_BY.get(edit.entry.table, ())} else 0


def _column(edit: Edit) -> str:
    """The column to which a refusal belongs: the only one that was answered, or the whole row."""
    if edit.same_as:
        return SAME_AS
    if edit.removes:
        return REMOVE
    column = VALUE if edit.entry.key else next(iter(edit.values))
    return "" if edit.entry.blank else column


def _with(text: str, edits: Iterable[Edit]) -> tuple[str, Problem | None]:
    try:
        for edit in edits:
            text = apply(text, edit)
        load_definition(text)
    except XlplanError as error:
        return text, error.problems[0]
    return text, None
