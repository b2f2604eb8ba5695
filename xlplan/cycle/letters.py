"""What a letter to a lead says: the coordinator's words, why it comes, what is to be corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from xlplan.codes.cycle_codes import POST_002
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.replying import correction_workbook, replies_of
from xlplan.cycle.status import LeadStatus
from xlplan.errors import Problem
from xlplan.issued.reply import Reply
from xlplan.merge.exchange import asked_in
from xlplan.merge.model import Issued, Returned
from xlplan.merge.posted import Act
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.due import due_in
from xlplan.plan.for_lead import document_language
from xlplan.plan.people import Lead
from xlplan.plan.settings import PostSettings
from xlplan.plan.timescales import say_date, say_return_by
from xlplan.post.letter import Letter, body_of, subject_of, usable_address

_THANKS = """\
Dear {lead},

Thank you for your update of {plan}. It came on the form of an earlier cycle; it counts for \
{cycle}, and you need not send it again.

Next time, please use the form that comes with the letter of that cycle. That of {cycle} is \
attached."""


@dataclass(frozen=True)
class Asked:
    """A lead who was sent a template, which, and how they stand."""

    lead: Lead
    issued: Issued
    status: LeadStatus


@dataclass(frozen=True)
class Words:
    """What a letter says: the coordinator's words with places, and what is true of this lead."""

    act: Act
    words: str
    more: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    workbook: tuple[Issued, bytes] | None = None
    """What it carries instead of their template: a correction workbook, as it was issued."""


def letter_to(desk: Desk, asked: Asked, words: Words, data: bytes) -> tuple[Letter, list[Problem]]:
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
    places = places_of(desk, asked, desk.today)
    post = words_for(definition, asked.issued)
    letter = Letter(
        to=to,
        cc=cc,
        sender=usable_address(post.from_),
        reply_to=usable_address(post.reply_to),
        subject=subject_of(post, places),
        text=body_of(post, words.words, places, words.more),
        file=(words.workbook[0] if words.workbook else asked.issued).file.rpartition("/")[2],
        data=data,
        language=document_language(definition),
    )
    return letter, problems


def words_for(definition: PlanDefinition, issued: Issued) -> PostSettings:
    """The coordinator's words to whoever was sent a workbook: to accountable officers those about
    what they are to sign, as letter and as reminder."""
    post = definition.post
    if not issued.to_sign:
        return post
    return replace(post, subject=post.sign_subject, body=post.sign_body, reminder=post.sign_body)


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


def places_of(desk: Desk, asked: Asked, day: date) -> dict[str, str]:
    """What stands in the places of a letter to a lead of a day."""
    definition = desk.state.definition
    overdue = sum(_is_overdue(desk, uid, day) for uid in asked_in(asked.issued))
    return {
        "lead": asked.lead.name,
        "plan": definition.title,
        "cycle": asked.issued.cycle,
        "return_by": say_return_by(asked.issued.return_by),
        "actions": _sent(desk, asked.issued),
        "overdue": _count(overdue) if overdue else "",
    }


def _is_overdue(desk: Desk, uid: str, day: date) -> bool:
    definition, row = desk.state.definition, desk.state.master_row(uid)
    item = definition.with_role("rating")
    done = item is not None and definition.finishes(item, row.values.get(item.id))
    due = due_in(definition, row.values).by
    return not (done or row.withdrawn) and due is not None and due < day


def _sent(desk: Desk, issued: Issued) -> str:
    """How many actions somebody is asked about, or what they are to read and sign."""
    if not issued.to_sign:
        return _count(len(asked_in(issued)))
    kinds = Counter(desk.state.kind_of(uid) for uid in issued.uids)
    order = (kind for kind in ("recommendation", "action") if kinds[kind])
    return " and ".join(_count(kinds[kind], kind) for kind in order)


def _count(number: int, noun: str = "action") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def reminder_to(desk: Desk, work: Work, asked: Asked, before: int | None) -> Words | None:
    """What to write to a lead now: what to correct, that nothing came, thanks; or nothing."""
    state, status, issued = desk.state, asked.status, asked.issued
    why: list[str] = []
    more: list[str] = []
    if not status.returned and _is_near(desk, issued, before):
        why.append("late" if status.late else "not returned")
        more.append(_not_returned(issued, late=status.late))
    elif status.to_sign and status.returned and not status.signed:
        why.append("not signed")
        more.append("Your workbook came back without the tick, or without a name beside it.")
    reply = _correction(desk, asked)
    book = correction_workbook(desk, work, reply) if reply else None
    if reply:
        why.append("to correct")
    if why:
        more.append(_holds(desk, issued) if book is None else "")
        usual = words_for(state.definition, issued).reminder
        words = _as_words(reply.text) if reply else usual
        return Words("reminder", words, tuple(filter(None, more)), tuple(why), book)
    names = state.exchange.names_of(asked.lead.name, state.definition)
    if status.old_form and not state.exchange.post_to(issued.cycle, names).thanked:
        return Words("thanks", _THANKS)
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


def _not_returned(issued: Issued, *, late: bool) -> str:
    what = "The signed workbook" if issued.to_sign else "Your update"
    if not issued.return_by:
        return f"{what} has not arrived yet."
    by = say_return_by(issued.return_by)
    return f"{what} {'was' if late else 'is'} due by {by}, and it has not arrived yet."


def _holds(desk: Desk, issued: Issued) -> str:
    """Which template a lead holds."""
    on = say_date(date.fromisoformat(desk.state.exchange.issued_at[issued.id][:10]))
    return f"The workbook that is attached is the one of {on}; its reference is {issued.id}."


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
