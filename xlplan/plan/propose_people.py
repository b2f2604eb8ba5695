"""The list of leads from the cells that name them, and which names may be one person.

No two spellings are ever merged here: what looks like one person is said as a guess, beside the
lead it concerns, for the coordinator to settle with an alias.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from xlplan.plan.definition import DEFAULT_SEPARATORS, Lead
from xlplan.plan.text import canon_text, fold, names_nobody, says_vacant, split_people

_NAME = r"[A-Z][A-Za-z'’-]*(?: [A-Z][A-Za-z'’-]*){1,3}"
_AT = re.compile(rf"({_NAME})\s+[-–—]\s*(\S.*)|({_NAME})\s*[–—]\s*(\S.*)")
_INITIALS = re.compile(r"[A-Z]{2,4}")
_SHORT = re.compile(r"([A-Z])\.? ?([A-Z][A-Za-z'’-]+)")
_POST = re.compile(
    r"\b(?:director|head|manager|officer|lead|nurse|doctor|chair|team|service|board|group|"
    r"co-?ordinator|worker|midwife|gp|services|health|care)\b", re.IGNORECASE
)  # fmt: skip
_ONE_POST = re.compile(
    r"\b(?:[A-Z]\w* ){0,3}(?:Director|Head) of (?:[A-Z]\w* ){1,4}(?:and|&) ([A-Z][a-z]+)"
    r"(?= ?(?:[/;,(]|$))",
    re.MULTILINE,
)
"""A post whose field has two names: "Director of Homes and Support"."""
NEARLY = 0.85
MOST_ALIKE = 7
"""Leads with one and the same doubt beyond which it is one line, not one for each."""
MOST_NAMED = 3
LONGEST_NAME = 60
MOST_COMPARED = 1000
"""Names beyond which spellings are not compared: a list of leads that long is a mistake."""


def propose_leads(
    cells: Iterable[str], separators: Sequence[str] = DEFAULT_SEPARATORS
) -> tuple[tuple[Lead, ...], tuple[str, ...]]:
    """The leads that these cells name, in alphabetical order, and what to look at.

    A guess begins ``lead "NAME": ``. "Name - Organisation" is split where the first part is a
    person's name and the dash stands apart; the text as written becomes an alias, so that the
    cells still find their lead. What names nobody ("TBC", "Vacant") is no lead; it is said.
    """
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    texts = [canon_text(cell) for cell in cells]
    posts = {post for text in texts for post in _posts(text)}
    for text in texts:
        for name in split_people(text, separators, posts):
            counts[spelled.setdefault(fold(name), name)] += 1
    found: dict[str, Lead] = {}
    guesses: list[str] = []
    for name in sorted(filter(names_nobody, counts), key=fold):
        guesses.append(f'plan: "{name}" names nobody; {_cells(counts.pop(name))} no lead by it')
    for name in sorted(counts, key=fold):
        lead = _split_organisation(name)
        before = found.get(fold(lead.name))
        if lead.organisation:
            guesses.append(f'lead "{lead.name}": "{name}" was read as a name and an organisation')
        found[fold(lead.name)] = _joined(before, lead) if before else lead
    leads = tuple(sorted(found.values(), key=lambda lead: fold(lead.name)))
    names = [lead.name for lead in leads]
    if len(names) > MOST_COMPARED:
        guesses.append(f"plan: {len(names)} leads were found; their spellings were not compared")
        return leads, tuple(guesses)
    doubts: list[tuple[str, str]] = []
    for name in names:
        if name.casefold() in posts and len(split_people(name, separators)) > 1:
            post = "read as one post; if these are two leads, give each a [[lead]] of its own"
            doubts.append((name, post))
        doubts += [(name, doubt) for doubt in _doubts(name, names)]
    return leads, (*guesses, *_in_few_lines(doubts))


def _in_few_lines(doubts: Sequence[tuple[str, str]]) -> list[str]:
    """Each doubt beside its lead; where many leads share one, a line for all of them."""
    counts = Counter(doubt for _, doubt in doubts)
    lines: list[str] = []
    for name, doubt in doubts:
        if counts[doubt] <= MOST_ALIKE:
            lines.append(f'lead "{name}": {doubt}')
            continue
        first = [each for each, same in doubts if same == doubt][:MOST_NAMED]
        named = ", ".join(f'"{each}"' for each in first)
        line = f"plan: {counts[doubt]} leads ({named} and others): {doubt}"
        lines += [line] if line not in lines else []
    return lines


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
    return Lead(one.name, aliases, one.organisation or other.organisation)


def _split_organisation(name: str) -> Lead:
    match = _AT.fullmatch(name)
    if not match:
        return Lead(name)
    person, organisation = match[1] or match[3], match[2] or match[4]
    if _POST.search(person):
        return Lead(name)
    return Lead(person, (name,), organisation)


def _doubts(name: str, names: Sequence[str]) -> list[str]:
    """What a coordinator should look at for one name, against all the others."""
    said: list[str] = []
    if vacant := says_vacant(name):
        said.append(f'says "{vacant}"; if nobody is in post, name who answers in the meantime')
    whole, name = name, name.partition("(")[0].strip() or name  # a bracket says what, not who
    words = whole.split()
    for other in names:
        if other == whole:
            continue
        if _initials_of(whole, other):
            said.append(f'may be "{other}"; if so, make it an alias of that lead')
        elif _nearly(whole, other):
            said.append(f'spelled nearly like "{other}"; if they are one, make one an alias')
    if not said and _INITIALS.fullmatch(name):
        said.append("only initials; say who or what this is")
    longer = [o for o in names if o != whole and len(o.split()) > 1 and whole.startswith(f"{o} ")]
    if longer and len(words) - len(longer[0].split()) > 1:
        said.append(
            f'begins with "{longer[0]}"; if only that lead is meant, make it an alias there'
        )
    elif (
        len(name) > LONGEST_NAME
        or len(name.split()) > 7
        or name.endswith((":", "."))
        or re.match(r"(?:to|with|all|the|and) ", name, re.IGNORECASE)
    ):
        said.append("does not read like a name; correct it in the plan or leave it")
    elif re.match(r"[A-Z]{2,6}\s*[-–—]", name):
        said.append("an organisation may stand before the name")
    elif len(name.split()) == 1 and not _INITIALS.fullmatch(name) and not _POST.search(name):
        said.append("a single word; say who this is")
    return said


def _initials_of(short: str, name: str) -> bool:
    """Whether "MD" or "M Darbon" may stand for a full name."""
    words = [word for word in name.split() if word[:1].isalpha()]
    if len(words) < 2 or len(words[0]) < 2:
        return False
    if _INITIALS.fullmatch(short):
        return not _POST.search(name) and short == "".join(word[0].upper() for word in words)
    match = _SHORT.fullmatch(short)
    return bool(match) and bool(
        match and words[0][0] == match[1] and fold(words[-1]) == fold(match[2])
    )


def _nearly(one: str, other: str) -> bool:
    """Whether two names differ by so little that one may be a slip."""
    a, b = fold(one), fold(other)
    if min(len(a), len(b)) < 5 or max(len(a), len(b)) > LONGEST_NAME:
        return False
    if _numbers(a) != _numbers(b):
        return False
    matcher = SequenceMatcher(None, min(a, b), max(a, b))
    return matcher.real_quick_ratio() >= NEARLY and matcher.ratio() >= NEARLY


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)
