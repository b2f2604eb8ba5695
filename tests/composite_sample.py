"""A board to make composites from: a plan of any size, in words of its own, with posts as leads.

Nothing here is drawn by chance: the same arguments give the same board.
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from xlplan.board.board_model import Board, ReturnLine
from xlplan.errors import Problem
from xlplan.merge.kinds import Kind
from xlplan.merge.model import Candidate, Change, MasterRow, Place, Question
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.people import Lead
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Value

AS_OF = date(2026, 11, 20)
CREATED = "2026-11-20T09:00:00Z"
SCALE = (
    Rating("B", "Blue", "The action is complete and the evidence has been seen",
           "#2F75B5", order=1, closed=True),
    Rating("G", "Green", "On track to be done by its date", "#70AD47", order=2),
    Rating("A", "Amber", "Slipping, with a plan to recover", "#FFC000", order=3, exception=True),
    Rating("R", "Red", "Badly late, or at risk of not happening", "#C00000", order=4,
           exception=True),
)  # fmt: skip
POSTS = (
    "Head of Safeguarding", "Head of Service, Looked After Children", "Principal Social Worker",
    "Service Manager, Duty and Assessment", "Performance Manager", "Workforce Lead",
    "Head of Commissioning", "Designated Nurse", "Virtual School Head", "Quality Assurance Manager",
    "Participation Officer", "Data and Systems Lead",
)  # fmt: skip
DEFINITION = PlanDefinition(
    id="sample",
    title="Children's services improvement plan",
    organisation="Northmere Borough Council",
    marking="OFFICIAL",
    fields=(
        Field("ref", "Ref", role="key", required=True),
        Field("section", "Recommendation", role="section"),
        Field("recommendation", "Answers", "set", role="recommendation"),
        Field("action", "Action required", role="action", required=True),
        Field("output", "Outputs", role="output"),
        Field("outcome", "Outcome required", role="outcome"),
        Field("due", "Timescale", "timescale", role="due", owner="lead"),
        Field("lead", "Lead officers", "people", role="lead"),
        Field("progress", "Progress made", "narrative", role="progress", owner="lead"),
        Field("rating", "BRAG", "rating", role="rating", owner="lead"),
        Field("evidence", "Evidence", role="evidence"),
        Field("ref", "Number", role="key", of="recommendation"),
        Field("action", "Recommendation", role="action", of="recommendation"),
        Field("due", "Recommended timescale", "timescale", role="due", of="recommendation"),
        Field("accountable", "Accountable officer", "people", role="accountable",
              of="recommendation"),
    ),
    ratings=SCALE,
    leads=tuple(Lead(post, organisation="Council" if n != 7 else "Health trust")
                for n, post in enumerate(POSTS)),
)  # fmt: skip
ASKS = (
    "Bring in an audit of case files that tells managers what works",
    "Make sure that every child who goes missing is seen within three days",
    "Write plans that say what will be different for the child, and by when",
    "Bring what audits and complaints say together, and act on it",
    "See that children wait no longer than they should for help early on",
    "Record visits so that another worker can pick the case up",
    "Give every young person leaving care a named worker and a plan",
)
DOES = (
    "Agree a single audit tool with all team managers and try it on twelve files in each team",
    "Report the number of audits, their grades and what was learnt to the management team monthly",
    "Write a short guide to good recording with worked examples, and brief every team on it",
    "Hold a weekly meeting on children who have been missing, with police and health in the room",
    "Train all supervisors in reflective supervision and check that it happens by sampling notes",
    "Ask young people what they think of their plans and publish what was changed as a result",
)
SAYS = (
    "The tool has been agreed and was tried in two teams in September. Managers found it quicker "
    "than the old one.\nThe remaining teams start on 1 December; training dates are booked.",
    "Monthly report in place since July. The October report showed 78% of files at good or "
    "better, up from 64%. The next step is to show each team its own figures.",
    "A draft guide has gone to practitioners for comment. Twenty-three comments came back, most "
    "of them about the length; a shorter version is with the editor.",
    "Meetings are held and minuted. Health has been in the room at seven of nine meetings. We "
    "have asked for a named deputy so that no meeting is missed.\nThree-day visits: 41 of 44.",
    "Training was delayed because the provider withdrew. A new provider was appointed on "
    "6 November, and the first group begins in January. All supervisors will be trained by March.",
)


def _rating(number: int, before: bool) -> str | None:
    now = "BGGABGBGRGBA"[number % 12]
    if not before:
        return None if number % 40 == 39 else now
    if number % 7 == 3:
        return {"B": "G", "G": "A", "A": "G", "R": "A"}[now]
    return now


def _section(number: int) -> tuple[str, frozenset[str]]:
    if number == 0:
        refs = ["1", "4", "13", "14", "16", "21"]
    else:
        refs = [str([n for n in range(2, 200) if n not in (4, 13, 14, 16, 21)][number - 1])]
    texts = [f"Recommendation {r} - {ASKS[int(r) % len(ASKS)]}." for r in refs]
    return "\n".join(texts), frozenset(refs)


def _action(number: int, sections: int, *, before: bool) -> dict[str, Value]:
    place = number % sections
    section, answers = _section(place)
    names = [POSTS[number % len(POSTS)]]
    if number % 3 == 0:
        names.append(POSTS[(number + 5) % len(POSTS)])
    dues = ("December 2026", "March 2027", "31 October 2026", "Ongoing", "September 2026",
            "June 2027 and annually")  # fmt: skip
    says = SAYS[number % len(SAYS)]
    return {
        "ref": f"{place + 1}.{number // sections + 1}",
        "section": section,
        "recommendation": answers,
        "action": DOES[number % len(DOES)] + ".",
        "output": "A tool and a guide that all teams use" if number % 2 else "Monthly report",
        "outcome": "Managers know how good practice is, and act on what they find",
        "due": parse_timescale(dues[number % len(dues)]),
        "lead": tuple(names),
        "progress": SAYS[(number + 1) % len(SAYS)] if before and number % 7 == 3 else says,
        "rating": _rating(number, before),
        "evidence": None,
    }


def sample_board(actions: int = 81, sections: int = 19, *, compared: bool = True) -> Board:
    """A board with this many actions; `compared` gives it an earlier board and changes."""
    sections = max(1, min(sections, actions))
    rows = [_row(f"a-{n:04}", "action", _action(n, sections, before=False)) for n in range(actions)]
    rows.sort(key=lambda row: [int(part) for part in row.ref.split(".")])
    rows += _recommendations(sections)
    board = Board(
        DEFINITION, "2026-11", AS_OF, rows,
        returns=_returns() if actions > 3 else [],
        tip="9f3c0d61b7a24e58c1d09b7e55aa10f2c6de4471b02a9f8d3e7c6b5a49382716",
    )  # fmt: skip
    if not compared:
        return board
    new = {f"a-{n:04}" for n in range(10, actions, 30)}
    previous = {
        f"a-{n:04}": _action(n, sections, before=True)
        for n in range(actions)
        if f"a-{n:04}" not in new
    }
    return replace(
        board,
        previous=previous,
        previous_label="the board of 18 September 2026",
        changes=_changes(board, previous),
        questions=_questions(rows),
        problems=[
            Problem("CHK-021", "plan", "The date has passed and the rating is Green. Ask the lead.",
                    "warning", rows[0].ref, "rating"),
        ],
    )  # fmt: skip


def _returns() -> list[ReturnLine]:
    return [
        ReturnLine(post, True, n % 5 != 4, n % 5 == 2, 3 * (n % 4)) for n, post in enumerate(POSTS)
    ]


def _row(uid: str, kind: str, values: dict[str, Value]) -> MasterRow:
    section = values.get("section")
    return MasterRow(uid, kind, str(values["ref"]), str(section or ""), values)


def _recommendations(sections: int) -> list[MasterRow]:
    refs = sorted({ref for n in range(sections) for ref in _section(n)[1]}, key=int)
    return [
        _row(f"r-{ref}", "recommendation", {
            "ref": ref,
            "action": ASKS[int(ref) % len(ASKS)] + ".",
            "due": parse_timescale("Three months" if int(ref) % 2 else "Immediate"),
            "accountable": (POSTS[int(ref) % 3],),
        })
        for ref in refs
    ]  # fmt: skip


def _changes(board: Board, previous: dict[str, dict[str, Value]]) -> list[Change]:
    out: list[Change] = []
    for row in board.rows:
        for name in ("progress", "rating"):
            was = previous.get(row.uid, row.values).get(name)
            if was != row.values.get(name):
                seq = len(out) + 1
                lead = row.values["lead"]
                post = lead[0] if isinstance(lead, tuple) else ""
                column = "H" if name == "progress" else "J"
                out.append(
                    Change(
                        seq, f"2026-11-{5 + seq % 12:02}T14:0{seq % 10}:00Z", "2026-11", row.uid,
                        row.ref, name, was, row.values.get(name), post,
                        Place(f"{post}.xlsx", "Update", f"{column}{seq}"),
                        "edit", "r-1",
                    )
                )  # fmt: skip
    return out


def _questions(rows: list[MasterRow]) -> list[Question]:
    row = rows[min(2, len(rows) - 1)]
    place = Place("Performance Manager.xlsx", "Update", "J9")
    other = Place("Workforce Lead.xlsx", "Update", "J4")
    return [
        Question(
            "q-1", Kind.CONFLICT, row.uid, row.ref, "rating", "G", "G",
            (
                Candidate("A", "Amber", "Performance Manager", place),
                Candidate("B", "Blue", "Workforce Lead", other),
            ),
            frozenset(), ("Amber", "Blue", "Keep current"),
            "Two leads changed this field to different values.",
        )
    ]  # fmt: skip
