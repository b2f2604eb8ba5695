"""Prints a workbook into a PDF file through LibreOffice, where it is installed.

A PDF says when it was made: that is set to the workbook's own time, so that the same workbook gives
the same pages, byte for byte.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from xlplan.codes.cycle_codes import PUB_004, PUB_005
from xlplan.errors import XlplanError
from xlplan.workbook.libreoffice import NotConverted, convert, find_office

TIME_LIMIT = 300.0
"""Seconds after which LibreOffice counts as hung."""
_MADE = re.compile(rb"(/(?:CreationDate|ModDate)\s*\(D:)\d{14}([^)]*)\)")
_NAMED = re.compile(rb"(/ID\s*\[\s*<)([0-9A-Fa-f]{32})(>\s*<)([0-9A-Fa-f]{32})(>)")
_SUM = re.compile(rb"(/DocChecksum\s*/)([0-9A-Fa-f]{32})")


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
