"""`plan.toml` from a `PlanDefinition`: text that a coordinator can read and correct.

`xlplan.plan.load.load_definition` reads it back to an equal definition. Every table and key is
explained by the words of `xlplan.plan.definition_tables`, keys that say nothing are left out, and
each guess stands beside what it is about. `set_key` changes one key of a text and leaves all else
as it is.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date

from xlplan.late import regex
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.definition_tables import CHECKS, TABLES
from xlplan.plan.keys import Table, attribute
from xlplan.plan.required import Condition
from xlplan.plan.settings import PostSettings
from xlplan.plan.text import fold
from xlplan.plan.toml_places import Path, find_spans

_GUESS = regex(
    r'((?:recommendation )?field (?P<field>[\w-]+)|(?P<kind>rating|lead) "(?P<name>.*?)"|plan): '
    r"(?P<guess>.*)",
    re.DOTALL,
)
_BARE = regex(r"[A-Za-z0-9_-]+")
WIDTH = 100

_HEAD = """\
The definition of this plan: its columns, ratings, lead officers and house style.
It was proposed from your spreadsheet. Read it once, correct what is wrong, and keep it: every
command reads it. A line that begins with # is a note to you. Lines that begin with "# Guess:"
say what could not be known for certain; delete them when you have looked.
Keep the ids of columns and the codes of ratings: they tie what was written to its history.
Headings, labels, colours, guidance and the order of columns may change at any time."""
_MORE_COLUMNS = "Columns of another kind of row; their keys are those above."


class _Guesses:
    """The guesses, handed out beside what they concern; the rest stands at the top."""

    def __init__(self, guesses: Iterable[str]) -> None:
        self.by: dict[tuple[str, str], list[str]] = {}
        for guess in dict.fromkeys(guesses):
            match = _GUESS.fullmatch(guess)
            if match is None or match[1] == "plan":
                self.by.setdefault(("plan", ""), []).append(match["guess"] if match else guess)
            elif match["kind"]:
                self.by.setdefault((match["kind"], match["name"]), []).append(match["guess"])
            else:
                of = "recommendation" if match[1].startswith("recommendation") else "action"
                self.by.setdefault((of, match["field"]), []).append(match["guess"])

    def take(self, kind: str, name: str) -> list[str]:
        """Comment lines for one thing; each guess is handed out once."""
        texts = self.by.pop((kind, name), [])
        return [line for text in texts for line in _comment(f"Guess: {' '.join(text.split())}")]

    def rest(self) -> list[str]:
        """Comment lines for guesses about things that are not in the definition."""
        left = [(name, text) for (_, name), texts in self.by.items() for text in texts]
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
    noted = _Guesses(guesses)
    lines = [*_comment(_HEAD)]
    if about := noted.take("plan", ""):
        lines += ["", *about]
    body = [
        *_plan(definition),
        *_leads(definition, noted),
        *_several("group", "Groups of leads", definition.groups),
        *_ratings(definition, noted),
        *_fields(definition, noted),
        *_several("sheet", "Sheets of the spreadsheet", definition.sheets),
        *_several("row", "Rows of the spreadsheet", definition.rows),
        *_several("rule", "Rules", definition.rules),
        *_several("rollup", "Roll-ups", definition.rollups),
        *_several("count", "Counts", definition.counts),
        *_one("board", definition.board),
        *_several("section", "Sections of the board", definition.sections),
        *(_one("master", definition.master) if definition.master.keep else []),
        *_one("issue", definition.issue),
        *_several("sign_off", "Signatures", definition.sign_offs),
        *(_one("post", definition.post) if definition.post != PostSettings() else []),
        *_one("composite", definition.composite),
        *_one("style", definition.style),
        *_checks(definition.checks),
    ]
    if rest := noted.rest():
        lines += ["", *rest]
    return "\n".join([*lines, *body]) + "\n"


def with_more(
    text: str,
    definition: PlanDefinition,
    known: PlanDefinition,
    gone: Container[tuple[str, str]] = (),
) -> str:
    """`text`, which says what is `known`, with the columns, ratings and leads that `definition`
    has besides, each after the last of its kind, and in the lists of columns that it shows; `gone`
    are columns and leads that stay out: kind of row and heading, ``"lead"`` and name, folded."""
    fields = {(item.of, item.id) for item in known.fields}
    ratings = {(rating.scale, rating.code) for rating in known.ratings}
    leads = {lead.name for lead in known.leads}
    more: list[tuple[str, object]] = [
        *(
            ("field", f)
            for f in definition.fields
            if (f.of, f.id) not in fields and (f.of, fold(f.heading)) not in gone
        ),
        *(("rating", r) for r in definition.ratings if (r.scale, r.code) not in ratings),
        *(
            ("lead", lead)
            for lead in definition.leads
            if lead.name not in leads and ("lead", fold(lead.name)) not in gone
        ),
    ]
    for name, item in more:
        text = add_entry(text, name, dict(_what_it_says(TABLES[name], item)))
    for table, mine, theirs in (
        ("issue", known.issue.fields, definition.issue.fields),
        ("composite", known.composite.fields, definition.composite.fields),
    ):
        added = {item.id for name, item in more if name == "field" and isinstance(item, Field)}
        new = (name for name in theirs if name not in mine and name in added)
        if mine and (names := tuple(new)):
            text = set_key(text, (table, "fields"), (*mine, *names))
    return text


def set_key(text: str, path: Path, value: object) -> str:
    """`text` (valid TOML) with one key set, or removed where `value` is None.

    `path` is as in `find_places`: ``("issue", "contact")``, ``("field", 2, "heading")``. What
    stands there already is replaced and nothing else is touched; a new key comes after the last
    one of its table, so that a comment above the next table stays above it; a table that is not
    there yet comes at the end. Raises KeyError where an entry of a list of tables is not there.
    """
    spans = find_spans(text)
    table, name = path[:-1], _key(str(path[-1]))
    line_end = "\r\n" if "\r\n" in text else "\n"
    written = "" if value is None else _value(value).replace("\n", line_end)
    if path in spans:
        start, end = spans[path]
        if value is not None:
            return text[:start] + written + text[end:]
        return text[: text.rfind("\n", 0, start) + 1] + text[_after_line(text, end) :]
    if value is None:
        return text
    if table in spans:
        end = max(found[1] for at, found in spans.items() if at[: len(table)] == table)
        at = text.find(line_end, end)
        at = len(text) if at < 0 else at
        return f"{text[:at]}{line_end}{name} = {written}{text[at:]}"
    if len(table) != 1:
        raise KeyError(path)
    gap = "" if not text or text.endswith("\n") else line_end
    head = f"{gap}{line_end}[{_key(str(table[0]))}]{line_end}"
    return f"{text}{head}{name} = {written}{line_end}"


def add_entry(text: str, table: str, values: Mapping[str, object]) -> str:
    """`text` (valid TOML) with an entry more of a list of tables: after the last one there is."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = [f"[[{table}]]", *(f"{_key(name)} = {_value(v)}" for name, v in values.items())]
    written = "\n".join(lines).replace("\n", line_end)
    ends = [end for at, (_, end) in find_spans(text).items() if at[0] == table]
    if not ends:
        gap = "" if not text or text.endswith("\n") else line_end
        return f"{text}{gap}{line_end}{written}{line_end}"
    at = _after_line(text, max(ends))
    gap = "" if text[:at].endswith("\n") else line_end
    return f"{text[:at]}{gap}{line_end}{written}{line_end}{text[at:]}"


def remove_entry(text: str, table: str, number: int) -> str:
    """`text` (valid TOML) without one entry of a list of tables and the comment right above it."""
    spans = find_spans(text)
    mine = [span for at, span in spans.items() if at[:2] == (table, number)]
    start = text.rfind("\n", 0, min(start for start, _ in mine)) + 1
    while start and text[above := text.rfind("\n", 0, start - 1) + 1] == "#":
        start = above
    end = _after_line(text, max(end for _, end in mine))
    if not text[end:].strip() and text[:start].endswith(("\n\n", "\n\r\n")):
        start = text.rfind("\n", 0, start - 1) + 1  # the last one takes the line above along
    blank = text[end:].partition("\n")[0] if end < len(text) else "x"
    return text[:start] + text[_after_line(text, end) if not blank.strip() else end :]


def _after_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _plan(definition: PlanDefinition) -> list[str]:
    lines = ["", "[plan]"]
    table = TABLES["plan"]
    for name, key in table.keys.items():
        value = getattr(definition, name)
        if value or name in table.always:
            one = value[0] if key.takes == "one or several" and len(value) == 1 else value
            text = f"{name} = {_value(one)}"
            above = "\n" in text
            lines += [*_comment(key.help), text] if above else [_noted(text, key.help)]
    return lines


def _leads(definition: PlanDefinition, noted: _Guesses) -> list[str]:
    table, names = TABLES["people"], TABLES["lead"]
    lines = [*_title("Lead officers"), *_about(names), "", "[people]", *_about(table)]
    lines.append(f"separators = {_value(definition.separators, inline=True)}")
    for lead in definition.leads:
        lines += ["", *noted.take("lead", lead.name), *_table(names, lead)]
    return lines


def _ratings(definition: PlanDefinition, noted: _Guesses) -> list[str]:
    table = TABLES["rating"]
    lines = [*_title("Ratings"), *_about(table)] if definition.ratings else []
    for rating in definition.ratings:
        lines += ["", *noted.take("rating", rating.code), *_table(table, rating)]
    return lines


def _fields(definition: PlanDefinition, noted: _Guesses) -> list[str]:
    """The fields in their own order, with a title wherever the kind of row changes."""
    table = TABLES["field"]
    lines: list[str] = []
    kind = ""
    for item in definition.fields:
        if item.of != kind:
            about = [] if kind else _about(table)
            kind = item.of
            lines += [*_title(f"Columns of {kind}s"), *(about or _comment(_MORE_COLUMNS))]
        lines += ["", *noted.take(item.of, item.id), *_table(table, item)]
    return lines


def _several(name: str, title: str, items: Sequence[object]) -> list[str]:
    lines = [*_title(title), *_about(TABLES[name])] if items else []
    for item in items:
        lines += ["", *_table(TABLES[name], item)]
    return lines


def _one(name: str, item: object) -> list[str]:
    table = TABLES[name]
    return [*_title(name.capitalize()), *_about(table), "", *_table(table, item)]


def _checks(checks: Mapping[str, str]) -> list[str]:
    lines = [*_title("Checks"), *_comment(CHECKS), "", "[checks]"]
    return lines + [f"{_key(code)} = {_value(level)}" for code, level in checks.items()]


def _about(table: Table) -> list[str]:
    """What a table is for, then a line for each of its keys."""
    lines = _comment(table.about)
    for name, key in table.keys.items():
        lines += _comment(key.explain(name), "  ")
    return lines


def _table(table: Table, item: object) -> list[str]:
    """One table: every key that says something, in the order of the definition's own fields."""
    lines = [f"[[{table.name}]]" if table.many else f"[{table.name}]"]
    lines += [f"{name} = {_value(v, inline=True)}" for name, v in _what_it_says(table, item)]
    return lines


def _what_it_says(table: Table, item: object) -> Iterator[tuple[str, object]]:
    for name, key in table.keys.items():
        value = getattr(item, attribute(name))
        if value != key.default or (name in table.always and value not in ("", ())):
            yield name, value


def _noted(text: str, note: str) -> str:
    return f"{text:<35} # {note}" if note else text


def _title(text: str) -> list[str]:
    return ["", f"# --- {text} " + "-" * max(3, WIDTH - len(text) - 7)]


def _comment(text: str, indent: str = "") -> list[str]:
    lines = [
        piece
        for line in text.splitlines()
        for piece in textwrap.wrap(
            line,
            WIDTH - 2,
            break_long_words=False,
            initial_indent=indent,
            subsequent_indent=indent * 2,
        )
        or [""]
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
    if isinstance(value, tuple) and value and isinstance(value[0], Condition):
        return "{ " + ", ".join(map(_condition, value)) + " }"
    if isinstance(value, tuple):
        items = [_quoted(str(part)) for part in value]
        whole = f"[{', '.join(items)}]"
        if len(items) < 2 or len(whole) <= WIDTH - 16 or (inline and len(items) <= 6):
            return whole
        return "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    text = str(value)
    return _block(text) if "\n" in text and not text.startswith("\n") else _quoted(text)


def _condition(condition: Condition) -> str:
    texts = [_quoted(text) for text in condition.values]
    value = f"[{', '.join(texts)}]" if len(texts) > 1 else "".join(texts) or "true"
    return f"{_key(condition.about)} = {value}"


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
