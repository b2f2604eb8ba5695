"""From an existing spreadsheet to a plan definition and its rows: what ``xlplan new`` imports.

`read_source` finds the tables of a `Book`, says what each column is, and accounts for every row
of every sheet. Nothing is dropped: what is no action, recommendation or heading is a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.codes.source_codes import NEW_001, NEW_003
from xlplan.errors import Problem, XlplanError
from xlplan.late import no_collecting
from xlplan.plan.accounted import AccountLine
from xlplan.plan.definition import Field, Kind, PlanDefinition
from xlplan.plan.propose import Proposal, propose_columns
from xlplan.plan.propose_roles import Sample, normal_heading
from xlplan.plan.text import fold
from xlplan.source.account import (
    KeptBack,
    Work,
    account_of,
    kept_back,
    part_drafts,
    say_unanswered,
    texts_of,
    with_private_fields,
)
from xlplan.source.answered import (
    answer_rows,
    headings_answered,
    sheets_answered,
    shown_sheets,
)
from xlplan.source.choice import (
    Choice,
    choose_tables,
    columns_of,
    read_layouts,
    samples_of,
)
from xlplan.source.chosen import (
    Chosen,
    check_headings,
    computed_columns,
    left_out,
    lists,
    nearest_rows,
    open_questions,
    phases,
    roles_named,
    rows_named,
    rows_of_named,
    sheets_named,
)
from xlplan.source.drafts import Columns, Draft
from xlplan.source.heading_groups import likely_rows
from xlplan.source.headings import card_labels, labels_down
from xlplan.source.interpretation import SourceRow, make_rows
from xlplan.source.layout import Layout
from xlplan.source.plan_rows import (
    draft_rows,
    fill_as_above,
    fill_sections,
    join_rows,
    keys_in_text,
    name_sheets,
    parted_by_sheets,
    split_keys,
)
from xlplan.source.proposed import Parts, assemble, with_what_rows_show
from xlplan.source.refs import choose_refs, name_by_organisation, name_by_pairs, name_rows
from xlplan.source.ticked_columns import say_apart, say_ticked
from xlplan.source.unusual import say_unusual
from xlplan.workbook.read.book import Book

__all__ = ["AccountLine", "Chosen", "Source", "SourceRow", "read_source"]


class FieldPlace(Struct, frozen=True):
    """Where a field of the plan stands in the spreadsheet: its sheet and column letter."""

    kind: Kind
    field: str
    sheet: str
    column: str


class SourceTable(Struct, frozen=True):
    """A table of the plan: its sheet, the row of its headings (from 0), and by field id the column
    (from 0) and the heading of the first that holds it."""

    sheet: str
    header: int
    columns: Mapping[str, tuple[int, str]]


class Source(Struct, frozen=True):
    """A spreadsheet as a plan: its definition, its rows in order, and the account of every row.

    `guesses` are plain sentences that begin with what they concern (``field due: ``,
    ``rating "Red": ``, ``lead "A Name": ``); `xlplan.plan.write` puts each beside it.
    """

    definition: PlanDefinition
    rows: tuple[SourceRow, ...]
    account: tuple[AccountLine, ...]
    guesses: tuple[str, ...]
    problems: tuple[Problem, ...]
    columns: frozenset[str] = frozenset()
    """The fields of actions that have a column in the spreadsheet."""
    kept_back: tuple[KeptBack, ...] = ()
    """What neither leads nor the board get to see, unless the coordinator lets it out."""
    places: tuple[FieldPlace, ...] = ()
    """Where each field that has a column stands, the first such column."""
    tables: Mapping[tuple[int, int], SourceTable] = field(default_factory=dict)
    """The tables of the plan, by the number of the sheet and of the table there."""


@no_collecting()
def read_source(
    book: Book,
    *,
    plan_id: str,
    sheets: Sequence[str] = (),
    template: PlanDefinition | None = None,
    chosen: Chosen | None = None,
    roles: Mapping[str, str] | None = None,
) -> Source:
    """The plan that `book` holds.

    `book` is read with detail (fills, merged areas, hidden rows). `sheets` names the sheets to
    take, by default all; `chosen` settles sheets, heading rows and columns; `template` is a
    workbook template whose fields and ratings are used; `roles` are those of columns by folded
    heading, of which the file may lack some. Raises `XlplanError`: NEW-001 where no
    table of a plan is found, NEW-002 for a sheet that is not there, NEW-018 and NEW-019 for rows
    and columns that cannot be as `chosen` says, and the reader's own problems for a file that
    could not be read.
    """
    chosen = chosen or Chosen(tuple(sheets))
    if not book.sheets and book.problems:
        raise XlplanError(book.problems)
    known = frozenset(
        normal_heading(item.heading) for item in (template.fields_of("action") if template else ())
    )
    roles = {**(roles or {}), **roles_named(book, chosen.columns)}
    looked_at = sheets_named(book, chosen.sheets)
    sheets_said, rows_said = (template.sheets, template.rows) if template else ((), ())
    looked_at = shown_sheets(looked_at, sheets_said)
    rows_at = {
        **rows_named(book, looked_at, chosen.header_rows),
        **headings_answered(looked_at, rows_said),
    }
    answered = sheets_answered(looked_at, sheets_said)
    apart = chosen.kept or (template is not None and template.master.keep)
    layouts_with = partial(read_layouts, looked_at, known, frozenset(roles), joined=not apart)
    layouts = layouts_with(rows_at)
    check_headings(book, layouts, chosen.columns)
    work = Work(book, layouts, problems=list(book.problems))
    choice = choose_tables(layouts, roles, named=bool(chosen.sheets), answered=answered)
    if choice.main is None and not rows_at and (likely := likely_rows(looked_at)):
        layouts = layouts_with(likely)
        work.layouts = layouts
        choice = choose_tables(layouts, roles, likely=True, answered=answered)
    if choice.main is None and chosen.sheets and (at := rows_at or rows_of_named(looked_at)):
        layouts = layouts_with(at)
        work.layouts = layouts
        choice = choose_tables(layouts, roles, named=True, lenient=True, answered=answered)
    kinds = choice.kinds
    tables = [layouts[n].tables[i] for (n, i), kind in kinds.items() if kind == "action"]
    ours = (layouts[number].sheet.rows for number, _ in kinds)
    no_rows = not any(table.rows for table in tables)
    if not tables or any((no_rows and card_labels(one)) or labels_down(one) for one in ours):
        raise _no_plan(book, layouts)
    work.problems += (*left_out(book, layouts, choice), *lists(book, layouts, choice))
    work.problems += answer_rows(book, layouts, choice, rows_said)
    work.guesses += (*phases(layouts, kinds), *computed_columns(layouts, choice))
    say = say_apart if apart else say_ticked
    numbers = sorted({number for number, _ in kinds})
    work.guesses += (said for number in numbers for said in say(layouts[number]))
    work.guesses += open_questions(layouts, choice)
    samples = choose_refs(samples_of(layouts, choice), work.guesses)
    names = [each.sheet.name for each in layouts]
    samples = parted_by_sheets(samples, [n for n, _ in choice.kinds], names, work.guesses)
    proposal = propose_columns(samples, template.fields if template else (), kept=apart)
    work.guesses += proposal.guesses
    _columns(work, choice, samples, proposal)
    for kind in ("recommendation", "action"):
        _draft(work, kind, apart)
    part_drafts(work, work.drafts)
    definition, parts = assemble(
        Parts(book, layouts, work.columns, work.drafts, proposal.fields, work.guesses,
              kept_workbook=apart),
        plan_id, template,
    )  # fmt: skip
    definition = with_private_fields(work, definition)
    say_unanswered(work)
    say_unusual(work, definition, template, kept=apart)
    rows = make_rows(parts, definition, work.problems)
    definition = with_what_rows_show(definition, rows)
    texts = texts_of(work, parts.legend)
    open_ = (text.text for text in texts if not text.why)
    definition = replace(
        definition,
        notes=tuple(dict.fromkeys((*definition.notes, *open_, *parts.kept))),
        kept_back=tuple(dict.fromkeys(text.text for text in texts if text.why)),
    )
    kept = kept_back(work, texts, definition)
    account = account_of(work, parts.legend, kept)
    used = {p.field for c in work.columns if c.kind == "action" for p in c.plans.values()}
    return Source(
        definition, rows, account, tuple(dict.fromkeys(work.guesses)), tuple(work.problems),
        frozenset(used), kept, _places(work), _tables(work),
    )  # fmt: skip


def _places(work: Work) -> tuple[FieldPlace, ...]:
    found: dict[tuple[Kind, str], FieldPlace] = {}
    for columns in work.columns:
        layout = work.layouts[columns.sheet]
        for col, plan in columns.plans.items():
            letter = layout.tables[columns.table].letter(col)
            for name in filter(None, (plan.field, plan.rating)):
                place = FieldPlace(columns.kind, name, layout.sheet.name, letter)
                found.setdefault((columns.kind, name), place)
    return tuple(found.values())


def _tables(work: Work) -> dict[tuple[int, int], SourceTable]:
    found = {}
    for columns in work.columns:
        layout = work.layouts[columns.sheet]
        table = layout.tables[columns.table]
        places: dict[str, tuple[int, str]] = {}
        for col, plan in columns.plans.items():
            at = table.column(col)
            for name in filter(None, (plan.field, plan.rating)):
                places.setdefault(name, (at, table.headings.get(at, "")))
        found[columns.sheet, columns.table] = SourceTable(layout.sheet.name, table.header, places)
    return found


def _no_plan(book: Book, layouts: Sequence[Layout]) -> XlplanError:
    names = [layout.sheet.name for layout in layouts]
    for layout in layouts:
        if labels := card_labels(layout.sheet.rows):
            return NEW_001.fault(book.name, "cards", sheet=layout.sheet.name, labels=labels)
        if labels := labels_down(layout.sheet.rows):
            return NEW_001.fault(book.name, "down", sheet=layout.sheet.name, labels=labels)
    if nearest := nearest_rows(layouts):
        return NEW_001.fault(book.name, "nearest", sheets=names, nearest="; ".join(nearest))
    return NEW_001.fault(book.name, sheets=names)


def _columns(work: Work, choice: Choice, samples: Sequence[Sample], proposal: Proposal) -> None:
    for place, (number, index) in enumerate(choice.kinds):
        kind = choice.kinds[number, index]
        table = work.layouts[number].tables[index]
        columns = columns_of(table, choice.computed.get((number, index), ()))
        mine = [p for s, p in zip(samples, proposal.plans, strict=True) if s.table == place]
        roles = {f.id: f.role for f in proposal.fields if f.of == kind}
        plans = dict(zip(columns, mine, strict=True))
        work.columns.append(Columns(number, index, kind, plans, roles))


def _draft(work: Work, kind: Kind, apart: bool) -> None:
    """Draft, join and name the rows of one kind; said in guesses and problems."""
    drafts: list[Draft] = []
    section = ""
    for columns in work.columns:
        if columns.kind != kind:
            continue
        mine = draft_rows(work.layouts[columns.sheet], columns)
        action = columns.having("action")
        in_text = not columns.having("key") and keys_in_text(mine, action)
        mine = join_rows(mine, columns, in_text)
        table = work.layouts[columns.sheet].tables[columns.table]
        fill_as_above(mine, columns, table, work.guesses, apart=apart)
        if in_text:
            split_keys(mine, action, work.guesses)
        elif mine and not columns.having("key"):
            name_by_organisation(mine, columns, work.guesses)
        elif mine:
            hidden = work.layouts[columns.sheet].sheet.hidden_columns
            name_by_pairs(mine, columns, table.headings, hidden, work.guesses)
        if columns.having("section"):
            section = columns.having("section")
            fill_sections(mine, section, work.guesses)
        drafts += mine
    if drafts:
        names = [one.sheet.name for one in work.layouts]
        name_sheets(drafts, work.columns, names, work.guesses, apart=apart)
    key = next((c.having("key") for c in work.columns if c.kind == kind and c.having("key")), "ref")
    for ref, rows in name_rows(drafts, key, section, work.guesses) if drafts else []:
        names = [work.layouts[row.sheet].sheet.name for row in rows]
        where = f"{work.book.name}!{names[0]}" if len(set(names)) < 2 else work.book.name
        at = [f"{name}!{row.row + 1}" if len(set(names)) > 1 else str(row.row + 1)
              for name, row in zip(names, rows, strict=True)]  # fmt: skip
        work.problems.append(
            NEW_003.problem(where, action=ref, ref=ref, count=len(rows), kind=kind, rows=at)
        )
    if joined := [draft for draft in drafts if draft.joined]:
        work.guesses.append(f"plan: rows that ran on were joined to those above: {_ran_on(joined)}")
    work.drafts += drafts


def _ran_on(drafts: Sequence[Draft]) -> str:
    """Which rows were joined to which: "rows 5–6 to 1.2"."""
    found: list[str] = []
    for draft in drafts:
        rows = sorted(row + 1 for row in draft.joined)
        run = len(rows) > 1 and rows[-1] - rows[0] == len(rows) - 1
        at = f"{rows[0]}–{rows[-1]}" if run else ", ".join(map(str, rows))
        found.append(f"{'row' if len(rows) == 1 else 'rows'} {at} to {draft.kind} {draft.ref}")
    return "; ".join(found)


HEADINGS, ROLES, RATINGS, SHAPE = 4, 2, 3, 1
"""How much each likeness weighs: what a council calls its columns and ratings says most."""
NEAR = 0.5
"""Likeness below which no template is proposed."""


class Match(Struct, frozen=True):
    """How near a workbook template is to a plan.

    `fields` of the plan's `columns` have a field in the template; `likeness` is from 0 to 1.
    """

    name: str
    fields: int
    columns: int
    likeness: float


def closest_template(source: Source, templates: Mapping[str, PlanDefinition]) -> Match | None:
    """The template most like the plan that was read, or None where none is near.

    Compared are the headings and the roles of columns, the codes of ratings, whether the actions
    stand in sections, and whether there is a list of recommendations. Of two that are equally
    near, the first by name.
    """
    matches = [_match(source, name, templates[name]) for name in sorted(templates)]
    near = [match for match in matches if match.likeness >= NEAR]
    return max(near, key=lambda match: match.likeness, default=None)


def _match(source: Source, name: str, template: PlanDefinition) -> Match:
    plan = source.definition
    mine = [item for item in plan.fields_of("action") if item.id in source.columns]
    theirs = template.fields_of("action")
    headed = sum(any(_same_heading(item, other) for other in theirs) for item in mine)
    known = sum(
        any(_same_heading(item, other) or _same_role(item, other) for other in theirs)
        for item in mine
    )
    parts = (
        (HEADINGS, headed / len(mine) if mine else 0.0),
        (ROLES, _shared(_roles(plan), _roles(template))),
        (RATINGS if _codes(plan) else SHAPE, _shared(_codes(plan), _codes(template))),
        (SHAPE, float(_in_sections(plan) == _in_sections(template))),
        (SHAPE, float(_has_list(plan) == _has_list(template))),
    )
    likeness = sum(weight * part for weight, part in parts) / sum(weight for weight, _ in parts)
    return Match(name, known, len(mine), round(likeness, 3))


def _same_heading(one: Field, other: Field) -> bool:
    """Headings as people say them: "Lead Officer" and "Lead Officers" are one."""
    return normal_heading(one.heading).rstrip("s") == normal_heading(other.heading).rstrip("s")


def _same_role(one: Field, other: Field) -> bool:
    return one.role == other.role != "text"


def _roles(plan: PlanDefinition) -> frozenset[str]:
    return frozenset(item.role for item in plan.fields_of("action")) - {"text"}


def _codes(plan: PlanDefinition) -> frozenset[str]:
    return frozenset(fold(rating.code) for rating in plan.ratings)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of all that is in either which is in both; two empty sets are alike."""
    return len(one & other) / len(one | other) if one | other else 1.0


def _in_sections(plan: PlanDefinition) -> bool:
    return plan.with_role("section") is not None


def _has_list(plan: PlanDefinition) -> bool:
    return bool(plan.fields_of("recommendation"))
