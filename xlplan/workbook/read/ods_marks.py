"""What people say with colours and lines in an OpenDocument spreadsheet, and what they hide."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping

from msgspec import Struct, field

from xlplan.late import regex
from xlplan.workbook.read.book import MOST_REPEATED, NO_HEIGHT, Addition, At, Hidden, is_sign, parse
from xlplan.workbook.read.inbox import Refused
from xlplan.workbook.read.marks import Area, Marks, is_chromatic
from xlplan.workbook.read.ods import repeated, spans_of

_CELLS = ("table:table-cell", "table:covered-table-cell")
_LOOKS = (b"line-through", b"background-color", b"fo:color", b"-spanned")
_MOST = 1_000
"""How often one cell or row that repeats is marked: formats may reach to the end of a sheet."""
_ALL = 100_000
"""Marks of one sheet that are kept."""
_SIGN = 3
"""Characters of a cell that tell whether it holds a sign."""
_COLOUR = regex(r"#[0-9A-F]{6}")
_DEEPEST = 20
"""Styles that one style may follow from."""


def read_ods_marks(parts: Mapping[str, bytes], ours: frozenset[str]) -> dict[str, Marks]:
    """The marks of each sheet by name; `ours` are fills (``#RRGGBB``) that are the template's."""
    content = parts.get("content.xml", b"")
    if not any(look in content for look in _LOOKS):
        return {}
    styles = _Styles(ours)
    with contextlib.suppress(Refused):  # no cell is in there
        parse(parts.get("styles.xml", b""), styles.start, styles.end, _nothing)
    parse(content, styles.start, styles.end, _nothing)
    cells = _Cells(styles)
    parse(content, cells.start, cells.end, cells.data)
    return {
        name: Marks(cells.fills.get(name, {}), frozenset(cells.struck.get(name, ())),
                    merged=tuple(sorted(cells.merged.get(name, ()))),
                    inks=cells.inks.get(name, {}), letters=cells.letters.get(name, {}))
        for name in {*cells.fills, *cells.struck, *cells.inks, *cells.letters, *cells.merged}
    }  # fmt: skip


def _nothing(_: str) -> None:
    """A handler that does nothing."""


class _Style(Struct):
    parent: str = ""
    fill: str | None = None
    struck: bool | None = None
    ink: str | None = None


class _Styles(Struct):
    """The styles of cells and of texts, which follow from one another."""

    ours: frozenset[str]
    named: dict[tuple[str, str], _Style] = field(default_factory=dict)
    current: _Style | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take in a style, or what it says."""
        if name == "style:style":
            self.current = _Style(attributes.get("style:parent-style-name", ""))
            family = attributes.get("style:family", "")
            self.named[family, attributes.get("style:name", "")] = self.current
        elif self.current is None:
            return
        elif name == "style:table-cell-properties":
            colour = attributes.get("fo:background-color")
            if colour is not None:
                self.current.fill = colour.upper() if colour.startswith("#") else ""
        elif name == "style:text-properties":
            line = attributes.get("style:text-line-through-style")
            if line is None:
                line = attributes.get("style:text-line-through-type")
            if line is not None:
                self.current.struck = line != "none"
            self.current.ink = attributes.get("fo:color", self.current.ink)

    def end(self, name: str) -> None:
        """End a style."""
        if name == "style:style":
            self.current = None

    def look(self, family: str, name: str) -> tuple[str, bool, str]:
        """The fill that a style gives, where it is not ours, whether it strikes out, and the
        colour of the text."""
        fill: str | None = None
        struck: bool | None = None
        ink: str | None = None
        for _ in range(_DEEPEST):
            found = self.named.get((family, name))
            if found is None:
                break
            fill = found.fill if fill is None else fill
            struck = found.struck if struck is None else struck
            ink = found.ink if ink is None else ink
            name = found.parent
        return ("" if fill in self.ours else fill or ""), bool(struck), (ink or "").upper()


class _Cells:
    """Handlers that follow the cells and the styles they have."""

    def __init__(self, styles: _Styles) -> None:
        self.styles = styles
        self.looks: dict[tuple[str, str], tuple[str, bool, str]] = {}
        self.inks: dict[str, dict[At, str]] = {}
        self.letters: dict[str, dict[At, str]] = {}
        self.ink = self.text = ""
        self.fills: dict[str, dict[At, str]] = {}
        self.struck: dict[str, set[At]] = {}
        self.merged: dict[str, set[Area]] = {}
        self.sheet = ""
        self.usual: list[tuple[int, str]] = []
        self.row = self.col = 0
        self.rows = self.columns = 1
        self.row_style = self.cell_style = ""
        self.notes = 0
        self.spans: list[bool] = []
        self.struck_text = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a sheet, a row, a cell, or a part of its text."""
        if name == "table:table":
            self.sheet, self.row, self.usual = attributes.get("table:name", ""), 0, []
        elif name == "table:table-column":
            count = repeated(attributes.get("table:number-columns-repeated"))
            self.usual.append((count, attributes.get("table:default-cell-style-name", "")))
        elif name == "table:table-row":
            self.col = 0
            self.rows = repeated(attributes.get("table:number-rows-repeated"))
            self.row_style = attributes.get("table:default-cell-style-name", "")
        elif name in _CELLS:
            self.columns = repeated(attributes.get("table:number-columns-repeated"))
            self.cell_style = attributes.get("table:style-name", "")
            self.struck_text = False
            self.ink = self.text = ""
            high, wide = spans_of(attributes)
            if (high, wide) != (1, 1):
                area = (self.row, self.col, self.row + high - 1, self.col + wide - 1)
                self.merged.setdefault(self.sheet, set()).add(area)
        elif name == "office:annotation":
            self.notes += 1
        elif name == "text:span":
            _, struck, ink = self._look("text", attributes.get("text:style-name", ""))
            self.spans.append(struck)
            self.ink = self.ink or ink

    def data(self, text: str) -> None:
        """A part of a cell's text, which may be struck out."""
        if not self.notes and len(self.text) < _SIGN:
            self.text += text.strip()[:_SIGN]
        if not self.notes and any(self.spans) and text.strip():
            self.struck_text = True

    def end(self, name: str) -> None:
        """End a part of a text, a cell or a row."""
        if name == "text:span" and self.spans:
            self.spans.pop()
        elif name == "office:annotation":
            self.notes -= 1
        elif name in _CELLS:
            self._mark()
            self.col += self.columns
        elif name == "table:table-row":
            self.row += self.rows

    def _mark(self) -> None:
        style = self.cell_style or self.row_style or self._usual_style()
        fill, struck, ink = self._look("table-cell", style)
        if is_sign(self.text) and (self.ink or ink):
            self.inks.setdefault(self.sheet, {})[self.row, self.col] = self.ink or ink
        if self.text and _COLOUR.fullmatch(self.ink or ink) and is_chromatic(self.ink or ink):
            letters = self.letters.setdefault(self.sheet, {})
            if len(letters) < _ALL:
                letters[self.row, self.col] = self.ink or ink
        struck = struck or self.struck_text
        if not fill and not struck:
            return
        fills = self.fills.setdefault(self.sheet, {})
        strikes = self.struck.setdefault(self.sheet, set())
        for row in range(self.row, self.row + min(self.rows, _MOST)):
            for col in range(self.col, self.col + min(self.columns, _MOST)):
                if len(fills) + len(strikes) >= _ALL:
                    return
                if fill:
                    fills[row, col] = fill
                if struck:
                    strikes.add((row, col))

    def _usual_style(self) -> str:
        at = 0
        for count, style in self.usual:
            at += count
            if self.col < at:
                return style
        return ""

    def _look(self, family: str, name: str) -> tuple[str, bool, str]:
        if (family, name) not in self.looks:
            self.looks[family, name] = self.styles.look(family, name)
        return self.looks[family, name]


_PAGE_PARTS = {f"style:{part}{which}": f"page {part}"
               for part in ("header", "footer") for which in ("", "-left", "-first")}  # fmt: skip
_WORDS = frozenset({"text:p", "text:h", "text:span", "text:a", "text:s", "text:line-break"})
"""Elements of which the text was written by somebody; others are fields, such as a page number."""


def read_ods_pages(styles: bytes) -> tuple[Addition, ...]:
    """What stands above and below the pages, each of its places by itself and once."""
    found: list[Addition] = []
    part = [""]
    words: list[str] = []
    fields = [0]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name in _PAGE_PARTS:
            part[0] = _PAGE_PARTS[name] if attributes.get("style:display") != "false" else ""
            words.clear()
        elif name.startswith("text:") and (fields[0] or name not in _WORDS):
            fields[0] += 1
        elif name in ("text:p", "text:s", "text:line-break"):
            words.append(" ")

    def data(text: str) -> None:
        if part[0] and not fields[0]:
            words.append(text)

    def end(name: str) -> None:
        if name.startswith("text:") and fields[0]:
            fields[0] -= 1
        elif name in _PAGE_PARTS or name.startswith("style:region-"):
            if text := " ".join("".join(words).split()):
                found.append(Addition(part[0], text))
            words.clear()
            part[0] = "" if name in _PAGE_PARTS else part[0]

    if styles:
        with contextlib.suppress(Refused):
            parse(styles, start, end, data)
    return tuple(dict.fromkeys(found))


_POINTS = {"in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "pt": 1.0}


def read_hidden_ods(content: bytes) -> dict[str, Hidden]:
    """The rows and columns of each sheet, by its name, that nobody sees."""
    found: dict[str, Hidden] = {}
    sheets: list[Hidden] = []
    folded: dict[str, list[bool]] = {"row": [], "column": []}
    at = {"row": 0, "column": 0}
    thin: set[str] = set()
    style = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        kind = local.removeprefix("table-").partition("-")[0]
        if name == "table:table":
            sheets.append(found.setdefault(attributes.get("table:name", ""), Hidden()))
            at.update(row=0, column=0)
        elif name == "style:style":
            style[0] = attributes.get("style:name", "")
        elif name in ("style:table-row-properties", "style:table-column-properties"):
            size = attributes.get("style:row-height") or attributes.get("style:column-width", "")
            if _is_thin(size):
                thin.add(style[0])
        elif name in ("table:table-row-group", "table:table-column-group"):
            folded[kind].append(attributes.get("table:display") == "false")
        elif name in ("table:table-row", "table:table-column") and sheets:
            count = repeated(attributes.get(f"table:number-{kind}s-repeated"))
            these = range(at[kind], at[kind] + min(count, MOST_REPEATED))
            at[kind] += count
            seen = attributes.get("table:visibility", "visible")
            if seen == "filter":
                sheets[-1].filtered.update(these)
            elif (
                seen == "collapse"
                or any(folded[kind])
                or attributes.get("table:style-name") in thin
            ):
                (sheets[-1].rows if kind == "row" else sheets[-1].columns).update(these)

    def end(name: str) -> None:
        if name == "table:table-row-group" and folded["row"]:
            folded["row"].pop()
        elif name == "table:table-column-group" and folded["column"]:
            folded["column"].pop()

    parse(content, start, end, lambda _: None)
    return found


def _is_thin(size: str) -> bool:
    """Whether a length such as ``0.0075in`` is one that nobody sees."""
    match = re.fullmatch(r"(\d*\.?\d+)(in|cm|mm|pt)", size)
    return match is not None and float(match[1]) * _POINTS[match[2]] < NO_HEIGHT
