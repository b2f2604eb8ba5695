"""What a progress note says of its action, as far as its words can tell.

Chosen to be right when it speaks rather than to speak often: a note that says neither is common
and says nothing. The lints and the rules that challenge a rating read notes through this.
"""

from __future__ import annotations

import re

from xlplan.plan.timescales import MONTH_NAMES

_OUTSTANDING = re.compile(
    r"\b(?:"
    r"(?:is|are|remains?|still) outstanding"
    r"|(?<!no )outstanding (?:actions?|work|tasks?|issues?|items?)"
    r"|not (?:yet )?(?:been )?(?:fully )?"
    r"(?:completed?|started|begun|finished|done|implemented|in place|agreed)"
    r"|not yet|yet to|incomplete"
    r"|still (?:to|in progress|being|awaiting|waiting|needs?)"
    r"|(?:remains?|needs?|is|are) to be"
    r"|in progress|under ?way|awaiting|work (?:continues|is continuing)"
    r"|delayed|behind schedule"
    r")\b",
    re.IGNORECASE,
)
_COMPLETED = re.compile(
    r"(?:^|[.;:!?\n\]] ?| [-–] )"
    r"((?:(?:this|the|all) )?(?:actions? |work |review )?"
    r"(?:(?:has|have) (?:now )?been |is |are |now )?(?:now |fully )*"
    r"(?:completed?|finished|closed))"
    r"(?=\s*(?:$|[.,;:!?\n)–-]|(?:on|in) (?!part|principle|progress|track|target|schedule)"
    rf"|(?:{'|'.join(MONTH_NAMES)}) \d{{4}}))",
    re.IGNORECASE,
)


def says_outstanding(note: str) -> str:
    """The words of a note that say there is work left, or ``""``."""
    found = _OUTSTANDING.search(_one_spaced(note))
    return found[0] if found else ""


def says_completed(note: str) -> str:
    """The words that say the action is completed, at the start of a sentence, or ``""``."""
    found = _COMPLETED.search(_one_spaced(note))
    return found[1] if found else ""


def _one_spaced(note: str) -> str:
    lines = (" ".join(line.split()) for line in note.split("\n"))
    return "\n".join(line for line in lines if line)
