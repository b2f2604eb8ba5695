"""What a lead reads of the plan in a reply: actions, columns, values, and what is needed of a cell.

The ledger holds each message in English, as it was first said. A lead reads it in their own
language; one that the catalogue does not know stays in English.
"""

from __future__ import annotations

from datetime import date
from functools import partial

from msgspec import Struct

from xlplan.codes.return_codes import RET_097
from xlplan.language.catalogue import Tongue, marked
from xlplan.merge.kinds import Kind
from xlplan.merge.model import CellKey, Write
from xlplan.merge.state import State
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.due import date_gone, say_gone
from xlplan.plan.required import needs_of, say_needed
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Value, show, show_in

_LONGEST = 120
"""Characters of a value that a letter repeats."""
_LOCKED = marked(
    "This cell is not one to fill in, so what you entered was not used. Where the plan is wrong, "
    "please say so to its coordinator."
)
_GONE = marked(
    "This had a date, {date}. Please give the date by which it will be done now, or say why it has "
    "none."
)
_HELD = (
    marked("{heading} must not be blank."),
    marked("{rating} is not for a lead to give."),
    marked("{rating} needs {columns}, which is blank in this file."),
    marked("Action {ref} was closed or withdrawn after this template was issued."),
)
"""What the merge says of an edit that it holds, beside the messages that have a code."""


class Reader(Struct, frozen=True):
    """A lead who reads of the plan, with the definition as they read it."""

    state: State
    definition: PlanDefinition

    @property
    def tongue(self) -> Tongue:
        """What they read."""
        return self.definition.tongue

    def action(self, uid: str) -> str:
        """An action as its lead knows it."""
        ref = self.state.ref(uid)
        return self.tongue.say("Action {ref}", ref=ref) if ref else self.tongue.say("A new action")

    def heading(self, key: CellKey) -> str:
        """The heading of the column of a cell."""
        field = self.state.field_of(key)
        if field is None:
            return key[1]
        known = self.definition.by_id.get((field.of, field.id))
        return known.heading if known is not None else field.heading

    def about(self, key: CellKey) -> str:
        """A cell: its action and its column."""
        return f"{self.action(key[0])}, {self.heading(key)}"

    def value(self, key: CellKey, value: Value) -> str:
        """A value of a cell, on one line and cut where it is long."""
        if isinstance(value, date):
            return say_date(value, self.tongue)
        flat = " ".join(show_in(self.state.field_of(key), value).split())
        flat = flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1].rstrip() + "…"
        return flat or self.tongue.say("(blank)")

    def needed(self, item: Write) -> str:
        """What is needed of a cell, for the lead who wrote in it."""
        field = self.state.field_of(item.key)
        if item.kind is Kind.LOCKED:
            return self.tongue.say(_LOCKED)
        if item.kind is Kind.HELD:
            base = partial(say_date, item.base) if isinstance(item.base, date) else show(item.base)
            return self.tongue.say(_GONE, date=base)
        if field is not None and field.field_type.rated and item.kind is Kind.CLEARED:
            scale = ", ".join(rating.label for rating in self.definition.scale_of(field))
            choose = self.tongue.say("Choose one of: {ratings}.", ratings=scale)
            return f"{self.message(item)} {choose}"
        return self.message(item)

    def message(self, item: Write) -> str:
        """What the merge says of an edit."""
        field = self.state.field_of(item.key)
        if field is not None and item.kind in (Kind.CLEARED, Kind.STILL_BLANK):
            heading = self.heading(item.key)
            if item.message == f"{field.heading} must not be blank.":
                return self.tongue.say(_HELD[0], heading=heading)
            if condition := self._condition(field, item.message):
                return self.tongue.say(_NEEDED, heading=heading, condition=condition)
        return self.tongue.retell(item.message, (*_known(), *_HELD))

    def _condition(self, field: Field, message: str) -> str:
        """When a field must be filled in, where that is what a message is about."""
        tests = needs_of(self.definition, field)
        asked = RET_097.fill(heading=field.heading, condition="\0").message.partition("\0")[0]
        return say_needed(tests, self.tongue) if message.startswith(asked) and tests else ""


_NEEDED = marked("{heading} is blank, and must not be where {condition}. It is to be filled in.")


def _known() -> tuple[str, ...]:
    """Every text with a code that leads read themselves."""
    from xlplan.codes.families import every_message  # most replies say nothing of a code

    return tuple(
        text
        for message in every_message().values()
        if message.lead_reads_text
        for text in message.variants.values()
    )


def is_for_lead(state: State, item: Write) -> bool:
    """Whether its author can settle it."""
    return item.kind.for_lead or _takes_the_date(state, item)


def _takes_the_date(state: State, item: Write) -> bool:
    """Whether an edit is held only because it takes the date of an action away."""
    field = state.field_of((item.uid, item.field))
    gone = date_gone(state.definition, field, item.base, item.value)
    return gone is not None and item.message.startswith(say_gone(gone))
