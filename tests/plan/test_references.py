"""References between actions, recommendations and reports, followed both ways."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.plan.checks import references
from xlplan.plan.checks.references import (
    Mention,
    Reference,
    mentions_of,
    named_in_words,
    references_of,
)
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.values import Value

PLAN = PlanDefinition(
    "plan",
    "Plan",
    (
        Field("ref", "Ref", role="key"),
        Field("section", "Theme", role="section"),
        Field("action", "Action", "narrative", "action"),
        Field("recommendation", "Recommendation", "set", "recommendation"),
        Field("inspection", "Report", "text", "inspection"),
        Field("links", "See also", "reference"),
        Field("ref", "No.", role="key", of="recommendation"),
    ),
)


class Line(Struct, frozen=True):
    ref: str
    values: Mapping[str, Value] = field(default_factory=dict)
    section: str = ""
    kind: str = "action"
    withdrawn: bool = False

    @property
    def uid(self) -> str:
        return f"{self.kind[0]}{self.ref}"


def action(ref: str, text: str = "", section: str = "Housing", **values: Value) -> Line:
    return Line(ref, {"action": text or None, **values}, section)


def recommendation(ref: str) -> Line:
    return Line(ref, kind="recommendation")


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("Done as in 2.3", ["2.3"]),
        ("As per 2.3 and 4.1 above, but sooner", ["2.3", "4.1"]),
        ("(as for 2.3)", ["2.3"]),
        ("as in 2.3 of the Act", []),
        ("as in 2.3 million cases", []),
        ("as in 2012", []),
    ],
)
def test_as_in_before_a_ref_is_a_reference(text: str, refs: list[str]) -> None:
    assert [mention.ref for mention in mentions_of(text)] == refs


def test_fields_lead_to_rows_and_rows_know_who_refers_to_them() -> None:
    found = references_of(
        PLAN,
        [
            action("1.1", recommendation=frozenset({"4", "10", "9"}), links=frozenset({"1.2"})),
            action("1.2", recommendation=frozenset({"4"})),
            recommendation("4"),
            recommendation("10"),
        ],
    )
    assert [(one.text, one.to, one.leads) for one in found.of("a1.1")] == [
        ("4", "r4", ""),
        ("9", "", "nowhere"),
        ("10", "r10", ""),
        ("1.2", "a1.2", ""),
    ]
    assert [one.uid for one in found.to("r4")] == ["a1.1", "a1.2"]
    assert [one.uid for one in found.to("a1.2")] == ["a1.1"]
    assert found.to("a1.1") == found.of("nobody") == ()


def test_inspection_references_lead_outside() -> None:
    rows = [action("1.1", inspection="Para 9\nPara  12"), action("1.2", inspection="para 12")]
    found = references_of(PLAN, rows)
    assert [one.text for one in found.of("a1.1")] == ["Para 9", "Para 12"]
    assert found.of("a1.2") == (
        Reference("a1.2", "inspection", "inspection", "para 12", leads="outside"),
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See 3.12", [("3.12", "", "action")]),
        ("Train staff (see also 3.12 and 4.1).", [("3.12", "", "action"), ("4.1", "", "action")]),
        ("[See also Quality of Care action 3 above]", [("3", "Quality of Care", "action")]),
        (
            "Refer to actions 3, 4 & 7",
            [("3", "", "action"), ("4", "", "action"), ("7", "", "action")],
        ),
        ("see the Housing action 2 below", [("2", "Housing", "action")]),
        ("see recommendation 4", [("4", "", "recommendation")]),
        ("Linked to action NEW 1", [("NEW 1", "", "action")]),
        ("As action 2.4 says", [("2.4", "", "action")]),
        ("cf. 2.4, see 2.4 and action 2.4", [("2.4", "", "action")]),
        ("Action 4 days later", []),
        ("see 2.5 million fewer", []),
        ("see 2011 report", []),
        ("children are seen alone", []),
        ("See above", []),
        ("actions 3 and 4 were late", []),
        ("Oversee 3.12", []),
    ],
)
def test_references_in_words(text: str, found: list[tuple[str, str, str]]) -> None:
    assert [(one.ref, one.section, one.kind) for one in mentions_of(text)] == found


def test_the_words_of_a_reference_are_kept_for_the_reader() -> None:
    assert mentions_of("Begin. [See also  Housing action 3 above]") == (
        Mention("3", "Housing", "action", "See also Housing action 3"),
    )


@pytest.mark.parametrize(
    ("text", "to", "leads"),
    [
        ("see 2.1", "a2.1", ""),
        ("see 9.9", "", "nowhere"),
        ("see action 2", "a1.2", ""),  # of the same section
        ("see action 7", "", "nowhere"),
        ("see Roads action 1 above", "a2.1", ""),
        ("see Roads and Bridges action 1", "a2.1", ""),
        ("see Roads action 7", "", "nowhere"),
        ("see the Workforce Strategy action 7", "", "outside"),
        ("see recommendation 4", "r4", ""),
        ("see recommendation 5", "", "nowhere"),
        ("see ABC-7", "", "outside"),
    ],
)
def test_where_words_lead(text: str, to: str, leads: str) -> None:
    rows = [
        action("1.1", text),
        action("1.2"),
        action("2.1", section="Roads and Bridges"),
        recommendation("4"),
    ]
    (found,) = references_of(PLAN, rows).every
    assert (found.to, found.leads, found.inside_text) == (to, leads, True)


def test_a_row_that_names_itself_refers_to_nothing() -> None:
    assert references_of(PLAN, [action("1.1", "see 1.1")]).every == ()


def test_withdrawn_rows_neither_refer_nor_are_found() -> None:
    gone = replace(action("1.2", "see 1.1"), withdrawn=True)
    (found,) = references_of(PLAN, [action("1.1", "see 1.2"), gone]).every
    assert (found.uid, found.leads) == ("a1.1", "nowhere")


def test_a_key_is_no_text_with_references() -> None:
    assert references_of(PLAN, [Line("see 1.1", {"ref": "see 1.1"})]).every == ()


def test_a_text_that_many_rows_have_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def counted(text: str) -> tuple[Mention, ...]:
        looked_at.append(text)
        return mentions_of(text)

    monkeypatch.setattr(references, "mentions_of", counted)
    rows = [action(f"{n}", "see action 1") for n in range(1, 30)]
    found = references_of(PLAN, rows).to("a1")
    assert looked_at == ["see action 1"]
    assert [one.uid for one in found] == [f"a{n}" for n in range(2, 30)]


def test_what_texts_name_is_what_all_references_say_of_them() -> None:
    rows = [
        action("1.1", "See action 1.2 and action 2.1"),
        action("1.2", "See recommendation 4, and as in 9.9 above"),
        action("2.1", "See action 2.1", "Care"),
        action("2.2", "Cross-reference to action 1.1, see action 1.2", "Care", links="see 1.1"),
        action("2.3", "No words for it, in 2026", links=frozenset({"1.1"})),
        action("2.4", "", inspection="See action 1.1"),
        replace(action("3.1", "See action 1.1"), withdrawn=True),
        action("3.2", "See action 3.1"),
        recommendation("4"),
    ]
    expected: dict[str, dict[str, str]] = {}
    for one in references_of(PLAN, rows).every:
        if one.inside_text and one.to and one.kind == "action":
            expected.setdefault(one.field, {}).setdefault(one.uid, one.to)
    assert named_in_words(PLAN, rows) == expected
    assert expected == {"action": {"a1.1": "a1.2", "a2.2": "a1.1"}}


def test_where_no_text_names_anything_nobody_looks_where_refs_lead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[object] = []
    monkeypatch.setattr(references, "_Index", lambda *given: made.append(given))
    assert named_in_words(PLAN, [action("1.1", "Train staff in 2026"), action("1.2")]) == {}
    assert not made
