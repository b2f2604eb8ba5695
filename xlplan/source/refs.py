"""What each row is called: refs as they stand, made unique by their section, or made up.

Every ref that does not stand in the spreadsheet exactly so is said as a guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from xlplan.plan.propose import about
from xlplan.plan.text import canon_text, fold, latin
from xlplan.source.plan_rows import Columns, Draft
from xlplan.workbook.read.book import CellValue

_ORGANISATION = re.compile(r"(?:[^\n]{0,29}?\s)??([A-Z]{2,6})(?=\s|$)")


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
        draft.cells["organisation"] = [(name, draft.cells[plan.field][0][1])]
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
            pieces = draft.cells.get(key, [])
            draft.ref = _ref_text(pieces[0][0]) if pieces else ""
    _mend_tenths(drafts, guesses)
    numbers = section_numbers(drafts, section)
    have = [d for d in drafts if d.ref]
    shared = len({d.ref for d in have}) < len(have)
    if have and shared and all(d.ref.isdigit() for d in have) and len(set(numbers.values())) > 1:
        pairs = Counter((numbers[id(d)], d.ref) for d in have)
        if max(pairs.values()) == 1:
            for draft in have:
                draft.ref = f"{numbers[id(draft)]}.{draft.ref}"
            guesses.append(
                f"{whole}the numbering starts afresh in every section; refs are the section's "
                "number, a dot and the number"
            )
    _make_refs([d for d in drafts if not d.ref], drafts, numbers, guesses)
    groups: dict[str, list[Draft]] = {}
    for draft in drafts:
        groups.setdefault(fold(draft.ref), []).append(draft)
    return [(rows[0].ref, rows) for rows in groups.values() if len(rows) > 1]


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


def _mend_tenths(drafts: Sequence[Draft], guesses: list[str]) -> None:
    """A spreadsheet turns the ref 1.10 into the number 1.1: behind 1.9, it was 1.10."""
    for before, draft in pairwise(drafts):
        here, there = before.ref.split("."), draft.ref.split(".")
        number = any(isinstance(v, float) for v, _ in draft.cells.get("ref", [])[:1])
        if not number or len(here) != 2 or len(there) != 2 or here[0] != there[0]:
            continue
        if here[1] in ("9", "19", "29") and there[1] == str(int(here[1]) + 1)[0]:
            draft.ref = f"{there[0]}.{int(here[1]) + 1}"
            guesses.append(
                f"{about(draft.kind, 'ref')}the number {'.'.join(there)} was read as {draft.ref}"
            )


def _ref_text(value: CellValue) -> str:
    """A ref as text: a whole number without ".0", a numbering without its last dot."""
    if isinstance(value, float) and not isinstance(value, bool):
        return f"{value:.15g}"
    if isinstance(value, date):
        return value.isoformat()
    text = " ".join(latin(canon_text(str(value))).split())
    return text[:-1] if re.fullmatch(r"\d+(?:\.\d+)*\.", text) else text


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
