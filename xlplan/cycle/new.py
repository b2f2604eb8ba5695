"""`new`: from an existing spreadsheet to a plan."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.folder_codes import PLAN_007
from xlplan.codes.gate_codes import GATE_011, GATE_012
from xlplan.codes.message import MASTER, call_master
from xlplan.codes.source_codes import NEW_010, NEW_011, NEW_012, NEW_013, NEW_016, WITH_OTHER_SHEETS
from xlplan.cycle import outputs
from xlplan.cycle.desk import Clock, Desk, clock_for
from xlplan.cycle.folder import (
    PlanFolder,
    allowed,
    sync_folder,
    text_digest,
    write_atomically,
)
from xlplan.cycle.synced import synced_folder
from xlplan.errors import Problem, XlplanError, reason_of
from xlplan.late import no_collecting
from xlplan.ledger.store import Ledger
from xlplan.merge.kinds import CANONICAL
from xlplan.merge.model import Defined, Fact, RowAdded
from xlplan.plan.accounted import filled_in
from xlplan.plan.definition import STATUS, PlanDefinition, Rating
from xlplan.plan.due import DatesRead, count_dates
from xlplan.plan.for_lead import row_status
from xlplan.plan.load import load_definition
from xlplan.plan.settings import MasterSettings
from xlplan.plan.values import Value, show
from xlplan.workbook.stamp import fingerprint

if TYPE_CHECKING:
    from xlplan.source.importing import Chosen, Match, Source, SourceRow
    from xlplan.workbook.read.book import Book

_SECONDS = 180.0
"""How long the processor may work on a small one of the coordinator's own spreadsheets."""
_BUILDING = ".xlplan-new"
_PREFIX = {"action": "a", "recommendation": "rec"}


class NewFigures(Struct, frozen=True):
    """A new plan in figures; rows that are kept back are left aside.

    `leads` are the names in the list of leads, `leaderless` the open actions that name nobody.
    `ratings` has each point of the scale with how many actions have it, `unrated` those that have
    none. `dates` says how many have a due date, and what the others have in its place; None where
    the plan has no field for it. `left_out` names the places of tables that are not the plan's.
    """

    actions: int
    recommendations: int
    sections: int
    leads: int
    leaderless: int
    ratings: tuple[tuple[Rating, int], ...]
    unrated: int
    dates: DatesRead | None
    left_out: tuple[str, ...]


@dataclass(frozen=True)  # whoever asks for help on it need not load what it holds
class NewPlan:
    """What `new` did: where, from what, and the account of every source row."""

    folder: Path
    source: Source
    problems: tuple[Problem, ...]
    template: str = ""
    """The workbook template that was used, as it was named."""
    closest: Match | None = None
    """The shipped template most like this plan, where none was named and one is near."""

    @property
    def row_status(self) -> str:
        """What the master calls the column that says which rows are withdrawn or kept back."""
        return row_status(self.source.definition)

    @property
    def figures(self) -> NewFigures:
        """The plan in figures."""
        definition = self.source.definition
        shown = [row for row in self.source.rows if STATUS not in row.values]
        rows = [row.values for row in shown if row.kind == "action"]
        item = definition.with_role("rating")
        scale = definition.scale_of(item) if item and item.field_type.rated else ()
        rated = _values(definition, "rating", rows)
        closing = {rating.code for rating in scale if rating.closed}
        leads, counts = _values(definition, "lead", rows), Counter(rated)
        return NewFigures(
            actions=len(rows),
            recommendations=len(shown) - len(rows),
            sections=len({show(v) for v in _values(definition, "section", rows)} - {""}),
            leads=len(definition.leads),
            leaderless=sum(
                not lead and code not in closing for lead, code in zip(leads, rated, strict=True)
            ),
            ratings=tuple((rating, counts[rating.code]) for rating in scale),
            unrated=len(rows) - sum(counts[code] for code in {rating.code for rating in scale}),
            dates=count_dates(definition, rows),
            left_out=tuple(p.where for p in self.problems if p.code == NEW_016.code),
        )


def _values(
    definition: PlanDefinition, role: str, rows: Sequence[Mapping[str, Value]]
) -> Sequence[Value]:
    item = definition.with_role(role)
    return [values.get(item.id) if item else None for values in rows]


@no_collecting()
def new(
    folder: str | Path,
    source: str | Path,
    *,
    template: str | None = None,
    sheets: Sequence[str] = (),
    header_rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    keep: bool = False,
    today: date | None = None,
    clock: Clock | None = None,
) -> NewPlan:
    """Start a plan in `folder` from the spreadsheet `source`; `today` is the day of it.

    `header_rows` (``"5"``, ``"Plan!5"``) and `columns` (``"Mitigation=action"``) settle what the
    file leaves open. With `keep` the spreadsheet itself, a copy of it, is the plan's master.

    Raises XlplanError where the folder already holds something, where the file cannot be read,
    or where it is no plan; then nothing is left behind.
    """
    from xlplan.source.importing import Chosen

    folder, source = Path(folder), Path(source)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NEW_010.fault(str(folder))
    chosen = Chosen(tuple(sheets), tuple(header_rows), tuple(columns), keep)
    try:
        call_master(source.name if keep else MASTER)
        found, data = _read(folder, source, template, chosen)
    finally:
        call_master(MASTER)
    if keep:
        found = replace(found, definition=replace(found.definition, master=MasterSettings(True)))
    if found.definition.master.keep:
        from xlplan.cycle.keeping import check_kept

        check_kept(data, source.name, len(found.rows))
    options = {"template": (template,) if template else (), "sheets": chosen.sheets,
               "header_rows": chosen.header_rows, "columns": chosen.columns}  # fmt: skip
    named_ = {name: values for name, values in options.items() if values}
    try:
        _put_up(folder, found, data, clock or clock_for(today), named_)
    except OSError as error:
        raise _not_begun(folder, reason_of(error)) from error
    problems = (*found.problems, *_warn_synced(folder))
    return NewPlan(folder, found, problems, template or "", None if template else _closest(found))


def _put_up(
    folder: Path, found: Source, data: bytes, clock: Clock, chosen: Mapping[str, tuple[str, ...]]
) -> None:
    """Build the plan beside its place, and move it there whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    building = Path(tempfile.mkdtemp(_BUILDING, f".{folder.name}.", folder.parent))
    try:
        _build(PlanFolder(building), found, data, clock, chosen)
        if folder.exists():
            folder.rmdir()
        building.chmod(allowed(0o777))
        building.rename(folder)
        sync_folder(folder.parent)
    except XlplanError as error:
        shutil.rmtree(building, ignore_errors=True)
        raise _not_begun(folder, "; ".join(map(_what_failed, error.problems))) from error
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _sweep(folder: Path) -> None:
    """Remove what a `new` that was killed left beside its place.

    It is renamed first: a `new` that is at work there after all then fails, and never moves a
    folder into place that is being emptied.
    """
    for left in folder.parent.glob(f".*{_BUILDING}"):
        if left.name.startswith(f".{folder.name}.") and left.is_dir():
            gone = Path(tempfile.mkdtemp(_BUILDING, f".{folder.name}.", folder.parent))
            left.rename(gone / "left")
            shutil.rmtree(gone)


def _what_failed(problem: Problem) -> str:
    """What a problem says first: the rest is of a plan that stays, and this one does not."""
    return problem.message.partition(". ")[0]


def _not_begun(folder: Path, why: str) -> XlplanError:
    return NEW_013.fault(str(folder), reason=why.rstrip("."))


def _read(folder: Path, source: Path, template: str | None, chosen: Chosen) -> tuple[Source, bytes]:
    from xlplan.source.importing import read_source

    book, data = read_book(source, chosen, source.name)
    definition = find_template(template) if template else None
    plan_id = slug(folder.name)
    return read_source(book, plan_id=plan_id, template=definition, chosen=chosen), data


def read_book(source: Path, chosen: Chosen, name: str) -> tuple[Book, bytes]:
    """A spreadsheet as a book called `name`, and its bytes; XlplanError where it cannot be read."""
    from xlplan.workbook.read.pool import read_all, read_one_in_detail, read_values_alone

    try:
        data = source.read_bytes()
    except OSError as error:
        raise NEW_011.fault(str(source), reason=reason_of(error)) from None
    # In a child process: a spreadsheet that kills its reader must not end the command.
    only = frozenset(name.casefold() for name in chosen.sheets)
    [book] = read_all(
        [(name, _modern(data, source))],
        seconds=_SECONDS,
        work=partial(read_one_in_detail, only=only) if only else read_one_in_detail,
        lighter=partial(read_values_alone, only=only),
    )
    errors = [_advised(problem) for problem in book.problems if problem.level == "error"]
    if errors:
        raise XlplanError(errors)
    return book, data


def _modern(data: bytes, source: Path) -> Path | bytes:
    """What is read of a source: a document of an old kind as LibreOffice turns it into .docx."""
    from xlplan.workbook.libreoffice import to_docx
    from xlplan.workbook.read.file_kinds import is_old_document

    if not is_old_document(data):
        return source.resolve()
    found = to_docx(data)
    if isinstance(found, bytes):
        return found
    raise XlplanError([found.at(source.name)])


def _advised(problem: Problem) -> Problem:
    """A refusal of the whole spreadsheet for one sheet says how to do without it."""
    if problem.code not in (GATE_011.code, GATE_012.code):
        return problem
    return problem.but(message=f"{problem.message} {WITH_OTHER_SHEETS}")


def slug(text: str) -> str:
    """A plan id from a folder's name: lower-case letters, digits and hyphens."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower())
    return "-".join(part for part in kept.split("-") if part) or "plan"


def shipped(folder: str) -> Path:
    """A folder that comes with xlplan: in the installed package, else in the checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_shipped" / folder
    return installed if installed.is_dir() else package.parent / folder


def find_template(name: str) -> PlanDefinition:
    """A workbook template by its name (``brag-by-recommendation``) or as a file."""
    path = Path(name)
    if not path.is_file():
        path = shipped("workbook_templates") / f"{name}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in shipped("workbook_templates").glob("*.toml"))
        raise NEW_012.fault(name, name=name, templates=known)
    return load_definition(path.read_text(encoding="utf-8-sig"), str(path))


def _closest(source: Source) -> Match | None:
    from xlplan.source.importing import closest_template

    shelf = sorted(shipped("workbook_templates").glob("*.toml"))
    return closest_template(source, {path.stem: find_template(str(path)) for path in shelf})


def uid_of(row: SourceRow, plan_id: str, digest: str) -> str:
    """The uid of a row that is imported for the first time from the original with a digest: as
    `named` makes it of that, the name of its sheet, its number there, and its place."""
    text = f"{_sheet_text(plan_id, digest, row.sheet)},{row.row},{row.order}]"
    return f"{_PREFIX[row.kind]}-{text_digest(text)[:12]}"


@lru_cache(maxsize=64)
def _sheet_text(*parts: str) -> str:
    return CANONICAL.encode(parts)[:-1]


def _build(
    folder: PlanFolder,
    source: Source,
    data: bytes,
    clock: Clock,
    chosen: Mapping[str, tuple[str, ...]],
) -> None:
    from xlplan.plan.write import write_definition

    text = write_definition(source.definition, source.guesses)
    write_atomically(folder.definition, text.encode("utf-8"))
    key = folder.make_key()
    digest = folder.originals.keep(data)
    for path in (folder.inbox, folder.board, folder.root / "outbox"):
        path.mkdir()
    facts: list[Fact] = [Defined(text, text_digest(text), chosen, filled_in(source.account))]
    facts += [
        RowAdded(
            uid=uid_of(row, source.definition.id, digest),
            kind=row.kind,
            order=float(row.order),
            values=row.values,
            places=row.places,
            sha256=digest,
        )
        for row in source.rows
    ]
    begun = Ledger.create(folder.ledger, len(source.rows))
    with begun as ledger, ledger.transaction() as transaction:
        transaction.bind(fingerprint(key))
        events = transaction.append(clock().strftime("%Y-%m-%dT%H:%M:%SZ"), facts)
    desk = Desk(folder, clock)
    try:
        desk.replayed(events)
        with desk.work() as work:
            if desk.folder.own:
                from xlplan.cycle.keeping import begin

                begin(desk, work, source)
            prepared = outputs.prepare(desk, work)
        problems = outputs.write(desk, prepared)
    finally:
        desk.close()
    if problems:
        raise XlplanError(problems)


def _warn_synced(folder: Path) -> list[Problem]:
    service = synced_folder(folder)
    if not service:
        return []
    return [PLAN_007.problem(str(folder), service=service)]
