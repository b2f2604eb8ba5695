"""Numbers and dates are read with what their cells show, in every kind of workbook."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from msgspec.structs import replace

from tests.attacks import compound, xls, xls_record, xlsb, xlsb_record, xlsb_row
from tests.documents import SPACES
from tests.number_formats import EVERY
from tests.office import CSV, ODS, XLS, XLSX, Office
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.shown import ShownDate, ShownNumber
from xlplan.plan.values import Invalid, canon, show
from xlplan.workbook.read.book import CellValue, ReadSheet
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.read.xls import workbook_stream

CELLS: Sequence[tuple[float, str, str]] = (
    (419, "00000", "00419"),
    (1, '"HSG-"000', "HSG-001"),
    (1.1, "0.00", "1.10"),
    (50, '0"%"', "50%"),
    (0.5, "0%", "50%"),
    (1500, "£#,##0", "£1,500"),
    (1234567.5, "#,##0.0", "1,234,567.5"),
    (46174, "mmm-yy", "Jun-26"),
    (46174, "d mmmm yyyy", "1 June 2026"),
)
"""A number, its format, and what a person sees."""


def workbook(cells: Sequence[tuple[float, str | int]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("Plan")
    sheet.set_column(0, 0, 60)
    for row, (number, code) in enumerate(cells):
        sheet.write_number(row, 0, number, book.add_format({"num_format": code}))
    book.close()
    return out.getvalue()


def column(data: bytes) -> list[CellValue]:
    book = read_book(data, "plan")
    assert not [each for each in book.problems if each.level == "error"]
    assert [sheet.texts for sheet in book.sheets] == [texts_of(sheet) for sheet in book.sheets]
    return [row[0] for row in book.sheets[0].rows]


def texts_of(sheet: ReadSheet) -> tuple[str, ...]:
    """The texts of its cells, each once, looked up cell by cell."""
    return tuple(dict.fromkeys(v for row in sheet.rows for v in row if isinstance(v, str)))


def seen(value: CellValue) -> object:
    return value.shown if isinstance(value, ShownNumber | ShownDate) else value


def with_parts(data: bytes, change: Mapping[str, tuple[bytes, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            before, after = change.get(name, (b"", b""))
            new.writestr(name, old.read(name).replace(before, after))
    return out.getvalue()


def test_numbers_and_dates_have_what_their_cells_show() -> None:
    values = column(workbook([cell[:2] for cell in CELLS]))
    assert [seen(value) for value in values] == [shown for *_, shown in CELLS]
    assert values[:2] == [419, 1]
    assert values[7] == date(2026, 6, 1)


@pytest.mark.parametrize("kind", [XLSX, XLS, ODS])
def test_libreoffice_gives_back_what_it_shows(tmp_path: Path, office: Office, kind: str) -> None:
    first, second = tmp_path / "first.xlsx", tmp_path / "second"
    first.write_bytes(workbook([cell[:2] for cell in CELLS]))
    office.resave(first, second, kind)
    values = column(second.read_bytes())
    assert [seen(value) for value in values] == [shown for *_, shown in CELLS]
    shares = [value.in_hundredths for value in values if isinstance(value, ShownNumber)]
    assert shares[3:5] == [True, False]


def test_another_spelling_of_the_same_sheet_says_the_same() -> None:
    data = workbook([cell[:2] for cell in CELLS])
    spelled = with_parts(data, {"xl/worksheets/sheet1.xml": (b"<sheetData>", b"<sheetData >")})
    assert [seen(v) for v in column(spelled)] == [shown for *_, shown in CELLS]
    code = b'formatCode="00000"'
    styles = with_parts(data, {"xl/styles.xml": (code, code.replace(b'"', b"'"))})
    assert seen(column(styles)[0]) == "00419"


def test_a_number_that_many_cells_show_in_one_way_is_told_once() -> None:
    values = column(workbook([(0.5, "0%"), (0.5, "0.0%"), (-0.0, "0"), (0, "0")] * 20))
    assert [seen(value) for value in values[:2]] == ["50%", "50.0%"]
    assert len({id(value) for value in values[::4]}) == 1
    assert len({id(value) for value in values[1::4]}) == 1
    assert len({id(value) for value in values[3::4]}) == 20, "0.0 and -0.0 are equal"


def test_plain_numbers_and_texts_stay_as_they_are() -> None:
    values = column(workbook([(1.5, "General"), (2, "@"), (3, "[Red]General")]))
    assert [type(value) for value in values[:3]] == [float, float, float]
    machines = column(workbook([(46174, 14)]))  # the machine's own date: built-in 14
    assert type(machines[0]) is date


def test_money_as_the_machine_writes_it_is_left_open() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet().write_number(0, 0, 5, book.add_format({"num_format": 7}))
    book.close()
    (value,) = column(out.getvalue())
    assert isinstance(value, ShownNumber)
    assert value.shown is None


def test_hours_beyond_a_day_are_what_the_cell_shows() -> None:
    assert column(workbook([(1.25, "[h]:mm"), (0.25, "h:mm")])) == ["30:00", "6:00"]
    assert column(workbook([(0.25, "h:mm:ss a/p")])) == [time(6)]


def test_the_texts_that_a_reader_met_are_gathered_once() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name, number, code in (("Met", 7, "00"), ("Told", 1.25, "[h]:mm")):
        sheet = book.add_worksheet(name)
        for row, text in enumerate(["Later", "Sooner", "Later"]):
            sheet.write_string(row, 0, text)
        sheet.write_number(3, 0, number, book.add_format({"num_format": code}))
    book.close()
    met, told = read_book(out.getvalue(), "plan").sheets
    assert met.met is not None
    assert met.texts is met.met[1]
    assert met.texts == ("Later", "Sooner")
    assert replace(met, rows=[["Other"]]).texts == ("Other",)
    assert (told.met, told.texts) == (None, ("Later", "Sooner", "30:00"))


def test_a_moment_just_before_midnight_is_that_midnight() -> None:
    seconds = 1 / 86_400
    early, late = 46174 - 48 * seconds, 46174 + 48 * seconds
    hours = 46174 - 600 * seconds
    values = column(workbook([(early, "d mmm yyyy"), (late, "d mmm yyyy h:mm"), (early, 14)]))
    assert values == [date(2026, 6, 1)] * 3
    assert column(workbook([(hours, "d mmm yyyy h:mm")])) == [datetime(2026, 5, 31, 23, 50)]
    assert column(workbook([(hours, "d mmm yyyy")])) == [date(2026, 5, 31)]


def old_workbook(codes: Mapping[int, str], cells: Sequence[tuple[float, int]]) -> bytes:
    """A workbook of the old kind: numbers, each with the number of its format."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    begin = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 1996, 0, 6))
    formats = b"".join(
        record(0x41E, struct.pack("<HHB", number, len(code), 0) + code.encode("cp1252"))
        for number, code in codes.items()
    )
    looks = b"".join(record(0xE0, struct.pack("<HH", 0, number) + bytes(16)) for _, number in cells)
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 1996, 0, 6))
    sheet += record(0x200, struct.pack("<IIHHH", 0, len(cells), 0, 1, 0))
    for row, (number, _) in enumerate(cells):
        sheet += record(0x203, struct.pack("<HHHd", row, 0, row, number))
    sheet += record(0x0A, b"")
    listed = 4 + 8 + 4
    before = begin + formats + looks
    at = len(before) + listed + 4
    bound = record(0x85, struct.pack("<IBBBB", at, 0, 0, 4, 0) + b"Plan")
    return compound({("Workbook",): before + bound + record(0x0A, b"") + sheet})


def test_an_old_workbook_says_itself_what_is_a_date() -> None:
    codes = {50: "0.00", 51: "mmm-yy", 52: "[h]:mm", 53: "d/m/yy h:mm"}
    data = old_workbook(codes, [(1001, 50), (46174, 51), (7, 0), (1.25, 52), (46174.25, 53)])
    values = column(data)
    assert [seen(value) for value in values] == [
        "1001.00", "Jun-26", 7, "30:00", "1/6/26 6:00",
    ]  # fmt: skip
    assert isinstance(values[0], ShownNumber)


def test_a_number_of_an_old_workbook_is_no_day_where_its_format_says_so() -> None:
    codes = {50: "0;(0)", 51: "0.0000", 52: "[Red]General", 53: "mmm-yy"}
    stored = [(-3, 50), (0.123456, 51), (-7, 52), (46174, 53), (3_000_000, 51)]
    values = column(old_workbook(codes, stored))
    assert [seen(value) for value in values] == ["(3)", "0.1235", -7, "Jun-26", "3000000.0000"]
    assert values[:3] == [-3, 0.123456, -7]


def test_short_numbers_of_an_old_workbook_are_no_days_either() -> None:
    rk = (-3 << 2) | 2, (12345 << 2) | 3, 0x3FF80000  # -3, 123.45, 1.5
    look = xls_record(0x41E, struct.pack("<HHB", 50, 6, 0) + b"0.0;-0")
    look += xls_record(0xE0, struct.pack("<HH", 0, 50) + bytes(16))
    single = xls_record(0x27E, struct.pack("<HHHi", 0, 0, 0, rk[0]))
    pairs = b"".join(struct.pack("<Hi", 0, each) for each in rk)
    several = xls_record(0xBD, struct.pack("<HH", 1, 0) + pairs + struct.pack("<H", 2))
    formula = xls_record(0x06, struct.pack("<HHHdHIH", 2, 0, 0, -0.5, 0, 0, 3) + b"\x1e\x01\x00")
    [sheet] = read_book(xls(single + several + formula, before=look), "plan").sheets
    assert [row[:3] for row in sheet.rows] == [
        [-3, None, None], [-3, 123.45, 1.5], [-0.5, None, None],
    ]  # fmt: skip


def of_excel_5(number: float, text: str) -> bytes:
    """The stream of a workbook of Excel 5: on its sheet "Update" a number as HSG-001, a text."""
    begin = xls_record(0x809, struct.pack("<HHHH", 0x500, 5, 0x0DBB, 1996))
    code = b'"HSG-"000'
    look = xls_record(0x41E, struct.pack("<HB", 164, len(code)) + code)
    look += xls_record(0xE0, struct.pack("<HH", 0, 164) + bytes(12))
    spelled = text.encode("cp1252")
    sheet = xls_record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0x0DBB, 1996))
    sheet += xls_record(0x203, struct.pack("<HHHd", 0, 0, 0, number))
    sheet += xls_record(0x204, struct.pack("<HHHH", 0, 1, 0, len(spelled)) + spelled)
    at = len(begin + look) + 4 + 7 + 6 + 4
    bound = xls_record(0x85, struct.pack("<IBBB", at, 0, 0, 6) + b"Update")
    end = xls_record(0x0A, b"")
    return begin + look + bound + end + sheet + end


def test_a_workbook_of_excel_5_is_read() -> None:
    book = read_book(compound({("Book",): of_excel_5(7, "Caf\u00e9")}), "plan.xls")
    assert [each for each in book.problems if each.level == "error"] == []
    assert [sheet.name for sheet in book.sheets] == ["Update"]
    assert [seen(value) for value in book.sheets[0].rows[0]] == ["HSG-007", "Caf\u00e9"]


def test_of_two_workbooks_in_one_file_the_newer_is_read() -> None:
    wide = "Caf\u00e9 \u2713".encode("utf-16-le")
    label = xls_record(0x204, struct.pack("<HHHHB", 0, 0, 0, 6, 1) + wide)
    newer = workbook_stream(xls(label))
    data = compound({("Book",): of_excel_5(7, "Caf\u00e9"), ("Workbook",): newer})
    [sheet] = read_book(data, "plan.xls").sheets
    assert (sheet.name, sheet.rows) == ("Plan", [["Caf\u00e9 \u2713"]])


def test_days_and_codes_of_a_binary_workbook_are_what_its_formats_say() -> None:
    codes = ("mmm-yy", "00000")
    styles = (
        b"".join(
            xlsb_record(44, struct.pack("<HI", number, len(code)) + code.encode("utf-16-le"))
            for number, code in enumerate(codes, 170)
        )
        + xlsb_record(47, struct.pack("<HH", 0, 171) + bytes(12))  # of a named style
        + xlsb_record(617, struct.pack("<I", 3))
        + b"".join(xlsb_record(47, struct.pack("<HH", 0, n) + bytes(12)) for n in (0, 170, 171))
        + xlsb_record(618)
    )
    numbers = ((46174, 1), (419, 2), (7, 0))
    rk = b"".join(
        xlsb_record(2, struct.pack("<III", col, style, number << 2 | 2))
        for col, (number, style) in enumerate(numbers)
    )
    data = xlsb(xlsb_row(0) + rk)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/styles.bin", styles)
    [sheet] = read_book(out.getvalue(), "plan.xlsb").sheets
    assert [seen(value) for value in sheet.rows[0]] == ["Jun-26", "00419", 7]
    assert sheet.rows[0][0] == date(2026, 6, 1)


def ods(cells: str, styles: str = "", named: str = "") -> bytes:
    extra = (
        'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(
            "content.xml",
            f"<office:document-content {SPACES} {extra}><office:automatic-styles>{styles}"
            "</office:automatic-styles><office:body><office:spreadsheet>"
            f'<table:table table:name="Plan">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        package.writestr(
            "styles.xml",
            f"<office:document-styles {SPACES} {extra}><office:styles>{named}</office:styles>"
            "</office:document-styles>",
        )
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    return out.getvalue()


def one(kind: str, value: str, text: str, style: str = "") -> str:
    return (
        f'<table:table-row><table:table-cell table:style-name="{style}" '
        f'office:value-type="{kind}" {value}><text:p>{text}</text:p>'
        "</table:table-cell></table:table-row>"
    )


MONTH = (
    '<number:date-style style:name="N1"><number:month number:textual="true"/><number:text>-'
    '</number:text><number:year/></number:date-style><style:style style:name="ce1" '
    'style:family="table-cell" style:data-style-name="N1"/>'
)


def test_an_open_document_has_the_text_of_every_cell() -> None:
    rows = (
        one("float", 'office:value="419"', "00419")
        + one("float", 'office:value="1.5"', "1.5")
        + one("date", 'office:date-value="2026-06-01"', "juin-26", "ce1")
        + one("time", 'office:time-value="PT30H00M00S"', "30:00")
        + one("boolean", 'office:boolean-value="true"', "TRUE")
        + one("boolean", 'office:boolean-value="false"', "FALSE")
    )
    values = column(ods(rows, MONTH))
    assert [seen(value) for value in values] == ["00419", 1.5, "juin-26", "30:00", True, False]
    assert isinstance(values[2], ShownDate)
    assert values[2].without_day == "June 2026"
    assert type(values[1]) is float


def test_a_style_may_be_the_columns_and_may_follow_from_a_named_one() -> None:
    follows = (
        '<style:style style:name="ce2" style:family="table-cell" style:parent-style-name="ce1"/>'
    )
    usual = '<table:table-column table:default-cell-style-name="ce2"/>'
    row = one("date", 'office:date-value="2026-06-01"', "Jun-26").replace('table:style-name=""', "")
    (value,) = column(ods(usual + row, follows, MONTH))
    assert isinstance(value, ShownDate)
    assert value.without_day == "June 2026"


def test_a_format_for_all_that_a_cell_may_hold_leads_to_that_of_days() -> None:
    whole = MONTH.replace('style:name="N1"', 'style:name="N1P0"').partition("<style:style")
    leads = (
        '<number:text-style style:name="N1"><number:text-content/><style:map '
        'style:condition="value()&lt;=1.79E+308" style:apply-style-name="N1P0"/>'
        "</number:text-style>"
    )
    row = one("date", 'office:date-value="2026-06-01"', "Jun-26", "ce1")
    (value,) = column(ods(row, f"{whole[0]}{leads}{whole[1]}{whole[2]}"))
    assert isinstance(value, ShownDate)
    assert value.without_day == "June 2026"
    # A style of cells that depends on a condition leads to other styles, and to no format.
    look = '<style:style style:name="ce3"><style:map style:apply-style-name="Red"/></style:style>'
    (value,) = column(ods(row, MONTH + look))
    assert isinstance(value, ShownDate)
    assert value.without_day == "June 2026"


def text_cell(inner: str) -> str:
    return (
        '<table:table-row><table:table-cell office:value-type="string">'
        f"{inner}</table:table-cell></table:table-row>"
    )


def test_the_text_of_a_cell_is_that_of_its_own_paragraphs() -> None:
    frame = (
        "<draw:frame><draw:text-box><text:p>Ask first</text:p></draw:text-box>"
        "<svg:title>A box</svg:title></draw:frame>"
    )
    image = "<draw:frame><draw:image><text:p/></draw:image><svg:desc>A boat</svg:desc></draw:frame>"
    note = "<office:annotation><text:p>By whom?</text:p></office:annotation>"
    ruby = (
        "<text:ruby><text:ruby-base>Ferry</text:ruby-base><text:ruby-text>reading"
        "</text:ruby-text></text:ruby>"
    )
    rows = "".join(
        text_cell(inner)
        for inner in (
            f"<text:p>Half{frame}<text:line-break/>are done</text:p><text:p>today</text:p>",
            f"{note}<text:p>one<text:s text:c='2'/>two<text:tab/>three</text:p>{frame}",
            f"<text:p>{ruby} plan</text:p>{image}",
        )
    )
    [sheet] = read_book(ods(rows), "plan.ods", ours=frozenset()).sheets
    assert [row[0] for row in sheet.rows] == [
        "Half\nare done\ntoday", "one  two\tthree", "Ferry plan",
    ]  # fmt: skip
    assert sheet.notes == {(1, 0): "By whom?"}
    assert sheet.boxes == [((0, 0), "Ask first"), ((1, 0), "Ask first")]
    assert sheet.pictures == [(2, 0)]


def test_the_other_cells_of_a_formula_for_several_are_its_results() -> None:
    formula = (
        '<table:table-row><table:table-cell table:formula="of:=A1" {} office:value-type="float"'
        ' office:value="1"><text:p>1</text:p></table:table-cell><table:table-cell '
        'office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell>'
        "</table:table-row>"
    )
    spans = 'table:number-matrix-columns-spanned="{}" table:number-matrix-rows-spanned="1"'
    [sheet] = read_book(ods(formula.format(spans.format(2))), "p").sheets
    assert set(sheet.formulas) == {(0, 0), (0, 1)}
    far = formula.format(spans.format(99_999_999))
    [problem] = read_book(ods(far), "plan").problems
    assert problem.code == "GATE-011"


def test_times_keep_what_they_are_where_nothing_is_shown() -> None:
    from xlplan.workbook.read.cell_formats import _serial

    assert _serial(time(12)) == 0.5
    assert _serial(timedelta(hours=36)) == 1.5
    assert _serial(date(1900, 1, 1)) == 1
    assert _serial(date(1900, 3, 1)) == 61


def test_letters_of_an_old_workbook_are_whole_whatever_code_page_it_names() -> None:
    wide = "Ä b".encode("utf-16-le")
    label = xls_record(0x204, struct.pack("<HHHHB", 0, 0, 0, 3, 1) + wide)
    for page in (1200, 1252):
        data = xls(label, before=xls_record(0x42, struct.pack("<H", page)))
        assert column(data) == ["Ä b"]


@pytest.mark.parametrize("kind", [XLSX, XLS, ODS])
def test_in_every_format_a_text_is_what_libreoffice_shows_or_is_asked_about(
    tmp_path: Path, office: Office, kind: str
) -> None:
    first, second, shown = tmp_path / "first.xlsx", tmp_path / "second", tmp_path / "shown.csv"
    first.write_bytes(workbook([(number, code) for code, number in EVERY]))
    office.resave(first, second, kind)
    office.resave(first if kind == ODS else second, shown, CSV)  # an .ods has the text itself
    with shown.open(encoding="utf-8", newline="") as file:
        theirs = [" ".join("".join(row).split()) for row in csv.reader(file)]
    item = Field("x", "X", "text")
    plan = PlanDefinition("plan", "Plan", (item,))
    found = [canon(item, value, plan) for value in column(second.read_bytes())]
    found += [None] * (len(EVERY) - len(found))
    differing, asked = [], set()
    for (code, number), value, other in zip(EVERY, found, theirs, strict=True):
        if isinstance(value, Invalid):
            asked.add(code)
        elif not _same_day(number, value) and " ".join(show(value).split()) != other:
            differing.append((code, number, show(value), other))
    assert differing == []
    assert asked <= ({*SHOWS_NOTHING} if kind == ODS else {*SHOWS_NOTHING, *LEFT_OPEN})


SHOWS_NOTHING = ("#", "##", "#,###", "#.##", "0.0;;0", "0;-0;;@", "?")
"""Formats in which some number leaves its cell blank."""
LEFT_OPEN = (
    "# ?/?", "# ??/??", "0/1", "##0.0E+0", '"A"', "0,", "0.0,", '0.0,,"m"', '#,##0,"k"', "0%", "#%",
    "00%", "000%", "0000%", "#,##0%", "[<10]0.0;[>=10]0", "[=1]0;0.0",
)  # fmt: skip
"""Formats in which some number is asked about: fractions, signs of nought, what is half way."""


def _same_day(number: float, value: object) -> bool:
    """Whether a moment is given as such: its day, in ISO 8601, where a text holds it."""
    moment = datetime(1899, 12, 30) + timedelta(days=number)
    return isinstance(value, str) and value.startswith(moment.date().isoformat())


@pytest.mark.parametrize("code", ["d mmm yyyy", "d/m/yy h:mm", "m/d/yyyy"])
@pytest.mark.parametrize("serial", [0, 0.5, 1, 5, 59, 60.25])
def test_a_number_before_all_days_is_no_day(serial: float, code: str) -> None:
    """Excel shows 0 as 0 January 1900 and 60 as 29 February; others show days of 1899, or none."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.add_worksheet().write_number(0, 0, serial, book.add_format({"num_format": code}))
    [[value]] = read_book(target.getvalue(), "r.xlsx").sheets[0].rows
    plan = PlanDefinition("plan", "Plan", (Field("done", "Done", "date"),))
    assert isinstance(canon(plan.fields[0], value, plan), Invalid)
    text = Field("note", "Note", "text")
    assert isinstance(canon(text, value, PlanDefinition("plan", "Plan", (text,))), Invalid)
