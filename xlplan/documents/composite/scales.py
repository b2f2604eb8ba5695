"""One rating scale for several plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xlplan.documents.composite.standings import best_first
from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.plan.ratings import rating_word
from xlplan.plan.text import fold

_Meaning = tuple[str, bool, bool, bool]


@dataclass(frozen=True, slots=True)
class Scale:
    """The united scale, best first, and for each plan the united code of each of its own."""

    name: str
    points: tuple[Rating, ...]
    codes: tuple[Mapping[str, str], ...]

    def point(self, code: str) -> Rating:
        """The point with a code of this scale."""
        return next(p for p in self.points if p.code == code)


def main_scale(definition: PlanDefinition) -> tuple[Rating, ...]:
    """The scale of a plan's rating, best first."""
    item = definition.with_role("rating")
    scale = definition.scale_of(item) if item else ()
    return scale if best_first(scale) else tuple(reversed(scale))


def _meaning(rating: Rating) -> _Meaning:
    return (fold(rating.label or rating.code), rating.closed, rating.holding, rating.exception)


def _place(rating: Rating) -> int:
    """Closed, then under watch, then on track, then for attention."""
    return 0 if rating.closed else 1 if rating.holding else 3 if rating.exception else 2


def united_scale(definitions: Sequence[PlanDefinition], marks: Sequence[str]) -> Scale:
    """The scales of several plans as one.

    Two points are the same where they have the same label and count the same for the board; a
    Blue that is closed and a Blue that is still to be inspected stay two, told apart by the mark
    of the plan.
    """
    known: dict[_Meaning, Rating] = {}
    places: dict[str, tuple[int, int, int]] = {}
    codes: list[dict[str, str]] = []
    items = [d.with_role("rating") for d in definitions]
    name = next((item.scale for item in items if item is not None), "")
    for plan, (definition, mark) in enumerate(zip(definitions, marks, strict=True)):
        mine: dict[str, str] = {}
        for number, rating in enumerate(main_scale(definition)):
            meaning = _meaning(rating)
            if meaning not in known:
                known[meaning] = _added(rating, mark, list(known.values()), name)
                places[known[meaning].code] = (_place(rating), plan, number)
            mine[rating.code] = known[meaning].code
        codes.append(mine)
    points = sorted(known.values(), key=lambda r: places[r.code])
    ordered = tuple(replace(r, order=n) for n, r in enumerate(points, 1))
    return Scale(name, ordered, tuple(codes))


def _added(rating: Rating, mark: str, there: Sequence[Rating], scale: str) -> Rating:
    """A further point, shown by a word that no other has: with the plan's mark where it must."""
    word = rating_word(rating)
    taken = fold(word) in {fold(rating_word(r)) for r in there}
    shown = f"{word} ({mark})" if taken else word
    codes = {r.code for r in there}
    code, label = rating.code, rating.label
    # What is shown is the code where that is a word, so it is the code that takes the mark.
    if code in codes or (taken and word == code):
        code = f"{mark}/{code}" if shown in codes else shown
    if word != rating.code:
        label = shown
    return replace(rating, code=code, label=label, aliases=(), scale=scale)
