"""The text of a plan definition: what it says, and every fault with its line and key."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from xlplan.errors import XlplanError
from xlplan.plan.definition import DEFAULT_SEPARATORS, PlanDefinition, Rating
from xlplan.plan.definition_tables import TABLES
from xlplan.plan.load import load_definition, load_recorded
from xlplan.plan.people import SignOff
from xlplan.plan.required import Condition
from xlplan.plan.settings import Count, PostSettings, Rollup, Rule, SectionWords
from xlplan.plan.toml_places import find_places, line_of

SMALL = """\
[plan]
id = "care-plan"
title = "Care plan"

[[field]]
id = "ref"
heading = "Ref"
role = "key"

[[field]]
id = "action"
heading = "Action"
role = "action"
"""
RATED = """
[[field]]
id = "rating"
heading = "RAG"
type = "rating"
role = "rating"

[[rating]]
code = "G"
label = "Green"
"""
WHOLE = """\
# A plan with everything in it
[plan]
id = "care-plan"
title = " Care  plan "
organisation = "Marlbridge Council"
title_cy = "Cynllun gofal"
organisation_cy = "Cyngor Marlbridge"
marking = "OFFICIAL"
timezone = "Europe/Dublin"
language = "en-IE"
agreed = 2026-01-05
begins = 2026-04-01
year_starts = "April"
every = "4 weeks"
previous_board = "November 2025"
revised_counts = "approved"
notes = ["Two notes", "from below the table"]
kept_back = ["A comment"]

[[field]]
id = "ref"
heading = "Ref"
type = "text"
role = "key"
owner = "coordinator"
required = true
width = 8.5

[[field]]
id = "action"
heading = "Action"
role = "action"

[[field]]
id = "progress"
heading = "Progress"
type = "narrative"
role = "progress"
owner = "lead"
mode = "append"
guidance = \"\"\"
Say what happened.
Then what comes next.\"\"\"
required_if = { rating = ["G"], closed = true }
heading_cy = "Cynnydd"
guidance_cy = "Dywedwch beth ddigwyddodd."

[[field]]
id = "state"
heading = "State"
type = "choice"
choices = ["open", "shut"]
currency = "£"
retired = true
private = true

[[field]]
id = "rating"
heading = "RAG"
type = "rating"
role = "rating"
scale = "five"

[[field]]
id = "ref"
of = "recommendation"
heading = "Number"
role = "key"

[[field]]
id = "view"
of = "recommendation"
heading = "View"
type = "rating"
scale = "five"

[[field]]
id = "accountable"
of = "recommendation"
heading = "Officer"
type = "people"
role = "accountable"

[[field]]
id = "percent"
heading = "Complete"
type = "percent"
role = "percent"

[[field]]
id = "due"
heading = "Timescale"
type = "timescale"
role = "due"
owner = "lead"
change = "request"

[[field]]
id = "target"
heading = "Target"
role = "target"

[[field]]
id = "actual"
heading = "Actual"
role = "actual"

[[rating]]
code = "G"
label = "Green"
meaning = "On track"
colour = "#00B050"
text_colour = "#FFFFFF"
aliases = ["on track"]
scale = "five"

[[rating]]
code = "B"
label = "Blue"
order = 9
closed = true
holding = true
exception = true
scale = "five"
by = "coordinator"
needs = ["progress"]
meaning_cy = "Wedi gorffen"

[[lead]]
name = "Head of  Housing"
aliases = ["HH"]
organisation = "Marlbridge Council"
email = "housing@example.org"
deputy = "Housing Manager"
successor = "Head of Homes"
nobody = true
language = "cy"

[[lead]]
name = "Head of Homes"

[[group]]
name = "Homes team"
members = ["Head of Homes", "hh"]
contact = "homes@example.org"
issue = "one"

[people]
separators = [" with ", "/"]

[[sheet]]
name = "Old"
plan = false

[[row]]
sheet = "Plan"
row = 12
fate = "no action"
words = "Total"

[[rule]]
id = "late"
challenge = "B"
percent_up_to = 25
percent_below = 50
percent_above = 12.5
overdue_days = 32
progress_says = "completed"
target = "below"
rated = ["G"]
message = "More than a month late."
months_behind = 2
filled = ["ref"]

[[rule]]
id = "else"
challenge = "G"
sets = true

[[rollup]]
to = "recommendation"
rule = "accountable"
field = "view"
heading = "Accountable officer's view"

[[count]]
by = "action"
heading = "Deed"
in_brackets = true

[[sign_off]]
role = "Head of Service"

[[sign_off]]
role = "Finance Partner"
name = "Post C"
order = 0

[issue]
hints = true
fields = ["ref", "action", "rating"]
include_closed = false
proposal_rows = 2
contact = "The coordinator"
guidance = "Thank you."
guidance_cy = "Diolch."
contact_cy = "Y cydlynydd"
password = " secret "
layout = "form"
confirm = true
status = true
changes = true
by = "organisation"
accountable = true

[post]
from = "team@example.org"
reply_to = "replies@example.org"
subject = "{plan} {cycle}"
body = "Dear {lead}"
reminder = "Dear {lead}: {{again}}"
signature = "The team"
subject_cy = "{plan} {cycle}"
body_cy = "Annwyl {lead}"
reminder_cy = "Eto, {lead}"
signature_cy = "Y tîm"
copy_deputy = true
sign_subject = "{plan}"
sign_body = "Please sign, {lead}"
sign_subject_cy = "{plan}"
sign_body_cy = "Llofnodwch, {lead}"

[composite]
fields = ["ref", "rating"]
sheets = ["summary"]
group_by = "rating"
paper = "A4"
print_all = true

[master]
keep = true

[board]
message = '''
Two sections are behind.
One is done.'''
asks = ["note the position", "agree the new dates"]

[[section]]
name = "Care"
paragraph = "The ward is open again."

[style]
font = "Arial"
heading_colour = "#000000"
band_colour = "#EEEEEE"
input_colour = "#FFFFE0"

[checks]
CHK-003 = "off"
"""


def faults(text: str) -> list[str]:
    with pytest.raises(XlplanError) as caught:
        load_definition(text)
    return [str(problem) for problem in caught.value.problems]


def only_fault(text: str) -> str:
    found = faults(text)
    assert len(found) == 1, found
    return found[0]


def test_a_small_definition_takes_the_defaults() -> None:
    plan = load_definition(SMALL)
    assert (plan.id, plan.title, plan.timezone) == ("care-plan", "Care plan", "Europe/London")
    assert [item.id for item in plan.fields] == ["ref", "action"]
    assert plan.separators == DEFAULT_SEPARATORS
    assert plan.issue.include_closed
    assert plan.checks == {}


def test_every_key_arrives() -> None:
    plan = load_definition(WHOLE)
    raw = tomllib.loads(WHOLE)
    for name, table in TABLES.items():
        given_keys = set().union(*raw[name]) if table.many else set(raw[name])
        assert given_keys == set(table.keys), f"the text above leaves out a key of {name}"
    assert plan.title == "Care plan"
    assert plan.sign_offs == (
        SignOff("Head of Service", order=1), SignOff("Finance Partner", "Post C", order=0),
    )  # fmt: skip
    assert [each.role for each in plan.signatures] == ["Finance Partner", "Head of Service"]
    assert (plan.organisation, plan.marking) == ("Marlbridge Council", "OFFICIAL")
    assert (plan.timezone, plan.language) == ("Europe/Dublin", ("en-IE",))
    assert plan.notes == ("Two notes", "from below the table")
    assert plan.kept_back == ("A comment",)
    assert plan.agreed == date(2026, 1, 5)
    assert (plan.begins, plan.year_starts) == (date(2026, 4, 1), "April")
    assert plan.previous_board == "November 2025"
    assert plan.revised_counts == "approved"
    assert plan.counts == (Count("action", "Deed", in_brackets=True),)
    ref, _, progress, state, rating, number = plan.fields[:6]
    assert (ref.required, ref.width, ref.role) == (True, 8.5, "key")
    assert progress.guidance == "Say what happened.\nThen what comes next."
    assert (progress.owner, progress.mode, progress.type) == ("lead", "append", "narrative")
    assert (state.currency, state.choices, state.retired, state.private) == (
        "£",
        ("open", "shut"),
        True,
        True,
    )
    assert progress.required_if == (Condition("rating", ("G",)), Condition("closed"))
    assert (rating.scale, number.of) == ("five", "recommendation")
    assert [item.id for item in plan.fields if item.change == "request"] == ["due"]
    assert plan.ratings == (
        Rating("G", "Green", "On track", "#00B050", "#FFFFFF", 1, aliases=("on track",),
               scale="five"),
        Rating("B", "Blue", order=9, closed=True, holding=True, exception=True, scale="five",
               by="coordinator", needs=("progress",), meaning_cy="Wedi gorffen"),
    )  # fmt: skip
    lead, other = plan.leads
    assert (lead.successor, lead.nobody, other.nobody) == ("Head of Homes", True, False)
    assert (lead.name, lead.aliases, lead.deputy) == ("Head of Housing", ("HH",), "Housing Manager")
    assert (lead.organisation, lead.email) == ("Marlbridge Council", "housing@example.org")
    assert plan.separators == (" with ", "/")
    assert plan.rules == (
        Rule("late", "B", 25, 50, 12.5, 32, "completed", "below", ("G",),
             "More than a month late.", 2, ("ref",)),
        Rule("else", "G", sets=True),
    )  # fmt: skip
    assert plan.rollups == (
        Rollup("recommendation", "accountable", "view", "Accountable officer's view"),
    )
    assert plan.issue.fields == ("ref", "action", "rating")
    assert (plan.issue.include_closed, plan.issue.proposal_rows) == (False, 2)
    assert (plan.issue.contact, plan.issue.guidance) == ("The coordinator", "Thank you.")
    assert (plan.issue.password, plan.issue.layout) == (" secret ", "form")
    assert (plan.issue.confirm, plan.issue.status, plan.issue.changes) == (True, True, True)
    assert plan.issue.accountable
    assert plan.every == "4 weeks"
    assert plan.post == PostSettings(
        "team@example.org", "replies@example.org", "{plan} {cycle}", "Dear {lead}",
        "Dear {lead}: {{again}}", "The team", True, "{plan}", "Please sign, {lead}",
        "{plan} {cycle}", "Annwyl {lead}", "Eto, {lead}", "Y tîm", "{plan}", "Llofnodwch, {lead}",
    )  # fmt: skip
    assert (plan.title_cy, plan.organisation_cy) == ("Cynllun gofal", "Cyngor Marlbridge")
    assert (progress.heading_cy, progress.guidance_cy) == ("Cynnydd", "Dywedwch beth ddigwyddodd.")
    assert (plan.issue.contact_cy, plan.issue.guidance_cy) == ("Y cydlynydd", "Diolch.")
    assert (lead.language, other.language) == ("cy", "")
    assert plan.composite.fields == ("ref", "rating")
    assert (plan.composite.sheets, plan.composite.group_by) == (("summary",), "rating")
    assert (plan.composite.paper, plan.composite.print_all) == ("A4", True)
    assert plan.master.keep
    assert plan.board.message == "Two sections are behind.\nOne is done."
    assert plan.board.asks == ("note the position", "agree the new dates")
    assert plan.sections == (SectionWords("Care", "The ward is open again."),)
    assert (plan.style.font, plan.style.heading_colour) == ("Arial", "#000000")
    assert (plan.style.band_colour, plan.style.input_colour) == ("#EEEEEE", "#FFFFE0")
    assert plan.checks == {"CHK-003": "off"}


def test_a_definition_finds_its_parts() -> None:
    plan = load_definition(WHOLE)
    assert plan.find("ref") is plan.fields[0]
    assert plan.find("ref", "recommendation") is plan.fields[5]
    assert plan.find("state", "recommendation") is None
    assert plan.with_role("progress") is plan.fields[2]
    assert [item.id for item in plan.fields_of("action")] == [
        "ref", "action", "progress", "rating", "percent", "due", "target", "actual",
    ]  # fmt: skip
    assert plan.fields_of("action", retired=True)[3] is plan.fields[3]
    assert plan.rating("G", "five") is plan.ratings[0]
    assert plan.rating("G") is None
    assert plan.lead("head  of homes") is plan.leads[1]


LEADS = """
[[lead]]
name = "Ann"
aliases = ["A"]
successor = "b"

[[lead]]
name = "Ben"
aliases = ["B"]
successor = "Cy"

[[lead]]
name = "Cy"

[[lead]]
name = "All"
nobody = true
"""


def test_whoever_took_over_in_the_end_answers_for_a_lead() -> None:
    plan = load_definition(SMALL + LEADS)
    ann, ben, cy, everybody = plan.leads
    assert [plan.lead(name) for name in ("Ann", "a", "Ben", "Cy")] == [cy] * 4
    assert plan.people == (cy,)
    assert plan.lead("All") is None
    assert [plan.directory.is_nobody(name) for name in ("all", "Ann", "Dee")] == [
        True,
        False,
        False,
    ]
    circle = replace(plan, leads=(ann, replace(ben, successor="Ann"), cy, everybody))
    assert circle.lead("Ann") == replace(ben, successor="Ann")


@pytest.mark.parametrize(
    ("successor", "code", "says"),
    [
        ("Dee", "DEF-010", 'successor "Dee" is not the name of another lead'),
        ("Ann", "DEF-011", 'successor "Ann" hands over to this lead again'),
    ],
)
def test_a_lead_hands_over_to_another_and_in_no_circle(
    successor: str, code: str, says: str
) -> None:
    text = SMALL + LEADS.replace('name = "Cy"\n', f'name = "Cy"\nsuccessor = "{successor}"\n')
    found = [each for each in faults(text) if code in each]
    assert any("[[lead]] Cy" in each and says in each for each in found)


def test_ratings_stand_in_the_order_of_the_file_unless_they_say_otherwise() -> None:
    plan = load_definition(
        SMALL + RATED + '[[rating]]\ncode = "B"\nlabel = "Blue"\norder = 0\n'
        '[[rating]]\ncode = "R"\nlabel = "Red"\n'
    )
    assert [rating.code for rating in plan.scale_of(plan.fields[2])] == ["B", "G", "R"]


def test_a_text_saved_with_a_byte_order_mark_is_read() -> None:
    assert load_definition("\ufeff" + SMALL) == load_definition(SMALL)
    assert load_definition(SMALL.replace("\n", "\r\n")) == load_definition(SMALL)


def test_an_empty_text_is_the_same_as_one_left_out() -> None:
    assert load_definition(SMALL.replace("[[field]]", 'timezone = " "\n[[field]]', 1)).timezone == (
        "Europe/London"
    )


def test_three_faults_are_told_at_once_each_with_line_and_key() -> None:
    found = faults(
        SMALL.replace('title = "Care plan"', "title = 7")
        + RATED.replace('"rating"', '"ratng"', 2).replace('id = "ratng"', 'id = "rating"')
        + '[issue]\nfields = [\n  "ref",\n  "actoin",\n]\n'
    )
    assert [line.split(" ")[0] for line in found] == [
        "plan.toml:3:",
        "plan.toml:18:",
        "plan.toml:27:",
    ]
    assert found[0] == (
        'plan.toml:3: [plan]: title is a whole number. Write text in quotes, such as "…". [DEF-005]'
    )
    assert '[[field]] rating: type "ratng" is not a field type. Did you mean "rating"?' in found[1]
    assert '[issue]: fields "actoin" is not the id of a field of actions.' in found[2]
    assert 'Did you mean "action"?' in found[2]


def test_faults_name_the_file_they_stand_in() -> None:
    with pytest.raises(XlplanError) as caught:
        load_definition("x", where="templates/brag.toml")
    assert caught.value.problems[0].where == "templates/brag.toml:1"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[plan]\nid = ", 2),
        ("[plan]\nid = 'a'\nid = 'b'\n", 3),
        ("[plan]\nnotes = [\n'a',\n", 4),
        ("[plan\nid = 'a'", 1),
        ("order = " + "9" * 5000, 1),
        ("order = " + "[" * 20_000, 1),
    ],
)
def test_a_text_that_is_not_toml_says_where(text: str, line: int) -> None:
    assert re.fullmatch(rf"plan\.toml:{line}: .*\[DEF-001\]", only_fault(text))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("title = A plan", 'The line "title = A plan" is not valid TOML: '),
        ("agreed = 02-06-2026", 'The line "agreed = 02-06-2026" is not valid TOML: '),
        ("title = “A plan”", 'The line "title = “A plan”" has the curly quotes'),
        (f"title = {'long ' * 20}", f'The line "title = {"long " * 10}l…" is not valid TOML: '),
    ],
)
def test_a_line_that_cannot_be_read_is_shown(line: str, says: str) -> None:
    """It said where, and "Invalid value", and not what stands there."""
    assert f"plan.toml:2: {says}" in only_fault(f"[plan]\n{line}\n")


@pytest.mark.parametrize(
    ("addition", "line", "code", "says"),
    [
        # keys and tables that nothing knows
        ("[isue]\n", 14, "DEF-002", 'Did you mean "issue"?'),
        ("[plan.more]\n", 14, "DEF-002", '"more" is not a key'),
        ("[checks]\nCHK-03 = 'off'\n", 15, "DEF-002", '"CHK-03" is not the code of a check'),
        ("[[lead]]\nname = 'A'\nalias = ['B']\n", 16, "DEF-002", 'Did you mean "aliases"?'),
        # left out, or empty
        ("[[lead]]\nemail = 'a@example.org'\n", 14, "DEF-003", "[[lead]] number 1: name"),
        ("[[lead]]\nname = ''\n", 14, "DEF-003", "name is missing"),
        ("[[lead]]\nname = 'A'\naliases = ['B', ' ']\n", 16, "DEF-003", "holds an empty text"),
        ("[people]\nseparators = ['']\n", 15, "DEF-003", "holds an empty text"),
        ("[[field]]\nid = 'x'\nheading = 'X'\ntype = 'choice'\n", 14, "DEF-003", "choices"),
        (
            "[[field]]\nid = 'x'\nheading = 'X'\ntype = 'boolean'\nchoices = ['Yes']\n",
            18, "DEF-011", "boolean",
        ),
        # not one of the values allowed
        ("[[field]]\nid = 'x'\nheading = 'X'\nowner = 'leed'\n", 17, "DEF-004", '"lead"'),
        ("[checks]\nCHK-003 = 'of'\n", 15, "DEF-004", 'Did you mean "off"?'),
        ("[checks]\nCHK-003 = false\n", 15, "DEF-004", "is not a level"),
        # the wrong kind
        ("[field]\n", None, "DEF-001", "each begins with two brackets: [[field]]"),
        ("[lead]\nname = 'A'\n", 14, "DEF-005", "Write [[lead]] above each lead"),
        ("lead = ['A']\n", 14, "DEF-002", "is not a key of this table"),
        ("[[issue]]\n", 14, "DEF-005", "Write [issue] above its keys"),
        ("[[checks]]\n", 14, "DEF-005", "Write [checks]"),
        ("[[lead]]\nname = 'A'\naliases = 'B'\n", 16, "DEF-005", "aliases is text. Write a list"),
        ("[[lead]]\nname = 'A'\naliases = ['B',\n 2, 'C']\n", 17, "DEF-005", "a whole number"),
        ("[[lead]]\nname = 2011-05-31\n", 15, "DEF-005", "name is a date. Write text"),
        ("[rollup]\nto = 'ref'\n", 14, "DEF-005", "Write [[rollup]] above each rollup"),
        ("[issue]\nproposal_rows = 2011-05-31T07:00:00\n", 15, "DEF-005", "is a date or time"),
        ("[issue]\nproposal_rows = true\n", 15, "DEF-005", "is true or false"),
        ("[issue]\nproposal_rows = 1.5\n", 15, "DEF-005", "is a number"),
        ("[issue]\ninclude_closed = 1\n", 15, "DEF-005", "Write true or false"),
        ("[style]\nfont = {}\n", 15, "DEF-005", "is a table"),
        # taken twice
        ("[[field]]\nid = 'Ref'\nheading = 'X'\n", 15, "DEF-006", "used by [[field]] ref already"),
        ("[[lead]]\nname = 'A'\n[[lead]]\nname = ' a'\n", 17, "DEF-006", "used by [[lead]] A"),
        (
            "[[lead]]\nname = 'A'\n[[lead]]\nname = 'B'\naliases = ['a']\n",
            18, "DEF-006", 'aliases "a" is used',
        ),
        (
            "[[rating]]\ncode = 'A'\nlabel = 'X'\n[[rating]]\ncode = 'B'\nlabel = 'x'\n",
            19, "DEF-006", 'label "x" is used by [[rating]] A already',
        ),
        # not of the right form
        ("[style]\nband_colour = 'blue'\n", 15, "DEF-007", "not a colour"),
        ("[[field]]\nid = '_status'\nheading = 'X'\n", 15, "DEF-007", "not an id for a field"),
        ("[[lead]]\nname = 'A'\nemail = 'a@b, c@d'\n", 16, "DEF-007", "not an e-mail address"),
        ("[issue]\nproposal_rows = -1\n", 15, "DEF-007", "from 0 to 200"),
        ("[[field]]\nid = 'x'\nheading = 'X'\nwidth = nan\n", 17, "DEF-007", "from 0 to 255"),
        # roles
        ("[[field]]\nid = 'x'\nheading = 'X'\nrole = 'key'\n", 17, "DEF-009", '"ref" has role'),
        ("[[field]]\nid = 'x'\nheading = 'X'\nof = 'recommendation'\n", 5, "DEF-009", "No [["),
        # naming what is not there
        ("[[field]]\nid = 'x'\nheading = 'X'\ntype = 'rating'\n", 14, "DEF-010", "needs a scale"),
        (
            "[[field]]\nid = 'x'\nheading = 'X'\ntype = 'rating'\nscale = 'five'\n",
            18, "DEF-010", 'no [[rating]] has scale "five"',
        ),
        ("[composite]\ngroup_by = 'theme'\n", 15, "DEF-010", "Use one of: ref, action."),
        # the words of letters
        ("[post]\nbody = 'Dear {name}'\n", 15, "DEF-086", "[post]: body has {name}"),
        ("[post]\nsubject = 'Due {return_by!r:x}'\n", 15, "DEF-086", "has {return_by!r:x}"),
        ("[post]\nreply_to = 'a@b.c'\nsignature = '{'\n", 16, "DEF-086", "opens or closes"),
        ("[post]\nreminder = 'Dear {}'\n", 15, "DEF-086", "reminder has {}"),
        # keys that do not go together
        ("[[field]]\nid = 'x'\nheading = 'X'\nmode = 'append'\n", 17, "DEF-011", "is a text"),
        *(
            (
                f"[[field]]\nid = 'x'\nheading = 'X'\nrole = '{role}'\ntype = '{kind}'\n",
                17, "DEF-011", f'role "{role}" needs a column that holds {says}',
            )
            for role, kind, says in (
                ("lead", "text", "one officer or several, and this one is text"),
                ("lead", "set", "one officer or several"),
                ("accountable", "narrative", "one officer or several"),
                ("rating", "text", "a point of the rating scale"),
            )
        ),
        (
            "[[field]]\nid = 'x'\nheading = 'X'\ntype = 'people'\nrole = 'lead'\nprivate = true\n",
            19, "DEF-011", 'role "lead" cannot be private',
        ),
        (
            "[[field]]\nid = 'x'\nheading = 'X'\ntype = 'date'\nrole = 'due'\nchange = 'request'\n",
            19, "DEF-011", 'role = "due" and owner = "lead"',
        ),
        (
            "[[field]]\nid = 'x'\nheading = 'X'\nowner = 'lead'\nchange = 'request'\n",
            18, "DEF-011", 'role = "due" and owner = "lead"',
        ),
    ],
)  # fmt: skip
def test_each_fault_says_where_and_what_to_do(
    addition: str, line: int | None, code: str, says: str
) -> None:
    found = only_fault(SMALL + addition)
    if line is not None:
        assert found.startswith(f"plan.toml:{line}: ")
    assert says in found
    assert found.endswith(f"[{code}]")


@pytest.mark.parametrize("every", ["fortnight", "0 weeks", "4", "2 quarters"])
def test_how_often_a_cycle_begins_is_a_span_of_time(every: str) -> None:
    found = only_fault(SMALL.replace("[[field]]", f"every = '{every}'\n[[field]]", 1))
    assert found.startswith(f'plan.toml:5: [plan]: every "{every}" is not how often')
    assert found.endswith('"month" or "quarter". [DEF-007]')


@pytest.mark.parametrize("agreed", ["'2026-01-05'", "2026-01-05T07:00:00", "07:00:00", "20260105"])
def test_the_day_a_plan_was_agreed_is_a_date(agreed: str) -> None:
    found = only_fault(SMALL.replace("[[field]]", f"agreed = {agreed}\n[[field]]", 1))
    assert found.startswith("plan.toml:5: [plan]: agreed is ")
    assert found.endswith("Write a date without quotes, such as 2026-01-05. [DEF-005]")


@pytest.mark.parametrize(
    ("addition", "code", "says"),
    [
        ("[[rule]]\nid = 'r'\nchallenge = 'G'\n", "DEF-003", "there is no condition"),
        (
            "[[rule]]\nid = 'r'\nchallenge = 'G'\noverdue_days = 1\n",
            "DEF-009", 'overdue_days needs a field of actions with role "due"',
        ),
        (
            "[[field]]\nid = 'due'\nheading = 'D'\nrole = 'due'\ntype = 'date'\n"
            "[[rule]]\nid = 'r'\nchallenge = 'X'\noverdue_days = 1\n",
            "DEF-010", 'challenge "X" is not the code of a rating of actions. Use one of: G.',
        ),
        (
            "[[field]]\nid = 'due'\nheading = 'D'\nrole = 'due'\ntype = 'date'\n"
            "[[rule]]\nid = 'r'\nchallenge = 'G'\noverdue_days = 1\nrated = ['X']\n",
            "DEF-010", 'rated "X" is not the code',
        ),
        (
            "[[rule]]\nid = 'r'\nchallenge = 'G'\npercent_below = 101\n",
            "DEF-007", "from 0 to 100",
        ),
        ("[[rollup]]\nto = 'theme'\nrule = 'share-closed'\n", "DEF-010", "Use one of: "),
        ("[[rollup]]\nto = 'ref'\nrule = 'best'\n", "DEF-004", "a rule for summing up"),
        ("[issue]\naccountable = true\n", "DEF-009", 'needs a field with role "accountable"'),
        ("[[rollup]]\nto = 'ref'\nrule = 'accountable'\n", "DEF-011", "is for recommendations"),
        (
            "[[rollup]]\nto = 'recommendation'\nrule = 'accountable'\n",
            "DEF-009", "needs a field of recommendations with role",
        ),
        (
            "[[rollup]]\nto = 'recommendation'\nrule = 'accountable'\nfield = 'x'\n",
            "DEF-010", 'field "x" is not a rating of recommendations',
        ),
        ("[[rollup]]\nto = 'ref'\nrule = 'worst'\n" * 2, "DEF-006", "is there twice"),
        ("[[count]]\nby = 'band'\n", "DEF-010", 'by "band" is not the id of a field of actions'),
        ("[[count]]\nby = 'ref'\n" * 2, "DEF-006", 'by "ref"'),
        ("[[sign_off]]\nrole = 'Head'\n" * 2, "DEF-006", 'role "Head"'),
        (
            "[[row]]\nsheet = 'Plan'\nrow = 3\nfate = 'action'\n" * 2,
            "DEF-006", 'row "3" is used by',
        ),
        ("[[row]]\nsheet = 'Plan'\nfate = 'action'\n", "DEF-003", "row is missing"),
        ("[[sheet]]\nname = 'Plan'\n" * 2, "DEF-006", 'name "Plan" is used by'),
    ],
)  # fmt: skip
def test_rules_and_roll_ups_fit_the_fields(addition: str, code: str, says: str) -> None:
    found = only_fault(SMALL + RATED + addition)
    assert says in found
    assert found.endswith(f"[{code}]")


def test_the_worst_rating_needs_ratings() -> None:
    found = only_fault(SMALL + "[[rollup]]\nto = 'ref'\nrule = 'worst'\n")
    assert found.startswith("plan.toml:16: ")
    assert found.endswith("[DEF-009]")


def test_a_value_outside_any_table_is_no_table() -> None:
    assert "plan.toml:1: " in only_fault("title = 'x'\n" + SMALL)


def test_a_missing_plan_is_told_once() -> None:
    assert "The table [plan] is missing" in only_fault(SMALL[SMALL.index("[[field]]") :])


def test_no_fields_at_all_lack_their_roles() -> None:
    found = faults(SMALL[: SMALL.index("[[field]]")])
    assert [line[-9:] for line in found] == ["[DEF-009]", "[DEF-009]"]


def test_a_misspelt_role_is_one_fault_not_two() -> None:
    assert 'role "kye" is not a role' in only_fault(SMALL.replace('"key"', '"kye"'))


def test_a_plan_id_is_safe_in_a_file_name() -> None:
    for name in ("../plan", "care plan", "caf\u00e9", ".plan", "a" * 64):
        assert "[DEF-007]" in only_fault(SMALL.replace("care-plan", name))


@pytest.mark.parametrize("name", ["Europe/Lodnon", "Nowhere", "../../etc/passwd", "Europe"])
def test_a_timezone_must_exist(name: str) -> None:
    found = only_fault(SMALL.replace("[[field]]", f'timezone = "{name}"\n[[field]]', 1))
    assert found.startswith("plan.toml:5: [plan]: timezone")
    assert "Europe/London" in found
    assert found.endswith("[DEF-008]")


def test_a_name_with_odd_characters_is_shown_in_one_line() -> None:
    assert "[[lead]] A B: " in only_fault(SMALL + '[[lead]]\nname = "A\\nB"\nx = 1\n')


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2", ("b",), 2),
        ("a = '''\nb = 9\n'''\nb = 2", ("b",), 4),
        ('a = """x\\"""" # b\n"b" = 2', ("b",), 2),
        ('a = """"x""""" # five quotes\nb = 2', ("b",), 2),
        ("a = '#' # [b]\n['b']\nc = 1", ("b", "c"), 3),
        ('["b c".d]\ne = 1', ("b c", "d", "e"), 2),
        ("[[x]]\na = 1\n[[x]]\na = 2", ("x", 1, "a"), 4),
        ("[[x]]\n[x.y]\na = 1\n[[x]]\n[x.y]\na = 2", ("x", 1, "y", "a"), 6),
        ("[[x]]\n[[x.y]]\n[[x.y]]\na = 1\n", ("x", 0, "y", 1, "a"), 4),
        ("x = [\n {a = 1},\n # {a = 2},\n {b = [1, 2], a = 3}\n]", ("x", 1, "a"), 4),
        ("x = [1,\n [2,\n 3]]", ("x", 1, 1), 3),
        ("x.y = 1.5\nz = 1979-05-27 07:32:00\nw = 1", ("w",), 3),
        ("x.y.z = {}\n", ("x", "y"), 1),
        ("a = 1\n[t]\n", ("t", "missing", 3), 2),
        ("", ("t",), 1),
    ],
)
def test_the_line_of_a_key(text: str, path: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(text)
    assert line_of(find_places(text), path) == line


KEYS = st.sampled_from(["a", "b-c", '"d e"', "'f.g'", '"\\u00e9"'])
SCALARS = st.sampled_from(
    [
        "1",
        "-1.5",
        "true",
        '"x # y"',
        "'[z]'",
        '"""\n[q]\n"""',
        "'''\na = 1'''",
        "1979-05-27T07:32:00Z",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: "[\n" + ",\n".join(parts) + "]")
        | st.dictionaries(KEYS, inner, max_size=2).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        )
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(KEYS, VALUES), st.lists(st.dictionaries(KEYS, VALUES, max_size=3), max_size=3)
)
def test_every_key_and_item_has_a_line(first: dict[str, str], rest: list[dict[str, str]]) -> None:
    lines = [f"{key} = {value}" for key, value in first.items()]
    for table in rest:
        lines += ["[[many]]", *(f"{key} = {value}" for key, value in table.items())]
    text = "\n".join(lines)
    places = find_places(text)
    whole = text.split("\n")
    for path in paths(tomllib.loads(text)):
        assert 1 <= places[path] <= len(whole)
        if isinstance(path[-1], str) and path != ("many",):
            spelt = path[-1].replace("\u00e9", "\\u00e9")
            assert spelt in whole[places[path] - 1]


def paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += paths(inner, (*path, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            found += paths(inner, (*path, number))
    return found


SETTING = """
[[rating]]
code = "H"
label = "Held"
needs = ["prof"]

[[rule]]
id = "late"
challenge = "G"
filled = ["action", "dedd"]
"""


def test_columns_that_a_rating_needs_or_a_rule_looks_at_are_there() -> None:
    first, second = faults(SMALL + RATED + SETTING)
    assert '[[rating]] H: needs "prof" is not the id of a field of actions.' in first
    assert '[[rule]] late: filled "dedd" is not the id of a field of actions.' in second


def test_a_rule_that_sets_the_rating_needs_one_and_is_for_all_of_them() -> None:
    rule = '[[rule]]\nid = "else"\nchallenge = "G"\nsets = true\n'
    plan = load_definition(SMALL + RATED + rule)
    assert plan.ruled == plan.find("rating")
    assert any("sets needs a field" in fault for fault in faults(SMALL + rule))
    assert "Remove rated or sets." in only_fault(SMALL + RATED + rule + 'rated = ["G"]\n')


def test_reading_a_definition_imports_nothing_slow() -> None:
    code = (
        "import sys; from xlplan.plan.load import load_definition; "
        "load_definition(sys.stdin.read()); "
        "print([m for m in ('difflib', 'zoneinfo', 'pandas') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], input=SMALL, capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"


def test_the_ways_of_working_that_are_shipped_can_be_read() -> None:
    shipped = sorted((Path(__file__).parent.parent.parent / "workbook_templates").glob("*.toml"))
    assert shipped
    for path in shipped:
        assert isinstance(load_definition(path.read_text("utf-8"), path.name), PlanDefinition)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"cy"', ("cy",)),
        ('["cy", "en-GB"]', ("cy", "en-GB")),
        ("[]", ("en-GB",)),
        ('""', ("en-GB",)),
        ('"fr-FR"', ("fr-FR",)),
    ],
)
def test_the_language_of_the_plan_is_one_or_several(written: str, read: tuple[str, ...]) -> None:
    text = SMALL.replace("[plan]", f"[plan]\nlanguage = {written}")
    assert load_definition(text).language == read


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ('["cy", "fr"]', 'language "fr" is not a language of letters'),
        ('["cy", "Welsh language"]', "Welsh language"),
        ('["cy", 1]', "a whole number"),
        ("1", "text in quotes, or a list of texts"),
    ],
)
def test_a_language_that_leads_cannot_be_written_to_in_is_a_fault(written: str, wrong: str) -> None:
    fault = only_fault(SMALL.replace("[plan]", f"[plan]\nlanguage = {written}"))
    assert fault.startswith("plan.toml:2: ")
    assert wrong in fault


def test_a_lead_is_written_to_in_a_language_that_there_is() -> None:
    lead = '\n[[lead]]\nname = "Ann"\nlanguage = "{}"\n'
    assert load_definition(SMALL + lead.format("cy")).leads[0].language == "cy"
    assert "a language of letters" in only_fault(SMALL + lead.format("fr"))


def test_letters_in_welsh_have_the_same_places() -> None:
    post = '\n[post]\nbody_cy = "Annwyl {arweinydd}"\n'
    assert "body_cy" in only_fault(SMALL + post)


def test_what_a_ledger_holds_is_asked_for_no_rule_that_came_later() -> None:
    text = SMALL + "[[field]]\nid = 'x'\nheading = 'X'\nrole = 'lead'\n"
    assert load_recorded(SMALL, load_definition) == load_definition(SMALL)
    assert load_recorded(text, load_definition).fields[-1].role == "lead"
    with pytest.raises(XlplanError, match="DEF-010"):
        load_recorded(text + "[composite]\ngroup_by = 'theme'\n", load_definition)
