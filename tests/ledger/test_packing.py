"""Long events are packed: what they say, and what the chain says of them, is the same."""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.grown import Size, grow
from xlplan.errors import Problem
from xlplan.ledger.sqlite import packed, unpacked
from xlplan.ledger.store import Ledger, link
from xlplan.merge.model import Defined, Fact, Place, RowAdded

AT = "2026-11-02T12:00:00Z"
LONG = Defined(
    "[plan]\n" + "\n".join(f'note_{n} = "half a pair \ud83d"' for n in range(90)), "a" * 64
)
SHORT = Defined("[plan]\n", "b" * 64)


@given(st.text(st.characters(), max_size=40), st.integers(0, 120))
def test_what_is_packed_comes_back_as_it_was(text: str, times: int) -> None:
    assert unpacked(packed(text * times)) == text * times


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Ledger.create(tmp_path / "ledger.db") as ledger, ledger.transaction() as transaction:
        transaction.append(AT, [SHORT, LONG, SHORT])
    return tmp_path / "ledger.db"


def of(path: Path, query: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def test_a_long_event_takes_less_room_and_its_hash_is_of_its_text(path: Path) -> None:
    kinds = of(path, "SELECT typeof(body), length(CAST(body AS BLOB)) FROM event ORDER BY seq")
    assert [kind for kind, _ in kinds] == ["text", "blob", "text"]
    with Ledger.open_(path) as ledger:
        assert [event.fact for event in ledger.events()] == [SHORT, LONG, SHORT]
        assert [event.fact for event in ledger.events_at([2])] == [LONG]
        assert [event.fact for event in ledger.events_after(1)] == [LONG, SHORT]
        rows = list(ledger.chained())
    assert not isinstance(rows[0], Problem)
    assert not isinstance(rows[1], Problem)
    seq, tx, at, kind, body, digest = rows[1]
    assert digest == link(rows[0][-1], seq, tx, at, kind, body)
    assert kinds[1][1] * 5 < len(body)  # type: ignore[operator]  # a length


def test_the_format_is_raised_by_the_first_packed_event(tmp_path: Path) -> None:
    path, asked = tmp_path / "ledger.db", "SELECT value FROM meta WHERE name = 'format'"
    with Ledger.create(path) as ledger:
        for facts, form in (([SHORT], "1"), ([LONG], "3"), ([SHORT], "3")):
            with ledger.transaction() as transaction:
                transaction.append(AT, facts)
            assert of(path, asked) == [(form,)]


def of_a_stream(data: bytes) -> bytes:
    """Packed without the words that are known: nothing that xlplan writes."""
    return zlib.compress(data)


@pytest.mark.damages_ledger
@pytest.mark.parametrize(
    "body",
    [
        packed('{"x":"' + "another" * 200 + '"}'),
        of_a_stream(b"{}" * 400),
        b"{}" * 400,
        b"",
    ],
)
def test_a_packed_event_that_was_changed_is_noticed(path: Path, body: str | bytes) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER event_is_final")
        db.execute("UPDATE event SET body = ? WHERE seq = 2", (body,))
        db.commit()
    with Ledger.open_(path) as ledger:
        found = list(ledger.chained())
    assert isinstance(found[-1], Problem)
    assert (found[-1].code, len(found)) == ("VER-003", 2)


@pytest.mark.damages_ledger  # no file came: only what is recorded of them
def test_a_month_of_five_hundred_actions_takes_little_room(tmp_path: Path) -> None:
    sizes = []
    for months in (1, 3):
        folder = tmp_path / str(months)
        grow(folder, Size(leads=60, per_lead=8, months=months, lines=months * 500))
        sizes.append((folder / "ledger.db").stat().st_size)
    assert sizes[1] - sizes[0] < 2 * 150_000  # bytes a month, of 500 lines of the log each


def test_the_ledger_of_many_rows_is_hardly_larger_for_being_written_soon(tmp_path: Path) -> None:
    """Its events say the same, and so does the chain."""
    text = "Board paper {n} of the review of homes in area {n}, seen in month {n} by the panel. "
    rows: list[Fact] = [
        RowAdded(
            f"a-{n:012}",
            "action",
            float(n),
            {f"field-{at}": f"{text.format(n=n * at)}" for at in range(8)},
            {f"field-{at}": Place("plan.xlsx", "Plan", f"{'ABCDEFGH'[at]}{n}") for at in range(8)},
        )
        for n in range(2000)
    ]
    sizes, told = [], []
    for begun in (0, len(rows)):
        path = tmp_path / f"{begun}.db"
        with Ledger.create(path, begun) as ledger:
            with ledger.transaction() as transaction:
                transaction.append(AT, rows)
            told.append((ledger.tip(), ledger.events(), ledger.integrity()))
        sizes.append(path.stat().st_size)
        with contextlib.closing(sqlite3.connect(path)) as db:
            ((page,),) = db.execute("PRAGMA page_size")
            assert page == (16_384 if begun else 4096)
    assert told[0] == told[1]
    assert told[0][-1] == "ok"
    assert sizes[1] < 1.1 * sizes[0]
