"""The council's own workbook, read as a return: only cells whose text is not what was written.

Nothing in it is stamped. Which version of it a file comes from is the one that it differs from
least; where its rows stand, `kept_rows` finds by what they say.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.codes.kept_codes import (
    KEEP_012,
    KEEP_013,
    KEEP_014,
    KEEP_015,
    KEEP_016,
    KEEP_033,
    KEEP_034,
    KEEP_035,
    KEEP_036,
)
from xlplan.codes.message import Filled
from xlplan.errors import Problem
from xlplan.merge.kept_cells import KeptCell, KeptCells
from xlplan.merge.reading import ReadCell, Reading, ReadRow, filled
from xlplan.plan.spelling import Composed
from xlplan.plan.text import canon_text
from xlplan.plan.values import show
from xlplan.returned.kept_rows import Headings, Located, locate, names_of
from xlplan.returned.kept_tables import (
    FoundTable,
    Version,
    carrying_on,
    composed_cells,
    composed_of,
    covered_cells,
    rated_by_fill,
    raw_text,
    said_by_tables,
    shown_at,
    value_at,
    value_over,
)
from xlplan.returned.tables import read_cell
from xlplan.workbook.read.book import At, Book, ReadSheet, a1, at_of

_VERSIONS = 12
"""So many versions that were written last may be the one that a file comes from."""
_CUT = 60


def read_kept(book: Book, sha256: str, versions: Sequence[Version]) -> Reading:
    """A kept workbook as a reading; `versions` are those that were written, the newest first."""
    version, found = _nearest(book, versions)
    reader = _Reader(book, version, found)
    problems: tuple[Problem, ...] = tuple(book.problems)
    if book.sheets and not found.rows:
        problems = (*problems, KEEP_012.problem(book.name))
    rows = tuple(reader.rows()) if found.rows else ()
    columns = dict.fromkeys(name for table in version.kept.tables for name in table.columns)
    others = (name for row in version.kept.rows.values() for name in row.cells)
    return Reading(
        file=book.name,
        sha256=sha256,
        kind=book.kind,
        saved_at=book.saved_at,
        document="master",
        issued=version.issued.id,
        trust="signed",
        sheet=found.tables[0].sheet.name if found.tables else "",
        columns=tuple(dict.fromkeys((*columns, *others, *reader.by_tables))),
        rows=rows,
        problems=(*problems, *reader.problems()),
    )


def _nearest(book: Book, versions: Sequence[Version]) -> tuple[Version, Located]:
    """The version from which a file differs least; of several the newest."""
    best: tuple[int, Version, Located] | None = None
    for version in versions[:_VERSIONS]:
        found = locate(book, version.kept, names_of(version.definition))
        count = sum(1 for _ in _differing(version.kept, found))
        count += len(version.kept.rows.keys() - found.rows.keys())
        if best is None or count < best[0]:
            best = count, version, found
        if not count:
            break
    assert best is not None
    return best[1], best[2]


def _differing(kept: KeptCells, found: Located) -> Iterator[tuple[str, str]]:
    for uid, (table, row) in found.rows.items():
        for name, known in kept.rows[uid].cells.items():
            col = table.columns.get(name)
            if known.how not in ("own", "filled") or col is None:
                continue
            if shown_at(table.sheet, row, col, known.how) != known.raw:
                yield uid, name


class _Reader(Struct, dict=True):
    """The rows of one file as far as they are not as they were written."""

    book: Book
    version: Version
    found: Located
    noted: list[Problem] = field(default_factory=list)
    covered: dict[str, frozenset[At]] = field(default_factory=dict)
    texts: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def kept(self) -> KeptCells:
        return self.version.kept

    @cached_property
    def by_tables(self) -> dict[str, dict[int, str]]:
        return said_by_tables(self.version)

    def rows(self) -> Iterator[ReadRow]:
        """Every row that was found, each with its changed cells alone; then those that are new."""
        composed = composed_of(self.version)
        shared = self._shared() | self._under_others()
        for uid in self.kept.rows:
            if uid not in self.found.rows:
                continue
            table, row = self.found.rows[uid]
            why = self._doubt(uid)
            doubt = why.message if why else ""
            cells = dict(self._changed(uid, table, row, doubt))
            cells |= self._taken_apart(uid, table, row, composed, doubt)
            if why is not None and cells:
                self._note(table, (row, min(table.columns.values())), why)
            cells |= {name: cell for (of, name), cell in shared.items() if of == uid}
            yield ReadRow(uid, "", row + 1, "signed", cells, sheet=table.sheet.name)
        for uid, sheet in self.found.headless.items():
            yield ReadRow(uid, "", 0, "signed", {}, sheet=sheet)
        for table, row in self.found.more:
            yield ReadRow("", "", row + 1, "added", self._new(table, row), sheet=table.sheet.name)

    def _changed(
        self, uid: str, table: FoundTable, row: int, doubt: str
    ) -> Iterator[tuple[str, ReadCell]]:
        """The cells of their own that hold another text now."""
        if table.sheet.name not in self.covered:
            self.covered[table.sheet.name] = covered_cells(table.sheet)
        covered = self.covered[table.sheet.name]
        for name, known in self.kept.rows[uid].cells.items():
            col = table.columns.get(name)
            if col is None or known.how not in ("own", "formula", "filled"):
                continue
            cell = read_cell(table.sheet, (row, col), doubt)
            if known.how == "filled":
                if shown_at(table.sheet, row, col, "filled") != known.raw:
                    yield name, self._by_fill(uid, name, table.sheet, cell)
                continue
            text = raw_text(value_at(table.sheet, row, col))
            if text == known.raw and not (cell.formula and known.how == "own"):
                continue
            if (row, col) in covered and not text:
                if raw_text(value_over(table.sheet, (row, col))) == known.raw:
                    continue  # which is what the merged cells say
                ref, fields = self._named(uid, [name])
                said = KEEP_015.fill("merged", before=_cut(known.raw), ref=ref, fields=fields)
                self._note(table, (row, col), said)
            elif known.how == "formula" and cell.formula:
                if text != known.raw:
                    ref, fields = self._named(uid, [name])
                    before, now = _cut(known.raw), _cut(text)
                    said = KEEP_015.fill("formula", before=before, text=now, ref=ref, fields=fields)
                    self._note(table, (row, col), said)
            else:
                yield name, cell

    def _by_fill(self, uid: str, name: str, sheet: ReadSheet, cell: ReadCell) -> ReadCell:
        """A cell of a column in which a colour alone is the rating: a fill of no rating's colour
        stands as it is, so that it is asked about. A text that was typed counts before it."""
        fill = shown_at(sheet, *at_of(cell.cell), "filled")
        if cell.value is not None or cell.formula or cell.error or not fill:
            return cell
        item = self.version.find(uid, name)
        code = rated_by_fill(sheet, at_of(cell.cell), item, self.version.definition) if item else ""
        return replace(cell, value=code or filled(fill), as_read=filled(fill))

    def _taken_apart(
        self,
        uid: str,
        table: FoundTable,
        row: int,
        columns: Mapping[tuple[int, str], Composed],
        doubt: str,
    ) -> dict[str, ReadCell]:
        """The facts of cells that hold several, where the cell holds another text now."""
        cells: dict[str, ReadCell] = {}
        known = self.kept.rows[uid]
        for names in composed_cells(known.cells).values():
            col = next((table.columns[n] for n in names if n in table.columns), None)
            if col is None:
                continue
            whole = read_cell(table.sheet, (row, col), doubt)
            text = raw_text(value_at(table.sheet, row, col))
            if text == known.cells[names[0]].raw:
                continue
            column = columns.get((known.table, names[0]))
            items = {n: item for n in names if (item := self.version.find(uid, n)) is not None}
            parts = column.apart(text, items, self.version.definition) if column else None
            if parts is None or whole.formula or whole.error:
                ref, fields = self._named(uid, names)
                said = KEEP_015.fill("composed", text=_cut(text), ref=ref, fields=fields)
                self._note(table, (row, col), said)
                continue
            for name in names:
                cells[name] = ReadCell(parts.get(name), whole.cell, doubt=doubt, as_read=text)
        for name, cell in known.cells.items():
            self._say_unread(uid, name, cell, table, row)
        return cells

    def _say_unread(
        self, uid: str, name: str, known: KeptCell, table: FoundTable, row: int
    ) -> None:
        """What stands in a cell that is none of one field's, and was changed."""
        col = table.columns.get(name)
        if col is None or not known.cell:
            return
        made = known.how == "none"
        text = raw_text(value_at(table.sheet, row, col))
        if text == known.raw or not (made or (known.how == "composed" and "," in known.cell)):
            return
        ref, fields = self._named(uid, [name])
        if made:
            said = KEEP_015.fill("made", text=_cut(text), ref=ref, fields=fields)
        else:
            said = KEEP_015.fill("several", text=_cut(text), ref=ref, fields=fields)
        self._note(table, (row, col), said)

    def _shared(self) -> dict[tuple[str, str], ReadCell]:
        """What stands now in cells that several rows share, where it is another text: for each of
        these rows. A cell is where the row stands in which it was."""
        cells: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for uid, row in self.kept.rows.items():
            for name, known in row.cells.items():
                if known.how == "shared":
                    cells[self.kept.sheet_of(uid), known.cell, name].append(uid)
        found: dict[tuple[str, str], ReadCell] = {}
        for (sheet, cell, name), uids in cells.items():
            raw = self.kept.rows[uids[0]].cells[name].raw
            owner = next((u for u in uids if self.kept.rows[u].row == at_of(cell)[0]), None)
            place = self.found.rows.get(owner) if owner else None
            if place is None or name not in place[0].columns:
                self._say_heading(sheet, raw, name, uids)
                continue
            table, number = place
            at = number, table.columns[name]
            if raw_text(value_at(table.sheet, *at)) != raw:
                now = read_cell(table.sheet, at)
                found |= {(uid, name): now for uid in uids if uid in self.found.rows}
        return found

    def _under_others(self) -> dict[tuple[str, str], ReadCell]:
        """What the headings say below which rows stand now, or the tables in which they do, where
        these are others than before: asked about, as rows may have been sorted past headings."""
        headings, found = Headings(self.kept), dict[tuple[str, str], ReadCell]()
        for name, said in self.by_tables.items():
            for uid, (table, row) in self.found.rows.items():
                if said.get(table.number, "") not in ("", said.get(self.kept.rows[uid].table)):
                    doubt = KEEP_016.fill("moved")
                    found[uid, name] = ReadCell(said[table.number], "", doubt=doubt.message)
                    self._note(table, (row, min(table.columns.values())), doubt)
        for name in headings.texts:
            for uid, (table, row) in self.found.rows.items():
                known = self.kept.rows[uid].cells.get(name)
                here = headings.above(table.sheet, row, name)
                if known is None or known.how != "shared" or here is None or here[0] == known.raw:
                    continue
                text, at = here
                value = self.version.value(headings.texts[name][text], name)
                if self._holds(table.sheet, known.raw) and value != self.version.value(uid, name):
                    doubt = KEEP_016.fill("moved")
                    found[uid, name] = ReadCell(
                        show(value), a1(*at), doubt=doubt.message, as_read=text
                    )
                    self._note(table, (row, min(table.columns.values())), doubt)
        return found

    def _holds(self, sheet: ReadSheet, raw: str) -> bool:
        """Whether a text stands anywhere on a sheet."""
        if sheet.name not in self.texts:
            found = (canon_text(raw_text(value)) for row in sheet.rows for value in row)
            self.texts[sheet.name] = frozenset(found)
        return canon_text(raw) in self.texts[sheet.name]

    def _say_heading(self, name: str, raw: str, field_: str, uids: Sequence[str]) -> None:
        sheet = next((each for each in self.book.sheets if each.name == name), None)
        if sheet is None or not raw or self._holds(sheet, raw):
            return
        item = self.version.find(uids[0], field_)
        heading = " ".join(item.heading.split()) if item else field_
        where = f"{self.book.name}!{name}"
        said = KEEP_015.problem(
            where, "heading", before=_cut(raw), fields=[heading], count=len(uids)
        )
        self.noted.append(said)

    def _new(self, table: FoundTable, row: int) -> dict[str, ReadCell]:
        """The cells of a row that is none of the plan's yet; its section is that of the rows it
        stands among, or of its table."""
        coloured = {
            name
            for known in self.kept.rows.values()
            for name, cell in known.cells.items()
            if known.table == table.number and cell.how == "filled"
        }
        cells = {
            name: read_cell(table.sheet, (row, col))
            for name, col in table.columns.items()
            if shown_at(table.sheet, row, col, "filled" if name in coloured else "own")
        }
        cells |= {
            name: self._by_fill("", name, table.sheet, cells[name])
            for name in coloured & cells.keys()
        }
        near = [
            (row - at if at < row else 10_000 + at, uid)
            for uid, (other, at) in self.found.rows.items()
            if (other.sheet.name, other.header) == (table.sheet.name, table.header)
        ]
        mate = min(near, default=(0, ""))[1]
        if mate:
            for name, known in self.kept.rows[mate].cells.items():
                if known.how == "shared" and name not in cells and known.raw:
                    cells[name] = ReadCell(show(self.version.value(mate, name)), known.cell)
        for name, said in self.by_tables.items():
            if name not in cells and table.number in said:
                cells[name] = ReadCell(said[table.number], "")  # the sheet says it, no cell
        return cells

    def problems(self) -> Iterator[Problem]:
        """What was not read, and why."""
        said: set[str] = set()
        for table in self.found.tables:
            known = self.kept.tables[table.number].columns
            where = f"{self.book.name}!{table.sheet.name}"
            for name in table.lost:
                heading = " ".join(known[name][1].split())
                if heading and heading not in said:
                    said.add(heading)
                    yield KEEP_013.problem(where, heading=heading)
            for name, text in table.renamed.items():
                cell = a1(table.header, table.columns[name])
                if cell not in said:
                    said.add(cell)
                    before = " ".join(known[name][1].split())
                    yield KEEP_014.problem(f"{where}!{cell}", heading=_cut(text), before=before)
            rows = [row for at, row in self.found.rows.values() if at == table]
            for col, new, before, item in carrying_on(table, rows, self.version.definition):
                cell = f"{where}!{a1(table.header, col)}"
                yield KEEP_036.problem(cell, heading=new, before=before, role=item.role)
        for name, sheet in self.found.copies.items():
            yield KEEP_033.problem(f"{self.book.name}!{name}", sheet=sheet)
        headless = self.found.headless.values() if self.found.rows else ()
        for name, count in Counter(headless).items():
            yield KEEP_035.problem(f"{self.book.name}!{name}", count=count)
        for table, row, uid in self.found.repeated:
            ref, _ = self._named(uid, ())
            at, number = self.found.rows[uid]
            place = f"{at.sheet.name}!{a1(number, min(at.columns.values()))}"
            repeats = KEEP_034.fill(ref=ref, cell=place)
            self._note(table, (row, min(table.columns.values())), repeats)
        yield from self.noted

    def _doubt(self, uid: str) -> Filled | None:
        """Why a row is not found for certain."""
        reason = self.found.doubts.get(uid)
        if reason is None:
            return None
        return KEEP_016.fill("twin") if reason == "twin" else KEEP_016.fill("unlike")

    def _named(self, uid: str, names: Sequence[str]) -> tuple[str, list[str]]:
        """The ref of a row, and the headings of some of its fields."""
        items = [self.version.find(uid, name) for name in names]
        headings = [" ".join(item.heading.split()) for item in items if item is not None]
        key = self.version.definition.with_role("key", self.version.kind(uid) or "action")
        return show(self.version.value(uid, key.id)) if key else "", headings

    def _note(self, table: FoundTable, at: At, said: Filled) -> None:
        self.noted.append(said.at(f"{self.book.name}!{table.sheet.name}!{a1(*at)}"))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[:_CUT]}…" if len(line) > _CUT else line
