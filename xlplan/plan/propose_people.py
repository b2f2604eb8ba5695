"""The list of leads from the cells that name them, and which names may be one person.

No two spellings are ever merged here: what looks like one person is said as a guess, beside the
lead it concerns, for the coordinator to settle with an alias.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from xlplan.late import regex
from xlplan.plan.definition import DEFAULT_SEPARATORS
from xlplan.plan.legend import INITIALS
from xlplan.plan.people import Lead
from xlplan.plan.text import canon_text, fold, names_nobody, says_vacant, split_people

_NAME = r"[A-Z][A-Za-z'’-]*(?: [A-Z][A-Za-z'’-]*){1,3}"
_AT = regex(rf"({_NAME})\s+[-–—]\s*(\S.*)|({_NAME})\s*[–—]\s*(\S.*)")
_ADDRESSED = regex(r"(?:mailto:)?(.*?)[\s<(\[]*([^\s@,;<>()\[\]:]+@[^\s@,;<>()\[\]]+)[>)\]]*")
_SHORT = regex(r"([A-Z])\.? ?([A-Z][A-Za-z'’-]+)")
_POST = regex(
    r"\b(?:director|head|manager|officer|lead|nurse|doctor|chair|team|service|board|group|"
    r"co-?ordinator|worker|midwife|gp|services|health|care|headteacher|head ?master|head ?mistress|"
    r"teacher|principal|sendco|senco|bursar|governors?|superintendent|inspector|sergeant|"
    r"commander|surveyor|engineer|solicitor|treasurer|matron|registrar)\b", re.IGNORECASE
)  # fmt: skip
_ONE_POST = regex(
    r"\b(?:[A-Z]\w* ){0,3}(?:Director|Head) of (?:[A-Z]\w* ){1,4}(?:and|&) ([A-Z][a-z]+)"
    r"(?= ?(?:[/;,(]|$))",
    re.MULTILINE,
)
"""A post whose field has two names: "Director of Homes and Support"."""
NEARLY = 0.85
_RANKS = frozenset({"deputy", "assistant", "associate", "vice"})
"""Words that make another post of one."""
_SMALL_WORDS = frozenset({"and", "&", "+", "of", "for", "the", "in"})
_SHORT_WORD = 7
_UNLIKE = 1 - NEARLY
"""The share of the letters of two names that are not in the other, up to which they may be one."""
MOST_APART = 2
"""Leads with one kind of doubt beyond which it is one line, not one for each."""
MOST_LINES = 3
"""Doubts beside leads beyond which each kind that is there twice is one line."""
MOST_NAMED = 5
_DOUBTS = {
    "post": ("read as one post; if these are two leads, give each a [[lead]] of its own",
             "were each read as one post; if one is two leads, give each a [[lead]] of its own"),
    "vacant": ('says "{}"; if nobody is in post, name who answers in the meantime',
               "say that nobody is in post; name who answers in the meantime"),
    "short": ('may be "{}"; if so, make it an alias of that lead',
              "may be short for another; if so, make them aliases of that lead"),
    "alike": ('spelled nearly like "{}"; if they are one, make one an alias',
              "are spelled nearly like another; where two are one, make one an alias"),
    "initials": ("only initials; say who or what this is",
                 "are only initials; say who or what each is"),
    "longer": ('begins with "{}"; if only that lead is meant, make it an alias there',
               "begin with the name of another; if only that one is meant, make them its aliases"),
    "prose": ("does not read like a name; correct it in the plan or leave it",
              "do not read like names; correct them in the plan or leave them"),
    "agency": ("an organisation may stand before the name",
               "may have an organisation before the name"),
    "address": ("an e-mail address; say whose it is",
                "are e-mail addresses; say whose each is"),
    "word": ("a single word; say who this is", "are a single word; say who each is"),
}  # fmt: skip
"""What may be wrong with a lead, and with several, by kind; {} is what it is compared with."""
_Doubt = tuple[str, str, str]
"""A lead, a kind of doubt, and what it is compared with."""
LONGEST_NAME = 60
_LONGEST_ADDRESS = 320
"""Characters of an e-mail address (RFC 5321, 4.5.3.1: 64 before the @ and 255 behind it)."""
MOST_COMPARED = 1000
"""Names beyond which spellings are not compared: a list of leads that long is a mistake."""


def propose_leads(
    cells: Iterable[str],
    separators: Sequence[str] = DEFAULT_SEPARATORS,
    initials: Mapping[str, str] | None = None,
) -> tuple[tuple[Lead, ...], tuple[str, ...]]:
    """The leads that these cells name, in alphabetical order, and what to look at.

    A guess begins ``lead "NAME": ``. "Name - Organisation" is split where the first part is a
    person's name and the dash stands apart; the text as written becomes an alias, so that the
    cells still find their lead. What names nobody ("TBC", "Vacant") is no lead; it is said.
    `initials` are those that a key of the plan explains; they become aliases of the names.
    """
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    texts: Counter[str] = Counter()
    for cell, count in Counter(cells).items():
        texts[canon_text(cell)] += count
    posts = {post for text in texts for post in _posts(text)}
    for text, count in texts.items():
        for name in split_people(text, separators, posts):
            counts[spelled.setdefault(fold(name), name)] += count
    found: dict[str, Lead] = {}
    guesses: list[str] = []
    nobody = {name: counts.pop(name) for name in sorted(filter(names_nobody, counts), key=fold)}
    if nobody:
        these = " and ".join(f'"{name}"' for name in nobody)
        verb = "names" if len(nobody) == 1 else "name"
        guesses.append(f"plan: {these} {verb} nobody; {_cells(sum(nobody.values()))} no lead by it")
    parted: list[tuple[str, str]] = []
    keyed = {name: full for name, full in (initials or {}).items() if name in counts}
    for name in sorted(counts, key=fold):
        lead = _with_address(name) or _split_organisation(name)
        if full := keyed.get(name):
            lead = Lead(full, (name,))
        before = found.get(fold(lead.name))
        parted += [(lead.name, name)] if lead.organisation else []
        found[fold(lead.name)] = _joined(before, lead) if before else lead
    guesses += _told_apart_by_address(found)
    if len(parted) > MOST_APART:
        some = ", ".join(f'"{name}"' for _, name in parted[:MOST_NAMED])
        rest = " and others" if len(parted) > MOST_NAMED else ""
        guesses.append(f"plan: {some}{rest} were read as a name and an organisation")
    else:
        parts = "was read as a name and an organisation"
        guesses += [f'lead "{lead}": "{name}" {parts}' for lead, name in parted]
    if keyed:
        pairs = ", ".join(f"{short} is {full}" for short, full in sorted(keyed.items()))
        guesses.append(f"plan: initials were read by the plan's own key: {pairs}")
    leads = tuple(sorted(found.values(), key=lambda lead: fold(lead.name)))
    names = [lead.name for lead in leads]
    if len(names) > MOST_COMPARED:
        guesses.append(f"plan: {len(names)} leads were found; their spellings were not compared")
        return leads, tuple(guesses)
    doubts: list[_Doubt] = []
    others = _Others(names)
    for name in names:
        if name.casefold() in posts and len(split_people(name, separators)) > 1:
            doubts.append((name, "post", ""))
        doubts += [(name, kind, other) for kind, other in _doubts(name, others)]
    return leads, (*guesses, *_in_few_lines(doubts))


_SURNAME_FIRST = regex(
    r"[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+)?, ?[^\W\d_][\w'’-]*\.?(?: [^\W\d_]\w*\.?)?"
)
_SERVICE = regex(
    r"\b(?:finance|legal|hr|it|ict|digital|housing|estates?|comms|communications|planning|council|"
    r"procurement|education|schools|highways|transport|facilities|pharmacy|nursing|medical|audit|"
    r"surgical|governance|licensing|regeneration|revenues|benefits|customer|community|corporate|"
    r"children|adults?|social|property|policy|payroll|workforce|safeguarding|quality|operations|"
    r"maternity|police|fire|trust|executive|secretary)\b", re.IGNORECASE
)  # fmt: skip
"""Words of departments, bodies and posts: with a comma between, two such names are two."""
_TWO_PEOPLE = regex(r"[A-Z][\w'’-]+ [A-Z][\w'’-]+ ?/ ?[A-Z][\w'’-]+ [A-Z][\w'’-]+")
_PARTS_PIECES = regex(r"[;\n]")


def name_separators(
    cells: Iterable[str], headings: Sequence[str], separators: Sequence[str] = DEFAULT_SEPARATORS
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The `separators` without those that stand within the names of these cells, and what is said
    of it: the comma of "Quill, Ada", and the slash of a name in two languages, where most
    `headings` of the plan have one too."""
    cells = dict.fromkeys(cells)
    pieces = {" ".join(piece.split()) for cell in cells for piece in _PARTS_PIECES.split(cell)}
    names = sorted((name for name in pieces if name and not names_nobody(name)), key=fold)
    told = len(names) > 2 or any(_PARTS_PIECES.search(cell.strip()) for cell in cells)
    kept, said = list(separators), []
    for mark, how in ((",", "the surname first"), ("/", "two languages")):
        within = [name for name in names if mark in name]
        posts = any(_POST.search(name) or _SERVICE.search(name) for name in within)
        if mark == ",":
            whole = told and not posts and all(map(_SURNAME_FIRST.fullmatch, within))
        else:
            whole = sum(each.count(mark) == 1 for each in headings) * 3 > len(headings) * 2
            whole = whole and (posts or not all(map(_TWO_PEOPLE.fullmatch, within)))
        if mark in kept and whole and _stands_within(names, within, mark):
            kept.remove(mark)
            said.append(
                f'plan: names have {how} ("{within[0]}"), so "{mark}" is part of a name; where it '
                "parts two leads, put it back into separators"
            )
    return tuple(kept), tuple(said)


def _stands_within(names: Sequence[str], within: Sequence[str], mark: str) -> bool:
    """Whether a mark is part of the names that have it, and most do: each has it once, and what is
    on one side of it is never on the other or alone, as the name of a second lead would be."""
    pairs = [[fold(part.strip()) for part in name.split(mark)] for name in within]
    if len(pairs) < 2 or len(pairs) * 3 < len(names) * 2 or any(len(pair) != 2 for pair in pairs):
        return False
    first, second = ({*side} for side in zip(*pairs, strict=True))
    alone = {fold(name) for name in names}
    each = mark == "," or len(first) == len(second) == len(pairs)  # a name has one translation
    return each and first.isdisjoint(second) and alone.isdisjoint(first | second)


def _in_few_lines(doubts: Sequence[_Doubt]) -> list[str]:
    """Each doubt beside its lead; where several leads share a kind of doubt, a line for all."""
    counts = Counter(kind for _, kind, _ in doubts)
    apart = sum(count for count in counts.values() if count <= MOST_APART)
    most = 1 if apart > MOST_LINES else MOST_APART
    lines: list[str] = []
    for name, kind, other in doubts:
        one, many = _DOUBTS[kind]
        if counts[kind] <= most:
            lines.append(f'lead "{name}": {one.format(other)}')
            continue
        same = [each for each in doubts if each[1] == kind]
        named = ", ".join(_named(*each) for each in same[:MOST_NAMED])
        rest = " and others" if len(same) > MOST_NAMED else ""
        line = f"plan: {len({each[0] for each in same})} leads {many} ({named}{rest})"
        lines += [line] if line not in lines else []
    return lines


def _named(name: str, kind: str, other: str) -> str:
    return f'"{name}" / "{other}"' if other and kind != "vacant" else f'"{name}"'


def _cells(count: int) -> str:
    return "1 cell has" if count == 1 else f"{count} cells have"


def _posts(text: str) -> list[str]:
    """Posts whose field has two names, case-folded: neither name is a lead by itself."""
    return [
        " ".join(found[0].casefold().split())
        for found in _ONE_POST.finditer(text)
        if not _POST.search(found[1])
    ]


def _joined(one: Lead, other: Lead) -> Lead:
    aliases = tuple(dict.fromkeys((*one.aliases, *other.aliases)))
    return Lead(one.name, aliases, one.organisation or other.organisation, one.email or other.email)


def _with_address(name: str) -> Lead | None:
    """A lead who is written with an e-mail address, or as one; None for any other."""
    match = _addressed(name)
    if match is None:
        return None
    person = match[1].strip(" -–—,:")
    return Lead(person or match[2], (name,) if name != (person or match[2]) else (), email=match[2])


def _addressed(name: str) -> re.Match[str] | None:
    """A name with its address; what is too long to be one is not searched."""
    return _ADDRESSED.fullmatch(name) if "@" in name and len(name) <= _LONGEST_ADDRESS else None


def _told_apart_by_address(found: dict[str, Lead]) -> list[str]:
    """Make an address that says the name of a lead ("ada.quill@") that lead's, and say so."""
    said: list[str] = []
    for key, lead in list(found.items()):
        words = fold(" ".join(re.split(r"[._-]+", lead.email.partition("@")[0])))
        if lead.name == lead.email and (owner := found.get(words)):
            found[words] = _joined(owner, Lead(owner.name, (lead.name, *lead.aliases),
                                               email=lead.email))  # fmt: skip
            del found[key]
            said.append(f'lead "{owner.name}": "{lead.email}" was taken as the address of this one')
    return said


def _split_organisation(name: str) -> Lead:
    match = _AT.fullmatch(name)
    if not match:
        return Lead(name)
    person, organisation = match[1] or match[3], match[2] or match[4]
    if _POST.search(person):
        return Lead(name)
    return Lead(person, (name,), organisation)


class _Others:
    """The names that one is compared with, in order; only those that may be near it are."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.places = {name: place for place, name in enumerate(names)}
        self._numbered: dict[tuple[str, ...], list[tuple[str, int, int]]] = {}
        for name in names:
            text = fold(name)
            seen = name, len(text), _letters(text)
            self._numbered.setdefault(_numbers(text), []).append(seen)

    def near(self, name: str) -> Sequence[str]:
        """Those for which a name may stand, or of which it may be a slip."""
        if INITIALS.fullmatch(name) or _SHORT.fullmatch(name):
            return self.names
        text = fold(name)
        size, letters = len(text), _letters(text)
        return [
            other for other, length, theirs in self._numbered.get(_numbers(text), ())
            if (letters ^ theirs).bit_count() <= (size + length) * _UNLIKE
        ]  # fmt: skip

    def within(self, name: str) -> str:
        """The first of several words with which a name begins, or ``""``."""
        heads = (name[: found.start()] for found in re.finditer(",? ", name))
        several = [head for head in heads if head in self.places and len(head.split()) > 1]
        return min(several, key=self.places.__getitem__, default="")


def _doubts(name: str, names: _Others) -> list[tuple[str, str]]:
    """What a coordinator should look at for one name, against all the others: kind and other."""
    found: list[tuple[str, str]] = []
    if vacant := says_vacant(name):
        found.append(("vacant", vacant))
    whole, name = name, name.partition("(")[0].strip() or name  # a bracket says what, not who
    words = whole.split()
    close = False
    for other in names.near(whole):
        if other == whole:
            continue
        if _initials_of(whole, other):
            found.append(("short", other))
        elif _nearly(whole, other):
            close = True
            found += [("alike", other)] if fold(whole) < fold(other) else []  # a pair is one doubt
    if not found and not close and INITIALS.fullmatch(name):
        found.append(("initials", ""))
    longer = names.within(whole)
    if longer and (len(words) - len(longer.split()) > 1 or whole.startswith(f"{longer},")):
        found.append(("longer", longer))
    elif (
        len(name) > LONGEST_NAME
        or len(name.split()) > 7
        or name.endswith((":", "."))
        or re.match(r"(?:to|with|all|the|and) ", name, re.IGNORECASE)
    ):
        found.append(("prose", ""))
    elif re.match(r"[A-Z]{2,6}\s*[-–—]", name):
        found.append(("agency", ""))
    elif _addressed(name):
        found.append(("address", ""))
    elif len(name.split()) == 1 and not INITIALS.fullmatch(name) and not _POST.search(name):
        found.append(("word", ""))
    return found


def _initials_of(short: str, name: str) -> bool:
    """Whether "MD" or "M Darbon" may stand for a full name."""
    words = [word for word in name.split() if word[:1].isalpha()]
    if len(words) < 2 or len(words[0]) < 2:
        return False
    if INITIALS.fullmatch(short):
        return not _POST.search(name) and short == "".join(word[0].upper() for word in words)
    match = _SHORT.fullmatch(short)
    return bool(match) and bool(
        match and words[0][0] == match[1] and fold(words[-1]) == fold(match[2])
    )


def _nearly(one: str, other: str) -> bool:
    """Whether two names with the same numbers differ by so little that one may be a slip: in
    letters of its words, not in a word."""
    a, b = fold(one), fold(other)
    if min(len(a), len(b)) < 5 or max(len(a), len(b)) > LONGEST_NAME:
        return False
    matcher = SequenceMatcher(None, min(a, b), max(a, b))
    if matcher.real_quick_ratio() < NEARLY or matcher.ratio() < NEARLY:
        return False
    ours, theirs = a.split(), b.split()
    if len(ours) == len(theirs):
        return all(map(_is_slip, ours, theirs))
    return not ({*ours} ^ {*theirs}) & _RANKS


def _is_slip(one: str, other: str) -> bool:
    """Whether two words may be one: a letter or two apart, or short for it. "Housing" is no slip
    of "Nursing": the head of one is not that of the other."""
    if one == other or {one, other} <= _SMALL_WORDS or sorted(one) == sorted(other):
        return True
    short, long = sorted((one.strip(".,()[]"), other.strip(".,()[]")), key=len)
    letters = iter(long)
    if short[:1] == long[:1] and all(letter in letters for letter in short):
        return True
    return _apart(short, long) <= (1 if len(long) <= _SHORT_WORD else 2)


def _apart(one: str, other: str) -> int:
    """How many letters are to be put in, left out or changed to make one word of another (V. I.
    Levenshtein, 1966)."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for to, each in enumerate(other, 1):
            before, row[to] = row[to], min(before + (letter != each), row[to] + 1, row[to - 1] + 1)
    return row[-1]


def _letters(text: str) -> int:
    """Which letters a text has, a bit for each (two may share one)."""
    return sum({1 << ord(letter) % 64 for letter in text})


def _numbers(text: str) -> tuple[str, ...]:
    """What tells one of several posts or teams from the next: "Team 2", "Service Manager B"."""
    return tuple(re.findall(r"\d+|(?<=\s)(?:[a-z]|[ivx]+)$", text))
