"""Killed, out of disk, or refused a file, at every operation: the state is before or after.

Each command is run with a fault at its n-th operation, for every n (in short runs for some), and
then once more without: what is left must be as if the fault had never come.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from tests import set_up, small
from tests.faults import Ended, How, Server
from xlplan.cycle.folder import sha256
from xlplan.errors import Problem
from xlplan.merge.model import Change, MasterRow, Question
from xlplan.plan.write import set_key

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
POINTS = {"nightly": 10_000, "ci": 16}.get(os.environ.get("HYPOTHESIS_PROFILE", ""), 8)
"""At how many operations of a command each kind of fault is tried."""
PASSED_OVER = ("[MRG-003]", "[GATE-031]")
"""What a merge says of a file that it could not read: it goes on with the others."""
RATED = ("1.3", "rating")


@dataclass(frozen=True)
class Snapshot:
    """What the ledger says: `show`, `log`, the open questions, and the tip of the chain."""

    rows: tuple[MasterRow, ...]
    log: tuple[Change, ...]
    questions: tuple[Question, ...]
    tip: tuple[int, int, str]


def snapshot(folder: Path) -> Snapshot | None:
    """None where there is no plan yet."""
    if not (folder / "ledger.db").exists():
        return None
    with small.opened(folder) as plan:
        rows, log, questions = plan.rows(), plan.log(), plan.questions()
        return Snapshot(tuple(rows), tuple(log), tuple(questions), plan.desk.ledger.tip())


def wrong(folder: Path) -> list[Problem]:
    """What `verify` has to say of the record, notes on stale files aside."""
    with small.opened(folder) as plan:
        return [problem for problem in plan.verify() if problem.level != "note"]


def files(root: Path) -> dict[str, str]:
    """Every file below a folder with its digest; of what is not the same twice, only the name.

    What is kept for speed is left out: it may be there or not.
    """
    found = {}
    for path in sorted(root.rglob("*")):
        if path.name.startswith("projection.db"):
            continue
        name = path.relative_to(root).as_posix()
        same = path.is_file() and path.name not in ("ledger.db", "secret.key")
        found[name] = sha256(path.read_bytes()) if same else ""
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan in the middle of a cycle: returns in the inbox, an answer and an edit not merged."""
    root = tmp_path_factory.mktemp("faults")
    folder = small.make(root / "plan")
    small.write_source(root / "plan source.xlsx")
    small.issue(folder)
    small.give_back(folder, small.LETTINGS, {RATED: "Green", ("1.1", "progress"): "Sent\n=to all"})
    small.give_back(folder, small.REPAIRS, {RATED: "Red"})
    assert small.do(folder, "merge") == 1
    small.answer(folder, {RATED: "Red"})
    small.edit_master(folder, {("2.2", "rating"): "Amber"})
    small.give_back(
        folder, small.LEARNING, {("2.1", "progress"): "Begun", ("2.2", "rating"): "Red"}
    )
    (folder / "inbox" / "minutes.xlsx").write_bytes(b"%PDF-1.7 no workbook")
    return root


COMMANDS = {
    "merge": ("-C", "plan", "merge"),
    "issue": ("-C", "plan", "issue", "--cycle", "2026-12"),
    "publish": ("-C", "plan", "publish"),
    "new": ("new", "fresh", "--from", "plan source.xlsx"),
}


def arguments(root: Path, command: str) -> list[str]:
    """The arguments, with the names of files made whole."""
    names = {"plan", "fresh", "plan source.xlsx"}
    told = [str(root / arg) if arg in names else arg for arg in COMMANDS[command]]
    return ["--today", small.TODAY, *told]


@dataclass(frozen=True)
class Whole:
    """A command without a fault: what was before and after, and how many operations it took."""

    before: Snapshot | None
    after: Snapshot | None
    ended: Ended
    files: dict[str, str]


def without_fault(server: Server, office: Path, scratch: Path, command: str) -> Whole:
    root = copy(office, scratch, "whole")
    folder = root / ("fresh" if command == "new" else "plan")
    before = snapshot(folder)
    ended = server.run(root, arguments(root, command))
    assert ended.status in (0, 1), ended.err
    return Whole(before, snapshot(folder), ended, files(root))


def copy(office: Path, scratch: Path, name: str) -> Path:
    root = scratch / name
    shutil.copytree(office, root)
    return root


def points(count: int, how: How) -> list[int]:
    """The operations at which to fail: all, or some at even distances, others for each fault."""
    step = max(1, -(-count // POINTS))
    return list(range(1 + get_args(How).index(how) % step, count + 1, step))


def same_plan(found: Snapshot | None, wanted: Snapshot | None, command: str) -> bool:
    """Whether two snapshots agree; a new plan has a key of its own, and so another tip."""
    if command != "new" or found is None or wanted is None:
        return found == wanted
    return (found.rows, found.log, found.tip[:2]) == (wanted.rows, wanted.log, wanted.tip[:2])


@pytest.mark.parametrize("how", get_args(How))
@pytest.mark.parametrize("command", COMMANDS)
def test_state_is_before_or_after_and_the_command_can_be_run_again(
    server: Server, office: Path, tmp_path: Path, command: str, how: How
) -> None:
    whole = without_fault(server, office, tmp_path, command)
    assert whole.before != whole.after
    for at in points(len(whole.ended.operations), how):
        root = copy(office, tmp_path, f"at {at}")
        folder = root / ("fresh" if command == "new" else "plan")
        ended = server.run(root, arguments(root, command), at, how)
        what = f"{how} at {at}, {whole.ended.operations[at - 1]}: {ended.status} {ended.err}"
        check_end(ended, how, what)
        found = snapshot(folder)
        is_after = same_plan(found, whole.after, command)
        passed_over = any(code in ended.err for code in PASSED_OVER)
        if not passed_over:
            assert is_after or found == whole.before, what
            assert ended.status == -9 or is_after == (ended.status in (0, 1)), what
            assert not (is_after and "nothing was" in ended.err), what
        if found is not None:
            assert wrong(folder) == [], what
        again = server.run(root, arguments(root, command))
        if command == "new" and is_after:
            assert "[NEW-010]" in again.err, what
        else:
            assert again.status == whole.ended.status, what + again.err
        last = snapshot(folder)
        if passed_over:
            assert last is not None
            assert whole.after is not None
            assert (last.rows, last.questions) == (whole.after.rows, whole.after.questions), what
            assert_same_files(root, whole, what, only_names=True)
        else:
            assert same_plan(last, whole.after, command), what
            assert_same_files(root, whole, what, only_names=command == "new")
        shutil.rmtree(root)


@pytest.mark.parametrize("how", get_args(How))
def test_the_definition_is_before_or_after_and_an_edit_of_it_in_excel_is_never_lost(
    server: Server, tmp_path: Path, how: How
) -> None:
    folder = small.make(tmp_path / "office" / "plan")
    before = (folder / "plan.toml").read_bytes()
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    after = set_key(before.decode(), ("issue", "contact"), "Ask the office.").encode()
    whole = server.run(copy(folder.parent, tmp_path, "whole"), setting_up(tmp_path / "whole"))
    assert whole.status == 0, whole.err
    for at in points(len(whole.operations), how):
        root = copy(folder.parent, tmp_path, f"at {at}")
        ended = server.run(root, setting_up(root), at, how)
        what = f"{how} at {at}, {whole.operations[at - 1]}: {ended.status} {ended.err}"
        check_end(ended, how, what)
        assert (root / "plan" / "plan.toml").read_bytes() in (before, after), what
        assert wrong(root / "plan") == [], what
        server.run(root, setting_up(root))
        assert (root / "plan" / "plan.toml").read_bytes() == after, what
        with small.opened(root / "plan") as plan:
            assert plan.recorded_definition.issue.contact == "Ask the office.", what
        assert set_up.value(root / "plan", "Words", "contact", "value") == "Ask the office."
        shutil.rmtree(root)


@pytest.mark.parametrize("how", get_args(How))
def test_an_answer_that_imports_again_does_so_whole_or_with_the_next_merge(
    server: Server, tmp_path: Path, how: How
) -> None:
    folder = small.make(tmp_path / "office" / "plan")
    before = (folder / "plan.toml").read_bytes()
    with small.opened(folder) as plan:
        uids = {row.ref: row.uid for row in plan.rows()}
    set_up.answer(folder, "Sheets and rows", {("3", "value"): "no action"})
    whole = server.run(copy(folder.parent, tmp_path, "whole"), setting_up(tmp_path / "whole"))
    assert whole.status == 0, whole.err
    after = (tmp_path / "whole" / "plan" / "plan.toml").read_bytes()
    assert b'fate = "no action"' in after
    del uids["1.2"]
    for at in points(len(whole.operations), how):
        root = copy(folder.parent, tmp_path, f"at {at}")
        ended = server.run(root, setting_up(root), at, how)
        what = f"{how} at {at}, {whole.operations[at - 1]}: {ended.status} {ended.err}"
        check_end(ended, how, what)
        assert (root / "plan" / "plan.toml").read_bytes() in (before, after), what
        assert wrong(root / "plan") == [], what
        server.run(root, setting_up(root))
        assert (root / "plan" / "plan.toml").read_bytes() == after, what
        with small.opened(root / "plan") as plan:
            assert {row.ref: row.uid for row in plan.rows()} == uids, what
        shutil.rmtree(root)


def setting_up(root: Path) -> list[str]:
    """The merge of an edited `set-up.xlsx`."""
    return ["--today", small.TODAY, "-C", str(root / "plan"), "merge"]


def check_end(ended: Ended, how: How, what: str) -> None:
    """Killed, or an exit status with a message that has a code and says what to do."""
    if how == "kill":
        assert ended.status == -9, what
        return
    assert ended.status in (0, 1, 2), what
    assert "Traceback" not in ended.err, what
    if ended.status == 2:
        assert re.search(r"\[[A-Z]+-\d{3}\]$", ended.err.strip()), what
        assert "again" in ended.err or "check" in ended.err.lower(), what


def assert_same_files(root: Path, whole: Whole, what: str, *, only_names: bool) -> None:
    """All that the command writes is there, and nothing is left of the attempt that failed.

    Not the same bytes where a new plan has a key of its own, or two merges did the work of one.
    """
    found = files(root)
    found.pop("fresh/ledger.db.holder", None)  # could not be removed; the next command does
    if only_names:
        assert found.keys() == whole.files.keys(), what
    else:
        assert found == whole.files, what
