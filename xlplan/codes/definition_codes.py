"""DEF: faults in the plan definition. VAL: what was typed is not a value of its field."""

from __future__ import annotations

from xlplan.codes.message import Message

DEF_001 = Message(
    "DEF-001",
    "The file is not valid TOML.",
    "Check quotes, brackets and equals signs in that line.",
    {
        "": "This is not valid TOML: {reason}. Check quotes, brackets and equals signs here.",
        "line": 'The line "{line}" is not valid TOML: {reason}. Check quotes, brackets and equals '
        "signs here.",
        "curly": 'The line "{line}" has the curly quotes of a word processor. Type straight ones '
        'in their place: "…".',
        "twice": 'The line "{line}" begins a table that is here already. Where there are several, '
        "each begins with two brackets: [[{name}]]; else put its keys under the first.",
        "nested": "Brackets are nested too deeply. Use two levels at most: a plan definition needs "
        "no more.",
    },
)
DEF_002 = Message(
    "DEF-002",
    "A table or key is not known.",
    "Use the name that is suggested.",
    {
        "table": '"{name}" is not a table of a plan definition.{use!o}',
        "key": '{table}: "{key}" is not a key of this table.{use!o}',
        "check": '[checks]: "{name}" is not the code of a check.{use!o}',
    },
)
DEF_003 = Message(
    "DEF-003",
    "Something is missing or empty.",
    "Add it.",
    {
        "plan": "The table [plan] is missing. Add [plan] with an id and a title.",
        "key": '{table}: {key} is missing. Add {key} = "…".',
        "choices": '{table}: choices is missing. Add choices = ["…", "…"].',
        "empty": "{table}: {key} holds an empty text. Remove it.",
        "condition": "{table}: there is no condition. Add one of: {conditions!l}.",
    },
)
DEF_004 = Message(
    "DEF-004",
    "A value is not one of those allowed.",
    "Use one of those listed.",
    {
        "": '{table}: {key} "{value}" is not {noun}.{use!o}',
        "level": '[checks]: {name} "{value}" is not a level.{use!o}',
    },
)
DEF_005 = Message(
    "DEF-005",
    "A value is of the wrong kind, such as a text for a number.",
    "Write it as shown.",
    {
        "tables": "[{name}] is a list. Write [[{name}]] above each {name}.",
        "table": "{name} is a table. Write [{name}] above its keys.",
        "checks": 'checks is a table. Write [checks] and below it lines such as CHK-003 = "off".',
        "value": "{table}: {key} is {kind}. Write {form}.",
        "element": "{table}: {key} holds {kind}. Write {form}.",
    },
)
DEF_006 = Message(
    "DEF-006",
    "An id, name or rule is there twice.",
    "Use another, or remove one.",
    {
        "name": '{table}: {key} "{name}" is used by {other} already. Use another.',
        "rule": '{table}: rule "{rule}" is there twice. Remove one.',
    },
)
DEF_007 = Message(
    "DEF-007",
    "A value is out of range or of the wrong form.",
    "Write it as shown.",
    {
        "range": "{table}: {key} {value} is out of range. Use a number from {least} to {most}.",
        "form": '{table}: {key} "{value}" is not {noun}.{advice!o}',
    },
)
DEF_008 = Message(
    "DEF-008",
    "The timezone is not known.",
    "Use the one that is suggested.",
    '[plan]: timezone "{timezone}" is not known.{hint!o} Write it like "Europe/London".',
)
DEF_009 = Message(
    "DEF-009",
    "A role is missing, or two fields have it.",
    "Set that role for exactly one field.",
    {
        "key": 'No [[field]] of {kind}s has role "key". Set role = "key" for the field that holds '
        "the ref.",
        "action": 'No [[field]] of {kind}s has role "action". Set role = "action" for the field '
        "that holds what is to be done.",
        "twice": '{table}: "{other}" has role "{role}" already, and only one field may. Use '
        "another role for this one.",
        "condition": '{table}: {key} needs a field of actions with role "{role}", and there is '
        "none. Set that role for a field.",
        "officers": '{table}: accountable = true needs a field with role "accountable", and there '
        "is none. Set that role for a field of recommendations or of actions.",
        "closed": '{table}: closed = true needs a field of actions with role "rating", and there '
        "is none. Set that role for a field.",
        "sets": '{table}: sets needs a field of actions with role "rating", and there is none. Set '
        "that role for a field.",
        "worst": '{table}: rule "worst" needs a field of actions with role "rating", and there is '
        "none. Set that role for a field.",
        "accountable": '{table}: rule "accountable" needs a field of recommendations with role '
        '"rating", and there is none. Set that role for a field, or name one with field.{use!o}',
    },
)
DEF_010 = Message(
    "DEF-010",
    "The name of a field, rating, scale or lead is not there.",
    "Use one of those listed.",
    {
        "field": '{table}: {key} "{name}" is not the id of a field of actions.{use!o}',
        "rating": '{table}: {key} "{name}" is not the code of a rating of actions.{use!o}',
        "accountable": '{table}: field "{name}" is not a rating of recommendations.{use!o}',
        "lead": '{table}: successor "{name}" is not the name of another lead.{use!o}',
        "member": '{table}: member "{name}" is not the name of a lead.{use!o}',
        "contact": '{table}: contact "{name}" is neither the name of a lead nor an address.{use!o}',
        "scale": '{table}: no [[rating]] has scale "{name}".{use!o}',
        "value": '{table}: {key} "{name}" is not a value of that column.{use!o}',
        "no-scale": "{table}: a rating needs a scale, and no [[rating]] is there for it. Add "
        "[[rating]] tables, or name the scale of some with scale.",
    },
)
DEF_011 = Message(
    "DEF-011",
    "Two keys do not go together.",
    "Change one of them, as shown.",
    {
        "append": '{table}: mode "append" is for narratives, and this is a {type}. Write type = '
        '"narrative", or remove the mode.',
        "role": '{table}: role "{role}" needs a column that holds {holds}, and this one is {kind}: '
        'nothing in it would count. Write type = "{type}", or choose another role.',
        "private": '{table}: a field with role "{role}" cannot be private: every template and the '
        "board show it. Remove private, or set that role for another field.",
        "teams": '{table}: member "{name}" is a member of {other} too, and both are sent one '
        'workbook. Keep the name in one of them, or write issue = "each".',
        "needed-owner": "{table}: required_if asks the lead, who does not fill this column in. "
        'Write owner = "lead", or remove required_if.',
        "needed-sent": '{table}: required_if looks at "{name}", which leads are not sent. Name a '
        "column that they are sent, or remove required_if.",
        "needed-self": "{table}: required_if looks at this column itself. Name another column.",
        "needed-type": '{table}: required_if looks at "{name}", which is neither a choice of few '
        "words nor a date. Name a rating, a choice, a column of yes or no, or a date.",
        "request": '{table}: change "request" is for a due date or a revised date that the lead '
        'fills in. Write role = "due" and owner = "lead", or remove change.',
        "circle": '{table}: successor "{name}" hands over to this lead again. Name somebody who '
        "does not, or remove it.",
        "sets": "{table}: rated limits a challenge, and this rule sets the rating. Remove rated or "
        "sets.",
        "boolean": "{table}: choices of a boolean are two, the word for yes and the word for no. "
        'Write choices = ["Yes", "No"], or remove them.',
        "accountable": '{table}: rule "accountable" is for recommendations. Write to = '
        '"recommendation", or another rule.',
    },
)
DEF_012 = Message(
    "DEF-012",
    "An answer in set-up.xlsx is about something that plan.toml does not have.",
    "Clear the answer, or name what plan.toml has.",
    {
        "gone": '[[{table}]] "{name}" was removed from plan.toml. Clear what was changed in this '
        "row, or add it again in a blank row below.",
        "kind": '"{name}" is a column of recommendations, and the lists of what is sent and shown '
        "name columns of actions. Clear the answer.",
        "last": "This is the last column of the list, and a list of none means all. Answer Yes for "
        "another column first.",
        "lead": 'There is no other lead "{name}" who this could be.{use!o}',
        "guess": "This guess is not in plan.toml any more. Clear the answer.",
    },
)
DEF_013 = Message(
    "DEF-013",
    "A cell of set-up.xlsx cannot be answered so.",
    "Choose an answer of the list.",
    {
        "": '"{answer}" is no answer to this. Choose one of: {choices!l}.',
        "value": '"{answer}" is no answer to this.{wrong!o} Or choose: {choices!l}.',
    },
)
DEF_014 = Message(
    "DEF-014",
    "What actions of the plan have cannot be removed.",
    "Change these actions first, or say what has its place.",
    {
        "lead": '"{name}" is the lead of {refs!f:action #|actions #}. Choose who answers under '
        "Same person as … or Handed over to …, or enter other leads in master.xlsx, and remove it "
        "then.",
        "rating": '"{name}" is the rating of {refs!f:action #|actions #}. Enter another rating in '
        "master.xlsx, and remove it then.",
        "field": "The column holds something in {refs!f:action #|actions #}. Choose Yes under No "
        "longer in use? instead: its history stays.",
    },
)
DEF_015 = Message(
    "DEF-015",
    "An answer of `set-up.xlsx` that could not be used before was used now.",
    "Nothing needs doing.",
    "An answer that could not be used before was used now: {what}. Nothing needs doing.",
    level="note",
)
DEF_086 = Message(
    "DEF-086",
    "The words of a letter hold a place that nothing fills.",
    "Use one of the places that are listed, or write a brace twice.",
    {
        "place": "{table}: {key} has {place}, and nothing fills it. Use one of: {places!l}.",
        "brace": "{table}: {key} has a brace that opens or closes nothing. Write it twice for a "
        "brace itself, or use one of: {places!l}.",
    },
)
DEF_090 = Message(
    "DEF-090",
    "`[composite] sheets` names a sheet that does not exist.",
    "Use one of those listed.",
    '"{name}" is not a sheet of the composite. Choose from: {sheets!l}.',
)

KINDS = {
    "bool": "true or false", "int": "a whole number", "float": "a number", "str": "text",
    "list": "a list", "dict": "a table", "date": "a date", "datetime": "a date or time",
    "time": "a date or time",
}  # fmt: skip
"""What fills ``kind`` of DEF-005, by the name of the Python type that TOML gives."""
FORMS = {
    "line": 'text in quotes, such as "…"',
    "text": 'text in quotes, such as "…"',
    "raw": 'text in quotes, such as "…"',
    "list": 'a list of texts, such as ["…", "…"]',
    "raw list": 'a list of texts, such as ["…", "…"]',
    "one or several": 'text in quotes, or a list of texts, such as ["…", "…"]',
    "flag": "true or false, without quotes",
    "whole": "a whole number, without quotes",
    "number": "a number, without quotes",
    "day": "a date without quotes, such as 2026-01-05",
    "conditions": 'what must hold in braces, such as { rating = ["…", "…"] }',
}
"""What fills ``form`` of DEF-005, by what a key takes."""


VAL_002 = Message(
    "VAL-002",
    "The value is not a rating of the plan.",
    "Choose a code or label of the scale.",
    '"{value}" is not a rating of this plan. Choose one of: {ratings!l}.',
    lead_reads_text=True,
)
VAL_003 = Message(
    "VAL-003",
    "The value is not a date.",
    "Enter a date such as 28 February 2026.",
    {
        "date": '"{value}" is not a date. Enter a date such as 28 February 2026.',
        "timescale": '"{value}" is not a date. Enter a date such as 28 February 2026, or a '
        "timescale in words.",
        "serial": '"{value}" is probably a date as spreadsheets keep it: {day}. Enter the date '
        "itself, such as 28 February 2026.",
    },
    lead_reads_text=True,
)
VAL_004 = Message(
    "VAL-004",
    "The value is a date that can be read two ways.",
    "Write the month in letters.",
    '"{value}" can be read as two dates, day first or month first. Enter it with the month in '
    "words, such as 4 March 2026.",
    lead_reads_text=True,
)
VAL_005 = Message(
    "VAL-005",
    "The value is not a number.",
    "Enter a number such as 25.",
    {
        "": '"{value}" is not a number. Enter a number such as 25.',
        "percent": '"{value}" is a percentage, where a number is asked for. Enter the number '
        "itself, such as 25.",
    },
    lead_reads_text=True,
)
VAL_006 = Message(
    "VAL-006",
    "The value is not a percentage from 0% to 100%.",
    "Enter a percentage from 0% to 100%.",
    '"{value}" is not a percentage from 0% to 100%. Enter one that is.',
    lead_reads_text=True,
)
VAL_007 = Message(
    "VAL-007",
    "The value is not one of the choices.",
    "Choose one that is listed.",
    '"{value}" is not one of the choices. Choose one of: {choices!l}.',
    lead_reads_text=True,
)
VAL_008 = Message(
    "VAL-008",
    "The cell shows an error such as #REF!.",
    "Enter the value itself.",
    "The cell shows the error {error}. Enter the value itself.",
    lead_reads_text=True,
)
VAL_009 = Message(
    "VAL-009",
    "The cell holds a formula.",
    "Enter the value itself.",
    'The cell holds the formula {formula} (showing "{value}"). Enter the value itself.',
    lead_reads_text=True,
)
VAL_010 = Message(
    "VAL-010",
    "The value is not an amount of money, or in another currency.",
    "Enter an amount such as 1500.",
    {
        "": '"{value}" is not an amount of money. Enter an amount such as 1500.',
        "currency": '"{value}" is not in {currency}. Enter the amount in {currency}.',
    },
    lead_reads_text=True,
)
VAL_011 = Message(
    "VAL-011",
    "The value is neither yes nor no.",
    "Choose one of the two words that are listed.",
    '"{value}" is neither yes nor no. Choose one of: {choices!l}.',
    lead_reads_text=True,
)
VAL_012 = Message(
    "VAL-012",
    "The number format of a cell leaves open what it shows.",
    "Enter the value as text.",
    "The cell holds the number {value} in a format ({format}) that not every program shows alike. "
    "Enter the value as text, as it is meant to stand there.",
    lead_reads_text=True,
)
VAL_043 = Message(
    "VAL-043",
    "What stands beside a step says neither that it is done nor on which day.",
    "Enter Done, the day on which it was done, or leave it blank.",
    {
        "": '"{value}" says neither that the step is done nor on which day. Enter Done, the day on '
        "which it was done (such as 28 February 2027), or leave it blank.",
        "none": "The action has no step {number}. Enter Done beside one of its steps.",
    },
    lead_reads_text=True,
)
