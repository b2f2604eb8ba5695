"""`draft` and `remind`: letters with the templates attached, and `post.xlsx` as it is ticked."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.post.in_excel import attached_to, define, draft_of, fill, path_of, table, words_of
from tests.small import LEARNING, LETTINGS, REPAIRS, do, give_back
from xlplan.errors import XlplanError
from xlplan.issued.post_book import FIRST_ROW, NAME
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import fill_in, places_in

ADDRESSES = {LEARNING: "learning@example.org", LETTINGS: "lettings@example.org",
             REPAIRS: "repairs@example.org"}  # fmt: skip


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A cycle that was issued; every lead has an address."""
    folder = small.make(tmp_path / "plan")
    for number, lead in enumerate([LEARNING, LETTINGS, REPAIRS]):
        define(folder, "lead", number, "email", value=ADDRESSES[lead])
    assert do(folder, "issue", "--cycle", small.CYCLE, "--return-by", "2026-11-27") == 0
    return folder


def said(
    folder: Path, capsys: pytest.CaptureFixture[str], *args: str, today: str
) -> dict[str, object]:
    capsys.readouterr()
    do(folder, *args, "--json", today=today)
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def reminded(folder: Path, today: str, *args: int) -> dict[str, tuple[str, ...]]:
    """Who is reminded on a day, and why."""
    from xlplan import open_plan

    with open_plan(folder, today=date.fromisoformat(today)) as opened:
        result = opened.remind(before=args[0] if args else None)
    return {each.lead: each.why or (each.act,) for each in result.drafts}


def test_a_draft_for_each_template_with_the_very_bytes(plan: Path) -> None:
    assert do(plan, "draft") == 0
    for lead, address in ADDRESSES.items():
        message = draft_of(plan, lead)
        assert message["To"] == address
        assert message["Subject"] == "plan: your update for 2026-11"
        template = plan / "outbox" / small.CYCLE / f"{lead}.xlsx"
        assert attached_to(message) == (template.name, template.read_bytes())
        assert words_of(message).startswith(f"Dear {lead},\n")
        assert "Please send it by Friday 27 November 2026." in words_of(message)


def test_no_draft_names_another_lead_or_another_ones_words(plan: Path) -> None:
    do(plan, "draft")
    do(plan, "remind", today="2026-11-30")
    files = sorted(path_of(plan).parent.glob("*.eml"))
    assert len(files) == 6
    own = {LEARNING: "rota", LETTINGS: "allocations", REPAIRS: "every lift"}
    for file in files:
        message = draft_of(plan, file.stem)
        text = words_of(message) + str(message["To"]) + str(message["Subject"])
        for lead in own:
            assert (lead in text) == file.stem.startswith(lead)


def test_drafted_again_nothing_changes(plan: Path) -> None:
    do(plan, "draft")
    before = {file.name: file.read_bytes() for file in path_of(plan).parent.iterdir()}
    with small.opened(plan) as opened:
        tip = opened.tip
    assert do(plan, "draft") == 0
    with small.opened(plan) as opened:
        assert opened.tip == tip
    assert {f.name: f.read_bytes() for f in path_of(plan).parent.iterdir()} == before


def test_a_template_that_left_the_outbox_is_made_again_as_it_was(plan: Path) -> None:
    file = plan / "outbox" / small.CYCLE / f"{LETTINGS}.xlsx"
    was = file.read_bytes()
    small.edit_master(plan, {("1.1", "progress"): "Agreed"})
    do(plan, "merge")
    file.unlink()
    assert do(plan, "draft", "--lead", LETTINGS) == 0
    assert attached_to(draft_of(plan, LETTINGS)) == (file.name, was)


def test_a_template_that_cannot_be_made_again_is_to_be_issued_again(
    plan: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (plan / "outbox" / small.CYCLE / f"{LETTINGS}.xlsx").write_bytes(b"something else")
    monkeypatch.setattr("xlplan.workbook.write.writing.write_workbook", lambda _: b"otherwise")
    monkeypatch.setattr("xlplan.cycle.posting.post_outputs", lambda *_: [])
    assert do(plan, "draft", "--lead", LETTINGS) == 1
    assert f"The template of {LETTINGS} does not lie here" in capsys.readouterr().err
    assert not (path_of(plan).parent / f"{LETTINGS}.eml").exists()


def test_a_lead_without_an_address_is_named_with_what_to_do(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    define(plan, "lead", 0, "email", value=None)
    define(plan, "lead", 1, "email", value="ä@example.org")
    found = said(plan, capsys, "draft", today=small.TODAY)
    assert found["unaddressed"] == [LEARNING, LETTINGS]
    assert draft_of(plan, LEARNING)["To"] is None
    assert do(plan, "draft") == 1
    err = capsys.readouterr().err
    assert f"No e-mail address is known for {LEARNING}" in err
    assert f'address of {LETTINGS}, "ä@example.org", is not' in err


def test_a_deputy_gets_a_copy_where_the_plan_says_so(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    define(plan, "lead", 0, "deputy", value=REPAIRS)
    define(plan, "lead", 1, "deputy", value="stand-in@example.org")
    define(plan, "lead", 2, "deputy", value="Somebody")
    assert do(plan, "draft") == 0
    assert draft_of(plan, LEARNING)["Cc"] is None
    define(plan, "post", "copy_deputy", value=True)
    define(plan, "post", "from", value="team@example.org")
    define(plan, "post", "reply_to", value="replies@example.org")
    assert do(plan, "draft") == 1
    assert 'No e-mail address is known for "Somebody"' in capsys.readouterr().err
    assert draft_of(plan, LEARNING)["Cc"] == ADDRESSES[REPAIRS]
    assert draft_of(plan, LETTINGS)["Cc"] == "stand-in@example.org"
    message = draft_of(plan, REPAIRS)
    assert message["Cc"] is None
    assert (message["From"], message["Reply-To"]) == ("team@example.org", "replies@example.org")


def test_a_draft_that_was_changed_is_left_as_it_is(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    do(plan, "draft")
    file = path_of(plan).parent / f"{LETTINGS}.eml"
    file.write_bytes(b"Subject: my own words\r\n\r\nDear all")
    assert do(plan, "draft") == 1
    assert "This draft was changed since" in capsys.readouterr().err
    assert b"my own words" in file.read_bytes()
    file.unlink()
    assert do(plan, "draft") == 0
    assert draft_of(plan, LETTINGS)["To"] == ADDRESSES[LETTINGS]


def test_the_words_are_those_of_the_plan(plan: Path) -> None:
    define(plan, "post", "body", value="{lead}: {actions}, late: {overdue}.")
    define(plan, "post", "signature", value="The team")
    do(plan, "draft", today="2027-06-01")
    # Due by May and July 2027; by June 2027 and ongoing; by March 2027 and ongoing.
    assert (
        words_of(draft_of(plan, LEARNING))
        == f"{LEARNING}: 2 actions, late: 1 action.\n\nThe team\n"
    )
    assert words_of(draft_of(plan, LETTINGS)) == "The team\n"


def test_who_cannot_be_written_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = small.make(tmp_path / "plan")
    assert do(folder, "draft") == 2
    assert "nothing to send. Run: xlplan issue" in capsys.readouterr().err
    do(folder, "issue", "--cycle", small.CYCLE, "--lead", LETTINGS)
    capsys.readouterr()
    assert do(folder, "draft", "--cycle", "2031-01") == 2
    assert do(folder, "remind", "--lead", "Nobody", "--lead", REPAIRS) == 2
    err = capsys.readouterr().err
    assert '"2031-01"' in err
    assert '"Nobody" is not in the list of leads' in err
    assert f'"{REPAIRS}" was sent no template in this cycle' in err


def test_nobody_who_returned_is_reminded(plan: Path) -> None:
    give_back(plan, LETTINGS, {("1.1", "progress"): "Agreed"})
    give_back(plan, REPAIRS, {})
    do(plan, "merge")
    assert reminded(plan, "2026-11-20") == {LEARNING: ("not returned",)}
    assert reminded(plan, "2026-11-30") == {LEARNING: ("late",)}


def test_reminders_begin_so_many_days_before_the_date(plan: Path) -> None:
    assert reminded(plan, "2026-11-23", 3) == {}
    assert set(reminded(plan, "2026-11-24", 3)) == set(ADDRESSES)
    text = words_of(draft_of(plan, f"{LETTINGS}, reminder 2026-11-24"))
    assert "is due by Friday 27 November 2026, and it has not arrived yet." in text
    assert (
        "The workbook that is attached is the one of 2 November 2026; its reference is t-" in text
    )


def test_without_a_date_nobody_is_reminded_before_it(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    assert reminded(folder, "2026-11-24", 3) == {}
    assert set(reminded(folder, "2026-11-24")) == set(ADDRESSES)
    text = words_of(draft_of(folder, f"{LETTINGS}, reminder 2026-11-24"))
    assert "Your update has not arrived yet." in text


def test_a_correction_is_asked_for_in_the_words_of_the_reply(plan: Path) -> None:
    give_back(plan, LETTINGS, {("1.1", "rating"): "Purple {lead}"})
    do(plan, "merge")
    assert reminded(plan, "2026-11-20")[LETTINGS] == ("to correct",)
    message = draft_of(plan, f"{LETTINGS}, reminder 2026-11-20")
    assert "Purple {lead}" in words_of(message)
    assert "one place needs correcting" in words_of(message)
    assert "only these cells are open" in " ".join(words_of(message).split())
    name, data = attached_to(message)
    assert name == f"Correction for {LETTINGS}.xlsx"
    again = plan / "inbox" / "corrected.xlsx"
    with small.opened(plan) as opened:
        (uid,) = (u for u in opened.desk.state.uids("action") if opened.desk.state.ref(u) == "1.1")
    sheet, cell = places_in(data, ID_PREFIX)[uid, "rating"]
    again.write_bytes(fill_in(data, sheet, [(cell, "Amber")], "2026-11-21T09:00:00Z"))
    assert do(plan, "merge", today="2026-11-21") == 0
    assert LETTINGS not in reminded(plan, "2026-11-22")


def test_a_correction_is_asked_for_until_it_is_made_in_one_workbook(
    plan: Path,
) -> None:
    give_back(plan, LETTINGS, {("1.1", "rating"): "Purple"})
    do(plan, "merge")
    assert reminded(plan, "2026-11-20")[LETTINGS] == ("to correct",)
    assert reminded(plan, "2026-11-20")[LETTINGS] == ("to correct",)
    with small.opened(plan) as opened:
        sent = [each for each in opened.desk.state.issued.values() if each.corrects]
    assert len(sent) == 1
    give_back(plan, LETTINGS, {("1.1", "rating"): "Amber"}, file="again.xlsx",
              saved_at="2026-11-21T10:00:00Z")  # fmt: skip
    do(plan, "merge")
    assert LETTINGS not in reminded(plan, "2026-11-22")


def test_a_reminder_of_the_same_day_counts_once(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for day in ("2026-11-25", "2026-11-25", "2026-11-30"):
        do(plan, "remind", today=day)
    found = said(plan, capsys, "status", today="2026-11-30")
    leads = found["leads"]
    assert isinstance(leads, list)
    assert [lead["reminded"] for lead in leads] == [["2026-11-25", "2026-11-30"]] * 3
    assert table(plan)[LETTINGS]["Reminded"] == "twice, last on 30 November 2026"


def test_whoever_used_an_old_form_is_thanked_once(plan: Path) -> None:
    do(plan, "issue", "--cycle", "2026-12", "--return-by", "2026-12-18", today="2026-12-01")
    give_back(plan, LETTINGS, {("1.1", "progress"): "Agreed"}, saved_at="2026-12-02T10:00:00Z")
    do(plan, "merge", today="2026-12-03")
    assert reminded(plan, "2026-12-20") == {
        LEARNING: ("late",), LETTINGS: ("thanks",), REPAIRS: ("late",),
    }  # fmt: skip
    message = draft_of(plan, f"{LETTINGS}, thanks", "2026-12")
    assert "it counts for 2026-12, and you need not send it again" in words_of(message)
    assert attached_to(message)[1] == (plan / f"outbox/2026-12/{LETTINGS}.xlsx").read_bytes()
    assert LETTINGS not in reminded(plan, "2026-12-21")


# post.xlsx


def test_ticks_and_addresses_come_back_by_merge(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    do(plan, "draft")
    fill(
        plan,
        {
            (LETTINGS, "E-mail"): "new@example.org",
            (LETTINGS, "Deputy"): REPAIRS,
            (LETTINGS, "Sent"): "Yes",
            (REPAIRS, "Sent"): date(2026, 11, 5),
        },
    )
    assert do(plan, "merge", today="2026-11-06") == 0
    found = said(plan, capsys, "status", today="2026-11-06")
    leads = found["leads"]
    assert isinstance(leads, list)
    assert [lead["sent"] for lead in leads] == [None, "2026-11-06", "2026-11-05"]
    with small.opened(plan) as opened:
        lead = opened.definition.lead(LETTINGS)
    assert lead is not None
    assert (lead.email, lead.deputy) == ("new@example.org", REPAIRS)
    assert table(plan)[LETTINGS]["E-mail"] == "new@example.org"
    assert str(table(plan)[LETTINGS]["Sent"]).startswith("2026-11-06")
    do(plan, "draft")
    assert draft_of(plan, LETTINGS)["To"] == "new@example.org"
    fill(plan, {(LETTINGS, "Sent"): None, (REPAIRS, "Sent"): "No"})
    assert do(plan, "merge", today="2026-11-07") == 0
    assert [row["Sent"] for row in table(plan).values()] == [None, None, None]


def test_what_cannot_be_used_stays_as_it_was_typed(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    do(plan, "draft")
    fill(plan, {(LETTINGS, "E-mail"): "no address", (REPAIRS, "Sent"): "perhaps"})
    assert do(plan, "merge") == 1
    err = capsys.readouterr().err
    assert '"perhaps" does not say whether the letter was sent' in err
    assert '"no address" is not an e-mail address' in err
    found = table(plan)
    assert found[LETTINGS]["E-mail"] == "no address"
    assert "is not an e-mail address" in str(found[LETTINGS]["Please look again"])
    assert found[REPAIRS]["Sent"] == "perhaps"


def test_an_edited_post_is_never_overwritten(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    do(plan, "draft")
    fill(plan, {(LETTINGS, "Sent"): "Yes"})
    edited = path_of(plan).read_bytes()
    assert do(plan, "remind", today="2026-11-30") == 1
    assert path_of(plan).read_bytes() == edited
    capsys.readouterr()
    do(plan, "status", "--json")
    assert json.loads(capsys.readouterr().out)["edited"] == ["post.xlsx"]
    assert do(plan, "merge", today="2026-11-30") == 0
    assert table(plan)[LETTINGS]["Reminded"] == "once, last on 30 November 2026"


def test_post_is_made_anew_by_a_merge(plan: Path) -> None:
    do(plan, "draft")
    give_back(plan, LETTINGS, {("1.1", "progress"): "Agreed"})
    do(plan, "merge", today="2026-11-10")
    assert table(plan)[LETTINGS]["Returned"] == "yes"
    was = path_of(plan).read_bytes()
    path_of(plan).unlink()
    do(plan, "merge", today="2026-11-10")
    assert path_of(plan).read_bytes() == was


def test_the_post_of_another_plan_is_refused(tmp_path: Path, plan: Path) -> None:
    other = small.make(tmp_path / "other")
    small.issue(other)
    do(other, "draft")
    (plan / "inbox" / "post.xlsx").write_bytes(path_of(other).read_bytes())
    with small.opened(plan) as opened:
        (report,) = opened.merge().returns
    assert report.outcome == "refused"
    assert "post.xlsx of another plan" in report.problems[0].message


def test_a_plan_with_post_is_sound(plan: Path) -> None:
    do(plan, "draft")
    do(plan, "remind", today="2026-11-30")
    fill(plan, {(LETTINGS, "Sent"): "x"})
    do(plan, "merge", today="2026-11-30")
    with small.opened_to_verify(plan) as opened:
        assert opened.verify() == []


def test_the_library_says_the_same(plan: Path) -> None:
    with small.opened(plan) as opened:
        made = opened.draft(leads=[LETTINGS])
        with pytest.raises(XlplanError):
            opened.draft("2031-01")
    assert [each.lead for each in made.drafts] == [LETTINGS]
    assert made.post == path_of(plan)
    assert made.drafts[0].file.exists()


def test_the_letters_make_no_row_of_post_high_and_are_not_printed(plan: Path) -> None:
    do(plan, "draft")
    sheet = openpyxl.load_workbook(path_of(plan))[NAME]
    rows = range(FIRST_ROW + 1, FIRST_ROW + 1 + len(ADDRESSES))
    assert all(sheet.row_dimensions[row].height <= 30 for row in rows)
    assert "\n" in str(table(plan)[LETTINGS]["Text"])
    last = sheet[str(sheet.print_area).rpartition(":")[2].replace("$", "")]
    assert sheet.cell(FIRST_ROW, last.column).value == "Reminded"
    widths = [column.width for column in sheet.column_dimensions.values() if not column.hidden]
    assert sum(widths[: last.column - 1]) * 7 <= 1280, "what is ticked and read is on a laptop"
