"""`demo`: one whole cycle on a shipped example, through the very code that a coordinator runs.

The returns are data (`examples/…/returns.toml`): what each lead types, in which field of which
action. The templates that were issued are filled in with them and dropped into the inbox.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.cycle_codes import DEMO_001, DEMO_002
from xlplan.codes.message import argument
from xlplan.cycle.desk import clock_for
from xlplan.cycle.new import new, shipped
from xlplan.cycle.plan import Plan, open_plan
from xlplan.merge.model import Question
from xlplan.plan.definition import ENTRY
from xlplan.plan.load import load_definition
from xlplan.plan.people import Lead
from xlplan.plan.settings import BoardWords, SectionWords
from xlplan.plan.write import write_definition
from xlplan.returned.as_issued import ID_PREFIX

EXAMPLE = "brag-by-recommendation"


class Demo(Struct, frozen=True):
    """What the demo made: its folder, and what to open with a word about each."""

    folder: Path
    to_open: tuple[tuple[Path, str], ...]


def demo(
    folder: str | Path, say: Callable[[str], object] = print, *, example: str | None = None
) -> Demo:
    """Run a cycle of a shipped example (default: `EXAMPLE`) in a new folder.

    `say` is called with a line for each command. Raises XlplanError where no example has this
    name (DEMO-002), and as `new_plan` does.
    """
    folder, example = Path(folder), example or EXAMPLE
    place = shipped("examples") / _known(example)
    script = tomllib.loads((place / "returns.toml").read_text(encoding="utf-8"))
    cycle = script["cycle"]
    today: date = cycle["today"]
    clock = clock_for(today)
    say(f"$ xlplan new {argument(folder.name)} --from plan.xlsx --template {example}")
    made = new(folder, place / "plan.xlsx", template=example, clock=clock)
    say(f"  {sum(row.kind == 'action' for row in made.source.rows)} actions imported")
    if script.get("lead") or script.get("nobody"):
        say("  the list of leads in plan.toml tidied")
        _tidy_leads(folder / "plan.toml", script)
    with open_plan(folder, today=today) as plan:
        say(f"$ xlplan issue --cycle {cycle['id']} --return-by {cycle['return_by']}")
        templates = {t.lead.name: t for t in plan.issue(cycle["id"], cycle["return_by"])}
        say(f"  {len(templates)} templates issued")
        for step in script["return"]:
            _drop(plan, templates[step["lead"]].path, step)
        say(f"  {len(script['return'])} returns dropped into the inbox")
    with open_plan(folder, today=cycle["return_by"]) as plan:
        say("$ xlplan merge")
        result = plan.merge()
        say(f"  {len(result.changes)} changes, questions open: {len(result.questions)}")
        for report in result.refused:
            say(f"  refused: {report.file}")
        for step in script.get("decision", ()):
            _answer(plan, result.questions, step, f"{cycle['return_by']}T15:00:00Z")
        for step in script.get("late", ()):
            _come_late(plan, step)
            say(f"  inbox/{step['file']}: {step['copy_of']} once more")
        if script.get("board") or script.get("section"):
            _write_words(folder / "plan.toml", script)
            say("  the words to the board written into plan.toml")
        say("$ xlplan merge    (after answering in decisions.xlsx)")
        result = plan.merge()
        say(f"  answered: {result.answered}, questions open: {len(result.questions)}")
        say("$ xlplan publish")
        published = plan.publish()
        first = next(iter(templates.values()))
        return Demo(
            folder,
            (
                (first.path, "a lead's template"),
                (plan.desk.folder.master, "the plan as it stands now"),
                (published.path, "the composite for the board"),
            ),
        )


def examples() -> tuple[str, ...]:
    """The names of the shipped examples, the one that `demo` runs by itself first."""
    found = (path.parent.name for path in shipped("examples").glob("*/returns.toml"))
    return tuple(sorted(found, key=lambda name: (name != EXAMPLE, name)))


def _known(example: str) -> str:
    if example in examples():
        return example
    raise DEMO_002.fault(example, name=example, examples=examples())


def _tidy_leads(path: Path, script: Mapping[str, Any]) -> None:
    """Go through the list of leads as the coordinator does: who is one, and who is nobody."""
    definition = load_definition(path.read_text(encoding="utf-8"), path.name)
    tidied = {
        item["name"]: Lead(
            item["name"], tuple(item.get("aliases", ())), item.get("organisation", "")
        )
        for item in script.get("lead", ())
    }
    gone = {name for lead in tidied.values() for name in (lead.name, *lead.aliases)}
    gone |= set(script.get("nobody", ()))
    kept = {lead.name: lead for lead in definition.leads if lead.name not in gone}
    leads = tuple(lead for _, lead in sorted({**kept, **tidied}.items()))
    path.write_text(write_definition(replace(definition, leads=leads)), encoding="utf-8")


def _write_words(path: Path, script: Mapping[str, Any]) -> None:
    """Write to the board as the coordinator does: the message, what is asked, the paragraphs."""
    definition = load_definition(path.read_text(encoding="utf-8"), path.name)
    words = script.get("board", {})
    board = BoardWords(words.get("message", ""), tuple(words.get("asks", ())))
    sections = tuple(SectionWords(**item) for item in script.get("section", ()))
    worded = replace(definition, board=board, sections=sections)
    path.write_text(write_definition(worded), encoding="utf-8")


def _drop(plan: Plan, template: Path, step: Mapping[str, Any]) -> None:
    """Fill in a template as one lead does, and put it into the inbox, as csv if it is named so."""
    from xlplan.workbook.write.filling import as_csv, fill_in, places_in

    data = template.read_bytes()
    places = places_in(data, ID_PREFIX)
    uids = {plan.desk.state.ref(uid): uid for uid, _ in places}
    edits = []
    for edit in step.get("edit", ()):
        value = edit.get("value")
        text = value.strip("\n") if isinstance(value, str) else value
        # Earlier entries of a narrative may be locked: a lead writes in the column beside them.
        uid, field = uids[edit["action"]], edit["field"]
        _, cell = places.get((uid, field + ENTRY)) or places[uid, field]
        edits.append((cell, text or None))
    filled = fill_in(data, "Update", edits, step["saved_at"])
    if step.get("broken"):
        filled = filled[: len(filled) // 3]
    if step["file"].endswith(".csv"):
        filled = as_csv(filled, "Update")
    (plan.desk.folder.inbox / step["file"]).write_bytes(filled)


def _come_late(plan: Plan, step: Mapping[str, Any]) -> None:
    """A file that came already arrives again, under another name."""
    inbox = plan.desk.folder.inbox
    (inbox / step["file"]).write_bytes((inbox / step["copy_of"]).read_bytes())


def _answer(
    plan: Plan, questions: tuple[Question, ...], step: Mapping[str, Any], saved_at: str
) -> None:
    """Answer one question in `decisions.xlsx`, as the coordinator does."""
    from xlplan.workbook.write.filling import fill_in, key_rows

    asked = [
        question
        for question in questions
        if (question.action, question.field) == (step["action"], step["field"])
    ]
    if not asked:
        raise DEMO_001.fault("returns.toml", column=step["field"], ref=step["action"])
    path = plan.desk.folder.decisions
    data = path.read_bytes()
    columns, rows = key_rows(data, ID_PREFIX)
    sheet, row = rows[asked[0].id]
    edits = [
        (f"{columns['decision']}{row}", step["choice"]),
        (f"{columns['why']}{row}", step.get("why")),
    ]
    path.write_bytes(fill_in(data, sheet, edits, saved_at))
