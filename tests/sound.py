"""Every ledger that a test made is verified at its end; see `every_ledger_is_sound` in conftest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from xlplan.cycle.plan import open_plan
from xlplan.cycle.verify import verify, verify_chain
from xlplan.errors import Problem, XlplanError
from xlplan.ledger.store import Ledger


class _Here(Executor):
    """Reads in this process: what came in has been read before, and starting a child is slow."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class Ledgers:
    """The ledgers that were opened since they were last asked about, and those known as sound."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._opened: set[Path] = set()
        self._sound: set[bytes] = set()
        connected = Ledger.__init__

        def opened(ledger: Ledger, path: Path, connection: Any) -> None:
            self._opened.add(path.absolute())
            connected(ledger, path, connection)

        patch.setattr(Ledger, "__init__", opened)

    def forget(self) -> None:
        """Ask no more about those that were opened so far."""
        self._opened.clear()

    def unsound(self, made_below: Path | None) -> Iterator[tuple[Path, Problem]]:
        """What is wrong with the ledgers opened since, and with those below a folder (made there
        by another process). One that was found to be sound is not verified again."""
        below = set(made_below.rglob("ledger.db")) if made_below else set()
        for path in sorted(self._opened | below):
            if not path.is_file() or ".building" in str(path):
                continue
            seen = _digest(path)
            if seen in self._sound:
                continue
            problems = _wrong(path)
            yield from ((path, problem) for problem in problems)
            if not problems:
                self._sound.add(seen)
        self.forget()


def _digest(path: Path) -> bytes:
    """Of the ledger and all that it is verified with."""
    whole = sha256()
    for file in (path, path.with_name("secret.key"), *sorted(path.parent.glob("returns/*"))):
        whole.update(file.name.encode() + b"\0")
        if file.is_file():
            whole.update(sha256(file.read_bytes()).digest())
    return whole.digest()


def _wrong(path: Path) -> list[Problem]:
    """The errors that `verify` finds: in a plan, or in a ledger that stands by itself."""
    try:
        if not (path.parent / "plan.toml").exists():
            with Ledger.open_(path) as ledger:
                return verify_chain(ledger)
        with closing(open_plan(path.parent, replay=False)) as plan:
            found = verify(plan.desk, executor=_Here())
    except XlplanError as error:
        return list(error.problems)
    return [problem for problem in found if problem.level != "note"]
