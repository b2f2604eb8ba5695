"""RET: returns, and which template each of them answers."""

from __future__ import annotations

from xlplan.codes.message import Message

_TEMPLATE = "Ask its sender to fill in the template that was issued."
_EXPECTED = "Check that it is the workbook you expected."
_ASKED = "where nothing of it is asked there, nothing needs doing."
_DECIDE = f"What was changed in it counts only once you accept it in decisions.xlsx; {_ASKED}"
_BELOW = f"What was changed below counts only once you accept it in decisions.xlsx; {_ASKED}"
_MOVED = (
    "{rows:# row|# rows} of this file ({span}) {rows:shows|show} the refs of other rows than "
    "{rows:its|their} hidden keys name, as when a part of the columns was sorted. "
)
_LEAD_COPY = "Please enter your update in the workbook that you were sent, save it, and send that."

# RET: which template a return answers, and its rows.

RET_001 = Message(
    "RET-001",
    "The workbook is a template or a workbook of the coordinator's of another plan.",
    "Merge it there; move it out of this folder.",
    {
        "template": 'This is a template of another plan ("{plan}"). Merge it in that plan, or ask '
        "its sender for the template of this one.",
        "master": 'This is the {file} of another plan ("{plan}"). Merge it in that plan.',
        "decisions": 'This is the decisions.xlsx of another plan ("{plan}"). Merge it in that '
        "plan.",
        "set-up": 'This is the set-up.xlsx of another plan ("{plan}"). Merge it in that plan.',
        "post": 'This is the post.xlsx of another plan ("{plan}"). Merge it in that plan.',
    },
    lead=f"It is a workbook of another plan. {_LEAD_COPY}",
)
RET_002 = Message(
    "RET-002",
    "The stamp and row keys of the workbook are not this plan's.",
    "Ask for the template that was issued.",
    "The stamp and row keys of this workbook were not made by this plan, or were changed since, so "
    f"none of its edits were used. {_TEMPLATE}",
    lead=f"The part of it that identifies the workbook was changed. {_LEAD_COPY}",
)
_NOT_OURS = (
    "It has no stamp, no row keys and no template reference, so nothing shows which template it "
    f"answers. {_TEMPLATE}"
)
RET_003 = Message(
    "RET-003",
    "Nothing in the workbook shows which template it answers.",
    "Ask for the template that was issued.",
    {
        "titled": 'This is the {kind} "{title}", with {sheets!w:the sheet #|the sheets #}. '
        f"{_NOT_OURS}",
        "": "This {kind} has {sheets!w:the sheet #|the sheets #}. " + _NOT_OURS,
    },
    lead=f"Nothing in it shows which workbook it answers. {_LEAD_COPY}",
)
RET_004 = Message(
    "RET-004",
    "This plan signed the workbook, but has no record of issuing it.",
    "Merge it where it was issued; the ledger may be an older copy.",
    'This plan signed the workbook as "{template}" but has no record of issuing it: the ledger may '
    "be an older copy. Merge it in the folder that it was issued from.",
    lead=f"It is not a workbook of this round. {_LEAD_COPY}",
)
RET_005 = Message(
    "RET-005",
    "The workbook has no stamp; its visible reference shows which template it is.",
    "Answer what `decisions.xlsx` asks about it.",
    'This workbook has no stamp; its reference "{template}" shows which template it is. Its rows '
    f"are matched by their visible ref. {_DECIDE}",
    level="warning",
)
_READ_BY_ROWS = (
    f"; its rows carry the signed keys of {{template}} and were read by them. {_EXPECTED}"
)
RET_006 = Message(
    "RET-006",
    "The stamp of the workbook is missing, changed or not its own; something else in it shows "
    "which template it is.",
    "Check that it is the file you expected.",
    {
        "several": "This workbook carries the stamps of several workbooks ({templates!l})"
        + _READ_BY_ROWS,
        "damaged": "The stamp of this workbook is damaged" + _READ_BY_ROWS,
        "missing": "The stamp of this workbook is missing, as in a copied sheet" + _READ_BY_ROWS,
        "copy": "One copy of the stamp of this workbook was changed; another is whole and names "
        "{template}, so it was read as that. " + _EXPECTED,
    },
    level="warning",
)
RET_007 = Message(
    "RET-007",
    "No sheet has the plan's headings.",
    "Ask for the template that was issued.",
    f"No sheet of this workbook has a table with the plan's headings. {_TEMPLATE}",
    lead=f"The table of your actions is not in it. {_LEAD_COPY}",
)
RET_008 = Message(
    "RET-008",
    "The table has no rows.",
    "Ask for it again.",
    "{sheets!q:The table on # has|The tables on # have} no rows. Ask its sender to send the "
    "template again.",
    lead=f"The table in it has no rows. {_LEAD_COPY}",
)
RET_009 = Message(
    "RET-009",
    "A column is there twice; only the first was read.",
    "Look whether the other holds anything new.",
    'The column "{column}" is here twice, and only the first was read. Check whether the other one '
    "holds anything new.",
    level="warning",
)
RET_010 = Message(
    "RET-010",
    "The visible ref and the hidden key of a row name two actions.",
    "Answer what `decisions.xlsx` asks about it.",
    'Row {row} shows the ref "{ref}", but its hidden key is of another row: it may have been '
    f"sorted or pasted. {_DECIDE}",
    level="warning",
    lead="The reference in this row does not belong to the rest of the row, as happens when a part "
    "of the table is sorted or pasted. Please put the row back as it was, or write which action "
    "you meant.",
)
RET_011 = Message(
    "RET-011",
    "A row was pasted from another template.",
    "Answer what `decisions.xlsx` asks about it.",
    'Row {row} with the ref "{ref}" was pasted from another template ({template}). ' + _DECIDE,
    level="warning",
    lead="This row was pasted from another workbook. Please enter your update in the rows of your "
    "own.",
)
RET_012 = Message(
    "RET-012",
    "The key of a row was not made by this plan.",
    "Enter by hand what should count.",
    'Row {row} with the ref "{ref}" has a key that this plan did not make, so its edits were not '
    "used. Enter by hand in master.xlsx what should count.",
    level="warning",
    lead="The hidden part of this row was changed. Please enter your update in the workbook that "
    "you were sent.",
)
RET_013 = Message(
    "RET-013",
    "`decisions.xlsx` is another plan's.",
    "Merge it there.",
    "These are the decisions of another plan. Merge them in that plan.",
)
RET_014 = Message(
    "RET-014",
    "`decisions.xlsx`, `set-up.xlsx` or `post.xlsx` has no table to answer in.",
    "Run `merge` to have it written again.",
    {
        "": "This workbook has no table of questions. Run xlplan merge to have decisions.xlsx "
        "written again, and answer in that.",
        "set-up": "This workbook has none of the sheets of the plan's set-up. Run xlplan merge to "
        "have set-up.xlsx written again, and answer in that.",
        "post": "This workbook has no table of leads. Run xlplan merge to have post.xlsx written "
        "again, and answer in that.",
    },
)
RET_015 = Message(
    "RET-015",
    "An answer cannot be read.",
    "Choose from the list, or type the value.",
    {
        "error": "The cell {cell} shows the error {error} where an answer should be. Choose from "
        "the list, or type the value.",
        "formula": 'The cell {cell} holds the formula "{formula}" where an answer should be. '
        "Choose from the list, or type the value.",
    },
)
RET_016 = Message(
    "RET-016",
    "A row of `decisions.xlsx` or `set-up.xlsx` has lost its key, or has that of another row.",
    "Answer in the row of the question, or of what is to change.",
    {
        "": 'Row {row} ("{answer}") has no key of this workbook, so its question is not known. '
        "Answer in the row of the question, without moving cells.",
        "moved": 'Row {row} shows "{shown}", but its hidden key is of another question: a part of '
        'the columns may have been sorted. Its answer ("{answer}") was not used. Answer in the row '
        "of the question, without moving cells.",
        "sorted": "{rows} rows of this sheet show the names of other rows than their hidden keys: "
        "a part of the columns may have been sorted. Nothing of this sheet was used. Enter it "
        "again in the workbook as it is now, without moving cells.",
        "set-up": 'Row {row} ("{answer}") has no key of this workbook, so what it is about is not '
        "known. Answer in the row of what is to change, or in a blank row of ours below it.",
        "post": 'Row {row} ("{answer}") has no key of this workbook, so whose it is is not known. '
        "Answer in the row of the lead. A lead more is added in set-up.xlsx.",
    },
    level="warning",
)
RET_017 = Message(
    "RET-017",
    "The heading over a column and its hidden id name two fields.",
    "Answer what `decisions.xlsx` asks about it.",
    {
        "column": 'The heading "{heading}" ({cell}) stands where "{issued}" was issued.',
        "new": 'The heading "{heading}" ({cell}) stands where no heading was issued.',
        "twice": 'The heading "{heading}" ({cell}) stands over another column too.',
        "sheet": f"{{doubts}} {_BELOW}",
        "sheet-more": "{doubts} {more:# more heading is|# more headings are} in doubt too. "
        f"{_BELOW}",
    },
    level="warning",
)
RET_021 = Message(
    "RET-021",
    "A tick says that nothing changed, yet cells changed.",
    "Ask the sender if the changes were not meant.",
    {
        "all": '"No change this period" is ticked, yet {cells:# cell|# cells} changed. The '
        "changes were merged like any others; ask its sender if they were not meant.",
        "rows": '"Reviewed, no change" is ticked beside {actions!l}, yet cells changed there. The '
        "changes were merged like any others; ask its sender if they were not meant.",
    },
    level="note",
)
RET_022 = Message(
    "RET-022",
    "The program failed on the file; the other files were merged.",
    "Ask for the template that was issued, and report it.",
    "xlplan failed on something in this file ({error}), so none of its edits were used; the other "
    f"files were merged. {_TEMPLATE[:-1]}, and report this as a fault of xlplan.",
    lead=f"Something in it could not be dealt with. {_LEAD_COPY}",
)
RET_025 = Message(
    "RET-025",
    "The return answers an earlier cycle than the one that is open; it counts for that one.",
    "Ask for the newer form where that asks for more.",
    "This answers {answers}, not {counts_for}: it was compared with what that form showed, and "
    "counts as the return of {lead} for {counts_for}. Ask for the form of {counts_for} where that "
    "asks for more.",
    level="note",
)
RET_026 = Message(
    "RET-026",
    "The visible refs and the hidden keys of several rows name different actions, as when a part "
    "of the columns was sorted.",
    "Answer its one question in `decisions.xlsx`, or ask its sender for the workbook again.",
    {
        "": "{rows:# row shows|# rows show} the refs of other rows than their hidden keys name, as "
        "when a part of the columns was sorted. Nothing of this file counts before you answer the "
        "one question about it in decisions.xlsx.",
        "by-ref": _MOVED + "Their locked texts go with the visible refs.",
        "by-key": _MOVED + "Their locked texts go with the hidden keys.",
        "way": "{way}: {changes:# change|# changes}, {questions:# question|# questions}",
        "neither": _MOVED + "Their locked texts do not tell which of them is right.",
    },
    level="warning",
    lead="The references in these rows do not belong to the rest of the rows, as happens when a "
    "part of the table is sorted or pasted. Please enter your update in the workbook that you were "
    "sent; to sort it, use the arrows beside its headings.",
)
RET_030 = Message(
    "RET-030",
    "A workbook was signed with a key that the plan no longer has.",
    "Look at it, and answer in `decisions.xlsx` whether to take it in.",
    {
        "": "This file was signed with a key that the plan no longer has, and was matched by what "
        "the record has of {template}. What is new in it waits for one answer in decisions.xlsx.",
        "own": "This file was signed with a key that the plan no longer has. Move it out of this "
        "folder, run xlplan merge to have a new {name} written, and enter there what is new here.",
        "asked": "It was matched by what the record has of {template}, in {rows:# row|# rows}. "
        "Look whether its sender sent it, and answer once for the whole file.",
    },
    level="note",
    levels={"own": "error"},
)
RET_031 = Message(
    "RET-031",
    "Something was written in `decisions.xlsx` outside the cells for answers.",
    "Answer in the row of the question; a reason goes under Why.",
    '"{text}" stands outside the cells for answers, so nothing was done with it. Answer in the row '
    "of the question; a reason goes under Why.",
    level="note",
)
RET_097 = Message(
    "RET-097",
    "A cell that must be filled in while something else holds came back blank.",
    "Ask the lead for it, or enter it in `decisions.xlsx`.",
    {
        "": "{heading} is blank, and must not be where {condition}. It is to be filled in.",
        "cell": "{why} Ask the lead for it, or enter it in decisions.xlsx.",
        "cells": "{why} So in {cells!f}. Ask the lead for it, or enter it in decisions.xlsx.",
    },
    level="warning",
)
RET_098 = Message(
    "RET-098",
    "A reason was written where the plan asks nothing.",
    "Nothing needs doing: it is kept with the action.",
    'Nothing is asked about action {ref}, so "{text}" is kept as a remark. Nothing needs doing.',
    level="note",
)
