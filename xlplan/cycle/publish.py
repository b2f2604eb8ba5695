"""`publish`: the composite for the board, computed from the ledger and recorded in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.cycle_codes import PUB_001, PUB_006, PUB_068, PUB_090
from xlplan.cycle.desk import Desk
from xlplan.cycle.folder import sha256
from xlplan.cycle.outputs import Output, write
from xlplan.cycle.status import check_cycle
from xlplan.errors import Problem, XlplanError
from xlplan.merge.log import current_cycle
from xlplan.merge.model import Event, Published
from xlplan.workbook.write.cell_text import safe_name

if TYPE_CHECKING:
    from xlplan.board.board_model import Board
    from xlplan.board.extract import Extract


class Renderings(Struct, frozen=True):
    """What is wanted beside the composite."""

    accessible: bool = False
    pdf: bool = False
    one_page: bool = False
    paper: bool = False
    working: bool = False
    """The coordinator's copy: open questions, checks left open and the ledger's tip as well."""

    def check(self) -> None:
        """Raise XlplanError (PUB-004) where LibreOffice is needed and is not there."""
        if self.pdf:
            from xlplan.workbook.libreoffice import require_office

            require_office()


ALONE = Renderings()
"""Nothing beside the composite."""


def render(
    wanted: Renderings, board: Board, created: str, path: Path, data: bytes
) -> tuple[list[Output], list[Problem]]:
    """The files wanted beside the composite at `path` with the bytes `data`, all of one time.

    A PDF that LibreOffice did not make is a problem: what has been published stays published. So
    is what the accessible rendering owes to those who read it by ear.
    """
    outputs: list[Output] = []
    problems: list[Problem] = []
    printed = [(path, data)] if wanted.pdf else []
    if wanted.accessible:
        from xlplan.board.accessible import accessible_workbook
        from xlplan.workbook.write.accessibility import Accessibility
        from xlplan.workbook.write.writing import write_workbook

        heard = accessible_workbook(board, created)
        rules = Accessibility(heard)
        book = write_workbook(heard, rules.sheet)
        beside = path.with_name(f"{path.stem} accessible.xlsx")
        outputs.append(Output(beside, book, "rendering"))
        problems += (found.but(where=f"{beside.name}!{found.where}") for found in rules.problems())
    if wanted.one_page:
        from xlplan.board.one_page import highlight_workbook
        from xlplan.workbook.write.writing import write_workbook

        book = write_workbook(highlight_workbook(board, created))
        page = path.with_name(f"{path.stem} one page.xlsx")
        outputs.append(Output(page, book, "rendering"))
        printed += [(page, book)] if wanted.pdf else []
    if wanted.working:
        copy = path.with_name(f"{path.stem} working copy.xlsx")
        outputs.append(Output(copy, _bytes(replace(board, working=True), created), "rendering"))
    for source, book in printed:
        try:
            pages, faults = _pages(book, created, board.definition.style.font, _beside(source))
        except XlplanError as error:
            problems += error.problems
            continue
        outputs.append(pages)
        problems += faults
    return outputs, problems


def _beside(source: Path) -> Path:
    """Where the pages of a workbook go: never over the workbook itself."""
    target = source.with_suffix(".pdf")
    return target if target != source else source.with_name(f"{source.name}.pdf")


def _pages(book: bytes, created: str, font: str, path: Path) -> tuple[Output, list[Problem]]:
    """A workbook as a PDF at `path`, and that it is not in the font that it was made for."""
    from xlplan.workbook.libreoffice import font_problem, to_pdf

    pdf = to_pdf(book, created)
    found = font_problem(pdf, font, path.name)
    return Output(path, pdf, "rendering"), [found] if found else []


class PublishResult(Struct, frozen=True):
    """The composite that was written, the cycle it reports, and the tip printed on it.

    `tip` is the hash of the last event that the composite knows (SHA-256, hex): `Plan.verify`
    takes it. `problems` are files that could not be written, and pages that were not made.
    """

    path: Path
    cycle: str
    tip: str
    problems: tuple[Problem, ...] = ()
    renderings: tuple[Path, ...] = ()
    """What was written beside it: accessible, on one page, the coordinator's copy, as PDF."""
    written: bool = True
    """Whether the composite itself could be written; `problems` says why not."""


class _Made(Struct, frozen=True):
    """A composite before it is written: where it goes, what is on it and of what time it is."""

    path: Path
    board: Board
    created: str
    data: bytes
    paper: bytes | None = None
    stale: tuple[Problem, ...] = ()


def publish(
    desk: Desk,
    cycle: str = "",
    out: Path | None = None,
    *,
    since: str = "",
    until: str = "",
    others: Sequence[Path] = (),
    renderings: Renderings = ALONE,
    extract: Extract | None = None,
) -> PublishResult:
    """Write the composite of a cycle (default: the one issued last) and record the snapshot.

    Publishing again when nothing has changed writes the same bytes and records nothing new, and
    so does publishing a cycle that later ones have followed: it is what it was. With `since` or
    `until` (cycles) two points of the plan are compared, and with `others` (folders) several
    plans stand on one board, and an `extract` is a part of one: such composites are views of the
    record and are not recorded.
    `renderings` are written beside the composite, from the same board.

    Raises XlplanError where nothing has been issued, where a cycle is not known, where `since` is
    not before `until`, where a change of the definition has emptied figures, where `out` is a file
    of the plan itself or no workbook, and (before anything is recorded) where pages are wanted and
    LibreOffice is not installed.
    """
    renderings.check()
    if out is not None:
        _check_out(desk, out)
    if since or until or others:
        seen = _seen(desk, until or cycle, since, others, closed=bool(until))
        made = _view(desk, seen, out, since, others, renderings, extract)
    elif cycle and _is_past(desk, cycle):
        seen = _seen(desk, cycle, "", (), closed=True)
        made = _view(desk, seen, out, "", (), renderings, extract)
    elif extract:
        made = _view(desk, _standing_now(desk, cycle), out, "", (), renderings, extract)
    else:
        made = _record(desk, cycle, out, renderings)
    problems = write(desk, [Output(made.path, made.data, "composite")])
    written = not problems
    problems += made.stale
    outputs, faults = render(renderings, made.board, made.created, made.path, made.data)
    if made.paper is not None:
        found, more = _place_for_paper(desk, made.path, made.paper)
        outputs.append(Output(found, made.paper, "paper"))
        faults += more
    problems += [*faults, *write(desk, outputs)]
    paths = tuple(output.path for output in outputs)
    board = made.board
    return PublishResult(made.path, board.cycle, board.tip, tuple(problems), paths, written)


def _check_out(desk: Desk, out: Path) -> None:
    """Raise XlplanError (PUB-006) where a composite would replace what it must not."""
    if out.suffix.lower() != ".xlsx":
        raise PUB_006.fault(str(out), "ending")
    if desk.folder.is_own(out):
        raise PUB_006.fault(str(out), "own")


def board_of(
    desk: Desk,
    cycle: str = "",
    *,
    since: str = "",
    until: str = "",
    others: Sequence[Path] = (),
) -> Board:
    """The board that `publish` with the same arguments would show. Nothing is recorded.

    Raises as `publish` does.
    """
    if since or until or others:
        return _seen(desk, until or cycle, since, others, closed=bool(until))[0]
    if cycle and _is_past(desk, cycle):
        return _seen(desk, cycle, "", (), closed=True)[0]
    return _standing_now(desk, cycle)[0]


def _now(desk: Desk, wanted: str) -> tuple[Board, int, str, Published | None]:
    """The board of a cycle as it stands, the position and the time it is of, and the record of
    it where that was published last and nothing has happened since."""
    from xlplan.cycle.boards import PastDesk, Point, check_figures, make_board

    if not wanted:
        raise PUB_001.fault("--cycle")
    check_cycle(desk, wanted)
    again = _unchanged_since(desk, wanted)
    if again is None:
        check_figures(desk)
        as_of, tip = desk.state.seq, desk.ledger.tip()[2]
        return make_board(desk, wanted, as_of, desk.today, tip), as_of, desk.now(), None
    event, fact = again
    day = date.fromisoformat(event.at[:10])
    # The ledger as it was: what the record of this very composite adds is not known to it.
    then = PastDesk(desk, Point(fact.as_of, wanted, day))
    return make_board(then, wanted, fact.as_of, day, fact.tip), fact.as_of, event.at, fact


def _record(desk: Desk, cycle: str, out: Path | None, renderings: Renderings) -> _Made:
    with desk.work() as work:
        wanted = cycle or current_cycle(desk.state)
        board, as_of, created, fact = _now(desk, wanted)
        if renderings.working:  # which shows them as they are before this is recorded
            board = replace(board, problems=tuple(board.problems))
        path = out or desk.folder.board / f"{safe_name(wanted)}.xlsx"
        data, paper = _bytes(board, created), _paper(renderings, board, created)
        written = sha256(paper) if paper is not None else ""
        if (
            fact is None
            or sha256(data) not in _digests(desk, fact)
            or (written and written not in _papers(desk))
        ):
            work.append([Published(wanted, as_of, path.name, sha256(data), board.tip, written)])
    return _Made(path, board, created, data, paper, tuple(_stale(desk, wanted, as_of)))


def _stale(desk: Desk, cycle: str, as_of: int) -> Iterator[Problem]:
    """The words to the board that are still those of the last one: of figures that have moved."""
    from xlplan.cycle.boards import last_board

    last = last_board(desk, cycle, as_of)
    if last.position == desk.state.imported:
        return
    was, now = desk.state.definition_at(last.position), desk.state.definition_at(as_of)
    where = desk.folder.definition.name
    if now.board.message and now.board.message == was.board.message:
        yield PUB_090.problem(where, "message", board=last.label)
    for ask in now.board.asks:
        if ask in was.board.asks:
            yield PUB_090.problem(where, "ask", text=ask, board=last.label)
    for one in now.sections:
        if one.paragraph and one in was.sections:
            yield PUB_090.problem(where, "paragraph", text=one.name, board=last.label)


def _is_past(desk: Desk, cycle: str) -> bool:
    """Whether a cycle was published and later cycles have followed it."""
    return cycle != current_cycle(desk.state) and any(
        fact.cycle == cycle for _, fact in desk.state.published[:-1]
    )


def _standing_now(desk: Desk, cycle: str) -> tuple[Board, str]:
    """The board that would be recorded now, and the time it is of."""
    with desk.work(dry_run=True):
        board, _, created, _ = _now(desk, cycle or current_cycle(desk.state))
    return board, created


def _view(
    desk: Desk,
    seen: tuple[Board, str],
    out: Path | None,
    since: str,
    others: Sequence[Path],
    renderings: Renderings,
    extract: Extract | None,
) -> _Made:
    """A composite that only shows what is recorded: two points, a past one, several plans, or an
    extract of any board."""
    board, created = seen
    name = f"{since} to {board.cycle}" if since else board.cycle
    if others:
        name += " several plans"
    if extract:
        from xlplan.board.extract import extract_of

        board = extract_of(board, extract)
        name += f" extract, {board.extract}"
    path = out or desk.folder.board / f"{safe_name(name)}.xlsx"
    paper = _paper(renderings, board, created)
    return _Made(path, board, created, _bytes(board, created), paper)


def _seen(
    desk: Desk, cycle: str, since: str, others: Sequence[Path], *, closed: bool
) -> tuple[Board, str]:
    from xlplan.cycle.boards import board_between, board_with_others

    board, created = board_between(desk, cycle, since, closed=closed)
    if others:
        board = board_with_others(desk, board, others, cycle, since, closed=closed)
    return board, created


def _bytes(board: Board, created: str) -> bytes:
    from xlplan.board import composite_workbook
    from xlplan.workbook.write.writing import write_workbook

    return write_workbook(composite_workbook(board, created))


def _paper(renderings: Renderings, board: Board, created: str) -> bytes | None:
    if not renderings.paper:
        return None
    from xlplan.board.paper import paper
    from xlplan.workbook.write.document import write_document

    return write_document(paper(board, created))


def _place_for_paper(desk: Desk, composite: Path, data: bytes) -> tuple[Path, list[Problem]]:
    """Where a paper goes: beside its composite, and beside an earlier paper that holds what
    somebody wrote into it, which stays."""
    known, number, edited = _papers(desk) | {sha256(data)}, 1, ""
    while True:
        more = f" {number}" if number > 1 else ""
        path = composite.with_name(f"{composite.stem} paper{more}.docx")
        if not path.exists() or _digest(path) in known:
            break
        edited, number = path.name, number + 1
    return path, [PUB_068.problem(edited, file=edited, new=path.name)] if edited else []


def _digest(path: Path) -> str:
    """The digest of a file; blank where it cannot be read, so that it is not replaced."""
    try:
        return sha256(path.read_bytes())
    except OSError:
        return ""


def _papers(desk: Desk) -> frozenset[str]:
    """The digests of every paper that was written of this plan."""
    return frozenset(fact.paper for _, fact in desk.state.published if fact.paper)


def _unchanged_since(desk: Desk, cycle: str) -> tuple[Event, Published] | None:
    """The last publication, where it was of this cycle and nothing has happened since.

    Where a newer xlplan drew the same board otherwise, the ledger holds it more than once; the
    first of them has the day on which the board saw it.
    """
    published = desk.state.published
    if published and published[-1][1].cycle == cycle and published[-1][0].seq == desk.state.seq:
        last = published[-1][1]
        return next((event, fact) for event, fact in published if _same_board(fact, last))
    return None


def _same_board(one: Published, other: Published) -> bool:
    return (one.cycle, one.as_of, one.tip) == (other.cycle, other.as_of, other.tip)


def _digests(desk: Desk, fact: Published) -> frozenset[str]:
    """The digests of every composite that was written of the same board."""
    return frozenset(one.sha256 for _, one in desk.state.published if _same_board(one, fact))
