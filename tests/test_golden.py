"""Ledgers that an older version wrote say today what they said then; see `tests/golden`."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests import shipped
from tests.golden.played import (
    NAMES,
    PARTS,
    Golden,
    differences,
    read_expected,
    say,
    tell,
    texts_of,
)
from tests.golden.workbook_text import workbook_text
from xlplan.cycle.plan import open_plan
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Protection,
    Row,
    Sheet,
    Style,
    Validation,
    Workbook,
)
from xlplan.workbook.write.writing import write_workbook

every = pytest.mark.parametrize("name", NAMES)
SHOWN = 60
"""Lines of a difference that a failing test prints."""


def test_there_is_a_golden_plan_of_every_example_that_has_the_shape_of_a_real_plan() -> None:
    assert set(NAMES) == {name for name, known in shipped.KNOWN.items() if known.source}


@pytest.mark.parametrize("part", PARTS)
@every
def test_answers_and_workbooks_are_those_that_are_kept(
    name: str, part: str, tmp_path: Path
) -> None:
    golden = Golden(name)
    found = differences(read_expected(golden, part), texts_of(golden, part, tmp_path))
    if found:
        more = f"\n… and {len(found) - SHOWN} lines more" if len(found) > SHOWN else ""
        said = "\n".join(found[:SHOWN])
        pytest.fail(
            f"{said}{more}\nWhere this is meant:  python -m tests.golden --write {name}",
            pytrace=False,
        )


ASKED_ANEW = {"themed-rag": {("row-missing", "2.1"), ("row-missing", "7.4")}}
"""What an older version merged and today's asks about once a copy in other bytes comes in: a row
that was emptied to its only input may be a withdrawal."""


@every
def test_an_old_ledger_is_whole_and_the_same_files_change_nothing_in_it(
    name: str, tmp_path: Path
) -> None:
    folder, day = Golden(name).unpack(tmp_path / "plan")
    with open_plan(folder, today=day, replay=False) as plan:
        found = plan.verify()
    assert {problem.code for problem in found} <= {"VER-010"}  # master.xlsx is not written yet
    before = [tell(folder, day, command) for command in ("show", "log")]
    asked = asking(tell(folder, day, "merge"))
    came = bring_again(folder, day.isoformat())
    assert came
    text = say(folder, day, "merge", "--json")
    again = json.loads(text)
    outcomes = {report["file"]: report["outcome"] for report in again["returns"]}
    anew = ASKED_ANEW.get(name, set())
    merged = sorted(file for file in came["saved again"] if outcomes[file] == "merged")
    assert len(merged) == len(anew)
    assert outcomes == {**dict.fromkeys(came["same"], "duplicate"),
                        **dict.fromkeys(came["saved again"], "unchanged"),
                        **dict.fromkeys(merged, "merged"),
                        **dict.fromkeys(came["refused"], "refused")}  # fmt: skip
    assert again["changes"] == []
    now = asking(text)
    assert [question for question in asked if question not in now] == []
    new = [question for question in now if question not in asked]
    assert {(question["kind"], question["action"]) for question in new} == anew
    assert [tell(folder, day, command) for command in ("show", "log")] == before
    with open_plan(folder, today=day, replay=False) as plan:
        assert plan.verify() == []


def asking(merged: str) -> list[dict[str, object]]:
    """The open questions of a merge, but for which of several copies is named in them."""
    questions: list[dict[str, object]] = json.loads(merged)["questions"]
    for question in questions:
        candidates = question["candidates"]
        assert isinstance(candidates, list)
        for candidate in candidates:
            del candidate["file"]
    return questions


def bring_again(folder: Path, day: str) -> dict[str, list[str]]:
    """Put every return that was merged into the inbox again, as it came and as other bytes."""
    came: dict[str, list[str]] = {"same": [], "saved again": [], "refused": []}
    with open_plan(folder) as plan:
        state = plan.desk.state
        events = [event.fact for event in state.return_events]
        live = {fact.sha256: fact for fact in state.returns.values()}
    assert events
    for digest, fact in sorted(live.items()):
        if not fact.file.startswith("inbox/") or state.live_return_of(digest) is None:
            continue
        data = (folder / "returns" / digest).read_bytes()
        same = folder / "inbox" / f"{digest[:8]}.xlsx"
        same.write_bytes(data)
        if fact.outcome == "refused":
            came["refused"].append(f"inbox/{same.name}")
            continue
        came["same"].append(f"inbox/{same.name}")
        other = folder / "inbox" / f"{digest[:8]} copy.xlsx"
        other.write_bytes(with_comment(data, day))
        came["saved again"].append(f"inbox/{other.name}")
    return came


def with_comment(data: bytes, comment: str) -> bytes:
    """The same workbook in other bytes."""
    held = io.BytesIO(data)
    with zipfile.ZipFile(held, "a") as archive:
        archive.comment = comment.encode()
    return held.getvalue()


def test_golden_plans_hold_what_can_happen_in_a_plan(tmp_path: Path) -> None:
    kinds: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for name in NAMES:
        folder = tmp_path / name
        folder.mkdir()
        for number in (1, 2, 3):
            said = json.loads(read_expected(Golden(name))[f"merge {number}: merge"])
            asked += Counter(question["kind"] for question in said["questions"])
        with zipfile.ZipFile(Golden(name).archive) as archive:
            archive.extract("ledger.db", folder)
        with sqlite3.connect(folder / "ledger.db") as ledger:
            kinds += Counter(kind for (kind,) in ledger.execute("SELECT kind FROM event"))
        assert [fact for fact in kinds if fact == "undone"], name
    assert {"conflict", "invalid", "held", "locked", "row-added", "row-missing", "reverted",
            "cleared-required"} <= set(asked)  # fmt: skip
    assert kinds["undone"] == len(NAMES)
    assert kinds["published"] == 2 * len(NAMES)


# --- the text of a workbook ----------------------------------------------------------------------

PLAIN = Sheet(
    name="Update",
    rows=[Row([Cell("Rating", Style(bold=True)), Cell("Note")]), Row([Cell("Green"), Cell(None)])],
    columns=[Column(12), Column(30)],
    validations=[Validation(Area(1, 0, 1, 0), "date")],
    conditionals=[Conditional(Area(1, 0, 1, 0), '=$A2="Red"', Style(fill="#C00000"))],
    protection=Protection(),
)


def text_of(sheet: Sheet) -> str:
    return workbook_text(write_workbook(Workbook([sheet], "T", created="2026-01-05T09:00:00Z")))


@pytest.mark.parametrize(
    "changed",
    [
        replace(PLAIN, rows=[PLAIN.rows[0], Row([Cell("Amber"), Cell(None)])]),
        replace(PLAIN, rows=[PLAIN.rows[0], Row([Cell("Green", note="Seen"), Cell(None)])]),
        replace(PLAIN, rows=[PLAIN.rows[0], Row([Cell("Green"), Cell(None)], hidden=True)]),
        replace(PLAIN, rows=[PLAIN.rows[0], Row([Cell("Green", Style(locked=False)), Cell(None)])]),
        replace(PLAIN, rows=[PLAIN.rows[0], Row([Cell("Green", Style(colour="#0000FF"))])]),
        replace(PLAIN, rows=[PLAIN.rows[0], Row([Cell("Green", formula='="Gr"&"een"')])]),
        replace(PLAIN, columns=[Column(12), Column(31)]),
        replace(PLAIN, columns=[Column(12, hidden=True), Column(30)]),
        replace(PLAIN, validations=[Validation(Area(1, 0, 2, 0), "date")]),
        replace(PLAIN, validations=[Validation(Area(1, 0, 1, 0), "date", input_message="When?")]),
        replace(
            PLAIN,
            conditionals=[Conditional(Area(1, 0, 1, 0), '=$A2="Red"', Style(fill="#C00001"))],
        ),
        replace(PLAIN, protection=Protection("secret")),
        replace(PLAIN, freeze=(1, 0)),
        replace(PLAIN, zoom=80),
        replace(PLAIN, tab_colour="#C00000"),
    ],
)
def test_text_of_a_workbook_tells_what_somebody_would_notice(changed: Sheet) -> None:
    found = differences({"book": text_of(PLAIN)}, {"book": text_of(changed)})
    assert found
    assert len(found) <= SHOWN


def test_text_of_a_workbook_names_a_style_by_its_look() -> None:
    """A style that comes first renames none of those after it."""
    more = replace(PLAIN, rows=[*PLAIN.rows, Row([Cell("New", Style(italic=True))])])
    first = replace(PLAIN, rows=[Row([Cell("Ahead", Style(size=7))]), *PLAIN.rows])
    names = [line.split()[1] for line in text_of(PLAIN).splitlines() if "'Rating'" in line]
    for sheet in (more, first):
        assert names == [
            line.split()[1] for line in text_of(sheet).splitlines() if "'Rating'" in line
        ]


def test_differences_name_the_text_and_the_line() -> None:
    found = differences({"a": "1\n2\n", "b": "same\n"}, {"a": "1\n3\n", "b": "same\n"})
    assert found[:2] == ["--- kept: a", "+++ now: a"]
    assert found[3:] == [" 1", "-2", "+3"]
    assert differences({}, {"new": "x\n"})[-1] == "+x"
    assert differences({"gone": "x\n"}, {})[-1] == "-x"
