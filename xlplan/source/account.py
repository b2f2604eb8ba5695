"""What became of every row of a spreadsheet, and what of it stays with the coordinator.

The board and the leads get what a reader of the printed plan sees: its actions, its title, its
legend and its footnotes. Comments, hidden rows, columns and sheets, version lists, and lists and
figures beside the plan are kept in the plan's folder, and `new` says so. A row that a filter leaves
out is an action like any other: a filter is for looking, not for hiding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.codes.source_codes import NEW_007
from xlplan.errors import Problem
from xlplan.late import regex
from xlplan.plan.accounted import AccountLine, first_words
from xlplan.plan.checks.lints import NOT_FOR_PUBLICATION
from xlplan.plan.definition import SHOWN_TO_ALL, Field, PlanDefinition
from xlplan.plan.text import canon_text
from xlplan.plan.values import natural_key
from xlplan.source.drafts import Columns, Draft
from xlplan.source.headings import Heading, cell_text, point_text
from xlplan.source.layout import Layout, Line, first_line, unseen_rows
from xlplan.workbook.read.book import Book, a1

COMMENT, ROW, COLUMN, SHEET = "comment", "hidden row", "hidden column", "hidden sheet"
CELL = "text in a hidden column"
VERSIONS, BESIDE, LIST = "version list", "sheet beside the plan", "list or figure"
MARKED = "text marked as not for publication"
SEEN = frozenset({"", VERSIONS, BESIDE, LIST})
"""Of these those that everybody with the spreadsheet is shown: a legend among them stays one."""
_VERSION = regex(r"(?:v|ver|version|rev|revision|issue|draft)\.?\s*\d", re.IGNORECASE)
MOST_NOTES = 100
"""Lines kept as notes from a sheet that holds no table of the plan."""


class KeptBack(Struct, frozen=True):
    """What of one sheet stays in the plan's folder: `what` it is, such as ``"comment"`` or
    ``"hidden row"``, and where: cells, rows (from 1) or columns."""

    what: str
    sheet: str
    places: tuple[str, ...]


class Work(Struct):
    """What is known so far, handed from step to step."""

    book: Book
    layouts: list[Layout]
    columns: list[Columns] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    asked: dict[int, Mapping[int, Sequence[str]]] = field(default_factory=dict)
    versions: dict[int, Set[int]] = field(default_factory=dict)

    def version_lines(self, number: int) -> Set[int]:
        """The lines of a sheet that are a list of versions by how they begin."""
        if number not in self.versions:
            self.versions[number] = _version_lines(self.layouts[number])
        return self.versions[number]

    def unanswered(self, number: int) -> Mapping[int, Sequence[str]]:
        """By row of a sheet the cells in which somebody has still to choose: they were taken as
        blank."""
        if number not in self.asked:
            self.asked[number] = _unanswered(self.layouts[number])
        return self.asked[number]


def _unanswered(layout: Layout) -> Mapping[int, Sequence[str]]:
    asks, found = layout.asks, dict[int, list[str]]()
    for row, values in enumerate(layout.sheet.rows if asks else ()):
        for col, value in enumerate(values):
            if value is not None and asks and asks(value):
                found.setdefault(row, []).append(a1(row, col))
    return found


def of_plan(work: Work, sheet: int, table: int) -> bool:
    """Whether a table is one of the plan's."""
    return any(c.sheet == sheet and c.table == table for c in work.columns)


def account_of(
    work: Work, legend: frozenset[tuple[int, int]], kept: Sequence[KeptBack]
) -> tuple[AccountLine, ...]:
    """What became of every row of every sheet; `legend` names the rows of the rating legend."""
    why = {(each.sheet, place): each.what for each in kept for place in each.places}
    fates: dict[tuple[int, int], tuple[str, str]] = {}
    for draft in work.drafts:
        before = fates.get((draft.sheet, draft.row), ("", ""))[1]
        named = f"{before}, {draft.ref}" if before else f"{draft.kind} {draft.ref}"
        fates[draft.sheet, draft.row] = ("imported", named)
        for row in draft.joined:
            fates[draft.sheet, row] = ("joined", f"joined to row {draft.row + 1}")
    out: list[AccountLine] = []
    ours = {(columns.sheet, columns.table) for columns in work.columns}
    plain = {"blank": ("blank", ""), "section": ("heading", "section"),
             "outcome": ("heading", "outcome of the section"),
             "header": ("heading", "column headings"),
             "repeated": ("repeated header", "column headings")}  # fmt: skip
    for number, layout in enumerate(work.layouts):
        first = next((line.row for line in layout.lines if line.text), -1)
        for line in layout.lines:
            title = "title" if line.row == first and layout.tables else "note"
            note = ("note", "legend" if (number, line.row) in legend else line.why or title)
            fate = fates.get((number, line.row)) or plain.get(line.kind, note)
            if line.kind == "header" and (number, line.table) not in ours:
                fate = note
            what, detail = fate
            if line.kind == "data" and (blanks := work.unanswered(number).get(line.row)):
                detail += f", nothing chosen in {', '.join(blanks)}"
            held = why.get((layout.sheet.name, str(line.row + 1))) if why else None
            if held and line.text:
                said = f"kept back: {held}"
                plain_note = what == "note" and not line.why
                detail = said if plain_note else f"{detail}, {said}"
            cells = layout.sheet.rows[line.row] if line.row < len(layout.sheet.rows) else ()
            words = first_words(map(point_text, cells))
            out.append(AccountLine(layout.sheet.name, line.row + 1, what, detail, words))
    return tuple(out)


def say_unanswered(work: Work) -> None:
    """Say how many cells of the plan's rows were taken as blank since nothing was chosen there."""
    found = [
        f"{layout.sheet.name}!{place}"
        for number, layout in enumerate(work.layouts)
        if work.unanswered(number)
        for line in layout.lines
        if line.kind == "data" and of_plan(work, number, line.table)
        for place in work.unanswered(number).get(line.row, ())
    ]
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        asks = f"{len(found)} cells that only ask" if len(found) > 1 else "1 cell that only asks"
        were = "were" if len(found) > 1 else "was"
        work.guesses.append(
            f'plan: {asks} for a choice, such as "Please select", {were} taken as '
            f"blank ({', '.join(found[:3])}{more})"
        )


def part_drafts(work: Work, drafts: Sequence[Draft]) -> None:
    """Mark the drafts of rows that nobody is shown, and take out of the others what comes from
    such rows: pieces that were joined, and headings."""
    last: dict[int, tuple[Heading, ...]] = {}
    for draft in sorted(drafts, key=lambda each: (each.sheet, each.row)):
        sheet = work.layouts[draft.sheet].sheet
        unseen = unseen_rows(sheet)
        if draft.row in unseen and draft.joins is None:
            draft.kept_back = True
            continue
        if joined := {row for row in draft.joined if row in unseen}:
            for name, pieces in draft.cells.items():
                draft.cells[name] = [piece for piece in pieces if piece[1][0] not in joined]
        if draft.sections and any(heading.row in unseen for heading in draft.sections):
            draft.sections = last.get(draft.sheet, ())
        if any(one.outcome_row in unseen for one in draft.sections):
            draft.sections = tuple(
                replace(one, outcome="", outcome_row=-1) if one.outcome_row in unseen else one
                for one in draft.sections
            )
        last[draft.sheet] = draft.sections


def with_private_fields(work: Work, definition: PlanDefinition) -> PlanDefinition:
    """`definition` with the fields private whose columns nobody is shown."""
    found: dict[tuple[str, str], set[str]] = {}
    for columns in work.columns:
        sheet = work.layouts[columns.sheet].sheet
        table = work.layouts[columns.sheet].tables[columns.table]
        for col, plan in columns.plans.items():
            hidden = table.column(col) in sheet.hidden_columns and sheet.visible
            if hidden and not table.cells(col).said:
                hidden = False
            seen = "hidden" if hidden else "seen" if sheet.visible else "away"
            for name in filter(None, (plan.field, plan.rating)):
                found.setdefault((columns.kind, name), set()).add(seen)
    private = {name for name, seen in found.items() if "hidden" in seen or seen == {"away"}}
    return replace(
        definition,
        fields=tuple(
            replace(item, private=True) if (item.of, item.id) in private and may_be(item) else item
            for item in definition.fields
        ),
    )


def may_be(item: Field) -> bool:
    """Whether a field may be private."""
    return item.role not in SHOWN_TO_ALL


class Text(Struct, frozen=True):
    """A text outside the actions: where it stands, and why it is kept back, or ``""``."""

    text: str
    sheet: str
    place: str
    why: str = ""


def texts_of(work: Work, legend: frozenset[tuple[int, int]]) -> list[Text]:
    """Every text of the spreadsheet that is no action and no heading, in order."""
    found: list[Text] = []
    for number, layout in enumerate(work.layouts):
        plain = not any(columns.sheet == number for columns in work.columns)
        lines = [text for line in layout.lines for text in _texts(work, number, line, legend)]
        lines = [text for text in lines if text.text]
        if plain and len(lines) > MOST_NOTES:
            where = f"{work.book.name}!{layout.sheet.name}"
            work.problems.append(NEW_007.problem(where, lines=len(lines), kept=MOST_NOTES))
            lines = lines[:MOST_NOTES]
        found += lines
        for at, note in sorted(layout.sheet.notes.items()):
            if text := canon_text(note).strip():
                place = a1(*at)
                said = f"Note on {layout.sheet.name}!{place}: {text}"
                if work.book.kind == "docx":
                    place, said = "", f"Comment: {text}"
                found.append(Text(said, layout.sheet.name, place, COMMENT))
    return found


def _texts(
    work: Work, number: int, line: Line, legend: frozenset[tuple[int, int]]
) -> Iterator[Text]:
    layout = work.layouts[number]
    sheet, at = layout.sheet, str(line.row + 1)
    ours = line.kind in ("data", "header") and of_plan(work, number, line.table)
    if line.kind in ("section", "outcome") and line.row in unseen_rows(sheet):
        yield Text(line.text, sheet.name, at, ROW if sheet.visible else SHEET)
    if line.kind not in ("note", "data", "header"):
        return
    if ours:
        yield from _beside(layout, line, (number, line.row) in legend)
        if line.kind == "data" and _joined_unseen(work, number, line.row):
            yield Text(line.text, sheet.name, at, ROW)
        return
    why = _why(work, number, line)
    explains = (number, line.row) in legend
    if why or explains:
        yield Text(line.text, sheet.name, at, "" if explains and why in SEEN else why)
        return
    seen, unseen = _cells(layout, line)
    for col, text in unseen:
        yield Text(text, sheet.name, a1(line.row, col), CELL)
    text = " | ".join(seen)
    figure = not any(char.isalpha() for char in text)
    if seen and (figure or (len(seen) > 1 and line.row != first_line(layout))):
        yield Text(text, sheet.name, at, LIST)
    elif seen:
        marked = NOT_FOR_PUBLICATION.search(" ".join(text.split()))
        yield Text(text, sheet.name, at, MARKED if marked else "")


def _beside(layout: Layout, line: Line, explains: bool) -> Iterator[Text]:
    """What stands in a row of the plan, but right of its table: shown where it is a legend."""
    sheet = layout.sheet
    cells = sheet.rows[line.row] if line.row < len(sheet.rows) else ()
    held = {col: point_text(cells[col]) for col in sorted(layout.tables[line.table].beside)
            if col < len(cells) and cell_text(cells[col])}  # fmt: skip
    if held:
        why = "" if explains and line.row not in unseen_rows(sheet) else LIST
        yield Text(" | ".join(held.values()), sheet.name, a1(line.row, min(held)), why)


def _why(work: Work, number: int, line: Line) -> str:
    """Why a whole line outside the plan's tables is kept back, or ``""``."""
    layout = work.layouts[number]
    if not layout.sheet.visible:
        return SHEET
    if line.row in layout.sheet.hidden_rows:
        return ROW
    if line.row in layout.versions or line.row in work.version_lines(number):
        return VERSIONS
    if not any(columns.sheet == number for columns in work.columns):
        return BESIDE
    return LIST if line.kind != "note" else ""


def _version_lines(layout: Layout) -> set[int]:
    """Lines that begin with the number of a version, where there are several: a list of them."""
    rows = {line.row for line in layout.lines if line.kind == "note" and _VERSION.match(line.text)}
    return rows if len(rows) > 1 else set()


def _joined_unseen(work: Work, number: int, row: int) -> bool:
    """Whether a row that nobody is shown ran on from one that is shown."""
    return row in unseen_rows(work.layouts[number].sheet) and any(
        row in draft.joined and not draft.kept_back
        for draft in work.drafts
        if draft.sheet == number
    )


def _cells(layout: Layout, line: Line) -> tuple[list[str], list[tuple[int, str]]]:
    """The texts of a line, and those of its hidden columns with where they stand."""
    sheet = layout.sheet
    seen: list[str] = []
    unseen: list[tuple[int, str]] = []
    cells = dict(enumerate(sheet.rows[line.row] if line.row < len(sheet.rows) else ()))
    cells |= {col: name for (row, col), name in sheet.errors.items() if row == line.row}
    for col, value in sorted(cells.items()):
        text = cell_text(value)
        if text and col in sheet.hidden_columns:
            unseen.append((col, text))
        elif text:
            seen.append(text)
    return seen, unseen


def kept_back(
    work: Work, texts: Sequence[Text], definition: PlanDefinition
) -> tuple[KeptBack, ...]:
    """What was kept back, one for each kind and sheet: the rows and columns of the plan, texts."""
    found: dict[tuple[str, str], list[str]] = {}
    for number, layout in enumerate(work.layouts):
        sheet = layout.sheet
        rows = [str(d.row + 1) for d in work.drafts if d.sheet == number and d.kept_back]
        if rows:
            found[SHEET if not sheet.visible else ROW, sheet.name] = rows
        cols = [a1(0, col)[:-1] for col in private_columns(work, number, definition)]
        if cols:
            found[COLUMN, sheet.name] = cols
    for text in texts:
        if text.why:
            found.setdefault((text.why, text.sheet), []).append(text.place)
    return tuple(
        KeptBack(what, sheet, tuple(sorted(at, key=natural_key)))
        for (what, sheet), at in found.items()
    )


def private_columns(work: Work, number: int, definition: PlanDefinition) -> list[int]:
    """The hidden columns of a sheet whose fields are private."""
    layout = work.layouts[number]
    private = {(item.of, item.id) for item in definition.fields if item.private}
    return sorted(
        {
            col
            for columns in work.columns
            if columns.sheet == number
            for made, plan in columns.plans.items()
            if (col := layout.tables[columns.table].column(made)) in layout.sheet.hidden_columns
            and (columns.kind, plan.field) in private
        }
    )
