"""What a text file or an old workbook cannot hold is nobody's edit, where the base explains it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests import small
from tests.paper import Office
from tests.small import LETTINGS, ROWS
from xlplan.cli.main import run
from xlplan.merge.reading import (
    USUAL,
    ReadCell,
    Reading,
    ReadRow,
    in_its_code_page,
    is_lost,
    may_be_cut,
)
from xlplan.workbook.read.sheet_values import decode_text

SPENT = "Costs £1,200 at the Café Ü"


def reading(*texts: object, kind: str = "csv") -> Reading:
    rows = tuple(
        ReadRow(f"a-{n}", str(n), n, "signed", {"progress": ReadCell(text, f"A{n}")})  # type: ignore[arg-type]
        for n, text in enumerate(texts)
    )
    return Reading("x.csv", "", kind, "", "template", "i-1", "signed", rows=rows)


def read_again(*bases: str, page: str, kind: str = "csv") -> tuple[list[object], str]:
    """Texts as they come out of a file in this code page, once the base was asked."""
    texts = [decode_text(base.encode(page)) for base in bases]
    found, its = in_its_code_page(reading(*texts, kind=kind), lambda row, _: bases[row.number])
    return [row.cells["progress"].value for row in found.rows], its


@pytest.mark.parametrize("page", ["cp850", "mac_roman", "cp1252", "utf-8"])
def test_the_code_page_is_the_one_in_which_the_letters_are_those_that_went_out(page: str) -> None:
    found, its = read_again(SPENT, "Half are done", page=page)
    assert found == [SPENT, "Half are done"]
    assert its == (page if page in ("cp850", "mac_roman") else USUAL)


def test_texts_of_which_the_page_lacks_signs_tell_its_code_page_too() -> None:
    base = "Café on the quay \U0001f600"
    texts = [decode_text(base.encode("cp850", "replace"))]
    found, page = in_its_code_page(reading(*texts), lambda *_: base)
    assert (found.rows[0].cells["progress"].value, page) == ("Café on the quay ?", "cp850")


def test_an_amount_with_its_currency_tells_the_code_page(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    definition = folder / "plan.toml"
    text = definition.read_text("utf-8").replace('"progress", "', '"progress", "cost", "', 1)
    cost = 'id = "cost"\nheading = "Cost"\ntype = "money"\ncurrency = "£"\nowner = "lead"\n'
    definition.write_text(f"{text}\n[[field]]\n{cost}", "utf-8")
    small.do(folder, "merge")  # the master has the column from now on
    small.edit_master(folder, {("1.1", "cost"): 1500.0})
    assert small.do(folder, "merge") == 0
    small.issue(folder)
    template = folder / "outbox" / small.CYCLE / f"{LETTINGS}.xlsx"
    (folder / "inbox" / "back.csv").write_bytes(as_text(template, "cp850", {"1500": "£1,500"}))
    with small.opened(folder) as plan:
        result = plan.merge()
    assert [report.outcome for report in result.returns] == ["unchanged"]
    assert result.questions == ()


def test_what_was_typed_in_such_a_file_is_read_in_its_code_page_too() -> None:
    typed = "Now £1,500, très cher"
    texts = [decode_text(each.encode("cp850")) for each in (SPENT, typed)]
    found, _ = in_its_code_page(reading(*texts, 5), lambda *_: SPENT)
    second = found.rows[1].cells["progress"]
    assert (second.value, second.raw) == (typed, texts[1])
    assert found.rows[2].cells["progress"].value == 5


def test_a_row_that_never_went_out_says_nothing_of_the_code_page() -> None:
    office = Office()
    read = office.reading(office.issue("Ann"), added={"action": "Mend the Café roof"})
    office.merge(replace(read, kind="csv", file="x.csv"))
    (question,) = office.questions()
    assert question.kind == "row-added"
    assert "Mend the Café roof" in question.candidates[0].text


def test_another_kind_of_file_and_letters_of_no_page_stay_as_they_are() -> None:
    assert read_again(SPENT, page="cp850", kind="xlsx")[0] != [SPENT]
    found, page = in_its_code_page(reading("now → later"), lambda *_: "now ÷ later")
    assert (found.rows[0].cells["progress"].value, page) == ("now → later", USUAL)


@pytest.mark.parametrize(
    ("base", "text", "lost"),
    [
        ("half → rest; ≥ 90% ✓", "half ? rest; ? 90% ?", True),
        ("done 👍", "done ??", True),
        ("done 👍", "done ?", True),
        ("half → rest", "half ? the rest", False),
        ("is it £5", "is it ?5", False),  # the page has a pound sign
        ("why?", "why?", False),  # nothing is lost
        ("00417", "417", True),
        ("00417", "418", False),
        ("12345678901234567890", "1.23457E+19", True),
        ("123456789012", "1.23457E+11", True),
        ("12000000000000", "1.2E+13", True),
        ("12345678901234567890", "1.23457E+18", False),
        ("1.10", "1.1", True),
        ("1.10", "1.100", False),
        ("Ref 1.10", "Ref 1.1", False),
    ],
)
def test_losses_that_the_base_explains_exactly(base: str, text: str, lost: bool) -> None:
    assert is_lost("csv", base, text, USUAL) == lost


def test_an_old_workbook_lacks_letters_and_keeps_its_numbers() -> None:
    assert is_lost("xls", "half → rest ✓", "half ? rest ?", USUAL)
    assert not is_lost("xls", "00417", "417", USUAL)
    assert not is_lost("xlsx", "half → rest", "half ? rest", USUAL)
    assert not is_lost("ods", "00417", "417", USUAL)


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_signs_that_a_program_spelled_out_twice_are_nobodys_edit(kind: str) -> None:
    assert is_lost(kind, "gas & heat < 5", "gas &amp; heat &lt; 5", USUAL)
    assert not is_lost(kind, "gas & heat < 5", "gas &amp; heat &lt; 6", USUAL)
    assert not is_lost(kind, "gas & heat", "gas & heat", USUAL)


def test_the_signs_of_another_page_are_lost_in_it() -> None:
    assert is_lost("csv", "costs 5 €", "costs 5 ?", "cp850")
    assert not is_lost("csv", "costs 5 €", "costs 5 ?", USUAL)


def test_a_text_that_ends_where_programs_cut_may_go_on() -> None:
    cut, whole = ReadCell("x" * 255, "A1"), ReadCell("x" * 254, "A1")
    assert "exactly 255 characters" in may_be_cut(reading(kind="xls"), cut)
    assert may_be_cut(reading(kind="xls"), whole) == ""
    assert may_be_cut(reading(kind="xls"), ReadCell(255, "A1")) == ""
    assert may_be_cut(reading(kind="xlsx"), cut) == ""


def test_a_return_by_way_of_a_text_file_says_what_was_typed_and_no_more(tmp_path: Path) -> None:
    rows = list(ROWS)
    rows[0] = (*ROWS[0][:4], SPENT, *ROWS[0][5:])
    rows[2] = (*ROWS[2][:4], "Eleven days → ten", *ROWS[2][5:])
    folder = tmp_path / "plan"
    source = small.write_source(tmp_path / "source.xlsx", tuple(rows))
    assert run(["--today", small.TODAY, "new", str(folder), "--from", str(source)]) in (0, 1)
    small.issue(folder)
    template = folder / "outbox" / small.CYCLE / f"{LETTINGS}.xlsx"
    (folder / "inbox" / "back.csv").write_bytes(as_text(template, "cp850"))
    with small.opened(folder) as plan:
        result = plan.merge()
    assert [(c.field, c.after) for c in result.changes] == []
    assert [q.field for q in result.questions] == []
    typed = as_text(template, "cp850", {"Eleven days → ten": "Now très cher"})
    (folder / "inbox" / "again.csv").write_bytes(typed)
    with small.opened(folder) as plan:
        result = plan.merge()
        assert plan.verify() == []
    assert [(c.field, c.after) for c in result.changes] == [("progress", "Now très cher")]


def as_text(template: Path, page: str, instead: dict[str, str] | None = None) -> bytes:
    """The first sheet of a template as a program saves it as text in a code page."""
    import csv
    import io

    import openpyxl

    sheet = openpyxl.load_workbook(template)["Update"]
    out = io.StringIO()
    for row in sheet.iter_rows(values_only=True):
        shown = [
            f"{value:%d %B %Y}" if isinstance(value, date) else "" if value is None else str(value)
            for value in row
        ]
        csv.writer(out).writerow([(instead or {}).get(text, text) for text in shown])
    return out.getvalue().encode(page, "replace")
