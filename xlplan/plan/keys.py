"""The keys of `plan.toml`: how one is described, and how its value is read.

A key is a field of a struct in `xlplan.plan.definition` or `xlplan.plan.settings`: its name, type
and default are those of the field, the rest is annotated, made by `key`. Whatever lists the keys
(reading, writing, the reference) goes by that.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from types import UnionType
from typing import Literal, get_args

from msgspec import NODEFAULT, Struct, field
from msgspec.structs import replace

from xlplan.codes.definition_codes import DEF_002, DEF_003, DEF_004, DEF_005, DEF_007, FORMS, KINDS
from xlplan.codes.message import Filled, suggest
from xlplan.errors import Problem
from xlplan.plan.required import Condition, condition_of
from xlplan.plan.text import canon_text
from xlplan.plan.toml_places import Path, find_places, line_of

Takes = Literal[
    "line", "text", "raw", "list", "raw list", "one or several", "flag", "whole", "number", "day",
    "conditions", "",
]  # fmt: skip
"""`line`: text without line breaks; `raw`: kept exactly as written, for passwords, separators;
empty: what the type of the field takes."""
Shape = tuple[str, str, str]
"""The pattern that a text must match whole, what that is called, and how to write it."""

COLOUR = (r"#[0-9A-Fa-f]{6}", "a colour", 'Write it as # and six hexadecimal digits: "#1F3864".')
PLAN_ID = (
    r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}",
    "an id for a plan",
    'Use letters without accents, digits and hyphens only: "improvement-plan".',
)
FIELD_ID = (
    r"[A-Za-z][A-Za-z0-9_-]{0,62}",
    "an id for a field",
    'Start with a letter; use letters without accents, digits, _ and - only: "due_2".',
)
LANGUAGE = (r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", "a language", 'Write it like "en-GB".')
EMAIL = (
    r"[^\s@,;<>]+@[^\s@,;<>]+",
    "an e-mail address",
    'Write one address and nothing else: "post@example.org".',
)
CADENCE = (
    r"(?:[1-9][0-9]{0,2} (?:days|weeks|months)|1 (?:day|week|month)|week|month|quarter|year)",
    "how often a cycle begins",
    'Write it like "4 weeks", "month" or "quarter".',
)
ROLE_LABELS: Mapping[str, str] = {
    "key": "Ref", "section": "Section", "action": "Action", "lead": "Lead",
    "accountable": "Accountable officer", "due": "Due date", "rating": "Rating",
    "initial_rating": "Rating at first", "previous_rating": "Rating before",
    "progress": "Progress note", "evidence": "Evidence", "output": "Output", "outcome": "Outcome",
    "measure": "Measure", "milestone": "Milestone", "steps_done": "Steps done",
    "recommendation": "Recommendation",
    "inspection": "Inspection ref", "origin": "Origin", "organisation": "Organisation",
    "percent": "Percent complete", "target": "Target figure", "actual": "Actual figure",
    "reason": "Reason for a change", "revised": "Revised date", "approved_by": "Approved by",
    "approved_on": "Approved on", "page": "Page", "text": "Anything else",
}  # fmt: skip
"""What a column can be for, in the words of `plan.toml` and of people."""
ROLES: tuple[str, ...] = tuple(ROLE_LABELS)
_TAKES: Mapping[object, Takes] = {
    str: "line", bool: "flag", int: "whole", float: "number", date: "day",
    tuple[str, ...]: "list", tuple[Condition, ...]: "conditions",
}  # fmt: skip
"""What a key takes where it says nothing else, by the type of its field."""
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "line": str, "text": str, "raw": str, "list": list, "raw list": list,
    "one or several": (str, list),
    "flag": bool, "whole": int, "number": (int, float), "day": date, "conditions": dict,
}  # fmt: skip


class Key(Struct, frozen=True):
    """One key: what it is for, what it takes, which values it allows, and which form.

    `help` is a sentence without its full stop. `noun` names one of the allowed values ("a field
    type"); `least` and `most` bound a number. `default` is what holds where the key is left out.
    """

    help: str = ""
    takes: Takes = "line"
    required: bool = False
    default: object = None
    allowed: tuple[str, ...] = ()
    noun: str = ""
    shape: Shape | None = None
    least: float = float("-inf")
    most: float = float("inf")
    table: str = ""
    """Its table, where that is not the struct's own."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What people choose in the set-up workbook in the place of an allowed value."""

    def explain(self, name: str) -> str:
        """What the key is for, in a line for people who edit the file."""
        listed = "" if all(f'"{one}"' in self.help for one in self.allowed) else self.allowed
        named = all(f"{one} (" in self.help for one in self.allowed)
        return f"{name}: {self.help}" + (f": {', '.join(listed)}" if listed and not named else "")


def key(
    help: str,  # noqa: A002 # as in argparse
    *,
    takes: Takes = "",
    allowed: tuple[str, ...] = (),
    noun: str = "",
    shape: Shape | None = None,
    bounds: tuple[float, float] = (float("-inf"), float("inf")),
    table: str = "",
    labels: Mapping[str, str] | None = None,
) -> Key:
    """What is annotated at a field that is a key of `plan.toml`."""
    least, most = bounds
    return Key(help, takes, False, None, allowed, noun, shape, least, most, table, labels or {})


IN_WELSH = " in Welsh, for leads who are written to in it"


def in_welsh(about: str, *, takes: Takes = "") -> Key:
    """A key that says in Welsh what another one says; left out, the other one stands there too."""
    return key(f"{about}{IN_WELSH}", takes=takes)


LANGUAGES = key(
    'of the documents; "cy" writes to leads in Welsh, ["cy", "en"] in both languages, in this '
    "order",
    takes="one or several",
    shape=LANGUAGE,
)
CHANGE = key(
    'of a date that the lead fills in: "request" keeps the date until the coordinator agrees to '
    "another",
    allowed=("at once", "request"),
    noun="a way to change it",
    labels={"at once": "Taken at once", "request": "A request"},
)


def keys_of(kind: type[Struct]) -> Mapping[str, Key]:
    """The keys that fields of a struct are, by their names in `plan.toml`. Its module leaves its
    annotations as they are: kept as texts, each would have to be compiled by every command."""
    defaults = defaults_of(kind)
    found: dict[str, Key] = {}
    for name, hint in kind.__annotations__.items():
        for each in getattr(hint, "__metadata__", ()):
            takes = each.takes or _TAKES.get(_plain(hint.__origin__), "line")
            default = defaults[name]
            required = default is NODEFAULT
            default = None if required else default
            found[name.rstrip("_")] = replace(each, takes=takes, required=required, default=default)
    return found


def _plain(kind: object) -> object:
    """The type of a value, of one that may be None too."""
    parts = [part for part in get_args(kind) if part is not type(None)]
    return parts[0] if isinstance(kind, UnionType) and len(parts) == 1 else kind


def defaults_of(kind: type[Struct]) -> Mapping[str, object]:
    """What each field of a struct holds where nothing is said; NODEFAULT where something must."""
    names, defaults = kind.__struct_fields__, kind.__struct_defaults__
    missing = len(names) - len(defaults)
    return dict(zip(names, (*[NODEFAULT] * missing, *defaults), strict=True))


def attribute(name: str) -> str:
    """The field that a key is: of the same name, or with ``_`` after a word of Python."""
    return f"{name}_" if keyword.iskeyword(name) else name


class Table(Struct, frozen=True):
    """One table. `many` is written with two brackets; `named_by` is the key that names an entry.

    `about` explains it to whoever edits the file. The keys of `always` are written even where they
    say what holds anyway: they are the ones that people change.
    """

    name: str
    about: str = ""
    keys: Mapping[str, Key] = field(default_factory=dict)
    many: bool = False
    named_by: str = ""
    always: tuple[str, ...] = ()


class Entry(Struct, frozen=True):
    """One table as read: `values` holds the keys that are right, `wrong` names the others."""

    path: Path
    label: str
    values: Mapping[str, object] = field(default_factory=dict)
    wrong: frozenset[str] = frozenset()

    def text(self, key: str, otherwise: str = "") -> str:
        """The text of a key, or what stands for it where it is left out."""
        return str(self.values.get(key, otherwise))

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list, or none."""
        found = self.values.get(key, ())
        return found if isinstance(found, tuple) else ()


class Source(Struct, dict=True):
    """A plan definition being read, and the faults found so far."""

    where: str
    text: str
    faults: list[Problem] = field(default_factory=list)

    def fault(self, path: Path, message: Filled) -> None:
        """Note a fault at the line of `path`."""
        self.faults.append(message.at(f"{self.where}:{line_of(self.places, path)}"))

    @cached_property
    def places(self) -> Mapping[Path, int]:
        """Where each key stands; asked only where there is a fault."""
        return find_places(self.text)


def read_table(source: Source, table: Table, raw: Mapping[str, object]) -> tuple[Entry, ...]:
    """The entries of one table: none or one, or any number where it is written ``[[name]]``."""
    name = table.name
    found = raw.get(name, [] if table.many else None)
    if table.many:
        if not isinstance(found, list) or not all(isinstance(part, dict) for part in found):
            source.fault((name,), DEF_005.fill("tables", name=name))
            return ()
        return tuple(
            _entry(source, table, (name, number), part) for number, part in enumerate(found)
        )
    if found is None:
        return ()
    if not isinstance(found, dict):
        source.fault((name,), DEF_005.fill("table", name=name))
        return ()
    return (_entry(source, table, (name,), found),)


def _entry(source: Source, table: Table, path: Path, raw: Mapping[str, object]) -> Entry:
    label = f"[{table.name}]"
    if table.many:
        called = raw.get(table.named_by)
        name_of = " ".join(called.split()) if isinstance(called, str) else ""
        label = f"[[{table.name}]] {name_of or f'number {int(path[-1]) + 1}'}"
    values: dict[str, object] = {}
    wrong: set[str] = set()
    for key, value in raw.items():
        if key not in table.keys:
            use = suggest(key, table.keys)
            source.fault((*path, key), DEF_002.fill("key", table=label, key=key, use=use))
            continue
        read = _value(source, table.keys[key], label, (*path, key), value)
        if read is None:
            wrong.add(key)
        elif read != "":
            values[key] = read
    for key, each in table.keys.items():
        if each.required and key not in values and key not in wrong:
            source.fault(path, DEF_003.fill("key", table=label, key=key))
            wrong.add(key)
    return Entry(path, label, values, frozenset(wrong))


def _value(source: Source, key: Key, label: str, path: Path, value: object) -> object:
    """The value of one key, ``""`` for a text left empty, or None where a fault was noted."""
    name = str(path[-1])
    is_flag = isinstance(value, bool)  # which Python counts as a number
    is_time = isinstance(value, datetime)  # which Python counts as a date
    if not isinstance(value, _TYPES[key.takes]) or is_flag != (key.takes == "flag") or is_time:
        kind, form = KINDS[type(value).__name__], FORMS[key.takes]
        source.fault(path, DEF_005.fill("value", table=label, key=name, kind=kind, form=form))
        return None
    if key.takes == "one or several" and isinstance(value, str):
        text = _text(source, key, label, path, value)
        return (text,) if text else text
    if isinstance(value, list):
        texts = _list(source, key, label, path, value)
        return "" if not value and key.takes == "one or several" else texts
    if isinstance(value, dict):
        return _conditions(source, label, path, value)
    if isinstance(value, str):
        return _text(source, key, label, path, value)
    if isinstance(value, int | float) and not key.least <= value <= key.most:
        wrong = DEF_007.fill(
            "range", table=label, key=name, value=value, least=key.least, most=key.most
        )
        source.fault(path, wrong)
        return None
    return value


def _text(source: Source, key: Key, label: str, path: Path, value: str) -> str | None:
    name = str(path[-1])
    text = value if key.takes == "raw" else canon_text(value)
    if key.takes == "line":
        text = " ".join(text.split())
    if not text:
        return ""
    if key.allowed and text not in key.allowed:
        use = suggest(text, key.allowed)
        wrong = DEF_004.fill(table=label, key=name, value=text, noun=key.noun, use=use)
        source.fault(path, wrong)
        return None
    if key.shape and not re.fullmatch(key.shape[0], text):
        _, noun, advice = key.shape
        wrong = DEF_007.fill("form", table=label, key=name, value=text, noun=noun, advice=advice)
        source.fault(path, wrong)
        return None
    return text


def _list(
    source: Source, key: Key, label: str, path: Path, value: list[object]
) -> tuple[str, ...] | None:
    name = str(path[-1])
    texts: list[str] = []
    faults = len(source.faults)
    for number, part in enumerate(value):
        if not isinstance(part, str):
            kind, form = KINDS[type(part).__name__], FORMS[key.takes]
            wrong = DEF_005.fill("element", table=label, key=name, kind=kind, form=form)
            source.fault((*path, number), wrong)
        elif part and (key.takes == "raw list" or canon_text(part).strip()):
            texts.append(part if key.takes == "raw list" else canon_text(part).strip())
        else:
            source.fault((*path, number), DEF_003.fill("empty", table=label, key=name))
    if key.shape or key.allowed:
        checked = [_text(source, key, label, path, text) for text in texts]
        texts = [text for text in checked if text]
    return tuple(texts) if len(source.faults) == faults else None


def _conditions(
    source: Source, label: str, path: Path, value: Mapping[str, object]
) -> tuple[Condition, ...] | None:
    found = [(about, part, condition_of(about, part)) for about, part in value.items()]
    for about, part, condition in found:
        if condition is None:
            kind, form = KINDS[type(part).__name__], FORMS["conditions"]
            key = f"{path[-1]}.{about}"
            wrong = DEF_005.fill("value", table=label, key=key, kind=kind, form=form)
            source.fault((*path, about), wrong)
    whole = [condition for _, _, condition in found if condition is not None]
    return tuple(whole) if len(whole) == len(found) else None
