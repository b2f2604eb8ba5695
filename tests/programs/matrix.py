"""Every program on every layout: what became of each edit in the files that it writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.programs.awkward import EDITS, Put
from tests.programs.every_type import Template
from tests.programs.own_bytes import cells_of
from tests.programs.program import File, Program
from tests.programs.verdicts import VERDICTS, Judge, Judged, merged
from tests.programs.writers import SHEETJS

PAGE = Path(__file__).with_name("MATRIX.md")


@dataclass(frozen=True)
class Tried:
    """A program, a format and a layout: what became of the edits, and of a file saved untouched."""

    program: str
    version: str
    format: str
    layout: str
    edits: Sequence[Judged]
    untouched: Sequence[Judged]


def puts(template: Template) -> Mapping[str, Put]:
    """What is put into each cell of a template."""
    return {template.cells[template.refs[each.row], each.field]: each.put for each in EDITS}


def try_program(program: Program, templates: Mapping[str, Template], folder: Path) -> list[Tried]:
    """Have a program write every file, and merge each; the program is started once."""
    files: dict[tuple[str, str, bool], File] = {}
    for layout, template in templates.items():
        for suffix in program.formats:
            for edited in (True, False):
                name = f"{program.name} {layout} {'edited' if edited else 'untouched'}{suffix}"
                out = folder / name.replace(":", "")
                put = puts(template) if edited else {}
                files[layout, suffix, edited] = File(template.file, out, template.sheet, put)
    outcome = program.write(list(files.values()))
    found: list[Tried] = []
    for layout, template in templates.items():
        before = cells_of(template.file, template.sheet)
        with template.opened() as plan:
            for suffix in program.formats:
                judges = [
                    Judge(template, out, merged(plan, out), outcome.of(out), before)
                    for out in (files[layout, suffix, edited].out for edited in (True, False))
                ]
                edits, untouched = list(judges[0].edits()), list(judges[1].untouched())
                found.append(Tried(program.name, outcome.version, suffix, layout, edits, untouched))
    return found


# The page


def count_lines(tried: Sequence[Tried]) -> Iterator[str]:
    """A line of the table of counts for each format of a program, both layouts together."""
    for suffix in dict.fromkeys(each.format for each in tried):
        ours = [each for each in tried if each.format == suffix]
        counts = Counter(one.verdict for each in ours for one in each.edits)
        untouched = sum(len(each.untouched) for each in ours)
        cells = [ours[0].program, ours[0].version, suffix, *(counts[v] for v in VERDICTS)]
        yield "| " + " | ".join(map(str, [*cells, untouched])) + " |"


def remarkable_lines(tried: Sequence[Tried]) -> Iterator[str]:
    """A line for each edit of a program that is not simply exact in every format."""
    suffixes = list(dict.fromkeys(each.format for each in tried))
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for each in tried:
        for one in each.edits:
            if one.verdict != "exact":
                cell = found.setdefault((one.name, one.field), {}).setdefault(each.format, [])
                text = f"{one.verdict}: {one.why}" if one.verdict == "altered" else one.verdict
                if text not in cell:
                    cell.append(text)
    yield "| edit | field | " + " | ".join(suffixes) + " |"
    yield "|---|---|" + "---|" * len(suffixes)
    for (name, field), cells in found.items():
        row = [_plainly(" / ".join(cells.get(suffix, ()))) for suffix in suffixes]
        yield f"| {_plainly(name)} | {field} | " + " | ".join(row) + " |"


def _plainly(text: str) -> str:
    """A text in a cell of a table of the page."""
    for sign, instead in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("_", "\\_"), ("*", "\\*")):
        text = text.replace(sign, instead)
    return text


def section(tried: Sequence[Tried]) -> str:
    """What the page says of one program."""
    lines = "\n".join(remarkable_lines(tried))
    return f"### {tried[0].program} {tried[0].version}\n\n{lines}\n"


UNREADABLE: Mapping[str, str] = {
    ".xlsb": "GATE-024", ".html": "GATE-015", ".xml": "GATE-021", ".slk": "GATE-021",
    ".dif": "GATE-021",
}  # fmt: skip
"""Files of SheetJS that are not read, by their ending, with the code that says so."""


def unread(template: Template, folder: Path) -> dict[str, tuple[str, str]]:
    """What is answered to each of these files: the code, and the first sentences."""
    files = [
        File(template.file, folder / f"unread{suffix}", template.sheet) for suffix in UNREADABLE
    ]
    SHEETJS.write(files)
    found: dict[str, tuple[str, str]] = {}
    with template.opened() as plan:
        for file in files:
            (report,) = plan.merge(file.out, dry_run=True).returns
            assert report.outcome == "refused"
            found[file.out.suffix] = report.problems[0].code, report.problems[0].message
    return found


def unread_section(found: Mapping[str, tuple[str, str]]) -> str:
    """What the page says of files that are not read."""
    lines = "".join(f"| {suffix} | {code} | {text} |\n" for suffix, (code, text) in found.items())
    return f"{_UNREAD}{lines}"


_UNREAD = """## What stays unreadable

Saved by SheetJS. A workbook with a password is GATE-006 (`tests/workbook/test_gate.py`).

| file | code | answer |
|---|---|---|
"""


def page(programs: Sequence[Sequence[Tried]], missing: Sequence[str], below: str) -> str:
    """The whole page; `below` stands at its end."""
    counts = "\n".join(line for tried in programs for line in count_lines(tried))
    lacking = "".join(f"\nNot installed where this was written: {name}.\n" for name in missing)
    sections = "\n".join(section(tried) for tried in programs)
    heads = " | ".join((*VERDICTS, "untouched"))
    return _PAGE.format(
        edits=len(EDITS),
        heads=heads,
        rule="---|" * (len(VERDICTS) + 4),
        counts=counts,
        lacking=lacking,
        sections=sections,
        below=below,
    )


_PAGE = """# What programs make of {edits} awkward edits

Written by `python -m tests.programs --write`; `tests/programs/test_programs.py` checks it as far as
programs are installed. Each program puts the edits of `tests/programs/awkward.py` into a template
in both layouts; the file is merged as it lies.

- **exact**: the plan says what the cell shows.
- **altered**: the written file itself says something else than was put, and the plan says that.
- **asked**: a question, or an edit that is held, which shows the right thing.
- **misread**: the file says it and the plan does not. **invented**: a change or a question of which
  the file says nothing. **refused**: the file. None of these three may be.
- **untouched**: changes and questions of a file that was only opened and saved.

Counts are of both layouts together. What a program does not offer (a note, letters in bold) is left
out.

| program | version | file | {heads} |
|{rule}
{counts}
{lacking}
## Edits that are not simply exact

Every edit that is not listed for a program is exact in all of its files.

{sections}
{below}"""
