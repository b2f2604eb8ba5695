"""What a legend explains: "Key: Blue – complete; Green – on track", in one line, in several, in
cells beside each other, or by the colours of cells.

A legend gives meanings in words. A number explains nothing: a table of counts is no legend.
Initials are explained as ratings are: "AQ = Ada Quill".
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

from xlplan.late import regex
from xlplan.plan.status_words import (
    RATING_WORDS,
    is_colour,
    is_level,
    known_rating,
    says_attention,
    says_closed,
    says_state,
)
from xlplan.plan.text import canon_text, fold, latin

_APART = r"\s*(?:[:=→]|\s[-–—]+(?:\s|$)|[-–—]+\s)\s*"
_BOUNDARY = r"(?:^|(?<=[;|/,\n•·●■▪()])|(?<=[.:] )|(?<=[-–—] ))\s*\(?"
_WORD = regex(r"[^\W\d_]{2,}")
_GAP = regex(r"[ \t]{2,}")
_ENDS = " ;,/|•·●■▪\n"
_COUNTS = frozenset(
    ("total", "totals", "grand total", "sub-total", "subtotal", "number", "no", "no.", "count",
     "sum", "percentage", "per cent", "number of actions", "actions", "#", "%")
)  # fmt: skip
LONGEST_MEANING = 400
NUMBERS = frozenset(map(str, range(11)))
"""Numbers that can be points of a scale, where a legend explains them."""


class LegendLine(Struct, frozen=True):
    """One line of a legend: ``LegendLine("Blue", "Completed", "#4472C4")``. The code is blank
    where only a colour is explained."""

    code: str
    label: str
    colour: str = ""


class LegendCell(Struct, frozen=True):
    """A cell that may belong to a legend: its text, and its fill (``#RRGGBB`` or ``""``)."""

    text: str
    fill: str = ""


def parse_legend(text: str, codes: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The ratings that a text explains, as (code, label): ``"Blue - Completed"`` gives one.

    Only codes that are rating words, or that stand in the plan's rating cells, count. Cells of a
    line are parted by `` | ``.
    """
    cells = [LegendCell(part) for part in canon_text(text).split(" | ")]
    return [(line.code, line.label) for line in explain(cells, codes)]


def explain(cells: Sequence[LegendCell], codes: Iterable[str] = ()) -> list[LegendLine]:
    """The ratings that the cells of one line explain, each with the colour beside it.

    A cell may explain several in its text; else a code is followed by the cell that explains it,
    or explained by the cell before it.
    """
    known = frozenset(fold(latin(code)) for code in codes)
    if known and known <= NUMBERS:
        known = NUMBERS
    found: list[LegendLine] = []
    for cell in cells:
        made = _in_text(cell.text, known) if len(cell.text) > 2 else []
        fill = cell.fill if len(made) == 1 else ""
        found += [LegendLine(code, label, fill) for code, label in made]
    beside = _in_cells(cells, known)
    if found and any(_rank(line.code, known) > 1 for line in found):
        return found
    return beside or found


def numbers_explained(lines: Sequence[LegendLine]) -> bool:
    """Whether these lines explain a scale of numbers: "1 = not started … 5 = complete".

    The numbers follow one another from 0 or 1, and at least two meanings say how far something is
    and none how much: "1 = rare", "3 = medium" is no such scale.
    """
    numbers = [int(line.code) for line in lines if line.code in NUMBERS]
    states = sum(says_how_far(line.label) for line in lines)
    run = sorted(numbers) == list(
        range(min(numbers, default=0), len(numbers) + min(numbers, default=0))
    )
    begins = min(numbers, default=9) < 2
    levels = any(is_level(line.label) for line in lines)
    return len(numbers) == len(lines) > 1 and run and begins and states > 1 and not levels


def is_meaning(text: str) -> bool:
    """Whether a text can explain a rating: words, and no figure with its unit."""
    words = _WORD.findall(text)
    if not words or len(text) > LONGEST_MEANING or fold(text) in _COUNTS:
        return False
    return len(words) > 1 or not any(c.isdigit() for c in text) or says_closed(words[0])


def by_colour(lines: Sequence[LegendLine]) -> list[LegendLine]:
    """Of lines that explain a colour alone those that form a legend: most of them name a state."""
    states = [line for line in lines if says_how_far(line.label)]
    return list(lines) if len(states) > 1 and len(states) * 2 >= len(lines) else []


def lists_another(lines: Sequence[LegendLine], others: Container[str]) -> bool:
    """Whether words beside ratings are a list of their own ("Closed | Low") and no meanings.

    They are where most are values of other columns of the plan (`others`, folded), say how much
    rather than how far, or are a word or two beside a state that are no state themselves.
    """
    apart = [line for line in lines if not says_how_far(line.label) and _is_apart(line, others)]
    return len(apart) * 2 > len(lines)


def _is_apart(line: LegendLine, others: Container[str]) -> bool:
    word = len(line.code) > 2 and not is_colour(line.code)
    short = says_state(line.code) and len(line.label.split()) < 3
    return fold(line.label) in others or short or (word and is_level(line.label))


def explain_below(
    above: Mapping[int, str], below: Mapping[int, str], codes: Iterable[str] = ()
) -> list[LegendLine]:
    """The ratings of one line that the line below explains, cell by cell (by column)."""
    known = frozenset(fold(latin(code)) for code in codes)
    named = {col: code for col, text in above.items() if (code := _code(text, known))}
    words = {col: " ".join(below.get(col, "").split()) for col in named}
    worded = all(
        is_meaning(text) and _rank(_code(text, known), known) < 2 for text in words.values()
    )
    if len(named) < 2 or not worded:
        return []
    return [LegendLine(code, words[col]) for col, code in named.items()]


def says_how_far(text: str) -> bool:
    """Whether a text says how far something is, at its beginning at least."""
    words = text.split()
    begins = (" ".join(words[:count]).strip(".,;:") for count in range(1, 4))
    known = any(len(each) > 2 and known_rating(each) for each in begins)
    return known or says_closed(text) or says_attention(text)


def _in_cells(cells: Sequence[LegendCell], known: frozenset[str]) -> list[LegendLine]:
    """Codes with the cell that explains each: the next one, else the one before."""
    held = [cell for cell in cells if cell.text]
    codes = [_code(cell.text, known) for cell in held]
    ranks = [_rank(code, known) for code in codes]
    beside = zip(ranks, codes, codes[1:], strict=False)
    if any(rank > 1 and _both_codes(one, other, known) for rank, one, other in beside):
        return []  # names side by side, as the headings of a count have them
    found = [
        LegendLine(codes[at], " ".join(after.text.split()), cell.fill or after.fill)
        for at, (cell, after) in enumerate(pairwise(held))
        if ranks[at] > ranks[at + 1] and is_meaning(after.text) and not _each_coloured(cell, after)
    ]
    return found or [
        LegendLine(codes[at + 1], " ".join(cell.text.split()), after.fill or cell.fill)
        for at, (cell, after) in enumerate(pairwise(held))
        if ranks[at] < ranks[at + 1]
        and is_meaning(cell.text)
        and says_how_far(cell.text)
        and codes[at + 1] not in NUMBERS  # that is how many there are
        and not _each_coloured(cell, after)
    ]


def _each_coloured(one: LegendCell, other: LegendCell) -> bool:
    """Whether each of two cells explains a colour of its own, and neither the other's words."""
    return bool(one.fill and other.fill) and one.fill != other.fill


def _code(text: str, known: frozenset[str]) -> str:
    """The code that a cell is, or ``""``: "Blue", or both names of one rating, "B (Blue)"."""
    text = " ".join(text.split()).strip(" :-–—")
    if fold(latin(text)) in known or known_rating(text):
        return text
    first, _, rest = text.partition("(") if "(" in text else text.partition("/")
    first, rest = first.strip(" -–—"), rest.strip(" )")
    both = known_rating(first) and known_rating(first) == known_rating(rest)
    return first if both else ""


def _rank(code: str, known: frozenset[str]) -> int:
    """How surely a text is a code and no meaning: 2 for one of the plan's, and for a colour."""
    if not code:
        return 0
    return 2 if fold(latin(code)) in known or is_colour(code) else 1


@lru_cache(32)
def _mention(known: frozenset[str]) -> re.Pattern[str]:
    every = {word for word in known if word} | RATING_WORDS
    names = "|".join(
        re.escape(word).replace(r"\ ", r"\s+") if any(map(str.isalnum, word)) else re.escape(word)
        for word in sorted(every, key=lambda word: (-len(word), word))
    )
    return re.compile(
        rf"{_BOUNDARY}(?P<code>{names})(?:(?P<apart>{_APART})|\s*\((?=[^)])|[ \t]+(?=\S))",
        re.IGNORECASE,
    )


def _in_text(text: str, known: frozenset[str]) -> list[tuple[str, str]]:
    """The ratings that one text explains.

    "Blue – done; Red – late" has its codes set apart. Without that ("RED off track / AMBER on
    track") only what begins a part counts, and only where several are explained by states.
    """
    lines = [line.strip() for line in canon_text(text).split("\n")]
    text = "\n".join(" ".join(_GAP.sub(" · ", line).split()) for line in lines)
    found: list[re.Match[str]] = []
    for each in _mention(known).finditer(latin(text)):
        before = found[-1] if found else None
        if before is None or each.start("code") > before.end() or not _set_apart(text, before):
            found.append(each)
    strong = [each for each in found if _set_apart(text, each)]
    if len(strong) == 1 and not _begins(text, strong[0]):
        return _turned(text, known)
    chosen = strong or [each for each in found if _begins_part(text, each)]
    made = [_turn(code, label, known) for code, label in _explained(text, chosen, known)]
    made = [each for each in made if not _both_codes(*each, known)]
    turned = _turned(text, known)
    if len(turned) >= max(1, len(made)):
        return turned
    states = sum(says_how_far(label) for _, label in made)
    several = len({fold(code) for code, _ in made}) > 1 and len({label for _, label in made}) > 1
    return made if strong or (several and states * 2 >= len(made)) else []


def _set_apart(text: str, found: re.Match[str]) -> bool:
    """Whether a sign or a dash stands between a code and what follows; a code that is a sign
    itself needs none."""
    code = text[found.start("code") : found.end("code")]
    return bool(text[found.end("code") : found.end()].strip()) or not any(map(str.isalnum, code))


def _explained(
    text: str, chosen: Sequence[re.Match[str]], known: frozenset[str]
) -> Iterator[tuple[str, str]]:
    ends = [*(each.start() for each in chosen), len(text)][1:]
    for each, end in zip(chosen, ends, strict=True):
        stop = text.find("\n", each.end(), end)
        label = text[each.end() : stop if stop >= 0 else end]
        code = text[each.start("code") : each.end("code")]
        if is_meaning(label := _label(_without_codes(label, known), code)):
            yield code, label


def _without_codes(label: str, known: frozenset[str]) -> str:
    """A meaning without the codes of the plan that are listed behind it: "; On track; Delayed"."""
    while ";" in label and fold(latin(label.rpartition(";")[2].strip(_ENDS))) in known:
        label = label.rpartition(";")[0]
    return label


def _turn(code: str, label: str, known: frozenset[str]) -> tuple[str, str]:
    """ "Complete = Blue" explains Blue."""
    other = _code(label, known)
    return (other, code) if _rank(other, known) > _rank(code, known) else (code, label)


def _both_codes(code: str, label: str, known: frozenset[str]) -> bool:
    """Whether what should explain a code is another one: "Red - Amber"."""
    other = _code(label, known)
    return _rank(other, known) > 1 and known_rating(other) != known_rating(code)


def _turned(text: str, known: frozenset[str]) -> list[tuple[str, str]]:
    """The ratings that are named behind their meaning: "Action complete = Blue"."""
    found: list[tuple[str, str]] = []
    for part in re.split(r"[;\n|•·]|, ", text):
        halves = re.split(_APART, part.strip(_ENDS), maxsplit=1)
        code = _code(halves[-1], known) if len(halves) == 2 else ""
        named = _rank(code, known) > max(1, _rank(_code(halves[0], known), known))
        if named and is_meaning(halves[0]) and says_how_far(halves[0]):
            found.append((code, halves[0]))
    return found


def _begins_part(text: str, found: re.Match[str]) -> bool:
    """Whether a code that nothing sets apart begins a part of its text as a code would."""
    code, before = found["code"], text[: found.start("code")].rstrip(" (")[-1:]
    if not text[found.start("code")].isupper():
        return False
    return before in ("", "\n", ";", "/", "|", "·", "•") or (
        before in ",:" and (code.isupper() or is_colour(code))
    )


def _begins(text: str, found: re.Match[str]) -> bool:
    """Whether a single code begins its text or a line of it, or what stands before is a title."""
    before = text[: found.start("code")].rpartition("\n")[2].strip(" (")
    return not before or before.endswith(":")


def _label(text: str, code: str) -> str:
    """The words of a meaning: without what sets them apart, and without the rating's other name:
    "R = Red – off track" explains R by "off track"."""
    text = text.strip(_ENDS)
    if text.endswith(")") and text.count("(") < text.count(")"):
        text = text[:-1].rstrip()
    parts = re.split(_APART, text, maxsplit=1)
    if len(parts) == 2 and _same(parts[0], code) and parts[1]:
        return parts[1].strip()
    return text


def _same(one: str, other: str) -> bool:
    name = one.strip(" ()")
    return is_colour(name) and known_rating(name) == known_rating(other)


INITIALS = regex(r"[A-Z]{2,4}")
_SHORT_FOR = r"[A-Z]{2,4}\s*[=:–—-]"
_OF_POST = rf"(?:(?:and|&)(?! {_SHORT_FOR})|of|for|the|(?!{_SHORT_FOR})[A-Z][\w'’-]*)"
_NAME_OR_POST = rf"[A-Z][\w'’-]*(?: {_OF_POST}){{1,6}}"
_EXPLAINED = regex(rf"([A-Z]{{2,4}})\s*[=:–—-]\s*({_NAME_OR_POST})")


def initials_in(lines: Iterable[Sequence[str]]) -> dict[str, str]:
    """Initials and the names that lines of a key give them: "AQ = Ada Quill", or two cells."""
    found: dict[str, str] = {}
    for cells in lines:
        for cell in cells:
            for match in _EXPLAINED.finditer(cell):
                found.setdefault(match[1], match[2])
        for short, name in pairwise(cells):
            if INITIALS.fullmatch(short) and re.fullmatch(_NAME_OR_POST, name):
                found.setdefault(short, name)
    return found
