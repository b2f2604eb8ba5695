"""What a return says: its rows compared with the recorded base, cell by cell.

Every returned cell that differs from its base becomes exactly one assertion, or is counted in one
that speaks for its whole row. Nothing here looks at other returns, so that their order cannot
matter; only the coordinator's own acts are consulted (an action closed since the issue).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from xlplan.errors import Problem
from xlplan.merge.ids import assertion_id
from xlplan.merge.model import COORDINATOR, Assertion, AssertionKind, Issued, Place
from xlplan.merge.reading import ReadCell, Reading, ReadRow
from xlplan.merge.rows import missing_rows, proposal
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, STATUS, Field
from xlplan.plan.text import fold
from xlplan.plan.values import Invalid, Raw, Value, canon, show

STATUS_FIELD = Field(STATUS, "Status", "choice", choices=("withdrawn",))
CELL_LIMIT = 32_767
"""Characters that fit in one Excel cell; what is longer goes out cut."""


@dataclass
class Findings:
    """What comparing found, gathered on the way."""

    assertions: list[Assertion] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    information: list[str] = field(default_factory=list)


class Comparison:
    """One return compared with the base of the workbook it answers."""

    def __init__(self, state: State, issued: Issued, reading: Reading) -> None:
        self.state = state
        self.issued = issued
        self.reading = reading
        self.owner = issued.author == COORDINATOR
        self.found = Findings()

    def run(self) -> Findings:
        """Compare every row; see the module."""
        times = Counter(row.uid for row in self.reading.rows if row.uid and row.trust != "added")
        for row in self.reading.rows:
            if row.trust == "added":
                self._add(proposal(self.state, self.issued, self.reading, row))
            elif row.uid in self.issued.uids or row.trust == "foreign":
                self._compare_row(row, self._doubt(row, times[row.uid]))
            else:
                self._say_unknown(row)
        for missing in missing_rows(self.issued, self.reading):
            self._add(missing)
        return self.found

    def _add(self, item: Assertion | None) -> None:
        if item is not None:
            self.found.assertions.append(item)

    def _say_unknown(self, row: ReadRow) -> None:
        where = f"{self.reading.file}!{row.sheet or self.reading.sheet}!{row.number}"
        self.found.problems.append(
            Problem(
                "RET-020",
                where,
                f'Row {row.number} ("{row.ref}") is not a row of this template and its key was '
                "not made by this plan. It was left out; enter it by hand if it is wanted.",
                "warning",
            )
        )

    def _doubt(self, row: ReadRow, times: int) -> str:
        """Why a row's edits cannot apply by themselves, or ``""``."""
        ref = self.state.ref(row.uid) or row.uid
        if times > 1:
            return f"Action {ref} is in this file {times} times; none of the copies was applied."
        if row.trust == "disagrees":
            return (
                f'The row shows the ref "{row.ref}" but its hidden key belongs to action {ref}; '
                "it may have been sorted or pasted."
            )
        if row.trust == "foreign":
            return f"The row of action {ref} was pasted from another template."
        if row.trust == "forged":
            return f"The row of action {ref} carries a key that this plan never signed."
        if row.trust == "matched":
            return f"The row was matched to action {ref} by its ref alone: its stamp is missing."
        return ""

    def _closed_since(self, uid: str) -> bool:
        """Closed or withdrawn by the coordinator, unseen by this template (MERGE section 2)."""
        if self.state.value(uid, STATUS) == "withdrawn":
            return True
        item = self.state.definition.with_role("rating")
        if item is None:
            return False
        closing = [
            head
            for head in self.state.cell((uid, item.id)).heads
            if head.author == COORDINATOR and head.seq > self.issued.as_of
        ]
        codes = {r.code for r in self.state.definition.scale_of(item) if r.closed}
        return any(head.value in codes for head in closing)

    def _agreed(self, row: ReadRow, item: Field, value: Value) -> bool:
        """Whether the coordinator wrote the very same there."""
        heads = self.state.cell((row.uid, item.id)).heads
        return any(head.author == COORDINATOR and head.value == value for head in heads)

    def _compare_row(self, row: ReadRow, doubt: str) -> None:
        found = [
            item
            for column, cell in row.cells.items()
            if column in self.reading.columns
            and (item := self._compare_cell(row, column, cell, doubt)) is not None
        ]
        emptied = [a for a in found if a.value is None and a.kind in ("edit", "cleared-required")]
        if len(emptied) > 1 and len(emptied) == self._filled(row):
            found = [a for a in found if a not in emptied]
            found.append(self._emptied(row, emptied))
        self.found.assertions.extend(found)

    def _filled(self, row: ReadRow) -> int:
        """How many inputs of a row the template showed with something in them."""
        return sum(
            1
            for name in self.issued.inputs
            if not name.endswith(ENTRY)
            and self.state.value(row.uid, name, self.issued.as_of) is not None
        )

    def _emptied(self, row: ReadRow, emptied: list[Assertion]) -> Assertion:
        """A whole row blanked is asked about as a possible withdrawal."""
        first = emptied[0]
        return Assertion(
            id=assertion_id(self.issued.id, self.issued.author, row.uid, "", "emptied"),
            kind="row-missing",
            issued=self.issued.id,
            author=self.issued.author,
            uid=row.uid,
            field="",
            base=None,
            value="emptied",
            place=first.place,
            message="Every input of this row was emptied.",
            row={a.field: show(a.base) for a in emptied},
        )

    def _field(self, uid: str, column: str) -> Field | None:
        if column == STATUS:
            return STATUS_FIELD
        row = self.state.rows.get(uid)
        kind = row.kind if row else "action"
        name = column.removesuffix(ENTRY)
        return self.state.definition.find(name, kind) or self.state.definition_at(
            self.issued.as_of
        ).find(name, kind)

    def _compare_cell(
        self, row: ReadRow, column: str, cell: ReadCell, doubt: str
    ) -> Assertion | None:
        item = self._field(row.uid, column)
        if item is None:
            return None
        entry = column.endswith(ENTRY)
        base = None if entry else self.state.value(row.uid, item.id, self.issued.as_of)
        if not cell.formula and not cell.error and untouched(base, cell.value):
            return None
        value = self._value(item, cell)
        if value == base:
            self._note_spelling(row, item, base, cell)
            return None
        kind, message = self._kind(row, item, column, value, doubt)
        return Assertion(
            id=assertion_id(self.issued.id, self.issued.author, row.uid, item.id, value),
            kind=kind,
            issued=self.issued.id,
            author=self.issued.author,
            uid=row.uid,
            field=item.id,
            base=base,
            value=value,
            raw=show(value) if cell.value is None else str(cell.value),
            place=Place(self.reading.file, row.sheet or self.reading.sheet, cell.cell),
            message=message,
        )

    def _note_spelling(self, row: ReadRow, item: Field, base: Value, cell: ReadCell) -> None:
        if isinstance(cell.value, str) and fold(cell.value) != fold(show(base)):
            self.found.information.append(
                f'{row.sheet or self.reading.sheet}!{cell.cell}: "{cell.value}" means the same as '
                f'"{show(base)}" in {item.heading}; nothing changed.'
            )

    def _value(self, item: Field, cell: ReadCell) -> Value:
        if cell.error:
            return Invalid(
                cell.error,
                "VAL-008",
                f"The cell shows the error {cell.error}. Enter the value itself.",
            )
        value = canon(item, cell.value, self.state.definition)
        if cell.formula and not isinstance(cell.value, bool):
            shown = show(value)
            return Invalid(
                f"={cell.formula}",
                "VAL-009",
                f'The cell holds the formula ={cell.formula} (showing "{shown}"). '
                "Enter the value itself.",
            )
        return value

    def _kind(
        self, row: ReadRow, item: Field, column: str, value: Value, doubt: str
    ) -> tuple[AssertionKind, str]:
        if not self.owner and column not in self.issued.inputs:
            return "locked", f"{item.heading} is locked in the template."
        if doubt:
            return "held", doubt
        if not self.owner and self._closed_since(row.uid) and not self._agreed(row, item, value):
            ref = self.state.ref(row.uid)
            return "held", f"Action {ref} was closed or withdrawn after this template was issued."
        if isinstance(value, Invalid):
            return "invalid", value.message
        if item.retired or self.state.definition.find(item.id, self._row_kind(row.uid)) is None:
            if item is not STATUS_FIELD:
                return "held", f"The field {item.heading} has since been retired."
        elif value is None and item.required:
            return "cleared-required", f"{item.heading} must not be blank."
        return ("entry" if column.endswith(ENTRY) else "edit"), ""

    def _row_kind(self, uid: str) -> str:
        row = self.state.rows.get(uid)
        return row.kind if row else "action"


def untouched(base: Value, raw: Raw) -> bool:
    """Whether a cell shows just what was issued, whatever type a program made of it.

    A spreadsheet may return the text ``1.10`` as the number 1.1, or a long text as it was cut on
    the way out; nobody typed that.
    """
    if raw is None:
        return base is None
    text = show(base)
    if isinstance(raw, str):
        return raw == text or (
            len(text) > CELL_LIMIT
            and len(raw) > CELL_LIMIT - 32
            and text.startswith(raw[: CELL_LIMIT - 64])
        )
    if isinstance(raw, int | float) and not isinstance(raw, bool) and isinstance(base, str):
        try:
            return float(text) == raw
        except ValueError:
            return False
    return False
