"""The folder of a plan: its files by name, how they are written, and the originals it keeps."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.folder_codes import (
    LED_002,
    OUT_002,
    OUT_004,
    PLAN_001,
    PLAN_002,
    PLAN_003,
    PLAN_004,
    PLAN_005,
    PLAN_008,
)
from xlplan.errors import XlplanError, reason_of
from xlplan.late import regex
from xlplan.workbook.write.still_free import check_closed

if TYPE_CHECKING:
    from xlplan.ledger.store import Ledger

KEY_BYTES = 32


class PlanFolder(Struct, frozen=True):
    """The paths of a plan; what each file is stands in the README."""

    root: Path
    own: str = ""
    """The name of the council's own workbook, where that is kept as the master."""

    @property
    def definition(self) -> Path:
        """``plan.toml``."""
        return self.root / "plan.toml"

    @property
    def ledger(self) -> Path:
        """``ledger.db``."""
        return self.root / "ledger.db"

    @property
    def projection(self) -> Path:
        """``projection.db``: answers kept for speed; can be deleted at any time."""
        return self.root / "projection.db"

    @property
    def key(self) -> Path:
        """The secret key with which stamps are signed."""
        return self.root / "secret.key"

    @property
    def next_key(self) -> Path:
        """A new secret key, until the ledger knows it."""
        return self.root / "secret.key.next"

    @property
    def master(self) -> Path:
        """``master.xlsx``, or the council's own workbook that is kept in its place."""
        return self.root / (self.own or "master.xlsx")

    @property
    def decisions(self) -> Path:
        """``decisions.xlsx``, only while questions are open."""
        return self.root / "decisions.xlsx"

    @property
    def set_up(self) -> Path:
        """``set-up.xlsx``: the definition in Excel."""
        return self.root / "set-up.xlsx"

    def coordinators(self, cycle: str = "") -> tuple[Path, ...]:
        """The workbooks that the coordinator edits where they lie; with the post of a cycle."""
        own = self.set_up, self.master, self.decisions
        return (*own, self.post(cycle)) if cycle else own

    @property
    def inbox(self) -> Path:
        """Where returns are dropped."""
        return self.root / "inbox"

    @property
    def board(self) -> Path:
        """Where composites are published."""
        return self.root / "board"

    def outbox(self, cycle: str) -> Path:
        """Where the templates of a cycle are written."""
        return self.root / "outbox" / cycle

    def post(self, cycle: str) -> Path:
        """``post.xlsx`` of a cycle; the drafts of its letters stand beside it."""
        return self.outbox(cycle) / "post" / "post.xlsx"

    @property
    def originals(self) -> Originals:
        """The originals of everything that came in."""
        return Originals(self.root / "returns")

    def as_sent(self, file: str, digest: str) -> bytes | None:
        """A file that was written, by its name within the plan; None where it has gone, or other
        bytes lie there now."""
        try:
            data = (self.root / file).read_bytes()
        except OSError:
            return None
        return data if sha256(data) == digest else None

    @property
    def written(self) -> tuple[Path, ...]:
        """The folders of the plan into which files are written."""
        return (
            self.root,
            self.originals.folder,
            self.board,
            *sorted(Path(folder) for folder, _, _ in os.walk(self.outbox("")))[1:],
        )

    def is_own(self, path: Path) -> bool:
        """Whether a path is one of the plan's own files, or stands where those of others come and
        go: what must never be written over by name."""
        target = path.resolve()
        kept = (self.inbox, self.root / "outbox", self.root / "returns")
        if any(folder.resolve() in target.parents for folder in kept):
            return True
        same = target.parent == self.root.resolve()
        own = [self.definition, self.key, self.next_key, *self.coordinators()]
        names = {file.name for file in own}
        databases = (self.ledger.name, self.projection.name)
        name = target.name.casefold()
        return same and (name in names or name.startswith(databases))

    def exists(self) -> bool:
        """Whether there is a plan here."""
        return self.ledger.exists() or self.definition.exists()

    def read_definition(self) -> str:
        """The text of ``plan.toml``."""
        try:
            return self.definition.read_text(encoding="utf-8").lstrip("\ufeff")
        except FileNotFoundError:
            raise PLAN_002.fault(str(self.definition)) from None
        except UnicodeDecodeError as error:
            raise PLAN_003.fault(str(self.definition), byte=error.start) from None
        except OSError as error:
            raise unreadable(self.definition, error) from None

    def definition_as_written(self) -> str:
        """The text of ``plan.toml`` with the line ends that it has."""
        self.read_definition()  # which says what is wrong with it
        return self.definition.read_bytes().decode("utf-8").lstrip("\ufeff")

    def write_definition(self, text: str) -> None:
        """Write ``plan.toml`` whole or not at all; a mark that it began with stays."""
        mark = BOM_UTF8 if self.definition.read_bytes().startswith(BOM_UTF8) else b""
        write_atomically(self.definition, mark + text.encode("utf-8"))

    def make_key(self, path: Path | None = None) -> bytes:
        """A new secret key (at another `path`), readable by its owner only."""
        import secrets

        key = secrets.token_bytes(KEY_BYTES)
        write_atomically(path or self.key, key.hex().encode() + b"\n", 0o600)
        return key

    def read_key(self, path: Path | None = None) -> bytes:
        """The secret key; XlplanError where the folder was copied without it."""
        path = path or self.key
        try:
            key = bytes.fromhex(path.read_bytes().decode("ascii").strip())
        except FileNotFoundError:
            if not self.ledger.exists():  # as where the disk was taken away
                raise LED_002.fault(str(self.ledger)) from None
            raise PLAN_004.fault(str(path)) from None
        except ValueError:
            raise PLAN_005.fault(str(path), "not-hexadecimal") from None
        except OSError as error:
            raise unreadable(path, error) from None
        if len(key) != KEY_BYTES:
            raise PLAN_005.fault(str(path), digits=2 * len(key), needed=2 * KEY_BYTES)
        return key


def find_folder(start: Path) -> PlanFolder:
    """The plan in a folder; XlplanError where there is none."""
    folder = PlanFolder(start)
    try:
        there = folder.exists()
    except OSError as error:
        raise unreadable(start, error) from None
    if not there:
        raise PLAN_001.fault(str(start))
    return folder


_MASTER = regex(r"^\s*\[\s*master\s*\][^\n]*\n((?:(?!\s*\[).*\n?)*)", re.MULTILINE)


def with_own(folder: PlanFolder, ledger: Ledger) -> PlanFolder:
    """A folder with the name of the council's own workbook, where `plan.toml` says that it is the
    master: that of the spreadsheet that the plan was started from."""
    try:
        text = folder.definition.read_text(encoding="utf-8").removeprefix("\ufeff")
        if "master" not in text or (found := _MASTER.search(text)) is None:
            return folder
        import tomllib  # a tenth of what a look loads, and few plans ask for it

        keeps = tomllib.loads(found[1]).get("keep") is True
    except (OSError, ValueError):
        return folder  # which whoever needs it says
    return replace(folder, own=source_of(ledger)) if keeps else folder


def source_of(ledger: Ledger) -> str:
    """The name of the spreadsheet that a plan was started from; blank where no row is of one."""
    with contextlib.suppress(XlplanError):
        for event in ledger.events_at(range(2, 12)):
            places = getattr(event.fact, "places", {}).values()
            if name := next((place.file for place in places if place.file), ""):
                return str(name)
    return ""


def unreadable(path: Path, error: OSError) -> XlplanError:
    """A file or folder of the plan that is there and cannot be read."""
    return PLAN_008.fault(str(path), reason=reason_of(error))


def not_recorded(error: OSError, *, has_recorded: bool = False) -> XlplanError:
    """The disk, or another program, did not let a command read or keep what it needed, which
    before that `has_recorded` something or nothing."""
    where, reason = str(error.filename or "the plan folder"), reason_of(error)
    if where.endswith(TEMPORARY):  # of which nobody has heard
        where = str(Path(where).parent)
    if has_recorded:
        return OUT_002.fault(where, "stopped", reason=reason)
    return OUT_004.fault(where, reason=reason)


def text_digest(text: str) -> str:
    """The hex SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


TEMPORARY = ".xlplan.tmp"
"""How the name of a file that is being written ends; one that stays was left by a crash."""
ARCHIVED = "archived.txt"
"""The list, among the originals, of those that were moved away by `archive`."""
_DIGEST = regex(r"[0-9a-f]{64}")


def sha256(data: bytes) -> str:
    """The hex SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


class Originals:
    """The store in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the original with this digest is kept."""
        return self.folder / digest

    def keep(self, data: bytes) -> str:
        """Store some bytes; return their digest. Bytes already there are not written again."""
        digest = sha256(data)
        path = self.path(digest)
        if not path.exists():
            self.folder.mkdir(exist_ok=True)
            write_atomically(path, data)
            with contextlib.suppress(OSError):
                path.chmod(stat.S_IRUSR | stat.S_IRGRP)
        return digest

    def digests(self) -> list[str]:
        """The digests of all that is stored, named by an event or not, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(p.name for p in self.folder.iterdir() if _DIGEST.fullmatch(p.name))

    @property
    def archived(self) -> frozenset[str]:
        """The digests of those that were moved to an archive."""
        with contextlib.suppress(OSError):
            data = (self.folder / ARCHIVED).read_bytes()
            return frozenset(_DIGEST.findall(data.decode("ascii", "replace")))
        return frozenset()

    def list_as_archived(self, digests: Iterable[str]) -> None:
        """Note that some are in an archive too, beside those that were noted before."""
        lines = "".join(f"{each}\n" for each in sorted({*self.archived, *digests}))
        write_atomically(self.folder / ARCHIVED, lines.encode())

    def read(self, digest: str) -> bytes | None:
        """The bytes with this digest; None where they are missing or have been changed, or where
        they cannot be read."""
        with contextlib.suppress(XlplanError):
            return self.whole(digest)
        return None

    def whole(self, digest: str) -> bytes | None:
        """The bytes with this digest; None where they are missing or have been changed, and
        XlplanError where they are there and cannot be read."""
        path = self.path(digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unreadable(path, error) from None
        return data if sha256(data) == digest else None


def write_atomically(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file whole or not at all; see `written_atomically`."""
    with written_atomically(path, mode) as file:
        file.write(data)


@contextlib.contextmanager
def written_atomically(path: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A file that is there whole at the end, or not at all: a temporary file beside it, flushed to
    disk and renamed.

    `mode` holds the permissions that the process's umask may narrow further. Raises HeldError, an
    OSError, where somebody has the file open.
    """
    import tempfile

    check_closed(path)
    handle, name = tempfile.mkstemp(TEMPORARY, f".{path.name[:40]}.", path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(allowed(mode))
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def left_over(folder: Path, name: str = "") -> list[Path]:
    """What a crash left of files that were being written (to `name`, or to any) here."""
    with contextlib.suppress(OSError):
        with os.scandir(folder) as files:
            found = [file.name for file in files if file.name.endswith(TEMPORARY)]
        return [folder / each for each in found if each.startswith(f".{name[:40]}")]
    return []


def sweep(folder: Path, name: str = "") -> None:
    """Remove what is `left_over`.

    Only for whoever holds the ledger: a file that somebody is writing just now looks the same.
    """
    for path in left_over(folder, name):
        with contextlib.suppress(OSError):
            path.unlink()


def allowed(mode: int) -> int:
    """Permissions as this process's umask narrows them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mode & ~mask


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk, where the system can."""
    if os.name == "nt":
        return  # Windows has no handle on a folder to flush
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
