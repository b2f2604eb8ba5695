"""KEEP: the council's own workbook, kept as the master in its own layout."""

from __future__ import annotations

from xlplan.codes.message import Message

KEEP_011 = Message(
    "KEEP-011",
    "This file cannot be kept as the master.",
    "Save it as .xlsx in Excel and start from that, or start without `--keep`.",
    {
        "kind": "Only an .xlsx or .xlsm workbook can be kept as the master. Save this file as "
        ".xlsx "
        "in Excel and start from that, or start without --keep.",
        "unfit": "This workbook cannot be kept as the master: {why} Save it anew in Excel and "
        "start "
        "from that, or start without --keep.",
        "name": 'A kept workbook cannot be called "{name}", as the plan has a file of that name. '
        "Rename the spreadsheet and start again.",
        "empty": "No action was found in this workbook, so it cannot be kept as the master. Start "
        "from it once it has one, or start without --keep.",
        "gone": "The spreadsheet that the plan was started from is missing or damaged, so it "
        "cannot "
        "be kept as the master. Restore the folder returns from a backup, or take keep = true out "
        "of [master] in plan.toml.",
        "unread": "The spreadsheet that the plan was started from cannot be read as it was then, "
        "so "
        "it cannot be kept as the master: {why} Take keep = true out of [master] in plan.toml, or "
        "start anew with --keep.",
    },
)
KEEP_012 = Message(
    "KEEP-012",
    "Nothing of the plan was found in the kept workbook.",
    "Put the headings of its tables back, or delete the file: the next merge writes it again.",
    "No table of the plan was found in this workbook, so nothing was read from it. Put the "
    "headings "
    "of its tables back as they were. If it is another file by mistake, move it away: the next "
    "merge writes the plan's own again.",
)
KEEP_013 = Message(
    "KEEP-013",
    "A column of the kept workbook was not found.",
    "Put its heading back.",
    'The column "{heading}" was not found on this sheet, so nothing in it was read or written. Put '
    "its heading back as it was, then run merge again.",
    level="warning",
)
KEEP_014 = Message(
    "KEEP-014",
    "A column of the kept workbook has another heading now.",
    "Nothing, if it is the same column.",
    'This column is now headed "{heading}" (before: "{before}"). It stands where it did and holds '
    "what it held, so it was read as the same column.",
    level="note",
)
KEEP_015 = Message(
    "KEEP-015",
    "A cell of the kept workbook was changed, and the change could not be used.",
    "Change what it stands for in the plan by hand.",
    {
        "composed": "This cell holds several facts of action {ref} ({fields!l}), and now reads "
        '"{text}": which fact is which is not certain, so it was not used. Write it as its '
        "neighbours are written.",
        "several": "This cell is one of several that together hold {fields!l} of action {ref}; its "
        'change to "{text}" was not used. Put all of it into one cell.',
        "made": "From this cell {fields!l} of action {ref} was made up when the plan was started. "
        'Its change to "{text}" was not used.',
        "heading": 'The heading "{before}" is not on this sheet any more. The plan keeps it as the '
        "{fields!l} of {count:# action|# actions}.",
        "merged": 'This cell is now covered by merged cells, so "{before}" ({fields!l} of action '
        "{ref}) was left as it was. Split the cells where something else was meant.",
        "formula": 'The formula here now shows "{text}" (before: "{before}"). What a formula works '
        "out is not read: the plan keeps {fields!l} of action {ref} as it was.",
    },
    level="warning",
)
KEEP_016 = Message(
    "KEEP-016",
    "A row of the kept workbook could not be found for certain, so its changes are asked about.",
    "Accept or keep each in `decisions.xlsx`.",
    {
        "moved": "This row of your workbook stands under another heading now, or on another sheet. "
        "Accept this if the action belongs there, or keep what the plan says.",
        "twin": "Several rows of your workbook are much like this action. Look whether this is the "
        "row, and accept the change or keep what the plan says.",
        "unlike": "Much of this row of your workbook is not what was written for this action. Look "
        "whether it still is the row, and accept the change or keep what the plan says.",
    },
    level="note",
)
KEEP_017 = Message(
    "KEEP-017",
    "A value of the plan could not be written into the kept workbook.",
    "Type it by hand; the line is gone after the next merge, or mark it as dealt with.",
    {
        "none": '{heading} of action {ref} is now "{text}". This workbook has no cell for it.',
        "shared": '{heading} of action {ref} is now "{text}". '
        "It stands in a cell that other actions share. Type it where it belongs.",
        "composed": '{heading} of action {ref} is now "{text}". '
        "Its cell holds other facts too, and where it belongs is not certain. Type it there.",
        "several": '{heading} of action {ref} is now "{text}". '
        "It stands in several cells. Type it there.",
        "formula": '{heading} of action {ref} is now "{text}". '
        "Its cell holds a formula, which was left as it is. Change what the formula looks at.",
        "column": '{heading} of action {ref} is now "{text}". '
        "Its column was not found. Type it there.",
        "unspellable": '{heading} of action {ref} is now "{text}". '
        "It cannot be written into its cell so that it reads as the same. Type it there.",
        "refused": '{heading} of action {ref} is now "{text}". '
        "It could not be written: {why} Type it by hand.",
        "colour": '{heading} of action {ref} is now "{text}", and its cell is still filled as for '
        "another rating. Fill it by hand.",
        "row": 'Action {ref} is new ("{text}"). No row could be put in for it: {why} Type it '
        "by hand.",
        "withdrawn": "Action {ref} was withdrawn, and its row was left as it is. Strike it "
        "through or delete it.",
    },
    level="note",
)
KEEP_018 = Message(
    "KEEP-018",
    "Nothing could be written into the kept workbook.",
    "Do what the message says, then run merge again.",
    "This workbook stays as it is. Nothing could be written into it: {why} Then run merge again.",
    level="warning",
)
KEEP_019 = Message(
    "KEEP-019",
    "A workbook in the plan's folder is not read.",
    "Give it the name of the kept workbook, or move it away.",
    'The kept workbook "{name}" is not here, but this file is. Only a file of that name is read: '
    'if this is it under a new name, rename it to "{name}" and run merge again.',
    level="warning",
)
KEEP_030 = Message(
    "KEEP-030",
    "A workbook that was the master is not the master any more.",
    "Move it away, or turn `keep` of `[master]` in `plan.toml` back.",
    {
        "": "This workbook is not the master any more, as [master] in plan.toml does not say "
        "keep = true: it is neither read nor written; {master} is. Move it away, or put "
        "keep = true back.",
        "edited": "This workbook holds edits that were not read, as [master] in plan.toml does not "
        "say keep = true: {master} is the master now. Put keep = true back and run merge again, or "
        "type them into {master} and move this file away.",
        "ours": "This workbook is not the master any more, as [master] in plan.toml says "
        'keep = true: it is neither read nor written; "{master}" is. Move it away, or take '
        "keep = true out.",
        "ours-edited": "This workbook holds edits that were not read, as [master] in plan.toml "
        'says keep = true: "{master}" is the master now. Have them read once by its name (xlplan '
        'merge FILE), or type them into "{master}"; then move this file away.',
    },
    level="warning",
)
KEEP_031 = Message(
    "KEEP-031",
    "The plan was not started from a workbook that could be kept as the master.",
    "Take `keep = true` out of `[master]` in `plan.toml`.",
    "[master] says keep = true, but no row of this plan came from a workbook, so there is none to "
    "keep, and master.xlsx stays the master. Take keep = true out, or start anew from your "
    "workbook with --keep.",
    level="warning",
)
KEEP_032 = Message(
    "KEEP-032",
    "A file that came in is a copy of the kept workbook.",
    "Put it in the place of the kept workbook, or ask its sender for the template.",
    'This is a copy of "{name}", the workbook that is the master, and nothing of it was used: a '
    "lead's answers come in the template. If it is yours and holds what should count, run merge, "
    'put it in the place of "{name}" in the plan\'s folder, and run merge again: what was typed '
    "into this one is read then, and what came into the plan since stays.",
)
KEEP_033 = Message(
    "KEEP-033",
    "A sheet of the kept workbook is a copy of another of its sheets.",
    "Nothing, if the other sheet is the plan's.",
    'This sheet is a copy of the sheet "{sheet}", so nothing in it is read or written. Type what '
    'should count into "{sheet}".',
    level="note",
)
KEEP_034 = Message(
    "KEEP-034",
    "A row of the kept workbook repeats an action.",
    "Give it a ref and an action of its own, or delete it.",
    "This row repeats action {ref}, which stands in {cell}, so it is neither read nor added. Give "
    "it a ref and an action of its own if it is a new one, or delete it.",
    level="warning",
)
KEEP_035 = Message(
    "KEEP-035",
    "The headings of a table of the kept workbook are gone.",
    "Put them back.",
    "On this sheet stood {count:# action|# actions} of the plan, and the headings of their table "
    "are gone, so nothing of it was read or written. Put the headings back as they were, then run "
    "merge again.",
    level="warning",
)
KEEP_036 = Message(
    "KEEP-036",
    "A column of the kept workbook carries on one of the plan's, and is not read as that.",
    "Type what is new into the plan's column, and change its heading if you like.",
    'The column "{heading}" seems to carry on "{before}", which the plan reads as its '
    '{role}. Nothing in it was read as that. Type or colour what is new under "{before}", whose '
    "heading you may change, and keep here what stood there.",
    level="warning",
)
