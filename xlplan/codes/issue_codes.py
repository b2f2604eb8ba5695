"""ISS: `issue`, and what goes out with it."""

from __future__ import annotations

from xlplan.codes.message import Message

ISS_001 = Message(
    "ISS-001",
    "The cycle id cannot be used.",
    "Use letters, digits, - and ., such as 2026-11.",
    '"{cycle}" cannot be a cycle id. Use letters, digits, "-" and ".", such as 2026-11.',
)
ISS_002 = Message(
    "ISS-002",
    "The return-by date is past.",
    "Enter a date from today on.",
    "{date} is in the past. Enter a date from today on.",
)
ISS_003 = Message(
    "ISS-003",
    "An action's lead is not in the list of leads.",
    "Add a `[[lead]]` or an alias, or correct the action.",
    {
        "": 'The lead "{lead}" is not in the list of leads, so no template was issued to '
        "them.{hint!o} Add a [[lead]] or an alias to plan.toml, or correct the action in "
        "master.xlsx.",
        "officer": 'The accountable officer "{lead}" is not in the list of leads, so nothing to '
        "sign was issued to them.{hint!o} Add a [[lead]] or an alias to plan.toml, or correct the "
        "name in master.xlsx.",
    },
)
ISS_004 = Message(
    "ISS-004",
    "An action names no lead, so nobody was asked about it.",
    "Enter a lead in `master.xlsx`.",
    {
        "blank": "No lead is named, so nobody was asked about it. Enter a lead in master.xlsx.",
        "vacant": 'The lead "{lead}" names nobody, so nobody was asked about it. Enter a lead in '
        "master.xlsx.",
        "officer-vacant": 'The accountable officer "{lead}" names nobody, so nobody was asked to '
        "sign it. Enter an officer in master.xlsx.",
    },
    level="warning",
)
ISS_005 = Message(
    "ISS-005",
    "`master.xlsx` holds edits that the templates do not show.",
    "Run `merge`, and issue again.",
    "master.xlsx holds edits that these templates do not show. Run xlplan merge and issue again to "
    "send them out.",
    level="warning",
)
ISS_006 = Message(
    "ISS-006",
    "`--lead` names nobody in the list of leads.",
    "Use a name that `plan.toml` lists under `[[lead]]`.",
    '"{lead}" is not in the list of leads.{hint!o} Use a name that plan.toml lists under [[lead]].',
)
ISS_007 = Message(
    "ISS-007",
    "That lead has no action.",
    "Leave the name out.",
    '"{lead}" has no action to report on. Leave this --lead out.',
)
ISS_008 = Message(
    "ISS-008",
    "No lead has any action.",
    "Enter leads in `master.xlsx` and in `plan.toml`, or on the sheet Leads of `set-up.xlsx`.",
    {
        "": "No lead has an action, so there is nothing to issue. Enter leads in master.xlsx, and "
        "list each under [[lead]] here or on the sheet Leads of set-up.xlsx, then run xlplan "
        "merge.",
        "column": "The plan has no column of leads, so there is nothing to issue. Add one on the "
        "sheet Columns of set-up.xlsx: choose Lead under What it is, and People under Type. List "
        "each lead on its sheet Leads, and run xlplan merge. Then say in master.xlsx who leads "
        "what, and merge again.",
    },
)
ISS_010 = Message(
    "ISS-010",
    "A text is longer than the highest row can show.",
    'Set `layout = "form"`, or a wider field.',
    '"{heading}" of action {ref} has {length:,} characters, more than the highest row can show, '
    'though the cell holds them all. To show it whole, set layout = "form" under [issue] in '
    "plan.toml, or a greater width for this field.",
    level="warning",
)
ISS_011 = Message(
    "ISS-011",
    "A text is longer than a cell holds, so the lead's workbook has it cut.",
    "Shorten it in `master.xlsx`.",
    '"{heading}" of action {ref} has {length:,} characters, and a cell holds {most:,}. The lead '
    "gets it cut, with a mark at its end; the plan keeps it whole. Shorten it in master.xlsx, or "
    "move earlier notes elsewhere.",
    level="warning",
)
ISS_082 = Message(
    "ISS-082",
    "A template of this cycle was out of date, and was moved aside.",
    "Nothing needs doing. If it was sent already, it can still come back.",
    "The template that lay here for {lead} is out of date, and was moved to {to} with its draft. "
    "If it was sent already, it can still come back.",
    level="note",
)
ISS_092 = Message(
    "ISS-092",
    "`--rated` names a rating that the plan does not have.",
    "Use the code of a rating.",
    '"{rating}" is not a rating of this plan.{hint!o} Use the codes that plan.toml lists under '
    "[[rating]], with commas between them.",
)
ISS_093 = Message(
    "ISS-093",
    "A lead has no action that is asked about, so no template was issued to them.",
    "Nothing needs doing: nobody is reminded of what was not asked.",
    "{lead} was sent nothing: of {actions:# action|# actions} none is {need}. Nothing needs "
    "doing, and no reminder is written.",
    level="note",
)
ISS_094 = Message(
    "ISS-094",
    "No action is one of those that `issue` was to ask about.",
    "Ask about more, or about all.",
    "No action is {need}, so there is nothing to issue. Ask about more, or leave out what limits "
    "it.",
)
