"""Killed, told that the disk is full or has failed, or without power, at every system call that
changes a file, of every command that writes: before or after, and the next command completes.

As `test_faults.py`, one layer below: inside SQLite and the C library too, as `strace` counts their
calls. A run of the tests plays a few points of each command, drawn by a seed (``FAULTS_SEED``); a
nightly one plays them all.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.conftest import IN_CI
from tests.faults import Ended, Server
from tests.interrupted import EVERY, SCENES, SEED, Whole, again, check_state, play
from tests.power import Disk
from tests.system_calls import (
    Call,
    How,
    calls_of,
    points,
    recorded,
    refusal,
    run_with,
    said_by_sqlite,
)

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="needs strace"),
    pytest.mark.xdist_group("faults"),  # so that the plans are made once
    pytest.mark.damages_ledger,  # for a moment; each is verified here
]
POINTS, IMAGES = 2, 1
"""How many points of each command are played, where not all are."""


@pytest.fixture(scope="module", autouse=True)
def _traced(server: Server, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skip, or fail in CI, where no command can be traced."""
    if why := refusal(server, tmp_path_factory.mktemp("version")):
        if IN_CI:
            pytest.fail(why)
        pytest.skip(why)


def drawn(name: str, calls: Sequence[Call]) -> list[tuple[How, int]]:
    every = points(calls)
    return every if EVERY else Random(f"{SEED} {name} calls").sample(every, POINTS)


@pytest.mark.parametrize("name", SCENES)
def test_state_is_before_or_after_whatever_call_fails_and_the_next_command_completes(
    name: str, server: Server, wholes: Callable[[str], Whole], tmp_path: Path
) -> None:
    whole = wholes(name)
    home = tmp_path / "home"
    shutil.copytree(whole.root, home)
    calls = calls_of(server, home, whole.scene.words(home), tmp_path / "home.strace")
    for number, (how, at) in enumerate(drawn(name, calls)):
        fault = partial(run_with, server, calls=calls, at=at, how=how, home=home)
        run = partial(fault, log=tmp_path / f"{number}.strace")
        what = f"{how} at call {at}, {calls[at].line}"
        said = said_by_sqlite(calls[at])
        play(server, whole, tmp_path / f"{number}", how, what, run, said)


@pytest.mark.parametrize("name", SCENES)
def test_a_loss_of_power_leaves_before_or_after_whatever_part_of_a_file_reached_the_disk(
    name: str, server: Server, wholes: Callable[[str], Whole], tmp_path: Path
) -> None:
    whole, home, spool = wholes(name), tmp_path / "home", tmp_path / "spool"
    shutil.copytree(whole.root, home)
    spool.mkdir()
    record = recorded(server, home, whole.scene.words(home), tmp_path / "home.strace", spool)
    disk, draw = Disk(whole.root, record, spool), Random(f"{SEED} {name} power")
    disk.image(len(disk), frozenset(), tmp_path / "end", draw="all")
    assert bytes_in(tmp_path / "end") == bytes_in(home)  # so the record is whole
    images = [(at, lost) for at in range(len(disk) + 1) for lost in disk.lost_at(at, draw)]
    for number, (at, lost) in enumerate(images if EVERY else draw.sample(images, IMAGES)):
        root = tmp_path / f"{number}"
        disk.image(at, lost, root, draw=draw)
        done = [" ".join(one[:3]) for one in record[:at]]
        what = f"power lost after {done}, of which {[done[n] for n in sorted(lost)]} did not stay"
        is_after = check_state(root, whole, Ended(-9, "", "", ()), what)
        again(server, root, whole, is_after, what)
        shutil.rmtree(root)


def bytes_in(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in root.rglob("*")
    }
