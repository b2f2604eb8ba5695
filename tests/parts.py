"""The parts of a workbook as text, and the words in it."""

from __future__ import annotations

import base64
import html
import io
import re
import zipfile

from xlplan.workbook.stamp import MANIFEST_PREFIX

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one dot (PNG)."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_TAG = re.compile(r"<[^<>]*>")
_STAMP = re.compile(re.escape(MANIFEST_PREFIX) + r"([\w=-]+):")


def words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def parts_of(data: bytes) -> dict[str, str]:
    """Each part of a workbook as text: its markup, its text, and what its stamps say."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            raw = archive.read(name).decode("utf-8", "replace")
            stamps = [base64.urlsafe_b64decode(s).decode() for s in _STAMP.findall(raw)]
            # A stamp's own letters are no words; what they say is beside them.
            plain = html.unescape(_STAMP.sub("", raw))
            found[name] = "\n".join([name, plain, html.unescape(_TAG.sub("", plain)), *stamps])
    return found
