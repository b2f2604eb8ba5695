"""How much of the house one errand passes through: the modules and functions entered on the way.

python -m tests.journeys [table|form] [--names]

Four errands with the example `brag-by-recommendation`, in both layouts: one template goes out, one
return comes in, one question is answered (in `decisions.xlsx`), one board is published. All of it
runs in one process, returns are read in line, and what a module does as it loads is not counted:
what is left is what somebody has to follow who wants to know what happens.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Literal

import xlplan
from tests.conftest import ROOT
from tests.sent import Sent

EXAMPLE = ROOT / "examples" / "brag-by-recommendation"
HOUSE = ROOT / "xlplan"
Layout = Literal["table", "form"]
LAYOUTS: tuple[Layout, ...] = ("table", "form")
CYCLE, TODAY = "2026-01", date(2026, 1, 12)
SHARED = "7.5"
"""An action that two leads have."""
VALUES = ("Blue", "Amber")
SAVED = "2026-01-14T09:00:00Z"
LATE = "xlplan.late"
"""Does at first use what modules did as they loaded: it is not counted either."""


class InLine(Executor):
    """Reads each file at once, in this process and thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@dataclass
class Entered:
    """What was entered: the names of functions, by the module they stand in."""

    functions: dict[str, set[str]] = field(default_factory=dict)

    def note(self, code: CodeType) -> None:
        name = module_named(code.co_filename)
        if name == LATE:
            return
        if name and not code.co_name.startswith("<"):  # a comprehension is no step on the way
            self.functions.setdefault(name, set()).add(code.co_qualname)

    @property
    def modules(self) -> int:
        """How many modules were entered."""
        return len(self.functions)

    @property
    def count(self) -> int:
        """How many functions were entered."""
        return sum(map(len, self.functions.values()))


def module_named(file: str) -> str:
    """``xlplan.merge.compare`` for its file; blank for one that is not of the house."""
    path = Path(file)
    if not path.is_relative_to(HOUSE):
        return ""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@contextmanager
def watching() -> Iterator[Entered]:
    """What is entered meanwhile in this thread, but for what modules do as they load."""
    entered = Entered()
    seen: set[int] = set()
    loading = 0

    def enter(frame: FrameType, event: str, _: object) -> None:
        nonlocal loading
        code = frame.f_code
        if code.co_name == "<module>" and event in ("call", "return"):
            loading += 1 if event == "call" else -1
        elif event == "call" and not loading and id(code) not in seen:
            seen.add(id(code))
            entered.note(code)

    before = sys.getprofile()
    sys.setprofile(enter)
    try:
        yield entered
    finally:
        sys.setprofile(before)


def travel(folder: Path, layout: Layout) -> dict[str, Entered]:
    """Go on each errand, in a new plan in `folder`; what was entered on the way, by errand."""
    xlplan.new_plan(folder, EXAMPLE / "plan.xlsx", template=EXAMPLE.name)
    path = folder / "plan.toml"
    text = path.read_text("utf-8")
    text = text.replace("[issue]\n", f'[issue]\nlayout = "{layout}"\n', 1)
    assert tomllib.loads(text)["issue"]["layout"] == layout
    path.write_text(text, encoding="utf-8")
    entered: dict[str, Entered] = {}
    with xlplan.open_plan(folder, today=TODAY) as plan:
        row = next(row for row in plan.rows() if row.ref == SHARED)
        leads = row.values["lead"]
        assert isinstance(leads, tuple)
        with watching() as entered["template"]:
            sent = plan.issue(CYCLE, leads=leads[:1])
        sent += plan.issue(CYCLE, leads=leads[1:2])
        first, second = (
            Sent(template.path.read_bytes()).typed({(row.uid, "rating"): value}, SAVED)
            for template, value in zip(sent, VALUES, strict=True)
        )
        (plan.folder / "inbox" / "first.xlsx").write_bytes(first)
        with watching() as entered["return"]:
            plan.merge("inbox/first.xlsx", executor=InLine())
        (plan.folder / "inbox" / "second.xlsx").write_bytes(second)
        [question] = plan.merge("inbox/second.xlsx", executor=InLine()).questions
        for file in (plan.folder / "inbox").iterdir():
            file.unlink()
        decisions = plan.folder / "decisions.xlsx"
        answer = {(question.id, "decision"): question.choices[0]}
        decisions.write_bytes(Sent(decisions.read_bytes()).typed(answer, SAVED))
        with watching() as entered["decision"]:
            answered = plan.merge(executor=InLine())
        assert (answered.answered, answered.questions) == (1, ())
        with watching() as entered["board"]:
            plan.publish()
    return entered


def main(args: list[str]) -> None:
    """Print a line for each errand, each layout in a new process."""
    layout = next((name for name in LAYOUTS if name in args), None)
    if layout is None:
        for name in LAYOUTS:
            subprocess.run([sys.executable, "-m", "tests.journeys", name, *args], check=True)
        return
    with tempfile.TemporaryDirectory() as scratch:
        entered = travel(Path(scratch) / "plan", layout)
    if "--json" in args:
        print(json.dumps({name: sorted(found.functions) for name, found in entered.items()}))
        return
    for errand, found in entered.items():
        print(f"{layout}: {errand}: {found.modules} modules, {found.count} functions")
        if "--names" in args:
            for module, functions in sorted(found.functions.items()):
                print(f"    {module}: {', '.join(sorted(functions))}")


if __name__ == "__main__":
    main(sys.argv[1:])
