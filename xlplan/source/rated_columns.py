"""Which column is the rating where its words do not say so: a legend does, or colours do; and which
actions are done though no rating says so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from xlplan.late import regex
from xlplan.plan.definition import Field, Rating
from xlplan.plan.legend import NUMBERS
from xlplan.plan.propose import about, free_id, make_field
from xlplan.plan.propose_ratings import CLOSED_COLOUR
from xlplan.plan.propose_roles import normal_heading
from xlplan.plan.status_words import families
from xlplan.plan.text import fold
from xlplan.plan.values import match_rating, read_number
from xlplan.source.column_roles import Reading, is_day, shape_of
from xlplan.source.drafts import Draft
from xlplan.source.heading_words import role_scores
from xlplan.source.headings import point_text
from xlplan.source.layout import Layout
from xlplan.source.outside import CompletedLists
from xlplan.source.period_columns import latest_of
from xlplan.source.refs import is_level
from xlplan.source.scales import NOTHING_CLOSES, Scales, numbers_of, states_of
from xlplan.source.several_facts import PROMISED
from xlplan.source.table_cells import Table
from xlplan.workbook.read.book import CellValue

Place = tuple[int, int]
_JUDGED = regex(
    r"(?:outstanding|good|requires improvement|inadequate|satisfactory|unsatisfactory|excellent|"
    r"strong|weak|poor|fair|adequate|secure|emerging|embedded|expected|exceeding|developing|"
    r"(?:not |partly |partially |fully )?(?:met|assured|compliant)|non-compliant|"
    r"(?:substantial|reasonable|moderate|significant|limited|no|full)(?: assurance)?)"
)
"""Words of a judgement, which may be how far an action is, or what somebody once found."""


def with_rating(
    layouts: Sequence[Layout], place: Place, reading: Reading, plans: Collection[Place]
) -> Reading:
    """A reading of the plan's table at `place` (sheet and table) in which the rating is the column
    whose values a legend explains, and of columns of months that are coloured the last."""
    layout = layouts[place[0]]
    table = layout.tables[place[1]]
    if reading.has("rating"):
        return _latest_coloured(layout, table, reading)
    for col, heading in table.headings.items():
        texts = _texts(table, col)
        if texts and _explained(layouts, heading, texts, reading.roles.get(col, ""), set(plans)):
            roles, sure = {**reading.roles, col: "rating"}, {**reading.sure, col: PROMISED}
            return replace(reading, roles=roles, sure=sure)
    return reading


def _texts(table: Table, col: int) -> set[str]:
    column = table.cells(col)
    others = column.held if column.has_others else ()
    return ({*column.shown.values()} | {point_text(value) for value in others}) - {""}


def _explained(
    layouts: Sequence[Layout], heading: str, texts: set[str], role: str, plans: set[Place]
) -> bool:
    """Whether a column of numbers that promises notes or states, or one of a few short words that
    has no role, holds what a legend explains. How urgent something is is no rating."""
    scores = role_scores(heading)
    if texts <= NUMBERS:
        promised = max(scores.get("rating", 0.0), scores.get("progress", 0.0)) >= PROMISED
        return role in ("", "progress") and promised and texts <= numbers_of(layouts, plans)
    if role or is_level(heading) or len(texts) > MOST_POINTS or max(map(len, texts)) > 25:
        return False
    return len(texts) > 1 and {fold(text) for text in texts} <= states_of(layouts, plans, texts)


MOST_POINTS = 8
"""Different texts of a column that may be a rating scale."""


def _latest_coloured(layout: Layout, table: Table, reading: Reading) -> Reading:
    """Of columns that differ in their period alone and hold colours, no words, the last that most
    rows have is the rating."""
    col = next(col for col, role in reading.roles.items() if role == "rating")
    fills = layout.sheet.fills
    if not fills or col not in table.headings or _texts(table, col):
        return reading
    held: dict[int, int] = {}
    for other in table.headings:
        if other == col or (other not in reading.roles and not _texts(table, other)):
            here = [(row.row, table.column(other)) for row in table.rows]
            colours = [fill for at in here if (fill := fills.get(at))]
            held[other] = len(colours) if len(families(colours)) > 1 else 0
    latest = latest_of(table.headings, col, held)
    if latest == col:
        return reading
    roles = {c: role for c, role in reading.roles.items() if c != col} | {latest: "rating"}
    sure = {c: score for c, score in reading.sure.items() if c != col} | {latest: reading.sure[col]}
    return replace(reading, roles=roles, sure=sure)


def may_be_rating(table: Table, reading: Reading) -> Iterator[str]:
    """A guess for a column that holds judgements, in a table in which none is the rating."""
    if reading.has("rating"):
        return
    for col, heading in table.headings.items():
        texts = _texts(table, col)
        shape = shape_of(table.cells(col))
        judged = [text for text in texts if _JUDGED.fullmatch(fold(text))]
        if col not in reading.roles and shape.repeats and 1 < len(judged) * 2 >= len(texts):
            held = {c: float(len(table.cells(c).held)) for c in table.headings}
            heading = table.headings[latest_of(table.headings, col, held)]
            name = " ".join(heading.split())
            yield (
                f'plan: no column was taken as the rating; if "{name}" says how far an action is, '
                f'use --map "{name}=rating"'
            )
            return


COMPLETE, OPEN = "Complete", "Open"
MOST_NAMED = 5
_DONE_ON = regex(
    r"(?:date|day) (?:\w+ )?(?:completed|closed|finished|implemented|achieved|discharged)|"
    r"(?:completed|closed|finished|implemented|discharged)(?: on| at| date)?|"
    r"actual (?:date of )?(?:completion|closure|close(?: out)?|finish|end)(?: date)?|"
    r"date of closure|closure date"
)
"""Headings of the day on which an action was done."""


def done_rows(
    drafts: Sequence[Draft], fields: Sequence[Field], layouts: Sequence[Layout]
) -> dict[Place, str]:
    """The rows of actions (sheet and row) that are done, and what says so of each: they stand in a
    list of such, have a day on which they were done, or are done to 100%."""
    lists = CompletedLists(layouts)
    mine = [item for item in fields if item.of == "action"]
    dated = [i for i in mine if _DONE_ON.fullmatch(normal_heading(i.heading)) and i.role != "due"]
    shares = [item for item in mine if item.type == "percent" or item.role == "percent"]
    listed = {n for n, turns in enumerate(lists.turns) if any(done for _, done in turns)}
    found: dict[Place, str] = {}
    for draft in drafts if listed or dated or shares else ():
        if draft.kind != "action":
            continue
        here = draft.sheet in listed and lists.holds(draft.sheet, draft.row)
        said = "stands among the completed ones" if here else ""
        for item in dated if not said else ():
            if any(_is_a_day(value) for value, _ in draft.pieces(item.id)):
                said = f'has a day under "{" ".join(item.heading.split())}"'
        for item in shares if not said else ():
            if any(_is_whole(value, item) for value, _ in draft.pieces(item.id)):
                said = f'is at 100% under "{" ".join(item.heading.split())}"'
        if said:
            found[draft.sheet, draft.row] = said
    return found


def _is_a_day(value: CellValue) -> bool:
    return isinstance(value, date) or (isinstance(value, str) and is_day(value))


def _is_whole(value: CellValue, item: Field) -> bool:
    whole = 100 if item.type == "number" else 1
    return isinstance(value, str | int | float) and whole == read_number(
        value, percent=item.type == "percent"
    )


def with_closing(
    scales: Scales, drafts: Sequence[Draft], done: Mapping[Place, str], *, kept: bool
) -> tuple[Scales, str | None]:
    """Scales on which the actions that are `done` can be closed, where no rating does, and the
    rating of all others where there was none ("" where there was); None where nothing was added.
    In a workbook that is `kept` it is only said."""
    if not done:
        return scales, None
    main = next((f for f in scales.fields if f.of == "action" and f.role == "rating"), None)
    mine = [r for r in scales.ratings if main is not None and r.scale == main.scale]
    by_why: dict[str, list[str]] = {}
    for draft in drafts:
        text = draft.text(main.id) if main is not None else ""
        why = done.get((draft.sheet, draft.row), "") if draft.kind == "action" else ""
        if why and (not text or match_rating(text, mine)):
            by_why.setdefault(why, []).append(draft.ref)
    taken = match_rating(COMPLETE, mine) is not None
    if not by_why or (main and (not mine or taken or any(rating.closed for rating in mine))):
        return scales, None
    listed = " and ".join(_done(refs, why) for why, refs in by_why.items())
    if kept:
        no = "none of the ratings closes an action" if main else "no column says how far one is"
        said = f"{listed}, and {no}: on the board they count as open until one does"
        about_it = about("action", main.id) if main else "plan: "
        return replace(scales, guesses=(*scales.guesses, about_it + said)), None
    scale = main.scale if main else ""
    added = Rating(COMPLETE, COMPLETE, "", CLOSED_COLOUR, order=1, closed=True, scale=scale)
    if main is not None:
        said = (
            f'{listed}, and none of the ratings closed an action; read as "{COMPLETE}", which was '
        )
        others = (replace(r, order=r.order + 1) if r in mine else r for r in scales.ratings)
        guesses = (each for each in scales.guesses if NOTHING_CLOSES not in each)
        said = f"{about('action', main.id)}{said}added"
        return replace(scales, ratings=(added, *others), guesses=(*guesses, said)), ""
    name = free_id("rating", [item.id for item in scales.fields])
    made = make_field(name, "Status", "rating")
    opened = Rating(OPEN, OPEN, "", "#BDD7EE", order=2)
    said = (
        f"{about('action', name)}{listed}, and no column says how far an action is; the column "
        f'"Status" was added, with "{COMPLETE}" there and "{OPEN}" for all others'
    )
    return replace(
        scales, fields=(*scales.fields, made), ratings=(added, opened, *scales.ratings),
        guesses=(*scales.guesses, said),
    ), OPEN  # fmt: skip


def _done(refs: Sequence[str], why: str) -> str:
    """How many actions are done, which, and why: "2 actions stand in a list … (3, 5)"."""
    named = ", ".join(refs[:MOST_NAMED]) + (", …" if len(refs) > MOST_NAMED else "")
    verb, _, rest = why.partition(" ")
    if verb == "stands":
        rest = "in a list of completed ones"
    many = {"stands": "stand", "has": "have", "is": "are"}
    count = f"1 action {verb}" if len(refs) == 1 else f"{len(refs)} actions {many[verb]}"
    return f"{count} {rest} ({named})"
