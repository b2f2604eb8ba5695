"""What is ours in a template that goes out: its texts and fills, as they are recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import NamedTuple

from xlplan.issued.banner import HOW, HOW_TO_SIGN, SAMPLE, whose
from xlplan.issued.needed import message_cell
from xlplan.issued.sheets import REFERENCE
from xlplan.merge.kinds import named
from xlplan.merge.model import Issued, Ours, Shared
from xlplan.plan.definition import PlanDefinition
from xlplan.returned.as_issued import shown_columns
from xlplan.returned.furniture import (
    AS_ISSUED,
    NOTES,
    UPDATE,
    WARNING,
    flat,
    is_issued_date,
    packed,
)
from xlplan.workbook.stamp import ROW_MARK, is_manifest, parse_row_key
from xlplan.workbook.write.look import palette
from xlplan.workbook.write.sheet import (
    Cell,
    Sheet,
    Style,
    Values,
    Workbook,
    held_in,
    looks_of,
)


def ours_of(
    definition: PlanDefinition, issued: Issued, book: Workbook, known: Container[str] = ()
) -> Ours:
    """What is ours in `book`, the template that goes out as `issued`; `definition` is as its lead
    reads it.

    What its cycle shares is not brought along where it is `known` by its id.
    """
    own: dict[str, Counter[str]] = {}
    common: dict[str, Counter[str]] = {}
    mine = frozenset(map(flat, (whose(issued, definition.tongue), issued.id)))
    about = {sheet.name: _about(sheet) for sheet in book.sheets}
    for sheet, found in _texts(definition, issued, about).items():
        for text, count in found.items():
            alone = text in mine or (sheet == UPDATE and text.startswith(WARNING))
            (own if alone else common).setdefault(sheet, Counter())[text] = count
    shared, fills = packed(common), tuple(sorted(_fills(definition, about)))
    name = named("f", shared, fills)
    return Ours(packed(own), name, None if name in known else Shared(name, shared, fills))


class _About(NamedTuple):
    """Of a sheet: its texts that belong to no action, its notes, and its fills."""

    texts: Counter[str]
    notes: Counter[str]
    fills: frozenset[str]


_MOST = 16
_common: dict[int, tuple[Sheet, _About]] = {}
"""What was found in sheets that many workbooks have, by their identity."""


def _about(sheet: Sheet) -> _About:
    found = _common.get(id(sheet))
    if found is not None and found[0] is sheet:
        return found[1]
    texts, notes = (Counter(map(flat, each)) for each in (_around(sheet), _notes_of(sheet)))
    about = _About(texts, notes, frozenset(look.fill for look in looks_of(sheet)))
    if sheet.common:
        if len(_common) >= _MOST:
            _common.clear()
        _common[id(sheet)] = sheet, about
    return about


def _texts(
    definition: PlanDefinition, issued: Issued, about: Mapping[str, _About]
) -> dict[str, Counter[str]]:
    texts = {name: each.texts.copy() for name, each in about.items()}
    notes: Counter[str] = Counter()
    for each in about.values():
        notes.update(each.notes)
    if notes:
        texts[NOTES] = notes
    # How wide the columns are, and whether there are actions, decides whether these are there.
    tongue = definition.tongue
    maybe = [*map(tongue.say, (SAMPLE, HOW, REFERENCE))]
    maybe.append(_text(message_cell((), None, None, Style(), 0, tongue)))
    maybe += [tongue.say(HOW_TO_SIGN)] if issued.to_sign else []
    maybe += [column.heading for column in shown_columns(definition)]
    for text in map(flat, maybe):
        texts[UPDATE].setdefault(text, 1)
    return texts


def _around(sheet: Sheet) -> Iterator[str]:
    """The texts of the cells that belong to no row with a key and are no stamp or date of such a
    row."""
    base = sheet.name == AS_ISSUED
    keyed: set[int] = set()
    found: list[str] = []
    key: object = found  # as none is yet
    for number, row in enumerate(sheet.rows):
        held = held_in(row.cells)
        if held and (held[0] is key or parse_row_key(held[0])):  # as in nearly every row
            keyed.add(number)
            key = held[0]
            continue
        marked = [text for text in held if isinstance(text, str) and ROW_MARK in text]
        if any(map(parse_row_key, marked)) or (base and number):
            keyed.add(number)
        elif isinstance(row.cells, Values):
            found += [text for text in held if isinstance(text, str)]
        else:
            found += [_text(cell) for cell in row.cells if cell is not None]
    found += [_text(merge.cell) for merge in sheet.merges if merge.area.first_row not in keyed]
    return (text for text in found if text and not is_manifest(text) and not is_issued_date(text))


def _notes_of(sheet: Sheet) -> Iterator[str]:
    rows = (cell for row in sheet.rows if not isinstance(row.cells, Values) for cell in row.cells)
    for cell in (*rows, *(merge.cell for merge in sheet.merges)):
        if cell is not None and cell.note:
            yield cell.note


def _text(cell: Cell) -> str:
    if cell.runs:
        return "".join(text for text, _ in cell.runs)
    return cell.value if isinstance(cell.value, str) else ""


def _fills(definition: PlanDefinition, about: Mapping[str, _About]) -> frozenset[str]:
    """The fills of a template. Those of its rating key are not among them: on an action's cell,
    such a colour says something."""
    look = palette(definition)
    styles = [getattr(look, name) for name in look.__struct_fields__]
    body = {style.fill for style in styles if isinstance(style, Style)}
    around = {fill for each in about.values() for fill in each.fills}
    around -= {rating.colour for rating in definition.ratings}
    return frozenset(fill.upper() for fill in body | around if fill)
