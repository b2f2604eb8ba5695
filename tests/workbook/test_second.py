"""Where two readers see different things in a cell that was edited, the coordinator is asked."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl.cell.cell import Cell

from tests import attacks, small
from tests.small import CYCLE, LETTINGS
from xlplan.workbook.read import marks, second
from xlplan.workbook.read.read_book import read_book


def inline(first: str, second: str, space: str = "") -> str:
    """A cell of rich text in two runs, as programs write it that keep no spaces."""
    runs = "".join(f"<r><t{space}>{text}</t></r>" for text in (first, second))
    return f'<row r="1"><c r="A1" t="inlineStr"><is>{runs}</is></c></row>'


def test_a_space_that_one_reader_drops_is_told() -> None:
    sheet = read_book(attacks.workbook(inline("Waiting", " for parts")), "r.xlsx").sheets[0]
    assert sheet.disputed == {(0, 0): "Waiting for parts"}
    assert sheet.rows[0][0] != "Waiting for parts"


@pytest.mark.parametrize(
    "rows",
    [
        inline("Waiting", " for parts", ' xml:space="preserve"'),
        inline("Waiting", "for parts"),
        '<row r="1"><c r="A1" t="str"><v>a_x000D_b </v></c><c r="B1"><v>0.1</v></c></row>',
    ],
)
def test_where_both_readers_agree_nothing_is_told(rows: str) -> None:
    assert read_book(attacks.workbook(rows), "r.xlsx").sheets[0].disputed == {}


@pytest.mark.parametrize(("days", "shown"), [("1", "1904-01-02"), ("40000", "2013-07-07")])
def test_both_readers_know_the_dates_of_old_macintosh_workbooks(days: str, shown: str) -> None:
    parts = dict(attacks.parts(f'<row r="1"><c r="A1" s="1"><v>{days}</v></c></row>'))
    book = str(parts["xl/workbook.xml"])
    parts["xl/workbook.xml"] = book.replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    parts["xl/_rels/workbook.xml.rels"] = attacks._rels(
        ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/styles.xml"] = (
        f'<styleSheet xmlns="{space}"><fonts><font/></fonts><fills><fill/></fills><borders>'
        '<border/></borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    sheet = read_book(attacks.package(parts), "r.xlsx").sheets[0]
    assert str(sheet.rows[0][0]).startswith(shown)
    assert sheet.disputed == {}


def spaced(data: bytes, text: str) -> bytes:
    """The workbook with a text in two runs, the space between them not said to be kept."""
    first, _, rest = text.partition(" ")
    plain = re.compile(rb"<(si|is)><t[^>]*>" + re.escape(text).encode() + rb"</t></\1>")
    runs = rf"<\1><r><t>{first}</t></r><r><t> {rest}</t></r></\1>".encode()
    target = io.BytesIO()
    changed = 0
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            part, count = plain.subn(runs, old.read(name))
            changed += count
            new.writestr(name, part)
    assert changed == 1
    return target.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = small.make(tmp_path / "plan")
    small.issue(made)
    return made


def test_a_text_that_only_lost_its_spaces_is_no_edit(folder: Path) -> None:
    template = folder / "outbox" / CYCLE / f"{LETTINGS}.xlsx"
    data = spaced(template.read_bytes(), "Eleven days on average")
    assert read_book(data, "r.xlsx").sheets[0].disputed != {}
    (folder / "inbox" / "back.xlsx").write_bytes(data)
    with small.opened(folder) as plan:
        result = plan.merge()
    assert [r.outcome for r in result.returns] == ["unchanged"]


def test_an_edit_that_reads_two_ways_is_asked_about(folder: Path) -> None:
    path = small.give_back(folder, LETTINGS, {("1.3", "progress"): "Nine days now"})
    path.write_bytes(spaced(path.read_bytes(), "Nine days now"))
    with small.opened(folder) as plan:
        result = plan.merge()
    assert result.changes == ()
    (question,) = result.questions
    assert (question.kind, question.action, question.field) == ("held", "1.3", "progress")
    assert '"Nine days now"' in question.message


def test_hours_moments_and_days_just_before_midnight_are_no_dispute() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_string(0, 0, "mark")
        cells = ((1.25, "[h]:mm"), (46174 - 48 / 86_400, "d mmm yyyy"), (46174.25, "d/m/yy h:mm"))
        for row, (number, code) in enumerate(cells, 1):
            sheet.write_number(row, 0, number, book.add_format({"num_format": code}))
    loose = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(loose, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<t>mark</t>", b"<t> mark</t>"))
    [found] = read_book(loose.getvalue(), "plan.xlsx").sheets
    assert [row[0] for row in found.rows[1:]] == ["30:00", date(2026, 6, 1), date(2026, 6, 1)]
    assert set(found.disputed) == {(0, 0)}


def marked(rows: int = 6) -> bytes:
    """A sheet with cells of many looks: fills, lines through, signs in colour, merged areas."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Plan")
        red = book.add_format({"bg_color": "#C00000"})
        gone = book.add_format({"font_strikeout": True})
        ink = book.add_format({"font_color": "#00B050", "bold": True})
        all_ = book.add_format({"bg_color": "#FFC000", "font_strikeout": True, "font_color": "red"})
        for row in range(rows):
            sheet.write_string(row, 0, "Overdue", red)
            sheet.write_string(row, 1, "Not done", gone)
            sheet.write_string(row, 2, "●", ink)
            sheet.write_string(row, 3, "Late", ink)
            sheet.write_blank(row, 4, None, all_)
            sheet.write_formula(row, 5, '"●"', all_, "●")
            sheet.write_number(row, 6, row, all_)
            sheet.write_string(row, 7, "A", all_)
        sheet.merge_range(rows, 0, rows + 2, 3, "Shared by all", all_)
        book.add_worksheet("Legend").write_string(1, 1, "R", red)
    return out.getvalue()


def looks(data: bytes) -> list[tuple[object, ...]]:
    book = read_book(data, "plan.xlsx", detail=True)
    assert [problem.code for problem in book.problems if problem.level == "error"] == []
    return [
        (s.name, dict(s.fills), dict(s.inks), s.struck, tuple(s.merged), s.hidden_rows,
         s.hidden_columns, s.filtered_rows)
        for s in book.sheets
    ]  # fmt: skip


def workbooks() -> list[Path]:
    root = Path(__file__).resolve().parents[2] / "examples"
    return sorted(root.glob("*/*.xlsx"))


@pytest.mark.parametrize(
    "path", [None, *workbooks()], ids=lambda path: path.parent.name if path else "marked"
)
def test_looks_are_those_that_openpyxl_sees_of_every_cell(
    path: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = path.read_bytes() if path is not None else marked()
    found = looks(data)
    monkeypatch.setattr(second, "usual_cells", lambda *_: None)
    monkeypatch.setattr(marks, "rows_alone", lambda xml, _: xml)
    assert found == looks(data)


def test_the_looks_of_a_sheet_are_told_by_cell() -> None:
    (_, fills, inks, struck, merged, *_), legend = looks(marked(1))
    assert fills == {
        (0, 0): "#C00000", (0, 4): "#FFC000", (0, 5): "#FFC000", (0, 6): "#FFC000",
        (0, 7): "#FFC000", (1, 0): "#FFC000",
    }  # fmt: skip
    assert inks == {(0, 2): "#00B050", (0, 7): "#FF0000"}
    assert struck == {(0, 1), (0, 5), (0, 6), (0, 7), (1, 0)}
    assert merged == ((1, 0, 3, 3),)
    assert legend[1] == {(1, 1): "#C00000"}


def restyled(data: bytes, old: str, new: str) -> bytes:
    """The workbook with its styles spelled otherwise."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(target, "w") as out:
        for name in package.namelist():
            part = package.read(name)
            if name == "xl/styles.xml":
                assert re.search(old.encode(), part)
                part = re.sub(old.encode(), new.encode(), part)
            out.writestr(name, part)
    return target.getvalue()


OF_THE_OLD_LIST = (r'<color rgb="FF00B050"/>', '<color indexed="17"/>')


def test_openpyxl_is_shown_a_cell_of_each_format(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    init = Cell.__init__

    def counted(self: Cell, *args: object, **named: object) -> None:
        made.append(self)
        init(self, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Cell, "__init__", counted)
    looks(restyled(marked(300), *OF_THE_OLD_LIST))
    assert 0 < len(made) <= 10


STYLES = [
    ("<sz ", "<sz ", False),
    ("<strike/>", '<strike val="0"/>', False),
    ("<strike/>", '<strike val="true"/>', False),
    ('rgb="FFC00000"', 'rgb="C00000"', False),
    ('rgb="FFC00000"', 'theme="4" tint="-0.249977111117893"', False),
    ('rgb="FFC00000"', 'theme="5" tint="0.5"', False),
    ('rgb="FFC00000"', 'theme="77"', False),
    ('rgb="FFC00000"', 'auto="1"', False),
    (
        "</styleSheet>",
        "<extLst><ext uri='{1}' xmlns:x='urn:x'><x:font/></ext></extLst></styleSheet>",
        False,
    ),
    (*OF_THE_OLD_LIST, True),
    ('rgb="FFC00000"', 'rgb="FFC00000" theme="1"', True),
    ('rgb="FFC00000"', 'theme="4" tint="2"', True),
    ('rgb="FFC00000"', 'rgb="red"', True),
    ('<fgColor rgb="FFC00000"/>', "", True),
    ("<strike/>", '<strike/><strike val="0"/>', True),
    (r"<patternFill patternType=\"gray125\"/>", '<gradientFill type="linear"/>', True),
    ("<(/?)(fonts?)\\b", r"<\1m:\2", True),
    ("(<styleSheet)", r"<!-- none -->\1", True),
    ("<cellXfs.*</cellXfs>", '<cellXfs count="1"><xf/></cellXfs>', True),
]
"""Ways to spell styles, and whether openpyxl is asked of it."""


@pytest.mark.parametrize(("old", "new", "asked"), STYLES)
def test_styles_tell_what_openpyxl_would(
    old: str, new: str, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = restyled(restyled(marked(2), "<styleSheet", "<styleSheet xmlns:m='urn:m'"), old, new)
    told: list[object] = []
    real = second._as_openpyxl_sees

    def seen(*args: Any) -> dict[str, marks.Marks]:
        told.append(args)
        return real(*args)

    monkeypatch.setattr(second, "_as_openpyxl_sees", seen)
    found = looks(data)
    assert bool(told) == asked
    monkeypatch.setattr(second, "looks_of", lambda *_: None)
    assert found == looks(data)
