"""The stamp: the signed identity in every workbook that goes out.

A manifest (one cell of text, found by its content on any sheet) says which issued workbook this
is; a key per row says which row of which issued workbook. Both are signed with the plan's secret
key (HMAC-SHA256). Signatures say that xlplan made the text, not that nobody edited the rest.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from xlplan.late import regex

PROPERTY = "xlplan-stamp"
"""The custom document property that holds a short manifest."""
MANIFEST_PREFIX = "xlplan-stamp:1:"
ROW_MARK = "xr1."
"""With this the key of a row begins."""
_ROW_KEY = regex(r"xr1\.([a-z]-[0-9a-f]+)\.([a-z]+-[0-9a-z-]+)\.([0-9a-f]{16})")
_HALF = regex(r"[\ud800-\udfff]")
"""Half a character, which JSON can spell and no file can keep."""


def _mac(key: bytes, *parts: str) -> str:
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hmac.digest(key, text, "sha256").hex()


def fingerprint(key: bytes) -> str:
    """What tells one key from another and gives away nothing of it (HMAC of a fixed label)."""
    return _mac(key, "fingerprint")


def manifest(key: bytes, payload: Mapping[str, object]) -> str:
    """The manifest cell's text for `payload` (JSON values only)."""
    body = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    encoded = base64.urlsafe_b64encode(body.encode()).decode()
    return f"{MANIFEST_PREFIX}{encoded}:{_mac(key, 'manifest', encoded)}"


def is_manifest(text: object) -> bool:
    """Whether a cell's text claims to be a manifest, signed by whomever."""
    return isinstance(text, str) and text.strip().startswith(MANIFEST_PREFIX)


class Manifest(Struct, frozen=True):
    """A manifest as found: what it says, and whether this plan's key signed it."""

    payload: Mapping[str, object]
    genuine: bool


def read_manifest(key: bytes, text: str) -> Manifest | None:
    """The manifest in `text`, or None where it cannot be read at all."""
    encoded, _, mac = text.strip().removeprefix(MANIFEST_PREFIX).partition(":")
    try:
        body = base64.urlsafe_b64decode(encoded)
        payload = json.loads(body)
    except (binascii.Error, ValueError, RecursionError):
        return None
    whole = body.isascii() and b"\\u" not in body  # then it has no half of a character
    if not isinstance(payload, dict) or not all(_is_plain(v, whole) for v in payload.values()):
        return None
    return Manifest(payload, _same(mac, _mac(key, "manifest", encoded)))


def _is_plain(value: object, whole: bool) -> bool:
    """Whether a manifest of ours could say this: a text, a number, or a list of texts; `whole` ones
    have no half of a character."""
    if isinstance(value, list):
        return all(isinstance(each, str) and (whole or _is_plain(each, whole)) for each in value)
    if isinstance(value, str):
        return whole or not _HALF.search(value)
    return isinstance(value, int | float)


def _same(given: str, ours: str) -> bool:
    """Whether two signatures are one, told in the same time whatever was given."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), ours.encode())


def row_key(key: bytes, issued: str, uid: str, locked: str = "") -> str:
    """The signed key of one row of one issued workbook; `locked` is the row's locked text."""
    return f"xr1.{issued}.{uid}.{_mac(key, 'row', issued, uid, locked)[:16]}"


class RowKey(Struct, frozen=True):
    """A row key as found: which issued workbook and which row it names, not yet checked."""

    issued: str
    uid: str
    text: str


def parse_row_key(text: object) -> RowKey | None:
    """The row key in a cell, or None."""
    return _parse_row_key(text) if isinstance(text, str) and ROW_MARK in text else None


@lru_cache(maxsize=4096)
def _parse_row_key(text: str) -> RowKey | None:
    """In a form each stands on every line of its action, and each is asked for more than once."""
    found = _ROW_KEY.fullmatch(text.strip())
    return RowKey(found[1], found[2], text.strip()) if found else None


def check_row_key(key: bytes, found: RowKey, locked: str = "") -> bool:
    """Whether this plan's key signed `found` for this row."""
    return _same(found.text, row_key(key, found.issued, found.uid, locked))
