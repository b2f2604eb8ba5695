"""Workbooks written part by part, so that a test says every byte that matters to it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_START = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    f'<styleSheet xmlns="{MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
    "<fonts><font><b/></font></fonts>"
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="49"/>'
    '<xf numFmtId="0" fontId="0" applyFont="1"><alignment wrapText="1"/></xf></cellXfs>'
    "</styleSheet>"
)
"""Formats: 0 plain, 1 a date, 2 text, 3 plain and bold on several lines."""
Related = tuple[str, str]
"""The last word of a relation's kind, and its target."""


def rels(*related: Related) -> str:
    """A part of relations, numbered from rId1."""
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(related, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def sheet(rows: str, after: str = "", before: str = "") -> str:
    """A worksheet part: `rows` stand in its data."""
    return (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheetData>{rows}</sheetData>'
        f"{after}</worksheet>"
    )


def texts(*inner: str) -> str:
    """A part of shared texts, each given as what stands within its ``<si>``."""
    items = "".join(f"<si>{each}</si>" for each in inner)
    return f'<sst xmlns="{MAIN}" count="{len(inner)}" uniqueCount="{len(inner)}">{items}</sst>'


def workbook(
    sheets: Mapping[str, str],
    *,
    shared: str = "",
    styles: str = STYLES,
    inside: str = "",
    related: tuple[Related, ...] = (),
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """The bytes of a workbook: `sheets` by name (the n-th is ``xl/worksheets/sheetN.xml``),
    `inside` what follows the list of sheets, `related` more relations of the workbook, `more`
    further parts by name."""
    own = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)]
    own += [("sharedStrings", "sharedStrings.xml")] if shared else []
    own += [("styles", "styles.xml")] if styles else []
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(sheets, 1)
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
        '.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{target}" ContentType="{_TYPE}.{kind}+xml"/>'
            for kind, target in (*own, *related)
        )
        + "</Types>",
        "_rels/.rels": rels(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{listed}</sheets>{inside}</workbook>",
        "xl/_rels/workbook.xml.rels": rels(*own, *related),
    }
    for number, xml in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = xml
    if shared:
        parts["xl/sharedStrings.xml"] = shared
    if styles:
        parts["xl/styles.xml"] = styles
    return zipped({**parts, **(more or {})})


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A package of parts; what looks like XML gets its first line."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            if isinstance(content, str):
                content = (_START + content).encode()
            package.writestr(zipfile.ZipInfo(name, (2026, 11, 2, 9, 30, 0)), content)
    return out.getvalue()


def part(data: bytes, name: str) -> str:
    """A part as text."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode()


def parts(data: bytes) -> dict[str, bytes]:
    """Every part by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}
