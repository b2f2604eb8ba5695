"""The stored original imported again, until the first template has gone out.

What `new` guessed wrongly is changed in `plan.toml`, or said with other options; then the rows are
read once more, from the bytes that were kept. A row is known by where it stands in the spreadsheet
and keeps its uid; what somebody typed into it since stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from xlplan.codes.source_codes import NEW_021, NEW_022
from xlplan.cycle import outputs
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.new import NewPlan, find_template, read_book, uid_of
from xlplan.errors import Problem
from xlplan.merge.kinds import Kind
from xlplan.merge.model import Fact, Place, RowAdded, Undone, named
from xlplan.merge.state import State
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.load import load_definition
from xlplan.plan.write import with_more, write_definition

if TYPE_CHECKING:
    from xlplan.source.importing import Source, SourceRow

Options = Mapping[str, tuple[str, ...]]
"""What a person said of the spreadsheet, by the option that says it; see `xlplan.cycle.new`."""


@dataclass(frozen=True)
class Imported:
    """What `import_again` read, and what came of the rows there were before."""

    source: Source
    problems: tuple[Problem, ...]


def again(
    desk: Desk,
    *,
    template: str | None = None,
    sheets: Sequence[str] = (),
    header_rows: Sequence[str] = (),
    columns: Sequence[str] = (),
) -> NewPlan:
    """Import the stored original again, by `plan.toml` as it stands or by other options.

    Options that are not named stay as they were. XlplanError (NEW-021) where a template has gone
    out, where a workbook holds edits that no merge has read, where `plan.toml` was edited and the
    options would replace it, and as `new` raises it.
    """
    given = {"template": (template,) if template else (), "sheets": tuple(sheets),
             "header_rows": tuple(header_rows), "columns": tuple(columns)}  # fmt: skip
    for path in (desk.folder.master, desk.folder.decisions, desk.folder.root / "set-up.xlsx"):
        if outputs.is_edited(desk, path):
            raise NEW_021.fault(path.name, "edited", name=path.name)
    with desk.work() as work:
        found = import_again(desk, work, {name: value for name, value in given.items() if value})
        prepared = outputs.prepare(desk, work)
    problems = (*found.problems, *outputs.write(desk, prepared))
    return NewPlan(desk.folder.root, found.source, problems, template or "")


def may_import_again(state: State) -> bool:
    """Whether no template has gone out yet, so that the rows may still be read otherwise."""
    return not state.exchange.cycles


def import_again(desk: Desk, work: Work, options: Options | None = None) -> Imported:
    """Import the stored original again within an open transaction, and record it.

    By the definition as it stands in `work` where it was changed since the import, which then
    stays as it is written, with what the spreadsheet has besides at its end; else it is proposed
    anew. Raises as `again`.
    """
    state = desk.state
    where = desk.folder.definition.name
    if not may_import_again(state):
        raise NEW_021.fault(where, "issued")
    rows = [row for row in map(state.row_at, state.rows) if row and row.origin == "import"]
    known = [row for row in rows if row.sha256]
    if not known:
        raise NEW_021.fault(where, "unknown")
    options = {**state.chosen, **(options or {})}
    then, *later = state.definitions_since(state.row_seq[known[0].uid])
    now, edited = state.definition, bool(later)
    if edited and options.keys() & {"template", "columns"} - state.chosen.keys():
        raise NEW_021.fault(where, "both")
    found = _read(desk, known, options, _as_imported(now, then) if edited else None)
    text = desk.folder.definition_as_written()
    if edited:
        text = with_more(text, found.definition, now)
    else:
        text = write_definition(found.definition, found.guesses)
    desk.redefine(work, text, options)
    facts, problems = _facts(state, known, found)
    work.append(facts)
    definition = load_definition(text)
    return Imported(replace(found, definition=definition), (*found.problems, *problems))


def _as_imported(now: PlanDefinition, then: PlanDefinition) -> PlanDefinition:
    """The definition with the headings that the spreadsheet has, by which its columns are known."""
    headings = {(item.of, item.id): item.heading for item in then.fields}
    fields = (replace(f, heading=headings.get((f.of, f.id), f.heading)) for f in now.fields)
    return replace(now, fields=tuple(fields))


def _read(
    desk: Desk, known: Sequence[RowAdded], options: Options, definition: PlanDefinition | None
) -> Source:
    from xlplan.source.importing import Chosen, read_source

    digest, name = known[0].sha256, _file(known)
    if desk.folder.originals.read(digest) is None:
        raise NEW_021.fault(name, "gone", digest=digest)
    chosen = Chosen(
        options.get("sheets", ()), options.get("header_rows", ()), options.get("columns", ())
    )
    book, _ = read_book(desk.folder.originals.path(digest), chosen, name)
    template = definition
    if template is None and (named_ := options.get("template")):
        template = find_template(named_[0])
    return read_source(book, plan_id=desk.state.definition.id, template=template, chosen=chosen)


def _file(known: Iterable[RowAdded]) -> str:
    return next((place.file for row in known for place in row.places.values()), "the original")


def _facts(
    state: State, known: Sequence[RowAdded], found: Source
) -> tuple[list[Fact], list[Problem]]:
    """The import before is taken back, and its rows come in anew under the uids they had."""
    digest = known[0].sha256
    source = named("i", state.definition.id, digest, state.seq)
    uids = _matched(known, found.rows)
    added: list[RowAdded] = []
    for number, row in enumerate(found.rows):
        uid = uids.get(number) or uid_of(row, state.definition.id, digest)
        values = {n: v for n, v in row.values.items() if not _is_typed(state, uid, n)}
        added.append(
            RowAdded(
                uid, row.kind, float(row.order), values, row.places, source=source, sha256=digest
            )
        )
    gone = [row for row in known if row.uid not in {new.uid for new in added}]
    typed = [row for row in gone if any(_is_typed(state, row.uid, name) for name in row.values)]
    refs = [state.ref(row.uid) or row.uid for row in typed]
    problems = [NEW_022.problem(_file(known), refs=refs)] if refs else []
    return [*(Undone(each) for each in sorted({row.source for row in known})), *added], problems


def _is_typed(state: State, uid: str, field: str) -> bool:
    """Whether somebody wrote in a cell since it was imported."""
    return any(write.standing and write.kind is not Kind.ROW for write in state.live((uid, field)))


def _matched(known: Sequence[RowAdded], rows: Sequence[SourceRow]) -> dict[int, str]:
    """The uids that rows had before, by their place among `rows`."""
    before = _begins({row.uid: (row.kind, row.places) for row in known})
    uids = {place: uid for uid, place in before.items()}
    now = _begins({number: (row.kind, row.places) for number, row in enumerate(rows)})
    return {number: uids[place] for number, place in now.items() if place in uids}


Name = TypeVar("Name")


def _begins(
    rows: Mapping[Name, tuple[str, Mapping[str, Place]]],
) -> dict[Name, tuple[str, str, int]]:
    """Where each row stands in the spreadsheet: its kind, its sheet and the first of its rows with
    a cell that no other row has, as all below a heading have the heading."""
    shared = Counter(p for _, places in rows.values() for p in set(places.values()))
    found: dict[Name, tuple[str, str, int]] = {}
    for name, (kind, places) in rows.items():
        own = [place for place in places.values() if shared[place] == 1 and _number(place)]
        if own:
            first = min(own, key=_number)
            found[name] = (kind, first.sheet, _number(first))
    return found


def _number(place: Place) -> int:
    return int(place.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$") or 0)
