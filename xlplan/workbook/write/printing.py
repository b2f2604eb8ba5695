"""Prints a workbook into a PDF file through LibreOffice, where it is installed.

LibreOffice is asked to convert a copy, in a folder and with a profile of its own, so that a
window that is open already is not disturbed. A PDF says when it was made: that is set to the
workbook's own time, so that the same workbook gives the same pages, byte for byte.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from xlplan.codes.cycle_codes import PUB_004, PUB_005
from xlplan.errors import XlplanError

TIME_LIMIT = 300.0
"""Seconds after which LibreOffice counts as hung."""
_USUAL = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "~/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/opt/libreoffice/program/soffice",
    "/usr/lib/libreoffice/program/soffice",
)
_ON_WINDOWS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
_MADE = re.compile(rb"(/(?:CreationDate|ModDate)\s*\(D:)\d{14}([^)]*)\)")
_NAMED = re.compile(rb"(/ID\s*\[\s*<)([0-9A-Fa-f]{32})(>\s*<)([0-9A-Fa-f]{32})(>)")
_SUM = re.compile(rb"(/DocChecksum\s*/)([0-9A-Fa-f]{32})")


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


def require_office() -> str:
    """Where LibreOffice's program is.

    Raises:
        XlplanError: PUB-004, LibreOffice is not installed.
    """
    found = find_office()
    if found is None:
        raise PUB_004.fault("--pdf")
    return found


def to_pdf(data: bytes, created: str, *, time_limit: float = TIME_LIMIT) -> bytes:
    """The pages of an .xlsx workbook as a PDF. `created` (ISO 8601, UTC) is written into it.

    Raises:
        XlplanError: PUB-004, LibreOffice is not installed; PUB-005, it made no PDF within
            `time_limit` seconds.
    """
    program = require_office()
    with TemporaryDirectory(prefix="xlplan-pdf-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / "composite.xlsx"
        source.write_bytes(data)
        printed = _convert(program, source, folder, time_limit)
        target = source.with_suffix(".pdf")
        if not target.is_file():
            raise _failed(printed) if printed else PUB_005.fault("--pdf")
        return _as_of(target.read_bytes(), created)


def _convert(program: str, source: Path, folder: Path, time_limit: float) -> str:
    """Run LibreOffice over one file; what it printed."""
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless", "--norestore", "--nolockcheck",
        "--convert-to", "pdf:calc_pdf_Export", "--outdir", str(folder), str(source),
    ]  # fmt: skip
    try:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that what it starts ends with it
            env={**os.environ, "TZ": "UTC"},  # so that times in the file are as long everywhere
        ) as office:
            try:
                printed, _ = office.communicate(timeout=time_limit)
            except subprocess.TimeoutExpired:
                _end(office)
                raise PUB_005.fault("--pdf", "time", seconds=time_limit) from None
            except BaseException:
                _end(office)
                raise
    except OSError as error:
        raise _failed(error.strerror or str(error)) from error
    return " ".join(printed.decode("utf-8", "replace").split())[-300:]


def _end(office: subprocess.Popen[bytes]) -> None:
    """End LibreOffice and everything that it started."""
    if sys.platform == "win32":
        office.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(office.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        office.communicate(timeout=10)


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
