"""A template of a shipped example in which every type of field can be written, in both layouts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.sent import Sent
from tests.small import write_source
from xlplan.cycle.new import new, shipped
from xlplan.cycle.plan import Plan, open_plan
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import fill_in, key_rows

EXAMPLE = "brag-by-recommendation"
LEAD = "Head of Quality Assurance"
CYCLE = "2026-01"
TODAY = date(2026, 1, 12)
LAYOUTS = ("table", "form")
ADDED = """
[[field]]
id = "evidence"
heading = "Evidence"
type = "text"
owner = "lead"

[[field]]
id = "code"
heading = "Code"
type = "text"
owner = "lead"

[[field]]
id = "sign"
heading = "Key measure"
type = "text"
owner = "lead"
required = true

[[field]]
id = "news"
heading = "News of this month"
type = "narrative"
mode = "append"
owner = "lead"

[[field]]
id = "revised"
heading = "Revised date"
type = "date"
owner = "lead"

[[field]]
id = "percent"
heading = "Per cent done"
type = "percent"
owner = "lead"

[[field]]
id = "homes"
heading = "Number of homes"
type = "number"
owner = "lead"

[[field]]
id = "cost"
heading = "Cost"
type = "money"
currency = "£"
owner = "lead"

[[field]]
id = "agreed"
heading = "Agreed by the board"
type = "boolean"
owner = "lead"

[[field]]
id = "stage"
heading = "Stage"
type = "choice"
choices = ["Not begun", "Under way", "Done"]
owner = "lead"

[[field]]
id = "areas"
heading = "Areas"
type = "set"
owner = "lead"
"""
"""Columns that the example lacks: with its own, one of every type that leads write."""
TIMESCALE = """
[[field]]
id = "due"
heading = "Until when"
type = "timescale"
owner = "lead"
"""
Typed = str | float | date | None
STANDING: Mapping[str, tuple[Typed, ...]] = {
    "evidence": (
        "- minutes of 3 March",
        "=> see the report",
        "+44 1632 960000",
        "@team to check",
        "007",
        "1.10",
        "two  spaces and\ta tab",
        "  set in by two",
        "Caf\u00e9 on the quay \U0001f600",
        "'quoted' and \"quoted\"",
        "a < b & c > d; e, f",
        "part _x000D_ of a name",
        "12345678901234567890",
        "TRUE",
        "1/2",
        "https://example.org/a?b=1&c=2",
        "line one\n\nline three",
        "w" * 300,
        "Paper 12",
    ),
    "code": ("00419", "HSG-001", "1e5", "3.0", "03/04/2026", "10%", "#N/A", "-5", ".5", "A1"),
    "sign": ("Nine homes in ten", "95", "Weekly"),
    "news": (None,),
    "revised": (date(2026, 3, 31), date(2026, 12, 1), None),
    "percent": (0.25, 0.5, 1.0, None),
    "homes": (1250.0, 3.5, -4.0, None),
    "cost": (1500.0, 99.95, None),
    "agreed": ("No", "Yes", None),
    "stage": ("Under way", "Not begun"),
    "areas": ("North, East", "West", None),
}
"""What stands in those columns when the template goes out, over and over down the rows."""


@dataclass(frozen=True)
class Template:
    """A template that went out: the plan's folder, the file, its actions and their cells."""

    folder: Path
    file: Path
    refs: tuple[str, ...]
    sheet: str
    cells: Mapping[tuple[str, str], str]
    """The cell of each field by the ref of its action and the field's id."""

    def opened(self) -> Plan:
        """The plan on its day."""
        return open_plan(self.folder, today=TODAY)


def make_template(folder: Path, layout: str) -> Template:
    """A new plan in `folder` with one template issued."""
    new(folder, shipped("examples") / EXAMPLE / "plan.xlsx", template=EXAMPLE)
    marks = "confirm = true\nstatus = true\nchanges = true"
    _define(folder, ADDED, f'layout = "{layout}"\n{marks}')
    with open_plan(folder, today=TODAY) as plan:
        plan.merge()
        _write_standing(plan)
        merged = plan.merge()
        assert not merged.questions, merged.questions
    return _issued(folder)


def _define(folder: Path, added: str, also: str) -> None:
    """Put more fields into a plan's definition, and into what leads are sent."""
    path = folder / "plan.toml"
    before, issue, after = path.read_text("utf-8").partition("[issue]\nfields = [")
    assert issue
    ids = "".join(f"{each}, " for each in re.findall(r'\[\[field\]\]\nid = (".*")', added))
    path.write_text(f"{before}[issue]\n{also}\nfields = [{ids}{after}{added}", "utf-8")


def _issued(folder: Path) -> Template:
    with open_plan(folder, today=TODAY) as plan:
        plan.merge()
        (issued,) = plan.issue(CYCLE, date(2026, 1, 23), leads=[LEAD])
        refs = {row.uid: row.ref for row in plan.rows()}
    sent = Sent(issued.path.read_bytes())
    cells = {
        (refs[uid], name): sent.cell(uid, name)
        for uid in sent.actions
        for name in (*STANDING, "due", "progress", "rating")
    }
    assert all(cells.values())
    return Template(
        folder, issued.path, tuple(refs[uid] for uid in sent.actions), sent.sheet, cells
    )


def make_wide(folder: Path, rows: int) -> Template:
    """A new plan in `folder` with one template of so many rows, blank in these columns."""
    lines = tuple(
        (f"{number}", f"Visit home {number}", LEAD, "Ongoing", "", "Green", "")
        for number in range(1, rows + 1)
    )
    source = write_source(folder.with_name("source of many rows.xlsx"), lines)
    new(folder, source)
    _define(folder, ADDED + TIMESCALE, "")
    return _issued(folder)


def _write_standing(plan: Plan) -> None:
    master = plan.folder / "master.xlsx"
    data = master.read_bytes()
    columns, rows = key_rows(data, ID_PREFIX)
    ours = [row.uid for row in plan.rows() if LEAD in str(row.values.get("lead"))]
    edits = [
        (f"{columns[name]}{rows[uid][1]}", values[number % len(values)])
        for number, uid in enumerate(ours)
        for name, values in STANDING.items()
    ]
    master.write_bytes(fill_in(data, rows[ours[0]][0], edits, "2026-01-12T09:00:00Z"))
