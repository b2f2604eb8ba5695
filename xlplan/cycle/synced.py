"""Folders that a service synchronises, the copies that it leaves where two wrote one file, an
earlier file in the place of a later one, and what else lies in the plan's folder that nothing
reads."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from xlplan.codes.folder_codes import PLAN_009
from xlplan.codes.kept_codes import KEEP_019, KEEP_030, KEEP_031
from xlplan.cycle.folder import PlanFolder, sha256, source_of
from xlplan.errors import Problem
from xlplan.merge.model import COORDINATOR, Returned

if TYPE_CHECKING:
    from xlplan.cycle.desk import Desk


_SERVICES = {
    "OneDrive": "onedrive", "Dropbox": "dropbox", "Google Drive": "google ?drive",
    "iCloud": "icloud ?drive|com~apple~clouddocs", "Nextcloud": "nextcloud\\d?",
    "SharePoint": r"sharepoint|[\w-]+\.sharepoint\.com(?:@.*)?",
}  # fmt: skip
"""What each service calls the folder that it keeps on a computer."""
_CLOUD_STORAGE = "CloudStorage"
"""Where macOS has all such folders, a hyphen and the account behind the service."""
_OTHER_KINDS = (".ods", ".fods", ".xls", ".xlsm", ".xlsb", ".csv", ".numbers")
"""As what a program offers to save a workbook."""


def synced_folder(root: Path) -> str:
    """The name of the synchronising service whose folder this seems to be in, or ``""``: it has
    that name, and behind it only an account ("OneDrive - Marlbridge Council")."""
    parts = root.resolve().parts
    for above, part in zip(("", *parts), parts, strict=False):
        account = "-.*" if above == _CLOUD_STORAGE else r" - .*| ?\(.*"
        for service, called in _SERVICES.items():
            if re.fullmatch(rf"(?:{called})(?:{account})?", part, re.IGNORECASE):
                return service
    return "a network share" if os.name == "nt" and str(root).startswith("\\\\") else ""


def copies_beside(folder: PlanFolder) -> list[Problem]:
    """What lies beside the plan's own files under almost their name: where two computers, or a
    download, wrote the same file, one of the two is put aside like that. None is ever used."""
    own = (folder.definition, folder.ledger, folder.key, *folder.coordinators())
    mine = {*folder.coordinators()} - ({folder.master} if folder.own else set())
    found = []
    with contextlib.suppress(OSError):
        names = sorted(path.name for path in folder.root.iterdir())
        for path in own:
            copy = re.compile(rf"{re.escape(path.stem)}\W.*{re.escape(path.suffix)}", re.IGNORECASE)
            for name in filter(copy.fullmatch, names):
                if path == folder.ledger:
                    found.append(PLAN_009.problem(name, "ledger", own=path.name))
                elif path in (folder.definition, folder.key):
                    found.append(PLAN_009.problem(name, "file", own=path.name))
                else:
                    found.append(PLAN_009.problem(name, own=path.name))
            if path in mine:
                kinds = {f"{path.stem}{kind}".casefold() for kind in _OTHER_KINDS}
                forms = (name for name in names if name.casefold() in kinds)
                found += [PLAN_009.problem(name, own=path.name) for name in forms]
    return found


def unread(desk: Desk) -> list[Problem]:
    """What is not read of the council's own workbook: it lies here under another name, or is the
    master no more; or it is to be the master, and there is none."""
    folder = desk.folder
    if not folder.own and desk.definition.master.keep:
        return [KEEP_031.problem(folder.definition.name)]
    left = _left_behind(desk) if may_be_left(desk) else []
    if not folder.own or folder.master.exists():
        return left
    mine = {
        path.name.casefold() for path in (*folder.coordinators(), replace(folder, own="").master)
    }
    for path in sorted(folder.root.glob("*.xls[xm]")):
        if path.name.casefold() not in mine and not path.name.startswith(("~$", ".")):
            return [*left, KEEP_019.problem(path.name, name=folder.own)]
    return left


def may_be_left(desk: Desk) -> bool:
    """Whether a workbook lies here that is called as one that was the master would be."""
    folder = desk.folder
    if folder.own:
        return replace(folder, own="").master.exists()
    mine = folder.coordinators()
    if all(path in mine for path in folder.root.glob("*.xls[xm]")):
        return False
    name = source_of(desk.ledger)
    return bool(name) and (folder.root / name).exists()


def is_put_back(desk: Desk, digest: str) -> bool:
    """Whether these are the bytes of a version that was written before a merge read another file:
    somebody has put them back in its place. Once a merge has read them they are like any others."""
    versions_ = desk.state.exchange.kept_versions if desk.folder.own else ()
    made = [version.as_of for version in versions_ if version.sha256 == digest]
    if not made or desk.state.exchange.events_with(digest):
        return False
    known = {issued.id for issued in desk.state.exchange.kept_versions}
    for event in desk.state.exchange.newest_from(COORDINATOR):
        if isinstance(event.fact, Returned) and event.fact.issued in known:
            return event.seq > max(made)
    return False


def _left_behind(desk: Desk) -> list[Problem]:
    """The workbook that was the master before `keep` was turned off, or on."""
    exchange, folder = desk.state.exchange, desk.folder
    names = dict.fromkeys(issued.file for issued in exchange.kept_versions)
    if folder.own:
        names = {replace(folder, own="").master.name: None}
    found = []
    for path in (folder.root / name for name in names):
        with contextlib.suppress(OSError):
            edited = not exchange.knows(sha256(path.read_bytes()))
            now = folder.master.name
            match bool(folder.own), edited:
                case False, False:
                    found.append(KEEP_030.problem(path.name, master=now))
                case False, True:
                    found.append(KEEP_030.problem(path.name, "edited", master=now))
                case True, False:
                    found.append(KEEP_030.problem(path.name, "ours", master=now))
                case _:
                    found.append(KEEP_030.problem(path.name, "ours-edited", master=now))
    return found
