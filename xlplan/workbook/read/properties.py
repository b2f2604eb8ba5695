"""What a file says of itself: when it was saved, its subject, its custom properties."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from xlplan.workbook.read.bounds import Refused
from xlplan.workbook.read.extents import parse
from xlplan.workbook.read.relations import related

SUBJECT = "subject"
_MOST = 500
"""Custom properties that are read; a stamp needs one."""


def read_properties(parts: Mapping[str, bytes], kind: str) -> tuple[dict[str, str], str]:
    """Properties by name (the core subject as ``"subject"``) and the document's own modified time
    (ISO 8601, UTC), or ``""`` where it is absent or not a time. Damaged properties are none."""
    try:
        if kind == "ods":
            return _document_properties(parts.get("meta.xml", b""))
        return _package_properties(parts)
    except Refused:
        return {}, ""


def utc(text: str) -> str:
    """A time normalised to ``2026-11-21T07:58:08Z``; one without a zone is taken as UTC, since
    OpenDocument writes local time without saying so. ``""`` where it is not a time."""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    except (ValueError, OverflowError):
        return ""


class _Texts:
    """Handlers that hand on each element that has text, with the attributes around it."""

    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str], str]] = []
        self.open: list[tuple[str, dict[str, str], list[str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        outer = self.open[-1][1] if self.open else {}
        # Some programs declare their namespaces on the innermost element; that says nothing.
        own = {key: value for key, value in attributes.items() if not key.startswith("xmlns")}
        self.open.append((name.rpartition(":")[2], own or outer, []))

    def data(self, text: str) -> None:
        self.open[-1][2].append(text)

    def end(self, _: str) -> None:
        name, attributes, texts = self.open.pop()
        if texts:
            self.found.append((name, attributes, "".join(texts)))


def _texts(xml: bytes) -> list[tuple[str, dict[str, str], str]]:
    handlers = _Texts()
    if xml:
        parse(xml, handlers.start, handlers.end, handlers.data)
    return handlers.found


def _package_properties(parts: Mapping[str, bytes]) -> tuple[dict[str, str], str]:
    named = dict(related(parts, "").values())
    core = named.get("core-properties", "docProps/core.xml")
    custom = named.get("custom-properties", "docProps/custom.xml")
    properties: dict[str, str] = {}
    saved = ""
    for _, attributes, text in _texts(parts.get(custom, b""))[:_MOST]:
        if name := attributes.get("name", ""):
            properties[name] = text
    for name, _, text in _texts(parts.get(core, b"")):
        if name == "modified":
            saved = utc(text)
        elif name == "subject":
            properties[SUBJECT] = text
    return properties, saved


def _document_properties(xml: bytes) -> tuple[dict[str, str], str]:
    properties: dict[str, str] = {}
    saved = ""
    for name, attributes, text in _texts(xml)[:_MOST]:
        if name == "user-defined" and attributes.get("meta:name"):
            properties[attributes["meta:name"]] = text
        elif name == "subject":
            properties[SUBJECT] = text
        elif name == "date":
            saved = utc(text)
    return properties, saved
