"""`decisions.xlsx`: the open questions, one a row, for the coordinator to answer in Excel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from xlplan.codes.message import listed
from xlplan.issued.came_back import YES, CameBack, came_back_sheets
from xlplan.issued.rules import not_in_list
from xlplan.issued.sheets import Lists, id_row, lists_sheet, page_of, payload_of, stamped
from xlplan.merge.asks import shown_as
from xlplan.merge.kinds import ASK, Kind
from xlplan.merge.model import Candidate, Issued, Question, Unused
from xlplan.merge.questions import alike, whom_to_ask
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.for_lead import field_named
from xlplan.plan.values import Value, natural_key, show_in
from xlplan.returned.as_issued import DEALT
from xlplan.returned.furniture import ALIKE
from xlplan.workbook.stamp import row_key
from xlplan.workbook.write.cell_text import cell_height
from xlplan.workbook.write.look import Palette, palette
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Merge,
    Protection,
    Row,
    Sheet,
    Style,
    Validation,
    Workbook,
)

NAME = "Decisions"
HEADING_ROW, FIRST_ROW = 4, 5
Columns = tuple[tuple[str, str, float], ...]
COLUMNS: Columns = (
    ("action", "Action", 9),
    ("field", "Field", 17),
    ("question", "What is asked", 36),
    ("base", "As issued", 28),
    ("master", "The plan says now", 28),
    ("candidates", "What came back, from whom and where", 46),
    ("decision", "Your decision", 24),
    ("other", "Other value", 26),
    ("why", "Why", 26),
)
"""Column id, heading, width in characters."""
INPUTS = frozenset({"decision", "other", "why"})
UNUSED = ("unused", "Why your answer was not used", 40.0)
"""The column after these, where an answer could not be used: it stands as it was typed."""
ALL_USED: Mapping[str, Unused] = {}
NOTHING = CameBack()
_GUIDE = (
    'Choose an answer under "Your decision". Under "Other value" write what Other, Link or '
    "Transfer needs: the value, the action's ref, or the lead. Why goes into the log.\n"
    "Save and close the workbook, then run xlplan merge. What you leave blank stays open and is "
    "asked again; the plan shows the present value meanwhile."
)


def decisions_workbook(
    definition: PlanDefinition,
    issued: Issued,
    questions: Sequence[Question],
    key: bytes,
    created: str,
    unused: Mapping[str, Unused] = ALL_USED,
    beside: CameBack = NOTHING,
) -> Workbook:
    """The open questions, those of one action next to each other, each with its own choices.

    `unused` are the answers, by question, that could not be used yet; `beside` is what came back
    beside the edits, on sheets of its own.
    """
    look = palette(definition)
    ordered = _grouped(questions)
    groups = [group for group in alike(ordered) if len(group) > 1]
    ordered = _together(ordered, groups)
    choices = {question.id: _choices(definition, question) for question in ordered}
    if beside.open:
        choices[DEALT] = (YES,)
    lists = lists_sheet(choices)
    columns = (*COLUMNS, UNUSED) if unused else COLUMNS
    sheet = _sheet(definition, issued, ordered, groups, key, lists, look, columns, unused)
    payload = payload_of(definition, issued, len(ordered), ())
    payload["columns"] = [name for name, _, _ in columns]
    if groups:
        payload[ALIKE] = [" ".join(question.id for question in group) for group in groups]
    title = f"{definition.title}: decisions"
    more = came_back_sheets(definition, issued, beside, key, look, lists)
    sheets = [sheet, *more, lists.sheet]
    return stamped(definition, issued, title, sheets, key, payload, created, lists)


def _grouped(questions: Sequence[Question]) -> list[Question]:
    """The questions of one action together, in the order in which the actions first come up."""
    first: dict[str, int] = {}
    for number, question in enumerate(questions):
        first.setdefault(_group(question), number)
    return sorted(questions, key=lambda q: (first[_group(q)], natural_key(q.action)))


def _together(
    questions: Sequence[Question], groups: Sequence[Sequence[Question]]
) -> list[Question]:
    """The questions in their order, those that one answer can serve behind the first of them."""
    behind = {group[0].id: group[1:] for group in groups}
    moved = {question.id for group in groups for question in group[1:]}
    first = [question for question in questions if question.id not in moved]
    return [each for question in first for each in (question, *behind.get(question.id, ()))]


def _choices(definition: PlanDefinition, question: Question) -> tuple[str, ...]:
    asks = whom_to_ask(question, definition.find(question.field))
    return (*question.choices, ASK) if asks else question.choices


def _group(question: Question) -> str:
    return question.uid or question.id


def _sheet(
    definition: PlanDefinition,
    issued: Issued,
    questions: Sequence[Question],
    groups: Sequence[Sequence[Question]],
    key: bytes,
    lists: Lists,
    look: Palette,
    columns: Columns,
    unused: Mapping[str, Unused],
) -> Sheet:
    widths = [width for _, _, width in columns]
    rows, group, shade = [], None, True
    said = {each.id: _beside_others(each, group) for group in groups for each in group}
    for question in questions:
        shade = not shade if _group(question) != group else shade
        fresh, group = _group(question) != group, _group(question)
        signed = row_key(key, issued.id, question.id)
        typed = unused.get(question.id)
        rows.append(
            _row(
                definition,
                question,
                signed,
                look,
                columns,
                typed,
                said.get(question.id, str),
                shade=shade,
                fresh=fresh,
            )
        )
    last_row, last_col = FIRST_ROW + max(len(rows), 1) - 1, len(columns)
    banner, merges = _banner(definition, issued, len(rows), look, last_col)
    headings = [
        Cell(
            text,
            replace(look.input_heading if name in INPUTS else look.heading, align="left", indent=1),
        )
        for name, text, _ in columns
    ]
    validations, conditionals = _rules(questions, lists, look)
    decision = 1 + [name for name, _, _ in COLUMNS].index("decision")
    return Sheet(
        name=NAME,
        rows=[*banner, id_row(name for name, _, _ in columns), Row([None, *headings], 34), *rows],
        columns=[Column(width=30, hidden=True), *(Column(width=width) for width in widths)],
        merges=merges,
        validations=validations,
        conditionals=conditionals,
        freeze=(FIRST_ROW, 3),
        filter=Area(HEADING_ROW, 1, last_row, last_col),
        page=page_of(definition, issued, Area(0, 1, last_row, last_col), HEADING_ROW),
        protection=Protection(),
        tab_colour=look.accent,
        active_cell=(FIRST_ROW, decision),
    )


def _row(
    definition: PlanDefinition,
    question: Question,
    signed: str,
    look: Palette,
    columns: Columns,
    typed: Unused | None,
    others: Callable[[str], str],
    *,
    shade: bool,
    fresh: bool,
) -> Row:
    """One question. Rows of one action share a shade; its ref stands out on the first of them."""
    item = field_named(definition, question.field)
    fill = look.locked_fill if shade else "#FFFFFF"
    body = replace(look.locked, fill=fill, align="left", indent=1)
    answer = replace(look.input, number_format="@", align="left", indent=1)
    action, named = shown_as(definition, question)
    texts = {
        "action": action,
        "field": named,
        "question": others(ask(question, item)),
        "base": _shown(item, question.base, question),
        "master": _shown(item, question.master, question),
        "candidates": "\n".join(say_candidate(candidate) for candidate in question.candidates),
    }
    if typed is not None:
        answers = {"decision": typed.decision, "other": typed.other, "why": typed.why}
        texts |= {name: text for name, text in answers.items() if text}
        texts["unused"] = f"{typed.problem.message} [{typed.problem.code}]"
    ref = replace(body, bold=True, colour=body.colour if fresh else look.muted.colour)
    styles: dict[str, Style] = {"action": ref, "candidates": body}
    if typed is not None:
        styles["unused"] = replace(look.missing, align="left", indent=1, wrap=True)
    cells: list[Cell | None] = [Cell(signed)]
    for name, _, _ in columns:
        style = answer if name in INPUTS else styles.get(name, body)
        cells.append(Cell(texts.get(name), style))
    tall = max(
        cell_height(cell, width)
        for cell, (_, _, width) in zip(cells[1:], columns, strict=True)
        if cell is not None
    )
    return Row(cells, min(409.0, max(44.0, tall)))


def _beside_others(question: Question, group: Sequence[Question]) -> Callable[[str], str]:
    """What is asked in a row of those that one answer can serve: in the first that it can, in the
    others where."""
    names = [each.action or "new" for each in group]
    if question is group[0]:
        more = (
            f"The same is asked for {listed(names[1:], most=12)} below: what you answer here "
            "serves each of them that you leave blank."
        )
        return lambda asked: f"{asked}\n{more}"
    line = f"As for {names[0]} above, whose answer serves this row if you leave it blank."
    return lambda _: line


def ask(question: Question, item: Field | None) -> str:
    """What is asked, in one plain sentence, and what the merge says of it."""
    named = item.heading if item else question.field
    field = f'"{" ".join(named.split())}"' if named else "it"
    asked = question.kind.question.replace("{field}", field)
    asked = asked[0].upper() + asked[1:]
    return f"{asked}\n{question.message}" if question.message else asked


def _shown(item: Field | None, value: Value, question: Question) -> str:
    if question.kind is Kind.ADDED or question.kind.of_file:
        return ""
    return show_in(item, value) or "(blank)"


def say_candidate(candidate: Candidate) -> str:
    """A candidate as text: what, then who and where from."""
    place = ", ".join(
        part
        for part in (
            candidate.place.file,
            candidate.place.sheet and f"sheet {candidate.place.sheet}",
            candidate.place.cell and f"cell {candidate.place.cell}",
        )
        if part
    )
    source = ", ".join(part for part in (candidate.author, place) if part)
    return f"• {candidate.text or '(blank)'}" + (f"\n   {source}" if source else "")


def _rules(
    questions: Sequence[Question], lists: Lists, look: Palette
) -> tuple[list[Validation], list[Conditional]]:
    names = [name for name, _, _ in COLUMNS]
    validations, conditionals = [], []
    for number, question in enumerate(questions):
        row, col = FIRST_ROW + number, 1 + names.index("decision")
        area = Area(row, col, row, col)
        validations.append(
            Validation(
                area,
                "list",
                source=f"={lists.ranges[question.id]}",
                input_title="Your decision",
                input_message="Choose an answer from the list.",
                error_title="Not in the list",
                error_message='Please choose from the list. For another value choose "Other" and '
                "write it in the next column.",
            )
        )
        conditionals.append(not_in_list(area, lists.names[question.id], look))
    return validations, conditionals


def _banner(
    definition: PlanDefinition, issued: Issued, count: int, look: Palette, last: int
) -> tuple[list[Row], list[Merge]]:
    blank = [None, *(Cell(None, look.banner) for _ in range(last))]
    noted = [None, *(Cell(None, look.banner_note) for _ in range(last))]
    noun = "question needs" if count == 1 else "questions need"
    sub = f"{count} {noun} a decision   ·   cycle {issued.cycle}"
    note = look.banner_note
    merges = [
        Merge(
            Area(0, 1, 0, last),
            Cell(f"{definition.title}: decisions", replace(look.banner, indent=1)),
        ),
        Merge(Area(1, 1, 1, last), Cell(sub, replace(look.banner_sub, indent=1))),
        Merge(Area(2, 1, 2, last - 2), Cell(_GUIDE, replace(note, indent=1))),
        Merge(Area(2, last - 1, 2, last - 1), Cell("Reference", replace(note, align="right"))),
        Merge(Area(2, last, 2, last), Cell(issued.id, replace(note, bold=True, wrap=False))),
    ]
    return [
        Row(blank, 38),
        Row([None, *(Cell(None, look.banner_sub) for _ in range(last))], 24),
        Row(noted, 40),
    ], merges
