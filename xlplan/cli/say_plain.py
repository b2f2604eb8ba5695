"""What every command that prints needs: problems, tables, changes, counts in words, JSON, CSV."""

from __future__ import annotations

import codecs
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from xlplan.errors import Problem
from xlplan.late import regex

if TYPE_CHECKING:
    from xlplan import Change, LogLine, NewFigures, NewPlan, Plan

DEFINITION = "plan.toml"
"""The place of what is wrong with the definition."""
_LIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet program may take a text that begins with it to be: a formula."""
_LINE_END = regex(r"\s*\n\s*")
_CONTROL = regex(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
DONE, NEEDS_A_PERSON = 0, 1
P = ParamSpec("P")
T = TypeVar("T")
WALL = 5
"""Lines of one code about one field that are printed one by one; more are one line."""
SHOWN = 3
"""Of words that are no date, how many are shown."""
WIDEST = 60
"""Characters of a value that a table on the terminal shows."""


class PrintError(Exception):
    """What was asked is done, and only saying so failed, as on a full disk behind stdout."""

    def __init__(self, error: OSError) -> None:
        self.error = error
        super().__init__(str(error))


def prints(report: Callable[P, T]) -> Callable[P, T]:
    """Tell a failure to print a report (`PrintError`) from one of what is reported.

    A reader who has had enough is no failure, and is left to click.
    """

    @wraps(report)
    def printed(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return report(*args, **kwargs)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise PrintError(error) from error

    return printed


@prints
def line(text: str) -> None:
    """One line on stdout."""
    click.echo(text)


def plural(count: int, one: str, many: str = "") -> str:
    """``1 lead``, ``2 leads``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def json_text(document: object) -> str:
    """A JSON document, for stdout as it is: escaped where stdout is not UTF-8, so none is lost."""
    return json.dumps(document, ensure_ascii=not _is_unicode(), indent=2)


def say_json(document: object) -> None:
    """Print one JSON document on stdout."""
    click.echo(json_text(document))


def say_whole(text: str) -> None:
    """Print a text with every character of it, for a file or a program that takes it in.

    Where the system's own encoding lacks some, it is UTF-8 with the mark by which Excel knows it. A
    terminal is given what it can show.
    """
    if _is_unicode() or sys.stdout.isatty():
        click.echo(text, nl=False)
    else:
        sys.stdout.flush()
        click.echo(text.encode("utf-8-sig"), nl=False)


def _is_unicode() -> bool:
    known = codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name
    return known.startswith("utf")


def plain(text: str) -> str:
    """`text` without control characters: a file's name must not command the terminal."""
    return _CONTROL.sub("?", text)


def on_one_line(text: str) -> str:
    """`text` without its line ends, such as those of a heading that stands on two lines."""
    return _LINE_END.sub(" ", text.strip())


def say_problems(problems: Sequence[Problem], *, together: bool = False) -> int:
    """Print problems to stderr, each on its own or `together`; the exit status they call for."""
    for text in in_lines(problems, {}) if together else map(str, problems):
        click.echo(plain(on_one_line(text)), err=True)
    return NEEDS_A_PERSON if any(problem.level != "note" for problem in problems) else DONE


def in_lines(problems: Sequence[Problem], headings: Mapping[str, str]) -> list[str]:
    """Problems as lines, each with its place and the heading of its field; `headings` by field id.

    What is the same at several places is one line, with a count and the places. So is a wall: more
    than `WALL` problems of one code about one field that differ in a date or a quoted word.
    """
    same: dict[tuple[str, ...], list[Problem]] = {}
    for each in problems:
        same.setdefault((*_kind_of(each), each.message), []).append(each)
    single = Counter(_kind_of(each[0]) for each in same.values() if len(each) == 1)
    lines: dict[tuple[str, ...], list[Problem]] = {}
    for key, found in same.items():
        kind = _kind_of(found[0])
        wall = len(found) == 1 and found[0].action and single[kind] > WALL
        lines.setdefault(kind if wall else key, []).extend(found)
    return [_line_of(found, headings) for found in lines.values()]


def _kind_of(problem: Problem) -> tuple[str, str, str]:
    """What problems of one line share: the code, the field, and the place but for its action."""
    return problem.code, problem.field, _noun_of(problem)


def _noun_of(problem: Problem) -> str:
    """``"action"`` of ``"action 3.12"``; a place that does not end with its action as it is."""
    return problem.where.removesuffix(f" {problem.action}") if problem.action else problem.where


def _line_of(found: Sequence[Problem], headings: Mapping[str, str]) -> str:
    first = found[0]
    place, message = first.where, first.message
    if len(found) > 1 and not first.action:
        place = f"{place} ({len(found)} times)"
    elif len(found) > 1:
        noun, refs = _noun_of(first), ", ".join(dict.fromkeys(each.action for each in found))
        place = f"{place}, {plural(len(found), 'action')}" if noun == place else ""
        place = f"{place or plural(len(found), noun)} ({refs})"
    if any(each.message != message for each in found):
        from xlplan.codes.families import find_message

        meant = find_message(first.code)
        message = f"{meant.meaning} {meant.todo}".replace("`", "")
    heading = on_one_line(headings.get(first.field, "") if first.where != DEFINITION else "")
    if heading and not message.startswith(heading):  # no need to name it twice
        place = f"{place}, {heading}"
    return str(first.but(where=place, message=message))


def table(heading: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
    """Print a table on stdout: columns two spaces apart, each wide enough for its cells."""
    heading = [*map(on_one_line, heading)]
    rows = [["" if cell is None else on_one_line(str(cell)) for cell in row] for row in lines]
    widths = [
        max(len(name) + 2, *(len(row[place]) for row in rows), 0)
        for place, name in enumerate(heading)
    ]
    for row in (heading, *rows):
        shown = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(plain(shown.rstrip()))


def short_id(return_id: str) -> str:
    """As much of the id of a return as is shown, and as `undo` needs: ``r-3f9c20``."""
    return return_id[: len("r-3f9c20")]


def short(text: str) -> str:
    """`text` on one line, cut at `WIDEST` characters."""
    flat = plain(" ".join(text.split()))
    return flat if len(flat) <= WIDEST else flat[: WIDEST - 1].rstrip() + "…"


def relative(path: Path) -> str:
    """`path` as seen from the folder that the command runs in."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def ending_of_new(made: NewPlan) -> Iterator[str]:
    """The plan in ten lines."""
    figures, folder = made.figures, relative(made.folder)
    counted = plural(figures.actions, "action")
    if figures.recommendations:
        counted += f" and {plural(figures.recommendations, 'recommendation')}"
    yield f"Imported {counted} into {folder}."
    yield f"Sections: {figures.sections or 'none'}."
    missing = f"; {plural(figures.leaderless, 'open action has', 'open actions have')} none"
    yield f"Leads: {figures.leads or 'none'}{missing if figures.leaderless else ''}."
    yield plain(f"Ratings: {_scale(figures)}.")
    yield f"Dates: {_dates(figures)}."
    fates = Counter(line.fate for line in made.source.account)
    rows = ", ".join(f"{count} {fate}" for fate, count in sorted(fates.items()))
    yield f"Every source row is accounted for: {rows}."
    kept: Counter[str] = Counter()
    for each in made.source.kept_back:
        kept[each.what] += len(each.places)
    yield f"Kept back: {', '.join(f'{what} {count}' for what, count in kept.items()) or 'nothing'}."
    sheets = [where.partition("!")[2] for where in figures.left_out]
    yield plain(f"Tables left out: {', '.join(sheets) or 'none'}.")
    yield f"To look over: {plural(len(made.source.guesses), 'guess', 'guesses')}."
    from xlplan.codes.message import argument

    look = f"Next: look through {folder}/set-up.xlsx (or plan.toml, the same as text)"
    yield f"{look}, then run: xlplan -C {argument(folder)} merge"


def _scale(figures: NewFigures) -> str:
    """How often each rating stands there, and which of them close an action."""
    if not figures.ratings:
        return "none"
    parts = [
        f"{rating.code} {count}{' (closes)' if rating.closed else ''}"
        for rating, count in figures.ratings
    ]
    parts += [f"not rated {figures.unrated}"] if figures.unrated else []
    closes = any(rating.closed for rating, _ in figures.ratings)
    return ", ".join(parts) + ("" if closes else "; none of them closes an action")


def _dates(figures: NewFigures) -> str:
    """How many actions have a date, and what the others have in its place."""
    if (dates := figures.dates) is None:
        return "none"
    parts = [f"{dates.read} read"]
    if dates.unread:
        words = sorted(dates.unread, key=lambda each: -dates.unread[each])
        shown = ", ".join(f'"{short(text)}"' for text, _ in words[:SHOWN])
        more = ", …" if len(words) > SHOWN else ""
        parts.append(f"{sum(dates.unread.values())} not read as dates ({shown}{more})")
    if dates.blank:
        parts.append(f"{dates.blank} blank")
    return ", ".join(parts)


def say_changes(plan: Plan, changes: Sequence[Change]) -> None:
    """Changes as a table, each with the file and cell it came from."""
    if not changes:
        return
    from xlplan import show_in

    definition = plan.recorded_definition
    lines = []
    for change in changes:
        item = definition.find(change.field)
        texts = (show_in(item, value) for value in (change.before, change.after))
        parts = (change.action, change.field, *texts, change.by, str(change.place), change.why)
        lines.append(_change(*parts))
    table(_CHANGE, lines)


def say_log(lines: Sequence[LogLine]) -> None:
    """Lines of the log in the same table."""
    if not lines:
        return
    found = []
    for line in lines:
        known = line.document
        place = "!".join(filter(None, (known["file"], known["sheet"], known["cell"])))
        found.append(
            _change(known["action"], known["field"], *line.texts, known["by"], place, known["why"])
        )
    table(_CHANGE, found)


_CHANGE = ("action", "field", "from", "to", "by", "where")
_SHOWN = {"_status": "row status"}
"""What is no field of the plan definition, and so has no id of its own there."""


def _change(*parts: str) -> tuple[str, ...]:
    action, field, before, after, by, place, why = parts
    where = ": ".join(filter(None, (place, short(why))))
    before, after = where_they_part(before or "(blank)", after or "(blank)")
    return action, _SHOWN.get(field, field), before, after, by, where


def where_they_part(before: str, after: str) -> tuple[str, str]:
    """Two texts in short: from the words before the first in which they differ, where that would be
    cut off."""
    one, other = (" ".join(text.split()) for text in (before, after))
    pairs = enumerate(zip(one, other, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
    if same < WIDEST - 1 or one == other:
        return short(one), short(other)
    near = same - WIDEST // 3
    start = one.rfind(" ", near - WIDEST // 3, near) + 1 or near
    return short(f"…{one[start:]}"), short(f"…{other[start:]}")


def say_csv(heading: Sequence[str], lines: Sequence[Mapping[str, object]]) -> None:
    """Print a CSV table on stdout; lists become one item a line."""
    import csv

    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(heading), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({name: _cell(line.get(name)) for name in heading})
    say_whole(out.getvalue())


def _cell(value: object) -> object:
    """A value as a cell of CSV: a number as it is, and no text that a spreadsheet would run,
    whatever the value was made of."""
    if isinstance(value, int | float):
        return value
    text = _text(value)
    return f"'{text}" if text.startswith(_LIVE) else text


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("text", ""))
    if isinstance(value, list):
        return "\n".join(str(part) for part in value)
    return "" if value is None else str(value)
