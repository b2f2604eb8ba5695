"""Reading many files at once: one that kills, hangs or fails its reader costs no other."""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import attacks
from xlplan.workbook.read import pool, worker
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.gate import Bounds
from xlplan.workbook.read.pool import read_all, read_one, read_one_in_detail
from xlplan.workbook.read.worker import Work

posix = pytest.mark.skipif(sys.platform == "win32", reason="signal 0 asks nothing there")
BAD = b"this file kills its reader"


def die_on_bad(data: bytes, name: str, bounds: Bounds) -> Book:
    if data == BAD:
        faulthandler.disable()  # its report would be noise
        os.abort()
    return read_one(data, name, bounds)


def hang_on_bad(data: bytes, name: str, bounds: Bounds) -> Book:
    if data == BAD:
        threading.Event().wait()
    return read_one(data, name, bounds)


def spin_on_bad(data: bytes, name: str, bounds: Bounds) -> Book:
    while data == BAD:
        pass
    return read_one(data, name, bounds)


def spin_where_the_system_has_no_timer(data: bytes, name: str, bounds: Bounds) -> Book:
    if data == BAD:
        clock = worker.Clock()
        clock.start_thread()
        clock.spent_at = time.process_time() + 0.2
    return spin_on_bad(data, name, bounds)


def wait_while_another_computes(_data: bytes, name: str, _bounds: Bounds) -> Book:
    """What a machine under load does to a reader: most of the time it has not got the processor."""
    begun = time.monotonic()
    while time.monotonic() - begun < 1.5:
        threading.Event().wait(0.1)
    return Book(name, "")


def compute(_data: bytes, name: str, _bounds: Bounds) -> Book:
    begun = time.process_time()
    while time.process_time() - begun < 1.2:
        pass
    return Book(name, "")


def eat_on_bad(data: bytes, name: str, bounds: Bounds) -> Book:
    if data == BAD:
        bytearray(1 << 40)
    return read_one(data, name, bounds)


def raise_on_bad(data: bytes, name: str, bounds: Bounds) -> Book:
    if data == BAD:
        raise RuntimeError(name)
    return read_one(data, name, bounds)


def who_reads(_data: bytes, name: str, _bounds: Bounds) -> Book:
    return Book(name, str(os.getpid()))


@pytest.fixture
def inbox(tmp_path: Path) -> list[tuple[str, Path]]:
    """Twelve good files with a bad one in the middle."""
    files = []
    for number in range(12):
        path = tmp_path / f"{number:02}.xlsx"
        path.write_bytes(BAD if number == 5 else attacks.workbook())
        files.append((f"inbox/{path.name}", path))
    return files


def codes(books: list[Book]) -> list[str]:
    """The code of each book's first error, or "" where there is none."""
    errors = [[p.code for p in book.problems if p.level == "error"] for book in books]
    return [found[0] if found else "" for found in errors]


ONE_BAD = [""] * 5 + ["{}"] + [""] * 6


def one_bad(code: str) -> list[str]:
    return [each.format(code) for each in ONE_BAD]


def test_books_come_in_the_order_of_the_files(inbox: list[tuple[str, Path]]) -> None:
    books = list(read_all(inbox))
    assert [book.name for book in books] == [name for name, _ in inbox]
    assert [book.kind for book in books] == ["xlsx"] * 5 + ["csv"] + ["xlsx"] * 6


def test_a_plan_is_read_in_detail_where_that_is_asked_for(tmp_path: Path) -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>'
    path = tmp_path / "plan.xlsx"
    path.write_bytes(attacks.workbook(after=merged))
    (plain,) = read_all([("plan.xlsx", path)])
    (detailed,) = read_all([("plan.xlsx", path)], work=read_one_in_detail)
    assert [tuple(book.sheets[0].merged) for book in (plain, detailed)] == [(), ((0, 0, 1, 1),)]


def echo(data: bytes, name: str, _bounds: Bounds) -> Book:
    return Book(name, "", properties={"data": data.decode()})


def test_large_files_that_give_large_books_do_not_block_each_other() -> None:
    """More than any pipe holds, both ways at once."""
    files = [(str(number), str(number).encode() * (1 << 21)) for number in range(10)]
    books = list(read_all(files, work=echo))
    assert [(book.name, book.properties["data"][:1]) for book in books] == [
        (name, name) for name, _ in files
    ]
    assert {len(book.properties["data"]) for book in books} == {1 << 21}


def test_nothing_to_read_gives_nothing() -> None:
    assert list(read_all([])) == []


@pytest.mark.parametrize("work", [die_on_bad, eat_on_bad, raise_on_bad])
def test_a_reader_that_dies_takes_only_its_own_file(
    inbox: list[tuple[str, Path]], work: object
) -> None:
    books = list(read_all(inbox, work=work))  # type: ignore[arg-type]  # one of the three above
    assert codes(books) == one_bad("GATE-025")
    assert books[5].problems[0].where == "inbox/05.xlsx"
    assert books[5].sheets == ()


def test_readers_that_die_one_after_the_other_take_only_their_own_files(
    inbox: list[tuple[str, Path]],
) -> None:
    for number in (0, 1, 4, 6, 11):
        inbox[number][1].write_bytes(BAD)
    books = list(read_all(inbox, work=die_on_bad))
    assert [number for number, code in enumerate(codes(books)) if code] == [0, 1, 4, 5, 6, 11]
    assert set(codes(books)) == {"", "GATE-025"}


@pytest.mark.parametrize("bad", [{0, 2, 3}, {1, 8, 9, 20}, {5, 6, 7, 21, 22}])
def test_books_keep_their_order_whatever_dies_and_however_files_are_given(
    bad: set[int], tmp_path: Path
) -> None:
    """Long names fill a pipe before a child has all it may have; bytes are given one by one."""
    files: list[tuple[str, Path | bytes]] = []
    for number in range(24):
        data = BAD if number in bad else b"ref\n1\n"
        path = tmp_path / f"{number}.csv"
        path.write_bytes(data)
        files.append((f"{number} {'x' * (number % 3 * 700)}", path if number % 5 else data))
    books = list(read_all(files, work=die_on_bad))
    assert [book.name for book in books] == [name for name, _ in files]
    assert {number for number, code in enumerate(codes(books)) if code} == bad


@pytest.mark.parametrize("work", [spin_on_bad, spin_where_the_system_has_no_timer])
def test_a_reader_that_computes_without_end_is_ended_and_the_rest_are_read(
    inbox: list[tuple[str, Path]], work: Work
) -> None:
    books = list(read_all(inbox, work=work, seconds=2))
    assert codes(books) == one_bad("GATE-026")
    assert "more than 2 seconds of the processor's time" in books[5].problems[0].message


def test_a_reader_that_waits_without_end_is_ended_and_the_rest_are_read(
    inbox: list[tuple[str, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_PATIENCE", 1)
    books = list(read_all(inbox, work=hang_on_bad, seconds=3))
    assert codes(books) == one_bad("GATE-026")
    assert "not done after 3 seconds" in books[5].problems[0].message


def test_a_reader_that_is_kept_from_the_processor_has_its_time_all_the_same() -> None:
    [book] = read_all([("a", b"x")], work=wait_while_another_computes, seconds=0.5)
    assert book.problems == ()


def test_a_large_file_may_take_longer_than_a_small_one() -> None:
    files = [("large", bytes(8 << 20)), ("small", b"x")]
    assert codes(list(read_all(files, work=compute, seconds=0.6))) == ["", "GATE-026"]


def test_what_takes_too_long_beside_the_values_costs_no_values(
    inbox: list[tuple[str, Path]],
) -> None:
    books = list(read_all(inbox, work=spin_on_bad, lighter=read_one, seconds=2))
    assert codes(books) == [""] * 12
    said = [(p.code, p.level) for book in books for p in book.problems if p.level != "note"]
    assert said == [("GATE-032", "warning")]
    assert books[5].sheets[0].rows == [[BAD.decode()]]


def test_values_that_take_too_long_themselves_refuse_the_file() -> None:
    [book] = read_all([("a", BAD)], work=spin_on_bad, lighter=spin_on_bad, seconds=0.5)
    assert [problem.code for problem in book.problems] == ["GATE-026"]


@posix
def test_files_are_read_in_other_processes_that_do_not_outlive_the_reading(
    inbox: list[tuple[str, Path]],
) -> None:
    pids = {int(book.kind) for book in read_all(inbox, work=who_reads)}
    assert os.getpid() not in pids
    assert 1 <= len(pids) <= 2
    assert not any(alive(pid) for pid in pids)


@posix
def test_whoever_stops_listening_leaves_no_process_behind(
    inbox: list[tuple[str, Path]],
) -> None:
    books: Iterator[Book] = read_all(inbox, work=who_reads)
    pid = int(next(books).kind)
    assert alive(pid)
    books.close()  # type: ignore[attr-defined]  # a generator
    assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_nothing_in_the_folder_it_is_run_in_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("os", "pickle", "struct", "xlplan"):
        (tmp_path / f"{name}.py").write_text("open('was run', 'w').close()\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [folder for folder in sys.path if folder])
    [book] = read_all([("a.xlsx", attacks.workbook())])
    assert book.sheets
    assert not (tmp_path / "was run").exists()


def test_files_that_cannot_be_opened_are_results_too(tmp_path: Path) -> None:
    good = tmp_path / "good.xlsx"
    good.write_bytes(attacks.workbook())
    files = [("gone", tmp_path / "gone.xlsx"), ("good", good), ("folder", tmp_path)]
    books = list(read_all(files))
    assert codes(books) == ["GATE-031", "", "GATE-029"]
    assert [book.problems[0].where for book in books if book.problems] == ["gone", "folder"]


@pytest.fixture(params=["threads", "processes"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    made: Executor = ThreadPoolExecutor(2) if request.param == "threads" else ProcessPoolExecutor(2)
    with made:
        yield made


def test_any_executor_reads_the_same(inbox: list[tuple[str, Path]], executor: Executor) -> None:
    assert list(read_all(inbox, executor=executor)) == list(read_all(inbox))


def test_when_an_executor_breaks_only_the_file_at_fault_is_lost(
    inbox: list[tuple[str, Path]],
) -> None:
    with ProcessPoolExecutor(2) as executor:
        books = list(read_all(inbox, executor=executor, work=die_on_bad))
    assert codes(books) == one_bad("GATE-025")


def test_an_executor_that_takes_nothing_is_done_without(
    inbox: list[tuple[str, Path]],
) -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    assert codes(list(read_all(inbox, executor=executor))) == [""] * 12


def test_every_file_of_a_wild_inbox_ends_as_a_book(shared: Path) -> None:
    folder = shared / "corpus"
    if not folder.is_dir():
        pytest.skip("no corpus in the shared folder")
    files = [(path.name, path) for path in sorted(folder.iterdir()) if path.is_file()]
    books = list(read_all(files))
    assert [book.name for book in books] == [name for name, _ in files]
    for book in books:
        assert book.sheets or any(problem.level == "error" for problem in book.problems), book.name
    read = sum(bool(book.sheets) for book in books)
    assert read > len(books) * 4 // 5
