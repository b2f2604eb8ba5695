"""Folders that a service synchronises, and the copies that it leaves where two wrote one file."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from xlplan.codes.folder_codes import PLAN_009
from xlplan.cycle.folder import PlanFolder
from xlplan.errors import Problem


def synced_folder(root: Path) -> str:
    """The name of the synchronising service whose folder this seems to be in, or ``""``."""
    for part in root.resolve().parts:
        for service in ("OneDrive", "Dropbox", "Google Drive", "iCloud", "SharePoint", "Nextcloud"):
            if service.casefold().replace(" ", "") in part.casefold().replace(" ", ""):
                return service
    return "a network share" if os.name == "nt" and str(root).startswith("\\\\") else ""


def copies_beside(folder: PlanFolder) -> list[Problem]:
    """What lies beside the plan's own files under almost their name: where two computers, or a
    download, wrote the same file, one of the two is put aside like that. None is ever used."""
    own = (folder.definition, folder.ledger, folder.key, *folder.coordinators())
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
    return found
