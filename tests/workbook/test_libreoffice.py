"""Documents of old kinds through LibreOffice: read where it is installed, else said to be saved."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from tests.office import Office
from xlplan.codes.message import Filled
from xlplan.cycle.new import new
from xlplan.errors import XlplanError
from xlplan.workbook import libreoffice
from xlplan.workbook.libreoffice import convert, find_office, to_docx
from xlplan.workbook.read.file_kinds import is_old_document
from xlplan.workbook.read.read_book import read_book

RICH = (
    rb"{\rtf1\ansi\pard\intbl "
    + b"".join(
        rb"\trowd\cellx2000\cellx4000\pard\intbl "
        + one
        + rb"\cell\pard\intbl "
        + two
        + rb"\cell\row "
        for one, two in [
            (b"Action", b"Lead"),
            (b"Mend it", b"Ada Quill"),
            (b"Paint it", b"Ben Ode"),
        ]
    )
    + rb"\pard End\par}"
)
LAST = 'for last; do :; done; here=$(dirname "$last"); '
"""Of a script in place of the program: the file to convert, and its folder."""


def small_plan() -> bytes:
    document: Any = Document()
    made = document.add_table(3, 3)
    for row, words in zip(
        made.rows,
        [("Ref", "Action", "Lead"), ("1", "Mend", "Ada Quill"), ("2", "Paint", "Ben Ode")],
        strict=True,
    ):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    document.add_paragraph("Agreed in May")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program that does this and no more, in the place of LibreOffice's."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{LAST}{script}\n", "utf-8")
    path.chmod(0o755)
    monkeypatch.setattr(libreoffice, "find_office", lambda: str(path))


def test_without_libreoffice_an_old_document_is_to_be_saved_as_docx(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(libreoffice, "_usual_places", lambda: iter(()))
    (tmp_path / "plan.doc").write_bytes(RICH)
    with pytest.raises(XlplanError, match=r"Word document \(\.docx\).*\[GATE-018\]"):
        new(tmp_path / "plan", tmp_path / "plan.doc")


@pytest.mark.parametrize("script", ["exit 3", "exec tail -f /dev/null", 'echo > "$here/other"'])
def test_one_that_cannot_be_converted_says_so_and_never_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    stand_in(tmp_path, monkeypatch, script)
    found = to_docx(RICH, time_limit=0.5)
    assert isinstance(found, Filled)
    assert found.code == "GATE-018"
    assert "LibreOffice could not open it" in found.message


def test_a_plan_is_started_from_what_the_program_makes_of_an_old_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made.docx").write_bytes(small_plan())
    stand_in(tmp_path, monkeypatch, f'cp "{tmp_path}/made.docx" "$here/document.docx"')
    (tmp_path / "plan.doc").write_bytes(RICH)
    made = new(tmp_path / "plan", tmp_path / "plan.doc")
    assert [row.values["action"] for row in made.source.rows] == ["Mend", "Paint"]
    assert made.source.rows[0].places["action"].file == "plan.doc"


def test_an_old_document_runs_no_macros_and_follows_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(
        tmp_path, monkeypatch,
        f'cp "$here/profile/user/registrymodifications.xcu" "{tmp_path}/settings"',
    )  # fmt: skip
    to_docx(RICH)
    settings = (tmp_path / "settings").read_text("utf-8")
    for name in ("DisableMacrosExecution", "BlockUntrustedRefererLinks"):
        assert f'oor:name="{name}" oor:op="fuse"><value>true<' in settings


def test_nothing_is_left_where_it_was_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, f'echo "$here" > "{tmp_path}/where"')
    to_docx(RICH)
    assert not Path((tmp_path / "where").read_text("utf-8").strip()).exists()


def test_old_documents_are_known_by_their_bytes() -> None:
    assert is_old_document(RICH)
    assert not is_old_document(small_plan())
    assert not is_old_document(b"Action,Lead\n")
    assert not is_old_document(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    presentation = "PowerPoint Document".encode("utf-16-le")
    assert not is_old_document(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + presentation)


def test_in_libreoffice_itself(tmp_path: Path, office: Office) -> None:
    assert office
    program = find_office()
    assert program is not None
    modern = tmp_path / "plan.docx"
    modern.write_bytes(small_plan())
    convert(program, modern, "doc", 120.0)
    old = modern.with_suffix(".doc").read_bytes()
    assert is_old_document(old)
    for data, mended in ((old, "Mend"), (RICH, "Mend it")):
        found = to_docx(data)
        assert isinstance(found, bytes)
        [sheet] = read_book(found, "plan.doc", detail=True).sheets
        assert [mended, "Ada Quill"] in [list(row[-2:]) for row in sheet.rows]
