"""A workbook that came back, read as a return: whose it is, its rows, and what is refused."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from tests import outgoing
from xlplan.issued.sheets import row_values
from xlplan.issued.template import template_workbook
from xlplan.merge.model import Issued, MasterRow
from xlplan.merge.reading import Reading, ReadRow
from xlplan.plan.settings import IssueSettings
from xlplan.plan.shown import ShownNumber
from xlplan.returned.answers import read_answers
from xlplan.returned.as_issued import locked_text, template_columns
from xlplan.returned.read_return import read_return
from xlplan.returned.tables import plain
from xlplan.workbook.read.book import Book, ReadSheet
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.stamp import manifest, row_key
from xlplan.workbook.write.writing import write_workbook

PLAN = outgoing.plan(issue=IssueSettings(proposal_rows=2, layout="table"))
COLUMNS = template_columns(PLAN)
ROWS = outgoing.rows(4)
MINE = outgoing.issued(uids=tuple(row.uid for row in ROWS))
THEIRS = replace(MINE, id="t-ffffffffffff", author=outgoing.OTHER.name)
KNOWN = {MINE.id: MINE, THEIRS.id: THEIRS}
BY_UID = {row.uid: row for row in ROWS}
Edit = Callable[[Any], None]


def template(issued: Issued = MINE, key: bytes = outgoing.KEY) -> bytes:
    book = template_workbook(PLAN, outgoing.DIRECTOR, issued, ROWS, key, outgoing.CREATED)
    return write_workbook(book)


def edited(edit: Edit, data: bytes | None = None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data or template()))
    edit(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _ids() -> int:
    """The number of the row with the ids of the columns; below it the headings, then the rows."""
    rows = read_book(template(), "r.xlsx").sheets[0].rows
    return next(number for number, row in enumerate(rows, 1) if "field:ref" in row)


IDS = _ids()
HEADINGS, FIRST = IDS + 1, IDS + 2


def reading(data: bytes | Book, **changes: Any) -> Reading:
    book = data if isinstance(data, Book) else read_book(data, "r.xlsx")
    known = replace(outgoing.Known(KNOWN, ROWS, PLAN), **changes)
    return read_return(book, "0" * 64, known)


def codes(found: Reading) -> list[str]:
    return [problem.code for problem in found.problems]


def trusts(found: Reading) -> list[tuple[str, str]]:
    return [(row.uid, row.trust) for row in found.rows]


def update(book: Any) -> Worksheet:
    sheet = book["Update"]
    assert isinstance(sheet, Worksheet)
    return sheet


def column_of(sheet: Worksheet, column: str) -> int:
    for cells in sheet.iter_rows(max_row=12):
        for cell in cells:
            if cell.value == f"field:{column}":
                return int(cell.column or 0)
    raise LookupError(column)


ALL_SIGNED = [(row.uid, "signed") for row in ROWS]


def test_an_unedited_template_is_read_whole() -> None:
    found = reading(template())
    assert (found.trust, found.issued, found.document) == ("signed", MINE.id, "template")
    assert found.problems == ()
    assert found.remarks == ()
    assert found.columns == tuple(column.id for column in COLUMNS)
    assert trusts(found) == ALL_SIGNED
    assert [row.ref for row in found.rows] == [row.ref for row in ROWS]
    assert (ROWS[0].values["rating"], found.rows[0].cells["rating"].value) == ("G", "Green")
    assert found.saved_at == outgoing.CREATED


def test_a_cell_is_named_where_it_stands_in_the_file() -> None:
    data = template()
    found = reading(data)
    for row in found.rows:
        cell = row.cells["evidence"]
        sheet = update(openpyxl.load_workbook(io.BytesIO(data)))
        assert sheet[cell.cell].value == cell.value == "Board paper 12"
        assert row.number == sheet[cell.cell].row


def test_columns_may_be_moved_retitled_and_inserted() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        at = column_of(sheet, "rating")
        sheet.cell(HEADINGS, at).value = "Colour"
        sheet.insert_cols(1, 2)
        sheet.cell(HEADINGS, 2).value = "My own notes"
        sheet.cell(FIRST, 2).value = "ring the contractor"
        sheet.insert_rows(1, 3)

    found = reading(edited(edit))
    assert trusts(found) == ALL_SIGNED
    labels = {rating.code: rating.label for rating in outgoing.RATINGS}
    assert [row.cells["rating"].value for row in found.rows] == [
        labels[str(row.values["rating"])] for row in ROWS
    ]
    assert [(r.kind, str(r.place), r.text) for r in found.remarks] == [
        ("beside", f"r.xlsx!Update!B{FIRST + 3}", "My own notes: ring the contractor"),
        ("heading", f"r.xlsx!Update!L{HEADINGS + 3}", 'The heading over "rating" now says: Colour'),
    ]


def test_blank_cells_under_an_area_that_was_merged_are_not_returned() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        at = column_of(sheet, "evidence")
        sheet.cell(FIRST, at).value = "For all three: done"
        sheet.merge_cells(start_row=FIRST, end_row=FIRST + 2, start_column=at, end_column=at)

    found = reading(read_book(edited(edit), "r.xlsx", ours=frozenset()))
    shown = [row.cells["evidence"].value for row in found.rows if "evidence" in row.cells]
    assert shown == ["For all three: done", "Board paper 12"]
    assert trusts(found) == ALL_SIGNED
    (remark,) = (each for each in found.remarks if each.kind == "merged")
    letter = remark.place.cell.rstrip("0123456789")
    assert remark.place.cell == f"{letter}{FIRST}"
    assert f"The cells {letter}{FIRST}:{letter}{FIRST + 2} were merged." in remark.text


def test_a_ref_that_was_merged_over_leaves_the_key_of_its_row() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        at = column_of(sheet, "ref")
        sheet.merge_cells(start_row=FIRST, end_row=FIRST + 1, start_column=at, end_column=at)

    found = reading(read_book(edited(edit), "r.xlsx", ours=frozenset()))
    assert trusts(found) == ALL_SIGNED


def test_a_cell_under_a_merged_area_that_still_holds_something_is_read() -> None:
    sheet = read_book(template(), "r.xlsx").sheets[0]
    merged = replace(sheet, merged=((FIRST - 1, 0, FIRST + 2, 60),))
    found = reading(Book("r.xlsx", "xlsx", (merged,)))
    assert [row.cells["evidence"].value for row in found.rows] == ["Board paper 12"] * 4


def test_rows_sorted_with_their_keys_are_the_same_rows() -> None:
    def edit(book: Any) -> None:
        swap(update(book), FIRST, FIRST + 1, first_column=1)

    found = reading(edited(edit))
    assert trusts(found) == [ALL_SIGNED[1], ALL_SIGNED[0], *ALL_SIGNED[2:]]


def test_rows_sorted_without_their_keys_disagree() -> None:
    def edit(book: Any) -> None:
        swap(update(book), FIRST, FIRST + 1, first_column=2)

    found = reading(edited(edit))
    assert [row.trust for row in found.rows] == ["disagrees", "disagrees", "signed", "signed"]
    assert codes(found) == ["RET-010", "RET-010"]
    assert [(row.uid, row.ref) for row in found.rows[:2]] == [
        (ROWS[0].uid, ROWS[1].ref),
        (ROWS[1].uid, ROWS[0].ref),
    ]


def swap(sheet: Worksheet, one: int, other: int, first_column: int) -> None:
    for col in range(first_column, sheet.max_column + 1):
        first, second = sheet.cell(one, col), sheet.cell(other, col)
        first.value, second.value = second.value, first.value


def test_a_row_emptied_as_a_whole_is_still_that_row() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        for col in range(2, sheet.max_column + 1):
            sheet.cell(FIRST, col).value = None

    found = reading(edited(edit))
    assert trusts(found) == ALL_SIGNED
    assert all(cell.value is None for cell in found.rows[0].cells.values())


def test_a_number_made_of_a_ref_is_that_ref() -> None:
    row = outgoing.row(1, ref="3.10")
    data = row_key(outgoing.KEY, MINE.id, row.uid, locked_text(COLUMNS, row_values(row, COLUMNS)))
    sheet = ReadSheet("Update", [[None, "field:ref"], [None, "Ref"], [data, 3.1]])
    found = reading(
        Book("r.xlsx", "xlsx", [sheet]),
        rows=[row],
    )
    assert [each.trust for each in found.rows] == ["signed"]


def test_a_row_pasted_from_another_template_is_foreign() -> None:
    foreign = row_of(THEIRS)

    def edit(book: Any) -> None:
        update(book).cell(FIRST, 1).value = foreign

    found = reading(edited(edit))
    assert [row.trust for row in found.rows] == ["foreign", "signed", "signed", "signed"]
    assert found.rows[0].key_issued == THEIRS.id
    assert codes(found) == ["RET-011"]


def row_of(issued: Issued, row: MasterRow = ROWS[0], key: bytes = outgoing.KEY) -> str:
    return row_key(key, issued.id, row.uid, locked_text(COLUMNS, row_values(row, COLUMNS)))


@pytest.mark.parametrize(
    "forged",
    [
        row_of(MINE, key=b"another key"),
        row_of(MINE).replace(ROWS[0].uid, ROWS[1].uid),
        row_of(MINE)[:-1] + ("0" if row_of(MINE)[-1] != "0" else "1"),
        row_key(outgoing.KEY, "t-000000000000", ROWS[0].uid),
    ],
)
def test_a_key_that_this_plan_did_not_make_for_this_row_is_forged(forged: str) -> None:
    def edit(book: Any) -> None:
        update(book).cell(FIRST, 1).value = forged

    found = reading(edited(edit))
    assert [row.trust for row in found.rows] == ["forged", "signed", "signed", "signed"]
    assert codes(found) == ["RET-012"]


def test_a_row_that_somebody_added_is_added_and_a_blank_one_is_nothing() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        last = sheet.max_row
        sheet.cell(last + 3, column_of(sheet, "action")).value = "Open a second hub"

    found = reading(edited(edit))
    assert trusts(found) == [*ALL_SIGNED, ("", "added")]
    assert found.rows[-1].cells["action"].value == "Open a second hub"


def test_a_proposal_row_counts_once_it_is_filled_in() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        sheet.cell(FIRST + len(ROWS), column_of(sheet, "action")).value = "Open a second hub"

    assert trusts(reading(edited(edit))) == [*ALL_SIGNED, ("new-1", "added")]


def test_a_copied_row_is_in_the_reading_twice() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        below = sheet.max_row + 1
        for col in range(1, sheet.max_column + 1):
            sheet.cell(below, col).value = sheet.cell(FIRST, col).value

    assert trusts(reading(edited(edit))) == [*ALL_SIGNED, ALL_SIGNED[0]]


def test_a_sheet_copied_into_a_new_workbook_is_read_by_its_row_keys() -> None:
    source = read_book(template(), "r.xlsx").sheets[0]
    found = reading(Book("r.xlsx", "xlsx", [replace(source, name="Sheet1")]))
    assert (found.trust, found.issued) == ("rows", MINE.id)
    assert codes(found) == ["RET-006"]
    assert found.problems[0].level == "warning"
    assert trusts(found) == ALL_SIGNED


def test_the_same_from_csv_in_which_everything_is_text() -> None:
    rows = read_book(template(), "r.xlsx").sheets[0].rows
    text = "\n".join(";".join(quoted(value) for value in row) for row in rows)
    found = reading(read_book(text.encode(), "r.csv"))
    assert (found.kind, found.trust) == ("csv", "rows")
    assert trusts(found) == ALL_SIGNED


def quoted(value: object) -> str:
    return '"' + str("" if value is None else value).replace('"', '""') + '"'


def without_keys(keep: Callable[[Sequence[object]], bool] = lambda _: True) -> Book:
    """The template as values only: no stamp, no row keys, no row of ids."""
    source = read_book(template(), "r.xlsx").sheets[0]
    rows = [[None, *row[1:]] for row in source.rows if not str(row[1]).startswith("field:")]
    return Book("r.xlsx", "xlsx", [replace(source, rows=[row for row in rows if keep(row)])])


def test_without_keys_the_visible_reference_tells_the_template_and_refs_the_rows() -> None:
    found = reading(without_keys())
    assert (found.trust, found.issued) == ("reference", MINE.id)
    assert codes(found) == ["RET-005"]
    assert trusts(found) == [(row.uid, "matched") for row in ROWS]


def test_without_anything_the_file_is_refused() -> None:
    found = reading(without_keys(lambda row: MINE.id not in row))
    assert (found.trust, found.issued) == ("none", "")
    assert [(p.code, p.level) for p in found.problems] == [("RET-003", "error")]


def test_a_workbook_of_somebody_elses_is_named_by_kind_title_and_sheets() -> None:
    cover = ReadSheet("Cover", [["Period:", None], [None, "Quarterly return of housing"], ["x", 1]])
    hidden = ReadSheet("Lists", [["A hidden list of words"]], visible=False)
    book = Book("r.xlsm", "xlsm", [hidden, cover, ReadSheet("Figures", [["Homes", 3]])])
    (problem,) = reading(book).problems
    assert problem.message.startswith(
        'This is the Excel workbook with macros "Quarterly return of housing", with the sheets '
        '"Cover", "Figures". It has no stamp'
    )
    titled = replace(book, properties={"title": "Housing\nreturn"})
    assert '"Housing return"' in reading(titled).problems[0].message
    one = ReadSheet("Cover", [["Office of audits"], ["Section", "CorrectiveActionPlan"]])
    (of_several,) = reading(Book("r.xlsx", "xlsx", [one])).problems
    assert '"Office of audits: CorrectiveActionPlan"' in of_several.message
    bare = Book("r.ods", "ods", [ReadSheet("Sheet1", [[1, 2]])])
    assert (
        reading(bare)
        .problems[0]
        .message.startswith('This OpenDocument spreadsheet has the sheet "Sheet1". It has no stamp')
    )


def test_a_ref_of_look_alike_letters_matches_nothing() -> None:
    refs = {"A1": "u-0001"}
    sheet = ReadSheet(
        "Update", [["Ref", "Action"], ["А1", "Cyrillic"], ["A1", "Latin"], [MINE.id, None]]
    )
    found = reading(Book("r.xlsx", "xlsx", [sheet]), refs=refs)
    assert trusts(found)[:2] == [("", "added"), ("u-0001", "matched")]


def test_a_template_of_another_plan_is_refused() -> None:
    found = reading(template(), definition=replace(PLAN, id="elsewhere"))
    assert codes(found) == ["RET-001"]
    assert '"northmere"' in found.problems[0].message


def test_a_template_signed_with_another_key_is_forged() -> None:
    found = reading(template(key=b"another key"))
    assert found.trust == "forged"
    assert [(p.code, p.level) for p in found.problems if p.level == "error"] == [
        ("RET-002", "error")
    ]
    assert {row.trust for row in found.rows} == {"forged"}


def test_a_damaged_stamp_is_passed_over_where_the_rows_are_signed() -> None:
    source = read_book(template(), "r.xlsx")
    stamp = ReadSheet("xlplan", [["xlplan-stamp:1:###"]])
    found = reading(Book("r.xlsx", "xlsx", [source.sheets[0], stamp]))
    assert (found.trust, codes(found)) == ("rows", ["RET-006"])


def test_a_template_that_the_ledger_does_not_know_is_refused() -> None:
    found = reading(template(), sent={})
    assert [p.code for p in found.problems if p.level == "error"] == ["RET-004"]


def test_two_genuine_stamps_that_differ_leave_the_rows_to_say() -> None:
    source = read_book(template(), "r.xlsx")
    other = manifest(outgoing.KEY, {"plan": PLAN.id, "issued": THEIRS.id})
    found = reading(replace(source, sheets=[*source.sheets, ReadSheet("x", [[other]])]))
    assert (found.trust, found.issued) == ("rows", MINE.id)
    assert THEIRS.id in found.problems[0].message


def test_a_workbook_with_a_stamp_and_no_table_is_refused() -> None:
    source = read_book(template(), "r.xlsx")
    found = reading(replace(source, sheets=[s for s in source.sheets if s.name != "Update"]))
    assert codes(found) == ["RET-007"]


def test_a_table_without_rows_is_refused_and_nothing_counts_as_missing() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        sheet.delete_rows(FIRST, sheet.max_row)

    assert codes(reading(edited(edit))) == ["RET-008"]


def test_a_column_that_is_there_twice_is_read_once_and_said() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        beyond = sheet.max_column + 1
        sheet.cell(IDS, beyond).value = "field:rating"
        sheet.cell(FIRST, beyond).value = "R"

    found = reading(edited(edit))
    assert codes(found) == ["RET-009"]
    assert found.columns.count("rating") == 1
    assert (ROWS[0].values["rating"], found.rows[0].cells["rating"].value) == ("G", "Green")


def test_formulas_and_errors_reach_the_merge_as_such() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        sheet.cell(FIRST, column_of(sheet, "evidence")).value = "=1+1"
        error = sheet.cell(FIRST + 1, column_of(sheet, "evidence"))
        error.value, error.data_type = "#N/A", "e"

    rows: Sequence[ReadRow] = reading(edited(edit)).rows
    assert rows[0].cells["evidence"].formula == "1+1"
    assert rows[1].cells["evidence"].error == "#N/A"


def test_notes_sheets_and_lines_below_are_remarks() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        sheet.cell(sheet.max_row + 2, 2).value = "Back from leave on the 9th."
        sheet.cell(FIRST, 3).comment = Comment("see the minutes", "someone")
        book.create_sheet("More").append(["Costs", 12])

    found = reading(edited(edit))
    assert trusts(found) == ALL_SIGNED
    assert sorted((r.kind, r.place.sheet, r.text) for r in found.remarks) == [
        ("below", "Update", "Back from leave on the 9th."),
        ("note", "Update", "see the minutes"),
        ("sheet", "More", "Costs | 12"),
    ]


def test_headings_pasted_again_are_no_action() -> None:
    def edit(book: Any) -> None:
        sheet = update(book)
        below = sheet.max_row + 1
        for col in range(2, sheet.max_column + 1):
            sheet.cell(below, col).value = sheet.cell(HEADINGS, col).value

    assert trusts(reading(edited(edit))) == ALL_SIGNED


def test_a_file_that_the_gate_refused_keeps_its_reason() -> None:
    found = reading(b"%PDF-1.4")
    assert (found.trust, codes(found), found.rows) == ("none", ["GATE-013"], ())


DECISIONS = replace(MINE, id="d-0a1b2c3d4e5f", document="decisions", author="coordinator")


def decisions(*answers: tuple[str, object, object, object], plan: str = PLAN.id) -> Book:
    rows: list[list[Any]] = [
        [None, "field:question", "field:decision", "field:other", "field:why"],
        [None, "Question", "Your decision", "Other value", "Why"],
        *([key, "?", decision, other, why] for key, decision, other, why in answers),
    ]
    stamp = manifest(outgoing.KEY, {"plan": plan, "issued": DECISIONS.id, "document": "decisions"})
    sheets = [ReadSheet("Questions", rows), ReadSheet("xlplan", [[stamp]], visible=False)]
    return Book("decisions.xlsx", "xlsx", sheets)


def question_key(question: str, issued: str = DECISIONS.id) -> str:
    return row_key(outgoing.KEY, issued, question)


def test_answers_are_read_by_the_key_of_their_question() -> None:
    book = decisions(
        (question_key("q-1a"), "Other", 0.5, "agreed with both"),
        (question_key("q-2b"), None, None, None),
        (question_key("q-3c"), "Keep current ", None, None),
    )
    found = read_answers(book, "0" * 64, outgoing.KEY, PLAN, DECISIONS.id)
    assert found.problems == ()
    assert [(a.question, a.decision, a.other, a.why) for a in found.answers] == [
        ("q-1a", "Other", 0.5, "agreed with both"),
        ("q-3c", "Keep current", None, ""),
    ]
    assert str(found.answers[1].place) == "decisions.xlsx!Questions!C5"


@pytest.mark.parametrize(
    "key", [question_key("q-1a", MINE.id), "", row_key(b"another key", DECISIONS.id, "q-1a")]
)
def test_an_answer_without_its_question_is_not_guessed(key: str) -> None:
    book = decisions((key, "Keep current", None, None))
    found = read_answers(book, "", outgoing.KEY, PLAN, DECISIONS.id)
    assert (found.answers, [p.code for p in found.problems]) == ((), ["RET-016"])


def test_a_formula_is_no_answer() -> None:
    book = decisions((question_key("q-1a"), "Other", 2, None))
    sheet = replace(book.sheets[0], formulas={(2, 3): "1+1"})
    found = read_answers(replace(book, sheets=[sheet]), "", outgoing.KEY, PLAN, DECISIONS.id)
    assert (found.answers, [p.code for p in found.problems]) == ((), ["RET-015"])


def test_what_is_written_outside_the_answers_of_decisions_is_told() -> None:
    book = decisions(
        (question_key("q-1a"), "Other", 2, "agreed"), (question_key("q-2b"), None, None, None)
    )
    rows = [*book.sheets[0].rows]
    rows[3] = [*rows[3], None, "ask Ada first"]
    rows += [[None, "All others: as the leads say"], [None, "?", None, None, None, None]]
    sheet = ReadSheet("Questions", rows, notes={(2, 2): "Not sure"})
    found = read_answers(
        replace(book, sheets=[sheet, book.sheets[1]]), "", outgoing.KEY, PLAN, DECISIONS.id
    )
    assert [(p.code, p.where, p.level) for p in found.problems] == [
        ("RET-031", "decisions.xlsx!Questions!C3", "note"),
        ("RET-031", "decisions.xlsx!Questions!G4", "note"),
        ("RET-031", "decisions.xlsx!Questions!B5", "note"),
        ("RET-031", "decisions.xlsx!Questions!B6", "note"),
    ]
    assert "ask Ada first" in str(found.problems[1])
    assert [answer.question for answer in found.answers] == ["q-1a"]


def test_decisions_of_another_plan_are_refused() -> None:
    book = decisions((question_key("q-1a"), "Keep current", None, None), plan="elsewhere")
    found = read_answers(book, "", outgoing.KEY, PLAN, DECISIONS.id)
    assert (found.answers, [p.code for p in found.problems]) == ((), ["RET-013"])


def test_decisions_without_their_table_say_so() -> None:
    found = read_answers(Book("d.xlsx", "xlsx", [ReadSheet("x", [["y"]])]), "", b"k", PLAN, "d-1")
    assert [p.code for p in found.problems] == ["RET-014"]


def test_decisions_are_told_from_returns_by_their_stamp() -> None:
    known = {**KNOWN, DECISIONS.id: DECISIONS}
    found = reading(decisions(), sent=known)
    assert (found.document, found.issued, found.problems) == ("decisions", DECISIONS.id, ())


def master(*refs: object) -> Book:
    mine = replace(MINE, id="m-0a1b2c3d4e5f", document="master", author="coordinator")
    keys = [row_key(outgoing.KEY, mine.id, row.uid) for row in ROWS]
    plan: list[list[Any]] = [
        [None, "field:ref"],
        [None, "Ref"],
        *([k, r] for k, r in zip(keys, refs, strict=False)),
    ]
    other: list[list[Any]] = [[None, "field:ref"], [None, "Ref"]]
    stamp = manifest(outgoing.KEY, {"plan": PLAN.id, "issued": mine.id, "document": "master"})
    sheets = [ReadSheet("Plan", plan), ReadSheet("Recommendations", other)]
    return Book("master.xlsx", "xlsx", [*sheets, ReadSheet("xlplan", [[stamp]])])


def read_master(*refs: object) -> Reading:
    mine = replace(MINE, id="m-0a1b2c3d4e5f", document="master", author="coordinator")
    return reading(master(*refs), sent={mine.id: mine}, locked="")


def test_the_coordinator_may_write_a_new_ref_in_the_master() -> None:
    found = read_master("9.9", ROWS[1].ref)
    assert found.document == "master"
    assert [(row.sheet, row.trust) for row in found.rows] == [("Plan", "signed")] * 2


def test_a_master_sorted_without_its_keys_is_noticed() -> None:
    found = read_master(ROWS[1].ref, ROWS[0].ref)
    assert [row.trust for row in found.rows] == ["disagrees"] * 2


def test_a_ref_is_what_its_cell_shows() -> None:
    assert plain(ShownNumber(419, "00000")) == "00419"
    assert plain(419.0) == "419"
