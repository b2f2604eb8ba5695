"""What a lead is asked to think over while typing: what the checks of the plan would ask later.

Each hint is described once: which cells of the action, with which values, on which day. From the
description come the formula in a template (`xlplan.issued.hints`) and what `standing` says.

A formula knows less than a check. It reads no date from words, so a date that was typed anew is
not held against the day. Of a note it knows a first clause that says no more than that all is
done (`DONE`), and words of work that is left anywhere (`LEFT`); a check reads every sentence by
patterns that no formula has. So a hint may be missing where a check asks, and it may stand where
the note goes on to say what is left in other words.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import product

from msgspec import Struct

from xlplan.codes.check_codes import CHK_009, CHK_010, CHK_020, CHK_109
from xlplan.language.catalogue import Tongue
from xlplan.plan.definition import ENTRY, Field, PlanDefinition
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Value, is_worse, show

HINTED = frozenset(each.code for each in (CHK_009, CHK_010, CHK_020, CHK_109))
"""The checks that are asked while typing."""
OFTEN = 3
"""How many times a date may be put back before it is asked about."""
_WORDS = ("completed", "complete", "finished", "closed", "done", "achieved", "implemented",
          "delivered")  # fmt: skip
_BEFORE = ("", "now ", "fully ", "is ", "are ", "has been ", "is now ", "has now been ")
_WHAT = ("", "this action ", "the action ", "action ", "all actions ", "work ")
DONE: tuple[str, ...] = tuple(
    f"{what}{verb}{word}" for what, verb, word in product(_WHAT, _BEFORE, _WORDS)
)
"""First clauses of a note that says that the action is completed."""
LEFT: tuple[str, ...] = (
    "outstanding", "not yet", "yet to", "to be ", "await", "waiting", "in progress", "still ",
    "underway", "under way", "will ", "nearly", "almost", "delayed", "incomplete", "not ",
)  # fmt: skip
"""Words of a note that says that something is left, or is not so."""
ENDS = ".,;:!?*"
"""What a first clause ends with, besides the end of a line."""


class Known(Struct, frozen=True):
    """What is known of an action when its template goes out: by when it is due (None: by no day
    that can be believed), its rating at the last board, whether a word was written since, how
    often its date was put back, and the codes of what its leads have answered."""

    by: date | None = None
    before: str = ""
    worded: bool = False
    slips: int = 0
    answered: frozenset[str] = frozenset()


class Among(Struct, frozen=True):
    """That a cell has one of these ratings (codes), or is blank too."""

    column: str
    codes: tuple[str, ...]
    texts: tuple[str, ...]
    or_blank: bool = False


class Same(Struct, frozen=True):
    """That all of these cells are as they were issued; `not_all`: that some are not."""

    columns: tuple[str, ...]
    not_all: bool = False


class Late(Struct, frozen=True):
    """That the day is after this one."""

    by: date


class Done(Struct, frozen=True):
    """That a note says no more than that the action is completed."""

    column: str


HintTest = Among | Same | Late | Done


class Hint(Struct, frozen=True):
    """What is asked where all of its tests hold, and the code of the check that would ask it."""

    code: str
    sentence: str
    tests: tuple[HintTest, ...]


class Hints(Struct, frozen=True):
    """The hints of a plan whose templates have these columns, by their ids."""

    definition: PlanDefinition
    columns: Container[str]

    def of(self, known: Known) -> tuple[Hint, ...]:
        """What an action may be asked."""
        found = (*self._late(known), *self._done(), *self._worse(known), *self._moved(known))
        return tuple(
            hint if hint.code not in known.answered else self._once_more(hint) for hint in found
        )

    def _once_more(self, hint: Hint) -> Hint:
        """A hint that was answered is asked again where what it rests on changes."""
        columns = (*self._columns("rating"), *self._dates, *self._notes)
        return Hint(hint.code, hint.sentence, (*hint.tests, Same(columns, not_all=True)))

    @property
    def _tongue(self) -> Tongue:
        return self.definition.tongue

    @property
    def _dates(self) -> tuple[str, ...]:
        return self._columns("due", "revised")

    @property
    def _notes(self) -> tuple[str, ...]:
        """Where a lead writes: of what grows, this period's entry."""
        return self._columns("progress", "reason")

    def _columns(self, *roles: str) -> tuple[str, ...]:
        ids = (
            item.id + ENTRY if item.mode == "append" else item.id
            for item in self.definition.fields_of("action")
            if item.role in roles and (item.role not in ("progress", "reason") or _is_lead(item))
        )
        return tuple(name for name in ids if name in self.columns)

    @property
    def _rating(self) -> Field | None:
        item = self.definition.with_role("rating")
        return item if item is not None and item.field_type.rated else None

    def _among(self, codes: Container[str], *, or_blank: bool = False) -> Iterator[Among]:
        """The test of the rating; none where leads do not see it."""
        item = self._rating
        if item is not None and item.id in self.columns:
            found = [r for r in self.definition.scale_of(item) if r.code in codes]
            texts = (text for r in found for text in (r.code, r.label, *r.aliases) if text)
            names = tuple(dict.fromkeys(texts))
            yield Among(item.id, tuple(r.code for r in found), names, or_blank)

    def _open(self, *, quiet: bool = False) -> Iterator[Among]:
        """That the action is open; `quiet`: and not rated for attention either."""
        codes = {
            rating.code
            for rating in self.definition.ratings
            if not (rating.closed or rating.holding or (quiet and rating.exception))
        }
        return self._among(codes, or_blank=True)

    def _late(self, known: Known) -> Iterator[Hint]:
        for rated in self._open(quiet=True) if known.by and self._dates else ():
            assert known.by is not None
            text = self._tongue.say(
                "The date, {date}, has passed, and {rating} does not say so.",
                date=partial(say_date, known.by), rating=self._name(rated.column),
            )  # fmt: skip
            yield Hint(CHK_010.code, text, (rated, Same(self._dates), Late(known.by)))

    def _done(self) -> Iterator[Hint]:
        for rated in self._open():
            for column in self._columns("progress"):
                text = self._tongue.say(
                    "{note} says that it is done, and {rating} does not.",
                    note=self._name(column), rating=self._name(rated.column),
                )  # fmt: skip
                yield Hint(CHK_009.code, text, (rated, Done(column)))

    def _worse(self, known: Known) -> Iterator[Hint]:
        item = self._rating
        if item is None or not known.before or known.worded or not self._notes:
            return
        scale = self.definition.scale_of(item)
        worse = {rating.code for rating in scale if is_worse(rating.code, known.before, scale)}
        before = next((rating.label for rating in scale if rating.code == known.before), "")
        for rated in self._among(worse):
            text = self._tongue.say(
                "{rating} is worse than at the last board ({before}), and nothing says why.",
                rating=self._name(rated.column), before=before,
            )  # fmt: skip
            yield Hint(CHK_020.code, text, (rated, Same(self._notes)))

    def _moved(self, known: Known) -> Iterator[Hint]:
        for rated in self._open() if known.slips >= OFTEN - 1 and self._dates else ():
            text = self._tongue.say_count(
                "The date was put back {count} times before. It moves again.",
                "The date was put back {count} times before. It moves again.",
                known.slips,
            )
            yield Hint(CHK_109.code, text, (rated, Same(self._dates, not_all=True)))

    def _name(self, column: str) -> str:
        item = self.definition.find(column.removesuffix(ENTRY))
        heading = " ".join(item.heading.split()) if item is not None else ""
        return heading if len(heading) <= 60 else f"{heading[:59].rstrip()}…"


def _is_lead(item: Field) -> bool:
    return item.owner == "lead"


def says_done(note: str) -> bool:
    """Whether a note says no more at first than that the action is completed, and nothing of work
    that is left: as a formula finds it."""
    text = note.casefold()
    clause = " ".join(re.split(rf"[{re.escape(ENDS)}\n]", text, maxsplit=1)[0].split())
    return clause in DONE and not any(word in text for word in LEFT)


def standing(
    hints: tuple[Hint, ...], now: Mapping[str, Value], issued: Mapping[str, Value], day: date
) -> tuple[Hint, ...]:
    """Those that stand beside an action, by what its cells hold and held, by column id."""
    return tuple(
        hint for hint in hints if all(_holds(test, now, issued, day) for test in hint.tests)
    )


def _holds(
    test: HintTest, now: Mapping[str, Value], issued: Mapping[str, Value], day: date
) -> bool:
    if isinstance(test, Among):
        value = now.get(test.column)
        return value in test.codes or (test.or_blank and value is None)
    if isinstance(test, Same):
        same = all(now.get(name) == issued.get(name) for name in test.columns)
        return same is not test.not_all
    if isinstance(test, Late):
        return day > test.by
    return says_done(show(now.get(test.column)))
