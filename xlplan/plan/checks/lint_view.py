"""What a lint looks at: the rows of a plan, what it was before, and what its notes say.

Words are read so as to be right when they speak rather than to speak often: a note that says
neither that work is left nor that it is done is common, and says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Protocol

from msgspec import Struct, field

from xlplan.codes.message import Filled
from xlplan.late import regex
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.due import Due, Likely, due_now, likely_dates
from xlplan.plan.text import fold
from xlplan.plan.timescales import MONTH_NAMES
from xlplan.plan.values import Invalid, Value

_DONE = r"(?:\w+(?:ed|en|wn|ne|nt|lt|ld|ght|de|ut|ad|et|un|nd))"
"""How most past participles end: written, drawn, done, sent, built, held, bought, made, put."""
_LEFT = regex(
    r"\b(?:"
    r"(?:is|are|remains?|still) outstanding"
    r"|(?<!no )outstanding (?:actions?|work|tasks?|issues?|items?)"
    r"|not (?:yet )?(?:been )?(?:fully )?"
    r"(?:completed?|started|begun|finished|done|implemented|in place|agreed)"
    r"|not yet|yet to|incomplete"
    r"|still (?:to|in progress|being|under|awaiting|waiting|needs?|required)"
    r"|(?:remains?|needs?|is|are) to be"
    rf"|(?<!continue )(?<!continues )(?<!found )(?<!seem )(?<!seems )to be (?:\w+ly )?{_DONE}"
    rf"|(?:is|are|currently|now) being (?:\w+ly )?{_DONE}"
    r"|currently (?:taking place|under|\w+ing)"
    r"|in progress|progressing|under ?way|under (?:review|development|discussion|consultation)"
    r"|in the process of|awaiting|waiting for|work (?:continues|is continuing)"
    r"|(?:nearly|almost) (?:completed?|finished|done|ready)"
    r"|(?:sessions?|meetings?|days?|dates?|workshops?|briefings?|visits?|interviews?|training|hall"
    r"|room)(?: is| are| ha(?:s|ve) been)? (?:booked|arranged|scheduled|fixed)(?! and )"
    r"|delayed|behind schedule"
    r")\b|^to follow\b|\bto follow$",
    re.IGNORECASE,
)
"""Words of work that is left, whenever it is to be done."""
_AHEAD = regex(
    r"\bwill(?: also)? \w+(?: \w+ed\b)?"
    r"|\bto (?:commence|begin|start|go|hear|report|discuss|deliver|complete|finish|launch|hold"
    r"|agree|consider|meet|produce|publish|implement|approve|present|recruit|take place)\b"
    r"|^to (?!date\b)[a-z]+"
    r"|(?<!was )(?<!were )(?<!as )\b(?:booked|arranged|scheduled|planned|fixed|due|expected)\b"
    r"|\b(?:go(?:es)?(?: live)?|opens?|starts?|begins?|commences?|takes? place"
    r"|follows?(?= (?:on|in|by)\b))\b",
    re.IGNORECASE,
)
"""Words of work that is left where the clause says when."""
_MONTH = rf"(?:{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in MONTH_NAMES)}|Sept)\.?"
_WHEN = regex(
    rf"\b\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}\b|\b{_MONTH}(?![a-z])|\bQ[1-4]\b"
    r"|\b(?:in|by|from|for|until|before|during) (?:19|20)\d\d\b"
    r"|\b(?:spring|summer|autumn|winter|new year|soon|shortly|in due course)\b"
    r"|\bnext (?:week|month|year|term|quarter|meeting|cycle|release|board)\b"
    r"|\b(?:within|in|after) (?:\w+|half a) (?:weeks?|months?|years?|terms?)\b"
)
_FOR_GOOD = regex(
    r"\b(?:annual(?:ly)?|yearly|quarterly|termly|monthly|weekly|daily|regular(?:ly)?|routinely"
    r"|(?:each|every|once an?) \w+|a (?:year|month|week|day))\b",
    re.IGNORECASE,
)
"""What is done again and again is no work that is left, unless its clause says when."""
_CASE = regex(r"\b(?:where|if|when|whenever|unless|should)\b", re.IGNORECASE)
_CLAUSE_ENDS = regex(r"[.;!?]\s+|[.;!?]$|\n|\s+[-–—]+\s*|\s*[–—]+\s+")
_LONG = 60
"""Characters of a note that a message repeats."""
_COMPLETED = regex(
    r"(?:^|[.;:!?\n\]/] ?| [-–] )"
    r"((?:(?:this|the|all) )?(?:actions? |work |review )?"
    r"(?:(?:has|have) (?:now )?been |is |are |now )?(?:now |fully )*"
    r"(?:completed?|finished|closed|done|achieved|implemented|delivered))"
    r"(?=\s*(?:$|[.,;:!?\n)–-]|(?:on|in) (?!part|principle|progress|track|target|schedule)"
    rf"|(?:{'|'.join(MONTH_NAMES)}) \d{{4}}))",
    re.IGNORECASE,
)


class Row(Protocol):
    """An action or a recommendation as the lints see it."""

    @property
    def uid(self) -> str:
        """The id that never changes."""

    @property
    def kind(self) -> str:
        """``"action"`` or ``"recommendation"``."""

    @property
    def ref(self) -> str:
        """The ref that people see."""

    @property
    def section(self) -> str:
        """The section it stands in."""

    @property
    def values(self) -> Mapping[str, Value]:
        """Values by field id."""

    @property
    def withdrawn(self) -> bool:
        """Whether it is no longer part of the plan."""


class Snapshot(Struct, frozen=True):
    """The plan as one board saw it: by uid, then field id, the actions it had then."""

    label: str
    values: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)


class History(Struct, frozen=True):
    """The past of a plan. Cycles and boards run from the oldest to the newest.

    `boards` are the earlier boards. By uid: `asked` names the cycles in which the action went out
    to a lead and whose returns are due, `updated` those in which somebody changed something in
    it, `confirmed` those in which its lead said that nothing in it had changed, `first` its first
    rating; `dues` and `revised` hold every value that its due date and its
    revised date have had, the present one last.
    """

    boards: tuple[Snapshot, ...] = ()
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    updated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: Mapping[str, Value] = field(default_factory=dict)
    dues: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    revised: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    confirmed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    slips: Mapping[str, int] = field(default_factory=dict)
    """How often each date was put back, where that is asked about."""
    answered: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The codes of the checks that leads have answered, and that are not asked again."""

    def at_last_board(self, uid: str) -> Mapping[str, Value] | None:
        """The action as the last board saw it; None where it did not, or there was none."""
        return self.boards[-1].values.get(uid) if self.boards else None


NO_HISTORY = History()


class Plan(Struct, frozen=True, dict=True):
    """What a lint looks at: the definition, every row and the day."""

    definition: PlanDefinition
    rows: Sequence[Row]
    today: date
    history: History = NO_HISTORY

    @cached_property
    def standing(self) -> tuple[Row, ...]:
        """The rows that are not withdrawn."""
        return tuple(row for row in self.rows if not row.withdrawn)

    @cached_property
    def by_ref(self) -> Mapping[tuple[str, str], Row]:
        """Rows that stand, by (kind, folded ref); the first where several share a ref."""
        found: dict[tuple[str, str], Row] = {}
        for row in self.standing:
            found.setdefault((row.kind, fold(row.ref)), row)
        return found

    @cached_property
    def _fields(self) -> Mapping[str, tuple[Field, ...]]:
        kinds = {row.kind for row in self.standing}
        return {kind: self.definition.fields_of(kind) for kind in kinds}

    def cells(self) -> Iterator[tuple[Row, Field, Value]]:
        """Every cell of every row that stands."""
        for row in self.standing:
            for item in self._fields[row.kind]:
                yield row, item, row.values.get(item.id)

    def of_role(self, *roles: str) -> Iterator[tuple[Row, Field, Value]]:
        """The cells whose field has one of these roles."""
        chosen = {
            kind: [item for item in fields if item.role in roles]
            for kind, fields in self._fields.items()
        }
        for row in self.standing:
            for item in chosen[row.kind]:
                yield row, item, row.values.get(item.id)

    @cached_property
    def _dues(self) -> dict[int, Due]:
        return {}

    @cached_property
    def likely(self) -> Likely:
        """Which days are likely for the actions of the plan."""
        actions = (row.values for row in self.standing if row.kind == "action")
        return likely_dates(self.definition, actions)

    def due(self, row: Row) -> Due:
        """When a row is due now, by a day that can be believed; worked out once."""
        if id(row) not in self._dues:  # the rows live as long as the plan does
            self._dues[id(row)] = due_now(self.definition, row.values, self.likely, row.kind)
        return self._dues[id(row)]

    @cached_property
    def is_rated(self) -> bool:
        """Whether the plan has a field for ratings."""
        item = self.definition.with_role("rating")
        return item is not None and item.field_type.rated

    @cached_property
    def _scales(self) -> dict[str, tuple[Rating, ...]]:
        return {}

    def scale(self, item: Field) -> tuple[Rating, ...]:
        """The rating scale of a field; sorted once."""
        if item.scale not in self._scales:
            self._scales[item.scale] = self.definition.scale_of(item)
        return self._scales[item.scale]

    def rating_before(self, row: Row) -> Rating | None:
        """The point of the scale at which the last board saw an action."""
        item = self.definition.with_role("rating", row.kind)
        then = self.history.at_last_board(row.uid)
        if item is None or then is None:
            return None
        return self.definition.rating(then.get(item.id), item.scale)

    def rated(self) -> Iterator[tuple[Row, Field, Value, bool]]:
        """Every action's rating: row, field, code and whether that rating is closed."""
        item = self.definition.with_role("rating")
        if item is None or not item.field_type.rated:
            return
        for row in self.standing:
            code = row.values.get(item.id)
            if row.kind == "action" and not isinstance(code, Invalid):
                yield row, item, code, self.closed(row)

    def closed(self, row: Row) -> bool:
        """Whether the rating of a row is one that closes it."""
        rating = self.rating(row)
        return rating is not None and rating.closed

    def rating(self, row: Row) -> Rating | None:
        """The point of the scale at which a row is rated now."""
        item = self.definition.with_role("rating", row.kind)
        return self.definition.rating(row.values.get(item.id), item.scale) if item else None


def newest_notes(definition: PlanDefinition, row: Row) -> Iterator[tuple[str, str]]:
    """The progress notes of a row: field id and text; of dated entries only the newest."""
    for item in definition.fields_of(row.kind):
        text = row.values.get(item.id)
        if item.role == "progress" and isinstance(text, str):
            yield item.id, entries_of(text)[0] if item.mode == "append" else text


def entries_of(note: str) -> list[str]:
    """The dated entries of a narrative that grows, newest first."""
    return re.split(r"\n(?=\[)", note)


def says_outstanding(note: str) -> str:
    """The words of a note that say there is work left, or ``""``.

    Work that goes on for ever is none, nor is what happens in some case ("where a visit was not
    made"), unless the clause says when.
    """
    for clause in _CLAUSE_ENDS.split(_one_spaced(note)):
        left = _LEFT.search(clause)
        if left and (_WHEN.search(clause) or not _excused(clause, left.start())):
            return left[0]
        ahead = _AHEAD.search(clause)
        when = _WHEN.search(clause, ahead.end()) if ahead else None
        if ahead and when:
            return _shortened(clause[ahead.start() : when.end()])
    return ""


def _excused(clause: str, at: int) -> bool:
    """Whether the words at this place in a clause say nothing of this action's own work."""
    return bool(_FOR_GOOD.search(clause) or _CASE.search(clause, 0, at))


def _shortened(words: str) -> str:
    return words if len(words) <= _LONG else words[: _LONG - 1].rstrip() + "…"


def says_completed(note: str) -> str:
    """The words that say the action is completed, at the start of a sentence, or ``""``."""
    found = _COMPLETED.search(_one_spaced(note))
    return found[1] if found else ""


def _one_spaced(note: str) -> str:
    lines = (" ".join(line.split()) for line in note.split("\n"))
    return "\n".join(line for line in lines if line)


class Finding(Struct, frozen=True):
    """What a lint found: the row (None: in the definition), the field's id, and a message."""

    row: Row | None
    field: str
    message: Filled
