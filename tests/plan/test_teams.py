"""Groups of leads, and teams that are sent one workbook: who answers, who is sent what."""

from __future__ import annotations

import pytest

from xlplan.errors import XlplanError
from xlplan.plan.load import load_definition
from xlplan.plan.people import Directory, Group, Lead

ANN = Lead("Ann", organisation="Council", email="ann@example.org")
BEN = Lead("Ben", aliases=("B.",), organisation="Council")
CY = Lead("Cy", organisation="Trust")
DEE = Lead("Dee", successor="Cy")
LEADS = (ANN, BEN, CY, DEE)


def team(name: str, email: str = "") -> Lead:
    return Lead(name, email=email)


def test_every_member_answers_for_what_names_a_group() -> None:
    directory = Directory(LEADS, (Group("All heads", ("Ann", "b.", "Dee", "Cy")),))
    assert directory.answering("all  HEADS") == (ANN, BEN, CY)
    assert directory.names_in("All heads") == ("Ann", "b.", "Dee", "Cy")
    assert [directory.recipient(lead) for lead in LEADS] == list(LEADS)
    assert directory.recipients == (ANN, BEN, CY)
    assert directory.lead("All heads") == team("All heads")
    assert not directory.has_teams


def test_a_name_that_is_no_group_stands_for_itself() -> None:
    directory = Directory(LEADS)
    assert directory.answering("B.") == (BEN,)
    assert directory.answering("Dee") == (CY,)
    assert directory.answering("Eve") == ()
    assert directory.names_in("Eve") == ("Eve",)


def test_a_group_that_is_one_is_sent_what_its_members_answer_for() -> None:
    homes = Group("Homes team", ("Ann", "B."), contact="Ann", issue="one")
    directory = Directory(LEADS, (homes,))
    one = team("Homes team", "ann@example.org")
    assert directory.answering("Homes team") == (one,)
    assert [directory.recipient(each) for each in (ANN, BEN, CY)] == [one, one, CY]
    assert directory.recipients == (one, CY)
    assert directory.has_teams


def test_a_group_without_members_is_addressed_itself() -> None:
    directory = Directory(LEADS, (Group("Residents' panel", contact="panel@example.org"),))
    panel = team("Residents' panel", "panel@example.org")
    assert directory.answering("Residents' panel") == (panel,)
    assert directory.recipients == (panel, ANN, BEN, CY)


def test_a_group_goes_before_a_lead_of_its_name() -> None:
    everybody = Lead("All heads", nobody=True)
    directory = Directory((*LEADS, everybody), (Group("All heads", ("Ann", "Cy")),))
    assert directory.answering("All heads") == (ANN, CY)
    assert not directory.is_nobody("All heads")
    assert directory.people == (ANN, BEN, CY)


def test_by_organisation_leads_of_one_share_a_workbook() -> None:
    trust = Group("Trust", contact="office@example.org")
    alone = Lead("Fay")
    directory = Directory((*LEADS, alone), (trust,), "organisation")
    council, office = team("Council"), team("Trust", "office@example.org")
    assert [directory.recipient(each) for each in (ANN, BEN, CY, alone)] == [
        council, council, office, alone,
    ]  # fmt: skip
    assert directory.recipients == (office, council, alone)
    assert directory.lead("council") == council


def test_a_member_who_is_nobody_is_in_no_team() -> None:
    vacant = Lead("Vacant", nobody=True)
    directory = Directory((*LEADS, vacant), (Group("Homes team", ("Vacant",), issue="one"),))
    assert directory.recipients == (team("Homes team"), ANN, BEN, CY)


def test_a_group_goes_before_the_organisation_of_a_member() -> None:
    homes = Group("Homes team", ("Ann",), issue="one")
    directory = Directory(LEADS, (homes,), "organisation")
    assert directory.recipient(ANN) == team("Homes team")
    assert directory.recipient(BEN) == team("Council")


def test_by_section_the_section_is_sent_its_actions() -> None:
    homes = Group("Homes", contact="ann@example.org")
    directory = Directory(LEADS, (homes,), "section")
    assert directory.recipient(ANN, "Homes\nRepairs") == team("Homes", "ann@example.org")
    assert directory.recipient(ANN, "Learning") == team("Learning")
    assert directory.recipient(ANN) == ANN


PLAN = """
[plan]
id = "homes-plan"
title = "Homes plan"

[[field]]
id = "ref"
heading = "Ref"
role = "key"

[[field]]
id = "action"
heading = "Action"
role = "action"

[[lead]]
name = "Ann"

[[lead]]
name = "Ben"
aliases = ["B."]

[[group]]
name = "One"
members = ["Ann", "b."]
contact = "Ben"
issue = "one"
"""


def test_groups_are_read() -> None:
    plan = load_definition(PLAN + '\n[issue]\nby = "section"\n')
    assert plan.groups == (Group("One", ("Ann", "b."), "Ben", "one"),)
    assert plan.issue.by == "section"


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ('members = ["Anne"]', "DEF-010",
         'member "Anne" is not the name of a lead. Did you mean "Ann"?'),
        ('contact = "Bean"', "DEF-010",
         'contact "Bean" is neither the name of a lead nor an address. Did you mean "Ben"?'),
        ('members = ["Ben"]\nissue = "one"', "DEF-011",
         'member "Ben" is a member of [[group]] One too'),
        ('issue = "some"', "DEF-004", '"some"'),
    ],
)  # fmt: skip
def test_a_wrong_group_is_named_with_its_line(more: str, code: str, says: str) -> None:
    with pytest.raises(XlplanError) as caught:
        load_definition(f'{PLAN}\n[[group]]\nname = "Two"\n{more}\n')
    (problem,) = caught.value.problems
    assert problem.code == code
    assert says in problem.message


def test_two_groups_of_one_name_are_refused() -> None:
    with pytest.raises(XlplanError) as caught:
        load_definition(f'{PLAN}\n[[group]]\nname = "one"\n')
    assert [problem.code for problem in caught.value.problems] == ["DEF-006"]
