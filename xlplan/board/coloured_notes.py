"""The first sheet and the last in colour: Contents, and Notes with the long texts in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xlplan.board.coloured import Draft
from xlplan.board.fitting import cut_words, is_long, paged, pieces
from xlplan.board.paint import Paint
from xlplan.board.table import BoardSheet, Item, Line, Table
from xlplan.board.view import plural
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.sheet import Cell, Row, Sheet, Style

FACTS = (26.0, 112.0)
NOTES = (30.0, 122.0)
PIECE_LINES = 24
SENTENCES: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "notes": (("term",), {"text": "{}"}),
    "rating_key": (("rating",), {"meaning": "{}"}),
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
    sub = f"Report to the board, {say_date(paint.view.board.as_of)}"
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
            value = column.blank if item.value is None else str(item.value)
            parts.append(form.format(value))
    return named, " ".join(parts)


def notes_cut(paint: Paint, sheet: BoardSheet) -> Iterator[tuple[str, str]]:
    """Every text of Notes that no row can show, with where it stands."""
    for table in sheet.tables:
        for line in table.lines:
            _, sentence = _sentence(paint, table, line)
            if is_long(sentence, NOTES[1], paint.boxed):
                yield sentence, "Notes"
