"""What a command does, counted: events replayed, cells asked, workbooks written.

A count is the same on every machine. What it costs in time is measured by `tests/benchmarks`.
"""

from __future__ import annotations

import gc
import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Set
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import replace

from tests import small
from tests.small import LEARNING, LETTINGS, REPAIRS
from xlplan.cycle import boards, intake, kept, memory
from xlplan.cycle.came_in import CameIn
from xlplan.cycle.desk import base_digest
from xlplan.cycle.folder import sha256
from xlplan.cycle.intake import Arrived, Recogniser
from xlplan.cycle.known import AS_ISSUED, KnownPlan, LinesOf
from xlplan.cycle.memory import Memory, to_recall
from xlplan.cycle.standing import standing
from xlplan.cycle.to_look_at import Answered, came_back
from xlplan.ledger.projection import answer_text
from xlplan.ledger.store import Ledger
from xlplan.merge import bases, questions, recalled, records
from xlplan.merge.compare import Comparison
from xlplan.merge.kinds import OF_FILE, Id
from xlplan.merge.model import Change, Decided, Place, Returned
from xlplan.merge.outline import index_of, outline_of
from xlplan.merge.reading import Reading
from xlplan.merge.recalled import Recalled
from xlplan.merge.recalled_parts import RecalledExchange
from xlplan.merge.state import State
from xlplan.plan import load, values
from xlplan.plan.definition import PlanDefinition
from xlplan.returned import read_return
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.pool import read_all
from xlplan.workbook.write import writing


class Counts(Counter[str]):
    """How often each function was called."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self._patch = patch

    def watch(self, home: Any, name: str) -> None:
        """Count the calls of a function from here on."""
        plain: Callable[..., Any] = getattr(home, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            self[name] += 1
            return plain(*args, **kwargs)

        self._patch.setattr(home, name, counted)


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counts:
    return Counts(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plan with a return merged, and two more in the inbox."""
    made = small.make(tmp_path / "plan")
    small.issue(made)
    small.give_back(made, LETTINGS, {("1.1", "progress"): "Sent", ("1.3", "rating"): "Green"})
    small.give_back(made, REPAIRS, {("1.3", "rating"): "Red"})
    assert small.do(made, "merge") == 1
    small.give_back(made, LEARNING, {("2.1", "progress"): "Begun"})
    return made


def recolour(folder: Path) -> None:
    """The coordinator edits plan.toml, so that everything is read anew."""
    path = folder / "plan.toml"
    path.write_text(path.read_text("utf-8").replace('title = "', 'title = "Our '), "utf-8")


@pytest.mark.parametrize(
    "command",
    [("merge",), ("issue", "--cycle", "2026-12"), ("show",), ("log",), ("check",), ("publish",)],
)
@pytest.mark.parametrize("edited", [False, True])
def test_a_command_reads_the_ledger_once_and_only_after_an_edit_of_the_definition(
    folder: Path, counts: Counts, command: tuple[str, ...], edited: bool
) -> None:
    if edited:
        recolour(folder)
    counts.watch(Ledger, "events")
    assert small.do(folder, *command) in (0, 1)
    assert counts["events"] == edited


@pytest.mark.parametrize(
    "command",
    [("merge",), ("issue", "--cycle", "2026-12"), ("show",), ("check",), ("publish",)],
)
@pytest.mark.parametrize("edited", [False, True])
def test_a_command_reads_each_definition_once(
    folder: Path, counts: Counts, command: tuple[str, ...], edited: bool
) -> None:
    """That of plan.toml is the ledger's, but where it was edited."""
    if edited:
        recolour(folder)
    counts.watch(load, "load_definition")
    assert small.do(folder, *command) in (0, 1)
    assert counts["load_definition"] == 1 + edited


LOOKS = ((), ("status",), ("show", "1.1"), ("log", "--action", "1.1"))


@pytest.mark.parametrize("command", LOOKS)
def test_a_look_at_what_was_kept_reads_no_event(
    folder: Path, counts: Counts, command: tuple[str, ...]
) -> None:
    counts.watch(Ledger, "events")
    assert small.do(folder, *command) == 0
    assert counts["events"] == 0
    (folder / "projection.db").unlink()
    assert [small.do(folder, *command) for _ in range(3)] == [0, 0, 0]
    assert counts["events"] == 1


def test_a_merge_makes_lines_of_the_master_only_of_rows_on_which_it_bears(
    folder: Path, counts: Counts
) -> None:
    counts.watch(LinesOf, "of")
    assert small.do(folder, "merge") == 1
    assert counts == {"of": 1}
    small.give_back(folder, REPAIRS, {("1.2", "progress"): "All of them"}, file="new.xlsx")
    (folder / "projection.db").unlink()
    assert small.do(folder, "merge") == 1
    with small.opened(folder) as plan:
        rows = len(plan.desk.state.master())
    assert counts == {"of": 1 + rows}


def test_of_a_new_plan_no_cell_is_worked_out_and_no_event_read_again(
    tmp_path: Path, counts: Counts
) -> None:
    for home, name in ((State, "shown"), (State, "cell"), (State, "value")):
        counts.watch(home, name)
    for name in ("events", "events_after"):
        counts.watch(Ledger, name)
    folder = small.make_anew(tmp_path / "plan")
    made = Counter(counts)
    assert (made["events"], made["events_after"]) == (0, 0)
    with small.opened(folder) as plan:
        rows = len(plan.desk.state.master())
    assert rows > 3
    assert made["shown"] == 0
    assert made["cell"] <= 2 * rows  # whether it is withdrawn, and none of its cells
    assert made["value"] <= 8 * rows


def test_only_cells_that_were_written_to_are_asked_by_a_merge(folder: Path, counts: Counts) -> None:
    counts.watch(questions, "_questions_on")
    assert small.do(folder, "merge") == 1
    with small.opened(folder) as plan:
        returned = plan.desk.state.returns.values()
        written = {item.key for each in returned for item in each.assertions}
    assert 0 < counts["_questions_on"] < len(written) == 3


def test_what_a_row_brought_in_is_a_write_only_where_more_was_written(
    folder: Path, counts: Counts
) -> None:
    counts.watch(records, "_row_write")
    with small.opened(folder) as plan:
        state = plan.desk.state
        cells = len(list(state.records.cells()))
        assert state.master()
        assert base_digest(state, state.uids("action"), ["ref", "progress", "rating"], state.seq)
        assert plan.questions()
        rated = [key for key in state.records.written() if key[1] == "rating"]
    assert len(rated) == 1
    assert counts["_row_write"] == 2 < cells


def test_after_an_edit_of_the_definition_each_value_is_read_once(
    folder: Path, counts: Counts
) -> None:
    recolour(folder)
    assert small.do(folder, "merge") == 1
    with small.opened(folder) as plan:
        state = plan.desk.state
        written = {
            (key[1], value)
            for key in state.records.cells()
            for copy in state.copies(key)
            for value in (copy.value, copy.base)
        }
        counts.watch(values, "canon")
        first = state.master()
        assert 0 < counts["canon"] <= len(written)
        read = counts["canon"]
        assert [state.live(key) for key in state.records.cells()]
        assert state.master("action", state.seq - 1)[0].uid == first[0].uid
        assert counts["canon"] == read


def test_a_merge_of_known_files_reads_no_event_and_writes_nothing(
    folder: Path, counts: Counts
) -> None:
    known_files(folder)
    with small.opened(folder) as plan:
        assert plan.desk.replayed()
        replayed = plan.merge()
    counts.watch(Ledger, "events")
    counts.watch(Ledger, "transaction")
    counts.watch(writing, "write_workbook")
    before = written(folder)
    with small.opened(folder) as plan:
        assert plan.merge() == replayed
        assert [each.outcome for each in replayed.returns] == ["duplicate", "duplicate"]
    assert counts == {}
    assert written(folder) == before


def known_files(folder: Path) -> None:
    """Everything is merged, answered and written."""
    (folder / "inbox" / f"{REPAIRS}.xlsx").unlink()
    small.answer(folder, {("1.3", "rating"): "Red"})
    assert small.do(folder, "merge") == 0


def written(folder: Path) -> dict[str, tuple[int, int]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in files}


def edit_master(folder: Path) -> None:
    small.edit_master(folder, {("2.2", "progress"): "Well begun"})


def a_new_return(folder: Path) -> None:
    small.give_back(folder, REPAIRS, {("1.2", "progress"): "All of them"}, file="new.xlsx")


@pytest.mark.parametrize(
    "act",
    [
        recolour,
        edit_master,
        a_new_return,
        lambda folder: (folder / "master.xlsx").unlink(),
        lambda folder: (folder / "set-up.xlsx").unlink(),
        lambda folder: (folder / "decisions.xlsx").write_bytes(b"not ours"),
        lambda folder: small.issue(folder, "2026-12"),
    ],
)
def test_a_merge_that_has_something_to_do_says_what_it_always_said(
    folder: Path, act: Callable[[Path], object], tmp_path: Path
) -> None:
    known_files(folder)
    act(folder)
    other = Path(shutil.copytree(folder, tmp_path / "other" / "plan"))
    (other / "projection.db").unlink()
    with small.opened(folder) as one, small.opened(other) as two:
        assert one.merge() == two.merge()
    names = ["master.xlsx", "set-up.xlsx", "decisions.xlsx"]
    for name in names:
        assert (folder / name).exists() == (other / name).exists()
        if (folder / name).exists():
            assert (folder / name).read_bytes() == (other / name).read_bytes()


def many_returns(folder: Path, count: int) -> None:
    """The same return, saved so many times."""
    [first] = (path for path in (folder / "inbox").iterdir() if LEARNING in path.name)
    for number in range(count):
        path = folder / "inbox" / f"{number:03}.xlsx"
        path.write_bytes(first.read_bytes())
        with zipfile.ZipFile(path, "a") as book:
            book.comment = str(number).encode()


def test_books_are_let_go_as_they_are_read_and_most_readings_take_little_room(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_returns(folder, 12)
    monkeypatch.setattr(intake, "_UNPACKED", 4)
    alive: list[tuple[int, int]] = []
    add = intake.Waiting.add

    def now(kind: type) -> list[object]:
        return [each for each in gc.get_objects() if isinstance(each, kind)]

    gc.collect()
    others = [*now(Book), *now(Reading)]  # of other tests, such as one that failed
    known = set(map(id, others))

    def counted(waiting: intake.Waiting, item: Arrived, book: Book, reading: Reading) -> None:
        add(waiting, item, book, reading)
        books, readings = (
            sum(id(each) not in known for each in now(kind)) for kind in (Book, Reading)
        )
        alive.append((books, readings))

    monkeypatch.setattr(intake.Waiting, "add", counted)
    assert small.do(folder, "merge") == 1
    assert len(alive) == 13
    assert {books for books, _ in alive} == {1}
    assert [readings for _, readings in alive] == [1, 2, 3, 4, *[5] * 9]


def test_readings_that_were_packed_say_what_the_others_say(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_returns(folder, 3)
    small.edit_master(folder, {("2.2", "progress"): "Well begun"})
    results = []
    for unpacked in (0, 2, 100):
        copy = Path(shutil.copytree(folder, tmp_path / f"{unpacked}" / "plan"))
        monkeypatch.setattr(intake, "_UNPACKED", unpacked)
        with small.opened(copy) as plan:
            results.append((plan.merge(), (copy / "master.xlsx").read_bytes()))
    assert results[0] == results[1] == results[2]
    assert len(results[0][0].returns) == 7


def test_readings_that_were_packed_have_each_uid_and_each_column_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_returns(folder, 3)
    monkeypatch.setattr(intake, "_UNPACKED", 0)
    with small.opened(folder) as plan:
        plan.merge()
        returned = (event.fact for event in plan.desk.state.return_events)
        facts = [f for f in returned if isinstance(f, Returned) and f.author == LEARNING]
    assert len(facts) == 4
    for texts in (*zip(*(fact.rows for fact in facts), strict=True),
                  *zip(*(fact.fields for fact in facts), strict=True)):  # fmt: skip
        assert len(set(map(id, texts))) == 1


@pytest.mark.parametrize(
    "act",
    [
        a_new_return,
        edit_master,
        lambda folder: small.answer(folder, {("1.3", "rating"): "Red"}),
    ],
)
def test_a_merge_tells_only_those_events_again_that_bear_on_its_rows(
    folder: Path, counts: Counts, act: Callable[[Path], object]
) -> None:
    assert small.do(folder, "merge") == 1
    act(folder)
    counts.watch(Ledger, "events")
    counts.watch(Ledger, "events_after")
    counts.watch(recalled.Recalled, "complete")
    assert small.do(folder, "merge") in (0, 1)
    assert counts == {}  # nor is what it recorded read again


def test_files_of_earlier_cycles_are_not_read_again_to_ask_which_was_saved_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small.make(tmp_path / "plan")
    cycles = ("2026-11", "2026-12", "2027-01")
    for cycle in cycles:
        small.issue(folder, cycle)
        edits: small.Edits = {("1.1", "progress"): f"Sent for {cycle}"}
        small.give_back(folder, LETTINGS, edits, cycle=cycle, file=f"{cycle}.xlsx")
        if cycle != cycles[-1]:
            assert small.do(folder, "merge") == 0
    with small.opened(folder) as plan:
        issued = plan.desk.state.exchange
        went_out = {cycle: {item.id for item in issued.templates(cycle)} for cycle in cycles}
    read: set[str] = set()
    need = RecalledExchange.need

    def noted(exchange: RecalledExchange, topic: str, name: str) -> None:
        if topic == "back":
            read.add(name)
        need(exchange, topic, name)

    monkeypatch.setattr(RecalledExchange, "need", noted)
    assert small.do(folder, "merge") == 0
    assert read & went_out[cycles[-1]]
    assert not read & (went_out[cycles[0]] | went_out[cycles[1]])


def test_a_merge_reads_no_row_as_it_stands_where_its_template_tells_what_it_showed(
    folder: Path, counts: Counts
) -> None:
    assert small.do(folder, "merge") == 1
    a_new_return(folder)
    counts.watch(Memory, "_read")
    assert small.do(folder, "merge") == 1
    assert counts["_read"] == 0


def test_what_was_kept_of_rows_is_read_row_by_row_until_many_are_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    topic, text = kept.Kept.topic, kept.Kept.text

    def noted(answers: kept.Kept, name: str) -> dict[str, str]:
        read.append(name)
        return topic(answers, name)

    def found(answers: kept.Kept, topic: str, *asked: Any) -> str:
        read.extend(["a row"] if topic == "standing" else [])
        return text(answers, topic, *asked)

    assert small.do(folder, "merge") == 1
    with small.opened(folder) as plan:
        assert plan.desk.memory is not None
        lines = plan.desk.memory.outline.rows.values()  # a master holds all of them
        rows = sum(line.last > line.since for line in lines)
        assert 2 < rows < len(lines)
    monkeypatch.setattr(kept.Kept, "topic", noted)
    monkeypatch.setattr(kept.Kept, "text", found)
    small.edit_master(folder, {(ref, "progress"): "Seen" for ref in ("1.1", "1.2", "2.1", "2.2")})
    for many, few in ((True, []), (False, ["settled", "standing"])):
        copy = Path(shutil.copytree(folder, folder.with_name(f"{many}")))
        if not many:
            monkeypatch.setattr(memory, "_ONE_BY_ONE", 2)
        read.clear()
        assert small.do(copy, "merge") == 1
        assert sorted(name for name in read if name != "a row") == ["lines", *few]
        assert read.count("a row") == (rows if many else 2)


def test_of_a_row_that_a_merge_writes_to_no_cell_is_worked_out_but_those_written_to(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert small.do(folder, "merge") == 1
    asked: set[tuple[str, str]] = set()
    shown = recalled.Recalled.shown

    def noted(state: recalled.Recalled, key: tuple[str, str], as_of: int) -> Any:
        asked.add((state.ref(key[0]), key[1]))
        return shown(state, key, as_of)

    monkeypatch.setattr(recalled.Recalled, "shown", noted)
    a_new_return(folder)
    assert small.do(folder, "merge") == 1
    assert asked == {("1.2", "progress")}


def test_a_merge_opens_one_drawer_of_the_index_after_the_other(folder: Path) -> None:
    with small.opened(folder) as plan:
        events = plan.desk.ledger.events_after(0)
    steps: list[str] = []

    def opened(topic: str, name: str) -> dict[str, list[int]]:
        steps.append(f"{topic} {name} opened")
        return {}

    for (_, name), _ in index_of(events, opened):
        steps.append(f"{name} made")
    assert len(steps) > 20
    assert [step.split()[-1] for step in steps] == ["opened", "made"] * (len(steps) // 2)


def test_a_merge_makes_the_lines_of_the_log_of_one_action_after_the_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    line = kept.log_line

    def noted(change: Change, definition: PlanDefinition) -> kept.LogLine:
        steps.append(change.action)
        return line(change, definition)

    def written(answer: object) -> str:
        steps.append("")
        return answer_text(answer)

    small.give_back(folder, LETTINGS, {("1.1", "progress"): "Sent again"}, file="again.xlsx")
    monkeypatch.setattr(kept, "log_line", noted)
    monkeypatch.setattr(kept, "answer_text", written)
    assert small.do(folder, "merge") == 1
    told = [step for step, before in zip(steps, ["", *steps], strict=False) if step != before]
    of = [step for step in told if step]
    assert sorted(of) == ["1.1", "2.1"]  # each once, and what was made of one is written before
    assert told.index("", told.index(of[0])) < told.index(of[1])


def test_a_merge_looks_at_what_was_heard_of_the_rows_that_it_bears_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[str, str]] = []
    find = Memory.find

    def noted(memory: Memory, topic: str, name: str) -> object:
        read.append((topic, name))
        return find(memory, topic, name)

    small.do(folder, "merge")
    with small.opened(folder) as plan:
        refs = {row.uid: row.ref for row in plan.rows()}
    small.give_back(folder, LETTINGS, {("1.1", "progress"): "Sent again"}, file="again.xlsx")
    monkeypatch.setattr(Memory, "find", noted)
    small.do(folder, "merge")
    assert {refs[name] for topic, name in read if topic == "heard"} == {"1.1"}
    assert "2.1" in refs.values()


def test_a_merge_of_new_files_reads_but_the_first_of_them_to_see_that_they_are_new(
    tmp_path: Path, counts: Counts
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.do(folder, "merge")
    small.give_back(folder, LEARNING, {("2.1", "progress"): "Begun"})
    many_returns(folder, 5)
    counts.watch(intake, "read_bytes")
    assert small.do(folder, "merge") == 0
    assert counts["read_bytes"] == 6 + 1


class Gone(set[str]):
    """Row ids that count how many of them were gone through."""

    through = 0

    def __and__(self, other: object) -> set[str]:
        self.through += len(self)
        return super().__and__(set(other)) if isinstance(other, Set) else set()

    __rand__ = __and__

    def __iter__(self) -> Iterator[str]:
        self.through += len(self)
        return super().__iter__()


def test_who_was_asked_is_looked_up_once_and_not_for_each_lead(
    folder: Path, counts: Counts
) -> None:
    with small.opened(folder) as plan:
        counts.watch(RecalledExchange, "templates")
        assert [line.lead for line in came_back(plan.desk).returns if not line.file]
        assert len(plan.definition.directory.recipients) > 2
        assert counts["templates"] == 2  # who may be asked, and who was


def test_what_is_kept_of_each_row_goes_through_the_rows_a_few_times_and_not_once_a_row(
    folder: Path,
) -> None:
    with small.opened(folder) as plan:
        desk = plan.desk
        outline = outline_of(desk.replayed().state)
        rows = Gone(outline.rows)
        kept = dict(
            to_recall(desk, outline, standing(desk), desk.ledger.events_after(0), rows, None)
        )
        written = {uid for uid, line in outline.rows.items() if line.last > line.since}
    assert {name for topic, name in kept if topic == "standing"} == written
    assert {name for topic, name in kept if topic == "timeline"} == written
    assert rows.through < 3 * len(outline.rows)


def test_a_row_that_came_back_as_it_went_out_is_known_without_asking_what_stood_there(
    folder: Path, counts: Counts
) -> None:
    small.issue(folder, "2026-12")
    template = folder / "outbox" / "2026-12" / f"{REPAIRS}.xlsx"
    back = small.fill(folder, template, {("1.3", "progress"): "Seen"})
    (folder / "inbox" / "again.xlsx").write_bytes(back)
    counts.watch(bases, "_base_row")
    counts.watch(KnownPlan, "_locked_text")
    assert small.do(folder, "merge", str(folder / "inbox" / "again.xlsx")) in (0, 1)
    assert counts["_base_row"] == 0  # what either showed is known from when it went out,
    assert counts["_locked_text"] == 0  # and so is its key


def test_what_went_out_in_a_template_is_kept_while_its_rows_are_at_hand(
    folder: Path, counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert small.do(folder, "merge") == 1
    monkeypatch.setattr(memory, "_STANDING", 2)  # rows, of which each lead has so many
    counts.watch(KnownPlan, "_locked_text")
    counts.watch(Memory, "_read")
    with small.opened(folder) as plan:
        rows = len(plan.desk.state.master())
        sent = plan.issue("2026-12")
        asked = sum(len(template.actions) for template in sent)
    # Each when it is told who is sent what, and with its template: never again for what is kept,
    assert counts["_read"] <= 2 * rows + asked
    assert counts["_locked_text"] == 0  # and no key is signed again
    with small.opened(folder) as plan:
        desk, again = plan.desk, KnownPlan(plan.desk)
        assert desk.memory is not None
        for issued in desk.state.exchange.templates("2026-12"):
            assert desk.memory.find(AS_ISSUED, issued.id) == json.loads(
                answer_text(again.kept(issued))
            )
    assert len(sent) == 3


EVERYTHING = ("confirm = true", "status = true", "changes = true", "hints = true")


@pytest.mark.parametrize("asked", [(), EVERYTHING])
@pytest.mark.parametrize("layout", ["table", "form"])
def test_the_very_file_that_went_out_says_what_it_always_says_and_nothing_in_it_is_compared(
    tmp_path: Path, counts: Counts, layout: str, asked: tuple[str, ...]
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue_with(folder, f'layout = "{layout}"', "proposal_rows = 2", *asked)
    small.issue(folder)
    small.give_back(folder, LETTINGS, {("1.1", "progress"): "Sent", ("1.3", "rating"): "Red"})
    assert small.do(folder, "merge") == 0
    small.issue(folder, "2026-12")
    sent = [path.read_bytes() for path in (folder / "outbox" / "2026-12").glob("*.xlsx")]
    books = [*read_all([("one.xlsx", data) for data in sent])]
    for name in ("differing", "_base_row", "_what_showed_apart"):
        counts.watch(bases, name)
    counts.watch(bases.AsIssued, "alike")
    counts.watch(read_return, "remarks_of")
    with small.opened(folder) as plan:
        recognise, state = Recogniser(plan.desk), plan.desk.state
        by_bytes = [recognise.reading(b, sha256(d)) for b, d in zip(books, sent, strict=True)]
        assert counts == {}
        found = [Comparison(state, state.issued[each.issued], each).run() for each in by_bytes]
        by_rows = [recognise.reading(book, sha256(b"other bytes")) for book in books]
    assert len(sent) == 3
    assert [replace(each, sha256="") for each in by_bytes] == [
        replace(each, sha256="") for each in by_rows
    ]
    assert [len(each.rows) for each in by_bytes] == [2, 2, 2]
    assert [(each.assertions, each.problems) for each in found] == [([], ())] * 3
    assert counts["remarks_of"] == 3
    assert asked or (counts["alike"], counts["_what_showed_apart"]) == (3, 0)


@pytest.mark.parametrize(("wanted", "run"), [((), 0), (("--working",), 1)])
def test_a_board_has_the_plan_checked_only_where_it_lists_what_was_found(
    folder: Path, counts: Counts, wanted: tuple[str, ...], run: int
) -> None:
    counts.watch(boards, "check_plan")
    assert small.do(folder, "publish", *wanted) == 0
    assert counts["check_plan"] == run


def test_a_board_puts_each_row_together_once_and_what_changed_as_the_last_board_saw_it(
    folder: Path, counts: Counts
) -> None:
    assert small.do(folder, "merge") == 1
    changed = {"1.1", "1.3", "2.1"}  # since the plan came in, with which the first board compares
    with small.opened(folder) as plan:
        rows = len(plan.desk.state.master()) + len(plan.desk.state.master("recommendation"))
    counts.watch(Recalled, "master_row")
    counts.watch(boards, "published_values")
    assert small.do(folder, "publish") == 0
    assert counts["master_row"] == rows + len(changed)
    assert counts["published_values"] == len(changed)  # of all others it is known by then


def test_a_board_reads_once_what_each_row_brought_in(folder: Path, counts: Counts) -> None:
    """Though it asks for the rows as they stand and for their pasts."""
    assert small.do(folder, "merge") == 1
    changed = {"1.1", "1.3", "2.1"}  # of these more is kept
    with small.opened(folder) as plan:
        rows = len(plan.desk.state.master()) + len(plan.desk.state.master("recommendation"))
    counts.watch(CameIn, "row")
    assert small.do(folder, "publish") == 0
    assert counts["row"] == rows - len(changed)


def test_what_the_answers_in_files_changed_is_gone_through_once_and_not_for_each_file() -> None:
    class Changes(tuple[Change, ...]):
        times = 0

        def __iter__(self) -> Iterator[Change]:
            self.times += 1
            return super().__iter__()

    def change(seq: int, return_id: str) -> Change:
        place = Place("decisions.xlsx")
        return Change(seq, "", "", "a-1", "1.1", "rating", None, "Red", "", place, "", return_id)

    def back(number: int, file: str) -> Returned:
        return Returned(f"r-{number}", f"{number}", file, "", "", "", "", "merged")

    writes = {
        ("a-1", "rating"): [(Id("w-1"), 4)],
        ("a-2", "rating"): [(Id("w-1"), 5), (Id("w"), 6)],
    }
    plain = Decided("w-9", "q-9", "edit", "a-1", "due", "", True, None, "", frozenset(), Place("b"))
    moved = [
        replace(plain, id="w-1", kind=kind, uid=uid, field="rating", place=Place("moved.xlsx"))
        for uid, kind in product(("a-1", "a-2"), OF_FILE)
    ]
    changes = Changes(
        [change(4, "r-1"), change(4, ""), change(5, "r-2"), change(6, ""), change(7, "r-1")]
    )

    def live(key: tuple[str, str]) -> list[SimpleNamespace]:
        return [SimpleNamespace(id=ident, seq=seq) for ident, seq in writes[key]]

    state = cast("Any", SimpleNamespace(live=live))
    answered = Answered(state, [plain, *moved], changes)
    files = [back(1, "moved.xlsx"), back(2, "two.xlsx"), back(3, "moved.xlsx"), back(4, "b")]
    # Of its own, and at the positions of what was answered of its rows; each change once.
    assert [answered.changed_by(each) for each in files] == [4, 1, 3, 0]
    assert changes.times == 2
