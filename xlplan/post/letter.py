"""A letter to one lead: its words with their places filled, and the e-mail draft that it becomes.

The same letter gives the same bytes. A draft has no date and no id of its own: the program that
sends it puts them in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from string import Formatter

from msgspec import Struct

from xlplan.plan.settings import PostSettings

EXCEL = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_POLICY = SMTP.clone(max_line_length=998)
"""As long as a line may be: a header that is not folded cannot be folded wrongly."""
_LONGEST = 900


class Letter(Struct, frozen=True):
    """One e-mail. Addresses are plain, blank where there is none; `text` is the body."""

    to: str
    cc: tuple[str, ...]
    sender: str
    reply_to: str
    subject: str
    text: str
    file: str
    """The name of the attachment."""
    data: bytes
    language: str = "en-GB"


def filled(words: str, places: Mapping[str, str]) -> str:
    """`words` with their places filled; without the lines in which one has nothing to name, and
    without the gaps that these leave."""
    lines: list[str] = []
    for line in words.split("\n"):
        named = [name for _, name, _, _ in Formatter().parse(line) if name]
        if all(places[name] for name in named):
            lines.append(line.format(**places))
    return paragraphs("\n".join(lines))


def paragraphs(*texts: str) -> str:
    """Texts below each other, with one line between paragraphs and none at the ends."""
    lines = [line.rstrip() for text in texts if text.strip() for line in (*text.split("\n"), "")]
    kept = [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
    return "\n".join(kept).strip("\n")


def body_of(post: PostSettings, words: str, places: Mapping[str, str], more: Sequence[str]) -> str:
    """A whole body: the coordinator's words, what is true of this lead alone, the signature."""
    return paragraphs(filled(words, places), *more, filled(post.signature, places))


def subject_of(post: PostSettings, places: Mapping[str, str]) -> str:
    """The subject in one line; the plan and the cycle where its own words have nothing to name."""
    found = filled(post.subject, places) or f"{places['plan']}: {places['cycle']}"
    return _line(found)


def usable_address(text: str) -> str:
    """An e-mail address as a header can have it; ``""`` for what is none. The name of a domain is
    written in the letters that every mail program sends."""
    name, at, domain = text.strip().rpartition("@")
    try:
        plain = f"{name}{at}{domain.encode('idna').decode('ascii')}"
        plain.encode("ascii")
        address = Address(addr_spec=plain)
    except (ValueError, IndexError, HeaderParseError):
        return ""
    return plain if address.username and address.domain and plain == address.addr_spec else ""


def eml(letter: Letter) -> bytes:
    """The draft as a file: ``X-Unsent: 1`` has the programs that know it open it ready to send."""
    message = EmailMessage(policy=_POLICY)
    message["X-Unsent"] = "1"
    if letter.sender:
        message["From"] = letter.sender
    if letter.to:
        message["To"] = letter.to
    if letter.cc:
        message["Cc"] = ", ".join(letter.cc)
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Subject"] = letter.subject
    message["Content-Language"] = letter.language
    message.set_content(letter.text + "\n", cte="quoted-printable")
    message.add_alternative(_html(letter), subtype="html", cte="quoted-printable")
    maintype, subtype = EXCEL
    name = _line(letter.file)
    message.add_attachment(letter.data, maintype=maintype, subtype=subtype, filename=name)
    digest = hashlib.sha256(repr(letter).encode("utf-8", "backslashreplace")).hexdigest()
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_xlplan_{number}_{digest[:40]}")
    return message.as_bytes()


def _line(text: str) -> str:
    """A text as one line of a header, without what could end it."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split())[:_LONGEST]


def _html(letter: Letter) -> str:
    parts = (escape(part).replace("\n", "<br>\n") for part in letter.text.split("\n\n"))
    body = "\n".join(f"<p>{part}</p>" for part in parts)
    title = escape(letter.subject)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(letter.language)}">\n'
        f'<head><meta charset="utf-8"><title>{title}</title></head>\n'
        f'<body style="font-family: Calibri, Arial, sans-serif; font-size: 11pt">\n{body}\n'
        "</body>\n</html>\n"
    )
