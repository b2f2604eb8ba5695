"""LibreOffice, where it is installed: prints a workbook, and turns old documents into new ones.

It works in a folder and with a profile of its own, so that a window that is open already is not
disturbed, and is ended in time. A PDF says when it was made: that is set to the workbook's own
time, so that the same workbook gives the same pages, byte for byte.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from xlplan.codes.accessible_codes import PUB_058
from xlplan.codes.cycle_codes import PUB_004, PUB_005
from xlplan.codes.gate_codes import GATE_018
from xlplan.codes.message import Filled
from xlplan.errors import Problem, XlplanError
from xlplan.late import regex
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


PRINTING_LIMIT = 300.0
"""Seconds after which LibreOffice counts as hung."""
_MADE = regex(rb"(/(?:CreationDate|ModDate)\s*\(D:)\d{14}([^)]*)\)")
_NAMED = regex(rb"(/ID\s*\[\s*<)([0-9A-Fa-f]{32})(>\s*<)([0-9A-Fa-f]{32})(>)")
_SUM = regex(rb"(/DocChecksum\s*/)([0-9A-Fa-f]{32})")


def require_office() -> str:
    """Where LibreOffice's program is.

    Raises:
        XlplanError: PUB-004, LibreOffice is not installed.
    """
    found = find_office()
    if found is None:
        raise PUB_004.fault("--pdf")
    return found


def to_pdf(data: bytes, created: str, *, time_limit: float = PRINTING_LIMIT) -> bytes:
    """The pages of an .xlsx workbook as a PDF. `created` (ISO 8601, UTC) is written into it.

    Raises:
        XlplanError: PUB-004, LibreOffice is not installed; PUB-005, it made no PDF within
            `time_limit` seconds.
    """
    program = require_office()
    with TemporaryDirectory(prefix="xlplan-pdf-", ignore_cleanup_errors=True) as name:
        source = Path(name, "composite.xlsx")
        source.write_bytes(data)
        try:
            printed = convert(program, source, "pdf:calc_pdf_Export", time_limit)
        except NotConverted as failed:
            if failed.seconds:
                raise PUB_005.fault("--pdf", "time", seconds=failed.seconds) from None
            raise _failed(failed.reason) from failed
        target = source.with_suffix(".pdf")
        if not target.is_file():
            raise _failed(printed) if printed else PUB_005.fault("--pdf")
        return _as_of(target.read_bytes(), created)


_AS_WIDE = {
    "Arial": "Liberation Sans",
    "Calibri": "Carlito",
    "Cambria": "Caladea",
    "Courier New": "Liberation Mono",
    "Times New Roman": "Liberation Serif",
}
"""By font, a free one whose letters are as wide: LibreOffice prints in it where it is there."""
_FONT = regex(rb"/BaseFont\s*/(?:[A-Z]{6}\+)?([^\s/<>\[\]()]+)")


def font_problem(pdf: bytes, font: str, place: str) -> Problem | None:
    """That a PDF is printed in another font than `font` or one as wide (PUB-058), for which row
    heights are measured; None where it is not."""
    printed = [name.decode("latin-1").replace("#20", "") for name in _FONT.findall(pdf)]
    needed = _AS_WIDE.get(font, font)
    alike = tuple(name.replace(" ", "").casefold() for name in (font, needed))
    if not printed or any(name.casefold().startswith(alike) for name in printed):
        return None
    other = printed[0].partition("-")[0].partition(",")[0]
    return PUB_058.problem(place, font=font, other=other, needed=needed)


def _failed(why: str) -> XlplanError:
    return PUB_005.fault("--pdf", "reason", reason=why)


def _as_of(pdf: bytes, created: str) -> bytes:
    """The PDF with `created` as its time, and an identity that follows from what is in it.

    Everything keeps its length, so that the offsets within the file stay right.
    """
    moment = datetime.fromisoformat(created)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    stamp = moment.strftime("%Y%m%d%H%M%S").encode()

    def dated(match: re.Match[bytes]) -> bytes:
        zone = match[2] if match[2].startswith(b"Z") else b"+00'00'"[: len(match[2])]
        return match[1] + stamp + zone.ljust(len(match[2]), b"'") + b")"

    pdf = _MADE.sub(dated, pdf)
    pdf = _NAMED.sub(lambda m: m[1] + b"0" * 32 + m[3] + b"0" * 32 + m[5], pdf)
    pdf = _SUM.sub(lambda m: m[1] + b"0" * 32, pdf)
    name = hashlib.sha256(pdf).hexdigest()[:32].upper().encode()
    return _NAMED.sub(lambda m: m[1] + name + m[3] + name + m[5], pdf)
