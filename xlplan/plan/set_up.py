"""The plan definition as the rows of the set-up workbook, and what is read there.

Every key of `plan.toml` has one place: a column of the sheet of its table, or a row of a sheet that
lists single keys (`xlplan.plan.set_up_sheets`). What an edit of a cell does to the text is in
`xlplan.plan.set_up_edits`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.codes.definition_codes import DEF_005, FORMS
from xlplan.plan.accounted import AccountLine, sheets_of
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.definition_tables import LEVELS, TABLES
from xlplan.plan.guesses import NAMED_BY, SAME_AS, Guess, Names
from xlplan.plan.keys import Key, attribute
from xlplan.plan.required import line_of, read_line, unquoted
from xlplan.plan.set_up_sheets import (
    BOARD,
    EVERY,
    KEPT,
    LISTED,
    NOT_TAKEN,
    OWN,
    REMOVE,
    ROWS,
    SENT,
    START,
    TAKES,
    YES_NO,
    SetUpSheet,
    columns_of,
    heading_of,
)
from xlplan.plan.text import canon_text, fold
from xlplan.plan.values import Invalid, Raw, as_text, canon

_PARTS = {"field": "fields", "rating": "ratings", "lead": "leads", "group": "groups",
          "rule": "rules", "rollup": "rollups", "count": "counts",
          "section": "sections", "sign_off": "sign_offs"}  # fmt: skip
"""Where the entries of a table stand in a definition."""


class Entry(Struct, frozen=True):
    """What one row of a sheet is about: an entry of a table, a single key of one or of an entry
    (`key`), or with neither names nor a key an entry that is still to be made."""

    table: str
    names: Names = ()
    key: str = ""
    number: int = 0
    """Of a blank row: which one it is."""
    values: Mapping[str, object] = field(default_factory=dict)
    """The value of each key that it has a cell for."""

    @property
    def blank(self) -> bool:
        """Whether it is for an entry that is still to be made."""
        return bool(self.number)

    def key_at(self, column: str) -> str:
        """The key whose value stands in a column."""
        return self.key or column

    def about(self, column: str) -> str:
        """What a cell is about, for people: ``[[lead]] Ada Quill: email``."""
        if self.key:
            name = " ".join(self.names)
            return f"[[{self.table}]] {name}: {self.key}" if name else f"[{self.table}]: {self.key}"
        more = (name for name in self.names[:-1] if name not in ("", "action"))
        return f"[[{self.table}]] {' '.join((*more, self.names[-1]))}: {column}"


class OwnColumn(Struct, frozen=True):
    """A column that the coordinator added beside the plan's: where its heading stands, of which
    kind its rows are, what it seems to hold, and some of that."""

    place: str
    heading: str
    of: str
    type: str
    samples: Sequence[str] = ()


class Origin(Struct, frozen=True):
    """What stands beside a definition: what was guessed of it, the rows it was read from, and the
    columns that are not in it."""

    guesses: Sequence[Guess] = ()
    lines: Sequence[AccountLine] = ()
    columns: Sequence[OwnColumn] = ()


NOTHING = Origin()


def entries_of(
    definition: PlanDefinition, sheet: SetUpSheet, origin: Origin = NOTHING
) -> list[Entry]:
    """What the rows of a sheet are about, in their order."""
    if sheet is START:
        return [_of_guess(guess) for guess in origin.guesses]
    if sheet is ROWS:
        return list(_of_rows(definition, origin.lines))
    if sheet is OWN:
        return [_of_own(column) for column in origin.columns]
    if sheet is KEPT:
        return [
            Entry("kept_back", (t,), "out", values={"out": False}) for t in definition.kept_back
        ]
    if sheet.tables == ("checks",):
        levels = _levels(definition)
        return [Entry("checks", key=code, values={code: at}) for code, at in levels.items()]
    if not sheet.blanks:
        return [
            Entry(table, key=key, values={key: getattr(_single(definition, table), attribute(key))})
            for table in sheet.tables
            for key in TABLES[table].keys
        ]
    (table,) = sheet.tables
    found = [_entry(definition, table, item) for item in getattr(definition, _PARTS[table])]
    return [*found, *(Entry(table, number=n) for n in range(1, sheet.blanks + 1))]


def _of_guess(guess: Guess) -> Entry:
    names = (guess.table, *guess.names, guess.text)
    values = {"answer": guess.answer, "about": guess.about, "assumed": guess.assumed}
    return Entry("guess", names, "answer", values=values)


def _of_own(column: OwnColumn) -> Entry:
    values = {"take": NOT_TAKEN, "type": column.type, "place": column.place}
    return Entry("own_column", (column.of, column.heading), "take", values=values)


def _of_rows(definition: PlanDefinition, lines: Sequence[AccountLine]) -> Iterator[Entry]:
    """Each sheet of the spreadsheet with its rows; so too those that only an answer names."""
    sheets = {each.name: each.plan for each in definition.sheets}
    rows = {(each.sheet, each.row): each for each in definition.rows}
    words = {(line.sheet, line.row): line.words for line in lines}
    for sheet in dict.fromkeys([*sheets_of(lines), *sheets, *(name for name, _ in rows)]):
        yield Entry("sheet", (sheet,), "plan", values={"plan": sheets.get(sheet)})
        for at in sorted({each for each in (*words, *rows) if each[0] == sheet}):
            said = rows.get(at)
            values = {"fate": said.fate if said else "", "words": words.get(at, "")}
            yield Entry("row", (sheet, str(at[1])), "fate", values=values)


def beside(entry: Entry) -> Mapping[str, str]:
    """By the ids of columns that cannot be answered, what stands there of an entry and says which
    it is, on a sheet with one column for answers; empty for an entry of any other."""
    if entry.table == "guess":
        named = {name: str(entry.values.get(name, "")) for name in ("about", "assumed")}
        return {**named, "about": named["about"] or "The plan"}
    if entry.table in ("sheet", "row"):
        return {"place": "!".join(entry.names)}
    if entry.table == "kept_back":
        return {"words": entry.names[0]}
    if entry.table == "own_column":
        return {"read": entry.names[-1]}
    if not entry.key:
        return {}
    return {"key": entry.key if entry.table == "checks" else heading_of(entry.table, entry.key)}


def place_of(
    definition: PlanDefinition, about: str, origin: Origin = NOTHING
) -> tuple[Entry, str] | None:
    """The entry and the column of a cell, by what `Entry.about` says of it; None where there is no
    such entry any more."""
    return next(
        (
            (entry, column)
            for sheet in EVERY
            for entry in entries_of(definition, sheet, origin)
            if not entry.blank
            for column in columns_of(sheet)
            if entry.about(column) == about
        ),
        None,
    )


def stands(definition: PlanDefinition, about: str) -> str | None:
    """What a definition says in that place, as a text; None for nothing."""
    found = place_of(definition, about)
    if found is None:
        return None
    name = found[0].key_at(found[1])
    return text_of(found[0].table, name, found[0].values.get(name))


def text_of(table: str, name: str, value: object) -> str | None:
    """The value of a key as a text that reads back as the same value; None for nothing."""
    return _plain(shown(replace(key_of(table, name), labels={}), value)) or None


def _entry(definition: PlanDefinition, table: str, item: object) -> Entry:
    names = tuple(str(getattr(item, key)) for key in NAMED_BY[table])
    values = {key: getattr(item, key) for key in TABLES[table].keys}
    if isinstance(item, Field) and item.of == "action":
        listed = {SENT: definition.issue.fields, BOARD: definition.composite.fields}
        values |= {name: not ids or item.id in ids for name, ids in listed.items()}
    return Entry(table, names, values=values)


def _single(definition: PlanDefinition, table: str) -> object:
    return definition if table in ("plan", "people") else getattr(definition, table)


def _levels(definition: PlanDefinition) -> dict[str, str]:
    from xlplan.plan.checks.checklist import LINTS  # costs as much as all else that is read here

    known = {lint.message.code: lint.message.level for lint in LINTS}
    return {code: definition.checks.get(code, level) for code, level in known.items()}


# Values as cells


def key_of(table: str, name: str) -> Key:
    """The description of a key; a check is one whose value is a level."""
    if table == "checks":
        return Key(allowed=LEVELS, noun="a level")
    if table == "field" and name in LISTED:
        return Key(LISTED[name][1], takes="flag", default=False)
    if table == "guess":
        return Key("your answer", default="")
    if table == "kept_back":
        return Key("the board sees this text", takes="flag", default=False)
    if table == "own_column":
        return Key("the column becomes one of the plan's", default=NOT_TAKEN, allowed=TAKES)
    if name in (REMOVE, SAME_AS):
        about = "takes this row out of the plan" if name == REMOVE else "who else this is"
        return Key(about, default="")
    return TABLES[table].keys[name]


def shown(key: Key, value: object) -> str | int | float | date | None:
    """The value of a key as it stands in its cell: a list with a line for each of its texts."""
    if isinstance(value, bool):
        return YES_NO[0] if value else YES_NO[1]
    if isinstance(value, str) and value in key.labels:
        return key.labels[value]
    if key.takes == "conditions" and isinstance(value, tuple):
        return "\n".join(map(line_of, value)) or None
    if isinstance(value, tuple):
        raw = key.takes == "raw list"
        return "\n".join(json.dumps(t) if raw or _odd(t) else t for t in value) or None
    if value is None or isinstance(value, int | float | date):
        return value
    return str(value) or None


def _odd(text: str) -> bool:
    """Whether a text of a list has to be quoted to be one line."""
    return "\n" in text or text.startswith('"')


def is_shown(key: Key, value: object, typed: Raw) -> bool:
    """Whether a cell says what it was issued with: nobody has edited it."""
    was = shown(key, value)
    if isinstance(was, int | float) and isinstance(typed, int | float):
        return was == typed
    if isinstance(was, date) and isinstance(typed, date):  # a moment is a day here too
        return (was.year, was.month, was.day) == (typed.year, typed.month, typed.day)
    if key.takes == "raw":
        return (was or "") == ("" if typed is None else as_text(typed))
    return _plain(was) == _plain(typed)


def _plain(value: Raw) -> str:
    return "" if value is None else canon_text(as_text(value)).strip()


_NUMBER = Field("value", "Value", "number")
_DAY = Field("value", "Value", "date")
_FLAG = Field("value", "Value", "boolean", choices=YES_NO)


def read(table: str, name: str, typed: Raw, definition: PlanDefinition) -> object:
    """The value that a cell says a key should have: None for none of its own (what holds without
    it), `Invalid` where it cannot be one. What `plan.toml` allows is asked when it is applied."""
    key = key_of(table, name)
    if not _plain(typed):
        return None
    if key.takes in ("flag", "number", "whole", "day"):
        item = {"flag": _FLAG, "day": _DAY}.get(key.takes, _NUMBER)
        value = canon(item, typed, definition)
        if key.takes == "flag" and not isinstance(value, Invalid):
            return value == YES_NO[0]
        if key.takes == "whole" and isinstance(value, float):
            return int(value) if value.is_integer() else _no_whole(table, name, typed)
        return value
    text = as_text(typed) if key.takes == "raw" else _plain(typed)
    if key.takes == "conditions":
        return tuple(read_line(line) for line in text.splitlines() if line.strip())
    if key.takes in ("list", "raw list", "one or several"):
        return tuple(part for line in text.splitlines() if (part := unquoted(line.strip())))
    words = {fold(word): word for word in key.allowed}
    labelled = {fold(label): word for word, label in key.labels.items()}
    return words.get(fold(text)) or labelled.get(fold(text), text)


def _no_whole(table: str, name: str, typed: Raw) -> Invalid:
    wrong = DEF_005.fill(
        "value", table=f"[{table}]", key=name, kind="a number", form=FORMS["whole"]
    )
    return Invalid(str(typed), wrong.code, wrong.message)
