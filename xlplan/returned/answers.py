"""The answers in `decisions.xlsx` and in `set-up.xlsx`, read by the signed keys of their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.codes.message import Filled
from xlplan.codes.return_codes import RET_013, RET_014, RET_015, RET_016, RET_031
from xlplan.errors import Problem
from xlplan.merge.model import Place
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.keys import COLOUR
from xlplan.plan.set_up import Entry, Origin, beside, entries_of, is_shown, key_of, shown
from xlplan.plan.set_up_edits import Typed
from xlplan.plan.set_up_sheets import EVERY, VALUE, columns_of
from xlplan.plan.settings import REFUSED
from xlplan.plan.text import canon_text, fold
from xlplan.plan.values import Raw, as_text
from xlplan.returned.as_issued import DEALT, TICK
from xlplan.returned.furniture import ALIKE, set_up_uid
from xlplan.returned.identity import find_manifest
from xlplan.returned.tables import Table, find_tables, read_cell, text_of, texts_of
from xlplan.workbook.read.book import Book, CellValue, a1
from xlplan.workbook.stamp import check_row_key, parse_row_key

Document = Literal["set-up", "post"]
DECISION, OTHER, WHY = "decision", "other", "why"
"""Ids of the columns that the coordinator fills in."""
ABOUT = ("action", "field")
"""Those that say what a question is about."""
_NO_HEADINGS: Mapping[str, Mapping[str, str]] = {"question": {}}


class Answer(Struct, frozen=True):
    """One answered question: what was chosen, the other value where there is one, and why.

    `fault` is what is wrong with a cell of it that holds no answer, such as a formula.
    """

    question: str
    decision: str
    other: Raw
    why: str
    place: Place
    fault: Problem | None = None
    shows: tuple[str, str] = ("", "")
    """What the row shows of the action and of the field that it is about."""


class Answers(Struct, frozen=True):
    """A decisions workbook as read. A problem of level ``error`` refuses it."""

    file: str
    sha256: str
    issued: str
    answers: tuple[Answer, ...] = ()
    problems: tuple[Problem, ...] = ()
    questions: tuple[str, ...] = ()
    """Those that have a row in it, answered or not."""
    faulty: tuple[Answer, ...] = ()
    """Answers with a `fault`, which is among the problems."""
    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By question, those that its answer serves too where they have none of their own."""
    lines: tuple[str, ...] = ()
    """The lines about returns that have a row in it."""
    dealt: tuple[str, ...] = ()
    """Those of them that are marked as dealt with."""

    def followed(self) -> tuple[Answer, ...]:
        """The answers, each also for the questions alike it whose own row was left blank."""
        own = {answer.question for answer in (*self.answers, *self.faulty)}
        return tuple(
            replace(answer, question=name)
            for answer in self.answers
            for name in (answer.question, *self.alike.get(answer.question, ()))
            if name == answer.question or name not in own
        )


def read_answers(
    book: Book, sha256: str, key: bytes, definition: PlanDefinition, issued: str
) -> Answers:
    """The answers in `book`, the decisions workbook issued as `issued`.

    Rows are known by their signed keys alone; rows without a decision say nothing. Nothing is
    raised for a bad file.
    """
    problems = [*book.problems]
    manifest = find_manifest(book, key).manifest
    if manifest is not None and manifest.payload.get("plan", definition.id) != definition.id:
        other = RET_013.problem(book.name)
        return Answers(book.name, sha256, issued, (), (*problems, other))
    tables = [t for t in find_tables(book.sheets, _NO_HEADINGS) if DECISION in t.columns]
    if not tables and not any(problem.level == "error" for problem in problems):
        problems.append(RET_014.problem(book.name))
    answers: list[Answer] = []
    questions: list[str] = []
    lines = dict(_lines(book, key, issued))
    for table in tables:
        for number in range(table.first, len(table.sheet.rows)):
            found = table.key(table.sheet.rows[number])
            if found is not None and (found.issued != issued or not check_row_key(key, found)):
                found = None
            if found is not None:
                questions.append(found.uid)
            answer = _answer(book, table, number, found.uid if found else "")
            if answer is None:
                continue
            if answer.fault is not None:
                problems.append(answer.fault)
            elif not answer.question:
                text = answer.decision[:80]
                problems.append(RET_016.problem(str(answer.place), row=number + 1, answer=text))
            answers.append(answer)
        problems += _outside(book, table)
    known = [answer for answer in answers if answer.question]
    return Answers(
        book.name,
        sha256,
        issued,
        tuple(answer for answer in known if answer.fault is None),
        tuple(problems),
        tuple(dict.fromkeys(questions)),
        tuple(answer for answer in known if answer.fault is not None),
        _alike(manifest.payload if manifest is not None and manifest.genuine else {}, questions),
        tuple(lines),
        tuple(uid for uid, yes in lines.items() if yes),
    )


def _outside(book: Book, table: Table) -> Iterator[Problem]:
    """What somebody wrote where no answer is looked for: beside the questions, a line below them, a
    note."""
    sheet, ours = table.sheet, set(table.columns.values())
    answers = {table.columns.get(name) for name in (DECISION, OTHER, WHY)}
    written = {at: note for at, note in sheet.notes.items() if canon_text(note).strip()}
    for number in table.written_beside():
        shown = [each for each in texts_of(sheet, number) if not parse_row_key(each[1])]
        keyed = number < len(sheet.rows) and table.key(sheet.rows[number]) is not None
        alone = len(shown) == 1 and not keyed
        for col, _, text in shown:
            if col not in ours or (alone and col not in answers):
                written.setdefault((number, col), text)
    for at, text in sorted(written.items()):
        where = str(Place(book.name, sheet.name, a1(*at)))
        yield RET_031.problem(where, text=" ".join(text.split())[:_MOST])


_MOST = 200
"""Characters of what stands outside that are told."""


def _lines(book: Book, key: bytes, issued: str) -> Iterator[tuple[str, bool]]:
    """The lines about returns, and whether each is marked as dealt with: by anything but a No."""
    for table in find_tables(book.sheets, _NO_HEADINGS):
        for row in table.sheet.rows[table.first :] if DEALT in table.columns else ():
            found = table.key(row)
            if found is not None and found.issued == issued and check_row_key(key, found):
                yield found.uid, fold(_words(_value(table, row, DEALT))) not in ("", "no")


def _alike(payload: Mapping[str, object], questions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What the manifest says of questions alike; rows that are gone from the workbook are left."""
    groups = payload.get(ALIKE, ())
    found = {}
    for text in groups if isinstance(groups, list) else ():
        first, *others = str(text).split() or ("",)
        found[first] = tuple(name for name in others if name in questions)
    return found


def _answer(book: Book, table: Table, number: int, question: str) -> Answer | None:
    """What stands in a row; None where it is blank. A formula or an error value is no answer."""
    row = table.sheet.rows[number]
    faults = _unusable(table, number)
    typed = {
        name: None if name in faults else _value(table, row, name)
        for name in (DECISION, OTHER, WHY)
    }
    if not faults and not any(map(_words, typed.values())):
        return None
    place = Place(book.name, table.sheet.name, a1(number, table.columns[DECISION]))
    fault = next((each.at(str(place)) for each in faults.values()), None)
    decision, why = _words(typed[DECISION]), _words(typed[WHY])
    action, named = (_words(_value(table, row, name)) for name in ABOUT)
    return Answer(question, decision, typed[OTHER], why, place, fault, (action, named))


def _unusable(table: Table, number: int) -> dict[str, Filled]:
    """What is wrong with a formula or an error value where an answer should be, by column."""
    found: dict[str, Filled] = {}
    for name in (DECISION, OTHER):
        col = table.columns.get(name)
        if col is None:
            continue
        at = (number, col)
        if error := table.sheet.errors.get(at):
            found[name] = RET_015.fill("error", cell=a1(*at), error=error)
        elif formula := table.sheet.formulas.get(at):
            found[name] = RET_015.fill("formula", cell=a1(*at), formula=f"={formula[:80]}")
    return found


def _value(table: Table, row: Sequence[CellValue], name: str) -> CellValue:
    col = table.columns.get(name)
    return row[col] if col is not None and col < len(row) else None


def _words(value: CellValue | Raw) -> str:
    return "" if value is None else canon_text(as_text(value)).strip()


# set-up.xlsx

Cell = tuple[str, str]
"""The uid of a row and the id of a column."""


class SetUpAnswers(Struct):
    """A set-up workbook as read: what stands in its rows, and where each cell is.

    `faulty` are cells that hold no answer, such as a formula: its text, and what is wrong.
    """

    rows: list[Typed] = field(default_factory=list)
    places: dict[Cell, Place] = field(default_factory=dict)
    faulty: dict[Cell, tuple[str, Problem]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ticks: dict[str, Raw] = field(default_factory=dict)
    """What says under `TICK` of a post workbook whether a letter was sent, by row."""


def read_set_up(
    book: Book,
    key: bytes,
    definition: PlanDefinition,
    issued: str,
    origin: Origin,
    document: Document = "set-up",
    teams: Sequence[str] = (),
) -> SetUpAnswers:
    """The answers in `book`, the set-up or post workbook issued as `issued` under `definition`;
    of `teams`, which have no entry of their own there, only what is ticked.

    Rows are known by their signed keys alone. Nothing is raised for a bad file.
    """
    known = {
        set_up_uid(entry): (entry, columns_of(sheet))
        for sheet in EVERY
        for entry in entries_of(definition, sheet, origin)
    }
    for team in (Entry("lead", (name,)) for name in teams):
        known.setdefault(set_up_uid(team), (team, ()))
    found = SetUpAnswers(problems=[*book.problems])
    tables = find_tables(book.sheets, _NO_HEADINGS)
    if not tables:
        none = RET_014.fill("post") if document == "post" else RET_014.fill("set-up")
        found.problems.append(none.at(book.name))
    plain = definition.style.input_colour
    for table in tables:
        named: list[_Named] = []
        for number in range(table.first, len(table.sheet.rows)):
            row = table.key(table.sheet.rows[number])
            ours = row and row.issued == issued and check_row_key(key, row)
            if row and ours and row.uid in known:
                entry, columns = known[row.uid]
                _read_row(found, book, table, number, entry, columns, plain)
                if columns:
                    named.append((entry, _names(found.rows[-1], columns[0], table, number)))
            elif not ours or _words(_value(table, table.sheet.rows[number], VALUE)):
                found.problems += _strange(book, table, number, document)
        _leave_moved(found, f"{book.name}!{table.sheet.name}", named)
    return found


_Named = tuple[Entry, Mapping[str, tuple[str, str]]]
"""What a row is about; by each column that says so what it was issued with, and what it shows."""


def _names(row: Typed, first: str, table: Table, number: int) -> Mapping[str, tuple[str, str]]:
    """The names of a row: those that stand beside its one answer, else that in its `first` column
    to answer in."""
    if said := beside(row.entry):
        cells = table.sheet.rows[number]
        return {at: (_words(text), _words(_value(table, cells, at))) for at, text in said.items()}
    return {first: (_issued(row.entry, first), _words(row.cells.get(first)))}


def _leave_moved(found: SetUpAnswers, where: str, rows: Sequence[_Named]) -> None:
    """Leave out the `rows` of a sheet where they show each other's names, as where all but the
    hidden column was sorted: of what the rest of a row says it is not known then whose it is."""
    moved: set[int] = set()
    for column in {column: None for _, names in rows for column in names}:
        pairs = [names.get(column, ("", "")) for _, names in rows]
        was, now = ({pair[at] for pair in pairs} - {""} for at in (0, 1))
        strays = enumerate(pairs)
        moved |= {n for n, (a, b) in strays if a != b and a in now and b in was}
    if not moved:
        return
    found.problems.append(RET_016.problem(where, "sorted", rows=len(moved)))
    uids = {set_up_uid(entry) for entry, _ in rows}
    found.rows = [row for row in found.rows if set_up_uid(row.entry) not in uids]
    found.faulty = {cell: each for cell, each in found.faulty.items() if cell[0] not in uids}


def _issued(entry: Entry, column: str) -> str:
    """What a cell of an entry was issued with."""
    if entry.blank:
        return ""
    return _words(shown(key_of(entry.table, column), entry.values.get(column)))


def _read_row(
    found: SetUpAnswers,
    book: Book,
    table: Table,
    number: int,
    entry: Entry,
    columns: Sequence[str],
    plain: str,
) -> None:
    cells: dict[str, Raw] = {}
    for name, col in table.columns.items():
        if name not in columns and name != TICK:
            continue
        cell = read_cell(table.sheet, (number, col))
        place = Place(book.name, table.sheet.name, cell.cell)
        found.places[set_up_uid(entry), name] = place
        wrong = None
        if cell.error:
            wrong = RET_015.fill("error", cell=cell.cell, error=cell.error)
        elif cell.formula:
            formula = f"={cell.formula[:80]}"
            wrong = RET_015.fill("formula", cell=cell.cell, formula=formula)
        if wrong is None and name == TICK:
            found.ticks[set_up_uid(entry)] = cell.value
            continue
        if wrong is None:
            fill = table.sheet.fills.get((number, col), "")
            cells[name] = _colour_of(entry, name, cell.value, fill, plain)
            continue
        text = f"={cell.formula}" if cell.formula else cell.error
        found.faulty[set_up_uid(entry), name] = text, wrong.at(str(place))
    if columns:
        found.rows.append(Typed(entry, cells))


def _colour_of(entry: Entry, name: str, typed: Raw, fill: str, plain: str) -> Raw:
    """What stands in a cell or, where that is a colour that nobody typed over, the fill that it
    got; `plain` is that of cells without a colour. The fill of a refused answer is nobody's."""
    key = key_of(entry.table, entry.key_at(name))
    was = entry.values.get(entry.key_at(name))
    if key.shape != COLOUR or not fill or not is_shown(key, was, typed):
        return typed
    ours = {str(was or plain).casefold(), REFUSED.casefold()}
    return typed if fill.casefold() in ours else fill


def _strange(book: Book, table: Table, number: int, document: Document) -> Iterator[Problem]:
    """That a row with something in it is none of this workbook."""
    texts = [text_of(value) for value in table.sheet.rows[number] if value is not None]
    if texts:
        where = f"{book.name}!{table.sheet.name}!{a1(number, 0)}"
        if document == "post":
            yield RET_016.problem(where, "post", row=number + 1, answer=texts[-1][:80])
        else:
            yield RET_016.problem(where, "set-up", row=number + 1, answer=texts[-1][:80])
