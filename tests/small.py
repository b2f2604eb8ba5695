"""A small plan on disk, for tests of whole commands: five actions, three leads, posts only."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl

from xlplan.cli.main import run
from xlplan.cycle.plan import Plan, open_plan
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import fill_in, key_rows, places_in

TODAY = "2026-11-02"
CYCLE = "2026-11"
HEADINGS = ("Ref", "Action", "Lead officer", "Timescale", "Progress", "RAG", "Completed on")
ROWS = (
    ("1.1", "Publish the allocations policy", "Head of Lettings", "June 2027", "Drafted", "Green"),
    ("1.2", "Inspect every lift", "Head of Repairs", "March 2027", "Half are done", "Amber"),
    ("1.3", "Answer complaints in ten days", "Head of Lettings / Head of Repairs", "Ongoing",
     "Eleven days on average", "Amber"),
    ("2.1", "Train the duty officers", "Head of Learning", "May 2027", "", "Red"),
    ("2.2", "Review the rota", "Head of Learning", "July 2027", "Begun", "Green"),
)  # fmt: skip
LETTINGS, REPAIRS, LEARNING = "Head of Lettings", "Head of Repairs", "Head of Learning"
Edits = Mapping[tuple[str, str], str | float | date | None]
"""New values by ref and field id."""


def write_source(path: Path, rows: tuple[tuple[str, ...], ...] = ROWS) -> Path:
    """The spreadsheet from which the plan starts."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


_ONCE = tempfile.TemporaryDirectory(prefix="small")


def make(folder: Path) -> Path:
    """A new plan in `folder`: a copy of one that is made once for each name that a folder has."""
    return Path(shutil.copytree(_made(folder.name), folder))


@cache
def _made(name: str) -> Path:
    return make_anew(Path(_ONCE.name) / name)


def make_anew(folder: Path) -> Path:
    """A new plan in `folder`, with a key that no other plan has."""
    source = write_source(folder.with_name(f"{folder.name} source.xlsx"))
    assert run(["--today", TODAY, "new", str(folder), "--from", str(source)]) in (0, 1)
    return folder


def in_layout(folder: Path, layout: str) -> None:
    """Edit the plan's text so that its templates have this layout."""
    issue_with(folder, f'layout = "{layout}"')


def issue_with(folder: Path, *lines: str) -> None:
    """Edit the plan's text so that ``[issue]`` says this too."""
    path = folder / "plan.toml"
    text = path.read_text("utf-8")
    assert text.count("\n[issue]\n") == 1
    path.write_text(text.replace("\n[issue]\n", "\n".join(["\n[issue]", *lines, ""])), "utf-8")


def make_asking(folder: Path) -> Path:
    """A new plan in which the due date may only be asked for, with a reason."""
    path = make(folder) / "plan.toml"
    text = path.read_text("utf-8")
    due = '[[field]]\nid = "due"\n'
    assert text.count(due) == 1
    text = text.replace(due, f'{due}change = "request"\n').replace('"due", ', '"due", "why", ')
    reason = 'id = "why"\nheading = "Why it moves"\nrole = "reason"\nowner = "lead"\n'
    path.write_text(f"{text}\n[[field]]\n{reason}", "utf-8")
    return folder


def extensions(folder: Path, cycle: str, today: str = "2027-07-20") -> list[dict[str, object]]:
    """The rows of the board's sheet Extensions, by heading; none where it has no such sheet."""
    out = folder / "board" / "x.xlsx"
    do(folder, "publish", "--cycle", cycle, "--out", str(out), today=today)
    book = openpyxl.load_workbook(out)
    if "Extensions" not in book.sheetnames:
        return []
    rows = [[cell.value for cell in row] for row in book["Extensions"].iter_rows()]
    head = next(n for n, row in enumerate(rows) if "Original date" in row)
    return [dict(zip(map(str, rows[head]), row, strict=True)) for row in rows[head + 1 :]]


def do(folder: Path, *args: str, today: str = TODAY) -> int:
    """The exit status of a command on the plan in `folder`."""
    return run(["-C", str(folder), "--today", today, *args])


def issue(folder: Path, cycle: str = CYCLE) -> None:
    """Issue a cycle to every lead."""
    assert do(folder, "issue", "--cycle", cycle) == 0


def opened(folder: Path) -> Plan:
    """The plan, on its day."""
    return open_plan(folder, today=date.fromisoformat(TODAY))


def fill(folder: Path, file: Path, edits: Edits, saved_at: str = "2026-11-10T10:00:00Z") -> bytes:
    """What is in an issued workbook once somebody has typed `edits` into it and saved it."""
    data = file.read_bytes()
    places = places_in(data, ID_PREFIX)
    with opened(folder) as plan:
        uids = {plan.desk.state.ref(uid): uid for uid in plan.desk.state.uids("action")}
    sheet = ""
    cells: list[tuple[str, str | float | date | None]] = []
    for (ref, field), value in edits.items():
        sheet, cell = places[uids[ref], field]
        cells.append((cell, value))
    return fill_in(data, sheet or next(iter(places.values()))[0], cells, saved_at)


def give_back(
    folder: Path,
    lead: str,
    edits: Edits,
    *,
    cycle: str = CYCLE,
    file: str = "",
    saved_at: str = "2026-11-10T10:00:00Z",
) -> Path:
    """A lead's template, filled in and dropped into the inbox."""
    path = folder / "inbox" / (file or f"{lead}.xlsx")
    template = folder / "outbox" / cycle / f"{lead}.xlsx"
    path.write_bytes(fill(folder, template, edits, saved_at))
    return path


def edit_master(folder: Path, edits: Edits, saved_at: str = "2026-11-11T10:00:00Z") -> None:
    """The coordinator edits master.xlsx where it lies."""
    master = folder / "master.xlsx"
    master.write_bytes(fill(folder, master, edits, saved_at))


def answer(folder: Path, answers: Mapping[tuple[str, ...], str]) -> None:
    """Answers in decisions.xlsx, by ref and field (and kind): what the dropdown offers."""
    path = folder / "decisions.xlsx"
    data = path.read_bytes()
    columns, rows = key_rows(data, ID_PREFIX)
    with opened(folder) as plan:
        asked = [((q.action, q.field, q.kind), q.id) for q in plan.questions()]
    ids: dict[tuple[str, ...], str] = {key[:2]: ident for key, ident in asked} | dict(asked)
    cells: list[tuple[str, str | float | date | None]] = []
    sheet = ""
    for key, choice in answers.items():
        sheet, row = rows[ids[key]]
        cells.append((f"{columns['decision']}{row}", choice))
    path.write_bytes(fill_in(data, sheet, cells, "2026-11-12T10:00:00Z"))


def opened_to_verify(folder: Path) -> Plan:
    """The plan as `verify` opens it: its ledger is not replayed first."""
    return open_plan(folder, today=date.fromisoformat(TODAY), replay=False)
