"""Make the pictures of the README: a template and the summary of a composite, from the demo.

Usage: python examples/pictures/make_pictures.py
It runs the demo in a temporary folder and needs LibreOffice (`soffice`) and `pdftoppm`.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from xlplan.cycle.demo import demo

HERE = Path(__file__).parent
RESOLUTION = "75"


def picture(workbook: Path, page: int, target: Path, folder: Path) -> None:
    """Page `page` of a workbook, as it prints, as a PNG file."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
         "--convert-to", "pdf", "--outdir", str(folder), str(workbook)],
        check=True, capture_output=True,
    )  # fmt: skip
    pdf = folder / f"{workbook.stem}.pdf"
    subprocess.run(
        ["pdftoppm", "-png", "-r", RESOLUTION, "-f", str(page), "-l", str(page), "-singlefile",
         str(pdf), str(target.with_suffix(""))],
        check=True,
    )  # fmt: skip


def main() -> None:
    """Run the demo and take the pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = demo(folder / "demo-plan", lambda _: None)
        template = made.folder / "outbox" / "2026-01" / "Head of Quality Assurance.xlsx"
        picture(template, 1, HERE / "template.png", folder)
        picture(made.folder / "board" / "2026-01.xlsx", 2, HERE / "composite.png", folder)


if __name__ == "__main__":
    main()
