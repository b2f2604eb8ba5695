"""What the program as it is now says, and writes, of a golden plan."""

from __future__ import annotations

import contextlib
import io
import json
import lzma
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import unified_diff
from pathlib import Path
from typing import Any

from tests.golden.workbook_text import workbook_text
from xlplan.cli.main import run
from xlplan.cycle.plan import open_plan
from xlplan.plan.load import load_definition

HERE = Path(__file__).parent
NAMES = tuple(sorted(path.stem for path in HERE.glob("*.zip")))
PARTS = ("merge 1", "merge 2", "merge 3", "at the end", "issued as a table", "issued as a form")
"""What is pinned of each plan: three merges by the program as it is now, of the files that came
in; what the whole ledger says; what a next cycle sends out."""
LARGEST = 2
"""Of how many leads, those with the most actions, the templates are kept in each layout."""
HEADING = "=== "
"""Begins the line over each text in a file of expectations."""


@dataclass(frozen=True)
class Golden:
    """A golden plan, to be unpacked into a folder of one's own."""

    name: str

    @property
    def archive(self) -> Path:
        return HERE / f"{self.name}.zip"

    @property
    def expected(self) -> Path:
        return HERE / "expected" / f"{self.name}.xz"

    def unpack(self, folder: Path) -> tuple[Path, date]:
        """The plan as it was left, and the day of its last board."""
        self._unpack(folder, "")
        with open_plan(folder) as plan:
            event, _ = plan.desk.state.published[-1]
        return folder, date.fromisoformat(event.at[:10])

    def unpack_before(self, stage: int, folder: Path) -> tuple[Path, date]:
        """The plan before a merge, with the files that came in, and the day of that merge."""
        said = self._unpack(folder, f"{stage}/")
        for name, digest in said["files"].items():
            target = folder / name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(self.original(digest))
        return folder, date.fromisoformat(said["day"])

    def _unpack(self, folder: Path, stage: str) -> Any:
        with zipfile.ZipFile(self.archive) as archive:
            for name in archive.namelist():
                if name.startswith("returns/") or name == "secret.key":
                    _write(folder / name, archive.read(name))
            for name in ("ledger.db", "plan.toml"):
                _write(folder / name, archive.read(stage + name))
            for name in ("inbox", "outbox", "board"):
                (folder / name).mkdir()
            return json.loads(archive.read(f"{stage}files.json")) if stage else {}

    def original(self, digest: str) -> bytes:
        """A file that came in."""
        with zipfile.ZipFile(self.archive) as archive:
            return archive.read(f"returns/{digest}")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def say(folder: Path, day: date, *args: str) -> str:
    """What a command prints on stdout, whatever its exit status."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        run(["-C", str(folder), "--today", day.isoformat(), *args])
    return out.getvalue().replace(str(folder), "PLAN")


def tell(folder: Path, day: date, *args: str) -> str:
    """A command's JSON, a value a line."""
    document = json.loads(say(folder, day, *args, "--json"))
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def texts_of(golden: Golden, part: str, scratch: Path) -> dict[str, str]:
    """Everything that is pinned of one part of a golden plan, by name."""
    kind, _, which = part.rpartition(" ")
    if kind == "merge":
        texts = _of_merge(*golden.unpack_before(int(which), scratch / "plan"))
    elif kind == "issued as a":
        texts = _templates(*golden.unpack(scratch / "plan"), which)
    else:
        texts = _at_the_end(*golden.unpack(scratch / "plan"))
    return {f"{part}: {name}": text.rstrip() + "\n" for name, text in texts.items()}


def differences(kept: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What differs, as a unified diff of each text that does."""
    lines: list[str] = []
    for name in sorted({*kept, *now}):
        was, says = kept.get(name, ""), now.get(name, "")
        if was != says:
            lines += unified_diff(
                was.splitlines(), says.splitlines(), f"kept: {name}", f"now: {name}", "", "", 1, ""
            )
    return lines


def _of_merge(folder: Path, day: date) -> dict[str, str]:
    """The files that came in, merged by the program as it is now, and what is written then."""
    texts = {"merge": tell(folder, day, "merge", "--reply", str(folder / "replies"))}
    texts |= {name: tell(folder, day, name) for name in ("show", "status")}
    for path in sorted((folder / "replies").glob("*.txt")):
        texts[path.name] = path.read_text("utf-8")
    for path in (folder / "decisions.xlsx", folder / "master.xlsx"):
        if path.exists():
            texts[path.name] = workbook_text(path.read_bytes())
    return texts


def _at_the_end(folder: Path, day: date) -> dict[str, str]:
    """What the whole ledger, as an older version wrote it, says now."""
    cycles = [path.name for path in _issued(folder)]
    texts = {name: tell(folder, day, name) for name in ("show", "log", "check")}
    for cycle in cycles:
        texts[f"status {cycle}"] = tell(folder, day, "status", "--cycle", cycle)
        texts[f"show {cycle}"] = tell(folder, day, "show", "--as-of", cycle)
        texts[f"show {cycle} restated"] = tell(folder, day, "show", "--as-of", cycle, "--restated")
    for cycle in cycles:  # before anything is recorded: the tip of the ledger is printed on them
        tell(folder, day, "publish", "--cycle", cycle, "--accessible", "--one-page")
    texts["merge of nothing"] = tell(folder, day, "merge")
    for path in (folder / "master.xlsx", *sorted((folder / "board").glob("*.xlsx"))):
        texts[path.name] = workbook_text(path.read_bytes())
    return texts


def _issued(folder: Path) -> list[Path]:
    with open_plan(folder) as plan:
        found = {issued.file for issued in plan.desk.state.issued.values()}
    return sorted({Path(file).parent for file in found if file.startswith("outbox/")})


def _templates(folder: Path, day: date, layout: str) -> dict[str, str]:
    """The templates that a next cycle issues, in one layout."""
    path = folder / "plan.toml"
    text = path.read_text("utf-8")
    text = re.sub(r'^layout = ".*\n', "", text, flags=re.MULTILINE)
    text = text.replace("\n[issue]\n", f'\n[issue]\nlayout = "{layout}"\n')
    assert load_definition(text, path.name).issue.layout == layout
    path.write_text(text, encoding="utf-8")
    status = json.loads(say(folder, day, "status", "--json"))
    leads = sorted(status["leads"], key=lambda lead: (-lead["actions"], lead["lead"]))
    chosen = [part for lead in leads[:LARGEST] for part in ("--lead", lead["lead"])]
    due = (day + timedelta(30)).isoformat()
    tell(folder, day, "issue", "--cycle", "2027-12", "--return-by", due, *chosen)
    found = sorted((folder / "outbox" / "2027-12").glob("*.xlsx"))
    assert len(found) == LARGEST
    return {path.name: workbook_text(path.read_bytes()) for path in found}


def read_expected(golden: Golden, part: str = "") -> dict[str, str]:
    """The texts that are kept, or those of one part."""
    if not golden.expected.exists():
        return {}
    whole = lzma.decompress(golden.expected.read_bytes()).decode()
    parts = (part.partition("\n") for part in ("\n" + whole).split(f"\n{HEADING}")[1:])
    return {name: text.rstrip() + "\n" for name, _, text in parts if name.startswith(part)}


def write_expected(golden: Golden, texts: Mapping[str, str]) -> None:
    """Keep texts, in their order."""
    whole = "".join(f"{HEADING}{name}\n{text.rstrip()}\n" for name, text in sorted(texts.items()))
    golden.expected.parent.mkdir(exist_ok=True)
    golden.expected.write_bytes(lzma.compress(whole.encode(), preset=9))
