"""What is played with faults: every command that writes, each on a plan of its own, and the promise
that holds wherever it is interrupted: the state is before or after, and the next command completes.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from tests import set_up, small
from tests.faults import ANSWER, Ended, How, Server, came_back, reading_here
from xlplan import backup
from xlplan.cycle.folder import TEMPORARY, sha256
from xlplan.errors import Problem
from xlplan.merge.model import Change, MasterRow, Question
from xlplan.plan.write import set_key

EVERY = os.environ.get("HYPOTHESIS_PROFILE", "") == "nightly"
"""Whether every point is played."""
SEED = os.environ.get("FAULTS_SEED", "1")
PASSED_OVER = ("[MRG-003]", "[GATE-031]")
"""What a merge says of a file that it could not read: it goes on with the others."""
RATED = ("1.3", "rating")
SAID: Mapping[How, tuple[str, ...]] = {
    "full": ("disk is full", "No space left"),
    "io": ("disk failed", "Input/output error"),
    "denied": ("ermission", "cannot be written"),
    "read-only": ("ead-only", "cannot be written"),
    "gone": ("No such file", "missing", "cannot be written", "not the folder", "disk failed"),
}
"""Words by which a message says what went wrong."""


@dataclass(frozen=True)
class Snapshot:
    """What the ledger says: `show`, `log`, the open questions, and the tip of the chain."""

    rows: tuple[MasterRow, ...]
    log: tuple[Change, ...]
    questions: tuple[Question, ...]
    definition: str
    tip: tuple[int, int, str]


def snapshot(folder: Path) -> Snapshot | None:
    """None where there is no plan yet."""
    if not (folder / "ledger.db").exists():
        return None
    with small.opened_to_verify(folder) as plan:  # its key may not be in its place
        state, tip = plan.desk.state, plan.desk.ledger.tip()
        rows, questions = plan.rows(), plan.questions()
        return Snapshot(
            tuple(rows), tuple(plan.log()), tuple(questions), state.definition_digest, tip
        )


def wrong(folder: Path) -> list[Problem]:
    """What `verify` has to say of the record, notes on stale files aside."""
    with reading_here(), small.opened_to_verify(folder) as plan:
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
        same = path.is_file() and not path.name.startswith(("ledger.db", "secret.key", "made.zip"))
        found[name] = sha256(path.read_bytes()) if same else ""
    return found


# The plans on which commands are run


def busy(root: Path) -> None:
    """A plan in the middle of a cycle: returns in the inbox, an answer and an edit not merged."""
    folder = small.make(root / "plan")
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


def quiet(root: Path) -> None:
    """A plan in which two returns are merged, and one question is open."""
    folder = small.make(root / "plan")
    small.issue(folder)
    small.give_back(folder, small.LETTINGS, {RATED: "Green", ("1.1", "progress"): "Sent"})
    small.give_back(folder, small.REPAIRS, {RATED: "Red"})
    assert small.do(folder, "merge") == 1
    for path in (folder / "inbox").iterdir():
        path.unlink()


def second_cycle(root: Path) -> None:
    """A plan of which another cycle was issued since the two returns."""
    quiet(root)
    small.issue(root / "plan", "2026-12")


def spreadsheet(root: Path) -> None:
    small.write_source(root / "plan source.xlsx")


def backed_up(root: Path) -> None:
    quiet(root)
    backup(root / "plan", root / "kept.zip", with_key=True)
    shutil.rmtree(root / "plan")


def without_key(root: Path) -> None:
    quiet(root)
    (root / "plan" / "secret.key").unlink()


def saved_master(root: Path) -> None:
    """The coordinator has saved `master.xlsx` with a column of their own, and edited it since."""
    quiet(root)
    path = root / "plan" / "master.xlsx"
    book = openpyxl.load_workbook(path)
    book["Plan"].cell(4, 12, "My own")
    book.save(path)
    assert small.do(root / "plan", "merge") == 1
    small.edit_master(root / "plan", {("2.2", "rating"): "Amber"})


def edited_text(root: Path) -> None:
    """`plan.toml` was edited by hand."""
    path = small.make(root / "plan") / "plan.toml"
    text = set_key(path.read_text("utf-8"), ("issue", "contact"), "Ask the office.")
    path.write_text(text, "utf-8")


def edited_set_up(root: Path) -> None:
    set_up.answer(small.make(root / "plan"), "Words", {("contact", "value"): "Ask the office."})


def answered_import(root: Path) -> None:
    """A row of the spreadsheet is said to be no action, so that it is imported again."""
    set_up.answer(small.make(root / "plan"), "Sheets and rows", {("3", "value"): "no action"})


def without_projection(root: Path) -> None:
    quiet(root)
    (root / "plan" / "projection.db").unlink()


@dataclass(frozen=True)
class Scene:
    """A command that writes: on what it is run, with which words, and in which folder the plan is
    whose state counts. `once` is the code with which it refuses to do again what it has done (``-``
    where it would do it once more); `loosely` is whether its second run may record more than one
    undisturbed would."""

    make: Callable[[Path], None]
    args: Sequence[str]
    plan: str = "plan"
    once: str = ""
    loosely: bool = False

    def words(self, root: Path) -> list[str]:
        """The words of the command, with the names of files made whole."""
        names = {"plan", "fresh", "restored", "kept.zip", "made.zip", "plan source.xlsx", "away"}
        words = [str(root / word) if word in names else word for word in self.args]
        return words if words[0] == ANSWER else ["--today", small.TODAY, *words]


IN = ("-C", "plan")
SCENES: Mapping[str, Scene] = {
    "merge": Scene(busy, (*IN, "merge")),
    "issue": Scene(busy, (*IN, "issue", "--cycle", "2026-12")),
    "publish": Scene(busy, (*IN, "publish")),
    "new": Scene(spreadsheet, ("new", "fresh", "--from", "plan source.xlsx"), "fresh", "NEW-010"),
    "draft": Scene(quiet, (*IN, "draft")),
    "remind": Scene(quiet, (*IN, "remind")),
    "undo": Scene(quiet, (*IN, "undo", f"{small.LETTINGS}.xlsx"), once="UNDO-002"),
    "answer": Scene(quiet, (ANSWER, "plan"), once="-"),
    "rekey": Scene(without_key, (*IN, "rekey"), once="-"),
    "backup": Scene(quiet, (*IN, "backup", "made.zip"), once="BAK-001"),
    "archive": Scene(second_cycle, (*IN, "archive", "away")),
    "restore": Scene(backed_up, ("restore", "kept.zip", "restored"), "restored", "BAK-005"),
    "saved master": Scene(saved_master, (*IN, "merge")),
    "plan.toml": Scene(edited_text, (*IN, "merge"), loosely=True),
    "set-up": Scene(edited_set_up, (*IN, "merge"), loosely=True),
    "import again": Scene(answered_import, (*IN, "merge"), loosely=True),
    "projection": Scene(without_projection, (*IN, "show")),
}
FINISH = ("-C", "plan", "merge")
"""What writes the workbooks of a plan where the command itself would not do it again."""


@dataclass(frozen=True)
class Whole:
    """A command without a fault: what was before and after, and what it did."""

    scene: Scene
    root: Path
    before: Snapshot | None
    after: Snapshot | None
    ended: Ended
    files: dict[str, str]
    spool: Path


def wholes_in(server: Server, folders: pytest.TempPathFactory) -> Callable[[str], Whole]:
    """The commands by name, each run once when it is first asked for."""
    made: dict[Callable[[Path], None], Path] = {}

    def office(make: Callable[[Path], None]) -> Path:
        if make not in made:
            made[make] = folders.mktemp("office") / "office"
            made[make].mkdir()
            make(made[make])
        return made[make]

    @cache
    def whole(name: str) -> Whole:
        scene, spool = SCENES[name], folders.mktemp("spool")
        shutil.copytree(office(scene.make), spool / "before")
        before = snapshot(spool / "before" / scene.plan)  # a look may keep something for speed
        root = spool / "whole"
        shutil.copytree(office(scene.make), root)
        (spool / "bytes").mkdir()
        ended = server.run(root, scene.words(root), spool=spool / "bytes")
        assert ended.status in (0, 1), ended.err
        after = snapshot(root / scene.plan)
        finish(server, root, scene)
        return Whole(scene, office(scene.make), before, after, ended, files(root), spool / "bytes")

    return whole


Run = Callable[[Path, Sequence[str]], Ended]
"""Runs a command with a fault: where its files are, and its words."""


def finish(server: Server, root: Path, scene: Scene) -> None:
    """Have the workbooks written, of a command that does nothing twice."""
    if scene.once and scene.plan == "plan":
        args = [str(root / word) if word == "plan" else word for word in FINISH]
        ended = server.run(root, ["--today", small.TODAY, *args])
        assert ended.status in (0, 1), ended.err


def play(
    server: Server,
    whole: Whole,
    root: Path,
    how: How,
    what: str,
    run: Run,
    said: Sequence[str] = (),
) -> None:
    """Have `run` run a command with a fault in a copy of its plan, and hold it to the promise;
    `what` says which fault, and `said` what a message may call it beside `SAID`."""
    shutil.copytree(whole.root, root)
    ended = run(root, whole.scene.words(root))
    came_back(root)
    what = f"{what}: {ended.status} {ended.err}"
    check_end(ended, how, what, said)
    is_after = check_state(root, whole, ended, what)
    again(server, root, whole, is_after, what)
    shutil.rmtree(root)


def check_end(ended: Ended, how: How, what: str, said: Sequence[str] = ()) -> None:
    """Killed, or an exit status with a message that has a code and says why and what to do."""
    if how == "kill":
        assert ended.status == -9, what
        return
    assert ended.status in (0, 1, 2), what
    assert "Traceback" not in ended.err, what
    assert f"{TEMPORARY}:" not in ended.err, what  # a file of which nobody has heard
    if ended.status == 2:
        assert re.search(r"\[[A-Z]+-\d{3}\]$", ended.err.strip()), what
        assert any(words in ended.err for words in (*SAID[how], *said)), what
        assert "again" in ended.err or "check" in ended.err.lower(), what


def check_state(root: Path, whole: Whole, ended: Ended, what: str) -> bool:
    """Whether what the command does is done; it is, or nothing is, and it says which of the two."""
    scene = whole.scene
    found = snapshot(root / scene.plan)
    if found is not None:
        assert [p for p in wrong(root / scene.plan) if not without_its_key(p, whole)] == [], what
    if scene.args[-2] == "backup":
        made = root / "made.zip"
        assert not made.exists() or zipfile.ZipFile(made).testzip() is None, what
        return made.exists()
    is_after = same(found, whole.after, whole)
    if any(code in ended.err for code in PASSED_OVER):
        return is_after
    assert is_after or same(found, whole.before, whole), what
    if whole.before != whole.after and ended.status != -9:
        if "whether it was cannot be read" not in ended.err:
            assert is_after == (ended.status in (0, 1) or "before is recorded" in ended.err), what
        assert not (is_after and "nothing was" in ended.err.lower()), what
    return is_after


def without_its_key(problem: Problem, whole: Whole) -> bool:
    """Whether a plan is only not yet put right that had no key, or has it not in its place."""
    return whole.scene.make is without_key and problem.code in ("PLAN-004", "LED-010")


def same(found: Snapshot | None, wanted: Snapshot | None, whole: Whole) -> bool:
    """Whether two snapshots agree; a key of its own gives a plan another tip."""
    if found is not None and wanted is not None and whole.scene.loosely:
        return found.tip == wanted.tip  # its text may be there before the record of it
    if found is None or wanted is None or whole.scene.args[-1] not in ("rekey", "plan source.xlsx"):
        return found == wanted
    return (found.rows, found.log, found.tip[:2]) == (wanted.rows, wanted.log, wanted.tip[:2])


def again(server: Server, root: Path, whole: Whole, is_after: bool, what: str) -> None:
    """Run the command once more: then all is as it would have been without the fault."""
    scene, done = whole.scene, is_after and bool(whole.scene.once)
    ended = None
    if not (done and scene.once == "-") or (
        whole.scene.make is without_key and wrong(root / "plan")
    ):
        ended = server.run(root, scene.words(root))
        if done and scene.once != "-":
            assert f"[{scene.once}]" in ended.err, what
        else:
            assert ended.status in (0, 1), what + ended.err
    finish(server, root, scene)
    if scene.args[-2] != "backup":
        last = snapshot(root / scene.plan)
        assert last is not None
        assert whole.after is not None
        assert (last.rows, last.questions, last.definition) == (
            whole.after.rows, whole.after.questions, whole.after.definition
        ), what  # fmt: skip
    assert wrong(root / "plan" if (root / "plan").exists() else root / scene.plan) == [], what
    found = files(root)
    assert found.keys() - LEFT == whole.files.keys() - LEFT, what


LEFT = {
    f"{folder}/ledger.db{beside}"
    for folder in ("plan", "fresh", "restored")
    for beside in (".holder", "-journal")
}
"""What could not be removed; the next command does."""
