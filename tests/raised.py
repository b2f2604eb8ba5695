"""Which message codes the house raised while the tests ran; a nightly run that left one out fails.

A code is raised where a module of the house makes a `Problem` or an `Invalid` with it, in this
process or in a child that reads a file. What a test makes by itself does not count, and neither
does what was read back from a ledger.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from xlplan import errors
from xlplan.errors import Problem
from xlplan.ledger import codec
from xlplan.plan.values import Invalid

HOUSE = Path(errors.__file__).parent
NOT_RAISED: Mapping[str, str] = {}
"""Codes that no test can raise, each with the reason; none at present."""
_PASSING_ON = (str(HOUSE / "codes"), str(errors.__file__))
"""Whoever calls these raises the code."""
_READ_BACK = str(codec.__file__)
_KEY = "raised_codes"
_PICKING = (
    *("keyword", "markexpr", "deselect", "ignore", "ignore_glob"),
    *("lf", "stepwise", "collectonly", "maxfail"),
)
"""Options of pytest that leave tests out."""


class Raised:
    """The codes raised since `watch`, in this process."""

    def __init__(self, house: Path = HOUSE) -> None:
        self.codes: set[str] = set()
        self._house = f"{house}/"

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Note every `Problem` and `Invalid` that is made from now on."""
        for kind in (Problem, Invalid):
            patch.setattr(kind, "__init__", self._noting(kind.__init__))
        # One that a child of ours made arrives in a pickle, without a call of __init__.
        patch.setattr(Problem, "__setstate__", self._noting(getattr(Problem, "__setstate__")))  # noqa: B009

    def _noting(self, make: Callable[..., None]) -> Callable[..., None]:
        def made(self_: Problem | Invalid, *args: Any, **kwargs: Any) -> None:
            make(self_, *args, **kwargs)
            if self_.code not in self.codes and self._by_the_house(sys._getframe(1)):
                self.codes.add(self_.code)

        return made

    def _by_the_house(self, frame: FrameType | None) -> bool:
        while frame and frame.f_code.co_filename.startswith(_PASSING_ON):
            frame = frame.f_back
        if frame is None or not frame.f_code.co_filename.startswith(self._house):
            return False
        while frame and frame.f_code.co_filename.startswith(self._house):
            if frame.f_code.co_filename == _READ_BACK:
                return False
            frame = frame.f_back
        return True


class RaisedInRun:
    """A plugin of pytest: gathers what each worker raised, and names what a whole green run left
    out of `every`; where it is `strict`, such a run fails."""

    def __init__(
        self,
        raised: Raised,
        every: Collection[str],
        not_raised: Collection[str] = NOT_RAISED,
        *,
        strict: bool = True,
    ) -> None:
        self.raised = raised
        self._strict = strict
        self._every = frozenset(every)
        self._not_raised = frozenset(not_raised)
        self._wrong: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended: add what it raised."""
        self.raised.codes.update(getattr(node, "workeroutput", {}).get(_KEY, ()))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_KEY] = sorted(self.raised.codes)
        elif is_whole(session.config) and session.exitstatus == pytest.ExitCode.OK:
            self._wrong = [*self.wrong()]
            if self._wrong and self._strict:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def wrong(self) -> list[str]:
        """What a whole run should have raised and did not, and the reverse."""
        missing = self._every - self._not_raised - self.raised.codes
        found = [f"no test raises {code}" for code in sorted(missing)]
        late = self._not_raised & (self.raised.codes | (self._not_raised - self._every))
        return found + [f"{code} is raised or is no code: take it off the list" for code in late]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._wrong:
            terminalreporter.section("message codes", sep="=", red=True)
            for line in self._wrong:
                terminalreporter.line(line)


def is_whole(config: pytest.Config) -> bool:
    """Whether every test is run: none is picked or left out by the words of the command."""
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return False
    return not any(config.getoption(name, None) for name in _PICKING)
