"""Roll-ups on the Recommendations sheet: what a plan's rules make of the actions."""

from __future__ import annotations

from msgspec.structs import replace

from tests.composite_sample import sample_board
from xlplan.board import composite_workbook
from xlplan.board.board_model import Board
from xlplan.plan.definition import Field
from xlplan.plan.settings import Rollup
from xlplan.workbook.write.sheet import Cell

CREATED = "2026-11-21T10:00:00Z"
RULES = (
    Rollup("recommendation", "worst"),
    Rollup("recommendation", "share-closed", heading="Done"),
    Rollup("recommendation", "accountable", "own"),
    Rollup("section", "worst", heading="Not here"),
)


def table(board: Board) -> dict[str, dict[str, Cell]]:
    """The Recommendations sheet: by ref, then heading, the cells."""
    book = composite_workbook(board, CREATED)
    sheet = next(one for one in book.sheets if one.name == "Recommendations")
    rows = [[cell for cell in row.cells if cell] for row in sheet.rows]
    at = next(n for n, row in enumerate(rows) if row and row[0].value == "No.")
    headings = [str(cell.value) for cell in rows[at]]
    return {str(row[0].value): dict(zip(headings, row, strict=True)) for row in rows[at + 1 :]}


def board() -> Board:
    """The sample board, with the officers' own ratings and rules for summing up."""
    plain = sample_board()
    own = Field("own", "Own view", "rating", of="recommendation")
    definition = replace(plain.definition, fields=(*plain.definition.fields, own), rollups=RULES)
    rows = [
        replace(row, values={**row.values, "own": "R" if row.ref == "2" else None})
        if row.kind == "recommendation"
        else row
        for row in plain.rows
    ]
    return replace(plain, definition=definition, rows=rows)


def test_each_rule_for_recommendations_has_a_column() -> None:
    found = table(board())
    assert len(found) == 24
    headings = list(found["2"])
    at = headings.index("Overdue")
    assert headings[at + 1 : at + 4] == ["Worst rating", "Done", "Officer's own rating"]
    assert "Own view" not in headings
    assert "Not here" not in headings


def test_the_columns_say_what_the_actions_come_to() -> None:
    given = board()
    labels = {r.code: r.label for r in given.definition.ratings}
    order = [r.code for r in given.definition.ratings]
    closed = {r.code for r in given.definition.ratings if r.closed}
    for ref, cells in table(given).items():
        answers = [
            row.values["rating"]
            for row in given.rows
            if row.kind == "action" and ref in (row.values["recommendation"] or ())  # type: ignore[operator]  # a set
        ]
        rated = [code for code in answers if isinstance(code, str) and code in order]
        worst = max(rated, key=order.index, default=None)
        assert cells["Worst rating"].value == (labels[worst] if worst else "–")
        done = sum(code in closed for code in answers)
        share = f"{round(100 * done / len(answers))}%" if answers else "–"
        assert str(cells["Done"].value) == share
        assert cells["Officer's own rating"].value == (labels["R"] if ref == "2" else "–")


def test_without_rules_the_sheet_is_as_it_was() -> None:
    plain = sample_board()
    assert not {"Worst rating", "Share completed"} & set(table(plain)["2"])


def test_each_section_has_what_its_rules_come_to() -> None:
    """On By section, beside the counts; the line of the whole plan sums up nothing by a rule."""
    rules = (Rollup("section", "worst"), Rollup("section", "share-closed", heading="Done"))
    given = board()
    given = replace(given, definition=replace(given.definition, rollups=rules))
    book = composite_workbook(given, CREATED)
    sheet = next(one for one in book.sheets if one.name == "By section")
    top = next(row for row in sheet.rows if any(c and c.value == "Done" for c in row.cells))
    heads = {str(cell.value): n for n, cell in enumerate(top.cells) if cell}
    labels = {r.code: r.label for r in given.definition.ratings}
    order = [r.code for r in given.definition.ratings]
    shown = [[cell.value if cell else None for cell in row.cells] for row in sheet.rows]
    found = 0
    for section in {str(row.values["section"]) for row in given.rows if row.kind == "action"}:
        rated = [
            str(row.values["rating"])
            for row in given.rows
            if row.kind == "action" and row.values["section"] == section and row.values["rating"]
        ]
        if "\n" in section:
            continue  # named after several recommendations
        (line,) = [cells for cells in shown if cells and cells[0] == section.partition(" - ")[0]]
        assert line[heads["Worst rating"]] == labels[max(rated, key=order.index)]
        assert str(line[heads["Done"]]).endswith("%")
        found += 1
    assert found > 1
    (whole,) = [cells for cells in shown if cells and cells[0] == "All actions"]
    assert [whole[heads[name]] for name in ("Worst rating", "Done")] == ["–", "–"]
