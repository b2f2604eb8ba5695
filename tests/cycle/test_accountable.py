"""Accountable officers who lead no action: they are sent what they answer for, to read and sign."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.outgoing import place
from tests.parts import parts_of
from tests.post.in_excel import attached_to, define, draft_of, table, words_of
from tests.small import CYCLE, LEARNING, LETTINGS, REPAIRS, do
from xlplan.workbook.write.filling import fill_in

HOMES, PEOPLE = "Director of Homes", "Director of People"
ACTIONS = (
    ("1.1", "1", "Publish the allocations policy", LETTINGS, "June 2027", "Drafted", "Green"),
    ("1.2", "1", "Inspect every lift", REPAIRS, "March 2027", "Half are done", "Amber"),
    ("2.1", "2", "Train the duty officers", LEARNING, "May 2027", "", "Red"),
)
ASKED = (
    ("1", "House everybody fairly", HOMES, "June 2027"),
    ("2", "Staff the night shift", f"{PEOPLE} / {LEARNING}", "July 2027"),
    ("3", "Tell tenants who is on duty", PEOPLE, "July 2027"),
)
YES = ("Yes", "A Director", date(2026, 11, 20))


def source(path: Path, asked: tuple[tuple[str, ...], ...] = ASKED) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(
        ("Ref", "Recommendation", "Action", "Lead officer", "Timescale", "Progress", "RAG")
    )
    for row in ACTIONS:
        sheet.append(row)
    more = book.create_sheet("Recommendations")
    more.append(("No", "Recommendation", "Accountable officer", "Timescale"))
    for line in asked:
        more.append(line)
    book.save(path)
    return path


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan whose accountable officers are asked to sign; its cycle was issued."""
    base = tmp_path_factory.mktemp("accountable")
    assert do(base, "new", str(base / "plan"), "--from", str(source(base / "s.xlsx"))) in (0, 1)
    define(base / "plan", "issue", "accountable", value=True)
    assert do(base / "plan", "issue", "--cycle", CYCLE, "--return-by", "2026-11-27") == 0
    return base / "plan"


@pytest.fixture
def plan(once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(once, tmp_path / "plan"))


def template(folder: Path, name: str) -> Path:
    return folder / "outbox" / CYCLE / f"{name}.xlsx"


def outbox(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "outbox" / CYCLE).glob("*.xlsx"))


def send_in(folder: Path, name: str, *given: str | date | None, file: str = "back.xlsx") -> None:
    """An officer's workbook with this sign-off, in the inbox."""
    data = template(folder, name).read_bytes()
    inputs = zip(("read", "signed_by", "signed_on"), given, strict=True)
    cells = [(place(data, one), value) for one, value in inputs]
    saved = f"2026-11-20T10:00:0{len(file) % 10}Z"
    (folder / "inbox" / file).write_bytes(fill_in(data, "Update", cells, saved))


def status(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    do(folder, "status", "--json")
    return {lead["lead"]: lead for lead in json.loads(capsys.readouterr().out)["leads"]}


def test_who_is_sent_something_to_sign(plan: Path) -> None:
    assert outbox(plan) == [HOMES, PEOPLE, LEARNING, LETTINGS, REPAIRS]
    assert do(plan, "issue", "--cycle", "2026-12", "--lead", PEOPLE) == 0
    assert [path.stem for path in (plan / "outbox/2026-12").glob("*.xlsx")] == [PEOPLE]


def test_nobody_is_where_the_plan_does_not_ask(plan: Path) -> None:
    define(plan, "issue", "accountable", value=False)
    assert do(plan, "issue", "--cycle", "2026-12") == 0
    found = sorted(path.stem for path in (plan / "outbox/2026-12").glob("*.xlsx"))
    assert found == [LEARNING, LETTINGS, REPAIRS]


def test_it_holds_their_own_alone_and_all_of_it_is_locked(plan: Path) -> None:
    words = "\n".join(parts_of(template(plan, HOMES).read_bytes()).values())
    own = ("House everybody", "allocations policy", "every lift", LETTINGS, REPAIRS)
    others = ("night shift", "who is on duty", "duty officers", PEOPLE, LEARNING)
    assert all(text in words for text in own)
    assert not any(text in words for text in others)
    book = openpyxl.load_workbook(template(plan, HOMES))
    open_cells = {
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if sheet.sheet_state == "visible" and not cell.protection.locked
    }
    data = template(plan, HOMES).read_bytes()
    inputs = ("read", "signed_by", "signed_on")
    assert {("Update", place(data, name)) for name in inputs} <= open_cells
    assert {cell.rstrip("0123456789") for _, cell in open_cells} <= set("BCDE")
    rows = {int(place(data, name).lstrip("BCDE")) for name in inputs}
    assert {int(cell.lstrip("BCDE")) for _, cell in open_cells} == rows
    assert all(sheet.protection.sheet for sheet in book if sheet.sheet_state == "visible")


def test_a_signed_one_is_a_return_and_changes_nothing(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = status(plan, capsys)[HOMES]
    assert (found["to_sign"], found["actions"], found["returned"]) == (3, 0, False)
    send_in(plan, HOMES, *YES)
    assert do(plan, "merge") == 0
    found = status(plan, capsys)[HOMES]
    assert (found["returned"], found["read"], found["changes"]) == (True, True, 0)
    assert (found["signed_by"], found["signed_on"]) == ("A Director", "2026-11-20")
    do(plan, "status")
    line = next(line for line in capsys.readouterr().out.splitlines() if HOMES in line)
    assert "3 to sign" in line
    assert "read, A Director, 2026-11-20" in line
    with small.opened(plan) as opened:
        assert opened.log() == []
        (fact,) = opened.desk.state.returns.values()
    assert fact.sign_off == {"read": "yes", "signed_by": "A Director", "signed_on": "2026-11-20"}
    with small.opened_to_verify(plan) as opened:
        assert opened.verify() == []


def test_what_is_typed_into_a_locked_cell_is_asked_about(plan: Path) -> None:
    data = template(plan, HOMES).read_bytes()
    sheet = openpyxl.load_workbook(template(plan, HOMES))["Update"]
    (cell,) = (c for row in sheet.iter_rows() for c in row if c.value == ASKED[0][1])
    edited = fill_in(data, "Update", [(cell.coordinate, "House some")], "2026-11-20T10:00:00Z")
    (plan / "inbox" / "back.xlsx").write_bytes(edited)
    assert do(plan, "merge") == 1
    with small.opened(plan) as opened:
        (question,) = opened.questions()
        assert (question.action, question.field, question.kind) == ("1", "action", "locked")
        assert opened.log() == []


def test_by_lead_says_whether_they_signed(plan: Path) -> None:
    send_in(plan, HOMES, *YES)
    send_in(plan, PEOPLE, None, "A Chief", None, file="people.xlsx")
    do(plan, "merge")
    assert do(plan, "publish", "--cycle", CYCLE) == 0
    (file,) = (plan / "board").glob("*.xlsx")
    sheet = openpyxl.load_workbook(file)["By lead"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    heads = next(row for row in rows if "Lead" in row)
    found = {row[heads.index("Lead")]: row[heads.index("Return")] for row in rows}
    assert (found[HOMES], found[PEOPLE]) == ("Returned, signed", "Returned, not signed")
    assert found[LETTINGS] == "Not returned"


def test_they_are_written_to_and_reminded_in_words_of_their_own(plan: Path) -> None:
    do(plan, "draft")
    message = draft_of(plan, PEOPLE)
    assert message["Subject"] == f"plan: to read and sign, {CYCLE}"
    assert "part of plan: 2 recommendations and 1 action." in words_of(message)
    assert attached_to(message) == (f"{PEOPLE}.xlsx", template(plan, PEOPLE).read_bytes())
    assert table(plan)[PEOPLE]["Actions"] == 3
    send_in(plan, HOMES, *YES)
    send_in(plan, PEOPLE, "Yes", None, None, file="people.xlsx")
    do(plan, "merge")
    rows = table(plan)
    assert (rows[HOMES]["Returned"], rows[PEOPLE]["Returned"]) == ("yes", "yes, not signed")
    with small.opened(plan) as opened:
        why = {each.lead: each.why for each in opened.remind().drafts}
    assert HOMES not in why
    assert (why[PEOPLE], why[LETTINGS]) == (("not signed",), ("not returned",))
    text = words_of(draft_of(plan, f"{PEOPLE}, reminder {small.TODAY}"))
    assert "came back without the tick, or without a name beside it" in text
    with small.opened(plan) as opened:
        status = {each.lead: each for each in opened.status().leads}[PEOPLE]
    assert (status.reminded, status.sign_off) == ((small.TODAY,), "not signed")


def test_all_of_it_is_in_welsh_for_whoever_reads_it(
    once: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(once, tmp_path / "welsh"))
    define(folder, "plan", "language", value="cy")
    define(folder, "post", "sign_subject_cy", value="Llofnodwch {plan}")
    assert do(folder, "issue", "--cycle", CYCLE, "--return-by", "2026-11-27") in (0, 1)
    book = openpyxl.load_workbook(template(folder, HOMES))
    visible = [each.title for each in book if each.sheet_state == "visible"]
    assert visible == ["Update", "Camau gweithredu"]
    texts = [str(cell.value) for row in book["Update"].iter_rows() for cell in row if cell.value]
    assert "Rwyf wedi darllen y rhain" in texts
    assert any("I'w ddarllen a'i lofnodi ar gyfer 2026-11" in text for text in texts)
    texts = [str(cell.value) for row in book["Camau gweithredu"].iter_rows() for cell in row]
    assert "Y camau gweithredu sy'n eu hateb, 2026-11" in texts
    do(folder, "draft")
    message = draft_of(folder, PEOPLE)
    assert message["Subject"] == "Llofnodwch plan"
    assert "ran o plan: 2 argymhelliad a 1 cam gweithredu." in words_of(message)
    send_in(folder, HOMES, "Ie", "A Director", "20 Tachwedd 2026")
    send_in(folder, PEOPLE, "Ie", None, None, file="people.xlsx")
    assert do(folder, "merge", "--reply", str(folder / "replies")) == 0
    found = status(folder, capsys)[HOMES]
    assert (found["read"], found["signed_on"]) == (True, "2026-11-20")
    replies = {
        path.stem: " ".join(path.read_text("utf-8").split())
        for path in (folder / "replies").rglob("*.txt")
    }
    assert "wedi'i ddarllen a'i lofnodi gan A Director" in replies[f"Reply to {HOMES}"]
    assert "heb ei lofnodi eto" in replies[f"Reply to {PEOPLE}"]
    do(folder, "remind", today="2026-11-30")
    text = words_of(draft_of(folder, f"{PEOPLE}, reminder 2026-11-30"))
    assert "Daeth eich gweithlyfr yn ôl heb y tic, neu heb enw wrth ei ymyl." in text


def test_a_reminder_of_what_never_came_back(plan: Path) -> None:
    do(plan, "remind", today="2026-11-30")
    text = words_of(draft_of(plan, f"{HOMES}, reminder 2026-11-30"))
    assert "You answer for part of plan: 1 recommendation and 2 actions." in text
    assert "The signed workbook was due by Friday 27 November 2026" in text


def test_a_workbook_that_left_the_outbox_is_made_again_as_it_was(plan: Path) -> None:
    was = template(plan, HOMES).read_bytes()
    template(plan, HOMES).unlink()
    assert do(plan, "draft", "--lead", HOMES) == 1  # no address is known
    assert attached_to(draft_of(plan, HOMES))[1] == was


def test_the_receipt_says_that_it_was_signed(plan: Path) -> None:
    send_in(plan, HOMES, *YES)
    assert do(plan, "merge", "--reply", str(plan / "replies")) == 0
    (reply,) = (plan / "replies").rglob("*.txt")
    text = " ".join(reply.read_text("utf-8").split())
    assert "read and signed by A Director, nothing to correct." in text


def test_whoever_is_given_an_action_gets_a_template_as_any_lead(plan: Path) -> None:
    small.edit_master(plan, {("1.2", "lead"): f"{REPAIRS}\n{HOMES}"})
    do(plan, "merge")
    assert do(plan, "issue", "--cycle", CYCLE, "--return-by", "2026-11-27") in (0, 1)
    with small.opened(plan) as opened:
        last = [i for i in opened.desk.state.exchange.templates(CYCLE) if i.author == HOMES][-1]
        found = {each.lead: each for each in opened.status().leads}[HOMES]
    assert not last.to_sign
    assert (found.actions, found.to_sign) == (1, 0)


def test_issue_by_need_leaves_them_their_part(plan: Path) -> None:
    assert do(plan, "issue", "--cycle", "2026-12", "--rated", "Amber") in (0, 1)
    found = sorted(path.stem for path in (plan / "outbox/2026-12").glob("*.xlsx"))
    assert found == [HOMES, PEOPLE, REPAIRS]


def test_a_member_of_a_team_signs_alone(plan: Path) -> None:
    from xlplan.plan.write import add_entry

    file = plan / "plan.toml"
    team = {"name": "Homes team", "members": (LETTINGS, HOMES), "issue": "one"}
    file.write_text(add_entry(file.read_text("utf-8"), "group", team), "utf-8")
    assert do(plan, "issue", "--cycle", "2026-12") == 0
    found = sorted(path.stem for path in (plan / "outbox/2026-12").glob("*.xlsx"))
    assert found == [HOMES, PEOPLE, LEARNING, REPAIRS, "Homes team"]
    with small.opened(plan) as opened:
        status = {each.lead: each for each in opened.status("2026-12").leads}
    assert (status[HOMES].issued, status[HOMES].to_sign) == (True, 3)
    assert (status["Homes team"].actions, status["Homes team"].to_sign) == (1, 0)


def test_names_that_the_list_does_not_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "plan"
    asked = (*ASKED[:2], ("3", "Tell tenants", "Director of Poeple", "July 2027"),
             ("4", "Count the keys", "Vacant", "July 2027"))  # fmt: skip
    do(tmp_path, "new", str(folder), "--from", str(source(tmp_path / "s.xlsx", asked)))
    text = (folder / "plan.toml").read_text("utf-8")
    kept = [
        part
        for part in text.split("\n[[lead]]\n")
        if not part.startswith(('name = "Director of Poeple"\n', 'name = "Vacant"\n'))
    ]
    (folder / "plan.toml").write_text("\n[[lead]]\n".join(kept), "utf-8")
    define(folder, "issue", "accountable", value=True)
    capsys.readouterr()
    do(folder, "issue", "--cycle", CYCLE)
    err = capsys.readouterr().err
    assert 'The accountable officer "Director of Poeple" is not in the list of leads' in err
    assert 'The accountable officer "Vacant" names nobody' in err
    assert {HOMES, PEOPLE} <= set(outbox(folder))


def test_actions_that_name_their_own_officer(tmp_path: Path) -> None:
    rows = (("Ref", "Action", "Lead officer", "Accountable officer", "Timescale", "RAG"),
            ("1.1", "Publish the policy", LETTINGS, HOMES, "June 2027", "Green"),
            ("1.2", "Inspect every lift", REPAIRS, PEOPLE, "May 2027", "Amber"))  # fmt: skip
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / "s.xlsx")
    folder = tmp_path / "plan"
    do(tmp_path, "new", str(folder), "--from", str(tmp_path / "s.xlsx"))
    define(folder, "issue", "accountable", value=True)
    assert do(folder, "issue", "--cycle", CYCLE) == 0
    assert outbox(folder) == [HOMES, PEOPLE, LETTINGS, REPAIRS]
    found = openpyxl.load_workbook(template(folder, HOMES))
    assert [each.title for each in found if each.sheet_state == "visible"] == ["Update"]
    texts = [cell.value for row in found["Update"].iter_rows() for cell in row]
    assert "Publish the policy" in texts
    assert "Inspect every lift" not in texts
    send_in(folder, HOMES, *YES)
    assert do(folder, "merge") == 0
