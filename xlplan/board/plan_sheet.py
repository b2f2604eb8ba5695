"""The Plan sheet: every action by section, its rating in colour, and what has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xlplan.board.frame import Frame, plural
from xlplan.board.longtexts import cut_words
from xlplan.board.recommendations import answers_of, section_asks
from xlplan.board.restated import is_restatement
from xlplan.board.standings import Standing, listed, section_field
from xlplan.board.words import decided
from xlplan.merge.model import Change, MasterRow
from xlplan.plan.definition import Field
from xlplan.plan.ratings import rating_word
from xlplan.plan.text import canon_text
from xlplan.plan.timescales import say_date
from xlplan.plan.values import show_in
from xlplan.workbook.write.look import mix
from xlplan.workbook.write.sheet import Area, Cell, Merge, Row, Sheet, Style

NAME = "Plan"
BY_ROLE: Mapping[str, float] = {
    "key": 8,
    "recommendation": 16,
    "action": 44,
    "progress": 54,
    "output": 28,
    "outcome": 28,
    "page": 8,
}


@dataclass(frozen=True, slots=True)
class PlanColumn:
    """One column: a field, or (without `item`) what the composite works out about an action."""

    heading: str
    width: float
    item: Field | None = None
    kind: str = "field"


def plan_columns(frame: Frame) -> tuple[PlanColumn, ...]:
    """The columns of Plan: the fields in their order, with what belongs beside each."""
    columns: list[PlanColumn] = []
    rating = frame.board.definition.with_role("rating")
    shown = shown_fields(frame)
    due = frame.board.definition.with_role("due")
    revised = frame.board.definition.with_role("revised")
    dated = revised if revised in shown else due
    for item in shown:
        if item is rating:
            columns += _rating_columns(frame, item)
            continue
        width = item.width or BY_ROLE.get(item.role) or item.field_type.board_width
        columns.append(PlanColumn(item.heading, max(7, min(width, 80)), item))
        if item is dated:
            columns.append(PlanColumn("Overdue", 11, kind="overdue"))
            if any(one.slips for one in frame.figures.standings):
                columns.append(PlanColumn("Slips", 20, kind="slips"))
    return tuple(columns)


def shown_fields(frame: Frame) -> tuple[Field, ...]:
    """The fields that Plan shows: ``[composite] fields``, or all that have something in them.

    The ref comes first. The section stands in the bands, so it is not a column as well.
    """
    definition = frame.board.definition
    chosen = definition.composite.fields
    every = definition.fields_of("action")
    key = definition.with_role("key")
    if chosen:
        found = [f for name in chosen if (f := definition.find(name)) and not f.retired]
    else:
        left_out = empty_fields(frame)
        found = [f for f in every if f not in left_out]
    rest = [f for f in found if f is not key and f is not section_field(definition)]
    if not chosen and bands_name_recommendations(frame):
        rest = [f for f in rest if f.role != "recommendation"]
    return (*([key] if key else []), *dict.fromkeys(rest))


def bands_name_recommendations(frame: Frame) -> bool:
    """Whether every band names the very recommendations that each of its actions answers."""

    def named(one: Standing) -> str:
        refs = answers_of(frame, one)
        return f"Recommendation{'s' if len(refs) > 1 else ''} {listed(refs)}" if refs else ""

    return all(
        frame.short.get(one.section, one.section) == named(one) for one in frame.figures.standings
    )


def empty_fields(frame: Frame) -> tuple[Field, ...]:
    """Fields in which no action has anything: they would only take room on paper."""
    definition = frame.board.definition
    rows = [*(s.row for s in frame.figures.standings), *frame.figures.withdrawn]
    needed = ("key", "section", "rating", "action")
    return tuple(
        f
        for f in definition.fields_of("action")
        if f.role not in needed and all(row.values.get(f.id) is None for row in rows)
    )


def _rating_columns(frame: Frame, item: Field) -> list[PlanColumn]:
    now = PlanColumn(item.heading, 13, item, "now")
    if frame.board.previous is None:
        return [now]
    kept = frame.board.definition.with_role("initial_rating") in shown_fields(frame)
    moved = not kept and any(
        s.first is not None and s.first != s.before for s in frame.figures.standings
    )
    first = [PlanColumn("First rating", 13, kind="first")] if moved and frame.board.first else []
    last = PlanColumn("Last board", 13, kind="before")
    return [*first, last, now, PlanColumn("Direction", 14, kind="direction")]


def plan_sheet(frame: Frame) -> Sheet:
    """Every action under its section's band; withdrawn ones last, struck through, not counted."""
    columns = plan_columns(frame)
    widths = [column.width for column in columns]
    rows = frame.banner("Plan", len(columns), note=_legend(frame))
    headed = len(rows)
    rows.append(frame.headings([column.heading for column in columns]))
    merges: list[Merge] = []
    changes = changes_by_cell(frame.board.changes)
    asks = section_asks(frame)
    by_section: dict[str, list[Standing]] = {}
    for one in frame.figures.standings:
        by_section.setdefault(one.section, []).append(one)
    titles = _titles_of_plans(frame)
    for section, group in by_section.items():
        if title := titles.pop(group[0].row.uid[: group[0].row.uid.find("/")], ""):
            _band(rows, merges, frame, title, "one of several plans", len(columns))
        if frame.figures.sectioned:
            frame.section_rows[section] = len(rows)
            asked = asks.get(section, ())
            title = "\n".join(f"Recommendation {ref}: {text}" for ref, text in asked) or section
            _band(rows, merges, frame, title, plural(len(group), "action"), len(columns))
        for one in group:
            frame.action_rows[one.row.uid] = len(rows)
            cells = [_cell(frame, column, one, changes) for column in columns]
            rows.append(Row(cells, level=1))
    if frame.figures.withdrawn:
        count = plural(len(frame.figures.withdrawn), "action")
        _band(rows, merges, frame, "Withdrawn: not counted in any figure", count, len(columns))
        for row in frame.figures.withdrawn:
            frame.action_rows[row.uid] = len(rows)
            rows.append(Row([_withdrawn(frame, column, row) for column in columns], level=1))
    if not by_section and not frame.figures.withdrawn:
        return frame.empty(NAME, "Plan", "The plan has no actions yet.")
    return frame.sheet(NAME, rows, widths, headed=headed, freeze_columns=1, merges=merges)


def _titles_of_plans(frame: Frame) -> dict[str, str]:
    """By mark, the title over the sections of one plan on a board of several."""
    return {p.mark: f"{p.mark}: {p.group}. {p.title}" for p in frame.board.plans}


def _legend(frame: Frame) -> str:
    if frame.board.previous is None and not frame.board.changes:
        return "Ratings are those of the lead officers"
    return "Cells with a thick edge and a note have changed since the last board"


def _band(
    rows: list[Row], merges: list[Merge], frame: Frame, text: str, count: str, columns: int
) -> None:
    look = replace(frame.look.section, indent=1)
    label = f"{canon_text(text)} ({count})"
    at = len(rows)
    frame.keep(NAME, at)
    if columns > 1:
        whole = cut_words_keeping_lines(label, 2000)
        if len("".join(whole.split())) < len("".join(label.split())):
            number = frame.texts.keep(canon_text(text), f"Section {cut_words(text, 40)}")
            whole += f"\n[Cut here. The whole is in Notes, long text {number}.]"
        merges.append(Merge(Area(at, 0, at, columns - 1), Cell(whole, look)))
        rows.append(Row([Cell(None, look) for _ in range(columns)]))
    else:
        rows.append(Row([Cell(label, look)]))


def cut_words_keeping_lines(text: str, most: int) -> str:
    """`text` in at most `most` characters and 20 lines, so that a band stays a band."""
    lines = [cut_words(line, 400) for line in text.split("\n") if line.strip()]
    if len(lines) > 20:
        lines = [*lines[:19], "…", lines[-1]]
    joined = "\n".join(lines)
    return joined if len(joined) <= most else joined[: most - 1] + "…"


def _cell(frame: Frame, column: PlanColumn, one: Standing, changes: Changes) -> Cell:
    if column.kind == "overdue":
        late = frame.styled(frame.boxed, bold=True, colour="#9C0006", align="center")
        return Cell("Overdue" if one.overdue else None, late)
    if column.kind == "slips":
        return frame.text(slips_words(one))
    if column.kind == "before":
        return _noted(frame.rating(one.before, quiet=True), restated_note(frame, one, changes))
    if column.kind == "first":
        return frame.rating(one.first, quiet=True)
    if column.kind == "direction":
        return frame.direction(one)
    if column.item is None:
        return Cell()
    note = changed_note(frame, column.item, one, changes.get((one.row.uid, column.item.id), ()))
    if column.kind == "now":
        cell = _rated(frame, column.item, one)
        return replace(cell, note=note, style=_edged(frame, cell.style)) if note else cell
    if column.item.field_type.rated:
        return _noted(_other_rating(frame, column.item, one), note)
    style = _style(frame, column.item)
    if note:
        fill = mix(frame.look.band_fill, "#FFFFFF", 0.5)
        style = _edged(frame, frame.styled(style, fill=fill))
    label = f"{one.row.ref or 'no ref'}, {column.item.heading}"
    text = show_in(column.item, one.row.values.get(column.item.id))
    return _noted(frame.fitted(text, column.width, label, style), note)


def _noted(cell: Cell, note: str) -> Cell:
    return replace(cell, note=note) if note else cell


def _rated(frame: Frame, item: Field, one: Standing) -> Cell:
    """The rating as a word; one that is not on the scale is shown as it was typed."""
    cell = frame.rating(one.now)
    if one.now != "?":
        return cell
    raw = show_in(item, one.row.values.get(item.id))
    label = f"{one.row.ref}, {item.heading}"
    shown = cut_words(raw, 60)
    if shown.endswith("…"):
        shown += f" (whole in Notes, long text {frame.texts.keep(canon_text(raw), label)})"
    return frame.text(f'Not on the scale: "{shown}"', cell.style)


def slips_words(one: Standing) -> str:
    """How often the due date was put back, and from when; blank where it never was."""
    if not one.slips or one.first_due is None:
        return ""
    times = "Put back once" if one.slips == 1 else f"Put back {one.slips} times"
    days = f", by {plural(one.slipped, 'day')} in all" if one.slipped and one.slipped > 0 else ""
    return f"{times}{days}. First due {say_date(one.first_due)}"


def _other_rating(frame: Frame, item: Field, one: Standing) -> Cell:
    """A further rating that the plan keeps, such as the initial one, in its colour."""
    value = one.row.values.get(item.id)
    rating = frame.board.definition.rating(value, item.scale)
    base = frame.styled(frame.boxed, align="center", valign="vcenter")
    if rating is None:
        text = show_in(item, value)
        return frame.fitted(text, 12, f"{one.row.ref}, {item.heading}", base)
    quiet = item.role in ("initial_rating", "previous_rating")
    return frame.shade(rating, rating_word(rating), base, quiet=quiet)


def _style(frame: Frame, item: Field) -> Style:
    if item.role == "key":
        return frame.styled(frame.boxed, bold=True)
    if item.field_type.frame == "number":
        return frame.styled(frame.boxed, align="right")
    return frame.boxed


def _edged(frame: Frame, style: Style) -> Style:
    return frame.styled(style, edge=frame.look.accent)


def _withdrawn(frame: Frame, column: PlanColumn, row: MasterRow) -> Cell:
    look = frame.look.withdrawn
    if column.kind == "now":
        return Cell("Withdrawn", replace(look, strike=False, italic=True, align="center"))
    if column.item is None:
        return Cell(None, look)
    text = show_in(column.item, row.values.get(column.item.id))
    return frame.fitted(text, column.width, f"{row.ref}, {column.item.heading}", look)


NOTE_TEXT = 600

Changes = Mapping[tuple[str, str], Sequence[Change]]


def changes_by_cell(changes: Sequence[Change]) -> Changes:
    """The changes of each cell, by uid and field, in the order given."""
    found: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        found.setdefault((change.uid, change.field), []).append(change)
    return found


def changed_note(frame: Frame, item: Field, one: Standing, changes: Sequence[Change]) -> str:
    """What a changed cell was, and who changed it, when, and in which file and cell."""
    seen = (frame.board.previous or {}).get(one.row.uid)
    if not changes:
        if seen is None or item.id not in seen or seen[item.id] == one.row.values.get(item.id):
            return ""
        was = frame.say(item, seen[item.id])
        return f"Last board: {_quoted(was)}\nSee Changes for how it came to change."
    parts = [f"Was: {_told(frame, item, change)}" for change in changes]
    if len(parts) > 4:
        parts = [parts[0], f"… and {len(parts) - 3} more, listed in Changes …", *parts[-2:]]
    return canon_text("\n\n".join(parts))


def _told(frame: Frame, item: Field | None, change: Change) -> str:
    """What a value was before a change, by whom it was changed, when, and in which cell."""
    where = f"\n{change.place}" if str(change.place) else ""
    return (
        f"{_quoted(frame.say(item, change.before))}\n"
        f"Changed by {change.by or 'an unknown author'}, {frame.when(change.at)}"
        f" ({decided(change.kind)}){where}"
    )


def _quoted(text: str) -> str:
    return f'"{cut_words_note(text)}"' if text else "(blank)"


def cut_words_note(text: str) -> str:
    """A value as a cell note shows it: in full unless it is long."""
    return text if len(text) <= NOTE_TEXT else text[:NOTE_TEXT].rstrip() + "… (whole in Changes)"


def restated_note(frame: Frame, one: Standing, changes: Changes) -> str:
    """A note on the rating at the last board, where it has been corrected since."""
    item = frame.board.definition.with_role("rating")
    mine = changes.get((one.row.uid, item.id), ()) if item else ()
    found = [change for change in mine if is_restatement(frame.board, change)]
    if not found:
        return ""
    return f"As the board saw it. Restated since: {_told(frame, item, found[-1])}"
