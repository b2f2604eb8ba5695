"""The page of messages is what the code says; ``xlplan explain`` prints one.

``python -m tests.codes.test_messages_page --write`` writes the page anew.
"""

from __future__ import annotations

import sys

from tests.conftest import ROOT
from xlplan.codes.families import (
    FAMILIES,
    every_message,
    explanation,
    explanation_shape,
    find_message,
    levels_of,
    messages_page,
)
from xlplan.codes.message import Message

PAGE = ROOT / "xlplan" / "MESSAGES.md"


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text("utf-8") == messages_page(), (
        "run: python -m tests.codes.test_messages_page --write"
    )


def test_every_message_has_one_line_below_its_family() -> None:
    sections = messages_page().split("\n## ")[1:]
    assert [section.partition("\n")[0] for section in sections] == [f.prefix for f in FAMILIES]
    listed = [
        line.split(" | ")[0].removeprefix("| ")
        for section in sections
        for line in section.splitlines()
        if line.startswith(f"| {section.partition(chr(10))[0]}-")
    ]
    assert listed == list(every_message())


def test_every_line_of_a_table_has_four_cells() -> None:
    lines = [line for line in messages_page().splitlines() if line.startswith("|")]
    assert {line.replace("---", "").count("|") for line in lines} == {5}


def test_the_level_of_a_message_that_has_two_names_both() -> None:
    two = Message("ABC-001", "M.", "D.", {"a": "A.", "b": "B."}, levels={"b": "note"})
    assert levels_of(two) == "error or note"
    assert levels_of(Message("ABC-002", "M.", "D.", {"a": "A.", "b": "B."}, "note")) == "note"


def test_a_message_is_explained_with_what_a_lead_reads() -> None:
    text = explanation(
        Message("ABC-001", "`x.xlsx` is wrong.", "Mend it.", "{value} is wrong.", lead="Send it.")
    )
    assert text.splitlines() == [
        "ABC-001 (error)",
        "x.xlsx is wrong.",
        "What to do: Mend it.",
        "",
        "It reads:",
        "  ‹value› is wrong.",
        "",
        "A lead reads in a reply: Send it.",
    ]


def test_a_message_that_a_lead_reads_as_it_is_says_so() -> None:
    message = find_message("VAL-008")
    assert explanation(message).endswith("A lead reads the same in a reply.")
    assert explanation_shape(message)["lead"] == "; ".join(message.variants.values()).replace(
        "{error}", "‹error›"
    )


def test_a_message_that_no_lead_reads_has_no_lead() -> None:
    message = find_message("VER-001")
    assert "lead" not in explanation(message)
    assert explanation_shape(message) == {
        "code": "VER-001",
        "level": "error",
        "meaning": message.meaning,
        "what_to_do": message.todo,
        "texts": ["The database is damaged: ‹reason›. Keep the folder as it is and compare it "
                  "with the last backup."],
        "lead": "",
    }  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(messages_page(), "utf-8")
    else:
        sys.exit(__doc__)
