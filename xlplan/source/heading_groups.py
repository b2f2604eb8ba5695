"""Headings that no one row of known words makes: in two rows, groups with their parts below or
twins that a group above tells apart; and the row that heads a table by what stands below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from xlplan.plan.propose_roles import SUB_HEADINGS, normal_heading, without_period
from xlplan.plan.text import canon_text, fold
from xlplan.source.column_roles import LEAST_WORDS, MOST_LOOKED_AT, is_day, shape_of
from xlplan.source.heading_words import role_scores, words_of
from xlplan.source.headings import cell_text, is_value, texts_of, understood
from xlplan.source.table_cells import DataRow
from xlplan.workbook.read.book import CellValue, ReadSheet

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


def labels_above(lines: Mapping[int, tuple[str, str]], rows: Sequence[DataRow]) -> set[int]:
    """The rows of a label and its value that stand between the heading of a section and the
    headings that are repeated for it ("Our response | Accepted"), as they do above others; `lines`
    are the kind and the text of each row, where any heads a table again."""
    if not lines:
        return set()
    labels = Counter(text.partition(" | ")[0] for _, text in lines.values() if " | " in text)
    found: set[int] = set()
    for row in reversed(rows):
        below, text = lines.get(row.row + 1, ("", "")), lines[row.row][1]
        if len(row.cells) == 2 and labels[text.partition(" | ")[0]] > 1:
            above = lines.get(row.row - 1, ("", ""))[0]
            if (below[0] == "repeated" or row.row + 1 in found) and above in ("section", "data"):
                found.add(row.row)
    starts = {row.row for row in rows if lines.get(row.row - 1, ("", ""))[0] == "section"}
    return {row for row in found if _first_of(row, found) in starts}


def _first_of(row: int, found: set[int]) -> int:
    while row - 1 in found:
        row -= 1
    return row


MOST_HEADINGS = 60
"""Characters of a heading that no words make one."""


def likely_heading_row(rows: Sequence[Mapping[int, CellValue]]) -> int:
    """The row (from 0) that heads a table by what stands below it, whatever its words; -1 if none.

    Every column below has a heading, one holds texts that say something, each another, and
    another holds days, people or states. Headings that name two of who, when and how far need no
    other column, and come before what only looks like headings.
    """
    best, found = (False, 0.0), -1
    telling = {col for each in rows[: 2 * MOST_LOOKED_AT] for col in each if _tells(each[col])}
    for row, cells in enumerate(rows[:MOST_LOOKED_AT] if telling else ()):
        if telling.isdisjoint(cells):
            continue
        texts = [value for value in cells.values() if isinstance(value, str)]
        if len(texts) < 3 or len(texts) < len(cells) or max(map(len, texts)) > MOST_HEADINGS:
            continue
        if len({fold(text) for text in texts}) < len(texts) or any(map(is_day, texts)):
            continue
        below: list[Mapping[int, CellValue]] = []
        for each in rows[row + 1 : row + 1 + MOST_LOOKED_AT]:
            if len(each) * 2 < len(cells) or not each.keys() <= cells.keys():
                break
            below.append(each)
        named = len(understood(texts).keys() & {"lead", "due", "rating"}) > 1
        strength = named, _evidence(cells.keys(), below, named)
        if len(below) > 1 and strength[1] and strength > best:
            best, found = strength, row
    return found


def _tells(value: CellValue) -> bool:
    """Whether a cell has as many words as those of a column of sentences have on average."""
    return isinstance(value, str) and len(canon_text(value).split()) > LEAST_WORDS


def _evidence(
    columns: Iterable[int], rows: Sequence[Mapping[int, CellValue]], named: bool
) -> float:
    """How much the cells of a table say that it is a plan; 0 where they do not. Where the headings
    are `named`, its sentences alone say so."""
    shapes = [shape_of([row.get(col) for row in rows]) for col in columns]
    deeds = [shape for shape in shapes if shape.sentences]
    sides = [s for s in shapes if s.count > 1 and (s.dates > 0.6 or s.states > 0.6)]
    return len(rows) * (len(sides) + named) if deeds else 0.0


def likely_rows(sheets: Sequence[ReadSheet]) -> dict[str, list[int]]:
    """For each sheet the row that heads a plan by what stands below it, where one does."""
    found: dict[str, list[int]] = {}
    for sheet in sheets:
        rows = [{col: v for col, v in enumerate(row) if cell_text(v)} for row in sheet.rows]
        if sheet.visible and (row := likely_heading_row(rows)) >= 0:
            found[sheet.name] = [row]
    return found
