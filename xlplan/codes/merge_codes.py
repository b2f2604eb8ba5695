"""MRG, DEC: `merge` itself, and the answers in `decisions.xlsx`."""

from __future__ import annotations

from xlplan.codes.message import Message

# MRG: `merge` itself.

MRG_001 = Message(
    "MRG-001",
    "There is no such file or folder.",
    "Check the name.",
    "There is no such file or folder, so nothing was merged. Check the name.",
)
MRG_002 = Message(
    "MRG-002",
    "There is nothing to merge.",
    "Put what came back into the inbox.",
    "There is nothing to merge here, and no workbook of yours holds edits. "
    "Put the workbooks that came back into the folder and merge again.",
    level="warning",
)
MRG_005 = Message(
    "MRG-005",
    "The same file came twice; it was read once.",
    "Nothing needs doing.",
    "This is the same file as {file}, so it was read once. Nothing needs doing.",
    level="note",
)
MRG_006 = Message(
    "MRG-006",
    "Replies cannot be written there; the merge is done.",
    "Name another folder with `--reply`.",
    "Replies cannot be written here ({reason}). The merge is done; name another folder with "
    "--reply.",
)

MRG_047 = Message(
    "MRG-047",
    "An edit in `master.xlsx` answered an open question.",
    "Nothing needs doing.",
    {
        "cell": 'What you entered here settles what was asked about "{heading}" of {ref}, so the '
        "question is closed. Nothing needs doing.",
        "row": "The row of {ref}, which was missing, is in this workbook again, so the question "
        "about it is closed. Nothing needs doing.",
    },
    level="note",
)
MRG_068 = Message(
    "MRG-068",
    "A column of your own in `master.xlsx` is one of the plan's now.",
    "Nothing needs doing.",
    'Your column "{heading}" is part of the plan now: {count:# value was|# values were} read from '
    "it, and what you change there is merged from now on. Nothing needs doing.",
    level="note",
)

# DEC: answers in `decisions.xlsx`.

DEC_001 = Message(
    "DEC-001",
    "The question is no longer open.",
    "Look in `decisions.xlsx` for the questions that are.",
    {
        "": "This question is not open: it was answered, or its action has changed since. "
        "`merge` and `status` list the open questions.",
        "answered": 'This question was answered before ("{choice}"), so this answer was not used; '
        "the other answers were. Look in decisions.xlsx for the questions that are open now.",
        "changed": "What this question asked about has changed since, so this answer was not used; "
        "the other answers were. Look in decisions.xlsx for the questions that are open now.",
    },
    levels={"answered": "warning", "changed": "warning"},
)
DEC_002 = Message(
    "DEC-002",
    "The answer is not one of the choices.",
    "Choose from the dropdown.",
    {
        "unknown": '"{answer}" is not one of the choices. Choose one of: {choices!l}.',
        "blank": "No decision is chosen, so what stands beside it was not used. Choose one of: "
        "{choices!l}.",
    },
)
DEC_003 = Message(
    "DEC-003",
    "The value cannot be used as it is.",
    "Choose Other, and enter a value of the field.",
    {
        "spare": 'The decision is "{choice}", yet "Other value" holds "{other}". Choose Other to '
        'use that value, or empty "Other value".',
        "chosen": "{why} Or choose Other.",
        "other": "{why}",
    },
)
DEC_004 = Message(
    "DEC-004",
    'The decision is Other, but "Other value" is blank.',
    'Enter the value in "Other value".',
    'The decision is "Other", but "Other value" is blank. Enter the value there.',
)
DEC_005 = Message(
    "DEC-005",
    "The decision is Transfer, without the name of a known lead.",
    'Enter a lead of `plan.toml` in "Other value".',
    {
        "unknown": "{leads!q:# is|# are} not in the list of leads. Enter the name of a lead of "
        'plan.toml in "Other value".',
        "blank": "No lead is named to transfer the action to. Enter the name of a lead of "
        'plan.toml in "Other value".',
    },
)
DEC_006 = Message(
    "DEC-006",
    "The decision is Link, without the ref of an action.",
    'Enter the ref in "Other value".',
    {
        "": '"{ref}" is not the ref of an action. Enter the ref to link to in "Other value".',
        "blank": 'The decision is "Link", but "Other value" is blank. Enter the ref to link to '
        "there.",
    },
)
DEC_007 = Message(
    "DEC-007",
    "Two answers in one file put different values into one cell.",
    "Answer the one that is still asked, or edit the cell.",
    'Another answer in this file put "{used}" into the same cell, so this one ("{unused}") was not '
    "used. If the question is still open, answer it again; otherwise edit the cell in master.xlsx.",
)
DEC_068 = Message(
    "DEC-068",
    "A question waits until its lead has answered.",
    "Send the lead the correction workbook that `merge --reply` writes.",
    "{lead} is asked. It waits in the correction workbook that xlplan merge --reply writes; until "
    "that comes back, the plan shows the present value.",
    level="note",
)
