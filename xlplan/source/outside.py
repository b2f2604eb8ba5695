"""What the lines outside the plan's tables say of it: title, marking, the day it was agreed, what
initials stand for, which rows are completed, which are examples; lists beside and elsewhere."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise, takewhile

from msgspec.structs import replace

from xlplan.late import regex
from xlplan.plan.legend import LegendCell, explain
from xlplan.plan.propose_roles import normal_heading
from xlplan.plan.status_words import is_level, known_state, says_state
from xlplan.plan.text import canon_text, fold
from xlplan.plan.timescales import dates_in
from xlplan.source.column_roles import Reading
from xlplan.source.heading_words import role_scores
from xlplan.source.headings import cell_text, says_total
from xlplan.source.layout import Layout, unseen_rows
from xlplan.source.table_cells import Table
from xlplan.workbook.read.book import At, CellValue

LONGEST_TITLE = 200
_MARKING = regex(r"(?:OFFICIAL|PROTECT|RESTRICTED|CONFIDENTIAL)(?: ?[-–:] ?[A-Z ]{3,40})?")
_NO_TITLE = regex(
    r"(?:appendix|annex(?:e|ure)?|schedule|enclosure|attachment|anlage|anexo|bijlage|atodiad|"
    r"item|agenda item|part|section|page|figure|table|tab|sheet) ?(?:no\.? ?)?[\dA-Z]{1,3}\b[.:)]?|"
    r"(?:official|restricted|confidential|protect|draft|version|internal use|not for)\b.*|"
    r"(?:(?:(?:position|progress|status|situation) )?as at|position at|(?:last )?updated)\b.*|"
    r"(?:v|rev)\.? ?\d.*|[\W\d_]*|https?:.*",
    re.IGNORECASE | re.DOTALL,
)
_LABELLED = regex(r"([^:]{2,40}?) ?: *(\S.*)", re.DOTALL)
_TITLE_LABEL = regex(r"(?:plan |project |programme |document )?(?:title|name)|project|programme")
_OF_PLANS = regex(
    r"\b(?:plans?|planner|tracker|log|register|programme|strategy|actions?|recommendations?|raid|"
    r"poa&?m|capa|roadmap|acciones|acción|mejora|maßnahmen\w*|massnahmen\w*|"
    r"aktionsplan|verbeter\w*|actie\w*|maatregelen|cynllun|gweithredu|plano|piano)\b|plan\b",
    re.IGNORECASE,
)
_WHOSE = regex(
    r"\b(?:council|trust|school|academy|college|university|hospital|authority|board|ministry|"
    r"department|agency|partnership|association|limited|ltd|plc|inc|gmbh|llc|corporation|group|"
    r"foundation|federation|commission|office|service|services|directorate|county|borough|city|"
    r"cyngor|ysgol|ysgolion|ysbyty|gemeente|stadt|mairie|ayuntamiento|universidad|hôpital)\b",
    re.IGNORECASE,
)


def plan_title(lines: Sequence[str]) -> str:
    """Which of the lines above a table is the plan's title, or ``""``.

    The first that speaks of a plan, a log, a register; else the first that is no organisation's
    name, no number of an appendix, no label with its value; else the organisation's.
    """
    return _ranked(lines)[1]


def _ranked(lines: Sequence[str]) -> tuple[int, str]:
    """The title among some lines, and whether it speaks of a plan (0) or is a name (2)."""
    found: list[tuple[int, str]] = []
    for line in lines:
        text = " ".join(line.split())
        labelled = _LABELLED.fullmatch(text)
        label = normal_heading(labelled[1]) if labelled else ""
        if labelled and _TITLE_LABEL.fullmatch(label):
            text = labelled[2]
        elif labelled and not _OF_PLANS.search(text):
            continue
        rest = _NO_TITLE.match(text)
        text = text[rest.end() :].lstrip(" -–—:|") if rest else text
        if 3 <= len(text) <= LONGEST_TITLE:
            found.append((0 if _OF_PLANS.search(text) else 2 if _WHOSE.search(text) else 1, text))
    return min(found, key=lambda each: each[0], default=(1, ""))


def title_above(layouts: Sequence[Layout], ours: Collection[int]) -> str:
    """The title that stands above the first table of the plan's sheets (`ours`), else on a sheet
    that is nothing but a cover, else ``""``. Of several sheets, a line that only says the sheet's
    own name is the name of a part; a name of an organisation gives way to what speaks of a plan."""
    covers = [n for n, each in enumerate(layouts) if not each.tables and n not in ours]
    name = ""
    for number in (*ours, *covers):
        layout = layouts[number]
        first = layout.tables[0].header if layout.tables else len(layout.lines)
        unseen = unseen_rows(layout.sheet)
        part = fold(layout.sheet.name) if len(ours) > 1 else ""
        lines = [
            line.text for line in layout.lines
            if line.kind == "note" and line.row < first and line.row not in unseen
            and line.row not in layout.versions and fold(line.text) != part
        ]  # fmt: skip
        rank, title = _ranked(_alone(lines)) if layout.sheet.visible else (1, "")
        if title and rank < (1 if name else 2):
            return title
        name = name or title
    return name


def _alone(lines: Sequence[str]) -> list[str]:
    """Lines that may be titles: one cell, or a first cell with more than a word in it; a label
    and its value as one text."""
    found: list[str] = []
    for line in lines:
        first, bar, rest = line.partition(" | ")
        if first.endswith(":") and bar:
            found.append(f"{first} {rest.partition(' | ')[0]}")
        elif not bar or len(first) > 15:
            found.append(first)
    return found


def marking(layouts: Sequence[Layout]) -> str:
    """A protective marking that stands alone in a line above the first table."""
    for layout in layouts:
        for line in layout.lines:
            seen = line.row not in unseen_rows(layout.sheet)
            if seen and line.kind == "note" and _MARKING.fullmatch(line.text):
                return " ".join(line.text.split())
    return ""


def lines_beside(layouts: Sequence[Layout], rows: Container[At]) -> Iterator[list[str]]:
    """The cells of every line that is shown and is none of the plan's `rows` (sheet and row)."""
    for number, layout in enumerate(layouts):
        unseen = unseen_rows(layout.sheet)
        for row, cells in enumerate(layout.sheet.rows):
            if (number, row) not in rows and row not in unseen:
                yield [text for value in cells if (text := cell_text(value))]


_KIND = (
    r"(?:actions?|items?|tasks?|recommendations?|recs?|findings?|issues?|risks?|list|log|sheet|"
    r"archive|milestones?)"
)
_DONE = r"(?:completed?|closed|finished|archived?)"
_COMPLETED = regex(
    rf"(?:list of )?(?:all )?{_DONE}(?:(?: and| &| or|/) ?{_DONE})?(?: {_KIND})*:?"
    rf"|{_KIND} (?:that (?:are|were|have been) )?{_DONE}:?",
    re.IGNORECASE,
)
_WITH_REMARK = regex(rf"(.*\b{_KIND}:?) ?\([^()]*\):?", re.IGNORECASE)
"""A heading of a list with a remark: "Completed actions (moved here once agreed)"."""
_OPEN = regex(
    rf"(?:open|new|current|outstanding|ongoing|live|active|remaining) {_KIND}:?", re.IGNORECASE
)
_SETTLED = regex(r"\b(?:agreed|approved|adopted|signed off)\b", re.IGNORECASE)
_DATED = regex(
    r"\b(?:date(?! of (?:the )?(?:incident|accident|event|birth|death|visit|inspection))|dated|"
    r"version|as (?:at|of|on)|published|issued|updated)\b",
    re.IGNORECASE,
)
LONGEST = 300
"""Characters of a line that is looked at for a date."""


class CompletedLists:
    """Where a sheet turns into a list of completed actions, and where that ends."""

    def __init__(self, layouts: Sequence[Layout]) -> None:
        self.turns = [_turns(layout) for layout in layouts]

    def holds(self, sheet: int, row: int) -> bool:
        """Whether a row (from 0) of a sheet stands in such a list."""
        turns = self.turns[sheet]
        at = bisect_right(turns, (row, True)) - 1
        return at >= 0 and turns[at][1]


def parts_by_state(names: Iterable[str]) -> bool:
    """Whether sheets part the actions by how far they are, one of them being those that are done.

    "Open actions" and "Closed actions" are no sections: an action moves from one to the other.
    "Adults", "Children" and "Completed" are by services, of which one has a list apart.
    """
    plain = [_plain(name) for name in names]
    others = [name for name in plain if not _COMPLETED.fullmatch(name)]
    by_state = len(others) < 2 or any(
        _OPEN.fullmatch(name) or _OPEN.fullmatch(f"{name} actions") or says_state(name)
        for name in others
    )
    return len(others) < len(plain) and by_state


def lists_done(name: str) -> bool:
    """Whether a sheet of this name is a list of what is done: "Completed actions"."""
    return _COMPLETED.fullmatch(_plain(name)) is not None


def _turns(layout: Layout) -> list[tuple[int, bool]]:
    """From which row on the sheet lists completed actions, and from which it does not."""
    turns = [(-1, bool(_COMPLETED.fullmatch(_plain(layout.sheet.name))))]
    beside = {line.row: _plain(line.text) for line in layout.lines if line.kind != "data"}
    for line in layout.lines:
        keyed = any(known_state(beside.get(line.row + step, "")) for step in (-1, 1))
        if line.kind not in ("note", "section") or keyed:  # "Completed" of a key, above "Ongoing"
            continue
        text = _plain(line.text)
        if remark := _WITH_REMARK.fullmatch(text):
            text = remark[1]
        if _COMPLETED.fullmatch(text):
            turns.append((line.row, True))
        elif _OPEN.fullmatch(text):
            turns.append((line.row, False))
    return turns


def _plain(text: str) -> str:
    return " ".join(canon_text(text).replace("_", " ").split())


def agreed_day(layouts: Sequence[Layout]) -> tuple[date, str, bool] | None:
    """The day that a line above the first table of a sheet gives the plan, that line, and whether
    it says that the plan was agreed then, or only when this version of it was made.

    "Agreed 12 July 2026" comes before "Version 3, July 2026"; a month gives its first day. Lines
    with two dates tell nothing, nor do words that stand apart from the date.
    """
    for words in (_SETTLED, _DATED):
        for layout in layouts:
            first = layout.tables[0].header if layout.tables else 0
            for line in layout.lines:
                text = line.text if line.kind in ("note", "section") and line.row < first else ""
                if len(text) > LONGEST or not words.search(text):
                    continue
                days = dates_in(text)
                if len(days) == 1 and _beside_date(text, words):
                    day, is_month = days[0]
                    said = _plain(_that_say(text, words))
                    return (day.replace(day=1) if is_month else day), said, words is _SETTLED
    return None


def _beside_date(line: str, words: re.Pattern[str]) -> bool:
    """Whether words stand in the cell of the date or in the one before it."""
    cells = line.split(" | ")
    at = next((place for place, cell in enumerate(cells) if dates_in(cell)), 0)
    return any(map(words.search, cells[max(at - 1, 0) : at + 1]))


def _that_say(line: str, words: re.Pattern[str]) -> str:
    """Of a line's cells those from the words to the date: a key may stand beside them."""
    cells = line.split(" | ")
    telling = [place for place, cell in enumerate(cells) if words.search(cell) or dates_in(cell)]
    return " | ".join(cells[telling[0] : telling[-1] + 1]) if telling else line


_SAMPLE = regex(
    r"[\W_]*(?:(?:this is |here is )?(?:an? )?(?:worked |completed |illustrative |dummy )?"
    r"(?:examples?|samples?|exemples?|ejemplos?|beispiele?|voorbeeld(?:en)?|enghr(?:aifft|eifftiau)|"
    r"muster(?:zeile)?))"
    r"(?: (?:of )?(?:how to (?:complete|fill in|use)|(?:completed )?(?:row|entry|line|action|risk|"
    r"record|only|text|data))(?: this| the| a)?(?: form| row| table| template| sheet)?)?[\W_]*",
    re.IGNORECASE,
)
"""A cell or a line that says that a row is an example."""
_SUCH_AS = regex(
    r"(?:e\.g\.|eg[:,. ]|for example\b|examples?:|par exemple\b|p\. ?ex\.|z\. ?b\.|beispiel:|"
    r"zum beispiel\b|por ejemplo\b|p\. ?ej\.|bijv\.|bijvoorbeeld\b|er enghraifft\b)",
    re.IGNORECASE,
)
_ROW_IS_EXAMPLE = regex(
    r"\b(?P<first>first|top)? ?(?:row|line|entry)(?: (?P<row>\d{1,4}))?(?: below)? "
    r"(?:is|shows|gives|has been (?:completed|filled in) as|contains)(?: only)? an? "
    r"(?:\w+ )?example",
    re.IGNORECASE,
)


_ASKS = regex(
    r"(?:e\.?g\.?|i\.?e\.?|for example|example|please|enter|insert|describe|explain|select|choose|"
    r"list|state|give|provide|add|note|what|to what|who|when|how|use|specify|assign|record|"
    r"identify|indicate|clearly|name of|person|(?:the )?date (?:that|when|on|by|the|this)|"
    r"the \w+ (?:of|for|that))\b",
    re.IGNORECASE,
)
"""What a cell begins with that says what is to be entered."""


def asks_to_fill_in(values: Collection[CellValue]) -> bool:
    """Whether the cells of a row say what is to be entered: "Select …", "Describe …"."""
    asks = sum(bool(_ASKS.match(cell_text(value))) for value in values)
    return asks >= 3 and asks * 2 >= len(values)


def says_example(text: str) -> bool:
    """Whether a cell or a line says that something is an example: "Example of how to complete"."""
    return bool(_SAMPLE.fullmatch(text))


def begins_example(text: str) -> bool:
    """Whether a text gives itself as an example: "e.g. Mend the roof"."""
    return bool(_SUCH_AS.match(text))


def example_rows(layout: Layout, table: Table) -> set[int]:
    """The rows that a line above the table calls examples: "The first row is an example"."""
    found: set[int] = set()
    for line in layout.lines:
        if line.row >= table.header or line.kind not in ("note", "section"):
            continue
        for match in _ROW_IS_EXAMPLE.finditer(line.text):
            first = table.rows[0].row if match["first"] and table.rows else -1
            found.add(int(match["row"]) - 1 if match["row"] else first)
    return found


LONGEST_ENTRY, MOST_ENTRIES = 60, 200
"""Characters and rows up to which cells may be the entries of drop-downs."""


def holds_lists(layout: Layout, table: Table, values: Container[str]) -> bool:
    """Whether a table is no plan but the lists of drop-downs, one in a column.

    Each column runs down from its heading without a gap and says nothing twice. They differ in
    length and one is fed to the plan, or all are: its entries are `values` of the plan (folded),
    or say how far or how much something is.
    """
    below = layout.sheet.rows[table.header + 1 : table.header + 1 + MOST_ENTRIES]
    lengths: set[int] = set()
    fed: list[bool] = []
    for col in table.headings:
        texts = [fold(cell_text(row[col])) if col < len(row) else "" for row in below]
        held = [text for text in texts if text]
        run = texts[: len(held)] == held and len(set(held)) == len(held)
        if not held or not run or max(map(len, held)) > LONGEST_ENTRY:
            return False
        known = sum(text in values or bool(known_state(text)) or is_level(text) for text in held)
        fed.append(known * 5 >= len(held) * 3)
        lengths.add(len(held))
    return len(fed) > 1 and max(lengths) > 1 and (all(fed) or (any(fed) and len(lengths) > 1))


MOST_COUNTED = 20
"""Rows of a count of ratings, at most."""
_WHOLE = regex(r"\d+(?:\.0)?")
_SHARE = regex(r"%|\bper ?cent|\bprogress\b|\bcomplet", re.IGNORECASE)


def set_aside(layout: Layout, table: Table, reading: Reading) -> bool:
    """Take lists, legends and counts that stand right of the table, past a blank column, out of
    it; returns whether there was any. They are in `table.beside` then.

    Such columns have no role, and hold a run of cells from the top that ends before the table
    does, or a rating and its meaning in each row; a count of ratings may look like a status.
    """
    used = table.used()
    starts = [col for before, col in pairwise(used) if col - before > 1]
    last = max(reading.roles, default=0)
    for start, end in pairwise([*starts, 1 << 20]):
        columns = [col for col in used if start <= col < end]
        if _counts(table, columns) or (start > last and _is_list(table, columns)):
            table.beside |= set(columns)
    row = layout.sheet.rows[table.header]
    heads = {col: cell_text(row[col]) for col in used if col < len(row)}
    twins = {heads.get(col) for col in table.beside}
    for col in table.beside:
        table.headings.pop(col, None)
    table.headings |= {c: heads[c] for c in table.headings if heads.get(c) in twins - {"", None}}
    if table.beside:
        table.hold([
            replace(row, cells={c: v for c, v in row.cells.items() if c not in table.beside},
                    own=row.own - sum(row.origin[c][0] == row.row for c in row.cells
                                      if c in table.beside))
            for row in table.rows
        ])  # fmt: skip
    return bool(table.beside)


def _counts(table: Table, columns: Sequence[int]) -> bool:
    """Whether two columns count ratings from the top of the table on: each of them once, with a
    whole number, and perhaps their total. How far an action is, in percent, is no count."""
    pairs = [tuple(row.cells.get(col) for col in columns) for row in table.rows[:MOST_COUNTED]]
    pairs = [*takewhile(any, pairs)] if len(columns) == 2 else []
    names = [fold(cell_text(pair[0])) for pair in pairs]
    rated = [name for name in names if not says_total([name])]
    figures = all(_WHOLE.fullmatch(cell_text(pair[1])) for pair in pairs)
    figures = figures and not any(_SHARE.search(table.headings.get(col, "")) for col in columns)
    once = len(set(names)) == len(names) < MOST_COUNTED and len(rated) > 1
    return once and figures and all(map(known_state, rated))


def _is_list(table: Table, columns: Sequence[int]) -> bool:
    filled = [any(cell_text(row.cells.get(col)) for col in columns) for row in table.rows]
    count = sum(filled)
    named = [
        LegendCell(cell_text(row.cells.get(col))) for row in table.rows for col in columns
    ] if len(columns) == 2 else []  # fmt: skip
    pairs = [explain(pair) for pair in zip(named[::2], named[1::2], strict=True)]
    if count > 1 and len({line[0].code for line in pairs if line}) == count:
        return True
    if any(role_scores(table.headings.get(col, "")) for col in columns):
        return False
    run = count > 1 and all(filled[:count])
    return run and count < len(filled)
