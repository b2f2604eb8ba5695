"""Plans with a past, for measuring what a command costs when much has happened.

``grow`` writes the ledger of a plan event by event, as so many monthly cycles would have, without
writing and reading a workbook for each of them: a hundred leads with 25 actions each, and every
month so many cells that came back changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.small import fill
from xlplan.cycle.folder import PlanFolder, text_digest
from xlplan.ledger.store import Ledger
from xlplan.merge.kinds import Kind, digest, named, write_id
from xlplan.merge.model import Defined, Fact, Issued, Place, Published, Returned, RowAdded, Write
from xlplan.plan.load import load_definition
from xlplan.plan.timescales import canon_timescale
from xlplan.plan.values import Value
from xlplan.returned.as_issued import template_columns
from xlplan.workbook.stamp import fingerprint

RATINGS = ("Green", "Amber", "Red")
PER_LEAD = 25
_FIELDS = """
[[field]]
id = "ref"
heading = "Ref"
role = "key"

[[field]]
id = "section"
heading = "Theme"
role = "section"

[[field]]
id = "action"
heading = "Action"
type = "narrative"
role = "action"

[[field]]
id = "lead"
heading = "Lead officer"
type = "people"
role = "lead"

[[field]]
id = "outcome"
heading = "Outcome"
type = "narrative"
role = "outcome"

[[field]]
id = "measure"
heading = "Measure"
role = "measure"

[[field]]
id = "origin"
heading = "Source"
role = "origin"

[[field]]
id = "due"
heading = "Timescale"
type = "timescale"
role = "due"
owner = "lead"

[[field]]
id = "revised"
heading = "Revised date"
type = "date"
role = "revised"
owner = "lead"

[[field]]
id = "percent"
heading = "% complete"
type = "percent"
role = "percent"
owner = "lead"

[[field]]
id = "rating"
heading = "Rating"
type = "rating"
role = "rating"
owner = "lead"

[[field]]
id = "stage"
heading = "Stage"
type = "choice"
owner = "lead"
choices = ["Not started", "Under way", "Done"]

[[field]]
id = "progress"
heading = "Progress"
type = "narrative"
role = "progress"
owner = "lead"

[[field]]
id = "evidence"
heading = "Evidence"
role = "evidence"
owner = "lead"

[[field]]
id = "remarks"
heading = "Remarks"
owner = "lead"
"""
_RATINGS = """
[[rating]]
code = "Blue"
label = "Complete"
closed = true

[[rating]]
code = "Green"
label = "On track"

[[rating]]
code = "Amber"
label = "Slipping"
exception = true

[[rating]]
code = "Red"
label = "Late"
exception = true
"""
LONG = (
    "The team has moved to weekly case reviews, and every case older than twelve weeks has a named "
    "officer. Two posts remain vacant; interviews are in the second week of the month. "
)


@dataclass(frozen=True)
class Size:
    """How large a plan is and how much has happened in it."""

    leads: int = 100
    per_lead: int = PER_LEAD
    months: int = 0
    lines: int = 0
    """Lines of the log in all, spread over the months."""


def definition_text(leads: int) -> str:
    """The text of ``plan.toml``: 15 fields, four ratings, so many leads."""
    people = "".join(f'\n[[lead]]\nname = "{lead_name(n)}"\n' for n in range(leads))
    head = '[plan]\nid = "grown"\ntitle = "A plan with a past"\n'
    return head + _FIELDS + _RATINGS + people


def lead_name(number: int) -> str:
    """A post for each lead."""
    return f"Head of Service {number + 1}"


def month(number: int) -> str:
    """The id of a cycle: 0 is ``2021-01``."""
    return f"{2021 + number // 12}-{number % 12 + 1:02}"


def ref_of(lead: int, number: int) -> str:
    """The ref of an action: ``3.7`` is the seventh of the third lead."""
    return f"{lead + 1}.{number + 1}"


def grow(folder: Path, size: Size) -> Path:
    """A new plan in `folder` with a past."""
    folder.mkdir(parents=True)
    plan = PlanFolder(folder)
    text = definition_text(size.leads)
    plan.definition.write_text(text, encoding="utf-8")
    plan.inbox.mkdir()
    key = plan.make_key()
    with Ledger.create(plan.ledger) as ledger:
        with ledger.transaction() as work:
            work.bind(fingerprint(key))
            work.append("2020-12-01T12:00:00Z", list(_imported(text, size)))
        as_of = ledger.tip()[0]
        for number in range(size.months):
            with ledger.transaction() as work:
                facts: list[Fact] = list(_issued(text, size, number, as_of))
                work.append(f"{month(number)}-02T12:00:00Z", facts)
            with ledger.transaction() as work:
                back = list(_returned(size, number, facts))
                work.append(f"{month(number)}-20T12:00:00Z", back)
            as_of, _, tip = ledger.tip()
            with ledger.transaction() as work:
                board = Published(month(number), as_of, f"{month(number)}.xlsx", digest(tip), tip)
                as_of = work.append(f"{month(number)}-28T12:00:00Z", [board])[-1].seq
    return folder


def _uid(lead: int, number: int) -> str:
    return named("a", "grown", lead, number)


def _imported(text: str, size: Size) -> Iterator[Fact]:
    yield Defined(text, text_digest(text))
    for lead in range(size.leads):
        for number in range(size.per_lead):
            values: dict[str, Value] = {
                "ref": ref_of(lead, number),
                "section": f"Theme {lead % 8 + 1}",
                "action": f"Bring {number + 12} homes of area {lead + 1} up to the standard.",
                "lead": (lead_name(lead),),
                "outcome": "Tenants know when work is done, and say that it was done well.",
                "measure": f"{number * 4} % of homes",
                "origin": f"Inspection {lead % 5 + 1}",
                "due": canon_timescale("June 2027"),
                "percent": 0.25,
                "rating": RATINGS[number % 3],
                "stage": "Under way",
                "progress": LONG * (1 + number % 3),
                "evidence": "Board paper 12",
                "remarks": "None",
            }
            places = {name: Place("plan.xlsx", "Plan", f"A{number + 2}") for name in values}
            order = float(lead * size.per_lead + number + 1)
            yield RowAdded(_uid(lead, number), "action", order, values, places)


def _issued(text: str, size: Size, number: int, as_of: int) -> Iterator[Issued]:
    columns = template_columns(load_definition(text))
    fields = tuple(column.id for column in columns)
    inputs = tuple(column.id for column in columns if column.input)
    for lead in range(size.leads):
        yield Issued(
            id=named("t", "grown", number, lead),
            document="template",
            author=lead_name(lead),
            cycle=month(number),
            return_by=f"{month(number)}-25",
            as_of=as_of,
            uids=tuple(_uid(lead, place) for place in range(size.per_lead)),
            fields=fields,
            inputs=inputs,
            file=f"outbox/{month(number)}/{lead_name(lead)}.xlsx",
            sha256=digest("template", number, lead),
        )


def _returned(size: Size, number: int, issued: list[Fact]) -> Iterator[Returned]:
    """Each lead's return: a note for every action in turn, so many that the lines come out."""
    each = max(1, size.lines // max(1, size.months * size.leads))
    for lead, template in enumerate(issued):
        assert isinstance(template, Issued)
        sha256 = digest("return", number, lead)
        file = f"inbox/{lead_name(lead)} {number}.xlsx"
        cells = [
            (uid, name, f"{chr(66 + place)}{row + 8}")
            for place, name in enumerate(("remarks", "progress", "evidence", "stage"))
            for row, uid in enumerate(template.uids)
        ]
        first = number * each
        chosen = [cells[(first + step) % len(cells)] for step in range(each)]
        yield Returned(
            id=f"r-{sha256[:12]}",
            sha256=sha256,
            file=file,
            issued=template.id,
            author=template.author,
            cycle=template.cycle,
            saved_at=f"{template.cycle}-15T10:00:00Z",
            outcome="merged",
            rows=tuple(sorted(template.uids)),
            fields=tuple(sorted(template.fields)),
            assertions=tuple(_write(template, file, number, *cell) for cell in chosen),
        )


def _write(template: Issued, file: str, number: int, uid: str, name: str, cell: str) -> Write:
    value = ("Not started", "Under way", "Done")[number % 3]
    if name != "stage":
        value = f"Month {number + 1}: the second phase is under way, and {number} homes are done."
    return Write(
        id=write_id(template.id, template.author, uid, name, value),
        kind=Kind.EDIT,
        author=template.author,
        uid=uid,
        field=name,
        value=value,
        issued=template.id,
        raw=value,
        place=Place(file, "Update", cell),
    )


def of_age(months: int) -> Size:
    """A plan of 480 actions and 60 leads, who answered about every action in each of its months."""
    return Size(leads=60, per_lead=8, months=months, lines=months * 500)


def commands_at(age: int) -> dict[str, tuple[str, ...]]:
    """The commands of the month after such an age, in order, on the third of that month."""
    cycle = month(age)
    due = date(2021 + age // 12, age % 12 + 1, 25).isoformat()
    commands: dict[str, tuple[str, ...]] = {
        "issue": ("issue", "--cycle", cycle, "--return-by", due),
        "merge": ("merge",),
        "status": ("status",),
        "show REF": ("show", "1.1"),
        "log --action REF": ("log", "--action", "1.1"),
        "check": ("check",),
        "publish": ("publish",),
        "verify": ("verify",),
    }
    return {name: ("--today", f"{cycle}-03", *command) for name, command in commands.items()}


def answer_all(folder: Path, age: int) -> None:
    """What all leads return that month, in the inbox."""
    for lead in range(60):
        template = folder / "outbox" / month(age) / f"{lead_name(lead)}.xlsx"
        edits = {(ref_of(lead, n), "remarks"): f"Seen {n}" for n in range(8)}
        (folder / "inbox" / f"{lead}.xlsx").write_bytes(fill(folder, template, edits))
