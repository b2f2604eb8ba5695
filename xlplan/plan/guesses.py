"""What `new` could not know for certain, as questions: what each may be answered with, and how an
answer changes `plan.toml`.

A guess is a comment of the text above what it is about. Answered, it stays there as settled:

    # Settled: the plan has no legend; taken as under way
    # Answer: It closes an action
"""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from xlplan.late import regex
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.definition_tables import TABLES
from xlplan.plan.keys import ROLES
from xlplan.plan.text import fold
from xlplan.plan.toml_places import Path, find_spans

Names = tuple[str, ...]
"""What tells one entry of a table from the others; nothing where there is only one."""
NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "field": ("of", "id"),
    "rating": ("scale", "code"),
    "lead": ("name",),
    "group": ("name",),
    "rule": ("id",),
    "rollup": ("to", "rule"),
    "count": ("by",),
    "section": ("name",),
    "sign_off": ("role",),
    "sheet": ("name",),
    "row": ("sheet", "row"),
}
"""The keys that together name an entry for good."""
FIXED = frozenset({"field", "rating", "rule"})
"""Tables whose entries are named by what their history is tied to."""
RIGHT = "It is right"
SAME_AS = "same_as"
"""Beside the keys of a lead: another lead, who is the same person."""
_GUESS, _SETTLED, _ANSWER = "# Guess: ", "# Settled: ", "# Answer: "
_ADVICE = regex(
    r"(?:[:;,] |\. )(?=[^:;]*(?:--[a-z]|\b[a-z_]+ = true|\bname each sheet\b)).*$", re.DOTALL
)
"""What a guess says to whoever answers it in the text, or on the command line."""
_IN_TEXT = regex(r"[;,] [^;(]*(?:\[\[lead\]\]|\balias\b)[^(]*?(?= \(|$)")
"""The same, before a list in brackets."""
_KEY = regex(r"(?P<key>[a-z_]+) = |\bput in (?P<later>[a-z_]+)\b")
_LEFT_OUT = regex(r'--map "(?P<heading>.*)=text"')
_QUOTED = regex(r'"([^"]+)"')


class Guess(Struct, frozen=True):
    """One guess: its text, and the entry that it stands above; `about` is what people read of that,
    ``""`` for the plan as a whole. `answer` is what it was answered with, or ``""``."""

    text: str
    table: str = ""
    names: Names = ()
    about: str = ""
    answer: str = ""

    @property
    def assumed(self) -> str:
        """What was assumed, without the advice to whoever answers elsewhere."""
        return _ADVICE.sub("", _IN_TEXT.sub("", self.text))


class Change(Struct, frozen=True):
    """Keys of one entry of a table, with their values; without names, of a new or single one."""

    table: str
    names: Names
    values: Mapping[str, object]


class Choice(Struct, frozen=True):
    """One answer to a guess, and what it changes."""

    label: str
    changes: tuple[Change, ...] = ()


def guesses_of(text: str) -> list[Guess]:
    """The guesses that stand in the text of `plan.toml`, settled ones too, in its order."""
    return [guess for guess, _, _ in _found(text)]


def _found(text: str) -> Iterator[tuple[Guess, int, int]]:
    """Each guess, with where its lines begin and end."""
    if _GUESS not in text and _SETTLED not in text:
        return
    raw = tomllib.loads(text)
    heads = {start: path for path, (start, _) in find_spans(text).items()}
    open_: list[tuple[str, str, int, int]] = []
    at = 0
    for whole in text.splitlines(keepends=True):
        line, after = whole.rstrip("\r\n"), at + len(whole)
        start = next((mark for mark in (_GUESS, _SETTLED) if line.startswith(mark)), "")
        if start:
            open_.append((line.removeprefix(start), "", at, after))
        elif line.startswith(_ANSWER) and open_:
            said, _, begin, _ = open_[-1]
            open_[-1] = said, line.removeprefix(_ANSWER), begin, after
        elif line.startswith("# ") and open_:
            said, answer, begin, _ = open_[-1]
            open_[-1] = f"{said} {line.removeprefix('# ')}", answer, begin, after
        elif open_:
            table, names, about = _entry(heads.get(at, ()), raw)
            for said, answer, begin, end in open_:
                yield Guess(said, table, names, about, answer), begin, end
            open_ = []
        at = after


def _entry(path: Path, raw: Mapping[str, Any]) -> tuple[str, Names, str]:
    """The entry of a list of tables that a comment stands above; nothing for any other place."""
    if len(path) != 2 or str(path[0]) not in NAMED_BY:
        return "", (), ""
    table, number = str(path[0]), int(path[1])
    item = raw[table][number]
    about = item.get("heading") or item.get("label") or item.get("name") or ""
    return table, names_of(table, item), about


def names_of(table: str, item: Mapping[str, object]) -> Names:
    """The names of an entry of a text."""
    keys = TABLES[table].keys
    found = (item.get(key, keys[key].default or "") for key in NAMED_BY[table])
    return tuple(" ".join(str(name).split()) for name in found)


def settle(text: str, guess: Guess, answer: str) -> str:
    """`text` with a guess of it settled by an answer, or open again with none. KeyError where it
    is not there any more."""
    same = (guess.text, guess.table, guess.names)
    for found, begin, end in _found(text):
        if (found.text, found.table, found.names) == same:
            ends = "\r\n" if "\r\n" in text[begin:end] else "\n"
            mark = _SETTLED if answer else _GUESS
            lines = [*_wrapped(mark, found.text), *([f"{_ANSWER}{answer}"] if answer else [])]
            return text[:begin] + "".join(f"{line}{ends}" for line in lines) + text[end:]
    raise KeyError(guess.text)


def _wrapped(mark: str, text: str) -> list[str]:
    found = textwrap.wrap(f"{mark.removeprefix('# ')}{text}", 98, break_long_words=False)
    return [f"# {line}" for line in found]


def add_guesses(text: str, sentences: Iterable[str]) -> str:
    """`text` with guesses about the plan as a whole that it has not yet. One that begins as an open
    one there takes its place."""
    ends = "\r\n" if "\r\n" in text else "\n"
    for sentence in sentences:
        stem = sentence[:24]
        mine = [each for each in _found(text) if not each[0].table and each[0].text[:24] == stem]
        if any(guess.answer or guess.text == sentence for guess, _, _ in mine):
            continue
        at, end = mine[0][1:] if mine else (find_spans(text)[("plan",)][0],) * 2
        lines = "".join(f"{line}{ends}" for line in _wrapped(_GUESS, sentence))
        text = text[:at] + lines + text[end:]
    return text


def without_sheets_asked(text: str, sentences: Container[str]) -> str:
    """`text` without the open guess that asks for other sheets, where `sentences` do not have it:
    they are part of the plan by now."""
    for guess, begin, end in _found(text):
        if "--sheet" in guess.text and not (guess.answer or guess.table or guess.text in sentences):
            return text[:begin] + text[end:]
    return text


# Answers


def choices_of(guess: Guess, definition: PlanDefinition) -> list[Choice]:
    """What a guess can be answered with, first that it is right."""
    more = {"field": _of_field, "rating": _of_rating, "lead": _of_lead}
    return [Choice(RIGHT), *more.get(guess.table, _of_plan)(guess, definition)]


def _of_field(guess: Guess, definition: PlanDefinition) -> Iterator[Choice]:
    kind, name = guess.names
    mine = definition.find(name, kind)
    if mine is None:
        return
    role = mine.role if mine.role != "text" else re.sub(r"_\d+$", "", name)
    holder = definition.with_role(role, kind) or mine
    quoted = {fold(text) for text in _QUOTED.findall(guess.text)}
    for item in definition.fields_of(kind):
        if item is not holder and fold(item.heading) in quoted and role in ROLES:
            yield Choice(f'It is "{_line(item.heading)}"', _swapped(holder, item, role))
    if mine.field_type.rated:
        for rating in definition.scale_of(mine):
            if not rating.closed:
                closes = Change("rating", (rating.scale, rating.code), {"closed": True})
                yield Choice(f'"{rating.label}" closes an action', (closes,))
    if mine.role not in ("key", "action", "text"):
        yield Choice("It is only text", (_as_text(mine),))


def _swapped(holder: Field, item: Field, role: str) -> tuple[Change, ...]:
    """One column gets the role that another has."""
    values: dict[str, object] = {"role": role}
    if holder.type not in _TEXTS:
        values |= {"type": holder.type, "scale": holder.scale or None}
    if holder.required:
        values |= {"required": True}
    return _as_text(holder), Change("field", (item.of, item.id), values)


_TEXTS = ("text", "narrative")


def _as_text(item: Field) -> Change:
    kind = item.type if item.type in _TEXTS else "text"
    values = {"role": "text", "type": kind, "required": None, "scale": None}
    return Change("field", (item.of, item.id), values)


_RATED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("It closes an action", ("closed",)),
    ("It is under way", ()),
    ("It needs attention", ("exception",)),
    ("It is done, but still watched", ("holding",)),
)


def _of_rating(guess: Guess, definition: PlanDefinition) -> Iterator[Choice]:
    scale, code = guess.names
    rating = definition.rating(code, scale)
    if rating is None:
        return
    for label, flags in _RATED:
        values = {key: key in flags for key in ("closed", "holding", "exception")}
        changed = {key: yes or None for key, yes in values.items() if getattr(rating, key) != yes}
        yield Choice(label, (Change("rating", guess.names, changed),) if changed else ())


def _of_lead(guess: Guess, definition: PlanDefinition) -> Iterator[Choice]:
    quoted = {fold(text) for text in _QUOTED.findall(guess.text)}
    for lead in definition.leads:
        if lead.name != guess.names[0] and fold(lead.name) in quoted:
            change = Change("lead", guess.names, {SAME_AS: lead.name})
            yield Choice(f"The same person as {lead.name}", (change,))
    yield Choice("Is nobody", (Change("lead", guess.names, {"nobody": True}),))


def _of_plan(guess: Guess, definition: PlanDefinition) -> Iterator[Choice]:
    quoted = dict.fromkeys(_QUOTED.findall(guess.text))
    for name in quoted:
        if "--sheet" in guess.text:
            now = next((each.plan for each in definition.sheets if each.name == name), None)
            for label, yes in ((f'"{name}" is part of the plan', True),
                               (f'"{name}" is no part of the plan', False)):  # fmt: skip
                if now is not yes:
                    yield Choice(label, (Change("sheet", (name,), {"plan": yes}),))
    if _LEFT_OUT.search(guess.text):
        known = {fold(item.heading) for item in definition.fields}
        for name in quoted:
            if fold(name) not in known and not name.endswith("=text"):
                values = {"heading": name, "id": _free_id(name, definition)}
                yield Choice(f'Read "{name}"', (Change("field", (), values),))

    if key := key_asked(guess):
        now = getattr(definition, key, None)
        for value in TABLES["plan"].keys[key].allowed:
            yield Choice(value, () if value == now else (Change("plan", (), {key: value}),))


def doubt_of(guess: Guess, definition: PlanDefinition) -> int:
    """How doubtful a guess is: 3 where another column or sheet may be meant, 2 where it has some
    other answer, 1 where it is only to be looked at."""
    others = [each for choice in choices_of(guess, definition)[1:] for each in choice.changes]
    if any(each.table == "sheet" or ("role" in each.values and each.values["role"] != "text")
           for each in others):  # fmt: skip
        return 3
    return 2 if others or key_asked(guess) or guess.table == "lead" else 1


def _free_id(heading: str, definition: PlanDefinition) -> str:
    name = id_for(heading)
    number = 1
    while definition.find(name if number == 1 else f"{name}_{number}"):
        number += 1
    return name if number == 1 else f"{name}_{number}"


def id_for(heading: str) -> str:
    """An id for a column, made of what people read above it."""
    words = re.findall(r"[a-z0-9]+", heading.lower())
    named = [*words] if words and words[0][0].isalpha() else ["column", *words]
    return "_".join(named)[:40]


def key_asked(guess: Guess) -> str:
    """The key of `[plan]` that a guess asks for, or ``""``."""
    found = _KEY.search(guess.text) if not guess.table else None
    name = (found["key"] or found["later"]) if found else ""
    return name if name in TABLES["plan"].keys else ""


def changes_for(
    guess: Guess, typed: str, value: object, definition: PlanDefinition
) -> Sequence[Change] | None:
    """What an answer changes; None where it is none of the choices and the guess takes no other.

    A lead may be answered with the name of the person, a key of the plan with its `value`.
    """
    label = fold(typed)
    for choice in choices_of(guess, definition):
        if fold(choice.label) == label:
            return choice.changes
    if key := key_asked(guess):
        return (Change("plan", (), {key: value}),)
    if guess.table == "lead":
        return _renamed(guess.names[0], " ".join(typed.split()), definition)
    return None


def _renamed(name: str, to: str, definition: PlanDefinition) -> Sequence[Change]:
    other = definition.lead(to)
    if other is not None and other.name != name:
        return (Change("lead", (name,), {SAME_AS: other.name}),)
    return (Change("lead", (name,), {"name": to}),)


def _line(text: str) -> str:
    return " ".join(text.split())
