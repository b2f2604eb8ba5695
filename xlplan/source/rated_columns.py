"""Which column is the rating where its words do not say so: a legend does, or colours do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from xlplan.late import regex
from xlplan.plan.legend import NUMBERS
from xlplan.plan.status_words import families
from xlplan.plan.text import fold
from xlplan.source.column_roles import Reading, shape_of
from xlplan.source.heading_words import role_scores
from xlplan.source.headings import point_text
from xlplan.source.layout import Layout
from xlplan.source.period_columns import latest_of
from xlplan.source.refs import is_level
from xlplan.source.scales import numbers_of, states_of
from xlplan.source.several_facts import PROMISED
from xlplan.source.table_cells import Table

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
            name = " ".join(heading.split())
            yield (
                f'plan: no column was taken as the rating; if "{name}" says how far an action is, '
                f'use --map "{name}=rating"'
            )
            return
