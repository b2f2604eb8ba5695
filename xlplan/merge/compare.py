"""What a return writes: its rows compared with the recorded base, cell by cell.

Every returned cell that differs from its base becomes exactly one assertion, or is counted in one
that speaks for its whole row. Nothing here looks at other returns, so that their order cannot
matter; only the coordinator's own acts are consulted (an action closed since the issue). A row
that is not one of the plan becomes a proposal, so that nothing in it is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.codes.message import FEW, listed
from xlplan.errors import Problem
from xlplan.merge.bases import base_value, differing, field_at, not_as_issued
from xlplan.merge.because import unasked
from xlplan.merge.doubts import Against, against, dispute, moved_rows, moved_write, older, stranger
from xlplan.merge.exchange import is_input
from xlplan.merge.kinds import BY_REF, MOVED, Kind, write_id
from xlplan.merge.model import COORDINATOR, Issued, Place, Write
from xlplan.merge.reading import (
    ReadCell,
    Reading,
    ReadRow,
    in_its_code_page,
    is_lost,
    may_be_cut,
    say_alike,
    untouched,
    value_of,
    wrong_for,
)
from xlplan.merge.requests import edit_of
from xlplan.merge.rows import Proposals, emptied_row, missing_rows
from xlplan.merge.state import State
from xlplan.merge.still_blank import StillBlank, problems_of
from xlplan.merge.ticks import in_one_cell
from xlplan.plan.definition import ENTRY, STATUS, WITHDRAWN, Field
from xlplan.plan.due import date_gone, say_gone
from xlplan.plan.text import fold, same_words
from xlplan.plan.timescales import Timescale, says_no_end
from xlplan.plan.values import Invalid, Value, canon, show, show_in

NO_END = Timescale("Ongoing", None, "Ongoing")
"""What all the words for work without an end are asked about as: once, however they are put."""


class Findings(Struct):
    """What comparing found, gathered on the way."""

    assertions: list[Write] = field(default_factory=list)
    information: list[str] = field(default_factory=list)
    problems: tuple[Problem, ...] = ()
    rows: tuple[str, ...] = ()
    """The rows of which it speaks, by uid; where rows were moved, only the answer does."""


class Comparison:
    """One return compared with the base of the workbook it answers."""

    def __init__(self, state: State, issued: Issued, reading: Reading) -> None:
        self.state = state
        self.issued = issued
        boxed = in_one_cell(state, issued, reading)
        self.reading, self._page = in_its_code_page(boxed, self._text_of)
        self.owner = issued.author == COORDINATOR
        self._columns = frozenset(self.reading.columns)
        self.found = Findings()
        self._proposals = Proposals(state, issued, self.reading)
        self._needs = StillBlank(state, issued, self.reading)
        self._spellings: dict[str, list[str]] = {}
        """Where each thing stands that only another spelling is of what the plan says."""

    def _text_of(self, row: ReadRow, column: str) -> str:
        """What went out in a column of a row."""
        if not self.state.kind_of(row.uid):
            return ""
        value = self.state.value(row.uid, column, self.issued.as_of)
        return show_in(self._field(row.uid, column), value)

    def run(self) -> Findings:
        """Compare every row; see the module."""
        moved = moved_rows(self.reading.rows, self.issued.uids)
        if moved is None:
            found = self._compared()
            whole = older(self.state, self.issued, self.reading, found.assertions)
            return found if whole is None else Findings([whole], found.information)
        ways = {way: self._of(moved.read(way)) for way in MOVED}
        writes = {way: found.assertions for way, found in ways.items()}
        one = moved_write(self.state, self.issued, self.reading.file, moved, writes)
        return Findings([one]) if one is not None else Findings(rows=ways[BY_REF].rows)

    def _of(self, rows: tuple[ReadRow, ...]) -> Findings:
        return Comparison(self.state, self.issued, replace(self.reading, rows=rows))._compared()

    def _compared(self) -> Findings:
        """Every row, each for itself."""
        copies: Counter[str] | None = None
        rows: Iterable[ReadRow] = self.reading.rows
        if not self._needs.asks:
            rows = not_as_issued(self.state, rows, self.issued.as_of)
        for row in rows:
            if row.trust == "added":
                self._add(self._proposals.proposal(row))
            elif not self.state.kind_of(row.uid):
                self._add(self._proposals.proposal(row, stranger(row)))
            else:
                if copies is None:
                    copies = Counter(r.uid for r in self.reading.rows if r.trust != "added")
                self._compare_row(row, copies[row.uid])
        self.found.assertions.extend(missing_rows(self.state, self.issued, self.reading))
        self.found.information.extend(self._say_spellings())
        because = unasked(self.state, self.issued, self.reading.saved_at, self.found.assertions)
        self.found.information.extend(because)
        self.found.problems = tuple(problems_of(self.found.assertions))
        self.found.rows = tuple(sorted({row.uid for row in self.reading.rows if row.uid}))
        return self.found

    def _add(self, item: Write | None) -> None:
        if item is not None:
            self.found.assertions.append(item)

    def _own(self, uid: str, field_id: str) -> Write | None:
        """The coordinator's last write on a cell, if this template did not see it; other authors'
        are not looked at."""
        if self.state.last_touched(uid) <= self.issued.as_of:
            return None
        own = [
            w
            for w in self.state.live((uid, field_id), since=self.issued.as_of)
            if w.standing and w.author == COORDINATOR and w.kind is not Kind.RULE
        ]
        last = max(own, key=lambda write: write.seq, default=None)
        return last if last is not None and last.seq > self.issued.as_of else None

    def _closed_since(self, uid: str) -> bool:
        """Closed or withdrawn by the coordinator, unseen by this template."""
        if self.state.value(uid, STATUS) == WITHDRAWN:
            return True
        item = self.state.definition.with_role("rating", self._row_kind(uid))
        if item is None:
            return False
        if (last := self._own(uid, item.id)) is None:
            return False
        return last.value in {r.code for r in self.state.definition.scale_of(item) if r.closed}

    def _agreed(self, row: ReadRow, item: Field, value: Value) -> bool:
        """Whether the coordinator wrote the very same there."""
        last = self._own(row.uid, item.id)
        return last is not None and last.value == value

    def _compare_row(self, row: ReadRow, times: int) -> None:
        """A row that is in the file so many `times`."""
        cells: Iterable[tuple[str, ReadCell]] = row.cells.items()
        if row.trust != "foreign":  # such a row shows what another template showed
            cells = differing(self.state, row.uid, row.cells, self.issued.as_of)
            if not cells and not self._needs.asks:
                return
        doubts = against(self.state, self.issued, row, times)
        found = [
            item
            for column, cell in cells
            if column in self._columns
            and (item := self._compare_cell(row, column, cell, doubts)) is not None
        ]
        if found and not self.state.is_there(row.uid):
            self._add(
                self._proposals.proposal(
                    row, "This row is no longer in the plan: what brought it in was undone."
                )
            )
            return
        if emptied := self._emptied(row, found):
            found = [a for a in found if a not in emptied]
            found.append(emptied_row(self.issued, emptied))
        elif self._needs.asks and not doubts.doubt and not self._closed_since(row.uid):
            found += self._needs.writes(row)
        found = [self._with_its_date(row, item) for item in found]
        self.found.assertions.extend(found)
        for item in found:
            if item.value is None and item.kind is Kind.EDIT and item.field != STATUS:
                self._note_cleared(item)

    def _emptied(self, row: ReadRow, found: list[Write]) -> list[Write]:
        """The blank cells of a row of which every input was emptied; none where any is filled.
        Closed since or not: a copy that is saved again later says the same as the first."""
        inputs = [a for a in found if a.kind is not Kind.LOCKED]
        blank = [a for a in inputs if a.value is None and not a.id.doubt]
        if len(inputs) != len(blank):
            return []
        names = (name for name in self.issued.inputs if not name.endswith(ENTRY))
        as_of, value = self.issued.as_of, self.state.value
        shown = [name for name in names if value(row.uid, name, as_of) is not None]
        return blank if len(blank) == len(shown) else []

    def _with_its_date(self, row: ReadRow, item: Write) -> Write:
        """A lead's edit that takes the date of an open action away is held and asked about.

        The date stands meanwhile, so that nothing overdue vanishes by a word. In a copy that
        closes the action the same edit is for certain, and answers the doubt.
        """
        if self.owner or item.kind not in (Kind.EDIT, Kind.HELD, Kind.REQUEST):
            return item
        definition = self.state.definition
        known = definition.find(item.field, self._row_kind(row.uid))
        gone = date_gone(definition, known, item.base, item.value)
        if gone is None or self._finished(row):
            return item
        ident = item.id
        if says_no_end(show(item.value)):
            who = (self.issued.id, self.issued.author, row.uid, item.field)
            ident = write_id(*who, NO_END)
        message = item.message or f"{say_gone(gone)}. It stands until this is answered."
        return replace(item, id=ident.doubted, kind=Kind.HELD, message=message)

    def _finished(self, row: ReadRow) -> bool:
        """Whether an action is closed, or done and under watch, by its row as it came back and by
        what the coordinator wrote since the issue."""
        item = self.state.definition.with_role("rating", self._row_kind(row.uid))
        if item is None:
            return False
        cell = row.cells.get(item.id) if is_input(self.issued, row.uid, item.id) else None
        ratings = [
            self.state.value(row.uid, item.id, self.issued.as_of)
            if cell is None or item.id not in self.reading.columns
            else value_of(item, cell, self.state.definition)
        ]
        last = self._own(row.uid, item.id)
        if last is not None:
            ratings.append(last.value)
        return all(self.state.definition.finishes(item, value) for value in ratings)

    def _note_cleared(self, item: Write) -> None:
        """What was emptied has a line of its own: among other changes it is easily overlooked."""
        known = self._field(item.uid, item.field)
        heading = known.heading if known else item.field
        self.found.information.append(
            f"{item.place.sheet}!{item.place.cell}: cleared: {heading} of action "
            f'{self.state.ref(item.uid)}, which held "{show(item.base)}".'
        )

    def _field(self, uid: str, column: str) -> Field | None:
        return field_at(self.state, uid, column, self.issued.as_of)

    def _compare_cell(
        self, row: ReadRow, column: str, cell: ReadCell, against: Against
    ) -> Write | None:
        item = self._field(row.uid, column)
        if item is None:
            return None
        entry = column.endswith(ENTRY)
        base = None if entry else base_value(self.state, row, column, item, against.as_of)
        if not cell.formula and not cell.error and untouched(base, cell.value, item):
            return None
        if self._is_lost(base, cell):
            return None
        value = value_of(item, cell, self.state.definition)
        # Who owns the plan may well mean to take out a space.
        same = value == base or (not self.owner and same_words(value, base))
        if same or (value is None and against.typed):
            self._note_spelling(row, item, base if same else None, cell, against.as_of)
            return None
        if cell.other and canon(item, cell.other, self.state.definition) == base:
            return None  # as issued by one of two readers: a program's doing, nobody's edit
        if item == self.state.definition.ruled:
            self._inform(
                row, cell,
                f"{item.heading} of action {self.state.ref(row.uid)} follows from the rules of the "
                f'plan, so "{cell.raw}" was not used. Change what it follows from.',
            )  # fmt: skip
            return None
        self._note_look_alikes(row, item, value, cell)
        doubt = against.doubt or cell.doubt or dispute(cell) or may_be_cut(self.reading, cell)
        kind, message = self._kind(row, item, column, value, doubt)
        then = self._as_then(item, cell, value)
        ident = write_id(self.issued.id, self.issued.author, row.uid, column, then)
        return Write(
            id=ident.doubted if doubt and kind is Kind.HELD else ident,
            kind=kind,
            issued=self.issued.id,
            author=self.issued.author,
            uid=row.uid,
            field=item.id,
            base=base,
            value=value,
            raw=cell.raw,
            place=Place(self.reading.file, row.sheet or self.reading.sheet, cell.cell),
            message=message,
            entry=entry,
            row=dict.fromkeys(cell.parts, ""),
            cells=cell.parts,
        )

    def _is_lost(self, base: Value, cell: ReadCell) -> bool:
        """Whether a text differs by what such a file cannot hold: a program's doing."""
        return isinstance(cell.value, str) and is_lost(
            self.reading.kind, show(base), cell.value, self._page
        )

    def _note_spelling(
        self, row: ReadRow, item: Field, value: Value, cell: ReadCell, as_of: int
    ) -> None:
        """Only white space, the case of a rating or the spelling of a date differs.

        What stands there as it was issued, under a name that is an alias since, nobody typed; what
        was typed in many rows is one line.
        """
        if not isinstance(cell.value, str) or cell.value.replace("\r\n", "\n") == show(value):
            return
        if untouched(self.state.cell_as_issued((row.uid, item.id), as_of).value, cell.value):
            return
        rating = self.state.definition.rating(value, item.scale) if item.field_type.rated else None
        if rating is not None and cell.value == rating.label:
            return  # which is what a template shows
        text = say_alike(cell.value, value, item)
        self._spellings.setdefault(text, []).append(
            f"{row.sheet or self.reading.sheet}!{cell.cell}"
        )

    def _say_spellings(self) -> Iterator[str]:
        for text, places in self._spellings.items():
            also = f" (So in {listed(places[1:], most=FEW)}.)" if places[1:] else ""
            yield f"{places[0]}: {text}{also}"

    def _note_look_alikes(self, row: ReadRow, item: Field, value: Value, cell: ReadCell) -> None:
        """A rating typed with letters that only look like those of the scale was mapped."""
        if not (item.field_type.rated and isinstance(cell.value, str) and isinstance(value, str)):
            return
        names = {fold(line) for line in cell.value.split("\n") if line.strip()}
        rating = self.state.definition.rating(value, item.scale)
        if rating and not names <= {fold(n) for n in (rating.code, rating.label, *rating.aliases)}:
            self._inform(
                row, cell,
                f'"{cell.value}" holds letters that only look like those of "{value}" in '
                f'{item.heading}; it was read as "{value}".',
            )  # fmt: skip

    def _inform(self, row: ReadRow, cell: ReadCell, text: str) -> None:
        self.found.information.append(f"{row.sheet or self.reading.sheet}!{cell.cell}: {text}")

    def _as_then(self, item: Field, cell: ReadCell, value: Value) -> Value:
        """The value by the definition that went out, so that its id outlives later definitions."""
        then = self.state.definition_at(self.issued.as_of)
        if then is self.state.definition:
            return value
        known = then.find(item.id, item.of)
        return value if known is None else value_of(known, cell, then)

    def _kind(
        self, row: ReadRow, item: Field, column: str, value: Value, doubt: str
    ) -> tuple[Kind, str]:
        if not self.owner and not is_input(self.issued, row.uid, column):
            return Kind.LOCKED, f"{item.heading} is locked in the template."
        if doubt:
            return Kind.HELD, doubt
        if not self.owner and self._closed_since(row.uid) and not self._agreed(row, item, value):
            ref = self.state.ref(row.uid)
            why = f"Action {ref} was closed or withdrawn after this template was issued."
            return Kind.HELD, why
        if isinstance(value, Invalid):
            return Kind.INVALID, wrong_for(value, item, self.state.definition, owner=self.owner)
        if item.retired or self.state.definition.find(item.id, self._row_kind(row.uid)) is None:
            if item.id != STATUS:
                return Kind.HELD, f"The field {item.heading} has since been retired."
        elif value is None and item.required:
            return Kind.CLEARED, f"{item.heading} must not be blank."
        elif value is None and not self.owner and (needed := self._needs.why(row, item)):
            return Kind.CLEARED, needed.message
        elif not self.owner and (why := self._not_yet(row, item, value)):
            return Kind.HELD, why
        return edit_of(item, entry=column.endswith(ENTRY), owner=self.owner), ""

    def _not_yet(self, row: ReadRow, item: Field, value: Value) -> str:
        """Why a lead may not give a rating, or not yet; or ``""``."""
        definition = self.state.definition
        rating = definition.rating(value, item.scale) if item.field_type.rated else None
        if rating is None:
            return ""
        if rating.by == "coordinator":
            return f"{rating.label} is not for a lead to give."
        needed = [definition.find(name, item.of) for name in rating.needs]
        blank = [each.heading for each in needed if each is not None and self._blank(row, each)]
        needs = f"{rating.label} needs {listed(blank)}, which is blank in this file."
        return needs if blank else ""

    def _blank(self, row: ReadRow, item: Field) -> bool:
        """Whether a field of a row is blank, by what came back of it and what went out."""
        back = [row.cells[n] for n in (item.id, item.id + ENTRY) if n in row.cells]
        if any(cell.raw.strip() for cell in back):
            return False
        emptied = is_input(self.issued, row.uid, item.id) and item.id in row.cells
        return emptied or self.state.value(row.uid, item.id, self.issued.as_of) is None

    def _row_kind(self, uid: str) -> str:
        return self.state.kind_of(uid) or "action"
