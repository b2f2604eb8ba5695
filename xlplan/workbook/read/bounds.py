"""How much a file may hold, and how the gate refuses what holds more (FIELD-NOTES 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from xlplan.workbook.read.kinds import Refusal

MB = 1 << 20


@dataclass(frozen=True)
class Bounds:
    """How much of anything a file may hold; sizes in bytes."""

    file_bytes: int = 128 * MB
    part_bytes: int = 256 * MB
    total_bytes: int = 512 * MB
    ratio: int = 200
    ratio_above: int = 4 * MB
    """Parts up to this size may be compressed as well as they like."""
    parts: int = 2_000
    rows: int = 100_000
    columns: int = 2_000
    cells: int = 2_000_000
    """Of one sheet's used area, empty cells included, and of all sheets together."""
    merges: int = 20_000
    text: int = 256 * MB
    """Characters in all cells together: one long text may stand behind many cells."""
    sheets: int = 200
    enclosed: int = 200
    """Files in an archive or a message."""
    enclosed_bytes: int = 128 * MB
    """Of all files in an archive or a message together."""


DEFAULT = Bounds()
"""What a template, a master plan or a csv of either never exceeds."""


TRUNCATED = Refusal(
    "GATE-004",
    "This file is incomplete or damaged: its end is missing. Ask for it to be sent again.",
)
BOMB = "Nothing in it was read. Ask its sender to copy the cells into a new workbook and send that"


def damaged(part: str) -> Refusal:
    """The refusal of a package in which a part is damaged."""
    return Refusal(
        "GATE-005",
        f'The part "{part}" of this file is damaged, so its cells cannot be trusted. '
        "Ask for the file to be sent again.",
    )


def file_too_large(bounds: Bounds) -> Refusal:
    """The refusal of a file with more bytes than one may have."""
    return Refusal(
        "GATE-003",
        f"This file is larger than {bounds.file_bytes // MB} MB. Ask its sender to copy the "
        "cells into a new workbook, without pictures, and send that.",
    )


def too_large(what: str) -> Refusal:
    """The refusal of a package that would unpack to too much."""
    return Refusal("GATE-008", f"This file unpacks to {what}. {BOMB}.")


def unsafe(what: str) -> Refusal:
    """The refusal of a package whose list of parts was tampered with."""
    return Refusal("GATE-010", f"This file was not made by a spreadsheet program: {what}. {BOMB}.")


class Refused(Exception):  # noqa: N818  (a refusal is an answer about the file, not our error)
    """Raised inside the gate only; carries the refusal that becomes a `Problem`."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.message)


class Unfit(Refused):
    """Raised of one sheet that is larger than a plan can be: `why`, and what to do."""

    def __init__(self, sheet: str, why: str, cure: str, code: str = "GATE-011") -> None:
        self.sheet, self.why, self.cure, self.code = sheet, why, cure, code
        super().__init__(self.told(hidden=False))

    def told(self, hidden: bool) -> Refusal:
        """The refusal, which says of a hidden sheet that it is one."""
        named = f'The {"hidden " if hidden else ""}sheet "{self.sheet}"'
        which = named if self.sheet else "A sheet of this workbook"
        return Refusal(self.code, f"{which} {self.why}. {self.cure}.")

    def of(self, sheet: str) -> Unfit:
        """The same of a sheet whose name was not known."""
        return self if self.sheet else Unfit(sheet, self.why, self.cure, self.code)


@dataclass
class Choice:
    """Which sheets of a workbook are read: `only` those named, where any are, and all that can be
    seen; of the others, which are hidden or not named, only what is no larger than a plan can be.
    """

    only: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    passed: dict[str, Unfit] = field(default_factory=dict)
    """The sheets that are passed over."""

    def may_pass(self, sheet: str) -> bool:
        """Whether this sheet may be passed over."""
        if self.only:
            return sheet.casefold() not in self.only
        return sheet in self.hidden

    def pass_over(self, unfit: Unfit) -> None:
        """Take note of a sheet that is too large; raises `Refused` where it must be read."""
        if not self.may_pass(unfit.sheet):
            raise Refused(unfit.told(unfit.sheet in self.hidden))
        self.passed.setdefault(unfit.sheet, unfit)

    def fit(self, sizes: Mapping[str, int], most: int, unfit: Callable[[str, int], Unfit]) -> None:
        """Pass over what is too much together with what must be read, and with what comes first."""
        total = 0
        for sheet in sorted(sizes, key=self.may_pass):
            if total + sizes[sheet] > most:
                self.pass_over(unfit(sheet, total + sizes[sheet]))
            else:
                total += sizes[sheet]
