"""Paragraphs marked as not for publication: the plan keeps them, the board does not see them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.parts import parts_of
from tests.small import CYCLE, LETTINGS, do, edit_master, give_back, issue, make, opened
from xlplan.board.withheld import LEFT_OUT, published


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
