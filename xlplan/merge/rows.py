"""Whole rows of a return: rows that somebody added, and rows that are not there any more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from xlplan.merge.ids import assertion_id, named
from xlplan.merge.model import Assertion, Issued, Place
from xlplan.merge.reading import ReadCell, Reading, ReadRow
from xlplan.merge.state import State
from xlplan.plan.definition import Field, Kind
from xlplan.plan.values import canon, show

TEXT = Field("text", "Text")
"""Reads a cell of a row that belongs to no action yet: as text."""

RECOMMENDATION = "rec."
"""Begins the name of a proposal that was made among recommendations."""


def kind_of(proposal: str) -> Kind:
    """What a proposal, by its uid, becomes: an action, or a recommendation."""
    name = proposal.partition("/")[2]
    return "recommendation" if name.startswith(RECOMMENDATION) else "action"


class Proposals:
    """The added rows of one return.

    A pre-stamped blank row keeps its key (``new-1``), so that a second return replaces the first.
    A row without a key is known by the action it names, so that more text in its other cells is
    still the same row; by all that is in it, where it names none.
    """

    def __init__(self, state: State, issued: Issued, reading: Reading) -> None:
        self._state = state
        self._issued = issued
        self._reading = reading
        self._times: Counter[str] = Counter()

    def proposal(self, row: ReadRow, why: str = "") -> Assertion | None:
        """An added row as a proposal; None where nothing is in it. `why` says more about it."""
        texts = {column: text for column, cell in row.cells.items() if (text := self._text(cell))}
        if not texts:
            return None
        content = json.dumps(texts, sort_keys=True, ensure_ascii=False)
        issued, reading = self._issued, self._reading
        uid = f"{issued.id}/{self._kind(row)}{self._name(row, texts, content)}"
        first = next(cell for name, cell in row.cells.items() if name in texts)
        return Assertion(
            id=assertion_id(issued.id, issued.author, uid, "", content),
            kind="row-added",
            issued=issued.id,
            author=issued.author,
            uid=uid,
            field="",
            base=None,
            value=content,
            place=Place(reading.file, row.sheet or reading.sheet, first.cell),
            message=why or f"{issued.author} added this row.",
            row=texts,
            cells={column: row.cells[column].cell for column in texts},
        )

    def _kind(self, row: ReadRow) -> str:
        """`RECOMMENDATION` for a row among recommendations, by the rows on its sheet."""
        mates = [r.uid for r in self._reading.rows if r.sheet == row.sheet]
        kinds = {known.kind for uid in mates if (known := self._state.rows.get(uid))}
        return RECOMMENDATION if kinds == {"recommendation"} else ""

    def _text(self, cell: ReadCell) -> str:
        if cell.error:
            return cell.error
        if cell.formula and not isinstance(cell.value, bool):
            return f"={cell.formula}"
        return show(canon(TEXT, cell.value, self._state.definition))

    def _name(self, row: ReadRow, texts: Mapping[str, str], content: str) -> str:
        if row.trust == "added" and row.uid and not self._times[row.uid]:
            self._times[row.uid] += 1
            return row.uid
        item = self._state.definition.with_role("action")
        known_by = texts.get(item.id, content) if item is not None else content
        self._times[known_by] += 1
        return named("x", known_by, self._times[known_by])


def missing_rows(state: State, issued: Issued, reading: Reading) -> Iterator[Assertion]:
    """Rows that went out and did not come back: never a deletion, always a question."""
    present = {row.uid for row in reading.rows}
    for uid in issued.uids:
        if uid not in present and state.row_at(uid) is not None:
            yield whole_row(
                issued, uid, "missing", Place(reading.file, reading.sheet, ""), {},
                "The row is not in the file that came back.",
            )  # fmt: skip


def whole_row(
    issued: Issued,
    uid: str,
    value: str,
    place: Place,
    row: Mapping[str, str],
    message: str,
    cells: Mapping[str, str] | None = None,
) -> Assertion:
    """What is said of an action by its row as a whole: that it is missing, or was emptied."""
    return Assertion(
        id=assertion_id(issued.id, issued.author, uid, "", value),
        kind="row-missing",
        issued=issued.id,
        author=issued.author,
        uid=uid,
        field="",
        base=None,
        value=value,
        place=place,
        message=message,
        row=row,
        cells=cells or {},
    )
