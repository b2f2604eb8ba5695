"""What stands beside the board: ACC, what the accessible workbook must be; PUB, its pages."""

from __future__ import annotations

from xlplan.codes.message import Message

ACC_001 = Message(
    "ACC-001",
    "The document has no title.",
    "Set one.",
    "The document has no title. Set one.",
    level="warning",
)
ACC_002 = Message(
    "ACC-002",
    "The document has no language.",
    "Set one.",
    "The document has no language. Set one.",
    level="warning",
)
ACC_003 = Message(
    "ACC-003",
    "The workbook does not open at the top of its first sheet.",
    "Make the first sheet the active one, with the cursor in A1.",
    {
        "sheet": "The workbook does not open on its first sheet. Make that the active one.",
        "cursor": "The cursor is in {cell}. Put it in A1.",
    },
    level="warning",
)
ACC_004 = Message(
    "ACC-004",
    "A sheet is not in the contents.",
    "Add a link to it.",
    'The first sheet has no link to "{sheet}". Add one to the contents.',
    level="warning",
)
ACC_005 = Message(
    "ACC-005",
    "The name of a sheet does not show what is on it.",
    "Name the sheet by what it shows.",
    'The name "{sheet}" does not show what is on the sheet. Name it by that.',
    level="warning",
)
ACC_006 = Message(
    "ACC-006",
    "The name of a table does not show what is in it, or is there twice.",
    "Rename the table.",
    {
        "twice": '"{table}" is the name of a table on "{other}" too. Rename one of them.',
        "unnamed": 'The name "{table}" does not show what is in the table. Name it by that.',
    },
    level="warning",
)
ACC_007 = Message(
    "ACC-007",
    "A sheet is not exactly one table from column A with a heading for each column.",
    "Lay it out like that.",
    {
        "count": "The sheet has {count:# marked-up table|# marked-up tables}. Make it exactly one.",
        "column": "The table stands in {area}. Begin it in column A.",
        "header": "The table does not have exactly one row of headings. Write one.",
        "headings": "A heading is blank or there twice. Write a different one for each column.",
        "below": "Something stands below the table ({area}). Move it above.",
    },
    level="warning",
)
ACC_008 = Message(
    "ACC-008",
    "Cells are merged.",
    "Unmerge them.",
    "Cells are merged. Unmerge them.",
    level="warning",
)
ACC_009 = Message(
    "ACC-009",
    "Something floats over the cells.",
    "Put it in words in the sheet.",
    "Boxes, pictures, charts and comments float over the cells. Put what they show in words.",
    level="warning",
)
ACC_010 = Message(
    "ACC-010",
    "Something is hidden or blank.",
    "Show it, fill it, or remove it.",
    {
        "row": "The row is blank. Remove it.",
        "cell": 'The cell is blank. Fill it, with "none" where there is nothing.',
        "hidden": "This row or column is hidden. Show it or remove it.",
    },
    level="warning",
)
ACC_011 = Message(
    "ACC-011",
    "There is a header or footer, which is not read aloud.",
    "Put its text into the sheet.",
    "A header or footer is not read aloud. Put its text into the sheet.",
    level="warning",
)
ACC_012 = Message(
    "ACC-012",
    "A heading refers to a note that is nowhere.",
    "Add it to the notes.",
    "[note {number}] is nowhere in the workbook. Add it to the notes.",
    level="warning",
)
ACC_013 = Message(
    "ACC-013",
    "One value has two colours.",
    "Put the difference in words.",
    '"{value}" has two colours in one column. Put the difference in words.',
    level="warning",
)
ACC_014 = Message(
    "ACC-014",
    "A link does not show where it leads.",
    "Write it in words.",
    '"{text}" does not show where the link leads. Write it in words.',
    level="warning",
)
ACC_065 = Message(
    "ACC-065",
    "A table has a filter, whose buttons stand in the way of its headings.",
    "Take it off.",
    "The table has a filter, whose buttons stand in the way of its headings. Take it off.",
    level="warning",
)
ACC_066 = Message(
    "ACC-066",
    "The title of a sheet is no heading.",
    "Give A1 the cell style Heading 1.",
    "The title of the sheet is no heading. Give A1 the cell style Heading 1.",
    level="warning",
)
ACC_067 = Message(
    "ACC-067",
    "A percentage is text.",
    "Enter it as a number.",
    '"{value}" is text. Enter the percentage as a number.',
    level="warning",
)
ACC_068 = Message(
    "ACC-068",
    "The contents list what is not there.",
    "Remove the row, or link it to its sheet.",
    'The contents list "{value}", which has no sheet. Remove the row, or link it to its sheet.',
    level="warning",
)
PUB_058 = Message(
    "PUB-058",
    "The PDF is in another font than the plan's.",
    "Install the font, or one whose letters are as wide, and publish again.",
    "The pages are printed in {other}: {font} is not on this machine, nor a font whose letters are "
    "as wide, so texts may be cut. Install {needed} and publish again.",
    level="note",
)
