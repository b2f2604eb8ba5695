"""What a file leaves open about its tables, and what a person decided on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.source_codes import NEW_002, NEW_016, NEW_017, NEW_018, NEW_019
from xlplan.errors import Problem, XlplanError
from xlplan.plan.definition import Kind
from xlplan.plan.propose_roles import guess_role, without_period
from xlplan.plan.text import fold
from xlplan.source.choice import Choice, deeds_of, table_at, with_deed
from xlplan.source.column_roles import Reading, read_columns, shape_of
from xlplan.source.heading_words import role_scores, words_of
from xlplan.source.headings import cell_text, may_head, understood
from xlplan.source.layout import Layout
from xlplan.source.outside import asks_to_fill_in
from xlplan.source.rated_columns import may_be_rating
from xlplan.source.several_facts import ask_about_facts, say_parted
from xlplan.source.table_cells import Table
from xlplan.workbook.read.book import Book, CellValue, ReadSheet

ROLES_BY_NAME = {
    "ref": "key", "key": "key", "action": "action", "lead": "lead", "owner": "lead", "due": "due",
    "status": "rating", "rating": "rating", "progress": "progress", "revised": "revised",
    "section": "section", "evidence": "evidence", "outcome": "outcome", "text": "text",
}  # fmt: skip
"""What a column may be said to be with ``--map``, and the role that is meant."""


MOST_CANDIDATES = 120
"""Rows of a sheet that are tried as headings, and rows below that are looked at for it."""
MOST_RIVALS = 5
"""Columns that are named beside the one that was used."""
ROLE_NAMES = {
    "key": "ref", "action": "action", "lead": "lead", "due": "due", "rating": "status",
    "progress": "progress", "revised": "revised date",
}  # fmt: skip
"""Roles as a coordinator names them."""


class Chosen(Struct, frozen=True):
    """What a person decided about the file: sheets by name, heading rows such as ``"5"`` or
    ``"Plan!5"`` (from 1), and columns such as ``"Mitigation=action"``."""

    sheets: tuple[str, ...] = ()
    header_rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    kept: bool = False
    """Whether the file is to stay the plan's master, in its own layout."""


def sheets_named(book: Book, names: Sequence[str]) -> list[ReadSheet]:
    """The sheets to look at: those that a person named, else all."""
    if not names:
        return list(book.sheets)
    by_name = {sheet.name.casefold(): sheet for sheet in book.sheets}
    missing = [name for name in names if name.casefold() not in by_name]
    if missing:
        there = [sheet.name for sheet in book.sheets]
        raise XlplanError(NEW_002.problem(book.name, sheet=n, sheets=there) for n in missing)
    named = {name.casefold() for name in names}
    chosen = (sheet for sheet in book.sheets if sheet.name.casefold() in named)
    return [replace(sheet, visible=True) for sheet in chosen]  # a hidden one that is asked for


def roles_named(book: Book, columns: Sequence[str]) -> dict[str, str]:
    """The role of each folded heading that a person named."""
    roles: dict[str, str] = {}
    for text in columns:
        heading, _, name = text.rpartition("=")
        role = ROLES_BY_NAME.get(fold(name))
        if not heading.strip() or role is None:
            raise NEW_019.fault(book.name, "role", value=text, roles=list(ROLES_BY_NAME))
        roles[fold(heading)] = role
    return roles


def rows_named(
    book: Book, sheets: Sequence[ReadSheet], header_rows: Sequence[str]
) -> dict[str, list[int]]:
    """By sheet the heading rows (from 0) that a person named; without a sheet, the first of those
    looked at in which the row has two cells."""
    found: dict[str, list[int]] = {}
    for text in header_rows:
        name, _, number = text.rpartition("!")
        if not number.strip().isdigit() or int(number) < 1:
            raise NEW_018.fault(book.name, "number", value=text)
        row = int(number) - 1
        named = [one for one in sheets if one.name.casefold() == name.strip("'\" ").casefold()]
        if name and not named:
            raise NEW_002.fault(book.name, sheet=name, sheets=[one.name for one in sheets])
        counts = {one.name: _filled(one, row) for one in named or sheets if one.visible or named}
        sheet = max(counts, key=lambda each: min(counts[each], 2), default="")
        if counts.get(sheet, 0) < 2:
            where = f"{book.name}!{sheet}"
            raise NEW_018.fault(where, "row", row=row + 1, cells=counts.get(sheet, 0))
        found.setdefault(sheet, []).append(row)
    return found


def rows_of_named(sheets: Sequence[ReadSheet]) -> dict[str, list[int]]:
    """For each sheet that a person named the row that reads most like headings of what is to be
    done, whatever else it lacks; of rows that read nearly alike the one next to the rows below."""
    found: dict[str, list[int]] = {}
    for sheet in sheets:
        rows = [_shown_cells(sheet, row) for row in range(len(sheet.rows))]
        strengths: dict[int, float] = {}
        for at, cells in enumerate(rows[:MOST_CANDIDATES]):
            below = [row for row in rows[at + 1 : at + 1 + MOST_CANDIDATES]
                     if len(row.keys() & cells.keys()) > 1]  # fmt: skip
            if below and may_head(cells) and not asks_to_fill_in(cells.values()):
                headings = {col: cell_text(value) for col, value in cells.items()}
                reading = with_deed(read_columns(headings, below), headings, below)
                if reading.has("action"):
                    strengths[at] = reading.strength
        best = max(strengths.values(), default=0.0)
        if near := [at for at, strength in strengths.items() if strength >= 0.8 * best]:
            found[sheet.name] = [near[-1]]
    return found


def _shown_cells(sheet: ReadSheet, row: int) -> dict[int, CellValue]:
    if row in sheet.hidden_rows:
        return {}
    return {col: value for col, value in enumerate(sheet.rows[row])
            if col not in sheet.hidden_columns and cell_text(value)}  # fmt: skip


def _filled(sheet: ReadSheet, row: int) -> int:
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    return sum(bool(cell_text(value)) for value in cells)


def check_headings(book: Book, layouts: Sequence[Layout], columns: Sequence[str]) -> None:
    """Refuse a heading that no table has."""
    there = [text for one in layouts for table in one.tables for text in table.headings.values()]
    known = {fold(text) for text in there}
    for text in columns:
        heading = text.rpartition("=")[0].strip()
        if fold(heading) not in known:
            names = list(dict.fromkeys(" ".join(each.split()) for each in there)) or ["(none)"]
            raise NEW_019.fault(book.name, "heading", heading=heading, headings=names)


def computed_columns(layouts: Sequence[Layout], choice: Choice) -> Iterator[str]:
    """A guess that names the columns left out as computed, with how to have them."""
    found: dict[str, None] = {}
    for place, cols in choice.computed.items():
        headings = table_at(layouts, place).headings
        found.update((" ".join(headings[col].split()), None) for col in sorted(cols))
    if found:
        names = ", ".join(f'"{name}"' for name in found)
        one = len(found) == 1
        was = "holds formulas and was" if one else "hold formulas and were"
        yield (
            f"plan: {names} {was} left out; to have {'it' if one else 'one'}, start again with "
            f'--map "{next(iter(found))}=text"'
        )


def nearest_rows(layouts: Sequence[Layout], most: int = 3) -> list[str]:
    """The rows that read most like headings: sheet and row, what was understood and what not.

    Not those below another of them, which the same table has for its rows.
    """
    found: list[tuple[float, str]] = []
    for layout in layouts:
        above: dict[frozenset[int], int] = {}
        for line in layout.lines:
            cells = layout.sheet.rows[line.row] if line.row < len(layout.sheet.rows) else ()
            at = {n: t for n, v in enumerate(cells) if isinstance(v, str) and (t := cell_text(v))}
            texts, filled = (
                [*at.values()],
                frozenset(n for n, v in enumerate(cells) if v is not None),
            )
            if len(texts) < 2 or sum(map(len, texts)) > 25 * len(texts):
                continue
            if roles := understood(texts):
                if _below(layout, line.row, filled, above):
                    continue
                above[filled] = line.row
                known = ", ".join(f'"{text}" as {ROLE_NAMES[role]}' for role, text in roles.items())
                rest = [f'"{text}"' for text in texts if text not in roles.values()][:6]
                where = f"{layout.sheet.name}!{line.row + 1}: {known}"
                where += f"; not understood: {', '.join(rest)}" if rest else ""
                found.append((len(roles) - len(texts) / 1000, where))
    found.sort(key=lambda each: -each[0])
    return [text for _, text in found[:most]]


def _below(
    layout: Layout, row: int, filled: frozenset[int], above: Mapping[frozenset[int], int]
) -> bool:
    """Whether a row that has these columns filled belongs to a table with one of the rows `above`
    as its headings: it fills the same columns, or fewer with no blank row between."""

    def joined(first: int) -> bool:
        return all(any(v is not None for v in cells) for cells in layout.sheet.rows[first:row])

    return any(
        filled == columns or (filled < columns and joined(first))
        for columns, first in above.items()
    )


def left_out(book: Book, layouts: Sequence[Layout], choice: Choice) -> Iterator[Problem]:
    """The tables with rows that are not the plan's, and a doubt about the one that is."""
    assert choice.main is not None
    layout = layouts[choice.main[0]]
    main, its = layout.tables[choice.main[1]], choice.readings[choice.main]
    if choice.doubtful:
        columns = [f'"{main.headings.get(col, main.letter(col))}" as {ROLE_NAMES.get(role, role)}'
                   for col, role in sorted(its.roles.items())]  # fmt: skip
        where = f"{book.name}!{layout.sheet.name}!{main.header + 1}"
        yield NEW_017.problem(where, columns=columns)
    of_plan = {number for number, _ in choice.kinds}
    for number, index in choice.left_out:
        sheet, table = layouts[number].sheet, layouts[number].tables[index]
        names = [layouts[each].sheet.name for each in sorted({*of_plan, number})]
        options = " ".join(f'--sheet "{name}"' for name in names)
        if sheet.visible and number in choice.earlier:
            latest = choice.earlier[number]
            gone = deeds_of(layouts, choice, number) - deeds_of(layouts, choice, latest)
            where, of_now = f"{book.name}!{sheet.name}", layouts[latest].sheet.name
            row, rows = table.header + 1, len(table.rows)
            if gone:
                yield NEW_016.problem(where, "earlier-more", row=row, rows=rows, sheet=of_now,
                                      options=options, gone=len(gone))  # fmt: skip
            else:
                yield NEW_016.problem(
                    where, "earlier", row=row, rows=rows, sheet=of_now, options=options
                )
        elif sheet.visible:
            yield NEW_016.problem(
                f"{book.name}!{sheet.name}", row=table.header + 1, rows=len(table.rows),
                sheet=layout.sheet.name, header=main.header + 1, options=options,
            )  # fmt: skip


def lists(book: Book, layouts: Sequence[Layout], choice: Choice) -> Iterator[Problem]:
    """The tables that hold the lists of drop-downs."""
    for number, index in choice.lists:
        sheet, table = layouts[number].sheet, layouts[number].tables[index]
        if sheet.visible:
            yield NEW_016.problem(f"{book.name}!{sheet.name}", "lists", row=table.header + 1)


def phases(layouts: Sequence[Layout], kinds: Mapping[tuple[int, int], Kind]) -> Iterator[str]:
    """A guess for rows of a table that were read as section headings, though they hold more."""
    for number in sorted({number for number, _ in kinds}):
        layout = layouts[number]
        rows = layout.sheet.rows
        heads = [
            line for line in layout.lines
            if line.kind == "section" and sum(bool(cell_text(v)) for v in rows[line.row]) > 2
        ]  # fmt: skip
        if heads:
            at = ", ".join(str(line.row + 1) for line in heads)
            yield (
                f"field section: rows {at} of {layout.sheet.name} have neither ref nor lead and "
                "were read as headings of the rows below; give one a ref if it is an action"
            )


def open_questions(layouts: Sequence[Layout], choice: Choice) -> Iterator[str]:
    """A guess for each thing that the file leaves open: which column is the action, which of two
    statuses counts, whether a review date is the due date, which sheets belong to the plan."""
    assert choice.main is not None
    headings = {col: " ".join(text.split()) for col, text in
                table_at(layouts, choice.main).headings.items()}  # fmt: skip
    reading = choice.readings[choice.main]
    columns = {role: headings.get(col, "") for col, role in reading.roles.items()}
    action, due = columns.get("action", ""), columns.get("due", "")
    least = max(0.5, role_scores(action).get("action", 0.0) - 0.35) if action else 0.5
    others = [text for text in _rivals(reading, headings, "action", least)
              if guess_role(text) in ("action", "recommendation", "text")]  # fmt: skip
    if not action or guess_role(action) in ("action", "recommendation"):
        others = []
    if others:
        kinds = _kinds(table_at(layouts, choice.main))
        others = [text for text in others if text not in kinds]
    if others:
        yield _instead("action", action, others, "action")
    states = [
        text
        for text in _rivals(reading, headings, "rating", 0.7)
        if guess_role(text) in ("rating", "text") and not _earlier(text, columns["rating"])
    ]
    if states:
        yield _instead("rating", columns.get("rating", ""), states, "status")
    leads = [text for text in _rivals(reading, headings, "lead", 0.5)
             if {"lead", "leads", "owner", "owners"} & {*words_of(text).split()}]  # fmt: skip
    if leads:
        yield _instead("lead", columns["lead"], leads, "lead")
    yield from may_be_rating(table_at(layouts, choice.main), reading)
    yield from choice.asked
    for place in choice.kinds:
        table = table_at(layouts, place)
        yield from say_parted(layouts[place[0]].sheet, table)
        yield from ask_about_facts(table, choice.readings[place])
    if due and role_scores(due).get("due", 1.0) <= 0.3:
        yield f'field due: "{due}" was used as the due date; if it is not, use --map "{due}=text"'
    apart = [number for number, _ in choice.left_out if number not in choice.earlier]
    sheets = dict.fromkeys(layouts[number].sheet.name for number in apart
                           if layouts[number].sheet.visible)  # fmt: skip
    if sheets:
        ours = dict.fromkeys(layouts[number].sheet.name for number, _ in choice.kinds)
        yield (
            f"plan: the actions are those of {_quoted(ours)}; {_quoted(sheets)} "
            f"{'has' if len(sheets) == 1 else 'have'} rows too: name each sheet of the plan with "
            "--sheet if some belong to it"
        )


def _earlier(heading: str, latest: str) -> bool:
    """Whether two headings differ in the period alone that they name."""
    bare, of_latest = (without_period(words_of(text)) for text in (heading, latest))
    return bare == of_latest is not None


def _kinds(table: Table) -> set[str]:
    """The headings of columns that repeat a few short texts: they say of which kind something is,
    and nothing to be done."""
    shapes = {col: shape_of(table.cells(col)) for col in table.headings}
    return {
        " ".join(table.headings[col].split()) for col, shape in shapes.items()
        if shape.count > 2 and shape.repeats and (shape.levels > 0.5 or shape.states > 0.5
                                                  or shape.distinct * 2 <= shape.count)
    }  # fmt: skip


def _rivals(reading: Reading, headings: Mapping[int, str], role: str, least: float) -> list[str]:
    """The headings that promise a role and have none, since another column has it."""
    return [
        text for col in reading.rivals.get(role, ()) if (text := headings.get(col, ""))
        and col not in reading.roles and role_scores(text).get(role, 0.0) >= least
    ]  # fmt: skip


def _instead(field: str, column: str, others: Sequence[str], name: str) -> str:
    more = f" and {len(others) - MOST_RIVALS} more" if len(others) > MOST_RIVALS else ""
    return (
        f'field {field}: "{column}" was used, and {_quoted(others[:MOST_RIVALS])}{more} might be '
        f'meant: use --map "{others[0]}={name}" if so'
    )


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
