"""Bars on a terminal for what takes long; nothing where nobody looks at one."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import small
from xlplan.cli.main import Bars, run
from xlplan.progress import counted, heard_by


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def work(terminal: io.StringIO, seconds: float) -> str:
    """What is shown of four things, each of which takes so many seconds."""
    clock = Clock()
    bars = Bars(terminal, clock)
    with heard_by(bars):
        for _ in counted("Reading files", range(4), 4):
            clock.now += seconds
            list(counted("Writing sheets", range(2), 2))
    bars.close()
    return terminal.getvalue()


def test_what_is_done_within_two_seconds_shows_no_bar() -> None:
    assert work(Terminal(), 0.4) == ""


def test_a_bar_shows_what_is_done_and_how_much_of_it_there_is() -> None:
    shown = work(Terminal(), 1.0)
    assert "Reading files" in shown
    assert "2/4" in shown
    assert "1/4" not in shown, "two seconds had not gone by"
    assert "4/4" in shown
    assert shown.endswith("\n")
    assert "Writing sheets" not in shown, "it is part of what is shown"


def test_what_breaks_off_ends_its_line_and_the_next_is_shown() -> None:
    terminal, clock = Terminal(), Clock()
    bars = Bars(terminal, clock)
    clock.now = 3.0
    bars("Reading files", 1, 4)
    bars.close()
    bars("Writing sheets", 1, 2)
    bars.close()
    first, _, second = terminal.getvalue().partition("\n")
    assert "Reading files" in first
    assert "Writing sheets" in second


def test_without_a_listener_things_come_as_they_are() -> None:
    assert list(counted("Reading files", iter("ab"), 2)) == ["a", "b"]


def test_more_than_was_foreseen_is_all_of_it() -> None:
    heard: list[tuple[str, int, int]] = []
    with heard_by(lambda *how_far: heard.append(how_far)):
        assert list(counted("Reading files", "abc", 2)) == ["a", "b", "c"]
    assert heard == [("Reading files", n, 2) for n in (0, 1, 2, 2, 2)]


@pytest.mark.parametrize("stream", [Terminal, io.StringIO])
def test_a_command_tells_a_terminal_how_far_it_is_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: Callable[[], io.StringIO]
) -> None:
    folder = small.make(tmp_path / "plan")
    shown = stream()
    monkeypatch.setattr(importlib.import_module("xlplan.cli.main"), "AFTER", 0.0)
    monkeypatch.setattr(sys, "stderr", shown)
    assert run(["-C", str(folder), "issue", "--cycle", "2026-11"]) == 0
    assert ("Writing templates" in shown.getvalue()) is shown.isatty()
