"""Everything in a workbook that names a place, moved when rows are put in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlplan.late import regex
from xlplan.workbook.write.formula_refs import Insertion, moved_areas, moved_formula, tokens
from xlplan.workbook.write.package import Package
from xlplan.workbook.write.splice import (
    Edit,
    Element,
    elements,
    marked,
    splice,
    text_within,
    with_attribute,
)

_FORMULAS = frozenset(
    {"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula"}
    | {"totalsRowFormula", "oldFormula"}
)
_AREAS = ("ref", "sqref", "activeCell", "topLeftCell", "r")
_WITH_AREAS = frozenset(
    {
        *("dimension", "sheetView", "pane", "selection", "pivotSelection", "autoFilter"),
        *("sortState", "sortCondition", "conditionalFormatting", "dataValidation", "hyperlink"),
        *("protectedRange", "ignoredError", "cellWatch", "inputCells", "mergeCell", "table"),
        *("comment", "threadedComment", "location", "singleXmlCell", "customSheetView"),
    }
)
_GROWING = frozenset(
    {"conditionalFormatting", "dataValidation", "autoFilter", "sortState", "table"}
    | {"ignoredError", "protectedRange"}
)
_LINKS = ("location", "fmlaLink", "fmlaRange", "fmlaTxbx", "linkedCell", "listFillRange")
_GROWING_NAMES = frozenset({"_xlnm.print_area", "_xlnm._filterdatabase"})
_OTHER = regex(r"/(charts/|pivotCache/pivotCacheDefinition|ctrlProps/|tables/|activeX/|drawings/)")
_ON_SHEET = ("table", "comments", "threadedComment", "drawing", "pivotTable", "tableSingleCells")
_ANCHOR = regex(rb"(<x:Anchor>)([-\d,\s]+)(?=</x:Anchor>)")
_NOTE_ROW = regex(rb"(<x:Row>\s*)(\d+)")
_CONTROL = regex(rb"(<x:Fmla(?:Link|Range)>)([^<]*)")


def moved_part(
    data: bytes,
    rows: Insertion,
    *,
    own: bool,
    body: tuple[int, int] | None = None,
    inside: bytes = b"",
) -> bytes:
    """A part with every place that it names moved; `own` where it belongs to the very sheet. What
    stands in `body` is replaced by `inside`, where it was done already."""
    edits: list[Edit] = [(*body, inside)] if body else []
    start, stop = body or (0, 0)
    for each in elements(data):
        if start <= each.start < stop:
            continue
        tag = _moved_tag(data, each, rows, own)
        if tag != data[each.start : each.inner]:
            edits.append((*each.tag, tag))
        text = _moved_text(data, each, rows, own)
        if text is not None and text != data[each.inner : each.close]:
            edits.append((each.inner, each.close, text))
        edits += _more_merges(data, each, rows, own)
    return splice(data, edits)


def _moved_tag(data: bytes, each: Element, rows: Insertion, own: bool) -> bytes:
    named = each.attributes
    tag = data[each.start : each.inner]
    for key in _AREAS if own and each.name in _WITH_AREAS else ():
        if key in named and (key != "r" or each.name in ("cellWatch", "inputCells")):
            grow = each.name in _GROWING or (each.name == "mergeCell" and _is_tall(named[key]))
            tag = _with(tag, named, key, moved_areas(named[key], rows, grow=grow))
    if own and each.name == "brk" and each.parent and each.parent.name == "rowBreaks":
        at = int(named.get("id", "0"))
        tag = _with(tag, named, "id", str(at + rows.count if at > rows.after else at))
    if each.name == "worksheetSource" and "ref" in named and rows.is_on(named.get("sheet", "")):
        tag = _with(tag, named, "ref", moved_areas(named["ref"], rows, grow=True))
    if own and each.name == "mergeCells":
        tag = with_attribute(tag, "count", None)  # there may be more of them, and nobody needs it
    for key in _LINKS:
        if key in named and "!" in named[key] + ("!" if own else ""):
            tag = _with(tag, named, key, moved_formula(named[key], rows, own))
    return tag


def _with(tag: bytes, named: dict[str, str], key: str, value: str) -> bytes:
    return tag if named[key] == value else with_attribute(tag, key, value)


def _is_tall(area: str) -> bool:
    numbers = re.findall(r"\d+", area)  # none where whole columns are merged
    return len(numbers) == 2 and numbers[0] != numbers[1]


def _moved_text(data: bytes, each: Element, rows: Insertion, own: bool) -> bytes | None:
    if each.name in _FORMULAS:
        text = text_within(data, each)
        new = moved_formula(text, rows, own)
        if each.name == "definedName":
            name = each.attributes.get("name", "").casefold()
            new = _grown(text, rows) if name in _GROWING_NAMES else new
        return marked(new) if new != text else None
    if each.name == "sqref" and own:
        text = text_within(data, each)
        return marked(moved_areas(text, rows, grow=True))
    if each.name == "row" and own and each.parent and each.parent.name in ("from", "to"):
        return _moved_anchor(data, each, rows)
    return None


def _grown(text: str, rows: Insertion) -> str:
    """A print area or the range of a filter: one that ends at the row takes the new rows in."""
    return "".join(
        f"{each.sheet}{moved_areas(each.reference, rows, grow=True)}"
        if each.reference and rows.is_on(each.sheet_name)
        else each.text
        for each in tokens(text)
    )


def _moved_anchor(data: bytes, each: Element, rows: Insertion) -> bytes | None:
    """The row of a corner of a drawing, counted from 0; one that keeps its size moves whole."""
    anchor = each.parent.parent if each.parent else None
    how = anchor.attributes.get("editAs", "") if anchor else ""
    if how == "absolute":
        return None
    row = int(text_within(data, each))
    decides = row
    if how == "oneCell" and anchor:
        start = data.find(b"row>", anchor.start)
        first = re.match(rb"row>\s*(\d+)", data[start : start + 20])
        decides = int(first[1]) if first else row
    return str(row + rows.count).encode() if decides >= rows.after else None


def _more_merges(data: bytes, each: Element, rows: Insertion, own: bool) -> Iterator[Edit]:
    """Cells merged across the row above the new ones are merged in these too."""
    area = each.attributes.get("ref", "") if own and each.name == "mergeCell" else ""
    if area and re.findall(r"\d+", area) == [str(rows.after)] * 2:
        tag = data[each.start : each.end]
        new = [
            with_attribute(tag, "ref", re.sub(r"\d+", str(rows.after + number), area))
            for number in range(1, rows.count + 1)
        ]
        yield each.end, each.end, b"".join(new)


def move_other_parts(package: Package, part: str, rows: Insertion) -> None:
    """Move what other parts name on the sheet in `part`, and drop the order of calculation."""
    own = package.related(part, *_ON_SHEET)
    for name in own:
        package[name] = moved_part(package[name], rows, own=True)
    for name in package.related(part, "vmlDrawing"):
        package[name] = _moved_vml(package[name], rows)
    others = [each for each in package.sheets.values() if each != part]
    others += [package.book]
    others += [
        name
        for name in package.names
        if name.endswith(".xml") and _OTHER.search(name) and "/_rels/" not in name
    ]
    for name in others:
        if name not in own:
            package[name] = moved_part(package[name], rows, own=False)
    for name in package.related(package.book, "calcChain"):
        package.drop(name)


def _moved_vml(data: bytes, rows: Insertion) -> bytes:
    """The drawing of notes and controls, an old form that need not be good XML."""

    def anchor(found: re.Match[bytes]) -> bytes:
        numbers = [int(each) for each in found[2].split(b",")]
        for at in (2, 6):
            if at < len(numbers) and numbers[at] >= rows.after:
                numbers[at] += rows.count
        return found[1] + b", ".join(b"%d" % each for each in numbers)

    def row(found: re.Match[bytes]) -> bytes:
        return found[1] + b"%d" % (rows.moved(int(found[2]) + 1) - 1)

    def link(found: re.Match[bytes]) -> bytes:
        return found[1] + moved_formula(found[2].decode(), rows, own=True).encode()

    return _CONTROL.sub(link, _NOTE_ROW.sub(row, _ANCHOR.sub(anchor, data)))
