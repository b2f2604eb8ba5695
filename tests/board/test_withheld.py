"""Paragraphs marked as not for publication: the plan keeps them, the board does not see them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.parts import parts_of
from tests.small import CYCLE, LETTINGS, do, edit_master, give_back, issue, make, opened
from xlplan.board import withheld
from xlplan.board.withheld import LEFT_OUT, published, published_rows, published_values
from xlplan.merge.model import MasterRow
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Invalid, Value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Published in May.\nThe public were told.", "Published in May.\nThe public were told."),
        ("Begun.\nNot for publication: it is late.\nDone soon.", f"Begun.\n{LEFT_OUT}\nDone soon."),
        ("Staff will go (DO NOT PUBLISH).\nBegun.", f"{LEFT_OUT}\nBegun."),
        ("Begun.\nNOT FOR PUBLICATION:\nIt is late.\nVery late.", f"Begun.\n{LEFT_OUT}"),
        ("[Not for publication] It is late.\nBegun.", f"{LEFT_OUT}\nBegun."),
        ("Late, but not for\npublication yet.\nBegun.", f"{LEFT_OUT}\n{LEFT_OUT}\nBegun."),
        (
            "[2027-01, Ada Quill] Not for publication\nIt is late.\n[2026-11, Ben Ode] Begun.",
            f"[2027-01, Ada Quill] {LEFT_OUT}\n[2026-11, Ben Ode] Begun.",
        ),
    ],
)  # fmt: skip
def test_what_of_a_text_the_board_reads(text: str, shown: str) -> None:
    assert published(text) == shown


def test_a_marked_paragraph_is_in_no_part_of_any_board(tmp_path: Path) -> None:
    place = make(tmp_path / "plan")
    marked = "All drafted.\nNot for publication: the qsecret grant is refused."
    edit_master(place, {("1.2", "progress"): marked, ("2.1", "action"): f"Train them.\n{marked}"})
    assert do(place, "merge") == 0
    issue(place)
    give_back(place, LETTINGS, {("1.1", "progress"): marked, ("1.3", "rating"): f"Odd. {marked}"})
    assert do(place, "merge") == 1
    with opened(place) as plan:
        assert [question.action for question in plan.questions()] == ["1.3"]
        kept = {row.ref for row in plan.rows() if "qsecret" in str(row.values)}
    assert kept == {"1.1", "1.2", "2.1"}
    words = f'[board]\nmessage = """{marked}"""\nasks = ["""{marked}"""]\n'
    definition = place / "plan.toml"
    definition.write_text(
        definition.read_text(encoding="utf-8").replace("[board]\n", words), encoding="utf-8"
    )
    others = ("--accessible", "--one-page", "--working", "--paper")
    assert do(place, "publish", *others) in (0, 1)
    files = [path for path in (place / "board").rglob("*") if path.is_file()]
    assert len(files) == 1 + len(others)
    for path in files:
        data = path.read_bytes()
        assert zipfile.is_zipfile(io.BytesIO(data)), path.name
        assert "qsecret" not in "\n".join(parts_of(data).values()), path.name
    assert LEFT_OUT in "\n".join(
        parts_of((place / "board" / f"{CYCLE}.xlsx").read_bytes()).values()
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Done [not for publication]", LEFT_OUT),
        (("Ann", "Bo [NOT FOR PUBLICATION]"), ("Ann", LEFT_OUT)),
        (Invalid("x [not for publication]", "c", "m"), Invalid(LEFT_OUT, "c", "m")),
    ],
)
def test_a_mark_in_any_kind_of_value_is_found(value: Value, shown: Value) -> None:
    assert published_values({"a": "Open", "b": value, "c": 3}) == {"a": "Open", "b": shown, "c": 3}


def test_a_mark_in_a_timescale_is_found() -> None:
    when = parse_timescale("Soon [not for publication]")
    assert published_values({"due": when}) == {"due": replace(when, text=LEFT_OUT)}


def test_rows_without_a_mark_are_looked_through_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    one = withheld._value

    def counted(value: Value) -> Value:
        looked.append(value)
        return one(value)

    monkeypatch.setattr(withheld, "_value", counted)
    values: dict[str, Value] = {"a": "Open", "b": ("x", "y"), "c": 2.0}
    plain = MasterRow("u-1", "action", "1", "", values)
    marked = replace(plain, values={"a": "Not for", "b": "publication [not for publication]"})
    rows = published_rows([plain, marked])
    assert rows[0] is plain
    assert rows[1].values == {"a": "Not for", "b": LEFT_OUT}
    assert len(looked) == 2  # those of the row with a mark
