"""`verify`: replay the ledger, check every hash, every original, every projection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.cycle_codes import BAK_010
from xlplan.codes.folder_codes import (
    VER_001,
    VER_004,
    VER_005,
    VER_006,
    VER_007,
    VER_008,
    VER_009,
    VER_010,
    VER_011,
    VER_012,
    VER_013,
)
from xlplan.cycle import outputs
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.folder import ARCHIVED, Originals, sha256
from xlplan.cycle.kept import LINES, OUTPUTS, believed, every_answer
from xlplan.cycle.key import first_fingerprint
from xlplan.cycle.known import AS_ISSUED, Lines, known_to
from xlplan.cycle.memory import read_settled
from xlplan.cycle.outputs import is_edited, unusable
from xlplan.cycle.synced import copies_beside
from xlplan.errors import Problem, XlplanError
from xlplan.ledger.projection import Key, Unknown, remove
from xlplan.ledger.sqlite import read_text
from xlplan.ledger.store import Ledger
from xlplan.merge.model import Published, Returned, RowAdded, Write
from xlplan.merge.outline import Forgotten
from xlplan.merge.reading import filled, is_filled
from xlplan.merge.settled import holds
from xlplan.progress import CHECKING_RETURNS, counted
from xlplan.workbook.read.book import Book, at_of

if TYPE_CHECKING:
    from concurrent.futures import Executor


class Tip(Struct, frozen=True):
    """The end of a ledger: how many events it has, and the hash of the last (SHA-256, hex)."""

    events: int
    hash: str


def verify(
    desk: Desk,
    tip: str = "",
    *,
    archive: str | Path | None = None,
    executor: Executor | None = None,
) -> list[Problem]:
    """Everything that is wrong with the record; an empty list where all is as it was written.

    `tip` is a hash printed on a composite: with it a cut tail is noticed. Every assertion is
    looked up again in the stored bytes of the file that it came from, which `executor` reads;
    the default is a process pool on this machine. `archive` is the folder of those originals that
    were moved out of the plan's; without it they are left out, and it is said how many.
    """
    problems: list[Problem] = []
    originals = desk.folder.originals
    try:
        moved = Moved(originals.archived, beside(archive))
        problems += verify_chain(desk.ledger, tip)
        if problems:
            return problems
        desk.replayed()
        problems += verify_originals(desk.ledger, originals, moved)
        problems += _bases(desk)
        if not problems:
            problems += _trace(desk, moved, executor)
        problems += moved.left_out(originals)
        problems += _files(desk)
        problems += copies_beside(desk.folder)
        if not desk.ledger.fingerprint():
            first_fingerprint(desk.folder, desk.state)
        problems += _projections(desk)  # signed, so that the key is looked at
        problems += _answers(desk)
    except XlplanError as error:
        problems += error.problems
    finally:
        desk.forget()
    return problems


def _bases(desk: Desk) -> Iterator[Problem]:
    """The id of a template is a digest of its base: it must come out the same on replay."""
    from xlplan.cycle.issue import template_id

    for issued in desk.state.issued.values():
        if issued.document != "template":
            continue
        if template_id(desk.state, replace(issued, id="")) != issued.id:
            yield VER_007.problem(issued.file, template=issued.id)


def _files(desk: Desk) -> Iterator[Problem]:
    """Notes on templates and composites that are no longer as they were written."""
    root, board = desk.folder.root, desk.folder.board
    written: dict[Path, str] = {}
    for issued in desk.state.issued.values():
        if issued.document == "template":
            written[root / issued.file] = issued.sha256
    for _, published in desk.state.published:
        written[board / published.file] = published.sha256
    for path, digest in written.items():
        try:
            same = sha256(path.read_bytes()) == digest
        except OSError:
            continue  # sent, moved or deleted: it can be written again
        if not same:
            yield VER_011.problem(path.relative_to(root).as_posix())


def _projections(desk: Desk) -> Iterator[Problem]:
    """Notes on `master.xlsx` and `decisions.xlsx`: edited, or not what the ledger says now."""
    desk.lines = Lines(0, {}, {})  # nothing that was kept counts here
    for output in outputs.prepare(desk, Work(desk, None)):
        if is_edited(desk, output.path):
            found = unusable(desk, output.path)
            yield found.but(level="note") if found else VER_008.problem(output.path.name)
        elif not output.path.exists():
            if output.data is not None:
                yield VER_010.problem(output.path.name, "missing")
        elif output.path.read_bytes() != output.data:
            yield VER_010.problem(output.path.name, "stale")


def _answers(desk: Desk) -> Iterator[Problem]:
    """A note where what is kept for speed does not say what the ledger says; it is removed."""
    path = desk.folder.projection
    if desk.state.seq > desk.ledger.tip()[0]:  # by workbooks that are not written yet
        desk.replayed()
    if not agree(desk, path):
        remove(path)
        yield VER_012.problem(path.name)


def _trace(desk: Desk, moved: Moved, executor: Executor | None) -> Iterator[Problem]:
    """Walk from every assertion to its cell in the stored bytes, and compare."""
    from xlplan.workbook.read.pool import read_all, read_one_return, read_values_alone

    asserted: dict[tuple[str, str], list[Write]] = {}
    for event in desk.state.return_events:
        fact = event.fact
        if isinstance(fact, Returned) and fact.assertions:
            others = (w for item in fact.assertions for ws in item.readings.values() for w in ws)
            asserted.setdefault((fact.file, fact.sha256), []).extend((*fact.assertions, *others))
    places = {key: moved.find(desk.folder.originals, key[1]) for key in asserted}
    there = [(key, path) for key, path in places.items() if path is not None]
    coloured = {key for key, path in there if any(is_filled(w.raw) for w in asserted[key])}
    there.sort(key=lambda each: each[0] in coloured)
    files = [(key[0], path) for key, path in there]
    plain = len(files) - len(coloured)
    read = partial(read_all, executor=executor, lighter=read_values_alone)
    in_colour = partial(read_one_return, ours=frozenset())
    books = chain(read(files[:plain]), read(files[plain:], work=in_colour) if coloured else ())
    both = zip((asserted[key] for key, _ in there), books, strict=True)
    for assertions, book in counted(CHECKING_RETURNS, both, len(files)):
        yield from _trace_return(assertions, book)


def _trace_return(assertions: Sequence[Write], book: Book) -> Iterator[Problem]:
    """Each cell is read as the merge read it, so that a difference is one of the record."""
    from xlplan.returned.kept_tables import shown_at
    from xlplan.returned.tables import read_cell

    sheets = {sheet.name: sheet for sheet in book.sheets}
    for item in assertions:
        place = item.place
        if not place.cell or item.kind.of_row:
            continue
        sheet = sheets.get(place.sheet)
        at = at_of(place.cell)
        found = None if sheet is None else read_cell(sheet, at).raw
        if sheet is not None and is_filled(item.raw):
            found = found or filled(shown_at(sheet, *at, "filled"))
        if found != item.raw:
            yield _disagreement(item, found)


def _disagreement(item: Write, found: str | None) -> Problem:
    """`found` is what a cell of the stored file holds; None where it has no such sheet."""
    where = str(item.place)
    if found is None:
        return VER_009.problem(where, "sheet", recorded=item.raw)
    if not found:
        return VER_009.problem(where, "blank", recorded=item.raw)
    if not item.raw:
        return VER_009.problem(where, "emptied", stored=found)
    return VER_009.problem(where, recorded=item.raw, stored=found)


def verify_chain(ledger: Ledger, tip: str = "") -> list[Problem]:
    """Problems with the chain of events; `tip` is a hash printed on a composite, or its start."""
    where = ledger.path.name
    integrity = ledger.integrity()
    if integrity != "ok":
        return [VER_001.problem(where, reason=integrity)]
    hashes = []
    for row in ledger.chained():
        if isinstance(row, Problem):
            return [row]
        hashes.append(row[-1])
    if tip and not any(known.startswith(tip.lower()) for known in hashes):
        return [VER_004.problem(where, tip=tip)]
    return []


class Moved(Struct, frozen=True):
    """The originals that were moved to an archive, by digest, and the archive, where it is here."""

    digests: frozenset[str]
    archive: Originals | None = None

    def find(self, kept: Originals, digest: str) -> Path | None:
        """Where an original lies; None where that is an archive which is not here."""
        here = kept.path(digest)
        if digest not in self.digests or here.exists():
            return here
        return self.archive.path(digest) if self.archive is not None else None

    def left_out(self, kept: Originals) -> list[Problem]:
        """A note on those that cannot be looked at."""
        count = sum(self.find(kept, digest) is None for digest in self.digests)
        return [VER_013.problem(f"{kept.folder.name}/{ARCHIVED}", count=count)] if count else []


def beside(archive: str | Path | None) -> Originals | None:
    """The archive in which originals are to be looked up; XlplanError where it is no folder."""
    if archive is None:
        return None
    if not Path(archive).is_dir():
        raise BAK_010.fault(str(archive), "none")
    return Originals(Path(archive))


def verify_originals(
    ledger: Ledger, originals: Originals, moved: Moved | None = None
) -> list[Problem]:
    """Problems with the originals: those that the ledger names, and any other that is kept. Those
    that were `moved` (default: to an archive that is not here) are looked up there.

    XlplanError where one of them is there and cannot be read: it may be whole.
    """
    problems = []
    names: dict[str, str] = {}
    hashes = {row[-1] for row in ledger.chained() if not isinstance(row, Problem)}
    for event in ledger.events():
        fact = event.fact
        if isinstance(fact, Returned) and fact.sha256:
            names.setdefault(fact.sha256, fact.file)
        elif isinstance(fact, RowAdded) and fact.sha256:
            places = (place.file for place in fact.places.values() if place.file)
            names.setdefault(fact.sha256, next(places, "the plan"))
        elif isinstance(fact, Published) and fact.tip not in hashes:
            problems.append(VER_006.problem(fact.file, tip=fact.tip))
    kept = originals.digests()
    moved = moved or Moved(originals.archived)
    for digest in [*names, *(digest for digest in kept if digest not in names)]:
        if (path := moved.find(originals, digest)) is None:
            continue
        if path.parent != originals.folder:
            assert moved.archive is not None
            if moved.archive.whole(digest) is None:
                problems.append(VER_005.problem(str(path), "archived", file=names[digest]))
        elif originals.whole(digest) is None:
            where = f"{originals.folder.name}/{digest}"
            if digest not in names:
                problems.append(VER_005.problem(where, "changed-unnamed"))
            elif digest in kept:
                problems.append(VER_005.problem(where, "changed", file=names[digest]))
            else:
                problems.append(VER_005.problem(where, "missing", file=names[digest]))
    return problems


def to_compare(desk: Desk, kept: Mapping[Key, str]) -> dict[Key, str]:
    """Of the answers that were kept those that can be made anew: without the key of a plan none
    about its templates."""
    signed = known_to(desk) is not None
    return {key: text for key, text in kept.items() if signed or key[0] != AS_ISSUED}


def agree(desk: Desk, path: Path) -> bool:
    """Whether the answers that would be believed are those that the ledger gives."""
    kept = believed(path, desk.ledger)
    if kept is None:
        return True
    try:
        known, true = to_compare(desk, kept.all()), every_answer(desk)
        for key in list(true):
            if key not in known and (key == OUTPUTS or key[0] == LINES):
                del true[key]  # kept by a command that had no need of it
        settled = {key: known.pop(key) for key in list(known) if key[0] == "settled"}
        true = {key: text for key, text in true.items() if key[0] != "settled"}
        return known == true and all(
            holds(desk.state, uid, each)
            for (_, uid), text in settled.items()
            for each in read_settled(read_text(text))
        )
    except (Unknown, Forgotten, ValueError):  # or no JSON
        return False
    finally:
        kept.close()
