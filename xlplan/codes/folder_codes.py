"""PLAN, LED, OUT, VER: the folder of a plan, its ledger, what is written, and `verify`."""

from __future__ import annotations

from xlplan.codes.message import Message

# PLAN: the folder of the plan.

PLAN_001 = Message(
    "PLAN-001",
    "This is not the folder of a plan.",
    "Go to the plan's folder, or name it with `-C`.",
    "This is not the folder of a plan: it has no plan.toml and no ledger.db. Go to the plan's "
    "folder, name it with -C, or start a plan with: xlplan new DIR --from MASTER.xlsx",
)
PLAN_002 = Message(
    "PLAN-002",
    "`plan.toml` is missing.",
    "Look whether its disk is connected; if it is, restore it from a backup.",
    "plan.toml is missing. Check that the disk with this folder is connected; if it is, restore "
    "the file from a backup.",
)
PLAN_003 = Message(
    "PLAN-003",
    "`plan.toml` is not UTF-8.",
    "Save it as UTF-8.",
    "plan.toml is not UTF-8 text (byte {byte}). Save it as UTF-8.",
)
_LOST = "Where it is lost for good, run: xlplan rekey"
PLAN_004 = Message(
    "PLAN-004",
    "`secret.key` is missing.",
    "Copy it from the original folder; where it is lost, run `rekey`.",
    "secret.key is missing, as when the folder was copied without it; without it no template can "
    "be recognised. Copy it from the original folder, or restore it from a backup. " + _LOST,
)
PLAN_005 = Message(
    "PLAN-005",
    "`secret.key` is damaged.",
    "Restore it from a backup; where it is lost, run `rekey`.",
    {
        "": "secret.key is damaged: it holds {digits} hexadecimal digits, and a key has {needed}. "
        f"Restore it from a backup. {_LOST}",
        "not-hexadecimal": "secret.key is damaged: it is not a line of hexadecimal digits. Restore "
        f"it from a backup. {_LOST}",
    },
)
PLAN_006 = Message(
    "PLAN-006",
    "`plan.toml` has the id of another plan.",
    "Put the id back.",
    '[plan] id is "{id}", but the ledger belongs to "{recorded}". Put the id back; it is part of '
    "every stamp that has gone out.",
)
PLAN_007 = Message(
    "PLAN-007",
    "The folder is synchronised with a cloud.",
    "Keep the plan on a disk of your own.",
    "The plan is in a folder of {service}, and a synchronised folder can damage the ledger. Keep "
    "the plan on a disk of this computer and copy what others need.",
    level="warning",
)
PLAN_008 = Message(
    "PLAN-008",
    "A file of the plan cannot be read.",
    "Check its permissions, and close other programs that hold it open.",
    "This cannot be read ({reason}). Check its permissions, and that no other program holds it "
    "open.",
)
PLAN_009 = Message(
    "PLAN-009",
    "A file lies beside one of the plan's own, under almost its name.",
    "Keep a plan on one computer; move the copy out of its folder once what it holds is known.",
    {
        "": "This looks like a second copy of {own}, as a synchronised folder, a download or "
        "another program makes one; xlplan never uses it. If somebody worked in it, put it into "
        "inbox/ and merge it; then move it out of this folder.",
        "file": "This looks like a second copy of {own}, as a synchronised folder or a download "
        "makes one; xlplan never uses it. Compare the two, put into {own} what is right, and move "
        "the copy out of this folder.",
        "ledger": "This looks like a second record, as a synchronised folder makes one where two "
        "computers worked in the plan; only {own} is used. Keep this file, find out who worked "
        "where, and keep the plan on one computer: what the other merged is in its returns and "
        "can be merged here.",
    },
    level="note",
    levels={"ledger": "warning"},
)
PLAN_040 = Message(
    "PLAN-040",
    "The plan has a new secret key; templates that are out were signed with the old one.",
    "Answer once for each file of them that comes back, or issue them again.",
    {
        "": "Signed with the old key, and not back yet: {files!f}. Each that comes back is one "
        "question. To be asked nothing, issue these again and have their leads use the new ones.",
        "kept": "The file that stood in the place of secret.key is kept as {file}. Where it is "
        "another plan's, put it back there; else delete it.",
    },
    level="note",
)

# LED: the ledger.

_RECORDED = "What was done before is recorded: run the command again"
LED_001 = Message(
    "LED-001",
    "A ledger is here already.",
    "Name a new, empty folder.",
    "A ledger is here already, so nothing was changed. Name a new, empty folder.",
)
LED_002 = Message(
    "LED-002",
    "The ledger is missing.",
    "Look whether its disk is connected; if it is, restore it from a backup.",
    "The ledger is missing. Check that the disk with this folder is connected; if it is, restore "
    "the folder from a backup.",
)
LED_003 = Message(
    "LED-003",
    "The ledger was made by a newer xlplan.",
    "Install that one.",
    "The ledger has format {format}, and this xlplan knows formats up to {known}. Install the "
    "newer xlplan that made it.",
)
LED_004 = Message(
    "LED-004",
    "The plan is in use.",
    "Try again when the other command has ended.",
    {
        "holder": "The plan is in use by {holder}, so nothing was changed. Try again when that "
        "command has ended.",
        "": "The plan is in use by another command, so nothing was changed. Try again when it has "
        "ended.",
        "recorded": f"The plan is in use by another command. {_RECORDED} when that has ended.",
    },
)
LED_005 = Message(
    "LED-005",
    "The folder, or the ledger in it, cannot be written to.",
    "Check its permissions, or copy the whole folder.",
    {
        "": "The folder of the plan cannot be written to, so nothing was changed. Check its "
        "permissions and the disk it is on, or copy the whole folder to a disk of your own.",
        "file": "This file is read-only, so nothing was changed. Change that, and try again.",
        "recorded": f"The folder of the plan can no longer be written to. {_RECORDED} when its "
        "permissions are as they were.",
    },
)
LED_006 = Message(
    "LED-006",
    "The disk is full.",
    "Make room, and run the command again.",
    {
        "": "The disk is full, so nothing was changed. Make room, and run the command again.",
        "recorded": f"The disk is full. {_RECORDED} when there is room.",
    },
)
LED_007 = Message(
    "LED-007",
    "The ledger is damaged.",
    "Keep it, and restore the folder from a backup.",
    {
        "reason": "The ledger cannot be read ({reason}). Keep the file as it is and restore the "
        "folder of the plan from a backup; the files that came back are still in returns/.",
        "format": "The ledger cannot be read: its format is not recorded in it. Keep the file as "
        "it is and restore the folder of the plan from a backup; the files that came back are "
        "still in returns/.",
        "chain": "The ledger cannot be read. {why} If the backup is whole, restore the folder of "
        "the plan from it; the files that came back are still in returns/.",
        "event": "The ledger cannot be read: event {event} cannot be understood. Keep the file as "
        "it is and restore the folder of the plan from a backup; the files that came back are "
        "still in returns/.",
    },
)
LED_008 = Message(
    "LED-008",
    "The ledger is empty: `new` did not finish.",
    "Remove the folder, and start again.",
    "The ledger is empty: xlplan new did not finish. Remove the folder, and start again.",
)
LED_009 = Message(
    "LED-009",
    "The disk failed, or a network drive is full and says so too late.",
    "Check the disk, the room on it and the connection to it, and run the command again.",
    {
        "": "The disk failed while the ledger was read or written, so nothing was changed. Check "
        "the disk, the room on it and the connection to it, and run the command again.",
        "recorded": f"The disk failed while the ledger was read or written. {_RECORDED} when the "
        "disk, the room on it and the connection to it have been checked.",
        "unsure": "The disk failed while the command was being recorded, and whether it was cannot "
        "be read. Check the disk, the room on it and the connection to it; then see xlplan log.",
    },
)
LED_010 = Message(
    "LED-010",
    "The secret key is that of another plan.",
    "Put back this plan's own `secret.key`; where it is lost, run `rekey`.",
    "secret.key and ledger.db do not belong together: the ledger knows another key. Nothing was "
    "changed. Put back the secret.key of this plan, from the folder that it was copied from or "
    "from a backup; where the ledger is the wrong one, put back that. " + _LOST,
)

# OUT: what is written.

OUT_001 = Message(
    "OUT-001",
    "An edited workbook was not overwritten.",
    "Run `merge`.",
    "{file} holds edits that have not been merged, so it was not overwritten. Run: xlplan merge",
    level="warning",
)
OUT_002 = Message(
    "OUT-002",
    "A file could not be written.",
    "Close it in Excel, and run the command again.",
    {
        "": "The file could not be written ({reason}). Everything is recorded: close the file if "
        "it is open in Excel, make room if the disk is full, check its permissions and those of "
        "its folder, and run the command again.",
        "stopped": "This could not be read or written ({reason}), so the command stopped here. "
        "What it did before is recorded: make room if the disk is full, close the file if it is "
        "open in Excel, check its permissions, and run the command again.",
    },
)
OUT_003 = Message(
    "OUT-003",
    "Files were not written, because something else came first.",
    "Run the command again.",
    "Everything is recorded, but these files were not written. {why} Run the command again.",
    level="warning",
)
OUT_004 = Message(
    "OUT-004",
    "Something could not be read or written; nothing was recorded.",
    "Make room, close the file, and run the command again.",
    "This could not be read or written ({reason}), so nothing was recorded. Make room if the disk "
    "is full, close the file if it is open in Excel, check its permissions, and run the command "
    "again.",
)
OUT_005 = Message(
    "OUT-005",
    "The report of a command could not be printed.",
    "Look with `status` and `log` where something was recorded; else run the command again.",
    {
        "recorded": "It could not be printed ({reason}). What was done is recorded and need not be "
        "done again: xlplan status and xlplan log show how it stands.",
        "nothing": "It could not be printed ({reason}). Nothing was recorded. Make room if the "
        "disk is full, and run the command again.",
    },
    level="warning",
)
_NO_MERGE = "No merge can use anything in this file, so it was left as it is. {why} "
_WRITTEN_AGAIN = "where the plan needs its own {name}, xlplan merge writes it again."
OUT_006 = Message(
    "OUT-006",
    "A file in the place of `master.xlsx` or `decisions.xlsx` is another plan's, or is damaged.",
    "Move it out of the folder, and run `merge`.",
    {
        "not-ours": f"{_NO_MERGE}Move it out of this folder; {_WRITTEN_AGAIN}",
        "unreadable": f"{_NO_MERGE}If that cannot be done, move it out of this folder; "
        f"{_WRITTEN_AGAIN}",
    },
    level="warning",
)

_COPY = "What you had added to it is in {kept}: copy from there what you need."
OUT_047 = Message(
    "OUT-047",
    "`master.xlsx` could not be changed in place, so it was laid out anew.",
    "Copy what you had added from the old file, which is kept beside it.",
    {
        "definition": "The columns, ratings or rules of the plan have changed, so this workbook "
        f"was laid out anew. {_COPY}",
        "sheet": 'The sheet "{sheet}" of the plan was no longer in this workbook, so it was laid '
        f"out anew. {_COPY}",
        "keys": 'The hidden column of row keys was no longer on the sheet "{sheet}", so this '
        f"workbook was laid out anew. {_COPY}",
        "unknown": "This workbook no longer shows which version of the plan it holds, so it was "
        f"laid out anew. {_COPY}",
        "lost": "The copy of this workbook in returns/ is missing or damaged, so it was laid out "
        f"anew. {_COPY}",
        "refused": "This workbook could not be changed in place, so it was laid out anew. "
        f"{{why}} {_COPY}",
    },
    level="warning",
)

# VER: `verify`.

_COMPARE = "Keep the folder as it is and compare it with the last backup."
_TODO = "Keep the folder as it is, and compare it with the last backup."
VER_001 = Message(
    "VER-001",
    "The database is damaged.",
    _TODO,
    "The database is damaged: {reason}. " + _COMPARE,
)
VER_002 = Message(
    "VER-002",
    "An event is missing from the ledger.",
    _TODO,
    "Event {event} is missing from the ledger. " + _COMPARE,
)
VER_003 = Message(
    "VER-003",
    "An event of the ledger was changed.",
    _TODO,
    "Event {event} of the ledger was changed after it was recorded. " + _COMPARE,
)
VER_004 = Message(
    "VER-004",
    "No event has the tip printed on the composite.",
    "Check that the composite is this plan's; if it is, the end of the ledger was cut off: compare "
    "the folder with the last backup.",
    "No event has the hash {tip}: the composite belongs to another plan, or the end of the ledger "
    f"was cut off. {_COMPARE}",
)
VER_005 = Message(
    "VER-005",
    "A stored original is missing or was changed.",
    "Take it from the last backup.",
    {
        "missing": "The original of {file} is missing. " + _COMPARE,
        "changed": "The original of {file} was changed. " + _COMPARE,
        "changed-unnamed": f"This original was changed. {_COMPARE}",
        "archived": "The original of {file} is not in the archive as it was recorded, and not in "
        "the plan's folder. Take it from the last backup.",
    },
)
VER_006 = Message(
    "VER-006",
    "A composite was published at a hash that no event has.",
    _TODO,
    "The composite was published at {tip}, a hash that no event has. " + _COMPARE,
)
VER_007 = Message(
    "VER-007",
    "The recorded base of a template is not what was issued.",
    _TODO,
    "The recorded base of {template} is not what was issued: replayed from the ledger, it has "
    "another id. " + _COMPARE,
)
VER_008 = Message(
    "VER-008",
    "A workbook holds edits that are not merged.",
    "Run `merge`.",
    "This workbook holds edits that have not been merged. Run: xlplan merge",
    level="note",
)
_REPORT = "Keep the folder as it is and report this."
VER_009 = Message(
    "VER-009",
    "The ledger and a stored file disagree about a cell.",
    "Keep the folder as it is, and report it.",
    {
        "": 'The ledger has "{recorded}" from this cell, but the stored file has "{stored}". '
        + _REPORT,
        "blank": 'The ledger has "{recorded}" from this cell, but it is blank in the stored file. '
        + _REPORT,
        "sheet": 'The ledger has "{recorded}" from this cell, but the stored file lacks the sheet. '
        + _REPORT,
        "emptied": 'The ledger has this cell as emptied, but the stored file has "{stored}". '
        + _REPORT,
    },
)
VER_010 = Message(
    "VER-010",
    "A workbook is missing or out of date.",
    "Run `merge` to have it written again.",
    {
        "missing": "This workbook is missing. To have it written again, run: xlplan merge",
        "stale": "This workbook is out of date. To have it written again, run: xlplan merge",
    },
    level="note",
)
VER_011 = Message(
    "VER-011",
    "A file that was issued or published was saved over since.",
    "Nothing needs doing: the ledger holds what was issued or published.",
    "This file was saved over after it was written here. Nothing needs doing: the ledger holds "
    "what was written.",
    level="note",
)
VER_012 = Message(
    "VER-012",
    "What is kept so that commands are quick did not agree with the ledger.",
    "Nothing needs doing: it was removed, and the next command makes it again from the ledger.",
    "This file did not say what the ledger says. Nothing needs doing: it was removed, and the next "
    "command makes it again from the ledger.",
    level="note",
)
VER_013 = Message(
    "VER-013",
    "Originals were moved to an archive and were not checked.",
    "Run `verify` with `--archive` and the folder that holds them.",
    "{count:# original was|# originals were} moved to an archive and {count:is|are} not checked "
    "here. To check {count:it|them} too, run verify with --archive and the folder.",
    level="note",
)
