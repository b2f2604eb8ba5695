"""VAL: what was typed is not a value of its field."""

from __future__ import annotations

from xlplan.codes.message import Message

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
    '"{value}" is not a number. Enter a number such as 25.',
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
