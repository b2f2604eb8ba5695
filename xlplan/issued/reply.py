"""A reply to a lead, in plain text: what was received and became of it, what needs correcting and
how.

It is written from that lead's own file alone: nothing in it comes from the plan or another return.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from textwrap import wrap

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.return_codes import RET_010, RET_011, RET_012, RET_026
from xlplan.language.catalogue import Tongue, marked
from xlplan.merge.model import CellKey, Place
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.timescales import say_return_by

_WIDTH = 78
_LONGEST = 300
"""Characters of what was entered that are shown."""
_ROWS = {each.code: each.lead for each in (RET_010, RET_011, RET_012, RET_026)}
_UNREAD = marked(
    "It could not be read. Please enter your update in the workbook that you were sent, save it, "
    "and send that."
)
"""For a file that was refused for something that its sender cannot know of."""
_THANKS = marked("Thank you for your update to the plan “{plan}”.")
_ABOUT = marked("This is about your update to the plan “{plan}”.")
_ONE = marked(
    "Your workbook has been read, and one place needs correcting. Everything else in it has been "
    "passed on as you wrote it."
)
_SEVERAL = marked(
    "Your workbook has been read, and these places need correcting. Everything else in it has been "
    "passed on as you wrote it."
)
_SENT = marked(
    "Please correct this in the workbook that you sent, save it, and send the whole workbook again."
)
_ENCLOSED = marked(
    "Please correct this in the workbook that comes with this letter, in which only these cells "
    "are open, save it, and send the whole workbook again."
)
_TAKEN = marked("Changes taken:")
_ASKED = marked("Asked of the coordinator; the plan stays as it is until that is decided:")
_DECIDED = marked("Decided by the coordinator on what you asked:")


class Correction(Struct, frozen=True):
    """One thing to correct: where it stands, which action and column it is about, what was entered
    (blank: nothing), and what is needed. `cell` is the uid and the column of one to fill in."""

    place: Place
    action: str
    column: str
    entered: str
    needed: str
    cell: CellKey | None = None


class Fault(Struct, frozen=True):
    """What is to be corrected in one cell: the action and the column as the lead knows them, what
    was typed, and what is needed."""

    action: str
    column: str
    typed: str
    needed: str


class Receipt(Struct, frozen=True):
    """What became of what a lead sent: the days on which it came (in words), the changes that were
    taken, how many wait for the coordinator or were decided otherwise, and how many actions were
    left as they were, `confirmed` of them with a tick; what they asked for, and what was decided of
    that since they last wrote."""

    days: tuple[str, ...]
    taken: tuple[str, ...] = ()
    waiting: int = 0
    declined: int = 0
    untouched: int = 0
    asked: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    confirmed: int = 0
    signature: str = ""
    """In the place of these, of an accountable officer who was only asked to read and sign."""


class Reply(Struct, frozen=True):
    """The letter to one lead. `lead` is blank where the file does not say whose it is."""

    lead: str
    files: tuple[str, ...]
    text: str
    corrections: tuple[Correction, ...] = ()

    @property
    def title(self) -> str:
        """The name of its file, without suffix, before it is made safe."""
        return f"Reply to {self.lead}" if self.lead else f"Reply about {last(self.files[0])}"


def last(file: str) -> str:
    """A file as its sender knows it: without the folders and bundles around it."""
    return file.rpartition("/")[2]


def refusal_for_lead(code: str) -> str:
    """Why a file cannot be used and what to do, in words for the person who sent it."""
    from xlplan.codes.families import every_message  # most replies say nothing of a code

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
    receipt: Receipt | None = None,
    *,
    enclosed: bool = False,
) -> str:
    """The letter. `refusals` are files that could not be used, each with the code that says why;
    `return_by` is ISO 8601 or blank; `receipt` is there where a file could be used; a correction
    workbook is `enclosed` or not."""
    tongue, entries = definition.tongue, together(corrections)
    say = tongue.say
    thanks = _THANKS if receipt or refusals else _ABOUT
    lines = [say("Dear {lead},", lead=lead or say("colleague")), ""]
    lines += _paragraph(say(thanks, plan=definition.title))
    if receipt is not None:
        lines += _received(receipt, len(entries), tongue)
    for file, code in refusals:
        unused = say("The file “{file}” could not be used.", file=last(file))
        lines += _paragraph(f"{unused} {say(refusal_for_lead(code))}")
    if entries:
        lines += _paragraph(say(_SEVERAL if len(entries) > 1 else _ONE))
        for number, each in enumerate(entries, 1):
            lines += [*_correction(number, each, tongue), ""]
        lines += _paragraph(say(_ENCLOSED if enclosed else _SENT))
    if return_by and (entries or refusals):
        date = partial(say_return_by, return_by)
        lines += _paragraph(say("Updates are due by {date}.", date=date))
    if definition.issue.contact:
        lines += _paragraph(say("Questions? Please ask: {who}", who=definition.issue.contact))
    return "\n".join(lines).rstrip() + "\n"


def together(corrections: Sequence[Correction]) -> list[tuple[Correction, ...]]:
    """Corrections by entry: what one column needs in the same words, where the same was entered,
    is one entry over several cells."""
    found: dict[object, list[Correction]] = {}
    for each in corrections:
        alone = each.place.cell if not each.column else ""
        about = (each.place.file, each.place.sheet, each.column, each.entered, each.needed, alone)
        found.setdefault(about if each.column else (about, each.action), []).append(each)
    return [tuple(group) for group in found.values()]


def faults_of(corrections: Sequence[tuple[CellKey, Fault]]) -> dict[CellKey, Fault]:
    """By cell; what two messages ask of one cell is asked together."""
    found: dict[CellKey, Fault] = {}
    for key, fault in corrections:
        known = found.get(key)
        if known is not None and fault.needed not in known.needed:
            fault = replace(known, needed=f"{known.needed} {fault.needed}")
        found[key] = fault if known is None or fault.needed not in known.needed else known
    return found


def _received(receipt: Receipt, corrections: int, tongue: Tongue) -> list[str]:
    """What was received when, and what became of it, in a sentence and a list."""
    say = tongue.say
    parts = [
        tongue.say_count("{count} change taken", "{count} changes taken", len(receipt.taken)),
        tongue.say_count(
            "{count} action left as it was", "{count} actions left as they were", receipt.untouched
        ),
    ]
    if receipt.confirmed:
        parts[-1] += say(" ({count} ticked as reviewed)", count=receipt.confirmed)
    if receipt.signature:
        parts = [receipt.signature]
    if receipt.asked:
        parts.append(say("{count} asked of the coordinator", count=len(receipt.asked)))
    if receipt.waiting:
        parts.append(say("{count} waiting for the coordinator", count=receipt.waiting))
    if receipt.declined:
        parts.append(say("{count} decided otherwise by the coordinator", count=receipt.declined))
    nothing = say("nothing to correct")
    parts.append(say("{count} to correct", count=corrections) if corrections else nothing)
    days = say(" and ").join(receipt.days)
    lines = _paragraph(say("Received {days}: {what}.", days=days, what=", ".join(parts)))
    for title, texts in (
        (_TAKEN, receipt.taken), (_ASKED, receipt.asked), (_DECIDED, receipt.decided),
    ):  # fmt: skip
        if texts:
            listed = (line for each in texts for line in _hanging(" - ", each))
            lines += [say(title), *listed, ""]
    return lines


def _paragraph(text: str) -> list[str]:
    return [*wrap(_flat(text), _WIDTH), ""]


def _correction(number: int, group: Sequence[Correction], tongue: Tongue) -> list[str]:
    each, say = group[0], tongue.say
    where = [f"“{last(each.place.file)}”"]
    if each.place.sheet:
        where.append(say("sheet “{sheet}”", sheet=each.place.sheet))
    if cells := listed_cells(group):
        several = say("cells {cells}", cells=cells)
        where.append(several if "," in cells else say("cell {cells}", cells=cells))
    entered, needed = say("Entered:"), say("Needed:")
    wide = max(len(entered), len(needed)) + 1
    shown = _short(each.entered) or say("(blank)")
    return [
        *_hanging(f"{number}. ", ", ".join(where)),
        *_hanging("   ", about(group, tongue)),
        *_hanging(f"   {entered:<{wide}}", shown),
        *_hanging(f"   {needed:<{wide}}", each.needed),
    ]


def listed_cells(group: Sequence[Correction]) -> str:
    """The cells of one entry: ``"I17, I18"``."""
    return ", ".join(dict.fromkeys(each.place.cell for each in group if each.place.cell))


def about(group: Sequence[Correction], tongue: Tongue) -> str:
    """What an entry is about: ``"Actions 1.1, 1.3, Timescale"``."""
    actions = list(dict.fromkeys(each.action for each in group))
    if not group[0].column or len(actions) == 1:
        return ", ".join(filter(None, (actions[0], group[0].column)))
    before = tongue.say("Action {ref}", ref="")
    refs = ", ".join(action.removeprefix(before) for action in actions)
    return tongue.say("Actions {refs}, {column}", refs=refs, column=group[0].column)


def _hanging(mark: str, text: str) -> list[str]:
    return wrap(_flat(text), _WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))


def _flat(text: str) -> str:
    """On one line, so that nothing that was typed looks like a line of the letter."""
    return " ".join(text.split())


def _short(text: str) -> str:
    flat = _flat(text)
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1].rstrip() + "…"
