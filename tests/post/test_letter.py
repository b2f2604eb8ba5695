"""Letters: their words with places filled, and drafts that say the same once they are parsed."""

from __future__ import annotations

import email
import os
import shutil
import subprocess
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from xlplan.plan.settings import BODY, REMINDER, PostSettings
from xlplan.post.letter import (
    Letter,
    body_of,
    eml,
    filled,
    paragraphs,
    subject_of,
    usable_address,
)

PLACES = {
    "lead": "Head of Lettings",
    "plan": "Housing plan",
    "cycle": "2026-11",
    "return_by": "Friday 27 November 2026",
    "actions": "2 actions",
    "overdue": "",
}
LETTER = Letter(
    to="lettings@example.org",
    cc=("deputy@example.org",),
    sender="team@example.org",
    reply_to="",
    subject="Housing plan: your update",
    text="Dear Head of Lettings,\n\nPlease reply.\nThank you.",
    file="Head of Lettings.xlsx",
    data=b"PK\x03\x04 a workbook",
)


def parsed(data: bytes) -> EmailMessage:
    found = email.message_from_bytes(data, policy=default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_line_whose_place_has_nothing_to_name_is_left_out() -> None:
    found = filled("Dear {lead},\n\nLate: {overdue}.\n\nBy {return_by}.", PLACES)
    assert found == "Dear Head of Lettings,\n\nBy Friday 27 November 2026."


def test_a_brace_that_is_written_twice_is_a_brace() -> None:
    assert filled("{{lead}} {cycle}", PLACES) == "{lead} 2026-11"


def test_what_fills_a_place_is_not_filled_again() -> None:
    assert filled("{lead}", PLACES | {"lead": "{cycle}"}) == "{cycle}"


def test_paragraphs_have_one_line_between_them() -> None:
    assert paragraphs("\na\n\n\nb\n", " ", "c") == "a\n\nb\n\nc"


@pytest.mark.parametrize("words", [BODY, REMINDER])
@pytest.mark.parametrize("gone", [[], ["overdue", "return_by"]])
def test_the_words_that_come_with_xlplan_leave_no_place_open(words: str, gone: list[str]) -> None:
    post = PostSettings(signature="The team, {plan}")
    places = PLACES | {"overdue": "1 action"} | dict.fromkeys(gone, "")
    found = body_of(post, words, places, ["Why this comes to you."])
    assert not any(odd in found for odd in ("{", "  ", "\n\n\n"))
    assert found.startswith("Dear Head of Lettings,\n\n")
    assert found.endswith("\n\nWhy this comes to you.\n\nThe team, Housing plan")
    assert ("past their date" in found.casefold()) == (words is BODY and not gone)


def test_a_subject_is_never_blank() -> None:
    assert subject_of(PostSettings(), PLACES) == "Housing plan: your update for 2026-11"
    assert subject_of(PostSettings(subject="Late: {overdue}"), PLACES) == "Housing plan: 2026-11"


def test_a_draft_says_what_its_letter_says() -> None:
    message = parsed(eml(LETTER))
    assert message["X-Unsent"] == "1"
    assert (message["To"], message["Cc"]) == ("lettings@example.org", "deputy@example.org")
    assert (message["From"], message["Subject"]) == (LETTER.sender, LETTER.subject)
    assert message["Reply-To"] is message["Date"] is message["Message-ID"] is None
    assert text_of(message, "plain") == LETTER.text + "\n"
    assert "<p>Please reply.<br>\nThank you.</p>" in text_of(message, "html")
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == LETTER.file
    assert attached.get_content() == LETTER.data


def test_without_addresses_there_are_no_headers_for_them() -> None:
    message = parsed(eml(replace(LETTER, to="", cc=(), sender="", reply_to="a@example.org")))
    assert message["To"] is message["Cc"] is message["From"] is None
    assert message["Reply-To"] == "a@example.org"


def test_the_same_letter_gives_the_same_bytes_and_another_gives_others() -> None:
    assert eml(LETTER) == eml(replace(LETTER))
    assert eml(LETTER) != eml(replace(LETTER, data=b"another"))


def test_what_is_typed_is_no_markup() -> None:
    found = text_of(parsed(eml(replace(LETTER, text="<b>1 & 2</b>"))), "html")
    assert "<p>&lt;b&gt;1 &amp; 2&lt;/b&gt;</p>" in found


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\x00"])
def test_no_header_can_be_slipped_in(end: str) -> None:
    post = PostSettings(subject=f"Update{end}Bcc: all@example.org")
    data = eml(
        replace(LETTER, subject=subject_of(post, PLACES), file=f"a{end}Bcc: all@example.org.xlsx")
    )
    message = parsed(data)
    assert message["Bcc"] is None
    assert message["Subject"] == "Update Bcc: all@example.org"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" a.b@example.org ", "a.b@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("ä@example.org", ""),
        ("no address", ""),
        ("a b@example.org", ""),
        ('"a"@example.org', ""),
        ("a@b@example.org", ""),
        ("a@", ""),
        ("@example.org", ""),
        ("a@example..org", ""),
        ("a@example.org\nBcc: b@example.org", ""),
        ("a(b)@example.org", ""),
        ("", ""),
    ],
)
def test_an_address_is_one_that_every_mail_program_takes(typed: str, address: str) -> None:
    assert usable_address(typed) == address


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


@given(subject=WORDS, text=WORDS, name=WORDS, data=st.binary(max_size=60))
def test_any_words_come_through(subject: str, text: str, name: str, data: bytes) -> None:
    post = PostSettings(subject=subject.replace("{", "{{").replace("}", "}}"))
    line = subject_of(post, PLACES)
    message = parsed(eml(replace(LETTER, subject=line, text=text, file=f"a{name}.xlsx", data=data)))
    assert message["Subject"] == line
    assert text_of(message, "plain").split("\n") == f"{text}\n".split("\n")
    (attached,) = message.iter_attachments()
    assert attached.get_content() == data
    assert [part.get_content_type() for part in message.walk()].count("text/html") == 1


@pytest.mark.skipif(shutil.which("mutt") is None, reason="needs mutt, a real mail program")
def test_a_real_mail_program_opens_a_draft_and_sends_what_it_says(tmp_path: Path) -> None:
    sends = tmp_path / "send"
    sends.write_text(f"#!/bin/sh\ncat > '{tmp_path}/sent.eml'\n", "ascii")
    sends.chmod(0o700)
    settings = (
        'set charset="utf-8"',
        f'set sendmail="{sends}"',
        "set copy=no",
        "set crypt_use_gpgme=no",
    )
    (tmp_path / "rc").write_text("\n".join(settings), "ascii")
    letter = replace(
        LETTER, subject="Cynllun tai: diweddariad â chôd", text="Annwyl bawb,\n\n½ – diolch.",
        file="Pennaeth Tŷ.xlsx", data=bytes(range(256)) * 40,
    )  # fmt: skip
    (tmp_path / "draft.eml").write_bytes(eml(letter))
    subprocess.run(
        ["mutt", "-n", "-F", tmp_path / "rc", "-H", tmp_path / "draft.eml"],
        stdin=subprocess.DEVNULL, check=True, timeout=60, cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    sent = parsed((tmp_path / "sent.eml").read_bytes())
    assert (sent["To"], sent["Cc"]) == (letter.to, letter.cc[0])
    assert sent["From"].addresses[0].addr_spec == letter.sender
    assert sent["Subject"] == letter.subject
    assert text_of(sent, "plain").strip() == letter.text
    (part,) = sent.iter_attachments()
    assert (part.get_filename(), part.get_content()) == (letter.file, letter.data)
