"""What of `set-up.xlsx` stands beside the definition: the first sheet, with what was guessed, and
the rows of the spreadsheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from xlplan.issued.sheets import id_row, page_of, row_height
from xlplan.late import regex
from xlplan.merge.model import Issued, RowAdded
from xlplan.plan.accounted import AccountLine, sheets_of
from xlplan.plan.definition import STATUS, Field, PlanDefinition
from xlplan.plan.guesses import Guess, choices_of, doubt_of, key_asked
from xlplan.plan.set_up import Entry, OwnColumn, beside
from xlplan.plan.set_up_sheets import KEPT, OWN, SHEETS, START, VALUE, SetUpSheet, heading_of
from xlplan.plan.shown import ShownNumber
from xlplan.plan.text import fold
from xlplan.plan.values import Value, show, show_in
from xlplan.workbook.write.look import Palette
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Merge,
    Protection,
    Row,
    Sheet,
    Validation,
)

if TYPE_CHECKING:
    from xlplan.merge.state import State

HOW = (
    "Change what is not right in the cells of this colour, save and close the workbook, then run "
    "xlplan merge. What cannot be used stays as you typed it, with the reason beside it."
)
WRONG = "wrong"
"""The id of the column that says what is wrong with an answer of its row."""
_WIDTHS = {"about": 24.0, "assumed": 62.0, "where": 18.0, "touched": 9.0, VALUE: 34.0, WRONG: 40.0}
_HEADS = {"about": "About", "assumed": "What was assumed", "where": "Where", "touched": "Actions",
          VALUE: heading_of("guess", "answer"), WRONG: "Please look again"}  # fmt: skip
HEADS_BESIDE = {
    KEPT.name: {"place": "Where", "read": "What it is", "words": "What the board would see",
                VALUE: heading_of("kept_back", "out")},
    OWN.name: {"place": "Where", "read": "Your column", "words": "What it holds",
               VALUE: heading_of("own_column", "take")},
}  # fmt: skip
"""What stands above the columns of sheets on which something stands beside each answer."""
MOST_WORDS = 120
Came = Callable[[str], RowAdded | None]
"""Gives a row as it came in: where in the spreadsheet each of its values stands."""


class Asked(Struct, frozen=True):
    """A guess as it is asked: where it stands in the spreadsheet, how many actions it touches."""

    guess: Guess
    entry: Entry
    choices: tuple[str, ...]
    where: str
    touched: int | None
    doubt: int

    @property
    def list_name(self) -> str:
        """What its list of answers is called."""
        return f"guess {' '.join(self.entry.names)}"


class Answers(Struct, frozen=True):
    """How the answer cells of a sheet are written: one by its entry, and the rule of an area."""

    keyed: Callable[[Entry], Cell]
    cell: Callable[[Entry], Cell]
    wrong: Callable[[Entry], str | None]
    rule: Callable[[Area, str, str, str], tuple[Validation, list[Conditional]]]


class RowHeld(NamedTuple):
    """What a row of the plan holds: its kind, the values that it has by field, its status."""

    uid: str
    kind: str
    values: Mapping[str, Value]
    status: str


def rows_held(state: State, as_of: int) -> list[RowHeld]:
    """The rows as of a position, actions first: of one in which nothing was written since it came
    in, what it brought."""
    found = []
    for kind in ("action", "recommendation"):
        for uid in state.uids(kind, as_of):
            if (row := state.untouched(uid, as_of)) is not None:
                found.append(RowHeld(uid, kind, row.values, show(row.values.get(STATUS))))
            else:
                held = state.master_row(uid, as_of)
                found.append(RowHeld(uid, kind, held.values, held.status))
    return found


def asked_of(
    definition: PlanDefinition,
    entries: Sequence[Entry],
    guesses: Sequence[Guess],
    rows: Sequence[RowHeld],
    came: Came,
) -> list[Asked]:
    """The guesses with the most doubtful first, then those that touch the most actions; at the end
    those that are settled."""
    asked = [
        Asked(
            guess,
            entry,
            tuple(choice.label for choice in choices_of(guess, definition)),
            *_touched(definition, guess, rows, came),
            doubt_of(guess, definition),
        )
        for entry, guess in zip(entries, guesses, strict=True)
    ]
    return sorted(asked, key=lambda a: (bool(a.guess.answer), -a.doubt, -(a.touched or 0)))


def _touched(
    definition: PlanDefinition,
    guess: Guess,
    rows: Sequence[RowHeld],
    came: Came,
) -> tuple[str, int | None]:
    """Where the first value stands that a guess is about, and how many rows have one."""
    found: list[tuple[RowHeld, str]] = []
    if guess.table == "field":
        kind, name = guess.names
        found = [(r, name) for r in rows if r.kind == kind and r.values.get(name) is not None]
    elif guess.table == "rating":
        scale, code = guess.names
        names = [f.id for f in definition.fields if f.field_type.rated and f.scale == scale]
        found = [(r, name) for r in rows for name in names if r.values.get(name) == code]
    elif guess.table == "lead":
        item = definition.with_role("lead")
        name = item.id if item else ""
        found = [(r, name) for r in rows if guess.names[0] in _names(r.values.get(name))]
    if not found:
        return "", 0 if guess.table else None
    stood = (r.places.get(name) for row, name in found if (r := came(row.uid)))
    first = next(filter(None, stood), None)
    return f"{first.sheet}!{first.cell}" if first else "", len(found)


def _names(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def start_sheet(
    definition: PlanDefinition,
    issued: Issued,
    rows: Sequence[RowHeld],
    asked: Sequence[Asked],
    unused: int,
    more: Sequence[SetUpSheet],
    answers: Answers,
    look: Palette,
) -> Sheet:
    """What was found, which sheet says what, and what was guessed, each with its answer."""
    wrong = [WRONG] if any(answers.wrong(each.entry) for each in asked) else []
    columns = ["about", "assumed", "where", "touched", VALUE, *wrong]
    widths = [30.0, *(_WIDTHS[name] for name in columns)]
    last = len(columns)
    lines = _top(definition, issued, rows, unused, look)
    merges = [
        Merge(Area(n, 1, n, last), row.cells[1]) for n, row in enumerate(lines) if row.cells[1]
    ]
    for sheet in (*SHEETS, *more):
        link = Cell(sheet.name, look.link, link=f"'{sheet.name}'!B5")
        about = Cell(f"{_figure(definition, sheet.name)}{sheet.about}", look.body)
        merges.append(Merge(Area(len(lines), 2, len(lines), last), about))
        lines.append(Row([None, link, about], 32))
    title = Row([None, Cell(_count(asked), look.subtitle)], 26)
    about = Cell(START.about, look.body)
    for line in (title, Row([None, about], 30)):
        if asked:
            merges.append(Merge(Area(len(lines), 1, len(lines), last), line.cells[1] or about))
            lines.append(line)
    validations: list[Validation] = []
    conditionals: list[Conditional] = []
    if asked:
        heads = [_head(name, look) for name in columns]
        lines += [id_row(columns), Row([Cell("Row key", look.heading), *heads], 24)]
    place = 1 + columns.index(VALUE)
    for each in asked:
        area = Area(len(lines), place, len(lines), place)
        rule, flags = answers.rule(area, "guess", "answer", each.list_name)
        validations.append(rule)
        conditionals += flags if not _is_free(each) else []
        cells = [answers.keyed(each.entry), *(_cell(each, n, answers, look) for n in columns)]
        lines.append(Row(cells, row_height(cells, widths, 20)))
    return Sheet(
        name=START.name,
        rows=lines,
        columns=[Column(width=30, hidden=True), *(Column(width=width) for width in widths[1:])],
        merges=merges,
        validations=validations,
        conditionals=conditionals,
        page=page_of(
            definition, replace(issued, cycle="set-up"), Area(0, 1, len(lines) - 1, last), 0
        ),
        protection=Protection(),
        tab_colour=look.accent,
        active_cell=(len(lines) - len(asked), place) if asked else (4, 1),
    )


def _is_free(asked: Asked) -> bool:
    """Whether it can be answered with what is in no list."""
    return asked.guess.table == "lead" or bool(key_asked(asked.guess))


def _top(
    definition: PlanDefinition,
    issued: Issued,
    rows: Sequence[RowHeld],
    unused: int,
    look: Palette,
) -> list[Row]:
    count = sum(row.kind == "action" and not row.status for row in rows)
    found = f"{count} actions were found. Reference {issued.id}"
    return [
        Row([None, Cell(f"{definition.title}: set-up", look.title)], 34),
        Row([None, Cell(found, look.subtitle)], 22),
        Row([None, Cell(HOW, look.body)], 32),
        Row([None, Cell(_again(unused), look.strong)], 20),
    ]


def _figure(definition: PlanDefinition, sheet: str) -> str:
    counts = {"Columns": len(definition.fields), "Ratings": len(definition.ratings),
              "Leads": len(definition.leads)}  # fmt: skip
    count = counts.get(sheet)
    if count is None:
        return ""
    return f"{count} {sheet.lower() if count != 1 else sheet.lower().removesuffix('s')}. "


def _count(asked: Sequence[Asked]) -> str:
    open_ = sum(not each.guess.answer for each in asked)
    settled = len(asked) - open_
    text = f"{open_} {'guess' if open_ == 1 else 'guesses'} to look over"
    return f"{text}, {settled} settled" if settled else text


def _head(name: str, look: Palette) -> Cell:
    style = look.input_heading if name == VALUE else look.heading
    return Cell(_HEADS[name], replace(style, align="left", indent=1))


def _cell(asked: Asked, name: str, answers: Answers, look: Palette) -> Cell:
    if name == VALUE:
        return answers.cell(asked.entry)
    values: dict[str, str | int | None] = {
        **beside(asked.entry),
        "where": asked.where or None,
        "touched": asked.touched,
        WRONG: answers.wrong(asked.entry),
    }
    style = replace(look.locked, align="left", indent=1, valign="vcenter")
    return Cell(values[name], style)


def _again(count: int) -> str:
    if not count:
        return ""
    noun = "answer" if count == 1 else "answers"
    return f"{count} {noun} could not be used: look for the cells with a warning sign."


def beside_row(entry: Entry, name: str, lines: Mapping[tuple[str, str], AccountLine]) -> str | None:
    """What stands beside the answer about a sheet or a row of the spreadsheet."""
    if entry.table == "sheet":
        (sheet,) = entry.names
        mine = [line for line in lines.values() if line.sheet == sheet]
        ours = sum(line.fate == "imported" for line in mine)
        part = "Part of the plan" if sheets_of(mine).get(sheet) else "No part of the plan"
        return {"read": part, "words": f"{ours} of {len(mine)} rows imported"}[name]
    line = lines.get((entry.names[0], entry.names[1]))
    if line is None:
        return None
    return line.said if name == "read" else line.words or None


_KEPT = "kept back: "
_NOTE_ON = regex(r"Note on (?P<place>.+?![A-Z]+\d+): ")


def beside_kept(entry: Entry, name: str, lines: Iterable[AccountLine]) -> str | None:
    """What stands beside the answer about a text that is kept back: what it is, and where."""
    (text,) = entry.names
    if noted := _NOTE_ON.match(text):
        return noted["place"] if name == "place" else "Comment"
    said = fold(text)
    for line in lines:
        words = fold(line.words).removesuffix("…")
        if _KEPT in line.detail and words and (said.startswith(words) or said in words):
            what = line.detail.partition(_KEPT)[2]
            return f"{line.sheet}!{line.row}" if name == "place" else what.capitalize()
    return None


def beside_own(entry: Entry, name: str, columns: Iterable[OwnColumn]) -> str | None:
    """What stands beside the answer about a column of the coordinator's own."""
    column = next(each for each in columns if (each.of, each.heading) == entry.names)
    samples = [f"• {text}" for text in column.samples]
    words = "\n".join([f"Proposed: {column.type}", *samples])
    return {"place": column.place, "words": words}[name]


def areas_of(entries: Sequence[Entry], first: int, col: int) -> Iterator[tuple[Area, str, str]]:
    """The areas of answers of one kind, from a row on: where, and which key of which table."""
    row = first
    for (table, key), run in groupby(entries, key=lambda each: (each.table, each.key)):
        count = len(list(run))
        yield Area(row, col, row + count - 1, col), table, key
        row += count


class Found(Struct, frozen=True):
    """What the plan says of its definition: samples by column, counts by rating and by lead."""

    samples: Mapping[tuple[str, ...], str]
    counts: Mapping[tuple[str, ...], int]


def found_in(definition: PlanDefinition, rows: Sequence[RowHeld]) -> Found:
    """Samples of each column, and how many actions have each rating and lead."""
    samples: dict[tuple[str, ...], str] = {}
    held: dict[str, list[Mapping[str, Value]]] = {}
    for row in rows:
        held.setdefault(row.kind, []).append(row.values)
    for item in definition.fields:
        texts = _samples(item, (values.get(item.id) for values in held.get(item.of, ())))
        samples[item.of, item.id] = "\n".join(f"• {text}" for text in texts)
    actions = [row.values for row in rows if row.kind == "action" and not row.status]
    counts: Counter[tuple[str, ...]] = Counter()
    if (rating := definition.with_role("rating")) is not None:
        for text, count in Counter(show(values.get(rating.id)) for values in actions).items():
            counts[rating.scale, text] += count
    if (lead := definition.with_role("lead")) is not None:
        named = (values.get(lead.id) for values in actions)
        for names, count in Counter(v for v in named if isinstance(v, tuple)).items():
            for name in names:
                counts[name,] += count
    return Found(samples, counts)


_SAMPLES = 3


def _code_of(value: Value) -> object:
    """What a number shows beside what it is."""
    return (value.code, value.text) if isinstance(value, ShownNumber) else None


def _samples(item: Field, values: Iterable[Value]) -> list[str]:
    """The first few texts of a column, each another; a text that was met is not looked at again."""
    found: dict[str, None] = {}
    met: set[object] = set()
    for value in values:
        if value is None:
            continue
        look = value if type(value) is str else (type(value), repr(value), _code_of(value))
        if look in met:
            continue
        met.add(look)
        if text := " ".join(show_in(item, value).split())[:60]:
            found[text] = None
        if len(found) == _SAMPLES:
            break
    return list(found)
