"""References from row to row: in fields, and in words inside texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from typing import Literal

from msgspec import Struct

from xlplan.codes.check_codes import CHK_012, CHK_013, CHK_024
from xlplan.late import regex
from xlplan.plan.checks.lint_view import Finding, Plan, Row
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.text import fold, is_provisional
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Value, show, sort_elements

Leads = Literal["", "nowhere", "outside"]

_REF = r"(?:[A-Z]{1,6}[ -]?)?\d{1,4}(?:\.\d{1,4})*[a-z]?(?![\w%/])"
_REFS = rf"{_REF}(?:\s*(?:,|and|&|to|or)\s*{_REF})*"
_SEE = regex(
    r"\b(?:see(?: also)?|(?:please )?refer(?:s|red)? to|cross[- ]?ref(?:erence)?[ds]?(?: to| with)?"
    r"|cf\.?|link(?:s|ed)? (?:to|with))\s+(?P<rest>[^\n;()\[\]]{1,160})",
    re.IGNORECASE,
)
_NAMED = regex(
    rf"^(?P<section>[^.:]*?)\b(?P<kind>action|recommendation)s?\s+(?:nos?\.?\s*|numbers?\s+)?"
    rf"(?P<refs>(?-i:{_REFS}))",
    re.IGNORECASE,
)
_BARE = regex(rf"^(?:ref(?:erence)?s?\.?\s+|nos?\.?\s*)?(?P<refs>(?-i:{_REFS}))", re.IGNORECASE)
_ACTION = regex(rf"\bactions?\s+(?P<refs>(?-i:{_REFS}))", re.IGNORECASE)
_AS_IN = regex(
    rf"\bas (?:in|at|for|per|under) (?P<refs>(?-i:{_REFS}))(?=$|[.,;:)\]]|\s+(?:above|below)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_HINTS = ("see", "refer", "cross", "cf", "link", "action", "as")
_HINT = regex(rf"\b(?:{'|'.join(_HINTS)})", re.IGNORECASE)
_DIGIT = regex(r"\d")
_FILLER = regex(r"^(?:also|the|our|and|to|in|under|above|below|\s)+\b|[\s,:'\"“”‘’-]+$", re.I)
_MEASURE = regex(r"\s*(?:%|per ?cent|million|thousand|days?|weeks?|months?|years?)\b", re.I)


class Mention(Struct, frozen=True):
    """A reference inside a text: what it names, the section named with it, and the words."""

    ref: str
    section: str
    kind: str
    words: str


class Reference(Struct, frozen=True):
    """One row refers to something. `to` is the uid it leads to, where it leads to a row.

    `kind` is ``"action"``, ``"recommendation"`` or ``"inspection"``. `leads` is ``"nowhere"`` for
    a row that should be in the plan and is not, ``"outside"`` for what is no part of the plan.
    """

    uid: str
    field: str
    kind: str
    text: str
    to: str = ""
    leads: Leads = ""
    inside_text: bool = False


class References(Struct, frozen=True, dict=True):
    """Every reference of a plan, in the order of its rows and fields."""

    every: tuple[Reference, ...]

    @cached_property
    def _by_uid(self) -> Mapping[str, tuple[Reference, ...]]:
        return _grouped(self.every, lambda one: one.uid)

    @cached_property
    def _by_target(self) -> Mapping[str, tuple[Reference, ...]]:
        return _grouped((one for one in self.every if one.to), lambda one: one.to)

    def of(self, uid: str) -> tuple[Reference, ...]:
        """What a row refers to."""
        return self._by_uid.get(uid, ())

    def to(self, uid: str) -> tuple[Reference, ...]:
        """What refers to a row."""
        return self._by_target.get(uid, ())


def references_of(definition: PlanDefinition, rows: Sequence[Row]) -> References:
    """Every reference of the rows that stand, from fields and from words inside texts."""
    index = _Index(definition, [row for row in rows if not row.withdrawn])
    found: list[Reference] = []
    of_kind = {kind: [*_readers(index, kind)] for kind in {row.kind for row in index.rows}}
    for row in index.rows:
        for name, read in of_kind[row.kind]:
            value = row.values.get(name)
            if value is not None:
                found += read(row, value)
    return References(tuple(found))


def named_in_words(
    definition: PlanDefinition, rows: Sequence[Row]
) -> Mapping[str, Mapping[str, str]]:
    """By field and uid of the actions that stand, the uid of the first action of the plan that the
    text ("see action 4 above") names for certain."""
    found: dict[str, dict[str, str]] = {}
    standing = [row for row in rows if not row.withdrawn]
    actions = [row for row in standing if row.kind == "action"]
    index: _Index | None = None
    for item in definition.fields_of("action"):
        if not _has_words(definition, item):
            continue
        held = [(row, row.values.get(item.id)) for row in actions]
        texts = [(row, text) for row, text in held if isinstance(text, str)]
        made = {text: mentions_of(text) for text in {text for _, text in texts}}
        for row, text in texts if any(made.values()) else ():
            index = index or _Index(definition, standing)
            for one in _mentioned(index, item, row, made[text]):
                if one.to and one.kind == "action":
                    found.setdefault(item.id, {}).setdefault(row.uid, one.to)
    return found


def kinds_referred_to(definition: PlanDefinition, item: Field) -> tuple[str, ...]:
    """The kinds of row that a field refers to; none where it refers outside the plan."""
    if item.role == "recommendation" and item.field_type.elements:
        return ("recommendation",) if definition.fields_of("recommendation") else ()
    if item.type == "reference" and item.role == "text":
        return ("action", "recommendation")
    return ()


_POINTS = regex(r"(?:see|refer|cross|cf|as|also|both)\b", re.IGNORECASE)
_IN_BRACKETS = regex(r"\[([^\[\]]*\w[^\[\]]*)\]")


def mentions_of(text: str) -> tuple[Mention, ...]:
    """The references that a text makes in words, in order, each once."""
    if not _DIGIT.search(text):
        return ()  # as no ref is without one
    low = text.lower() if text.isascii() else ""
    if (low and not any(map(low.__contains__, _HINTS))) or not _HINT.search(text):
        return ()  # of most texts the words alone say so, and sooner than an expression
    found: dict[tuple[str, str, str], Mention] = {}
    for match in _SEE.finditer(text):
        rest = match["rest"]
        named = _NAMED.match(rest)
        words = match[0][: match.start("rest") - match.start()]
        if named:
            section = _FILLER.sub("", _FILLER.sub("", named["section"]))
            _note(found, named["refs"], section, named["kind"].lower(), words + named[0])
        elif (bare := _BARE.match(rest)) and not _MEASURE.match(rest[bare.end() :]):
            refs = [ref for ref in _split(bare["refs"]) if not ref.isdecimal()]
            _note(found, ", ".join(refs), "", "action", words + bare[0])
    for match in (*_ACTION.finditer(text), *_AS_IN.finditer(text)):
        known = {(ref, kind) for ref, _, kind in found}
        refs = [r for r in _split(match["refs"]) if "." in r and (r, "action") not in known]
        _note(found, ", ".join(refs), "", "action", match[0])
    return tuple(found.values())


def named_in_brackets(text: str) -> tuple[str, ...]:
    """What a text names in square brackets, each once: other plans, not actions of this one."""
    found = (" ".join(name.split()) for name in _IN_BRACKETS.findall(text))
    no_plan = (is_provisional, mentions_of, _POINTS.match)
    return tuple(dict.fromkeys(n for n in found if not any(each(n) for each in no_plan)))


def _note(
    found: dict[tuple[str, str, str], Mention], refs: str, section: str, kind: str, words: str
) -> None:
    for ref in _split(refs):
        mention = Mention(ref, section, kind, " ".join(words.split()))
        found.setdefault((ref, section, kind), mention)


def _split(refs: str) -> list[str]:
    return re.findall(_REF, refs)


class _Index:
    """Where refs lead: by ref, and by the number within a section."""

    def __init__(self, definition: PlanDefinition, rows: Sequence[Row]) -> None:
        self.definition = definition
        self.rows = rows
        self.by_ref: dict[tuple[str, str], str] = {}
        self.by_number: dict[tuple[str, str, str], str] = {}
        self.sections: dict[str, None] = {}
        self.shapes: set[str] = set()
        self.mentions = cache(mentions_of)  # many rows have the same text
        for row in rows:
            self.by_ref.setdefault((row.kind, fold(row.ref)), row.uid)
            section = fold(row.section)
            self.sections.setdefault(section)
            self.by_number.setdefault((row.kind, section, _number(row.ref)), row.uid)
            self.shapes.add(_shape(row.ref))

    def find(self, row: Row, mention: Mention) -> tuple[str, Leads]:
        """The uid that a mention leads to, or why it leads to none."""
        if mention.section:
            named = self._section(mention.section)
            if named is None:
                return "", "outside"
            uid = self.by_number.get((mention.kind, named, _number(mention.ref)), "")
            return uid, "" if uid else "nowhere"
        uid = self.by_ref.get((mention.kind, fold(mention.ref)), "")
        if not uid and mention.ref.isdecimal():
            uid = self.by_number.get((mention.kind, fold(row.section), mention.ref), "")
        if uid:
            return uid, ""
        # Only what is written like this plan's own refs can be missing from it.
        ours = mention.ref.isdecimal() or _shape(mention.ref) in self.shapes
        return "", "nowhere" if ours else "outside"

    def _section(self, name: str) -> str | None:
        words = fold(name)
        near = [each for each in self.sections if each and (words in each or each in words)]
        return words if words in self.sections else near[0] if len(near) == 1 else None


Reading = Callable[[Row, Value], Iterable[Reference]]


def _readers(index: _Index, kind: str) -> Iterator[tuple[str, Reading]]:
    """The fields of a kind of row that can refer to something, and how each is read."""
    for item in index.definition.fields_of(kind):
        if item.role == "inspection":
            yield item.id, partial(_inspections, item)
        elif kinds := kinds_referred_to(index.definition, item):
            yield item.id, partial(_in_field, index, item, kinds)
        elif _has_words(index.definition, item):
            yield item.id, partial(_in_words, index, item)


def _has_words(definition: PlanDefinition, item: Field) -> bool:
    """Whether a field holds texts, and is no reference itself."""
    own = item.role in ("inspection", "key") or kinds_referred_to(definition, item)
    return item.field_type.prose and not own


def _inspections(item: Field, row: Row, value: Value) -> Iterator[Reference]:
    for text in _elements(value):
        yield Reference(row.uid, item.id, "inspection", text, leads="outside")


def _in_field(
    index: _Index, item: Field, kinds: Sequence[str], row: Row, value: Value
) -> Iterator[Reference]:
    for text in _elements(value):
        found = ((kind, index.by_ref.get((kind, fold(text)), "")) for kind in kinds)
        kind, uid = next(((k, to) for k, to in found if to), (kinds[0], ""))
        yield Reference(row.uid, item.id, kind, text, uid, "" if uid else "nowhere")


def _in_words(index: _Index, item: Field, row: Row, value: Value) -> Iterable[Reference]:
    mentions = index.mentions(value) if isinstance(value, str) else ()
    return _mentioned(index, item, row, mentions) if mentions else ()


def _mentioned(
    index: _Index, item: Field, row: Row, mentions: Sequence[Mention]
) -> Iterator[Reference]:
    for mention in mentions:
        uid, leads = index.find(row, mention)
        if uid != row.uid:
            yield Reference(row.uid, item.id, mention.kind, mention.words, uid, leads, True)


def _elements(value: Value) -> list[str]:
    if isinstance(value, frozenset):
        return sort_elements(value)
    return [part for line in show(value).split("\n") if (part := " ".join(line.split()))]


def _number(ref: str) -> str:
    found = re.findall(r"\d+", ref)
    return found[-1] if found else ""


def _shape(ref: str) -> str:
    return re.sub(r"\d+", "9", fold(ref))


def _grouped(
    found: Iterable[Reference], key: Callable[[Reference], str]
) -> dict[str, tuple[Reference, ...]]:
    groups: dict[str, list[Reference]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    return {name: tuple(group) for name, group in groups.items()}


def dangling_reference(plan: Plan) -> Iterator[Finding]:
    """References to a recommendation or an action that is not in the plan."""
    for row, item, value in plan.cells():
        kinds = kinds_referred_to(plan.definition, item)
        for ref in sorted(value) if kinds and isinstance(value, frozenset) else ():
            if not any((kind, fold(ref)) in plan.by_ref for kind in kinds):
                found = (
                    CHK_012.fill("recommendation", ref=ref)
                    if kinds == ("recommendation",)
                    else CHK_012.fill("either", ref=ref)
                )
                yield Finding(row, item.id, found)


def later_than_recommendation(plan: Plan) -> Iterator[Finding]:
    """Actions due after the recommendation they answer."""
    due = plan.definition.with_role("due")
    for row, _, value in plan.of_role("recommendation"):
        by = plan.due(row).by if row.kind == "action" else None
        for ref in sorted(value) if by and due and isinstance(value, frozenset) else ():
            answered = plan.by_ref.get(("recommendation", fold(ref)))
            limit = plan.due(answered).by if answered else None
            if by and due and limit and by > limit:
                found = CHK_013.fill(date=say_date(by), ref=ref, limit=say_date(limit))
                yield Finding(row, due.id, found)


def dangling_words(plan: Plan) -> Iterator[Finding]:
    """Words such as "see 3.12" where the plan has no such action."""
    rows = {row.uid: row for row in plan.standing}
    for one in references_of(plan.definition, plan.rows).every:
        if one.inside_text and one.leads == "nowhere":
            found = (
                CHK_024.fill("action", words=one.text)
                if one.kind == "action"
                else CHK_024.fill("recommendation", words=one.text)
            )
            yield Finding(rows[one.uid], one.field, found)
