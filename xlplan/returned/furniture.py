"""What is ours in an issued workbook beside its rows: its sheets, and the texts on them; and what
else was put into one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, reduce
from itertools import chain, permutations
from operator import or_
from typing import TYPE_CHECKING

from msgspec import Struct, field

from xlplan.language.catalogue import SHIPPED, Tongue, marked
from xlplan.late import regex
from xlplan.merge.kinds import digest, named
from xlplan.merge.model import Digests, Issued, Place
from xlplan.merge.reading import Remark, remark
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.for_lead import every_way
from xlplan.plan.text import canon_text
from xlplan.workbook.read.book import Addition, Book, ReadSheet, a1
from xlplan.workbook.stamp import parse_row_key

if TYPE_CHECKING:
    from xlplan.plan.set_up import Entry

UPDATE, GUIDANCE, LISTS, STAMP = "Update", marked("Guidance"), "Lists", "xlplan"
"""The sheets of a template; leads fill in the first, whatever it is called when it comes back."""
OPEN = "Open questions"
"""The sheet of `master.xlsx` that only lists what is open."""
ALIKE = "alike"
"""In the manifest of `decisions.xlsx`: the questions that one answer can serve, the first first."""
NOTES = "\0notes"
"""Where the notes of ours on any sheet are recorded, as if it were a sheet."""
CHANGES, AS_ISSUED = marked("Your changes"), "As issued"
"""The sheet of a template that lists what its lead changed so far, and the hidden one that it goes
by."""
TO_CORRECT = marked("To correct")
"""The sheet of a correction workbook that lists its open cells."""
BLANK = "#FFFFFF"
"""What cells of a master are filled with, and what says nothing in any file."""
SHORT = 3
"""Characters of a text that somebody may type too, such as a number: only as many of it as the
template has are its own."""
WARNING = "\u26a0"
"""Messages of the template that count begin with it."""
_ISSUED_DATE = regex(r"[0-9a-f]{16}\|")
_OFTEN = 1_000
"""Characters of the longest text of which the digest is remembered."""
_DIGITS = 8
"""Of a digest: with a hundred texts, one in forty million others is taken for one of them."""


def set_up_uid(entry: Entry) -> str:
    """What a row of `set-up.xlsx` is called in its key."""
    if entry.blank:
        table = entry.table.replace("_", "-")  # a key has none
        return f"new-{table}-{entry.number}"
    return named("s", entry.table, *entry.names, entry.key)


def sheets_of_ours(document: str) -> frozenset[str]:
    """The sheets of an issued workbook that hold nothing to read."""
    more = {"master": {OPEN}, "template": {AS_ISSUED, *names_of(CHANGES)}}.get(document, set())
    return frozenset({LISTS, STAMP, *names_of(GUIDANCE), *names_of(TO_CORRECT), *more})


def sheet_name(name: str, tongue: Tongue) -> str:
    """What a sheet of ours is called for whoever reads these languages."""
    return tongue.each(lambda one: one.say(name), " · ")


@cache
def names_of(name: str) -> frozenset[str]:
    """Everything that a sheet of ours is called, in the languages that there are."""
    several = chain(permutations(SHIPPED, 1), permutations(SHIPPED, 2))
    return frozenset(sheet_name(name, Tongue(codes)) for codes in several)


class Furniture(Struct, frozen=True):
    """The digests of the texts of a template by sheet, each with how often it stands there; and as
    they were `recorded`, for each way in which it was written."""

    texts: Mapping[str, Mapping[str, int]]
    recorded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def owns(self, text: str, sheet: str = UPDATE) -> bool:
        """Whether a text is the template's own, on that sheet of it."""
        return digest_of(text) in self.texts.get(sheet, {})

    def has(self, text: str, sheet: str = UPDATE) -> bool:
        """Like `owns`, or a message that counts, or nothing at all."""
        return self.owns(text, sheet) or not (found := flat(text)) or found.startswith(WARNING)

    def counts(self, formula: str) -> bool:
        """Whether a formula is that of the template's message."""
        return WARNING in formula


def page_texts(definition: PlanDefinition, issued: Issued) -> frozenset[str]:
    """What the pages of a template have above and below, as `flat` gives it."""
    titles = [f"{way.title}, {issued.cycle}" for way in every_way(definition)]
    with_ids = (f"{title}, {issued.id}" for title in titles)
    return frozenset(map(flat, (definition.marking, *titles, *with_ids)))


_NUMBERING = frozenset(
    {"page", "of", "seite", "von", "pagina", "página", "di", "de", "van", "sur", "tudalen", "o"}
)
"""The words around the number of a page, as programs put them there by themselves."""


def is_usual_on_pages(text: str, ours: frozenset[str]) -> bool:
    """Whether a text above or below pages is of `ours`, perhaps cut, or of the program's own."""
    found = flat(text)
    cut = found.removesuffix("…").rstrip()
    if found in ours or (found.endswith("…") and any(each.startswith(cut) for each in ours)):
        return True
    return set(re.findall(r"\w+", found.casefold())) <= _NUMBERING


def flat(text: str) -> str:
    """A text as furniture is compared: on one line, whatever a program made of its spaces."""
    return " ".join(canon_text(text).split())


def digest_of(text: str) -> str:
    """The short digest of a text, as `flat` gives it."""
    return _digest_of(text) if len(text) <= _OFTEN else _digest_of.__wrapped__(text)


@lru_cache(maxsize=4096)
def _digest_of(text: str) -> str:
    """The templates of a cycle have most of their texts in common."""
    return digest(flat(text))[:_DIGITS]


def is_issued_date(text: str) -> bool:
    """Whether a text is of the hidden lists of what was issued: the end of a row's key, and the
    date."""
    return _ISSUED_DATE.match(text) is not None


def packed(texts: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Texts of ours by sheet as they are recorded: short ones as often as they stand there."""
    return {
        sheet: "".join(
            digest_of(text) * (count if len(text) <= SHORT else 1)
            for text, count in sorted(found.items())
        )
        for sheet, found in texts.items()
        if found
    }


def texts_of_book(book: Book) -> Digests:
    """The texts around the rows of a template, by the bytes that went out."""
    texts: dict[str, Counter[str]] = {}
    for sheet in book.sheets:
        rows = (row for row in sheet.rows if not any(map(parse_row_key, row)))
        found = Counter(flat(v) for row in rows for v in row if isinstance(v, str) and flat(v))
        texts[sheet.name] = found
    texts[NOTES] = Counter(flat(note) for sheet in book.sheets for note in sheet.notes.values())
    return packed(texts)


def furniture(wordings: Iterable[tuple[Digests, Digests]]) -> Furniture:
    """The furniture of a template by what was recorded, for each way in which it was written."""
    recorded: dict[str, tuple[str, ...]] = {}
    for own, shared in wordings:
        for sheet in own.keys() | shared.keys():
            found = own.get(sheet, "") + shared.get(sheet, "")
            recorded[sheet] = (*recorded.get(sheet, ()), found)
    texts = {sheet: reduce(or_, map(_counted, found)) for sheet, found in recorded.items()}
    return Furniture(texts, recorded)


@lru_cache(maxsize=64)
def _counted(digests: str) -> Counter[str]:
    return Counter(digests[at : at + _DIGITS] for at in range(0, len(digests), _DIGITS))


# What else was put into one


def box_remarks(book: Book, sheet: ReadSheet) -> Iterator[Remark]:
    """The texts of the text boxes of a sheet, and where its pictures are."""
    for at, text in sheet.boxes:
        yield remark("text box", Place(book.name, sheet.name, a1(*at)), text)
    for at in sheet.pictures:
        text = "A picture stands here; look at it in the file."
        yield remark("picture", Place(book.name, sheet.name, a1(*at)), text)


_LOOK = "look at it in the file"
_ADDED = {
    "chart": "A chart stands here",
    "diagram": "A diagram stands here",
    "drawing": "Something is drawn here",
    "embedded file": "A file is embedded here",
    "control": "A control stands here",
    "ticked box": "A box is ticked here",
    "other workbook": "Formulas in this workbook lead to another one",
    "data connection": "This workbook fetches data from elsewhere",
}
"""What is told of each kind of thing that is put beside the cells, before its words."""


def added_remarks(
    book: Book, sheet: str, additions: Sequence[Addition], pages: frozenset[str]
) -> Iterator[Remark]:
    """What was put into a sheet, or into the workbook as a whole, beside its cells."""
    for each in additions:
        cell = a1(*each.at) if each.at else ""
        place = Place(book.name, sheet, cell)
        if each.kind in _PAGES:
            if not is_usual_on_pages(each.text, pages):
                yield remark(each.kind, place, each.text)
        elif each.kind == "picture":
            where = f"in the {each.text}" if each.text else "behind the cells"
            yield remark("picture", place, f"A picture stands {where}; {_LOOK}.")
        elif each.kind in _ADDED:
            text = f": {each.text}" if each.text else f"; {_LOOK}."
            yield remark(each.kind, place, _ADDED[each.kind] + text)
        elif each.kind == "other":
            named = f"Something was added that the template did not have ({each.text})"
            yield remark("added", place, f"{named}; {_LOOK}.")
        else:
            yield remark(each.kind, place, each.text)


_PAGES = ("page header", "page footer")
