"""Pages through LibreOffice: found or said to be missing, the same bytes again, never hung."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests import small
from tests.composite_sample import CREATED, sample_board
from tests.office import Office
from xlplan.board import composite_workbook
from xlplan.errors import XlplanError
from xlplan.workbook import libreoffice
from xlplan.workbook import libreoffice as printing
from xlplan.workbook.libreoffice import find_office, font_problem, require_office, to_pdf
from xlplan.workbook.write.writing import write_workbook


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without LibreOffice."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(libreoffice, "_usual_places", lambda: iter(()))


def program(folder: Path, text: str) -> Path:
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def small_book() -> bytes:
    return write_workbook(composite_workbook(sample_board(3), CREATED))


def test_it_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = program(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_office() == str(found)


def test_it_is_found_where_windows_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "LibreOffice" / "program"
    place.mkdir(parents=True)
    (place / "soffice.exe").write_bytes(b"MZ")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    assert find_office() == str(place / "soffice.exe")


@pytest.mark.usefixtures("nowhere")
def test_where_it_is_missing_that_is_said_and_what_to_do() -> None:
    assert find_office() is None
    with pytest.raises(XlplanError, match=r"libreoffice\.org.*\[PUB-004\]"):
        require_office()


@pytest.mark.usefixtures("nowhere")
def test_where_it_is_missing_nothing_is_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    assert small.do(folder, "publish", "--pdf") == 2
    assert "PUB-004" in capsys.readouterr().err
    assert list((folder / "board").glob("*")) == []
    with small.opened(folder) as plan:
        assert plan.desk.state.published == []
    assert small.do(folder, "publish", "--accessible", "--one-page") == 0


@pytest.mark.parametrize(
    ("script", "limit", "said"),
    [
        ("echo no filter found", 60.0, "no filter found"),
        ("exit 3", 60.0, "without making a PDF"),
        ("exec tail -f /dev/null", 0.2, "within 0.2 seconds"),
    ],
)
def test_one_that_makes_no_pages_is_an_error_and_never_hangs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    small_book: bytes,
    script: str,
    limit: float,
    said: str,
) -> None:
    found = program(tmp_path, script)
    monkeypatch.setattr(printing, "find_office", lambda: str(found))
    with pytest.raises(XlplanError, match=rf"{said}.*\[PUB-005\]"):
        to_pdf(small_book, CREATED, time_limit=limit)


@pytest.mark.parametrize(
    ("font", "printed", "needed"),
    [
        ("Calibri", "Carlito-Bold", ""),
        ("Calibri", "Calibri", ""),
        ("Gill Sans", "GillSans-Light", ""),
        ("Times New Roman", "LiberationSerif", ""),
        ("Calibri", "DejaVuSans-Bold", "Install Carlito"),
        ("Arial", "Carlito", "Install Liberation Sans"),
        ("Gill Sans", "DejaVuSans", "Install Gill Sans"),
    ],
)
def test_pages_in_another_font_are_noted(font: str, printed: str, needed: str) -> None:
    pdf = f"<</Type/Font/Subtype/TrueType/BaseFont/BAAAAA+{printed}\n/FirstChar 0>>".encode()
    found = font_problem(pdf, font, "2026-11.pdf")
    assert (found is not None) == bool(needed)
    if found is not None:
        assert re.match(
            rf".* in {printed.partition('-')[0]}: {font} is not .* {needed} and", found.message
        )
        assert (found.code, found.level, found.where) == ("PUB-058", "note", "2026-11.pdf")


def test_pages_without_letters_are_in_no_other_font() -> None:
    assert font_problem(b"%PDF-1.7", "Calibri", "2026-11.pdf") is None


def test_what_is_published_stays_published_where_pages_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    found = program(tmp_path, "exit 3")
    monkeypatch.setattr(printing, "find_office", lambda: str(found))
    assert small.do(folder, "publish", "--pdf") == 1
    assert "PUB-005" in capsys.readouterr().err
    assert [path.name for path in (folder / "board").iterdir()] == ["2026-11.xlsx"]
    with small.opened(folder) as plan:
        assert [fact.cycle for _, fact in plan.desk.state.published] == ["2026-11"]


def test_published_pages_are_a3_dated_by_the_record_and_the_same_again(
    tmp_path: Path, office: Office
) -> None:
    assert office
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    assert small.do(folder, "publish", "--pdf") == 0
    path = folder / "board" / "2026-11.pdf"
    pages = path.read_bytes()
    assert pages.startswith(b"%PDF-")
    with small.opened(folder) as plan:
        at = plan.desk.state.published[0][0].at
    moment = "".join(char for char in at[:19] if char.isdigit())
    assert f"/CreationDate(D:{moment}".encode() in pages
    assert pages.count(b"/MediaBox[0 0 1190.55") > 5  # one for each sheet at the least
    path.unlink()
    assert small.do(folder, "publish", "--pdf") == 0
    assert path.read_bytes() == pages
