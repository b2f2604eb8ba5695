"""An office year by two hands: one plan goes on from what was kept, the other always replays.

In the second the kept answers are deleted before every command. Both say and write the same, with
all that a return can bring: ticks of steps, requests, signatures by role, rows that were confirmed,
answers to hints, what was left blank, the one workbook of a team, and leads who were asked nothing.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from tests import small
from tests.outgoing import place
from tests.small import CYCLE, LEARNING, LETTINGS, REPAIRS
from xlplan.cli.main import run
from xlplan.cycle.memory import Memory
from xlplan.cycle.plan import open_plan
from xlplan.ledger.store import Ledger
from xlplan.merge.log import History
from xlplan.plan.definition import BECAUSE, ENTRY
from xlplan.plan.write import add_entry, set_key
from xlplan.returned.as_issued import CONFIRMED
from xlplan.workbook.write.filling import fill_in

FINANCE, HOMES = "Head of Finance", "Homes team"
STEPS, WHEN = "Write the guide\nTrain the officers\nAudit it", "May 2026\nJune 2026\nJuly 2027"
ROWS = (
    ("1.1", STEPS, LETTINGS, WHEN, "Begun", "Amber"),
    ("1.2", "Inspect every lift\nMend those that stop", REPAIRS, "May 2026\nMay 2027", "Half",
     "Amber"),
    ("1.3", "Answer complaints", f"{LETTINGS} / {LEARNING}", "May 2026", "Late", "Amber"),
    ("2.1", "Train the duty officers", LEARNING, "May 2027", "", "Green"),
    ("2.2", "Pay in thirty days", FINANCE, "July 2027", "Begun", "Green"),
)  # fmt: skip
DIRECTOR, TREASURER = "Director", "Treasurer"
WHY = BECAUSE + ENTRY
NEXT, LAST = "2026-12", "2027-01"
LOOKS = (("status",), ("status", "--cycle", CYCLE), ("show",), ("log",), ("check",))
NO_FILES_OF_THE_PLAN = ("ledger.db", "projection.db")


class Hands:
    """Two copies of a plan, and what is done to both."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.kept, self.replayed = folder / "kept" / "plan", folder / "replayed" / "plan"
        self._capsys = capsys
        self.recalled = 0
        """How often a command went on from what was kept."""
        plain = Memory.recalled

        def counted(memory: Memory) -> History:
            self.recalled += 1
            return plain(memory)

        patch.setattr(Memory, "recalled", counted)

    def do(self, *args: str, today: str = small.TODAY) -> None:
        """The same command on both, and a look at both."""
        self._both(args, today)
        for look in LOOKS:
            self._both((*look, "--json"), today)
        found, true = map(_files, (self.kept, self.replayed))
        assert found.keys() == true.keys(), args
        assert [name for name, data in found.items() if data != true[name]] == [], args
        assert _tip(self.kept) == _tip(self.replayed), args

    def _both(self, args: tuple[str, ...], today: str) -> None:
        found = self._says(self.kept, args, today)
        for file in self.replayed.glob("projection.db*"):
            file.unlink()
        assert found == self._says(self.replayed, args, today), args

    def _says(self, folder: Path, args: tuple[str, ...], today: str) -> tuple[int, str]:
        self._capsys.readouterr()
        with contextlib.chdir(folder):
            status = small.do(folder, *args, today=today)
        return status, self._capsys.readouterr().out.replace(str(folder), "")

    def hand_in(self, data: bytes, file: str) -> None:
        """The same bytes, put into both folders."""
        for folder in (self.kept, self.replayed):
            (folder / file).write_bytes(data)

    def give(
        self,
        who: str,
        edits: small.Edits,
        *,
        cycle: str = CYCLE,
        saved_at: str = "2026-11-10T10:00:00Z",
        signed: Mapping[str, str] | None = None,
    ) -> None:
        """Somebody's template comes back, filled in and maybe signed."""
        template = self.kept / "outbox" / cycle / f"{who}.xlsx"
        data = small.fill(self.kept, template, edits, saved_at)
        signs: list[tuple[str, str | float | date | None]] = []
        for role, name in (signed or {}).items():
            signs.append((place(data, f"signed_by:{role}"), name))
            signs.append((place(data, f"signed_on:{role}"), date(2026, 11, 9)))
        self.hand_in(fill_in(data, "Update", signs, saved_at), f"inbox/{who} {saved_at[:10]}.xlsx")

    def answer(self, answers: Mapping[tuple[str, ...], str]) -> None:
        small.answer(self.kept, answers)
        self.hand_in((self.kept / "decisions.xlsx").read_bytes(), "decisions.xlsx")

    def define(self, change: Callable[[str], str]) -> None:
        text = change((self.kept / "plan.toml").read_text("utf-8"))
        self.hand_in(text.encode(), "plan.toml")


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(NO_FILES_OF_THE_PLAN)
    }


def _tip(folder: Path) -> tuple[int, int, str]:
    ledger = Ledger.open_(folder / "ledger.db")
    try:
        return ledger.tip()
    finally:
        ledger.close()


def defined(text: str) -> str:
    """A plan that asks for everything."""
    for name in ("hints", "confirm"):
        text = set_key(text, ("issue", name), value=True)
    due = '[[field]]\nid = "due"\n'
    progress = 'heading = "Progress"\n'
    assert text.count(due) == text.count(progress) == 1
    text = text.replace(due, f'{due}change = "request"\n').replace('"due", ', '"due", "why", ')
    text = text.replace(progress, f'{progress}required_if = {{ rating = "Red" }}\n')
    text = set_key(text, ("issue", "layout"), "form")
    why = {"id": "why", "heading": "Why it moves", "role": "reason", "owner": "lead"}
    text = add_entry(text, "field", why)
    for role in (DIRECTOR, TREASURER):
        text = add_entry(text, "sign_off", {"role": role})
    members = {"members": (LETTINGS, REPAIRS), "issue": "one"}
    return add_entry(text, "group", {"name": HOMES, **members})


@pytest.fixture
def hands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Hands:
    both = Hands(tmp_path, monkeypatch, capsys)
    source = small.write_source(tmp_path / "source.xlsx", ROWS)
    made = ["--today", small.TODAY, "new", str(both.kept), "--from", str(source)]
    both.kept.parent.mkdir()
    assert run(made) in (0, 1)
    shutil.copytree(both.kept, both.replayed)
    both.define(defined)
    return both


def play(hands: Hands) -> None:
    """The year."""
    hands.do("issue", "--cycle", CYCLE, "--return-by", "2026-11-20", "--rated", "Amber")
    hands.do("draft")
    team: dict[tuple[str, str], str | float | date | None] = {
        ("1.1", "steps_done#1"): "Done",
        ("1.1", "steps_done#2"): "10 June 2026",
        ("1.1", WHY): "The guide came first",
        ("1.2", "rating"): "Red",
        ("1.2", "progress"): None,
    }
    hands.give(HOMES, team, signed={DIRECTOR: "A Director"})
    asked = {("1.3", "due"): "August 2027", ("1.3", "why"): "Awaiting counsel"}
    hands.give(LEARNING, asked, signed={DIRECTOR: "B Director", TREASURER: "C Treasurer"})
    hands.do("merge", "--reply", "replies")
    hands.answer({("1.3", "due"): "Refuse"})
    hands.do("merge")
    hands.do("publish")
    hands.do("issue", "--cycle", CYCLE, "--lead", FINANCE)
    hands.give(FINANCE, {("2.2", CONFIRMED): "Yes"}, saved_at="2026-11-12T10:00:00Z")
    hands.do("merge")

    hands.do("issue", "--cycle", NEXT, today="2026-12-01")
    hands.do("remind", "--cycle", NEXT, today="2026-12-01")
    ticked: dict[tuple[str, str], str | float | date | None] = {
        ("1.1", "steps_done#3"): "half",
        ("1.1", "progress"): "All but one",
        ("1.2", CONFIRMED): "Yes",
    }
    both = {DIRECTOR: "A Director", TREASURER: "C Treasurer"}
    hands.give(HOMES, ticked, cycle=NEXT, saved_at="2026-12-05T10:00:00Z", signed=both)
    again = {("1.3", "due"): "September 2027", ("2.1", WHY): "As agreed"}
    hands.give(LEARNING, again, cycle=NEXT, saved_at="2026-12-05T11:00:00Z")
    late = {("2.2", "progress"): "On the old form"}
    hands.give(FINANCE, late, saved_at="2026-12-06T10:00:00Z")
    hands.do("merge", "--reply", "replies", today="2026-12-07")
    hands.answer({("1.3", "due"): "Agree"})
    hands.do("merge", today="2026-12-07")
    hands.do("issue", "--cycle", LAST, "--rated", "Red", today="2027-01-04")
    hands.do("publish", today="2027-01-04")
    with open_plan(hands.kept) as plan:
        name = next(r.id for r in plan.desk.state.returns.values() if HOMES in r.file)
    hands.do("undo", name, "--cascade", today="2027-01-05")


def test_a_year_is_the_same_whether_it_is_recalled_or_replayed(hands: Hands) -> None:
    play(hands)
    assert hands.recalled
