"""The file of kept answers: believed only where nothing about it is in doubt."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from xlplan.ledger.projection import (
    Key,
    Mark,
    Projection,
    Unknown,
    answer_text,
    keep,
    lies_as,
    program,
    remove,
)
from xlplan.ledger.sqlite import read_text
from xlplan.plan.shown import ShownNumber

MARK = Mark(7, "abc", 4096, 1_700_000_000_000_000_001, "p")
ANSWERS: dict[Key, str] = {("row", "1.1"): '["a"]', ("row", "1.2"): '["é\\ud800"]', ("s", ""): "{}"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "plan #1?" / "projection.db"
    made.parent.mkdir()
    keep(made, MARK, ANSWERS.items(), (), None)
    return made


def read(path: Path) -> tuple[Mark, dict[Key, str]]:
    with Projection(path) as found:
        return found.mark(), {key: found.find(*key) for key in found.kept()}


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)


def look(path: Path) -> str:
    with Projection(path) as found:
        assert found.mark() == MARK
        return found.find("row", "1.1")


def test_what_was_kept_is_read_back(path: Path) -> None:
    assert read(path) == (MARK, ANSWERS)


def test_an_answer_is_read_at_once_with_what_it_was_made_of(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    rows = Projection._rows

    def noted(found: Projection, query: str, *values: str) -> list[tuple[object, ...]]:
        asked.append(query)
        return rows(found, query, *values)

    monkeypatch.setattr(Projection, "_rows", noted)
    with Projection(path) as found:
        assert found.find("row", "1.1", MARK) == ANSWERS["row", "1.1"]
        assert len(asked) == 1
        for other in (MARK._replace(tip="abd"), MARK._replace(seq=8), MARK._replace(program="q")):
            with pytest.raises(Unknown):
                found.find("row", "1.1", other)
        newer = MARK._replace(seq=8, tip="abe")
        keep(path, newer, [(("row", "1.1"), '["b"]')], (), MARK)
        with pytest.raises(Unknown):  # another command has kept its own meanwhile
            found.find("row", "1.2", MARK)
        assert found.find("row", "1.1", newer) == '["b"]'
    change(path, f"UPDATE mark SET body = '{json.dumps(MARK._replace(format=-1))}'")
    with Projection(path) as found, pytest.raises(Unknown):
        found.find("row", "1.1", MARK)


def test_the_file_is_little_larger_than_what_is_kept_of_a_thousand_rows(path: Path) -> None:
    rows = {("row", str(n)): f"{n} " + "x" * 1_500 for n in range(1_000)}
    remove(path)
    keep(path, MARK, rows.items(), (), None)
    assert path.stat().st_size < 1.5 * sum(map(len, rows.values()))


def test_a_long_answer_is_not_read_to_find_those_beside_it(path: Path) -> None:
    beside = {("log", str(n)): "[]" for n in range(10)}
    keep(path, MARK, {("outline", ""): "x" * 500_000, **beside}.items(), (), None)
    data, page = path.read_bytes(), 16_384
    pages = [data[at : at + page] for at in range(0, len(data), page)]
    long = [each[4:] == b"x" * (page - 4) for each in pages]  # behind the number of the next one
    assert sum(long) > 20
    path.write_bytes(b"".join(bytes(page) if x else p for p, x in zip(pages, long, strict=True)))
    with Projection(path) as found:
        assert found.topic("log") == dict.fromkeys(map(str, range(10)), "[]")
        assert [found.find(*key) for key in beside] == ["[]"] * 10


def test_a_file_in_which_answers_lay_in_another_form_is_begun_anew(path: Path) -> None:
    (made,) = _schema(path)
    change(path, "DROP TABLE answer")
    change(path, f"{made} WITHOUT ROWID")
    keep(path, MARK, ANSWERS.items(), (), None)
    assert _schema(path) == [made]
    assert read(path) == (MARK, ANSWERS)


def _schema(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        found = db.execute("SELECT sql FROM sqlite_schema WHERE tbl_name = 'answer' AND sql <> ''")
        return [sql for (sql,) in found]


def test_some_answers_are_replaced_and_some_go(path: Path) -> None:
    later = MARK._replace(seq=9)
    keep(path, later, [(("row", "1.1"), '["b"]')], [("row", "1.1"), ("row", "1.2")], MARK)
    assert read(path) == (later, {("row", "1.1"): '["b"]', ("s", ""): "{}"})
    keep(path, MARK, [(("s", ""), "[]")], (), None)
    assert read(path) == (MARK, {("s", ""): "[]"})


def test_answers_that_another_command_has_kept_meanwhile_stay(path: Path) -> None:
    other = MARK._replace(seq=8)
    keep(path, MARK._replace(seq=9), [(("s", ""), "[]")], [("row", "1.1")], other)
    assert read(path) == (MARK, ANSWERS)


def test_a_topic_is_read_at_once_but_for_what_was_changed(path: Path) -> None:
    change(path, "UPDATE answer SET body = 'x' WHERE name = '1.2'")
    with Projection(path) as found:
        assert found.topic("row") == {"1.1": '["a"]'}
        assert found.topic("none") == {}


@pytest.mark.parametrize(
    "answer",
    [
        {"b": [1, 0.1, 1e-7, 1e22, -0.0, True, None], "a": ('é\u2028\x7f\x1f"\\/', 2**70)},
        {"half of a pair": "\ud800", "number": ShownNumber(0.5, "0%")},
    ],
)
def test_an_answer_reads_back_as_what_it_was(answer: dict[str, object]) -> None:
    found = json.loads(answer_text(answer))
    assert found == json.loads(json.dumps(answer))
    assert list(found) == list(answer)


def test_what_was_never_kept_is_unknown(path: Path) -> None:
    with Projection(path) as found, pytest.raises(Unknown):
        found.find("row", "9.9")
    with pytest.raises(Unknown):
        Projection(path.with_name("other.db"))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM mark",
        "UPDATE mark SET body = '[1]'",
        "UPDATE mark SET body = 'abc'",
        'UPDATE mark SET body = \'[7, "abc", 4096, 1, "p", 0]\'',
        "DROP TABLE mark",
        "DROP TABLE answer",
        "DELETE FROM answer",
        "UPDATE answer SET body = body || ' '",
        "UPDATE answer SET body = 7",
        "UPDATE answer SET name = name || '0'",
        "UPDATE answer SET topic = 'log' WHERE topic = 'row'",
    ],
)
def test_what_was_changed_by_other_hands_is_not_believed(path: Path, statement: str) -> None:
    change(path, statement)
    with pytest.raises(Unknown):
        look(path)


def test_a_damaged_file_gives_what_was_kept_or_nothing(path: Path) -> None:
    whole = path.read_bytes()
    draw = random.Random(16)
    for _ in range(300):
        damaged = bytearray(whole)
        if draw.random() < 0.3:
            damaged = damaged[: draw.randrange(len(whole))]
        for _ in range(draw.randrange(1, 4)):
            if damaged:
                damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        try:
            with Projection(path) as found:
                mark = found.mark()
                text = found.find("row", "1.1")
        except Unknown:
            continue
        assert text == ANSWERS["row", "1.1"]
        assert mark.format == MARK.format


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 99])
def test_what_is_no_database_is_removed_and_made_anew(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for _ in range(2):
        keep(path, MARK, ANSWERS.items(), (), None)
    assert read(path) == (MARK, ANSWERS)


def test_where_nothing_may_be_written_nothing_is_kept(path: Path) -> None:
    missing = path.parent / "gone" / "projection.db"
    keep(missing, MARK, ANSWERS.items(), (), None)
    assert not missing.exists()
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        keep(path, MARK._replace(seq=8), (), (), None)
    assert read(path) == (MARK, ANSWERS)


def test_all_is_kept_or_nothing(path: Path) -> None:
    def failing() -> object:
        yield ("row", "1.1"), '["b"]'
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(path, MARK._replace(seq=8), failing(), (), None)  # type: ignore[arg-type]
    assert read(path) == (MARK, ANSWERS)


def test_removing_takes_what_stands_beside_it_too(path: Path) -> None:
    beside = path.with_name("projection.db-journal")
    beside.write_bytes(b"")
    remove(path)
    remove(path)
    assert not path.exists()
    assert not beside.exists()


def test_a_ledger_lies_as_it_was_written(path: Path) -> None:
    assert lies_as(path) == (path.stat().st_size, path.stat().st_mtime_ns)
    with pytest.raises(Unknown):
        lies_as(path.with_name("none"))


def test_the_program_is_told_by_its_modules() -> None:
    assert len(program()) == 64
    assert program() == program.__wrapped__()


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, -0.0, 2.5e-7, null, "\\u00e9\\ud83d\\ude00"], "b": {"1": true}}',
        str(2**70), "9007199254740993.0", '"half a pair: \\ud800"',
        '"\ud800"', "1e400", "-Infinity",
    ],
)  # fmt: skip
def test_a_text_says_what_python_reads_in_it(text: str) -> None:
    found = read_text(text)
    assert (found, repr(found)) == (json.loads(text), repr(json.loads(text)))


@pytest.mark.parametrize("text", ["", "{", "[1,]", "{'a': 1}", "[1] 2"])
def test_what_is_no_json_is_said_so_as_python_says_it(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        read_text(text)
