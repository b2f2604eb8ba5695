"""The board's workbook put together, with its first sheet and its last in colour."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xlplan.board.action_lists import (
    completed_sheet,
    exceptions_sheet,
    movement_sheet,
    new_sheet,
)
from xlplan.board.at_a_glance import at_a_glance_sheet
from xlplan.board.board_model import Board
from xlplan.board.coloured import Draft, anchors_of, coloured_sheet, fit_to_page, texts_cut
from xlplan.board.coloured_glance import coloured_glance
from xlplan.board.coloured_summary import coloured_summary
from xlplan.board.deadlines import (
    evidence_due_sheet,
    extensions_sheet,
    late_steps_sheet,
    no_date_sheet,
)
from xlplan.board.fitting import cut_words, is_long, long_texts, paged, pieces
from xlplan.board.grouped import (
    by_lead_sheet,
    by_organisation_sheet,
    changes_sheet,
    counts_sheet,
    questions_sheet,
    recommendations_sheet,
)
from xlplan.board.key_figures import figures_sheet
from xlplan.board.notes import contents_sheet, notes_sheet
from xlplan.board.other_boards import history_sheet
from xlplan.board.paint import Paint, workbook_of
from xlplan.board.plan_sheet import plan_sheet
from xlplan.board.section_pages import by_section_sheet, sections_sheet
from xlplan.board.standings import points_of
from xlplan.board.summary import summary_sheet
from xlplan.board.table_model import Anchor, BoardSheet, Item, Line, Table, joined
from xlplan.board.view import View, once_a_board, percent, plural, view_of
from xlplan.codes.definition_codes import DEF_090
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.sheet import Area, Cell, Row, Sheet, Style, Unfolding, Workbook
from xlplan.workbook.write.writing import no_collecting

if TYPE_CHECKING:
    import pandas as pd


FACTS = (26.0, 112.0)
NOTES = (30.0, 122.0)
PIECE_LINES = 24
SENTENCES: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "notes": (("term",), {"text": "{}"}),
    "rating_key": (
        ("rating",),
        {"meaning": "{}", "before": "Before: {}.", "now": "Now: {},", "share": "or {}."},
    ),
    "plan_notes": (("note",), {"text": "{}"}),
    "restatements": (
        ("action", "field"),
        {"from": 'From "{}"', "to": 'to "{}".', "decided": "{},", "when": "{},",
         "cycle": "for {}.", "by": "By {},", "file": "{},", "sheet": "{},", "cell": "{}."},
    ),
    "checks": (("action", "field"), {"message": "{}", "code": "[{}]"}),
}  # fmt: skip
"""By table of Notes, the columns that name a row, and how the others make a sentence."""
NOTHING = {
    "restatements": "Nothing has been restated.",
    "checks": "No check is left open.",
}
"""What stands in place of a table without lines; other tables are then left out."""


# Contents.


def coloured_contents(
    paint: Paint, name: str, sheet: BoardSheet, listed: Mapping[str, str]
) -> Sheet:
    """Facts about this board, and a link and a line for each of the `listed` sheets (by name)."""
    definition, look = paint.view.board.definition, paint.look
    label = replace(paint.boxed, bold=True, fill=look.locked_fill, size=12, valign="vcenter")
    large = _large(paint)
    title = definition.title or "Improvement plan"
    what = paint.view.copy or "Report to the board"
    sub = f"{what}, {say_date(paint.view.board.as_of)}"
    draft = Draft(paint, name, paint.banner(title, 2, sub))
    for fact, value in _facts(sheet):
        short = fact == "In short"
        if short:
            draft.rows.append(Row([], height=8))
        style = replace(large, bold=True) if short else large
        draft.rows.append(Row([paint.text(fact, label), paint.fitted(value, FACTS[1], style)]))
    draft.rows.append(Row([], height=8))
    draft.rows.append(Row([paint.text(text, paint.head) for text in ("Sheet", "What it shows")]))
    link = replace(large, colour=look.link.colour, bold=True)
    for listing, line in listed.items():
        cells = [Cell(listing, link, link=f"'{listing}'!A1"), paint.text(line, large)]
        draft.rows.append(Row(cells))
    return paged(draft.sheet(FACTS))


def _facts(sheet: BoardSheet) -> Iterator[tuple[str, str]]:
    (table,) = sheet.tables
    yield from ((str(fact), str(value)) for fact, value in table.rows)


def _large(paint: Paint) -> Style:
    return replace(paint.boxed, size=12, valign="vcenter")


def contents_cut(paint: Paint, sheet: BoardSheet) -> Iterator[tuple[str, str]]:
    """Every text of Contents that no row can show, with where it stands."""
    yield from (
        (value, fact) for fact, value in _facts(sheet) if is_long(value, FACTS[1], _large(paint))
    )


# Notes.


def coloured_notes(paint: Paint, name: str, sheet: BoardSheet) -> Sheet:
    """Each table of Notes in two columns, a sentence for each row; then the long texts."""
    draft = Draft(paint, name, paint.banner(sheet.title, len(NOTES)))
    for table in sheet.tables:
        _sentences(draft, table)
    if paint.texts.labels:
        _title(draft, "Long texts in full")
    for text, label in paint.texts.labels.items():
        number = paint.texts.numbers[text]
        parts = pieces(text, NOTES[1], paint.boxed, PIECE_LINES)
        for part, piece in enumerate(parts, 1):
            more = f" (part {part} of {len(parts)})" if len(parts) > 1 else ""
            place = f"Long text {number}: {cut_words(label, 120)}{more}"
            draft.rows.append(Row([Cell(place, paint.boxed), Cell(piece or None, paint.boxed)]))
    return paged(draft.sheet(NOTES), draft.kept)


def _title(draft: Draft, title: str) -> None:
    draft.keep(Row([], height=10))
    head = draft.paint.look.heading
    draft.keep(Row([Cell(title, head), Cell(None, head)]))


def _sentences(draft: Draft, table: Table) -> None:
    paint = draft.paint
    compared = table.key != "restatements" or paint.view.compared
    if not table.lines and (table.key not in NOTHING or not compared):
        return
    titles = {
        "notes": table.line,
        "restatements": f"{table.name}: {table.line[:1].lower()}{table.line[1:]}",
        "withdrawn": f"Withdrawn: {plural(len(table.lines), 'action')}, not counted",
    }
    _title(draft, titles.get(table.key, table.name))
    if not table.lines:
        nothing = [Cell("None", paint.boxed), Cell(NOTHING[table.key], paint.boxed)]
        draft.rows.append(Row(nothing))
    for line in table.lines:
        named, sentence = _sentence(paint, table, line)
        bold = replace(paint.boxed, bold=True) if table.key == "notes" else paint.boxed
        draft.rows.append(Row([_name(paint, named, bold), paint.fitted(sentence, NOTES[1])]))


def _name(paint: Paint, named: Sequence[Item], style: Style) -> Cell:
    first = named[0] if named else Item()
    if first.rating is not None:
        style = replace(style, align="center", valign="vcenter")
        return paint.text(str(first.value), paint.shade(first.rating, style))
    link = paint.link(first) if len(named) == 1 else ""
    if link:
        style = replace(style, colour=paint.look.link.colour, bold=True)
    return paint.text(", ".join(str(item.value) for item in named), style, link)


def _sentence(paint: Paint, table: Table, line: Line) -> tuple[list[Item], str]:
    """What names a row of a table, and the rest of it in a sentence."""
    names, forms = SENTENCES.get(table.key, (("ref",), {}))
    if table.key == "withdrawn":
        asked = paint.view.board.definition.with_role("action")
        forms = {asked.id: "{}"} if asked else {}
    shown = {c.id: (c, item) for c, item in zip(table.columns, line.items, strict=True)}
    named = [shown[n][1] for n in names if n in shown and shown[n][1].value is not None]
    parts = []
    for name, form in forms.items():
        column, item = shown.get(name, (table.columns[0], Item()))
        if item.value is not None or column.blank:
            share = column.kind == "share" and isinstance(item.value, float | int)
            value = percent(item.value) if share else str(item.value)  # type: ignore[arg-type]  # a share
            parts.append(form.format(column.blank if item.value is None else value))
    return named, " ".join(parts)


def notes_cut(paint: Paint, sheet: BoardSheet) -> Iterator[tuple[str, str]]:
    """Every text of Notes that no row can show, with where it stands."""
    for table in sheet.tables:
        for line in table.lines:
            _, sentence = _sentence(paint, table, line)
            if is_long(sentence, NOTES[1], paint.boxed):
                yield sentence, "Notes"


class SheetKind(Struct, frozen=True):
    """One sheet that a board may have: its key, the name on its tab, and who works it out."""

    key: str
    name: str
    make: Callable[[View], BoardSheet]


SHEETS = (
    SheetKind("at_a_glance", "At a glance", at_a_glance_sheet),
    SheetKind("summary", "Summary", summary_sheet),
    SheetKind("sections", "Sections", sections_sheet),
    SheetKind("contents", "Contents", contents_sheet),
    SheetKind("recommendations", "Recommendations", recommendations_sheet),
    SheetKind("plan", "Plan", plan_sheet),
    SheetKind("exceptions", "Exceptions", exceptions_sheet),
    SheetKind("late_steps", "Late steps", late_steps_sheet),
    SheetKind("no_date", "No date", no_date_sheet),
    SheetKind("evidence_due", "Evidence due", evidence_due_sheet),
    SheetKind("extensions", "Extensions", extensions_sheet),
    SheetKind("movement", "Movement", movement_sheet),
    SheetKind("new", "New", new_sheet),
    SheetKind("completed", "Completed", completed_sheet),
    SheetKind("by_section", "By section", by_section_sheet),
    SheetKind("by_organisation", "By organisation", by_organisation_sheet),
    SheetKind("by_lead", "By lead", by_lead_sheet),
    SheetKind("counts", "Counts", counts_sheet),
    SheetKind("figures", "Figures", figures_sheet),
    SheetKind("changes", "Changes", changes_sheet),
    SheetKind("questions", "Open questions", questions_sheet),
    SheetKind("history", "History", history_sheet),
    SheetKind("notes", "Notes", notes_sheet),
)
"""Every sheet, in the order in which they stand unless the definition says other."""
BY_KEY: Mapping[str, SheetKind] = {kind.key: kind for kind in SHEETS}
LAYOUTS: Mapping[str, Callable[[Paint, str, BoardSheet], Sheet]] = {
    "at_a_glance": coloured_glance,
    "summary": coloured_summary,
    "notes": coloured_notes,
}
"""The sheets that are drawn in a way of their own."""
WORKING = ("questions",)
"""The sheets that are the coordinator's."""
ON_SCREEN = ("changes", "history")
"""The sheets that are printed only where ``[composite] print_all`` asks for it."""
TO_FOLLOW = ("figures",)
"""The sheets that nobody prints: links lead there."""
SAID_EMPTY = ("plan", "summary", "exceptions")
"""The sheets that are printed though there is nothing on them: that there is nothing matters."""


def sheet_keys(board: Board) -> tuple[str, ...]:
    """The sheets of this board, in order: ``[composite] sheets``, or all of them. Open questions
    stand in the coordinator's copy alone, unless they are asked for.

    Names may be written as on the tabs ("By lead") or as keys ("by_lead").

    Raises:
        XlplanError: a name in ``[composite] sheets`` is no sheet of the composite.
    """
    chosen = board.definition.composite.sheets
    if not chosen:
        return tuple(key for key in BY_KEY if board.working or key not in WORKING)
    named = {kind.name.casefold(): kind.key for kind in SHEETS}
    out = []
    for name in chosen:
        written = " ".join(name.replace("_", " ").replace("-", " ").casefold().split())
        key = named.get(written) or written.replace(" ", "_")
        if key not in BY_KEY:
            place = "plan.toml: [composite] sheets"
            raise DEF_090.fault(place, name=name, sheets=tuple(BY_KEY))
        out.append(key)
    return tuple(dict.fromkeys([*out, *(WORKING if board.working else ())]))


# The tables alone.


def tables_of(board: Board) -> tuple[Table, ...]:
    """Every table of a board, each once, in the order of its sheets; those without lines too.

    What board it is stands first, and the notes are there whichever sheets are chosen.

    Raises:
        XlplanError: ``[composite] sheets`` names a sheet that there is not.
    """
    return tuple({t.key: t for sheet in sheets_of(board).values() for t in sheet.tables}.values())


def sheets_of(board: Board) -> dict[str, BoardSheet]:
    """Every sheet of a board by its key, contents first and notes there in any case.

    Raises:
        XlplanError: ``[composite] sheets`` names a sheet that there is not.
    """
    view = view_of(board)
    keys = dict.fromkeys(("contents", *sheet_keys(board), "notes"))
    return {key: _made(key, view) for key in keys}


def _made(key: str, view: View) -> BoardSheet:
    """A sheet of a board, for each of its renderings the same."""
    return once_a_board(BY_KEY[key].make)(view)


def frames_of(board: Board) -> dict[str, pd.DataFrame]:
    """Every table of a board as a typed DataFrame, by its key, those of the coordinator's copy
    too; see `xlplan.frames.table_frame`."""
    from xlplan.frames import table_frame

    kinds = {"list": "text", "direction": "text", "days": "number"}
    rated = board.definition.with_role("rating") is not None
    ratings = [point.label for point in points_of(board.definition, ())] if rated else []
    return {
        found.key: table_frame(
            {c.id: kinds.get(c.kind, c.kind) for c in found.columns},
            [tuple(_plain(value) for value in row) for row in found.rows],
            ratings,
        )
        for found in tables_of(replace(board, working=True))
    }


def _plain(value: object) -> str | int | float | None:
    return joined(value)  # type: ignore[arg-type, return-value]  # a list becomes a text


# In colour.


@no_collecting()
def composite_workbook(board: Board, created: str) -> Workbook:
    """The board's workbook. `created` (ISO 8601, UTC) is written into the file.

    Raises:
        XlplanError: ``[composite] sheets`` names a sheet that there is not.
    """
    keys, view = sheet_keys(board), view_of(board)
    plain = Paint(view)
    made = {key: fit_to_page(_made(key, view), plain) for key in keys}
    if not board.definition.composite.sheets:
        made = {key: sheet for key, sheet in made.items() if sheet.apt}
    cut = chain.from_iterable(_cut(plain, key, sheet) for key, sheet in made.items())
    texts = long_texts(cut, BY_KEY["notes"].name, "long text")
    if texts.labels and "notes" not in made:
        made["notes"] = BY_KEY["notes"].make(view)
        texts = long_texts(
            chain.from_iterable(_cut(plain, key, sheet) for key, sheet in made.items()),
            BY_KEY["notes"].name, "long text",
        )  # fmt: skip
    places: dict[Anchor, str] = {}
    for key in ("completed", "plan") if "plan" in made else ():
        places |= anchors_of(BY_KEY[key].name, made[key], plain) if key in made else {}
    if "figures" in made:
        places |= anchors_of(BY_KEY["figures"].name, made["figures"], plain)
    places |= {("sheet", (name := BY_KEY[key].name)): f"'{name}'!A1" for key in made}
    paint = Paint(view, texts, places)
    listed = {BY_KEY[key].name: one.line for key, one in made.items() if key != "contents"}
    kept = TO_FOLLOW if board.definition.composite.print_all else (*ON_SCREEN, *TO_FOLLOW)
    bare = {key for key, sheet in made.items() if sheet.empty and key not in SAID_EMPTY}

    def laid(key: str) -> Sheet:
        name, lay = BY_KEY[key].name, LAYOUTS.get(key, coloured_sheet)
        if key == "contents":
            lay = partial(coloured_contents, listed=listed)
        sheet = lay(paint, name, made[key])
        return _not_printed(sheet) if key in kept or key in bare else sheet

    sheets = Unfolding({BY_KEY[key].name: partial(laid, key) for key in made})
    what = "working copy" if board.working else "report to the board"
    return workbook_of(board, sheets, what, created)


def _not_printed(sheet: Sheet) -> Sheet:
    """A sheet for the screen: what is printed of it is one empty cell, which takes no page."""
    row, column = len(sheet.rows) + 100, len(sheet.columns) + 1
    page = replace(sheet.page, print_area=Area(row, column, row, column), repeat_rows=None)
    return replace(sheet, page=replace(page, breaks=()))


def _cut(paint: Paint, key: str, sheet: BoardSheet) -> list[tuple[str, str]]:
    """The texts of a sheet that no row can show."""
    if key in ("contents", "notes"):
        return list((contents_cut if key == "contents" else notes_cut)(paint, sheet))
    return [] if key in ("summary", "at_a_glance") else list(texts_cut(paint, sheet))
