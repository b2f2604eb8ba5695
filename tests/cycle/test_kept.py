"""Answers that are kept are those that the ledger gives, whatever happened to their file."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tests import small
from tests.small import LEARNING, LETTINGS, REPAIRS
from tests.tampering import tamper
from xlplan.cycle import kept as kept_answers
from xlplan.cycle import known
from xlplan.cycle.kept import believed
from xlplan.cycle.known import read_as_issued
from xlplan.cycle.plan import Plan
from xlplan.errors import XlplanError
from xlplan.ledger.projection import answer_text
from xlplan.merge.bases import AsIssued, RowAsIssued
from xlplan.merge.model import RowAdded

REFS = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "9.9")
"""Those of the plan, one that comes in later, and one that there never is."""


def answers(plan: Plan) -> object:
    """Everything of which answers are kept, as far as the plan has them."""
    stands = plan.status()
    found: dict[str, object] = {"": (stands, stands.questions)}
    for ref in REFS:
        try:
            found[f"show {ref}"] = [tuple(row) for row in plan.shown([ref])]
        except XlplanError as error:
            found[f"show {ref}"] = error.problems
        try:
            lines = plan.logged(action=ref)
            found[f"log {ref}"] = [(line.document, line.texts) for line in lines]
        except XlplanError as error:
            found[f"log {ref}"] = error.problems
    found["show some"] = [row.document["ref"] for row in plan.shown(["2.2", "1.1", "2.2"])]
    return plain(found)


def plain(value: object) -> object:
    """Lists and tuples are the same here: JSON tells one from the other no more."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def projection(folder: Path) -> Path:
    return folder / "projection.db"


def kept(folder: Path) -> object:
    """The answers by what was kept alone: nothing is replayed for them, where it is believed."""
    with small.opened(folder) as plan:
        return answers(plan)


def replayed(folder: Path) -> object:
    """The answers of the ledger alone."""
    with small.opened(folder) as plan:
        assert plan.desk.replayed()
        return answers(plan)


def is_believed(folder: Path) -> bool:
    with small.opened(folder) as plan:
        found = believed(projection(folder), plan.desk.ledger)
        if found is not None:
            found.close()
        return found is not None


def act(folder: Path, *args: str) -> None:
    assert small.do(folder, *args) in (0, 1)


def first_returns(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "progress"): "Sent", ("1.3", "rating"): "Green"})
    small.give_back(folder, REPAIRS, {("1.3", "rating"): "Red"})
    act(folder, "merge")


def renamed(folder: Path) -> None:
    """The coordinator gives an action another ref."""
    small.edit_master(folder, {("2.1", "ref"): "2.3"})
    act(folder, "merge")


def edited(folder: Path) -> None:
    path = folder / "plan.toml"
    path.write_text(path.read_text("utf-8").replace('code = "Amber"', 'code = "Yellow"'), "utf-8")


def answered(folder: Path) -> None:
    small.answer(folder, {("1.3", "rating"): "Red"})
    act(folder, "merge")


def more(folder: Path) -> None:
    edits = {("2.3", "progress"): "Begun", ("2.2", "rating"): "Red", ("2.2", "due"): "TBC"}
    small.give_back(folder, LEARNING, edits, file="late.xlsx")
    act(folder, "merge")


def undone(folder: Path) -> None:
    with small.opened(folder) as plan:
        name = next(r.id for r in plan.desk.state.returns.values() if "Lettings" in r.file)
    act(folder, "undo", name, "--cascade")


YEAR: tuple[Callable[[Path], None], ...] = (
    lambda folder: small.issue(folder),
    first_returns,
    lambda folder: act(folder, "publish"),
    answered,
    renamed,
    lambda folder: act(folder, "issue", "--cycle", "2026-12"),
    more,
    edited,
    lambda folder: act(folder, "merge"),
    undone,
    lambda folder: act(folder, "publish"),
)


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A year of a plan, with a copy of its folder after each step."""
    root = tmp_path_factory.mktemp("year")
    folder = small.make(root / "plan")
    found = []
    for number, step in enumerate(YEAR):
        step(folder)
        assert kept(folder) == replayed(folder), number
        found.append(copied(folder, root / f"{number}"))
    return found


def copied(folder: Path, target: Path) -> Path:
    """The folder with its times, so that the ledger lies there as it did."""
    return Path(shutil.copytree(folder, target))


def test_each_step_of_a_year_leaves_what_the_ledger_says(moments: list[Path]) -> None:
    for number, folder in enumerate(moments):
        assert is_believed(folder), number
        assert kept(folder) == replayed(folder), number
        with small.opened_to_verify(folder) as plan:
            assert [each for each in plan.verify() if each.code == "VER-012"] == [], number


def test_the_list_of_letters_is_that_of_the_cycle_that_is_open(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    act(folder, "draft", "--lead", LETTINGS)
    first_returns(folder)
    answered(folder)
    act(folder, "issue", "--cycle", "2026-12")
    with small.opened_to_verify(folder) as plan:
        assert [each for each in plan.verify() if each.code == "VER-012"] == []


@pytest.mark.parametrize("number", range(len(YEAR)))
def test_answers_of_another_moment_are_not_believed(
    moments: list[Path], tmp_path: Path, number: int
) -> None:
    """They are brought forward from an earlier one, and made anew after a later one."""
    folder = copied(moments[number], tmp_path / "plan")
    true = replayed(folder)
    for other in moments:
        shutil.copy2(projection(other), projection(folder))
        assert kept(folder) == true
        # Before an edit of plan.toml is recorded, some looks read it anew and keep nothing of it.
        assert is_believed(folder) or YEAR[number] is edited
        assert kept(folder) == true


@pytest.mark.parametrize("number", range(len(YEAR) - 1))
def test_commands_record_the_same_whatever_was_kept(
    moments: list[Path], tmp_path: Path, number: int
) -> None:
    """The next step of the year, with the answers kept, lost, and those of another moment."""
    others = [*moments[number : number + 1], None, moments[(number + 5) % len(moments)]]
    found = []
    for place, other in enumerate(others):
        folder = copied(moments[number], tmp_path / f"{place}" / "plan")
        if other is None:
            projection(folder).unlink()
        else:
            shutil.copy2(projection(other), projection(folder))
        YEAR[number + 1](folder)
        with small.opened(folder) as plan:
            found.append((plan.tip, (folder / "master.xlsx").read_bytes(), kept(folder)))
    assert found[0] == found[1] == found[2]


def test_answers_of_another_plan_are_not_believed(moments: list[Path], tmp_path: Path) -> None:
    other = small.make_anew(tmp_path / "other")
    small.issue(other)
    folder = copied(moments[-1], tmp_path / "plan")
    true = replayed(folder)
    shutil.copy2(projection(other), projection(folder))
    assert not is_believed(folder)
    assert kept(folder) == true == kept(folder)


def test_a_plan_that_went_another_way_since_is_answered_by_its_own_ledger(
    moments: list[Path], tmp_path: Path
) -> None:
    """As when a backup is restored, and something else is merged into it."""
    folder = copied(moments[1], tmp_path / "plan")
    small.give_back(folder, LEARNING, {("2.1", "progress"): "Put off"})
    shutil.copy2(projection(moments[6]), projection(folder))
    act(folder, "merge")
    assert kept(folder) == replayed(folder)


def test_a_damaged_file_of_answers_changes_no_answer(moments: list[Path], tmp_path: Path) -> None:
    folder = copied(moments[6], tmp_path / "plan")
    true, whole, draw = replayed(folder), projection(folder).read_bytes(), random.Random(16)
    for _ in range(12):
        damaged = bytearray(whole)
        for _ in range(40):
            damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
        projection(folder).write_bytes(damaged[: draw.choice((len(whole), len(whole) // 2, 100))])
        assert kept(folder) == true
        assert kept(folder) == true


@pytest.mark.damages_ledger
def test_a_ledger_that_was_written_to_by_other_hands_is_read_again(
    moments: list[Path], tmp_path: Path
) -> None:
    """What was kept would hide that the chain is broken."""
    folder = copied(moments[1], tmp_path / "plan")
    assert is_believed(folder)
    tamper(
        folder / "ledger.db",
        "UPDATE event SET body = replace(body, 'Drafted', 'Printed') WHERE seq = 2",
    )
    with pytest.raises(XlplanError, match="LED-007"), small.opened(folder):
        pass


def test_wrong_answers_are_found_by_verify_and_removed(moments: list[Path], tmp_path: Path) -> None:
    from xlplan.ledger.projection import seal_of

    folder = copied(moments[1], tmp_path / "plan")
    true = replayed(folder)
    with closing(sqlite3.connect(projection(folder))) as db, db:
        lines = db.execute("SELECT name, body FROM answer WHERE topic = 'log of 1.1'").fetchall()
        ((name, body),) = [line for line in lines if "Sent" in line[1]]
        wrong = body.replace("Sent", "Lost")
        db.execute(
            "UPDATE answer SET body = ?, seal = ? WHERE topic = 'log of 1.1' AND name = ?",
            (wrong, seal_of("log of 1.1", name, wrong), name),
        )
    assert kept(folder) != true
    with small.opened_to_verify(folder) as plan:
        notes = [each for each in plan.verify() if each.code == "VER-012"]
        assert [(each.where, each.level) for each in notes] == [("projection.db", "note")]
    assert not projection(folder).exists()
    assert kept(folder) == true


def test_where_nothing_may_be_written_the_ledger_answers(
    moments: list[Path], tmp_path: Path
) -> None:
    folder = copied(moments[1], tmp_path / "plan")
    true = replayed(folder)
    projection(folder).unlink()
    projection(folder).mkdir()
    assert kept(folder) == true
    assert small.do(folder, "merge") in (0, 1)
    assert not list(projection(folder).iterdir())


def test_questions_can_be_looked_at_after_the_plan_was_closed(moments: list[Path]) -> None:
    for number in (1, 6):
        with small.opened(moments[number]) as plan:
            assert plan.desk.kept is not None
            stands = plan.status()
        with small.opened(moments[number]) as plan:
            assert stands.questions == tuple(plan.questions())
        assert stands.open == len(stands.questions) > 0


@pytest.mark.parametrize("number", [4, 6, 9])
def test_a_merge_writes_the_same_master_whatever_was_kept(
    moments: list[Path], tmp_path: Path, number: int
) -> None:
    """Of another moment, of this one, or nothing: the lines of its rows are then made anew."""

    def master(name: str, rows_of: Path | None) -> bytes:
        folder = copied(moments[number], tmp_path / name)
        projection(folder).unlink()
        if rows_of is not None:
            shutil.copy2(projection(rows_of), projection(folder))
        edits = {("2.2", "progress"): f"At last: {number}", ("2.2", "due"): "2027-01-31"}
        small.give_back(folder, LEARNING, edits, file="last.xlsx")
        act(folder, "merge")
        return (folder / "master.xlsx").read_bytes()

    true = master("nothing", None)
    for place, other in enumerate(moments):
        assert master(f"of {place}", other) == true, place


def test_a_wrong_line_of_the_master_is_found_by_verify(moments: list[Path], tmp_path: Path) -> None:
    from xlplan.ledger.projection import seal_of

    folder = copied(moments[1], tmp_path / "plan")
    with closing(sqlite3.connect(projection(folder))) as db, db:
        lines = dict(db.execute("SELECT name, body FROM answer WHERE topic = 'lines'"))
        [(name, body)] = [(name, body) for name, body in lines.items() if "Sent" in body]
        wrong = body.replace("Sent", "Lost")
        change = "UPDATE answer SET body = ?, seal = ? WHERE topic = 'lines' AND name = ?"
        db.execute(change, (wrong, seal_of("lines", name, wrong), name))
    with small.opened_to_verify(folder) as plan:
        assert "VER-012" in [each.code for each in plan.verify()]
    assert not projection(folder).exists()


def test_a_damaged_line_of_the_master_is_made_anew(moments: list[Path], tmp_path: Path) -> None:
    folder = copied(moments[1], tmp_path / "plan")
    other = copied(moments[1], tmp_path / "other")
    projection(other).unlink()
    with closing(sqlite3.connect(projection(folder))) as db, db:
        db.execute("UPDATE answer SET body = replace(body, 'Sent', 'Lost') WHERE topic = 'lines'")
    for each in (folder, other):
        small.give_back(each, LEARNING, {("2.1", "progress"): "Begun"}, file="last.xlsx")
        act(each, "merge")
    assert (folder / "master.xlsx").read_bytes() == (other / "master.xlsx").read_bytes()


def lines_of(folder: Path) -> dict[str, str]:
    """What is kept of what `master.xlsx` shows, by the place of its rows among the others."""
    with closing(sqlite3.connect(projection(folder))) as db:
        return dict(db.execute("SELECT name, body FROM answer WHERE topic = 'lines'"))


def test_of_what_the_master_shows_only_the_texts_with_another_line_are_kept_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for home in (kept_answers, known):
        monkeypatch.setattr(home, "ROWS_TOGETHER", 2)
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    projection(folder).unlink()
    act(folder, "merge")
    first = lines_of(folder)
    with small.opened(folder) as plan:
        uids = [*plan.desk.state.uids("action"), *plan.desk.state.uids("recommendation")]
        changed = plan.desk.state.uids("action")[-1]
        row = plan.desk.state.row_at(changed)
    assert row is not None
    assert {name: text.split("\n")[::3] for name, text in first.items()} == {
        str(at // 2): uids[at : at + 2] for at in range(0, len(uids), 2)
    }
    small.give_back(folder, LEARNING, {(str(row.values["ref"]), "progress"): "Well on its way"})
    act(folder, "merge")
    second = lines_of(folder)
    anew = {name for name, text in second.items() if first[name] != text}
    assert anew == {str(uids.index(changed) // 2)}
    assert second.keys() == first.keys()
    assert wrong_answers(folder) == []
    with small.opened(folder) as plan, plan.desk.work() as work:
        added = [replace(row, uid=f"a-{number}", order=0.0) for number in range(3)]
        work.append(added)  # and no workbook is written
    assert lines_of(folder) == {}, "the rows follow one another otherwise now"
    assert wrong_answers(folder) == []
    act(folder, "merge")
    third = lines_of(folder)
    assert len(third) == len(range(0, len(uids) + 3, 2)) > len(first)
    assert third["0"].split("\n")[::3] == ["a-0", "a-1"]
    assert wrong_answers(folder) == []


def rows_as_issued(folder: Path) -> dict[str, str]:
    """What is kept of the rows of templates as they went out, by the template."""
    with closing(sqlite3.connect(projection(folder))) as db:
        return dict(db.execute("SELECT name, body FROM answer WHERE topic = 'as issued'"))


@pytest.mark.parametrize("text", ["Sent", "half a letter: \ud800"])
def test_what_was_kept_of_a_template_is_read_as_it_was_written(text: str) -> None:
    rows = {"a-1": RowAsIssued(["1.1", text, None], {2: 0.25}, {1: ["Sent"]}, "00ff")}
    made = AsIssued("d", "k", 7, ("ref", "progress", "percent"), rows)
    found = read_as_issued(answer_text(msgspec.to_builtins(made, str_keys=True)))
    assert found == made


def test_of_what_went_out_the_templates_of_the_open_cycle_are_kept(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    first = rows_as_issued(folder)
    small.issue(folder, "2026-12")
    with small.opened(folder) as plan:
        exchange = plan.desk.state.exchange
        november, december = ({i.id for i in exchange.templates(c)} for c in exchange.cycles)
    assert first.keys() == november
    assert rows_as_issued(folder).keys() == december
    assert wrong_answers(folder) == []
    key = (folder / "secret.key").rename(tmp_path / "secret.key")
    assert wrong_answers(folder) == [], "without the key they are not compared"
    key.rename(folder / "secret.key")
    assert rows_as_issued(folder).keys() == december


def wrong_answers(folder: Path) -> list[str]:
    """Where verify finds answers that are not those of the ledger."""
    with small.opened_to_verify(folder) as plan:
        return [each.where for each in plan.verify() if each.code == "VER-012"]


def test_a_wrong_text_of_a_row_as_it_went_out_is_found_by_verify(
    moments: list[Path], tmp_path: Path
) -> None:
    from xlplan.ledger.projection import seal_of

    folder = copied(moments[1], tmp_path / "plan")
    name, body = next(iter(rows_as_issued(folder).items()))
    shows = next(iter(json.loads(body)["rows"].values()))[0]
    wrong = body.replace(shows[1], shows[1][::-1], 1)
    with closing(sqlite3.connect(projection(folder))) as db, db:
        db.execute(
            "UPDATE answer SET body = ?, seal = ? WHERE topic = 'as issued' AND name = ?",
            (wrong, seal_of("as issued", name, wrong), name),
        )
    assert wrong_answers(folder) == ["projection.db"]


@pytest.mark.parametrize(
    "wrong", ["", "{", "[1]", '["x", {}]', '[1, {"progress": [[1], ["w"], "x"]}]']
)
def test_what_is_no_answer_at_all_of_what_was_settled_is_found_by_verify(
    moments: list[Path], tmp_path: Path, wrong: str
) -> None:
    from xlplan.ledger.projection import seal_of

    folder = copied(moments[6], tmp_path / "plan")
    true = replayed(folder)
    with closing(sqlite3.connect(projection(folder))) as db, db:
        names = [name for (name,) in db.execute("SELECT name FROM answer WHERE topic = 'settled'")]
        assert names
        for name in names:
            db.execute(
                "UPDATE answer SET body = ?, seal = ? WHERE topic = 'settled' AND name = ?",
                (wrong, seal_of("settled", name, wrong), name),
            )
    assert kept(folder) == true
    assert wrong_answers(folder) == ["projection.db"]


def test_what_is_no_json_is_not_believed_of_anything_that_is_read_at_once(
    moments: list[Path], tmp_path: Path
) -> None:
    from xlplan.ledger.projection import seal_of

    made = copied(moments[6], tmp_path / "plan")
    true = replayed(made)
    with closing(sqlite3.connect(projection(made))) as db:
        every = db.execute("SELECT topic, name FROM answer").fetchall()
    for topic in sorted({topic for topic, _ in every} - {"questions"}):  # those are read later
        folder = copied(moments[6], tmp_path / topic / "plan")
        with closing(sqlite3.connect(projection(folder))) as db, db:
            for name in (name for other, name in every if other == topic):
                db.execute(
                    "UPDATE answer SET body = '{', seal = ? WHERE topic = ? AND name = ?",
                    (seal_of(topic, name, "{"), topic, name),
                )
        shutil.copytree(folder, again := folder.with_name("again"))
        assert kept(folder) == true, topic
        act(again, "merge", "--dry-run")
        act(again, "issue", "--cycle", "2027-01")


def test_answers_are_kept_after_a_row_was_written_to_of_which_no_log_is_shown(
    tmp_path: Path,
) -> None:
    """A recommendation is no action, and has no lines of its own while nothing changed it."""
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    for values in ({"ref": "9.9"}, {"ref": "9.9", "action": "Do better"}):
        with small.opened(folder) as plan, plan.desk.work() as work:
            assert plan.desk.memory is not None
            work.append([RowAdded("rec-1", "recommendation", 1.0, values, {})])
        assert is_believed(folder)
        assert wrong_answers(folder) == []


@pytest.mark.parametrize("body", ["{", "null", "[3]", '"x"', '[{"id": "q"}]'])
def test_open_questions_that_are_none_under_a_right_seal_are_asked_anew(
    tmp_path: Path, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from xlplan.ledger.projection import seal_of

    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Blue or so"})
    small.do(folder, "merge")
    with small.opened(folder) as plan:
        (asked,) = plan.status().questions
    with closing(sqlite3.connect(projection(folder))) as db, db:
        change = "UPDATE answer SET body = ?, seal = ? WHERE topic = 'questions'"
        db.execute(change, (body, seal_of("questions", "", body)))
    capsys.readouterr()
    assert is_believed(folder)
    with small.opened(folder) as plan:
        assert plan.status().questions == (asked,)
    small.give_back(folder, small.REPAIRS, {("1.2", "progress"): "All are done"})
    assert small.do(folder, "merge") == 1
    assert "Traceback" not in capsys.readouterr().err
