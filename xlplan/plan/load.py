"""`plan.toml` to a `PlanDefinition`: every fault at once, each with its line and its key.

`xlplan.plan.definition_tables` lists what may stand in it, `xlplan.plan.keys` reads that; here
stands what only several keys together can get wrong.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from xlplan.codes.definition_codes import (
    DEF_001,
    DEF_002,
    DEF_003,
    DEF_004,
    DEF_005,
    DEF_006,
    DEF_008,
    DEF_009,
    DEF_010,
    DEF_011,
)
from xlplan.codes.message import Filled, did_you_mean, suggest
from xlplan.errors import XlplanError
from xlplan.language.catalogue import SHIPPED, shipped_code
from xlplan.late import regex
from xlplan.plan.accounted import RowRead, SheetRead
from xlplan.plan.definition import SHOWN_TO_ALL, Field, PlanDefinition, Rating
from xlplan.plan.definition_tables import LEVELS, TABLES
from xlplan.plan.due import DATED
from xlplan.plan.keys import Entry, Source, attribute, read_table
from xlplan.plan.load_rules import (
    Tables,
    check_groups,
    check_needs,
    check_officers,
    check_required,
    check_rollups,
    check_rules,
    no_field,
)
from xlplan.plan.people import Group, Lead, SignOff
from xlplan.plan.settings import (
    BoardWords,
    CompositeSettings,
    Count,
    HouseStyle,
    IssueSettings,
    MasterSettings,
    PostSettings,
    Rollup,
    Rule,
    SectionWords,
    check_letters,
)
from xlplan.plan.text import fold
from xlplan.plan.toml_places import Path
from xlplan.plan.types import TYPES

NEEDS: Mapping[str, str] = {"lead": "people", "accountable": "people", "rating": "rating"}
"""The type that a role needs: in a column of another, nothing would count."""
_TABLE = regex(r"\[\s*(\w+)\s*\]")
_CURLY = regex(r"[\w.-]+\s*=\s*\[?\s*[“”„‘’]")
_AT_LINE = regex(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def load_definition(
    text: str, where: str = "plan.toml", *, recorded: bool = False
) -> PlanDefinition:
    """The plan definition that `text` (TOML) says.

    Of a text that a ledger has `recorded`, no role is asked for its type: it was valid then.
    `where` names the file in messages. Raises `XlplanError` with every fault found, in the order
    of their lines: codes DEF-001 to DEF-011 and DEF-086.
    """
    raw, source = _parse(text.removeprefix("\ufeff"), where)
    tables: Tables = {name: read_table(source, table, raw) for name, table in TABLES.items()}
    levels = _levels(source, raw.get("checks", {}))
    for name in raw:
        if name not in TABLES and name != "checks":
            use = suggest(name, (*TABLES, "checks"))
            source.fault((name,), DEF_002.fill("table", name=name, use=use))
    if "plan" not in raw:
        source.fault((), DEF_003.fill("plan"))
    _check_plan(source, tables)
    _check_fields(source, tables)
    if not recorded:
        _check_types(source, tables["field"])
    _check_ratings(source, tables["rating"])
    _check_unique(source, _ids(tables["rule"], "id"))
    _check_unique(source, _ids(tables["count"], "by"))
    _check_unique(source, _ids(tables["section"], "name"))
    _check_unique(source, _ids(tables["group"], "name"))
    _check_unique(source, _ids(tables["sheet"], "name"))
    _check_unique(source, _ids(tables["sign_off"], "role"))
    _check_unique(source, _rows(tables["row"]))
    _check_unique(source, _lead_names(tables["lead"]))
    _check_successors(source, tables["lead"])
    check_groups(source, tables)
    _check_named_fields(source, tables)
    check_needs(source, tables)
    check_required(source, tables)
    check_rules(source, tables)
    check_rollups(source, tables)
    check_officers(source, tables)
    check_letters(source, tables["post"])
    if source.faults:
        raise XlplanError(sorted(source.faults, key=lambda found: _line(found.where)))
    return _build(tables, levels)


def load_recorded(text: str, load: Callable[[str], PlanDefinition]) -> PlanDefinition:
    """The plan definition of a text that a ledger holds: by `load`, which asks for all that is
    asked today, and else as it was valid when it was recorded."""
    try:
        return load(text)
    except XlplanError:
        return load_definition(text, recorded=True)


def _line(where: str) -> int:
    return int(where.rpartition(":")[2])


def _parse(text: str, where: str) -> tuple[dict[str, Any], Source]:
    try:
        return tomllib.loads(text), Source(where, text)
    except RecursionError:
        raise DEF_001.fault(f"{where}:1", "nested") from None
    except ValueError as error:
        reason = str(error)
        place = _AT_LINE.search(reason)
        line = int(place[1]) if place and place[1] else text.count("\n") + 1 if place else 1
        raise _not_toml(f"{where}:{line}", text, line, _AT_LINE.sub("", reason)) from None


def _not_toml(where: str, text: str, number: int, reason: str) -> XlplanError:
    """What is wrong with a line that cannot be read, with the line as far as a person needs it."""
    lines = text.split("\n")
    line = lines[number - 1].strip() if number <= len(lines) else ""
    shown = line if len(line) <= 60 else f"{line[:59]}…"
    table = _TABLE.match(line)
    if not line:
        return DEF_001.fault(where, reason=reason)
    if _CURLY.match(line):
        return DEF_001.fault(where, "curly", line=shown)
    if table and "twice" in reason:
        return DEF_001.fault(where, "twice", line=shown, name=table[1])
    return DEF_001.fault(where, "line", line=shown, reason=reason)


def _levels(source: Source, raw: object) -> dict[str, str]:
    if not isinstance(raw, dict):
        source.fault(("checks",), DEF_005.fill("checks"))
        return {}
    if not raw:
        return {}
    from xlplan.plan.checks.checklist import LINTS  # costs as much as all else that is read here

    known = [lint.message.code for lint in LINTS]
    for code, level in raw.items():
        if code not in known:
            use = suggest(code, known)
            source.fault(("checks", code), DEF_002.fill("check", name=code, use=use))
        elif level not in LEVELS:
            use = suggest(str(level), LEVELS)
            wrong = DEF_004.fill("level", name=code, value=str(level), use=use)
            source.fault(("checks", code), wrong)
    return {str(code): str(level) for code, level in raw.items()}


def _check_plan(source: Source, tables: Tables) -> None:
    for plan in tables["plan"]:
        name = plan.text("timezone")
        if name and not _timezone_exists(name):
            wrong = DEF_008.fill(timezone=name, hint=_near_timezone(name))
            source.fault((*plan.path, "timezone"), wrong)
        several = plan.texts("language")
        for number, name in enumerate(several if len(several) > 1 else ()):
            if not shipped_code(name):
                noun, use = "a language of letters", suggest(name, SHIPPED)
                wrong = DEF_004.fill(
                    table=plan.label, key="language", value=name, noun=noun, use=use
                )
                source.fault((*plan.path, "language", number), wrong)


def _timezone_exists(name: str) -> bool:
    import zoneinfo  # costs as much as the rest of a small plan definition

    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a name; a folder of names
        return False
    return True


def _near_timezone(name: str) -> str:
    import zoneinfo

    return did_you_mean(name, sorted(zoneinfo.available_timezones()))


def _check_fields(source: Source, tables: Tables) -> None:
    fields = tables["field"]
    _check_unique(source, _ids(fields, "id", within="of", otherwise="action"))
    scales = {rating.text("scale") for rating in tables["rating"]}
    for item in fields:
        kind = item.text("type", "text")
        scale = item.text("scale")
        if kind == "choice" and not item.texts("choices") and "choices" not in item.wrong:
            source.fault(item.path, DEF_003.fill("choices", table=item.label))
        if kind == "boolean" and len(item.texts("choices")) not in (0, 2):
            source.fault((*item.path, "choices"), DEF_011.fill("boolean", table=item.label))
        if kind == "rating" and scale not in scales and "scale" not in item.wrong:
            path = (*item.path, "scale") if scale else item.path
            source.fault(path, _no_scale(item.label, scale, scales))
        if item.text("mode") == "append" and kind != "narrative" and "type" not in item.wrong:
            wrong = DEF_011.fill("append", table=item.label, type=kind)
            source.fault((*item.path, "mode"), wrong)
        role = item.text("role", "text")
        if item.values.get("private") and role in SHOWN_TO_ALL and "role" not in item.wrong:
            wrong = DEF_011.fill("private", table=item.label, role=role)
            source.fault((*item.path, "private"), wrong)
        if item.text("change") == "request" and (
            (role not in DATED and "role" not in item.wrong)
            or (item.text("owner", "coordinator") != "lead" and "owner" not in item.wrong)
        ):
            source.fault((*item.path, "change"), DEF_011.fill("request", table=item.label))
    if not any({"role", "of"} & item.wrong for item in fields):
        _check_roles(source, fields)


def _check_types(source: Source, fields: Iterable[Entry]) -> None:
    """A column has a type in which its role counts for something."""
    for item in fields:
        role, kind = item.text("role", "text"), item.text("type", "text")
        needs = NEEDS.get(role, kind)
        if kind != needs and not {"role", "type"} & item.wrong:
            holds = TYPES[needs].about
            wrong = DEF_011.fill(
                "role", table=item.label, role=role, holds=holds, kind=kind, type=needs
            )
            source.fault((*item.path, "role"), wrong)


def _no_scale(label: str, scale: str, scales: Iterable[str]) -> Filled:
    if scale:
        use = suggest(scale, sorted(scales))
        return DEF_010.fill("scale", table=label, name=scale, use=use)
    return DEF_010.fill("no-scale", table=label)


def _check_roles(source: Source, fields: Iterable[Entry]) -> None:
    """One key and one action among the fields of actions; one key for recommendations, if any."""
    by_kind: dict[str, list[Entry]] = {"action": []}
    for item in fields:
        by_kind.setdefault(item.text("of", "action"), []).append(item)
    for kind, items in by_kind.items():
        for role in ("key", "action") if kind == "action" else ("key",):
            having = [item for item in items if item.text("role", "text") == role]
            if not having:
                wrong = (
                    DEF_009.fill("key", kind=kind)
                    if role == "key"
                    else DEF_009.fill("action", kind=kind)
                )
                source.fault(("field",), wrong)
            for item in having[1:]:
                other = having[0].text("id")
                wrong = DEF_009.fill("twice", table=item.label, other=other, role=role)
                source.fault((*item.path, "role"), wrong)


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


def _check_successors(source: Source, leads: Sequence[Entry]) -> None:
    """Whoever takes over is in the list, and nobody hands over in a circle."""
    known = {fold(name): lead for lead, _, name, _ in _lead_names(leads)}
    for lead in leads:
        passed, now = {lead.label}, lead
        while name := now.text("successor"):
            after = known.get(fold(name))
            if after is None:
                if now is lead:
                    use = suggest(name, [each.text("name") for each in leads if each is not lead])
                    wrong = DEF_010.fill("lead", table=lead.label, name=name, use=use)
                    source.fault((*lead.path, "successor"), wrong)
                break
            if after.label in passed:
                own = lead.text("successor")
                wrong = DEF_011.fill("circle", table=lead.label, name=own)
                source.fault((*lead.path, "successor"), wrong)
                break
            passed.add(after.label)
            now = after


def _ids(
    entries: Iterable[Entry], key: str, *, within: str = "", otherwise: str = ""
) -> list[tuple[Entry, str, str, str]]:
    return [
        (entry, key, entry.text(key), entry.text(within, otherwise))
        for entry in entries
        if entry.text(key)
    ]


def _rows(entries: Iterable[Entry]) -> list[tuple[Entry, str, str, str]]:
    """The rows of a spreadsheet that are spoken of, each by its number on its sheet."""
    numbered = ((entry, entry.values.get("row")) for entry in entries)
    return [(e, "row", str(row), e.text("sheet")) for e, row in numbered if row is not None]


def _check_unique(source: Source, named: Iterable[tuple[Entry, str, str, str]]) -> None:
    """No two entries share a name: (entry, key, name, the group within which it is unique)."""
    used: dict[tuple[str, str], Entry] = {}
    for entry, key, name, group in named:
        other = used.setdefault((group, fold(name)), entry)
        if other is not entry:
            wrong = DEF_006.fill("name", table=entry.label, key=key, name=name, other=other.label)
            source.fault((*entry.path, key), wrong)


def _check_named_fields(source: Source, tables: Tables) -> None:
    """`[issue]`, `[composite]` and `[[count]]` name fields of actions that exist."""
    known = [item.text("id") for item in tables["field"] if item.text("of", "action") == "action"]
    for entry in (*tables["issue"], *tables["composite"], *tables["count"]):
        named: list[tuple[Path, str]] = [
            ((*entry.path, "fields", number), name)
            for number, name in enumerate(entry.texts("fields"))
        ]
        one = "by" if entry in tables["count"] else "group_by"
        named += [((*entry.path, one), name)] if (name := entry.text(one)) else []
        for path, name in named:
            if name not in known:
                key = next(str(part) for part in path[1:] if isinstance(part, str))
                source.fault(path, no_field(entry, key, name, known))


def _build(tables: Tables, levels: Mapping[str, str]) -> PlanDefinition:
    one: dict[str, dict[str, Any]] = {
        name: dict(tables[name][0].values) if tables[name] else {}
        for name in ("plan", "board", "master", "issue", "post", "composite", "style", "people")
    }
    return PlanDefinition(
        fields=tuple(Field(**_keys(entry)) for entry in tables["field"]),
        ratings=tuple(
            Rating(**{"order": number, **_keys(entry)})
            for number, entry in enumerate(tables["rating"], 1)
        ),
        leads=tuple(Lead(**_keys(entry)) for entry in tables["lead"]),
        groups=tuple(Group(**_keys(entry)) for entry in tables["group"]),
        sign_offs=tuple(
            SignOff(**{"order": number, **_keys(entry)})
            for number, entry in enumerate(tables["sign_off"], 1)
        ),
        sheets=tuple(SheetRead(**_keys(entry)) for entry in tables["sheet"]),
        rows=tuple(RowRead(**_keys(entry)) for entry in tables["row"]),
        rules=tuple(Rule(**_keys(entry)) for entry in tables["rule"]),
        rollups=tuple(Rollup(**_keys(entry)) for entry in tables["rollup"]),
        counts=tuple(Count(**_keys(entry)) for entry in tables["count"]),
        board=BoardWords(**one["board"]),
        sections=tuple(SectionWords(**_keys(entry)) for entry in tables["section"]),
        master=MasterSettings(**one["master"]),
        issue=IssueSettings(**one["issue"]),
        post=PostSettings(**{attribute(name): value for name, value in one["post"].items()}),
        composite=CompositeSettings(**one["composite"]),
        style=HouseStyle(**one["style"]),
        checks=levels,
        **one["plan"],
        **one["people"],
    )


def _keys(entry: Entry) -> dict[str, Any]:
    return dict(entry.values)
