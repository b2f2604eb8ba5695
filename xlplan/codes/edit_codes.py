"""EDIT: a workbook that is changed in place, cell by cell; everything else in it stays."""

from __future__ import annotations

from xlplan.codes.message import Message

_BY_HAND = "Enter the value in Excel by hand."

EDIT_001 = Message(
    "EDIT-001",
    "The cell holds a formula, and a value in its place would break it.",
    "Change the cells that the formula looks at.",
    {
        "": "This cell holds a formula, so it was not changed. Change the cells that the formula "
        "looks at, or replace the formula in Excel.",
        "array": "This cell belongs to the array formula or data table over {area}, so it was not "
        "changed. Change the cells that the formula looks at.",
    },
)
EDIT_002 = Message(
    "EDIT-002",
    "The cell is a heading or a total of a table, which Excel keeps in step with the table itself.",
    "Change it in Excel.",
    {
        "heading": 'This cell is a heading of the table "{table}", so it was not changed. Change '
        "it in Excel.",
        "total": 'This cell is in the totals of the table "{table}", so it was not changed. Change '
        "it in Excel.",
    },
)
EDIT_003 = Message(
    "EDIT-003",
    "The cell lies under merged cells, where nobody would see the value.",
    "Enter the value in the first of the merged cells.",
    "This cell lies under the merged cells {area}, so nothing was written. Enter the value in "
    "their first cell, {first}.",
)
EDIT_004 = Message(
    "EDIT-004",
    "The cell is drawn by a pivot table, which would write over it.",
    "Change the data that the pivot table counts.",
    "This cell is part of the pivot table over {area}, so it was not changed. Change the data that "
    "the pivot table counts.",
)
EDIT_005 = Message(
    "EDIT-005",
    "The cell holds a picture or a data type, not a plain value.",
    "Change it in Excel.",
    "This cell holds a picture or a data type instead of a plain value, so it was not changed. "
    + _BY_HAND,
)
EDIT_006 = Message(
    "EDIT-006",
    "The text is longer than a cell can hold.",
    "Shorten the text.",
    "The text has {length} characters; a cell holds no more than {most}. Shorten the text.",
)
EDIT_007 = Message(
    "EDIT-007",
    "The value is one that no cell can hold.",
    "Use another value.",
    {
        "date": "The date {value} is before 1900, where the dates of Excel begin. Enter it as "
        "text.",
        "number": "{value} is no number that a cell can hold. Enter another value.",
        "text": "The text has a sign that no workbook can hold. Type the text anew.",
    },
)
EDIT_008 = Message(
    "EDIT-008",
    "There is no such sheet or cell in the workbook.",
    "Look whether the sheet was renamed.",
    {
        "sheet": "This workbook has no sheet of that name. Look whether it was renamed.",
        "chart": "This is a sheet of a chart, which has no cells. Name another sheet.",
        "cell": "There is no such cell. Name it by its column and row, such as B7.",
        "unplaced": "The cells of this sheet do not say where they stand, so none can be put in. "
        "Open the workbook in Excel, save it, and use that.",
    },
)
EDIT_009 = Message(
    "EDIT-009",
    "Rows could not be put in there.",
    "Put them in with Excel.",
    {
        "pivot": "The pivot table over {area} lies across this row, so no row was put in after it. "
        "Move the pivot table in Excel.",
        "array": "The array formula or data table over {area} lies across this row, so no row was "
        "put in after it. Put the row in with Excel.",
        "full": "The sheet has no room for more rows. Delete the rows at its end in Excel.",
        "unplaced": "The cells of this sheet do not say where they stand, so no row can be put in. "
        "Open the workbook in Excel, save it, and use that.",
        "shared": "The workbook records who changed what in it (a shared workbook), so no row can "
        "be put in. Stop sharing it in Excel.",
        "row": "There is no such row. Give the row after which the new ones belong.",
    },
)
EDIT_010 = Message(
    "EDIT-010",
    "The row that the cell belongs to could not be put in.",
    "See the message of the row.",
    "The row of this cell could not be put in, so the cell was not written. See the message of "
    "{row}.",
)
EDIT_011 = Message(
    "EDIT-011",
    "The workbook carries a digital signature, which any change would break.",
    "Take the signature off in Excel.",
    "This workbook is digitally signed, and any change would break the signature. Take the "
    "signature off in Excel (File, Info).",
)
EDIT_012 = Message(
    "EDIT-012",
    "The workbook has a password, so its cells cannot be changed here.",
    "Take the password off in Excel.",
    "This workbook is protected by a password, so nothing in it can be changed. Take the password "
    "off in Excel (File, Info, Protect Workbook).",
)
EDIT_013 = Message(
    "EDIT-013",
    "The file is of a kind that is read but not changed in place.",
    "Save it in Excel as .xlsx.",
    "This is a file of the kind {kind}, which cannot be changed in place. Open it in Excel, save "
    "it as an Excel workbook (.xlsx), and use that.",
)
EDIT_014 = Message(
    "EDIT-014",
    "Somebody has the workbook open.",
    "Have it closed and run the command again.",
    {
        "": "Somebody has this workbook open, so it was not written. Close it and run the command "
        "again.",
        "owner": "{owner} has this workbook open, so it was not written. Have it closed and run "
        "the command again.",
    },
)
EDIT_015 = Message(
    "EDIT-015",
    "The workbook was saved by somebody after it was read.",
    "Run the command again.",
    {
        "": "This workbook was saved after it was read, so it was not written over. Run the "
        "command again, so that it is read anew.",
        "gone": "This workbook is not there any more, so nothing was written. Put it back, or run "
        "the command again.",
    },
)
EDIT_016 = Message(
    "EDIT-016",
    "A part of the workbook is damaged or written in an unusual way.",
    "Save it in Excel as .xlsx.",
    {
        "": "This workbook cannot be changed in place: it is damaged or unusual. Open it in Excel, "
        "save it, and use that.",
        "part": 'This workbook cannot be changed in place: its part "{part}" is damaged or '
        "unusual. Open it in Excel, save it, and use that.",
    },
)
EDIT_017 = Message(
    "EDIT-017",
    "What was written did not read back as it should, so it was thrown away.",
    "Change the cells in Excel, and report the workbook to whoever looks after this program.",
    "After the change, {cells:# cell does|# cells do} not read as they should, so the change was "
    "thrown away and the workbook is as it was. Change the cells in Excel.",
)
EDIT_018 = Message(
    "EDIT-018",
    "Formulas depend on the cells that changed; their old results were removed.",
    "Open the workbook in Excel once; it works them out.",
    "{formulas:# formula depends|# formulas depend} on the cells that changed, so the old results "
    "were removed. Open the workbook in Excel once, which works them out.",
    level="note",
)
EDIT_019 = Message(
    "EDIT-019",
    "A formula spells out a place as text, which does not move with the rows.",
    "Look at the formulas with INDIRECT.",
    "Rows were put in, and a formula in {places!f} spells out a place as text (INDIRECT or "
    "ADDRESS), which does not move with them. Look whether it still names the right cell.",
    level="warning",
)
EDIT_020 = Message(
    "EDIT-020",
    "Macros that name cells by their place are not changed.",
    "Look at the macros.",
    "Rows were put in, and the workbook has macros, which were not changed. Look whether a macro "
    "names a cell by its place.",
    level="warning",
)
EDIT_021 = Message(
    "EDIT-021",
    "Formulas of other workbooks that name cells by their place are not changed.",
    "Look at workbooks that take values from this one.",
    "Rows were put in. A formula in another workbook that takes values from this sheet is not "
    "changed. Look at such workbooks, if there are any.",
    level="note",
)
EDIT_022 = Message(
    "EDIT-022",
    "A formula adds up cells down to the row above the new ones, and does not take them in.",
    "Extend the formula in Excel if the new rows belong to it.",
    "The formula in {places!f} ends at row {row}, just above the new rows, and does not take them "
    "in. Extend it in Excel if they belong to it.",
    level="warning",
)
EDIT_023 = Message(
    "EDIT-023",
    "A formula over several sheets does not move with the rows.",
    "Look at the formula.",
    "Rows were put in, and the formula in {places!f} looks at several sheets at once, which does "
    "not move with them. Look whether it still names the right cells.",
    level="warning",
)
EDIT_024 = Message(
    "EDIT-024",
    "A cell was changed in a row or column that nobody sees.",
    "Nothing needs doing; show the row to see it.",
    "The row of this cell is hidden or filtered out, so nobody sees the change. Show the row in "
    "Excel.",
    level="note",
)
