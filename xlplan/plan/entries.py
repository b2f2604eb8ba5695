"""Reading the tables of `plan.toml`: the value of every key, and every fault with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from xlplan.errors import Problem
from xlplan.plan.tables import TABLES, Key, Table
from xlplan.plan.text import canon_text
from xlplan.plan.toml_places import Path, line_of

_KINDS = {
    bool: "true or false", int: "a whole number", float: "a number", str: "text", list: "a list",
    dict: "a table", date: "a date",
}  # fmt: skip
_WANTED = {
    "line": 'text in quotes, such as "…"',
    "text": 'text in quotes, such as "…"',
    "raw": 'text in quotes, such as "…"',
    "list": 'a list of texts, such as ["…", "…"]',
    "raw list": 'a list of texts, such as ["…", "…"]',
    "flag": "true or false, without quotes",
    "whole": "a whole number, without quotes",
    "number": "a number, without quotes",
    "day": "a date without quotes, such as 2026-01-05",
}
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "line": str, "text": str, "raw": str, "list": list, "raw list": list,
    "flag": bool, "whole": int, "number": (int, float), "day": date,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
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


@dataclass(slots=True)
class Source:
    """A plan definition being read: where each key stands, and the faults found so far."""

    where: str
    places: Mapping[Path, int]
    faults: list[Problem] = field(default_factory=list)

    def fault(self, code: str, path: Path, message: str) -> None:
        """Note a fault at the line of `path`."""
        self.faults.append(Problem(code, f"{self.where}:{line_of(self.places, path)}", message))


def read_table(source: Source, name: str, raw: Mapping[str, object]) -> tuple[Entry, ...]:
    """The entries of one table: none or one, or any number where it is written ``[[name]]``."""
    table = TABLES[name]
    found = raw.get(name, [] if table.many else None)
    if table.many:
        if not isinstance(found, list) or not all(isinstance(part, dict) for part in found):
            source.fault(
                "DEF-005", (name,), f"[{name}] is a list. Write [[{name}]] above each {name}."
            )
            return ()
        return tuple(
            _entry(source, table, name, (name, number), part) for number, part in enumerate(found)
        )
    if found is None:
        return ()
    if not isinstance(found, dict):
        source.fault("DEF-005", (name,), f"{name} is a table. Write [{name}] above its keys.")
        return ()
    return (_entry(source, table, name, (name,), found),)


def _entry(source: Source, table: Table, name: str, path: Path, raw: Mapping[str, object]) -> Entry:
    label = f"[{name}]"
    if table.many:
        called = raw.get(table.named_by)
        name_of = " ".join(called.split()) if isinstance(called, str) else ""
        label = f"[[{name}]] {name_of or f'number {int(path[-1]) + 1}'}"
    values: dict[str, object] = {}
    wrong: set[str] = set()
    for key, value in raw.items():
        if key not in table.keys:
            message = f'{label}: "{key}" is not a key of this table. {suggest(key, table.keys)}'
            source.fault("DEF-002", (*path, key), message)
            continue
        read = _value(source, table.keys[key], label, (*path, key), value)
        if read is None:
            wrong.add(key)
        elif read != "":
            values[key] = read
    for key, wanted in table.keys.items():
        if wanted.required and key not in values and key not in wrong:
            source.fault("DEF-003", path, f'{label}: {key} is missing. Add {key} = "…".')
            wrong.add(key)
    return Entry(path, label, values, frozenset(wrong))


def _value(source: Source, key: Key, label: str, path: Path, value: object) -> object:
    """The value of one key, ``""`` for a text left empty, or None where a fault was noted."""
    name = str(path[-1])
    is_flag = isinstance(value, bool)  # which Python counts as a number
    is_time = isinstance(value, datetime)  # which Python counts as a date
    if not isinstance(value, _TYPES[key.takes]) or is_flag != (key.takes == "flag") or is_time:
        kind = _KINDS.get(type(value), "a date or time")
        source.fault("DEF-005", path, f"{label}: {name} is {kind}. Write {_WANTED[key.takes]}.")
        return None
    if isinstance(value, list):
        return _list(source, key, label, path, value)
    if isinstance(value, str):
        return _text(source, key, label, path, value)
    if isinstance(value, int | float) and not key.least <= value <= key.most:
        source.fault(
            "DEF-007",
            path,
            f"{label}: {name} {value} is out of range. "
            f"Use a number from {key.least:g} to {key.most:g}.",
        )
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
        message = f'{label}: {name} "{text}" is not {key.noun}. {suggest(text, key.allowed)}'
        source.fault("DEF-004", path, message)
        return None
    if key.shape and not re.fullmatch(key.shape[0], text):
        _, noun, advice = key.shape
        source.fault("DEF-007", path, f'{label}: {name} "{text}" is not {noun}. {advice}')
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
            kind = _KINDS.get(type(part), "a date or time")
            source.fault(
                "DEF-005",
                (*path, number),
                f"{label}: {name} holds {kind}. Write {_WANTED[key.takes]}.",
            )
        elif part and (key.takes == "raw list" or canon_text(part).strip()):
            texts.append(part if key.takes == "raw list" else canon_text(part).strip())
        else:
            message = f"{label}: {name} holds an empty text. Take it out."
            source.fault("DEF-003", (*path, number), message)
    return tuple(texts) if len(source.faults) == faults else None


def suggest(word: str, known: Iterable[str]) -> str:
    """What to write instead: the nearest known word, if one is near, and all of them."""
    import difflib  # costs a few milliseconds, and only a fault needs it

    words = [name for name in known if name]
    folded = {name.casefold(): name for name in words}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    ask = f'Did you mean "{folded[near[0]]}"? ' if near else ""
    return f"{ask}Use one of: {', '.join(words)}." if words else f"{ask}There are none yet."
