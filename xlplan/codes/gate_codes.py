"""GATE: a file that came back, or that a plan starts from, and whether it can be read."""

from __future__ import annotations

from collections.abc import Mapping

from xlplan.codes.message import Message

_ITSELF = "Ask its sender for the Excel workbook itself."
_AGAIN = "Ask its sender to send it again."
_SAVE = "Open it in Excel, save it as an Excel workbook (.xlsx), and use that file."
_COPY = "Ask its sender to copy the cells into a new workbook and send that."
_LEAD_AGAIN = "Please send it again."
_LEAD_ITSELF = "Please send the Excel workbook itself."
_LEAD_SAVE = "Please open it, save it as an Excel workbook (.xlsx), and send that."
_LEAD_COPY = "Please enter your update in the workbook that you were sent, save it, and send that."

GATE_001 = Message(
    "GATE-001",
    "The file is empty.",
    "Ask for it again.",
    f"This file is empty (0 bytes). {_AGAIN}",
    lead=f"It arrived empty. {_LEAD_AGAIN}",
)
GATE_002 = Message(
    "GATE-002",
    "The file holds only zeros, as a file in the cloud does that was not downloaded.",
    "Download it and merge again.",
    "This file holds only zeros, as a file in the cloud does that was not downloaded. "
    "Open its folder, download the file, and merge again.",
    lead="It arrived without its contents, because it had not been downloaded from the cloud when "
    "it was sent. Please open it once, and send it again.",
)
GATE_003 = Message(
    "GATE-003",
    "The file is larger than an update can be.",
    "Ask for the cells in a new workbook, without pictures.",
    "This file is larger than {mb} MB. Ask its sender to copy the cells into a new workbook, "
    "without pictures, and send that.",
    lead="It is far larger than an update can be. Please remove pictures and other sheets from it, "
    "save it, and send it again.",
)
GATE_004 = Message(
    "GATE-004",
    "The end of the file is missing.",
    "Ask for it again.",
    f"This file is incomplete: its end is missing. {_AGAIN}",
    lead=f"Only a part of it arrived. {_LEAD_AGAIN}",
)
GATE_005 = Message(
    "GATE-005",
    "A part of the file is damaged.",
    "Ask for it again.",
    {
        "part": 'The part "{part}" of this file is damaged, so its cells cannot be trusted. '
        + _AGAIN,
        "cells": "A part of this file that should hold cells is damaged and cannot be read. "
        + _AGAIN,
    },
    lead=f"It was damaged on its way. {_LEAD_AGAIN}",
)
GATE_006 = Message(
    "GATE-006",
    "The file is protected with a password.",
    "Ask for it without one.",
    "This file is protected with a password, so nothing in it can be read. "
    "Ask its sender to save it without a password and send it again.",
    lead="It is protected with a password. Please save it without one, and send it again.",
)
GATE_007 = Message(
    "GATE-007",
    "The file is encrypted by a sensitivity label.",
    "Ask for it without the label.",
    "This file is encrypted by a sensitivity label, so nothing in it can be read. Ask its sender "
    "to choose a label that does not encrypt and send it again.",
    lead="It is encrypted by its sensitivity label. Please choose a label that does not encrypt, "
    "and send it again.",
)
_UNPACKS = f". Nothing in it was read. {_COPY}"
GATE_008 = Message(
    "GATE-008",
    "The file unpacks to far more than a workbook holds.",
    "Ask for the cells in a new workbook.",
    {
        "part": 'This file unpacks to over {mb} MB in "{part}"' + _UNPACKS,
        "ratio": 'This file unpacks to {times} times its size in "{part}"' + _UNPACKS,
        "bytes": "This file unpacks to over {mb} MB" + _UNPACKS,
        "parts": "This file unpacks to more than {parts:,} parts" + _UNPACKS,
        "sheets": "This file unpacks to {sheets:,} sheets" + _UNPACKS,
        "text": "This file unpacks to over {millions} million characters" + _UNPACKS,
        "word": "This file unpacks to over {mb} MB of text" + _UNPACKS,
        "files": "This file unpacks to more than {files:,} files" + _UNPACKS,
        "enclosed": "This file unpacks to over {mb} MB of files" + _UNPACKS,
        "memory": "This file unpacks to more than fits in memory" + _UNPACKS,
    },
    lead=f"It is far larger inside than an update can be. {_LEAD_COPY}",
)
GATE_009 = Message(
    "GATE-009",
    "The file declares a document type, which no spreadsheet program does.",
    "Ask for the cells in a new workbook.",
    'The part "{part}" of this file declares a document type, which no spreadsheet program does. '
    f"Nothing in it was read. {_COPY}",
    lead=f"It has something in it that no workbook has. {_LEAD_COPY}",
)
_MADE = "This file was not made by a spreadsheet program: "
_UNREAD = f". Nothing in it was read. {_COPY}"
GATE_010 = Message(
    "GATE-010",
    "The file was not made by a spreadsheet program.",
    "Ask for the cells in a new workbook.",
    {
        "twice": _MADE + 'it lists the part "{part}" twice' + _UNREAD,
        "outside": _MADE + 'the part "{part}" points outside the file' + _UNREAD,
        "packed": _MADE + 'the part "{part}" is packed in an unknown way' + _UNREAD,
        "names": _MADE + 'the part "{part}" has two names' + _UNREAD,
        "overlap": _MADE + "its parts overlap" + _UNREAD,
    },
    lead=f"It has something in it that no workbook has. {_LEAD_COPY}",
)
_TRIM = "Delete the rows and columns after its table, save, and use that"
_CLEAR = (
    "Select the rows and columns after its table, choose Clear Formats and Delete, save, and use "
    "that"
)
TOO_LARGE: Mapping[str, tuple[str, str]] = {
    "far": ("has something as far as row {row:,}, column {column:,}", _TRIM),
    "many": ("has {cells:,} cells, far more than a plan", _CLEAR),
    "together": ("and those read before it have {cells:,} cells, far more than a plan", _CLEAR),
    "merged": (
        "merges far more cells than a plan has",
        "Unmerge whole rows and columns, save, and use that",
    ),
}
"""What is too large about a sheet, and what to do about it."""


def _of_sheet(*variants: str) -> dict[str, str]:
    """The refusals of a sheet, each also for one that is hidden."""
    return {
        f"{variant}{end}": f'The {which} "{{sheet}}" {why}. {cure}.'
        for variant in variants
        for why, cure in [TOO_LARGE[variant]]
        for end, which in (("", "sheet"), ("-hidden", "hidden sheet"))
    }


GATE_011 = Message(
    "GATE-011",
    "A sheet reaches far beyond its table.",
    "Delete the rows and columns after the table, save, and send it again.",
    _of_sheet("far", "many", "together"),
    lead="It has content or colours far away from its table. Please delete the rows and columns "
    "after the table, save it, and send it again.",
)
GATE_012 = Message(
    "GATE-012",
    "A sheet merges far more cells than a plan has.",
    "Unmerge whole rows and columns, save, and send it again.",
    _of_sheet("merged"),
    lead="It has very many merged cells. Please unmerge whole rows and columns, save it, and send "
    "it again.",
)
GATE_013 = Message(
    "GATE-013",
    "The file is a PDF.",
    "Ask for the workbook.",
    f"This is a PDF, not a workbook. {_ITSELF}",
    lead=f"It is a PDF. {_LEAD_ITSELF}",
)
GATE_014 = Message(
    "GATE-014",
    "The file is a picture.",
    "Ask for the workbook.",
    f"This is a picture, not a workbook. {_ITSELF}",
    lead=f"It is a picture. {_LEAD_ITSELF}",
)
GATE_015 = Message(
    "GATE-015",
    "The file is a web page, whatever its name.",
    "Save it in Excel as .xlsx.",
    f"This is a web page, not a workbook. {_SAVE}",
    lead=f"It is a web page and not a workbook. {_LEAD_SAVE}",
)
GATE_016 = Message(
    "GATE-016",
    "The file is a Numbers document.",
    "Export it from Numbers to Excel.",
    "This is a Numbers document. In Numbers choose File, Export To, Excel, and use that file.",
    lead="It is a Numbers document. In Numbers, please choose File, Export To, Excel, and send the "
    "file that this makes.",
)
GATE_017 = Message(
    "GATE-017",
    "The file is a shortcut to a file in the cloud.",
    "Download the workbook and merge that.",
    "This is a shortcut to a file in the cloud, without its contents. "
    "Open it, download the workbook as Excel (.xlsx), and merge that.",
    lead="It is a link to a file in the cloud. Please download the workbook as Excel (.xlsx), and "
    "send that file.",
)
GATE_018 = Message(
    "GATE-018",
    "The file is a document, not a spreadsheet.",
    "Ask for the workbook; to start a plan from it with `new`, save it as .docx.",
    {
        "": f"This is a document, not a spreadsheet. {_ITSELF}",
        "old": "This is a document in a form that cannot be read here. Open it in Word, save it as "
        "a Word document (.docx), and run the command again with that.",
        "unconverted": "This is a document of an old kind, and LibreOffice could not open it. Open "
        "it in Word, save it as a Word document (.docx), and run the command again with that.",
    },
    lead=f"It is a document and not a workbook. {_LEAD_ITSELF}",
)
GATE_019 = Message(
    "GATE-019",
    "The file is an e-mail, not a workbook.",
    "Save the attachment in the inbox.",
    {
        "": "This is an e-mail, not a workbook. Save its attachment in the inbox, and merge again.",
        "bare": "This e-mail has no workbook attached. Ask its sender to attach the template that "
        "was issued.",
    },
    lead="It is an e-mail with no workbook attached. Please attach the workbook and send it again.",
)
GATE_020 = Message(
    "GATE-020",
    "The file is an archive of files, not a workbook.",
    "Extract the workbooks into the inbox.",
    {
        "": "This is an archive of files. Extract the workbooks in it into the inbox, and merge "
        "again.",
        "bare": "There is no workbook in this archive. Ask its sender for the template that was "
        "issued.",
    },
    lead="It is an archive in which no workbook was found. Please attach the workbook itself, and "
    "send it again.",
)
GATE_021 = Message(
    "GATE-021",
    "The file is a spreadsheet in a form that cannot be read.",
    "Save it in Excel as .xlsx.",
    {
        "": "This is a spreadsheet in a form that cannot be read here. Open it in the program that "
        "made it, save it as an Excel workbook (.xlsx), and use that file.",
        "xml": "This is an XML spreadsheet of Excel 2003, which cannot be read here. Open it in "
        "Excel, save it as an Excel workbook (.xlsx), and use that file.",
    },
    lead=f"It is in a form that could not be read. {_LEAD_SAVE}",
)
GATE_022 = Message(
    "GATE-022",
    "The file is not a spreadsheet.",
    "Ask for the workbook.",
    f"This is not a spreadsheet. {_ITSELF}",
    lead=f"It is not a workbook. {_LEAD_ITSELF}",
)
