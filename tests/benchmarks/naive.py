"""The round trip as an honest script would do it, and its cells by bare libraries alone.

``python -m tests.benchmarks.naive issue|collect|bare-issue|bare-collect|bare-same FOLDER``

The folder has ``master.xlsx``. `issue` writes a locked template for each lead into ``out``;
`collect` reads what lies in ``in``, compares each cell with the master, logs what changed, and
writes the master and a board. No stamp, no base, no question: the second of two leads who change a
cell wins, and whoever sorts a table loses it. The first two `bare` commands read and write the same
cells and do nothing else: what no script can be faster than by much. `bare-same` does so with the
cells of other workbooks: of each in ``back``, which it reads and writes, and of those that
``written.pickle`` has, which it writes.
"""

from __future__ import annotations

import csv
import pickle
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HEADINGS = (
    "Ref", "Theme", "Action", "Lead officer", "Outcome", "Measure", "Source", "Timescale",
    "Revised date", "% complete", "Rating", "Stage", "Progress", "Evidence", "Remarks",
)  # fmt: skip
INPUTS = HEADINGS[7:]
"""What leads fill in."""
RATINGS = {"Complete": "5B9BD5", "On track": "70AD47", "Slipping": "FFC000", "Late": "C00000"}
STAGES = ("Not started", "Under way", "Done")
WIDTHS = (8, 12, 40, 22, 30, 16, 16, 14, 14, 11, 11, 13, 60, 20, 20)
Line = dict[str, Any]


def read_sheet(path: Path) -> list[Line]:
    """The rows of the first sheet, by heading."""
    import pandas as pd

    frame = pd.read_excel(path, dtype=object)
    found: list[Any] = frame.where(frame.notna(), None).to_dict("records")
    return found


def by_lead(rows: Sequence[Line]) -> dict[str, list[Line]]:
    """The rows of each lead."""
    found: dict[str, list[Line]] = {}
    for row in rows:
        found.setdefault(str(row["Lead officer"]), []).append(row)
    return found


def issue(folder: Path) -> None:
    """A template for each lead."""
    (folder / "out").mkdir(exist_ok=True)
    for lead, rows in by_lead(read_sheet(folder / "master.xlsx")).items():
        write_template(folder / "out" / f"{lead}.xlsx", rows)


def write_template(path: Path, rows: Sequence[Line]) -> None:
    """One template: locked but for the inputs, with lists to choose from."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Update"
    sheet.append(HEADINGS)
    for row in rows:
        sheet.append([row[name] for name in HEADINGS])
    head, grey = Font(bold=True), PatternFill("solid", fgColor="E7E6E6")
    top, free = Alignment(wrap_text=True, vertical="top"), Protection(locked=False)
    for cell in sheet[1]:
        cell.font, cell.fill = head, grey
    for cells in sheet.iter_rows(min_row=2):
        for cell, name in zip(cells, HEADINGS, strict=True):
            cell.alignment = top
            if name in INPUTS:
                cell.protection = free
            else:
                cell.fill = grey
    for number, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for name, choices in (("Rating", RATINGS), ("Stage", STAGES)):
        rule = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        letter = get_column_letter(HEADINGS.index(name) + 1)
        rule.add(f"{letter}2:{letter}{len(rows) + 1}")
        sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"
    sheet.protection.sheet = True
    book.save(path)


def collect(folder: Path) -> None:
    """Take in what came back; write the log, the master and the board."""
    import pandas as pd

    master = {row["Ref"]: row for row in read_sheet(folder / "master.xlsx")}
    changes: list[tuple[Any, ...]] = []
    for path in sorted((folder / "in").glob("*.xlsx")):
        for back in read_sheet(path):
            if (row := master.get(back["Ref"])) is None:
                continue
            for name in INPUTS:
                if back[name] != row[name]:
                    changes.append((path.name, back["Ref"], name, row[name], back[name]))
                    row[name] = back[name]
    rows = list(master.values())
    with (folder / "log.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(changes)
    pd.DataFrame(rows, columns=list(HEADINGS)).to_excel(folder / "merged.xlsx", index=False)
    write_board(folder / "board.xlsx", rows, changes)


def counted(rows: Sequence[Line]) -> Iterator[tuple[Any, ...]]:
    """How many actions of each theme have each rating."""
    counts = Counter((row["Theme"], row["Rating"]) for row in rows)
    for theme in dict.fromkeys(row["Theme"] for row in rows):
        yield theme, *(counts[theme, rating] for rating in RATINGS)


def write_board(path: Path, rows: Sequence[Line], changes: Sequence[tuple[Any, ...]]) -> None:
    """Counts, the actions with their ratings in colour, and what changed."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    summary = book.active
    assert summary is not None
    summary.title = "Summary"
    summary.append(("Theme", *RATINGS))
    for line in counted(rows):
        summary.append(line)
    actions = book.create_sheet("Actions")
    actions.append(HEADINGS)
    fills = {name: PatternFill("solid", fgColor=colour) for name, colour in RATINGS.items()}
    top, at = Alignment(wrap_text=True, vertical="top"), HEADINGS.index("Rating")
    for row in rows:
        actions.append([row[name] for name in HEADINGS])
    for cells in actions.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = top
        cells[at].fill = fills.get(str(cells[at].value), PatternFill())
    for number, width in enumerate(WIDTHS, 1):
        actions.column_dimensions[get_column_letter(number)].width = width
    log = book.create_sheet("Changes")
    log.append(("File", "Ref", "Field", "From", "To"))
    for change in changes:
        log.append(change)
    for sheet in book:
        sheet.freeze_panes = "A2"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
    book.save(path)


# The same cells by libraries alone


def bare_sheets(path: Path) -> list[list[list[Any]]]:
    """The cells of all sheets."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return [list(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]


def bare_rows(path: Path) -> list[list[Any]]:
    """The cells of the first sheet."""
    from python_calamine import CalamineWorkbook

    return list(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())


def bare_write(path: Path, sheets: Sequence[Sequence[Sequence[Any]]]) -> None:
    """A workbook with these cells."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                for col, value in enumerate(row):
                    sheet.write(number, col, value, plain)


def bare_issue(folder: Path) -> None:
    """Read the master, write the templates."""
    (folder / "out").mkdir(exist_ok=True)
    head, *rows = bare_rows(folder / "master.xlsx")
    at = HEADINGS.index("Lead officer")
    leads: dict[str, list[list[Any]]] = {}
    for row in rows:
        leads.setdefault(row[at], [head]).append(row)
    for lead, found in leads.items():
        bare_write(folder / "out" / f"{lead}.xlsx", [found])


def bare_collect(folder: Path) -> None:
    """Read the master and what came back, write the master and the board."""
    rows = bare_rows(folder / "master.xlsx")
    back = [bare_rows(path) for path in sorted((folder / "in").glob("*.xlsx"))]
    bare_write(folder / "merged.xlsx", [rows])
    log = [row[:5] for each in back for row in each[1:4]]
    bare_write(folder / "board.xlsx", [rows[:10], rows, log])


def bare_same(folder: Path) -> None:
    """Read and write each workbook in ``back``, write those that were read beforehand."""
    for path in sorted((folder / "back").glob("*.xlsx")):
        bare_write(folder / "same.xlsx", bare_sheets(path))
    for sheets in pickle.loads((folder / "written.pickle").read_bytes()):
        bare_write(folder / "same.xlsx", sheets)


COMMANDS = {
    "issue": issue,
    "collect": collect,
    "bare-issue": bare_issue,
    "bare-collect": bare_collect,
    "bare-same": bare_same,
}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](Path(sys.argv[2]))
