"""What may stand in `plan.toml`: every table, every key, and what each key takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from xlplan.plan.definition import ROLES, ROLLUP_RULES
from xlplan.plan.types import TYPES

Takes = Literal["line", "text", "raw", "list", "raw list", "flag", "whole", "number", "day"]
"""`line`: text without line breaks; `raw`: kept exactly as written, for passwords, separators."""

LEVELS: tuple[str, ...] = ("off", "note", "warning", "error")
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


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it takes, which values it allows, and the pattern it must match whole.

    `noun` names one of the allowed values ("a field type"); `shape` is (pattern, noun, advice);
    `least` and `most` bound a number.
    """

    takes: Takes = "line"
    required: bool = False
    allowed: tuple[str, ...] = ()
    noun: str = ""
    shape: tuple[str, str, str] | None = None
    least: float = float("-inf")
    most: float = float("inf")


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `many` is written with two brackets; `named_by` is the key that names an entry."""

    keys: Mapping[str, Key] = field(default_factory=dict)
    many: bool = False
    named_by: str = ""


_LINE = Key()
_TEXT = Key("text")
_NAME = Key(required=True)
_LIST = Key("list")
_FLAG = Key("flag")
_COLOUR = Key(shape=COLOUR)
_PERCENT = Key("number", least=0, most=100)

TABLES: Mapping[str, Table] = {
    "plan": Table(
        {
            "id": Key(required=True, shape=PLAN_ID),
            "title": _NAME,
            "organisation": _LINE,
            "marking": _LINE,
            "timezone": _LINE,
            "language": Key(shape=LANGUAGE),
            "agreed": Key("day"),
            "notes": _LIST,
            "kept_back": _LIST,
        }
    ),
    "field": Table(
        {
            "id": Key(required=True, shape=FIELD_ID),
            "heading": Key("text", required=True),
            "type": Key(allowed=tuple(TYPES), noun="a field type"),
            "role": Key(allowed=ROLES, noun="a role"),
            "owner": Key(allowed=("lead", "coordinator"), noun="an owner"),
            "required": _FLAG,
            "width": Key("number", least=0, most=255),
            "guidance": _TEXT,
            "mode": Key(allowed=("replace", "append"), noun="a mode"),
            "choices": _LIST,
            "scale": _LINE,
            "of": Key(allowed=("action", "recommendation"), noun="a kind of row"),
            "retired": _FLAG,
            "private": _FLAG,
        },
        many=True,
        named_by="id",
    ),
    "rating": Table(
        {
            "code": _NAME,
            "label": _NAME,
            "meaning": _TEXT,
            "colour": _COLOUR,
            "text_colour": _COLOUR,
            "order": Key("whole"),
            "closed": _FLAG,
            "holding": _FLAG,
            "exception": _FLAG,
            "aliases": _LIST,
            "scale": _LINE,
        },
        many=True,
        named_by="code",
    ),
    "lead": Table(
        {
            "name": _NAME,
            "aliases": _LIST,
            "organisation": _LINE,
            "email": Key(shape=EMAIL),
            "deputy": _LINE,
        },
        many=True,
        named_by="name",
    ),
    "people": Table({"separators": Key("raw list")}),
    "rule": Table(
        {
            "id": _NAME,
            "challenge": _NAME,
            "percent_up_to": _PERCENT,
            "percent_below": _PERCENT,
            "percent_above": _PERCENT,
            "overdue_days": Key("whole", least=1, most=36_500),
            "progress_says": Key(allowed=("completed", "outstanding"), noun="what a note can say"),
            "target": Key(allowed=("below", "above"), noun="a side of the target"),
            "rated": _LIST,
            "message": _TEXT,
        },
        many=True,
        named_by="id",
    ),
    "rollup": Table(
        {
            "to": _NAME,
            "rule": Key(required=True, allowed=ROLLUP_RULES, noun="a rule for summing up"),
            "field": _LINE,
            "heading": _LINE,
        },
        many=True,
        named_by="to",
    ),
    "issue": Table(
        {
            "fields": _LIST,
            "include_closed": _FLAG,
            "proposal_rows": Key("whole", least=0, most=200),
            "contact": _TEXT,
            "guidance": _TEXT,
            "password": Key("raw"),
            "layout": Key(allowed=("table", "form"), noun="a layout"),
        }
    ),
    "composite": Table({"fields": _LIST, "sheets": _LIST, "group_by": _LINE}),
    "style": Table(
        {
            "font": _LINE,
            "heading_colour": _COLOUR,
            "band_colour": _COLOUR,
            "input_colour": _COLOUR,
        }
    ),
}
"""Every table but `[checks]`, whose keys are the codes of the lints."""
