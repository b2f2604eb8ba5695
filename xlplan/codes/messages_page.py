"""The page of messages (`xlplan/MESSAGES.md`), and what ``xlplan explain`` prints of one."""

from __future__ import annotations

from xlplan.codes.families import FAMILIES, Family
from xlplan.codes.message import Message, shape_of

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
