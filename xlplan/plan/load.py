"""`plan.toml` to a `PlanDefinition`: every fault at once, each with its line and its key.

`xlplan.plan.tables` says what may stand in it, `xlplan.plan.entries` reads that; here stands what
only several keys together can get wrong.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from xlplan.errors import XlplanError, fault
from xlplan.plan.definition import (
    SHOWN_TO_ALL,
    CompositeSettings,
    Field,
    HouseStyle,
    IssueSettings,
    Lead,
    PlanDefinition,
    Rating,
    Rollup,
    Rule,
)
from xlplan.plan.entries import Entry, Source, read_table, suggest
from xlplan.plan.load_rules import check_rollups, check_rules
from xlplan.plan.tables import LEVELS, TABLES
from xlplan.plan.text import fold
from xlplan.plan.toml_places import Path, find_places

Tables = Mapping[str, tuple[Entry, ...]]
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def load_definition(text: str, where: str = "plan.toml") -> PlanDefinition:
    """The plan definition that `text` (TOML) says.

    `where` names the file in messages. Raises `XlplanError` with every fault found, in the order
    of their lines: codes DEF-001 to DEF-011.
    """
    raw, source = _parse(text.removeprefix("\ufeff"), where)
    tables: Tables = {name: read_table(source, name, raw) for name in TABLES}
    levels = _levels(source, raw.get("checks", {}))
    for name in raw:
        if name not in TABLES and name != "checks":
            known = (*TABLES, "checks")
            message = f'"{name}" is not a table of a plan definition. {suggest(name, known)}'
            source.fault("DEF-002", (name,), message)
    if "plan" not in raw:
        message = "The table [plan] is missing. Add [plan] with an id and a title."
        source.fault("DEF-003", (), message)
    _check_plan(source, tables)
    _check_fields(source, tables)
    _check_ratings(source, tables["rating"])
    _check_unique(source, _ids(tables["rule"], "id"))
    _check_unique(source, _lead_names(tables["lead"]))
    _check_named_fields(source, tables)
    check_rules(source, tables)
    check_rollups(source, tables)
    if source.faults:
        raise XlplanError(sorted(source.faults, key=lambda found: _line(found.where)))
    return _build(tables, levels)


def _line(where: str) -> int:
    return int(where.rpartition(":")[2])


def _parse(text: str, where: str) -> tuple[dict[str, Any], Source]:
    try:
        return tomllib.loads(text), Source(where, find_places(text))
    except RecursionError:
        message = "Brackets are nested too deeply. A plan definition needs two levels at most."
        raise fault("DEF-001", f"{where}:1", message) from None
    except ValueError as error:
        said = str(error)
        place = _AT_LINE.search(said)
        line = int(place[1]) if place and place[1] else text.count("\n") + 1 if place else 1
        said = _AT_LINE.sub("", said)
        message = f"This is not valid TOML: {said}. Check quotes, brackets and equals signs here."
        raise fault("DEF-001", f"{where}:{line}", message) from None


def _levels(source: Source, raw: object) -> dict[str, str]:
    if not isinstance(raw, dict):
        message = 'checks is a table. Write [checks] and below it lines such as CHK-003 = "off".'
        source.fault("DEF-005", ("checks",), message)
        return {}
    if not raw:
        return {}
    from xlplan.plan.checks.checklist import LINTS  # costs as much as all else that is read here

    known = [lint.message.code for lint in LINTS]
    for code, level in raw.items():
        if code not in known:
            message = f'[checks]: "{code}" is not the code of a check. {suggest(code, known)}'
            source.fault("DEF-002", ("checks", code), message)
        elif level not in LEVELS:
            message = f'[checks]: {code} "{level}" is not a level. {suggest(str(level), LEVELS)}'
            source.fault("DEF-004", ("checks", code), message)
    return {str(code): str(level) for code, level in raw.items()}


def _check_plan(source: Source, tables: Tables) -> None:
    for plan in tables["plan"]:
        name = plan.text("timezone")
        if name and not _timezone_exists(name):
            message = f'[plan]: timezone "{name}" is not known. {_near_timezone(name)}'
            source.fault("DEF-008", (*plan.path, "timezone"), message)


def _timezone_exists(name: str) -> bool:
    import zoneinfo  # costs as much as the rest of a small plan definition

    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a name; a folder of names
        return False
    return True


def _near_timezone(name: str) -> str:
    import zoneinfo

    asked, _, _ = suggest(name, sorted(zoneinfo.available_timezones())).partition("Use one of")
    return f'{asked}Write it like "Europe/London".'


def _check_fields(source: Source, tables: Tables) -> None:
    fields = tables["field"]
    _check_unique(source, _ids(fields, "id", within="of", otherwise="action"))
    scales = {rating.text("scale") for rating in tables["rating"]}
    for item in fields:
        kind = item.text("type", "text")
        scale = item.text("scale")
        if kind == "choice" and not item.texts("choices") and "choices" not in item.wrong:
            message = f'{item.label}: choices is missing. Add choices = ["…", "…"].'
            source.fault("DEF-003", item.path, message)
        if kind == "rating" and scale not in scales and "scale" not in item.wrong:
            path = (*item.path, "scale") if scale else item.path
            source.fault("DEF-010", path, f"{item.label}: {_no_scale(scale, scales)}")
        if item.text("mode") == "append" and kind != "narrative" and "type" not in item.wrong:
            message = (
                f'{item.label}: mode "append" is for narratives, and this is a {kind}. '
                'Write type = "narrative", or take the mode out.'
            )
            source.fault("DEF-011", (*item.path, "mode"), message)
        role = item.text("role", "text")
        if item.values.get("private") and role in SHOWN_TO_ALL and "role" not in item.wrong:
            message = (
                f'{item.label}: a field with role "{role}" cannot be private: every template and '
                "the board show it. Take private out, or give another field that role."
            )
            source.fault("DEF-011", (*item.path, "private"), message)
    if not any({"role", "of"} & item.wrong for item in fields):
        _check_roles(source, fields)


def _no_scale(scale: str, scales: Iterable[str]) -> str:
    if scale:
        return f'no [[rating]] has scale "{scale}". {suggest(scale, sorted(scales))}'
    return (
        "a rating needs a scale, and no [[rating]] is there for it. Add [[rating]] tables, "
        "or name the scale of some with scale."
    )


def _check_roles(source: Source, fields: Iterable[Entry]) -> None:
    """One key and one action among the fields of actions; one key for recommendations, if any."""
    by_kind: dict[str, list[Entry]] = {"action": []}
    for item in fields:
        by_kind.setdefault(item.text("of", "action"), []).append(item)
    for kind, items in by_kind.items():
        for role in ("key", "action") if kind == "action" else ("key",):
            having = [item for item in items if item.text("role", "text") == role]
            if not having:
                message = (
                    f'No [[field]] of {kind}s has role "{role}". Give the field that holds '
                    f"{'the ref' if role == 'key' else 'what is to be done'} that role."
                )
                source.fault("DEF-009", ("field",), message)
            for item in having[1:]:
                message = (
                    f'{item.label}: "{having[0].text("id")}" has role "{role}" already. '
                    "Only one field may have it: give this one another role."
                )
                source.fault("DEF-009", (*item.path, "role"), message)


def _check_ratings(source: Source, ratings: tuple[Entry, ...]) -> None:
    """Within one scale a text may mean one rating only."""
    named = []
    for rating in ratings:
        for key, names in (
            ("code", (rating.text("code"),)),
            ("label", (rating.text("label"),)),
            ("aliases", rating.texts("aliases")),
        ):
            named += [(rating, key, name, rating.text("scale")) for name in names if name]
    _check_unique(source, named)


def _lead_names(leads: Iterable[Entry]) -> list[tuple[Entry, str, str, str]]:
    found = []
    for lead in leads:
        names = [("name", lead.text("name")), *(("aliases", one) for one in lead.texts("aliases"))]
        found += [(lead, key, name, "") for key, name in names if name]
    return found


def _ids(
    entries: Iterable[Entry], key: str, *, within: str = "", otherwise: str = ""
) -> list[tuple[Entry, str, str, str]]:
    return [
        (entry, key, entry.text(key), entry.text(within, otherwise))
        for entry in entries
        if entry.text(key)
    ]


def _check_unique(source: Source, named: Iterable[tuple[Entry, str, str, str]]) -> None:
    """No two entries share a name: (entry, key, name, the group within which it is unique)."""
    taken: dict[tuple[str, str], Entry] = {}
    for entry, key, name, group in named:
        other = taken.setdefault((group, fold(name)), entry)
        if other is not entry:
            message = f'{entry.label}: {key} "{name}" is taken by {other.label}. Use another.'
            source.fault("DEF-006", (*entry.path, key), message)


def _check_named_fields(source: Source, tables: Tables) -> None:
    """`[issue]` and `[composite]` name fields of actions that exist."""
    known = [item.text("id") for item in tables["field"] if item.text("of", "action") == "action"]
    for entry in (*tables["issue"], *tables["composite"]):
        named: list[tuple[Path, str]] = [
            ((*entry.path, "fields", number), name)
            for number, name in enumerate(entry.texts("fields"))
        ]
        if group := entry.text("group_by"):
            named.append(((*entry.path, "group_by"), group))
        for path, name in named:
            if name not in known:
                message = f'{entry.label}: {path[1]} "{name}" is not the id of a field of actions.'
                source.fault("DEF-010", path, f"{message} {suggest(name, known)}")


def _build(tables: Tables, levels: Mapping[str, str]) -> PlanDefinition:
    one: dict[str, dict[str, Any]] = {
        name: dict(tables[name][0].values) if tables[name] else {}
        for name in ("plan", "issue", "composite", "style", "people")
    }
    return PlanDefinition(
        fields=tuple(Field(**_keys(entry)) for entry in tables["field"]),
        ratings=tuple(
            Rating(**{"order": number, **_keys(entry)})
            for number, entry in enumerate(tables["rating"], 1)
        ),
        leads=tuple(Lead(**_keys(entry)) for entry in tables["lead"]),
        rules=tuple(Rule(**_keys(entry)) for entry in tables["rule"]),
        rollups=tuple(Rollup(**_keys(entry)) for entry in tables["rollup"]),
        issue=IssueSettings(**one["issue"]),
        composite=CompositeSettings(**one["composite"]),
        style=HouseStyle(**one["style"]),
        checks=levels,
        **one["plan"],
        **one["people"],
    )


def _keys(entry: Entry) -> dict[str, Any]:
    return dict(entry.values)
