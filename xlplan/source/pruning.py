"""Rows of a table that are no actions: guidance under the headings, totals, numbered blanks, a
second list below, and lines that head the rows below them.

What is taken out of a table becomes a note or a section of its layout; nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, MutableSequence, Sequence
from itertools import pairwise

from msgspec.structs import replace

from xlplan.late import regex
from xlplan.plan.legend import NUMBERS, LegendCell, LegendLine, explain, numbers_explained
from xlplan.plan.status_words import families, is_colour, known_rating
from xlplan.plan.text import fold, trimmed
from xlplan.source.column_roles import Reading
from xlplan.source.heading_groups import labels_above
from xlplan.source.headings import Heading, cell_text, point_text
from xlplan.source.layout import Layout, Line, LineKind
from xlplan.source.outside import asks_to_fill_in, begins_example, example_rows, says_example
from xlplan.source.table_cells import DataRow, Table
from xlplan.workbook.read.book import At, CellValue

_LABEL = regex(
    r"(?:guidance|examples?|instructions?|notes?|help|mandatory|required|optional|explanation)\b",
    re.IGNORECASE,
)
_NUMBERING = regex(r"\s*(\d{1,3}(?:\.\d{1,3})*)\.?(?:\s|$)")
_NUMBERED_KEY = regex(r"\s*((?:[A-Z]{1,2}(?:\.?\d{1,3})?|\d{1,3})(?:\.\d{1,3})*)\.?(?:\s|$)")
_PARTS = regex(r"[.(]?[a-z][.)]?", re.IGNORECASE)
"""What the refs of rows under a number end in: "1a", "1.b", "1(c)"."""
_COUNT = regex(r"\d+(?:[.,]\d+)?%?")
_TOTAL = regex(
    r"(?:(?:grand |sub-?)?totals?(?: (?:actions?|costs?|budget|number|score))?|gesamt(?:summe)?|"
    r"totaal|cyfanswm)(?: ?[(£$€%].{0,10})?:?",
    re.IGNORECASE,
)
_CLOSING = regex(
    r"(?:signed|signature|signatures?|approved|authorised|authorized|prepared|reviewed|completed|"
    r"compiled|agreed|name|position|date|version|source|sources|copyright|©|key|legend|nb|n\.b|"
    r"note|notes|please note|last updated|\*+)\b[^.]{0,30}:?|\w[\w /&()'’-]{0,40}:",
    re.IGNORECASE,
)
"""What a line below a table begins with that is none of its rows."""
_STANDS_FOR = regex(r"[^\W\d_]\w{0,9}\s*=\s*\S.*", re.DOTALL)
_DIGIT, _WORD = regex(r"\d"), regex(r"[^\W\d_]{2}")
MOST_GUIDANCE = 4
"""Rows below the headings that may explain them."""
FAR = 5
"""Rows below the last one from which a single cell is no more of it."""
TYPED = ("key", "lead", "due", "rating")


def prune(layout: Layout, table: Table, reading: Reading) -> bool:
    """Take out of `table` the rows that are no actions; returns whether any was."""
    if not reading.roles:
        return False
    kept: list[DataRow] = []
    again = any(line.kind == "repeated" for line in layout.lines)
    lines = {line.row: (line.kind, line.text) for line in layout.lines} if again else {}
    kinds: dict[int, LineKind] = dict.fromkeys(labels_above(lines, table.rows), "note")
    cells = _Cells(reading, table, layout.sheet.fills)
    examples: set[int] = set()
    shown = example_rows(layout, table)
    for place, row in [(n, row) for n, row in enumerate(table.rows) if row.row not in kinds]:
        first = place < MOST_GUIDANCE and not kept
        if first and (row.row in shown or cells.is_example(row)):
            kinds[row.row] = "note"
            examples.add(row.row)
        elif (first and cells.guides(row)) or not (cells.sure[place] or cells.says_something(row)):
            kinds[row.row] = "note"
        else:
            named = bool(row.sections) and says_example(row.sections[-1].text)
            kept.append(replace(row, sections=row.sections[:-1]) if named else row)
    kept = _without_key(_without_end(kept, cells, kinds), cells, kinds)
    kept = _with_sections(kept, cells, kinds)
    _take_out(layout, table, kept, kinds, examples)
    return bool(kinds)


def _take_out(
    layout: Layout, table: Table, kept: Sequence[DataRow], kinds: Mapping[int, LineKind],
    examples: Container[int] = (),
) -> None:  # fmt: skip
    lines = layout.lines
    assert isinstance(lines, MutableSequence)
    for at, line in enumerate(lines):
        if kind := kinds.get(line.row):
            why = "example" if line.row in examples else ""
            lines[at] = Line(line.row, kind, line.holds, -1, why)
    table.hold(kept)


def keep_shown(layout: Layout, table: Table) -> None:
    """Take out of a table the rows that have fewer than two cells under its headings that a
    person sees: numbers of blank rows, and what a form computes beside them."""
    shown = table.headings.keys() - layout.sheet.hidden_columns
    kept = [row for row in table.rows if len(row.cells.keys() & shown) > 1]
    gone: list[int] = [row.row for row in table.rows if row not in kept]
    _take_out(layout, table, kept, dict.fromkeys(gone, "note"))


class _Cells:
    """The cells of a table by role, and what is usual in it."""

    def __init__(self, reading: Reading, table: Table, fills: Mapping[At, str]) -> None:
        rows = table.rows
        self.fills = fills
        self.headed = table.headings.keys()
        self.column = {role: col for col, role in reading.roles.items()}
        blank = ("",) * len(rows)
        shown = {role: table.cells(col).by_row for role, col in self.column.items()}
        roles = (shown.get(role, blank) for role in ("key", "action", "lead", "due"))
        every = [*zip(*roles, strict=True)]
        keyed = [key for key, deed, *_ in every if key and deed] or [row[0] for row in every]
        numbered = [_has_digit(key) for key in keyed if key]
        self.numbered = sum(numbered) * 4 > len(numbered) * 3
        self.sure = [bool(deed and (lead or day)) for _, deed, lead, day in every]
        """By row whether it has something to be done, and a person or a day."""
        self.above = dict(pairwise(row.row for row in rows[::-1]))
        filled = sorted(row.own for row in rows[: len(rows) - _rated_at_end(rows)] or rows)
        self.usual = filled[len(filled) // 2] if filled else 0
        self.same = _same_everywhere(table)

    def text(self, row: DataRow, role: str) -> str:
        """What a row has in the column of a role."""
        value = row.cells.get(self.column.get(role, -1))
        return trimmed(value) if type(value) is str else cell_text(value)

    def guides(self, row: DataRow) -> bool:
        """Whether a row explains the columns: words where others have refs, people and days."""
        first = min(row.cells, default=-1)  # none where all stand beside the table
        if first not in self.headed and _LABEL.match(cell_text(row.cells.get(first))):
            return True
        texts = {role: self.text(row, role) for role in TYPED}
        if _has_digit(texts["key"]):
            return False
        wordy = sum(
            len(text.split()) >= (2 if role == "key" else 4) and not _has_digit(text)
            for role, text in texts.items()
        )
        asked = asks_to_fill_in(
            [value for col, value in row.cells.items() if row.origin[col][0] == row.row]
        )
        return wordy >= 2 or asked

    def is_example(self, row: DataRow) -> bool:
        """Whether a row shows how to fill in the form: a cell says so, or the line above it, or
        what is to be done begins so."""
        above = row.sections[-1].text if row.starts_section and row.sections else ""
        return any(map(says_example, (*_own(row), above))) or begins_example(
            self.text(row, "action")
        )

    def ends(self, row: DataRow, above: DataRow) -> bool:
        """Whether the last row of a table is none of it: a signature, a key, a note below."""
        if _has_digit(self.text(row, "key")):
            return False
        own = [
            cell_text(value) for col, value in row.cells.items() if row.origin[col][0] == row.row
        ]
        if not own:
            return False
        if sum(bool(_STANDS_FOR.fullmatch(text)) for text in own) * 2 > len(own):
            return True
        labels = sum(text.endswith(":") for text in own)
        if labels * 2 >= len(own) or _is_key(own):
            return True
        if self.usual < 4 or len(own) * 2 > self.usual:
            return False
        if _CLOSING.fullmatch(own[0]):
            return True
        full = self.text(above, "action")[-1:] in ".;!?"
        return (
            len(own) == 1 and own[0] == self.text(row, "action") and own[0][:1].isupper() and full
        )

    def says_something(self, row: DataRow) -> bool:
        """Whether a row has words of its own beside its ref and what every row has."""
        who_when = self.text(row, "lead") or self.text(row, "due")
        if not who_when and any(_TOTAL.fullmatch(cell_text(v)) for v in row.cells.values()):
            return False
        if self.text(row, "action"):
            return True
        far = row.row - self.above.get(row.row, -FAR) >= FAR and not row.after_break
        if row.own == 1 and not who_when and far:
            return False
        key = self.text(row, "key")
        if key and not _has_digit(key) and self.numbered and not who_when:
            return False
        own = {
            col: value for col, value in row.cells.items()
            if row.origin[col][0] == row.row and (col, value) not in self.same
            and col not in (self.column.get("key"), self.column.get("rating"))
        }  # fmt: skip
        return any(_WORD.search(_words(value)) for value in own.values())


def _without_end(
    rows: Sequence[DataRow], cells: _Cells, kinds: dict[int, LineKind]
) -> list[DataRow]:
    """The rows without the lines that stand below a table and are none of its rows."""
    kept = list(rows[: len(rows) - _tally(rows, cells)])
    kinds.update((row.row, "note") for row in rows[len(kept) :])
    while len(kept) > 1 and cells.ends(kept[-1], kept[-2]):
        kinds[kept.pop().row] = "note"
    return kept


def _tally(rows: Sequence[DataRow], cells: _Cells) -> int:
    """How many rows at the end, below a blank one, are a label and a figure each: counts of the
    rows above, such as "Complete | 5"."""
    for count, (row, above) in enumerate(pairwise(rows[::-1]), 1):
        own = _own(row)
        texts = (cells.text(row, role) for role in ("key", "lead", "due"))
        told = any(text and not _COUNT.fullmatch(text) for text in texts)
        if told or len(own) != 2 or _figures(own[:1]) or not _figures(own[1:]):
            break
        if row.row - above.row > 1 and not row.after_break:
            return count
    return 0


def _without_key(
    rows: Sequence[DataRow], cells: _Cells, kinds: dict[int, LineKind]
) -> list[DataRow]:
    """The rows without a legend or a count of ratings below the table, and without its heading."""
    end = len(rows) - (_numbered_key(rows, cells) or _coloured_key(rows, cells))
    while end and _names_rating(rows[end - 1], cells.usual):
        end -= 1
    if len(rows) - end < 2:
        end = len(rows)
        while end and _figures(_own(rows[end - 1])[1:]):
            end -= 1
        if not 0 < end < len(rows) or not _names_ratings(rows[end - 1]):
            return list(rows)
    if end and _stands_apart(rows[end - 1], cells):
        end -= 1
    if not end:
        return list(rows)
    kinds.update((row.row, "note") for row in rows[end:])
    if end < len(rows) and rows[end].starts_section:
        kinds.update((heading.row, "note") for heading in rows[end].sections)
    return list(rows[:end])


def _is_key(texts: Sequence[str]) -> bool:
    """Whether most cells of a row explain a rating each: "Blue: done | Green: on track"."""
    explained = [explain([LegendCell(text)]) for text in texts]
    codes = {line[0].code for line in explained if len(line) == 1}
    return len(codes) > 1 and len(codes) * 2 > len(texts)


def _numbered_key(rows: Sequence[DataRow], cells: _Cells) -> int:
    """How many rows at the end, below a blank one, say what the numbers of a scale mean."""
    lines: list[LegendLine] = []
    for row in reversed(rows):
        own = _own(row)
        if len(own) != 2 or own[0] not in NUMBERS:
            break
        lines.append(LegendLine(own[0], own[1]))
        if row.row - cells.above.get(row.row, row.row) > 1:
            return len(lines) if numbers_explained(lines) else 0
    return 0


def _coloured_key(rows: Sequence[DataRow], cells: _Cells) -> int:
    """How many rows at the end, below a blank one, say what a colour of their own means: a text
    alone, the cell beside it or its own filled; no rating of an action."""
    seen: set[str] = set()
    for row, above in pairwise(reversed(rows)):
        own = [col for col in row.cells if row.origin[col][0] == row.row]
        beside = [col for col in (*own, *(c + 1 for c in own), *(c - 1 for c in own))
                  if col != cells.column.get("rating")]  # fmt: skip
        fills = [fill for col in beside if (fill := cells.fills.get((row.row, col)))]
        if len(own) > 1 or not fills or fills[0] in seen:
            break
        seen.add(fills[0])
        if row.row - above.row > 1:
            return len(seen) if len(families(seen)) > 1 and above.own > 2 else 0
    return 0


def _own(row: DataRow) -> list[str]:
    return [point_text(value) for col, value in row.cells.items() if row.origin[col][0] == row.row]


def _rated_at_end(rows: Sequence[DataRow]) -> int:
    """How many rows at the end are short and begin with a rating, as those of a key do."""
    end = len(rows)
    while end and rows[end - 1].own == 2 and known_rating(_own(rows[end - 1])[0]):
        end -= 1
    return len(rows) - end


def _figures(texts: Sequence[str]) -> bool:
    return bool(texts) and not any(c.isalpha() for text in texts for c in text)


def _names_rating(row: DataRow, usual: int) -> bool:
    """Whether a short row is a rating with its meaning, or with how often it is there."""
    own = _own(row)
    if len(own) < 2 or len(own) > usual or known_rating(own[0]) is None:
        return False
    return _figures(own[1:]) or (len(own) * 2 <= usual and not is_colour(own[1]))


def _names_ratings(row: DataRow) -> bool:
    """Whether a row heads a count: several ratings side by side."""
    return len({fold(text) for text in _own(row) if known_rating(text)}) > 1


def _stands_apart(row: DataRow, cells: _Cells) -> bool:
    """Whether a row below a blank one heads what follows: it is short, or names ratings."""
    apart = row.row - cells.above.get(row.row, row.row) > 1
    return apart and (row.own * 2 <= cells.usual or _names_ratings(row))


def _words(value: CellValue) -> str:
    return value if isinstance(value, str) else ""


def _has_digit(text: str) -> bool:
    return bool(_DIGIT.search(text)) if text.isascii() else any(map(str.isdigit, text))


def _same_everywhere(table: Table) -> set[tuple[int, CellValue]]:
    """Values that stand in a column of nearly every row: what the form holds from the start."""
    rows = len(table.rows)
    if rows < 4:
        return set()
    counts = {col: table.cells(col).counts for col in table.used()}
    return {
        (col, value) for col, found in counts.items() for value, count in found.most_common(1)
        if count * 10 >= rows * 9 and value is not None
    }  # fmt: skip


def _with_sections(
    rows: Sequence[DataRow], cells: _Cells, kinds: dict[int, LineKind]
) -> list[DataRow]:
    """Rows with a number and a title alone head the rows whose numbers begin with theirs; where
    none has, rows without ref and lead do that stand above rows with both, from the first on."""
    heads = {
        place: number for place, (row, below) in enumerate(pairwise(rows))
        if row.own <= 2 < cells.usual and (number := _number(row, cells))
        and (_is_under(_number(below, cells), number) or (number[-1].isdigit()
             and _PARTS.fullmatch(cells.text(below, "key").removeprefix(number))))
    } or dict.fromkeys(_phases(rows, cells), "")  # fmt: skip
    if not heads:
        return list(rows)
    numbers = [_number(row, cells) for row in rows]
    kept: list[DataRow] = []
    section: Heading | None = None
    prefix, fresh = "", False
    for place, row in enumerate(rows):
        if place in heads:
            text = " ".join(filter(None, (cells.text(row, "key"), cells.text(row, "action"))))
            col = min(row.cells)
            section, prefix = Heading(text, row.row, number=heads[place], col=col), heads[place]
            kinds[row.row], fresh = "section", True
            continue
        if section and prefix and numbers[place] and not _is_under(numbers[place], prefix):
            section = None
        if section or fresh:
            above = (section,) if section else row.sections
            row = replace(row, sections=above, starts_section=row.starts_section or fresh)
        kept.append(row)
        fresh = False
    return kept


def _is_under(number: str, head: str) -> bool:
    """Whether a number is one under another: "1.2" under "1", "B.1" and "B1" under "B"."""
    rest = number[len(head) :] if number.startswith(head) else ""
    return rest[:1] == "." or (head.isalpha() and rest[:1].isdigit())


def _phases(rows: Sequence[DataRow], cells: _Cells) -> list[int]:
    """The places of rows that name a phase of the plan and none of its actions."""
    both = {"key", "lead"} <= cells.column.keys() and len(rows) > 3
    if not both or cells.text(rows[0], "key") or cells.text(rows[0], "lead"):
        return []
    full = [bool(cells.text(row, "key") and cells.text(row, "lead")) for row in rows]
    bare = [not cells.text(row, "key") and not cells.text(row, "lead") for row in rows]
    found = [place for place, is_bare in enumerate(bare) if is_bare]
    heads = len(found) > 1 and all(a ^ b for a, b in zip(full, bare, strict=True))
    return found if heads and all(full[place + 1 : place + 2] == [True] for place in found) else []


def _number(row: DataRow, cells: _Cells) -> str:
    """The number of a row: its ref, or what its text begins with."""
    key = cells.text(row, "key").removesuffix(".0")
    match = _NUMBERED_KEY.match(key) if key else _NUMBERING.match(cells.text(row, "action"))
    whole = match is not None and (not key or match[0].strip(". ") == key.strip(". "))
    return match[1] if match and whole else ""
