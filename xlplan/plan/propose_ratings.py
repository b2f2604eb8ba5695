"""A rating scale from what a plan shows: its legend, the ratings in its cells, and their fills.

Colours carry no built-in meaning: a legend's words come before what a colour usually means, and
everything that was only usual is said as a guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from xlplan.plan.definition import Rating
from xlplan.plan.legend import LegendLine
from xlplan.plan.status_words import (
    closes_by,
    families,
    hue_of,
    is_colour,
    known_rating,
    known_state,
    may_close,
    one_word,
    says_attention,
    says_closed,
    says_state,
    says_unbegun,
    says_watched,
    usual_scale,
)
from xlplan.plan.text import canon_text, fold, latin
from xlplan.plan.types.money_and_booleans import says_yes
from xlplan.plan.values import match_rating

LONGEST_RATING = 60
"""Characters, and `MOST_WORDS`, of what can be a rating; longer is prose."""
MOST_WORDS = 8
LONGEST_LABEL = 80  # characters of a legend's words that are a label; longer ones are a meaning
MOST_APART = 3  # ratings without a legend up to which each has a line of its own
CLOSED_COLOUR, ATTENTION_COLOUR, NO_COLOUR = "#4472C4", "#FFC000", "#D9D9D9"
MOST_RATINGS = 12
"""Distinct values up to which each is a rating; of more, those that are known or used twice."""


class RatingCell(Struct, frozen=True):
    """A cell of a rating column: its text, its fill (``#RRGGBB`` or ``""``), which column, and
    the colour of its text."""

    text: str
    fill: str = ""
    column: str = ""
    ink: str = ""

    @property
    def colour(self) -> str:
        """The colour that tells it from others: that of its text, else its fill."""
        return self.ink if hue_of(self.ink) else self.fill


@lru_cache(maxsize=1 << 13)
def one_rating(text: str) -> str:
    """A rating cell's text, the same rating on several lines made one, in Latin letters."""
    lines = [" ".join(latin(line).split()) for line in canon_text(text).split("\n")]
    lines = [line for line in lines if line]
    same = {fold(line) for line in lines}
    return lines[0] if len(same) == 1 else " ".join(lines)


def propose_scale(
    cells: Sequence[RatingCell], legend: Sequence[LegendLine] = (), scale: str = ""
) -> tuple[tuple[Rating, ...], tuple[str, ...]]:
    """The rating scale of these cells, best first, and what was guessed about it.

    Codes are as written in the cells, every distinct one, the most used first among those that
    are equally good; labels are the legend's; colours are those of the cells' fills, then of the
    legend's, then the usual ones. Prose, numbers, days and slips of the pen are no ratings: they
    stay in their cells as invalid values.
    """
    once = {text: one_rating(text) for text in {c.text for c in cells} if text.strip()}
    found = Counter([once[cell.text] for cell in cells if cell.text in once])
    spelled, used = dict[str, str](), Counter[str]()
    for text, count in found.most_common():
        used[fold(spelled.setdefault(fold(text), text))] += count
    codes, aliases = dict[str, LegendLine](), dict[str, list[str]]()
    for line in legend:
        code = _as_in_cells(line.code, spelled)
        codes[code] = replace(line, code=code)
        if fold(code) != fold(line.code):
            aliases[code] = [line.code]
    explained = {fold(code) for code in codes}
    guesses: list[str] = []
    for text in _ratings_among(spelled, used):
        if fold(text) in explained:
            continue
        same = next((code for code in codes if one_word(code, text)), None)
        if same is None:
            codes[text] = LegendLine(text, "")
        else:
            aliases.setdefault(same, []).append(text)
            guesses.append(f'rating "{same}": "{text}" was taken as the same rating')
    _complete(codes, guesses)
    fills = _fills(cells)
    ratings = [
        replace(_rating(line, fills, scale), aliases=tuple(aliases.get(line.code, ())))
        for line in codes.values()
    ]
    ratings = _apart(ratings)
    noted = {guess.partition(": ")[0] for guess in guesses}
    bare = [r for r in ratings if not codes[r.code].label and f'rating "{r.code}"' not in noted]
    guesses += [*_doubtful(bare), *_guessed(bare)]
    return _ordered(ratings, bool(legend)), tuple(guesses)


def _as_in_cells(code: str, spelled: Mapping[str, str]) -> str:
    """A legend's code as the cells have it: "B" where it explains "Blue" and no cell says that."""
    if (name := fold(latin(code))) in spelled:
        return spelled[name]
    same = [text for text in spelled.values() if one_word(code, text)]
    return same[0] if len(same) == 1 else code


def _ratings_among(spelled: Mapping[str, str], used: Mapping[str, int]) -> list[str]:
    """The texts that are points of a scale, most used first; none where they are free text."""
    ordered = sorted(spelled, key=lambda key: -used[key])
    short = [key for key in ordered if _may_be_rating(spelled[key])]
    short = [key for key in short if known_state(spelled[key]) or not _slip(key, short, used)]
    if len(short) > MOST_RATINGS:
        known = any(known_state(spelled[key]) for key in short)
        short = [key for key in short if known_state(spelled[key]) or (known and used[key] > 1)]
    return [spelled[key] for key in short]


def _may_be_rating(text: str) -> bool:
    """Whether a text can be a point of a scale: few words, no figure, no day, no sentence."""
    if known_state(text):
        return True
    words = re.findall(r"[^\W\d_]{2,}", text)
    figure = len(words) < 2 and bool(re.search(r"^\W*\d|\d{4}", text))
    prose = len(text) > LONGEST_RATING or len(text.split()) > MOST_WORDS or text.endswith(".")
    return not figure and not prose


def _slip(key: str, keys: Sequence[str], used: Mapping[str, int]) -> bool:
    """Whether a text that is used once is another, with a letter too many, too few or wrong."""
    return (
        len(key) > 3
        and used[key] == 1
        and any(used[other] > 1 and _nearly(key, other) for other in keys)
    )


def _nearly(one: str, other: str) -> bool:
    longer = max(len(one), len(other))
    if abs(len(one) - len(other)) > 1 or _digits(one) != _digits(other):
        return False
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= longer - 1


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _apart(ratings: Sequence[Rating]) -> list[Rating]:
    """Ratings whose labels name no other rating: a label that does gives way to the code."""
    names = Counter(
        name for r in ratings for name in {fold(r.code), fold(r.label), *map(fold, r.aliases)}
    )
    return [replace(r, label=r.code) if names[fold(r.label)] > 1 else r for r in ratings]


def _complete(codes: dict[str, LegendLine], guesses: list[str]) -> None:
    """Amber without Red, or Green without either, is part of a scale: the rest is proposed."""
    if len(codes) > 2 and all(line.label for line in codes.values()):
        return  # a legend explains all
    colours = [code for code in codes if code[:1].isalpha() and _is_usual_colour(code)]
    labels = {known[0] for code in colours if (known := known_rating(code))}
    if not labels & {"Amber", "Green", "Red"}:
        return
    others = {known[0] for code in codes if is_colour(code) and (known := known_rating(code))}
    labels |= {label.replace("Yellow", "Amber") for label in others}
    short = all(len(code) <= 2 for code in codes)
    upper = all(code.isupper() for code in codes)
    for label in ("Green", "Amber", "Red")[bool(labels & {"Light Green", "Dark Green"}) :]:
        if label not in labels:
            code = label[0] if short else label.upper() if upper else label
            codes[code] = LegendLine(code, "")
            guesses.append(
                f'rating "{code}": no action has it now; added because the others suggest it'
            )


def _is_usual_colour(code: str) -> bool:
    """Whether a code is an English name of a colour, or a letter or two."""
    known = known_rating(code)
    return known is not None and (len(code) <= 2 or fold(code) == fold(known[0]))


def _rating(line: LegendLine, fills: Mapping[str, str], scale: str) -> Rating:
    known = known_state(line.code) or known_state(line.label)
    usual = known[0] if known else ""
    spelled = len(line.code) > 2 and fold(line.code) != fold(usual)
    named = line.code if spelled or not usual else usual
    in_words = len(line.code) > 2 and not is_colour(line.code) and not line.code.isdecimal()
    long = len(line.label) > LONGEST_LABEL or (in_words and len(line.label.split()) > 3)
    label, meaning = (named, line.label) if long else (line.label or named, "")
    words = line.label or ("" if known else line.code)
    itself = says_state(line.code)
    holding = says_watched(f"{line.code} {words}" if itself else words)
    if words:
        closed = not holding and closes_by(line.code, words)
        exception = says_attention(words)
    else:
        closed = bool(known and known[1] == 0)
        exception = False
    if not closed and known and (itself or not words):
        exception = exception or 6 <= known[1] <= 8
    colour = fills.get(fold(line.code)) or line.colour or (known[2] if known else "")
    usual_colour = CLOSED_COLOUR if closed else ATTENTION_COLOUR if exception else NO_COLOUR
    return Rating(
        line.code, label, meaning, colour or usual_colour,
        closed=closed, holding=holding, exception=exception, scale=scale,
    )  # fmt: skip


def close_where_answered(ratings: Sequence[Rating], heading: str) -> tuple[Rating, ...]:
    """The ratings of a column that asks whether an action is done: yes closes it."""
    if not says_closed(re.sub(r"\([^()]*\)", " ", heading)) or any(
        rating.closed for rating in ratings
    ):
        return tuple(ratings)
    return tuple(
        replace(r, closed=True, colour=CLOSED_COLOUR if r.colour == NO_COLOUR else r.colour)
        if says_yes(r.code) else r
        for r in ratings
    )  # fmt: skip


def _doubtful(bare: Sequence[Rating]) -> Iterator[str]:
    """Ratings of which people differ whether they close an action."""
    for rating in bare:
        if not rating.closed and may_close(rating.code):
            yield (
                f'rating "{rating.code}": taken as under way; where it leaves nothing to do, set '
                "closed = true"
            )


def _guessed(bare: Sequence[Rating]) -> Iterator[str]:
    """What is guessed about ratings that no legend explains: a line each, or one for many."""
    meant = {r.code: _meant(r) for r in bare if _is_guessed(r)}
    if len(meant) <= MOST_APART:
        for code, words in meant.items():
            yield f'rating "{code}": the plan has no legend; taken as {words}'
        return
    each = "; ".join(
        f"{words}: {', '.join(code for code in meant if meant[code] == words)}"
        for words in dict.fromkeys(meant.values())
    )
    yield f"plan: the plan has no legend; its ratings were taken as {each}"


def _is_guessed(rating: Rating) -> bool:
    marked = rating.closed or rating.holding or rating.exception
    settled = marked or known_state(rating.code) is not None
    return settled and (rating.closed or not may_close(rating.code))


def _meant(rating: Rating) -> str:
    if rating.closed:
        return "completed"
    if rating.holding:
        return "done but still watched"
    return "needing attention" if rating.exception else "under way"


def _ordered(ratings: Sequence[Rating], legend: bool) -> tuple[Rating, ...]:
    """Best first. A legend's own order stands, turned round where it runs from worst to best,
    unless its words say otherwise: a legend may have what is finished in its middle or last."""
    severity = [_severity(rating) for rating in ratings]
    listed = list(range(len(ratings)))
    certain = [each for each in severity if each is not None]
    if legend and certain and None in severity:
        still = [each for each, rating in zip(severity, ratings, strict=True) if not rating.closed]
        if len(still) < len(ratings) and still[:1] == [None] and still[-1] == max(certain):
            return _numbered(sorted(ratings, key=lambda rating: not rating.closed))
        worst_first = ratings[-1].closed and not ratings[0].closed
        if certain == sorted(certain, reverse=True) and (worst_first or certain[0] > certain[-1]):
            return _numbered(reversed(ratings))
        if certain == sorted(certain):
            return _numbered(ratings)
    between = [_UNKNOWN if each is None else each for each in severity]
    onward = -1 if legend and _worst_first(between) else 1
    listed.sort(key=lambda i: (between[i], not ratings[i].closed, onward * i))
    return _numbered(ratings[i] for i in listed)


def _worst_first(severity: Sequence[int]) -> bool:
    """Whether a legend runs from worst to best, of equals too: more of its pairs do than do not."""
    pairs = list(combinations(severity, 2))
    return sum(one > other for one, other in pairs) > sum(one < other for one, other in pairs)


def _numbered(ratings: Iterable[Rating]) -> tuple[Rating, ...]:
    return tuple(replace(rating, order=number) for number, rating in enumerate(ratings, 1))


def _severity(rating: Rating) -> int | None:
    """Where a rating stands from best (0) to worst, by its words; None where they do not say."""
    if known := known_state(rating.code):
        return known[1]
    if rating.closed or rating.holding:
        return _severity_of(rating.label) or (0 if rating.closed else 1)
    found = _severity_of(rating.label)
    return 7 if found is None and rating.exception else found


def _severity_of(words: str) -> int | None:
    if known := known_state(words):
        return known[1]
    return 9 if says_unbegun(words) else None


_UNKNOWN = 4
"""Where a word that is not known stands among those that are."""


def _fills(cells: Sequence[RatingCell]) -> dict[str, str]:
    """The commonest fill of the cells that hold each rating; white and none do not count."""
    seen: dict[str, Counter[str]] = {}
    for cell in cells:
        if cell.text.strip() and cell.fill and hue_of(cell.fill) is not None:
            seen.setdefault(fold(one_rating(cell.text)), Counter())[cell.fill.upper()] += 1
    return {
        code: min(c.items(), key=lambda item: (-item[1], item[0]))[0] for code, c in seen.items()
    }


def scale_of_colours(
    colours: Sequence[str], explained: Sequence[LegendLine], scale: str = ""
) -> tuple[tuple[Rating, ...], tuple[str, ...]]:
    """A scale for cells that only a colour tells apart (``#RRGGBB`` each), and what was guessed.

    `explained` are the lines of a legend that have a colour; their words name the ratings where
    they explain most of the colours, else the usual words for them do.
    """
    lines = _swatches(colours, explained)
    used = families(colours)
    if len(used) < 2:
        return (), ()
    if len(used & families(line.colour for line in lines)) * 2 > len(used):
        made = [_rating(replace(line, code=_code_of(line)), {}, scale) for line in lines]
        return _ordered(_apart(made), legend=True), ()
    made = [replace(rating, scale=scale) for rating in usual_scale(colours)]
    return tuple(made), tuple(f'rating "{r.code}": from colours alone' for r in made)


def _swatches(colours: Sequence[str], explained: Sequence[LegendLine]) -> list[LegendLine]:
    """The lines of a key of colours that are ratings, each with its colour: those whose very
    colour cells have, however near one is to another, and of the other colours one of each family
    and the greys that name a state."""
    shown = {colour.upper() for colour in colours}
    known = [_coloured(line) for line in explained]
    found = {line.colour.upper(): line for line in reversed(known) if line.colour.upper() in shown}
    taken = families(found)
    for line in known:
        colour = line.colour.upper()
        family = families([colour])
        if colour in found or not colour:
            continue
        if (family - taken) or (not family and _severity_of(line.label) is not None):
            found[colour] = line
            taken |= family
    return [line for line in known if found.get(line.colour.upper()) is line]


def _coloured(line: LegendLine) -> LegendLine:
    """A line of a key with the usual colour of its word, where it has none."""
    usual = known_rating(line.code)
    return line if line.colour or usual is None else replace(line, colour=usual[2])


def _code_of(line: LegendLine) -> str:
    """The code of a rating that a key of colours names: its words, or its colour's name."""
    short = line.label if len(line.label) <= LONGEST_RATING else ""
    return line.code or short or next(iter(families([line.colour])), line.colour)


def share_scale(one: Sequence[str], scale: Sequence[Rating]) -> bool:
    """Whether a column's ratings are on this scale: at least half of them match."""
    texts = [text for text in one if text.strip()]
    hits = sum(match_rating(one_rating(text), scale) is not None for text in texts)
    return bool(texts) and hits * 2 >= len(texts)
