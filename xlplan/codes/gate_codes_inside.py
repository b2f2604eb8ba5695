"""GATE: what was found while a file was opened or read, and what beside it was not read."""

from __future__ import annotations

from xlplan.codes.gate_codes import TOO_LARGE
from xlplan.codes.message import Message

_SAVE = "Open it in Excel, save it as an Excel workbook (.xlsx), and use that file."
_COPY = "Open it in Excel, copy its cells into a new workbook, and use that."
_LEAD_SAVE = "Please open it, save it as an Excel workbook (.xlsx), and send that."
_LEAD_COPY = "Please enter your update in the workbook that you were sent, save it, and send that."

GATE_023 = Message(
    "GATE-023",
    "The workbook is damaged or unusual.",
    "Save it in Excel as .xlsx.",
    {
        "": f"This workbook cannot be read: it is damaged or unusual. {_SAVE}",
        "reason": "This workbook cannot be read: it is damaged or unusual ({reason}). " + _SAVE,
        "word": "This document cannot be read: it is damaged or unusual ({reason}). "
        "Open it in Word, save it as a Word document (.docx), and run the command again with that.",
    },
    lead=f"It could not be read. {_LEAD_SAVE}",
)
GATE_024 = Message(
    "GATE-024",
    "A sheet that the workbook lists could not be read, or it has none.",
    "Save it in Excel as .xlsx.",
    {
        "blank": 'The sheet "{sheet}" has values but was read as blank. ' + _SAVE,
        "unread": 'The sheet "{sheet}" is listed but could not be read. ' + _SAVE,
        "form": 'The sheet "{sheet}" has cells in a form that cannot be read here, so none of them '
        "were read. " + _SAVE,
        "none": f"This workbook has no sheet to read. {_SAVE}",
    },
    lead=f"One of its sheets could not be read. {_LEAD_SAVE}",
)
GATE_025 = Message(
    "GATE-025",
    "Something in the file stopped the reader.",
    "Ask for the cells in a new workbook.",
    f"Something in this file stopped the reader, so nothing in it was read. {_COPY}",
    lead=f"It could not be read. {_LEAD_COPY}",
)
GATE_026 = Message(
    "GATE-026",
    "Reading the file took too long.",
    "Ask for the cells in a new workbook.",
    {
        "": "Reading this file took more than {seconds} seconds of the processor's time, so "
        "nothing in it was read. " + _COPY,
        "waiting": "Reading this file was not done after {seconds} seconds, so nothing in it was "
        "read. " + _COPY,
    },
    lead=f"It took too long to read. {_LEAD_COPY}",
)
GATE_027 = Message(
    "GATE-027",
    "The file is a lock file, or one that the computer keeps for itself, and was not read.",
    "Nothing needs doing.",
    {
        "lock": "This is the lock file of a workbook that somebody has open, not a return, so it "
        "was not read. It goes away when the workbook is closed.",
        "unfinished": "This is a download that is not finished, so it was not read. It goes away "
        "when the file has arrived.",
        "own": "This is a file that the computer keeps for itself, not a return, so it was not "
        "read. Nothing needs doing.",
    },
    level="note",
)
GATE_028 = Message(
    "GATE-028",
    "What stands there is a link, a pipe or a device, and was not opened.",
    "Put the file itself there.",
    {
        "link": "This is a link, not a file, and was not opened. Put the file itself here.",
        "device": "This is a pipe or a device, not a file, and was not opened. Put the file itself "
        "here.",
    },
)
GATE_029 = Message(
    "GATE-029",
    "What stands there is a folder within the inbox.",
    "Move its files up, or name the folder to `merge`.",
    "This is a folder, and its files were not read. Move them into the inbox, or name the folder "
    "to xlplan merge.",
    level="warning",
)
GATE_030 = Message(
    "GATE-030",
    "The workbook holds macros, which were not run.",
    "Nothing needs doing.",
    "This workbook holds macros, which were not run; its cells were read. Nothing needs doing.",
    level="note",
)
GATE_031 = Message(
    "GATE-031",
    "The file cannot be opened.",
    "Check that it is there and can be read.",
    {
        "reason": "This file cannot be opened ({reason}). Check that it is there and can be read.",
        "": "This file cannot be opened. Check that it is there and can be read.",
    },
)
_MATTERS = "If they matter, open it in Excel, save it as an Excel workbook (.xlsx), and use that."
GATE_032 = Message(
    "GATE-032",
    "The values of a workbook were read, but not some of its colours, hidden cells or notes.",
    "Save it in Excel as .xlsx if they matter.",
    {
        "xlsb": "The values of this workbook (.xlsb) were read, but not its colours and lines "
        f"through text. {_MATTERS}",
        "xls": "The values of this workbook (.xls) were read, but not which parts of a text have a "
        f"line through them. {_MATTERS}",
        "looks": "The values of this workbook were read, but not its colours and merged cells "
        "({reason}). " + _MATTERS,
        "unseen": "The values of this workbook were read, but not its colours and merged cells, "
        f"because none of its sheets was found. {_MATTERS}",
        "hidden": "Which rows and columns of this workbook (.xlsb) are hidden was not read, so "
        "they count as any others: leads and the board would see them. If anything in it is "
        "hidden, save it as an Excel workbook (.xlsx) and start again with that.",
        "light": "Only the values of this workbook were read: its colours, notes and hidden cells "
        "took too long. If they matter, copy its cells into a new workbook, and use that.",
    },
    level="note",
    levels={"looks": "warning", "unseen": "warning", "hidden": "warning", "light": "warning"},
)
GATE_033 = Message(
    "GATE-033",
    "The file is winmail.dat, an attachment in Outlook's own form.",
    "Ask for a message in HTML or plain text.",
    "This is winmail.dat: an attachment wrapped in Outlook's own form, which cannot be opened "
    "here. Ask its sender to send the workbook in a message of HTML or plain text.",
    lead="The workbook came wrapped as winmail.dat. Please attach it to a new message in HTML or "
    "plain text, and send it again.",
)
GATE_034 = Message(
    "GATE-034",
    "Other files were enclosed with the workbook, and were not read.",
    "Look at them if they matter.",
    "{names!w:Another file was enclosed and not read, because it is no workbook: #"
    "|Other files were enclosed and not read, because they are no workbooks: #}. "
    "Look at them if they matter.",
    level="note",
)
GATE_035 = Message(
    "GATE-035",
    "The message around a workbook has words of its own.",
    "Read them.",
    {
        "message": "The message says: {text}",
        "message-cut": "The message says: {text}… ({more:# more character|# more characters}; the "
        "whole is in {file})",
        "forwarded": "A message forwarded in it says: {text}",
        "forwarded-cut": "A message forwarded in it says: {text}… "
        "({more:# more character|# more characters}; the whole is in {file})",
    },
    level="note",
)
GATE_036 = Message(
    "GATE-036",
    "The file is a text file (CSV) with the name of a workbook; its cells were read.",
    "Nothing needs doing.",
    "This is a text file (CSV) with the name of a workbook; its cells were read as they stand. "
    "Nothing needs doing: such a file has no colours, no notes and no dates as dates.",
    level="note",
)
GATE_037 = Message(
    "GATE-037",
    "A sheet that need not be read is too large and was passed over.",
    "Make it smaller, if it holds anything of the plan.",
    {
        f"{variant}{end}": f"This {which} was passed over: it {why}. The other sheets were read. "
        f"If it holds anything of the plan: {cure[0].lower()}{cure[1:]}."
        for variant, (why, cure) in TOO_LARGE.items()
        for end, which in (("", "sheet"), ("-hidden", "hidden sheet"))
    },
    level="warning",
)
GATE_038 = Message(
    "GATE-038",
    "The message is encrypted.",
    "Open it in the mail program and save the workbook.",
    "This message is encrypted, so only its recipient can open it. Open it in the mail program, "
    "save the workbook that is attached to it, and use that file.",
    lead="The message was encrypted. Please send the workbook in a message that is not.",
)
