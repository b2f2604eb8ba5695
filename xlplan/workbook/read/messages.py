"""Messages: the attachments and the text of e-mails, mailboxes, and what Outlook makes of them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from xlplan.codes.gate_codes import GATE_008
from xlplan.late import regex
from xlplan.workbook.read.binary import MALFORMED, Compound, Entry
from xlplan.workbook.read.book import Enclosed
from xlplan.workbook.read.file_kinds import (
    APPLE_MAIL,
    MAILBOX,
    MESSAGE,
    OLE,
    PICTURE,
    SPELLED_OUT,
    TNEF,
    ZIP,
    is_signed_around,
    plain_kind,
)
from xlplan.workbook.read.inbox import MB, Bounds, Refused
from xlplan.workbook.read.sheet_values import decode_text

if TYPE_CHECKING:
    from email.message import Message

Path = tuple[str, ...]
"""Where a stream is in a compound file: the folders, then its name."""
_DEEPEST = 16
"""Parts within parts, of which a message that is forwarded has two."""
_PLAIN, _PAGE = _SPOKEN = ("text/plain", "text/html")
"""In what forms a message has its text, the better first."""
_BETWEEN = regex(rb"\r?\nFrom [^\r\n]*\r?\n(?=[!-9;-~]+:[ \t])")
"""The line between two messages of a mailbox."""
_FORK = b"\x00\x05\x16\x07"
"""How that begins which a Mac keeps of a file beside it, and sends with it (AppleDouble)."""
_WRITTEN_OUT = regex(
    rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n((?:[!-`][ -`]{0,84}\r?\n)+)[` ]?\r?\n?end\b",
    re.MULTILINE,
)
_ESCAPED = regex(rb"^>(>*From )", re.MULTILINE)


class Bag:
    """The files found so far, within bounds."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.files: list[Enclosed] = []
        self.room = bounds.enclosed_bytes

    def check(self, size: int) -> None:
        """Raise `Refused` where one more file of this size is too much."""
        if len(self.files) >= self.bounds.enclosed:
            raise Refused(GATE_008.fill("files", files=self.bounds.enclosed))
        if size > self.room:
            raise Refused(GATE_008.fill("enclosed", mb=self.bounds.enclosed_bytes // MB))

    def add(self, name: str, data: bytes) -> None:
        """Put a file in."""
        self.check(len(data))
        self.room -= len(data)
        self.files.append(Enclosed(name, data))


def read_mail(data: bytes, bounds: Bounds) -> tuple[list[Enclosed], list[str]]:
    """The attachments of a message and of those forwarded in it, and the text of each message."""
    from email import message_from_bytes

    bag = Bag(bounds)
    file = _signed_file(data) if is_signed_around(data) else _spelled_out(data)
    if file is not None:
        bag.add("attachment", file)
        return bag.files, []
    texts: dict[tuple[int, int], dict[str, str]] = {}
    leaves = (
        ((number, owner), part)
        for number, message in enumerate(_messages(data, bounds))
        for owner, part in _leaves(message_from_bytes(message))
    )
    for owner, part in leaves:
        name = _file_name(part)
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or content.startswith(_FORK):
            continue
        is_file = part.get_content_maintype() == "application" or content.startswith((ZIP, OLE))
        if name or is_file:
            if not (_is_inline(part) and part.get_content_maintype() == "image"):
                bag.add(name or "attachment", content)
        elif (kind := part.get_content_type()) in _SPOKEN:
            for named, within in _written_out(content):
                bag.add(named, within)
            text = _decoded(_WRITTEN_OUT.sub(b"", content), part.get_content_charset() or "utf-8")
            words = _words(text) if kind == _PLAIN else _of_page(text)
            if words:
                known = texts.setdefault(owner, {})
                known[kind] = f"{known[kind]} {words}" if kind in known else words
    return bag.files, [each.get(_PLAIN) or each[_PAGE] for _, each in sorted(texts.items())]


def _spelled_out(data: bytes) -> bytes | None:
    """The file whose bytes stand in a text by letters alone (base64); None for a message."""
    if (found := SPELLED_OUT.match(data.removeprefix(b"\xef\xbb\xbf").lstrip())) is None:
        return None
    try:
        return binascii.a2b_base64(found[1])
    except binascii.Error:
        raise Refused(MESSAGE) from None


def _written_out(text: bytes) -> Iterator[tuple[str, bytes]]:
    """The files that old mailers write into the text of a message itself (uuencode), by name."""
    for found in _WRITTEN_OUT.finditer(text):
        with suppress(binascii.Error):
            lines = found[2].splitlines()
            yield _decoded(found[1], "utf-8"), b"".join(map(binascii.a2b_uu, lines))


def _messages(data: bytes, bounds: Bounds) -> Iterator[bytes]:
    """The messages in a file: one, or each of a mailbox; what one was signed around."""
    if is_signed_around(data):
        yield _signed(data)
    elif found := APPLE_MAIL.match(data):
        yield data[found.end() :][: int(found[1])]
    elif data.startswith(MAILBOX):
        for number, message in enumerate(_BETWEEN.split(b"\n" + data)[1:]):
            if number >= bounds.enclosed:
                raise Refused(GATE_008.fill("files", files=bounds.enclosed))
            yield _ESCAPED.sub(rb"\1", message)
    else:
        yield data.removeprefix(b"\xef\xbb\xbf").lstrip()  # a program may put these before it


def _signed(data: bytes) -> bytes:
    """What stands in a signed envelope (RFC 5652); whether the signature is good is not judged."""
    from asn1crypto.cms import ContentInfo

    try:
        content = ContentInfo.load(data)["content"]["encap_content_info"]["content"].native
    except (ValueError, TypeError, KeyError):
        content = None
    if not isinstance(content, bytes):
        raise Refused(MESSAGE)
    return content


def _signed_file(data: bytes) -> bytes | None:
    """A file that was signed itself, without a message around it; None for a message."""
    content = _signed(data)
    return content if plain_kind(content) not in ("csv", MESSAGE) else None


def _within(part: Message) -> Message | None:
    """The message that a part without parts is signed around; None where it is a file."""
    from email import message_from_bytes

    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or not is_signed_around(content):
        return None
    try:
        return message_from_bytes(_signed(content)) if _signed_file(content) is None else None
    except Refused:  # it is refused by its own name
        return None


def _forwarded(part: Message) -> Message | None:
    """A message that was forwarded in base64, against the standard: it is one text until then."""
    from email import message_from_bytes

    inner = part.get_payload()
    if part.get("Content-Transfer-Encoding", "").strip().lower() != "base64":
        return None
    whole = inner[0] if isinstance(inner, list) and inner else None
    if whole is None or isinstance(whole, str):
        return None
    try:
        return message_from_bytes(base64.b64decode(whole.as_string()))
    except (binascii.Error, ValueError):
        return None


def _leaves(message: Message) -> Iterator[tuple[int, Message]]:
    """The parts of a message that have no parts, in their order, each with the number of the
    message that it belongs to: 0, or more for those that were forwarded in it."""
    todo = [(0, message, 0)]
    messages = 0
    while todo:
        owner, part, depth = todo.pop()
        inner = part.get_payload()
        if not isinstance(inner, list):
            whole = _within(part) if depth < _DEEPEST else None
            if whole is None:
                yield owner, part
            else:
                todo.append((owner, whole, depth + 1))
        elif depth < _DEEPEST:
            if part.get_content_type() == "message/rfc822":
                messages += 1
                owner = messages
                whole = _forwarded(part)
                inner = inner if whole is None else [whole]
            parts = [each for each in reversed(inner) if not isinstance(each, str)]
            todo += [(owner, each, depth + 1) for each in parts]


def _is_inline(part: Message) -> bool:
    return part.get_content_disposition() == "inline" or "Content-ID" in part


def _file_name(part: Message) -> str:
    """The name of an attachment, with the encoded words that mailers put into it decoded."""
    from email.header import decode_header, make_header

    try:
        name = part.get_filename("")
        return str(make_header(decode_header(name))) if "=?" in name else name
    except (LookupError, ValueError, TypeError):
        return "attachment"


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _words(text: str) -> str:
    """The text of a message on one line, without what it answers."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith(">"))
    return _flat(" ".join(lines))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _of_page(page: str) -> str:
    return _flat(page_text(page))


_ATTACHED = "__attach_version1.0_"
_DATA, _WIDE, _NARROW = "__substg1.0_37010102", "001F", "001E"
_LONG_NAME, _SHORT_NAME, _CONTENT_ID, _BODY, _HTML = "3707", "3704", "3712", "1000", "1013"
_HTML_BYTES, _INNER = "__substg1.0_10130102", "__substg1.0_3701000D"
"""Properties of attachments and messages (MS-OXPROPS), in streams named by them (MS-OXMSG)."""


def read_outlook(data: bytes, bounds: Bounds) -> tuple[list[Enclosed], list[str]]:
    """The attachments of an Outlook message and of those in it, and the text of each message."""
    try:
        file = Compound(data)
        found = dict(file.streams())
        texts = {
            path: file.stream(entry)
            for path, entry in sorted(found.items())
            if path[-1].endswith((_WIDE, _NARROW)) and entry.length < 65536
        }
        words = [_outlook_words(file, found, folder) for folder in _outlook_messages(found)]
        bag = Bag(bounds)
        for path, entry in sorted(found.items()):
            if path[-1] != _DATA or len(path) < 2 or not path[-2].startswith(_ATTACHED):
                continue
            bag.check(entry.length)
            content = file.stream(entry)
            shown_in_text = _text(texts, path[:-1], _CONTENT_ID)
            if not (shown_in_text and plain_kind(content) == PICTURE):
                names = (_text(texts, path[:-1], each) for each in (_LONG_NAME, _SHORT_NAME))
                bag.add(next(filter(None, names), "attachment"), content)
    except MALFORMED:
        raise Refused(MESSAGE) from None
    return bag.files, list(filter(None, words))


def _outlook_messages(found: Mapping[Path, Entry]) -> list[Path]:
    """The folders of a message and of those in it, the outermost first."""
    inner = {path[:-1] for path in found if path[-2:-1] == (_INNER,)}
    return [(), *sorted(inner, key=lambda folder: (len(folder), folder))]


def _outlook_words(file: Compound, found: Mapping[Path, Entry], folder: Path) -> str:
    """The text of a message in a folder, from its page where it has no plain text."""
    bodies = {path[-1]: file.stream(entry) for path, entry in found.items()
              if path[:-1] == folder and path[-1][12:16] in (_BODY, _HTML)}  # fmt: skip
    texts = {(*folder, name): content for name, content in bodies.items()}
    if words := _flat(_text(texts, folder, _BODY)):
        return words
    page = _text(texts, folder, _HTML) or decode_text(bodies.get(_HTML_BYTES, b""))
    return _of_page(page)


def _text(texts: Mapping[Path, bytes], folder: Path, wanted: str) -> str:
    """A text property of a message or an attachment, or ``""``."""
    for suffix, encoding in ((_WIDE, "utf-16-le"), (_NARROW, "cp1252")):
        if content := texts.get((*folder, f"__substg1.0_{wanted}{suffix}")):
            return content.decode(encoding, "replace").rstrip("\0")
    return ""


def read_winmail(data: bytes, bounds: Bounds) -> tuple[list[Enclosed], list[str]]:
    """The attachments in a winmail.dat, and its text."""
    import logging

    import tnefparse

    logging.getLogger("tnefparse").setLevel(logging.CRITICAL)
    bag = Bag(bounds)
    try:
        found = tnefparse.TNEF(data, do_checksum=False)
        for attachment in found.attachments:
            if not attachment.data:
                raise Refused(TNEF)
            bag.add(_winmail_name(attachment), bytes(attachment.data))
        body = found.body or b""
    except (Refused, MemoryError):
        raise
    except Exception:  # the library raises nearly anything for one that is damaged
        raise Refused(TNEF) from None
    text = body if isinstance(body, str) else decode_text(bytes(body))
    words = _flat(text.rstrip("\0"))
    return bag.files, [words] if words else []


def _winmail_name(attachment: Any) -> str:
    try:
        name = attachment.long_filename() or "attachment"
    except UnicodeDecodeError:  # the library takes every name for UTF-8
        name = decode_text(attachment._name)
    return str(name).rstrip("\0")


_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_WITHIN = frozenset(
    {"a", "abbr", "b", "code", "del", "em", "font", "i", "ins", "s", "small", "span", "strong",
     "sub", "sup", "u"}
)  # fmt: skip
"""Elements within a word or a line: around any other a reader sees a gap."""


def page_text(page: str) -> str:
    """What a reader sees of a page, words apart that stand apart."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return "".join(reader.said)


class _Reader(HTMLParser):
    """Handlers that keep what is shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.unseen: list[str] = []

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag == "body":
            self.unseen.clear()  # a head that nobody closed
        elif tag in _UNSEEN:
            self.unseen.append(tag)
        elif tag not in _WITHIN:
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in self.unseen:
            del self.unseen[self.unseen.index(tag) :]
        elif tag not in _WITHIN:
            self.said.append(" ")

    def handle_data(self, data: str) -> None:
        """Keep a text, unless it is not shown."""
        if not self.unseen:
            self.said.append(data)
