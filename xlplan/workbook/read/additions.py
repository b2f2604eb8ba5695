"""What people put into a workbook beside its cells: drawings, charts, controls, files, headers.

Read from the parts of a return themselves. What is of no kind that is known here is named by the
relation that leads to it, so that nothing is passed over.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from xlplan.late import regex
from xlplan.workbook.read.book import Addition, At, parse, place
from xlplan.workbook.read.inbox import Refused
from xlplan.workbook.read.parts import part_named
from xlplan.workbook.read.relations import Relations, related, targets_out, workbook_part

Boxes = tuple[tuple[At, str], ...]
_MOST = 100
"""Of each kind on a sheet."""
_MOST_ROWS = 1 << 20
_CHARTS = {"chart": "chart", "chartex": "chart", "diagram": "diagram"}
_OF_CELLS = frozenset(
    {"drawing", "vmlDrawing", "comments", "threadedComment", "hyperlink", "ctrlProp", "control",
     "image", "printerSettings", "customProperty", "namedSheetView"}
)  # fmt: skip
"""What a sheet is related to that is read elsewhere, is a part of something else, or says
nothing."""
_OF_BOOKS = frozenset(
    {"worksheet", "styles", "theme", "sharedStrings", "calcChain", "sheetMetadata", "metadata",
     "person", "customXml", "vbaProject", "FeaturePropertyBag", "pivotCacheDefinition",
     "slicerCache", "timelineCache", "revisionHeaders", "usernames", "workbookmetadata",
     "customStorage"}
)  # fmt: skip
"""The same of a workbook: the last two are of programs that keep something for themselves."""
_RICH = regex(r"(?:rd[A-Z]|rich)")
"""Relations by which Excel keeps values that are more than a text."""


class Beside(Struct, frozen=True):
    """What stands beside the cells of one sheet. Rows and columns count from 0."""

    boxes: Boxes = ()
    pictures: tuple[At, ...] = ()
    additions: tuple[Addition, ...] = ()
    unticked: frozenset[At] = frozenset()


NOTHING = Beside()


def read_beside(parts: Mapping[str, bytes], part: str, around: bytes | None = None) -> Beside:
    """What stands beside the cells of the sheet in `part`. Most of a sheet is its cells: where what
    it has `around` them is known apart, each kind is looked for there alone."""
    xml = parts.get(part, b"")
    around = xml if around is None else around
    relations = related(parts, part)
    controls = {each.shape: each for each in _controls(parts, relations)}
    drawing = _Drawing(parts, controls)
    for kind, target in relations.values():
        if kind == "drawing" and target in parts:
            drawing.read(target)
    additions = [
        *drawing.additions,
        *_of_controls(around, controls, drawing.labels),
        *_of_relations(around, relations, parts),
        *_of_pages(around),
    ]
    pictures = [*drawing.pictures, *_in_cells(parts, xml)]
    unticked = frozenset(_unticked(xml, part_named(parts, "xl/styles.xml")))
    return Beside(tuple(drawing.boxes), tuple(pictures[:_MOST]), tuple(additions), unticked)


def read_additions(parts: Mapping[str, bytes]) -> tuple[Addition, ...]:
    """What a workbook as a whole has beside its sheets."""
    found: list[Addition] = []
    for kind, target in related(parts, workbook_part(parts)).values():
        if kind == "externalLink":
            leads = targets_out(parts, target, "externalLinkPath", "xlPathMissing")
            found.append(Addition("other workbook", next(iter(leads), "")))
        elif kind == "connections":
            names = re.findall(
                rb'<(?:\w+:)?connection\b[^>]*\bname="([^"]*)"', parts.get(target, b"")
            )
            found.append(Addition("data connection", ", ".join(map(_unescaped, names))))
        elif kind == "chartsheet":
            found += _of_chart_sheet(parts, target)
        elif kind not in _OF_BOOKS and not _RICH.match(kind):
            found.append(Addition("other", _spoken(kind)))
    return tuple(found[:_MOST])


def _of_chart_sheet(parts: Mapping[str, bytes], part: str) -> list[Addition]:
    found = read_beside(parts, part)
    return [*(Addition("text box", text) for _, text in found.boxes), *found.additions]


def _spoken(kind: str) -> str:
    """The last word of a relation's type in words: ``pivotTable`` is "pivot table"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()


def _unescaped(text: bytes) -> str:
    return html.unescape(text.decode("utf-8", "replace"))


_TEXT = regex(rb"<(?:\w+:)?t(?: [^>]*)?>([^<]*)<")


def _words(xml: bytes) -> str:
    """The texts of a chart or a diagram, paragraph by paragraph."""
    paragraphs = (b"".join(_TEXT.findall(each)) for each in re.split(rb"</(?:\w+:)?p>", xml))
    return " | ".join(" ".join(_unescaped(each).split()) for each in paragraphs if each.strip())


class _Drawing:
    """Handlers that take in all that a drawing has; `controls` are shapes that are told apart."""

    def __init__(self, parts: Mapping[str, bytes], controls: Collection[str]) -> None:
        self.parts, self.controls = parts, controls
        self.boxes: list[tuple[At, str]] = []
        self.pictures: list[At] = []
        self.additions: list[Addition] = []
        self.labels: dict[str, str] = {}
        self.relations: Relations = {}
        self._corner = {"row": 0, "col": 0}
        self._inside: list[str] = []
        self._texts: list[str] = []
        self._shape = self._frame = ""
        self._related: list[str] = []
        self._choices: list[int] = []
        self._unread = 0

    def read(self, part: str) -> None:
        """Take in the drawing in `part`."""
        self.relations = related(self.parts, part)
        try:
            parse(self.parts[part], self._start, self._end, self._data)
        except Refused:  # damaged: what there is of it cannot be told
            self.additions.append(Addition("drawing", ""))

    @property
    def _at(self) -> At:
        return self._corner["row"], self._corner["col"]

    @property
    def _count(self) -> int:
        return len(self.boxes) + len(self.pictures) + len(self.additions) + len(self.labels)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "AlternateContent":
            self._choices.append(self._count)
        elif local == "Fallback" and self._choices and self._count > self._choices[-1]:
            self._unread += 1
        if self._unread:
            return
        if local.endswith("Anchor"):
            self._corner.update(row=0, col=0)
        if local in ("from", "row", "col", "t"):
            self._inside.append(local)
        elif local == "cNvPr":
            self._shape = attributes.get("id", "")
        elif local == "graphicData":
            self._frame = attributes.get("uri", "").rpartition("/")[2]
        if self._frame:
            ids = (value for key, value in attributes.items() if key.startswith("r:"))
            self._related += [self.relations[each][1] for each in ids if each in self.relations]

    def _data(self, text: str) -> None:
        if self._unread:
            return
        if self._inside[-1:] == ["t"]:
            self._texts.append(text)
        elif len(self._inside) == 2 and self._inside[0] == "from" and text.strip().isdecimal():
            self._corner[self._inside[1]] = min(int(text.strip()[:7]), _MOST_ROWS)

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "AlternateContent" and self._choices:
            self._choices.pop()
        if self._unread:
            self._unread -= local == "Fallback"
            return
        if self._inside and self._inside[-1] == local:
            self._inside.pop()
        if local == "p":
            self._texts.append("\n")
        elif local == "sp":
            self._end_shape("".join(self._texts).strip())
        elif local == "pic":
            self.pictures.append(self._at)
        elif local == "graphicFrame":
            self._end_frame()
        elif local in ("cxnSp", "contentPart"):
            self.additions.append(Addition("drawing", "", self._at))

    def _end_shape(self, text: str) -> None:
        self._texts.clear()
        if self._shape in self.controls:
            self.labels[self._shape] = text
        elif text:
            self.boxes.append((self._at, text))
        else:
            self.additions.append(Addition("drawing", "", self._at))

    def _end_frame(self) -> None:
        words = (_words(self.parts.get(part, b"")) for part in self._related)
        kind = _CHARTS.get(self._frame.lower(), "other")
        text = " | ".join(dict.fromkeys(filter(None, words))) or (
            _spoken(self._frame) if kind == "other" else ""
        )
        self.additions.append(Addition(kind, text, self._at))
        self._frame = ""
        self._related.clear()
        self._texts.clear()


class _Control(Struct, frozen=True):
    """A form control or an embedded object, as the older drawing of a sheet has it."""

    shape: str
    kind: str
    at: At
    label: str
    checked: bool


_SHAPE = regex(rb'<(?:\w+:)?shape\b[^>]*\bid="\w*?_s(\d{1,10})"')
_OBJECT = regex(rb'<(?:\w+:)?ClientData\b[^>]*\bObjectType="(\w{1,20})"')
_ANCHOR = regex(rb"<(?:\w+:)?Anchor>\s*(\d{1,7})\s*,\s*\d+\s*,\s*(\d{1,7})\s*,")
_CHECKED = regex(rb"<(?:\w+:)?Checked>\s*[1-9]")
_LABEL = regex(rb"<(?:\w+:)?textbox\b[^>]*>(.*?)</(?:\w+:)?textbox>", re.DOTALL)
_TICKED = frozenset({"Checkbox", "Radio"})
"""Controls that say something only where they are ticked."""


def _controls(parts: Mapping[str, bytes], relations: Relations) -> Iterator[_Control]:
    """The controls of a sheet; their drawing is no XML, as its labels are pages."""
    for kind, target in relations.values():
        if kind != "vmlDrawing":
            continue
        for each in re.split(rb"</(?:\w+:)?shape>", parts.get(target, b"")):
            shape, found = _SHAPE.search(each), _OBJECT.search(each)
            if shape is None or found is None or found[1] == b"Note":
                continue
            at, label = _ANCHOR.search(each), _LABEL.search(each)
            text = re.sub(rb"<[^>]*>", b" ", label[1]) if label else b""
            yield _Control(
                shape[1].decode(),
                found[1].decode(),
                (min(int(at[2]), _MOST_ROWS), int(at[1])) if at else (0, 0),
                " ".join(_unescaped(text).split()),
                _CHECKED.search(each) is not None,
            )


_EMBEDDED = regex(rb"<(?:\w+:)?oleObject\b([^>]*)>")
_ATTRIBUTE = regex(rb'\b(progId|shapeId)="([^"]{0,200})"')


def _of_controls(
    xml: bytes, controls: Mapping[str, _Control], labels: Mapping[str, str]
) -> Iterator[Addition]:
    """The controls and the embedded files of a sheet."""
    embedded: dict[str, str] = {}
    for each in _EMBEDDED.findall(xml) if b"oleObject" in xml else ():
        found = {name: _unescaped(value) for name, value in _ATTRIBUTE.findall(each)}
        embedded[found.get(b"shapeId", "")] = found.get(b"progId", "")
    for shape, program in embedded.items():
        at = controls[shape].at if shape in controls else None
        yield Addition("embedded file", program, at)
    for shape, control in controls.items():
        label = control.label or labels.get(shape, "")
        if control.kind in _TICKED and control.checked:
            yield Addition("ticked box", label, control.at)
        elif control.kind not in _TICKED and shape not in embedded:
            yield Addition("control", label, control.at)


_PICTURE = regex(rb"<(?:\w+:)?picture\b")
_TABLE = regex(rb'<(?:\w+:)?table\b[^>]*\bref="([A-Z]{1,3}\d{1,7})')


def _of_relations(
    xml: bytes, relations: Relations, parts: Mapping[str, bytes]
) -> Iterator[Addition]:
    """What a sheet is related to beyond what is read elsewhere."""
    embedded = b"oleObject" in xml and _EMBEDDED.search(xml) is not None
    for kind, target in relations.values():
        if kind in ("oleObject", "package"):
            if not embedded:
                yield Addition("embedded file", "")
        elif kind == "table":
            found = _TABLE.search(parts.get(target, b""))
            yield Addition("other", "table", place(found[1].decode()) if found else None)
        elif kind not in _OF_CELLS:
            yield Addition("other", _spoken(kind))
    if b"picture" in xml and _PICTURE.search(xml):
        yield Addition("picture", "")


_PICTURE_CELL = regex(rb'<(?:\w+:)?c\b(?=[^>]* vm="\d)(?=[^>]* t="e")[^>]* r="([A-Z]+\d+)"')


def _in_cells(parts: Mapping[str, bytes], xml: bytes) -> list[At]:
    """The cells that have a picture for their value."""
    values = [name for name in parts if name.lower().endswith("richvaluerel.xml")]
    if not values or b' vm="' not in xml:
        return []
    if not any(kind == "image" for name in values for kind, _ in related(parts, name).values()):
        return []
    found = (place(name.decode()) for name in _PICTURE_CELL.findall(xml))
    return [at for at in found if at is not None]


_FALSE = regex(
    rb'<(?:\w+:)?c r="([A-Z]{1,3}\d{1,7})"(?=[^>]* s="(\d{1,6})")(?=[^>]* t="b")'
    rb"[^>]*><(?:\w+:)?v>0<"
)


def _unticked(xml: bytes, styles: bytes) -> Iterator[At]:
    """The cells with FALSE of which the format shows a box to tick."""
    if b"xfComplement" not in styles:
        return
    formats = styles.partition(b"cellXfs")[2].partition(b"cellXfs>")[0]
    boxes = {
        number
        for number, each in enumerate(re.split(rb"<(?:\w+:)?xf\b", formats)[1:])
        if b"xfComplement" in each
    }
    for name, number in _FALSE.findall(xml):
        if int(number) in boxes and (at := place(name.decode())) is not None:
            yield at


_PAGES = regex(rb"<((?:\w+:)?headerFooter)\b[^>]*>.*?</\1>", re.DOTALL)
_CODE = regex(r'&(?:(&)|"[^"]*"|K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|\d{1,3}|([A-Za-z])|)')
_GAP, _IMAGE = "\x1e", "\x1d"


def _of_pages(xml: bytes) -> Iterator[Addition]:
    """What stands above and below every page, each of its three places by itself."""
    found = (
        _PAGES.search(xml, max(xml.find(b"</sheetData>"), 0)) if b"headerFooter" in xml else None
    )
    texts: list[tuple[str, str]] = []

    def start(name: str, _: dict[str, str]) -> None:
        texts.append((name.rpartition(":")[2], ""))

    def data(text: str) -> None:
        texts[-1] = (texts[-1][0], texts[-1][1] + text)

    if found is not None:
        try:
            parse(found[0], start, lambda _: None, data)
        except Refused:
            yield Addition("other", "page header")
            return
    for name, text in texts:
        yield from of_page_text("page footer" if name.endswith("Footer") else "page header", text)


def of_page_text(kind: str, text: str) -> Iterator[Addition]:
    """What the text of a page header or footer, with its codes, shows in each of its places."""
    for each in _CODE.sub(_plain_code, text).split(_GAP):
        if _IMAGE in each:
            yield Addition("picture", kind)
        if words := each.replace(_IMAGE, "").strip():
            yield Addition(kind, words)


def _plain_code(code: re.Match[str]) -> str:
    """What is left of a code in a page header: a sign, the end of a place, a picture."""
    if code[1]:
        return "&"
    letter = (code[2] or "").upper()
    return _GAP if letter and letter in "LCR" else _IMAGE if letter == "G" else ""
