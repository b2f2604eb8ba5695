"""Headings in two rows: groups with their parts below, and twins that a group above tells apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from xlplan.plan.propose_roles import SUB_HEADINGS, normal_heading, without_period
from xlplan.source.heading_words import role_scores, words_of
from xlplan.source.headings import cell_text, is_value, texts_of, understood
from xlplan.workbook.read.book import CellValue

LONGEST_PART = 40
"""Characters of a heading that stands above or below another in two rows of headings."""


def under_merged(
    headings: Mapping[int, str], cells: Mapping[int, CellValue], wide: Mapping[int, int]
) -> dict[int, str]:
    """The headings of a further row below merged ones: each with the one that reaches over it."""
    found: dict[int, str] = {}
    for col, value in cells.items():
        if isinstance(value, str):
            over = (headings[c] for c in range(col, -1, -1) if c in headings and c + wide[c] > col)
            found[col] = f"{next(over, '')} {cell_text(value)}".strip()
    return found


def under_one(headings: Mapping[int, str], cells: Mapping[int, CellValue]) -> dict[int, str]:
    """The headings of a second row of words such as "Initial" and "Current" below "RAG"."""
    found: dict[int, str] = {}
    for col, value in cells.items():
        held = {**headings, **found}
        left = [c for c in held if c <= col]
        parent = held[max(left)] if left else ""
        word = cell_text(value)
        if word.casefold() not in parent.casefold():
            first = parent.rsplit(" ", 1)[0] if left and max(left) != col else parent
            found[col] = f"{first} {word}".strip()
    return found


def parts_below(
    above: Mapping[int, CellValue], below: Mapping[int, CellValue], wide: Mapping[int, int]
) -> dict[int, str]:
    """The headings of a row that names the parts of those above it; {} where it is no such row.
    `wide` says how far merged cells of the row above reach."""
    return parts_of_groups(above, below) or parts_of_merged(above, below, wide)


def parts_of_groups(
    above: Mapping[int, CellValue], below: Mapping[int, CellValue]
) -> dict[int, str]:
    """The headings of a row that names the parts of the groups above it, each with its group;
    {} where it is no such row.

    "Inherent", "Residual" have parts where nothing stands above the cells right of them. Every
    cell below is a part, and some heading above is no group: a row of the plan has a cell there.
    """
    texts = texts_of(below)
    if len(texts) < 2 or not all(map(_may_be_part, below.values())):
        return {}
    group = {col: max((c for c in above if c <= col), default=-1) for col in texts}
    counts = Counter(group.values())
    words = Counter(normal_heading(text) for text in texts.values())
    known = any(
        role_scores(text) or normal_heading(text) in SUB_HEADINGS for text in texts.values()
    )
    if min(counts.values()) < 2 or -1 in counts or len(counts) == len(above):
        return {}
    if not known and max(words.values()) < 2:
        return {}
    return {col: f"{cell_text(above[group[col]])} {text}" for col, text in texts.items()}


def parts_of_merged(
    above: Mapping[int, CellValue], below: Mapping[int, CellValue], wide: Mapping[int, int]
) -> dict[int, str]:
    """The headings of a row below one in which most cells are merged over several of them; {}
    where it is no such row.

    Every merged heading has two parts or more, which are words, and some of which plans have. A
    part has a name of its own, and its group before it where that says only when or which:
    "RAG Oct 26", "RAG Current".
    """
    groups = [col for col in above if wide[col] > 1]
    parts = {col: [c for c in below if col <= c < col + wide[col]] for col in groups}
    several = len(groups) > 1 and len(groups) * 2 >= len(above)
    if not several or min(map(len, parts.values())) < 2:
        return {}
    texts = texts_of(below)
    if not all(map(_may_be_part, below.values())) or len(understood([*texts.values()])) < 2:
        return {}
    counts = Counter(map(normal_heading, texts.values()))
    found: dict[int, str] = {}
    for col, text in texts.items():
        bare = normal_heading(text) in SUB_HEADINGS or without_period(words_of(text)) == ""
        group = _group_over(col, above, wide) if bare or counts[normal_heading(text)] > 1 else ""
        found[col] = f"{group} {text}".strip()
    return found


def twins_by_group(
    above: Mapping[int, CellValue], cells: Mapping[int, CellValue], wide: Mapping[int, int]
) -> dict[int, str]:
    """The headings that stand twice in a row, each with the group that a row above it names; {}
    where that row tells none of them apart. `wide` says how far merged cells reach."""
    if not above or not all(map(_may_be_part, above.values())):
        return {}
    texts = texts_of(cells)
    counts = Counter(normal_heading(text) for text in texts.values())
    found: dict[int, str] = {}
    for twin in (name for name, count in counts.items() if count > 1):
        cols = [col for col, text in texts.items() if normal_heading(text) == twin]
        groups = [_group_over(col, above, wide) for col in cols]
        if len(set(groups)) == len(groups):
            found |= {col: f"{group} {texts[col]}".strip()
                      for col, group in zip(cols, groups, strict=True)}  # fmt: skip
    return found


def _group_over(col: int, above: Mapping[int, CellValue], wide: Mapping[int, int]) -> str:
    left = max((c for c in above if c <= col), default=-1)
    reaches = left >= 0 and (wide[left] == 1 or left + wide[left] > col)
    return cell_text(above[left]) if reaches else ""


def _may_be_part(value: CellValue) -> bool:
    text = cell_text(value)
    return isinstance(value, str) and len(text) <= LONGEST_PART and not is_value(text)
