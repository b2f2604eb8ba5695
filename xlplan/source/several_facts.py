"""Columns whose cells hold several facts: "Jane Smith – 31/03/2026", "High / Estates", a ref before
the words; several mitigations of one risk.

What is certain is parted: where a field would otherwise be missing, a person and a day; where a
risk has as many people or days as mitigations, each of these. Everything else is only asked.
Nothing of a cell is lost: what does not split stays in the column that it stands in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice

from msgspec.structs import replace

from xlplan.late import regex
from xlplan.plan.periods import in_english
from xlplan.plan.status_words import is_level, known_rating
from xlplan.plan.text import canon_text, fold
from xlplan.plan.timescales import MONTHS, names_time, parse_date, parse_timescale
from xlplan.source.column_roles import MOST_ROWS, Reading, sample_of
from xlplan.source.heading_words import BRACKETS, role_scores, words_of
from xlplan.source.headings import cell_text
from xlplan.source.table_cells import DataRow, Table
from xlplan.workbook.read.book import CellValue, ReadSheet

MADE = 1 << 20
"""Added to a column's number for the one that is made of parts of its cells."""
ENOUGH = 2
"""Cells that must split before a column does."""
PROMISED = 0.5
"""How surely a heading means a person or a day for its cells to be looked at."""
_SIGNS = r"[-–—:;,/|(\[\n]"
_GAP = regex(rf"\s*{_SIGNS}\s*|\s+by\s+|\s+", re.IGNORECASE)
_SIGN = regex(rf"\s*{_SIGNS}|\s+by\s", re.IGNORECASE)
_HEADING_PARTS = regex(r"\s*[/&+|,\n]\s*|\s+and\s+|\s+[-–—]\s+", re.IGNORECASE)
_ENDS = " \n-–—:;,/|()[]"
_NUMBERS = regex(
    r"(?:by )?(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}|"
    r"[QH][1-4][ ,/-]*\d{4}(?:[/-]\d{2,4})?)",
    re.IGNORECASE,
)
_WORDS_OF_TIME = frozenset(MONTHS) | {
    "by", "before", "end", "of", "the", "mid", "early", "late", "start", "to", "st", "nd", "rd",
    "th", "in", "year", "quarter", "half", "term", "autumn", "spring", "summer", "winter",
    "easter", "christmas", "financial", "academic", "q", "h",
}  # fmt: skip
_LONGEST_NAME = 60
_ABBREVIATION = regex(r"[A-Z]{2,6}")
_FACT_WORD = regex(r"[^\s:;,/|()\[\]]+")
_LONGEST_FACT = 4
"""Words of a fact that stands before others in a cell."""
FACTS = {"day": "a timescale", "level": "a level", "state": "a state", "name": "an abbreviation",
         "words": "words"}  # fmt: skip


def part_people_and_days(table: Table, reading: Reading) -> Reading:
    """Part the column that holds a person and a day in most cells, where the other has no column.

    The day goes to a column of its own (`Table.made`); returns the reading with both roles.
    """
    parts = {col: _both(table, reading, col) for col in {*reading.roles, *table.headings}}
    elsewhere = {role for col, role in reading.roles.items() if not parts[col]}
    for col in sorted(table.headings):
        if not parts[col] or {"lead", "due"} <= elsewhere:
            continue
        made = col + MADE
        table.made[made] = col
        table.headings[col], table.headings[made] = _headings(table.headings[col])
        table.hold([_parted(row, col, made) for row in table.rows])
        roles = {place: role for place, role in reading.roles.items() if place != col}
        roles |= {place: role for place, role in ((col, "lead"), (made, "due"))
                  if role not in elsewhere}  # fmt: skip
        sure = {**reading.sure, **dict.fromkeys((col, made), reading.sure.get(col, PROMISED))}
        return replace(reading, roles=roles, sure=sure)
    return reading


def _both(table: Table, reading: Reading, col: int) -> bool:
    """Whether a column of people or of days, by its role or its heading, holds both."""
    role = reading.roles.get(col, "")
    scores = role_scores(table.headings.get(col, ""))
    promised = max(scores.get(each, 0.0) for each in ("lead", "due"))
    return (role in ("lead", "due") or (not role and promised >= PROMISED)) and _splits(table, col)


def _splits(table: Table, col: int) -> bool:
    column = table.cells(col)
    values = column.held
    if column.has_others:
        values = [v for v in values if type(v) is str or cell_text(v)]
    held = sample_of(values, MOST_ROWS)
    texts = Counter(value for value in held if isinstance(value, str))
    both = sum(count for text, count in texts.items() if all(_person_and_day(text)))
    return both >= ENOUGH and both * 5 >= len(held) * 3


def _parted(row: DataRow, col: int, made: int) -> DataRow:
    if col not in row.cells:
        return row
    person, day = _person_and_day(row.cells[col])
    cells = {key: value for key, value in row.cells.items() if key != col}
    cells |= {key: value for key, value in ((col, person), (made, day)) if value is not None}
    return replace(row, cells=cells, origin={**row.origin, made: row.origin[col]})


def _person_and_day(value: CellValue) -> tuple[CellValue, CellValue]:
    """The person and the day that a cell holds, line by line; None for what is not there."""
    if not isinstance(value, str):
        return (None, value) if isinstance(value, date) else (value, None)
    parts = [_of_line(line) for line in canon_text(value).split("\n") if line.strip()]
    people = [person for person, _ in parts if person]
    days = [day for _, day in parts if day]
    return "\n".join(people) or None, "\n".join(days) or None


def _of_line(line: str) -> tuple[str, str]:
    """A line without the day that it ends or begins with, and that day."""
    line = line.strip()
    if not names_time(line):
        return line, ""
    if _is_day(line.strip(_ENDS)):
        return "", line.strip(_ENDS)
    for gap in _GAP.finditer(line):  # the longest end first, then the longest beginning
        day, person = line[gap.end() :].strip(_ENDS), line[: gap.start()].strip(_ENDS)
        if _is_day(day) and _may_be_people(person):
            return _closed(person, line), day
    for gap in reversed(list(_GAP.finditer(line))):
        day, person = line[: gap.start()].strip(_ENDS), line[gap.end() :].strip(_ENDS)
        if _is_day(day) and _may_be_people(person):
            return _closed(person, line), day
    return line, ""


def _closed(person: str, line: str) -> str:
    """A name with the bracket at its end that belongs to it."""
    return (
        f"{person})" if f"{person})" in line and person.count("(") > person.count(")") else person
    )


def _may_be_people(text: str) -> bool:
    letters = any(c.isalpha() for c in text)
    return letters and len(text) <= _LONGEST_NAME and not any(c.isdigit() for c in text)


def _headings(heading: str) -> tuple[str, str]:
    """The headings of the person and of the day: the parts of "Lead and date", else its own."""
    parts = [part.strip() for part in _HEADING_PARTS.split(BRACKETS.sub(" ", heading))]
    parts = [part for part in parts if part]
    if len(parts) == 2:
        for who, when in (parts, parts[::-1]):
            if role_scores(who).get("lead", 0) >= 0.4 and role_scores(when).get("due", 0) >= 0.4:
                return _capital(who), _capital(when)
    return heading or "Lead", "Due"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def say_parted(sheet: ReadSheet, table: Table) -> Iterator[str]:
    """A guess for each column that was parted, with the rows whose cells are otherwise."""
    parted = {made: col for made, col in table.made.items() if made not in table.joined}
    for made, col in parted.items():
        whole = " ".join(cell_text(sheet.rows[table.header][col]).split())
        odd = [row.row + 1 for row in table.rows if (col in row.cells) != (made in row.cells)]
        but = f"; {_rows(odd)} only one of them" if odd else ""
        yield (
            f'field due: the cells of "{whole}" hold a person and a day, and were '
            f'parted: the day stands in "{table.headings[made]}"{but}'
        )


def _rows(rows: Sequence[int], one: str = "has", several: str = "have") -> str:
    if len(rows) == 1:
        return f"row {rows[0]} {one}"
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"rows {', '.join(map(str, rows[:5]))}{more} {several}"


def ask_about_facts(table: Table, reading: Reading) -> Iterator[str]:
    """A guess for each column that holds several facts in most cells and was not parted."""
    for col, heading in sorted(table.headings.items()):
        role = reading.roles.get(col, "")
        if role in ("key", "rating", "progress", "revised") or col in table.made.values():
            continue
        name = " ".join(heading.split())
        if _both(table, reading, col):
            yield (
                f'plan: most cells of "{name}" hold a person and a day, though both have columns '
                "of their own; they were left as they are"
            )
        elif role not in ("lead", "due") and (facts := _facts(table, col)):
            listed = f"{', '.join(FACTS[kind] for kind in facts[:-1])} and {FACTS[facts[-1]]}"
            yield (
                f'plan: most cells of "{name}" hold several facts ({listed}); to have them apart, '
                "give each a column of its own in the spreadsheet and start again"
            )


def _facts(table: Table, col: int) -> tuple[str, ...]:
    """The kinds of facts that most cells of a column hold, in order; () where they hold one."""
    texts = sample_of(table.cells(col).said, MOST_ROWS)
    if len(texts) < 3:
        return ()
    split: Counter[tuple[str, ...]] = Counter()
    others = 0
    for text, count in Counter(texts).items():
        if _are_several(kinds := facts_of(text)):
            split[kinds] += count
        elif (others := others + count) * 5 > len(texts):
            return ()  # whatever the rest is
    return max(split.items(), key=lambda each: (each[1], len(each[0])))[0]


def _are_several(kinds: Sequence[str]) -> bool:
    """Whether facts are of several kinds; a level or a state with words is one, explained."""
    named = {kind for kind in kinds if kind != "words"}
    return len(named) > 1 or (named == {"day"} and len(kinds) > 1)


def facts_of(text: str) -> tuple[str, ...]:
    """The kinds of facts that a cell begins with, and ``words`` for what comes behind them.

    One fact counts where a sign or a new line stands behind it, two without: "High – the roof",
    "IMMEDIATE ABC the roof", and not "High winds".
    """
    kinds: list[str] = []
    rest, apart = canon_text(text).strip(), True
    if ":" in rest and _is_day(rest):
        return ("day",)  # with its time
    while rest and (found := _first_fact(rest)):
        kind, end = found
        kinds.append(kind)
        apart = apart and bool(_SIGN.match(rest, end))
        rest = rest[end:].lstrip(_ENDS)
    if not kinds or (len(kinds) == 1 and not apart):
        return ()
    return (*kinds, "words") if rest else tuple(kinds)


def _first_fact(text: str) -> tuple[str, int] | None:
    """The kind of fact that a text begins with, and where it ends."""
    words = [*islice(_FACT_WORD.finditer(text), _LONGEST_FACT)]
    for last in reversed(words):
        head = text[: last.end()].rstrip(" -–—")
        if "\n" not in head and (kind := _kind(" ".join(head.split()))):
            return kind, len(head)
    return None


def _kind(text: str) -> str:
    if is_level(text) and (len(text) > 1 or text.isupper()):
        return "level"
    if len(text) > 2 and known_rating(text):
        return "state"
    if _is_day(text) or _is_timescale(text):
        return "day"
    return "name" if _ABBREVIATION.fullmatch(text) and not text.isdigit() else ""


def _is_day(text: str) -> bool:
    """Whether a text is a day, a month or a term with its year, and nothing beside."""
    if _NUMBERS.fullmatch(text) or (":" in text and isinstance(parse_date(text), date)):
        return True
    return len(text) <= _LONGEST_NAME and any(map(str.isdigit, text)) and _is_term(text)


@lru_cache(maxsize=1 << 12)
def _is_term(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", (in_english(text) or text).casefold())
    known = bool(words) and all(word in _WORDS_OF_TIME for word in words)
    return known and parse_timescale(text, date(2000, 1, 1)).by is not None


def _is_timescale(text: str) -> bool:
    known = re.fullmatch(r"(?:within )?\d+ (?:days|weeks|months)|immediate(?:ly)?", fold(text))
    return bool(known) and parse_timescale(text, date(2000, 1, 1)).by is not None


_LISTED = regex(
    r"\b(?:mitigat\w*|controls?|treatments?|countermeasures?|responses?)\b|"
    r"\b(?:reduce|manage|lower|minimi[sz]e|treat)\b.*\brisks?\b"
)
"""Headings under which a risk may have several things to be done."""
_ITEM = regex(r"\s*(?:[-*•●▪–—‣◦]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+", re.IGNORECASE)
_INLINE = regex(r"(?:^|\s)\(?(\d{1,2})[.)]\s+")


def items_of(text: str) -> list[str]:
    """The entries of a list in a cell, without what numbers them; a text that is none is one."""
    lines = [line for line in canon_text(text).split("\n") if line.strip()]
    marked = [bool(_ITEM.match(line)) for line in lines]
    if len(lines) == 1:
        numbers = list(_INLINE.finditer(lines[0]))
        if len(numbers) > 1 and [int(n[1]) for n in numbers] == list(range(1, len(numbers) + 1)):
            ends = [*(n.start() for n in numbers), len(lines[0])][1:]
            parts = zip(numbers, ends, strict=True)
            return [lines[0][n.end() : end].strip(" ;,") for n, end in parts]
    if sum(marked) < 2:
        return [line.strip() for line in lines]
    items: list[str] = []
    for line, begins in zip(lines, marked, strict=True):
        bare = _ITEM.sub("", line, count=1).strip()
        items[-1:] = [*items[-1:], bare] if begins or not items else [f"{items[-1]} {bare}"]
    return items


def part_mitigations(table: Table, reading: Reading) -> list[str]:
    """An action for each entry of a row that lists several mitigations, where its leads or its
    dates are as many; returns what is said and asked of such rows."""
    columns = {role: col for col, role in reading.roles.items()}
    action = columns.get("action", -1)
    heading = " ".join(table.headings.get(action, "").split())
    if not _LISTED.search(words_of(heading)):
        return []
    parted: list[int] = []
    left: list[int] = []
    rows: list[DataRow] = []
    for row in table.rows:
        count = len(items_of(cell_text(row.cells.get(action))))
        whose = [row.cells.get(columns[role]) for role in ("lead", "due") if role in columns]
        if count > 1 and any(len(items_of(cell_text(value))) == count for value in whose):
            rows += _each(row, action, count, columns.get("key", -1))
            parted.append(row.row + 1)
        else:
            rows.append(row)
            left += [row.row + 1] if _is_list(row.cells.get(action)) else []
    table.hold(rows)
    said = []
    if parted:
        said.append(
            f'field action: {_rows(parted, "lists", "list")} several under "{heading}", each with '
            "a lead or a date of its own, and each is an action; withdraw what is none"
        )
    if len(left) > 1:
        said.append(
            f'field action: {_rows(left, "lists", "list")} several under "{heading}"; each row is '
            "one action: to have one for each, give each a row of its own and start again"
        )
    return said


def _is_list(value: CellValue) -> bool:
    """Whether a cell holds a list that is marked as one."""
    text = cell_text(value)
    return len(items_of(text)) > 1 and bool(_ITEM.match(text) or _INLINE.match(text))


def _each(row: DataRow, action: int, count: int, key: int) -> Iterator[DataRow]:
    """A row for each of its `count` entries: what is listed as often is shared out, the rest stands
    in each; a ref gets the number of the entry."""
    lists = {
        col: items for col, value in row.cells.items()
        if isinstance(value, str) and len(items := items_of(value)) == count
    }  # fmt: skip
    lists[action] = items_of(cell_text(row.cells[action]))
    ref = cell_text(row.cells.get(key))
    for place in range(count):
        cells = {**row.cells, **{col: items[place] for col, items in lists.items()}}
        cells |= {key: f"{ref}.{place + 1}"} if ref else {}
        yield replace(row, cells=cells, starts_section=row.starts_section and not place)
