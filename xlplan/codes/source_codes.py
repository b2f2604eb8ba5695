"""NEW: starting a plan from a spreadsheet or a Word document."""

from __future__ import annotations

from xlplan.codes.message import Message

_WITHDRAW = "Withdraw what is no part of the plan."
_OTHER_HEADING = "If its headings are the right ones, delete the other heading row and start again."
WITH_OTHER_SHEETS = "If the plan is on other sheets, name them with --sheet."
"""What `new` adds to a refusal of the whole spreadsheet for one of its sheets."""

NEW_001 = Message(
    "NEW-001",
    "No table of a plan was found.",
    "Name the heading row with `--header-row` and a column with `--map`, or add such headings.",
    {
        "": "No plan was found in this file ({sheets!q:sheet #|sheets #}): no table has a row of "
        "headings such as Ref, Action, Lead, Timescale, Progress and RAG. Check that this is the "
        "right file, or put such headings above the table.",
        "nearest": "No plan was found in this file ({sheets!q:sheet #|sheets #}): no table has a "
        "column of things to be done beside one of who, when or how far, under headings such as "
        "Ref, Action, Lead, Timescale, Progress and RAG. Nearest: {nearest}. Name the row of "
        'headings with --header-row "SHEET!ROW", and what a column is with --map "HEADING=action".',
        "cards": 'The actions on sheet "{sheet}" are cards, each a block of labels with values '
        "({labels!q}), which cannot be read. Make it a table with these labels as the headings of "
        "its columns and a row for each action, and start again (where they stand one below the "
        "other, copy a card and paste it with Transpose).",
        "down": 'On sheet "{sheet}" each action is a column, with labels down the side '
        "({labels!q}), which cannot be read. Copy it, paste it with Transpose on a sheet of its "
        "own, so that the labels are the headings of columns with a row for each action, and start "
        "again.",
    },
)
NEW_002 = Message(
    "NEW-002",
    "There is no such sheet.",
    "Choose one of those listed.",
    'There is no sheet "{sheet}". Choose one of: {sheets!q}.',
)
NEW_003 = Message(
    "NEW-003",
    "Several rows have one ref; all were imported.",
    "Enter a ref of its own for each in `master.xlsx`.",
    '"{ref}" is the ref of {count} {kind}s (rows {rows!l}), and all were imported. Enter a ref of '
    "its own for each in master.xlsx.",
    level="warning",
)
NEW_004 = Message(
    "NEW-004",
    "Something is hidden in the spreadsheet; what nobody was shown was kept back.",
    "Let out what belongs in the plan, and withdraw what is no part of it.",
    {
        "sheet": "This sheet is hidden; it was imported and kept back: no lead is sent it and no "
        "board shows it. To let an action out, clear its {status} in master.xlsx; to let all out, "
        "start again and name the sheet with --sheet.",
        "sheet of a kept workbook": "This sheet is hidden; it was imported and kept back: no lead "
        "is sent it and no board shows it. To let it out, start again and name it with --sheet.",
        "rows": "{rows!f:Row # is hidden; it was|Rows # are hidden; they were} imported and kept "
        "back: no lead is sent {rows!f:it|them} and no board shows {rows!f:it|them}. To let an "
        "action out, clear its {status} in master.xlsx.",
        "rows of a kept workbook": "{rows!f:Row # is hidden; it was|Rows # are hidden; they were} "
        "imported and kept back: no lead is sent {rows!f:it|them} and no board shows "
        "{rows!f:it|them}. To let an action out, unhide its row in your spreadsheet and start "
        "again.",
        "filtered": "A filter hides {rows!f:row #|rows #}: imported as any other, so "
        f"{{rows!f:it goes|they go}} to leads and to the board. {_WITHDRAW}",
        "columns": "{columns!f:Column # is hidden; it was|Columns # are hidden; they were} "
        "imported and kept back: no lead is sent {columns!f:it|them} and no board shows "
        "{columns!f:it|them}. To let one out, delete private = true from its field in plan.toml.",
        "shown": "{columns!f:Column # is hidden; it was|Columns # are hidden; they were} imported. "
        "Leads and the board see what {columns!f:it holds|they hold}, as they see the refs, "
        "actions and leads of every plan; delete what they should not see in master.xlsx.",
    },
    level="note",
    levels={"shown": "warning"},
)
NEW_005 = Message(
    "NEW-005",
    "Cells hold formulas; their values were imported.",
    "Save the file in Excel first where values are missing.",
    {
        "values": "{cells:# cell holds a formula|# cells hold formulas} (first {first}), and only "
        "the values were imported. Correct a value that is wrong in master.xlsx.",
        "values on sheets": "{cells:# cell holds a formula|# cells hold formulas} on "
        "{sheets!q:sheet #|sheets #} (first {first}), and only the values were imported. Correct a "
        "value that is wrong in master.xlsx.",
        "no-values": "{cells:# cell holds a formula|# cells hold formulas} without a value (first "
        "{first}), so nothing was imported from there. Open the spreadsheet in Excel, save it, and "
        "start again.",
        "no values on sheets": "{cells:# cell holds a formula|# cells hold formulas} without a "
        "value on {sheets!q:sheet #|sheets #} (first {first}), so nothing was imported from there. "
        "Open the spreadsheet in Excel, save it, and start again.",
    },
    level="note",
    levels={"no-values": "warning", "no values on sheets": "warning"},
)
NEW_006 = Message(
    "NEW-006",
    "A cell holds an error; it was imported as text.",
    "Correct it in `master.xlsx`.",
    'The cell holds the error "{error}", and it was imported as that text. Correct it in '
    "master.xlsx.",
    level="warning",
)
NEW_007 = Message(
    "NEW-007",
    "A long sheet has no table of the plan; only its first lines are kept as notes.",
    "Nothing needs doing: the file is kept whole.",
    "This sheet has no table of the plan, and {lines} lines; the first {kept} were kept as notes. "
    "Nothing needs doing: the file itself is kept whole.",
    level="warning",
)
NEW_008 = Message(
    "NEW-008",
    "A second row looks like column headings.",
    "Delete the row that is wrong, and start again.",
    {
        "empty": "Row {row} looks like column headings too, but nothing stands below it, so it was "
        f"kept as a note. {_OTHER_HEADING}",
        "other": "Row {row} looks like column headings too, in other words than row {used}, whose "
        f"words were used. {_OTHER_HEADING}",
    },
    level="note",
)
NEW_009 = Message(
    "NEW-009",
    "Cells are struck through, or carry notes.",
    "Withdraw actions that were struck out; move a note that the board should see to `notes`.",
    {
        "struck": "{cells:# cell is|# cells are} struck through (first {first}), and the text was "
        "imported. Withdraw an action that was struck out.",
        "notes": "{cells:# cell carries a note|# cells carry notes}: kept back in plan.toml, where "
        "kept_back names each. To show one to the board, move it to notes there.",
    },
    level="note",
)
NEW_010 = Message(
    "NEW-010",
    "The folder is not empty.",
    "Name a new one.",
    "There is something here already. Name a new, empty folder.",
)
NEW_011 = Message(
    "NEW-011",
    "The spreadsheet cannot be read.",
    "Check the name, and close it in other programs.",
    "The spreadsheet cannot be read ({reason}). Check the name, and close it in other programs.",
)
NEW_012 = Message(
    "NEW-012",
    "There is no such workbook template.",
    "Name a file, or one of those listed.",
    'There is no workbook template "{name}". Name a file, or one of: {templates!l}.',
)
NEW_013 = Message(
    "NEW-013",
    "The plan could not be written; nothing was left behind.",
    "Make room, check permissions, and run the command again.",
    "The plan could not be written ({reason}), and nothing was left behind. Make room if the disk "
    "is full, check the permissions of the folder, and run the command again.",
)
NEW_014 = Message(
    "NEW-014",
    "Merged cells hold the ref of several actions, or reach over the column of refs.",
    "Correct the refs in `master.xlsx`.",
    {
        "across": "{area} is merged over the column of refs and the next, and all of it was read "
        "as the ref. Unmerge it, put each thing in its own column, and start again; or correct it "
        "in master.xlsx.",
        "down": "{area} is one merged cell, so {actions} actions have one ref. Enter a ref of its "
        "own for each in master.xlsx.",
    },
    level="warning",
)
NEW_015 = Message(
    "NEW-015",
    "Fields of the workbook template have no column in the spreadsheet.",
    "Delete them, or correct the headings.",
    "No column was found for {headings!q:the field #|the fields #} of the template, kept blank in "
    "plan.toml. Delete those that you do not need, or enter the headings of your spreadsheet for "
    "them and start again.",
    level="note",
)
NEW_016 = Message(
    "NEW-016",
    "A table was left out.",
    "If it belongs to the plan, choose Yes for its sheet in `set-up.xlsx`, or use `--sheet`.",
    {
        "": "The table under row {row} ({rows:# row|# rows}) was left out: its columns are not "
        "those of the plan ({sheet}, row {header}). If it belongs to the plan, choose Yes for its "
        "sheet on the sheet Sheets and rows of set-up.xlsx and run xlplan merge, or start again "
        "with {options}.",
        "earlier": 'This sheet has the actions of "{sheet}" as they were in another period, so its '
        "table under row {row} ({rows:# row|# rows}) was left out. If it belongs to the plan, "
        "start again with {options}.",
        "earlier-more": 'This sheet has the actions of "{sheet}" as they were in another period, '
        "so its table under row {row} ({rows:# row|# rows}) was left out; {gone:# action of it "
        'is|# actions of it are} not on "{sheet}". If it belongs to the plan, start again with '
        "{options}.",
        "lists": "The table under row {row} holds the lists of drop-downs and was left out. "
        "Nothing needs doing.",
    },
    level="note",
)
NEW_017 = Message(
    "NEW-017",
    "No table is surely a plan; the likeliest was used.",
    "Look whether the columns are right; else name row and columns.",
    "No table is surely a plan, so the likeliest was used ({columns!l}). If that is wrong, start "
    'again with --header-row "SHEET!ROW" or --map "HEADING=action".',
    level="warning",
)
NEW_018 = Message(
    "NEW-018",
    "There is no such row of headings.",
    "Name a row of the spreadsheet that has headings.",
    {
        "row": "Row {row} has no headings: it has {cells:# filled cell|# filled cells}. Name the "
        "row above the first action.",
        "number": '"{value}" is not a row. Name it by its number, with its sheet where there are '
        'several: --header-row 5 or --header-row "Plan!5".',
    },
)
NEW_019 = Message(
    "NEW-019",
    "A column cannot be mapped.",
    "Write HEADING=ROLE with a heading of the spreadsheet and a role from the list.",
    {
        "role": '"{value}" does not say what a column is. Write HEADING=ROLE with one of these '
        "roles: {roles!l}.",
        "heading": 'No column is headed "{heading}". The headings found are: {headings!w}. Name '
        "one of them.",
    },
)
NEW_020 = Message(
    "NEW-020",
    "Lines of a CSV file have too few or too many cells.",
    "Look whether their values stand under the right headings.",
    "{rows!f:Row # does not have|Rows # do not have} the {cells:# cell|# cells} of the heading "
    "row, so values may stand under the wrong headings; nothing was shifted. Put the text that "
    "holds the separator in quotes and start again, or correct the rows in master.xlsx.",
    level="warning",
)
NEW_021 = Message(
    "NEW-021",
    "The spreadsheet cannot be imported again.",
    "Merge what was typed; once a template has gone out, change plan.toml and master.xlsx.",
    {
        "issued": "Templates have gone out, so the spreadsheet is not imported again. Change "
        "plan.toml, and what the actions say in master.xlsx.",
        "edited": "{name} holds edits that no merge has read. Run xlplan merge, then import again.",
        "both": "plan.toml was edited, and --template or --map would replace it. Say it in "
        "plan.toml, and import again without them.",
        "unknown": "No row of this plan came from a spreadsheet that was kept. Start it again with "
        "xlplan new.",
        "gone": "The original ({digest}) is not in returns/ any more. Put it back, or start again "
        "with xlplan new.",
    },
)
NEW_022 = Message(
    "NEW-022",
    "Rows that somebody had typed in are no rows of the plan any more.",
    "Look whether they should be; what was typed is in the log.",
    "{refs!f:# is no row|# are no rows} of the plan any more, by the definition as it is now, and "
    "somebody had typed there. Look whether that is right; the log has what was typed.",
    level="warning",
)
NEW_028 = Message(
    "NEW-028",
    "The spreadsheet was imported again, under answers of `set-up.xlsx`.",
    "Look in `master.xlsx` whether it reads as it should.",
    {
        "": "The spreadsheet was imported again under these answers, and every action reads as it "
        "did. Nothing needs doing.",
        "rows": "The spreadsheet was imported again under these answers: {count:# action|# "
        "actions}, {before} before. Look in master.xlsx whether that is right.",
        "added": "{refs!f:# is an action|# are actions} now. Change its fate on the sheet Sheets "
        "and rows if that is wrong.",
        "gone": "{refs!f:# is no action|# are no actions} any more. Change its fate on the sheet "
        "Sheets and rows if that is wrong.",
        "values": '"{heading}" reads otherwise in {count:# row|# rows}, first in {ref}: "{value}", '
        'before "{before}". Look in master.xlsx whether that is right.',
    },
    level="note",
)
NEW_029 = Message(
    "NEW-029",
    "An answer about a row of the spreadsheet was not used.",
    "Clear the answer, or give it for another row.",
    {
        "blank": "There is nothing in this row of the spreadsheet, so the answer about it was not "
        "used. Clear the answer, or give it for another row.",
        "other": 'This row begins "{words}", and the answer is for one that begins "{meant}", so '
        "it was not used. Clear the answer, or give it for another row.",
        "headings": "This row heads the columns or stands outside every table of the plan, so it "
        'cannot be "{fate}". First choose which row has the column headings, or that its sheet is '
        "part of the plan.",
    },
    level="warning",
)
