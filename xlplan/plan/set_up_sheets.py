"""The sheets of the set-up workbook: which tables of `plan.toml` each has, and what people read
above every key. Both follow from `definition_tables`, so that a new key has its place at once."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from xlplan.plan.definition_tables import CHECKS, TABLES
from xlplan.plan.guesses import SAME_AS

YES_NO = ("Yes", "No")
VALUE, REMOVE = "value", "remove"
"""Ids of the columns that hold no key of their table: the value of the key of a row, and whether
the entry of a row is to go."""
REMOVES = "Remove"
SENT, BOARD = "sent", "board"
LISTED: Mapping[str, tuple[str, str]] = {
    SENT: ("issue", "leads are sent this column"),
    BOARD: ("composite", "the board sees this column"),
}
"""Answers about a column that stand in a list of ids elsewhere: in `fields` of these tables."""


class SetUpSheet(Struct, frozen=True):
    """One sheet. With `blanks` it has a row for each entry of its one table, and so many blank rows
    for more of them; without, a row for each key of its tables."""

    name: str
    tables: tuple[str, ...]
    about: str
    blanks: int = 0
    first: tuple[str, ...] = ()
    """The columns that stand first; the other keys follow in the order of the definition."""


SHEETS: tuple[SetUpSheet, ...] = (
    SetUpSheet(
        "Columns", ("field",),
        "The columns of the plan: what each is, who fills it in, and what a lead is shown there. "
        "For a column more, fill in the first blank row below.",
        5,
        ("heading", "role", "type", "owner", SENT, BOARD, "required", "required_if", "mode",
         "guidance", "choices", "private", "retired"),
    ),
    SetUpSheet(
        "Ratings", ("rating",),
        "The rating scale, best first: what each rating means, its colour, and what it says of the "
        "action. To rename a rating change its label, and keep its code.",
        4,
        ("code", "label", "meaning", "colour", "closed", "holding", "exception", "by", "needs",
         "aliases"),
    ),
    SetUpSheet(
        "Leads", ("lead",),
        "Who answers for actions. Where one person was written in several ways, choose under Same "
        "person as … the name to keep; where somebody has left, under Handed over to … who answers "
        "now. For a lead more, fill in the first blank row below.",
        8,
        ("name", SAME_AS, "successor", "nobody", "organisation", "email", "deputy", "aliases"),
    ),
    SetUpSheet(
        "Groups", ("group",),
        "Several leads under one name: a team that is sent one workbook for all its members, or a "
        "name of the plan such as All Group Managers, whose actions every member is sent.",
        3,
        ("name", "members", "issue", "contact"),
    ),
    SetUpSheet(
        "Rules", ("rule",),
        "Rules that challenge a rating, or set it; all conditions of a rule must hold. A challenge "
        "stands beside the officer's rating. Where any rule sets it, the rating is nobody's word: "
        "of these rules the first that holds gives it.",
        4,
        ("id", "challenge", "sets"),
    ),
    SetUpSheet("Roll-ups", ("rollup",), "How actions are summed up.", 2),
    SetUpSheet(
        "Counts", ("count",), "By what the board counts its actions, besides their sections.", 2
    ),
    SetUpSheet(
        "Sections", ("section",),
        "Your own words on a section of the board, above its figures; a row for each section.", 4
    ),
    SetUpSheet(
        "Signatures", ("sign_off",),
        "Who signs a return, by role, where one signature is not enough: a row for each.", 3
    ),
    SetUpSheet(
        "Words", ("plan", "board", "issue", "post", "composite", "master", "style", "people"),
        "The words, the look and the settings of the plan. A blank answer means what holds without "
        "one.",
    ),
    SetUpSheet("Checks", ("checks",), CHECKS.replace("`", "").partition(": ")[0] + "."),
)  # fmt: skip
START = SetUpSheet(
    "Start here", ("guess",),
    "What could not be known for certain, most doubtful first. Choose an answer of the list; where "
    "none fits a person or a date, type it.",
)  # fmt: skip
ROWS = SetUpSheet(
    "Sheets and rows", ("sheet", "row"),
    "Every sheet and row of the spreadsheet, and what it was read as. Choose under Answer what it "
    "is instead; the spreadsheet is then imported again, until the first template has gone out.",
)  # fmt: skip
KEPT = SetUpSheet(
    "Kept back", ("kept_back",),
    "Comments, lists and hidden texts of the spreadsheet, which stay in this folder. Choose Yes to "
    "let one out: the board then has it among its notes.",
)  # fmt: skip
OWN = SetUpSheet(
    "Your columns", ("own_column",),
    "Columns that you added in master.xlsx. They are yours: they stay there, and nothing of them "
    "is read. Choose Yes to take one into the plan, as what is proposed or as another kind; its "
    "values come along. It stays in this folder until you answer No to Private? on Columns.",
)  # fmt: skip
NOT_TAKEN, TAKEN = "No", "Yes"
TAKEN_AS = {
    f"{TAKEN}: {kind}": kind
    for kind in ("text", "narrative", "date", "timescale", "number", "money", "percent", "boolean")
}
"""Answers on such a column that say what it holds, and the type of field that each means."""
TAKES = (NOT_TAKEN, TAKEN, *TAKEN_AS)
EVERY = (START, *SHEETS, KEPT, OWN, ROWS)
"""Every sheet that can be answered, from the left."""
HEADINGS: Mapping[tuple[str, str], str] = {
    ("field", "role"): "What it is", ("field", "owner"): "Who fills it in",
    ("field", SENT): "Sent to leads?", ("field", BOARD): "On the board?",
    ("field", "required"): "Required?", ("field", "required_if"): "Required if …",
    ("field", "mode"): "Keep earlier notes?",
    ("field", "of"): "Kind of row", ("field", "private"): "Private?",
    ("field", "retired"): "No longer in use?", ("field", "change"): "A new date is …",
    ("rating", "closed"): "Closed?",
    ("rating", "holding"): "Held?", ("rating", "exception"): "For attention?",
    ("rating", "by"): "Who may choose it", ("rating", "needs"): "Needs these columns",
    ("rating", "aliases"): "Other spellings", ("rule", "challenge"): "Rating",
    ("rule", "sets"): "Sets it?", ("rule", "filled"): "These columns are filled",
    ("lead", "aliases"): "Other spellings", ("lead", "email"): "E-mail",
    ("lead", "successor"): "Handed over to …", ("lead", "nobody"): "Is nobody?",
    ("lead", SAME_AS): "Same person as …", ("issue", "fields"): "Columns sent to leads",
    ("group", "issue"): "How it is sent its actions", ("issue", "by"): "A template for every …",
    ("issue", "include_closed"): "Finished actions are sent?",
    ("issue", "proposal_rows"): "Blank rows for proposals",
    ("issue", "guidance"): "Guidance for leads", ("issue", "layout"): "Layout for leads",
    ("issue", "confirm"): "A tick beside each action?", ("issue", "status"): "A mark beside each?",
    ("issue", "changes"): "Leads see a list of their changes?",
    ("issue", "hints"): "Leads think again while typing?",
    ("post", "from"): "E-mail is from", ("post", "reply_to"): "Replies go to",
    ("post", "subject"): "Subject of e-mail", ("post", "body"): "Covering letter",
    ("post", "reminder"): "Letter of reminder", ("post", "signature"): "Signature of letters",
    ("post", "copy_deputy"): "Deputies get a copy?",
    ("issue", "accountable"): "Accountable officers sign?",
    ("post", "sign_subject"): "Subject of e-mail to sign", ("post", "sign_body"): "Letter to sign",
    ("field", "heading_cy"): "Heading in Welsh", ("field", "guidance_cy"): "Guidance in Welsh",
    ("rating", "meaning_cy"): "Meaning in Welsh", ("lead", "language"): "Written to in …",
    ("plan", "title_cy"): "Title in Welsh", ("plan", "organisation_cy"): "Organisation in Welsh",
    ("issue", "contact_cy"): "Contact in Welsh",
    ("issue", "guidance_cy"): "Guidance for leads in Welsh",
    ("post", "subject_cy"): "Subject of e-mail in Welsh",
    ("post", "body_cy"): "Covering letter in Welsh",
    ("post", "reminder_cy"): "Letter of reminder in Welsh",
    ("post", "signature_cy"): "Signature of letters in Welsh",
    ("post", "sign_subject_cy"): "Subject of e-mail to sign in Welsh",
    ("post", "sign_body_cy"): "Letter to sign in Welsh",
    ("composite", "fields"): "Columns on the board",
    ("composite", "sheets"): "Sheets of the board",
    ("composite", "group_by"): "Actions are grouped by", ("composite", "paper"): "Paper",
    ("composite", "print_all"): "Changes and History are printed?",
    ("master", "keep"): "Your own workbook is the master?",
    ("board", "message"): "Message to the board", ("board", "asks"): "The board is asked to …",
    ("section", "name"): "Section", ("people", "separators"): "Between names in a cell",
    ("guess", "answer"): "Your answer", ("row", "fate"): "Answer",
    ("sheet", "plan"): "Part of the plan?",
    ("kept_back", "out"): "Let out?", ("own_column", "take"): "Take it in?",
}  # fmt: skip
"""Where a heading is not the name of the key."""


def heading_of(table: str, key: str) -> str:
    """What people read above the column of a key, or before its row."""
    if key == REMOVE:
        return "Remove?"
    return HEADINGS.get((table, key)) or key.replace("_", " ").capitalize()


def columns_of(sheet: SetUpSheet) -> tuple[str, ...]:
    """The ids of the columns in which a sheet can be answered, from the left."""
    if not sheet.blanks:
        return (VALUE,)
    return tuple(dict.fromkeys([*sheet.first, *TABLES[sheet.tables[0]].keys, REMOVE]))
