"""A rating scale from what a plan shows: its legend, the ratings in its cells, and their fills.

Colours carry no built-in meaning: a legend's words come before what a colour usually means, and
everything that was only usual is said as a guess.
"""

from __future__ import annotations

import colorsys
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xlplan.plan.definition import Rating
from xlplan.plan.status_words import known_rating, says_closed
from xlplan.plan.text import canon_text, fold, latin
from xlplan.plan.values import match_rating

_ATTENTION = re.compile(
    r"slip|behind|delay|off[- ]track|not on track|overdue|at risk|concern|missed|"
    r"not (?:be )?(?:met|achieved|delivered)|unlikely|problem|fail",
)
_LEGEND = re.compile(r"([^\s:=–—-][^:=–—\n]{0,22}?)\s*(?:\s[-–—]|[-–—]\s|[:=])\s*(\S[^\n]*)")
_COLOURS = frozenset(
    ("blue", "green", "amber", "red", "dark green", "light green", "yellow", "amber green",
     "amber red")
)  # fmt: skip
LONGEST_RATING = 24
MOST_RATINGS = 12


@dataclass(frozen=True, slots=True)
class RatingCell:
    """A cell of a rating column: its text, its fill (``#RRGGBB`` or ``""``), which column."""

    text: str
    fill: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class LegendLine:
    """One line of a legend: ``LegendLine("Blue", "Completed", "#4472C4")``."""

    code: str
    label: str
    colour: str = ""


def one_rating(text: str) -> str:
    """A rating cell's text, the same rating on several lines made one, in Latin letters."""
    lines = [" ".join(latin(line).split()) for line in canon_text(text).split("\n")]
    lines = [line for line in lines if line]
    same = {fold(line) for line in lines}
    return lines[0] if len(same) == 1 else " ".join(lines)


def leading_rating(text: str) -> str:
    """The rating word that a note begins with ("Completed", "Ongoing (see above)"), or ``""``."""
    first = re.split(r"[\n(:;,.]| [-–—] ", canon_text(text).strip(), maxsplit=1)[0].strip()
    if known_rating(first):
        return first
    word = re.match(r"([A-Za-z]+)\s+(?=[A-Z])", first)
    return word[1] if word and known_rating(word[1]) else ""


def parse_legend(text: str, codes: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The ratings that a note explains, as (code, label): ``"Blue - Completed"`` gives one.

    Only codes that are rating words, or that stand in the plan's rating cells, count.
    """
    wanted = {fold(latin(code)) for code in codes}
    found: list[tuple[str, str]] = []
    for line in canon_text(text).split("\n"):
        parts = line.split(" | ")
        if not all(_LEGEND.fullmatch(part.strip()) for part in parts):
            parts = [line.replace(" | ", " - ", 1)]
        for part in parts:
            match = _LEGEND.fullmatch(part.strip())
            known = match and (fold(latin(match[1])) in wanted or known_rating(match[1]))
            if match and known and any(c.isalpha() for c in match[2]):
                found.append((match[1].strip(), match[2].strip()))
    return found


def propose_scale(
    cells: Sequence[RatingCell], legend: Sequence[LegendLine] = (), scale: str = ""
) -> tuple[tuple[Rating, ...], tuple[str, ...]]:
    """The rating scale of these cells, best first, and what was guessed about it.

    Codes are as written in the cells; labels are the legend's; colours are those of the cells'
    fills, then of the legend's, then the usual ones. Text too long or too rare to be a rating is
    left out: it stays in its cell as an invalid value.
    """
    counted = Counter(one_rating(cell.text) for cell in cells if cell.text.strip())
    spelled: dict[str, str] = {}
    for text, _ in counted.most_common():
        spelled.setdefault(fold(text), text)
    codes = {line.code: line for line in legend}
    taken = {fold(code) for code in codes}
    totals = Counter(fold(one_rating(cell.text)) for cell in cells if cell.text.strip())
    guesses: list[str] = []
    aliases: dict[str, list[str]] = {}
    known = any(known_rating(text) for text in spelled)
    few = len(spelled) <= MOST_RATINGS
    for key, text in spelled.items():
        usual = known_rating(text) or (few and (not known or totals[key] > 1))
        if key in taken or not usual or len(text) > LONGEST_RATING:
            continue
        same = next((code for code in codes if _one_word(code, text)), None)
        if same is None:
            codes[text] = LegendLine(text, "")
        else:
            aliases.setdefault(same, []).append(text)
            guesses.append(f'rating "{same}": "{text}" was taken as the same rating')
    _complete(codes, guesses)
    added = len(guesses)
    fills = _fills(cells)
    ratings = [
        replace(_rating(line, fills, scale, guesses), aliases=tuple(aliases.get(line.code, ())))
        for line in codes.values()
    ]
    ratings = _apart(ratings)
    told = {guess.partition(": ")[0] for guess in guesses[:added]}
    guesses[added:] = [g for g in guesses[added:] if g.partition(": ")[0] not in told]
    return _ordered(ratings, bool(legend)), tuple(guesses)


def _one_word(one: str, other: str) -> bool:
    """Whether "R" and "Red", or "Complete" and "Completed", are one rating written two ways."""
    known, also = known_rating(one), known_rating(other)
    short, long = sorted((fold(latin(one)), fold(latin(other))), key=len)
    return known is not None and known == also and (len(short) <= 2 or long.startswith(short))


def _apart(ratings: Sequence[Rating]) -> list[Rating]:
    """Ratings whose labels name no other rating: a label that does gives way to the code."""
    names = Counter(
        name for r in ratings for name in {fold(r.code), fold(r.label), *map(fold, r.aliases)}
    )
    return [replace(r, label=r.code) if names[fold(r.label)] > 1 else r for r in ratings]


def _complete(codes: dict[str, LegendLine], guesses: list[str]) -> None:
    """Amber without Red, or Green without either, is part of a scale: the rest is proposed."""
    colours = [code for code in codes if len(code) <= 2 or fold(code) in _COLOURS]
    labels = {known[0] for code in colours if (known := known_rating(code))}
    if not labels & {"Amber", "Green", "Red"}:
        return
    short = all(len(code) <= 2 for code in codes)
    upper = all(code.isupper() for code in codes)
    wanted = ("Amber", "Red") if labels & {"Light Green", "Dark Green"} else (
        "Green", "Amber", "Red"
    )  # fmt: skip
    for label in wanted:
        if label not in labels:
            code = label[0] if short else label.upper() if upper else label
            codes[code] = LegendLine(code, "")
            guesses.append(
                f'rating "{code}": no action has it now; added because the others suggest it'
            )


def _rating(line: LegendLine, fills: Mapping[str, str], scale: str, guesses: list[str]) -> Rating:
    known = known_rating(line.code) or known_rating(line.label)
    usual = known[0] if known else ""
    spelled = len(line.code) > 2 and fold(line.code) != fold(usual)
    label = line.label or (line.code if spelled or not usual else usual)
    words = fold(line.label) if line.label else ""
    if words:
        closed = says_closed(words)
        exception = bool(_ATTENTION.search(words))
    else:
        closed = bool(known and known[1] == 0) or (known is None and says_closed(line.code))
        exception = bool(known and 6 <= known[1] <= 8)
        if known or closed:
            meant = "completed" if closed else "needing attention" if exception else "under way"
            guesses.append(f'rating "{line.code}": the plan has no legend; taken as {meant}')
    colour = fills.get(fold(line.code)) or line.colour or (known[2] if known else "#D9D9D9")
    return Rating(line.code, label, colour=colour, closed=closed, exception=exception, scale=scale)


def _ordered(ratings: Sequence[Rating], legend: bool) -> tuple[Rating, ...]:
    """Best first. A legend's own order stands, turned round where it runs from worst to best."""
    found = [known_rating(r.code) or known_rating(r.label) for r in ratings]
    severity = [known[1] if known else -1 for known in found]
    listed = list(range(len(ratings)))
    if -1 not in severity:
        listed.sort(key=lambda i: (severity[i], not ratings[i].closed))
    elif legend and ratings and ratings[-1].closed and not ratings[0].closed:
        listed.reverse()
    return tuple(
        replace(r, order=number) for number, r in enumerate((ratings[i] for i in listed), 1)
    )


def _fills(cells: Sequence[RatingCell]) -> dict[str, str]:
    """The commonest fill of the cells that hold each rating; white and none do not count."""
    seen: dict[str, Counter[str]] = {}
    for cell in cells:
        if cell.text.strip() and cell.fill and _hue(cell.fill) is not None:
            seen.setdefault(fold(one_rating(cell.text)), Counter())[cell.fill.upper()] += 1
    return {
        code: min(c.items(), key=lambda item: (-item[1], item[0]))[0] for code, c in seen.items()
    }


def _hue(colour: str) -> tuple[float, float] | None:
    """Hue (0 to 1) and lightness of ``#RRGGBB``, or None for white, grey and pale bands."""
    try:
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    except ValueError:
        return None
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    plain = saturation < 0.25 or lightness > 0.93 or lightness < 0.07
    return None if plain else (hue, lightness)


def _family(hue: float) -> str:
    """What people call a hue: both of Excel's greens are green, orange and yellow are amber."""
    degrees = hue * 360
    for end, name in ((20, "red"), (68, "amber"), (175, "green"), (265, "blue"), (340, "purple")):
        if degrees < end:
            return name
    return "red"


def rating_by_fill(fill: str, scale: Sequence[Rating]) -> Rating | None:
    """The rating whose colour is nearest to a cell's fill; None where none is of its family."""
    here = _hue(fill)
    if here is None:
        return None
    near: list[tuple[float, int, Rating]] = []
    for rating in scale:
        there = _hue(rating.colour)
        if there is not None and _family(there[0]) == _family(here[0]):
            apart = min(abs(here[0] - there[0]), 1 - abs(here[0] - there[0]))
            near.append((round(apart + abs(here[1] - there[1]) / 2, 3), rating.order, rating))
    return min(near, key=lambda item: item[:2])[2] if near else None


def usual_scale(fills: Iterable[str]) -> tuple[Rating, ...]:
    """A scale for rating cells that are only coloured: the usual words for those colours."""
    scale = [
        Rating(label, label, colour=colour, order=order, closed=label == "Blue",
               exception=label in ("Amber", "Red"))
        for order, (label, colour) in enumerate(
            (("Blue", "#4472C4"), ("Green", "#70AD47"), ("Amber", "#FFC000"), ("Red", "#FF0000")), 1
        )
    ]  # fmt: skip
    seen = [rating for fill in fills if (rating := rating_by_fill(fill, scale))]
    return tuple(scale) if len({r.code for r in seen}) >= 2 else ()


def share_scale(one: Sequence[str], scale: Sequence[Rating]) -> bool:
    """Whether a column's ratings are on this scale: at least half of them match."""
    texts = [text for text in one if text.strip()]
    hits = sum(match_rating(one_rating(text), scale) is not None for text in texts)
    return bool(texts) and hits * 2 >= len(texts)
