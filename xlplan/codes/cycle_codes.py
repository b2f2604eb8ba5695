"""CYC, PUB, SHOW, UNDO, DEMO, CLI: the commands of a cycle and their words."""

from __future__ import annotations

from xlplan.codes.message import Message

# CYC: commands that work on a cycle.

CYC_001 = Message(
    "CYC-001",
    "There is no such cycle.",
    "Choose one of those listed.",
    {
        "": 'There is no cycle "{cycle}". Choose one of: {cycles!l}.',
        "none": 'There is no cycle "{cycle}", because nothing has been issued yet. Run: xlplan '
        "issue --cycle ID",
    },
)

# POST: `draft` and `remind`, and the ticks of `post.xlsx`.

POST_001 = Message(
    "POST-001",
    "No template has been issued, so there is nothing to send.",
    "Run `issue` first.",
    "No template has been issued yet, so there is nothing to send. Run: xlplan issue --cycle ID",
)
POST_002 = Message(
    "POST-002",
    "No e-mail address is known for a lead, or for a deputy.",
    "Enter it in `post.xlsx`, run `merge`, then the same command again.",
    {
        "none": "No e-mail address is known for {leads!f}, so {leads!l:that draft has|these drafts "
        "have} no recipient. Enter {leads!l:the address|the addresses} in post.xlsx and run xlplan "
        "merge, then the same command again.",
        "team": "No e-mail address is known for {leads!f}, so {leads!l:that draft has|these drafts "
        "have} no recipient. Give {leads!l:it|each} a [[group]] of its name with a contact in "
        "plan.toml or set-up.xlsx, then run the same command again.",
        "unusable": 'The e-mail address of {lead}, "{email}", is not one that every mail program '
        "takes, so the draft has no recipient. Correct it in post.xlsx and run xlplan merge, then "
        "the same command again.",
        "deputy": 'No e-mail address is known for "{deputy}", the deputy of {lead}, so nobody gets '
        "a copy. Enter an address, or a lead who has one, in post.xlsx and run xlplan merge, then "
        "the same command again.",
    },
    level="warning",
)
POST_003 = Message(
    "POST-003",
    "The template that was issued is no longer in the outbox as it was.",
    "Issue it again.",
    "The template of {lead} does not lie here as it was issued, and cannot be made again as it "
    "was, so no draft was written. Run: xlplan issue --cycle {cycle}",
    level="warning",
)
POST_004 = Message(
    "POST-004",
    "A draft was changed since it was written, and was left as it is.",
    "Send it as it is, or delete it and run the command again.",
    "This draft was changed since it was written, so it was left as it is. Send it so, or delete "
    "it and run the command again.",
    level="warning",
)
POST_005 = Message(
    "POST-005",
    "That lead was sent no template in this cycle.",
    "Issue one first, or leave the name out.",
    '"{lead}" was sent no template in this cycle. Issue one with xlplan issue --lead, or leave '
    "this --lead out.",
)
POST_006 = Message(
    "POST-006",
    "What stands under Sent in `post.xlsx` is no answer.",
    "Choose Yes or enter the day.",
    '"{answer}" does not say whether the letter was sent. Choose Yes, enter the day, or clear the '
    "cell.",
    level="warning",
)

# PUB: `publish`.

PUB_001 = Message(
    "PUB-001",
    "No cycle has been issued.",
    "Name the period with `--cycle`.",
    "No cycle has been issued yet. Name the period with --cycle, such as 2026-11.",
)
PUB_002 = Message(
    "PUB-002",
    "`--from` does not come before `--to`.",
    "Name the earlier cycle with `--from`.",
    '"{since}" does not come before "{until}". Name the earlier cycle with --from and the later '
    "one with --to.",
)
PUB_003 = Message(
    "PUB-003",
    "A plan is on the board twice.",
    "Name it once.",
    "This plan is on the board already. Name it once.",
)
PUB_004 = Message(
    "PUB-004",
    "`--pdf` needs LibreOffice, which is not here.",
    "Install it, or print from Excel.",
    "PDF pages are made by LibreOffice, which was not found on this machine. Install it from "
    "libreoffice.org, or leave out --pdf and print the workbook from Excel.",
)
_EXPORT = "Open the workbook in LibreOffice or Excel and choose File, Export as PDF."
PUB_005 = Message(
    "PUB-005",
    "LibreOffice made no PDF.",
    "Export it from LibreOffice or Excel.",
    {
        "reason": "LibreOffice made no PDF ({reason}). " + _EXPORT,
        "": f"LibreOffice ended without making a PDF. {_EXPORT}",
        "time": "LibreOffice made no PDF within {seconds} seconds. " + _EXPORT,
    },
)
PUB_006 = Message(
    "PUB-006",
    "`--out` names a file of the plan itself, or no workbook.",
    "Choose another name that ends in `.xlsx`.",
    {
        "ending": "A composite is an Excel workbook, but this name does not end in .xlsx. Choose "
        "one for --out that does.",
        "own": "This is one of the plan's own files, or one that came in or went out, and a "
        "composite must not replace it. Choose another name for --out, such as board/draft.xlsx.",
    },
)
PUB_068 = Message(
    "PUB-068",
    "A paper was edited after it was published: it stays, and the new one is beside it.",
    "Take over into the new one what you wrote; delete the old one where it is no longer needed.",
    "{file} was edited after it was published, so it was left as it is. The new paper is {new}.",
    level="note",
)
PUB_069 = Message(
    "PUB-069",
    "No action has what an extract is asked of.",
    "Name a section, organisation or lead as the plan has it.",
    'No action has the {kind} "{name}".{hint!o} Name it as it stands in the plan.',
)
_NOW = "Write what holds now, or clear it: in plan.toml, or in set-up.xlsx."
PUB_090 = Message(
    "PUB-090",
    "Words to the board are still those of an earlier board.",
    "Write what holds now, or clear them.",
    {
        "message": "The message is word for word that of the board of {board}. " + _NOW,
        "ask": 'What the board is asked, "{text}", is what it was asked on the board of {board}. '
        + _NOW,
        "paragraph": 'The paragraph on "{text}" is word for word that of the board of {board}. '
        + _NOW,
    },
    level="note",
)
PUB_007 = Message(
    "PUB-007",
    "A change of `plan.toml` has emptied figures: what actions hold counts nowhere any more.",
    "Bring back what is gone, or say in `plan.toml` what it is called now.",
    {
        "rating": '"{value}" is no rating of "{heading}" any more, yet {refs!f:# holds|# hold} '
        'it and would count nowhere. Where it is called otherwise now, add "{value}" to the '
        "aliases of that rating; else bring its [[rating]] back, or change it in master.xlsx.",
        "value": '"{value}" is no value of "{heading}" any more, yet {refs!f:# holds|# hold} it '
        "and would count nowhere. Put the [[field]] back as it was, or change it in master.xlsx.",
        "field": 'The [[field]] "{name}" ("{heading}") is gone, yet {refs!f:# holds|# hold} '
        "something in it, which would count nowhere. Put it back; where it is no longer in use, "
        "with retired = true.",
    },
)

# SHOW, UNDO, DEMO, CLI: the words of a command.

SHOW_001 = Message(
    "SHOW-001",
    "No action has that ref.",
    "Run `xlplan show` to list the refs.",
    "The plan has no action with this ref. Run xlplan show to list those it has.",
)
SHOW_002 = Message(
    "SHOW-002",
    "No lead has that name.",
    "Write it as `plan.toml` does.",
    '"{lead}" is not in the list of leads.{hint!o} Use a name that plan.toml lists under [[lead]].',
)
SHOW_003 = Message(
    "SHOW-003",
    "No section has that name.",
    "Use some words of a section's name.",
    {
        "": 'The plan has no section "{section}".{hint!o} It has {count:# section|# sections}, '
        'such as "{example}".',
        "none": 'The plan has no section "{section}", as none of its actions has one. Leave '
        "--section out.",
    },
)
UNDO_001 = Message(
    "UNDO-001",
    "No return has that id, and no file that was merged that name.",
    "Run `xlplan status` or `xlplan log --json` to list the ids.",
    '"{id}" is not the id of a return, nor the name of its file. Run xlplan status to list the '
    "ids, such as r-3f9c20, or xlplan log --json for those of every cycle.",
)
UNDO_002 = Message(
    "UNDO-002",
    "That return was reversed already.",
    "Merge the file to bring it in again.",
    "{file} was reversed already. Merge the file to bring it in again.",
)
UNDO_003 = Message(
    "UNDO-003",
    "Decisions depend on that return.",
    "Add `--cascade` to reverse them as well.",
    "{decisions!f:A decision depends on this return: #|Decisions depend on this return: #}. Add "
    "--cascade to reverse what depends on it as well.",
)
UNDO_004 = Message(
    "UNDO-004",
    "Several ids begin like that, or several files had that name.",
    "Write more of the id.",
    '"{id}" stands for several returns: {ids!l}. Write the id of the one you mean.',
)
UNDO_005 = Message(
    "UNDO-005",
    "The file that was reversed is still in the inbox.",
    "Move it, or the next `merge` brings it in again.",
    "This file is still in the inbox, so the next merge brings {file} in again. Move it elsewhere "
    "if it is to stay out.",
    level="note",
)
UNDO_006 = Message(
    "UNDO-006",
    "Another return made some of the same changes, so these stand.",
    "Reverse that one too.",
    "This return made {same} of the {all:# change|# changes} of {file} too, so these stand. To "
    "reverse them as well, run: xlplan undo {id}",
    level="note",
)
BAK_001 = Message(
    "BAK-001",
    "A file of that name is there already.",
    "Choose another name: a backup never takes the place of a file.",
    "A file of this name is there already, so nothing was written. Choose another name.",
)
BAK_002 = Message(
    "BAK-002",
    "A file is not in the backup, or under another name.",
    "Close the program that holds it open, and make the backup again.",
    {
        "": "This is not in the backup, as it could not be read ({reason}). Close the program that "
        "holds it open, and make the backup again under another name.",
        "renamed": "Some computers cannot have a file of this name, so the backup has it as "
        "{name}. Nothing needs doing.",
    },
    level="warning",
    levels={"renamed": "note"},
)
BAK_003 = Message(
    "BAK-003",
    "The backup could not be made, as the record is not whole.",
    "Run `verify`, which says what is wrong.",
    "No backup was made, as the record is not whole. {why} Run: xlplan verify",
)
BAK_004 = Message(
    "BAK-004",
    "The file is no backup of a plan, or a damaged one.",
    "Take another backup.",
    {
        "": "This is not a backup that xlplan made. Nothing was restored.",
        "damaged": "This backup is damaged: {what}. Nothing was restored; take an earlier backup.",
        "newer": "This backup has format {format}, and this xlplan knows formats up to {known}. "
        "Nothing was restored; install the newer xlplan that made it.",
        "reason": "This cannot be read ({reason}). Nothing was restored.",
    },
)
BAK_005 = Message(
    "BAK-005",
    "A plan is restored into a folder of its own.",
    "Name a folder that is not there yet.",
    "This folder is not empty. A plan is restored into a folder of its own: name one that is not "
    "there yet.",
)
BAK_006 = Message(
    "BAK-006",
    "The backup holds no key.",
    "Copy `secret.key` from where it is kept; without it no template is recognised.",
    "The backup was made without the secret key, so templates that come back cannot be recognised "
    "yet. Copy secret.key into this folder from where it is kept.",
    level="warning",
)
BAK_007 = Message(
    "BAK-007",
    "A backup, or a restored plan, could not be written there.",
    "Make room, check the permissions, and run the command again.",
    "It could not be written here ({reason}), so nothing stands in its place. Make room, check the "
    "permissions, and run the command again.",
)
BAK_008 = Message(
    "BAK-008",
    "An archive cannot be in the plan's folder.",
    "Name a folder outside of it.",
    "This is inside the plan's folder, where nothing would be won. Name a folder outside of it.",
)
BAK_009 = Message(
    "BAK-009",
    "No originals can be moved to the archive.",
    "Name a cycle that was issued.",
    {
        "": "No such cycle was issued. Name one of these: {cycles}.",
        "none": "No cycle was issued yet, so every original is still needed here. Run archive "
        "once a later cycle is out.",
        "nothing": "No file of a lead that came before this cycle is still in the plan's folder. "
        "Nothing needs doing.",
    },
    level="note",
)
BAK_010 = Message(
    "BAK-010",
    "An original could not be moved to the archive, or the archive is not there.",
    "Do what the message says; nothing was lost.",
    {
        "": "The archive could not be written here ({reason}), so every original stays in the "
        "plan's folder. Make room, check the permissions, and run archive again.",
        "changed": "This original is not as it was recorded, so nothing was moved. Run verify and "
        "do what it says.",
        "copy": "The copy of an original is not as it was written, so nothing was moved. Name "
        "another folder or disk, and run archive again.",
        "none": "There is no such folder. Name the one to which the originals were moved.",
    },
)
BAK_011 = Message(
    "BAK-011",
    "The secret key is not lost: the one in its place is the plan's own.",
    "Leave it; or move it away first, where somebody got hold of it.",
    "This is the key of the plan, so nothing was changed: a new one would make each template that "
    "is out a question. If somebody got hold of it, move it to another folder and run xlplan rekey "
    "again.",
)
DEMO_001 = Message(
    "DEMO-001",
    "The example answers a question that was not asked.",
    "Remove the answer from its `returns.toml`.",
    "The example answers a question about {column} of action {ref}, which was not asked. Remove "
    "that answer from the example.",
)
DEMO_002 = Message(
    "DEMO-002",
    "There is no such example.",
    "Choose one of those listed.",
    'There is no example "{name}". Choose one of: {examples!l}.',
)
CLI_001 = Message(
    "CLI-001",
    "The words of a command are wrong (in the document of `--json`).",
    "Run it with `-h`.",
    "{what} For its options run: {command} -h",
)
CLI_002 = Message(
    "CLI-002",
    "There is no message with that code.",
    "Copy the code from the end of a message.",
    'There is no message with the code "{code}".{hint!o} Copy the code that stands in square '
    "brackets at the end of a message.",
)
