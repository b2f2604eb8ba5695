"""The rows of the highlight report as they are laid down, on twelve columns of one width."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from xlplan.documents.composite.frame import Frame
from xlplan.workbook.sheet import Area, Cell, Chart, Merge, Row, Style

COLUMNS = 12


@dataclass
class Draft:
    """The rows of the page as they are laid down."""

    frame: Frame
    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)

    @property
    def body(self) -> Style:
        """Text of the page: small, in a box."""
        return replace(self.frame.boxed, size=9, valign="vcenter", indent=1)

    @property
    def head(self) -> Style:
        """A column's heading."""
        return replace(self.frame.look.heading, size=9, indent=1)

    def row(self, *cells: tuple[int, int, Cell], height: float = 0) -> None:
        """A row of cells, each over columns `first` to `last`."""
        at = len(self.rows)
        laid: list[Cell | None] = [None] * COLUMNS
        for first, last, cell in cells:
            if first == last:
                laid[first] = cell
            else:
                self.merges.append(Merge(Area(at, first, at, last), cell))
        self.rows.append(Row(laid, height=height))

    def title(self, text: str, remark: str = "") -> None:
        """A small heading over what follows, with air above it."""
        look = self.frame.look
        self.rows.append(Row([], height=9))
        title = replace(look.subtitle, size=12)
        quiet = replace(look.muted, size=9, align="right", valign="bottom", wrap=False)
        self.row((0, 5, Cell(text, title)), (6, 11, Cell(remark or None, quiet)), height=18)


def spans(count: int) -> list[tuple[int, int]]:
    """The columns in `count` parts, as equal as they can be."""
    edges = [COLUMNS * n // count for n in range(count + 1)]
    return [(first, after - 1) for first, after in pairwise(edges)]
