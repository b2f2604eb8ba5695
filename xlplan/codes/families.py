"""Every message by its code, in families: the order of the page of messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import ModuleType

from msgspec import Struct

from xlplan.codes import (
    accessible_codes,
    check_codes,
    cycle_codes,
    definition_codes,
    edit_codes,
    folder_codes,
    gate_codes,
    gate_codes_inside,
    issue_codes,
    kept_codes,
    merge_codes,
    return_codes,
    source_codes,
)
from xlplan.codes.message import Message, did_you_mean, shape_of


class Family(Struct, frozen=True):
    """Messages whose codes begin alike: what they are about, and which command prints them."""

    prefix: str
    about: str
    modules: tuple[ModuleType, ...]

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages of the family, by code."""
        found = (each for module in self.modules for each in vars(module).values())
        mine = (m for m in found if isinstance(m, Message) and m.code[:-4] == self.prefix)
        return tuple(sorted(mine, key=lambda message: message.code))


FAMILIES: tuple[Family, ...] = (
    Family(
        "GATE",
        "A file that came back, or that a plan starts from. `merge` and `new` print these; a file "
        "that is refused stops no other.",
        (gate_codes, gate_codes_inside),
    ),
    Family(
        "RET",
        "Which template a return answers, and its rows; `decisions.xlsx` as a file. `merge` prints "
        "these.",
        (return_codes,),
    ),
    Family(
        "VAL",
        "What was typed is not a value of its field. It becomes a question in `merge`, and a "
        "problem in `check`.",
        (definition_codes,),
    ),
    Family("MRG", "`merge` itself.", (merge_codes,)),
    Family(
        "DEC",
        "Answers in `decisions.xlsx`. `merge` prints these; the other answers are used.",
        (merge_codes,),
    ),
    Family(
        "CHK",
        "What `check` looks for in the plan. Correct the action in `master.xlsx`, or change a "
        "level under `[checks]`.",
        (check_codes,),
    ),
    Family(
        "DEF",
        "Faults in `plan.toml`, reported all at once, each with its line. Every command that needs "
        "the definition prints these.",
        (definition_codes,),
    ),
    Family("NEW", "Starting a plan. `new` prints these.", (source_codes,)),
    Family("ISS", "`issue`.", (issue_codes,)),
    Family("CYC", "Commands that work on a cycle.", (cycle_codes,)),
    Family("POST", "`draft` and `remind`; `merge`, for `post.xlsx`.", (cycle_codes,)),
    Family("PUB", "`publish`.", (cycle_codes, accessible_codes)),
    Family("SHOW", "`show` and `log`.", (cycle_codes,)),
    Family("UNDO", "`undo`.", (cycle_codes,)),
    Family("PLAN", "The folder of the plan. Every command may print these.", (folder_codes,)),
    Family("LED", "The ledger. Every command may print these.", (folder_codes,)),
    Family(
        "OUT",
        "What is written. The record is safe in each case; with OUT-004 nothing was recorded.",
        (folder_codes,),
    ),
    Family(
        "EDIT",
        "A workbook of the council's own that is changed in place, cell by cell. What is refused "
        "stays as it was; notes and warnings say what to look at.",
        (edit_codes,),
    ),
    Family(
        "KEEP",
        "The council's own workbook, kept as the master in its own layout: what could not be read "
        "from it, or written into it. `new` and `merge` print these; `decisions.xlsx` lists what "
        "is "
        "to be typed by hand.",
        (kept_codes,),
    ),
    Family("VER", "`verify`. Notes are about files, the others about the record.", (folder_codes,)),
    Family("BAK", "`backup`, `restore` and `archive`.", (cycle_codes,)),
    Family(
        "ACC",
        "What the accessible workbook must be. It is written so as to pass; "
        "`xlplan.workbook.write.accessibility` checks any workbook.",
        (accessible_codes,),
    ),
    Family("DEMO", "`demo`.", (cycle_codes,)),
    Family("CLI", "The words of a command.", (cycle_codes,)),
)


@cache
def every_message() -> Mapping[str, Message]:
    """Every message by its code, family by family."""
    return {each.code: each for family in FAMILIES for each in family.messages}


def find_message(code: str) -> Message:
    """The message with a code, in whatever case and with or without its square brackets.

    Raises XlplanError (CLI-002) where there is none.
    """
    typed = " ".join(code.split())
    name = typed.strip("[]. ").upper()
    known = every_message()
    if name in known:
        return known[name]
    hint = did_you_mean(_padded(name), known)
    raise cycle_codes.CLI_002.fault("xlplan explain", code=typed, hint=hint)


def _padded(name: str) -> str:
    """``VAL-3`` and ``VAL003`` as they are meant, so that the code that is near is found."""
    parts = re.fullmatch(r"([A-Z]+)[ -]?(\d{1,3})", name)
    return f"{parts[1]}-{parts[2]:0>3}" if parts else name


_HEAD = """\
# Messages

Every message names the place, what is wrong with the value shown, and what to do, and ends with a
code that never changes. `xlplan explain CODE` prints one of them. An **error** is something that
could not be used, a **warning** something that a person should look at, a **note** is for
information.

This page is generated from `xlplan/codes`; change a message there.
"""


def messages_page() -> str:
    """The text of the page, in Markdown: one table for each family."""
    return "\n".join([_HEAD, *map(_section, FAMILIES)])


def _section(family: Family) -> str:
    lines = [f"## {family.prefix}", "", family.about, ""]
    lines += ["| code | level | what it means | what to do |", "|---|---|---|---|"]
    lines += [
        f"| {each.code} | {levels_of(each)} | {each.meaning} | {each.todo} |"
        for each in family.messages
    ]
    return "\n".join([*lines, ""])


def levels_of(message: Message) -> str:
    """The level of a message, or each that it may have: ``"note or warning"``."""
    levels = (message.levels.get(name, message.level) for name in message.variants)
    return " or ".join(dict.fromkeys(levels))


def explanation(message: Message) -> str:
    """What a message means and what to do, with its texts, for a terminal."""
    lines = [f"{message.code} ({levels_of(message)})", _plain(message.meaning)]
    lines += [f"What to do: {_plain(message.todo)}", "", "It reads:"]
    lines += [f"  {shape_of(text)}" for text in message.variants.values()]
    if message.lead:
        lines += ["", f"A lead reads in a reply: {message.lead}"]
    elif message.lead_reads_text:
        lines += ["", "A lead reads the same in a reply."]
    return "\n".join(lines)


def explanation_shape(message: Message) -> dict[str, object]:
    """The same for ``explain --json``; `lead` is blank where no lead reads of it."""
    same = "; ".join(map(shape_of, message.variants.values())) if message.lead_reads_text else ""
    return {
        "code": message.code,
        "level": message.level,
        "meaning": _plain(message.meaning),
        "what_to_do": _plain(message.todo),
        "texts": [shape_of(text) for text in message.variants.values()],
        "lead": message.lead or same,
    }


def _plain(text: str) -> str:
    """A sentence of the page without the marks of code."""
    return text.replace("`", "")
