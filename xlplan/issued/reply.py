"""A reply to a lead, in plain text: what in the file that came back needs correcting, and how.

It is written from that lead's own file alone: nothing in it comes from the plan or another return.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from xlplan.codes.families import every_message
from xlplan.codes.return_codes import RET_010, RET_011, RET_012, RET_026
from xlplan.merge.model import Place
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.timescales import say_return_by

_WIDTH = 78
_LONGEST = 300
"""Characters of what was entered that are shown."""
_ROWS = {each.code: each.lead for each in (RET_010, RET_011, RET_012, RET_026)}
_UNREAD = (
    "It could not be read. Please enter your update in the workbook that you were sent, save it, "
    "and send that."
)
"""For a file that was refused for something that its sender cannot know of."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing to correct: where it stands, what it is (``"Action 3.12, Timescale"``), what was
    entered (blank: nothing), and what is needed."""

    place: Place
    what: str
    entered: str
    needed: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The letter to one lead. `lead` is blank where the file does not say whose it is."""

    lead: str
    files: tuple[str, ...]
    text: str

    @property
    def title(self) -> str:
        """The name of its file, without suffix, before it is made safe."""
        return f"Reply to {self.lead}" if self.lead else f"Reply about {last(self.files[0])}"


def last(file: str) -> str:
    """A file as its sender knows it: without the folders and bundles around it."""
    return file.rpartition("/")[2]


def refusal_for_lead(code: str) -> str:
    """Why a file cannot be used and what to do, in words for the person who sent it."""
    message = every_message().get(code)
    return message.lead if message and message.lead and code not in _ROWS else _UNREAD


def row_for_lead(code: str) -> str:
    """What is wrong with a row whose identity does not hold, for the person who sent it; blank
    where the code is not about that."""
    return _ROWS.get(code, "")


def reply_text(
    definition: PlanDefinition,
    lead: str,
    return_by: str,
    corrections: Sequence[Correction],
    refusals: Sequence[tuple[str, str]],
) -> str:
    """The letter. `refusals` are files that could not be used, each with the code that says why;
    `return_by` is ISO 8601 or blank."""
    lines = [f"Dear {lead or 'colleague'},", ""]
    lines += _paragraph(f"Thank you for your update to the plan “{definition.title}”.")
    for file, code in refusals:
        lines += _paragraph(f"The file “{last(file)}” could not be used. {refusal_for_lead(code)}")
    if corrections:
        several = "these places need" if len(corrections) > 1 else "one place needs"
        lines += _paragraph(
            f"Your workbook has been read, and {several} correcting. Everything else in it has "
            "been passed on as you wrote it."
        )
        for number, each in enumerate(corrections, 1):
            lines += [*_correction(number, each), ""]
        lines += _paragraph(
            "Please correct this in the workbook that you sent, save it, and send the whole "
            "workbook again."
        )
    if return_by:
        lines += _paragraph(f"Updates are due by {say_return_by(return_by)}.")
    if definition.issue.contact:
        lines += _paragraph(f"Questions? Please ask: {definition.issue.contact}")
    return "\n".join(lines).rstrip() + "\n"


def _paragraph(text: str) -> list[str]:
    return [*wrap(_flat(text), _WIDTH), ""]


def _correction(number: int, each: Correction) -> list[str]:
    where = [f"“{last(each.place.file)}”"]
    if each.place.sheet:
        where.append(f"sheet “{each.place.sheet}”")
    if each.place.cell:
        where.append(f"cell {each.place.cell}")
    return [
        *_hanging(f"{number}. ", ", ".join(where)),
        *_hanging("   ", each.what),
        *_hanging("   Entered: ", _short(each.entered) or "(blank)"),
        *_hanging("   Needed:  ", each.needed),
    ]


def _hanging(mark: str, text: str) -> list[str]:
    return wrap(_flat(text), _WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))


def _flat(text: str) -> str:
    """On one line, so that nothing that was typed looks like a line of the letter."""
    return " ".join(text.split())


def _short(text: str) -> str:
    flat = _flat(text)
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1].rstrip() + "…"
