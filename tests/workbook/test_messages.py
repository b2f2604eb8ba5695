"""Messages in whatever they come: every workbook in them arrives, or they are called by name."""

from __future__ import annotations

import base64
import binascii
import email.policy
import struct
from pathlib import Path

import pytest
from asn1crypto.cms import ContentInfo

from tests import attacks
from tests.wrapped import PHOTO, SHEET, codes, message, names, opened
from xlplan.workbook.read.file_kinds import plain_kind
from xlplan.workbook.read.gate import Bounds
from xlplan.workbook.read.inbox import candidate_files
from xlplan.workbook.read.read_book import read_book

MAIL = bytes(message({"a.xlsx": SHEET}))
OID = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
"""The beginning of the names of CMS content, without its last number."""


def der(tag: int, body: bytes) -> bytes:
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    length = bytes([len(body)]) if len(body) < 128 else bytes([0x80 | len(size)]) + size
    return bytes([tag]) + length + body


def ber(tag: int, body: bytes) -> bytes:
    """The same without a length: it goes on until two noughts."""
    return bytes([tag, 0x80]) + body + b"\0\0"


def signed(content: bytes | None, *, streamed: bool = False) -> bytes:
    """An envelope that is signed; without content, a signature beside what it signs."""
    around = ber if streamed else der
    halves = () if content is None else (content[:1000], content[1000:])
    octets = (
        ber(0x24, b"".join(der(4, half) for half in halves)) if streamed and halves
        else der(4, b"".join(halves))
    )  # fmt: skip
    inside = OID + b"\x01" + (around(0xA0, octets) if halves else b"")
    data = b"\x02\x01\x01" + der(0x31, b"") + around(0x30, inside) + der(0x31, b"")
    return around(0x30, OID + b"\x02" + around(0xA0, around(0x30, data)))


@pytest.mark.parametrize("streamed", [False, True])
def test_a_message_that_is_signed_as_a_whole_is_opened(streamed: bool) -> None:
    envelope = signed(MAIL, streamed=streamed)
    assert ContentInfo.load(envelope)["content_type"].native == "signed_data"
    book = opened(envelope)
    assert (names(book), book.enclosed[0].data) == (["a.xlsx"], SHEET)


def test_what_a_message_is_signed_around_is_opened_with_the_message() -> None:
    twice = signed(bytes(message({"smime.p7m": signed(MAIL)}, "Signed too.")))
    book = opened(bytes(message({"smime.p7m": twice, "scan.jpg": PHOTO}, "See within.")))
    assert (names(book), book.enclosed[0].data) == (["a.xlsx"], SHEET)
    assert "See within. Signed too. Here it is." in book.problems[0].message


def test_a_file_that_was_signed_itself_arrives() -> None:
    book = opened(signed(SHEET))
    assert [file.data for file in book.enclosed] == [SHEET]
    assert names(opened(bytes(message({"a.xlsx.p7m": signed(SHEET)})))) == ["a.xlsx.p7m"]


def test_a_damaged_signature_in_a_message_arrives_to_be_refused_by_its_name() -> None:
    assert names(opened(bytes(message({"smime.p7m": signed(MAIL)[:-900]})))) == ["smime.p7m"]


def test_a_signature_beside_a_message_is_company() -> None:
    assert plain_kind(signed(None)) != plain_kind(signed(MAIL))
    book = opened(bytes(message({"a.xlsx": SHEET, "smime.p7s": signed(None)})))
    assert names(book) == ["a.xlsx"]


def test_a_damaged_signature_is_a_message_that_cannot_be_opened() -> None:
    assert codes(opened(signed(MAIL)[:-900])) == [("GATE-019", "error")]


ENVELOPED = der(0x30, OID + b"\x03" + der(0xA0, der(0x30, b"\x02\x01\x00")))
BY_RIGHTS = b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(99)
PGP = b"-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n-----END PGP MESSAGE-----\n"


@pytest.mark.parametrize("data", [ENVELOPED, BY_RIGHTS, PGP])
def test_an_encrypted_message_is_called_so(data: bytes) -> None:
    [problem] = read_book(data, "smime.p7m").problems
    assert problem.code == "GATE-038"


def test_every_message_of_a_mailbox_is_opened() -> None:
    other = bytes(message({"b.xlsx": SHEET}, text="From the yard\n>From here"))
    start = b"From lead@example.org Tue Nov 10 10:00:00 2026\n"
    box = start + MAIL + b"\n" + start + other.replace(b"\nFrom the", b"\n>From the")
    book = opened(box)
    assert names(book) == ["a.xlsx", "b.xlsx"]
    assert [problem.code for problem in book.problems] == ["GATE-035", "GATE-035"]
    assert codes(opened(box, Bounds(enclosed=1))) == [("GATE-008", "error")]


def test_a_message_of_apple_mail_is_opened() -> None:
    book = opened(b"%d     \n" % len(MAIL) + MAIL + b'<?xml version="1.0"?><plist/>')
    assert names(book) == ["a.xlsx"]


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n\r\n", b"\xef\xbb\xbf\n"])
def test_a_message_with_a_mark_or_blank_lines_before_it_is_opened(before: bytes) -> None:
    assert names(opened(before + bytes(message({"a.xlsx": SHEET})))) == ["a.xlsx"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_that_was_written_into_the_text_of_a_message_is_opened(end: str) -> None:
    lines = [binascii.b2a_uu(SHEET[at : at + 45]).decode().strip("\n") for at in
             range(0, len(SHEET), 45)]  # fmt: skip
    text = ["From: a@example.org", "Message-ID: <1@example.org>", "", "As you asked.", "",
            "begin 644 Update for November.xlsx", *lines, "`", "end", "", "Thank you."]  # fmt: skip
    book = opened(end.join(text).encode())
    assert [(each.name, each.data) for each in book.enclosed] == [
        ("Update for November.xlsx", SHEET)
    ]
    assert [problem.message for problem in book.problems] == [
        "The message says: As you asked. Thank you."
    ]


def test_what_a_mac_sends_beside_a_file_is_not_taken_for_one() -> None:
    fork = b"\0\5\x16\7\0\2\0\0Mac OS X        "
    book = opened(bytes(message({"Update.xlsx": fork, "Update2.xlsx": SHEET})))
    assert names(book) == ["Update2.xlsx"]


def test_a_forwarded_message_in_base64_is_opened() -> None:
    def outer(content: bytes) -> bytes:
        return (
            b"From: office@example.org\r\nDate: today\r\nMIME-Version: 1.0\r\nContent-Type: "
            b'multipart/mixed; boundary="BB"\r\n\r\n--BB\r\nContent-Type: message/rfc822\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\n" + content + b"\r\n--BB--\r\n"
        )

    assert names(opened(outer(base64.encodebytes(MAIL)))) == ["a.xlsx"]
    plain = outer(MAIL).replace(b"Content-Transfer-Encoding: base64\r\n", b"", 1)
    assert names(opened(plain)) == ["a.xlsx"]
    assert codes(opened(outer(b"=====")))[0] == ("GATE-019", "error")


@pytest.mark.parametrize("first", [b"MIME-Version: 1.0\r\n", b"Content-Type: text/plain\r\n"])
def test_a_message_may_begin_with_its_form(first: bytes) -> None:
    [problem] = read_book(first + b"X-Other: 1\r\n\r\nHello", "x.eml").problems
    assert problem.code == "GATE-019"


PAGE = (
    b"MIME-Version: 1.0\r\n{}Content-Type: multipart/related;\r\n\tboundary=BB\r\n\r\n--BB\r\n"
    b"Content-Location: file:///C:/plan.htm\r\nContent-Type: text/html\r\n\r\n<html>\r\n--BB--\r\n"
)


@pytest.mark.parametrize("head", [b"", b"From: <Saved by a browser>\r\nSubject: Plan\r\n"])
@pytest.mark.parametrize("name", ["plan.mht", "plan.xls"])
def test_a_web_page_in_one_file_is_called_a_web_page(head: bytes, name: str) -> None:
    [problem] = read_book(PAGE.replace(b"{}", head), name).problems
    assert problem.code == "GATE-015"


def test_a_message_with_pictures_by_their_place_is_still_a_message() -> None:
    data = PAGE.replace(b"{}", b"From: a@example.org\r\n").replace(
        b"\r\n--BB--",
        b"\r\n--BB\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\nx\r\n--BB--",
    )
    assert names(opened(data)) == ["a.csv"]


def winmail(*files: tuple[str, bytes], body: str = "") -> bytes:
    """Attachments in Outlook's own form (MS-OXTNEF)."""

    def attribute(level: int, ident: int, data: bytes) -> bytes:
        return (
            struct.pack("<BII", level, ident, len(data))
            + data
            + struct.pack("<H", sum(data) & 0xFFFF)
        )

    made = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000))
    if body:
        made += attribute(1, 0x0002800C, body.encode() + b"\0")
    for name, data in files:
        made += attribute(2, 0x00069002, bytes(14))
        made += attribute(2, 0x00018010, name.encode() + b"\0") + attribute(2, 0x0006800F, data)
    return made


def test_winmail_is_opened() -> None:
    book = opened(winmail(("a.xlsx", SHEET), ("photo.jpg", PHOTO), body="Half are done."))
    assert names(book) == ["a.xlsx"]
    assert book.enclosed[0].data == SHEET
    assert [problem.code for problem in book.problems] == ["GATE-035", "GATE-034"]
    assert "Half are done." in book.problems[0].message


def test_winmail_with_a_name_in_the_letters_of_windows_is_opened() -> None:
    data = winmail(("na?ve.xlsx", SHEET)).replace(b"na?ve.xlsx\0", b"na\xefve.xlsx\0")
    assert names(opened(data)) == ["naïve.xlsx"]


def test_winmail_without_a_workbook_or_damaged_says_so() -> None:
    assert codes(opened(winmail())) == [("GATE-019", "error")]
    assert codes(opened(winmail(("a.xlsx", SHEET))[:60])) == [("GATE-033", "error")]


def test_what_a_computer_notes_beside_files_and_half_downloads_are_passed_over(
    tmp_path: Path,
) -> None:
    left = {"a.xlsx:Zone.Identifier": b"x", "b.xlsx.crdownload": b"x", "c.xlsx.part": b"x"}
    for name, data in {"a.xlsx": SHEET, **left}.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "d.xlsx.download").mkdir()
    assert names(opened(attacks.package({"a.xlsx": SHEET, **left}))) == ["a.xlsx"]
    files, problems = candidate_files(tmp_path)
    assert [file.name for file in files] == ["a.xlsx"]
    assert [(p.code, p.level) for p in problems] == [("GATE-027", "note")] * 3
    assert "not finished" in problems[0].message


@pytest.mark.parametrize("main", ["text/plain", "text/html", "audio/x-unknown", "image/png"])
def test_a_workbook_without_a_name_is_known_by_its_bytes(main: str) -> None:
    whole = MAIL.replace(b"application/octet-stream", main.encode())
    bare = whole.replace(b'Content-Disposition: attachment; filename="a.xlsx"\n', b"")
    assert len(bare) < len(whole)
    book = opened(bare)
    assert [file.data for file in book.enclosed] == [SHEET]
    assert [problem.message for problem in book.problems] == ["The message says: Here it is."]


def test_a_message_that_was_forwarded_seven_times_as_an_attachment_is_opened() -> None:
    inner = MAIL
    for number in range(7):
        outer = message({}, f"Forwarded {number}.")
        outer.add_attachment(email.message_from_bytes(inner, policy=email.policy.default))
        inner = bytes(outer)
    assert names(opened(inner)) == ["a.xlsx"]


@pytest.mark.parametrize("file", [SHEET, attacks.ole("__substg1.0_")], ids=["zip", "ole"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf\r\n", b"data:application/x;base64,"])
def test_a_file_that_was_spelled_out_in_letters_is_opened(start: bytes, file: bytes) -> None:
    spelled = start + base64.encodebytes(file)
    assert [each.data for each in opened(spelled).enclosed] == [file]


def test_a_file_in_the_lines_of_old_mailers_alone_is_opened() -> None:
    lines = [binascii.b2a_uu(SHEET[at : at + 45]) for at in range(0, len(SHEET), 45)]
    book = opened(b"begin 644 a.xlsx\n" + b"".join(lines) + b"`\nend\n")
    assert [(each.name, each.data) for each in book.enclosed] == [("a.xlsx", SHEET)]


def test_an_archive_with_nothing_in_it_is_called_so() -> None:
    [problem] = opened(b"PK\x05\x06" + bytes(18)).problems
    assert problem.message.startswith("There is no workbook in this archive.")


def test_texts_and_workbooks_that_begin_alike_are_what_they_are() -> None:
    assert plain_kind(b"0,1,2\n") == "csv"
    assert plain_kind(b"From here: on\nref,rating\n") == "csv"
    assert plain_kind(b"12\nref,rating\n") == "csv"
    assert plain_kind(attacks.workbook()) == "zip"
