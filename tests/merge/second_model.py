"""A second model of the merge, made to be simple and not to be fast: a few functions over lists.

It is told what went out, came back, was decided and was taken back, and works out everything anew
each time it is asked. It shares no code with xlplan: values are texts, sets of texts, None for a
blank, and "?Purple" for what is no value of its field. Left out are rows whose identity is in
doubt, rows that were added, dates that are taken away, and definitions that change; these have
tests of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

Key = tuple[str, str]
Value = str | frozenset[str] | None
Ids = frozenset[Any]
ME = "coordinator"
STATUS, ENTRY = "_status", ":entry"
STANDS = ("row", "edit", "entry", "decision")
KEEP, OTHER, ACCEPT, COMBINE, WITHDRAW = "Keep current", "Other", "Accept", "Combine", "Withdraw"
RATINGS = {"green": "Green", "amber": "Amber", "red": "Red", "blue": "Blue"}
DATES = {"Jun 2026": "June 2026"}
INPUTS = ("due", "rating", "progress", "tags", "diary" + ENTRY)
LOCKED = ("action", "diary")
CHOICES = {
    "invalid": (KEEP, OTHER), "held": (ACCEPT, KEEP, OTHER), "locked": (ACCEPT, KEEP, OTHER),
    "cleared-required": (KEEP, ACCEPT, OTHER), "row-missing": (KEEP, WITHDRAW, "Transfer"),
}  # fmt: skip
FATES = {"invalid": "invalid", "locked": "locked"}


@dataclass(frozen=True)
class Template:
    """What went out: the cells as they were shown, and the ids of the writes that were behind."""

    name: str
    author: str
    cycle: str
    at: int
    uids: tuple[str, ...]
    shown: Mapping[Key, Value]
    saw: Mapping[Key, Ids]


@dataclass(frozen=True)
class Write:
    """One value that somebody wrote, or (by its kind) only asks about."""

    id: Any
    kind: str
    author: str
    key: Key
    value: Value
    base: Value = None
    template: str = ""
    entry: bool = False
    saw: Ids = frozenset()
    cells: tuple[str, ...] = ()
    source: str = ""
    at: int = 0
    stamp: str = ""
    timed: bool = False
    cycle: str = ""

    @property
    def stands(self) -> bool:
        return self.kind in STANDS

    @property
    def asks(self) -> bool:
        return self.kind not in STANDS and self.kind != "seen"

    @property
    def hand(self) -> tuple[str, str, bool]:
        return self.template, self.author, self.entry


@dataclass(frozen=True)
class Return:
    """A file that came back, as it was compared with its template."""

    name: str
    template: Template
    stamp: str
    writes: tuple[Write, ...]
    columns: tuple[str, ...]
    uids: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """What a cell holds."""

    value: Value
    heads: tuple[Write, ...] = ()
    conflict: bool = False
    common: Ids = frozenset()
    entries: tuple[Write, ...] = ()


@dataclass(frozen=True)
class Again:
    """After `over` its author's last files show `value`: that of `write`, or the base (None)."""

    id: Any
    over: Write
    value: Value
    write: Write | None
    sources: frozenset[str]

    @property
    def asks(self) -> bool:
        return not self.over.stands and self.write is not None and not self.write.stands


@dataclass(frozen=True)
class Question:
    """What is asked: `candidates` are values with who wrote them and the id."""

    kind: str
    key: Key
    master: Value
    candidates: tuple[tuple[Value, str, Any], ...]
    ids: Ids
    choices: tuple[str, ...]


@dataclass
class Model:
    """The plan: everything that was ever written, and what was taken back when."""

    copies: dict[Key, list[Write]] = field(default_factory=dict)
    gone: list[tuple[str, int]] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    came: list[tuple[str, int]] = field(default_factory=list)
    at: int = 0
    known: dict[tuple[Key, int], list[Write]] = field(default_factory=dict)
    """What was worked out since something last happened."""


def start(rows: Mapping[str, Mapping[str, Value]]) -> Model:
    """A plan with these rows."""
    plan = Model()
    for uid, cells in rows.items():
        for name, value in cells.items():
            _put(plan, Write(("row", uid, name), "row", ME, (uid, name), value))
    return plan


def _put(plan: Model, write: Write) -> None:
    plan.copies.setdefault(write.key, []).append(write)


def tick(plan: Model) -> int:
    """Something happens: its position."""
    plan.known.clear()
    plan.at += 1
    return plan.at


# What stands


def live(plan: Model, key: Key, until: int | None = None) -> list[Write]:
    """Each write once, as those copies have it that were not taken back."""
    when = key, plan.at if until is None else until
    if when not in plan.known:
        found: dict[Any, list[Write]] = {}
        for copy in live_copies(plan, key, until):
            found.setdefault(copy.id, []).append(copy)
        plan.known[when] = [_one(plan.copies[key], copies) for copies in found.values()]
    return plan.known[when]


def live_copies(plan: Model, key: Key, until: int | None = None) -> list[Write]:
    end = plan.at if until is None else until
    return [c for c in plan.copies.get(key, []) if c.at <= end and not _is_gone(plan, c, end)]


def _is_gone(plan: Model, copy: Write, end: int) -> bool:
    return any(source == copy.source and copy.at < at <= end for source, at in plan.gone)


def _one(ever: Sequence[Write], copies: Sequence[Write]) -> Write:
    """It was first seen where its first copy came in, and saved when its earliest was."""
    first = next(each for each in ever if each.id == copies[0].id)
    stamps = [copy.stamp for copy in copies if copy.stamp]
    return replace(
        copies[0], stamp=min(stamps, default=""), timed=len(stamps) == len(copies), saw=first.saw,
        cycle=first.cycle,
    )  # fmt: skip


def known_to(writes: Iterable[Write]) -> Ids:
    return frozenset(name for write in writes for name in write.saw)


def ids(writes: Iterable[Write]) -> Ids:
    return frozenset(write.id for write in writes)


def replaced(writes: Sequence[Write]) -> Ids:
    """What the same hand wrote later in the same template, by the times in its files."""
    gone = set()
    for write in writes if len(writes) > 1 else ():
        rivals = [w for w in writes if w.hand == write.hand and w.timed and w.stamp]
        if write.template and write.stamp and any(w.stamp > write.stamp for w in rivals):
            gone.add(write.id)
    return frozenset(gone)


def heads_of(writes: Sequence[Write]) -> list[Write]:
    if len(writes) == 1:
        return [*writes]
    gone = known_to(writes) | replaced(writes)
    return [write for write in writes if write.id not in gone]


def settle(name: str, writes: Collection[Write]) -> Cell:
    """What a cell holds by its writes."""
    standing = [write for write in writes if write.stands]
    entries = [write for write in standing if write.kind == "entry"]
    if entries:
        return _diary(standing, entries)
    return _plain(name, standing) if standing else Cell(None)


def _plain(name: str, writes: Sequence[Write]) -> Cell:
    heads = heads_of(writes)
    if len({head.value for head in heads}) == 1:
        return Cell(heads[0].value, tuple(heads))
    common = frozenset.intersection(*(head.saw for head in heads))
    if name == "tags":
        return Cell(elements(writes, writes) or None, tuple(heads))
    return Cell(_meanwhile(name, heads, writes, common), tuple(heads), True, common)


def _meanwhile(name: str, heads: Sequence[Write], writes: Sequence[Write], common: Ids) -> Value:
    """What the plan shows while it is asked: the coordinator's, else what all heads had seen."""
    own = [head for head in heads if head.author == ME]
    if own:
        return max(own, key=lambda head: head.at).value
    return settle(name, [write for write in writes if write.id in common]).value


def elements(every: Sequence[Write], writes: Sequence[Write]) -> frozenset[str]:
    """Added by anyone is in; removed by anyone and added again by no one is out."""
    heads = heads_of(writes)
    if not heads or len({head.value for head in heads}) == 1:
        return _set(heads[0].value) if heads else frozenset()
    gone, touching = replaced(writes), dict[str, list[Write]]()
    for write in writes:
        before = elements(every, [other for other in every if other.id in write.saw])
        touched = _set(write.value) ^ before
        if write.kind == "edit":
            touched |= _set(write.value) - _set(write.base)
        for element in touched if write.id not in gone else ():
            touching.setdefault(element, []).append(write)
    return frozenset(
        element
        for element, found in touching.items()
        if any(element in _set(w.value) for w in found if w.id not in known_to(found))
    )


def _set(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()


def _diary(standing: Sequence[Write], entries: Sequence[Write]) -> Cell:
    texts = [write for write in standing if write.kind != "entry"]
    below = _plain("diary", texts) if texts else Cell(None)
    gone = (_behind(below) if below.conflict else known_to(texts)) | replaced(entries)
    left = [entry for entry in entries if entry.id not in gone]
    beside = [e for e in left if any(_crosses(e, text) for text in below.heads)]
    if beside:
        heads = (*below.heads, *beside)
        common = frozenset.intersection(*(head.saw for head in heads))
        below = Cell(_meanwhile("diary", below.heads, texts, common), heads, True, common)
    lines = [*map(signed, left), *([str(below.value)] if below.value is not None else [])]
    return replace(below, value="\n".join(lines) or None, entries=tuple(left))


def _crosses(entry: Write, text: Write) -> bool:
    if text.kind != "edit" or text.author == entry.author or text.id in entry.saw:
        return False
    before, after = str(text.base or ""), str(text.value or "")
    return not (after.startswith(before) or after.endswith(before))


def signed(entry: Write) -> str:
    when = entry.cycle
    if entry.timed:
        day = date.fromisoformat(entry.stamp[:10])
        when = f"{day.day} {day:%B %Y}"
    return f"[{when}, {entry.author}] {entry.value}"


def _behind(cell: Cell) -> Ids:
    own = [head for head in cell.heads if head.author == ME]
    last = max(own, key=lambda head: head.at, default=None)
    return cell.common if last is None else last.saw | {last.id}


def cell(plan: Model, key: Key, until: int | None = None) -> Cell:
    return settle(key[1], live(plan, key, until))


# What goes out and comes back


def issue(plan: Model, name: str, author: str, cycle: str, uids: Sequence[str]) -> Template:
    """A template, or (the coordinator's) the master."""
    shown, saw = {}, {}
    for key in [(u, n) for u in uids for n in ("", STATUS, *LOCKED, *INPUTS)]:
        at = (key[0], key[1].removesuffix(ENTRY))
        there, writes = cell(plan, at), live(plan, at)
        shown[key] = None if key[1].endswith(ENTRY) else there.value
        standing = ids(write for write in writes if write.stands)
        saw[key] = ids(writes) if author == ME else _behind(there) if there.conflict else standing
    return Template(name, author, cycle, tick(plan) - 1, tuple(uids), shown, saw)


def canon(column: str, raw: str | None) -> Value:
    if raw is None:
        return None
    if column == "rating":
        return RATINGS.get(raw.lower(), f"?{raw}")
    if column == "tags":
        return frozenset(part.strip() for part in raw.split(","))
    return DATES.get(raw, raw) if column == "due" else raw


def same_words(one: Value, other: Value) -> bool:
    return isinstance(one, str) and isinstance(other, str) and one.split() == other.split()


def read(
    plan: Model, name: str, template: Template, edits: Mapping[Key, str | None], stamp: str,
    missing: Sequence[str], without: Sequence[str],
) -> Return:  # fmt: skip
    """A file compared with what its template showed; nothing is taken in."""
    mine = template.author == ME
    went_out = (STATUS, *LOCKED, *INPUTS[:-1]) if mine else (*LOCKED, *INPUTS)
    columns = tuple(column for column in went_out if column not in without)
    found: list[Write] = []
    for uid in template.uids:
        row = [
            _compared(plan, template, (uid, column), canon(column, edits[uid, column]))
            for column in columns
            if (uid, column) in edits and uid not in missing
        ]
        writes = [write for write in row if write is not None]
        inputs = [write for write in writes if write.kind != "locked"]
        blank = [w for w in inputs if w.value is None and not w.entry]
        full = [n for n in INPUTS if not mine and template.shown.get((uid, n)) is not None]
        if blank and len(blank) == len(inputs) == len(full):
            emptied = tuple(write.key[1] for write in blank)
            writes = [w for w in writes if w not in blank]
            writes.append(_whole(template, uid, "emptied", emptied))
        if uid in missing:
            writes.append(_whole(template, uid, "missing", ()))
        found += writes
    uids = tuple(uid for uid in template.uids if uid not in missing)
    return Return(name, template, stamp, tuple(found), columns, uids)


def _whole(template: Template, uid: str, what: str, cells: tuple[str, ...]) -> Write:
    name = (template.name, template.author, uid, "", what)
    saw = template.saw[uid, ""]
    return Write(
        name, "row-missing", template.author, (uid, ""), what, None, template.name, saw=saw,
        cells=cells,
    )  # fmt: skip


def _compared(plan: Model, template: Template, at: Key, value: Value) -> Write | None:
    (uid, column), mine = at, template.author == ME
    base = template.shown[at]
    if value == base or (not mine and same_words(value, base)):
        return None
    kind = "edit"
    if column in LOCKED and not mine:
        kind = "locked"
    elif not mine and closed_since(plan, template, uid) and not _agreed(plan, template, at, value):
        kind = "held"
    elif isinstance(value, str) and value.startswith("?"):
        kind = "invalid"
    elif value is None and column in ("rating", "action"):
        kind = "cleared-required"
    elif column.endswith(ENTRY):
        kind = "entry"
    key = (uid, column.removesuffix(ENTRY))
    return Write(
        (template.name, template.author, *at, value), kind, template.author, key, value, base,
        template.name, column.endswith(ENTRY), template.saw[at],
    )  # fmt: skip


def _own_since(plan: Model, template: Template, key: Key) -> Write | None:
    own = [w for w in live(plan, key) if w.stands and w.author == ME]
    last = max(own, key=lambda write: write.at, default=None)
    return last if last is not None and last.at > template.at else None


def closed_since(plan: Model, template: Template, uid: str) -> bool:
    """Whether the coordinator closed or withdrew an action that the template shows open."""
    last = _own_since(plan, template, (uid, "rating"))
    gone = cell(plan, (uid, STATUS)).value == "withdrawn"
    return gone or (last is not None and last.value == "Blue")


def _agreed(plan: Model, template: Template, at: Key, value: Value) -> bool:
    last = _own_since(plan, template, (at[0], at[1].removesuffix(ENTRY)))
    return last is not None and last.value == value


def take(plan: Model, returned: Return) -> None:
    """A return comes in."""
    at = tick(plan)
    plan.returns.append(returned)
    plan.came.append((returned.name, at))
    for write in returned.writes:
        _put(
            plan,
            replace(
                write, source=returned.name, at=at, stamp=returned.stamp,
                timed=bool(returned.stamp), cycle=returned.template.cycle,
            ),
        )  # fmt: skip
