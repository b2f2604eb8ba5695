"""Whose a file is, and which row is which, after people and programs have had it in hand.

Every test gives the template of one lead back with one edit in it (1.1 is now Red), changed by hand
or saved by another program; nothing but that edit may come of it.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter

from tests import small
from tests.office import CSV, ODS, STRICT_XLSX, XLS, XLSX, Office, Sort, Step, Type, Unprotect
from tests.small import CYCLE, LETTINGS
from xlplan.cycle.merge import MergeResult
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.write.filling import key_rows

EDIT = [("1.1", "rating", "Green", "Red")]
MISSING_STAMP = ["RET-006"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = small.make(tmp_path / "plan")
    small.issue(made)
    return made


class Template:
    """The template of one lead: its bytes, and where things are in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "outbox" / CYCLE / f"{LETTINGS}.xlsx"
        self.columns, rows = key_rows(self.path.read_bytes(), ID_PREFIX)
        with small.opened(folder) as plan:
            refs = {row.uid: row.ref for row in plan.rows()}
        self.rows = {refs[uid]: number for uid, (_, number) in rows.items()}

    def at(self, ref: str, field: str) -> str:
        return f"{self.columns[field]}{self.rows[ref]}"

    @property
    def first(self) -> int:
        return min(self.rows.values())

    @property
    def last(self) -> int:
        return max(self.rows.values())

    def edited(self, change: Callable[[Any, Any, Template], None] | None = None) -> bytes:
        """With the one edit, and `change` of the book and its sheet on top."""
        book = openpyxl.load_workbook(self.path)
        sheet = book["Update"]
        sheet[self.at("1.1", "rating")] = "Red"
        if change is not None:
            change(book, sheet, self)
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()


@pytest.fixture
def template(folder: Path) -> Template:
    return Template(folder)


def merged(folder: Path, data: bytes, name: str = "back.xlsx") -> MergeResult:
    (folder / "inbox" / name).write_bytes(data)
    with small.opened(folder) as plan:
        return plan.merge()


def changes(result: MergeResult) -> list[tuple[str, str, object, object]]:
    return [(c.action, c.field, c.before, c.after) for c in result.changes]


def codes(result: MergeResult) -> list[str]:
    return [problem.code for report in result.returns for problem in report.problems]


def only_the_edit(result: MergeResult, expected: Sequence[str] = ()) -> None:
    assert codes(result) == list(expected)
    assert [(r.outcome, r.lead) for r in result.returns] == [("merged", LETTINGS)]
    assert changes(result) == EDIT
    assert result.questions == ()


# By hand


def rename(_: Any, sheet: Any, __: Template) -> None:
    sheet.title = "Mine"


def show_the_stamp(book: Any, _: Any, __: Template) -> None:
    book["xlplan"].sheet_state = "visible"


def rename_the_stamp(book: Any, _: Any, __: Template) -> None:
    book["xlplan"].sheet_state = "visible"
    book["xlplan"].title = "Sheet4"


def rows_above(_: Any, sheet: Any, __: Template) -> None:
    sheet.insert_rows(1, 3)


def rows_between(_: Any, sheet: Any, template: Template) -> None:
    sheet.insert_rows(template.last, 2)


def columns_before(_: Any, sheet: Any, __: Template) -> None:
    sheet.insert_cols(1, 2)


def columns_between(_: Any, sheet: Any, template: Template) -> None:
    sheet.insert_cols(column_index_from_string(template.columns["rating"]))


def swap_columns(_: Any, sheet: Any, template: Template) -> None:
    one, other = template.columns["rating"], template.columns["progress"]
    for row in range(template.first - 2, template.last + 1):
        first, second = sheet[f"{one}{row}"], sheet[f"{other}{row}"]
        first.value, second.value = second.value, first.value


def hide_and_filter(_: Any, sheet: Any, template: Template) -> None:
    sheet.auto_filter.add_filter_column(1, ["1.3"])
    sheet.row_dimensions[template.rows["1.1"]].hidden = True
    sheet.column_dimensions[template.columns["progress"]].hidden = True


def show_the_keys(_: Any, sheet: Any, __: Template) -> None:
    sheet.column_dimensions["A"].hidden = False


def retitle(_: Any, sheet: Any, template: Template) -> None:
    for letter in template.columns.values():
        cell = sheet[f"{letter}{template.first - 1}"]
        cell.value = f"{cell.value}?"


def overwrite_the_reference(_: Any, sheet: Any, __: Template) -> None:
    for row in sheet.iter_rows(max_row=8):
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("t-"):
                cell.value = "t-000000000000"


def sort_all(_: Any, sheet: Any, template: Template) -> None:
    swap_rows(sheet, template, 1)


def swap_rows(sheet: Any, template: Template, first_column: int) -> None:
    one, other = template.rows["1.1"], template.rows["1.3"]
    for col in range(first_column, sheet.max_column + 1):
        first, second = sheet.cell(one, col), sheet.cell(other, col)
        first.value, second.value = second.value, first.value


def drop_other_sheets(book: Any, sheet: Any, __: Template) -> None:
    for other in book.sheetnames:
        if book[other] is not sheet and other != "xlplan":
            del book[other]


@pytest.mark.parametrize(
    "change",
    [
        rename, show_the_stamp, rename_the_stamp, rows_above, rows_between, columns_before,
        columns_between, swap_columns, hide_and_filter, show_the_keys, retitle,
        overwrite_the_reference, sort_all, drop_other_sheets,
    ],
)  # fmt: skip
def test_what_people_do_to_a_workbook_hides_neither_it_nor_its_rows(
    folder: Path, template: Template, change: Callable[[Any, Any, Template], None]
) -> None:
    only_the_edit(merged(folder, template.edited(change)))


def delete_the_stamp(book: Any, _: Any, __: Template) -> None:
    del book["xlplan"]


def delete_all_stamps(book: Any, _: Any, __: Template) -> None:
    del book["xlplan"]
    for name in list(book.custom_doc_props.names):
        del book.custom_doc_props[name]


def test_a_deleted_stamp_leaves_the_one_in_the_properties(folder: Path, template: Template) -> None:
    only_the_edit(merged(folder, template.edited(delete_the_stamp)))


def test_without_any_stamp_the_rows_say_whose_they_are(folder: Path, template: Template) -> None:
    only_the_edit(merged(folder, template.edited(delete_all_stamps)), MISSING_STAMP)


def test_a_sheet_copied_into_a_new_workbook_is_known_by_its_rows(
    folder: Path, template: Template
) -> None:
    source = read_book(template.edited(), "r.xlsx").sheets[0]
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in source.rows:
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    only_the_edit(merged(folder, target.getvalue(), "Book1.xlsx"), MISSING_STAMP)


@pytest.mark.parametrize("name", ["~x.xlsx", "Copy of plan (3).xlsx", "plan.txt", "план", "a.pdf"])
def test_the_name_of_the_file_says_nothing(folder: Path, template: Template, name: str) -> None:
    only_the_edit(merged(folder, template.edited(), name))


def test_rows_sorted_without_their_keys_are_asked_about(folder: Path, template: Template) -> None:
    def change(_: Any, sheet: Any, template: Template) -> None:
        swap_rows(sheet, template, 2)

    result = merged(folder, template.edited(change))
    assert codes(result) == ["RET-010", "RET-010"]
    assert changes(result) == []
    assert {question.kind for question in result.questions} <= {"held", "locked"}
    assert {question.action for question in result.questions} == {"1.1", "1.3"}


def test_a_cell_cut_and_pasted_is_empty_there_and_new_here(
    folder: Path, template: Template
) -> None:
    def change(_: Any, sheet: Any, template: Template) -> None:
        source = sheet[template.at("1.1", "progress")]
        sheet[template.at("1.3", "progress")].value = source.value
        source.value = None

    result = merged(folder, template.edited(change))
    assert changes(result) == [
        ("1.1", "progress", "Drafted", None),
        *EDIT,
        ("1.3", "progress", "Eleven days on average", "Drafted"),
    ]


# By LibreOffice

KINDS = {"back.xlsx": XLSX, "strict.xlsx": STRICT_XLSX, "back.xls": XLS, "back.ods": ODS,
         "back.csv": CSV}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_libreoffice_keeps_the_edit_and_nothing_else_in_every_kind(
    folder: Path, template: Template, office: Office, name: str, tmp_path: Path
) -> None:
    target = tmp_path / name
    typed = tmp_path / "typed.xlsx"
    office.edit(template.path, typed, [Type(f"Update!{template.at('1.1', 'rating')}", "Red")])
    office.resave(typed, target, filter=KINDS[name])
    expected = MISSING_STAMP if name.endswith("csv") else []
    only_the_edit(merged(folder, target.read_bytes(), name), expected)


@pytest.mark.parametrize("whole", [True, False], ids=["all columns", "only the visible ones"])
def test_rows_that_libreoffice_sorts_are_known_or_asked_about(
    folder: Path, template: Template, office: Office, whole: bool, tmp_path: Path
) -> None:
    rating = column_index_from_string(template.columns["rating"]) - 1
    right = get_column_letter(max(map(column_index_from_string, template.columns.values())))
    left = "A" if whole else min(template.columns.values())
    area = f"Update!{left}{template.first}:{right}{template.last}"
    key = rating - (0 if whole else column_index_from_string(left) - 1)
    steps: list[Step] = [
        Type(f"Update!{template.at('1.1', 'rating')}", "Red"),
        Unprotect("Update"),
        Sort(area, key),  # Amber before Red: 1.3 before 1.1
    ]
    target = tmp_path / "sorted.xlsx"
    office.edit(template.path, target, steps)
    result = merged(folder, target.read_bytes())
    if whole:
        only_the_edit(result)
    else:
        assert codes(result) == ["RET-010", "RET-010"]
        assert changes(result) == []


# By other programs


def rows_of(data: bytes) -> list[tuple[str, list[list[Any]]]]:
    """The values of every sheet, as a program sees them that knows of nothing else."""
    book: Book = read_book(data, "r.xlsx")
    return [(sheet.name, [list(row) for row in sheet.rows]) for sheet in book.sheets]


def test_a_writer_that_keeps_values_alone_loses_nothing_that_is_needed(
    folder: Path, template: Template, tmp_path: Path
) -> None:
    pyexcelerate = pytest.importorskip("pyexcelerate", reason="PyExcelerate is not installed")
    book = pyexcelerate.Workbook()
    for name, rows in rows_of(template.edited()):
        book.new_sheet(name, data=[["" if v is None else v for v in row] for row in rows])
    target = tmp_path / "values.xlsx"
    book.save(str(target))
    only_the_edit(merged(folder, target.read_bytes()))


def test_a_binary_workbook_is_read_as_any_other(
    folder: Path, template: Template, tmp_path: Path
) -> None:
    writer = pytest.importorskip("pyxlsbwriter", reason="pyxlsbwriter is not installed")
    target = tmp_path / "back.xlsb"
    with writer.XlsbWriter(str(target)) as book:
        for name, rows in rows_of(template.edited()):
            book.add_sheet(name)
            book.write_sheet(rows)
    assert read_book(target.read_bytes(), "r").kind == "xlsb"
    only_the_edit(merged(folder, target.read_bytes(), "back.xlsb"))


SCRIPT = """
const xlsx = require("xlsx");
const [source, target, kind, cell] = process.argv.slice(1);
const book = xlsx.readFile(source, {cellStyles: true});
book.Sheets["Update"][cell] = {t: "s", v: "Red"};
xlsx.writeFile(book, target, {bookType: kind, sheet: "Update"});
"""


@pytest.fixture
def sheetjs() -> Callable[[Path, Path, str, str], None]:
    """SheetJS, which keeps no protection, no dropdowns and no styles."""
    modules = os.environ.get("XLPLAN_NODE_MODULES", "")
    node = shutil.which("node")
    if node is None or not (Path(modules) / "xlsx").is_dir():
        pytest.skip("SheetJS is not here (node, and XLPLAN_NODE_MODULES with xlsx in it)")

    def save(source: Path, target: Path, kind: str, cell: str) -> None:
        subprocess.run(
            [node, "-e", SCRIPT, str(source), str(target), kind, cell],
            check=True,
            env={**os.environ, "NODE_PATH": modules},
            timeout=60,
        )

    return save


@pytest.mark.parametrize("kind", ["xlsx", "xlsm", "biff8", "ods", "csv"])
def test_sheetjs_keeps_the_edit_and_nothing_else_in_every_kind(
    folder: Path,
    template: Template,
    sheetjs: Callable[[Path, Path, str, str], None],
    kind: str,
    tmp_path: Path,
) -> None:
    target = tmp_path / f"back.{'xls' if kind == 'biff8' else kind}"
    sheetjs(template.path, target, kind, template.at("1.1", "rating"))
    # It cuts every text of an .xls at 255 characters, and with it the stamp.
    expected = MISSING_STAMP if kind in ("csv", "biff8") else []
    only_the_edit(merged(folder, target.read_bytes(), target.name), expected)


def test_cells_that_no_reader_knows_refuse_the_file_and_look_like_no_deletion(
    folder: Path,
    template: Template,
    sheetjs: Callable[[Path, Path, str, str], None],
    tmp_path: Path,
) -> None:
    target = tmp_path / "back.xlsb"
    sheetjs(template.path, target, "xlsb", template.at("1.1", "rating"))
    result = merged(folder, target.read_bytes(), target.name)
    assert [r.outcome for r in result.returns] == ["refused"]
    assert set(codes(result)) == {"GATE-024"}
    assert (result.changes, result.questions) == ((), ())


def test_a_template_whose_rich_text_lost_the_spaces_at_its_seams_is_untouched(
    tmp_path: Path,
) -> None:
    """As gnumeric saves it: a space where one run ends or begins has no mark that keeps it."""
    folder = small.make(tmp_path / "plan")
    assert small.do(folder, "issue", "--cycle", CYCLE, "--return-by", "2026-11-27") == 0
    name = f"{small.LETTINGS}.xlsx"
    seams = 0

    def trimmed(found: re.Match[bytes]) -> bytes:
        nonlocal seams
        seams += 1
        return b"<t>" + found[1].strip(b" ") + b"</t></r>"

    with (
        zipfile.ZipFile(folder / "outbox" / CYCLE / name) as old,
        zipfile.ZipFile(folder / "inbox" / name, "w") as new,
    ):
        for each in old.namelist():
            part = old.read(each)
            new.writestr(each, re.sub(rb"<t(?: [^>]*)?>([^<]*)</t></r>", trimmed, part))
    with small.opened(folder) as plan:
        result = plan.merge()
    (report,) = result.returns
    assert seams >= 4
    assert (report.outcome, report.information, report.problems) == ("unchanged", (), ())
