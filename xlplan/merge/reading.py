"""A return as it was read, and what a program lost of it on the way that is nobody's edit.

A text file has no types and often not all letters: Excel saves it in a code page of its own, puts
"?" for what that page lacks, and on opening one again takes texts of digits for numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.codes.definition_codes import VAL_002, VAL_008, VAL_009
from xlplan.errors import Problem
from xlplan.late import regex
from xlplan.merge.kinds import WAYS, Kind
from xlplan.merge.model import Decided, Place, Returned, Write
from xlplan.plan.definition import STEP, Field, PlanDefinition
from xlplan.plan.shown import ShownNumber, counts_percent
from xlplan.plan.text import same_words
from xlplan.plan.values import Invalid, Raw, Value, canon, invalid, number_text, show

Trust = Literal["signed", "rows", "old-key", "reference", "forged", "none"]
RowTrust = Literal["signed", "matched", "disagrees", "foreign", "forged", "added"]

LONGEST_REMARK = 2_000
"""Characters of one remark that are told; the rest stands in the file."""


class ReadCell(Struct, frozen=True):
    """One cell as read. `formula` and `error` are set where the value cannot be taken as typed,
    `other` where a second reader sees something else: what it sees; `doubt` where an edit of it
    cannot apply by itself: why; `as_read` what the reader made of it, where it means another
    text."""

    value: Raw
    cell: str
    formula: str = ""
    error: str = ""
    other: str = ""
    doubt: str = ""
    as_read: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Of one that was put together from boxes: where those are that were changed, by column id."""

    @property
    def raw(self) -> str:
        """What stands in the cell, as `Assertion.raw` records it and `verify` looks it up again.

        A formula or an error counts where there is no value to show: one without a saved value.
        """
        if self.parts:
            return self.as_read
        if self.value is not None:
            return self.as_read or str(self.value)
        return self.error or (f"={self.formula}" if self.formula else "")


_FILLED = "filled "


def filled(colour: str) -> str:
    """What a cell holds that says a rating by its fill (``#RRGGBB``) alone."""
    return f"{_FILLED}{colour}" if colour else ""


def is_filled(raw: str) -> bool:
    """Whether this is what `filled` made of a fill."""
    return _COLOUR.fullmatch(raw) is not None


_COLOUR = regex(rf"{_FILLED}#[0-9A-Fa-f]{{6}}")


def value_of(item: Field, cell: ReadCell, definition: PlanDefinition) -> Value:
    """What a cell says in a field: its canonical value, or what is no value of it."""
    if cell.error:
        return invalid(cell.error, VAL_008.fill(error=cell.error))
    value = canon(item, cell.value, definition)
    if cell.formula and not isinstance(cell.value, bool):
        formula = f"={cell.formula}"
        return invalid(formula, VAL_009.fill(formula=formula, value=show(value)))
    return value


def wrong_for(value: Invalid, item: Field, definition: PlanDefinition, *, owner: bool) -> str:
    """What is wrong with a value, for whoever typed it: a lead is offered no rating that is only
    for the coordinator, the `owner` of the plan, to give."""
    if owner or value.code != VAL_002.code:
        return value.message
    ratings = [each.code for each in definition.scale_of(item) if each.by == "lead"]
    return VAL_002.fill(value=value.raw, ratings=ratings).message


class Frame(Struct, frozen=True):
    """What the rows of a table, or the blocks of a form, have in common: the id of each cell's
    column, the letters of the column in which it stands, and why what stands there is in doubt.
    In a form each cell stands so many rows (`below`) under the row that counts as that of all."""

    names: tuple[str, ...]
    letters: tuple[str, ...]
    doubts: Mapping[str, str] = field(default_factory=dict)
    below: tuple[int, ...] = ()


Odd = tuple[str, str, str]
"""What a cell has beside its value: its formula, its error, and what a second reader sees."""
NOTHING_ODD: Mapping[int, Odd] = {}


class RawCells(Mapping[str, ReadCell]):
    """The cells of a row as they stand: none of them becomes an object before it is asked for.
    `number` is the row of them, from 1; `odd` has those that hold more than a plain value, by their
    places; `compared` says with which row it was compared as that went out, as of which position,
    by which definition, and what the cells that differ showed, by their places."""

    __slots__ = ("compared", "frame", "number", "odd", "raws")

    def __init__(
        self,
        frame: Frame,
        raws: tuple[Raw, ...],
        number: int,
        odd: Mapping[int, Odd] = NOTHING_ODD,
    ) -> None:
        self.frame, self.raws, self.number, self.odd = frame, raws, number, odd
        self.compared: tuple[str, int, str, Mapping[int, Value]] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the columns, in the order of `raws`."""
        return self.frame.names

    def __getitem__(self, name: str) -> ReadCell:
        frame = self.frame
        if name not in frame.names:
            raise KeyError(name)
        at = frame.names.index(name)
        cell = f"{frame.letters[at]}{self.number + (frame.below[at] if frame.below else 0)}"
        more = self.odd.get(at, _PLAIN)
        return ReadCell(self.raws[at], cell, *more, doubt=frame.doubts.get(name, ""))

    def __contains__(self, name: object) -> bool:
        return name in self.frame.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.frame.names)

    def __len__(self) -> int:
        return len(self.raws)


_PLAIN: Odd = "", "", ""


def raw_in(cells: Mapping[str, ReadCell], name: str) -> Raw:
    """What stands in one of the cells of a row."""
    return cells.raws[cells.names.index(name)] if isinstance(cells, RawCells) else cells[name].value


class ReadRow(Struct):  # to freeze one costs more than to recognise it
    """One row below the headings. `cells` by column id (see `xlplan.returned.as_issued`).

    `trust` says how `uid` was found: ``signed`` (its key verifies and agrees with the visible
    ref), ``matched`` (by the visible ref alone, in a workbook without row keys), ``disagrees``
    (key and visible ref name different rows: `uid` is the key's, `ref` what is visible),
    ``foreign`` (a genuine key of another issued workbook), ``forged`` (a key that this plan never
    signed), ``added`` (no key and no known ref: a row that somebody added; `uid` is empty).
    `shown` is the uid of the row whose ref is visible where the key is of another one, or of a
    blank row that was issued for a proposal.
    """

    uid: str
    ref: str
    number: int
    trust: RowTrust
    cells: Mapping[str, ReadCell]
    key_issued: str = ""
    sheet: str = ""
    shown: str = ""


class Remark(Struct, frozen=True):
    """Something said outside the input cells: a note, an extra column, a strikethrough. `more` is
    how many characters of it are left out of `text`."""

    kind: str
    place: Place
    text: str
    more: int = 0


def remark(kind: str, place: Place, text: str) -> Remark:
    """A remark with as much of `text` as is told."""
    return Remark(kind, place, text[:LONGEST_REMARK], max(len(text) - LONGEST_REMARK, 0))


class Reading(Struct, frozen=True):
    """A return as read. `issued` is the id of the workbook it answers, or ``""`` if not known.

    `trust`: ``signed`` (manifest verified), ``rows`` (no manifest, but signed row keys),
    ``old-key`` (rows of a workbook that went out under a key which the plan no longer has),
    ``reference`` (only the visible template reference or refs), ``forged`` (a manifest that does
    not verify), ``none``. `columns` lists the ids of the columns found, each once, in the order
    of the sheet; what is not listed is absent. `problems` of level ``error`` refuse the file.
    """

    file: str
    sha256: str
    kind: str
    saved_at: str
    document: str
    issued: str
    trust: Trust
    sheet: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[ReadRow, ...] = ()
    remarks: tuple[Remark, ...] = ()
    problems: tuple[Problem, ...] = ()
    manifest: Mapping[str, object] = field(default_factory=dict)
    sign_off: Mapping[str, str] = field(default_factory=dict)
    """What its sign-off says: ``no_change`` (``"yes"``), ``signed_by``, ``signed_on``."""
    confirmed: tuple[str, ...] = ()
    """The uids of the actions that are ticked as reviewed without a change."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The same in order, with the field of the steps in the place of boxes for each of them."""
        return tuple(sorted({name.partition(STEP)[0] for name in self.columns}))


def part_of(returned: Returned, copy: Write, fact: Decided) -> Returned:
    """The rows of a file that were moved, once more, as they read in the way that was chosen.

    `copy` is the question about them as that file has it, `fact` its answer.
    """
    writes = copy.readings[WAYS[fact.choice]]
    gone = {write.uid for write in writes if write.kind is Kind.MISSING and not write.row}
    rows = tuple(uid for uid in copy.row if uid not in gone)
    return replace(returned, id=fact.id, rows=rows, assertions=writes)


USUAL = "cp1252"
"""The code page in which a text file is read where it is not Unicode."""
_OTHERS = ("cp850", "mac_roman")
"""Those of "CSV (MS-DOS)" and "CSV (Macintosh)"."""
_OF_A_PAGE = ("csv", "xls")
"""Kinds of file that may lack letters: workbooks of Excel 95 (.xls) have a code page too."""
_DIGITS = regex(r"-?\d+(?:\.\d+)?", re.ASCII)
_WIDEST = 11
"""Digits up to which Excel shows a whole number as it is."""
CELL_LIMIT = 32_767
"""Characters that fit in one Excel cell; what is longer goes out cut."""
OLD_LIMIT = 255
"""Characters at which some programs cut every text of an old workbook (.xls) on saving."""

LONG, BEGINS = 120, 40
"""Characters of a text that is told by how it begins, and how much that is."""


def untouched(base: Value, raw: Raw, item: Field | None = None) -> bool:
    """Whether a cell shows just what was issued, whatever type a program made of it.

    A spreadsheet may return the text ``1.10`` as the number 1.1, or a long text as it was cut on
    the way out; nobody typed that. Nor is a number another one for being shown as a percentage,
    but in a field (`item`) where that is what its numbers mean.
    """
    if raw is None:
        return base is None
    text = show(base)
    if isinstance(raw, str):
        if len(raw) == OLD_LIMIT and len(text) > OLD_LIMIT and text.startswith(raw):
            return True
        return raw == text or (
            len(text) > CELL_LIMIT
            and len(raw) > CELL_LIMIT - 32
            and text.startswith(raw[: CELL_LIMIT - 64])
        )
    if isinstance(raw, ShownNumber) and isinstance(base, int | float) and item is not None:
        plain = "%" not in item.field_type.cell.number_format
        return raw == base and plain and not counts_percent(item.role, item.heading)
    if isinstance(raw, int | float) and not isinstance(raw, bool) and isinstance(base, str):
        try:
            return float(text) == raw
        except ValueError:
            return False
    return False


def say_alike(typed: str, value: Value, item: Field) -> str:
    """What is told of a cell that means what it held, and is spelled in another way; of a long
    text how it begins, as two of them side by side show nobody where they differ."""
    held = show(value)
    if len(held) > LONG:
        how = "spaces differ" if same_words(typed, held) else "the spelling differs"
        begins = " ".join(held.split())[:BEGINS].rstrip()
        return f'only {how} in {item.heading}, which begins "{begins}…"; no change.'
    means = f'the same as "{held}"' if value is not None else "a blank"
    return f'"{typed}" means {means} in {item.heading}; no change.'


def in_its_code_page(
    reading: Reading, base_of: Callable[[ReadRow, str], str]
) -> tuple[Reading, str]:
    """A text file in the code page in which most of its letters are those that went out, and that
    page. `base_of` is what went out in a column of a row."""
    if reading.kind != "csv":
        return reading, USUAL
    known = [
        (cell.value, base_of(row, column))
        for row in reading.rows
        for column, cell in row.cells.items()
        if isinstance(cell.value, str) and not cell.value.isascii()
    ]
    agreeing = {
        page: sum(_agrees(base, _respelled(text, page), page) for text, base in known)
        for page in (USUAL, *_OTHERS)
    }
    page = max(agreeing, key=lambda each: agreeing[each])
    if page == USUAL:
        return reading, USUAL
    rows = tuple(replace(row, cells=_in_page(row.cells, page)) for row in reading.rows)
    return replace(reading, rows=rows), page


def _agrees(base: str, text: str, page: str) -> bool:
    """Whether a text in this code page is `base`, but for signs that the page lacks."""
    return text == base or _has_marks_for(base, text, page)


def _in_page(cells: Mapping[str, ReadCell], page: str) -> dict[str, ReadCell]:
    return {
        column: replace(cell, value=_respelled(cell.value, page), as_read=cell.value)
        if isinstance(cell.value, str)
        else cell
        for column, cell in cells.items()
    }


def _respelled(text: str, page: str) -> str:
    """A text that was read in the usual code page, as it is in another one."""
    if page == USUAL or text.isascii():
        return text
    try:
        return b"".join(map(_byte, text)).decode(page)
    except UnicodeError:
        return text


def _byte(char: str) -> bytes:
    return bytes([ord(char)]) if 0x80 <= ord(char) < 0xA0 else char.encode(USUAL)


def is_lost(kind: str, base: str, text: str, page: str) -> bool:
    """Whether a text in a file of this kind is what a program made of `base`, exactly."""
    if base == text:
        return False
    if kind in _OF_A_PAGE and _has_marks_for(base, text, page):
        return True
    if "&" in text:
        import html  # every command loads this module, and few texts are so

        if html.unescape(text) == base:
            return True
    return kind == "csv" and _is_as_number(base, text)


def _has_marks_for(base: str, text: str, page: str) -> bool:
    """Whether it differs by a "?" for each sign that the code page lacks, and by nothing else."""
    made = base.encode(page, "replace").decode(page)
    halves = "".join("??" if ord(char) > 0xFFFF else char for char in base)
    return text in (made, halves.encode(page, "replace").decode(page))


def _is_as_number(base: str, text: str) -> bool:
    """Whether it is how Excel shows the number that it took a text of digits for."""
    if not _DIGITS.fullmatch(base):
        return False
    number = float(base)
    mantissa, _, exponent = f"{number:.5E}".partition("E")
    mantissa = mantissa.rstrip("0").rstrip(".")
    whole = number_text(number)
    return text == (f"{mantissa}E{exponent}" if len(whole) > _WIDEST else whole)


def may_be_cut(reading: Reading, cell: ReadCell) -> str:
    """Why a text of an old workbook may go on where it ends, or ``""``."""
    if reading.kind != "xls" or not isinstance(cell.value, str) or len(cell.value) != OLD_LIMIT:
        return ""
    return (
        f"The text has exactly {OLD_LIMIT} characters, at which some programs cut the texts of "
        "old workbooks: it may have been longer."
    )
