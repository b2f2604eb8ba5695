"""What of a template is the same for all leads who read the plan in the same languages: worked out
once for a definition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from msgspec.structs import replace

from xlplan.issued.needed import needed_columns
from xlplan.issued.rules import column_lists, due_and_reason
from xlplan.issued.sheets import Lists, column_looks, lists_sheet, shut_looks
from xlplan.issued.sign_off import sign_choices
from xlplan.plan.definition import STEP, PlanDefinition
from xlplan.plan.for_lead import remembered
from xlplan.plan.types.steps_done import DONE
from xlplan.plan.values import Value, show
from xlplan.returned.as_issued import shown_columns, template_columns
from xlplan.workbook.write.look import palette
from xlplan.workbook.write.sheet import Conditional, Rules, Validation

STEP_LIST = f"{STEP}done"
"""The name of the list from which a step is ticked."""
_MOST = 64
"""Rules, and lists, that are remembered."""
Ruled = tuple[Rules[Validation], Rules[Conditional]]


class Design:
    """The columns of a template, and all that follows from them and the plan."""

    def __init__(self, definition: PlanDefinition) -> None:
        self.definition, self.look = definition, palette(definition)
        self.plain, self.columns = template_columns(definition), shown_columns(definition)
        """The columns of the plan, and those with ours."""
        look, columns = self.look, self.columns
        self.looks = column_looks(
            definition, columns, look.locked, look.input, look.locked_key, words=True
        )
        self.shut = shut_looks(definition, columns, look)
        self.asked, self.needed = due_and_reason(columns), needed_columns(definition, columns)
        self._ruled: dict[object, Ruled] = {}
        self._lists: dict[object, Lists] = {}
        self._locked = [column.id for column in self.plain if not column.input]

    @cached_property
    def choices(self) -> Mapping[str, tuple[str, ...]]:
        """The lists of dropdowns, but for those that depend on the rows."""
        tongue = self.definition.tongue
        choices = column_lists(self.definition, self.columns, of_lead=True) | sign_choices(tongue)
        if any(column.item.role == "steps_done" for column in self.columns):
            choices[STEP_LIST] = tuple(dict.fromkeys(one.say(DONE) for one in tongue.singles))
        return choices

    def locked_text(self, values: Mapping[str, Value]) -> str:
        """`locked_text` of the columns of the plan."""
        return "\x1f".join([show(values.get(name)) for name in self._locked])

    def lists(self, choices: Mapping[str, tuple[str, ...]]) -> Lists:
        """The sheet of these lists."""
        key = tuple(choices.items())
        if key not in self._lists:
            if len(self._lists) >= _MOST:
                self._lists.clear()
            made = lists_sheet(choices)
            self._lists[key] = replace(made, sheet=replace(made.sheet, common=True))
        return self._lists[key]

    def ruled(
        self,
        places: object,
        lists: Lists,
        above: Sequence[Validation],
        make: Callable[[], tuple[Sequence[Validation], Sequence[Conditional]]],
    ) -> Ruled:
        """The rules of actions that stand in the same `places`, with those of what is `above`
        them; `make` makes them where they are asked for first."""
        key = places, tuple(lists.ranges.items()), tuple(lists.names.items()), tuple(above)
        found = self._ruled.get(key)
        if found is None:
            if len(self._ruled) >= _MOST:
                self._ruled.clear()
            validations, conditionals = make()
            found = self._ruled[key] = Rules([*above, *validations]), Rules(conditionals)
        return found


design_of = remembered(Design)
