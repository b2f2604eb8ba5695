"""What rules, roll-ups and ratings of a plan definition can get wrong together with its columns.

`xlplan.plan.load` reads them and calls these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from xlplan.codes.definition_codes import DEF_003, DEF_006, DEF_009, DEF_010, DEF_011
from xlplan.codes.message import Filled, suggest
from xlplan.plan.keys import Entry, Source
from xlplan.plan.required import CLOSED, MOVED, Condition, is_dated
from xlplan.plan.text import fold
from xlplan.plan.types.money_and_booleans import YES_NO

Tables = Mapping[str, tuple[Entry, ...]]
_CONDITIONS: Mapping[str, tuple[str, ...]] = {
    "percent_up_to": ("percent",),
    "percent_below": ("percent",),
    "percent_above": ("percent",),
    "overdue_days": ("due",),
    "months_behind": ("due",),
    "filled": (),
    "progress_says": ("progress",),
    "target": ("target", "actual"),
}
"""Each condition of a rule, with the roles that fields of actions must have for it."""


def no_field(entry: Entry, key: str, name: str, known: Sequence[str]) -> Filled:
    """That a name is that of no column of actions."""
    use = suggest(name, known)
    return DEF_010.fill("field", table=entry.label, key=key, name=name, use=use)


def check_rules(source: Source, tables: Tables) -> None:
    """Rules have a condition, look at fields that are there, and name ratings of the scale."""
    roles = {item.text("role", "text") for item in _of(tables, "action")}
    rated = next((i for i in _of(tables, "action") if i.text("role") == "rating"), None)
    scale = rated.text("scale") if rated else ""
    codes = [r.text("code") for r in tables["rating"] if rated and r.text("scale") == scale]
    for rule in tables["rule"]:
        used = [key for key in _CONDITIONS if key in rule.values]
        _check_setting(source, rule, rated is not None)
        if not used and not rule.wrong and not rule.values.get("sets"):
            wrong = DEF_003.fill("condition", table=rule.label, conditions=tuple(_CONDITIONS))
            source.fault(rule.path, wrong)
        for key in used:
            for role in _CONDITIONS[key]:
                if role not in roles:
                    wrong = DEF_009.fill("condition", table=rule.label, key=key, role=role)
                    source.fault((*rule.path, key), wrong)
        for key, code in [("challenge", rule.text("challenge"))] + [
            ("rated", code) for code in rule.texts("rated")
        ]:
            if code and code not in codes:
                use = suggest(code, codes)
                wrong = DEF_010.fill("rating", table=rule.label, key=key, name=code, use=use)
                source.fault((*rule.path, key), wrong)


def _check_setting(source: Source, rule: Entry, rated: bool) -> None:
    """A rule that sets the rating is not for some ratings only, and there is a rating to set; the
    columns that are to be filled in are looked at with the others that are named."""
    if not rule.values.get("sets"):
        return
    if not rated:
        source.fault((*rule.path, "sets"), DEF_009.fill("sets", table=rule.label))
    if rule.texts("rated"):
        source.fault((*rule.path, "rated"), DEF_011.fill("sets", table=rule.label))


def check_needs(source: Source, tables: Tables) -> None:
    """The columns that a rating needs are there; so are those that a rule wants filled in."""
    known = [item.text("id") for item in _of(tables, "action")]
    for entry, key in (
        *((rating, "needs") for rating in tables["rating"]),
        *((rule, "filled") for rule in tables["rule"]),
    ):
        for number, name in enumerate(entry.texts(key)):
            if name not in known:
                source.fault((*entry.path, key, number), no_field(entry, key, name, known))


def check_required(source: Source, tables: Tables) -> None:
    """What `required_if` looks at is there, is sent to leads, and can have such a value."""
    fields = {item.text("id"): item for item in _of(tables, "action")}
    sent = [name for issue in tables["issue"] for name in issue.texts("fields")] or list(fields)
    for item in tables["field"]:
        path = (*item.path, "required_if")
        conditions = _conditions(item)
        if conditions and item.text("owner") != "lead":
            source.fault(path, DEF_011.fill("needed-owner", table=item.label))
        for condition in conditions:
            wrong = _wrong_condition(tables, fields, sent, item, condition)
            if wrong is not None:
                source.fault((*path, condition.about), wrong)


def _conditions(item: Entry) -> tuple[Condition, ...]:
    found = item.values.get("required_if", ())
    return found if isinstance(found, tuple) else ()


def _wrong_condition(
    tables: Tables,
    fields: Mapping[str, Entry],
    sent: Sequence[str],
    item: Entry,
    condition: Condition,
) -> Filled | None:
    about = condition.about
    if about == CLOSED and not condition.values:
        about = next((n for n, each in fields.items() if each.text("role") == "rating"), "")
        if not about:
            return DEF_009.fill("closed", table=item.label)
    if about not in fields or item.text("of", "action") != "action":
        return no_field(item, "required_if", about, list(fields))
    looked = fields[about]
    if looked is item:
        return DEF_011.fill("needed-self", table=item.label)
    if about not in sent or looked.values.get("private"):
        return DEF_011.fill("needed-sent", table=item.label, name=about)
    known = _known_values(tables, looked)
    if not known:
        return DEF_011.fill("needed-type", table=item.label, name=about)
    wrong = next((text for text in condition.values if text not in known), "")
    if not condition.values and condition.about != CLOSED:
        wrong = "true"
    if not wrong:
        return None
    key, use = f"required_if.{about}", suggest(wrong, known)
    return DEF_010.fill("value", table=item.label, key=key, name=wrong, use=use)


def _known_values(tables: Tables, item: Entry) -> Sequence[str]:
    """What a condition may say of a column; nothing where it cannot be one of few values."""
    kind = item.text("type", "text")
    if is_dated(kind):
        return (MOVED,)
    if kind == "rating":
        scale = item.text("scale")
        return [r.text("code") for r in tables["rating"] if r.text("scale") == scale]
    if kind == "boolean":
        return item.texts("choices") or YES_NO
    return item.texts("choices") if kind == "choice" else ()


def check_rollups(source: Source, tables: Tables) -> None:
    """Roll-ups go to recommendations or to a field of actions, and read a rating that is there."""
    names = [item.text("id") for item in _of(tables, "action")]
    known = list(dict.fromkeys(["recommendation", *names]))
    earlier: set[tuple[str, str]] = set()
    for rollup in tables["rollup"]:
        to, rule = rollup.text("to"), rollup.text("rule")
        if to and to not in known:
            source.fault((*rollup.path, "to"), no_field(rollup, "to", to, known))
        elif to and (to, rule) in earlier:
            wrong = DEF_006.fill("rule", table=rollup.label, rule=rule)
            source.fault((*rollup.path, "rule"), wrong)
        elif rule == "worst" and not _ratings(_of(tables, "action")):
            source.fault((*rollup.path, "rule"), DEF_009.fill("worst", table=rollup.label))
        elif rule == "accountable":
            _check_accountable(source, tables, rollup)
        earlier.add((to, rule))


def check_officers(source: Source, tables: Tables) -> None:
    """`[issue] accountable` needs a field that names accountable officers."""
    roles = {item.text("role") for item in tables["field"]}
    for entry in tables["issue"]:
        if entry.values.get("accountable") and "accountable" not in roles:
            wrong = DEF_009.fill("officers", table=entry.label)
            source.fault((*entry.path, "accountable"), wrong)


def _check_accountable(source: Source, tables: Tables, rollup: Entry) -> None:
    if rollup.text("to") != "recommendation":
        source.fault((*rollup.path, "rule"), DEF_011.fill("accountable", table=rollup.label))
        return
    rated = [i for i in _of(tables, "recommendation") if i.text("type") == "rating"]
    name = rollup.text("field")
    usual = _ratings(rated)
    ids = [item.text("id") for item in rated]
    use = suggest(name, ids)
    if name and name not in ids:
        wrong = DEF_010.fill("accountable", table=rollup.label, name=name, use=use)
        source.fault((*rollup.path, "field"), wrong)
    elif not name and not usual:
        source.fault(
            (*rollup.path, "rule"), DEF_009.fill("accountable", table=rollup.label, use=use)
        )


def _of(tables: Tables, kind: str) -> list[Entry]:
    return [
        item
        for item in tables["field"]
        if item.text("of", "action") == kind and not item.values.get("retired")
    ]


def _ratings(fields: Iterable[Entry]) -> list[Entry]:
    return [i for i in fields if i.text("role") == "rating" and i.text("type") == "rating"]


def check_groups(source: Source, tables: Tables) -> None:
    """The members of groups are leads of the list, each in one group alone that is issued to as
    one; whoever is sent the workbook of a group is one of the list, or an address."""
    leads = [lead.text("name") for lead in tables["lead"]]
    known = {fold(n): lead.text("name") for lead in tables["lead"]
             for n in (lead.text("name"), *lead.texts("aliases"))}  # fmt: skip
    teams: dict[str, Entry] = {}
    for group in tables["group"]:
        for number, name in enumerate(group.texts("members")):
            path = (*group.path, "members", number)
            lead = known.get(fold(name))
            if lead is None:
                use = suggest(name, leads)
                source.fault(path, DEF_010.fill("member", table=group.label, name=name, use=use))
            elif group.text("issue") == "one" and teams.setdefault(lead, group) is not group:
                wrong = DEF_011.fill("teams", table=group.label, name=name, other=teams[lead].label)
                source.fault(path, wrong)
        contact = group.text("contact")
        if contact and "@" not in contact and fold(contact) not in known:
            use = suggest(contact, leads)
            wrong = DEF_010.fill("contact", table=group.label, name=contact, use=use)
            source.fault((*group.path, "contact"), wrong)
