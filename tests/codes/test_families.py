"""Every message of the house: each can be filled, each is in plain English, none is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from tests.literals import all_codes
from xlplan.codes.families import FAMILIES, every_message, find_message
from xlplan.codes.message import Filling, Kind, Message, places_of
from xlplan.errors import XlplanError
from xlplan.issued.reply import refusal_for_lead, row_for_lead
from xlplan.plan.checks.checklist import LINTS

EVERY = every_message()
TEXTS = [(each, name) for each in EVERY.values() for name in each.variants]
SAMPLES: Mapping[Kind, tuple[Filling, Filling]] = {
    "text": ("Mr O'Neill", 7),
    "number": (1, 2000),
    "list": (["one"], ["one", "two"]),
    "sentence": ("", 'Did you mean "x"?'),
}
"""Two values for each kind of place: the least, and more."""
PASSED_ON = {("RET-097", "cell"),
    ("CHK-006", "why"), ("CHK-007", "why"), ("DEC-003", "other"),
    *(("GATE-035", variant) for variant in EVERY["GATE-035"].variants),
    *(("RET-017", variant) for variant in ("column", "new", "twice")), ("RET-026", "way"),
}  # fmt: skip
"""Texts that pass on the words of another message or of an e-mail, or that another passes on."""
RIDDLES = re.compile(
    r"\b(said|told|seen|taken|given|wanted|borne|concerned|not a word|back out)\b",
    re.IGNORECASE,
)
"""Turns that a message does without."""


def prose() -> Iterator[tuple[str, str]]:
    """Everything of the messages that a person reads, with where it stands."""
    for family in FAMILIES:
        yield family.prefix, family.about
    for each in EVERY.values():
        for text in (each.meaning, each.todo, each.lead, *each.variants.values()):
            yield each.code, text


@pytest.mark.parametrize("which", [0, 1])
def test_every_text_can_be_filled(which: int) -> None:
    for message, variant in TEXTS:
        kinds = places_of(message.variants[variant])
        shown = message.fill(variant, **{n: SAMPLES[kind][which] for n, kind in kinds.items()})
        odd = re.search(r"[{}#‹›|]|  | \.(?=\s|$)|\.\.", shown.message.replace("#REF!", ""))
        assert odd is None, f"{message.code} {variant}: {shown.message}"


def test_every_text_has_a_sentence_for_what_is_wrong_and_one_for_what_to_do() -> None:
    for message, variant in TEXTS:
        text = message.variants[variant]
        if (message.code, variant) in PASSED_ON:
            continue
        whole = re.sub(r"\{(what|challenge|why|doubts)\}", "A sentence.", text)
        parts = re.split(r"(?<=[.!?])(?=\s|\{\w+!o\})|(?<=: )(?=xlplan )", whole)
        assert len([part for part in parts if part.strip()]) >= 2, f"{message.code}: {text}"
        assert re.search(r"\.$|!o\}$|: (xlplan|\{command\}) [^.]+(\.xlsx)?$", text), text


def test_no_text_speaks_in_riddles() -> None:
    assert [(where, text) for where, text in prose() if RIDDLES.search(text)] == []


def test_every_message_means_something_and_says_what_to_do() -> None:
    for message in EVERY.values():
        for text in (message.meaning, message.todo):
            assert re.fullmatch(r"[A-Z`\"].*[^.]\.", text), f"{message.code}: {text}"
            assert "|" not in text, "it would break the table"


def test_no_two_messages_mean_the_same() -> None:
    meanings = [each.meaning for each in EVERY.values()]
    assert len(set(meanings)) == len(meanings)


def test_every_message_is_called_by_its_code() -> None:
    for family in FAMILIES:
        for module in family.modules:
            for name, each in vars(module).items():
                if isinstance(each, Message):
                    assert name == each.code.replace("-", "_")
                    assert each is EVERY[each.code], "its family is not listed, or it is twice"


def test_every_code_that_the_house_raises_has_a_message() -> None:
    missing = sorted(all_codes() - EVERY.keys())
    assert missing == [], "write these in xlplan/codes, in the module of their family"


def test_every_message_is_written_as_messages_are() -> None:
    for each in EVERY.values():
        each.check()


def test_every_message_of_a_check_has_its_lint() -> None:
    listed = [lint.message.code for lint in LINTS]
    assert listed == [code for code in EVERY if code.startswith("CHK-")]


def test_whatever_refuses_a_file_or_a_row_of_a_lead_has_the_leads_wording() -> None:
    refusing = [each for each in EVERY.values() if each.code[:4] in ("GATE", "RET-")]
    silent = {each.code for each in refusing if each.level == "error" and not each.lead}
    # What stands in the inbox and is no file that a lead sent, and the coordinator's own answers.
    assert silent == {"GATE-028", "GATE-031", "RET-013", "RET-014", "RET-015"}
    assert refusal_for_lead("GATE-013") == EVERY["GATE-013"].lead
    assert [code for code in EVERY if row_for_lead(code)] == [
        "RET-010",
        "RET-011",
        "RET-012",
        "RET-026",
    ]
    assert refusal_for_lead("RET-010") == refusal_for_lead("")


@pytest.mark.parametrize(
    "typed", ["VAL-003", "val-003", "[VAL-003]", " VAL-003. ", "[val-003].", "VAL-003\n"]
)
def test_a_message_is_found_as_its_code_is_copied(typed: str) -> None:
    assert find_message(typed).code == "VAL-003"


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("VAL-3", "VAL-003"),
        ("val003", "VAL-003"),
        ("VLA-003", "VAL-003"),
        ("GATE-0011", "GATE-011"),
        ("nonsense", None),
        ("", None),
    ],
)
def test_an_unknown_code_is_refused_with_the_nearest(typed: str, near: str | None) -> None:
    with pytest.raises(XlplanError) as caught:
        find_message(typed)
    [problem] = caught.value.problems
    assert problem.code == "CLI-002"
    assert f'"{typed}"' in problem.message
    assert (f'Did you mean "{near}"?' in problem.message) is (near is not None)
    assert ("Did you mean" in problem.message) is (near is not None)
