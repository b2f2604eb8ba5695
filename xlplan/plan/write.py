"""`plan.toml` from a `PlanDefinition`: text that a coordinator can read and correct.

`xlplan.plan.load.load_definition` reads it back to an equal definition. Every table is explained
in a line or two, keys that say nothing are left out, and each guess stands beside what it concerns.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date

from xlplan.plan.definition import (
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

_GUESS = re.compile(
    r'((?:recommendation )?field (?P<field>[\w-]+)|(?P<kind>rating|lead) "(?P<name>.*?)"|plan): '
    r"(?P<said>.*)",
    re.DOTALL,
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
WIDTH = 100

_HEAD = """\
The definition of this plan: its columns, ratings, lead officers and house style.
It was proposed from your spreadsheet. Read it once, correct what is wrong, and keep it: every
command reads it. A line that begins with # is a note to you. Lines that begin with "# Guess:"
say what could not be known for certain; delete them when you have looked.
Keep the ids of columns and the codes of ratings: they tie what was written to its history.
Headings, labels, colours, guidance and the order of columns may change at any time."""
_LEADS = """\
One [[lead]] for each name found in the plan. Where one officer was written in
several ways, keep one [[lead]], move the other spellings to its aliases and delete their own
[[lead]]. Other keys: organisation, email, deputy."""
_RATINGS = """\
The rating scale, best first (order). closed: the action is finished. exception: the board wants
to hear about it. holding: done but still watched before it is closed. aliases: other ways of
writing it. A scale of its own for a second rating column is named by scale."""
_FIELDS = """\
Columns of an action, in the order of the spreadsheet.
owner = "lead": the lead fills it in. owner = "coordinator": the lead sees it locked.
type: text, narrative (long text), date, timescale (words are kept, a date is read where there is
one), rating, people, choice, percent, number, reference, set.
role says what the column is for: key, section, action, lead, due, rating, progress, ...
mode = "append" in a narrative keeps every note with its date; "replace" keeps the latest.
private = true keeps a column in this folder: no lead is sent it and no board sees it."""
_RECOMMENDATIONS = """\
Columns of a recommendation: the list of what the actions answer."""
_RULES = """\
Rules that challenge a rating. A challenge stands beside the officer's rating and never
replaces it. All conditions of a rule must hold: percent_up_to, percent_below, percent_above,
overdue_days, progress_says ("completed" or "outstanding"), target ("below" or "above": the side
on which the actual figure misses it). rated limits a rule to some ratings. Of the rules about
percent the first that holds speaks; so of those about days overdue, the note and the target."""
_ROLLUPS = """\
How actions are summed up: to = "recommendation" or the id of a column; rule = "worst" (rating),
"share-closed", or "accountable" (the accountable officer's own rating of the recommendation)."""
_ISSUE = """\
What a lead is sent: which columns, in which order. include_closed = false leaves finished
actions out; proposal_rows adds blank rows in which a lead may propose an action; contact and
guidance are shown to the lead. layout = "form" gives each action a page of its own, for long
narratives; "table" is a row each. password protects the locked cells with that password."""
_COMPOSITE = """\
What the board reads: which columns, and the column by which actions are grouped."""
_STYLE = "House style of every workbook that goes out: colours as #RRGGBB, and a font."
_CHECKS = """\
How much each check of `xlplan check` counts: CODE = "off", "note", "warning" or "error"."""

_PLAN_KEYS = (
    "id", "title", "organisation", "marking", "timezone", "language", "agreed", "notes",
    "kept_back",
)  # fmt: skip
_ONLY_IF_SAID = ("agreed", "notes", "kept_back")
_PLAN_NOTES = {
    "id": "short, no spaces; part of every template's stamp",
    "organisation": "as it should be printed",
    "marking": 'protective marking for every page, such as "OFFICIAL"',
    "agreed": "the day from which timescales such as Within 3 months count",
    "notes": "lines of the spreadsheet that are no action and no heading; the board sees them",
    "kept_back": "comments, lists and hidden texts of the spreadsheet: they stay in this folder. "
    "To show one to the board, move it up to notes",
}
_ALWAYS = frozenset({"type", "role", "owner", "colour", "order", "include_closed", "separators"})
"""Keys that are written even where they say what is usual: they are the ones people change."""


class _Guesses:
    """The guesses, handed out beside what they concern; the rest is told at the top."""

    def __init__(self, guesses: Iterable[str]) -> None:
        self.by: dict[tuple[str, str], list[str]] = {}
        for guess in dict.fromkeys(guesses):
            match = _GUESS.fullmatch(guess)
            if match is None or match[1] == "plan":
                self.by.setdefault(("plan", ""), []).append(match["said"] if match else guess)
            elif match["kind"]:
                self.by.setdefault((match["kind"], match["name"]), []).append(match["said"])
            else:
                of = "recommendation" if match[1].startswith("recommendation") else "action"
                self.by.setdefault((of, match["field"]), []).append(match["said"])

    def take(self, kind: str, name: str) -> list[str]:
        """Comment lines for one thing; each guess is handed out once."""
        said = self.by.pop((kind, name), [])
        return [line for text in said for line in _comment(f"Guess: {' '.join(text.split())}")]

    def rest(self) -> list[str]:
        """Comment lines for guesses about things that are not in the definition."""
        left = [(name, text) for (_, name), said in self.by.items() for text in said]
        self.by = {}
        return [
            line
            for name, text in left
            for line in _comment(f"Guess: {name + ': ' if name else ''}{' '.join(text.split())}")
        ]


def write_definition(definition: PlanDefinition, guesses: Sequence[str] = ()) -> str:
    """The text of `plan.toml`, ending in a line break.

    `guesses` are sentences as `xlplan.source.importing` makes them; one that begins with
    ``field due: ``, ``rating "Red": `` or ``lead "A Name": `` becomes a comment beside that
    table, any other stands at the top.
    """
    told = _Guesses(guesses)
    lines = [*_comment(_HEAD)]
    if about := told.take("plan", ""):
        lines += ["", *about]
    body = [
        *_plan(definition),
        *_leads(definition, told),
        *_ratings(definition, told),
        *_fields(definition, told),
        *_rules(definition),
        *_rollups(definition),
        *_one("issue", definition.issue, IssueSettings, _ISSUE),
        *_one("composite", definition.composite, CompositeSettings, _COMPOSITE),
        *_one("style", definition.style, HouseStyle, _STYLE),
        *_checks(definition.checks),
    ]
    if rest := told.rest():
        lines += ["", *rest]
    return "\n".join([*lines, *body]) + "\n"


def _plan(definition: PlanDefinition) -> list[str]:
    lines = ["", "[plan]"]
    for key in _PLAN_KEYS:
        value = getattr(definition, key)
        if value or key not in _ONLY_IF_SAID:
            note = _PLAN_NOTES.get(key, "")
            text = f"{key} = {_value(value)}"
            lines += [*_comment(note), text] if "\n" in text and note else [_noted(text, note)]
    return lines


def _leads(definition: PlanDefinition, told: _Guesses) -> list[str]:
    lines = [*_title("Lead officers"), *_comment(_LEADS), "", "[people]"]
    lines += _comment("What stands between officers who share a cell.")
    lines.append(f"separators = {_value(definition.separators, inline=True)}")
    for lead in definition.leads:
        lines += ["", *told.take("lead", lead.name), *_table("[[lead]]", lead, Lead)]
    return lines


def _ratings(definition: PlanDefinition, told: _Guesses) -> list[str]:
    if not definition.ratings:
        return []
    lines = [*_title("Ratings"), *_comment(_RATINGS)]
    for rating in definition.ratings:
        lines += ["", *told.take("rating", rating.code), *_table("[[rating]]", rating, Rating)]
    return lines


def _fields(definition: PlanDefinition, told: _Guesses) -> list[str]:
    """The fields in their own order, with a title wherever the kind of row changes."""
    lines: list[str] = []
    kind = ""
    for item in definition.fields:
        if item.of != kind:
            kind = item.of
            text = _FIELDS if kind == "action" else _RECOMMENDATIONS
            lines += [*_title(f"Columns of {kind}s"), *_comment(text)]
        lines += ["", *told.take(item.of, item.id), *_table("[[field]]", item, Field)]
    return lines


def _rules(definition: PlanDefinition) -> list[str]:
    if not definition.rules:
        return []
    lines = [*_title("Rules"), *_comment(_RULES)]
    for rule in definition.rules:
        lines += ["", *_table("[[rule]]", rule, Rule)]
    return lines


def _rollups(definition: PlanDefinition) -> list[str]:
    if not definition.rollups:
        return []
    lines = [*_title("Roll-ups"), *_comment(_ROLLUPS)]
    for rollup in definition.rollups:
        lines += ["", *_table("[[rollup]]", rollup, Rollup)]
    return lines


def _one(name: str, item: object, kind: type, text: str) -> list[str]:
    return [*_title(name.capitalize()), *_comment(text), "", *_table(f"[{name}]", item, kind)]


def _checks(checks: Mapping[str, str]) -> list[str]:
    lines = [*_title("Checks"), *_comment(_CHECKS), "", "[checks]"]
    return lines + [f"{_key(code)} = {_value(level)}" for code, level in checks.items()]


def _table(head: str, item: object, kind: type) -> list[str]:
    """One table: every key that says something, in the order of the definition's own fields."""
    lines = [head]
    for key in fields(kind):
        value = getattr(item, key.name)
        usual = key.default if key.default is not MISSING else None
        style = kind is HouseStyle and value
        if value != usual or (key.name in _ALWAYS and value not in ("", ())) or style:
            lines.append(f"{key.name} = {_value(value, inline=kind is not HouseStyle)}")
    return lines


def _noted(text: str, note: str) -> str:
    return f"{text:<36}# {note}" if note else text


def _title(text: str) -> list[str]:
    return ["", f"# --- {text} " + "-" * max(3, WIDTH - len(text) - 7)]


def _comment(text: str) -> list[str]:
    lines = [
        piece
        for line in text.splitlines()
        for piece in textwrap.wrap(line, WIDTH - 2, break_long_words=False) or [""]
    ]
    return [f"# {_plain(line)}".rstrip() for line in lines]


def _plain(text: str) -> str:
    """A comment may hold no control characters."""
    return "".join(char if char >= " " and char != "\x7f" else " " for char in text)


def _value(value: object, inline: bool = False) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        items = [_quoted(str(part)) for part in value]
        whole = f"[{', '.join(items)}]"
        if len(items) < 2 or len(whole) <= WIDTH - 16 or (inline and len(items) <= 6):
            return whole
        return "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    text = str(value)
    return _block(text) if "\n" in text and not text.startswith("\n") else _quoted(text)


def _key(text: str) -> str:
    return text if _BARE.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + "".join(_escape(char, '\\"') for char in text) + '"'


def _block(text: str) -> str:
    """A text of several lines between three quotes, its lines as they are."""
    inner = "".join(char if char in '\n"' else _escape(char, "\\") for char in text)
    inner = re.sub(r'"(?="")|"\Z', r"\\" + '"', inner)
    return f'"""\n{inner}"""'


_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", '"': '\\"'}


def _escape(char: str, also: str) -> str:
    if char in also or char in "\n\t\r":
        return _ESCAPES[char]
    if char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff":
        return f"\\u{ord(char):04X}" if not "\ud800" <= char <= "\udfff" else "\\uFFFD"
    return char
