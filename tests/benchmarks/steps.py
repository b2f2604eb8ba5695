"""What commands do as a plan grows old, counted: ``python -m tests.benchmarks.steps``.

The time of a command swings with the machine; how many instructions of Python it runs does not.
Each command of a plan of 480 actions and 60 leads, all of whom were asked and have answered every
month, is run under a trace that counts them, at one age and at another: what grows with the history
shows in the ratio. Work in C (deflating, the database) counts for one instruction: the times of
`history months` stand beside it. It takes some minutes for each age.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.grown import answer_all, commands_at, grow, of_age
from tests.benchmarks.history import XLPLAN, spend

_COUNTED = """
import sys
from xlplan.cli import main
done = 0
def within(frame, event, argument):
    global done
    done += event == "opcode"
    return within
def begun(frame, event, argument):
    frame.f_trace_opcodes, frame.f_trace_lines = True, False
    return within
out = sys.argv.pop(1)
sys.settrace(begun)
try:
    main()
finally:
    sys.settrace(None)
    open(out, "w").write(str(done))
"""


def count(command: Sequence[str], folder: Path, out: Path) -> int:
    """How many instructions a command runs in a folder."""
    ended = subprocess.run(
        [sys.executable, "-c", _COUNTED, str(out), *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    assert ended.returncode in (0, 1), command
    return int(out.read_text("ascii"))


def steps_at(age: int, root: Path) -> dict[str, int]:
    """The instructions of each command at an age in months, one after the other on one plan."""
    folder = grow(root / f"{age}", of_age(age))
    spend([*XLPLAN, "status"], folder)
    found = {}
    for name, command in commands_at(age).items():
        if name == "merge":
            answer_all(folder, age)
        found[name] = count(command, folder, root / "count")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Instructions of each command at two ages.")
    parser.add_argument("--months", type=int, nargs=2, default=(1, 36))
    young, old = parser.parse_args().months
    with TemporaryDirectory() as root:
        first, last = (steps_at(age, Path(root)) for age in (young, old))
    print(f"millions of instructions of each command at months {young} and {old}")
    for name, steps in first.items():
        times = last[name] / steps
        print(f"  {name:<18} {steps / 1e6:8.2f} {last[name] / 1e6:8.2f}, {times:5.2f} times")


if __name__ == "__main__":
    main()
