"""Commands that need no heavy library import none: they are typed all day, on slow disks too."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import ROOT

HEAVY = frozenset(
    {
        "pandas",
        "numpy",
        "openpyxl",
        "xlsxwriter",
        "python_calamine",
        "docx",
        "lxml",
        "concurrent.futures",
        "multiprocessing",
        "asyncio",
        "hypothesis",
    }
)
REPORT = """
import json, sys
try:
    from xlplan.cli import main
    main(sys.argv[2:])
except SystemExit as end:
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump({"status": end.code or 0, "loaded": sorted(sys.modules)}, out)
"""


def run(args: Sequence[str], report: Path) -> tuple[int, set[str]]:
    """The exit status of `xlplan ARGS`, and the names of the modules that it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", REPORT, str(report), *args],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), done.stderr
    found = json.loads(report.read_text("utf-8"))
    return found["status"], set(found["loaded"])


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan made by `xlplan new` on the shipped example."""
    folder = tmp_path_factory.mktemp("startup")
    source = ROOT / "examples" / "brag-by-recommendation" / "plan.xlsx"
    made = ["new", str(folder / "plan"), "--from", str(source)]
    status, loaded = run(made, folder / "new.json")
    assert status in {0, 1}
    # The proof that HEAVY names modules as they are called: this command does need some.
    assert HEAVY & loaded
    return folder / "plan"


@pytest.mark.parametrize("args", [["--help"], ["issue", "--help"], ["merge", "--help"]])
def test_help_loads_nothing_heavy(args: list[str], tmp_path: Path) -> None:
    status, loaded = run(args, tmp_path / "report.json")
    assert status == 0
    assert HEAVY & loaded == set()


@pytest.mark.parametrize("args", [["--help"], ["merge", "--help"], ["explain", "VAL-003"]])
def test_what_asks_nothing_of_a_plan_loads_neither_merge_nor_ledger(
    args: list[str], tmp_path: Path
) -> None:
    status, loaded = run(args, tmp_path / "report.json")
    assert status == 0
    rooms = {name.split(".")[1] for name in loaded if name.startswith("xlplan.")}
    assert rooms <= {"cli", "codes", "errors", "late", "progress"}


def test_the_names_of_the_merge_are_those_of_its_module() -> None:
    from xlplan import merge
    from xlplan.merge import fates

    assert {name: getattr(merge, name) for name in merge.__all__} == {
        "Ruling": fates.Ruling, "decide": fates.decide,
    }  # fmt: skip
    with pytest.raises(AttributeError, match="no attribute"):
        getattr(merge, "nothing")  # noqa: B009  # the type checker knows that it is not there


@pytest.mark.parametrize("args", [["status"], ["status", "--json"], []])
def test_status_loads_nothing_heavy(args: list[str], plan: Path, tmp_path: Path) -> None:
    status, loaded = run(["-C", str(plan), *args], tmp_path / "report.json")
    assert status in {0, 1}
    assert "sqlite3" in loaded
    assert HEAVY & loaded == set()


@pytest.mark.parametrize("args", [["status"], ["status", "--json"], []])
def test_a_look_at_what_was_kept_loads_neither_merge_nor_plan(
    args: list[str], plan: Path, tmp_path: Path
) -> None:
    assert run(["-C", str(plan), "status"], tmp_path / "kept.json")[0] in {0, 1}
    status, loaded = run(["-C", str(plan), *args], tmp_path / "report.json")
    assert status in {0, 1}
    assert "xlplan.cycle.kept" in loaded
    assert {name for name in loaded if name.startswith(("xlplan.merge", "xlplan.plan"))} == set()


SELDOM = frozenset(
    {
        "xlplan.codes.families",
        "xlplan.cycle.again",
        "xlplan.cycle.master_patch",
        "xlplan.cycle.setting_up",
        "xlplan.merge.past",
        "xlplan.plan.checks.checklist",
        "xlplan.plan.propose",
        "xlplan.plan.set_up",
        "xlplan.plan.set_up_apply",
        "xlplan.returned.answers",
        "xlplan.workbook.read.read_book",
        "xlplan.workbook.write.patch",
        "email",
        "http",
        "urllib.request",
        "xml.sax",
    }
)
"""What an ordinary merge has no use for: set-up, checks, answers, a saved master; files
are read in a process of their own."""


def test_a_merge_of_returns_loads_only_what_it_needs_and_writes_with(
    plan: Path, tmp_path: Path
) -> None:
    status, _ = run(["-C", str(plan), "issue", "--cycle", "2026-11"], tmp_path / "issue.json")
    assert status == 0
    template = next((plan / "outbox" / "2026-11").glob("*.xlsx"))
    (plan / "inbox" / template.name).write_bytes(template.read_bytes())
    status, loaded = run(["-C", str(plan), "merge"], tmp_path / "merge.json")
    assert status in {0, 1}
    assert {"xlplan.cycle.merge", "xlplan.returned.read_return", "xlsxwriter"} <= loaded
    assert loaded & SELDOM == set()
    status, loaded = run(["-C", str(plan), "merge"], tmp_path / "again.json")
    assert status in {0, 1}
    assert "xlplan.cycle.merge" in loaded
    assert loaded & (SELDOM | {"xlsxwriter", "xlplan.issued.master"}) == set()


OF_RETURNS = frozenset({
    "html", "xlplan.returned.boxes", "xlplan.returned.identity", "xlplan.returned.read_return",
    "xlplan.returned.remarks", "xlplan.returned.tables",
})  # fmt: skip
"""What only what came back has a use for."""


@pytest.mark.parametrize("args", [["check"], ["issue", "--cycle", "2026-12"], ["show"]])
def test_what_reads_no_return_loads_nothing_of_reading_one(
    args: list[str], plan: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(plan, tmp_path / "plan"))
    status, loaded = run(["-C", str(copy), *args], tmp_path / "report.json")
    assert status in {0, 1}
    assert "xlplan.merge.state" in loaded
    assert loaded & OF_RETURNS == set()


def test_the_names_of_what_is_seldom_needed_are_those_of_modules() -> None:
    for name in SELDOM | OF_RETURNS:
        assert importlib.util.find_spec(name) is not None, name


def test_importing_the_library_loads_nothing_heavy() -> None:
    code = "import json, sys, xlplan; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(json.loads(done.stdout)) & HEAVY == set()


LAST = """
import atexit, gc, sys
searches = []
gc.callbacks.append(lambda phase, _: searches.append(phase))
def last():
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write(f"{gc.get_freeze_count()} {len(gc.get_objects())} {searches.count('start')}")
atexit.register(last)
from xlplan.cli import main
main(sys.argv[2:])
"""


def test_no_circles_are_looked_for_among_what_a_command_loads_and_leaves(tmp_path: Path) -> None:
    """Python looks for them as it ends: a tenth of a large command, to give back what the system
    takes back anyway. And while modules load, which stay: it would look thirty times, and does so
    until it is told."""
    report = tmp_path / "report.txt"
    done = subprocess.run(
        [sys.executable, "-c", LAST, str(report), "--version"], cwd=ROOT, check=False
    )
    frozen, left, searches = map(int, report.read_text("utf-8").split())
    assert done.returncode == 0
    assert frozen > 10_000 > left
    assert searches < 20
