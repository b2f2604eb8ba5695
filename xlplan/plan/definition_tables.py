"""The tables of `plan.toml`: each with its struct, and what it says to people.

Reading (`load`), writing (`write`) and the reference in the README go by this list; what is written
of a key stands with the field that it is (`xlplan.plan.definition`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlplan.codes.definition_codes import FORMS
from xlplan.plan.accounted import RowRead, SheetRead
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.keys import Key, Table, keys_of
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
)

LEVELS: tuple[str, ...] = ("off", "note", "warning", "error")


_OF_THE_PLAN = keys_of(PlanDefinition)


_EVERY = (
    Table(
        "plan",
        "The plan itself.",
        {name: key for name, key in _OF_THE_PLAN.items() if not key.table},
        always=("id", "title", "organisation", "marking", "timezone", "language"),
    ),
    Table(
        "people",
        "How officers are written.",
        {name: key for name, key in _OF_THE_PLAN.items() if key.table == "people"},
    ),
    Table(
        "lead",
        "One [[lead]] for each name found in the plan. Where one officer was written in several "
        "ways, keep one [[lead]], move the other spellings to its aliases and delete their own "
        "[[lead]].",
        keys_of(Lead),
        many=True,
        named_by="name",
    ),
    Table(
        "group",
        "Several leads under one name: a team that is sent one workbook, or a name such as All "
        "Group Managers.",
        keys_of(Group),
        many=True,
        named_by="name",
    ),
    Table(
        "rating",
        "The rating scale, best first.",
        keys_of(Rating),
        many=True,
        named_by="code",
        always=("colour", "order"),
    ),
    Table(
        "field",
        "One [[field]] for each column, in the order of the spreadsheet.",
        keys_of(Field),
        many=True,
        named_by="id",
        always=("type", "role", "owner"),
    ),
    Table(
        "sheet",
        "What sheets of the spreadsheet are, where it was found out wrongly. Counts until the "
        "first template has gone out.",
        keys_of(SheetRead),
        many=True,
        named_by="name",
    ),
    Table(
        "row",
        "What rows of the spreadsheet are, in the same way.",
        keys_of(RowRead),
        many=True,
        named_by="row",
    ),
    Table(
        "rule",
        "Rules that challenge a rating, or set it. A challenge stands beside the officer's rating "
        "and never replaces it. Where a rule sets the rating, it is nobody's word: of the rules "
        "that set it the first that holds gives it, and one without a condition what is left. All "
        "conditions of a rule must hold. Of the rules about percent the first "
        "that holds speaks; so of those about days overdue, the note and the target.",
        keys_of(Rule),
        many=True,
        named_by="id",
    ),
    Table(
        "rollup",
        "How actions are summed up.",
        keys_of(Rollup),
        many=True,
        named_by="to",
    ),
    Table(
        "count",
        "By what the board counts its actions, besides their sections: an origin, a timescale "
        "band, a paragraph of a report.",
        keys_of(Count),
        many=True,
        named_by="by",
    ),
    Table("board", "Your own words on the first page of the board.", keys_of(BoardWords)),
    Table(
        "section",
        "Your own words on a section of the board, above its figures.",
        keys_of(SectionWords),
        many=True,
        named_by="name",
    ),
    Table("master", "Which workbook is the master.", keys_of(MasterSettings)),
    Table("issue", "What a lead is sent.", keys_of(IssueSettings), always=("include_closed",)),
    Table(
        "sign_off",
        "The signatures that a return needs, by role: the template has a line for each, and the "
        "return counts as signed when all are there. Without any, one person signs.",
        keys_of(SignOff),
        many=True,
        named_by="role",
    ),
    Table("post", "The words of the e-mail drafts to leads.", keys_of(PostSettings)),
    Table("composite", "What the board reads.", keys_of(CompositeSettings)),
    Table(
        "style",
        "House style of every workbook that goes out.",
        keys_of(HouseStyle),
        always=("font", "heading_colour", "band_colour", "input_colour"),
    ),
)
TABLES: Mapping[str, Table] = {table.name: table for table in _EVERY}
"""Every table but `[checks]`, whose keys are the codes of the lints, in the order of writing."""
CHECKS = 'How much each check of `xlplan check` counts: CODE = "off", "note", "warning" or "error".'


def reference() -> str:
    """Every table and key in Markdown: what a key takes, what holds without it, what it is for."""
    lines = ["| table | key | takes | default | what it is for |", "|---|---|---|---|---|"]
    for table in TABLES.values():
        head = f"`[[{table.name}]]`" if table.many else f"`[{table.name}]`"
        for name, key in table.keys.items():
            takes = _words(key.allowed) if key.allowed else FORMS[key.takes].partition(",")[0]
            lines.append(f"| {head} | `{name}` | {takes} | {_default(key)} | {key.help} |")
            head = ""
    lines.append(f"| `[checks]` | a code of `check` | {_words(LEVELS)} | | {CHECKS} |")
    return "\n".join(lines)


def _words(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _default(key: Key) -> str:
    if key.required:
        return "needed"
    if key.default in ("", (), None):
        return ""
    if isinstance(key.default, bool):
        return f"`{str(key.default).lower()}`"
    if isinstance(key.default, tuple):
        return _words([repr(part)[1:-1] for part in key.default])
    return f"`{repr(key.default)[1:-1] if isinstance(key.default, str) else key.default}`"
