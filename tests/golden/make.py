"""Play two cycles of each shipped example and keep the plan's folder as `NAME.zip` beside this.

Run by hand, once:  python -m tests.golden.make DIR [NAME…]

The ledgers stand for those that people have: written by the program as it was, and read by every
later one. So this is not run again when the program changes; a later format of the ledger gets
golden plans of its own, under other names, and DIR is where to write them.

Beside the folder at the end (`ledger.db`, `plan.toml`, `secret.key`, `returns/`), the archive
holds the plan before each of three merges, with the files that came in: `1/`, `2/`, `3/`, each
with its `ledger.db`, its `plan.toml`, and `files.json` (where a file lay, and its digest).
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal
from unittest import mock

from msgspec.structs import replace

from tests.conftest import ROOT
from tests.sent import Formula, Sent, Typed
from xlplan.cli.main import run
from xlplan.cycle.demo import examples
from xlplan.cycle.plan import open_plan
from xlplan.merge.model import Question
from xlplan.plan.definition import STATUS, PlanDefinition
from xlplan.plan.load import load_definition
from xlplan.plan.people import Lead
from xlplan.plan.write import write_definition

Layout = Literal["table", "form"]
LAYOUTS: dict[str, Layout] = {"coded-key-actions": "form", "multi-agency-composite": "form"}
"""The layout of the first cycle, where it is not a table; the second has the other one, but for
`ALWAYS`."""
ALWAYS = ("multi-agency-composite", "themed-rag")
SETS = {"brag-by-recommendation": "recommendation"}
"""A field of sets that leads fill in, which no workbook template gives them."""
KINDS = (
    "invalid", "locked", "held", "cleared", "missing", "formula", "progress", "cleared", "invalid",
)  # fmt: skip
"""What becomes of the actions of leads who are not in `returns.toml`, one after the other."""
ANSWERS = {
    "held": "Accept", "locked": "Keep current", "cleared-required": "Keep current",
    "row-missing": "Withdraw", "row-added": "Accept", "reverted": "Accept",
}  # fmt: skip
"""What the coordinator chooses in `decisions.xlsx`; the other kinds stay open, or are answered
from Python."""
EPOCH = (2026, 1, 1, 0, 0, 0)


@dataclass
class Play:
    """One example on its way through two cycles."""

    name: str
    folder: Path
    target: zipfile.ZipFile
    script: Mapping[str, Any]
    stages: int = 0

    @property
    def cycle(self) -> str:
        """The first cycle."""
        return str(self.script["cycle"]["id"])

    @property
    def today(self) -> date:
        """The day on which the first cycle is issued."""
        day: date = self.script["cycle"]["today"]
        return day

    def do(self, day: date, *args: str) -> None:
        status = run(["-C", str(self.folder), "--today", day.isoformat(), *args])
        assert status in (0, 1), (self.name, args, status)

    def sent(self, cycle: str) -> dict[str, Sent]:
        """The templates of a cycle, by the name of their file."""
        found = sorted((self.folder / "outbox" / cycle).glob("*.xlsx"))
        return {path.stem: Sent(path.read_bytes()) for path in found}

    def drop(self, file: str, data: bytes) -> None:
        (self.folder / "inbox" / file).write_bytes(data)

    def uids(self) -> dict[str, str]:
        """The uid of every action, by ref."""
        with open_plan(self.folder, today=self.today) as plan:
            return {row.ref: row.uid for row in plan.rows()}

    def define(self, change: Mapping[str, Any]) -> None:
        """Edit ``plan.toml``."""
        text = write_definition(replace(self.definition(), **change))
        (self.folder / "plan.toml").write_text(text, encoding="utf-8")

    def definition(self) -> PlanDefinition:
        path = self.folder / "plan.toml"
        return load_definition(path.read_text("utf-8"), path.name)

    def keep(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED
        self.target.writestr(info, data, compresslevel=9)

    def merge(self, day: date, *args: str) -> None:
        """Merge, with the plan as it is before and what came in kept."""
        self.stages += 1
        files = {}
        for path in (*sorted((self.folder / "inbox").iterdir()), self.folder / "master.xlsx",
                     self.folder / "decisions.xlsx"):  # fmt: skip
            if path.exists():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                files[path.relative_to(self.folder).as_posix()] = digest
        for name in ("ledger.db", "plan.toml"):
            self.keep(f"{self.stages}/{name}", (self.folder / name).read_bytes())
        self.do(day, "merge", *args)
        # Files of our own that nobody edited are not kept among the originals.
        kept = {path.name for path in (self.folder / "returns").iterdir()}
        files = {name: digest for name, digest in files.items() if digest in kept}
        said = {"day": day.isoformat(), "files": files}
        self.keep(f"{self.stages}/files.json", json.dumps(said, indent=1).encode())


def main(target: Path, names: Sequence[str]) -> None:
    """Make the golden plan of each example."""
    for name in names or examples():
        place = ROOT / "examples" / name
        script = tomllib.loads((place / "returns.toml").read_text("utf-8"))
        key = hashlib.sha256(name.encode()).digest()
        with (
            tempfile.TemporaryDirectory() as scratch,
            zipfile.ZipFile(target / f"{name}.zip", "w") as archive,
            mock.patch.object(secrets, "token_bytes", return_value=key),
        ):
            one = Play(name, Path(scratch) / "plan", archive, script)
            start(one, place / "plan.xlsx")
            first_cycle(one)
            second_cycle(one)
            for path in ("ledger.db", "plan.toml", "secret.key"):
                one.keep(path, (one.folder / path).read_bytes())
            for original in sorted((one.folder / "returns").iterdir()):
                one.keep(f"returns/{original.name}", original.read_bytes())


def start(one: Play, source: Path) -> None:
    """A plan from the example, with its list of leads tidied and more that leads fill in."""
    day = one.today.isoformat()
    made = run(["--today", day, "new", str(one.folder), "--from", str(source),
                "--template", one.name])  # fmt: skip
    assert made in (0, 1)
    definition = one.definition()
    given = {
        item["name"]: Lead(
            item["name"], tuple(item.get("aliases", ())), item.get("organisation", "")
        )
        for item in one.script.get("lead", ())
    }
    gone = {name for lead in given.values() for name in (lead.name, *lead.aliases)}
    gone |= set(one.script.get("nobody", ()))
    kept = {lead.name: lead for lead in definition.leads if lead.name not in gone}
    wide = SETS.get(one.name, "")
    fields = tuple(
        replace(item, owner="lead") if item.id == wide and item.of == "action" else
        replace(item, required=True) if item.role in ("rating", "due") and item.owner == "lead"
        and item.of == "action" else item
        for item in definition.fields
    )  # fmt: skip
    issue = replace(
        definition.issue,
        layout=LAYOUTS.get(one.name, "table"),
        fields=(*definition.issue.fields, *([wide] if wide else [])),
        proposal_rows=1,
        contact="The plan office, extension 4512",
    )
    leads = tuple(lead for _, lead in sorted({**kept, **given}.items()))
    one.define({"leads": leads, "fields": fields, "issue": issue})


def first_cycle(one: Play) -> None:
    """Issue; the returns of the example and more; answers; an undo; an edit; a board."""
    due: date = one.script["cycle"]["return_by"]
    one.do(one.today, "issue", "--cycle", one.cycle, "--return-by", due.isoformat())
    sent, uids = one.sent(one.cycle), one.uids()
    for given in one.script["return"]:
        edits = {
            (uids[edit["action"]], edit["field"]): edit["value"].strip("\n") or None
            for edit in given.get("edit", ())
        }
        data = sent[given["lead"]].typed(edits, given["saved_at"])
        one.drop(given["file"], data[: len(data) // 3] if given.get("broken") else data)
    second_thoughts(one, sent, uids)
    held = more_returns(one, sent)
    edit_master(one, [(uid, _closing(one)) for uid in held], f"{due}T08:00:00Z")
    one.merge(due)
    answer_in_decisions(one, due)
    one.merge(due)
    answer_from_python(one, due)
    undone = one.folder / "inbox" / "undone.xlsx"
    ident = f"r-{hashlib.sha256(undone.read_bytes()).hexdigest()[:12]}"
    undone.unlink()
    one.do(due + timedelta(1), "undo", ident, "--cascade", "--why", "Sent by mistake")
    uid = sorted(uids.values())[-1]
    edit_master(one, [(uid, ("progress", "Corrected by the plan office"))], f"{due}T18:00:00Z")
    one.do(due + timedelta(1), "merge")
    one.do(due + timedelta(2), "publish")


def second_thoughts(one: Play, sent: Mapping[str, Sent], uids: Mapping[str, str]) -> None:
    """The first lead of the example sends another file a day later, which takes one edit back and
    changes another; somebody sends a file that is undone later."""
    first = one.script["return"][0]
    told = first["edit"]
    later = f"{date.fromisoformat(first['saved_at'][:10]) + timedelta(1)}T10:00:00Z"
    edits: dict[tuple[str, str], Typed] = {}
    for edit in told[1:]:  # the first is left out, and so shows what was issued
        edits[uids[edit["action"]], edit["field"]] = edit["value"].strip("\n") or None
    narrative = next(e for e in told if e["field"] in ("progress", "milestone"))
    edits[uids[narrative["action"]], narrative["field"]] = "Shorter: see last month's note."
    one.drop("second thoughts.xlsx", sent[first["lead"]].typed(edits, later))


def more_returns(one: Play, sent: Mapping[str, Sent]) -> list[str]:
    """Returns of leads who are not in the example, each action with a fate of its own; the
    actions that the coordinator closes meanwhile."""
    known = {given["lead"] for given in one.script["return"]}
    others = sorted((name for name in sent if name not in known),
                    key=lambda name: (-len(sent[name].actions), name))  # fmt: skip
    kinds = iter(KINDS)
    held: list[str] = []
    taken: set[str] = set()
    for number, lead in enumerate(others[:-1][:5]):
        template, gone = sent[lead], []
        edits: dict[tuple[str, str], Typed] = {}
        for uid in template.actions:
            if uid in taken or not (kind := next(kinds, "")):
                continue
            taken.add(uid)
            if kind == "missing":
                gone.append(uid)
            else:
                held += [uid] if kind == "held" else []
                edits |= _edit(one, template, uid, kind)
        if number == 0:
            edits |= _proposal(template)
        saved_at = f"{one.today + timedelta(3 + number)}T11:1{number}:00Z"
        one.drop(f"more {number + 1}.xlsx", template.typed(edits, saved_at, gone))
    last = sent[others[-1]]
    edits = {(last.actions[-1], "progress"): "This is another plan's news.",
             (last.actions[-1], "due"): "December 2027"}  # fmt: skip
    edits = {key: value for key, value in edits.items() if last.cell(*key)}
    one.drop("undone.xlsx", last.typed(edits, f"{one.today + timedelta(2)}T17:00:00Z"))
    if wide := SETS.get(one.name):
        uid, leads = _sharing(sent)
        for lead, value in zip(leads, ("1, 5", "1, 6"), strict=False):
            data = sent[lead].typed({(uid, wide): value}, f"{one.today + timedelta(6)}T09:00:00Z")
            one.drop(f"set {value}.xlsx", data)
    return held


def _edit(one: Play, template: Sent, uid: str, kind: str) -> dict[tuple[str, str], Typed]:
    rating = "rating" if template.cell(uid, "rating") else ""
    due = "due" if template.cell(uid, "due") else "revised"
    edits: dict[str, dict[tuple[str, str], Typed]] = {
        "invalid": {(uid, rating or due): "Purple-ish"},
        "locked": {(uid, "action"): "Do something else altogether", (uid, due): "May 2027"},
        "held": {(uid, "progress"): f"Still going on in {one.cycle}."},
        "cleared": {(uid, due): None},
        "formula": {(uid, due): Formula("=1+1")},
        "progress": {(uid, "progress"): "Two lines of news,\nthe second one with = and \u00e9."},
    }
    return edits[kind]


def _proposal(template: Sent) -> dict[tuple[str, str], Typed]:
    """A new action, in the row that is there for one."""
    uid = next((uid for uid in template.rows if uid.startswith("new-")), "")
    edits: dict[tuple[str, str], Typed] = {(uid, "action"): "Open a second counter in the hall"}
    edits[uid, "due"] = "March 2027"
    return {key: value for key, value in edits.items() if template.cells.get(key)}


def _sharing(sent: Mapping[str, Sent]) -> tuple[str, list[str]]:
    """The first action that several leads have, and who they are."""
    leads: dict[str, list[str]] = {}
    for lead, template in sorted(sent.items()):
        for uid in template.actions:
            leads.setdefault(uid, []).append(lead)
    return next((uid, leads[uid]) for uid in sorted(leads) if len(leads[uid]) > 1)


def _closing(one: Play) -> tuple[str, str]:
    """What the coordinator writes to close an action."""
    closed = [rating.label for rating in one.definition().ratings if rating.closed]
    return ("rating", closed[0]) if closed else (STATUS, "withdrawn")


def edit_master(one: Play, edits: Sequence[tuple[str, tuple[str, str]]], saved_at: str) -> None:
    """The coordinator edits `master.xlsx` where it lies."""
    path = one.folder / "master.xlsx"
    master = Sent(path.read_bytes())
    wanted: dict[tuple[str, str], Typed] = {
        (uid, name): value for uid, (name, value) in edits if (uid, name) in master.cells
    }
    assert len(wanted) == len(edits), (one.name, edits)
    path.write_bytes(master.typed(wanted, saved_at))


def answer_in_decisions(one: Play, day: date) -> None:
    """Answer in `decisions.xlsx` what `ANSWERS` has an answer to, and what the example decides."""
    path = one.folder / "decisions.xlsx"
    asked = Sent(path.read_bytes())
    edits: dict[tuple[str, str], Typed] = {}
    with open_plan(one.folder, today=day) as plan:
        for question in plan.questions():
            choice, why = _answer(one, question)
            if choice:
                edits[question.id, "decision"] = choice
                edits[question.id, "why"] = why
    path.write_bytes(asked.typed(edits, f"{day}T15:00:00Z"))


def _answer(one: Play, question: Question) -> tuple[str, str]:
    for given in one.script.get("decision", ()):
        wanted = given["choice"].strip("\n")
        if (question.action, question.field) == (given["action"], given["field"]):
            fits = [choice for choice in question.choices if choice == wanted]
            if question.kind == "conflict" and fits:
                return fits[0], given["why"]
    return ANSWERS.get(question.kind, ""), "By telephone"


def answer_from_python(one: Play, day: date) -> None:
    """Answer the first open question of each kind that `decisions.xlsx` has left."""
    with open_plan(one.folder, today=day) as plan:
        found = {question.kind: question for question in reversed(plan.questions())}
        for question in found.values():
            plan.answer(question.id, question.choices[0], why="Said in the meeting")


def second_cycle(one: Play) -> None:
    """Four weeks later: a definition edited, a late return of the first, a conflict, a board."""
    day = one.today + timedelta(42)
    cycle = f"{day:%Y-%m}"
    definition = one.definition()
    fields = tuple(
        replace(item, heading=f"{item.heading} so far") if item.role == "progress" else item
        for item in definition.fields
    )
    layout: Layout = "table" if definition.issue.layout == "form" else "form"
    issue = definition.issue if one.name in ALWAYS else replace(definition.issue, layout=layout)
    one.define({"fields": fields, "issue": issue})
    due = day + timedelta(14)
    one.do(day, "issue", "--cycle", cycle, "--return-by", due.isoformat())
    for path in (one.folder / "inbox").iterdir():
        path.unlink()
    before, sent = one.sent(one.cycle), one.sent(cycle)
    leads = sorted(sent, key=lambda name: (-len(sent[name].actions), name))
    late = before[leads[1]]
    edits: dict[tuple[str, str], Typed] = {
        (uid, "progress"): f"Late news, number {number}."
        for number, uid in enumerate(late.actions[:3])
    }
    one.drop("late.xlsx", late.typed(edits, f"{day - timedelta(5)}T09:00:00Z"))
    uid, sharing = _sharing(sent)
    for lead, value in zip(sharing, ("April 2028", "June 2028"), strict=False):
        name = "due" if sent[lead].cell(uid, "due") else "revised"
        edits = {(uid, name): value, (uid, "progress"): f"By {lead}."}
        if name == "revised":
            edits[uid, name] = (
                value.replace("April", "04").replace("June", "06").replace(" 20", "/")
            )
        one.drop(f"{lead}.xlsx", sent[lead].typed(edits, f"{day + timedelta(3)}T09:00:00Z"))
    template = sent[leads[0]]
    edits = _edit(one, template, template.actions[-1], "invalid")
    edits |= _edit(one, template, template.actions[0], "locked")
    one.drop("largest.xlsx", template.typed(edits, f"{day + timedelta(4)}T09:00:00Z"))
    one.merge(due)
    answer_from_python(one, due)
    one.do(due + timedelta(3), "publish")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
