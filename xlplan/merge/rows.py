"""Whole rows of a return: rows that somebody added, and rows that are not there any more."""

from __future__ import annotations

import json
from collections.abc import Iterator

from xlplan.merge.ids import assertion_id, named
from xlplan.merge.model import Assertion, Issued, Place
from xlplan.merge.reading import Reading, ReadRow
from xlplan.merge.state import State
from xlplan.plan.definition import Field
from xlplan.plan.values import canon, show

_TEXT = Field("text", "Text")


def proposal(state: State, issued: Issued, reading: Reading, row: ReadRow) -> Assertion | None:
    """A row that the lead added, as a proposal; None where nothing is in it.

    A pre-stamped blank row keeps its key (``new-1``), so that a second return replaces the first;
    a row without a key is known by what is in it.
    """
    texts = {
        column: text
        for column, cell in row.cells.items()
        if (text := show(canon(_TEXT, cell.value, state.definition)))
    }
    if not texts:
        return None
    content = json.dumps(texts, sort_keys=True, ensure_ascii=False)
    uid = f"{issued.id}/{row.uid or named('x', content)}"
    first = next((c for c in row.cells.values() if c.value is not None), None)
    place = Place(reading.file, row.sheet or reading.sheet, first.cell if first else "")
    return Assertion(
        id=assertion_id(issued.id, issued.author, uid, "", content),
        kind="row-added",
        issued=issued.id,
        author=issued.author,
        uid=uid,
        field="",
        base=None,
        value=content,
        place=place,
        message=f"{issued.author} added this row.",
        row=texts,
    )


def missing_rows(issued: Issued, reading: Reading) -> Iterator[Assertion]:
    """Rows that went out and did not come back: never a deletion, always a question."""
    present = {row.uid for row in reading.rows}
    for uid in issued.uids:
        if uid not in present:
            yield Assertion(
                id=assertion_id(issued.id, issued.author, uid, "", "missing"),
                kind="row-missing",
                issued=issued.id,
                author=issued.author,
                uid=uid,
                field="",
                base=None,
                value="missing",
                place=Place(reading.file, reading.sheet, ""),
                message="The row is not in the file that came back.",
            )
