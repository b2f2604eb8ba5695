"""`rekey`: a plan that has lost its secret key goes on, and what went out before comes back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import xlplan
from tests import set_up, small
from xlplan.cycle.folder import PlanFolder
from xlplan.errors import Problem
from xlplan.merge.kinds import REFUSE, TAKE
from xlplan.merge.model import Rekeyed
from xlplan.workbook.stamp import fingerprint

CHANGED: small.Edits = {("1.1", "progress"): "Sent", ("1.3", "rating"): "Green"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with a cycle out and a return in the inbox."""
    folder = small.make(tmp_path_factory.mktemp("rekey") / "plan")
    small.issue(folder)
    small.give_back(folder, small.LETTINGS, CHANGED)
    return folder


@pytest.fixture(scope="module")
def rekeyed(office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with another key."""
    folder = Path(shutil.copytree(office, tmp_path_factory.mktemp("rekeyed") / "plan"))
    (folder / "secret.key").unlink()
    assert small.do(folder, "rekey") == 0
    return folder


@pytest.fixture
def lost(office: Path, tmp_path: Path) -> Path:
    """The plan without its key."""
    folder = Path(shutil.copytree(office, tmp_path / "plan"))
    (folder / "secret.key").unlink()
    return folder


@pytest.fixture
def folder(rekeyed: Path, tmp_path: Path) -> Path:
    """The plan with its new key."""
    return Path(shutil.copytree(rekeyed, tmp_path / "plan"))


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


def wrong(folder: Path) -> list[Problem]:
    with small.opened_to_verify(folder) as plan:
        return [problem for problem in plan.verify() if problem.level != "note"]


def ratings(folder: Path) -> dict[str, object]:
    with small.opened(folder) as plan:
        return {row.ref: row.values["rating"] for row in plan.rows()}


@pytest.mark.damages_ledger
def test_each_command_that_needs_the_key_says_how_to_go_on_without_it(
    lost: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for args in (("merge",), ("issue", "--cycle", "2026-12"), ("verify",)):
        capsys.readouterr()
        assert small.do(lost, *args) in (1, 2)
        said = capsys.readouterr()
        assert "[PLAN-004]" in said.err
        assert "xlplan rekey" in said.err


@pytest.mark.damages_ledger
def test_a_wrong_and_a_damaged_key_name_the_remedy_as_well(
    lost: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for key, code in (("ab" * 32, "LED-010"), ("ab", "PLAN-005")):
        (lost / "secret.key").write_text(key, encoding="ascii")
        assert small.do(lost, "merge") == 2
        said = capsys.readouterr().err
        assert f"[{code}]" in said
        assert "xlplan rekey" in said


def test_a_new_key_is_an_event_with_its_time_and_the_fingerprints(lost: Path) -> None:
    with small.opened(lost) as plan:
        was, before = plan.desk.ledger.fingerprint(), plan.tip.events
    made = xlplan.rekey(lost)
    key = PlanFolder(lost).read_key()
    with small.opened(lost) as plan:
        event = plan.desk.ledger.events_after(before)[0]
        assert plan.desk.ledger.fingerprint() == fingerprint(key) != was
    assert event.fact == Rekeyed(fingerprint(key), was)
    assert event.at
    assert (lost / "secret.key").stat().st_mode & 0o077 == 0
    assert not (lost / "secret.key.next").exists()
    assert sorted(made.out) == [
        f"outbox/{small.CYCLE}/{lead}.xlsx"
        for lead in (small.LEARNING, small.LETTINGS, small.REPAIRS)
    ]
    assert codes(made.problems) == ["PLAN-040"]
    assert wrong(lost) == []


def test_a_template_from_before_is_one_question_and_is_taken_in_whole(folder: Path) -> None:
    before = ratings(folder)
    with small.opened(folder) as plan:
        result = plan.merge()
        assert codes(result.returns[0].problems) == ["RET-030"]
        assert [(q.kind, q.choices) for q in result.questions] == [
            ("file-old-key", (TAKE, REFUSE))
        ]  # fmt: skip
        assert result.changes == ()
    assert ratings(folder) == before
    with small.opened(folder) as plan:
        (question,) = plan.questions()
        made = plan.answer(question, TAKE).changes
        assert {(c.action, c.field, c.by) for c in made} == {
            ("1.1", "progress", small.LETTINGS), ("1.3", "rating", small.LETTINGS)
        }  # fmt: skip
        (returned,) = plan.desk.state.returns
    assert wrong(folder) == []
    assert small.do(folder, "undo", returned, "--cascade") == 0
    assert ratings(folder) == before


def test_the_answer_in_decisions_does_as_well(folder: Path) -> None:
    assert small.do(folder, "merge") == 1
    small.answer(folder, {("", ""): TAKE})
    assert small.do(folder, "merge") == 0
    assert ratings(folder)["1.3"] == "Green"


def test_what_is_issued_with_the_new_key_comes_back_as_ever(folder: Path) -> None:
    small.issue(folder, "2026-12")
    (folder / "inbox" / f"{small.LETTINGS}.xlsx").unlink()
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"}, cycle="2026-12")
    assert small.do(folder, "merge") == 0
    assert ratings(folder)["1.2"] == "Red"


def test_a_template_from_before_that_says_nothing_new_asks_nothing(folder: Path) -> None:
    (folder / "inbox" / f"{small.LETTINGS}.xlsx").unlink()
    small.give_back(folder, small.REPAIRS, {})
    assert small.do(folder, "merge") == 0


def test_an_edit_of_the_master_from_before_is_one_question(office: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(office, tmp_path / "plan"))
    (folder / "inbox" / f"{small.LETTINGS}.xlsx").unlink()
    small.edit_master(folder, {("2.1", "rating"): "Green", ("2.2", "rating"): "Red"})
    edited = (folder / "master.xlsx").read_bytes()
    (folder / "secret.key").unlink()
    assert small.do(folder, "rekey") == 1  # the edits are not merged
    assert (folder / "master.xlsx").read_bytes() == edited
    assert small.do(folder, "merge") == 1
    with small.opened(folder) as plan:
        (question,) = plan.questions()
        assert question.kind == "file-old-key"
        plan.answer(question, TAKE)
    found = ratings(folder)
    assert (found["2.1"], found["2.2"]) == ("Green", "Red")
    small.edit_master(folder, {("1.1", "rating"): "Red"})
    assert small.do(folder, "merge") == 0
    assert ratings(folder)["1.1"] == "Red"
    assert wrong(folder) == []


def test_the_set_up_from_before_is_written_with_the_new_key(folder: Path) -> None:
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    assert small.do(folder, "merge") == 1  # the question of the return
    with small.opened(folder) as plan:
        assert plan.recorded_definition.issue.contact == "Ask the office."


def test_answers_typed_with_the_old_key_are_named_and_left_as_they_are(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(folder, small.LETTINGS, {("1.3", "rating"): "Green"})
    small.give_back(folder, small.REPAIRS, {("1.3", "rating"): "Red"})
    assert small.do(folder, "merge") == 1
    small.answer(folder, {("1.3", "rating"): "Red"})
    typed = (folder / "decisions.xlsx").read_bytes()
    (folder / "secret.key").unlink()
    assert small.do(folder, "rekey") == 1
    with small.opened(folder) as plan:
        result = plan.merge()
    said = {problem.code for report in result.returns for problem in report.problems}
    assert "RET-030" in said
    assert any(
        "a new decisions.xlsx" in problem.message
        for report in result.returns
        for problem in report.problems
    )
    assert (folder / "decisions.xlsx").read_bytes() == typed
    (folder / "decisions.xlsx").rename(tmp_path / "typed.xlsx")
    assert small.do(folder, "merge") == 1
    small.answer(folder, {("1.3", "rating"): "Red"})
    assert small.do(folder, "merge") == 0
    assert ratings(folder)["1.3"] == "Red"


def test_a_forged_file_is_no_file_from_before(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = small.make_anew(tmp_path / "other" / "plan")
    small.issue(other)
    (folder / "inbox" / f"{small.LETTINGS}.xlsx").unlink()
    path = small.give_back(other, small.LETTINGS, {("1.1", "rating"): "Red"})
    shutil.copy(path, folder / "inbox" / "theirs.xlsx")
    with small.opened(folder) as plan:
        result = plan.merge()
    assert result.questions == ()
    assert [report.outcome for report in result.returns] == ["refused"]


@pytest.mark.damages_ledger  # one copy is without a key, as it should be
def test_a_key_that_stands_there_is_kept_under_another_name(office: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(office, tmp_path / "plan"))
    (folder / "secret.key").write_text("ab" * 32 + "\n", encoding="ascii")
    made = xlplan.rekey(folder)
    assert "PLAN-040" in codes(made.problems)
    assert (folder / "replaced-secret.key").read_text("ascii") == "ab" * 32 + "\n"
    xlplan.backup(folder, tmp_path / "plan.zip")
    xlplan.restore(tmp_path / "plan.zip", tmp_path / "again")
    assert list((tmp_path / "again").glob("*.key")) == []
    xlplan.backup(folder, tmp_path / "with.zip", with_key=True)
    made_again = xlplan.restore(tmp_path / "with.zip", tmp_path / "whole")
    assert made_again.with_key
    assert wrong(tmp_path / "whole") == []
    assert small.do(tmp_path / "whole", "merge") == 1


def test_a_key_that_was_recorded_and_not_put_into_place_is(lost: Path) -> None:
    """As where the machine went down between the two."""
    xlplan.rekey(lost)
    (lost / "secret.key").rename(lost / "secret.key.next")
    with small.opened(lost) as plan:
        before = plan.tip
    xlplan.rekey(lost)
    assert wrong(lost) == []
    with small.opened(lost) as plan:
        assert plan.tip == before


def test_a_second_loss_is_as_the_first(folder: Path) -> None:
    small.issue(folder, "2026-12")
    (folder / "secret.key").unlink()
    assert small.do(folder, "rekey") == 0
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"}, cycle="2026-12")
    assert small.do(folder, "merge") == 1
    with small.opened(folder) as plan:
        assert [q.kind for q in plan.questions()] == ["file-old-key", "file-old-key"]
    assert wrong(folder) == []


def test_a_key_that_is_gone_with_its_whole_folder_is_not_called_lost(tmp_path: Path) -> None:
    with pytest.raises(xlplan.XlplanError, match="LED-002") as found:
        PlanFolder(tmp_path / "unplugged").read_key()
    assert "rekey" not in str(found.value)


def test_a_key_that_is_not_lost_stays(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`rekey` tried out of curiosity put a good key aside, said that it might be deleted, and made
    each template that was out a question."""
    folder = Path(shutil.copytree(office, tmp_path / "plan"))
    key = (folder / "secret.key").read_bytes()
    assert small.do(folder, "rekey") == 2
    assert "[BAK-011]" in capsys.readouterr().err
    assert (folder / "secret.key").read_bytes() == key
    assert not list(folder.glob("replaced*"))
    assert small.do(folder, "merge") == 0
