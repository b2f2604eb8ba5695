"""A definition as text: whatever it says is read back, and a coordinator can follow it."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.definition_tables import TABLES
from xlplan.plan.keys import ROLES
from xlplan.plan.load import NEEDS, load_definition
from xlplan.plan.people import Group, Lead
from xlplan.plan.settings import (
    BoardWords,
    CompositeSettings,
    Count,
    HouseStyle,
    IssueSettings,
    Rollup,
    Rule,
    SectionWords,
)
from xlplan.plan.text import canon_text, fold
from xlplan.plan.types import TYPES
from xlplan.plan.write import add_entry, remove_entry, set_key, with_more, write_definition

SMALL = PlanDefinition(
    "ferry-plan",
    "Ferry plan",
    (
        Field("ref", "Ref", role="key", required=True),
        Field("action", "Action", "narrative", "action", required=True),
        Field("rating", "RAG", "rating", "rating", "lead"),
        Field("ref", "No.", role="key", of="recommendation"),
    ),
    ratings=(Rating("G", "Green", order=1), Rating("R", "Red", order=2, exception=True)),
    leads=(Lead("Ada Quill"), Lead("Ben Ode", ("B Ode",), "Harbour Board")),
    issue=IssueSettings(fields=("ref", "action", "rating")),
    composite=CompositeSettings(fields=("ref", "action", "rating")),
)


def above(text: str, line: str) -> str:
    """The comment line directly above the table that holds `line`."""
    lines = text.splitlines()
    at = lines.index(line)
    while not lines[at].startswith("[["):
        at -= 1
    return lines[at - 1]


def test_what_is_written_can_be_read_back() -> None:
    assert load_definition(write_definition(SMALL)) == SMALL


def test_a_guess_stands_beside_what_it_concerns() -> None:
    text = write_definition(
        SMALL,
        [
            'lead "Ben Ode": may be a ferry',
            'rating "R": taken as needing attention',
            "field action: kept as text",
            "recommendation field ref: made for all rows",
            "plan: two rows were joined",
        ],
    )
    assert above(text, 'name = "Ben Ode"') == "# Guess: may be a ferry"
    assert above(text, 'code = "R"') == "# Guess: taken as needing attention"
    assert above(text, 'id = "action"') == "# Guess: kept as text"
    assert above(text, 'heading = "No."') == "# Guess: made for all rows"
    assert text.index("# Guess: two rows were joined") < text.index("[plan]")


def test_a_guess_about_nothing_in_the_plan_is_still_told() -> None:
    text = write_definition(SMALL, ['lead "Nobody": gone', "something else"])
    assert "# Guess: Nobody: gone" in text
    assert "# Guess: something else" in text


def test_the_tables_come_in_the_order_of_reading() -> None:
    text = write_definition(
        replace(
            SMALL,
            rules=(Rule("r", "R", overdue_days=30),),
            rollups=(Rollup("recommendation", "worst"),),
            counts=(Count("ref"),),
        )
    )
    heads = [
        "[plan]", "[people]", "[[lead]]", "[[rating]]", "[[field]]", "[[rule]]", "[[rollup]]",
        "[[count]]", "[issue]", "[composite]", "[style]", "[checks]",
    ]  # fmt: skip
    places = [text.index(f"\n{head}\n") for head in heads]
    assert places == sorted(places)


def test_rules_roll_ups_and_the_day_agreed_are_read_back() -> None:
    fields = (
        *SMALL.fields,
        Field("percent", "Complete", "percent", "percent"),
        Field("due", "Timescale", "timescale", "due"),
        Field("target", "Target", role="target"),
        Field("actual", "Actual", role="actual"),
        Field("progress", "Progress", "narrative", "progress"),
        Field("view", "View", "rating", of="recommendation"),
    )
    told = replace(
        SMALL,
        fields=fields,
        agreed=date(2026, 1, 5),
        rules=(
            Rule("none", "R", percent_up_to=0),
            Rule("bands", "G", percent_above=12.5, percent_below=99, rated=("R",)),
            Rule("late", "R", overdue_days=32, message="More than a month late."),
            Rule("said", "G", progress_says="completed"),
            Rule("missed", "R", target="below"),
        ),
        rollups=(
            Rollup("recommendation", "accountable", "view", "Officer's view"),
            Rollup("rating", "share-closed"),
        ),
    )
    assert load_definition(write_definition(told)) == told


def test_what_is_in_welsh_is_read_back_and_one_language_is_written_as_one() -> None:
    welsh = replace(SMALL.fields[1], heading_cy="Cam", guidance_cy="Un\nDau")
    fields = (SMALL.fields[0], welsh, *SMALL.fields[2:])
    for languages, written in ((("cy",), '"cy"'), (("cy", "en-GB"), '["cy", "en-GB"]')):
        told = replace(SMALL, fields=fields, language=languages, title_cy="Cynllun")
        text = write_definition(told)
        assert f"language = {written} " in text
        assert load_definition(text) == told


def test_a_plan_without_ratings_has_no_list_of_them() -> None:
    plain = replace(
        SMALL,
        ratings=(),
        fields=tuple(f for f in SMALL.fields if f.type != "rating"),
        issue=IssueSettings(fields=("ref", "action")),
        composite=CompositeSettings(fields=("ref", "action")),
    )
    written = write_definition(plain)
    assert "[[rating]]" not in written
    assert load_definition(written) == plain


def test_signs_that_toml_does_not_take_are_escaped_and_half_a_sign_is_replaced() -> None:
    odd = 'a bell\x07, a "quote", a back\\slash, half an emoji \ud83d.'
    written = write_definition(replace(SMALL, title=odd)).encode().decode()
    assert tomllib.loads(written)["plan"]["title"] == odd.replace("\ud83d", "\ufffd")


def test_a_long_list_has_a_line_for_each_part() -> None:
    notes = tuple(f"What the board said of the ferries in year {n}." for n in (1, 2, 3))
    told = replace(SMALL, notes=notes)
    lines = write_definition(told).splitlines()
    assert [f'    "{note}",' for note in notes] == lines[lines.index("notes = [") + 1 :][:3]
    assert load_definition("\n".join(lines)) == told


def test_the_levels_of_checks_are_read_back() -> None:
    told = replace(SMALL, checks={"CHK-003": "off", "CHK-010": "error"})
    assert load_definition(write_definition(told)) == told


def test_every_table_is_explained_by_a_comment() -> None:
    lines = write_definition(SMALL).splitlines()
    titles = [n for n, line in enumerate(lines) if line.startswith("# --- ")]
    assert all(lines[n + 1].startswith("# ") for n in titles)


def test_no_line_of_comment_is_longer_than_a_screen() -> None:
    long = "field action: " + "a sentence that goes on and on " * 20
    lines = write_definition(SMALL, [long]).splitlines()
    assert max(len(line) for line in lines if line.startswith("#")) <= 100


def test_a_guess_with_hostile_characters_stays_a_comment() -> None:
    text = write_definition(SMALL, ['field action: x\n[plan]\rid = "y"\x00\x7f\u2028z'])
    assert load_definition(text) == SMALL


def test_long_guidance_is_written_as_people_write_it() -> None:
    told = replace(SMALL, issue=replace(SMALL.issue, guidance='Read it.\nSay """so""".\\'))
    text = write_definition(told)
    assert "\nRead it.\n" in text
    assert load_definition(text) == told


line = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(
    lambda text: " ".join(canon_text(text).split())
)
lines = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(
    lambda text: canon_text(text).strip()
)
names = st.lists(line.filter(bool), unique_by=fold, max_size=6)
colours = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06X}")


@st.composite
def definitions(draw: st.DrawFn) -> PlanDefinition:
    """Definitions that the loader accepts: unique ids and names, one key and one action."""
    rated = draw(names)
    kinds = [kind for kind in TYPES if kind != "choice" and (rated or kind != "rating")]
    roles = [role for role in ROLES if role not in ("key", "action")]
    fields = [SMALL.fields[0], SMALL.fields[1]]
    for number in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(kinds))
        fits = [role for role in roles if NEEDS.get(role, kind) == kind]
        fields.append(
            Field(
                f"f{number}", draw(lines.filter(bool)), kind, draw(st.sampled_from(fits)),
                draw(st.sampled_from(["lead", "coordinator"])), draw(st.booleans()),
                draw(st.sampled_from([0.0, 12.5, 40.0])), draw(lines),
                "append" if kind == "narrative" else "replace",
            )
        )  # fmt: skip
    people = draw(names)
    return PlanDefinition(
        "a-plan", draw(line.filter(bool)), tuple(fields),
        organisation=draw(line), marking=draw(line), notes=tuple(draw(names)),
        ratings=tuple(
            Rating(code, code, draw(lines), draw(colours), draw(st.just("") | colours), number,
                   draw(st.booleans()), draw(st.booleans()), draw(st.booleans()))
            for number, code in enumerate(rated, 1)
        ),
        leads=tuple(Lead(name, organisation=draw(line)) for name in people),
        groups=tuple(
            Group("A team", tuple(people[:2]), draw(st.sampled_from([*people, "", "a@b.example"])),
                  draw(st.sampled_from(["each", "one"])))
            for _ in range(draw(st.integers(0, 1)))
        ),
        separators=tuple(draw(st.lists(st.sampled_from(["/", ";", " and ", "\n", "&"]),
                                       min_size=1, unique=True))),
        issue=IssueSettings(("ref",), draw(st.booleans()), draw(st.integers(0, 9)), draw(lines),
                            draw(lines)),
        composite=CompositeSettings(group_by=draw(st.sampled_from(["", "action"]))),
        style=HouseStyle(draw(line.filter(bool)), draw(colours)),
        board=BoardWords(draw(lines), tuple(draw(names))),
        sections=tuple(
            SectionWords(name, draw(lines)) for name in draw(st.sampled_from([(), ("One", "Two")]))
        ),
    )  # fmt: skip


@given(definitions(), st.lists(st.text(max_size=40), max_size=4))
def test_any_definition_is_read_back_equal(definition: PlanDefinition, guesses: list[str]) -> None:
    assert load_definition(write_definition(definition, guesses)) == definition


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_survives_as_toml(text: str) -> None:
    written = write_definition(replace(SMALL, issue=IssueSettings(password=text)))
    assert tomllib.loads(written)["issue"].get("password", "") == text


EDITED = """\
# A note at the top.
[plan]
id = "p"   # short
title = "Old"  # the title
agreed = 2026-01-05

# Ours: the leads.
[[lead]]
name = "A"
aliases = [
    "a",  # as they sign
]

# About B, above B.
[[lead]]
name = "B"

# About the fields.
[issue]
"""


@pytest.mark.parametrize(
    ("path", "value", "was", "now"),
    [
        (("plan", "title"), "New", 'title = "Old"  #', 'title = "New"  #'),
        (("plan", "title"), 'a\n"b"', 'title = "Old"  #', 'title = """\na\n"b\\""""  #'),
        (("plan", "agreed"), date(2026, 2, 1), "2026-01-05", "2026-02-01"),
        (("plan", "agreed"), None, "agreed = 2026-01-05\n", ""),
        (("plan", "title"), None, 'title = "Old"  # the title\n', ""),
        (("lead", 0, "aliases"), ("x", "y"), '[\n    "a",  # as they sign\n]', '["x", "y"]'),
        (("lead", 0, "aliases"), None, 'aliases = [\n    "a",  # as they sign\n]\n', ""),
        (("lead", 0, "email"), "a@b.example", "sign\n]\n", 'sign\n]\nemail = "a@b.example"\n'),
        (("lead", 1, "deputy"), "A", 'name = "B"\n', 'name = "B"\ndeputy = "A"\n'),
        (("plan", "notes"), ("x",), "2026-01-05\n", '2026-01-05\nnotes = ["x"]\n'),
        (("issue", "proposal_rows"), 3, "[issue]\n", "[issue]\nproposal_rows = 3\n"),
        (("plan", "marking"), None, "", ""),
    ],
)
def test_one_key_is_changed_and_all_else_stays(
    path: tuple[str | int, ...], value: object, was: str, now: str
) -> None:
    assert EDITED.count(was) == 1 or was == now
    assert set_key(EDITED, path, value) == EDITED.replace(was, now)
    windows = EDITED.replace("\n", "\r\n")
    assert set_key(windows, path, value) == windows.replace(
        was.replace("\n", "\r\n"), now.replace("\n", "\r\n")
    )


def test_a_new_key_of_the_last_table_needs_no_line_break_before_it() -> None:
    assert set_key("[issue]", ("issue", "contact"), "x") == '[issue]\ncontact = "x"'
    assert set_key('a = "x"', ("a",), None) == ""


def test_a_table_that_is_not_there_comes_at_the_end() -> None:
    assert set_key("", ("style", "font"), "Arial") == '\n[style]\nfont = "Arial"\n'
    assert set_key("x = 1", ("style", "font"), "A") == 'x = 1\n\n[style]\nfont = "A"\n'
    assert set_key("x = 1\n", ("checks", "CHK-003"), "off").endswith('[checks]\nCHK-003 = "off"\n')


def test_an_entry_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(KeyError):
        set_key(EDITED, ("lead", 2, "name"), "C")


@given(definitions(), st.data())
def test_whatever_key_is_set_nothing_else_changes(
    definition: PlanDefinition, data: st.DataObject
) -> None:
    text = write_definition(definition)
    raw = tomllib.loads(text)
    name = data.draw(st.sampled_from(["plan", "field", "issue", "style"]))
    table = TABLES[name]
    at = (data.draw(st.integers(0, len(raw[name]) - 1)),) if table.many else ()
    key = data.draw(st.sampled_from(sorted(k for k, each in table.keys.items()
                                           if each.takes in ("line", "text", "raw"))))  # fmt: skip
    value = data.draw(st.none() | lines)
    edited = set_key(text, (name, *at, key), value)
    entry = raw[name][at[0]] if at else raw[name]
    entry.pop(key, None)
    if value is not None:
        entry[key] = value
    assert tomllib.loads(edited) == raw
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in edited.splitlines() if line.startswith("#")] == comments


def test_an_entry_goes_with_the_comment_above_it_and_nothing_else() -> None:
    text = '# of A\n[[lead]]\nname = "A"\n\n# of all\n\n# of B\n[[lead]]\nname = "B"\n'
    assert remove_entry(text, "lead", 1) == '# of A\n[[lead]]\nname = "A"\n\n# of all\n'
    assert remove_entry(text, "lead", 0) == '# of all\n\n# of B\n[[lead]]\nname = "B"\n'
    assert remove_entry('[[lead]]\nname = "A"\n[plan]\n', "lead", 0) == "[plan]\n"


def test_an_entry_more_comes_after_the_last_of_its_table_with_the_line_ends_of_the_file() -> None:
    text = '[[lead]]\r\nname = "A"  # first\r\n\r\n# of the plan\r\n[plan]\r\n'
    written = add_entry(text, "lead", {"name": "B"})
    assert written == text.replace("first\r\n", 'first\r\n\r\n[[lead]]\r\nname = "B"\r\n')
    assert add_entry('[[lead]]\nname = "A"', "lead", {"name": "B"}) == (
        '[[lead]]\nname = "A"\n\n[[lead]]\nname = "B"\n'
    )


def test_what_a_spreadsheet_has_besides_joins_what_there_is() -> None:
    text = "# ours\n" + write_definition(replace(SMALL, leads=()))
    known = load_definition(text)
    state = Field("state", "State", "choice", choices=("on", "off"))
    more = replace(
        known,
        fields=(*known.fields, state),
        ratings=(*known.ratings, Rating("B", "Blue", closed=True, order=3)),
        leads=(Lead("Warden"),),
    )
    found = with_more(text, more, known)
    assert found.startswith("# ours\n")
    assert load_definition(found) == more
    assert set(text.splitlines()) <= set(found.splitlines())
    assert with_more(text, known, known) == text


def test_a_column_more_joins_the_lists_that_name_columns() -> None:
    cost = Field("cost", "Cost", "money")
    lists = ("ref", "action", "rating", "cost")
    more = replace(
        SMALL,
        fields=(*SMALL.fields, cost),
        issue=IssueSettings(fields=lists),
        composite=CompositeSettings(fields=("ref", "cost")),
    )
    found = load_definition(with_more(write_definition(SMALL), more, SMALL))
    assert found.issue.fields == lists
    assert found.composite.fields == ("ref", "action", "rating", "cost")
    every = replace(SMALL, issue=IssueSettings())
    assert load_definition(with_more(write_definition(every), more, every)).issue.fields == ()


def test_what_was_taken_out_stays_out() -> None:
    more = replace(
        SMALL,
        fields=(*SMALL.fields, Field("cost", "Cost", "money"), Field("site", "Site")),
        leads=(*SMALL.leads, Lead("Cy Moor"), Lead("Di Rush")),
    )
    gone = {("action", "cost"), ("lead", "cy moor")}
    found = load_definition(with_more(write_definition(SMALL), more, SMALL, gone))
    assert [item.id for item in found.fields if item.of == "action"][-1] == "site"
    assert found.find("cost") is None
    assert [lead.name for lead in found.leads] == ["Ada Quill", "Ben Ode", "Di Rush"]


def test_a_note_stands_apart_from_a_long_value() -> None:
    title = "Inspection improvement plan: causes of concern"
    assert f'title = "{title}" # of the plan' in write_definition(replace(SMALL, title=title))
