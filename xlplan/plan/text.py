"""Text and names in cells: what two programs may differ in, who is meant, whose names are alike."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from operator import itemgetter, ne

from xlplan.late import regex

_CARRIAGE_RETURN = regex(r"_x000[dD]_")
_PAIR = regex(r"_x([dD][89abAB][0-9A-Fa-f]{2})__x([dD][c-fC-F][0-9A-Fa-f]{2})_")
"""A sign beyond the first 65,536, as some programs write it: in two halves."""
_LINE_ENDS = regex(r"(?<!\r)\r*\n|\r|\x0b|\x0c|\x85|\u2028|\u2029")
_SPACES = regex(r"[\u00a0\u2007\u202f]")
_ZERO_WIDTH = regex(r"[\u200b\u2060\ufeff\u00ad]")
_DIRECTIONS = regex(r"[\u061c\u200e\u200f\u202a\u202c\u2066\u2068\u2069]")
"""Marks of direction, which Windows copies with dates: without these letters they show nothing."""
_LEFTWARD = regex(r"[\u0590-\u061b\u061d-\u08ff\u202b\u202d\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc"
                  r"\U00010800-\U00010fff\U0001e800-\U0001efff]")  # fmt: skip
_NOT_TEXT = regex(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_PRINTED = bytes([*range(0x20, 0x7F), *b"\n"])
_TRAILING = regex(r"[ \t]+(?=\n|\Z)")
_SEEN = regex(
    r"[^\s\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""Any character that leaves a mark: not white space, not a joiner, mark or filler (Unicode's
Default_Ignorable_Code_Point)."""

LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
        **dict(zip("АВЕКМНОРСТУХЅІЈ", "ABEKMHOPCTYXSIJ", strict=True)),
        **dict(zip("аеорсухѕіјο", "aeopcyxsijo", strict=True)),
    }
)
"""Greek and Cyrillic letters that look like Latin ones."""


def canon_text(text: str) -> str:
    """`text` without the differences that no reader can see; ``""`` when nothing is left.

    Joiners inside emoji stay, and marks of direction beside letters that run to the left: they
    change what is seen. Alone, or among spaces, they show nothing and count as blank.
    """
    if _is_canon(text):
        return text  # most cells, and nothing below would change them
    # What nobody sees goes first: taking it out later could leave a new `_x000D_` behind.
    text = text if _LEFTWARD.search(text) else _DIRECTIONS.sub("", text)
    text = _PAIR.sub(_sign_of, _ZERO_WIDTH.sub("", _NOT_TEXT.sub("", text)))
    text = _LINE_ENDS.sub("\n", _CARRIAGE_RETURN.sub("\r", text))
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", text))
    text = _TRAILING.sub("", text)
    return text.strip("\n") if _SEEN.search(text) else ""


def _is_canon(text: str) -> bool:
    """Whether `text` is surely canonical: its lines hold what prints alone, and end in no space."""
    if "_x" in text or text[-1:] in (" ", "\n"):
        return False
    if not text.isprintable() and (
        text[0] == "\n" or " \n" in text or not text.replace("\n", "").isprintable()
    ):
        return False
    return text.isascii() or bool(unicodedata.is_normalized("NFC", text) and _SEEN.search(text))


def are_canon(texts: Sequence[str]) -> bool:
    """Whether all of `texts` are surely canonical, and none is blank: they are looked at together,
    for what `_is_canon` asks of one."""
    if not all(texts) or any(map(ne, map(str.rstrip, texts), texts)):
        return False
    whole = "\r".join(["", *texts])
    if "_" in whole and "_x" in whole:
        return False
    if "\n" in whole and (" \n" in whole or "\r\n" in whole):
        return False
    if whole.isascii():  # what is left of them is what was put between them
        return len(whole.encode().translate(None, _PRINTED)) == len(texts)
    bare = whole.replace("\r", "")
    return (
        len(whole) - len(bare) == len(texts)
        and bare.replace("\n", "").isprintable()
        and unicodedata.is_normalized("NFC", bare)
        and all(map(_SEEN.search, texts))
    )


def _is_plain(text: str) -> bool:
    """Whether `text` is surely canonical but for spaces at its end."""
    return text.isascii() and text.isprintable() and "_x" not in text


def is_one_word(text: str) -> bool:
    """Whether `text` is surely canonical, and one word of plain letters, figures and signs."""
    return text.isascii() and text.isprintable() and text > "" and not ("_x" in text or " " in text)


_MANY = 1 << 18
"""Texts of a large spreadsheet, each of which is looked at many times, one column after the other:
fewer would be forgotten before they are met again."""


@lru_cache(maxsize=_MANY)
def trimmed(text: str) -> str:
    """`text`, canonical and without spaces around it: as a cell is looked at."""
    return text.strip() if _is_plain(text) else canon_text(text).strip()


def _sign_of(pair: re.Match[str]) -> str:
    high, low = int(pair[1], 16) - 0xD800, int(pair[2], 16) - 0xDC00
    return chr(0x10000 + (high << 10) + low)


def fold(text: str) -> str:
    """`text` for comparison by people: canonical, case-folded, runs of space made one."""
    return _fold_again(text) if len(text) <= _WORDS_LONG else _fold(text)


def _fold(text: str) -> str:
    if _is_plain(text):
        return " ".join(text.lower().split())
    return " ".join(canon_text(text).casefold().split())


_WORDS_LONG = 60
"""Characters of a text that is a name, a rating or a heading, and is met again."""
_fold_again = lru_cache(maxsize=1 << 16)(_fold)


def latin(text: str) -> str:
    """`text` with look-alike Greek and Cyrillic letters replaced by the Latin they resemble."""
    return text.translate(LOOK_ALIKES)


def same_words(one: object, other: object) -> bool:
    """Whether two texts say the same line by line, but for spaces, indents and blank lines."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    return _words(one) == _words(other)


def _words(text: str) -> list[list[str]]:
    return [words for line in text.split("\n") if (words := line.split())]


_NOT_APPLICABLE = regex(r"n ?/ ?a", re.IGNORECASE)
"""No separator stands between these two letters."""
_BRACKETS = regex(r"\([^()]*\)")
_LIST_MARKS = regex(r"\A(?:(?:\(?(?:\d{1,2}[.)]|[a-z]\))|[-*–•●▪]) +)+(?=\S)")
"""What numbers the lines of a list, and is no part of a name: "1. ", "a) ", "- "."""
_FIRST = regex(r"\(?1[.)]")
_EXPORTED = regex(r"(?:(?:^|;#)\d+(?=;#|$)|;#)+", re.MULTILINE)
"""What parts people in a list that SharePoint exports, with their numbers: ";#12;#"."""
_LETTERS = (
    r"(?:[Ss](?:ection|\.)? ?151(?: [Oo]fficer)?|CPFA|FCCA|[CDKMO]BE|[KQ]PM|RN|RGN|RMN|"
    r"[FM]RC[NPS]|[FM]RCGP|[FM]CIPD|[FM]CIH|[FM]RICS|CEng|PhD|DPhil|MSc|BSc|MBA|LLB|NPQH)"
)
_POST_NOMINAL = regex(rf"\b{_LETTERS}(?:, ?{_LETTERS})*(?!\w)")
"""What stands behind a name and a comma, and is nobody: a degree, an honour, an office."""
_FIRM = regex(
    r"\b(?:(?:Sons?|Co\.?|Company|Daughters?|Brothers|Bros\.?)(?: (?:Ltd|LLP)\.?)?"
    r"|Partners (?:Ltd|LLP)\.?)(?!\w)"  # "Partners" alone are a council's
)
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "cllr",
                     "councillor", "rev"})  # fmt: skip
_WORDS = regex(r"[^\W_]+(?:['’][^\W_]+)?")
_VACANT = regex(
    r"\b(?:vacan(?:t|cy)|to be (?:appointed|recruited|confirmed|identified|agreed|advised)"
    r"|tb[acd]|not (?:yet )?(?:appointed|in post)|unfilled|unassigned)\b"
    r"|^(?:n/?a|none|\?+|[-–—]+)$",
    re.IGNORECASE,
)
_NO_NAMES = frozenset({"post", "role", "position", "lead", "name", "officer", "currently", "still",
                       "now", "at", "present", "new", "the"})  # fmt: skip
"""Words beside which a vacancy is still nobody's: "Post currently vacant"."""
_PROVISIONAL = regex(r"\W*(?:new|tbc|tba|tbd)(?![a-z])", re.IGNORECASE)
LONG_ENOUGH = 5
"""Letters a word needs before one wrong letter counts as a slip: Jon and John are two names."""


def split_people(
    text: str, separators: Sequence[str], known: Collection[str] = ()
) -> tuple[str, ...]:
    """The names in a cell, in the order written, each once.

    A separator that is a word (``" and "``) splits only where it stands alone; the others split
    wherever they stand, and a new line always does; an ampersand behind a single letter is part
    of an abbreviation (``"H&S Adviser"``, ``"R&D"``). What stands in brackets belongs to the name
    before it: ``"A Post (Homes and Advice)"`` is one. What numbers the lines of a list is left out
    ("1. ", "a) "), and so are blank parts: ``"A / B\\n"`` gives ``("A", "B")``. A name in `known`
    (case-folded, single-spaced) is never taken apart, so
    ``"Director of Adults and Children"`` may be in the list of leads.
    """
    names: list[str] = []
    pattern = _pattern(tuple(separators))
    longest = _longest(pattern, tuple(known))
    for line in (_EXPORTED.sub("\n", text) if ";#" in text else text).split("\n"):
        names += _split_line(_spaced(line), pattern, known, longest)
    names = _without_marks([name for name in names if name], known)
    return tuple(dict.fromkeys(names))


def _without_marks(names: list[str], known: Collection[str]) -> list[str]:
    """Some names without what numbers the lines of a list. No list begins with its second line or
    numbers a name twice: the 1st and the 2nd Bürgermeister are two."""
    plain = [name if name.casefold() in known else _LIST_MARKS.sub("", name, 1) for name in names]
    if plain == names:
        return plain
    numbered = [
        (name, place) for place, name in enumerate(names)
        if name != plain[place] and name.lstrip("(")[:1].isdigit()
    ]  # fmt: skip
    alone = len(names) == 1 and plain[0].casefold() not in known
    twice = len({plain[place] for _, place in numbered}) < len({name for name, _ in numbered})
    for name, place in numbered:
        if twice or (alone and not _FIRST.match(name)):
            plain[place] = name
    return plain


@lru_cache(maxsize=64)
def _pattern(separators: tuple[str, ...]) -> re.Pattern[str]:
    choices = []
    for separator in sorted({"\n", *separators} - {""}, key=lambda s: (-len(s), s)):
        word = separator.strip()
        mark = re.escape(word or separator)
        one_letter = r"(?<!\b[^\W\d_](?=&\w))" if separator == "&" else ""
        choices.append(f" {mark} " if word.isalpha() else one_letter + mark)
    return re.compile("|".join(choices), re.IGNORECASE)


@lru_cache(maxsize=64)
def _longest(pattern: re.Pattern[str], known: tuple[str, ...]) -> int:
    """How many parts the known name with the most separators has."""
    return 1 + max((len(pattern.findall(name)) for name in known), default=0)


def _split_line(
    line: str, pattern: re.Pattern[str], known: Collection[str], longest: int
) -> list[str]:
    """The parts of a line; neighbours that make a known name together are put back together."""
    if _NOT_APPLICABLE.fullmatch(line):
        return [line]
    starts, ends = [0], []
    brackets = [found.span() for found in _BRACKETS.finditer(line)]
    for match in pattern.finditer(line):
        at = bisect_left(brackets, match.end(), key=itemgetter(0)) - 1
        if at >= 0 and brackets[at][1] > match.start():
            continue
        ends.append(match.start())
        starts.append(match.end())
    ends.append(len(line))
    if len(starts) > 1 and (_POST_NOMINAL.search(line) or _FIRM.search(line)):
        _with_letters(line, starts, ends, known)
    names: list[str] = []
    at = 0
    while at < len(starts):
        last = min(at + longest, len(starts)) - 1
        while last > at and _spaced(line[starts[at] : ends[last]]).casefold() not in known:
            last -= 1
        names.append(_spaced(line[starts[at] : ends[last]]))
        at = last + 1
    return names


def _with_letters(line: str, starts: list[int], ends: list[int], known: Collection[str]) -> None:
    """Leave letters behind a name and a comma with the name ("Ada Quill, CPFA"), out of it where
    it is known without them, and the end of a firm with its name ("Quill & Sons")."""
    for at in range(len(starts) - 1, 0, -1):
        part, name = (_spaced(line[starts[n] : ends[n]]) for n in (at, at - 1))
        between = line[ends[at - 1] : starts[at]].strip().casefold()
        letters = between == "," and _POST_NOMINAL.fullmatch(part)
        named = " " in name or _POST_NOMINAL.fullmatch(name)
        firm = name and between in ("&", "and") and _FIRM.fullmatch(part)
        if part.casefold() not in known and ((letters and named) or firm):
            whole = _spaced(line[starts[at - 1] : ends[at]])
            if firm or name.casefold() not in known or whole.casefold() in known:
                ends[at - 1] = ends[at]
            del starts[at], ends[at]


def _spaced(name: str) -> str:
    return " ".join(name.split())


def says_vacant(name: str) -> str:
    """The words of a name that say that nobody is there, or ``""``."""
    found = _VACANT.search(latin(" ".join(name.split())))
    return found[0] if found else ""


def names_nobody(name: str) -> bool:
    """Whether a text stands for no lead at all: "TBC", "Post vacant", "n/a".

    "Head of Roads (vacant)" does not: that post has a name, and somebody may answer for it.
    """
    if not says_vacant(name):
        return False
    rest = _VACANT.sub(" ", latin(" ".join(name.split())))
    return not set(_WORDS.findall(rest.casefold())) - _NO_NAMES


def alike(one: str, other: str) -> bool:
    """Whether two different spellings may well name one person or one post.

    The same words but for case, titles and points; a forename beside its initial; one word with
    one letter wrong, too many, too few or swapped; or initials alone ("AQ" for "Ada Quill").
    """
    if fold(one) == fold(other):
        return False
    first, second = _words_of_name(one), _words_of_name(other)
    if not first or not second:
        return False
    if first == second:
        return True
    if _are_initials(one, second) or _are_initials(other, first):
        return True
    return _one_slip(first, second) or _shortened(first, second)


def pairs_alike(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Every pair of names that may be one person's, in alphabetical order.

    Initials that fit several names are left out: they say too little.
    """
    ordered = sorted(names)
    # Names that are alike share their first letter or their last word; nothing else is compared.
    groups: dict[str, list[str]] = {}
    for name in ordered:
        words = _words_of_name(name)
        if words:
            groups.setdefault(f"^{words[0][0]}", []).append(name)
            groups.setdefault(f"${words[-1]}", []).append(name)
    close = {pair for group in groups.values() for pair in combinations(group, 2) if alike(*pair)}
    found = sorted(close)
    for one, other in found:
        vague = [name for name in (one, other) if _initials(name)]
        if all(sum(name in pair for pair in found) == 1 for name in vague):
            yield one, other


def _words_of_name(name: str) -> list[str]:
    words = [word.replace("’", "'") for word in _WORDS.findall(fold(name))]
    return [word for word in words if word not in _TITLES] or words


def _are_initials(short: str, words: Sequence[str]) -> bool:
    letters = _initials(short)
    return bool(letters) and letters.casefold() == "".join(word[0] for word in words)


def _initials(name: str) -> str:
    """The letters of a name that is nothing but initials, or ``""``."""
    letters = re.sub(r"[\s.]", "", name)
    return letters if 2 <= len(letters) <= 4 and letters.isupper() else ""


def _shortened(one: Sequence[str], other: Sequence[str]) -> bool:
    """Same last word, and every other word the same or the initial of its neighbour."""
    short, long = sorted((one, other), key=len)
    if len(short) == 2 and len(long) == 3 and len(long[1]) == 1:  # "Ada Quill", "Ada M Quill"
        long = [long[0], long[2]]
        if short == long:
            return True
    if len(short) != len(long) or short[-1] != long[-1] or len(short) > 3:
        return False
    pairs = list(zip(short[:-1], long[:-1], strict=True))
    near = all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in pairs)
    return near and any(a != b for a, b in pairs)


def _one_slip(one: Sequence[str], other: Sequence[str]) -> bool:
    if len(one) != len(other):
        return False
    wrong = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(wrong) == 1 and _near(*wrong[0])


def _near(one: str, other: str) -> bool:
    """One letter wrong, too many, too few, or two neighbours swapped; figures never differ."""
    short, long = sorted((one, other), key=len)
    if len(long) < LONG_ENOUGH or len(long) - len(short) > 1 or not (short + long).isalpha():
        return "'" in long and short == long.replace("'", "")
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2] == long[at : at + 2][::-1]
    return short[at + 1 :] == long[at + 1 :] or (swapped and short[at + 2 :] == long[at + 2 :])


def is_provisional(ref: str) -> bool:
    """Whether a ref only holds a place: ``"NEW 3"``, ``"TBC"``, ``"New-1"``."""
    return _PROVISIONAL.match(ref) is not None
