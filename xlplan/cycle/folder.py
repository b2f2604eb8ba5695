"""A plan's folder: where everything is, the secret key, and the texts in it."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from xlplan.codes.folder_codes import OUT_005
from xlplan.errors import Problem, XlplanError, fault
from xlplan.ledger.originals import Originals, write_atomically

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """The paths of a plan (DESIGN section 4)."""

    root: Path

    @property
    def definition(self) -> Path:
        """``plan.toml``."""
        return self.root / "plan.toml"

    @property
    def ledger(self) -> Path:
        """``ledger.db``."""
        return self.root / "ledger.db"

    @property
    def key(self) -> Path:
        """The secret key with which stamps are signed."""
        return self.root / "secret.key"

    @property
    def master(self) -> Path:
        """``master.xlsx``."""
        return self.root / "master.xlsx"

    @property
    def decisions(self) -> Path:
        """``decisions.xlsx``, only while questions are open."""
        return self.root / "decisions.xlsx"

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

    @property
    def originals(self) -> Originals:
        """The originals of everything that came in."""
        return Originals(self.root / "returns")

    @property
    def written(self) -> tuple[Path, ...]:
        """The folders of the plan into which files are written."""
        return (
            self.root,
            self.originals.folder,
            self.board,
            *sorted(path for path in self.outbox("").rglob("*") if path.is_dir()),
        )

    def is_own(self, path: Path) -> bool:
        """Whether a path is one of the plan's own files, or stands where those of others come and
        go: what must never be written over by name."""
        target = path.resolve()
        kept = (self.inbox, self.root / "outbox", self.root / "returns")
        if any(folder.resolve() in target.parents for folder in kept):
            return True
        same = target.parent == self.root.resolve()
        own = [self.definition, self.key, self.master, self.decisions]
        names = {file.name for file in own}
        return same and (
            target.name.casefold() in names or target.name.casefold().startswith(self.ledger.name)
        )

    def exists(self) -> bool:
        """Whether there is a plan here."""
        return self.ledger.exists() or self.definition.exists()

    def read_definition(self) -> str:
        """The text of ``plan.toml``."""
        try:
            return self.definition.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise fault(
                "PLAN-002", str(self.definition), "plan.toml is missing. Restore it from a backup."
            ) from None
        except UnicodeDecodeError as error:
            raise fault(
                "PLAN-003",
                str(self.definition),
                f"plan.toml is not UTF-8 text (byte {error.start}). Save it as UTF-8.",
            ) from None
        except OSError as error:
            raise unreadable(self.definition, error) from None

    def make_key(self) -> bytes:
        """A new secret key, readable by its owner only."""
        key = secrets.token_bytes(KEY_BYTES)
        write_atomically(self.key, key.hex().encode() + b"\n", 0o600)
        return key

    def read_key(self) -> bytes:
        """The secret key; XlplanError where the folder was copied without it."""
        why = "it is not a line of hexadecimal digits"
        try:
            key = bytes.fromhex(self.key.read_text(encoding="ascii").strip())
            why = f"it holds {2 * len(key)} hexadecimal digits, a key has {2 * KEY_BYTES}"
        except FileNotFoundError:
            raise fault(
                "PLAN-004",
                str(self.key),
                "The plan's secret key is missing: the folder was copied without it. Copy "
                "secret.key from the original folder; without it no template can be recognised.",
            ) from None
        except ValueError:
            key = b""
        except OSError as error:
            raise unreadable(self.key, error) from None
        if len(key) != KEY_BYTES:
            raise fault(
                "PLAN-005",
                str(self.key),
                f"The plan's secret key is damaged: {why}. Restore secret.key from a backup.",
            )
        return key


def find_folder(start: Path) -> PlanFolder:
    """The plan in a folder; XlplanError where there is none."""
    folder = PlanFolder(start)
    try:
        there = folder.exists()
    except OSError as error:
        raise unreadable(start, error) from None
    if not there:
        raise fault(
            "PLAN-001",
            str(start),
            "This is not a plan folder (no plan.toml and ledger.db). Go to the plan's folder, "
            "name it with -C, or start a plan with: xlplan new DIR --from MASTER.xlsx",
        )
    return folder


def unreadable(path: Path, error: OSError) -> XlplanError:
    """A file or folder of the plan that is there and cannot be read."""
    return fault(
        "PLAN-008",
        str(path),
        f"This cannot be read ({error.strerror or error}). Check its permissions, and that no "
        "other program holds it open.",
    )


def not_recorded(error: OSError) -> XlplanError:
    """The disk, or another program, did not let a command read or keep what it needed."""
    return fault(
        "OUT-004",
        str(error.filename or "the plan folder"),
        f"This could not be read or written ({error.strerror or error}). Nothing was recorded; "
        "make room if the disk is full, close the file if it is open in Excel, check its "
        "permissions, and run the command again.",
    )


def not_finished(error: OSError) -> Problem:
    """The disk, or another program, did not let a command go on that had recorded something."""
    return Problem(
        "OUT-002",
        str(error.filename or "the plan folder"),
        f"This could not be read or written ({error.strerror or error}). What was done before is "
        "recorded; make room if the disk is full, close the file if it is open in Excel, check its "
        "permissions, and run the command again.",
    )


def not_printed(error: OSError, *, recorded: bool) -> Problem:
    """A command has come to its end, and only the report of it could not be printed."""
    reason = str(error.strerror or error)
    if recorded:
        return OUT_005.problem("the report", "recorded", reason=reason)
    return OUT_005.problem("the report", "nothing", reason=reason)


def text_digest(text: str) -> str:
    """The hex SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def synced_folder(root: Path) -> str:
    """The name of the synchronising service whose folder this seems to be in, or ``""``."""
    for part in root.resolve().parts:
        for service in ("OneDrive", "Dropbox", "Google Drive", "iCloud", "SharePoint", "Nextcloud"):
            if service.casefold().replace(" ", "") in part.casefold().replace(" ", ""):
                return service
    return "a network share" if os.name == "nt" and str(root).startswith("\\\\") else ""
