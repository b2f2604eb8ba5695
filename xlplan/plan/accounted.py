"""What the rows of the spreadsheet are: as they were read, and as people say.

An answer about a row names its sheet, its number and its first words, so that it never falls on
another row.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Annotated

from msgspec import Struct

from xlplan.plan.keys import key
from xlplan.plan.text import fold

ACTION, NO_ACTION, JOINED, SECTION, HEADINGS = FATES = (
    "action", "no action", "joins the row above", "section heading", "column headings",
)  # fmt: skip
"""What a row may be said to be."""
MOST_LINES = 5_000
FIRST_WORDS = 60
"""Characters of a row by which it is known."""


class SheetRead(Struct, frozen=True):
    """What a sheet of the spreadsheet is, where people say it."""

    name: Annotated[str, key("the name of a sheet of the spreadsheet")]
    plan: Annotated[
        bool | None,
        key("whether its tables are read as the plan's; left out, as it was found"),
    ] = None


class RowRead(Struct, frozen=True):
    """What a row of the spreadsheet is, where people say it."""

    sheet: Annotated[str, key("the sheet on which the row stands")]
    row: Annotated[int, key("its number, as the spreadsheet shows it", bounds=(1, 10**7))]
    fate: Annotated[str, key("what it is", allowed=FATES, noun="what a row can be")]
    words: Annotated[str, key("its first words: the answer is for a row that begins so")] = ""


class AccountLine(Struct, frozen=True):
    """What became of one source row. `row` counts from 1.

    `fate` is ``"imported"``, ``"joined"``, ``"heading"``, ``"repeated header"``, ``"blank"`` or
    ``"note"``; `detail` says which action, which row, or what kind of heading or note; `words` are
    those that it begins with.
    """

    sheet: str
    row: int
    fate: str
    detail: str = ""
    words: str = ""

    @property
    def said(self) -> str:
        """What became of it, for people."""
        text = self.detail or self.fate
        return f"{text[:1].upper()}{text[1:]}"


def first_words(texts: Iterable[str]) -> str:
    """What a row begins with, of the texts of its cells."""
    whole = ""
    for text in texts:
        if len(whole) > FIRST_WORDS:
            break
        if words := " ".join(text.split()):
            whole = f"{whole} | {words}" if whole else words
    return whole if len(whole) <= FIRST_WORDS else f"{whole[: FIRST_WORDS - 1]}…"


def is_meant(row: RowRead, words: str) -> bool:
    """Whether an answer is for a row that begins with these words."""
    return not row.words or fold(row.words) == fold(words)


def filled_in(lines: Iterable[AccountLine]) -> tuple[AccountLine, ...]:
    """The lines of the rows that are not blank, as far as a person looks through them."""
    return tuple(islice((line for line in lines if line.fate != "blank"), MOST_LINES))


def sheets_of(lines: Iterable[AccountLine]) -> Mapping[str, bool]:
    """The sheets of an account in their order, each with whether it holds rows of the plan."""
    found: dict[str, bool] = {}
    for line in lines:
        ours = line.fate in ("imported", "joined")
        found[line.sheet] = found.get(line.sheet, False) or ours
    return found
