"""The plan definition as one lead reads it: in their language, the plan's own words too.

`[plan] language` says in which languages leads are written to, `[[lead]] language` in which one
of them. What the plan says of itself in Welsh stands beside each key, in the key with ``_cy`` at
its end; where that is left out, what stands is shown. Names, refs and the words of ratings and
choices are values, and stay as they are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from xlplan.language.catalogue import BETWEEN, ENGLISH, Tongue, shipped_code, tongue_of
from xlplan.plan.definition import KEPT_BACK, STATUS, WITHDRAWN, Field, PlanDefinition
from xlplan.plan.keys import defaults_of
from xlplan.plan.people import Lead
from xlplan.plan.text import fold

T = TypeVar("T")
S = TypeVar("S", bound=Struct)
P = ParamSpec("P")
_RECENT = 8
"""How many answers of a function about definitions are remembered."""
_PARAGRAPHS = frozenset({"guidance", "body", "reminder", "signature", "sign_body"})
STATUS_HEADINGS = ("Status", "Row status")
"""The heading of a row's own status, and the one where a column of the plan is headed like it."""
_BELOW = "\n"


def remembered(
    function: Callable[Concatenate[PlanDefinition, P], T],
) -> Callable[Concatenate[PlanDefinition, P], T]:
    """`function`, which asks for the same of a definition and of its other arguments again for
    every file; a definition is the same where it is that very object."""
    recent: deque[tuple[PlanDefinition, object, T]] = deque(maxlen=_RECENT)

    @wraps(function)
    def asked(definition: PlanDefinition, /, *args: P.args, **kwargs: P.kwargs) -> T:
        also = (args, kwargs)
        for known, others, answer in recent:
            if known is definition and others == also:
                return answer
        answer = function(definition, *args, **kwargs)
        recent.append((definition, also, answer))
        return answer

    return asked


def for_lead(definition: PlanDefinition, lead: Lead | None) -> PlanDefinition:
    """The definition as a lead reads it; of nobody, as most do."""
    own = lead.language if lead is not None else ""
    return in_tongue(definition, tongue_of((own,) if own else definition.language))


@remembered
def in_tongue(definition: PlanDefinition, tongue: Tongue) -> PlanDefinition:
    """`definition`, as it is written, with the texts of its own in these languages."""
    if tongue == definition.tongue:
        return definition
    return replace(
        _in(definition, tongue),
        fields=tuple(_in(item, tongue) for item in definition.fields),
        ratings=tuple(_in(rating, tongue) for rating in definition.ratings),
        issue=_in(definition.issue, tongue),
        post=_in(definition.post, tongue),
        tongue=tongue,
    )


def every_way(definition: PlanDefinition) -> Iterator[PlanDefinition]:
    """The definition in each way in which leads may have been sent it, in English first; a language
    also by itself, as it is on pages of its own."""
    yield definition
    ways = [tongue_of(definition.language)]
    ways += [tongue_of((lead.language,)) for lead in definition.leads if lead.language]
    for tongue in dict.fromkeys(each for way in ways for each in (way, *way.singles)):
        if tongue != definition.tongue:
            yield in_tongue(definition, tongue)


def _in(item: S, tongue: Tongue) -> S:
    """One table in these languages; what the plan does not say itself is of the catalogue."""
    known = defaults_of(type(item))
    found: dict[str, str] = {}
    for name in (name.removesuffix("_cy") for name in known if name.endswith("_cy")):
        written = getattr(item, name)

        def own(one: Tongue, name: str = name, written: str = written) -> str:
            other: str = getattr(item, f"{name}_{one.codes[0]}", "")
            return other or (one.say(written) if written == known[name] else written)

        found[name] = tongue.each(own, _BELOW if name in _PARAGRAPHS else BETWEEN)
    return replace(item, **found)


def document_language(definition: PlanDefinition) -> str:
    """The language of a document that goes out, as programs name it: ``en-GB``."""
    code = definition.tongue.codes[0]
    named = [each for each in definition.language if shipped_code(each) == code]
    if named:
        return named[0]
    return definition.language[0] if definition.tongue == ENGLISH else code


def row_status(definition: PlanDefinition) -> str:
    """What the status of a row is called (blank, withdrawn or kept back), which has no column in
    the definition: "Status", and otherwise where a column of the plan is headed so."""
    both = (*definition.fields_of("action"), *definition.fields_of("recommendation"))
    return stand_aside(STATUS_HEADINGS, (item.heading for item in both))


@remembered
def status_field(definition: PlanDefinition) -> Field:
    """The status of a row as a field."""
    return Field(STATUS, row_status(definition), "choice", choices=(WITHDRAWN, KEPT_BACK))


def field_named(definition: PlanDefinition, name: str) -> Field | None:
    """The field of actions, else of recommendations, with this id; also the status of a row."""
    if name == STATUS:
        return status_field(definition)
    return definition.find(name) or definition.find(name, "recommendation")


def stand_aside(ours: Sequence[str], headings: Iterable[str]) -> str:
    """The first of `ours` that is like none of the plan's `headings`, numbered if it has all."""
    theirs = {fold(heading) for heading in headings}
    numbered = (f"{ours[-1]} ({number})" for number in range(2, len(theirs) + 3))
    return next(text for text in (*ours, *numbered) if fold(text) not in theirs)
