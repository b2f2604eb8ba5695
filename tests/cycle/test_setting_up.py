"""The definition goes round in Excel: `set-up.xlsx` is written, edited, and read back."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import cast

import openpyxl
import pytest
from openpyxl.styles import PatternFill
from openpyxl.styles.fills import Fill

from tests import set_up, small
from xlplan.codes.gate_codes_inside import GATE_031
from xlplan.cycle import again
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.set_up_sheets import EVERY, SHEETS
from xlplan.plan.write import set_key
from xlplan.workbook.stamp import parse_row_key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.make(tmp_path / "plan")


def text(folder: Path) -> str:
    return (folder / "plan.toml").read_text("utf-8")


def definition(folder: Path) -> PlanDefinition:
    with small.opened(folder) as plan:
        return plan.recorded_definition


def test_a_new_plan_has_its_definition_in_excel(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "set-up.xlsx")
    visible = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
    assert visible == ["Start here", *(sheet.name for sheet in SHEETS), "Sheets and rows"]
    assert set_up.value(folder, "Columns", "due", "heading") == "Timescale"
    assert (
        set_up.value(folder, "Columns", "due", "samples") == "• June 2027\n• March 2027\n• Ongoing"
    )
    assert set_up.value(folder, "Ratings", "Amber", "count") == 2
    assert set_up.value(folder, "Leads", small.REPAIRS, "count") == 2
    assert set_up.value(folder, "Words", "title", "value") == "plan"


RED = "the plan has no legend; taken as needing attention"


def guess_rows(folder: Path) -> list[tuple[object, ...]]:
    """What stands on the first sheet below the headings of the guesses, without the row keys."""
    book = openpyxl.load_workbook(folder / "set-up.xlsx")
    rows: list[tuple[object, ...]] = [*book["Start here"].iter_rows(min_col=2, values_only=True)]
    at = next(n for n, row in enumerate(rows) if row[0] == "About")
    return rows[at + 1 :]


def test_each_guess_is_asked_with_what_was_assumed_where_and_how_many_actions_it_touches(
    folder: Path,
) -> None:
    rows = guess_rows(folder)
    assert len(rows) == text(folder).count("# Guess: ")
    assert ("Red", RED, "Sheet!F5", 1, None) in rows
    assert f"# Guess: {RED}" in text(folder)


def test_an_answered_guess_is_settled_and_changes_what_its_key_would(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up.answer(folder, "Start here", {(RED, "value"): "It is under way"})
    assert small.do(folder, "merge") == 0
    red = next(r for r in definition(folder).ratings if r.code == "Red")
    assert not red.exception
    assert f"{RED}: It is under way" in capsys.readouterr().out
    rows = guess_rows(folder)
    assert rows[-1][1:] == (RED, "Sheet!F5", 1, "It is under way")
    assert f"# Settled: {RED}\n# Answer: It is under way\n" in text(folder)
    assert small.do(folder, "merge") == 1
    assert "[MRG-002]" in capsys.readouterr().err


def test_a_merge_of_the_set_up_alone_ends_with_how_much_of_the_definition_it_changed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It listed each change and ended with "0 changes"."""
    set_up.answer(folder, "Start here", {(RED, "value"): "It is under way"})
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    assert small.do(folder, "merge") == 0
    assert capsys.readouterr().out.endswith(
        "2 changes of the plan definition, 0 changes of actions, 0 questions open.\n"
    )


def test_an_answer_that_a_guess_does_not_take_stays_with_the_reason(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up.answer(folder, "Start here", {(RED, "value"): "Perhaps"})
    assert small.do(folder, "merge") == 1
    assert "[DEF-013]" in capsys.readouterr().err
    assert set_up.value(folder, "Start here", RED, "value") == "Perhaps"
    assert "It is under way" in str(set_up.value(folder, "Start here", RED, "wrong"))


def test_a_guess_that_was_deleted_from_the_text_is_asked_no_more(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "plan.toml"
    path.write_text(text(folder).replace(f"# Guess: {RED}\n", ""), "utf-8")
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    assert small.do(folder, "merge") == 0
    assert "[RET-016]" not in capsys.readouterr().err
    assert RED not in [row[1] for row in guess_rows(folder)]


# The rows of the spreadsheet


def test_every_row_of_the_spreadsheet_is_listed_with_what_it_was_read_as(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "set-up.xlsx")
    rows = [row[1:] for row in book["Sheets and rows"].iter_rows(min_row=5, values_only=True)]
    assert rows[0] == ("Sheet", "Part of the plan", None, "5 of 6 rows imported")
    assert rows[1][:2] == ("Sheet!1", "Column headings")
    assert rows[2] == (
        "Sheet!2", "Action 1.1", None,
        "1.1 | Publish the allocations policy | Head of Lettings | J…",
    )  # fmt: skip


def test_what_a_row_is_can_be_said_and_the_spreadsheet_is_imported_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up.answer(folder, "Sheets and rows", {("3", "value"): "no action"})
    assert small.do(folder, "merge") == 0
    with small.opened(folder) as plan:
        assert [row.ref for row in plan.rows()] == ["1.1", "1.3", "2.1", "2.2"]
        assert plan.verify() == []
    err = capsys.readouterr().err
    assert "4 actions, 5 before" in err
    assert "1.2 is no action any more" in err
    assert 'words = "1.2 | Inspect every lift' in text(folder)
    assert set_up.value(folder, "Sheets and rows", "3", "read") == "Kept back: list or figure"
    set_up.answer(folder, "Sheets and rows", {("3", "value"): None})
    assert small.do(folder, "merge") == 0
    assert "[[row]]" not in text(folder)
    with small.opened(folder) as plan:
        assert [row.ref for row in plan.rows()] == ["1.1", "1.2", "1.3", "2.1", "2.2"]


def test_a_row_that_somebody_typed_in_is_named_where_it_is_no_action(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.edit_master(folder, {("1.2", "progress"): "All are done"})
    set_up.answer(folder, "Sheets and rows", {("3", "value"): "no action"})
    assert small.do(folder, "merge") == 1
    assert "[NEW-022]" in capsys.readouterr().err


def test_once_a_template_is_out_a_row_stays_what_it_was_read_as(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.issue(folder)
    set_up.answer(folder, "Sheets and rows", {("3", "value"): "no action"})
    assert small.do(folder, "merge") == 1
    assert "[NEW-021]" in capsys.readouterr().err
    assert "[[row]]" not in text(folder)
    assert set_up.value(folder, "Sheets and rows", "3", "value") == "no action"


def test_a_colour_is_shown_as_a_fill(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "set-up.xlsx")
    cell = book["Ratings"][set_up.cells(folder, "Ratings")["Amber", "colour"]]
    (colour,) = (r.colour for r in definition(folder).ratings if r.code == "Amber")
    assert cell.value == colour
    assert cell.fill.fgColor.rgb == f"FF{colour.removeprefix('#')}"


@pytest.mark.parametrize("sent", [False, True])
def test_a_fill_that_was_changed_is_the_colour(folder: Path, sent: bool) -> None:
    if sent:
        small.issue(folder)
    red = next(r.colour for r in definition(folder).ratings if r.code == "Red")
    places = set_up.cells(folder, "Ratings")
    book = openpyxl.load_workbook(folder / "set-up.xlsx")
    sheet = book["Ratings"]
    for code, colour in (("Amber", "FFBF00"), ("Green", red.removeprefix("#"))):
        fill = PatternFill("solid", fgColor=f"FF{colour}")
        sheet[places[code, "colour"]].fill = fill
        sheet[places[code, "label"]].fill = fill
    sheet[places["Red", "colour"]].value = "#C00000"
    book.save(folder / "set-up.xlsx")
    assert small.do(folder, "merge") == 0
    colours = {r.code: (r.colour, r.label) for r in definition(folder).ratings}
    assert colours == {
        "Amber": ("#FFBF00", "Amber"), "Green": (red, "Green"), "Red": ("#C00000", "Red"),
    }  # fmt: skip


def test_what_nobody_edited_is_not_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "set-up.xlsx").read_bytes()
    assert small.do(folder, "merge") == 1
    assert "[MRG-002]" in capsys.readouterr().err
    assert (folder / "set-up.xlsx").read_bytes() == before


def test_an_edit_in_excel_is_the_same_edit_of_plan_toml(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = text(folder)
    set_up.answer(folder, "Leads", {(small.REPAIRS, "email"): "repairs@example.org"})
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    assert small.do(folder, "merge") == 0
    place = [lead.name for lead in definition(folder).leads].index(small.REPAIRS)
    by_hand = set_key(before, ("issue", "contact"), "Ask the office.")
    assert text(folder) == set_key(by_hand, ("lead", place, "email"), "repairs@example.org")
    assert definition(folder).issue.contact == "Ask the office."
    shown = capsys.readouterr().out
    assert f'[[lead]] {small.REPAIRS}: email is now "repairs@example.org"' in shown
    assert set_up.value(folder, "Leads", small.REPAIRS, "email") == "repairs@example.org"
    assert small.do(folder, "verify") == 0


def test_a_workbook_merged_twice_changes_nothing_more(folder: Path) -> None:
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    copy = (folder / "set-up.xlsx").read_bytes()
    assert small.do(folder, "merge") == 0
    after = text(folder)
    (folder / "inbox" / "copy.xlsx").write_bytes(copy)
    assert small.do(folder, "merge") == 0
    assert text(folder) == after


def test_an_older_workbook_changes_only_what_was_edited_in_it(folder: Path) -> None:
    older = (folder / "set-up.xlsx").read_bytes()
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    assert small.do(folder, "merge") == 0
    (folder / "set-up.xlsx").write_bytes(older)
    set_up.answer(folder, "Leads", {(small.REPAIRS, "deputy"): small.LETTINGS})
    assert small.do(folder, "merge") == 0
    found = definition(folder)
    assert found.issue.contact == "Ask the office."
    assert [lead.deputy for lead in found.leads if lead.name == small.REPAIRS] == [small.LETTINGS]


def test_a_faulty_answer_stays_as_typed_with_the_message_beside_it_and_is_read_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up.answer(
        folder,
        "Leads",
        {(small.REPAIRS, "email"): "no address", (small.REPAIRS, "organisation"): "Works"},
    )
    assert small.do(folder, "merge") == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "[DEF-007]" in line]
    assert line.startswith("set-up.xlsx!Leads!")
    assert set_up.value(folder, "Leads", small.REPAIRS, "email") == "no address"
    assert str(set_up.value(folder, "Leads", small.REPAIRS, "wrong")) in line
    assert 'organisation = "Works"' in text(folder)
    assert small.do(folder, "verify") == 0
    set_up.answer(folder, "Leads", {(small.REPAIRS, "email"): "repairs@example.org"})
    assert small.do(folder, "merge") == 0
    assert 'email = "repairs@example.org"' in text(folder)
    with pytest.raises(KeyError):
        set_up.value(folder, "Leads", small.REPAIRS, "wrong")


def test_a_colour_that_is_typed_over_a_refused_one_is_not_the_pink_of_the_refusal(
    folder: Path,
) -> None:
    """The cell of a refused answer is pink; the colour that the rating had, typed into it, was
    taken for untouched, and the pink for a colour that somebody gave it."""
    red = next(r.colour for r in definition(folder).ratings if r.code == "Red")
    set_up.answer(folder, "Ratings", {("Red", "colour"): "reddish"})
    assert small.do(folder, "merge") == 1
    set_up.answer(folder, "Ratings", {("Red", "colour"): red})
    small.do(folder, "merge")
    assert next(r.colour for r in definition(folder).ratings if r.code == "Red") == red
    with pytest.raises(KeyError):
        set_up.value(folder, "Ratings", "Red", "wrong")


def test_while_answers_wait_that_could_not_be_used_a_merge_does_not_say_that_there_are_none(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up.answer(folder, "Leads", {(small.REPAIRS, "email"): "no address"})
    assert small.do(folder, "merge") == 1
    capsys.readouterr()
    assert small.do(folder, "merge") == 1
    err = capsys.readouterr().err
    assert "[DEF-007]" in err
    assert "[MRG-002]" not in err


def test_a_formula_is_no_answer_and_stays_in_sight(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = set_up.cells(folder, "Leads")[small.REPAIRS, "email"]
    book = openpyxl.load_workbook(folder / "set-up.xlsx")
    book["Leads"][place] = "=A1&B1"
    book.save(folder / "set-up.xlsx")
    assert small.do(folder, "merge") == 1
    assert "[RET-015]" in capsys.readouterr().err
    assert set_up.value(folder, "Leads", small.REPAIRS, "email") == "=A1&B1"


def test_a_new_lead_and_one_person_in_two_spellings(folder: Path) -> None:
    set_up.answer(
        folder,
        "Leads",
        {("new 1", "name"): "Head of Parks", (small.LEARNING, "same_as"): small.LETTINGS},
    )
    assert small.do(folder, "merge") == 0
    leads = definition(folder).leads
    assert [lead.name for lead in leads] == [small.LETTINGS, small.REPAIRS, "Head of Parks"]
    assert leads[0].aliases == (small.LEARNING,)


def test_a_lead_who_hands_over_is_answered_for_by_another(folder: Path) -> None:
    set_up.answer(folder, "Leads", {(small.LEARNING, "successor"): small.LETTINGS})
    assert small.do(folder, "merge") == 0
    small.issue(folder)
    names = sorted(path.stem for path in (folder / "outbox" / small.CYCLE).glob("*.xlsx"))
    assert names == [small.LETTINGS, small.REPAIRS]
    with small.opened(folder) as plan:
        sent = {each.lead for each in plan.status(small.CYCLE).leads}
        assert sent == {small.LETTINGS, small.REPAIRS}
        assert plan.rows(["2.1"])[0].values["lead"] == (small.LETTINGS,)
    assert small.do(folder, "verify") == 0


def test_what_a_predecessor_returned_counts_for_whoever_took_over(folder: Path) -> None:
    small.issue(folder)
    set_up.answer(folder, "Leads", {(small.LEARNING, "successor"): small.LETTINGS})
    small.give_back(folder, small.LEARNING, {("2.2", "progress"): "Reviewed"})
    assert small.do(folder, "merge") == 0
    with small.opened(folder) as plan:
        assert plan.rows(["2.2"])[0].values["progress"] == "Reviewed"
        (found,) = (each for each in plan.status(small.CYCLE).leads if each.lead == small.LETTINGS)
        assert found.returned
        assert plan.verify() == []


def test_a_name_that_is_nobodys_gets_no_template(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up.answer(folder, "Leads", {(small.LEARNING, "nobody"): "Yes"})
    assert small.do(folder, "merge") == 0
    assert small.do(folder, "issue", "--cycle", small.CYCLE) in (0, 1)
    err = capsys.readouterr().err
    assert err.count("[ISS-004]") == 2
    assert not (folder / "outbox" / small.CYCLE / f"{small.LEARNING}.xlsx").exists()
    assert small.do(folder, "check") == 1
    assert "2 actions (2.1, 2.2)" in capsys.readouterr().out


def test_a_lead_with_actions_is_not_removed_and_one_without_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up.answer(folder, "Leads", {(small.REPAIRS, "remove"): "Remove"})
    assert small.do(folder, "merge") == 1
    err = capsys.readouterr().err
    assert f'"{small.REPAIRS}" is the lead of actions 1.2, 1.3' in err
    assert set_up.value(folder, "Leads", small.REPAIRS, "remove") == "Remove"
    small.edit_master(folder, {("1.2", "lead"): small.LETTINGS, ("1.3", "lead"): small.LETTINGS})
    capsys.readouterr()
    assert small.do(folder, "merge") == 0
    assert definition(folder).lead(small.REPAIRS) is None
    assert f"[[lead]] {small.REPAIRS} removed" in capsys.readouterr().err
    assert small.do(folder, "verify") == 0


def test_a_refused_answer_is_read_again_once_the_text_makes_it_valid(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up.answer(folder, "Leads", {(small.REPAIRS, "successor"): "Head of Parks"})
    set_up.answer(folder, "Leads", {(small.LEARNING, "email"): "no address"})
    assert small.do(folder, "merge") == 1
    path = folder / "plan.toml"
    path.write_text(f'{text(folder)}\n[[lead]]\nname = "Head of Parks"\n', "utf-8")
    capsys.readouterr()
    assert small.do(folder, "merge") == 1
    err = capsys.readouterr().err
    assert "[DEF-015]" in err
    assert "[DEF-007]" in err
    assert 'successor = "Head of Parks"' in text(folder)
    assert set_up.value(folder, "Leads", small.LEARNING, "email") == "no address"
    before = text(folder)
    assert small.do(folder, "merge") == 1
    assert text(folder) == before
    assert small.do(folder, "verify") == 0


def test_an_answer_for_which_the_spreadsheet_could_not_be_read_is_tried_by_the_next_merge(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path, *_: object) -> object:
        raise GATE_031.fault(str(path), "reason", reason="Permission denied")

    set_up.answer(folder, "Sheets and rows", {("3", "value"): "no action"})
    with monkeypatch.context() as patch:
        patch.setattr(again, "read_book", denied)
        assert small.do(folder, "merge") == 1
    assert 'fate = "no action"' not in text(folder)
    assert small.do(folder, "merge") in (0, 1)
    assert 'fate = "no action"' in text(folder)


def test_an_answer_that_the_text_has_overtaken_is_not_used_again(folder: Path) -> None:
    set_up.answer(folder, "Leads", {(small.REPAIRS, "successor"): "Head of Parks"})
    assert small.do(folder, "merge") == 1
    path = folder / "plan.toml"
    place = [lead.name for lead in definition(folder).leads].index(small.REPAIRS)
    other = set_key(text(folder), ("lead", place, "successor"), small.LETTINGS)
    path.write_text(f'{other}\n[[lead]]\nname = "Head of Parks"\n', "utf-8")
    small.do(folder, "merge")
    assert definition(folder).leads[place].successor == small.LETTINGS


def test_a_column_that_was_removed_does_not_come_back_with_the_next_import(folder: Path) -> None:
    item = next(f.id for f in definition(folder).fields if f.heading == "Completed on")
    set_up.answer(folder, "Columns", {(item, "remove"): "Remove", ("due", "type"): "text"})
    assert small.do(folder, "merge") == 0
    found = definition(folder)
    assert found.find(item) is None
    assert item not in found.issue.fields
    assert len(found.fields) == len(small.HEADINGS) - 1


def test_a_blank_row_that_cannot_be_used_keeps_all_that_was_typed(folder: Path) -> None:
    set_up.answer(
        folder, "Leads", {("new 1", "email"): "p@example.org", ("new 1", "deputy"): small.REPAIRS}
    )
    assert small.do(folder, "merge") == 1
    assert set_up.value(folder, "Leads", "new 1", "email") == "p@example.org"
    assert set_up.value(folder, "Leads", "new 1", "deputy") == small.REPAIRS
    set_up.answer(folder, "Leads", {("new 1", "name"): "Head of Parks"})
    assert small.do(folder, "merge") == 0
    lead = definition(folder).lead("Head of Parks")
    assert lead is not None
    assert (lead.email, lead.deputy) == ("p@example.org", small.REPAIRS)


def test_a_row_without_its_key_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.load_workbook(folder / "set-up.xlsx")
    book["Leads"]["B40"] = "Head of Parks"
    book.save(folder / "set-up.xlsx")
    small.do(folder, "merge")
    assert "[RET-016]" in capsys.readouterr().err


ONE_ANSWER = ("Start here", "Words", "Checks", "Kept back", "Sheets and rows")
"""Sheets with a row for each thing that can be answered, and one column for the answers."""


@pytest.mark.parametrize("with_keys", [False, True])
@pytest.mark.parametrize("name", ONE_ANSWER)
def test_answers_that_were_moved_away_from_their_keys_go_to_no_other_row(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, with_keys: bool
) -> None:
    """As where all but the hidden column was sorted: the title would be that of the letters, and
    what is let out another comment than the one that was chosen."""
    path = folder / "plan.toml"
    kept = 'kept_back = ["Is this funded?", "Ask the union first."]'
    path.write_text(text(folder).replace("[plan]\n", f"[plan]\n{kept}\n", 1), "utf-8")
    small.do(folder, "merge")
    before, path = text(folder), folder / "set-up.xlsx"
    book = openpyxl.load_workbook(path)
    ours = [r for r in book[name].iter_rows() if parse_row_key(r[0].value)]
    assert len(ours) > 1
    first = 0 if with_keys else 1
    values = [
        [(cell.value, copy(cast("Fill", cell.fill))) for cell in row[first:]]
        for row in reversed(ours)
    ]
    for row, found in zip(ours, values, strict=True):
        for cell, value in zip(row[first:], found, strict=True):
            cell.value, cell.fill = value
    if name == "Kept back":
        heads = next(r for r in book[name].iter_rows() if r[0].value == "Row key")
        ours[0][next(c.column for c in heads if c.value == "Let out?") - 1].value = "Yes"
    book.save(path)
    capsys.readouterr()
    small.do(folder, "merge")
    said = capsys.readouterr().err
    assert (f"set-up.xlsx!{name}: " in said, said.count("RET-016")) == (
        not with_keys,
        not with_keys,
    )
    if name != "Kept back":
        assert text(folder) == before
    else:  # the second stands first now, and is let out where its key came along
        assert ('notes = ["Ask the union first."]' in text(folder)) is with_keys
        assert "Is this funded?" in definition(folder).kept_back


@pytest.mark.parametrize("with_keys", [False, True])
@pytest.mark.parametrize("name", ["Columns", "Ratings", "Leads"])
def test_rows_that_were_moved_without_their_keys_change_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, with_keys: bool
) -> None:
    """As where all but the hidden column was sorted: every rating would be called by another's
    code, and every action rated so by another's."""
    before, path = definition(folder), folder / "set-up.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book[name]
    first = 1 if with_keys else 2
    rows = [row for row in sheet.iter_rows(min_row=5, min_col=first) if row[2 - first].value]
    values = [
        [(cell.value, copy(cast("Fill", cell.fill))) for cell in row] for row in reversed(rows)
    ]
    for row, found in zip(rows, values, strict=True):
        for cell, value in zip(row, found, strict=True):
            cell.value, cell.fill = value
    book.save(path)
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    capsys.readouterr()
    assert small.do(folder, "merge") == (0 if with_keys else 1)
    said = capsys.readouterr().err
    after = definition(folder)
    assert (after.fields, after.ratings, after.leads) == (
        before.fields, before.ratings, before.leads
    )  # fmt: skip
    assert after.issue.contact == "Ask the office."
    assert (f"set-up.xlsx!{name}: " in said, said.count("RET-016")) == (
        not with_keys,
        not with_keys,
    )


def test_a_workbook_without_its_sheets_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(folder / "set-up.xlsx")
    for name in {sheet.name for sheet in EVERY} & set(book.sheetnames):
        del book[name]
    book.create_sheet("Empty", 0)
    book.save(folder / "set-up.xlsx")
    small.do(folder, "merge")
    assert "[RET-014]" in capsys.readouterr().err


def test_another_plans_set_up_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = small.make(tmp_path / "other")
    set_up.answer(other, "Words", {("contact", "value"): "Ask them."})
    (folder / "set-up.xlsx").write_bytes((other / "set-up.xlsx").read_bytes())
    before = text(folder)
    assert small.do(folder, "merge") == 1
    assert 'set-up.xlsx of another plan ("other")' in capsys.readouterr().err
    assert text(folder) == before


def test_a_trial_run_writes_nothing(folder: Path) -> None:
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    before = text(folder)
    assert small.do(folder, "merge", "--dry-run") == 0
    assert text(folder) == before
    assert definition(folder).issue.contact == ""


def test_line_ends_and_the_mark_at_the_start_of_plan_toml_stay(folder: Path) -> None:
    path = folder / "plan.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    assert small.do(folder, "merge") == 0
    after = path.read_bytes()
    assert after.replace(b'contact = "Ask the office."\r\n', b"") == before
    assert small.do(folder, "verify") == 0


def test_a_workbook_that_was_deleted_comes_back_the_same(folder: Path) -> None:
    set_up.answer(folder, "Leads", {(small.REPAIRS, "email"): "no address"})
    assert small.do(folder, "merge") == 1
    before = (folder / "set-up.xlsx").read_bytes()
    (folder / "set-up.xlsx").unlink()
    small.do(folder, "merge")
    assert (folder / "set-up.xlsx").read_bytes() == before


# Changed in the text and, otherwise, in Excel


@pytest.fixture
def crossed(folder: Path) -> Path:
    """A plan whose contact was changed to one thing in plan.toml, to another in set-up.xlsx."""
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    path = folder / "plan.toml"
    path.write_text(set_key(text(folder), ("issue", "contact"), "Ask Ada."), "utf-8")
    assert small.do(folder, "merge") == 1
    return folder


def asked(folder: Path) -> list[tuple[str, str, object, object, list[str], tuple[str, ...]]]:
    with small.opened(folder) as plan:
        return [
            (q.kind, q.field, q.base, q.master, [c.text for c in q.candidates], q.choices)
            for q in plan.questions()
        ]


def test_a_key_that_was_changed_in_both_is_a_question_and_the_text_stands(crossed: Path) -> None:
    assert asked(crossed) == [
        (
            "definition", "[issue]: contact", None, "Ask Ada.", ["Ask the office."],
            ("Accept", "Keep current"),
        )
    ]  # fmt: skip
    assert definition(crossed).issue.contact == "Ask Ada."
    assert set_up.value(crossed, "Words", "contact", "value") == "Ask Ada."
    assert small.do(crossed, "verify") == 0


@pytest.mark.parametrize(
    ("choice", "contact"), [("Accept", "Ask the office."), ("Keep current", "Ask Ada.")]
)
def test_the_answer_in_decisions_goes_into_plan_toml(
    crossed: Path, choice: str, contact: str
) -> None:
    before = text(crossed)
    small.answer(crossed, {("", "[issue]: contact"): choice})
    assert small.do(crossed, "merge") == 0
    assert asked(crossed) == []
    assert text(crossed) == set_key(before, ("issue", "contact"), contact)
    assert definition(crossed).issue.contact == contact
    assert small.do(crossed, "verify") == 0


def test_it_can_be_answered_from_python_too(crossed: Path) -> None:
    with small.opened(crossed) as plan:
        (question,) = plan.questions()
        assert plan.answer(question, "Accept").questions == ()
        assert plan.definition.issue.contact == "Ask the office."
    assert 'contact = "Ask the office."' in text(crossed)


def test_what_the_text_says_by_now_is_no_question(crossed: Path) -> None:
    path = crossed / "plan.toml"
    path.write_text(set_key(text(crossed), ("issue", "contact"), "Ask the office."), "utf-8")
    small.do(crossed, "merge")
    assert asked(crossed) == []


def test_an_answer_with_which_the_definition_would_not_hold_is_said_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up.answer(folder, "Leads", {(small.REPAIRS, "aliases"): "Works"})
    place = [lead.name for lead in definition(folder).leads].index(small.REPAIRS)
    edited = set_key(text(folder), ("lead", place, "aliases"), ("Mending",))
    (folder / "plan.toml").write_text(edited, "utf-8")
    assert small.do(folder, "merge") == 1
    (folder / "plan.toml").write_text(f'{edited}\n[[lead]]\nname = "Works"\n', "utf-8")
    before = text(folder)
    small.answer(folder, {("", f"[[lead]] {small.REPAIRS}: aliases"): "Accept"})
    assert small.do(folder, "merge") == 1
    assert "[DEF-006]" in capsys.readouterr().err
    assert text(folder) == before
