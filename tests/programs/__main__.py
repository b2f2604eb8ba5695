"""What programs make of awkward edits, as a page; and the programs from npm.

python -m tests.programs              prints the page
python -m tests.programs --write      writes it to tests/programs/MATRIX.md
python -m tests.programs --install    installs the programs from npm below .programs/
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.office import Office, find_office
from tests.programs.every_type import LAYOUTS, Template, make_template, make_wide
from tests.programs.matrix import PAGE, Tried, page, try_program, unread, unread_section
from tests.programs.shown_formats import (
    FORMATS,
    PAGE_SEED,
    asked_pairs,
    drawn,
    formats_section,
    outcomes,
)
from tests.programs.writers import PROGRAMS, SHEETJS, install, libreoffice


def every_program(folder: Path) -> str:
    """The page, from every program that is installed."""
    templates = {layout: make_template(folder / layout, layout) for layout in LAYOUTS}
    missing = [name for name, program in PROGRAMS.items() if program.missing()]
    found = find_office()
    if isinstance(found, str):
        raise SystemExit(found)
    office = Office(*found, folder)
    try:
        tried = list(_tried(templates, folder, office))
        wide = make_wide(folder / "wide", len(FORMATS))
        refused = "" if SHEETJS.missing() else unread_section(unread(templates["table"], folder))
        pairs = asked_pairs(outcomes(office, wide, drawn(PAGE_SEED, wide), folder))
    finally:
        office.close()
    return page(tried, missing, f"{refused}\n{formats_section(pairs)}")


def _tried(
    templates: Mapping[str, Template], folder: Path, office: Office
) -> Iterator[Sequence[Tried]]:
    yield try_program(libreoffice(office), templates, folder)
    for program in PROGRAMS.values():
        if not program.missing():
            yield try_program(program, templates, folder)


if __name__ == "__main__":
    if sys.argv[1:] == ["--install"]:
        install()
    else:
        with tempfile.TemporaryDirectory() as place:
            text = every_program(Path(place))
        if sys.argv[1:] == ["--write"]:
            PAGE.write_text(text, "utf-8")
        else:
            print(text)
