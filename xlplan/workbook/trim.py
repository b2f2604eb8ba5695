"""A workbook without the empty formatted rows below its tables, for readers that load every cell.

A sheet that somebody has formatted to the bottom holds a hundred thousand rows of nothing, and
openpyxl makes an object of each of their cells.
"""

from __future__ import annotations

import io
import zipfile

_VALUES = (b"<v>", b"<v ", b"<v/", b"<is>", b"<is ", b"<t>", b"<f>", b"<f ", b"<f/")
_END = b"</sheetData>"
LEAST = 1 << 16
"""Bytes of empty rows that are worth the trouble."""


def without_empty_rows(data: bytes) -> bytes:
    """`data`, an xlsx workbook that passed the gate, cut off below the last value of each sheet.

    A sheet whose XML is written in another way than programs write it is left as it is.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        cut: dict[str, bytes] = {}
        for name in package.namelist():
            if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml"):
                xml = package.read(name)
                shorter = _cut(xml)
                if len(xml) - len(shorter) >= LEAST:
                    cut[name] = shorter
        if not cut:
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            for info in package.infolist():
                made.writestr(info.filename, cut.get(info.filename) or package.read(info))
    return out.getvalue()


def _cut(xml: bytes) -> bytes:
    """A sheet's XML without the rows below the last one that holds a value."""
    end = xml.rfind(_END)
    if end < 0:
        return xml
    last = max(xml.rfind(mark, 0, end) for mark in _VALUES)
    begins = xml.find(b"</row>", last) if last >= 0 else -1
    if begins < 0 or begins > end:
        return xml
    return xml[: begins + len(b"</row>")] + xml[end:]
