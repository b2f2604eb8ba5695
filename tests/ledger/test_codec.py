"""Facts as JSON and back, and the format as the room's page describes it."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import zlib
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import ROOT
from xlplan.codes.families import every_message
from xlplan.errors import Problem
from xlplan.ledger.codec import canonical, from_body, kind_of, text_of, to_body
from xlplan.ledger.projection import answer_text
from xlplan.ledger.sqlite import _WORDS
from xlplan.ledger.store import Ledger
from xlplan.merge.kinds import Id, Kind
from xlplan.merge.model import (
    Decided,
    Defined,
    Fact,
    Issued,
    Ours,
    Place,
    Posted,
    Published,
    Rekeyed,
    Returned,
    RowAdded,
    Shared,
    Undone,
    Unused,
    Write,
)
from xlplan.plan.accounted import AccountLine
from xlplan.plan.shown import ShownNumber
from xlplan.plan.timescales import canon_timescale
from xlplan.plan.values import Invalid, Value
from xlplan.source.cells import FieldsOfRow, PlacesOfRow

PAGE = (ROOT / "xlplan" / "ledger" / "README.md").read_text("utf-8")
PLACE = Place("inbox/Ada.xlsx", "Update", "F12")
VALUES: dict[str, Value] = {
    "action": "Mend the “hull”\nand paint it",
    "lead": ("Ada", "Ben"),
    "due": canon_timescale("June 2027", date(2027, 6, 30)),
    "done": date(2026, 11, 2),
    "tags": frozenset({"b", "a"}),
    "rating": Invalid("Purple", "VAL-002", "not on the scale"),
    "percent": 0.5,
    "count": 3,
    "blank": None,
}
ASSERTION = Write(
    Id("w-1"), Kind.EDIT, "Ada", "a-1", "progress", "after", "t-1", "before", " after ", PLACE,
    "a message", entry=True, row={"A": "text"}, cells={"A": "A1"},
)  # fmt: skip
FULL: tuple[Fact, ...] = (
    Defined(
        "[plan]\n", "00ff", {"sheets": ("Plan",), "template": ("themed-rag",)},
        (AccountLine("Plan", 4, "imported", "action 1", "1 | Mend"),),
    ),
    RowAdded("a-1", "action", 1.5, VALUES, {"action": PLACE}, "Ada", "proposal", "d-1", "ab12"),
    Issued(
        "t-1", "template", "Ada", "2026-11", "2026-11-27", 7, ("a-1", "a-2"), ("ref", "rating"),
        ("rating",), "outbox/2026-11/Ada.xlsx", "cd34",
        Ours({"Update": "123"}, "f-1", Shared("f-1", {"Guidance": "456"}, ("FFFFFF",))),
    ),
    Returned(
        "r-1", "ef56", PLACE.file, "t-1", "Ada", "2026-11", "2026-11-10T10:00:00Z", "merged",
        ("a-1",), ("rating",), (ASSERTION,),
        (Problem("RET-021", "Ada.xlsx", "ticked", "note", "1.1", "rating"),), ("a remark",),
        {"no_change": "yes"},
        (Unused("q-1", "Other", "Puce", "agreed", PLACE, Problem("DEC-003", "d.xlsx", "no")),),
    ),
    Decided(
        "d-1", "q-1", "conflict", "a-1", "due", "Other", True, VALUES["due"], "agreed",
        frozenset({Id("w-2"), Id("w-1", True)}), PLACE, "d-0",
    ),
    Undone("r-1", ("d-1",), "by mistake"),
    Published("2026-11", 9, "2026-11.xlsx", "aa11", "bb22"),
    Posted("reminder", "2026-11", "Ada", "2026-11-30", "t-1", "outbox/2026-11/post/Ada.eml",
           "cc33", ("late", "to correct")),
    Rekeyed("dd44", "ee55"),
)  # fmt: skip
LEAST: tuple[Fact, ...] = (
    RowAdded("a-1", "action", 1.0, {}, {}),
    Issued("t-1", "template", "Ada", "", "", 7, (), (), (), "outbox/Ada.xlsx"),
    Returned("r-1", "ef56", "x", "", "", "", "", "refused"),
    Returned("r-1", "ef56", "x", "", "A", "", "", "merged", assertions=(
        Write(Id("w-1"), Kind.EDIT, "A", "a-1", "due", None, place=Place("x")),)),
    Undone("r-1"),
    Defined("[plan]\n", "00ff"),
    Posted("not sent", "2026-11", "Ada", ""),
    Rekeyed("dd44"),
)  # fmt: skip


def stored(fact: Fact) -> dict[str, object]:
    found = json.loads(canonical(to_body(fact)))
    assert isinstance(found, dict)
    return found


def described(kind: str) -> tuple[set[str], set[str]]:
    """The keys of a kind of event by the page: all of them, and those that may be left out."""
    [line] = re.findall(rf"^\| `{kind}` \|.*\| (.*) \|$", PAGE, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", line)), set(re.findall(r"\[`(\w+)`\]", line))


@pytest.mark.parametrize("fact", [*FULL, *LEAST], ids=lambda fact: type(fact).__name__)
def test_a_fact_comes_back_as_it_was(fact: Fact) -> None:
    assert from_body(kind_of(fact), stored(fact)) == fact


@pytest.mark.parametrize("fact", [*FULL, *LEAST], ids=lambda fact: type(fact).__name__)
def test_a_fact_has_one_text(fact: Fact) -> None:
    assert text_of(fact) == json.dumps(
        to_body(fact), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


NUMBERS = st.floats() | st.sampled_from([0.0, -0.0, 1e-4, 9.9e-5, 1e-5, 1e15, 9.9e15, 1e16, 1e22])


@given(
    NUMBERS,
    st.dictionaries(
        st.text(st.characters(), max_size=5),
        st.none()
        | st.booleans()
        | st.integers()
        | NUMBERS
        | st.builds(ShownNumber, NUMBERS, st.just("0%"))
        | st.text(st.characters(), max_size=9),
        max_size=4,
    ),
)
def test_a_row_has_one_text_whatever_it_holds(order: float, values: dict[str, Value]) -> None:
    """Python's own, to the letter: the chain of hashes is made of it."""
    fact = RowAdded("a-1", "action", order, values, dict.fromkeys(values, PLACE))
    assert text_of(fact) == json.dumps(
        to_body(fact), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


@pytest.mark.parametrize("file", ["plan.xlsx", 'a "b" \\ ü\n.xlsx', "half \ud800.xlsx"])
@pytest.mark.parametrize("held", [{"ref", "action", "due"}, {"action"}, set[str]()])
def test_a_row_whose_places_are_in_one_row_has_the_same_text(file: str, held: set[str]) -> None:
    columns = {"ref": 0, "due": 27, "action": 2, "lead": 3}
    places = PlacesOfRow(file, "Plan", FieldsOfRow(41, columns, held))
    fact = RowAdded("a-1", "action", 1.0, dict.fromkeys(held, "told"), places)
    assert text_of(fact) == json.dumps(
        to_body(fact), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert from_body(kind_of(fact), stored(fact)) == replace(fact, places=dict(places))


def test_places_that_are_in_one_row_are_not_put_together_for_its_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = PlacesOfRow("plan.xlsx", "Plan", FieldsOfRow(4, {"ref": 0}, {"ref"}))
    monkeypatch.setattr(PlacesOfRow, "items", None)
    fact = RowAdded("a-1", "action", 1.0, {"ref": "1.1"}, places)
    assert '"places":{"ref":["plan.xlsx","Plan","A5"]}' in text_of(fact)


def test_a_percentage_takes_no_slow_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row of a plan with a column of them is written by what writes most answers."""
    monkeypatch.setattr("xlplan.ledger.projection._ANYHOW", None)
    monkeypatch.setattr("xlplan.ledger.codec.canonical", None)
    share = ShownNumber(0.25, "0%")
    assert answer_text({"share": share}) == '{"share":0.25}'
    assert '"share":0.25' in text_of(RowAdded("a-1", "action", 1.0, {"share": share}, {}))


@pytest.mark.parametrize("fact", FULL, ids=kind_of)
def test_the_page_names_every_key_of_an_event(fact: Fact) -> None:
    every, _ = described(kind_of(fact))
    assert every == stored(fact).keys()


@pytest.mark.parametrize("fact", LEAST, ids=kind_of)
def test_what_holds_nothing_is_left_out_where_the_page_says_so(fact: Fact) -> None:
    every, optional = described(kind_of(fact))
    assert every - optional == stored(fact).keys()


def test_the_keys_of_an_assertion_are_those_of_the_page() -> None:
    [text] = re.findall(r"An assertion has (.*?); a problem is", PAGE, re.DOTALL)
    every, optional = set(re.findall(r"`(\w+)`", text)), set(re.findall(r"\[`(\w+)`\]", text))
    bodies: list[Mapping[str, object]] = []
    for fact in (FULL[3], LEAST[3]):
        found = stored(fact)["assertions"]
        assert isinstance(found, list)
        bodies += found
    assert [body.keys() for body in bodies] == [every, every - optional]


def test_every_kind_that_is_known_is_on_the_page_and_the_other_way_round() -> None:
    [table] = re.findall(r"\| kind \| when \| keys \|\n(.*?)\n\n", PAGE, re.DOTALL)
    named = re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)
    assert named == [kind_of(fact) for fact in FULL]
    with pytest.raises(KeyError):
        from_body("unheard-of", {})


def test_the_chain_is_as_the_page_describes_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.create(path) as ledger:
        for number, fact in enumerate(FULL):
            with ledger.transaction() as work:
                work.append(f"2026-11-02T12:00:0{number}Z", [fact])
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT seq, tx, at, kind, body, hash FROM event ORDER BY seq").fetchall()
    previous = "0" * 64
    for seq, tx, at, kind, stored, digest in rows:
        body = stored
        if isinstance(stored, bytes):
            raw = zlib.decompressobj(-15, zdict=_WORDS).decompress(stored)
            body = raw.decode("utf-8", "surrogatepass")
        text = "\x1f".join([previous, str(seq), str(tx), at, kind, body])
        assert digest == hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        previous = digest
    assert len(rows) == len(FULL)


def test_the_page_says_what_to_do_about_every_fault_of_the_record() -> None:
    """Each code that the section names is one of ours, and no fault of the record is left out."""
    [section] = re.findall(
        r"## When something is wrong with the record\n(.*?)\n## ", PAGE, re.DOTALL
    )
    named = set(re.findall(r"\b[A-Z]{2,4}-\d{3}\b", section))
    known = every_message()
    assert named <= known.keys()
    of_record = {code for code in known if code.startswith(("LED-", "VER-", "PLAN-", "OUT-"))}
    assert of_record <= named
