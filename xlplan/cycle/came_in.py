"""Rows in which nothing was written since they came in: what is kept of them lies together.

Of a plan that was defined once and in which nothing was taken back such a row is what it brought
in: that says what its cells show, how it got there, and what ``show REF`` prints of it, and its log
has no lines. So what the rows of the spreadsheet brought in is kept once, many rows in one text,
and never again; and in drawers it is kept of which refs this says everything. What is written to a
row is kept under its own name (see `kept` and `memory`), and its ref leaves its drawer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any
from zlib import crc32

from xlplan.ledger.projection import Key, Unknown, answer_text, read_answer

if TYPE_CHECKING:
    from xlplan.cycle.desk import Desk
    from xlplan.cycle.kept import Document, Find
    from xlplan.merge.outline import Outline, RowLine
    from xlplan.merge.state import State
    from xlplan.plan.values import Value

_CAME, _REFS = "came in", "refs"
_ALL: Key = (_CAME, "")
"""Under which it is kept how far in the ledger such rows go, and what the columns of actions are.
"""
_TOGETHER = 32
"""Positions of the ledger of which the rows lie in one text."""
_DRAWERS = 64


class CameIn:
    """Reads it; `text` gives an answer as it was kept, and raises where there is none; `otherwise`
    is raised where it is no JSON."""

    def __init__(
        self, text: Callable[[str, str], str], otherwise: type[Exception] = Unknown
    ) -> None:
        self._text, self._otherwise = text, otherwise
        self._opened: set[str] = set()
        self._rows: dict[str, str] = {}

    def row(self, uid: str, since: int) -> tuple[dict[str, Any], Document] | None:
        """What a row brought in at a position, in the ledger's form, and of the fields of an action
        whose texts are not that very value, how they are shown; None of a row that lies elsewhere.
        """
        if (name := str(since // _TOGETHER)) not in self._opened:
            parts = self._text(_CAME, name).split("\n")  # in JSON as it is written here is none
            # One without its fellow, as of a text that was cut, says nothing.
            self._rows.update(zip(parts[::2], parts[1::2], strict=False))
            self._opened.add(name)
        if uid not in self._rows:
            return None
        values, shown = read_answer(self._rows[uid], self._otherwise)
        return values, shown

    def says(self, ref: str) -> list[tuple[float, str, int]] | None:
        """The actions with a ref by place, uid, and where they came in, where that says everything
        of it; else None."""
        found: list[tuple[float, str, int]] | None
        found = read_answer(self._text(_REFS, _drawer_of(ref)), self._otherwise).get(ref)
        return found

    def actions(self, ref: str) -> list[tuple[float, str, Document, str, list[str | None]]] | None:
        """The same as they are kept of any other ref."""
        lines = self.says(ref)
        if lines is None:
            return None
        about = read_answer(self._text(*_ALL), self._otherwise)
        return [(n, uid, *self._action(ref, uid, since, about)) for n, uid, since in lines]

    def _action(
        self, ref: str, uid: str, since: int, about: Document
    ) -> tuple[Document, str, list[str | None]]:
        if (found := self.row(uid, since)) is None:
            raise Unknown
        values, shown = found
        fields = {
            name: shown[name][1] if len(shown.get(name, ())) > 1 else values.get(name)
            for name in about["all"]
        }
        document: Document = {
            "ref": ref,
            "uid": uid,
            "section": values.get(about["section"]) or "",
            "fields": fields,
            "withdrawn": False,
            "kept_back": False,
            "milestones": [],
        }
        said = [
            shown[name][0] if name in shown else None if fields[name] is not None else ""
            for name in about["shown"]
        ]
        return document, "", said


def until_of(find: Find) -> int:
    """How far in the ledger the rows go of which this is kept together."""
    return int(find(*_ALL)["until"])


def is_as_it_came(line: RowLine, until: int) -> bool:
    """Whether a row of an outline is one of these, and was not written to since."""
    return line.since == line.last <= until


def _drawer_of(ref: str) -> str:
    return f"{crc32(ref.encode('utf-8', 'surrogatepass')) % _DRAWERS:02x}"


# Making it


def last_together(state: State, before: Find | None) -> int:
    """As of `until_of`, of a state; where anything was kept `before`, by that."""
    if before is not None:
        return until_of(before)
    return max((state.row_seq[uid] for uid in _together(state)), default=0)


def _together(state: State) -> list[str]:
    """The rows with which the plan began."""
    if len(state.defined) > 1 or state.undone:
        return []
    begun, tx_at = state.transactions[state.defined[0]], state.transactions
    return [uid for uid, seq in state.row_seq.items() if tx_at[seq] == begun]


def came_in(state: State) -> Iterator[tuple[Key, str]]:
    """What the rows brought in with which the plan began, all of it."""
    looks = _Looks(state)
    some: dict[str, list[str]] = {}
    for uid in _together(state):
        row = state.rows[uid]
        name = str(state.row_seq[uid] // _TOGETHER)
        some.setdefault(name, []).extend((uid, looks.text(row.kind, row.values)))
    for name, parts in some.items():
        yield (_CAME, name), "\n".join(parts)


class _Looks:
    """How the values of actions are shown; of one that is no text once, however many have it."""

    def __init__(self, state: State) -> None:
        from xlplan.plan.values import told_by

        self._definition = state.definition
        self._told_by = told_by
        self._due = self._definition.with_role("due", "action")
        self._fields = {
            item.id: item for item in state.definition.fields_of("action", retired=True)
        }
        self._known: dict[tuple[str, object], tuple[object, list[object]]] = {}

    def text(self, kind: str, values: Mapping[str, Value]) -> str:
        """What a row brought in, as JSON."""
        held: dict[str, object] = {}
        shown: dict[str, object] = {}
        for name in sorted(values):
            if type(value := values[name]) is str:
                held[name] = value
            else:
                held[name], look = self._of(name, value)
                if kind == "action":
                    shown[name] = look
        return answer_text((held, shown))

    def _of(self, name: str, value: Value) -> tuple[object, list[object]]:
        """A value in the ledger's form; what is shown of it, and then what ``--json`` has."""
        key = name, self._told_by(value)
        if (found := self._known.get(key)) is None:
            from xlplan.plan.due import value_shape
            from xlplan.plan.values import encode, show_in

            due = self._due
            text = show_in(self._fields.get(name), value)
            shape = value_shape(value, self._definition, is_due=due is not None and name == due.id)
            held, look = encode(value), [None if shape == text else text, shape]
            found = self._known[key] = held, look[:1] if shape == held else look
        return found


class Refs:
    """Of which refs it says everything what their actions brought in: drawers, as they were kept
    `before`, of which those are opened that are asked for; without that all of them, empty."""

    def __init__(self, state: State, outline: Outline, before: Find | None) -> None:
        self._state, self._outline, self._before = state, outline, before
        self._until = last_together(state, before)
        definition = state.definition
        section = definition.public.with_role("section", "action")
        due = definition.with_role("due", "action")
        self._section, self._due = section.id if section else "", due.id if due else ""
        self._open: dict[str, Document] = {}
        if before is None:
            self._open = {f"{number:02x}": {} for number in range(_DRAWERS)}

    def _drawer(self, ref: str) -> Document:
        if (name := _drawer_of(ref)) not in self._open:
            assert self._before is not None  # else all of them are open
            self._open[name] = self._before(_REFS, name)
        return self._open[name]

    def says(self, ref: str) -> bool:
        """Whether it does."""
        return ref in self._drawer(ref)

    def note(self, ref: str, actions: Iterable[tuple[float, str]], *, logged: bool) -> bool:
        """Note what a ref is that of, and whether its log has lines; whether it says everything."""
        drawer, rows = self._drawer(ref), self._outline.rows
        lines = [] if logged else [(order, uid, rows[uid]) for order, uid in sorted(actions)]
        for _, uid, line in lines:
            if not self._is_plain(uid, line):
                lines = []
                break
        if lines:
            drawer[ref] = [(order, uid, line.since) for order, uid, line in lines]
        else:
            drawer.pop(ref, None)
        return bool(lines)

    def _is_plain(self, uid: str, line: RowLine) -> bool:
        """Whether a row is as it came in, without a status or steps."""
        from xlplan.plan.values import show

        if line.status is not None or not is_as_it_came(line, self._until):
            return False
        row = self._state.untouched(uid) or self._state.master_row(uid)
        section = row.values.get(self._section)
        plain = section is None or type(section) is str
        return plain and "\n" not in show(row.values.get(self._due))

    def kept(self) -> Iterator[tuple[Key, object]]:
        """The drawers that were opened; of all of them, also what they are about."""
        definition = self._state.definition
        if self._before is None:
            yield (
                _ALL,
                {
                    "until": self._until,
                    "all": [item.id for item in definition.fields_of("action", retired=True)],
                    "shown": [item.id for item in definition.fields_of("action")],
                    "section": self._section,
                },
            )
        for name, drawer in self._open.items():
            yield (_REFS, name), dict(sorted(drawer.items()))


def by_ref(
    desk: Desk,
    outline: Outline,
    since: int,
    refs: Set[str],
    actions: Mapping[str, RowLine],
    had: Mapping[str, RowLine],
    before: Find | None,
) -> Iterator[tuple[Key, object]]:
    """The actions of some `refs`, and the lines of the log that came `since` a position, as they
    are kept, by ref: of one whose `actions` are as they came in only that. `had` are the actions
    that there were before."""
    from xlplan.cycle.kept import shown_row
    from xlplan.cycle.so_far import logs

    state = desk.state
    refs = refs | {each.action for each in desk.history.since(since) if each.seq > since}
    lines: dict[str, list[tuple[float, str]]] = {}
    for uid, line in actions.items():
        if line.ref in refs:
            lines.setdefault(line.ref, []).append((line.order, uid))
    told = Refs(state, outline, before)
    known = {line.ref for line in had.values() if line.ref in refs and not told.says(line.ref)}

    def asks(ref: str, count: int) -> bool:
        """Whether it is kept that the log of a ref has so many lines."""
        says = told.note(ref, lines.get(ref, ()), logged=count > 0)
        return count > 0 or (ref in lines and not says)

    yield from logs(desk, since, refs, asks, known, before)
    for ref, of in sorted(lines.items()):  # one after the other: together they are large
        if not told.says(ref):
            found = ((n, uid, shown_row(state.master_row(uid), state.definition)) for n, uid in of)
            yield (("row", ref), [(n, uid, *row[:3]) for n, uid, row in found])
    yield from told.kept()
