"""The steps of an action: parallel lists inside its cells, each step with its date and leads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Protocol

from msgspec import Struct, field

from xlplan.codes.check_codes import CHK_026, CHK_069
from xlplan.late import regex
from xlplan.plan.checks.lint_view import Finding, Plan, says_completed
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.due import Due, Likely, due_of
from xlplan.plan.text import split_people
from xlplan.plan.timescales import canon_timescale, say_date
from xlplan.plan.types.steps_done import DoneStep, done_steps, step_with
from xlplan.plan.values import Invalid, Value, show


class Valued(Protocol):
    """What is asked of an action for its steps."""

    @property
    def kind(self) -> str:
        """``"action"`` or ``"recommendation"``."""

    @property
    def values(self) -> Mapping[str, Value]:
        """Values by field id."""


STEPS: tuple[str, ...] = ("action", "milestone")
"""Roles of the fields that may hold the steps, the first that matches in number first."""
NO_DAY = "no day"
_TAG = regex(r"\[[^\[\]]*\]")
_SUB_ITEM = regex(r"[-–—]\s")
_BULLET = regex(r"^(?:[-–—•·*▪●]\s+|\(?\d{1,2}[.)]\s+|\(?(?:[a-z]|[ivx]{1,4})\)\s+)", re.IGNORECASE)
_DONE = regex(
    r"(?:this|action|work|is|are|was|now|already|has|have|been|fully| )*"
    r"(?:in place|done|completed?|finished|closed|achieved|implemented|delivered)"
)


class Milestone(Struct, frozen=True):
    """One step of an action: its number from 1, text, timescale as written, due date and leads.

    `leads` are its own where the leads match the steps in number, else all of the action's.
    `done` is what the plan says of it once it is done. `also` holds, by field id, the step's line
    of other fields whose lists match in number.
    """

    number: int
    text: str
    timescale: str
    due: Due
    leads: tuple[str, ...] = ()
    own_leads: bool = False
    done: DoneStep | None = None
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether it is done, by its tick or by what stands in the place of its date."""
        return self.done is not None or _says_done(self.timescale)


class Unequal(Struct, frozen=True):
    """A list of dates that matches no list of steps: how many lines each of the fields has."""

    field: str
    heading: str
    lines: int
    beside: tuple[tuple[str, int], ...]


def milestones_of(definition: PlanDefinition, row: Valued) -> tuple[Milestone, ...]:
    """The milestones of an action; none where its timescale is no list or matches no steps."""
    dates = _dates(definition, row)
    found = _steps(definition, row, len(dates)) if len(dates) > 1 else None
    if found is None:
        return ()
    item, steps = found
    leads, own = _leads(definition, row, len(dates))
    others = dict(_others(definition, row, item, len(dates)))
    ticks = _ticks(definition, row)
    words = [_BULLET.sub("", text) for text in steps]
    return tuple(
        Milestone(
            number + 1,
            text,
            dates[number],
            due_of(definition, canon_timescale(dates[number])),
            leads[number],
            own,
            step_with(ticks, number + 1, text),
            {name: lines[number] for name, lines in others.items()},
        )
        for number, text in enumerate(words)
    )


def _ticks(definition: PlanDefinition, row: Valued) -> Value:
    """What the plan says of the steps of an action that are done."""
    item = definition.with_role("steps_done", row.kind)
    return row.values.get(item.id) if item else None


def finishes(definition: PlanDefinition, row: Valued) -> bool:
    """Whether an action is done by its steps, or by what stands in the place of its date, in a plan
    that has no ratings to say so."""
    if definition.with_role("rating", row.kind):
        return False
    steps = milestones_of(definition, row)
    due = definition.with_role("due", row.kind)
    words = show(row.values.get(due.id)) if due else ""
    return all(step.finished for step in steps) if steps else _says_done(words)


def _is_note(item: Field) -> bool:
    """Whether leads write there how things stand: of the steps too, where these have a field."""
    return item.role == "progress" or (item.role == "milestone" and item.owner == "lead")


def late_steps(
    definition: PlanDefinition, row: Valued, today: date, likely: Likely
) -> tuple[Milestone, ...]:
    """The steps of an action whose day has passed, and that neither a tick nor a note of their
    own calls done.

    A revised date takes the place of all of theirs; a day that is not `likely` says nothing.
    """
    revised = definition.with_role("revised", row.kind)
    if revised is not None and row.values.get(revised.id) is not None:
        return ()
    notes = [item.id for item in definition.fields_of(row.kind) if _is_note(item)]
    return tuple(
        step
        for step in milestones_of(definition, row)
        if step.done is None
        and step.due.by is not None
        and step.due.by < today
        and not likely.doubt(step.due.by)
        and not any(says_completed(step.also.get(name, "")) for name in notes)
    )


def unequal_lists(definition: PlanDefinition, row: Valued) -> Unequal | None:
    """The list of dates of an action that matches no list of steps in number, or None."""
    due = definition.with_role("due", row.kind)
    dates = _dates(definition, row)
    if due is None or len(dates) < 2 or _steps(definition, row, len(dates)):
        return None
    beside = tuple(
        (item.heading, len(lines)) for item, lines in _lists(definition, row) if item.role in STEPS
    )
    return Unequal(due.id, due.heading, len(dates), beside) if beside else None


def _dates(definition: PlanDefinition, row: Valued) -> list[str]:
    due = definition.with_role("due", row.kind)
    return _lines(row.values.get(due.id)) if due else []


def _lines(value: Value) -> list[str]:
    text = show(value) if not isinstance(value, Invalid | tuple | frozenset) else ""
    if "\n" not in text:
        return [text] if text else []
    return [line for part in text.split("\n") if (line := " ".join(part.split()))]


def _lists(definition: PlanDefinition, row: Valued) -> Iterator[tuple[Field, list[str]]]:
    """The texts of a row, line by line; what grows by dated entries is a diary and no list."""
    for item in definition.fields_of(row.kind):
        if item.field_type.prose and item.mode == "replace":
            lines = _lines(row.values.get(item.id))
            if lines and item.role not in ("key", "section", "due", "lead"):
                yield item, lines


def _steps(definition: PlanDefinition, row: Valued, count: int) -> tuple[Field, list[str]] | None:
    by_role = {item.role: (item, lines) for item, lines in reversed([*_lists(definition, row)])}
    for role in STEPS:
        item, lines = by_role.get(role, (None, []))
        for steps in _readings(lines) if item else ():
            if item and len(steps) == count:
                return item, steps
    return None


def _readings(lines: list[str]) -> Iterator[list[str]]:
    """What may count as the steps of a list, as written first."""
    yield lines
    # A line that is nothing but a tag ("[See also …]") belongs to the action and is no step.
    plain = [line for line in lines if not _TAG.fullmatch(line)]
    yield plain
    folded: list[str] = []
    for line in plain:
        if folded and _SUB_ITEM.match(line) and not _SUB_ITEM.match(folded[0]):
            folded[-1] += "\n" + line
        else:
            folded.append(line)
    yield folded
    if folded and folded[0].endswith(":"):
        yield folded[1:]


def _leads(
    definition: PlanDefinition, row: Valued, count: int
) -> tuple[list[tuple[str, ...]], bool]:
    item = definition.with_role("lead", row.kind)
    value = row.values.get(item.id) if item else None
    if isinstance(value, tuple):
        each: list[tuple[str, ...]] = [(name,) for name in value]
    else:
        parts = (
            split_people(line, definition.separators, definition.directory.names)
            for line in _lines(value)
        )
        each = [names for names in parts if names]
    if len(each) == count:
        return each, True
    everyone = tuple(dict.fromkeys(name for names in each for name in names))
    return [everyone] * count, False


def _others(
    definition: PlanDefinition, row: Valued, steps: Field, count: int
) -> Iterator[tuple[str, list[str]]]:
    for item, lines in _lists(definition, row):
        if item is not steps and len(lines) == count:
            yield item.id, lines


def unequal_parallel_lists(plan: Plan) -> Iterator[Finding]:
    """Lists of dates that match no list of steps in number."""
    for row in plan.standing:
        found = unequal_lists(plan.definition, row) if row.kind == "action" else None
        if found is not None:
            beside = [f"{heading} has {count}" for heading, count in found.beside]
            message = CHK_026.fill(heading=found.heading, lines=found.lines, beside=beside)
            yield Finding(row, found.field, message)


def odd_ticks(plan: Plan) -> Iterator[Finding]:
    """Lines of what is done that are no step of their action, and steps that are done twice."""
    item = plan.definition.with_role("steps_done")
    for row in plan.standing if item else ():
        if item is None or row.kind != "action":
            continue
        steps = milestones_of(plan.definition, row)
        ticks = done_steps(row.values.get(item.id))
        for tick in ticks:
            if not any(tick.means(step.number, step.text) for step in steps):
                message = CHK_069.fill(heading=item.heading, line=tick.line)
                yield Finding(row, item.id, message)
        for step in steps:
            mine = [tick for tick in ticks if tick.means(step.number, step.text)]
            days = [say_date(tick.day) if tick.day else NO_DAY for tick in mine]
            if len(mine) > 1:
                message = CHK_069.fill("twice", heading=item.heading, number=step.number, days=days)
                yield Finding(row, item.id, message)


def _says_done(text: str) -> bool:
    """Whether a timescale says that the work is done, and nothing else: "In place", "Completed"."""
    return bool(_DONE.fullmatch(" ".join(text.split()).rstrip(". ").lower()))
