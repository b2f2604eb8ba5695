"""What leads say outside the cells that were asked for: told with its place, never dropped."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.packaging.relationship import Relationship
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.workbook.external_link.external import ExternalBook, ExternalLink
from openpyxl.worksheet.hyperlink import Hyperlink

from tests import outgoing, small
from tests.office import CSV, ODS, XLS, XLSX, Office
from tests.small import CYCLE, LETTINGS
from xlplan.plan.definition import Rating
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.returned.furniture import (
    added_remarks,
    box_remarks,
    digest_of,
    furniture,
    is_usual_on_pages,
)
from xlplan.returned.marked_cells import looks_like
from xlplan.returned.remarks import remarks_of
from xlplan.returned.tables import Table, formula_text, texts_in
from xlplan.workbook.read.book import SHARED, Addition, Book, ReadSheet
from xlplan.workbook.write.filling import key_rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = small.make(tmp_path / "plan")
    small.issue(made)
    return made


def template(folder: Path) -> Path:
    return folder / "outbox" / CYCLE / f"{LETTINGS}.xlsx"


def information(folder: Path, *, problems: int = 0) -> list[str]:
    """What a merge of the inbox reports of its one return, which changes nothing."""
    with small.opened(folder) as plan:
        result = plan.merge()
    (report,) = result.returns
    assert (report.outcome, len(report.problems)) == ("unchanged", problems)
    return list(report.information)


def told(folder: Path, edit: Callable[[Any, Any], None]) -> list[str]:
    """What is reported after `edit` of the workbook and its sheet Update."""
    book = openpyxl.load_workbook(template(folder))
    edit(book, book["Update"])
    target = io.BytesIO()
    book.save(target)
    (folder / "inbox" / "back.xlsx").write_bytes(target.getvalue())
    return information(folder)


def place(folder: Path, ref: str, field: str) -> str:
    columns, rows = key_rows(template(folder).read_bytes(), ID_PREFIX)
    with small.opened(folder) as plan:
        uid = next(row.uid for row in plan.rows() if row.ref == ref)
    return f"{columns[field]}{rows[uid][1]}"


@pytest.mark.parametrize("kind", [XLSX, XLS, ODS, CSV])
def test_nothing_is_said_of_a_template_that_was_only_saved(
    folder: Path, office: Office, kind: str
) -> None:
    suffix = {XLS: "xls", ODS: "ods", CSV: "csv"}.get(kind, "xlsx")
    office.resave(template(folder), folder / "inbox" / f"back.{suffix}", filter=kind)
    assert information(folder, problems=int(kind == CSV)) == []


def test_nothing_is_said_of_a_template_saved_by_openpyxl(folder: Path) -> None:
    assert told(folder, lambda _book, _sheet: None) == []


def test_nothing_is_said_of_a_template_issued_before_the_house_style_changed(folder: Path) -> None:
    toml = folder / "plan.toml"
    text = toml.read_text("utf-8")
    assert 'heading_colour = "#1F3864"' in text
    toml.write_text(text.replace('"#1F3864"', '"#00524C"'), "utf-8")
    (folder / "inbox" / "back.xlsx").write_bytes(template(folder).read_bytes())
    assert information(folder) == []


def test_nothing_is_said_of_a_master_whose_cells_were_edited(folder: Path) -> None:
    small.edit_master(folder, {("2.1", "progress"): "Two of three"})
    with small.opened(folder) as plan:
        (report,) = plan.merge().returns
    assert (report.outcome, report.changes, report.information) == ("merged", 1, ())


def test_a_note_and_a_new_column_and_a_line_below_are_told(folder: Path) -> None:
    at = place(folder, "1.1", "progress")

    def edit(_: Any, sheet: Any) -> None:
        sheet[at].comment = Comment("Ask the board", "Lead")
        beyond = sheet.max_column + 2
        row = sheet[at].row
        sheet.cell(row - 1, beyond, "Budget")
        sheet.cell(row, beyond, 1200)
        sheet.cell(sheet.max_row + 2, 2, "Back on the 9th.")

    found = told(folder, edit)
    assert f"Update!{at}: note: Ask the board" in found
    assert any(line.endswith(": beside: Budget: 1200") for line in found)
    assert any(line.endswith(": below: Back on the 9th.") for line in found)
    assert len(found) == 3


def test_what_is_too_long_to_tell_says_how_much_more_there_is_and_where(folder: Path) -> None:
    long = "a" * 1_999 + "é" + "b" * 1_234

    def edit(book: Any, sheet: Any) -> None:
        sheet[place(folder, "1.1", "progress")].comment = Comment(long, "A lead")
        book.create_sheet("Mine")["A1"] = long

    note, other = sorted(told(folder, edit), key=lambda line: "note" not in line)
    for line in (note, other):
        start, _, rest = line.partition("é")
        assert start.endswith(" " + "a" * 1_999)
        said = "… (1,234 more characters; the whole is in inbox/back.xlsx, kept as "
        assert rest.startswith(said)
        kept = folder / rest.removeprefix(said).removesuffix(")")
        assert kept.read_bytes() == (folder / "inbox" / "back.xlsx").read_bytes()


def test_text_above_the_table_on_the_guidance_and_on_new_sheets_is_told(folder: Path) -> None:
    def edit(book: Any, sheet: Any) -> None:
        sheet["B1"].value = "I have left the council."
        guidance = book["Guidance"]
        guidance.cell(guidance.max_row + 3, 3, "What does Amber mean?")
        book.create_sheet("More").append(["Costs", 12])
        book.create_sheet("Secret").append(["not shown"])
        book["Secret"].sheet_state = "hidden"

    found = told(folder, edit)
    assert "Update!B1: written in: I have left the council." in found
    assert any(
        line.startswith("Guidance!C") and line.endswith(": written in: What does Amber mean?")
        for line in found
    )
    assert "More: sheet: Costs | 12" in found
    assert "Secret: hidden sheet: not shown" in found
    assert len(found) == 4


def test_numbers_and_truths_are_told_though_the_template_has_such_elsewhere(folder: Path) -> None:
    def edit(book: Any, sheet: Any) -> None:
        assert [c.value for c in book["Guidance"]["B"]].count("5") == 1  # the number of a step
        sheet["P1"], sheet["P2"] = 5, True
        book["Guidance"]["B60"] = 5

    assert sorted(told(folder, edit)) == [
        "Guidance!B60: written in: 5",
        "Update!P1: written in: 5",
        "Update!P2: written in: TRUE",
    ]


def test_formulas_and_errors_outside_the_inputs_are_told(folder: Path) -> None:
    row = int("".join(filter(str.isdigit, place(folder, "1.1", "progress"))))

    def edit(book: Any, sheet: Any) -> None:
        sheet["P1"] = "=NOW()"
        sheet[f"P{row}"] = "=2+2"
        sheet[f"P{row + 1}"], sheet[f"P{row + 1}"].data_type = "#N/A", "e"
        sheet[f"P{row + 20}"] = "=3+3"
        book["Guidance"]["B60"] = "=4+4"
        book.create_sheet("Costs")["A1"] = "=10*3"

    assert set(told(folder, edit)) == {
        "Costs: sheet: =10*3",
        "Guidance!B60: written in: =4+4",
        "Update!P1: written in: =NOW()",
        f"Update!P{row}: beside: =2+2",
        f"Update!P{row + 1}: beside: #N/A",
        f"Update!P{row + 20}: beside: =3+3",
    }


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (ReadSheet("s", [[4]], formulas={(0, 0): "2+2"}), '=2+2 (showing "4")'),
        (ReadSheet("s", [], formulas={(0, 0): "2+2"}), "=2+2"),
        (ReadSheet("s", [[4]], formulas={(0, 0): SHARED}), 'a formula (showing "4")'),
        (ReadSheet("s", [[None]], errors={(0, 0): "#REF!"}), "#REF!"),
        (ReadSheet("s", [[4]]), ""),
    ],
    ids=["with what it shows", "never computed", "without its text", "an error", "a number"],
)
def test_what_is_told_of_a_cell_that_was_not_typed(sheet: ReadSheet, said: str) -> None:
    assert formula_text(sheet, (0, 0)) == said


def test_a_box_that_is_not_ticked_shows_nothing() -> None:
    sheet = ReadSheet("s", [[False, True], [False, None]], unticked=frozenset({(0, 0)}))
    shown = [[text for _, _, text in cells] for _, cells in texts_in(sheet)]
    assert shown == [["TRUE"], ["FALSE"]]


def test_a_heading_that_was_rewritten_is_told(folder: Path) -> None:
    def edit(_: Any, sheet: Any) -> None:
        header = next(
            c for row in sheet.iter_rows(max_row=12) for c in row
            if c.value == "RAG"
        )  # fmt: skip
        header.value = "Colour"

    (line,) = told(folder, edit)
    assert line.endswith(': heading: The heading over "rating" now says: Colour')


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """A plan whose templates are forms, without pages for proposals."""
    made = small.make(tmp_path / "plan")
    toml = made / "plan.toml"
    text = toml.read_text("utf-8")
    assert "[issue]" in text
    toml.write_text(text.replace("[issue]", '[issue]\nlayout = "form"'), "utf-8")
    small.issue(made)
    return made


def label(sheet: Any, text: str) -> Any:
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)


def test_nothing_is_said_of_a_form_saved_by_openpyxl(forms: Path) -> None:
    assert told(forms, lambda _book, _sheet: None) == []


def test_what_stands_in_a_column_inserted_before_the_boxes_is_told_and_no_label(
    forms: Path,
) -> None:
    row = 0

    def edit(_: Any, sheet: Any) -> None:
        nonlocal row
        at = label(sheet, "Progress")
        row = at.row
        sheet.insert_cols(at.column + 1)
        sheet.cell(row, at.column + 1).value = "see the minutes"

    assert told(forms, edit) == [f"Update!D{row}: beside: see the minutes"]


def test_a_label_that_was_rewritten_is_told(forms: Path) -> None:
    row = 0

    def edit(_: Any, sheet: Any) -> None:
        nonlocal row
        cell = label(sheet, "Progress")
        row, cell.value = cell.row, "Progress (in words)"

    assert told(forms, edit) == [
        f'Update!C{row}: heading: The heading beside "progress" now says: Progress (in words)'
    ]


def test_where_a_link_leads_is_told_unless_the_cell_shows_it(folder: Path) -> None:
    one, other = place(folder, "1.1", "progress"), place(folder, "1.3", "progress")

    def edit(book: Any, sheet: Any) -> None:
        shown = sheet[one].value
        sheet[one].hyperlink = "https://council.example/report.pdf"
        sheet[one].value = shown
        sheet[other].hyperlink = Hyperlink(ref=other, location="'Guidance'!B2")
        more = book.create_sheet("More")
        more["A1"] = "Write to them"
        more["A1"].hyperlink = "mailto:them@council.example"
        more["A2"] = "https://council.example"
        more["A2"].hyperlink = "https://council.example/"

    assert sorted(told(folder, edit)) == sorted(
        [
            "More!A1: link: mailto:them@council.example",
            "More: sheet: Write to them\nhttps://council.example",
            f"Update!{one}: link: https://council.example/report.pdf",
            f"Update!{other}: link: #'Guidance'!B2",
        ]
    )


def test_a_picture_is_told_with_its_cell() -> None:
    sheet = ReadSheet("Update", [], pictures=((8, 12),))
    (remark,) = box_remarks(Book("r.xlsx", "xlsx", (sheet,)), sheet)
    assert (remark.kind, str(remark.place)) == ("picture", "r.xlsx!Update!M9")


def test_words_in_a_page_header_are_told_and_not_what_programs_put_there(folder: Path) -> None:
    def edit(book: Any, sheet: Any) -> None:
        sheet.oddHeader.center.text = "DRAFT: not agreed"
        book["Guidance"].oddHeader.center.text = '&"Times New Roman,Regular"&12&A'
        book["Guidance"].oddFooter.center.text = "Page &P"
        book["Lists"].oddFooter.left.text = "Seite &P von &N, &D"

    assert told(folder, edit) == ["Update: page header: DRAFT: not agreed"]


def test_letters_and_page_headers_of_an_ods_are_told_too(folder: Path, office: Office) -> None:
    at = place(folder, "1.1", "progress")
    book = openpyxl.load_workbook(template(folder))
    sheet: Any = book["Update"]
    sheet[at].font = Font(color="FFFF0000")
    sheet.oddHeader.center.text = "DRAFT: not agreed, &D"
    book.save(folder / "coloured.xlsx")
    office.resave(folder / "coloured.xlsx", folder / "inbox" / "back.ods", filter=ODS)
    assert sorted(information(folder)) == [
        f"Update!{at}: colour: The letters are #FF0000, which looks like Red. If that is a "
        "rating, enter it as one: Drafted",
        "Update: page header: DRAFT: not agreed,",
    ]


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("Ours", True),
        ("Our plan, 2026-…", True),
        ("Our plan …", True),
        ("Their plan, …", False),
        ("Page of", True),
        ("Page of honour", False),
        ("/ ()", True),
        ("Ours too", False),
    ],
)
def test_what_is_usual_above_and_below_pages(text: str, usual: bool) -> None:
    assert is_usual_on_pages(text, frozenset({"Ours", "Our plan, 2026-11"})) is usual


@pytest.mark.parametrize(
    ("addition", "told"),
    [
        (Addition("chart", "Spend", (8, 11)), "Update!L9: chart: A chart stands here: Spend"),
        (
            Addition("drawing", "", (8, 11)),
            "Update!L9: drawing: Something is drawn here; look at it in the file.",
        ),
        (
            Addition("picture", "page header"),
            "Update: picture: A picture stands in the page header; look at it in the file.",
        ),
        (
            Addition("picture", ""),
            "Update: picture: A picture stands behind the cells; look at it in the file.",
        ),
        (
            Addition("other", "pivot table"),
            "Update: added: Something was added that the template did not have (pivot table); look "
            "at it in the file.",
        ),
        (Addition("text box", "Ask first"), "Update: text box: Ask first"),
    ],
)
def test_what_was_put_beside_the_cells_is_told_by_its_kind(addition: Addition, told: str) -> None:
    found = added_remarks(Book("r.xlsx", "xlsx"), "Update", [addition], frozenset())
    assert [f"{each.place}: {each.kind}: {each.text}" for each in found] == [f"r.xlsx!{told}"]


def test_a_chart_and_another_workbook_in_a_return_are_told(folder: Path) -> None:
    def edit(book: Any, sheet: Any) -> None:
        chart = BarChart()
        chart.title = "Spend by month"
        book.create_sheet("Mine").add_chart(chart, "E7")
        sheet["P1"] = "='[1]Sheet1'!A1"
        link = ExternalLink(ExternalBook(id="rId1"))
        link.file_link = Relationship(
            type="externalLinkPath", Target="file:///F:/A.xlsx", TargetMode="External", Id="rId1"
        )
        book._external_links.append(link)

    found = told(folder, edit)
    assert "Mine!E7: chart: A chart stands here: Spend by month" in found
    [other] = [line for line in found if "other workbook" in line]
    assert other == (
        "Update: other workbook: Formulas in this workbook lead to another one: file:///F:/A.xlsx"
    )


def test_cells_that_were_merged_over_change_nothing_and_are_told(folder: Path) -> None:
    places = (place(folder, ref, "progress") for ref in ("1.1", "1.3"))
    one, other = sorted(places, key=lambda cell: int(cell[1:]))
    (line,) = told(folder, lambda _book, sheet: sheet.merge_cells(f"{one}:{other}"))
    assert line.startswith(f"Update!{one}: merged: The cells {one}:{other} were merged.")


def test_what_is_struck_out_is_told_a_whole_row_at_once(folder: Path) -> None:
    one, other = place(folder, "1.1", "progress"), place(folder, "1.3", "progress")

    def edit(_: Any, sheet: Any) -> None:
        sheet[one].font = Font(strike=True)
        for cell in sheet[sheet[other].row][1:]:
            cell.font = Font(strike=True)

    found = told(folder, edit)
    assert f"Update!{one}: struck out: Drafted" in found
    (whole,) = [line for line in found if "The whole row is struck out" in line]
    assert "1.3" in whole
    assert "Eleven days on average" in whole
    assert len(found) == 2


def test_a_colour_in_place_of_the_rating_is_told_with_the_rating_it_looks_like(
    folder: Path,
) -> None:
    rating, same = place(folder, "1.1", "rating"), place(folder, "1.3", "rating")
    with small.opened(folder) as plan:
        colours = {each.label: each.colour for each in plan.definition.ratings}

    def edit(_: Any, sheet: Any) -> None:
        sheet[rating].fill = PatternFill("solid", fgColor=colours["Red"][1:])
        sheet[same].fill = PatternFill("solid", fgColor=colours["Amber"][1:])  # it is Amber

    (line,) = told(folder, edit)
    assert line.startswith(f"Update!{rating}: colour: The cell is filled with {colours['Red']}")
    assert "which looks like Red" in line


def test_coloured_letters_of_an_input_are_told_with_the_rating_they_look_like(
    folder: Path,
) -> None:
    one, other = place(folder, "1.1", "progress"), place(folder, "1.3", "progress")
    linked = place(folder, "1.1", "due")

    def edit(_: Any, sheet: Any) -> None:
        sheet[one].font = Font(color="FFFF0000")
        sheet[other].value = CellRichText(
            "Eleven days ", TextBlock(InlineFont(color=Color("FF7030A0")), "on average")
        )
        sheet[f"B{sheet[one].row}"].font = Font(color="FFFF0000")  # a locked cell
        shown = sheet[linked].value
        sheet[linked].hyperlink, sheet[linked].font = "https://a.example", Font(color="FF0563C1")
        sheet[linked].value = shown
        sheet[place(folder, "1.3", "due")].font = Font(color="FF404040")  # no more than grey

    found = told(folder, edit)
    assert len(found) == 3
    assert set(found) == {
        f"Update!{one}: colour: The letters are #FF0000, which looks like Red. If that is a "
        "rating, enter it as one: Drafted",
        f"Update!{linked}: link: https://a.example",
        f"Update!{other}: colour: The letters are #7030A0: Eleven days on average",
    }


def test_a_row_in_a_colour_of_its_own_is_told_once(folder: Path) -> None:
    at = place(folder, "1.3", "rating")

    def edit(_: Any, sheet: Any) -> None:
        for cell in sheet[sheet[at].row][1:]:
            cell.fill = PatternFill("solid", fgColor="7030A0")

    (line,) = told(folder, edit)
    assert "filled with #7030A0: 1.3 | " in line
    assert "looks like" not in line


def test_what_was_said_is_in_the_ledger_and_in_status(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(folder, lambda _, sheet: sheet["B1"].__setattr__("value", "I have left."))
    with small.opened(folder) as plan:
        facts = plan.desk.state.returns.values()
        assert [fact.information for fact in facts] == [("Update!B1: written in: I have left.",)]
    capsys.readouterr()
    small.do(folder, "status")
    assert "1 remark" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("colour", "label"),
    [
        ("#FF0000", "Red"),
        ("#C00000", "Red"),
        ("#FFC000", "Amber"),
        ("#FF9900", "Amber"),
        ("#00B050", "Green"),
        ("#0070C0", ""),
        ("#FFFFFF", ""),
        ("#7F7F7F", ""),
    ],
)
def test_a_colour_looks_like_a_rating_only_where_it_clearly_does(colour: str, label: str) -> None:
    scale = [
        Rating("R", "Red", colour="#E00000"),
        Rating("A", "Amber", colour="#FFC000"),
        Rating("G", "Green", colour="#00B050"),
    ]
    found = looks_like(colour, scale)
    assert (found.label if found else "") == label


@pytest.mark.parametrize(("shown", "remarked"), [(0.0, False), (None, False), (4.0, True)])
def test_a_formula_that_cannot_be_read_is_told_unless_it_shows_nothing(
    shown: float | None, remarked: bool
) -> None:
    """An old workbook has the message of a template as a formula that shows 0."""
    sheet = ReadSheet("Update", [[shown], ["field:ref"], ["Ref"]], formulas={(0, 0): SHARED})
    table = Table(sheet, 2, {"ref": 0}, (), None, with_ids=True)
    ours = furniture([({"Update": digest_of("Ref")}, {})])
    found = remarks_of(Book("r.xls", "xls", [sheet]), [table], "template", ours, outgoing.plan())
    assert [remark.kind for remark in found] == ["written in"] * remarked
