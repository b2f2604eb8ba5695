"""Why the edits of a row do not apply by themselves: rows in doubt, and rows that were moved.

A row whose identity is doubtful has its edits asked about, cell by cell. Whoever sorts, cuts or
pastes a part of the table moves many at once: what is visible away from the hidden keys, or the
keys from it. One or two rows that disagree are in doubt; from `LEAST` on it was one slip, and the
file is one question: do the values of these rows, and of whichever share a ref or a key with them,
belong to the action whose ref is visible, or to that of the hidden key? The whole file waits for
the answer, for a row that agrees may have been sorted into its own place. So does a file that is
signed with a key which the plan no longer has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.return_codes import RET_026, RET_030
from xlplan.merge.asks import is_a_question
from xlplan.merge.kinds import BY_KEY, BY_REF, TAKE, WAYS, Kind, named, write_id
from xlplan.merge.model import Change, Issued, Place, Write
from xlplan.merge.reading import ReadCell, Reading, ReadRow
from xlplan.merge.register import settle
from xlplan.merge.state import State
from xlplan.plan.values import show_in

LEAST = 3
"""Rows that name two actions of one issued workbook, from which on it was one slip."""
FIRST, WIDE = 5, 40
"""How many changes a preview shows, and how much of each value."""


class Against(Struct, frozen=True):
    """What a row is compared with: the position of its base, and why to doubt its edits.

    `typed` rows were written by hand and not issued: a blank cell in them says nothing.
    """

    as_of: int
    doubt: str
    typed: bool = False


def against(state: State, issued: Issued, row: ReadRow, times: int) -> Against:
    """What a row that is in its file so many `times` is compared with: one that was pasted from
    another template with what that showed."""
    origin = state.issued.get(row.key_issued) if row.trust == "foreign" else None
    base = issued if origin is None else origin
    typed = row.uid not in base.uids
    doubt = doubt_of(state, row, times)
    if typed and not doubt:
        doubt = f"Action {state.ref(row.uid)} is not in the template that was issued."
    return Against(base.as_of, doubt, typed)


def doubt_of(state: State, row: ReadRow, times: int) -> str:
    """Why a row's edits cannot apply by themselves, or ``""``."""
    ref = state.ref(row.uid) or row.uid
    if times > 1:
        return f"Action {ref} is in this file {times} times; none of the copies was applied."
    if row.trust == "disagrees":
        return (
            f'The row shows the ref "{row.ref}" but its hidden key belongs to action {ref}; '
            "it may have been sorted or pasted."
        )
    if row.trust == "foreign":
        return f"The row of action {ref} was pasted from another template."
    if row.trust == "forged":
        return f"The row of action {ref} carries a key that this plan never signed."
    if row.trust == "matched":
        return f"The row was matched to action {ref} by its ref alone: its stamp is missing."
    return ""


def dispute(cell: ReadCell) -> str:
    """Why an edit that two readers see differently cannot apply by itself, or ``""``."""
    if not cell.other:
        return ""
    return f'This cell can be read in two ways: as "{cell.value}" and as "{cell.other}".'


def stranger(row: ReadRow) -> str:
    """Why a row that is none of the plan's is only proposed."""
    if row.trust == "foreign":
        return "This row was pasted from another template."
    return f'Row {row.number} ("{row.ref}") carries a key that this plan never signed.'


# Rows that were moved as a whole


class MovedRows(Struct, frozen=True):
    """The rows of a file, those of them that were moved, and the actions that these are about."""

    file: Sequence[ReadRow]
    rows: Sequence[ReadRow]
    uids: frozenset[str]

    @property
    def span(self) -> str:
        """The first and the last of them on their sheet: ``6:17``."""
        return f"{self.rows[0].number}:{self.rows[-1].number}"

    def read(self, way: str) -> tuple[ReadRow, ...]:
        """The rows of the file, those that were moved taken for the ones of their refs, or of
        their keys."""
        read = {BY_REF: _by_ref, BY_KEY: _by_key}[way]
        return tuple(read(row) if _is_of(row, self.uids) else row for row in self.file)


def moved_rows(rows: Sequence[ReadRow], issued: Collection[str]) -> MovedRows | None:
    """What was moved among the rows of a file; None where they agree, or too few disagree.

    `issued` are the uids of the workbook that it answers: a ref of no row of it was typed.
    """
    apart = [
        row
        for row in rows
        if row.shown and row.shown in issued and _key(row) not in ("", row.shown)
    ]
    if len(apart) < LEAST:
        return None
    uids = frozenset(uid for row in apart for uid in (row.shown, _key(row)))
    return MovedRows(rows, [row for row in rows if _is_of(row, uids)], uids)


def _is_of(row: ReadRow, uids: frozenset[str]) -> bool:
    return not uids.isdisjoint((_key(row), _ref(row)))


def _key(row: ReadRow) -> str:
    """The uid in the hidden key of a row, where this plan signed it for this workbook."""
    return row.uid if row.trust in ("signed", "disagrees", "added") else ""


def _ref(row: ReadRow) -> str:
    """The uid of the row whose ref is visible, or ``""``."""
    if row.trust == "matched" or (row.trust == "signed" and row.ref):
        return row.uid
    return row.shown


def _by_ref(row: ReadRow) -> ReadRow:
    """A row without a ref of the plan was added by somebody; one in which nothing is left says
    nothing."""
    uid = _ref(row)
    return replace(row, uid=uid, trust="signed" if uid else "added", shown="")


def _by_key(row: ReadRow) -> ReadRow:
    if row.trust == "matched":
        return replace(row, uid="", trust="added")
    return replace(row, trust="added" if row.trust == "added" else "signed", shown="")


def moved_write(
    state: State, issued: Issued, file: str, moved: MovedRows, ways: Mapping[str, Sequence[Write]]
) -> Write | None:
    """The one question about a file whose rows were moved, with what it writes in each of the
    `ways`; None where it writes nothing in either.

    A locked cell that shows what went out in another of these rows was moved along, and is
    nobody's edit: the way in which fewer of them were moved is likely to be the right one.
    """
    along = {
        way: [w for w in writes if _is_along(state, issued, moved, w)]
        for way, writes in ways.items()
    }
    readings = {
        WAYS[way]: tuple(w for w in writes if w not in along[way]) for way, writes in ways.items()
    }
    if not any(readings.values()):
        return None
    content = named("rows", [[way, [w.id.stored for w in readings[way]]] for way in readings])
    place, said = Place(file, moved.rows[0].sheet), _say(state, moved, along)
    rows = {uid: state.ref(uid, issued.as_of) for uid in sorted(_spoken_of(moved))}
    return _of_file(Kind.SORTED, issued, content, place, said, rows, readings)


def _of_file(
    kind: Kind, issued: Issued, content: str, place: Place, message: str,
    rows: Mapping[str, str], readings: Mapping[str, tuple[Write, ...]],
) -> Write:  # fmt: skip
    """The one question about a file as a whole: which ways there are to read it."""
    return Write(
        id=write_id(issued.id, issued.author, issued.id, "", content),
        kind=kind,
        issued=issued.id,
        author=issued.author,
        uid=issued.id,
        field="",
        value=content,
        place=place,
        message=message,
        row=rows,
        readings=readings,
    )


def older(state: State, issued: Issued, reading: Reading, writes: Sequence[Write]) -> Write | None:
    """The one question about a file that is signed with an older key, with what it writes; None
    where it is not, or writes nothing."""
    if reading.trust != "old-key" or not writes:
        return None
    content = named("rows", [write.id.stored for write in writes])
    uids = {row.uid for row in reading.rows if row.uid}
    place = Place(reading.file, reading.sheet)
    said = RET_030.fill("asked", template=issued.id, rows=len(uids)).message
    rows = {uid: state.ref(uid, issued.as_of) for uid in sorted(uids)}
    return _of_file(Kind.OLD_KEY, issued, content, place, said, rows, {WAYS[TAKE]: tuple(writes)})


def _spoken_of(moved: MovedRows) -> frozenset[str]:
    return moved.uids | {row.uid for row in moved.file if row.uid}


def _is_along(state: State, issued: Issued, moved: MovedRows, write: Write) -> bool:
    return write.kind is Kind.LOCKED and any(
        write.value == state.value(uid, write.field, issued.as_of) for uid in moved.uids
    )


def _say(state: State, moved: MovedRows, along: Mapping[str, Sequence[Write]]) -> str:
    """How many rows were moved, and with what their locked texts go; the refs prove nothing."""
    kinds = {row.kind for uid in moved.uids if (row := state.rows.get(uid)) is not None}
    keys = {item.id for kind in kinds if (item := state.definition.with_role("key", kind))}
    texts = {way: sum(w.field not in keys for w in writes) for way, writes in along.items()}
    rows, span = len(moved.rows), moved.span.replace(":", " to ")
    if texts[BY_REF] == texts[BY_KEY] or min(texts.values()):
        return RET_026.fill("neither", rows=rows, span=span).message
    if texts[BY_KEY]:
        return RET_026.fill("by-ref", rows=rows, span=span).message
    return RET_026.fill("by-key", rows=rows, span=span).message


def effects(state: State, issued: Issued, writes: Sequence[Write]) -> Iterator[Change]:
    """What writes of a return would change in the plan, or ask, if they came in now."""
    for write in writes:
        live = state.live(write.key)
        if any(known.id in (write.id, write.id.certain) for known in live):
            continue
        now, after, kind = state.cell(write.key), write.value, write.kind.value
        if write.standing:
            came = replace(write, saw=state.saw(write.key, issued), timed=bool(write.stamp))
            then = settle(state.field_of(write.key), [*live, came])
            if then.conflict and came in then.heads:
                kind = Kind.CONFLICT.value
            elif then.value == now.value:
                continue
            else:
                after = then.value
        elif not is_a_question(state, write.key, write):
            continue
        yield Change(
            0, "", issued.cycle, write.uid, state.ref(write.uid), write.field, now.value, after,
            write.author, write.place, kind, why=write.message,
        )  # fmt: skip


def say_effects(state: State, way: str, changes: Sequence[Change]) -> str:
    """How much one way to read rows would change and ask, and the first few of it."""
    made = sum(Kind(change.kind).stands for change in changes)
    asked = len(changes) - made
    lines = [RET_026.fill("way", way=way, changes=made, questions=asked).message]
    lines += [f"   {_say_effect(state, change)}" for change in changes[:FIRST]]
    if len(changes) > FIRST:
        lines.append(f"   … {len(changes) - FIRST:,} more")
    return "\n".join(lines)


def _say_effect(state: State, change: Change) -> str:
    if not change.field:
        return " ".join(part for part in (change.action, change.why) if part)
    item = state.field_of((change.uid, change.field))
    heading = item.heading if item is not None else change.field
    before, after = (_short(show_in(item, value)) for value in (change.before, change.after))
    asked = "" if Kind(change.kind).stands else " (asked)"
    return f"{change.action} {heading}: {before} → {after}{asked}"


def _short(text: str) -> str:
    line = " ".join(text.split()) or "(blank)"
    return line if len(line) <= WIDE else f"{line[: WIDE - 1]}…"
