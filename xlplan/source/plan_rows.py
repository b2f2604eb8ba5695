"""Rows of a plan from rows of a sheet: what belongs together, what each is called, what it answers.

A printed plan runs rows over a page and repeats its headings; a kept one merges section cells and
numbers afresh in every theme. What was joined, filled down or made up is said as a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from xlplan.late import regex
from xlplan.plan.definition import Kind, PlanDefinition
from xlplan.plan.due import DayOrder, day_order, in_order
from xlplan.plan.propose import about
from xlplan.plan.propose_roles import Sample, column_role
from xlplan.plan.text import fold
from xlplan.source.cells import OwnCells
from xlplan.source.drafts import Columns, Draft, FieldCells, Fields
from xlplan.source.headings import Heading, cell_text
from xlplan.source.layout import Layout
from xlplan.source.outside import lists_done, parts_by_state
from xlplan.source.table_cells import Table
from xlplan.workbook.read.book import At, CellValue

TEXT_KEY = regex(
    r"((?:NEW\s?|[A-Z]{1,3}\.?\s?)?\d{1,3}(?:\.\d{1,3})*)(?:\s*[-–—:.)]+\s*|\s+)(?=\S)(.*)",
    re.DOTALL,
)
_ORIGIN = regex(r"([A-Z][a-z]+ \d+(?: ?\([a-z]\))?)(?:\s+|$)(.*)", re.DOTALL)
_AFTER_KEY = regex(r"\s*[-–—]\s*")
_UNNAMED = regex(r"(?:sheet|tabelle|feuil|hoja|blad|table) ?\d+", re.IGNORECASE)
"""A sheet that nobody has given a name."""


def draft_rows(layout: Layout, columns: Columns) -> list[Draft]:
    """One `Draft` for each data row of a table, before rows are joined."""
    table = layout.tables[columns.table]
    drafts: list[Draft] = []
    names = {col: plan.field for col, plan in columns.plans.items()}
    fields = Fields(names, {name: col for col, name in names.items()})
    once = len(fields.columns) == len(names)
    for item in table.rows:
        whole = once and type(item.origin) is OwnCells
        draft = Draft(
            columns.kind, columns.sheet, columns.table, item.row, item.sections,
            item.cells, fields, None if whole else {},
            own=item.own, starts=item.starts_section, after_break=item.after_break,
            joins=item.joins,
        )  # fmt: skip
        for col, value in () if whole else item.cells.items():
            if col in names:
                draft.cells.setdefault(names[col], []).append((value, item.origin[col]))
        drafts.append(draft)
    return drafts


def keys_in_text(drafts: Sequence[Draft], action: str) -> bool:
    """Whether the refs stand at the head of the actions' texts: "3.12 - …", "NEW 1: …"."""
    texts = [text for d in drafts if (text := d.text(action))]
    found = [key for text in texts if (key := text_key(text)[0])]
    if len(found) < 2 or len(set(found)) * 10 < len(found) * 9:
        return False
    dotted = sum("." in key for key in found)
    capital = [text for text in texts if text[:1].isupper() or text[:1].isdigit()]
    return len(found) * 10 >= len(capital) * (4 if dotted * 2 > len(found) else 8)


def text_key(text: str) -> tuple[str, str]:
    """A ref at the head of a text and the rest, or ``("", text)``."""
    match = TEXT_KEY.fullmatch(text)
    if match is None or re.match(r"\d{3,}$", match[1]):
        return "", text
    return " ".join(match[1].split()), match[2].strip()


def join_rows(drafts: Sequence[Draft], columns: Columns, in_text: bool) -> list[Draft]:
    """Drafts with the rows that ran over a page joined to the row they belong to."""
    key, action = columns.having("key"), columns.having("action")
    key = key if any(d.text(key) for d in drafts) else ""
    filled = sorted(d.own for d in drafts if not key or d.text(key))
    usual = filled[len(filled) // 2] if filled else 0
    out: list[Draft] = []
    for draft in drafts:
        follows = bool(out) and not draft.starts and draft.joins is None
        if follows and _same_cells(draft, out[-1], key, action):
            _list_under(draft, out[-1])
        elif (draft.joins and out) or (
            follows and _runs_on(draft, columns, key, action, in_text, usual)
        ):
            for name, pieces in draft.cells.items():
                have = out[-1].cells.setdefault(name, [])
                have += [piece for piece in pieces if piece not in have]
            out[-1].joined.append(draft.row)
        else:
            out.append(draft)
    return out


def _same_cells(draft: Draft, above: Draft, key: str, action: str) -> bool:
    """Whether the action, and the ref where there are refs, are merged with the row above."""
    if draft.changed is None and draft.row != above.row:
        return False  # each of its cells is its own
    names = [action, key] if key else [action]
    here = [draft.pieces(name) for name in names]
    there = [above.pieces(name) for name in names]
    return all(a and b and a[0] == b[0] for a, b in zip(here, there, strict=True))


def _list_under(draft: Draft, above: Draft) -> None:
    """Add the other cells of a row to the row it belongs to, each on a line of its own."""
    for name, pieces in draft.cells.items():
        have = above.cells.setdefault(name, [])
        for value, at in pieces:
            if (value, at) in have:
                continue
            if have and cell_text(value):
                first, place = have[-1]
                have[-1] = (f"{cell_text(first)}\n{cell_text(value)}", place)
            else:
                have.append((value, at))
    above.joined.append(draft.row)


def _runs_on(
    draft: Draft, columns: Columns, key: str, action: str, in_text: bool, usual: int
) -> bool:
    if key and draft.text(key):
        return False
    text = draft.text(action)
    if in_text and not key:
        return not text_key(text)[0]
    lead = columns.having("lead")
    bare = not (lead and draft.text(lead))
    few = draft.own * 2 <= usual
    broken = text[:1].islower() or not text
    if key:
        return draft.after_break or (few and (broken or bare)) or (broken and bare)
    section = columns.having("section")
    head = section or next(iter(p.field for p in columns.plans.values()), "")
    return not text or (text[:1].islower() and bare) or (few and bare and not draft.text(head))


def split_keys(drafts: Sequence[Draft], action: str, guesses: list[str]) -> None:
    """Take refs (and an inspection's own number right behind them) out of the actions' texts."""
    origins = 0
    rests: list[tuple[Draft, str, At]] = []
    for draft in drafts:
        pieces = draft.pieces(action)
        whole = draft.text(action)
        draft.ref, rest = text_key(whole)
        if not pieces or not draft.ref:
            continue
        after = whole[len(draft.ref) :]
        origins += bool(_AFTER_KEY.match(after) and _ORIGIN.fullmatch(rest))
        rests.append((draft, rest, pieces[0][1]))
    for draft, rest, at in rests:
        match = _ORIGIN.fullmatch(rest) if origins >= 3 else None
        if match:
            draft.cells["inspection"] = [(match[1], at)]
            rest = match[2]
        draft.cells[action] = [(rest, at)]
        draft.cells["ref"] = [(draft.ref, at)]
    said = " and an inspection's number" if origins >= 3 else ""
    whole = about(drafts[0].kind, "ref")
    guesses.append(f"{whole}taken from the head of the text{said}; the text keeps the rest")


_POST = regex(
    r"\b(?:director|head of|head ?teacher|manager|officer|chief|nurse|matron|secretary|clerk|"
    r"principal|co-?ordinator|treasurer|lead|SENCO|bursar)\b",
    re.IGNORECASE,
)
"""A sheet that has the name of somebody's post."""
_NAME = regex(r"[^\W\d_]\.?|[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’.-]*){1,2}")


def name_sheets(
    drafts: Sequence[Draft], columns: Sequence[Columns], names: Sequence[str],
    guesses: list[str], *, apart: bool = False,
) -> None:  # fmt: skip
    """In a plan spread over sheets, rows without a section have their sheet's name as one, and
    it stands above sections of which several sheets have the same; unless the sheets part them by
    how far they are, or nobody named them.

    `drafts` are all of one kind; `names` are the sheets' names in order. Where no column says who
    leads and each sheet has the name of a post, that is the lead; in a workbook that is kept
    (`apart`) it stays the section.
    """
    bare = {d.sheet for d in drafts} - {d.sheet for d in drafts if d.sections}
    bare -= {c.sheet for c in columns if c.kind == drafts[0].kind and c.having("section")}
    sheets = dict.fromkeys(draft.sheet for draft in drafts)
    if len(sheets) > 1 and all(each.kind == "action" for each in columns):
        _name_above(drafts, [names[sheet] for sheet in sheets], names, guesses)
    if len(sheets) < 2 or not bare:
        return
    if parts_by_state(names[sheet] for sheet in bare):
        return
    if not any(each.having("lead") or each.having("accountable") for each in columns):
        mine = [names[sheet] for sheet in sheets]
        if not apart and all(map(_POST.search, mine)):
            for draft in drafts:
                draft.cells["lead"] = [(names[draft.sheet], (draft.row, 0))]
            guesses.append("field lead: no column says who leads; each action has its sheet's name")
            return
        if all(map(_NAME.fullmatch, mine)):
            named = ", ".join(f'"{name}"' for name in mine[:MOST_NAMED])
            guesses.append(
                f"plan: no column says who leads; if the sheets have the names of leads ({named}"
                f"{', …' if len(mine) > MOST_NAMED else ''}), put a column Lead with that name on "
                "each of them and start again"
            )
    for draft in drafts:
        if draft.sheet in bare and not lists_done(names[draft.sheet]):
            draft.sections = (Heading(names[draft.sheet], draft.row),)
    guesses.append("field section: actions without a section heading have their sheet's name")


def _name_above(
    drafts: Sequence[Draft], ours: Sequence[str], names: Sequence[str], guesses: list[str]
) -> None:
    """The sheet's name above the sections of its rows, where several sheets have the same ones."""
    where: dict[tuple[str, str], set[int]] = {}
    for draft in drafts:
        for heading in draft.sections:
            where.setdefault(known_as(heading), set()).add(draft.sheet)
    shared = {sheet for sheets in where.values() if len(sheets) > 1 for sheet in sheets}
    if not shared or parts_by_state(ours) or any(map(_UNNAMED.fullmatch, ours)):
        return
    for draft in drafts:
        if draft.sheet in shared and draft.sections:
            first = draft.sections[0]
            above = Heading(names[draft.sheet], first.row, col=first.col)
            draft.sections = (above, *draft.sections)
    guesses.append("field section: several sheets have the same ones, so each has its sheet's name")


def parted_by_sheets(
    samples: Sequence[Sample], sheets: Sequence[int], names: Sequence[str], guesses: list[str]
) -> tuple[Sample, ...]:
    """The samples without a column of sections where the sheets part the plan and it does not:
    where it, or the refs, say the same on several of them.

    `sheets` are the sheets' numbers by table, `names` their names in order. A school with three
    sheets of themes has each theme three times.
    """
    ours = {sheets[each.table] for each in samples if each.of == "action"}
    named = [names[sheet] for sheet in ours]
    if len(ours) < 2 or parts_by_state(named) or any(map(_UNNAMED.fullmatch, named)):
        return tuple(samples)
    roles = {id(each): column_role(each, samples) for each in samples if each.of == "action"}
    said: dict[tuple[str, str], set[int]] = {}
    for each in samples:
        if (role := roles.get(id(each), "")) in ("section", "key"):
            for text in each.texts:
                said.setdefault((role, fold(text)), set()).add(sheets[each.table])
    parts = [each for each in samples if roles.get(id(each)) == "section"]
    if not parts or all(len(where) == 1 for where in said.values()):
        return tuple(samples)
    guesses.append(
        f'field section: the name of the sheet, since "{parts[0].heading}" or the refs say the '
        "same on several sheets"
    )
    return tuple(replace(each, role="text") if each in parts else each for each in samples)


def fill_sections(drafts: Sequence[Draft], section: str, guesses: list[str]) -> None:
    """A section written only in its first row holds for the rows below."""
    last: list[tuple[CellValue, At]] = []
    blank = [d for d in drafts if not d.text(section)]
    if len(blank) * 2 < len(drafts) or not drafts or drafts[0] in blank:
        return
    for draft in drafts:
        if draft.text(section):
            last = draft.cells[section]
        else:
            draft.cells[section] = list(last)
    guesses.append(
        f"{about(drafts[0].kind, section)}written once for several rows; filled in for each"
    )


_AS_ABOVE = regex(
    r"[-–—\s]*(?:[\"'″”“〃^]{1,2}|,,)[-–—\s]*|"
    r"\(?(?:ditto|dto\.?|do\.|idem|(?:same )?as (?:above|previous|the row above)|see above)\)?\.?",
    re.IGNORECASE,
)
_REPEATED = ("lead", "accountable", "organisation", "due", "revised", "section", "recommendation",
             "origin")  # fmt: skip
"""Roles of columns in which people say that a cell is as the one above."""
MOST_NAMED = 5


def fill_as_above(
    drafts: Sequence[Draft], columns: Columns, table: Table, guesses: list[str], *, apart: bool
) -> None:
    """Cells that say "As above", "ditto" or have only a sign for it hold what stands above them.

    In a workbook that is kept (`apart`) it is only said: what is written above would change them.
    """
    for col, plan in columns.plans.items():
        column, name = table.cells(col), plan.field
        if columns.roles[name] not in _REPEATED:
            continue
        marks = {text for text in column.shown.values() if _AS_ABOVE.fullmatch(text)}
        if not marks:
            continue
        found: list[Draft] = []
        for above, draft in pairwise(drafts):
            if draft.text(name) in marks and (pieces := above.pieces(name)):
                if not apart and above.text(name) in marks:
                    continue  # nothing stands above that one either
                found.append(draft)
                if not apart:
                    at = draft.pieces(name)[0][1]
                    draft.cells[name] = [(value, at) for value, _ in pieces]
        rows = ", ".join(str(draft.row + 1) for draft in found[:MOST_NAMED])
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        said = " or ".join(f"'{mark}'" if '"' in mark else f'"{mark}"' for mark in sorted(marks))
        read = (
            "in a workbook that is kept it is not read as what stands above; write it out"
            if apart else "read as what stands above"
        )  # fmt: skip
        if found:
            whole = about(columns.kind, name)
            many = f"rows {rows}{more} say" if len(found) > 1 else f"row {rows} says"
            guesses.append(f"{whole}{many} {said}: {read}")


def known_as(heading: Heading) -> tuple[str, str]:
    """What a section is known by wherever it stands: its word and number, else its text."""
    return (fold(heading.word), heading.number) if heading.number else (fold(heading.text), "")


def outcomes_of(drafts: Sequence[Draft]) -> dict[tuple[str, str], Heading]:
    """The first heading of each section that says what is to come of it."""
    found: dict[tuple[str, str], Heading] = {}
    for heading in (heading for draft in drafts for heading in draft.sections):
        if heading.outcome:
            found.setdefault(known_as(heading), heading)
    return found


def full_headings(drafts: Sequence[Draft]) -> dict[tuple[str, str], str]:
    """The text of each numbered heading that has words too, by its word and number."""
    full: dict[tuple[str, str], str] = {}
    for draft in drafts:
        for heading in draft.sections:
            if heading.number and heading.rest:
                full.setdefault((fold(heading.word), heading.number), heading.text)
    return full


def orders_of(cells: FieldCells, definition: PlanDefinition) -> dict[tuple[Kind, str], DayOrder]:
    """How each column of days writes them; what one leaves open another of the plan settles, be it
    that of the days on which something was found."""
    columns = {
        (item.of, item.id): cells.texts(item.of, item.id)
        for item in definition.fields
        if item.field_type.dated
    }
    found = {key: order for key, texts in columns.items() if (order := day_order(texts))}
    settled = {order.month_first: order for order in found.values() if order.settled_by}
    asked = (text for key in found for text in dict.fromkeys(columns[key]))
    if not settled and any(in_order(text, DayOrder(False)) for text in asked):
        rest = (item for item in definition.fields if not item.field_type.dated)
        others = (day_order(dict.fromkeys(cells.texts(item.of, item.id))) for item in rest)
        settled = {order.month_first: order for order in others if order and order.settled_by}
    other = next(iter(settled.values())) if len(settled) == 1 else None
    return {key: order if order.settled_by else other or order for key, order in found.items()}
