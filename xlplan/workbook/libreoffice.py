"""LibreOffice, where it is installed: asked to convert a copy of a file, and ended in time.

It works in a folder and with a profile of its own, so that a window that is open already is not
disturbed. Pages of a workbook are made with it (`write/printing.py`), and documents of old kinds
are turned into what can be read here.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from xlplan.codes.gate_codes import GATE_018
from xlplan.codes.message import Filled
from xlplan.workbook.read.inbox import DEFAULT

TIME_LIMIT = 120.0
"""Seconds in which a document of an old kind is turned into another."""
_MEMORY = 4 << 30
"""Address space for documents that came from anywhere, where the system can limit it."""
_USUAL = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "~/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/opt/libreoffice/program/soffice",
    "/usr/lib/libreoffice/program/soffice",
)
_ON_WINDOWS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
_SCRIPTING = "/org.openoffice.Office.Common/Security/Scripting"
_GUARDED = (
    (_SCRIPTING, "DisableMacrosExecution", "true"),
    (_SCRIPTING, "MacroSecurityLevel", "3"),
    (_SCRIPTING, "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "2"),
)
"""Settings under which a document runs nothing and fetches nothing."""


class NotConverted(Exception):  # noqa: N818  (an answer about the program, not our error)
    """Raised where LibreOffice cannot be run (`reason`) or is not done in time (`seconds`)."""

    def __init__(self, reason: str = "", seconds: float = 0.0) -> None:
        self.reason, self.seconds = reason, seconds
        super().__init__(reason)


def find_office() -> str | None:
    """Where LibreOffice's program is: on the path, else in the usual places; None without it."""
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found:
            return found
    return next((str(path) for path in _usual_places() if path.is_file()), None)


def _usual_places() -> Iterator[Path]:
    for name in _ON_WINDOWS:
        if os.environ.get(name):
            yield Path(os.environ[name], "LibreOffice", "program", "soffice.exe")
    for place in _USUAL:
        with suppress(RuntimeError):  # nobody's home
            yield Path(place).expanduser()


def convert(
    program: str, source: Path, to: str, time_limit: float, *, guarded: bool = False
) -> str:
    """Have a file converted (`to` as ``--convert-to`` has it) in its own folder; what was printed.

    `guarded` is for a file from anywhere: it runs no macros, follows no links, and its memory is
    limited where the system can. Raises `NotConverted`.
    """
    profile = source.parent / "profile"
    if guarded:
        _write_settings(profile)
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless", "--norestore", "--nolockcheck",
        "--convert-to", to, "--outdir", str(source.parent), str(source),
    ]  # fmt: skip
    try:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that what it starts ends with it
            preexec_fn=_limits(time_limit) if guarded else None,
            env={**os.environ, "TZ": "UTC"},  # so that times in the file are as long everywhere
        ) as office:
            try:
                printed, _ = office.communicate(timeout=time_limit)
            except subprocess.TimeoutExpired:
                _end(office)
                raise NotConverted(seconds=time_limit) from None
            except BaseException:
                _end(office)
                raise
    except (OSError, subprocess.SubprocessError) as error:
        raise NotConverted(getattr(error, "strerror", None) or str(error)) from error
    return " ".join(printed.decode("utf-8", "replace").split())[-300:]


def _write_settings(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value>'
        "</prop></item>"
        for path, name, value in _GUARDED
    )
    folder = profile / "user"
    folder.mkdir(parents=True)
    (folder / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>',
        "utf-8",
    )


def _limits(seconds: float) -> Callable[[], None] | None:
    """What bounds the new process before it begins; Windows has no such limits."""
    if sys.platform == "win32":
        return None
    import resource

    limits = (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_FSIZE, DEFAULT.total_bytes),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_CORE, 0),
    )

    def limit() -> None:
        for what, most in limits:
            with suppress(OSError, ValueError):  # macOS refuses some
                resource.setrlimit(what, (most, most))

    return limit


def _end(office: subprocess.Popen[bytes]) -> None:
    """End LibreOffice and everything that it started."""
    if sys.platform == "win32":
        office.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(office.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        office.communicate(timeout=10)


def to_docx(data: bytes, *, time_limit: float = TIME_LIMIT) -> bytes | Filled:
    """A document of an old kind (.doc, .rtf) as a Word document, or why it is none."""
    program = find_office()
    if program is None:
        return GATE_018.fill("old")
    with TemporaryDirectory(prefix="xlplan-doc-", ignore_cleanup_errors=True) as name:
        source = Path(name, "document.doc")
        source.write_bytes(data)
        with suppress(NotConverted):
            convert(program, source, "docx", time_limit, guarded=True)
        made = source.with_suffix(".docx")
        # A document may make LibreOffice write whatever it likes, a very large file too.
        if made.is_file() and made.stat().st_size <= DEFAULT.file_bytes:
            return made.read_bytes()
    return GATE_018.fill("unconverted")
