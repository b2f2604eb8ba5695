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
from tests.programs.every_type import LAYOUTS, Template, make_template
from tests.programs.matrix import PAGE, Tried, page, try_program
from tests.programs.writers import PROGRAMS, install, libreoffice


def every_program(folder: Path) -> str:
    """The page, from every program that is installed."""
    templates = {layout: make_template(folder / layout, layout) for layout in LAYOUTS}
    missing = [name for name, program in PROGRAMS.items() if program.missing()]
    found = find_office()
    tried = list(_tried(templates, folder, None if isinstance(found, str) else found))
    missing += ["LibreOffice"] if isinstance(found, str) else []
    return page(tried, missing, "")


def _tried(
    templates: Mapping[str, Template], folder: Path, found: tuple[str, str] | None
) -> Iterator[Sequence[Tried]]:
    if found is not None:
        office = Office(*found, folder)
        try:
            yield try_program(libreoffice(office), templates, folder)
        finally:
            office.close()
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
