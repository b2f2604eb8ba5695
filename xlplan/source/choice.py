"""Which tables of a file are the plan, and what their columns are.

The likeliest table leads; others belong to it where they have its headings. What is left out is
named, and where no table is convincing the likeliest is used and asked about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log2

from xlplan.codes.source_codes import NEW_016, NEW_017
from xlplan.errors import Problem
from xlplan.plan.definition import Kind
from xlplan.plan.propose import Sample
from xlplan.plan.propose_roles import guess_role, normal_heading
from xlplan.plan.text import fold
from xlplan.source.column_roles import Reading, likely_heading_row, read_columns, shape_of
from xlplan.source.heading_words import ROLES, role_scores
from xlplan.source.headings import cell_text, understood
from xlplan.source.layout import Layout, Table, read_layout
from xlplan.source.pruning import prune, set_aside
from xlplan.workbook.read.book import Book, CellValue, ReadSheet, a1

Place = tuple[int, int]
"""A sheet and a table of it, both from 0."""
ROLE_NAMES = {
    "key": "ref", "action": "action", "lead": "lead", "due": "due", "rating": "status",
    "progress": "progress", "revised": "revised date",
}  # fmt: skip
"""Roles as a coordinator names them."""
CONVINCING = 1.3
"""What the columns of a table must say before it is a plan without asking."""
LEAST = 0.9


@dataclass
class Choice:
    """The plan's tables with what their rows are, the readings, and what was left out."""

    kinds: dict[Place, Kind] = field(default_factory=dict)
    readings: dict[Place, Reading] = field(default_factory=dict)
    left_out: list[Place] = field(default_factory=list)
    computed: dict[Place, set[int]] = field(default_factory=dict)
    """Columns of the plan's tables that are left out, since formulas work them out."""
    main: Place | None = None
    doubtful: bool = False


def read_layouts(
    sheets: Sequence[ReadSheet], known: frozenset[str], chosen: frozenset[str],
    rows_at: Mapping[str, Sequence[int]],
) -> list[Layout]:  # fmt: skip
    """The layout of each sheet, with the heading rows (by sheet, from 0) that are settled."""
    return [read_layout(sheet, known, chosen, rows_at.get(sheet.name, ())) for sheet in sheets]


def likely_rows(sheets: Sequence[ReadSheet]) -> dict[str, list[int]]:
    """For each sheet the row that heads a plan by what stands below it, where one does."""
    found: dict[str, list[int]] = {}
    for sheet in sheets:
        rows = [{col: v for col, v in enumerate(row) if cell_text(v)} for row in sheet.rows]
        if sheet.visible and (row := likely_heading_row(rows)) >= 0:
            found[sheet.name] = [row]
    return found


def choose_tables(
    layouts: Sequence[Layout],
    chosen: Mapping[str, str],
    named: bool = False,
    likely: bool = False,
) -> Choice:
    """The tables of a plan. `chosen` maps folded headings to roles; `named` says that a person
    named the sheets, so that every table of actions on them counts; `likely`, that the heading
    rows are such by what stands below them, so that it says what the columns are."""
    found = Choice()
    for number, layout in enumerate(layouts):
        for index, table in enumerate(layout.tables):
            reading = _read(table, chosen, likely)
            aside = set_aside(table, reading)
            if prune(layout, table, reading) or aside:
                reading = _read(table, chosen, likely)
            found.readings[number, index] = reading
    plans = {
        place: r
        for place, r in found.readings.items()
        if _may_be(r, _table(layouts, place), chosen)
    }
    if not plans:
        return found
    weighed = {place: r.strength * _size(layouts, place) for place, r in plans.items()}
    seen = {place: w for place, w in weighed.items() if layouts[place[0]].sheet.visible} or weighed
    main = max(seen, key=lambda place: seen[place])
    found.main = main
    found.doubtful = likely or (plans[main].strength < CONVINCING and not chosen)
    for place, reading in found.readings.items():
        table = _table(layouts, place)
        if place == main or (
            place in plans and table.rows
            and (named or _belongs(_table(layouts, main), plans[main], table, reading))
        ):  # fmt: skip
            found.kinds[place] = "action"
        elif _lists_recommendations(table):
            found.kinds[place] = "recommendation"
        elif table.rows:
            found.left_out.append(place)
    found.computed = {
        place: cols for place in found.kinds
        if (cols := _computed(layouts[place[0]], _table(layouts, place), found.readings[place]))
    }  # fmt: skip
    found.kinds = {place: found.kinds[place] for place in sorted(found.kinds)}
    return found


def _read(table: Table, chosen: Mapping[str, str], likely: bool) -> Reading:
    reading = read_columns(table.headings, [row.cells for row in table.rows], chosen)
    return _with_sentences(reading, table) if likely else _with_text(reading, table)


def _with_sentences(reading: Reading, table: Table) -> Reading:
    """A table whose words say little: what says something is the action, days are due."""
    shapes = {col: shape_of([row.cells.get(col) for row in table.rows]) for col in table.headings}
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


def _table(layouts: Sequence[Layout], place: Place) -> Table:
    return layouts[place[0]].tables[place[1]]


def _size(layouts: Sequence[Layout], place: Place) -> float:
    return 1 + 0.15 * log2(1 + len(_table(layouts, place).rows))


def _with_text(reading: Reading, table: Table) -> Reading:
    """A table with people, dates and states whose action no heading names: its longest text."""
    exact = {guess_role(text) for text in table.headings.values()}
    if reading.has("action") or len(exact & {"lead", "due", "rating", "progress", "key"}) < 2:
        return reading
    free = [col for col in table.headings if col not in reading.roles]
    texts = {col: sum(len(v) for row in table.rows if isinstance(v := row.cells.get(col), str))
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


def _lists_recommendations(table: Table) -> bool:
    exact = {guess_role(text) for text in table.headings.values()}
    return bool(table.rows) and "recommendation" in exact and "action" not in exact


def _belongs(main: Table, reading: Reading, other: Table, its: Reading) -> bool:
    """Whether a table is of one kind with the plan's: mostly its headings, and its roles."""
    if main is other:
        return True
    one = {normal_heading(text).rstrip("s") for text in main.headings.values()}
    two = {normal_heading(text).rstrip("s") for text in other.headings.values()}
    alike = len(one & two) / max(1, min(len(one), len(two)))
    roles, theirs = set(reading.roles.values()), set(its.roles.values())
    exact = all(
        "action" in {guess_role(t) for t in each.headings.values()} for each in (main, other)
    )
    return alike >= 0.6 or (exact and len(roles & theirs) * 4 >= len(roles | theirs) * 3)


def samples_of(layouts: Sequence[Layout], choice: Choice) -> list[Sample]:
    """The columns of the plan's tables, each with the role that was found for it."""
    samples: list[Sample] = []
    for number, place in enumerate(choice.kinds):
        table, reading = _table(layouts, place), choice.readings[place]
        kind = choice.kinds[place]
        for col in columns_of(table, choice.computed.get(place, ())):
            values: tuple[CellValue, ...] = tuple(row.cells.get(col) for row in table.rows)
            heading = table.headings.get(col, "")
            role = _role(heading, reading.roles.get(col, ""), kind)
            samples.append(Sample(number, heading, values, kind, a1(0, col)[:-1], role))
    return samples


def columns_of(table: Table, computed: Container[int] = ()) -> list[int]:
    """Every column of a table that has a heading or a value and is not left out as computed."""
    found = {*table.headings, *(col for row in table.rows for col in row.cells)}
    return sorted(col for col in found if col not in computed)


def _computed(layout: Layout, table: Table, reading: Reading) -> set[int]:
    """The columns that only count from others ("Days overdue"): formulas, and no role."""
    formulas = Counter(col for row, col in layout.sheet.formulas if row in
                       {each.row for each in table.rows})  # fmt: skip
    return {
        col for col, count in formulas.items()
        if count * 2 > len(table.rows) and col in table.headings
        and col not in reading.roles and guess_role(table.headings[col]) == "text"
    }  # fmt: skip


def computed_columns(layouts: Sequence[Layout], choice: Choice) -> Iterator[str]:
    """A guess that names the columns left out as computed, with how to have them."""
    found: dict[str, None] = {}
    for place, cols in choice.computed.items():
        headings = _table(layouts, place).headings
        found.update((" ".join(headings[col].split()), None) for col in sorted(cols))
    if found:
        names = ", ".join(f'"{name}"' for name in found)
        one = len(found) == 1
        was = "holds formulas and was" if one else "hold formulas and were"
        yield (
            f"plan: {names} {was} left out; to have {'it' if one else 'one'}, start again with "
            f'--map "{next(iter(found))}=text"'
        )


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


def nearest_rows(layouts: Sequence[Layout], most: int = 3) -> list[str]:
    """The rows that read most like headings: sheet and row, what was understood and what not."""
    found: list[tuple[float, str]] = []
    for layout in layouts:
        for line in layout.lines:
            cells = layout.sheet.rows[line.row] if line.row < len(layout.sheet.rows) else ()
            texts = [
                text for value in cells if isinstance(value, str) and (text := cell_text(value))
            ]
            if len(texts) < 2 or sum(map(len, texts)) > 25 * len(texts):
                continue
            if roles := understood(texts):
                known = ", ".join(f'"{text}" as {ROLE_NAMES[role]}' for role, text in roles.items())
                rest = [f'"{text}"' for text in texts if text not in roles.values()][:6]
                where = f"{layout.sheet.name}!{line.row + 1}: {known}"
                where += f"; not understood: {', '.join(rest)}" if rest else ""
                found.append((len(roles) - len(texts) / 1000, where))
    found.sort(key=lambda each: -each[0])
    return [text for _, text in found[:most]]


def left_out(book: Book, layouts: Sequence[Layout], choice: Choice) -> Iterator[Problem]:
    """The tables with rows that are not the plan's, and a doubt about the one that is."""
    assert choice.main is not None
    layout = layouts[choice.main[0]]
    main, its = layout.tables[choice.main[1]], choice.readings[choice.main]
    if choice.doubtful:
        columns = [f'"{main.headings.get(col, a1(0, col)[:-1])}" as {ROLE_NAMES.get(role, role)}'
                   for col, role in sorted(its.roles.items())]  # fmt: skip
        where = f"{book.name}!{layout.sheet.name}!{main.header + 1}"
        yield NEW_017.problem(where, columns=columns)
    for number, index in choice.left_out:
        sheet, table = layouts[number].sheet, layouts[number].tables[index]
        if sheet.visible:
            yield NEW_016.problem(
                f"{book.name}!{sheet.name}", row=table.header + 1, rows=len(table.rows),
                sheet=layout.sheet.name, header=main.header + 1, name=sheet.name,
            )  # fmt: skip


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
                _table(layouts, choice.main).headings.items()}  # fmt: skip
    reading = choice.readings[choice.main]
    columns = {role: headings.get(col, "") for col, role in reading.roles.items()}
    action, due = columns.get("action", ""), columns.get("due", "")
    others = _rivals(reading, headings, "action", 0.5)
    if others and action and guess_role(action) not in ("action", "recommendation"):
        yield _instead("action", action, others, "action")
    states = [text for text in _rivals(reading, headings, "rating", 0.7)
              if guess_role(text) in ("rating", "text")]  # fmt: skip
    if states:
        yield _instead("rating", columns.get("rating", ""), states, "status")
    if due and role_scores(due).get("due", 1.0) <= 0.3:
        yield f'field due: "{due}" was used as the due date; if it is not, use --map "{due}=text"'
    sheets = dict.fromkeys(layouts[number].sheet.name for number, _ in choice.left_out
                           if layouts[number].sheet.visible)  # fmt: skip
    if sheets:
        ours = dict.fromkeys(layouts[number].sheet.name for number, _ in choice.kinds)
        yield (
            f"plan: the actions are those of {_quoted(ours)}; {_quoted(sheets)} "
            f"{'has' if len(sheets) == 1 else 'have'} rows too: name each sheet of the plan with "
            "--sheet if some belong to it"
        )


def _rivals(reading: Reading, headings: Mapping[int, str], role: str, least: float) -> list[str]:
    """The headings that promise a role and have none, since another column has it."""
    return [
        text for col in reading.rivals.get(role, ()) if (text := headings.get(col, ""))
        and col not in reading.roles and role_scores(text).get(role, 0.0) >= least
    ]  # fmt: skip


def _instead(field: str, column: str, others: Sequence[str], name: str) -> str:
    return (
        f'field {field}: "{column}" was used, and {_quoted(others)} might be meant: use '
        f'--map "{others[0]}={name}" if so'
    )


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
