"""The composite of every shipped example: counted again from `show --json`, traced to the files.

Nothing here uses the modules that compute the figures.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import openpyxl
import pytest

from tests.board_books import Published, noted, play, rows_under
from tests.shipped import FOUND, actions, definition, returns
from xlplan.board import Board, composite_workbook
from xlplan.board.words import short_names
from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.plan.values import Invalid, canon, show_in
from xlplan.workbook.read.book import a1
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.write.look import contrast, luminance
from xlplan.workbook.write.sheet import Cell, Sheet

pytestmark = pytest.mark.xdist_group("composite-examples")
NOT_RATED, OFF_SCALE = "Not rated", "Not on the scale"


@pytest.fixture(scope="module", params=FOUND)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Published:
    name = str(request.param)
    today = str(returns(name)["cycle"]["return_by"])
    return play(name, tmp_path_factory.mktemp("board") / name, today)


# The plan as `show --json` and the source say it.


def scale(name: str) -> dict[str, Rating]:
    return {r.code: r for r in definition(name).ratings if not r.scale}


def label(name: str, code: object) -> str:
    if code is None or code == "":
        return NOT_RATED
    known = scale(name).get(str(code))
    return known.label if known else OFF_SCALE


def best_first(name: str) -> list[str]:
    """The labels of the scale from best to worst, as its own order and flags say."""
    ordered = sorted(scale(name).values(), key=lambda r: r.order)
    assert not ordered[0].exception
    return [r.label for r in ordered]


class Recount:
    """Every figure of the board, counted again in the plainest way there is."""

    def __init__(self, example: Published) -> None:
        self.name = example.name
        self.now = {row["ref"]: row for row in example.ask("show") if not row["withdrawn"]}
        imported = {ref: dict(values) for ref, values in actions(self.name).items()}
        self.brought = definition(self.name).with_role("previous_rating") is not None
        self.before = {ref: v for ref, v in imported.items() if not self.is_new(v)}
        status = example.ask("status")
        self.asked = {lead["lead"] for lead in status["leads"] if lead["issued"]}
        self.back = {lead["lead"] for lead in status["leads"] if lead["returned"]}
        self.today = example.today
        self.rated = definition(self.name).with_role("rating") is not None
        self.labels = {ref: self.label_now(ref) for ref in self.now}

    def label_now(self, ref: str) -> str:
        value = self.now[ref]["fields"].get("rating")
        return label(self.name, value if isinstance(value, str | None) else "?")

    def is_new(self, values: Mapping[str, Any]) -> bool:
        """Whether the plan came with no rating of the past for an action that is still open."""
        earlier = [values.get(name) for name in ("initial_rating", "previous_rating")]
        known = scale(self.name).get(str(values.get("rating")))
        return self.brought and earlier == [None, None] and not (known and known.closed)

    def label_before(self, ref: str) -> str:
        value = self.before[ref].get("previous_rating" if self.brought else "rating")
        if self.brought and value is None:
            return "Not known"
        return OFF_SCALE if isinstance(value, Invalid) else label(self.name, value)

    def point(self, ref: str) -> Rating | None:
        return next((r for r in scale(self.name).values() if r.label == self.labels[ref]), None)

    def move(self, ref: str) -> str:
        if ref not in self.before:
            return "New"
        was, now = self.label_before(ref), self.labels[ref]
        if was == now:
            return "No change"
        order = best_first(self.name)
        if was not in order or now not in order:
            return "Not compared"
        return "Better" if order.index(now) < order.index(was) else "Worse"

    def by(self, ref: str) -> str:
        """The day an action is due by, ``""`` where none can be read or it is years in the past."""
        fields = self.now[ref]["fields"]
        waits = definition(self.name).revised_counts == "approved" and not fields.get("approved_on")
        days = [fields[key]["by"] for key in (("due",) if waits else ("revised", "due"))
                if isinstance(fields.get(key), dict) and fields[key].get("by")]  # fmt: skip
        return str(days[0]) if days and int(self.today[:4]) - int(days[0][:4]) < 6 else ""

    def done(self, ref: str) -> bool:
        point = self.point(ref)
        return self.finished(ref) or (point is not None and (point.closed or point.holding))

    def steps_done(self, ref: str) -> int:
        """How many steps are ticked, or in place by what stands for their date."""
        steps = self.now[ref]["milestones"]
        return sum(s["done"] or s["due"]["text"].lower() == "in place" for s in steps)

    def finished(self, ref: str) -> bool:
        """Whether an action of a plan without ratings has nothing left to do."""
        steps = self.now[ref]["milestones"]
        return not self.rated and len(steps) > 0 and self.steps_done(ref) == len(steps)

    def late_steps(self, ref: str) -> int:
        steps = self.now[ref]["milestones"]
        noted = [str(step["also"].get("milestone", "")).endswith("Done") for step in steps]
        left = [s for s, is_noted in zip(steps, noted, strict=True) if not (s["done"] or is_noted)]
        days = [step["due"]["by"] for step in left if step["due"]["by"]]
        revised = self.now[ref]["fields"].get("revised")
        return 0 if self.done(ref) or revised else sum(day < self.today for day in days)

    def past(self, ref: str) -> bool:
        return bool(self.by(ref)) and self.by(ref) < self.today and not self.done(ref)

    def overdue(self, ref: str) -> bool:
        return self.past(ref) or self.late_steps(ref) > 0

    def undated(self, ref: str) -> bool:
        return not (self.by(ref) or self.done(ref) or self.late_steps(ref))

    def silent(self, ref: str) -> bool:
        point = self.point(ref)
        mine = set(self.now[ref]["fields"].get("lead") or []) & self.asked
        closed = self.finished(ref) or (point is not None and point.closed)
        return bool(mine) and not mine & self.back and not closed

    def rolled(self, rule: str, refs: list[str]) -> str:
        """What a rule of the plan makes of some actions."""
        points = [point for ref in refs if (point := self.point(ref)) is not None]
        if rule == "Share completed":
            return share(sum(point.closed for point in points), len(refs))
        worst = max(points, key=lambda point: best_first(self.name).index(point.label))
        return worst.label

    def place(self, ref: str) -> str:
        """Where an action counts among the key figures."""
        point, late = self.point(ref), self.overdue(ref)
        if point is None and self.rated:
            return "Not rated"
        if self.finished(ref) or (point and point.closed):
            return "Completed"
        if point and point.holding:
            return "Done, watched"
        if point and point.exception:
            return "For attention"
        who = NOT_ON_TRACK.get(self.name, "")
        words = ("On track but late", "On track, no date", "On track, in time")
        if who:
            words = (f"{who}, late", f"{who}, no date", f"{who}, in time")
        elif not self.rated:
            words = ("Late", "No date", "In time")
        return words[0] if late else words[2] if self.by(ref) else words[1]


def headings_of_summary(rows: list[tuple[Any, ...]]) -> tuple[int, dict[int, tuple[str, str]]]:
    """The row of the headings, and by column the heading and what stands under it."""
    top = next(n for n, row in enumerate(rows[1:]) if "Now" in row)
    found: dict[int, tuple[str, str]] = {}
    above = ""
    for col in range(2, len(rows[top])):
        above = str(rows[top][col]) if rows[top][col] else above
        found[col] = (above, str(rows[top + 1][col] or ""))
    return top, found


MOVES = ("Better", "No change", "Worse", "New", "Not compared")
PLACES = (
    "Completed", "Done, watched", "Not rated", "For attention", "On track but late",
    "On track, no date", "On track, in time", "On track", "Late", "No date", "In time",
    *(f"{who}, {way}" for who in ("Others", "Open") for way in ("late", "no date", "in time")),
)  # fmt: skip
NOT_ON_TRACK = {
    "audit-recommendations": "Others", "months-behind": "Others", "percent-complete": "Others",
    "multi-agency-composite": "Open",
}  # fmt: skip
"""Plans whose ratings do not all say whether an action is on track (In progress, Not begun), and
what is said of those that are not for attention; the last has no rating for attention."""


def whole(value: object) -> object:
    """A figure as a number, also where its cell has it as a text."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def share(part: int, whole: int) -> str:
    """Whole per cent; all and nothing are said only where they are so."""
    if not whole:
        return "–"
    shown = round(100 * part / whole)
    return f"{min(max(shown, 1 if part else 0), 100 if part == whole else 99)}%"


def test_every_figure_of_summary_can_be_counted_again(example: Published) -> None:
    count = Recount(example)
    values = list(example.sheet("Summary").iter_rows(values_only=True))
    top, headings = headings_of_summary(values)
    sections: dict[str, list[str]] = defaultdict(list)
    for ref, row in count.now.items():
        sections[row["section"] or "No section"].append(ref)
    names = {short: section for section, short in short_names(list(sections)).items()}
    shown = {str(row[0]): row for row in values[top + 2 :] if row[0]}
    if list(sections) == ["No section"]:
        names = {}
    by_section = example.sheet("By section")
    group = next(str(row[0]) for row in by_section.iter_rows(values_only=True) if "Actions" in row)
    further_rows = rows_under(by_section, group)
    groups = [(short, sections[names[short]]) for short in names] + [
        ("All actions", list(count.now))
    ]
    checked = 0
    rows = {str(row[group]): row for row in further_rows}
    further = {
        short: {h: v for h, v in row.items() if h not in (group, "Exceptions")}
        for short, row in rows.items()
    }
    for short, refs in groups:
        was = [ref for ref in count.before if short == "All actions" or ref in refs]
        labels = Counter(count.labels[ref] for ref in refs)
        earlier = Counter(count.label_before(ref) for ref in was)
        moves = Counter(count.move(ref) for ref in refs)
        for col, (above, below) in headings.items():
            cell = shown[short][col]
            if above == "All actions":
                expected: object = len(was) if below == "Before" else len(refs)
            else:
                expected = earlier[above] if below == "Before" else labels[above]
            assert cell == expected, (short, above, below)
            checked += 1
        late = "Past the due date" if "Past the due date" in rows[short] else "Overdue"
        for heading, cell in further[short].items():
            if heading == late:
                expected = sum(map(count.overdue, refs))
            elif heading == "No date can be read":
                expected = sum(map(count.undated, refs))
            elif heading in ("Share completed", "Worst rating"):
                expected = "–" if short == "All actions" else count.rolled(heading, refs)
            elif heading.split(" ", 1)[-1] in MOVES:
                expected = moves[heading.split(" ", 1)[-1]]
            else:
                expected = len(refs) if heading == "Actions" else labels[heading]
            assert cell == expected, (short, heading)
            checked += 1
    assert checked >= len(groups) * (4 if count.rated else 3)


def test_every_exception_has_its_reason_in_the_plan(example: Published) -> None:
    count = Recount(example)
    sheet = example.sheet("Exceptions")
    if not any(row[0].value == "Ref" for row in sheet.iter_rows()):
        found: dict[str, str] = {}
    else:
        rows = rows_under(sheet, "Ref")
        found = {str(r["Ref"]): str(r["Why it is here"]) for r in rows if r["Why it is here"]}
    assert not example.ask("merge", "--dry-run")["questions"]
    leads = rows_under(example.sheet("By lead"), "Lead")
    waiting = [str(row["Without an update"] or "").split(", ") for row in leads]
    for ref in count.now:
        reasons = found.get(ref, "")
        point = count.point(ref)
        assert ("Rated " in reasons) is bool(point and point.exception), ref
        assert ("Overdue by" in reasons) is count.past(ref), ref
        assert ("steps late" in reasons) is bool(count.late_steps(ref)), ref
        assert ("Worse:" in reasons) is (count.move(ref) == "Worse"), ref
        late = any(ref in refs for refs in waiting)
        assert late is count.silent(ref), ref
    by_section = list(example.sheet("By section").iter_rows(values_only=True))
    column = next(row.index("Exceptions") for row in by_section if "Exceptions" in row)
    total = next(row for row in by_section if row[0] == "All actions")
    assert total[column] == len(found)


def test_the_key_figures_are_those_of_the_plan(example: Published) -> None:
    count = Recount(example)
    values = list(example.sheet("At a glance").iter_rows(values_only=True))
    first = next(n for n, row in enumerate(values) if "Actions" in row)
    last = max(n for n, row in enumerate(values) if {"Exceptions", "Returns received"} & {*row})
    shown: dict[str, Any] = {
        str(name): whole(values[at - 1][i])
        for at in range(first, last + 1)
        if re.fullmatch(r"\d+( of \d+)?", str(values[at - 1][0]))
        for i, name in enumerate(values[at])
        if name
    }
    places = Counter(map(count.place, count.now))
    across = {"Late"} if count.rated else set()
    parts = {name: n for name, n in shown.items() if name in PLACES and name not in across}
    assert shown["Actions"] == len(count.now) == sum(parts.values())
    assert {name: n for name, n in parts.items() if n} == dict(places)
    late = next(name for name in ("Past the due date", "Overdue", "Late") if name in shown)
    assert shown[late] == sum(map(count.overdue, count.now))
    assert shown.get("Late steps", 0) == sum(map(count.late_steps, count.now))
    done = sum(map(count.steps_done, count.now))
    steps = sum(len(row["milestones"]) for row in count.now.values())
    assert shown.get("Steps done", "") == (f"{done} of {steps}" if done else "")
    undated = shown.get("No date can be read", 0 if count.rated else shown.get("No date", 0))
    assert undated == sum(map(count.undated, count.now))
    assert shown["Returns received"] == f"{len(count.back)} of {len(count.asked)}"


# From every changed cell to the file, and back.


def stored_cells(example: Published) -> dict[tuple[str, str, str], object]:
    """Every cell of every stored original, by file name, sheet and cell, from the bytes kept."""
    from xlplan.cycle.plan import open_plan

    cells: dict[tuple[str, str, str], object] = {}
    with open_plan(example.folder) as plan:
        for event in plan.desk.state.return_events:
            fact = event.fact
            data = plan.desk.folder.originals.read(fact.sha256)  # type: ignore[union-attr]  # a return
            assert data is not None
            for sheet in read_book(data, fact.file).sheets:  # type: ignore[union-attr]  # a return
                for r, row in enumerate(sheet.rows):
                    for c, value in enumerate(row):
                        cells[fact.file, sheet.name, a1(r, c)] = value  # type: ignore[union-attr]  # a return
    return cells


def agrees(plan: PlanDefinition, heading: str, stored: object, to: str) -> bool:
    """Whether what a lead typed is what the board is shown."""
    item = next(f for f in plan.fields if f.heading == heading)
    value = canon(item, stored, plan)  # type: ignore[arg-type]  # whatever a cell may hold
    if item.type == "rating":
        point = plan.rating(value, item.scale)
        return point is not None and point.label == to
    text = show_in(item, value)
    return text in to if item.mode == "append" else text == to


def test_every_change_leads_to_the_cell_in_the_stored_file(example: Published) -> None:
    cells = stored_cells(example)
    changes = rows_under(example.sheet("Changes"), "When")
    logged = example.ask("log")
    assert len(changes) == len(logged) > 5
    for change in changes:
        where = (change["File"], change["Sheet"], change["Cell"])
        if change["Who"] == "rule":  # it follows from other cells, and says from which
            assert where == (None, None, None)
            assert ": " in str(change["How it was decided"])
            continue
        assert where in cells, where
        if "coordinator" not in change["Who"]:
            to = "" if change["To"] == "(blank)" else str(change["To"])
            assert agrees(definition(example.name), change["Field"], cells[where], to), change


def test_every_changed_cell_of_plan_says_where_it_was_read_and_back(example: Published) -> None:
    told = {one for name in action_sheets(example) for one in told_on(example, name)}
    plan = definition(example.name)
    fields = {item.heading for item in plan.fields_of("action")}
    drawn = {heading for _, heading, *_ in told} & fields
    assert drawn
    for change in rows_under(example.sheet("Changes"), "When"):
        if change["Who"] == "rule":
            continue
        if change["Field"] in drawn and not str(change["Action"]).startswith("Recommendation"):
            where = (change["File"], change["Sheet"], change["Cell"])
            assert (change["Action"], change["Field"], *where) in told, change


def action_sheets(example: Published) -> list[str]:
    """The sheets on which actions stand whole: a plan without ratings has no Completed."""
    names = openpyxl.load_workbook(example.composite).sheetnames
    return [name for name in ("Plan", "Completed") if name in names]


def told_on(example: Published, name: str) -> set[tuple[str, ...]]:
    """What the notes on a sheet say: ref, column (that of a part of the cell, where the note names
    one), and the file, sheet and cell where the value was read."""
    cells = stored_cells(example)
    sheet = example.sheet(name)
    key = definition(example.name).with_role("key")
    assert key is not None
    top = next((r[0].row for r in sheet.iter_rows() if r[0].value == key.heading), None)
    told: set[tuple[str, ...]] = set()
    if top is None:
        return told
    headings = {cell.column: str(cell.value) for cell in sheet[top]}
    names = [item.heading for item in definition(example.name).fields_of("action")]
    for cell, note in noted(sheet):
        ref = sheet.cell(cell.row, 1).value
        places = re.findall(r"^(.+)!(.+)!([A-Z]+\d+)$", note, re.MULTILINE)
        assert places or "Changed by rule, " in note, note
        for place in places:
            assert place in cells, place
        at = headings[cell.column]
        for part in note.split("\n\n"):
            at = next((n for n in names if part.startswith(f"{n}. ")), at)
            inside = re.findall(r"^(.+)!(.+)!([A-Z]+\d+)$", part, re.MULTILINE)
            told |= {(str(ref), at, *place) for place in inside}
    return told


# How it looks.


def board_of(example: Published) -> Board:
    from xlplan.cycle.boards import board_between
    from xlplan.cycle.plan import open_plan

    with open_plan(example.folder) as plan:
        return board_between(plan.desk, "", closed=True)[0]


def drawn(sheet: Sheet) -> Iterator[Cell]:
    for row in sheet.rows:
        yield from (cell for cell in row.cells if cell is not None)
    yield from (merge.cell for merge in sheet.merges)


def test_text_can_be_read_on_every_fill_in_colour_and_in_grey(example: Published) -> None:
    for sheet in composite_workbook(board_of(example), "2026-01-01T00:00:00Z").sheets:
        for cell in drawn(sheet):
            if cell.value is not None:
                behind = cell.style.fill or "#FFFFFF"
                assert contrast(cell.style.colour, behind) >= 4.5, (sheet.name, cell.value)
                grey = [_grey(colour) for colour in (cell.style.colour, behind)]
                assert contrast(*grey) >= 4.4, (sheet.name, cell.value)


def _grey(colour: str) -> str:
    """A colour as a printer without colours gives it: the grey of the same luminance."""
    light = luminance(colour)
    part = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return "#" + f"{round(part * 255):02X}" * 3


def test_every_coloured_cell_says_in_words_what_its_colour_says(example: Published) -> None:
    points = definition(example.name).ratings
    for sheet in composite_workbook(board_of(example), "2026-01-01T00:00:00Z").sheets:
        for cell in drawn(sheet):
            for point in points:
                if cell.style.fill == point.colour and not isinstance(cell.value, int):
                    same = [p for p in points if p.colour == point.colour]
                    words = str(cell.value).split("\n")[0].lstrip("▲▬▼●○ ")
                    words = words.split(" → ")[-1]  # on the first page: from which to which
                    words = re.split(", (?:was |New$|Not compared$)", words)[0]  # on Movement
                    assert words in {p.label for p in same}, (sheet.name, cell.value)


def test_every_action_stands_in_plan_once_and_no_text_is_cut_unmarked(example: Published) -> None:
    count = Recount(example)
    sheets = [example.sheet(name) for name in action_sheets(example)]
    cells = [row for sheet in sheets for row in sheet.iter_rows()]
    closed = {ref for ref in count.now if (p := count.point(ref)) and p.closed}
    held = {ref for ref in count.now if (p := count.point(ref)) and p.holding} - closed
    refs = Counter(str(row[0].value) for row in cells if row[0].value)
    assert all(refs[ref] == (2 if ref in held else 1) for ref in count.now)
    in_plan = {str(row[0].value) for row in sheets[0].iter_rows()}
    assert not in_plan & closed, "closed actions stand on Completed only"
    words = {str(cell.value) for row in cells for cell in row if cell.value}
    for row in count.now.values():
        text = row["fields"]["action"] or ""
        assert any(word.startswith(text) for word in words) or any(
            "The whole is in Notes" in word for word in words
        ), text
