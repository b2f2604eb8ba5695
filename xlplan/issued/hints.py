"""What a lead is asked to think over while typing, as formulas beside each action.

The description is that of `xlplan.plan.reconsider`. Every action has its own formula, with what is
known of it in it; the formula goes along where rows are sorted. Only functions that Excel 2010 and
LibreOffice have are used, and none that gives an array.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from xlplan.issued.rules import quoted
from xlplan.issued.sheets import Lists
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.reconsider import (
    DONE,
    ENDS,
    LEFT,
    OFTEN,
    Among,
    Hint,
    Hints,
    HintTest,
    Known,
    Late,
    Same,
    standing,
)
from xlplan.plan.values import Value, show
from xlplan.returned.as_issued import HINTS, IssuedColumn, column_id
from xlplan.returned.furniture import WARNING
from xlplan.workbook.stamp import parse_row_key
from xlplan.workbook.write.cell_text import cell_name
from xlplan.workbook.write.look import palette
from xlplan.workbook.write.sheet import Area, Cell, Conditional, Row, Sheet

_DONE, _LEFT = "hints:done", "hints:left"
_PART = 60
"""Characters at both ends of a text by which it is known again."""
_LOWEST = 42.0
"""Points of a row with room for a sentence."""


def hints_of(
    definition: PlanDefinition,
    columns: Sequence[IssuedColumn],
    uids: Sequence[str],
    known: Mapping[str, Known],
) -> dict[str, tuple[Hint, ...]]:
    """By uid, what each action may be asked; nothing where the plan does not want hints."""
    if not definition.issue.hints:
        return {}
    every = Hints(definition, {column.id for column in columns})
    return {uid: every.of(known.get(uid, Known())) for uid in uids}


def hint_lists(
    definition: PlanDefinition, columns: Sequence[IssuedColumn]
) -> dict[str, tuple[str, ...]]:
    """The lists that their formulas look at: the same in every template of the plan."""
    if not definition.issue.hints:
        return {}
    every = Hints(definition, {column.id for column in columns})
    anything = (
        Known(by=date.min, before=rating.code, slips=OFTEN) for rating in definition.ratings
    )
    tests = [test for known in anything for hint in every.of(known) for test in hint.tests]
    lists = {_list_of(test): test.texts for test in tests if isinstance(test, Among)}
    return lists | {_DONE: DONE, _LEFT: LEFT}


def _list_of(test: Among) -> str:
    return f"{test.column}:{'|'.join(test.codes)}"


def hinted(
    definition: PlanDefinition,
    update: Sheet,
    hints: Mapping[str, tuple[Hint, ...]],
    values: Mapping[str, Mapping[str, Value]],
    created: str,
    lists: Lists,
    columns: Sequence[IssuedColumn],
) -> Sheet:
    """The sheet "Update", table or form, with the formula of each action in its cell of hints;
    `values` by uid and column are those that went out, on the day `created`
    (ISO 8601)."""
    if not hints:
        return update
    flag = replace(palette(definition).flag, number_format="")  # its sign is in the sentence
    rows, asked = list(update.rows), list[Area]()
    for uid, cells in _places(update).items():
        if uid not in hints or HINTS not in cells:
            continue
        number, col = cells[HINTS]
        names = {name: cell_name(*at) for name, at in cells.items()}
        now = standing(hints[uid], values[uid], values[uid], date.fromisoformat(created))
        shown = " ".join(f"{WARNING} {hint.sentence}" for hint in now)
        known = _Formulas(names, values[uid], lists, {c.id: c for c in columns}, definition)
        formula = known.of(hints[uid])
        rows[number] = _with_formula(rows[number], col, shown, formula)
        asked.append(Area(number, col, number, col))
    first = f"${cell_name(asked[0].first_row, asked[0].first_col)}" if asked else ""
    flagged = [
        Conditional(area, f"=LEN({first})>0", flag, also=tuple(asked[1:])) for area in asked[:1]
    ]
    return replace(update, rows=rows, conditionals=[*update.conditionals, *flagged])


def _with_formula(row: Row, col: int, shown: str, formula: str) -> Row:
    cells = list(row.cells)
    cell = cells[col]
    style = cell.style if cell is not None else None
    cells[col] = Cell(shown, style, formula=formula) if style else Cell(shown, formula=formula)
    return replace(row, cells=cells, height=max(row.height, _LOWEST))


def _places(update: Sheet) -> dict[str, dict[str, tuple[int, int]]]:
    """Where each column of each action is, by uid and column id: in a table below the ids, in a
    form two to the right of its own."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    ids: dict[int, str] = {}
    for number, row in enumerate(update.rows):
        names = {col: name for col, cell in enumerate(row.cells) if (name := _id(cell))}
        key = parse_row_key(row.cells[0].value) if row.cells and row.cells[0] else None
        if key is None:
            ids = names or ids
        elif names:
            ((col, name),) = names.items()
            found.setdefault(key.uid, {}).setdefault(name, (number, col + 2))
        else:
            found[key.uid] = {name: (number, col) for col, name in ids.items()}
    return found


def _id(cell: Cell | None) -> str:
    return column_id(cell.value) if cell is not None else ""


class _Formulas:
    """The formulas of one action: its cells and what was issued in them, by column id."""

    def __init__(
        self,
        cells: Mapping[str, str],
        issued: Mapping[str, Value],
        lists: Lists,
        columns: Mapping[str, IssuedColumn],
        definition: PlanDefinition,
    ) -> None:
        self._cells, self._issued, self._lists = cells, issued, lists
        self._columns, self._definition = columns, definition

    def of(self, hints: Sequence[Hint]) -> str:
        """What the cell of hints shows: the sentence of each that stands."""
        if not hints:
            return f"={quoted('')}"
        parts = (
            f"IF(AND({','.join(map(self._test, hint.tests))}),"
            f"{quoted(f'{WARNING} {hint.sentence}')},{quoted('')})"
            for hint in hints
        )
        between = f"&{quoted(' ')}&"
        return f"=TRIM({between.join(parts)})"

    def _test(self, test: HintTest) -> str:
        if isinstance(test, Among):
            cell = self._cells[test.column]
            among = f"ISNUMBER(MATCH(TRIM({cell}),{self._lists.names[_list_of(test)]},0))"
            return f"OR(LEN(TRIM({cell}))=0,{among})" if test.or_blank else among
        if isinstance(test, Same):
            same = f"AND({','.join(map(self._same, test.columns))})"
            return f"NOT({same})" if test.not_all else same
        if isinstance(test, Late):
            return f"TODAY()>DATE({test.by.year},{test.by.month},{test.by.day})"
        return self._done(self._cells[test.column])

    def _same(self, column: str) -> str:
        """That a cell is as it was issued; a text by both its ends, whatever ends its lines."""
        cell, value = self._cells[column], self._issued.get(column)
        if value is None:
            return f"LEN(TRIM({cell}))=0"
        if isinstance(value, date):
            return f"{cell}=DATE({value.year},{value.month},{value.day})"
        item = self._columns[column].item
        if item.field_type.rated:
            rating = self._definition.rating(value, item.scale)
            names = [show(value), *([rating.label] if rating else [])]
            return f"OR({','.join(f'TRIM({cell})={quoted(name)}' for name in names if name)})"
        text = show(value)
        one_line = f'SUBSTITUTE({{}}({cell},{_PART}),CHAR(10)," ")'
        return "AND({},{})".format(
            *(
                f"EXACT({one_line.format(name)},{quoted(part.replace(chr(10), ' '))})"
                for name, part in (("LEFT", text[:_PART]), ("RIGHT", text[-_PART:]))
            )
        )

    def _done(self, cell: str) -> str:
        text = f'SUBSTITUTE(SUBSTITUTE({cell},CHAR(10),"."),"*",".")'
        ends = ",".join(quoted(end) for end in ENDS if end != "*")
        clause = f"LEFT({text},SUMPRODUCT(MIN(FIND({{{ends}}},{text}&{quoted(ENDS)})))-1)"
        words = f"SUMPRODUCT(--ISNUMBER(SEARCH({self._lists.names[_LEFT]},{cell})))"
        return f"ISNUMBER(MATCH(TRIM({clause}),{self._lists.names[_DONE]},0)),{words}=0"
