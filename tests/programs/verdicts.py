"""What became of each edit that a program wrote: exact, altered by it, asked about, or our fault.

The witness is what the written file itself says (`own_bytes.py`): what it does not say, the program
altered; what it says and the plan does not, was misread.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from tests.programs.awkward import EDITS, Asked, Beside, Edit, Put
from tests.programs.every_type import Template
from tests.programs.own_bytes import Cells, Own, cells_of, holds
from xlplan.cycle.merge import MergeResult
from xlplan.cycle.plan import Plan
from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Value

Verdict = Literal["exact", "altered", "asked", "misread", "invented", "refused"]
VERDICTS: Sequence[Verdict] = ("exact", "altered", "asked", "misread", "invented", "refused")
OPEN_DOCUMENTS = (".ods", ".fods")
"""Files that have the text of a number, and not its number format as Excel writes it."""
FAULTS: Sequence[Verdict] = ("misread", "invented", "refused")


@dataclass(frozen=True)
class Judged:
    """One edit in one file, or a place that nobody edited: what became of it, and why."""

    name: str
    field: str
    verdict: Verdict
    why: str = ""


@dataclass(frozen=True)
class Came:
    """What a merge made of a file: the new values and the questions by ref and field, and what it
    told besides."""

    refused: str
    changes: Mapping[tuple[str, str], Value]
    questions: Mapping[tuple[str, str], str]
    beside: str


def merged(plan: Plan, file: Path) -> Came:
    """Merge a file as it lies, recording nothing."""
    return _came(plan.merge(file, dry_run=True))


def _came(result: MergeResult) -> Came:
    refused = [
        problem.message
        for report in result.returns
        if report.outcome == "refused"
        for problem in report.problems
    ]
    questions: dict[tuple[str, str], str] = {}
    for question in result.questions:
        shown = " | ".join([*(each.text for each in question.candidates), question.message])
        questions[question.action, question.field] = shown
    beside = "\n".join(
        [*(line for report in result.returns for line in report.information)]
        + [problem.message for report in result.returns for problem in report.problems]
        + [problem.message for problem in result.problems]
    )
    changes = {(each.action, each.field): each.after for each in result.changes}
    return Came("; ".join(refused), changes, questions, beside)


@dataclass(frozen=True)
class Judge:
    """Judges one file, written from a template, against what was put into it."""

    template: Template
    file: Path
    came: Came
    cannot: frozenset[str] = frozenset()
    before: Cells = field(default_factory=dict)
    """The template's own cells."""

    def edits(self) -> Iterator[Judged]:
        """What became of each edit that the program could write."""
        if self.came.refused:
            yield Judged("the file", "", "refused", self.came.refused)
            return
        own = cells_of(self.file, self.template.sheet)
        for edit in EDITS:
            if (at := self._cell(edit)) not in self.cannot:
                verdict, why = self._verdict(edit, own.get(at))
                yield Judged(edit.name, edit.field, verdict, why)
        places = {(self.template.refs[edit.row], edit.field) for edit in EDITS}
        yield from self._invented(own, places)

    def untouched(self) -> Iterator[Judged]:
        """What a file says that was only saved again; nothing where all is well."""
        if self.came.refused:
            yield Judged("the file", "", "refused", self.came.refused)
            return
        yield from self._invented(cells_of(self.file, self.template.sheet), set())

    def _cell(self, edit: Edit) -> str:
        return self.template.cells[self.template.refs[edit.row], edit.field]

    def _invented(self, own: Cells, edited: set[tuple[str, str]]) -> Iterator[Judged]:
        for key in sorted({*self.came.changes, *self.came.questions} - edited, key=str):
            ref, name = key
            found, issued = self.came.changes.get(key), ""
            if at := self.template.cells.get((ref, name), ""):
                issued = _describe(self.before.get(at))
                if not _alike(self.before.get(at), own.get(at), self.file.suffix):
                    why = f"{issued} became {_describe(own.get(at))}"
                    yield Judged(f"nobody's, {ref}", name, "altered", why)
                    continue
            why = f"{issued} came as {found!r} {self.came.questions.get(key, '')}"
            yield Judged(f"nobody's, {ref}", name, "invented", why)

    def _verdict(self, edit: Edit, own: Own | None) -> tuple[Verdict, str]:
        key = self.template.refs[edit.row], edit.field
        asked = self.came.questions.get(key)
        changed = key in self.came.changes
        value = self.came.changes.get(key)
        if self._is_as_meant(edit, asked, changed, value):
            return ("asked", "") if isinstance(edit.means, Asked) else ("exact", "")
        outcome = (
            f"the plan says {value!r}" if changed else f"asked: {asked}" if asked else "no change"
        )
        if self._carries(edit.put, own):
            shows = _shown(edit.put)
            if asked is not None and shows in asked:
                return "asked", asked
            return "misread", f"the file has {_describe(own)}; {outcome}"
        why = f"the file has {_describe(own)}"
        if asked is not None:
            fits = own is None or any(each in _loose(asked) for each in _readings(own))
        elif changed:
            fits = own is not None and any(_fits(value, each) for each in _readings(own))
            fits = fits or (own is None and value is None)
        else:
            fits = _alike(self.before.get(self._cell(edit)), own)
        return ("altered", why) if fits else ("misread", f"{why}; {outcome}")

    def _is_as_meant(self, edit: Edit, asked: str | None, changed: bool, value: Value) -> bool:
        means = edit.means
        if isinstance(means, Beside):
            return not changed and asked is None and means.words in self.came.beside
        if isinstance(means, Asked):
            return asked is not None and means.shows in asked
        return changed and asked is None and _is(value, means)

    def _carries(self, put: Put, own: Own | None) -> bool:
        """Whether the written file says what was put."""
        if put.kind == "note":
            return holds(self.file, str(put.value))
        if put.kind == "blank" or own is None:
            return own is None and put.kind == "blank"
        if put.kind in ("text", "rich", "strike"):
            return own.kind == "text" and _stored(own.value) == _stored(put.value)
        if put.kind in ("number", "date"):
            if self.file.suffix == ".csv" and put.shows:
                return own.value == put.shows
            number = _serial(put.value) if put.kind == "date" else float(put.value)
            same = own.kind == "number" and math.isclose(float(own.value), number, abs_tol=1e-9)
            if self.file.suffix in OPEN_DOCUMENTS and put.shows:
                return same and _loose(own.shown_as) == put.shows
            return same and _same_look(put.shown_as, own.shown_as)
        if put.kind == "typed":
            return False  # what the program makes of it is its own
        if put.kind == "boolean":
            return own.kind == "boolean" and own.value == put.value
        return own.kind == put.kind


def _is(value: Value, means: str | float | None) -> bool:
    if means is None or value is None:
        return value is None and means is None
    if isinstance(means, str):
        return means in _texts(value)
    return isinstance(value, int | float) and math.isclose(value, means)


def _texts(value: Value) -> tuple[str, ...]:
    """What a value may be called here."""
    if isinstance(value, Timescale):
        return (value.by.isoformat() if value.by else value.text,)
    if isinstance(value, date):
        return (value.isoformat(),)
    if isinstance(value, frozenset):
        return (", ".join(sorted(value)),)
    if isinstance(value, float | int):
        return (f"{value:.15g}",)
    text = str(value)
    return text, _SIGNED.sub("", text)


_SIGNED = re.compile(r"\A\[[^]]*\] ")
"""The day and the author before an entry of a narrative."""


def _stored(value: object) -> str:
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def _loose(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _alike(one: Own | None, other: Own | None, suffix: str = "") -> bool:
    """Whether two files say the same in a cell; numbers in the same look, where the file's ending
    is given."""
    if one is None or other is None:
        return one is other
    if one.kind == other.kind == "text":
        return _stored(one.value) == _stored(other.value)
    same = one.kind == other.kind and one.value == other.value
    if suffix in ("", *OPEN_DOCUMENTS):
        return same
    return same and _same_look(one.shown_as, other.shown_as)


def _readings(own: Own) -> Iterator[str]:
    """What a person may call what stands in a cell."""
    if own.shown_as and own.kind != "text":
        yield _loose(own.shown_as)
    if own.kind == "boolean":
        yield from ("TRUE", "Yes") if own.value else ("FALSE", "No")
    elif isinstance(own.value, float | int):
        yield f"{own.value:.15g}"
        if 1 <= own.value < 2_000_000:
            day = datetime(1899, 12, 30) + timedelta(days=round(own.value, 6))
            yield from (day.date().isoformat(), f"{day.day} {day:%B %Y}")
    else:
        yield _loose(str(own.value))
        with suppress(ValueError):
            yield datetime.fromisoformat(str(own.value).replace("/", "-")).date().isoformat()


def _fits(value: Value, reading: str) -> bool:
    return reading in {_loose(each) for each in _texts(value)} | {_loose(str(value))}


def _shown(put: Put) -> str:
    return put.shows or (str(put.value) if put.kind in ("text", "rich", "strike") else "")


def _serial(moment: object) -> float:
    return (datetime.fromisoformat(str(moment)) - datetime(1899, 12, 30)) / timedelta(days=1)


_NO_LOOK = str.maketrans("", "", '\\"')


def _same_look(asked: str, found: str) -> bool:
    """Whether a number format is the one that was put."""
    return not asked or found.translate(_NO_LOOK).lower() == asked.translate(_NO_LOOK).lower()


def _describe(own: Own | None) -> str:
    if own is None:
        return "nothing"
    value = repr(own.value if not isinstance(own.value, str) else own.value[:60])
    shown = f" as {own.shown_as!r}" if own.shown_as and own.kind == "number" else ""
    return f"the {own.kind} {value}{shown}"
