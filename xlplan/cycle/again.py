"""The stored original imported again, until the first template has gone out.

What `new` guessed wrongly is changed in `plan.toml`, or said with other options; then the rows are
read once more, from the bytes that were kept. A row is known by where it stands in the spreadsheet
and keeps its uid; what somebody typed into it since stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.source_codes import NEW_021, NEW_022, NEW_028
from xlplan.cycle import outputs
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.new import NewPlan, find_template, read_book, uid_of
from xlplan.errors import Problem
from xlplan.merge.kinds import Kind, named
from xlplan.merge.model import Fact, Place, RowAdded, Undone
from xlplan.merge.state import State
from xlplan.plan.accounted import filled_in
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.guesses import add_guesses, without_sheets_asked
from xlplan.plan.load import load_definition
from xlplan.plan.text import fold
from xlplan.plan.values import Invalid, show, show_in
from xlplan.plan.write import set_key, with_more, write_definition

if TYPE_CHECKING:
    from xlplan.source.importing import Source, SourceRow

Options = Mapping[str, tuple[str, ...]]
"""What a person said of the spreadsheet, by the option that says it; see `xlplan.cycle.new`."""
EDITED = "edited"
"""Beside the options: that the definition had been edited and was not proposed anew."""


class Imported(Struct, frozen=True):
    """What `import_again` read; `problems` are those of the reading and of the rows there were
    before, `account` says what became otherwise."""

    source: Source
    problems: tuple[Problem, ...]
    account: tuple[Problem, ...]


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
        desk.rule(work)
        prepared = outputs.prepare(desk, work)
    problems = (*found.problems, *outputs.write(desk, prepared))
    return NewPlan(desk.folder.root, found.source, problems, template or "")


def is_read_otherwise(state: State, now: PlanDefinition) -> bool:
    """Whether the stored original may be imported again, and would be read otherwise under `now`
    than it was at the last import."""
    known = imported(state)
    if not known or state.exchange.has_begun:
        return False
    return reads_by(now) != reads_by(state.definition_at(state.row_seq[known[0].uid]))


def reads_by(definition: PlanDefinition) -> object:
    """What of a definition bears on how the spreadsheet is read: equal for two that read alike."""
    fields = ((f.of, f.id, f.role, f.type, f.choices, f.currency, f.scale)
              for f in definition.fields)  # fmt: skip
    ratings = ((r.scale, r.code, r.label, r.aliases, r.colour, r.closed)
               for r in definition.ratings)  # fmt: skip
    return (
        frozenset(fields), frozenset(ratings), frozenset(definition.directory.names),
        frozenset(definition.sheets), frozenset(definition.rows),
        definition.separators, definition.agreed, definition.begins, definition.year_starts,
    )  # fmt: skip


def imported(state: State) -> list[RowAdded]:
    """The rows that came from a spreadsheet that was kept, as they came."""
    rows = map(state.row_at, state.rows)
    return [row for row in rows if row and row.origin == "import" and row.sha256]


class Reread(Struct, frozen=True):
    """The stored original, read again: the text of `plan.toml` with it, the options, and the rows
    there were before."""

    source: Source
    text: str
    options: Options
    known: tuple[RowAdded, ...]


def import_again(desk: Desk, work: Work, options: Options | None = None) -> Imported:
    """Import the stored original again within an open transaction, and record it; raises as
    `again`, with nothing recorded."""
    return record_again(desk, work, read_again(desk, options))


def read_again(desk: Desk, options: Options | None = None, text: str = "") -> Reread:
    """The stored original read once more; XlplanError as `again` raises it.

    By the definition as `text` writes it (left out: as `plan.toml` stands) where it was changed
    since it was proposed: it then stays as it is written, with what the spreadsheet has besides
    after the last of its kind; else it is proposed anew.
    """
    state = desk.state
    where = desk.folder.definition.name
    if state.exchange.has_begun:
        raise NEW_021.fault(where, "issued")
    known = tuple(imported(state))
    if not known:
        raise NEW_021.fault(where, "unknown")
    chosen = {name: values for name, values in state.chosen.items() if name != EDITED}
    options = {**chosen, **(options or {})}
    since = (seq for seq in state.defined if seq >= state.proposed)
    first, *later = map(state.definition_at, since)
    text = text or desk.folder.definition_as_written()
    now = load_definition(text)
    edited = bool(later) or now != first
    if edited and options.keys() & {"template", "columns"} - chosen.keys():
        raise NEW_021.fault(where, "both")
    if not edited:
        found = _read(desk, known, options)
        return Reread(found, write_definition(found.definition, found.guesses), options, known)
    found = _read(desk, known, options, _as_proposed(now, [first, *later]), first)
    text = with_more(text, found.definition, now, _removed(now, [first, *later]))
    text = _with_new(text, found.definition, now, [first, *later])
    guesses = [g[6:] for g in found.guesses if g.startswith("plan: ")]
    text = without_sheets_asked(add_guesses(text, guesses), guesses)
    return Reread(found, text, {**options, EDITED: ("yes",)}, known)


def _with_new(
    text: str, found: PlanDefinition, now: PlanDefinition, before: Sequence[PlanDefinition]
) -> str:
    """`text`, which says what holds `now`, with what `found` says of the plan as a whole and nobody
    has decided: from when its time counts, by which new column the board groups, and which lines
    are notes or kept back, since they are no actions any more or not yet."""
    first, *_ = every = [*before, now]
    for key in ("agreed", "begins", "year_starts"):
        if not any(getattr(each, key) for each in every) and (value := getattr(found, key)):
            text = set_key(text, ("plan", key), value)
    heads = found.with_role("section")
    if heads and not any(each.composite.group_by or each.with_role("section") for each in every):
        text = set_key(text, ("composite", "group_by"), heads.id)
    known = {line for each in every for line in (*each.notes, *each.kept_back)}
    gone = {*first.kept_back} & {*now.kept_back} - {*found.kept_back}
    more = [line for line in found.kept_back if line not in known]
    kept = (*(line for line in now.kept_back if line not in gone), *more)
    told = [line for line in found.notes if line not in known or line in gone]
    for key, lines in (("notes", (*now.notes, *told)), ("kept_back", kept)):
        if lines != getattr(now, key):
            text = set_key(text, ("plan", key), lines)
    return text


def record_again(desk: Desk, work: Work, reread: Reread) -> Imported:
    """Record what was read: the definition, the rows before taken back, and the rows as now."""
    state, known, found = desk.state, reread.known, reread.source
    desk.redefine(work, reread.text, reread.options, filled_in(found.account))
    facts, problems = _facts(state, known, found)
    found = replace(found, definition=load_definition(reread.text))
    account = tuple(_account(state, found, known, [f for f in facts if isinstance(f, RowAdded)]))
    work.append(facts)
    return Imported(found, (*found.problems, *problems), (*account, *problems))


def _removed(now: PlanDefinition, before: Sequence[PlanDefinition]) -> frozenset[tuple[str, str]]:
    """The columns and leads that were taken out of the definition: kind of row and heading, or
    ``"lead"`` and name."""
    ids = {(item.of, item.id) for item in now.fields}
    every = [item for definition in before for item in definition.fields]
    leads = (lead.name for definition in before for lead in definition.leads)
    return frozenset(
        [(item.of, fold(item.heading)) for item in every if (item.of, item.id) not in ids]
        + [("lead", fold(name)) for name in leads]
    )


def _as_proposed(now: PlanDefinition, before: Sequence[PlanDefinition]) -> PlanDefinition:
    """The definition with the headings that the spreadsheet has, by which its columns are known:
    those that each column had first."""
    headings: dict[tuple[str, str], str] = {}
    for item in (item for definition in before for item in definition.fields):
        headings.setdefault((item.of, item.id), item.heading)
    fields = (replace(f, heading=headings.get((f.of, f.id), f.heading)) for f in now.fields)
    return replace(now, fields=tuple(fields))


def _read(
    desk: Desk,
    known: Sequence[RowAdded],
    options: Options,
    definition: PlanDefinition | None = None,
    first: PlanDefinition | None = None,
) -> Source:
    """The original as it reads under a definition that was proposed as `first`, or by itself."""
    from xlplan.source.importing import Chosen, read_source

    digest, name = known[0].sha256, _file(known)
    if desk.folder.originals.read(digest) is None:
        raise NEW_021.fault(name, "gone", digest=digest)
    chosen = Chosen(
        options.get("sheets", ()), options.get("header_rows", ()), options.get("columns", ()),
        desk.state.definition.master.keep,
    )  # fmt: skip
    book, _ = read_book(desk.folder.originals.path(digest), chosen, name)
    template = definition
    if template is None and (named_ := options.get("template")):
        template = find_template(named_[0])
    roles = _roles(definition, first) if definition and first else {}
    plan_id = desk.state.definition.id
    found = read_source(book, plan_id=plan_id, template=template, chosen=chosen, roles=roles)
    # Which workbook is the master no spreadsheet says: that stays as it was chosen.
    kept = replace(found.definition, master=desk.state.definition.master)
    return replace(found, definition=kept)


def _roles(now: PlanDefinition, first: PlanDefinition) -> Mapping[str, str]:
    """By folded heading the roles that were changed, as far as a table is known by them."""
    from xlplan.source.chosen import ROLES_BY_NAME

    proposed = {item.id: item.role for item in first.fields_of("action", retired=True)}
    known = frozenset(ROLES_BY_NAME.values())
    return {
        fold(item.heading): item.role if item.role in known else "text"
        for item in now.fields_of("action", retired=True)
        if proposed.get(item.id) != item.role
    }


def reread(desk: Desk, known: Sequence[RowAdded]) -> Source:
    """The stored original as it was read when the rows that are `known` were imported."""
    state = desk.state
    seq = state.row_seq[known[0].uid]
    options = {name: values for name, values in state.chosen.items() if name != EDITED}
    if EDITED not in state.chosen:
        return _read(desk, known, options)
    first, then = state.definition_at(state.proposed), state.definition_at(seq)
    return _read(desk, known, options, _as_proposed(then, [first, then]), first)


def _account(
    state: State, found: Source, known: Sequence[RowAdded], added: Sequence[RowAdded]
) -> Iterator[Problem]:
    """What an import made otherwise than the one before: actions more and fewer, values."""
    file, definition = _file(known), found.definition
    before = {row.uid: row for row in known}
    now = {row.uid: row for row in added}
    more = [_ref(definition, row) for uid, row in now.items() if uid not in before]
    fewer = [_ref(definition, row) for uid, row in before.items() if uid not in now]
    changed = [(now[uid], row) for uid, row in before.items() if uid in now]
    values = list(_values(state, definition, changed, file))
    if more or fewer:
        counts = [sum(row.kind == "action" for row in rows) for rows in (added, known)]
        yield NEW_028.problem(file, "rows", count=counts[0], before=counts[1])
    elif not values:
        yield NEW_028.problem(file)
    if more:
        yield NEW_028.problem(file, "added", refs=more)
    if fewer:
        yield NEW_028.problem(file, "gone", refs=fewer)
    yield from values
    was = {(row.uid, name) for row in known for name, v in row.values.items()
           if isinstance(v, Invalid)}  # fmt: skip
    for row in added:
        for name, value in row.values.items():
            if isinstance(value, Invalid) and (row.uid, name) not in was:
                where = str(row.places[name])
                yield Problem(value.code, where, value.message, "warning", field=name)


def _values(
    state: State, definition: PlanDefinition, rows: Sequence[tuple[RowAdded, RowAdded]], file: str
) -> Iterator[Problem]:
    """Each column whose values came out otherwise; what somebody typed since stands."""
    for item in definition.fields:
        read = [
            (now, show_in(item, now.values.get(item.id)), show_in(item, row.values.get(item.id)))
            for now, row in rows
            if now.kind == item.of and not _is_typed(state, row.uid, item.id)
        ]
        if read := [(row, value, before) for row, value, before in read if value != before]:
            row, value, before = read[0]
            yield NEW_028.problem(
                file, "values", heading=" ".join(item.heading.split()), count=len(read),
                ref=_ref(definition, row), value=_cut(value), before=_cut(before),
            )  # fmt: skip


def _cut(text: str) -> str:
    line = " | ".join(" ".join(each.split()) for each in text.splitlines())
    return f"{line[:59]}…" if len(line) > 60 else line


def _ref(definition: PlanDefinition, row: RowAdded) -> str:
    key = definition.with_role("key", row.kind)
    return show(row.values.get(key.id)) if key is not None else row.uid


def _file(known: Iterable[RowAdded]) -> str:
    return next((place.file for row in known for place in row.places.values()), "the original")


def _facts(
    state: State, known: Sequence[RowAdded], found: Source
) -> tuple[list[Fact], list[Problem]]:
    """The import before is taken back, and its rows come in anew under the uids they had."""
    digest = known[0].sha256
    source = named("i", state.definition.id, digest, state.seq)
    uids = matched(known, found.rows)
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


def matched(known: Sequence[RowAdded], rows: Sequence[SourceRow]) -> dict[int, str]:
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
