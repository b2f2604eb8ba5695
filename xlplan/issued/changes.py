"""What a lead has done so far, worked out by the template itself: a mark beside each action, and
the sheet "Your changes". Ordinary formulas only, for Excel 2010 and LibreOffice.

What was issued stands on the hidden sheet "As issued", a line for each input of each action: the
signature of the key of its row and ``|``, what stood there, what stands there now, whether that
differs, and how many did so far. A row is found by its key, so that it may be sorted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from xlplan.issued.banner import whose
from xlplan.issued.needed import needed_cells, needed_columns
from xlplan.issued.rules import ISSUED_DUE, SIGNATURE, due_and_reason, is_required, moved, quoted
from xlplan.issued.sheets import Lists, page_of
from xlplan.merge.model import Issued
from xlplan.plan.definition import STEP, PlanDefinition
from xlplan.plan.timescales import MONTH_NAMES, say_date
from xlplan.plan.values import number_text, say_percent
from xlplan.returned.as_issued import BOX_MARK, CONFIRMED, ID_PREFIX, LOOKED, OURS, IssuedColumn
from xlplan.returned.furniture import AS_ISSUED, CHANGES, UPDATE, WARNING
from xlplan.workbook.stamp import RowKey, parse_row_key
from xlplan.workbook.write.cell_text import cell_name
from xlplan.workbook.write.look import Palette, palette
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Merge,
    Protection,
    Row,
    Sheet,
    Style,
)

DONE, NOT_YET = "\u2714", "not looked at"
MOST = 100
"""Changes that the sheet lists one by one."""
PRINTED = 20
"""How many of them are printed: one page of A4 in type of 8.5 points. How long a list is printed
cannot follow how many lines are filled: LibreOffice takes no formula for a print range, and prints
lines whose formulas come to nothing."""
_LONGEST = 120
"""Characters of a value that it shows: three lines."""
_GONE = "(this row is not there)"
_BLANK = "(blank)"
_HEADINGS = ("Action", "Column", "Was", "Now")
_WIDTHS = (6.0, 11.0, 18.0, 40.0, 40.0)
_LINE, _TOP = 40.0, 4
"""Points of a line, and the rows above the first."""
_KEY, _REF, _HEADING, _WAS, _ROW, _COL, _NOW, _DIFFERS, _COUNT = range(9)
"""The columns of "As issued"."""
At = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of an action on the sheet "Update": where it is, the key of its row, its column, and
    what it holds."""

    at: At
    key: RowKey
    column: str
    cell: Cell

    @property
    def name(self) -> str:
        """The cell for a formula beside it, which moves along with its row."""
        return f"${cell_name(*self.at)}"


def places_of(sheet: Sheet) -> Iterator[Place]:
    """Every cell of an action (or proposal), in a table or in forms, in the order of the sheet."""
    columns: dict[int, str] = {}
    box = 0
    merged = {(m.area.first_row, m.area.first_col): m.cell for m in sheet.merges}
    for number, row in enumerate(sheet.rows):
        texts = {c: cell.value for c, cell in enumerate(row.cells)
                 if cell is not None and isinstance(cell.value, str)}  # fmt: skip
        key = parse_row_key(texts.get(0))
        ids = {c: t.removeprefix(ID_PREFIX) for c, t in texts.items() if t.startswith(ID_PREFIX)}
        if key is None:
            columns = ids or columns
            box = next((c for c, text in texts.items() if text == BOX_MARK), box)
            continue
        found = {box: next(iter(ids.values()))} if ids and box else {} if box else columns
        for col, name in found.items():
            cell = merged.get((number, col)) or row.cells[col]
            if cell is not None:
                yield Place((number, col), key, name, cell)


def followed(
    definition: PlanDefinition,
    issued: Issued,
    update: Sheet,
    columns: Sequence[IssuedColumn],
    lists: Lists,
) -> list[Sheet]:
    """The sheet "Update" with its marks, then "Your changes" and "As issued", as far as the plan
    asks for them and the lead has an action."""
    settings = definition.issue
    places = [place for place in places_of(update) if place.key.uid in set(issued.uids)]
    if not (settings.status or settings.changes) or not places:
        return [update]
    look = palette(definition)
    base = _as_issued(update, columns, places)
    sheets = [
        _marked(definition, update, columns, places, lists, base, look)
        if settings.status
        else update
    ]
    if settings.changes:
        sheets.append(_changes(definition, issued, places, base, look))
    return [*sheets, base]


# What was issued


def _as_issued(update: Sheet, columns: Sequence[IssuedColumn], places: Sequence[Place]) -> Sheet:
    known = {column.id: column for column in columns}
    key_id = columns[0].id
    refs = {
        place.key.uid: str(place.cell.value or "") for place in places if place.column == key_id
    }
    is_form = any(cell is not None and cell.value == BOX_MARK
                  for row in update.rows for cell in row.cells)  # fmt: skip
    last = len(update.rows)
    keys = f"{UPDATE}!$A$1:$A${last}"
    rows = [Row([Cell("Row")])]
    for place in places:
        name, step, number = place.column.partition(STEP)
        column = known[name]
        if not column.input or column.id in OURS:
            continue
        line = len(rows) + 1
        row, col = place.at
        found = (
            Cell(row + 1)
            if is_form
            else Cell(row + 1, formula=f'=MATCH("*"&LEFT($A{line},{SIGNATURE}),{keys},0)')
        )
        letter = cell_name(0, col)[:-1]
        now = f"INDEX({UPDATE}!${letter}$1:${letter}${last},$E{line})"
        was = _as_text(place.cell)
        form = f"=IFERROR({_text_of(now, column)},{quoted(_GONE)})"
        above = f"I{line - 1}+" if line > 2 else ""
        rows.append(
            Row([
                Cell(f"{place.key.text[-SIGNATURE:]}|"), Cell(refs.get(place.key.uid) or None),
                Cell(f"{' '.join(column.heading.split())}{step and f': step {number}'}"),
                Cell(was or None),
                found, Cell(col + 1), Cell(was or "", formula=form),
                Cell(0, formula=f"=IF(EXACT(TRIM(D{line}),TRIM(G{line})),0,1)"),
                Cell(0, formula=f"={above}H{line}"),
            ])
        )  # fmt: skip
    return Sheet(AS_ISSUED, rows, [Column(width=16) for _ in range(9)], state="hidden")


def _as_text(cell: Cell) -> str:
    """What a cell shows, as the formulas beside it put it."""
    value = cell.value
    if isinstance(value, date):
        return say_date(value)
    if isinstance(value, int | float):
        return say_percent(value) if "%" in cell.style.number_format else number_text(value)
    return value or ""


def _text_of(cell: str, column: IssuedColumn) -> str:
    """A formula's text of what stands in `cell`, the same in every language of the program."""
    form = column.item.field_type.cell_of(column.item)
    if form.holds == "date" or column.item.role == "steps_done":
        months = ",".join(map(quoted, MONTH_NAMES))
        words = f'DAY({cell})&" "&CHOOSE(MONTH({cell}),{months})&" "&YEAR({cell})'
    elif "%" in form.number_format:
        words = f'SUBSTITUTE(ROUND({cell}*100,8),",",".")&"%"'
    elif form.holds == "number":
        words = f'SUBSTITUTE({cell},",",".")'
    else:
        return f'{cell}&""'
    return f'IF(ISNUMBER({cell}),{words},{cell}&"")'


def _range(base: Sheet, column: int) -> str:
    """A column of "As issued" for a formula."""
    letter = cell_name(0, column)[:-1]
    return f"'{AS_ISSUED}'!${letter}$2:${letter}${len(base.rows)}"


# The mark beside each action


def _marked(
    definition: PlanDefinition,
    update: Sheet,
    columns: Sequence[IssuedColumn],
    places: Sequence[Place],
    lists: Lists,
    base: Sheet,
    look: Palette,
) -> Sheet:
    rows = list(update.rows)
    by_row: dict[str, dict[str, Place]] = {}
    for place in places:
        by_row.setdefault(place.key.text, {})[place.column] = place
    marks = []
    for mine in by_row.values():
        mark = mine[LOOKED]
        row, col = mark.at
        wrong = _wrong(definition, columns, mine, lists)
        key = f'RIGHT($A{row + 1},{SIGNATURE})&"|"'
        differs = f"SUMIF({_range(base, _KEY)},{key},{_range(base, _DIFFERS)})"
        ticked = [f"LEN(TRIM({mine[CONFIRMED].name}))"] if CONFIRMED in mine else []
        looked = f"IF({'+'.join([differs, *ticked])}>0,{quoted(DONE)},{quoted(NOT_YET)})"
        formula = f"IF({'+'.join(wrong)}>0,{quoted(WARNING)},{looked})" if wrong else looked
        shown = WARNING if _is_wrong(columns, mine, lists) else NOT_YET
        cells = list(rows[row].cells)
        cells[col] = Cell(shown, mark.cell.style, formula=f"={formula}")
        rows[row] = replace(rows[row], cells=cells)
        marks.append(Area(row, col, row, col))
    return replace(update, rows=rows, conditionals=[*update.conditionals, *_colours(marks, look)])


def _colours(marks: Sequence[Area], look: Palette) -> list[Conditional]:
    """The looks of a mark, which follow what it says."""
    first, rest = marks[0], tuple(marks[1:])
    cell = f"${cell_name(first.first_row, first.first_col)}"
    done = replace(look.locked, bold=True, colour="#1B5E20", size=12, number_format="")
    wrong = replace(look.missing, bold=True, size=12, number_format="")
    return [
        Conditional(first, f"={cell}={quoted(text)}", style, also=rest)
        for text, style in ((DONE, done), (WARNING, wrong))
    ]


def _wrong(
    definition: PlanDefinition,
    columns: Sequence[IssuedColumn],
    mine: Mapping[str, Place],
    lists: Lists,
) -> list[str]:
    """Formulas of what is missing or wrong in an action, each a number above 0 where it is."""
    asked = due_and_reason(columns)
    found = []
    for column in columns:
        if not column.input or column.id not in mine or column.id in OURS:
            continue
        cell = mine[column.id].name
        if is_required(column):
            found.append(f"(LEN(TRIM({cell}))=0)")
        if accepted := lists.names.get(f"{column.id}:accepted"):
            found.append(f"(LEN(TRIM({cell}))>0)*(SUMPRODUCT(--({accepted}=TRIM({cell})))=0)")
    needed = needed_columns(definition, columns)
    if needed:
        key = f"$A{next(iter(mine.values())).at[0] + 1}"
        place = {name: each.at[1] for name, each in mine.items()}
        cells = needed_cells(needed, lambda name: mine[name].name, place, key, lists)
        found += [each.count for each in cells]
    if asked is not None:
        due, reason = (mine[column.id] for column in (asked.due, asked.reason))
        test = moved(f"$A{due.at[0] + 1}", due.name, lists.names[ISSUED_DUE])
        found.append(f"(LEN(TRIM({reason.name}))=0)*{test}")
    return found


def _is_wrong(columns: Sequence[IssuedColumn], mine: Mapping[str, Place], lists: Lists) -> bool:
    """Whether something is missing or wrong in an action as it was issued."""
    for column in columns:
        if not column.input or column.id not in mine or column.id in OURS:
            continue
        text = _as_text(mine[column.id].cell).strip()
        if not text and is_required(column):
            return True
        accepted = lists.choices.get(f"{column.id}:accepted", ())
        if text and accepted and text.casefold() not in map(str.casefold, accepted):
            return True
    return False


# "Your changes"


def _changes(
    definition: PlanDefinition,
    issued: Issued,
    places: Sequence[Place],
    base: Sheet,
    look: Palette,
) -> Sheet:
    count, last = len(base.rows) - 1, len(_WIDTHS) - 1
    total = f"'{AS_ISSUED}'!$I${len(base.rows)}"
    listed = min(MOST, count)
    body = replace(look.body, valign="top", align="left", indent=1)
    rows = [
        Row([None, *(Cell(None, look.banner) for _ in _WIDTHS[1:])], 30),
        Row([None, *(Cell(None, look.banner_sub) for _ in _WIDTHS[1:])], 20),
        Row([None, *(Cell(None, look.banner_note) for _ in _WIDTHS[1:])], 34),
        Row([None, *(Cell(text, replace(look.heading, indent=1)) for text in _HEADINGS)], 22),
    ]
    for number in range(1, listed + 1):
        rows.append(_line(number, len(rows) + 1, total, base, body, look))
    if count > MOST:
        more = f'=IF({total}>{MOST},"and "&({total}-{MOST})&" more","")'
        rows.append(Row([None, Cell("", look.strong, formula=more)], 20))
    message = (
        f'=IF({total}=0,"You have changed nothing yet.",{total}&IF({total}=1," cell"," cells")'
        f'&" changed. Each line leads to its cell."'
        f"{_of_paper(total) if listed > PRINTED else ''})"
    )
    note = replace(look.banner_note, bold=True, indent=1)
    if ticks := _ticks(places):
        message += f'&"   Reviewed, no change: "&{ticks}&"."'
    start = "You have changed nothing yet." + ("   Reviewed, no change: 0." if ticks else "")
    used = Area(_TOP, 1, _TOP + listed - 1, last)
    border = Conditional(used, f"=$A{_TOP + 1}>0", replace(look.locked, fill="#FFFFFF"))
    area = Area(0, 1, _TOP + min(listed, PRINTED) - 1, last)
    page = page_of(definition, issued, area, _TOP - 1)
    page = replace(page, paper="A4", landscape=False, margin=0.5, fit_height=1, repeat_rows=None)
    return Sheet(
        name=CHANGES,
        rows=rows,
        columns=[Column(width=width, hidden=n == 0) for n, width in enumerate(_WIDTHS)],
        merges=[
            Merge(Area(0, 1, 0, last), Cell(CHANGES, replace(look.banner, indent=1))),
            Merge(Area(1, 1, 1, last), Cell(whose(issued), replace(look.banner_sub, indent=1))),
            Merge(Area(2, 1, 2, last), Cell(start, note, formula=message)),
        ],
        conditionals=[border],
        freeze=(_TOP, 0),
        page=page,
        protection=Protection(definition.issue.password),
        tab_colour=look.accent,
        active_cell=(_TOP, 1),
    )


def _of_paper(total: str) -> str:
    """A formula's sentence on what is printed, where that is not all."""
    return f'&IF({total}>{PRINTED}," The first {PRINTED} are printed.","")'


def _line(number: int, row: int, total: str, base: Sheet, body: Style, look: Palette) -> Row:
    """The line of the change of this number; its first cell says where on "As issued" it is."""
    at = f"=IF({number}>{total},0,MATCH({number},{_range(base, _COUNT)},0))"

    def field(column: int) -> str:
        return f"INDEX({_range(base, column)},$A{row})"

    def value(column: int) -> str:
        text = field(column)
        long = f'IF(LEN({text})>{_LONGEST},LEFT({text},{_LONGEST - 1})&"…",{text})'
        return f"IF(LEN({text})=0,{quoted(_BLANK)},{long})"

    place = f"\"#'{UPDATE}'!\"&ADDRESS({field(_ROW)},{field(_COL)})"
    texts = (
        f"HYPERLINK({place},{field(_REF)}&\"\")", field(_HEADING), value(_WAS), value(_NOW),
    )  # fmt: skip
    styles = (replace(body, bold=True, colour=look.link.colour), body, body, body)
    cells = [
        Cell("", style, formula=f'=IF($A{row}=0,"",{text})')
        for text, style in zip(texts, styles, strict=True)
    ]
    return Row([Cell(0, formula=at), *cells], _LINE)


def _ticks(places: Sequence[Place]) -> str:
    """A formula's count of the ticks beside actions; ``""`` where there are none to set."""
    ticks = [place.at for place in places if place.column == CONFIRMED]
    if not ticks:
        return ""
    (first, col), last = ticks[0], ticks[-1][0]
    letter = cell_name(0, col)[:-1]
    cells = f"{UPDATE}!${letter}${first + 1}:${letter}${last + 1}"
    if last - first + 1 == len(ticks):
        return f"SUMPRODUCT((LEN(TRIM({cells}))>0)*1)"
    ids = f"{UPDATE}!$B${first + 1}:$B${last + 1}"
    return f'SUMPRODUCT(({ids}="{ID_PREFIX}{CONFIRMED}")*(LEN(TRIM({cells}))>0))'
