"""The coordinator at `post.xlsx`, and drafts as a mail program reads them."""

from __future__ import annotations

import email
import io
from collections.abc import Mapping
from datetime import date
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import openpyxl

from tests import small
from xlplan.issued.post_book import COLUMNS, FIRST_ROW, NAME
from xlplan.plan.write import set_key
from xlplan.workbook.write.filling import fill_in

Typed = str | float | date | None


def path_of(folder: Path, cycle: str = small.CYCLE) -> Path:
    return folder / "outbox" / cycle / "post" / "post.xlsx"


def draft_of(folder: Path, name: str, cycle: str = small.CYCLE) -> EmailMessage:
    data = (path_of(folder, cycle).parent / f"{name}.eml").read_bytes()
    found = email.message_from_bytes(data, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def words_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def attached_to(message: EmailMessage) -> tuple[str, bytes]:
    (part,) = message.iter_attachments()
    data = part.get_content()
    assert isinstance(data, bytes)
    return str(part.get_filename()), data


def table(folder: Path, cycle: str = small.CYCLE) -> dict[str, dict[str, object]]:
    """What stands in `post.xlsx`, by lead and heading."""
    book = openpyxl.load_workbook(io.BytesIO(path_of(folder, cycle).read_bytes()))
    sheet = book[NAME]
    heads = [cell.value for cell in sheet[FIRST_ROW]][1:]
    rows = sheet.iter_rows(min_row=FIRST_ROW + 1, min_col=2, values_only=True)
    return {str(row[0]): dict(zip(map(str, heads), row, strict=True)) for row in rows}


def fill(folder: Path, edits: Mapping[tuple[str, str], Typed], cycle: str = small.CYCLE) -> None:
    """Type into `post.xlsx`, by lead and heading."""
    path = path_of(folder, cycle)
    leads = list(table(folder, cycle))
    letters = {head: chr(ord("A") + at) for at, (_, head, _) in enumerate(COLUMNS, 1)}
    cells = [
        (f"{letters[head]}{FIRST_ROW + 1 + leads.index(lead)}", value)
        for (lead, head), value in edits.items()
    ]
    path.write_bytes(fill_in(path.read_bytes(), NAME, cells, "2026-11-12T10:00:00Z"))


def define(folder: Path, *path: str | int, value: object) -> None:
    """One key of plan.toml."""
    file = folder / "plan.toml"
    file.write_text(set_key(file.read_text("utf-8"), path, value), "utf-8")
