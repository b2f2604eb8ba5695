"""What of the plan's texts no board sees: paragraphs that their writers marked as not for
publication. The plan keeps them; a mark says where one was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from xlplan.late import regex
from xlplan.merge.model import Candidate, Change, MasterRow, Question
from xlplan.merge.requests import Request
from xlplan.plan.checks.lint_view import entries_of
from xlplan.plan.checks.lints import NOT_FOR_PUBLICATION
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Invalid, Value

LEFT_OUT = "[Not for publication: a paragraph is left out]"
_IN_EVERY_MARK = "publi"
_DATED = regex(r"\[[^\[\]\n]*\] ?")
"""What stands before a dated entry."""


def published(text: str) -> str:
    """A text as the board may read it: `LEFT_OUT` stands for every line that has the mark, and
    for all that follows in the same entry where the mark stands on a line alone."""
    if _IN_EVERY_MARK not in text.casefold():
        return text  # nearly every text, and much faster than the pattern
    return "\n".join(line for entry in entries_of(text) for line in _published(entry))


def _published(entry: str) -> Iterator[str]:
    marks = [found.span() for found in NOT_FOR_PUBLICATION.finditer(entry)]
    dated = _DATED.match(entry)
    begins = dated.end() if dated and not NOT_FOR_PUBLICATION.search(dated[0]) else 0
    start = 0
    for line in entry.split("\n"):
        end = start + len(line)
        if not any(first < end and start < last for first, last in marks):
            yield line
        else:
            yield line[:begins] + LEFT_OUT
            left = NOT_FOR_PUBLICATION.sub("", line[begins:])
            if not any(sign.isalnum() for sign in left):
                return
        start, begins = end + 1, 0


def _value(value: Value) -> Value:
    match value:
        case str():
            return published(value)
        case Timescale():
            return replace(value, text=published(value.text))
        case Invalid():
            return Invalid(published(value.raw), value.code, value.message)
        case tuple():
            return tuple(map(published, value))
        case _:
            return value


def published_values(values: Mapping[str, Value]) -> Mapping[str, Value]:
    """The values of a row as the board may read them; the very same where none is marked."""
    if _IN_EVERY_MARK not in "\n".join(_texts(values.values())).casefold():
        return values  # as those of nearly every row
    return {name: _value(value) for name, value in values.items()}


def _texts(values: Iterable[Value]) -> list[str]:
    """The texts in which `_value` looks for marks."""
    found: list[str] = []
    for value in values:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, tuple):
            found += value
        elif isinstance(value, Timescale):
            found.append(value.text)
        elif isinstance(value, Invalid):
            found.append(value.raw)
    return found


def published_words(definition: PlanDefinition) -> PlanDefinition:
    """The definition with the coordinator's own words as the board may read them."""
    words = definition.board
    asks = tuple(map(published, words.asks))
    sections = (replace(s, paragraph=published(s.paragraph)) for s in definition.sections)
    return replace(
        definition,
        board=replace(words, message=published(words.message), asks=asks),
        sections=tuple(sections),
    )


def published_rows(rows: Sequence[MasterRow]) -> list[MasterRow]:
    """The rows of the plan as the board may read them."""
    both = ((row, published_values(row.values)) for row in rows)
    return [row if open_ is row.values else replace(row, values=open_) for row, open_ in both]


def published_change(change: Change) -> Change:
    """A change as the board may read it."""
    why = published(change.why)
    return replace(change, before=_value(change.before), after=_value(change.after), why=why)


def published_request(request: Request) -> Request:
    """A request as the board may read it."""
    return replace(
        request,
        base=_value(request.base),
        value=_value(request.value),
        now=_value(request.now),
        reason=published(request.reason),
        why=published(request.why),
    )


def published_question(question: Question) -> Question:
    """A question as the board may read it, with its candidates."""
    return replace(
        question,
        base=_value(question.base),
        master=_value(question.master),
        candidates=tuple(map(_candidate, question.candidates)),
        message=published(question.message),
    )


def _candidate(one: Candidate) -> Candidate:
    return replace(
        one,
        value=_value(one.value),
        text=published(one.text),
        changes=tuple(map(published_change, one.changes)),
    )
