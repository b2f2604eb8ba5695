"""What only several keys together can get wrong in ``[[rule]]`` and ``[[rollup]]``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xlplan.plan.entries import Entry, Source, suggest

Tables = Mapping[str, tuple[Entry, ...]]

CONDITIONS: Mapping[str, tuple[str, ...]] = {
    "percent_up_to": ("percent",),
    "percent_below": ("percent",),
    "percent_above": ("percent",),
    "overdue_days": ("due",),
    "progress_says": ("progress",),
    "target": ("target", "actual"),
}
"""Each condition of a rule, with the roles that fields of actions must have for it."""


def check_rules(source: Source, tables: Tables) -> None:
    """Rules have a condition, look at fields that are there, and name ratings of the scale."""
    roles = {item.text("role", "text") for item in _of(tables, "action")}
    rated = next((i for i in _of(tables, "action") if i.text("role") == "rating"), None)
    scale = rated.text("scale") if rated else ""
    codes = [r.text("code") for r in tables["rating"] if rated and r.text("scale") == scale]
    for rule in tables["rule"]:
        given = [key for key in CONDITIONS if key in rule.values]
        if not given and not rule.wrong:
            message = f"{rule.label}: there is no condition. Add one of: {', '.join(CONDITIONS)}."
            source.fault("DEF-003", rule.path, message)
        for key in given:
            for role in CONDITIONS[key]:
                if role not in roles:
                    message = (
                        f"{rule.label}: {key} needs a field of actions with role "
                        f'"{role}", and there is none. Give a field that role.'
                    )
                    source.fault("DEF-009", (*rule.path, key), message)
        for key, code in [("challenge", rule.text("challenge"))] + [
            ("rated", code) for code in rule.texts("rated")
        ]:
            if code and code not in codes:
                message = f'{rule.label}: {key} "{code}" is not the code of a rating of actions.'
                source.fault("DEF-010", (*rule.path, key), f"{message} {suggest(code, codes)}")


def check_rollups(source: Source, tables: Tables) -> None:
    """Roll-ups go to recommendations or to a field of actions, and read a rating that is there."""
    names = [item.text("id") for item in _of(tables, "action")]
    known = list(dict.fromkeys(["recommendation", *names]))
    seen: set[tuple[str, str]] = set()
    for rollup in tables["rollup"]:
        to, rule = rollup.text("to"), rollup.text("rule")
        if to and to not in known:
            message = f'{rollup.label}: to "{to}" is not the id of a field of actions.'
            source.fault("DEF-010", (*rollup.path, "to"), f"{message} {suggest(to, known)}")
        elif to and (to, rule) in seen:
            message = f'{rollup.label}: rule "{rule}" is there twice. Take one out.'
            source.fault("DEF-006", (*rollup.path, "rule"), message)
        elif rule == "worst" and not _ratings(_of(tables, "action")):
            message = f'{rollup.label}: rule "worst" needs a field with role "rating".'
            source.fault("DEF-009", (*rollup.path, "rule"), f"{message} Give one that role.")
        elif rule == "accountable":
            _check_accountable(source, tables, rollup)
        seen.add((to, rule))


def _check_accountable(source: Source, tables: Tables, rollup: Entry) -> None:
    if rollup.text("to") != "recommendation":
        message = (
            f'{rollup.label}: rule "accountable" is for recommendations. '
            'Write to = "recommendation", or another rule.'
        )
        source.fault("DEF-011", (*rollup.path, "rule"), message)
        return
    rated = [i for i in _of(tables, "recommendation") if i.text("type") == "rating"]
    name = rollup.text("field")
    usual = _ratings(rated)
    if name not in [i.text("id") for i in rated] if name else not usual:
        message = (
            f'{rollup.label}: field "{name}" is not a rating of recommendations.'
            if name
            else f'{rollup.label}: no field of recommendations has role "rating".'
        )
        said = suggest(name, [i.text("id") for i in rated])
        code, key = ("DEF-010", "field") if name else ("DEF-009", "rule")
        source.fault(code, (*rollup.path, key), f"{message} {said}")


def _of(tables: Tables, kind: str) -> list[Entry]:
    return [
        item
        for item in tables["field"]
        if item.text("of", "action") == kind and not item.values.get("retired")
    ]


def _ratings(fields: Iterable[Entry]) -> list[Entry]:
    return [i for i in fields if i.text("role") == "rating" and i.text("type") == "rating"]
