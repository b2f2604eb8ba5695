"""Killed, out of disk, refused a file, or without power, at every operation of every command that
writes: the state is before or after, and the next command completes.

Each command is run with a fault at its n-th operation and then once more without: what is left must
be as if the fault had never come. A run of the tests plays a few points of each command, drawn by a
seed (``FAULTS_SEED``); a nightly one plays them all.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import get_args

import pytest

from tests import small
from tests.faults import CHANGING, Ended, How, Server
from tests.interrupted import (
    EVERY,
    SAID,
    SCENES,
    SEED,
    Whole,
    again,
    check_end,
    check_state,
    play,
)
from tests.power import Disk

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="needs fork and /proc"),
    pytest.mark.xdist_group("faults"),  # so that the plans are made once
    pytest.mark.damages_ledger,  # for a moment; each is verified here
]
FAULTS, IMAGES = 2, 1
"""How many points of each command are played otherwise."""


def points(operations: Sequence[str]) -> list[tuple[How, int]]:
    """Every fault at every operation at which it makes a difference."""
    found: list[tuple[How, int]] = []
    for how in get_args(How):
        for at, name in enumerate(operations, 1):
            if how in ("io", "denied") or name in CHANGING:
                found.append((how, at))
    return found


def drawn(name: str, operations: Sequence[str]) -> list[tuple[How, int]]:
    every = points(operations)
    return every if EVERY else Random(f"{SEED} {name}").sample(every, FAULTS)


@pytest.mark.parametrize("name", SCENES)
def test_state_is_before_or_after_and_the_next_command_completes(
    name: str, server: Server, wholes: Callable[[str], Whole], tmp_path: Path
) -> None:
    whole = wholes(name)
    for how, at in drawn(name, whole.ended.operations):
        what = f"{how} at {at}, {whole.ended.operations[at - 1]}"
        run = partial(server.run, at=at, how=how)
        play(server, whole, tmp_path / f"{how} {at}", how, what, run)


@pytest.mark.parametrize("name", SCENES)
def test_a_loss_of_power_leaves_before_or_after_whatever_reached_the_disk(
    name: str, server: Server, wholes: Callable[[str], Whole], tmp_path: Path
) -> None:
    whole = wholes(name)
    disk, draw = Disk(whole.root, whole.ended.recorded, whole.spool), Random(f"{SEED} {name}")
    images = [(at, lost) for at in range(len(disk) + 1) for lost in disk.lost_at(at, draw)]
    some = images if EVERY else draw.sample(images, min(IMAGES, len(images)))
    for number, (at, lost) in enumerate(some):
        root = tmp_path / f"{number}"
        disk.image(at, lost, root, torn=draw.randbytes(4096) if draw.random() < 0.5 else None)
        done = [" ".join(one[:3]) for one in whole.ended.recorded[:at]]
        what = f"power lost after {done}, of which {[done[n] for n in sorted(lost)]} did not stay"
        is_after = check_state(root, whole, Ended(-9, "", "", ()), what)
        again(server, root, whole, is_after, what)
        shutil.rmtree(root)


FAILURES: Mapping[tuple[str, str], Mapping[How, str]] = {
    ("issue", "outbox"): {"full": "OUT-002", "denied": "OUT-002"},
    ("draft", "post"): {"read-only": "OUT-002"},
    ("publish", "board"): {"full": "OUT-002", "read-only": "OUT-002"},
    ("saved master", "master.xlsx"): {"denied": "OUT-002"},
    ("merge", "decisions.xlsx"): {"io": "OUT-002"},
    ("merge", "returns"): {"full": "OUT-004", "io": "OUT-004"},
    ("set-up", "plan.toml"): {"read-only": "OUT-004"},
    ("undo", "ledger.db"): {"full": "LED-006", "io": "LED-009", "denied": "LED-005"},
    ("rekey", "secret.key"): {"denied": "OUT-002"},
    ("rekey", "secret.key.next"): {"full": "OUT-004"},
    ("new", "office"): {"full": "NEW-013"},
    ("backup", "made.zip"): {"full": "BAK-007"},
    ("restore", "office"): {"read-only": "BAK-007"},
}
"""By command and place: what cannot be changed there, and with which code that is said."""


@pytest.mark.parametrize(
    ("name", "place", "how", "code"),
    [(*key, how, code) for key, each in FAILURES.items() for how, code in each.items()],
)
def test_each_failure_has_a_message_of_its_own_and_nothing_is_lost(
    name: str,
    place: str,
    how: How,
    code: str,
    server: Server,
    wholes: Callable[[str], Whole],
    tmp_path: Path,
) -> None:
    whole, root = wholes(name), tmp_path / "office"
    shutil.copytree(whole.root, root)
    ended = server.run(root, whole.scene.words(root), how=how, only=place)
    what = f"{how} in {place}: {ended.status} {ended.err}"
    check_end(ended, how, what)
    assert f"[{code}]" in ended.err, what
    assert any(words in ended.err for words in SAID[how]), what
    assert ended.status == (1 if code == "OUT-002" else 2), what
    is_after = check_state(root, whole, ended, what)
    assert is_after == (code == "OUT-002"), what
    again(server, root, whole, is_after, what)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("issue", f"outbox/2026-12/{small.LETTINGS}.xlsx"),
        ("publish", f"board/{small.CYCLE}.xlsx"),
        ("draft", f"outbox/{small.CYCLE}/post/post.xlsx"),
    ],
)
def test_what_somebody_has_open_in_excel_is_left_and_written_next_time(
    name: str, file: str, server: Server, wholes: Callable[[str], Whole], tmp_path: Path
) -> None:
    whole, root = wholes(name), tmp_path / "office"
    shutil.copytree(whole.root, root)
    path = root / "plan" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(f"~${path.name}")
    lock.write_bytes(b"\x0bAsha Okonjo" + b" " * 43)
    ended = server.run(root, whole.scene.words(root))
    assert ended.status == 1
    assert "Asha Okonjo has it open" in ended.err
    assert "[OUT-002]" in ended.err
    assert not path.exists()
    lock.unlink()
    again(server, root, whole, check_state(root, whole, ended, ended.err), ended.err)


def test_every_command_that_writes_is_played() -> None:
    """By what the command line offers, less what only looks."""
    from xlplan.cli.record_commands import commands

    looking = {"check", "status", "show", "log", "verify", "explain", "demo"}
    played = {word for scene in SCENES.values() for word in scene.args}
    assert commands.commands.keys() - looking <= played
