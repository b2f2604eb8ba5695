"""Where the links of a sheet lead. Nothing is followed: a target is a text to be told."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xlplan.workbook.book import At
from xlplan.workbook.bounds import Refused
from xlplan.workbook.extents import parse, place
from xlplan.workbook.relations import links_out

_OPENING = re.compile(rb"<(?:\w+:)?hyperlinks\b")
_CLOSING = re.compile(rb"</(?:\w+:)?hyperlinks\s*>")
_MOST, _LONGEST = 1_000, 2_000


def read_links(parts: Mapping[str, bytes], part: str) -> Mapping[At, str]:
    """The targets of the links of the sheet in `part`, by cell; a place in the workbook itself
    begins with ``#``. No more than a thousand are read."""
    xml = parts.get(part, b"")
    if b"hyperlinks" not in xml:
        return {}
    begin, end = _OPENING.search(xml), _CLOSING.search(xml)
    if begin is None or end is None:
        return {}
    targets: Mapping[str, str] = {}
    found: dict[At, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        at = place(attributes.get("ref", "").partition(":")[0])
        if name.rpartition(":")[2] != "hyperlink" or at is None or len(found) >= _MOST:
            return
        outside = next((targets.get(v, "") for k, v in attributes.items() if k.endswith(":id")), "")
        inside = attributes.get("location", "")
        if target := f"{outside}#{inside}" if inside else outside:
            found[at] = target[:_LONGEST]

    try:
        targets = links_out(parts, part)
        parse(xml[begin.start() : end.end()], start, lambda _: None, lambda _: None)
    except Refused:  # something else that only looks like links, such as a comment
        return {}
    return found
