"""CHK: what `check` looks for in the plan."""

from __future__ import annotations

from xlplan.codes.message import Message

BLANK = "blank"
"""What fills the place of a rating where a cell has none."""
_RIGHT = "Ask the lead which is right."
_TODO_RIGHT = "Ask the lead which is right, and correct it in `master.xlsx`."

CHK_001 = Message(
    "CHK-001",
    "Two rows have the same ref.",
    "Enter a ref of its own for each.",
    '{count} {kind}s have the ref "{ref}". Enter a ref of its own for each.',
)
CHK_002 = Message(
    "CHK-002",
    "A row has no ref.",
    "Enter one.",
    "This {kind} has no ref. Enter one.",
)
CHK_003 = Message(
    "CHK-003",
    "An action has no lead.",
    "Name one.",
    "No lead is named, so nobody is asked about this action. Name one.",
    level="warning",
)
CHK_004 = Message(
    "CHK-004",
    "A lead is not in the list of leads.",
    "Add a `[[lead]]` to `plan.toml`, or an alias to one that is there.",
    '"{lead}" is not in the list of leads.{hint!o} Add a [[lead]] to plan.toml, or an alias to one '
    "that is there.",
    level="warning",
)
CHK_005 = Message(
    "CHK-005",
    "An open action has no timescale.",
    "Enter by when it will be done.",
    "This open action has no timescale. Enter by when it will be done.",
    level="warning",
)
CHK_006 = Message(
    "CHK-006",
    "Something is not a value of its field.",
    "Correct it in `master.xlsx`.",
    {
        "why": "{why}",
        "": '"{value}" is not a value of {heading}. Correct it.',
    },
)
CHK_007 = Message(
    "CHK-007",
    "A date is impossible or can be read two ways.",
    "Write the month in words, such as 4 March 2026.",
    {
        "why": "{why}",
        "impossible": '"{date}" is not a date. Write one with the month in words, such as 4 March '
        "2026.",
        "ambiguous": '"{date}" can be read as two dates. Write the month in words, such as 4 March '
        "2026.",
        "": '"{value}" is not a value of {heading}. Correct it.',
    },
)
CHK_008 = Message(
    "CHK-008",
    "An action is closed, yet its note names work that is left.",
    _TODO_RIGHT,
    '{heading} is {rating}, yet the note has "{words}". ' + _RIGHT,
    level="warning",
)
CHK_009 = Message(
    "CHK-009",
    "An action is completed by its note or by its steps, yet not closed.",
    _TODO_RIGHT,
    {
        "": 'The note has "{words}", yet {heading} is {rating}. ' + _RIGHT,
        "steps": "All {steps} steps are ticked as done, yet {heading} is {rating}. " + _RIGHT,
    },
    level="warning",
)
CHK_010 = Message(
    "CHK-010",
    "An action or one of its steps is overdue, yet it is rated as on track.",
    "Ask the lead for a rating that shows it, or for a new date.",
    {
        "": "This was due by {date}, yet {heading} is {rating}. Ask the lead for a rating "
        "that shows it, or for a new date.",
        "steps": "{late} of {steps} steps are late ({which}), yet {heading} is {rating}. Ask the "
        "lead for a rating that shows it, or for new dates.",
    },
    level="warning",
)
CHK_011 = Message(
    "CHK-011",
    "A required field is blank.",
    "Fill it in.",
    "{heading} is required and blank. Fill it in.",
)
CHK_012 = Message(
    "CHK-012",
    "A reference leads nowhere.",
    "Correct the reference.",
    {
        "recommendation": 'There is no recommendation "{ref}" in the plan. Correct the reference.',
        "either": 'There is no action or recommendation "{ref}" in the plan. Correct the '
        "reference.",
    },
    level="warning",
)
CHK_013 = Message(
    "CHK-013",
    "An action is due after its recommendation.",
    "Bring it forward, or agree a new date.",
    "This is due by {date}, after recommendation {ref}, which is due by {limit}. Bring it forward, "
    "or agree a new date.",
    level="warning",
)
CHK_014 = Message(
    "CHK-014",
    "A text marked as not for publication stands in a field that is printed for the board.",
    "The board does not see that paragraph. Remove the words where it may be printed.",
    '{heading} has the words "{words}". The board does not see that paragraph; remove the words '
    "where it may be printed.",
    level="warning",
)
CHK_015 = Message(
    "CHK-015",
    "A field that has a role is not named by it.",
    "Name it by its role, so that scripts find it in any plan.",
    'Field "{id}" has role "{role}". Name it "{usual}", so that scripts find it in any plan.',
    level="note",
)
CHK_016 = Message(
    "CHK-016",
    "A lead's post is vacant.",
    "Name who answers for the action in the meantime.",
    '"{lead}" is nobody in post. Name who answers for this in the meantime.',
    level="warning",
)
CHK_017 = Message(
    "CHK-017",
    "One lead may be written two ways.",
    "If so, make one name an alias of the other in `plan.toml`.",
    '"{one}" and "{other}" look like one lead written two ways. If they are, make one of them an '
    "alias of the other in plan.toml.",
    level="warning",
)
CHK_018 = Message(
    "CHK-018",
    "The date of an open action has passed without a new one.",
    "Ask the lead for a date, and who approved it.",
    {
        "due": "{date} has passed and there is no new date. Ask the lead for one, and who approved "
        "it.",
        "asked": "{date} has passed, and the new date that was asked for is not approved. Approve "
        "it, or ask the lead for another.",
        "revised": "{date}, the revised date, has passed as well. Ask the lead for a new one, and "
        "who approved it.",
    },
    level="warning",
)
CHK_019 = Message(
    "CHK-019",
    "A cell holds two ratings.",
    "Choose one.",
    "{heading} holds more than one rating: {ratings!q}. Choose one.",
)
_MOVED = (
    "{heading} went from {before} to {now} since the last board, and no note explains it. Ask the "
    "lead what happened."
)
CHK_020 = Message(
    "CHK-020",
    "A rating is worse than at the last board, and no note explains it.",
    "Ask the lead what happened.",
    _MOVED,
    level="warning",
)
CHK_021 = Message(
    "CHK-021",
    "A rating is better than at the last board, and no note explains it.",
    "Ask the lead what happened.",
    _MOVED,
    level="note",
)
CHK_022 = Message(
    "CHK-022",
    "A progress note repeats an earlier one.",
    "Ask the lead what is new.",
    {
        "entry": "{heading} repeats the entry before it by {lead}. Ask the lead what is new.",
        "board": "{heading} repeats the note of the last board, with another date. Ask the lead "
        "what is new.",
        "boards": "{heading} repeats the note of the last two boards. Ask the lead what is new.",
    },
    level="note",
)
CHK_023 = Message(
    "CHK-023",
    "An open action had no update for two cycles.",
    "Ask the lead for news.",
    "Nobody changed anything here in the cycles {first} and {second}. Ask the lead for news.",
    level="warning",
)
CHK_024 = Message(
    "CHK-024",
    "A text refers to an action that is not in the plan.",
    "Correct the reference.",
    {
        "action": 'The text has "{words}", but the plan has no such action. Correct the reference.',
        "recommendation": 'The text has "{words}", but the plan has no such recommendation. '
        "Correct the reference.",
    },
    level="warning",
)
CHK_025 = Message(
    "CHK-025",
    "A count printed in a note is not the count of the plan.",
    "Correct the note in `plan.toml`, or find what is missing.",
    'A note of the plan has "{words}", but the plan has {count}. Correct the note in plan.toml, or '
    "find what is missing.",
    level="warning",
)
CHK_026 = Message(
    "CHK-026",
    "The lists of an action have different numbers of lines.",
    "Write one line for each step in every list.",
    "{heading} has {lines:# line|# lines}, but {beside!l}, so the dates cannot be matched to the "
    "steps. Write one line for each step in both.",
    level="warning",
)
CHK_027 = Message(
    "CHK-027",
    "An action is rated below its first rating.",
    "Ask the lead what would turn it round.",
    "{heading} is {rating}, worse than its first rating, {first}. Ask the lead what would turn it "
    "round.",
    level="note",
)
CHK_028 = Message(
    "CHK-028",
    "A rule of the plan challenges the rating.",
    _TODO_RIGHT,
    "{challenge} " + _RIGHT,
    level="warning",
)
CHK_029 = Message(
    "CHK-029",
    "An action was closed without a monitoring rating first.",
    "Ask the lead since when it has been done, and rate it as monitored until the board has "
    "confirmed that it lasts.",
    "{heading} went from {before} to {rating} without a monitoring rating in between. Since when "
    "has it been done? Rate it as monitored until the board has confirmed that it lasts.",
    level="note",
)
CHK_030 = Message(
    "CHK-030",
    "An action was closed at the last board and is open now.",
    "Ask the lead why it was reopened.",
    "This was closed at the last board ({before}), and {heading} is {rating} now. Ask the lead why "
    "it was reopened.",
    level="warning",
)
CHK_031 = Message(
    "CHK-031",
    "A date moved later and nobody approved it.",
    "Enter who approved the new date.",
    "The date moved from {before} to {now}, and {heading} is blank. Enter who approved the new "
    "date.",
    level="warning",
)
CHK_032 = Message(
    "CHK-032",
    "A rating stands without what it needs.",
    "Ask the lead for what is missing, or correct the rating.",
    "{heading} is {rating}, which needs {fields!l}, and nothing stands there. Ask the lead for it, "
    "or correct the rating.",
    level="warning",
)
CHK_037 = Message(
    "CHK-037",
    "An open action has a date that can hardly be meant.",
    "Correct the date, or `agreed` in `plan.toml`.",
    "{doubt}: it counts neither as overdue nor as in time. Correct the date, or agreed in "
    "plan.toml.",
    level="warning",
)
CHK_038 = Message(
    "CHK-038",
    "No date can be read in the timescale of an open action.",
    "Enter a date, so that it can count as overdue.",
    'No date can be read in "{text}" ({why}), so this action never counts as overdue. Enter a '
    "date.",
    level="note",
)
CHK_069 = Message(
    "CHK-069",
    "What is ticked as done is no step of the action, or one step twice.",
    "Correct the line, so that it has the words or the number of a step.",
    {
        "": '{heading} has "{line}", which is no step of this action (any more). Give the line the '
        "words or the number of a step, or take it out.",
        "twice": "{heading} has step {number} twice, on {days!l}. Leave the line with the day that "
        "is right.",
    },
    level="warning",
)
CHK_099 = Message(
    "CHK-099",
    "An open action was confirmed three times running without a word.",
    "Ask the lead what is happening to it.",
    "Its lead confirmed in {cycles!l} that nothing has changed, without a word. Ask what is "
    "happening to it.",
    level="note",
)
CHK_109 = Message(
    "CHK-109",
    "The date of an open action was put back again and again.",
    "Ask the lead by when it can be done, and what has to change for that.",
    "The date was put back {slips:once|# times}, to {date} now. Ask the lead by when it can be "
    "done, and what has to change for that.",
    level="note",
)
