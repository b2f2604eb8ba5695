"""The system calls by which a command changes files, as `strace` sees them, and faults at each.

SQLite and the C library make calls that no function of Python's passes: here every one is counted
that changes a file, whoever makes it, and the tracer kills the command before it, or answers in the
kernel's place that the disk is full or has failed. It counts the calls of each name apart.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from tests.faults import Ended, Server, TracerRefusedError

How = Literal["kill", "full", "io"]
_BYTES = ("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "copy_file_range")
_FLUSHES = ("fsync", "fdatasync", "sync_file_range", "msync")
_SIZES = ("ftruncate", "truncate", "fallocate")
_MADE = ("open", "openat", "openat2", "creat", "mkdir", "mkdirat", "link", "linkat", "symlink",
         "symlinkat", "rename", "renameat", "renameat2")  # fmt: skip
_GONE = ("unlink", "unlinkat", "rmdir")
_KEPT = ("chmod", "fchmod", "fchmodat", "utimensat", "utime", "utimes", "fsetxattr", "setxattr")
CHANGING = (*_BYTES, *_FLUSHES, *_SIZES, *_MADE, *_GONE, *_KEPT)
"""Calls that change a file, or put on the disk what changed."""
_CANNOT: Mapping[How, Sequence[str]] = {
    "full": ("ftruncate", "truncate", "sync_file_range", "msync", *_GONE, *_KEPT),
    "io": ("utime", "utimes", "utimensat"),
}
"""What no kernel answers: that there is no room for what needs none, as their manuals have it."""
_GROWING = (*_BYTES, "fallocate")
"""What a full disk goes on refusing after it was first full. A folder may have room for a name, and
a call that would have failed in any case is not one of these."""
_ON_THE_FIRST = frozenset({*_BYTES, *_FLUSHES, *_SIZES} - {"copy_file_range"})
"""Of two handles or paths, these change the first; the others make or change the last."""
_ERRORS: Mapping[How, str] = {"full": "ENOSPC", "io": "EIO"}
_LINE = re.compile(r"^(?P<by>\d+) +(?P<name>\w+)\((?P<args>.*)$")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"|\d+<((?:[^>\\]|\\.)*)>')
_ANSWER = re.compile(r"(?P<given>.*)\) += (?P<answer>\d.*)$")
"""Of a line, what is between the brackets, and what the call answered where it did something."""
_RANDOM = re.compile(r"[a-z0-9_]{8}(?=\.xlplan|/|$)")
"""What `tempfile` puts into a name, where it does."""
_FILE = re.compile(r"/(?!proc/|sys/|dev/(?!shm/))")
"""How the path of a file begins: of a handle on anything else, the tracer names no path."""


@dataclass(frozen=True)
class Call:
    """A call that changed a file: the `number`-th (from 1) of its name by a process or thread, and
    the path (a file that got another name: that one)."""

    by: str
    name: str
    number: int
    path: str
    line: str
    makes: bool = True
    """Whether the path was not there before it."""

    def place(self, root: Path) -> tuple[str, str]:
        """What it is in every run of the command, wherever the plan lies."""
        return self.name, _RANDOM.sub("*", self.path.replace(str(root), ""))


def said_by_sqlite(call: Call) -> tuple[str, ...]:
    """By which words a message may say that a call failed of which SQLite does not pass on why: a
    database that cannot be opened, or flushed."""
    if call.name in _FLUSHES:
        return ("the room on it", "The disk failed")
    return ("annot be written to",) if call.name.startswith("open") else ()


def points(calls: Sequence[Call]) -> list[tuple[How, int]]:
    """Every fault at every call (by its place in the list) where the kernel could answer so."""
    hows: tuple[How, ...] = ("kill", "full", "io")
    return [
        (how, at)
        for how in hows
        for at, call in enumerate(calls)
        if call.name not in _CANNOT.get(how, ()) and (how != "full" or _needs_room(call))
    ]


def _needs_room(call: Call) -> bool:
    return call.makes or not call.name.startswith(("open", "creat"))


def calls_of(server: Server, root: Path, words: Sequence[str], log: Path) -> list[Call]:
    """The calls by which a command that is left alone changes files, in order."""
    there = {str(path) for path in root.rglob("*")}
    ended = server.run(root, words, strace=_tracer(log))
    assert ended.status in (0, 1), ended.err
    found = [call for call in _read(log) if "= -1 " not in call.line]
    assert {call.by for call in found} == {found[0].by}, "a child of the command changes files too"
    return list(_marked(found, there))


def _marked(calls: Sequence[Call], there: set[str]) -> Iterator[Call]:
    """The calls, each with whether it made its path, of which these were there before."""
    for call in calls:
        yield replace(call, makes=call.path not in there)
        if call.name in _GONE:
            there.discard(call.path)
        else:
            there.add(call.path)


def run_with(
    server: Server,
    root: Path,
    words: Sequence[str],
    *,
    calls: Sequence[Call],
    home: Path,
    at: int,
    how: How,
    log: Path,
) -> Ended:
    """Run a command with a fault at one of its `calls`, which it made in `home`, and check that
    the fault came there."""
    ended = server.run(root, words, strace=[*_tracer(log), *_injected(calls, at, how)])
    met = list(_read(log))
    struck = [call for call in met if "(INJECTED)" in call.line] if how != "kill" else met[-1:]
    assert struck, f"{how} at {calls[at].line}: it was not called"
    assert struck[0].place(root) == calls[at].place(home), (struck[0].line, calls[at].line)
    return ended


def recorded(
    server: Server, root: Path, words: Sequence[str], log: Path, spool: Path
) -> list[tuple[str, ...]]:
    """What a command that is left alone does to the files below `root`, call by call, for
    `tests.power`: ``create``, ``rename``, ``remove``, ``mkdir``, ``rmdir``, ``flush``, ``flush
    folder``; ``write`` with the place in the file and the name of its bytes in the spool, and
    ``size``. Paths are within the folder."""
    names = ",".join(f"?{name}" for name in (*CHANGING, "lseek", "read"))
    trace = ["strace", "-f", "-y", "-xx", "-s", "100000000", "-o", str(log)]
    ended = server.run(root, words, strace=[*trace, "-e", f"trace={names}"])
    assert ended.status in (0, 1), ended.err
    at: dict[str, int] = {}
    folders: set[str] = set()
    return [each for found in _answered(log) for each in _record(*found, at, folders, root, spool)]


def _answered(log: Path) -> Iterator[tuple[str, str, list[str], str]]:
    """Each call that did something: its name, what it was given, the texts and paths in that, and
    what it answered."""
    for line in log.read_text("ascii").splitlines():
        if (found := _LINE.match(line)) and (done := _ANSWER.match(found["args"])):
            texts = [a or b for a, b in _PATH.findall(done["given"])]
            yield found["name"], done["given"], list(map(_from_hex, texts)), done["answer"]


def _record(
    name: str,
    given: str,
    texts: list[str],
    answer: str,
    at: dict[str, int],
    folders: set[str],
    root: Path,
    spool: Path,
) -> Iterator[tuple[str, ...]]:
    """What a call did. By its handle: `at` is where each open file is written next, and `folders`
    are those that nothing can be written to, which what is flushed through them then is."""
    handle = given.partition("<")[0]
    paths = [Path(text) for text in texts[:2] if text.startswith("/")]
    if name.startswith("openat"):
        opened = answer.partition("<")[0]
        at[opened] = 0
        (folders.add if "O_RDONLY" in given else folders.discard)(opened)
        assert "O_APPEND" not in given, given
    elif name == "lseek":
        at[handle] = int(answer)
    elif name == "read":
        at[handle] = at.get(handle, 0) + int(answer)
    if name in ("lseek", "read") or not paths or not paths[-1].is_relative_to(root):
        return
    path = paths[-1].relative_to(root).as_posix()
    if name in ("write", "pwrite64"):
        data = texts[1].encode("latin-1")
        place = at[handle] if name == "write" else int(given.rpartition(", ")[2])
        if name == "write":
            at[handle] += int(answer)
        assert len(data) == int(answer), (len(data), answer)
        kept = hashlib.sha256(data).hexdigest()
        (spool / kept).write_bytes(data)
        yield "write", path, str(place), kept
    elif name == "ftruncate":
        yield "size", path, given.rpartition(", ")[2]
    elif name in ("fsync", "fdatasync"):
        yield ("flush folder" if handle in folders else "flush"), path
    elif name == "rename":
        yield "rename", paths[0].relative_to(root).as_posix(), path
    elif name in ("mkdir", "rmdir", "unlink"):
        yield {"unlink": "remove"}.get(name, name), path
    elif name == "openat":
        if "O_CREAT" in given:
            yield "create", path
        if "O_TRUNC" in given:
            yield "size", path, "0"
    else:
        assert name in _KEPT, f"{name} is not recorded"


def _from_hex(text: str) -> str:
    """A text that the tracer wrote as hexadecimal, one character a byte."""
    return bytes.fromhex(text.replace("\\x", "")).decode("latin-1")


def refusal(server: Server, folder: Path) -> str:
    """Why no command can be traced here; blank where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    try:
        server.run(folder, ["--version"], strace=_tracer(folder / "version.strace"))
    except TracerRefusedError as refused:
        return f"strace may trace no process here: {refused}"
    return ""


def _tracer(log: Path) -> list[str]:
    names = ",".join(f"?{name}" for name in CHANGING)  # not every machine has every one
    return ["strace", "-f", "-y", "-s", "0", "-o", str(log), "-e", f"trace={names}"]


def _injected(calls: Sequence[Call], at: int, how: How) -> list[str]:
    """The options that make a fault: of a full disk, at the calls of every growing kind from then
    on; of the others, at this call alone."""
    call = calls[at]
    if how == "kill":
        return ["-e", f"inject={call.name}:signal=KILL:when={call.number}"]
    fault = f"error={_ERRORS[how]}:when="
    found = [f"inject={call.name}:{fault}{call.number}"]
    if how == "full":
        before = Counter(one.name for one in calls[:at])
        found = [] if call.name in _GROWING else found
        found += [
            f"inject={name}:{fault}{_next(calls, at, name)}+"
            for name in _GROWING
            if name in before or any(one.name == name for one in calls[at:])
        ]
    return [word for each in found for word in ("-e", each)]


def _next(calls: Sequence[Call], at: int, name: str) -> int:
    """Which call of a name is the first at a place or after it."""
    later = [call.number for call in calls[at:] if call.name == name]
    return later[0] if later else [call.number for call in calls if call.name == name][-1] + 1


def _read(log: Path) -> Iterator[Call]:
    """The calls in a tracer's log that are about files."""
    counts: Counter[tuple[str, str]] = Counter()
    for line in log.read_text("utf-8", "replace").splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        by, name, args = found["by"], found["name"], found["args"]
        counts[by, name] += 1
        paths = [a or b for a, b in _PATH.findall(args.partition(") = ")[0])] or [""]
        path = paths[0] if name in _ON_THE_FIRST else paths[-1]
        if name.startswith("open") and not ("O_CREAT" in args or "O_TRUNC" in args):
            continue
        if _FILE.match(path):
            yield Call(by, name, counts[by, name], path, line)
