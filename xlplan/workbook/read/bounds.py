"""How much a file may hold, and how the gate refuses what holds more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from xlplan.codes.gate_codes import GATE_011, GATE_012
from xlplan.codes.gate_codes_inside import GATE_037
from xlplan.codes.message import Filled, Message

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


class Refused(Exception):  # noqa: N818  (a refusal is an answer about the file, not our error)
    """Raised inside the gate only; carries the refusal that becomes a `Problem`."""

    def __init__(self, refusal: Filled) -> None:
        self.refusal = refusal
        super().__init__(refusal.message)


_TOO_LARGE: Mapping[str, Message] = {
    "far": GATE_011,
    "many": GATE_011,
    "together": GATE_011,
    "merged": GATE_012,
}


class Unfit(Refused):
    """Raised of one sheet that is larger than a plan can be: `variant` names in what (see
    `xlplan.codes.gate_codes.TOO_LARGE`), `places` fill it."""

    def __init__(self, sheet: str, variant: str, **places: int) -> None:
        self.sheet, self.variant, self.places = sheet, variant, places
        super().__init__(self.refusing(hidden=False))

    def refusing(self, hidden: bool) -> Filled:
        """The refusal of the file, for a sheet that must be read."""
        message = _TOO_LARGE[self.variant]
        return message.fill(self._named(hidden), sheet=self.sheet, **self.places)

    def passing(self, hidden: bool) -> Filled:
        """The warning that the sheet was passed over."""
        message = GATE_037
        return message.fill(self._named(hidden), **self.places)

    def _named(self, hidden: bool) -> str:
        return f"{self.variant}-hidden" if hidden else self.variant

    def of(self, sheet: str) -> Unfit:
        """The same of a sheet whose name was not known."""
        return self if self.sheet else Unfit(sheet, self.variant, **self.places)


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
            raise Refused(unfit.refusing(unfit.sheet in self.hidden))
        self.passed.setdefault(unfit.sheet, unfit)

    def fit(self, sizes: Mapping[str, int], most: int, unfit: Callable[[str, int], Unfit]) -> None:
        """Pass over what is too much together with what must be read, and with what comes first."""
        total = 0
        for sheet in sorted(sizes, key=self.may_pass):
            if total + sizes[sheet] > most:
                self.pass_over(unfit(sheet, total + sizes[sheet]))
            else:
                total += sizes[sheet]
