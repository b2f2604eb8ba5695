"""The settings of a plan definition: rules and roll-ups, what leads are sent and how they are
written to, what the board reads.

Beside the columns, ratings and leads of `xlplan.plan.definition`, which puts both together.
"""

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Annotated, Literal, get_args

from msgspec import Struct

from xlplan.codes.definition_codes import DEF_086
from xlplan.codes.message import Filled
from xlplan.language.catalogue import marked
from xlplan.plan.keys import COLOUR, EMAIL, Entry, Source, in_welsh, key
from xlplan.plan.people import IssuedBy

REFUSED = "#FDE7E9"
"""The fill of an answer that could not be used: what is so filled has no colour of its own."""
RollupRule = Literal["worst", "share-closed", "accountable"]


class Rule(Struct, frozen=True):
    """How a rating may be challenged, or what sets it.

    All its conditions must hold. `rated` limits a challenge to some ratings; without it a rule
    looks at every action that is neither closed nor held. A challenge never replaces the officer's
    rating; where any rule `sets` it, the rating is nobody's word: of these rules the first that
    holds gives it, and one without a condition gives what is left.
    """

    id: Annotated[str, key("names the rule")]
    challenge: Annotated[str, key("the code of the rating that it calls for, or sets")]
    percent_up_to: Annotated[
        float | None,
        key("percent complete is at most this", bounds=(0, 100)),
    ] = None
    percent_below: Annotated[
        float | None,
        key("percent complete is less than this", bounds=(0, 100)),
    ] = None
    percent_above: Annotated[
        float | None,
        key("percent complete is more than this", bounds=(0, 100)),
    ] = None
    overdue_days: Annotated[
        int | None,
        key("so many days or more after the due date", bounds=(1, 36_500)),
    ] = None
    progress_says: Annotated[
        Literal["", "completed", "outstanding"],
        key(
            'the note says that the action is "completed", or that work is "outstanding"',
            allowed=("completed", "outstanding"),
            noun="what a note can say",
            labels={"completed": "Completed", "outstanding": "Work outstanding"},
        ),
    ] = ""
    target: Annotated[
        Literal["", "below", "above"],
        key(
            "the side on which the actual figure misses the target",
            allowed=("below", "above"),
            noun="a side of the target",
            labels={"below": "Below the target", "above": "Above the target"},
        ),
    ] = ""
    rated: Annotated[tuple[str, ...], key("only for these ratings")] = ()
    message: Annotated[str, key("a sentence before the challenge", takes="text")] = ""
    months_behind: Annotated[
        int | None,
        key("so many whole months or more after the due date", bounds=(1, 1200)),
    ] = None
    filled: Annotated[tuple[str, ...], key("the ids of columns that all hold something")] = ()
    sets: Annotated[
        bool,
        key(
            "the rating is what these rules say, the first that holds: leads see it locked, with "
            "the reason"
        ),
    ] = False


class Rollup(Struct, frozen=True):
    """How actions are summed up: for every recommendation, or every value of one of their fields.

    `field` is a field of recommendations (default: the one with role rating).
    """

    to: Annotated[str, key('"recommendation", or the id of a column of actions')]
    rule: Annotated[
        RollupRule,
        key(
            '"worst" rating, "share-closed", or the "accountable" officer\'s own rating of the '
            "recommendation",
            allowed=get_args(RollupRule),
            noun="a rule for summing up",
            labels={
                "worst": "Worst rating",
                "share-closed": "Share closed",
                "accountable": "The accountable officer's",
            },
        ),
    ]
    field: Annotated[
        str,
        key('for "accountable": the column of recommendations, where it has not the role rating'),
    ] = ""
    heading: Annotated[str, key("above the column on the board")] = ""


class Count(Struct, frozen=True):
    """By what the board is counted besides its sections: every value of a field of actions, or
    what stands in square brackets in its texts."""

    by: Annotated[str, key("the id of the column of actions to count by")]
    heading: Annotated[str, key("above the count; left out, the heading of the column")] = ""
    in_brackets: Annotated[
        bool,
        key("counts what its texts name in square brackets, such as [Housing plan]"),
    ] = False


class IssueSettings(Struct, frozen=True):
    """`[issue]`: which fields a template shows, in which order, and what it tells its lead."""

    fields: Annotated[
        tuple[str, ...],
        key("the ids of its columns, in their order; left out, all"),
    ] = ()
    include_closed: Annotated[bool, key("false leaves finished actions out")] = True
    proposal_rows: Annotated[
        int,
        key("blank rows in which a lead may propose an action", bounds=(0, 200)),
    ] = 0
    contact: Annotated[str, key("whom to ask; shown to the lead", takes="text")] = ""
    guidance: Annotated[str, key("shown to the lead", takes="text")] = ""
    password: Annotated[str, key("protects the locked cells", takes="raw")] = ""
    layout: Annotated[
        Literal["fit", "table", "form"],
        key(
            '"table": a row each; "form": each action a page of its own; "fit": a table where it '
            "fits the screen of a laptop, else a form",
            allowed=("fit", "table", "form"),
            noun="a layout",
            labels={"fit": "Table if it fits a laptop", "table": "Table", "form": "Form"},
        ),
    ] = "fit"
    hints: Annotated[
        bool,
        key(
            "while a lead types, what the checks of the plan would ask, each with room for "
            '"Yes, I mean it, because …"'
        ),
    ] = False
    confirm: Annotated[
        bool,
        key("a tick beside each action: reviewed, and nothing has changed"),
    ] = False
    status: Annotated[
        bool,
        key("a mark beside each action: done, something missing or wrong, or not looked at"),
    ] = False
    changes: Annotated[
        bool,
        key('a sheet "Your changes" that lists what the lead has changed so far'),
    ] = False
    by: Annotated[
        IssuedBy,
        key(
            'who is sent one workbook: every "lead", every "organisation" of leads, or every '
            '"section" of the plan',
            allowed=get_args(IssuedBy),
            noun="what templates are issued by",
            labels={"lead": "Lead", "organisation": "Organisation", "section": "Section"},
        ),
    ] = "lead"
    accountable: Annotated[
        bool,
        key(
            "accountable officers who lead no action are sent what they answer for, locked, to "
            "read and sign"
        ),
    ] = False
    contact_cy: Annotated[str, in_welsh("whom to ask", takes="text")] = ""
    guidance_cy: Annotated[str, in_welsh("the guidance", takes="text")] = ""


PLACES: Mapping[str, str] = {
    "lead": "the lead's name",
    "plan": "the title of the plan",
    "cycle": "the id of the cycle",
    "return_by": "the day by which updates are due",
    "actions": "how many actions they were sent, or recommendations to sign",
    "overdue": "how many of these are past their date",
}
"""What a letter can name in braces, with what stands there in the end."""
SUBJECT = marked("{plan}: your update for {cycle}")
BODY = marked("""\
Dear {lead},

Please send your update of {plan}: {actions}.
Past their date and not finished: {overdue}.

Open the attached workbook, fill in the cells that are open, save it, and send it back in reply to \
this message. Where nothing has changed, say so in it and send it back all the same.

Please send it by {return_by}.""")
REMINDER = marked("""\
Dear {lead},

This is a reminder about your update of {plan} for {cycle}.

The workbook is attached again. If you have filled in a copy already, please send that one. Where \
nothing has changed, say so in it and send it back all the same.""")
SIGN_SUBJECT = marked("{plan}: to read and sign, {cycle}")
SIGN_BODY = marked("""\
Dear {lead},

You answer for part of {plan}: {actions}. They stand in the attached workbook as they are now.

Please read them, sign at the top of the workbook, save it, and send it back in reply to this \
message. If something is not as you know it, say so in your reply.

Please send it by {return_by}.""")
LETTERS = ("subject", "body", "reminder", "signature", "sign_subject", "sign_body")
"""The keys of `[post]` in which places are filled."""
_NAMED = "Words in braces are filled in: " + ", ".join(f"{{{name}}}" for name in PLACES)


def check_letters(source: Source, tables: Iterable[Entry]) -> None:
    """Note the places in the words of `[post]` that nothing fills."""
    for post in tables:
        for name in (*LETTERS, *(f"{each}_cy" for each in LETTERS)):
            if (wrong := _wrong_place(post.label, name, post.text(name))) is not None:
                source.fault((*post.path, name), wrong)


def _wrong_place(table: str, key: str, text: str) -> Filled | None:
    names = [f"{{{name}}}" for name in PLACES]
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return DEF_086.fill("brace", table=table, key=key, places=names)
    for _, name, form, conversion in parts:
        if name is not None and (name not in PLACES or form or conversion):
            more = f"!{conversion}" * bool(conversion) + f":{form}" * bool(form)
            place = f"{{{name}{more}}}"
            return DEF_086.fill("place", table=table, key=key, place=place, places=names)
    return None


class PostSettings(Struct, frozen=True):
    """`[post]`: the words of the e-mail drafts to leads. A line in which a place has nothing to
    name is left out."""

    from_: Annotated[
        str,
        key("the address that drafts are from; left out, that of whoever sends them", shape=EMAIL),
    ] = ""
    reply_to: Annotated[str, key("where replies go, where that is elsewhere", shape=EMAIL)] = ""
    subject: Annotated[str, key(f"above each draft. {_NAMED}")] = SUBJECT
    body: Annotated[
        str,
        key(
            "the covering letter, with the same words in braces; a line in which one has nothing "
            "to name is left out",
            takes="text",
        ),
    ] = BODY
    reminder: Annotated[
        str,
        key("the letter to whoever has not answered; why is said below it", takes="text"),
    ] = REMINDER
    signature: Annotated[str, key("below every letter", takes="text")] = ""
    copy_deputy: Annotated[bool, key("the deputy of a lead is sent a copy of every letter")] = False
    sign_subject: Annotated[str, key("above a draft to an accountable officer")] = SIGN_SUBJECT
    sign_body: Annotated[
        str,
        key(
            "the letter to an accountable officer who is to read and sign, with the same words in "
            "braces; it is sent again as the reminder",
            takes="text",
        ),
    ] = SIGN_BODY
    subject_cy: Annotated[str, in_welsh("the subject")] = ""
    body_cy: Annotated[str, in_welsh("the covering letter", takes="text")] = ""
    reminder_cy: Annotated[str, in_welsh("the reminder", takes="text")] = ""
    signature_cy: Annotated[str, in_welsh("the signature", takes="text")] = ""
    sign_subject_cy: Annotated[str, in_welsh("the subject to an accountable officer")] = ""
    sign_body_cy: Annotated[
        str,
        in_welsh("the letter to an accountable officer", takes="text"),
    ] = ""


class CompositeSettings(Struct, frozen=True):
    """`[composite]`: sheets, fields and house style of the board's workbook."""

    fields: Annotated[
        tuple[str, ...],
        key("the ids of its columns, in their order; left out, all that hold something"),
    ] = ()
    sheets: Annotated[tuple[str, ...], key("its sheets; left out, all")] = ()
    group_by: Annotated[str, key("the column by which actions are grouped")] = ""
    paper: Annotated[
        Literal["A3", "A4"],
        key("what it is printed on", allowed=("A3", "A4"), noun="a size of paper"),
    ] = "A3"
    print_all: Annotated[
        bool,
        key("true prints Changes and History too, which are for the screen"),
    ] = False


class MasterSettings(Struct, frozen=True):
    """`[master]`: which workbook is the master."""

    keep: Annotated[
        bool,
        key(
            "the master is your own workbook, in its own layout: a copy of the spreadsheet that "
            "the plan was started from, under its own name; there is no master.xlsx then"
        ),
    ] = False


class BoardWords(Struct, frozen=True):
    """`[board]`: the coordinator's own words on the first page of the board."""

    message: Annotated[str, key("what the board should know, in your words", takes="text")] = ""
    asks: Annotated[
        tuple[str, ...],
        key("what the board is asked to do: note …, agree …; a line each"),
    ] = ()


class SectionWords(Struct, frozen=True):
    """`[[section]]`: the coordinator's paragraph on one section of the board."""

    name: Annotated[str, key("the section, as the board names it")]
    paragraph: Annotated[str, key("your words on it for this board", takes="text")] = ""


class HouseStyle(Struct, frozen=True):
    """`[style]`: colours as ``#RRGGBB`` and a font name, for every workbook that goes out."""

    font: Annotated[str, key("of every sheet")] = "Calibri"
    heading_colour: Annotated[str, key("of headings", shape=COLOUR)] = "#1F3864"
    band_colour: Annotated[str, key("of bands between rows", shape=COLOUR)] = "#D9E2F3"
    input_colour: Annotated[str, key("of cells to fill in", shape=COLOUR)] = "#FFFBE6"
