"""What a row takes from beyond its own cells: from the headings above it its section, its outcome
and what it answers; from the fill of a blank cell, or from a sign that it is done, its rating."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.propose import about
from xlplan.plan.shown import ShownDate
from xlplan.plan.text import canon_text, fold
from xlplan.plan.timescales import say_date
from xlplan.plan.types.field_type import serial_day
from xlplan.plan.values import Raw, Value
from xlplan.source.drafts import Draft
from xlplan.source.headings import Heading, point_text
from xlplan.source.layout import unseen_rows
from xlplan.source.plan_rows import full_headings, known_as, outcomes_of
from xlplan.source.proposed import Parts
from xlplan.source.scales import colour_rating
from xlplan.workbook.read.book import At, a1


class SectionTexts:
    """The texts of the headings above rows, and what was made of them."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.full = full_headings(parts.drafts)
        self.outcomes = outcomes_of(parts.drafts)
        listed = (draft.ref for draft in parts.drafts if draft.kind == "recommendation")
        self.listed = {fold(ref): ref for ref in listed}
        self.texts: dict[str, None] = {}
        """Headings that are longer than the name of a section."""
        self.filled: dict[str, str] = {}
        """Headings that took the words they have elsewhere, and what is said of each alone."""

    def section(self, draft: Draft) -> Raw:
        """The section's text: short where the headings name recommendations that are listed."""
        headings = draft.sections
        if not headings:
            return None
        numbers = [h.number for h in headings]
        word = headings[0].word
        several = len(headings) > 1 and all(numbers) and len({h.word for h in headings}) == 1
        if several and not self.parts.answers:
            unseen = unseen_rows(self.parts.layouts[draft.sheet].sheet)
            self.texts.update((h.text, None) for h in headings if h.row not in unseen)
        if draft.kind == "action" and self.parts.answers and self.answers(draft):
            self._keep_text(headings)
            if len(numbers) == 1:
                return f"{word} {numbers[0]}"
            several = True
        if several:
            return f"{word}s {', '.join(numbers[:-1])} and {numbers[-1]}"
        return "\n".join(self._full(heading) for heading in headings)

    def _full(self, heading: Heading) -> str:
        """ "Priority 1" alone takes the words that "Priority 1: …" has elsewhere."""
        if heading.number and not heading.rest:
            full = self.full.get((fold(heading.word), heading.number))
            if full and full != heading.text:
                self.filled[f'"{heading.text}"'] = (
                    f'field {self.parts.headed["action"]}: "{heading.text}" was taken as "{full}"'
                )
                return full
        return heading.text

    def outcome(self, draft: Draft) -> tuple[Raw, At]:
        """The outcome of the section: its own line, or that below the same heading elsewhere."""
        found = [
            self.outcomes[key] for h in draft.sections if (key := known_as(h)) in self.outcomes
        ]
        if not found:
            return None, (draft.row, 0)
        texts = dict.fromkeys(heading.outcome for heading in found)
        return "\n".join(texts), (found[0].outcome_row, found[0].col)

    def answers(self, draft: Draft) -> Raw:
        """The refs of the recommendations that the headings name, where all are listed."""
        refs = [self.listed.get(fold(h.number)) for h in draft.sections if h.number]
        if not refs or None in refs or len(refs) != len(draft.sections):
            return None
        return frozenset(ref for ref in refs if ref is not None)

    def _keep_text(self, headings: Sequence[Heading]) -> None:
        """A heading that words its recommendation otherwise than the list does is said."""
        for heading in headings:
            ref = self.listed.get(fold(heading.number))
            draft = next(
                d for d in self.parts.drafts if d.kind == "recommendation" and d.ref == ref
            )
            texts = {fold(canon_text(d_text)) for d_text in map(draft.text, draft.names())}
            if heading.rest and fold(heading.rest) not in texts:
                said = (
                    f"field {self.parts.answers}: the heading of {heading.word} {heading.number} "
                    f'differs from the list: "{heading.rest}"'
                )
                if said not in self.parts.guesses:
                    self.parts.guesses.append(said)


class FillRatings:
    """The ratings of rows that show them by a fill alone, and what was said of that."""

    def __init__(self, parts: Parts, definition: PlanDefinition) -> None:
        self.parts = parts
        self.ratings = definition.ratings
        self.blank = {
            (sheet, at[0], name): at
            for name, places in parts.blank_cells().items()
            for sheet, at in places
        }
        self.fills: dict[int, dict[int, list[str]]] = {}
        """By sheet the fills of each row."""
        self.said: dict[str, dict[str, str]] = {}
        """By each such fill, and by place, what is said of rows."""

    def of(self, item: Field, draft: Draft) -> tuple[Raw, At]:
        """The rating of a row whose cell is blank, and that cell."""
        at = self.blank.get((draft.sheet, draft.row, item.id))
        if at is None:
            return None, (draft.row, 0)
        rating = colour_rating(item, draft, at, self.parts.layouts, self.ratings)
        sheet = self.parts.layouts[draft.sheet].sheet
        fill, place = sheet.fills.get(at, ""), f"{sheet.name}!{a1(*at)}"
        whose = about(draft.kind, item.id)
        if rating is not None:
            one = f"has no rating but a fill; read as {rating.code}"
            many = f"have no rating but the fill {fill}; read as {rating.code}"
        elif self._tells(fill, draft):
            one = f"has no rating, and its fill {fill} is near none; left blank"
            many = f"have no rating, and their fill {fill} is near none; left blank"
        else:
            return None, at
        said = f"{whose}{draft.kind} {draft.ref} ({place}) {one}"
        self.said.setdefault(f"{whose}{{}} {draft.kind}s {many}", {})[place] = said
        return rating.code if rating else None, at

    def _tells(self, fill: str, draft: Draft) -> bool:
        """Whether a fill may mean something: not white, nor one that other cells beside it have."""
        if fill in ("", "#FFFFFF"):
            return False
        if draft.sheet not in self.fills:
            rows = self.fills[draft.sheet] = dict[int, list[str]]()
            for (row, _), each in self.parts.layouts[draft.sheet].sheet.fills.items():
                rows.setdefault(row, []).append(each)
        return self.fills[draft.sheet].get(draft.row, []).count(fill) == 1


class DoneRatings:
    """The ratings of rows that are done whatever their cells say, and what was said of that."""

    def __init__(self, parts: Parts, definition: PlanDefinition) -> None:
        self.parts = parts
        self.definition = definition
        self.said: dict[str, dict[str, str]] = {}
        """By each reason, and by place, what is said of rows."""

    def of(self, item: Field, draft: Draft, value: Value) -> Value:
        """The rating of an action: the one that closes, if it is done and has none that does."""
        closes = next((r.code for r in self.definition.scale_of(item) if r.closed), "")
        why = closes and self.parts.done.get((draft.sheet, draft.row), "")
        if not why:
            return value or self.parts.unrated or None
        if value is None and not self.parts.unrated:
            whose = about(draft.kind, item.id)
            at = f"{self.parts.layouts[draft.sheet].sheet.name}, row {draft.row + 1}"
            said = f"{whose}{draft.kind} {draft.ref} has no rating but {why} ({at})"
            many = f"{whose}{{}} {draft.kind}s have no rating; read as {closes}, since each {why}"
            self.said.setdefault(many, {})[at] = f"{said}; read as {closes}"
        return closes if value is None or type(value) is str else value


LONGEST_SERIAL = 10
"""Characters of a text, white space included, that may be the number of a day."""


def numbers_as_days(parts: Parts, definition: PlanDefinition) -> Iterator[str]:
    """What is said of each column of days in which numbers were read as spreadsheets count days;
    digits kept as text are left alone in a workbook that stays the plan's master."""
    cells, kept = parts.cells, parts.kept_workbook
    for item in definition.fields:
        held = cells.of(item.of, item.id).held if item.field_type.dated else ()
        kinds = {*map(type, held)} - {datetime, date, ShownDate} - ({str} if kept else set())
        numbers = [v for v in held if type(v) in kinds] if kinds else ()
        found = [(v, day) for v in numbers if type(v) is not str or len(v) < LONGEST_SERIAL
                 if (day := serial_day(v))]  # fmt: skip
        if found:
            first, day = found[0]
            cells_hold = "1 cell holds" if len(found) == 1 else f"{len(found)} cells hold"
            yield (
                f"{about(item.of, item.id)}{cells_hold} a number where a day is meant, read as "
                f'spreadsheets count days ("{point_text(first)}" is {say_date(day)})'
            )
