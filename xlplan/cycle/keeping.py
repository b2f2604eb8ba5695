"""The council's own workbook as the master: a copy in the plan's folder, changed in place.

What is changed is always the version that a merge read last (or the spreadsheet that the plan was
started from), so that the same record gives the same bytes. What stands in it is recorded with
each version that is written; by that record it is read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.kept_codes import KEEP_011, KEEP_018, KEEP_032
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.folder import sha256
from xlplan.cycle.kept_edits import KeptEdits
from xlplan.cycle.kept_fills import Edit
from xlplan.cycle.kept_new_rows import put_rows_in
from xlplan.cycle.kept_record import first_record, record_of
from xlplan.errors import Problem, XlplanError
from xlplan.merge.kept_cells import KeptCell, KeptCells
from xlplan.merge.kinds import Kind, named, row_uid
from xlplan.merge.model import COORDINATOR, Issued, Question, Returned
from xlplan.merge.reading import Reading
from xlplan.plan.shown import ShownNumber
from xlplan.returned.kept_rows import Located, locate, names_of
from xlplan.returned.kept_tables import Version, raw_text, value_at
from xlplan.returned.kept_workbook import read_kept
from xlplan.workbook.read.book import Book, a1
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.write.around_cells import Around
from xlplan.workbook.write.cell_edits import Value
from xlplan.workbook.write.patch import Patched, patch
from xlplan.workbook.write.still_free import check_closed

if TYPE_CHECKING:
    from xlplan.source.importing import Source

_TRIES = 4
"""So often is the file written anew without what could not be written."""
_ENOUGH = 3
"""So many rows that are found for certain make a file a copy of the kept workbook."""
_OURS = frozenset({"decisions.xlsx", "set-up.xlsx", "post.xlsx"})


class KeptChange(Struct, frozen=True):
    """One cell of the kept workbook that is to say something else: its sheet and name, the text
    that it holds and that it gets."""

    sheet: str
    cell: str
    before: str
    after: str

    @property
    def as_json(self) -> dict[str, str]:
        """As in ``merge --json``."""
        return {"sheet": self.sheet, "cell": self.cell, "from": self.before, "to": self.after}


class Kept(Struct, frozen=True):
    """The kept workbook as it should be: its bytes, what stands in it, and what to say of it."""

    data: bytes
    issued: Issued
    changes: Sequence[KeptChange] = ()
    notes: Sequence[Problem] = ()


# Beginning


def check_kept(data: bytes, name: str, rows: int) -> None:
    """XlplanError (KEEP-011) where a spreadsheet with so many rows of the plan cannot be kept as
    the master."""
    if not rows:
        raise KEEP_011.fault(name, "empty")
    suffix = name.rpartition(".")[2].casefold()
    if suffix not in ("xlsx", "xlsm"):
        raise KEEP_011.fault(name, "kind")
    if name.casefold() in _OURS:
        raise KEEP_011.fault(name, "name", name=name)
    try:
        patch(data, {}, name=name)
    except XlplanError as error:
        raise KEEP_011.fault(name, "unfit", why=error.problems[0].message) from None


def begin(desk: Desk, work: Work, found: Source | None = None) -> None:
    """Record what stands in the spreadsheet that the plan was started from; `found` is how it was
    read, where that was just now. Raises XlplanError (KEEP-011)."""
    from xlplan.cycle.again import imported, matched, reread

    state = desk.state
    known = imported(state)
    if not known:
        raise KEEP_011.fault(desk.folder.definition.name, "gone")
    digest, name = known[0].sha256, desk.folder.own
    data = desk.folder.originals.read(digest)
    if data is None:
        raise KEEP_011.fault(name, "gone")
    check_kept(data, name, len(known))
    if found is None:
        try:
            found = reread(desk, known)
        except XlplanError as error:
            why = error.problems[0].message
            raise KEEP_011.fault(name, "unread", why=why) from None
    uids = matched(known, found.rows)
    rows = {uid: found.rows[number] for number, uid in uids.items()}
    as_of = max(state.row_seq[row.uid] for row in known)
    definition = state.definition_at(as_of)
    book = read_book(data, name, ours=frozenset())
    kept = first_record(found, rows, book, definition)
    work.append([_issued(desk, as_of, kept, digest)])


def _issued(desk: Desk, as_of: int, kept: KeptCells, digest: str, *more: object) -> Issued:
    from xlplan.merge.log import current_cycle

    fields = tuple(dict.fromkeys(name for row in kept.rows.values() for name in row.cells))
    definition = desk.state.definition
    return Issued(
        id=named("k", definition.id, digest, desk.state.definition_digest, *more),
        document="master",
        author=COORDINATOR,
        cycle=current_cycle(desk.state),
        return_by="",
        as_of=as_of,
        uids=tuple(kept.rows),
        fields=fields,
        inputs=fields,
        file=desk.folder.own,
        sha256=digest,
        kept=kept,
    )


# Reading and writing


def keep(desk: Desk, work: Work, questions: Sequence[Question]) -> Kept:
    """The council's own workbook as it should be now; its issue is recorded.

    What somebody has open or edited meanwhile stays as it is, and no version of it is recorded that
    nobody would have: so the next merge knows from which one their file comes.
    """
    from xlplan.cycle.outputs import is_edited

    path = desk.folder.master
    if _is_to_begin(desk):
        begin(desk, work)
    kept = renewed(desk, questions)
    if not (is_edited(desk, path) or (kept.changes and _is_open(path))):
        known = desk.state.issued.get(kept.issued.id)
        if known is None or known.sha256 != kept.issued.sha256:
            newest, now = desk.state.exchange.kept_versions[-1], kept.issued
            assert now.kept is not None
            assert newest.kept is not None
            changed = now.kept.as_changed(newest.id, newest.kept)
            work.append([replace(now, kept=changed)])
    return kept


def _is_to_begin(desk: Desk) -> bool:
    """Whether nothing is recorded of the spreadsheet as it was imported last."""
    from xlplan.cycle.again import imported

    made = desk.state.exchange.kept_versions
    seqs = [desk.state.row_seq[row.uid] for row in imported(desk.state)]
    return not made or max(seqs, default=0) > made[-1].as_of


def _is_open(path: Path) -> bool:
    """Whether somebody has a file open."""
    try:
        check_closed(path)
    except OSError:
        return True
    return False


def versions(desk: Desk) -> list[Version]:
    """The versions of the kept workbook that were written, the newest first."""
    return [_version(desk, issued) for issued in reversed(desk.state.exchange.kept_versions)]


def read_own(desk: Desk, book: Book, digest: str) -> Reading:
    """The kept workbook as it came back."""
    return read_kept(book, digest, versions(desk))


def if_copy(desk: Desk, book: Book, reading: Reading) -> Reading:
    """What came in and nothing names, where it is the kept workbook under another name or in
    another place: which it is and what to do, and none of it used."""
    newest = versions(desk)[:1]
    if reading.trust != "none" or not newest:
        return reading
    # Whoever sends it may have left the rows of others out.
    found = locate(book, newest[0].kept, names_of(newest[0].definition))
    if len(found.rows) - len(found.doubts) < min(_ENOUGH, len(newest[0].kept.rows)):
        return reading
    problem = KEEP_032.problem(book.name, name=desk.folder.own)
    return replace(reading, rows=(), remarks=(), problems=(problem,))


def _version(desk: Desk, issued: Issued) -> Version:
    state = desk.state
    return Version(
        issued,
        state.definition_at(issued.as_of),
        lambda uid, name: state.value(uid, name, issued.as_of),
        state.kind_of,
    )


def _base(desk: Desk) -> tuple[bytes, Version, Returned | None]:
    """The file that is changed: the one that a merge read last, and the version that it came from;
    else the spreadsheet that the plan was started from.

    Where that was imported again since, its rows are known by what they were read as then.
    """
    made = desk.state.exchange.kept_versions
    known = {issued.id: number for number, issued in enumerate(made)}
    first = max(n for n, each in enumerate(made) if each.kept is not None and not each.kept.before)
    for event in desk.state.exchange.newest_from(COORDINATOR):
        fact = event.fact
        if isinstance(fact, Returned) and fact.issued in known:
            data = desk.folder.originals.read(fact.sha256) or _on_disk(desk, fact.sha256)
            if data is not None:
                return data, _version(desk, made[max(known[fact.issued], first)]), fact
    data = desk.folder.originals.read(made[first].sha256)
    if data is None:
        raise KEEP_011.fault(desk.folder.own, "gone")
    return data, _version(desk, made[first]), None


def _on_disk(desk: Desk, digest: str) -> bytes | None:
    """The kept workbook where it lies, if it is that file: a dry run stores none."""
    path = desk.folder.master
    data = path.read_bytes() if path.exists() else b""
    return data if sha256(data) == digest else None


def _locate(book: Book, version: Version, fact: Returned | None) -> Located:
    """Where the rows stand in the file, those too that were read in it as new."""
    found = locate(book, version.kept, names_of(version.definition))
    more = {(table.sheet.name, row): (table, row) for table, row in found.more}
    for item in fact.assertions if fact else ():
        if item.kind is Kind.ADDED and item.place.cell:
            row = int(item.place.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1
            if place := more.get((item.place.sheet, row)):
                found.rows[row_uid(item.uid)] = place
    return found


def renewed(desk: Desk, questions: Sequence[Question]) -> Kept:
    """The kept workbook with what the plan says now. Raises XlplanError where the file that it is
    made of is gone."""
    data, version, fact = _base(desk)
    state, name = desk.state, desk.folder.own
    digest = sha256(data)
    asked = frozenset((question.uid, question.field) for question in questions)
    rows = [*state.uids("action"), *state.uids("recommendation")]
    from xlplan.cycle.known import bring_lines_forward, digest_of

    base = digest_of(bring_lines_forward(desk))
    more = [base, sorted(map(list, asked))]
    ident = named("k", state.definition.id, digest, state.definition_digest, *more)
    known = state.issued.get(ident)
    path = desk.folder.master
    if known is not None and path.exists() and sha256(path.read_bytes()) == known.sha256:
        return Kept(path.read_bytes(), known)
    book = read_book(data, name, ours=frozenset())
    located = _locate(book, version, fact)
    located.rows = {uid: place for uid, place in located.rows.items() if uid in set(rows)}
    edits, done, notes = _written(desk, data, book, version, located, asked)
    after = read_book(done.data, name, ours=frozenset()) if done.data != data else book
    kept = replace(record_of(edits, after, version), before=digest)
    newest = state.exchange.kept_versions[-1]
    same = newest.kept is not None and replace(newest.kept, before=digest) == kept
    if same and newest.sha256 == sha256(done.data):
        return Kept(done.data, newest, notes=notes)
    lies = _on_disk(desk, newest.sha256) is not None
    changes = [
        KeptChange(edit.sheet, cell, before, text)
        for edit, cell in edits.cells()
        for before, text in [edit.shows or _texts(book, edit)]
        if before != text and not (lies and _stood(edit, newest.kept, kept))
    ]
    issued = _issued(desk, state.seq, kept, sha256(done.data), *more)
    issued = replace(issued, id=ident, as_of=known.as_of if known else state.seq)
    return Kept(done.data, issued, changes, notes)


def _stood(edit: Edit, before: KeptCells | None, now: KeptCells) -> bool:
    """Whether the version before says the same in a cell, so that it was written then."""

    def said(kept: KeptCells, uid: str, name: str) -> KeptCell | None:
        return kept.rows[uid].cells.get(name) if uid in kept.rows else None

    return (
        before is not None
        and edit.cells != ()
        and all(
            (old := said(before, *cell)) is not None and old == said(now, *cell)
            for cell in edit.cells
        )
    )


def _texts(book: Book, edit: Edit) -> tuple[str, str]:
    """The text of a cell before and after it is written: a number as the cell shows it, unless it
    would show the one like the other."""
    sheet = next((each for each in book.sheets if each.name == edit.sheet), None)
    held = value_at(sheet, edit.row, edit.col) if sheet is not None and edit.row >= 0 else None
    before, after = raw_text(held), raw_text(edit.value)
    if isinstance(held, ShownNumber) and isinstance(edit.value, int | float):
        shown = raw_text(ShownNumber(edit.value, held.code)) if held.code else after
        return before, shown if shown != before else after
    return before, after


def _written(
    desk: Desk,
    data: bytes,
    book: Book,
    version: Version,
    located: Located,
    asked: frozenset[tuple[str, str]],
) -> tuple[KeptEdits, Patched, list[Problem]]:
    """The file with all that can be written into it; what was refused, or would not be read as it
    should, is left out and listed."""
    refused: dict[tuple[str, str], str] = {}
    closed: dict[str, str] = {}
    name = desk.folder.own
    for _ in range(_TRIES):
        edits = KeptEdits(desk, book, version, located, asked, refused, closed).gather()
        put_rows_in(edits)
        cells: dict[str, dict[str, Value]] = defaultdict(dict)
        fills: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        for edit, cell in edits.cells():
            cells[edit.sheet][cell] = edit.value
            if edit.like is not None:
                sheet, row, col = edit.like
                fills[edit.sheet][cell] = sheet, a1(edits.moved(sheet, row), col)
        try:
            done = patch(data, cells, edits.rows, around=Around(fills=fills), name=name)
        except XlplanError as error:
            why = error.problems[0].message
            closed |= {sheet.name: why for sheet in book.sheets}
            refused |= {(e.sheet, a1(e.row, e.col)): why for e in edits.edits if e.row >= 0}
            if not edits.edits:
                return edits, Patched(data), [KEEP_018.problem(name, why=why)]
            continue
        wrong = dict(done.refused)
        closed |= {
            sheet: problem.message
            for sheet, new in edits.rows.items()
            for each in new
            if (problem := wrong.get(f"{sheet}!{each.after}"))
        }
        if any(edits.rows.get(sheet) for sheet in closed):
            continue
        late = {
            (edit.sheet, a1(edit.row, edit.col)): problem.message
            for edit, cell in edits.cells()
            if edit.row >= 0 and (problem := wrong.get(f"{edit.sheet}!{cell}"))
        }
        if not late:
            notes = [n.but(where=f"{name}!{n.where}".rstrip("!")) for n in done.notes]
            return edits, done, notes
        refused |= late
    edits = KeptEdits(desk, book, version, located, asked, refused, closed).gather()
    edits.edits.clear()
    return edits, Patched(data), [KEEP_018.problem(name, why="It could not be written.")]
