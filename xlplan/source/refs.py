"""What each row is called: refs as they stand, made unique by their section, or made up.

Every ref that does not stand in the spreadsheet exactly so is said as a guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise

from msgspec.structs import replace

from xlplan.late import regex
from xlplan.plan.propose import about
from xlplan.plan.propose_roles import Sample, column_role, looks_like_keys
from xlplan.plan.shown import ShownNumber
from xlplan.plan.status_words import is_level as is_level_word
from xlplan.plan.text import canon_text, fold, latin
from xlplan.plan.timescales import find_ending, parse_date
from xlplan.source.drafts import Columns, Draft
from xlplan.workbook.read.book import At, CellValue

_ORGANISATION = regex(r"(?:[^\n]{0,29}?\s)??([A-Z]{2,6})(?=\s|$)")
_CODE = regex(
    r"(?=.{2,16}$)(?:[^\W\d_]{1,8}[\W_]{0,2})?\d[\w./()-]*|[^\W\d_][\w./()-]*\d[\w./()-]*"
)
_DOTTED = regex(r"\d{1,2}(?:\.\d{1,2}){1,4}")
_NO_LAST_DOT = regex(r"\A(\d+(?:\.\d+)*)\.\Z")
_LAST_OF_TEN = (".9", ".19", ".29")
_PART = regex(r"[\w./()-]*\d[\w./()-]*")
_GROUP = regex(r"(?=.{1,16}$)[\w./() -]*\d[\w./()-]*")
_LETTER = regex(r"\(?([a-z]|[ivx]{1,4})[.)]*", re.IGNORECASE)
"""A part of what a group's rows are called by: "a)" under "AFI 1"."""
_LEVEL = regex(
    r"\b(?:priorit\w*|prioridad|dringlich\w*|blaenoriaeth\w*|urgen\w*|severity|rank\w*|scores?|"
    r"impact|likelihood|importance|weight\w*|risk (?:level|rating)|level|version|page|cost|budget|"
    r"phone|tel(?:ephone)?|days|weeks|hours)\b"
)
"""Headings of columns whose numbers say how much, and never which."""
_WHICH = regex(r"\b(?:refs?|references?|ids?|codes?|actions?)\b")
_NAMES_CODES = regex(r"\b(?:refs?|references?|ids?|codes?)\b")
_APART = ("text", "section", "origin", "inspection", "recommendation", "key")


_PART_OF_REF = regex(r"\(?([a-z]|[ivx]{1,4})[.)]?", re.IGNORECASE)
"""A ref that is a part of the one above it: "a", "(b)", "iv."."""


def choose_refs(samples: Sequence[Sample], guesses: list[str]) -> tuple[Sample, ...]:
    """The samples with the column of refs named in each table, whatever it is headed.

    A column is one whose every cell is a code of its own ("F-01", "WS1-M2"), the first of several.
    A priority, a score or another number that says how much is no ref under any heading.
    """
    chosen = [
        replace(sample, role="text")
        if column_role(sample, samples) == "key" and is_level(sample.heading)
        else sample
        for sample in samples
    ]
    for table in dict.fromkeys(sample.table for sample in chosen):
        mine = [sample for sample in chosen if sample.table == table]
        if any(column_role(sample, mine) == "key" for sample in mine):
            continue
        found = next((sample for sample in mine if _are_codes(sample, mine)), None)
        if found is not None:
            chosen[chosen.index(found)] = replace(found, role="key")
            guesses.append(
                f'{about(found.of, "ref")}every row has a code of its own in "{found.heading}"; '
                "taken as the ref"
            )
    return tuple(chosen)


def is_level(heading: str) -> bool:
    """Whether a heading promises a number that says how much: a priority, a score, a cost."""
    words = fold(re.sub(r"[^\w]+|_", " ", heading))
    return bool(_LEVEL.search(words)) and not _WHICH.search(words)


def _are_codes(sample: Sample, mine: Sequence[Sample]) -> bool:
    """Whether every cell of a column is a code that no other cell has, with a letter in it, where
    its heading does not say that it is one; in the first column "1.1.3" is one too."""
    if not sample.heading or is_level(sample.heading):
        return False
    if column_role(sample, mine) not in ("text", "section"):
        return False
    rows = max(len(each.values) for each in mine)
    values = [value for value in sample.values if value is not None]
    if len(values) < max(3, rows) or any(isinstance(v, date | datetime) for v in values):
        return False
    texts = [canon_text(str(value)).strip() for value in values]
    if not looks_like_keys(texts):
        return False
    if sample is mine[0] and all(map(_DOTTED.fullmatch, texts)):
        return any(text[-2] == "." for text in texts)  # else they are days: 1.10.25
    named = bool(_NAMES_CODES.search(fold(re.sub(r"[^\w]+|_", " ", sample.heading))))
    return all(
        _CODE.fullmatch(text)
        and (named or any(c.isalpha() for c in text))
        and ((day := parse_date(text)) is None or (named and not isinstance(day, date)))
        and find_ending(text) is None
        for text in texts
    )


def name_by_pairs(
    drafts: Sequence[Draft],
    columns: Columns,
    headings: Mapping[int, str],
    hidden: Container[int],
    guesses: list[str],
) -> None:
    """Refs of two columns together, where each repeats and both make every row its own.

    "IA23/01" under "Audit ref" and "2" under "Rec no." make IA23/01.2. What stands in a `hidden`
    column is shown to nobody, and so is in no ref.
    """
    key = columns.having("key")
    own = [_text_of(draft, key) for draft in drafts]
    letters = [_LETTER.fullmatch(text) for text in own]
    if len(drafts) < 2 or len(set(own)) == len(own):
        return
    if not all(letters) and not all(map(_PART.fullmatch, own)):
        return
    if all(letters):
        own = [letter[1] for letter in letters if letter]
    group = _GROUP if all(letters) else _PART
    order = list(dict.fromkeys(plan.field for _, plan in sorted(columns.plans.items())))
    levels = {
        plan.field for col, plan in columns.plans.items()
        if col in hidden or is_level(headings.get(col, ""))
    }  # fmt: skip
    near = sorted(order, key=lambda name: abs(order.index(name) - order.index(key)))
    for name in near[1:]:
        if columns.roles[name] not in _APART or name in levels:
            continue
        others = [_text_of(draft, name) for draft in drafts]
        pairs = list(zip(others, own, strict=True))
        repeats = len(set(others)) < len(others)
        if repeats and all(map(group.fullmatch, others)) and len(set(pairs)) == len(pairs):
            # The group stands first: its name stays for some rows while the number runs on.
            ordered = pairs if _changes(others) <= _changes(own) else zip(own, others, strict=True)
            for draft, pair in zip(drafts, ordered, strict=True):
                draft.ref = ".".join(pair)
            guesses.append(
                f"{about(columns.kind, key)}{key} and {name} together, since rows share each of "
                "them"
            )
            return


def _text_of(draft: Draft, name: str) -> str:
    pieces = draft.pieces(name)
    return _ref_text(pieces[0][0]) if len(pieces) == 1 else draft.text(name)


def _changes(texts: Sequence[str]) -> int:
    """How often a text differs from the one above it."""
    return sum(one != other for one, other in pairwise(texts))


def name_by_organisation(drafts: Sequence[Draft], columns: Columns, guesses: list[str]) -> None:
    """Refs from the organisation that stands first in a column: "IMMEDIATE ABC …" gives ABC 1.

    Only where nearly every row has one, and there are two to eight of them, each more than once.
    """
    for plan in columns.plans.values():
        if columns.roles[plan.field] not in ("text", "section", "origin"):
            continue
        names = [_ORGANISATION.match(d.text(plan.field)) for d in drafts]
        counts = Counter(match[1] for match in names if match)
        common = {name for name, count in counts.items() if count > 1}
        if len(names) > 3 and 2 <= len(common) <= 8 and None not in names and common == set(counts):
            break
    else:
        return
    running: Counter[str] = Counter()
    for draft, match in zip(drafts, names, strict=True):
        name = match[1] if match else ""
        running[name] += 1
        draft.ref = f"{name} {running[name]}"
        draft.cells["organisation"] = [(name, draft.pieces(plan.field)[0][1])]
    guesses.append(
        about(columns.kind, "ref") + f"made from the organisation that {plan.field} names, and a "
        "running number"
    )


def name_rows(
    drafts: Sequence[Draft], key: str, section: str, guesses: list[str]
) -> list[tuple[str, list[Draft]]]:
    """Give every draft its ref; returns the refs that several rows share.

    Refs that are numbers and start afresh in every section become section number + "." + number.
    """
    whole = about(drafts[0].kind, "ref")
    for draft in drafts:
        if not draft.ref:
            pieces = draft.pieces(key)
            draft.ref = _ref_text(pieces[0][0]) if pieces else ""
    _mend_tenths(drafts, guesses)
    _number_merged(drafts, key, guesses)
    _letter_parts(drafts, guesses)
    if section and all(_is_priority(draft.text(section)) for draft in drafts):
        section = ""
    have = [d for d in drafts if d.ref]
    shared = len({d.ref for d in have}) < len(have)
    numbers: Mapping[int, str] = {}
    if shared or len(have) < len(drafts):
        numbers = section_numbers(drafts, section)
    if have and shared and all(d.ref.isdigit() for d in have) and len(set(numbers.values())) > 1:
        pairs = Counter((numbers[id(d)], d.ref) for d in have)
        if max(pairs.values()) == 1:
            for draft in have:
                draft.ref = f"{numbers[id(draft)]}.{draft.ref}"
            guesses.append(
                f"{whole}the numbering starts afresh in every section; refs are the section's "
                "number, a dot and the number"
            )
    _number_sheets(have, guesses)
    _make_refs([d for d in drafts if not d.ref], drafts, numbers, guesses)
    groups: dict[str, list[Draft]] = {}
    refs = [fold(draft.ref) for draft in drafts]
    if len({*refs}) == len(refs):
        return []
    for ref, draft in zip(refs, drafts, strict=True):
        groups.setdefault(ref, []).append(draft)
    return [(rows[0].ref, rows) for rows in groups.values() if len(rows) > 1]


def _number_sheets(drafts: Sequence[Draft], guesses: list[str]) -> None:
    """Refs of which each sheet has its own, "1.1" of two schools, have the sheet's number before
    them, where each sheet is one section of the plan; not where two sheets say the same of one
    ref, as a list of finished actions does."""
    sheets = {sheet: n for n, sheet in enumerate(sorted({d.sheet for d in drafts}), 1)}
    if len(sheets) < 2:
        return
    parts = {(draft.sheet, draft.sections[0].text if draft.sections else "") for draft in drafts}
    places = {(draft.sheet, fold(draft.ref)) for draft in drafts}
    texts = {(fold(draft.ref), fold(draft.text("action"))) for draft in drafts}
    refs = {ref for _, ref in places}
    apart = len({name for _, name in parts if name}) == len(parts) == len(sheets)
    if len(refs) == len(drafts) or not apart or not len(places) == len(texts) == len(drafts):
        return
    for draft in drafts:
        draft.ref = f"{sheets[draft.sheet]}.{draft.ref}"
    guesses.append(
        f"{about(drafts[0].kind, 'ref')}several sheets have the same ones; refs are the sheet's "
        "number, a dot and what stands there"
    )


def _is_priority(text: str) -> bool:
    """Whether a section is no more than a level: "1", "P2", "High"; "Priority 1: Safety" is not."""
    return is_level_word(text) or bool(re.fullmatch(r"[Pp]? ?\d{1,2}|", text))


def _make_refs(
    without: Sequence[Draft], drafts: Sequence[Draft], numbers: Mapping[int, str],
    guesses: list[str],
) -> None:  # fmt: skip
    if not without:
        return
    taken = {fold(d.ref) for d in drafts if d.ref}
    sections = len(set(numbers.values())) > 1 and len(without) == len(drafts)
    running: Counter[str] = Counter()
    letter = "R" if drafts[0].kind == "recommendation" else "A"
    for draft in without:
        prefix = f"{numbers[id(draft)]}." if sections else letter
        while not draft.ref:
            running[prefix] += 1
            ref = f"{prefix}{running[prefix]}"
            draft.ref = "" if fold(ref) in taken else ref
        taken.add(fold(draft.ref))
    how = "section number and running number" if sections else f"{letter}1, {letter}2, …"
    which = "all rows" if len(without) == len(drafts) else f"{len(without)} rows without one"
    guesses.append(f"{about(drafts[0].kind, 'ref')}made for {which} ({how})")


def _number_merged(drafts: Sequence[Draft], key: str, guesses: list[str]) -> None:
    """Rows that share one merged ref are numbered under it: MD1.1, MD1.2."""
    if len({draft.ref for draft in drafts}) == len(drafts):
        return
    places: dict[tuple[int, At, str], list[Draft]] = {}
    for draft in drafts:
        if draft.ref and (pieces := draft.pieces(key)):
            places.setdefault((draft.sheet, pieces[0][1], draft.ref), []).append(draft)
    taken = {fold(draft.ref) for draft in drafts}
    named = {
        id(draft): f"{draft.ref}.{number}"
        for rows in places.values() if len(rows) > 1
        for number, draft in enumerate(rows, 1)
    }  # fmt: skip
    refs = [fold(ref) for ref in named.values()]
    if not refs or len(set(refs)) < len(refs) or not taken.isdisjoint(refs):
        return
    for draft in drafts:
        draft.ref = named.get(id(draft), draft.ref)
    first, *_ = named.values()
    guesses.append(
        f"{about(drafts[0].kind, 'ref')}rows that share a merged ref are numbered under it "
        f"({first}, …)"
    )


def _letter_parts(drafts: Sequence[Draft], guesses: list[str]) -> None:
    """Refs that are letters, "a" and "b" under each number, have the number above before them."""
    if len({draft.ref for draft in drafts}) == len(drafts):
        return
    found: dict[int, str] = {}
    head, sheet = "", -1
    for draft in drafts:
        if not (part := _PART_OF_REF.fullmatch(draft.ref)):
            head, sheet = draft.ref, draft.sheet
        elif head and draft.sheet == sheet:
            found[id(draft)] = f"{head}{part[1]}"
        else:
            return
    refs = [fold(found.get(id(draft), draft.ref)) for draft in drafts if draft.ref]
    if not found or len({*refs}) < len(refs):
        return
    for draft in drafts:
        draft.ref = found.get(id(draft), draft.ref)
    guesses.append(
        f"{about(drafts[0].kind, 'ref')}letters stand under the ref above them; refs are both "
        f"({next(iter(found.values()))}, …)"
    )


def _mend_tenths(drafts: Sequence[Draft], guesses: list[str]) -> None:
    """A spreadsheet turns the ref 1.10 into the number 1.1: behind 1.9, it was 1.10."""
    for before, draft in pairwise(drafts):
        if not before.ref.endswith(_LAST_OF_TEN):
            continue
        here, there = before.ref.split("."), draft.ref.split(".")
        number = any(isinstance(v, float) for v, _ in draft.pieces("ref")[:1])
        if not number or len(here) != 2 or len(there) != 2 or here[0] != there[0]:
            continue
        if here[1] in ("9", "19", "29") and there[1] == str(int(here[1]) + 1)[0]:
            draft.ref = f"{there[0]}.{int(here[1]) + 1}"
            guesses.append(
                f"{about(draft.kind, 'ref')}the number {'.'.join(there)} was read as {draft.ref}"
            )


def _ref_text(value: CellValue) -> str:
    """A ref as text: a whole number without ".0", a numbering without its last dot."""
    if type(value) is str and value.isascii() and value.replace(".", "").isalnum():
        return value if value[-1] != "." else _NO_LAST_DOT.sub(r"\1", value)  # as most are
    if isinstance(value, ShownNumber) and value.shown:
        return value.shown
    if isinstance(value, float) and not isinstance(value, bool):
        return f"{value:.15g}"
    if isinstance(value, date):
        return value.isoformat()
    text = " ".join(latin(canon_text(str(value))).split())
    return _NO_LAST_DOT.sub(r"\1", text)


def section_numbers(drafts: Sequence[Draft], section: str) -> dict[int, str]:
    """For each draft (by identity) the number of its section: its own, else its place in order."""
    places: dict[str, str] = {}
    numbers: dict[int, str] = {}
    for draft in drafts:
        name = draft.text(section) if section else ""
        if not name and draft.sections:
            name = draft.sections[0].text
            if draft.sections[0].number:
                places.setdefault(name, draft.sections[0].number)
        if not name:
            numbers[id(draft)] = "0"
            continue
        numbers[id(draft)] = places.setdefault(name, str(len(places) + 1))
    return numbers
