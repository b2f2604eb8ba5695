"""`set-up.xlsx`: the plan definition in Excel, a sheet for each thing there is to say of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache

from msgspec import Struct
from msgspec.structs import replace

from xlplan.issued.rules import not_in_list
from xlplan.issued.set_up_start import (
    HEADS_BESIDE,
    HOW,
    WRONG,
    Answers,
    Asked,
    Came,
    Found,
    RowHeld,
    areas_of,
    asked_of,
    beside_kept,
    beside_own,
    beside_row,
    found_in,
    start_sheet,
)
from xlplan.issued.sheets import (
    TEXT,
    Lists,
    id_row,
    lists_sheet,
    page_of,
    payload_of,
    stamped,
    wide_enough,
)
from xlplan.merge.model import COORDINATOR, Issued, Unused
from xlplan.plan.accounted import AccountLine
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.definition_tables import LEVELS, TABLES
from xlplan.plan.guesses import FIXED, NAMED_BY, SAME_AS
from xlplan.plan.keys import Key
from xlplan.plan.set_up import Entry, Origin, beside, entries_of, key_of, shown
from xlplan.plan.set_up_sheets import (
    KEPT,
    LISTED,
    OWN,
    REMOVE,
    REMOVES,
    ROWS,
    SHEETS,
    START,
    TAKES,
    VALUE,
    YES_NO,
    SetUpSheet,
    columns_of,
    heading_of,
)
from xlplan.returned.furniture import set_up_uid
from xlplan.workbook.stamp import row_key
from xlplan.workbook.write.cell_text import row_heights
from xlplan.workbook.write.look import Palette, palette, readable
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Merge,
    Protection,
    Row,
    Sheet,
    Style,
    Validation,
    Workbook,
)

HEADING_ROW, FIRST_ROW = 3, 4
SAMPLES, COUNT, ABOUT = "samples", "count", "about"
"""Ids of the columns that only show: three samples of a column, how many actions have a rating or a
lead, what a key is for."""
_SHOWN = {SAMPLES: "Samples", COUNT: "Actions", ABOUT: "What it is for", WRONG: "Please look again",
          "place": "Sheet and row", "read": "Read as", "words": "First words",
          "key": "What", VALUE: "Answer"}  # fmt: skip
_WIDTHS = {
    "place": 26.0, "read": 30.0, "words": 62.0,
    SAMPLES: 34.0, COUNT: 9.0, ABOUT: 62.0, WRONG: 44.0, VALUE: 46.0, SAME_AS: 24.0,
    "guidance": 40.0, "meaning": 46.0, "heading": 28.0, "message": 36.0, "choices": 24.0,
    "aliases": 26.0, "label": 22.0, "name": 32.0, "id": 24.0, "organisation": 24.0, "email": 28.0,
    "deputy": 24.0, "successor": 24.0, "challenge": 14.0, "role": 17.0, "type": 14.0,
}  # fmt: skip
_FLAG, _OTHER = 13.0, 15.0
_alike = lru_cache(maxsize=1 << 10, typed=True)(Cell)  # looked at once by whoever writes them


def issued_set_up(definition: PlanDefinition, name: str, as_of: int, file: str) -> Issued:
    """The set-up workbook that goes out under a name, with a definition for its base."""
    columns = tuple(dict.fromkeys(name for sheet in SHEETS for name in columns_of(sheet)))
    uids = (set_up_uid(entry) for sheet in SHEETS for entry in entries_of(definition, sheet))
    return Issued(
        id=name, document="set-up", author=COORDINATOR, cycle="", return_by="", as_of=as_of,
        uids=tuple(uids), fields=columns, inputs=columns, file=file,
    )  # fmt: skip


def set_up_workbook(
    definition: PlanDefinition,
    issued: Issued,
    rows: Sequence[RowHeld],
    key: bytes,
    created: str,
    kept: Sequence[Unused],
    origin: Origin,
    came: Came,
) -> Workbook:
    """The definition as it stands; `kept` are the answers that could not be used, which stay as
    they were typed. `came` gives a row, by its uid, as it came in."""
    look = palette(definition)
    unused = {(uid, name): a for a in kept for uid, _, name in [a.question.partition(":")]}
    found = found_in(definition, rows)
    entries = entries_of(definition, START, origin)
    asked = asked_of(definition, entries, origin.guesses, rows, came)
    lists = lists_sheet(_lists(definition, asked))
    sheets, first = [], None
    more = [*([KEPT] if definition.kept_back else []), *([OWN] if origin.columns else [])]
    more += [ROWS] if origin.lines else []
    for sheet in (START, *SHEETS, *more):
        writer = _Writer(definition, issued, key, found, unused, look, lists, sheet, origin)
        if sheet is START:
            ways = writer.answers
            first = start_sheet(definition, issued, rows, asked, len(unused), more, ways, look)
        sheets.append(first if sheet is START and first else writer.sheet())
    title = f"{definition.title}: set-up"
    payload = payload_of(definition, issued, len(issued.uids), ())
    return stamped(definition, issued, title, [*sheets, lists.sheet], key, payload, created, lists)


def _lists(definition: PlanDefinition, asked: Sequence[Asked]) -> dict[str, Sequence[str]]:
    """The dropdowns by table and key."""
    found: dict[str, Sequence[str]] = {"checks": LEVELS}
    for table in TABLES.values():
        for name, key in table.keys.items():
            if choices := _choices(definition, table.name, name, key):
                found[f"{table.name}.{name}"] = choices
    flags = ("kept_back.out", *(f"field.{name}" for name in LISTED))
    found |= {**dict.fromkeys(flags, YES_NO), "own_column.take": TAKES}
    found[f"lead.{SAME_AS}"] = [lead.name for lead in definition.leads]
    found |= {f"{sheet.tables[0]}.{REMOVE}": [REMOVES] for sheet in SHEETS if sheet.blanks}
    return found | {each.list_name: each.choices for each in asked}


def _choices(definition: PlanDefinition, table: str, name: str, key: Key) -> Sequence[str] | None:
    if key.allowed or key.takes == "flag":
        return [key.labels.get(word, word) for word in key.allowed] or YES_NO
    columns = [item.id for item in definition.fields_of("action")]
    return {
        ("lead", "deputy"): [lead.name for lead in definition.people],
        ("lead", "successor"): [lead.name for lead in definition.people],
        ("rule", "challenge"): list(dict.fromkeys(r.code for r in definition.ratings)),
        ("rollup", "to"): ["recommendation", *columns],
        ("count", "by"): columns,
        ("composite", "group_by"): columns,
    }.get((table, name))


class _Writer(Struct, frozen=True, dict=True):
    """Writes one sheet."""

    definition: PlanDefinition
    issued: Issued
    key: bytes
    found: Found
    unused: Mapping[tuple[str, str], Unused]
    look: Palette
    lists: Lists
    of: SetUpSheet
    origin: Origin

    @property
    def answers(self) -> Answers:
        """How the answers of a sheet that is laid out elsewhere are written."""
        return Answers(
            lambda entry: self._key(set_up_uid(entry)),
            lambda entry: self._answer(entry, set_up_uid(entry), VALUE),
            lambda entry: self._wrong(set_up_uid(entry)),
            self._rule,
        )

    def _key(self, uid: str) -> Cell:
        return Cell(row_key(self.key, self.issued.id, uid))

    def sheet(self) -> Sheet:
        entries = entries_of(self.definition, self.of, self.origin)
        columns = self._columns(entries)
        widths = wide_enough([self._width(name) for name in columns])
        wide = [Column(width=30, hidden=True), *(Column(width=width) for width in widths)]
        cells = [Row(self._cells(entry, columns)) for entry in entries]
        needed = row_heights(Sheet(self.of.name, cells, wide))
        rows = [Row(row.cells, max(24.0, high)) for row, high in zip(cells, needed, strict=True)]
        last_row, last_col = FIRST_ROW + len(rows) - 1, len(columns)
        banner, merges = self._banner(widths)
        validations, conditionals = self._rules(entries, columns)
        heads = [Cell("Row key", self.look.heading), *(self._head(name) for name in columns)]
        area = Area(0, 1, last_row, last_col)
        return Sheet(
            name=self.of.name,
            rows=[*banner, id_row(columns), Row(heads, 34), *rows],
            columns=wide,
            merges=merges,
            validations=validations,
            conditionals=conditionals,
            freeze=(FIRST_ROW, 2),
            page=page_of(self.definition, replace(self.issued, cycle="set-up"), area, HEADING_ROW),
            protection=Protection(),
            tab_colour=self.look.accent,
            active_cell=(FIRST_ROW, 1 + columns.index(columns_of(self.of)[0])),
        )

    def _columns(self, entries: Sequence[Entry]) -> list[str]:
        """The ids of the columns from the left; first what is wrong, where anything is."""
        mine = {set_up_uid(entry) for entry in entries} if self.unused else ()
        wrong = [WRONG] if any(uid in mine for uid, _ in self.unused) else []
        answers = list(columns_of(self.of))
        if self.of in (KEPT, OWN, ROWS):
            return ["place", *wrong, "read", *answers, "words"]
        if not self.of.blanks:
            return ["key", *wrong, *answers, ABOUT]
        more = {"field": [SAMPLES], "rating": [COUNT], "lead": [COUNT]}
        return [answers[0], *wrong, *more.get(self.of.tables[0], []), *answers[1:]]

    def _width(self, name: str) -> float:
        if name == "key":
            return 26.0
        key = TABLES[self.of.tables[0]].keys.get(name) if self.of.blanks else None
        narrow = name in (*LISTED, REMOVE, "mode") or (key and key.takes in ("flag", "whole"))
        return _WIDTHS.get(name, _FLAG if narrow else _OTHER)

    def _head(self, name: str) -> Cell:
        shown = {**_SHOWN, **HEADS_BESIDE.get(self.of.name, {})}
        text = shown.get(name) or heading_of(self.of.tables[0], name)
        mine = name in columns_of(self.of)
        style = self.look.input_heading if mine else self.look.heading
        return Cell(text, replace(style, align="left", indent=1))

    def _cells(self, entry: Entry, columns: Sequence[str]) -> list[Cell | None]:
        uid, answers = set_up_uid(entry), columns_of(self.of)
        cells = (
            self._answer(entry, uid, name)
            if name in answers
            else Cell(self._beside(entry, uid, name), self._locked_for[entry.table == "sheet"])
            for name in columns
        )
        return [self._key(uid), *cells]

    @cached_property
    def _locked(self) -> Style:
        return _left(self.look.locked)

    @cached_property
    def _locked_for(self) -> tuple[Style, Style]:
        """What only shows, and the same in bold: a sheet of the spreadsheet heads its rows."""
        return replace(self._locked, bold=False), replace(self._locked, bold=True)

    @cached_property
    def _input(self) -> Style:
        return replace(_left(self.look.input), number_format=TEXT)

    def _beside(self, entry: Entry, uid: str, name: str) -> str | int | None:
        if name == WRONG:
            return self._wrong(uid)
        if (says := beside(entry).get(name)) is not None:
            return says
        if self.of is ROWS:
            return beside_row(entry, name, self._account)
        if self.of is OWN:
            return beside_own(entry, name, self.origin.columns)
        if self.of is KEPT:
            return beside_kept(entry, name, self.origin.lines)
        if name == ABOUT:
            return _about(entry)
        if entry.blank:
            return None
        if name == COUNT:
            return self.found.counts.get(entry.names, 0)
        return self.found.samples.get(entry.names) or None

    def _wrong(self, uid: str) -> str | None:
        wrong = (a.problem.message for (row, _), a in self.unused.items() if row == uid)
        return "\n".join(dict.fromkeys(wrong)) or None

    @cached_property
    def _account(self) -> Mapping[tuple[str, str], AccountLine]:
        return {(line.sheet, str(line.row)): line for line in self.origin.lines}

    def _answer(self, entry: Entry, uid: str, name: str) -> Cell:
        style, again = self._input, self.unused.get((uid, name))
        if again is not None:
            wrong = replace(_left(self.look.flag), locked=False, number_format=TEXT)
            return Cell(again.decision or None, wrong)
        if name in (SAME_AS, REMOVE):
            return Cell(None, style)
        key = key_of(entry.table, entry.key_at(name))
        value = shown(key, entry.values.get(entry.key_at(name)))
        fixed = entry.names and entry.table in FIXED and name in NAMED_BY[entry.table]
        if fixed or (entry.names and name in LISTED and name not in entry.values):
            style = replace(self._locked, number_format=TEXT)
        if isinstance(value, date):
            style = replace(style, number_format="d mmmm yyyy")
        elif isinstance(value, int | float):
            style = replace(style, number_format="0.##" if key.takes == "number" else "0")
        if isinstance(value, str) and _is_colour(key, value):
            style = replace(style, fill=value, colour=readable("", value))
        return _alike(value, style)

    def _rules(
        self, entries: Sequence[Entry], columns: Sequence[str]
    ) -> tuple[list[Validation], list[Conditional]]:
        validations: list[Validation] = []
        conditionals: list[Conditional] = []
        for place, name in enumerate(columns, 1):
            if name not in columns_of(self.of):
                continue
            if self.of.blanks:
                area = Area(FIRST_ROW, place, FIRST_ROW + len(entries) - 1, place)
                areas = [(area, self.of.tables[0], name)]
            else:
                areas = list(areas_of(entries, FIRST_ROW, place))
            for area, table, key in areas:
                rule, flag = self._rule(area, table, key)
                validations.append(rule)
                conditionals += flag
        return validations, conditionals

    def _rule(
        self, area: Area, table: str, name: str, listed: str = ""
    ) -> tuple[Validation, list[Conditional]]:
        title = name if table == "checks" else heading_of(table, name)
        rule = Validation(area, "any", input_title=title[:32], input_message=_hint(table, name))
        listed = listed or ("checks" if table == "checks" else f"{table}.{name}")
        if listed not in self.lists.ranges:
            return rule, []
        chosen = replace(
            rule,
            kind="list",
            source=f"={self.lists.ranges[listed]}",
            error_title="Not in the list",
            error_message="Please choose one of the list. Press Escape to go back.",
            strict=name not in (SAME_AS, "deputy", "answer"),
        )
        return chosen, [not_in_list(area, self.lists.names[listed], self.look)]

    def _banner(self, widths: Sequence[float]) -> tuple[list[Row], list[Merge]]:
        last = len(widths)
        look, note = self.look, replace(self.look.banner_note, indent=1)
        title = f"{self.definition.title}: {self.of.name.lower()}"
        text = Cell(f"{self.of.about}\n{HOW}", note)
        merges = [
            Merge(Area(0, 1, 0, last), Cell(title, replace(look.banner, indent=1))),
            Merge(Area(1, 1, 1, last), text),
        ]
        first = Row([None, *(Cell(None, look.banner) for _ in widths)], 34)
        return [first, Row([None, *(Cell(None, note) for _ in widths)], 46)], merges


def _left(style: Style) -> Style:
    return replace(style, align="left", indent=1, valign="vcenter")


def _is_colour(key: Key, value: str) -> bool:
    return key.shape is not None and key.shape[1] == "a colour" and value.startswith("#")


def _about(entry: Entry) -> str:
    if entry.table != "checks":
        return _sentence(key_of(entry.table, entry.key).help)
    from xlplan.codes.families import every_message

    return every_message()[entry.key].meaning


def _hint(table: str, name: str) -> str:
    """What shows on entering a cell."""
    if name == SAME_AS:
        return "Choose the name to keep; this one becomes another spelling of it."
    if table == "checks":
        return "How much this check counts."
    key = key_of(table, name)
    lines = {"list": "One on each line: Alt+Enter begins a new line.",
             "raw list": "One on each line, in quotes."}  # fmt: skip
    text = _sentence(key.help.partition(": ")[0] if key.allowed else key.help)
    return f"{text}\n{lines.get(key.takes, '')}".strip()[:255]


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}." if text else ""
