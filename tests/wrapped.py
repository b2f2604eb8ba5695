"""Archives and messages for tests, and what is found in them."""

from __future__ import annotations

import email.message
from collections.abc import Mapping

from tests import attacks
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.gate import Bounds
from xlplan.workbook.read.worker import open_wrapper

SHEET = attacks.workbook()
PDF = b"%PDF-1.7\n"
PHOTO = b"\xff\xd8\xff\xe0" + b"\0\x10JFIF" + bytes(99)


def message(
    files: Mapping[str, bytes], text: str = "Here it is.", inline: bytes = b""
) -> email.message.EmailMessage:
    found = email.message.EmailMessage()
    found["From"], found["Date"] = "lead@example.org", "Mon, 9 Nov 2026 09:00:00 +0000"
    found["Subject"] = "The plan"
    found.set_content(text)
    for name, data in files.items():
        found.add_attachment(data, "application", "octet-stream", filename=name)
    if inline:
        found.add_attachment(inline, "image", "jpeg", filename="logo.jpg", disposition="inline")
    return found


def opened(data: bytes, bounds: Bounds = Bounds()) -> Book:  # noqa: B008  (frozen)
    return open_wrapper(data, "w", bounds)


def names(book: Book) -> list[str]:
    return [file.name for file in book.enclosed]


def codes(book: Book) -> list[tuple[str, str]]:
    return [(problem.code, problem.level) for problem in book.problems]
