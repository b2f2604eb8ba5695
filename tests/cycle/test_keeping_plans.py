"""The real plans, where they are, kept: what leads write is what an import reads of the file."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from xlplan.cycle.new import new
from xlplan.cycle.plan import Plan, open_plan
from xlplan.plan.definition import Field
from xlplan.plan.values import show
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import fill_in, places_in

TODAY = date(2026, 11, 2)
NAMES = ("sunderland-2012", "improvement-2011", "darlington-2012", "sunderland-2017", "derby-2011")
EDITS = 15
Cell = tuple[str, str]
Values = Mapping[Cell, str]


def _values(plan: Plan) -> dict[Cell, str]:
    """What is not blank, by ref and field."""
    state = plan.desk.state
    rows = map(state.master_row, state.uids("action"))
    return {
        (r.ref, n): text for r in rows for n, value in r.values.items() if (text := show(value))
    }


@pytest.mark.parametrize("name", NAMES)
def test_what_leads_write_is_what_an_import_reads(shared: Path, tmp_path: Path, name: str) -> None:
    """Import, merge, import again: what was written differs, but for what is left to be typed by
    hand; and of the file one sheet, the texts and what has to be worked out anew."""
    source = shared / "plans" / f"{name}.xlsx"
    folder = tmp_path / "plan"
    new(folder, source, keep=True, today=TODAY)
    with open_plan(folder, today=TODAY) as plan:
        before = _values(plan)
        edited = _fill(plan)
        assert len(edited) == EDITS
        plan.merge()
        after = _values(plan)
        [kept] = [plan.desk.state.exchange.kept_versions[-1].kept]
        assert kept is not None
        # What was written into a cell that is coloured for another rating is listed as well.
        left = sum(not cell.stands for row in kept.rows.values() for cell in row.cells.values())
        assert left <= len(kept.by_hand)
        assert not plan.merge().changes
    own = folder / source.name
    assert {cell for cell in before | after if before.get(cell) != after.get(cell)} == edited
    again = tmp_path / "again"
    new(again, own, keep=True, today=TODAY)
    with open_plan(again, today=TODAY) as plan:
        read = _values(plan)
    differ = {cell for cell in before | read if before.get(cell) != read.get(cell)}
    assert differ <= edited
    assert len(differ) == EDITS - left
    assert all(read.get(cell) == after.get(cell) for cell in differ)
    assert left <= 3
    old, now = _members(source.read_bytes()), _members(own.read_bytes())
    changed = {part for part in old.keys() | now.keys() if old.get(part) != now.get(part)}
    assert len([part for part in changed if part.startswith("xl/worksheets/")]) == 1
    assert {part for part in changed if not part.startswith("xl/worksheets/")} <= {
        "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml",
    }  # fmt: skip


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def _fill(plan: Plan) -> set[Cell]:
    """What leads type into their templates: each cell in one of the templates that have it."""
    chance = random.Random(5)
    state = plan.desk.state
    open_: list[tuple[Path, str, str, str, str]] = []
    for template in plan.issue(cycle="2026-11", return_by=date(2026, 11, 27)):
        for (uid, name), (sheet, cell) in places_in(template.path.read_bytes(), ID_PREFIX).items():
            item = state.definition.find(name)
            if item is not None and item.id == name and item.owner == "lead":
                open_.append((template.path, uid, name, sheet, cell))
    chance.shuffle(open_)
    edited: set[Cell] = set()
    typed: dict[tuple[Path, str], list[tuple[str, str | float | date | None]]] = {}
    for path, uid, name, sheet, cell in open_:
        item, key = state.definition.find(name), (state.ref(uid), name)
        assert item is not None
        value = _other(plan, item, uid, chance)
        if value and key not in edited and len(edited) < EDITS:
            edited.add(key)
            typed.setdefault((path, sheet), []).append((cell, value))
    for (path, sheet), cells in typed.items():
        filled = fill_in(path.read_bytes(), sheet, cells, "2026-11-10T10:00:00Z")
        (plan.desk.folder.inbox / path.name).write_bytes(filled)
    return edited


def _other(plan: Plan, item: Field, uid: str, chance: random.Random) -> str:
    """Another value than a field has; nothing for those that are not filled in here."""
    definition, now = plan.desk.state.definition, plan.desk.state.value(uid, item.id)
    if item.field_type.rated:
        codes = [r.code for r in definition.scale_of(item) if r.code != now and r.by == "lead"]
        return chance.choice(codes) if codes else ""
    if item.field_type.dated:
        return f"{chance.randint(1, 28)} March 2027"
    return f"Now number {chance.randint(1, 99)} is done." if item.field_type.narrative else ""
