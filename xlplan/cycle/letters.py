"""What a letter to a lead says: the coordinator's words, why it comes, what is to be corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.cycle_codes import POST_002
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.replying import correction_workbook, replies_of
from xlplan.cycle.status import LeadStatus
from xlplan.errors import Problem
from xlplan.issued.reply import Reply
from xlplan.language.catalogue import BETWEEN, Tongue, marked
from xlplan.merge.exchange import asked_in
from xlplan.merge.model import Act, Issued, Returned
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.due import due_in
from xlplan.plan.for_lead import document_language, for_lead, in_tongue
from xlplan.plan.people import Lead
from xlplan.plan.timescales import say_date, say_return_by
from xlplan.post.letter import Letter, body_of, subject_of, usable_address

_THANKS = marked("""\
Dear {lead},

Thank you for your update of {plan}. It came on the form of an earlier cycle; it counts for \
{cycle}, and you need not send it again.

Next time, please use the form that comes with the letter of that cycle. That of {cycle} is \
attached.""")


_UPDATE = (
    marked("Your update has not arrived yet."),
    marked("Your update is due by {date}, and it has not arrived yet."),
    marked("Your update was due by {date}, and it has not arrived yet."),
)
_SIGNED = (
    marked("The signed workbook has not arrived yet."),
    marked("The signed workbook is due by {date}, and it has not arrived yet."),
    marked("The signed workbook was due by {date}, and it has not arrived yet."),
)
_UNSIGNED = marked("Your workbook came back without the tick, or without a name beside it.")
_ATTACHED = marked(
    "The workbook that is attached is the one of {date}; its reference is {reference}."
)
_BETWEEN = f"\n\n{'-' * 30}\n\n"
"""Between a letter in one language and the same in another."""


class Asked(Struct, frozen=True):
    """A lead who was sent a template, which, and how they stand."""

    lead: Lead
    issued: Issued
    status: LeadStatus


class Words(Struct, frozen=True):
    """What a letter says in one language: that of the definition as its reader has it; the
    coordinator's words with places, and what is true of this lead."""

    definition: PlanDefinition
    words: str
    more: tuple[str, ...] = ()


class Message(Struct, frozen=True):
    """What a letter says, in each of its languages, and why it is written."""

    act: Act
    words: tuple[Words, ...]
    why: tuple[str, ...] = ()
    workbook: tuple[Issued, bytes] | None = None
    """What it carries instead of their template: a correction workbook, as it was issued."""


def letter_to(
    desk: Desk, asked: Asked, message: Message, data: bytes
) -> tuple[Letter, list[Problem]]:
    """The letter to a lead with a workbook attached, and the addresses that are missing."""
    definition = desk.state.definition
    post, lead, problems = definition.post, asked.lead, []
    to = usable_address(lead.email)
    if not to:
        where = desk.folder.definition.name
        if lead.email:
            problems.append(POST_002.problem(where, "unusable", lead=lead.name, email=lead.email))
    cc: tuple[str, ...] = ()
    if post.copy_deputy and lead.deputy:
        address = deputy_address(definition, lead)
        cc = (address,) if address and address != to else ()
        if not address:
            where = desk.folder.definition.name
            problems.append(POST_002.problem(where, "deputy", lead=lead.name, deputy=lead.deputy))
    carried = message.workbook[0] if message.workbook else asked.issued
    letter = Letter(
        to=to,
        cc=cc,
        sender=usable_address(post.from_),
        reply_to=usable_address(post.reply_to),
        subject=subject_to(desk, asked, desk.today),
        text=text_to(desk, asked, message.words, desk.today),
        file=carried.file.rpartition("/")[2],
        data=data,
        language=document_language(for_lead(definition, lead)),
    )
    return letter, problems


def in_their_languages(desk: Desk, asked: Asked) -> list[PlanDefinition]:
    """The definition in each language in which a lead is written to, with the coordinator's words
    to whoever was sent such a workbook."""
    definition = desk.state.definition
    singles = for_lead(definition, asked.lead).tongue.singles
    return [_worded(in_tongue(definition, one), asked.issued) for one in singles]


def _worded(definition: PlanDefinition, issued: Issued) -> PlanDefinition:
    """To accountable officers the words about what they are to sign, as letter and as reminder."""
    if not issued.to_sign:
        return definition
    post, body = definition.post, definition.post.sign_body
    post = replace(post, subject=post.sign_subject, body=body, reminder=body)
    return replace(definition, post=post)


def subject_to(desk: Desk, asked: Asked, day: date) -> str:
    """The subject of a letter to a lead."""
    every = (
        subject_of(each.post, places_of(desk, asked, day, each))
        for each in in_their_languages(desk, asked)
    )
    return BETWEEN.join(dict.fromkeys(every))


def text_to(desk: Desk, asked: Asked, words: Sequence[Words], day: date) -> str:
    """The text of a letter to a lead, one language after the other."""
    return _BETWEEN.join(
        body_of(w.definition.post, w.words, places_of(desk, asked, day, w.definition), w.more)
        for w in words
    )


def covering(desk: Desk, asked: Asked) -> tuple[Words, ...]:
    """The covering letter of a template, as the coordinator has worded it."""
    return tuple(Words(each, each.post.body) for each in in_their_languages(desk, asked))


def unaddressed(definition: PlanDefinition, names: Sequence[str], where: str) -> Iterator[Problem]:
    """What to do about whoever of these has no address at all: one message for all."""
    leads = [name for name in names if is_lead(definition, name)]
    teams = [name for name in names if name not in leads]
    if leads:
        yield POST_002.problem(where, "none", leads=leads)
    if teams:
        yield POST_002.problem(where, "team", leads=teams)


def is_lead(definition: PlanDefinition, name: str) -> bool:
    """Whether somebody who is written to is a lead of the list, and no team."""
    return any(lead.name == name for lead in definition.people)


def deputy_address(definition: PlanDefinition, lead: Lead) -> str:
    """The address of whoever stands in: that of a lead of the list, or one that stands there."""
    known = definition.lead(lead.deputy)
    return usable_address(known.email if known is not None else lead.deputy)


def places_of(desk: Desk, asked: Asked, day: date, definition: PlanDefinition) -> dict[str, str]:
    """What stands in the places of a letter to a lead of a day; `definition` is in its language."""
    tongue = definition.tongue
    overdue = sum(_is_overdue(desk, uid, day) for uid in asked_in(asked.issued))
    return {
        "lead": asked.lead.name,
        "plan": definition.title,
        "cycle": asked.issued.cycle,
        "return_by": say_return_by(asked.issued.return_by, tongue),
        "actions": _sent(desk, asked.issued, tongue),
        "overdue": _count(overdue, tongue) if overdue else "",
    }


def _is_overdue(desk: Desk, uid: str, day: date) -> bool:
    definition, row = desk.state.definition, desk.state.master_row(uid)
    item = definition.with_role("rating")
    done = item is not None and definition.finishes(item, row.values.get(item.id))
    due = due_in(definition, row.values).by
    return not (done or row.withdrawn) and due is not None and due < day


def _sent(desk: Desk, issued: Issued, tongue: Tongue) -> str:
    """How many actions somebody is asked about, or what they are to read and sign."""
    if not issued.to_sign:
        return _count(len(asked_in(issued)), tongue)
    kinds = Counter(desk.state.kind_of(uid) for uid in issued.uids)
    parts = []
    if count := kinds["recommendation"]:
        parts.append(tongue.say_count("{count} recommendation", "{count} recommendations", count))
    if count := kinds["action"]:
        parts.append(_count(count, tongue))
    return tongue.say(" and ").join(parts)


def _count(number: int, tongue: Tongue) -> str:
    return tongue.say_count("{count} action", "{count} actions", number)


def reminder_to(desk: Desk, work: Work, asked: Asked, before: int | None) -> Message | None:
    """What to write to a lead now: what to correct, that nothing came, thanks; or nothing."""
    state, status, issued = desk.state, asked.status, asked.issued
    shown = in_their_languages(desk, asked)
    why: list[str] = []
    late = not status.returned and _is_near(desk, issued, before)
    if late:
        why.append("late" if status.late else "not returned")
    unsigned = status.to_sign and status.returned and not status.signed
    if unsigned:
        why.append("not signed")
    reply = _correction(desk, asked)
    book = correction_workbook(desk, work, reply) if reply else None
    if reply:
        why.append("to correct")
    if why:
        if reply:  # says each of its languages itself
            shown, text = [for_lead(state.definition, asked.lead)], _as_words(reply.text)
        words = []
        for each in shown:
            more = [_not_returned(issued, each.tongue, late=status.late)] if late else []
            more += [each.tongue.say(_UNSIGNED)] if unsigned else []
            more += [_holds(desk, issued, each.tongue)] if book is None else []
            words.append(Words(each, text if reply else each.post.reminder, tuple(more)))
        return Message("reminder", tuple(words), tuple(why), book)
    names = state.exchange.names_of(asked.lead.name, state.definition)
    if status.old_form and not state.exchange.post_to(issued.cycle, names).thanked:
        return Message("thanks", tuple(Words(each, each.tongue.say(_THANKS)) for each in shown))
    return None


def _as_words(text: str) -> str:
    """A text in which a brace is a brace."""
    return text.replace("{", "{{").replace("}", "}}")


def _is_near(desk: Desk, issued: Issued, before: int | None) -> bool:
    if before is None:
        return True
    if not issued.return_by:
        return False
    return (date.fromisoformat(issued.return_by) - desk.today).days <= before


def _not_returned(issued: Issued, tongue: Tongue, *, late: bool) -> str:
    never, due, was_due = _SIGNED if issued.to_sign else _UPDATE
    if not issued.return_by:
        return tongue.say(never)
    by = partial(say_return_by, issued.return_by)
    return tongue.say(was_due if late else due, date=by)


def _holds(desk: Desk, issued: Issued, tongue: Tongue) -> str:
    """Which template a lead holds."""
    on = date.fromisoformat(desk.state.exchange.issued_at[issued.id][:10])
    return tongue.say(_ATTACHED, date=partial(say_date, on), reference=issued.id)


def _correction(desk: Desk, asked: Asked) -> Reply | None:
    """What a lead is asked to correct of what they returned for this cycle; None for nothing."""
    questions = desk.questions()
    back = list(_came_back(desk, asked))
    open_ids = {c.write for q in questions for c in q.candidates}
    files = [
        (fact.file, fact)
        for number, fact in enumerate(back, 1)
        if number == len(back) or any(item.id in open_ids for item in fact.assertions)
    ]
    names = desk.state.exchange.names_of(asked.lead.name, desk.state.definition)
    replies = replies_of(desk, files, questions, receipts=False)
    return next((reply for reply in replies if reply.lead in names), None)


def _came_back(desk: Desk, asked: Asked) -> Iterator[Returned]:
    """What a lead sent in since they were asked, oldest first: used, and refused after that."""
    state = desk.state
    names = state.exchange.names_of(asked.lead.name, state.definition)
    refused: list[Returned] = []
    since = asked.issued.as_of
    events = [event for name in names for event in state.exchange.events_from(name, since)]
    for event in sorted(events, key=lambda event: event.seq):
        fact = state.live_returned(event)
        if fact is None:
            continue
        if fact.outcome == "refused":
            refused.append(fact)
        else:
            refused = []
            yield fact
    yield from refused
