"""Every kind of file that is read, as accidents and editing by hand leave it: each has an end of
its own, nothing fails, and the plan goes on.

200 in each run; 2,000 nightly, in a process of their own whose memory and time are bounded.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from tests import mutations, small
from tests.conftest import ROOT
from tests.small import LEARNING, LETTINGS, REPAIRS
from xlplan.cli.main import run
from xlplan.errors import XlplanError
from xlplan.plan.load import load_definition
from xlplan.workbook.write import read_back
from xlplan.workbook.write.grid import place_of

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
TIMES = 10
"""How many times more files there are nightly."""
OURS = ("master.xlsx", "decisions.xlsx", "set-up.xlsx", "outbox/2026-11/post/post.xlsx")
OWN = "Improvement Plan v14 FINAL.xlsx"
RETURNS = tuple(f"inbox/{lead}.xlsx" for lead in (LETTINGS, REPAIRS, LEARNING))
KINDS: Mapping[str, int] = {"plan.toml": 84, "inbox": 104, "in place": 5, "source": 7,
                            "kept": 4}  # fmt: skip
"""How many of each kind are read in each run."""
FAULTS = ("RET-022", "GATE-026")
"""Said where xlplan itself failed on a file, or was stopped after too long."""
MEMORY, SECONDS = 700, 1800
"""What a process that reads all of a kind may hold, in MiB, and how long it may take."""


_ONCE = TemporaryDirectory(prefix="mutated")


@cache
def plan() -> Path:
    """A plan in the middle of a cycle: letters, edits of the coordinator's, a question, replies."""
    folder = Path(_ONCE.name) / "plan"
    small.make_anew(folder)
    small.issue(folder)
    small.do(folder, "draft")
    small.give_back(folder, REPAIRS, {("1.3", "rating"): "Red", ("1.2", "progress"): "All"})
    small.give_back(folder, LETTINGS, {("1.3", "rating"): "Green", ("1.1", "rating"): "Purple"})
    small.give_back(folder, LEARNING, {("2.1", "progress"): "Two"})
    small.do(folder, "merge")
    path = folder / "master.xlsx"
    book = openpyxl.load_workbook(path)
    book["Plan"]["L3"] = "Budget"
    book.save(path)
    small.do(folder, "merge")
    return folder


def say(folder: Path, *args: str) -> tuple[int, str, str]:
    """The status of a command, what it printed and what it said."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(["-C", str(folder), "--today", small.TODAY, *args])
    assert "Traceback" not in err.getvalue()
    return status, out.getvalue(), err.getvalue()


def assert_goes_on(folder: Path) -> None:
    """The record is whole, and the plan can be looked at and issued."""
    assert say(folder, "verify")[0] == 0
    for command in (("status",), ("check",), ("issue", "--cycle", "2026-12")):
        status, _, err = say(folder, *command)
        assert status in (0, 1), (command, err)


def definitions(numbers: range) -> Counter[str]:
    """Texts of a plan: each is a definition, or every fault in it has a code."""
    text = (plan() / "plan.toml").read_text("utf-8")
    ends: Counter[str] = Counter()
    for number in numbers:
        try:
            load_definition(mutations.definition(text, number))
            ends["a definition"] += 1
        except XlplanError as error:
            ends[error.problems[0].code] += 1
    return ends


def inbox(numbers: range) -> Counter[str]:
    """Workbooks in one inbox: each is read or refused, and the three returns stay merged."""
    with TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(plan(), Path(scratch) / "plan"))
        before = json.loads(say(folder, "log", "--json")[1])
        names = {}
        for number in numbers:
            of = (*OURS, *RETURNS * 2)[number % (len(OURS) + 2 * len(RETURNS))]
            names[f"inbox/{number} {Path(of).name}"] = of
            data = mutations.workbook((plan() / of).read_bytes(), number)
            (folder / "inbox" / f"{number} {Path(of).name}").write_bytes(data)
        status, out, err = say(folder, "merge", "--json")
        assert status in (0, 1), err
        found = json.loads(out)
        ends = Counter(f"{one['outcome']}" for one in found["returns"])
        said = {one["where"]: one["code"] for one in found["problems"]}
        codes = [*said.values(), *(p["code"] for one in found["returns"] for p in one["problems"])]
        assert not set(FAULTS).intersection(codes), [
            one for one in found["returns"] if any(p["code"] in FAULTS for p in one["problems"])
        ]
        assert names.keys() <= {one["file"] for one in found["returns"]} | said.keys()
        assert json.loads(say(folder, "log", "--json")[1])[: len(before)] == before
        assert_goes_on(folder)
    return ends


def in_place(numbers: range) -> Counter[str]:
    """The coordinator's own files, and the text of the plan, where they lie."""
    ends: Counter[str] = Counter()
    for number in numbers:
        with TemporaryDirectory() as scratch:
            folder = Path(shutil.copytree(plan(), Path(scratch) / "plan"))
            name = ("plan.toml", *OURS)[number % (1 + len(OURS))]
            path = folder / name
            whole = path.read_bytes()
            if name == "plan.toml":
                path.write_text(mutations.definition(whole.decode(), number), "utf-8", newline="")
            else:
                path.write_bytes(mutations.workbook(whole, number))
            status, _, err = say(folder, "merge")
            assert not any(code in err for code in FAULTS), (number, name, err)
            ends[f"{name}: {status}"] += 1
            assert say(folder, "publish" if number % 2 else "check")[0] in (0, 1, 2)
            path.write_bytes(whole)
            if name != "plan.toml" or status == 2:
                say(folder, "merge")
                assert say(folder, "verify")[0] == 0, (number, name)
    return ends


def sources(numbers: range) -> Counter[str]:
    """Spreadsheets from which a plan starts: it starts, or the reason has a code."""
    ends: Counter[str] = Counter()
    for number in numbers:
        with TemporaryDirectory() as scratch:
            source = small.write_source(Path(scratch) / "plan.xlsx")
            of = (source, plan() / "master.xlsx", plan() / RETURNS[0])[number % 3]
            source.write_bytes(mutations.workbook(of.read_bytes(), number))
            folder = Path(scratch) / "new"
            status, _, err = say(Path(scratch), "new", str(folder), "--from", str(source))
            assert status in (0, 1) or "[" in err, (number, err)
            ends[f"{status}"] += 1
            if status != 2:
                assert say(folder, "verify")[0] == 0
    return ends


@cache
def kept_plan() -> Path:
    """A plan whose master is the council's own workbook: a title, coloured ratings, a heading of a
    section, a sheet that counts, a note; a merge has written into it, and a return is in."""
    folder = Path(_ONCE.name) / "kept"
    source = small.write_source(folder.with_name(OWN))
    book = openpyxl.load_workbook(source)
    sheet = book["Sheet"]
    sheet.insert_rows(1)
    sheet["A1"] = "Housing improvement plan"
    for row, colour in ((3, "00B050"), (4, "FFC000"), (5, "FFC000"), (6, "FF0000"), (7, "00B050")):
        sheet.cell(row, 6).fill = PatternFill("solid", fgColor=colour)
    sheet["B4"].comment = Comment("Ring them", "Ann")
    book.create_sheet("Summary")["A1"] = '=COUNTIF(Sheet!F3:F7,"Amber")'
    book.save(source)
    started = ("--today", small.TODAY, "new", str(folder), "--keep", "--from", str(source))
    assert run([*started]) in (0, 1)
    small.issue(folder)
    small.give_back(folder, REPAIRS, {("1.2", "progress"): "Nearly all"})
    small.do(folder, "merge")
    small.give_back(folder, LEARNING, {("2.1", "rating"): "Green", ("2.2", "progress"): "Two"})
    return folder


def kept(numbers: range) -> Counter[str]:
    """The council's own workbook where it lies, while a return comes in: what is wrong with it is
    said, a merge writes into it nothing but what it names, and it goes on once it is put right."""
    ends: Counter[str] = Counter()
    for number in numbers:
        with TemporaryDirectory() as scratch:
            folder = Path(shutil.copytree(kept_plan(), Path(scratch) / "plan"))
            path = folder / OWN
            whole = path.read_bytes()
            changed = mutations.workbook(whole, number)
            path.write_bytes(changed)
            status, out, err = say(folder, "merge", "--json")
            assert status in (0, 1), (number, err)
            assert not any(code in out + err for code in FAULTS), (number, out, err)
            found = json.loads(out)
            own = [one["outcome"] for one in found["returns"] if one["file"] == OWN]
            after = path.read_bytes()
            ends[f"{(own or ['as it was'])[0]}, {'written' if after != changed else 'left'}"] += 1
            if after not in (changed, whole):
                assert_only_so(changed, after, found["kept"])
            path.write_bytes(whole)
            status, out, err = say(folder, "merge", "--json")
            assert status in (0, 1), (number, err)
            assert say(folder, "verify")[0] == 0, number
            asked = [one["action"] for one in json.loads(out)["questions"]]
            assert "2.1" in asked or "Green" in say(folder, "show", "2.1")[1], number
    return ends


def assert_only_so(before: bytes, after: bytes, named: list[dict[str, str]]) -> None:
    """Every cell reads as before but those that are named, and results of formulas."""
    old, new = read_back.read_all(before), read_back.read_all(after)
    cells = {(one["sheet"], place_of(one["cell"])) for one in named}
    for sheet in old.keys() | new.keys():
        for at in old[sheet].keys() | new[sheet].keys():
            if old[sheet].get(at) != new[sheet].get(at):
                assert (sheet, at) in cells or at not in new[sheet], (sheet, at)


READ = {"plan.toml": definitions, "inbox": inbox, "in place": in_place, "source": sources,
        "kept": kept}  # fmt: skip


@pytest.mark.skipif(NIGHTLY, reason="read in a process of its own")
@pytest.mark.parametrize("kind", KINDS)
def test_each_has_an_end_of_its_own_and_the_plan_goes_on(kind: str) -> None:
    assert READ[kind](range(KINDS[kind])).total() >= KINDS[kind]


@pytest.mark.hypothesis  # with whatever is drawn by the thousand
@pytest.mark.skipif(not NIGHTLY, reason="200 are read in this process")
@pytest.mark.parametrize("kind", KINDS)
def test_many_more_are_read_within_bounds(kind: str) -> None:
    count = str(KINDS[kind] * TIMES)
    done = subprocess.run(
        [sys.executable, "-m", "tests.cycle.test_mutated", kind, "0", count],
        cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["MiB"] < MEMORY


LOADED = ("macros", "Word.Document.12", "Costs.xlsx", "Query - Spend")


def test_a_return_with_macros_an_object_a_link_and_a_connection_is_merged(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(plan(), tmp_path / "plan"))
    path = small.give_back(folder, LEARNING, {("2.2", "progress"): "Done"}, file="more.xlsx")
    path.with_suffix(".xlsm").write_bytes(mutations.loaded(path.read_bytes()))
    path.unlink()
    out = json.loads(say(folder, "merge", "--json")[1])
    [found] = [one for one in out["returns"] if one["outcome"] != "duplicate"]
    assert (found["outcome"], found["dispositions"]) == ("merged", {"applied": 1})
    told = [*found["information"], *(one["message"] for one in found["problems"])]
    for name in LOADED:
        assert len([line for line in told if name in line]) == 1, name


def test_a_master_that_carries_them_keeps_them(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(plan(), tmp_path / "plan"))
    master = folder / "master.xlsx"
    master.write_bytes(mutations.loaded(master.read_bytes()))
    small.give_back(folder, LEARNING, {("2.2", "progress"): "Done"}, file="more.xlsx")
    assert say(folder, "merge")[0] == 1  # two questions were open before
    assert say(folder, "verify")[0] == 0
    with zipfile.ZipFile(master) as book:
        assert book.read("xl/embeddings/oleObject1.bin") == b"object"
        assert b"Query - Spend" in book.read("xl/connections.xml")
    assert openpyxl.load_workbook(master)["Plan"]["F8"].value == "Done"


def test_a_plan_starts_from_a_spreadsheet_that_carries_them(tmp_path: Path) -> None:
    source = small.write_source(tmp_path / "plan.xlsx")
    source.write_bytes(mutations.loaded(source.read_bytes()))
    status, out, _ = say(tmp_path, "new", str(tmp_path / "new"), "--from", str(source))
    assert status in (0, 1)
    assert "Imported 5 actions" in out


def main(kind: str, first: int, last: int) -> None:
    """Read so many of a kind, a hundred at a time; print the ends, and the most memory held."""
    ends: Counter[str] = Counter()
    for begin in range(first, last, 100):
        ends += READ[kind](range(begin, min(begin + 100, last)))
    held = max(resource.getrusage(who).ru_maxrss for who in (_SELF, _CHILDREN)) >> 10
    print(json.dumps(dict(ends)))
    print(json.dumps({"MiB": held}))


_SELF, _CHILDREN = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
