"""One edit of the set-up workbook, made in the text of `plan.toml` and nowhere else in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

from msgspec import Struct

from xlplan.codes.definition_codes import DEF_012, DEF_013
from xlplan.codes.message import suggest
from xlplan.plan.definition_tables import TABLES
from xlplan.plan.guesses import (
    NAMED_BY,
    SAME_AS,
    Guess,
    Names,
    changes_for,
    choices_of,
    guesses_of,
    id_for,
    key_asked,
    names_of,
    settle,
)
from xlplan.plan.load import load_definition
from xlplan.plan.propose import TYPE_BY_ROLE, free_id
from xlplan.plan.set_up import Entry, read
from xlplan.plan.set_up_sheets import LISTED, NOT_TAKEN, TAKEN_AS, TAKES
from xlplan.plan.text import fold
from xlplan.plan.toml_places import Path
from xlplan.plan.values import Invalid
from xlplan.plan.write import add_entry, remove_entry, set_key


class Edit(Struct, frozen=True):
    """What one row changes: some keys of an entry (None: removed), or an entry more. `same_as` is
    the name of the lead whom this one turned out to be; `removes` takes the entry out."""

    entry: Entry
    values: Mapping[str, object]
    same_as: str = ""
    removes: bool = False


def apply(text: str, edit: Edit) -> str:
    """`text` (that of `plan.toml`) with one edit made in it; XlplanError where its entry, or the
    lead that it names, is not there."""
    entry = edit.entry
    if entry.table == "guess":
        return _answered(text, entry, edit.values["answer"])
    if entry.table == "kept_back":
        return _let_out(text, entry.names[0]) if edit.values["out"] else text
    if entry.table == "own_column":
        return _taken(text, entry, edit.values["take"] or NOT_TAKEN)
    listed = {key: value for key, value in edit.values.items() if key in LISTED}
    values = {key: value for key, value in edit.values.items() if key not in LISTED}
    if entry.blank:
        usual = TYPE_BY_ROLE.get(str(values.get("role")))
        if entry.table == "field" and usual:
            values = {"type": usual, **values}
        text = add_entry(text, entry.table, values)
        return _listed(text, (str(values.get("of", "action")), str(values.get("id"))), listed)
    if entry.table in ("sheet", "row"):
        return _about_source(text, entry, values)
    path = _path_of(text, entry)
    if edit.same_as:
        return _joined(text, path, edit.same_as)
    if edit.removes:
        return remove_entry(_unlisted(text, entry), entry.table, int(path[1]))
    if entry.table == "lead" and values.get("name"):
        values = {"aliases": _with_name(text, path, str(values["name"])), **values}
    for key, value in values.items():
        text = set_key(text, (*path, key), value)
    return _listed(text, entry.names, listed)


def _answered(text: str, entry: Entry, answer: object) -> str:
    """A guess settled, and what its answer changes; open again where the answer was cleared."""
    table, *names, said = entry.names
    guess = Guess(said, table, tuple(names))
    if all((g.text, g.table, g.names) != (said, table, guess.names) for g in guesses_of(text)):
        raise DEF_012.fault("", "guess")
    if not answer:
        return settle(text, guess, "")
    definition = load_definition(text)
    key = key_asked(guess)
    value = read("plan", key, str(answer), definition) if key else None
    choices = [choice.label for choice in choices_of(guess, definition)]
    changes = changes_for(guess, str(answer), value, definition)
    other = fold(str(answer)) not in map(fold, choices)
    if changes is None or (other and key and TABLES["plan"].keys[key].allowed):
        raise DEF_013.fault("", answer=str(answer), choices=choices)
    if other and isinstance(value, Invalid):
        raise DEF_013.fault("", "value", answer=str(answer), wrong=value.message, choices=choices)
    text = settle(text, guess, str(answer))
    for change in changes:
        values = {name: each for name, each in change.values.items() if name != SAME_AS}
        same_as = str(change.values.get(SAME_AS, ""))
        single = next(iter(values), "") if change.table == "plan" else ""
        blank = 0 if change.names or single else 1
        text = apply(text, Edit(Entry(change.table, change.names, single, blank), values, same_as))
    return text


def _let_out(text: str, kept: str) -> str:
    """A text that was kept back, among the notes that the board sees."""
    plan = tomllib.loads(text)["plan"]
    notes = plan.get("notes", ())
    if kept in notes:
        return text
    if kept not in plan.get("kept_back", ()):
        raise DEF_012.fault("", "gone", table="kept_back", name=kept)
    left = tuple(each for each in plan["kept_back"] if each != kept)
    text = set_key(text, ("plan", "notes"), (*notes, kept))
    return set_key(text, ("plan", "kept_back"), left or None)


def _taken(text: str, entry: Entry, answer: object) -> str:
    """A column of the coordinator's own among those of the plan, where nobody else reads it yet."""
    kind, heading = entry.names
    if answer not in TAKES:
        raise DEF_013.fault("", answer=str(answer), choices=TAKES)
    if answer == NOT_TAKEN:
        return text
    used = {item["id"] for item in tomllib.loads(text)["field"]}
    of = {} if kind == "action" else {"of": kind}
    return add_entry(text, "field", {
        "id": free_id(id_for(heading), used), "heading": heading,
        "type": TAKEN_AS.get(str(answer), entry.values["type"]), **of, "private": True,
    })  # fmt: skip


def _about_source(text: str, entry: Entry, values: Mapping[str, object]) -> str:
    """What is said of a sheet or a row of the spreadsheet, or nothing any more."""
    keys = NAMED_BY[entry.table]
    named = {key: int(n) if key == "row" else n for key, n in zip(keys, entry.names, strict=True)}
    words = {"words": entry.values["words"]} if entry.values.get("words") else {}
    found = tomllib.loads(text).get(entry.table, ())
    at = next((n for n, e in enumerate(found) if names_of(entry.table, e) == entry.names), -1)
    (value,) = values.values()
    if value is None:
        return remove_entry(text, entry.table, at) if at >= 0 else text
    if at < 0:
        return add_entry(text, entry.table, {**named, **values, **words})
    for key, each in {**values, **words}.items():
        text = set_key(text, (entry.table, at, key), each)
    return text


def _listed(text: str, names: Names, answers: Mapping[str, object]) -> str:
    """The lists of columns that are sent, and that the board sees, with or without one of them."""
    if not answers:
        return text
    kind, name = names
    if kind != "action":
        raise DEF_012.fault("", "kind", name=name)
    raw = tomllib.loads(text)
    every = [item["id"] for item in raw["field"] if item.get("of", "action") == "action"]
    for column, yes in answers.items():
        path = (LISTED[column][0], "fields")
        if yes and not raw.get(path[0], {}).get("fields"):
            continue  # without a list every column is shown
        others = [each for each in raw.get(path[0], {}).get("fields") or every if each != name]
        if not others:
            raise DEF_012.fault("", "last")
        text = set_key(text, path, (*others, name) if yes else tuple(others))
    return text


def _unlisted(text: str, entry: Entry) -> str:
    """The lists of columns without a column that is to go."""
    raw = tomllib.loads(text)
    named = [c for c, (table, _) in LISTED.items()
             if entry.names[-1] in raw.get(table, {}).get("fields", ())]  # fmt: skip
    if entry.table != "field" or entry.names[0] != "action":
        return text
    return _listed(text, entry.names, dict.fromkeys(named, False))


def _path_of(text: str, entry: Entry) -> Path:
    """Where the table of an entry stands in a text."""
    if entry.key:
        return (entry.table,)
    for number, item in enumerate(tomllib.loads(text).get(entry.table, ())):
        if names_of(entry.table, item) == entry.names:
            return (entry.table, number)
    raise DEF_012.fault("", "gone", table=entry.table, name=entry.names[-1])


def _with_name(text: str, path: Path, name: str) -> tuple[str, ...] | None:
    """The aliases of a lead who gets a name: the one that stands in the plan becomes one."""
    lead = tomllib.loads(text)["lead"][path[1]]
    names = [*lead.get("aliases", ()), lead["name"]]
    return tuple(dict.fromkeys(each for each in names if fold(each) != fold(name))) or None


def _joined(text: str, path: Path, other: str) -> str:
    """One lead in the place of two: the spellings of the one become aliases of the other."""
    leads = tomllib.loads(text)["lead"]
    at = int(path[1])
    known = [number for number, lead in enumerate(leads) if fold(lead["name"]) == fold(other)]
    if not known or known[0] == at:
        names = [lead["name"] for number, lead in enumerate(leads) if number != at]
        raise DEF_012.fault("", "lead", name=other, use=suggest(other, names))
    gone, kept = leads[at], leads[known[0]]
    names = [*kept.get("aliases", ()), gone["name"], *gone.get("aliases", ())]
    text = set_key(text, ("lead", known[0], "aliases"), tuple(dict.fromkeys(names)))
    return remove_entry(text, "lead", at)
