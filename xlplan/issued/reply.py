"""A reply to a lead, in plain text: what in the file that came back needs correcting, and how.

It is written from that lead's own file alone: nothing in it comes from the plan or another return.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from xlplan.merge.model import Place
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.timescales import say_return_by

_WIDTH = 78
_LONGEST = 300
"""Characters of what was entered that are shown."""


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
    """What one lead is to be told. `lead` is blank where the file does not say whose it is."""

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
    return _REFUSALS.get(code, _REFUSALS[""])


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


_AGAIN = "Please send it again."
_EXCEL = "Please open it, save it as an Excel workbook (.xlsx), and send that."
_ITSELF = "Please send the Excel workbook itself."
_COPY = "Please enter your update in the workbook that you were sent, save it, and send that."
_REFUSALS: Mapping[str, str] = {
    "": f"It could not be read. {_COPY}",
    "GATE-001": f"It arrived empty. {_AGAIN}",
    "GATE-002": "It arrived without its contents, because it had not been downloaded from the "
    "cloud when it was sent. Please open it once, and send it again.",
    "GATE-003": "It is far larger than an update can be. Please remove pictures and other sheets "
    "from it, save it, and send it again.",
    "GATE-004": f"Only a part of it arrived. {_AGAIN}",
    "GATE-005": f"It was damaged on its way. {_AGAIN}",
    "GATE-006": "It is protected with a password. Please save it without one, and send it again.",
    "GATE-007": "It is encrypted by its sensitivity label. Please choose a label that does not "
    "encrypt, and send it again.",
    "GATE-008": f"It is far larger inside than an update can be. {_COPY}",
    "GATE-009": f"It has something in it that no workbook has. {_COPY}",
    "GATE-010": f"It has something in it that no workbook has. {_COPY}",
    "GATE-011": "It has content or colours far away from its table. Please delete the rows and "
    "columns after the table, save it, and send it again.",
    "GATE-012": "It has very many merged cells. Please unmerge whole rows and columns, save it, "
    "and send it again.",
    "GATE-013": f"It is a PDF. {_ITSELF}",
    "GATE-014": f"It is a picture. {_ITSELF}",
    "GATE-015": f"It is a web page with the name of a spreadsheet. {_EXCEL}",
    "GATE-016": "It is a Numbers document. In Numbers, please choose File, Export To, Excel, and "
    "send the file that this makes.",
    "GATE-017": "It is a link to a file in the cloud. Please download the workbook as Excel "
    "(.xlsx), and send that file.",
    "GATE-018": f"It is a document and not a workbook. {_ITSELF}",
    "GATE-019": "It is an e-mail with no workbook attached. Please attach the workbook and send "
    "it again.",
    "GATE-020": "It is an archive in which no workbook was found. Please attach the workbook "
    "itself, and send it again.",
    "GATE-021": f"It is in a form that could not be read. {_EXCEL}",
    "GATE-022": f"It is not a workbook. {_ITSELF}",
    "GATE-023": f"It could not be read. {_EXCEL}",
    "GATE-024": f"One of its sheets could not be read. {_EXCEL}",
    "GATE-025": f"It could not be read. {_COPY}",
    "GATE-026": f"It took too long to read. {_COPY}",
    "GATE-033": "The workbook came wrapped as winmail.dat. Please attach it to a new message in "
    "HTML or plain text, and send it again.",
    "RET-001": f"It is a workbook of another plan. {_COPY}",
    "RET-002": f"What says which workbook it is was changed. {_COPY}",
    "RET-003": f"Nothing in it says which workbook it answers. {_COPY}",
    "RET-004": f"It is not a workbook of this round. {_COPY}",
    "RET-007": f"The table of your actions is not in it. {_COPY}",
    "RET-008": f"The table in it has no rows. {_COPY}",
    "RET-022": f"Something in it could not be dealt with. {_COPY}",
}
_ROWS: Mapping[str, str] = {
    "RET-010": "The reference in this row does not belong to the rest of the row, as happens when "
    "a part of the table is sorted or pasted. Please put the row back as it was, or say which "
    "action you meant.",
    "RET-011": "This row was pasted from another workbook. Please enter your update in the rows "
    "of your own.",
    "RET-012": "The hidden part of this row was changed. Please enter your update in the workbook "
    "that you were sent.",
}
