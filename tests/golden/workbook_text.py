"""A workbook as text: every part of it, an element a line, so that a difference can be read.

Cells say their text and the name of their style, and a style is named by what it looks like, so
that a new one renames no other. Nothing of what a reader of the workbook can see is left out.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

_CONSTANT = ("xl/theme/theme1.xml", "docProps/app.xml")
"""Parts that are the writing library's own words."""
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_LISTS = ("fonts", "fills", "borders", "numFmts")


def workbook_text(data: bytes) -> str:
    """The text of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strings = _strings(parts.pop(_STRINGS, b""))
    looks = _looks(ElementTree.fromstring(parts.pop(_STYLES)))
    lines: list[str] = []
    for name in sorted(parts):
        if name in _CONSTANT:
            continue
        lines.append(f"# {name}")
        if name.endswith((".xml", ".rels", ".vml")):
            lines += _lines(ElementTree.fromstring(parts[name]), 0, strings, looks)
        else:
            lines.append(hashlib.sha256(parts[name]).hexdigest())
    lines += ["# styles", *sorted({*looks.cells, *looks.differences})]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Looks:
    """What cells look like, and what conditional formats make of them, by number; each begins
    with its name."""

    cells: Sequence[str]
    differences: Sequence[str]

    def cell(self, number: str) -> str:
        return self.cells[int(number)].partition(" ")[0]

    def difference(self, number: str) -> str:
        return self.differences[int(number)].partition(" ")[0]


def _looks(root: ElementTree.Element) -> _Looks:
    lists = {name: _children(root, name) for name in _LISTS}
    formats = {one.get("numFmtId", ""): one.get("formatCode", "") for one in lists["numFmts"]}
    cells = []
    for xf in _children(root, "cellXfs"):
        said = [
            formats.get(xf.get("numFmtId", ""), f"format {xf.get('numFmtId')}"),
            *(
                _flat(lists[f"{part}s"][int(xf.get(f"{part}Id", "0"))])
                for part in ("font", "fill", "border")
            ),
            *map(_flat, xf),
        ]
        cells.append(_named("s", " | ".join(said)))
    return _Looks(cells, [_named("d", _flat(one)) for one in _children(root, "dxfs")])


def _named(prefix: str, said: str) -> str:
    return f"{prefix}{hashlib.sha256(said.encode()).hexdigest()[:6]} {said}"


def _children(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    found = next((child for child in root if _tag(child) == name), None)
    return [] if found is None else list(found)


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attributes(element: ElementTree.Element) -> Iterator[str]:
    for name, value in sorted(element.attrib.items()):
        yield f"{name.rpartition('}')[2]}={value!r}"


def _flat(element: ElementTree.Element) -> str:
    """An element in one line."""
    inner = " ".join(map(_flat, element))
    said = " ".join([_tag(element), *_attributes(element)])
    return f"{said} ({inner})" if inner else said


def _strings(data: bytes) -> list[str]:
    if not data:
        return []
    return ["".join(_runs(item)) for item in ElementTree.fromstring(data)]


def _runs(item: ElementTree.Element) -> Iterator[str]:
    """The text of a shared string, with what its runs look like."""
    for child in item:
        if _tag(child) == "t":
            yield child.text or ""
        elif _tag(child) == "r":
            look = next((_flat(part) for part in child if _tag(part) == "rPr"), "")
            text = next((part.text or "" for part in child if _tag(part) == "t"), "")
            yield f"[{look}]{text}"


def _lines(
    element: ElementTree.Element, depth: int, strings: Sequence[str], looks: _Looks
) -> Iterator[str]:
    tag, indent = _tag(element), " " * depth
    if tag == "c" and "r" in element.attrib:
        yield indent + _cell(element, strings, looks)
        return
    if tag == "row" and "r" in element.attrib:
        given = element.attrib
        said = {name: given[name] for name in sorted(given) if name not in ("r", "spans", "s")}
        yield f"{indent}row {given['r']} " + " ".join(f"{k}={v}" for k, v in said.items())
    elif tag == "cfRule":
        look = element.attrib.pop("dxfId", "")
        named = looks.difference(look) if look else "-"
        yield f"{indent}cfRule {named} " + " ".join(_attributes(element))
    else:
        text = re.sub(r"\s*\n\s*", "\\\\n", (element.text or "").strip())
        yield " ".join([indent + tag, *_attributes(element), *([repr(text)] if text else [])])
    for child in element:
        yield from _lines(child, depth + 1, strings, looks)


def _cell(cell: ElementTree.Element, strings: Sequence[str], looks: _Looks) -> str:
    parts = {_tag(child): child.text or "" for child in cell}
    value = parts.get("v", "")
    if cell.get("t") == "s":
        value = repr(strings[int(value)])
    elif cell.get("t") == "str":
        value = repr(value)
    formula = f" ={parts['f']}" if "f" in parts else ""
    return f"{cell.get('r')} {looks.cell(cell.get('s', '0'))}{formula} {value}".rstrip()
