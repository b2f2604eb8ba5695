"""Texts that are too long for where they stand: cut with a mark, and whole in Notes."""

from __future__ import annotations

from dataclasses import dataclass, field

from xlplan.plan.text import canon_text
from xlplan.workbook.write.measure import TALLEST, count_lines, line_height
from xlplan.workbook.write.sheet import Style

MOST_POINTS = TALLEST - 40
"""What a row may need for its text: the highest row there can be, less some room for rounding."""


def cut_words(text: str, most: int) -> str:
    """`text` on one line in at most `most` characters, cut between words and marked so."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[most // 2 :] else head).rstrip(" ,;:.") + "…"


@dataclass
class LongTexts:
    """Texts that no row can show: cut with a mark where they stand, printed whole in Notes."""

    labels: dict[str, str] = field(default_factory=dict)

    def keep(self, text: str, label: str) -> int:
        """Have `text` printed whole in Notes; the number it has there."""
        self.labels.setdefault(text, canon_text(label))
        return list(self.labels).index(text) + 1

    def fit(self, text: str, width: float, label: str, style: Style) -> str:
        """`text`, or its beginning and a pointer to the whole of it in Notes."""
        most = int(MOST_POINTS / line_height(style.size))
        if len(text) < most * 2 or count_lines(text, width, style) <= most:
            return text
        number = self.keep(text, label)
        head = pieces(text, width, style, most - 2)[0]
        return f"{head} …\n[Cut here. The whole is in Notes, long text {number}.]"


def pieces(text: str, width: float, style: Style, most: int) -> list[str]:
    """`text` in pieces of at most `most` lines, cut between lines or words where it can be."""
    rough = max(int(width), 8)
    bits: list[str] = []
    for line in text.split("\n"):
        while len(line) > rough * 2:
            cut = line.rfind(" ", rough, rough * 2) + 1 or rough * 2
            bits.append(line[:cut])
            line = line[cut:]
        bits.append(line + "\n")
    out: list[str] = []
    held, used = "", 0
    for bit in bits:
        need = count_lines(bit.rstrip("\n"), width, style)
        if held and used + need > most:
            out.append(held)
            held, used = "", 0
        held += bit
        used += need
    return [piece.rstrip("\n") for piece in [*out, held]]
