"""What a lead has done so far, worked out by the template itself: a mark beside each action, and
the sheet "Your changes". Ordinary formulas only, for Excel 2010 and LibreOffice: they look at the
hidden sheet "As issued" (`xlplan.issued.issued_places`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from xlplan.issued.banner import whose
from xlplan.issued.issued_places import As, Place, as_issued_sheet, as_text, places_of, range_of
from xlplan.issued.needed import needed_cells, needed_columns
from xlplan.issued.rules import ISSUED_DUE, SIGNATURE, due_and_reason, is_required, moved, quoted
from xlplan.issued.sheets import Lists, grown, page_of
from xlplan.language.catalogue import BETWEEN, ENGLISH, Tongue, marked
from xlplan.merge.model import Issued
from xlplan.plan.definition import PlanDefinition
from xlplan.returned.as_issued import CONFIRMED, ID_PREFIX, LOOKED, OURS, IssuedColumn
from xlplan.returned.furniture import AS_ISSUED, CHANGES, UPDATE, WARNING, sheet_name
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

DONE, NOT_YET = "\u2714", marked("not looked at")
MOST = 100
"""Changes that the sheet lists one by one."""
PRINTED = 20
"""How many of them are printed: one page of A4 in type of 8.5 points. How long a list is printed
cannot follow how many lines are filled: LibreOffice takes no formula for a print range, and prints
lines whose formulas come to nothing."""
_LONGEST = 120
"""Characters of a value that it shows: three lines."""
_BLANK = marked("(blank)")
_HEADINGS = (marked("Action"), marked("Column"), marked("Was"), marked("Now"))
_NOTHING = marked("You have changed nothing yet.")
_WIDTHS = (6.0, 11.0, 18.0, 40.0, 40.0)
_LINE, _TOP = 40.0, 4
"""Points of a line, and the rows above the first."""


def followed(
    definition: PlanDefinition,
    issued: Issued,
    update: Sheet,
    columns: Sequence[IssuedColumn],
    lists: Lists,
) -> list[Sheet]:
    """The sheet "Update" with its marks, then "Your changes" and "As issued", as far as the plan
    asks for one of them and the lead has an action."""
    settings, sent = definition.issue, frozenset(issued.uids)
    places = [place for place in places_of(update) if place.key.uid in sent]
    if not places:
        return [update]
    look = palette(definition)
    base = as_issued_sheet(update, columns, places, definition.tongue)
    sheets = [
        _marked(definition, update, columns, places, lists, base, look)
        if settings.status
        else update
    ]
    if settings.changes:
        sheets.append(_changes(definition, issued, places, base, look))
    return [*sheets, base]


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
        mark, not_yet = mine[LOOKED], definition.tongue.say(NOT_YET)
        row, col = mark.at
        wrong = _wrong(definition, columns, mine, lists)
        key = f'RIGHT($A{row + 1},{SIGNATURE})&"|"'
        differs = f"SUMIF({range_of(base, As.KEY)},{key},{range_of(base, As.DIFFERS)})"
        ticked = [f"LEN(TRIM({mine[CONFIRMED].name}))"] if CONFIRMED in mine else []
        looked = f"IF({'+'.join([differs, *ticked])}>0,{quoted(DONE)},{quoted(not_yet)})"
        formula = f"IF({'+'.join(wrong)}>0,{quoted(WARNING)},{looked})" if wrong else looked
        shown = WARNING if _is_wrong(columns, mine, lists) else not_yet
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
        text = as_text(mine[column.id].cell, ENGLISH).strip()
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
    count, last, tongue = len(base.rows) - 1, len(_WIDTHS) - 1, definition.tongue
    total = f"'{AS_ISSUED}'!$I${len(base.rows)}"
    listed = min(MOST, count)
    body = replace(look.body, valign="top", align="left", indent=1)
    heading = replace(look.heading, indent=1)
    heads = [Cell(tongue.say(text), heading) for text in _HEADINGS]
    high = max(grown(c, w, 22, tongue)[1] for c, w in zip(heads, _WIDTHS[1:], strict=True))
    mine = Cell(whose(issued, tongue), replace(look.banner_sub, indent=1))
    mine, below = grown(mine, sum(_WIDTHS[1:]), 20, tongue)
    rows = [
        Row([None, *(Cell(None, look.banner) for _ in _WIDTHS[1:])], 30),
        Row([None, *(Cell(None, look.banner_sub) for _ in _WIDTHS[1:])], below),
        Row([None, *(Cell(None, look.banner_note) for _ in _WIDTHS[1:])], 34),
        Row([None, *heads], high),
    ]
    blank = quoted(tongue.say(_BLANK))
    for number in range(1, listed + 1):
        rows.append(_line(number, len(rows) + 1, total, base, body, look, blank))
    if count > MOST:
        more = _counted("and {count} more", f"({total}-{MOST})", tongue)
        more = f'=IF({total}>{MOST},{more},"")'
        rows.append(Row([None, Cell("", look.strong, formula=more)], 20))
    start = tongue.say(_NOTHING)
    changed = _changed(total, tongue, some=listed > PRINTED)
    message = f"=IF({total}=0,{quoted(start)},{changed})"
    note = replace(look.banner_note, bold=True, indent=1)
    if ticks := _ticks(places):
        reviewed = f"   {tongue.say('Reviewed, no change')}: "
        message += f'&{quoted(reviewed)}&{ticks}&"."'
        start += f"{reviewed}0."
    used = Area(_TOP, 1, _TOP + listed - 1, last)
    border = Conditional(used, f"=$A{_TOP + 1}>0", replace(look.locked, fill="#FFFFFF"))
    area = Area(0, 1, _TOP + min(listed, PRINTED) - 1, last)
    page = page_of(definition, issued, area, _TOP - 1)
    page = replace(page, paper="A4", landscape=False, margin=0.5, fit_height=1, repeat_rows=None)
    return Sheet(
        name=sheet_name(CHANGES, tongue),
        rows=rows,
        columns=[Column(width=width, hidden=n == 0) for n, width in enumerate(_WIDTHS)],
        merges=[
            Merge(Area(0, 1, 0, last), Cell(tongue.say(CHANGES), replace(look.banner, indent=1))),
            Merge(Area(1, 1, 1, last), mine),
            Merge(Area(2, 1, 2, last), Cell(start, note, formula=message)),
        ],
        conditionals=[border],
        freeze=(_TOP, 0),
        page=page,
        protection=Protection(definition.issue.password),
        tab_colour=look.accent,
        active_cell=(_TOP, 1),
    )


def _line(
    number: int, row: int, total: str, base: Sheet, body: Style, look: Palette, blank: str
) -> Row:
    """The line of the change of this number; its first cell says where on "As issued" it is."""
    at = f"=IF({number}>{total},0,MATCH({number},{range_of(base, As.COUNT)},0))"

    def field(column: int) -> str:
        return f"INDEX({range_of(base, column)},$A{row})"

    def value(column: int) -> str:
        text = field(column)
        long = f'IF(LEN({text})>{_LONGEST},LEFT({text},{_LONGEST - 1})&"…",{text})'
        return f"IF(LEN({text})=0,{blank},{long})"

    place = f"\"#'{UPDATE}'!\"&ADDRESS({field(As.ROW)},{field(As.COL)})"
    texts = (
        f"HYPERLINK({place},{field(As.REF)}&\"\")", field(As.HEADING), value(As.WAS), value(As.NOW),
    )  # fmt: skip
    styles = (replace(body, bold=True, colour=look.link.colour), body, body, body)
    cells = [
        Cell("", style, formula=f'=IF($A{row}=0,"",{text})')
        for text, style in zip(texts, styles, strict=True)
    ]
    return Row([Cell(0, formula=at), *cells], _LINE)


def _changed(total: str, tongue: Tongue, *, some: bool) -> str:
    """A formula's sentence of how many cells were changed, by their count in a cell; with `some`
    also of what is printed, where that is not all."""

    def sentence(one: Tongue) -> str:
        forms = (
            one.say(" cell"),
            one.say(" cells"),
            one.say(" changed. Each line leads to its cell."),
        )
        single, several, rest = map(quoted, forms)
        text = f"{total}&IF({total}=1,{single},{several})&{rest}"
        if not some:
            return text
        printed = one.say(" The first {count} are printed.", count=PRINTED)
        return f'{text}&IF({total}>{PRINTED},{quoted(printed)},"")'

    return f"&{quoted(BETWEEN)}&".join(map(sentence, tongue.singles))


def _counted(text: str, count: str, tongue: Tongue) -> str:
    """A formula's text of the catalogue whose ``{count}`` is a formula's number."""

    def parts(one: Tongue) -> str:
        before, _, after = one.say(text).partition("{count}")
        return f"{quoted(before)}&{count}&{quoted(after)}"

    return f"&{quoted(BETWEEN)}&".join(map(parts, tongue.singles))


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
