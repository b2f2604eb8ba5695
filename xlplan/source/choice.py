"""Which tables of a file are the plan, and what their columns are.

The likeliest table leads; others belong to it where they have its headings. What is left out is
named, and where no table is convincing the likeliest is used and asked about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import log2

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.plan.definition import Kind
from xlplan.plan.propose_roles import Sample, guess_role, normal_heading
from xlplan.plan.status_words import known_state, says_how_much
from xlplan.plan.text import fold
from xlplan.source.column_roles import (
    Reading,
    judge_columns,
    read_columns,
    shape_of,
)
from xlplan.source.heading_words import BRACKETS, ROLES, role_scores
from xlplan.source.headings import cell_text, point_text
from xlplan.source.layout import Layout, read_layout
from xlplan.source.outside import holds_lists, set_aside
from xlplan.source.period_columns import earlier_sheets
from xlplan.source.pruning import keep_shown, prune
from xlplan.source.rated_columns import with_rating
from xlplan.source.several_facts import part_mitigations, part_people_and_days
from xlplan.source.table_cells import Table
from xlplan.source.ticked_columns import join_ticked
from xlplan.workbook.read.book import CellValue, ReadSheet

Place = tuple[int, int]
"""A sheet and a table of it, both from 0."""
CONVINCING = 1.3
"""What the columns of a table must say before it is a plan without asking."""
LEAST = 0.9


class Choice(Struct):
    """The plan's tables with what their rows are, the readings, and what was left out."""

    kinds: dict[Place, Kind] = field(default_factory=dict)
    readings: dict[Place, Reading] = field(default_factory=dict)
    left_out: list[Place] = field(default_factory=list)
    earlier: dict[int, int] = field(default_factory=dict)
    """Sheets on which the plan stands as it was earlier, with the one that has it as it is now."""
    lists: list[Place] = field(default_factory=list)
    """Tables that hold the lists of drop-downs; they are left out too."""
    computed: dict[Place, set[int]] = field(default_factory=dict)
    """Columns of the plan's tables that are left out, since formulas work them out."""
    main: Place | None = None
    doubtful: bool = False
    asked: list[str] = field(default_factory=list)
    """What is said and asked of rows that hold several actions."""


def read_layouts(
    sheets: Sequence[ReadSheet], known: frozenset[str], chosen: frozenset[str],
    rows_at: Mapping[str, Sequence[int]], *, joined: bool = True,
) -> list[Layout]:  # fmt: skip
    """The layout of each sheet, with the heading rows (by sheet, from 0) that are settled;
    `joined` with one column for those of which each stands for a rating."""
    read = [read_layout(sheet, known, chosen, rows_at.get(sheet.name, ())) for sheet in sheets]
    return [join_ticked(layout, chosen) for layout in read] if joined else read


def with_deed(
    reading: Reading, headings: Mapping[int, str], rows: Sequence[Mapping[int, CellValue]]
) -> Reading:
    """A reading without an action, beside people, days or states: of the columns without a role
    the one whose cells say most, each another, is taken for it."""
    if reading.has("action") or not reading.has("lead", "due", "rating"):
        return reading
    shapes = {col: shape_of([row.get(col) for row in rows]) for col in headings
              if col not in reading.roles}  # fmt: skip
    says = {
        col: min(shape.length, 40) * shape.filled for col, shape in shapes.items()
        if shape.words >= 1.5 and shape.length >= 8 and shape.distinct * 10 >= shape.count * 8
    }  # fmt: skip
    best = max(says, key=lambda col: says[col], default=-1)
    if best < 0:
        return reading
    return replace(
        reading, roles={**reading.roles, best: "action"}, sure={**reading.sure, best: 0.4}
    )


def choose_tables(
    layouts: Sequence[Layout],
    chosen: Mapping[str, str],
    named: bool = False,
    likely: bool = False,
    lenient: bool = False,
    answered: Mapping[int, bool] | None = None,
) -> Choice:
    """The tables of a plan. `chosen` maps folded headings to roles; `named` says that a person
    named the sheets, so that every table of actions on them counts, `answered` whether the sheet
    of a number is part of the plan; `likely`, that the heading rows are such by what stands below
    them, so that it says what the columns are; `lenient`, that a column of actions is enough."""
    found, answers = Choice(), answered or {}
    for number, layout in enumerate(layouts):
        for index, table in enumerate(layout.tables):
            if lenient:
                keep_shown(layout, table)
            reading = _read(table, chosen, likely)
            aside = set_aside(layout, table, reading)
            if prune(layout, table, reading) or aside:
                reading = _read(table, chosen, likely)
            if lenient:
                reading = _of_shown(layout, table, chosen)
            found.readings[number, index] = part_people_and_days(table, reading)
    plans = {
        place: r
        for place, r in found.readings.items()
        if (_may_be(r, table_at(layouts, place), chosen) or (lenient and r.has("action")))
        and answers.get(place[0], True)
    }
    if not plans:
        return found
    weighed = {place: r.strength * _size(layouts, place) for place, r in plans.items()}
    seen = {place: w for place, w in weighed.items() if layouts[place[0]].sheet.visible} or weighed
    main = max(seen, key=lambda place: seen[place])
    found.main = main
    found.doubtful = likely or lenient or (plans[main].strength < CONVINCING and not chosen)
    held = cache(lambda: _values_of(table_at(layouts, main)))
    for place, reading in found.readings.items():
        table = table_at(layouts, place)
        asked = named or answers.get(place[0], False)
        other = place != main and not asked and not _alike(table_at(layouts, main), table)
        if other and table.rows and holds_lists(layouts[place[0]], table, held()):
            found.lists.append(place)
        elif place == main or (
            place in plans and table.rows
            and (asked or _belongs(table_at(layouts, main), plans[main], table, reading))
        ):  # fmt: skip
            found.kinds[place] = "action"
        elif _lists_recommendations(table):
            found.kinds[place] = "recommendation"
        elif table.rows and answers.get(place[0], True):
            found.left_out.append(place)
    if not named:
        _leave_earlier(layouts, found, answers)
    for place in (place for place, kind in found.kinds.items() if kind == "action"):
        found.asked += part_mitigations(table_at(layouts, place), found.readings[place])
    for place in (place for place, kind in found.kinds.items() if kind == "action"):
        found.readings[place] = with_rating(layouts, place, found.readings[place], found.kinds)
    found.computed = {
        place: cols for place in found.kinds
        if (cols := _computed(layouts[place[0]], table_at(layouts, place), found.readings[place]))
    }  # fmt: skip
    found.kinds = {place: found.kinds[place] for place in sorted(found.kinds)}
    return found


def deeds_of(layouts: Sequence[Layout], choice: Choice, sheet: int) -> set[str]:
    """What is to be done on a sheet by the tables on it, folded, each text once."""
    return {
        fold(text) for place, reading in choice.readings.items() if place[0] == sheet
        for col, role in reading.roles.items() if role == "action"
        for text in table_at(layouts, place).cells(col).said
    }  # fmt: skip


def _leave_earlier(layouts: Sequence[Layout], choice: Choice, answers: Mapping[int, bool]) -> None:
    """Leave out the sheets on which the plan stands as it was in an earlier period."""
    sheets = {at[0] for at, kind in choice.kinds.items() if kind == "action"} - answers.keys()
    deeds = {sheet: deeds_of(layouts, choice, sheet) for sheet in sorted(sheets)}
    names = {sheet: layouts[sheet].sheet.name for sheet in deeds}
    choice.earlier.update(earlier_sheets(names, deeds))
    for place in [place for place in choice.kinds if place[0] in choice.earlier]:
        del choice.kinds[place]
        choice.left_out.append(place)
    if choice.main and choice.main[0] in choice.earlier:
        latest = choice.earlier[choice.main[0]]
        choice.main = next(place for place in choice.kinds if place[0] == latest)


def _values_of(table: Table) -> set[str]:
    """Every value of a table, folded."""
    return {fold(text) for col in table.used() for text in {*table.cells(col).by_row}}


def _read(table: Table, chosen: Mapping[str, str], likely: bool) -> Reading:
    reading = judge_columns(table.headings, {c: table.cells(c) for c in table.used()}, chosen)
    return _with_sentences(reading, table) if likely else _with_text(reading, table)


def _of_shown(layout: Layout, table: Table, chosen: Mapping[str, str]) -> Reading:
    """What the columns of a table are that a person sees."""
    shown = {c: text for c, text in table.headings.items() if c not in layout.sheet.hidden_columns}
    rows = [row.cells for row in table.rows]
    return with_deed(read_columns(shown, rows, chosen), shown, rows)


def _with_sentences(reading: Reading, table: Table) -> Reading:
    """A table whose words say little: what says something is the action, days are due."""
    shapes = {col: shape_of(table.cells(col)) for col in table.headings}
    roles, sure = dict(reading.roles), dict(reading.sure)
    for role, cols in (
        ("action", [col for col in shapes if shapes[col].sentences]),
        ("due", [col for col in shapes if shapes[col].dates > 0.6]),
    ):
        free = [col for col in cols if col not in roles]
        if free and role not in roles.values():
            col = max(free, key=lambda each: (shapes[each].length, each))
            roles[col], sure[col] = role, 0.6
    return replace(reading, roles=roles, sure=sure)


def table_at(layouts: Sequence[Layout], place: Place) -> Table:
    """The table at a place."""
    return layouts[place[0]].tables[place[1]]


def _size(layouts: Sequence[Layout], place: Place) -> float:
    return 1 + 0.15 * log2(1 + len(table_at(layouts, place).rows))


def _with_text(reading: Reading, table: Table) -> Reading:
    """A table with people, dates and states whose action no heading names: its longest text."""
    exact = {guess_role(text) for text in table.headings.values()}
    if reading.has("action") or len(exact & {"lead", "due", "rating", "progress", "key"}) < 2:
        return reading
    free = [col for col in table.headings if col not in reading.roles]
    texts = {col: sum(len(v) for v in table.cells(col).values if isinstance(v, str))
             for col in free}  # fmt: skip
    longest = max(texts, key=lambda col: texts[col], default=None)
    if longest is None or texts[longest] < 12 * len(table.rows):
        return reading
    return replace(
        reading, roles={**reading.roles, longest: "action"}, sure={**reading.sure, longest: 0.4}
    )


def _may_be(reading: Reading, table: Table, chosen: Mapping[str, str]) -> bool:
    """Whether a table may be a plan: something to be done, and who, when or how far."""
    exact = {guess_role(text) for text in table.headings.values()}
    if not reading.has("action"):
        return False
    if any(chosen.get(fold(text)) == "action" for text in table.headings.values()):
        return True
    if not table.rows:
        return len(reading.roles) > 2 and reading.has("lead", "due", "rating")
    if exact & {"action", "recommendation"} and len(exact - {"text"}) > 1:
        return True
    return reading.has("lead", "due", "rating") and reading.strength >= LEAST


def _alike(one: Table, other: Table) -> bool:
    """Whether two tables have mostly the same headings, and as many."""
    mine, its = ({normal_heading(t) for t in each.headings.values()} for each in (one, other))
    return len(mine & its) * 5 >= max(len(mine), len(its)) * 3


def _explains_ratings(table: Table, reading: Reading) -> bool:
    """Whether a table says what ratings mean: each stands once, and nobody and no day beside it."""
    rated = [col for col, role in reading.roles.items() if role == "rating"]
    if not rated or reading.has("key", "lead", "due") or len(table.rows) < 2:
        return False
    texts = [fold(cell_text(row.cells.get(rated[0]))) for row in table.rows]
    return all(map(known_state, texts)) and len(set(texts)) == len(texts)


def _lists_recommendations(table: Table) -> bool:
    exact = {guess_role(text) for text in table.headings.values()}
    return bool(table.rows) and "recommendation" in exact and "action" not in exact


def _belongs(main: Table, reading: Reading, other: Table, its: Reading) -> bool:
    """Whether a table is of one kind with the plan's: mostly its headings, and its roles."""
    if main is other:
        return True
    if _explains_ratings(other, its):
        return False
    one = {normal_heading(text).rstrip("s") for text in main.headings.values()}
    two = {normal_heading(text).rstrip("s") for text in other.headings.values()}
    alike = len(one & two) / max(1, min(len(one), len(two)))
    roles, theirs = set(reading.roles.values()), set(its.roles.values())
    exact = all(
        "action" in {guess_role(BRACKETS.sub(" ", t)) for t in each.headings.values()}
        for each in (main, other)
    )
    return alike >= 0.6 or (exact and len(roles & theirs) * 4 >= len(roles | theirs) * 3)


def samples_of(layouts: Sequence[Layout], choice: Choice) -> list[Sample]:
    """The columns of the plan's tables, each with the role that was found for it."""
    samples: list[Sample] = []
    for number, place in enumerate(choice.kinds):
        table, reading = table_at(layouts, place), choice.readings[place]
        kind = choice.kinds[place]
        made: dict[int, Sample] = {}
        for col in columns_of(table, choice.computed.get(place, ())):
            values = tuple(table.cells(col).values)
            heading = table.headings.get(col, "")
            role = _role(heading, reading.roles.get(col, ""), kind)
            if not role and guess_role(heading) == "section" and _says_how_much(values):
                role = "text"
            made[col] = Sample(number, heading, values, kind, table.letter(col), role)
        if kind == "action" and (col := _section_column(made, table)) >= 0:
            made[col] = replace(made[col], role="section")
        samples += made.values()
    return samples


def _says_how_much(values: Iterable[CellValue]) -> bool:
    """Whether a column says how urgent or how large something is, and heads no part of a plan."""
    texts = [text for value in values if (text := cell_text(value))]
    return bool(texts) and sum(map(says_how_much, texts)) * 5 >= len(texts) * 4


def _section_column(samples: Mapping[int, Sample], table: Table) -> int:
    """The column of a table whose cells are merged down and head its parts, where neither another
    column nor a line above the rows does; -1 if none."""
    roles = {col: sample.role or guess_role(sample.heading) for col, sample in samples.items()}
    if "section" in roles.values() or any(row.sections for row in table.rows):
        return -1
    texts = [col for col, role in roles.items() if role == "text"]
    merged = next((col for col in texts if _heads_parts(table, col)), -1)
    key = next((col for col, role in roles.items() if role == "key"), -1)
    return merged if merged >= 0 or key < 0 else _numbered_afresh(table, texts, key)


def _numbered_afresh(table: Table, texts: Sequence[int], key: int) -> int:
    """Of some columns the first with each text of which the refs, which are numbers, start afresh,
    as those of the recommendations of several audits do; -1 if none."""
    shown = [*map(point_text, table.cells(key).values)]
    if len({*shown}) == len(shown) or not all(map(str.isdecimal, {*shown})):
        return -1
    refs = [*map(int, shown)]
    for col in texts:
        parts = table.cells(col).by_row
        steps = [*zip(pairwise(parts), pairwise(refs), strict=True)]
        runs = 1 + sum(one != other for (one, other), _ in steps)
        rising = all(after > ref for (one, other), (ref, after) in steps if one == other)
        if all(parts) and rising and len({*parts}) == runs < len(parts):
            return col
    return -1


def _heads_parts(table: Table, col: int) -> bool:
    """Whether the cells of a column are merged down over most rows, in several parts."""
    held = [row for row in table.rows if isinstance(row.cells.get(col), str)]
    parts = {row.origin[col] for row in held}
    return len(held) * 5 >= len(table.rows) * 4 and 1 < len(parts) <= len(held) // 2


def columns_of(table: Table, computed: Container[int] = ()) -> list[int]:
    """Every column of a table that has a heading or a value and is not left out as computed."""
    found = (col for col in table.used() if col not in computed)
    return sorted(found, key=lambda c: (table.column(c), c))


def _computed(layout: Layout, table: Table, reading: Reading) -> set[int]:
    """The columns that only count from others ("Days overdue"): formulas, and no role."""
    rows = {each.row for each in table.rows} if layout.sheet.formulas else set()
    formulas = Counter(col for row, col in layout.sheet.formulas if row in rows)
    return {
        col for col, count in formulas.items()
        if count * 2 > len(table.rows) and col in table.headings
        and col not in reading.roles and guess_role(table.headings[col]) == "text"
    }  # fmt: skip


def _role(heading: str, role: str, kind: Kind) -> str:
    """The role to use for a column, ``""`` where its heading and content decide alone."""
    exact = guess_role(heading) if heading else ""
    if kind == "recommendation":
        return ""
    if role:
        return role
    if exact in ROLES or exact == "rating+progress":
        return "text"
    if exact in ("", "text") and role_scores(heading).get("revised", 0.0) >= 0.6:
        return "revised"
    return ""
