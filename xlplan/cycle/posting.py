"""`draft` and `remind`: an e-mail draft for each template that went out, and `post.xlsx`.

A draft carries the very bytes that were issued. What was written is recorded before its file is,
and a file that somebody changed since is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.cycle_codes import POST_001, POST_003, POST_004, POST_005
from xlplan.codes.issue_codes import ISS_006
from xlplan.codes.message import did_you_mean
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.folder import sha256
from xlplan.cycle.letters import (
    Asked,
    Message,
    covering,
    is_lead,
    letter_to,
    reminder_to,
    subject_to,
    text_to,
    unaddressed,
)
from xlplan.cycle.outputs import Output, write
from xlplan.cycle.status import LeadStatus, leads_of, no_cycle
from xlplan.errors import Problem, XlplanError
from xlplan.issued.post_book import PostRow, issued_post, post_workbook
from xlplan.merge.decisions import last_returned
from xlplan.merge.exchange import asked_in, recipients_in
from xlplan.merge.log import current_cycle
from xlplan.merge.model import Act, Issued, Posted
from xlplan.plan.people import Lead
from xlplan.plan.text import fold
from xlplan.plan.timescales import say_date
from xlplan.post.letter import eml
from xlplan.workbook.write.cell_text import safe_name


class Draft(Struct, frozen=True):
    """An e-mail draft in a file. `to` is blank where no address is known; `template` is the
    reference of what it carries; `why` says in short words why somebody is reminded."""

    lead: str
    to: str
    cc: tuple[str, ...]
    subject: str
    file: Path
    template: str
    act: Act
    why: tuple[str, ...] = ()


class PostResult(Struct, frozen=True):
    """What `Plan.draft` or `Plan.remind` wrote for the cycle with this id. `post` is `post.xlsx`;
    `unaddressed` are the leads whose draft has no address."""

    cycle: str
    drafts: tuple[Draft, ...]
    unaddressed: tuple[str, ...]
    post: Path
    problems: tuple[Problem, ...]


def draft(desk: Desk, cycle: str = "", leads: Sequence[str] = ()) -> PostResult:
    """Write a covering letter with its template for each lead of a cycle (default: the one issued
    last), or for `leads`. XlplanError where nothing was issued to somebody."""
    return _write(desk, cycle, leads, lambda _, asked: Message("draft", covering(desk, asked)))


def remind(
    desk: Desk, cycle: str = "", leads: Sequence[str] = (), before: int | None = None
) -> PostResult:
    """Write to each lead who has not returned, or has something to correct; with `before`, to
    those who have not returned only so many days before the return-by date and after it."""
    return _write(desk, cycle, leads, lambda work, asked: reminder_to(desk, work, asked, before))


def _write(
    desk: Desk, cycle: str, names: Sequence[str], say: Callable[[Work, Asked], Message | None]
) -> PostResult:
    with desk.work() as work:
        cycle = _cycle(desk, cycle)
        asked = _chosen(desk, _asked_in(desk, cycle), names)
        found = {each.lead.name: each.lead for each in asked}
        drafts: list[Draft] = []
        files: list[Output] = []
        problems: list[Problem] = []
        for each in asked:
            if (words := say(work, each)) is None:
                continue
            carried, data = words.workbook or (each.issued, attached(desk, each.issued))
            if data is None:
                problems.append(
                    POST_003.problem(each.issued.file, lead=each.lead.name, cycle=cycle)
                )
                continue
            letter, odd = letter_to(desk, each, words, data)
            problems += odd
            path = _path(desk, cycle, safe_name(each.lead.name), words.act)
            made = eml(letter)
            drafts.append(
                Draft(
                    each.lead.name, letter.to, letter.cc, letter.subject, path, carried.id,
                    words.act, words.why,
                )
            )  # fmt: skip
            file = path.relative_to(desk.folder.root).as_posix()
            if _is_changed(desk, cycle, path, file, made):
                problems.append(POST_004.problem(file))
                continue
            fact = Posted(
                words.act, cycle, each.lead.name, desk.today.isoformat(), carried.id, file,
                sha256(made), words.why,
            )  # fmt: skip
            if fact not in (known for _, known in desk.state.exchange.posts(cycle)):
                work.append([fact])
            files.append(Output(path, made, "letter"))
        files += post_outputs(desk, work, cycle)
    problems += write(desk, files)
    missing = tuple(each.lead for each in drafts if not each.to)
    without = [name for name in missing if not found[name].email]
    problems += unaddressed(desk.state.definition, without, desk.folder.definition.name)
    return PostResult(cycle, tuple(drafts), missing, desk.folder.post(cycle), tuple(problems))


def _cycle(desk: Desk, cycle: str) -> str:
    chosen = cycle or current_cycle(desk.state)
    if not chosen:
        raise POST_001.fault(desk.folder.root.name)
    if not desk.state.exchange.templates(chosen):
        raise no_cycle(desk, chosen)
    return chosen


def _asked_in(desk: Desk, cycle: str) -> list[Asked]:
    """Every lead who was sent a template in a cycle, with the one that they hold."""
    definition = desk.state.definition
    held: dict[str, Issued] = {}
    for issued in desk.state.exchange.templates(cycle):
        if issued.corrects:
            continue
        lead = definition.lead(issued.author) or Lead(issued.author)
        known = held.get(lead.name)
        own = issued.author == lead.name
        if known is None or own or known.author != lead.name:
            held[lead.name] = _lying(desk, known, issued)
    found = {each.lead: each for each in leads_of(desk, cycle, desk.questions())}
    return [
        Asked(lead, held[lead.name], found[lead.name])
        for lead in recipients_in(desk.state, cycle)
        if lead.name in held and not found[lead.name].nothing_asked
    ]


def _lying(desk: Desk, known: Issued | None, issued: Issued) -> Issued:
    """Of two templates for one file the one that lies there; the later one where neither does."""
    if known is None or known.file != issued.file:
        return issued
    try:
        lies = sha256((desk.folder.root / known.file).read_bytes()) == known.sha256
    except OSError:
        return issued
    return known if lies else issued


def _chosen(desk: Desk, asked: Sequence[Asked], names: Sequence[str]) -> list[Asked]:
    if not names:
        return list(asked)
    by_name = {each.lead.name: each for each in asked}
    found, problems = [], []
    for name in names:
        asks = (each.lead for each in asked if fold(each.lead.name) == fold(name))
        lead = next(asks, None) or desk.state.definition.lead(name)
        team = lead and desk.state.definition.directory.recipient(lead)
        if lead is None or team is None:
            hint = did_you_mean(name, [each.name for each in desk.state.definition.people])
            problems.append(ISS_006.problem("--lead", lead=name, hint=hint))
        elif team.name not in by_name:
            problems.append(POST_005.problem("--lead", lead=lead.name))
        else:
            found.append(by_name[team.name])
    if problems:
        raise XlplanError(problems)
    return found


def attached(desk: Desk, issued: Issued) -> bytes | None:
    """The very bytes of a template: as they lie in the outbox, else made again from the record;
    None where these are no longer the ones that went out."""
    from xlplan.cycle.issue import known_to
    from xlplan.issued.template import template_workbook
    from xlplan.workbook.write.writing import write_workbook

    try:
        data = (desk.folder.root / issued.file).read_bytes()
    except OSError:
        data = b""
    if sha256(data) == issued.sha256:
        return data
    state = desk.state
    definition = state.definition_at(issued.as_of)
    lead = definition.lead(issued.author) or Lead(issued.author)
    if any(event.seq <= issued.as_of for event, _ in state.published):
        definition = definition.after_a_board
    rows = [state.master_row(uid, issued.as_of) for uid in issued.uids]
    created = state.exchange.issued_at[issued.id]
    known = known_to(desk, issued) if definition.issue.hints else {}
    book = template_workbook(definition, lead, issued, rows, desk.key, created, known)
    data = write_workbook(book)
    return data if sha256(data) == issued.sha256 else None


def _path(desk: Desk, cycle: str, name: str, act: Act) -> Path:
    more = {"reminder": f", reminder {desk.today.isoformat()}", "thanks": ", thanks"}.get(act, "")
    return desk.folder.post(cycle).with_name(f"{name}{more}.eml")


def _is_changed(desk: Desk, cycle: str, path: Path, file: str, made: bytes) -> bool:
    """Whether somebody changed a draft since it was written."""
    try:
        digest = sha256(path.read_bytes())
    except OSError:
        return False
    posts = desk.state.exchange.posts(cycle)
    return digest not in {sha256(made), *(f.sha256 for _, f in posts if f.file == file)}


# post.xlsx


def post_outputs(desk: Desk, work: Work, cycle: str) -> list[Output]:
    """`post.xlsx` of a cycle as it should be now; its issue is recorded. Nothing where no letter
    was written in the cycle."""
    from xlplan.workbook.write.writing import write_workbook

    state = desk.state
    if not state.exchange.posts(cycle):
        return []
    path = desk.folder.post(cycle)
    last = last_returned(state, "post")
    held = state.issued[last.issued] if last is not None else None
    kept = last.unused if last is not None and held is not None and held.cycle == cycle else ()
    rows = [_post_row(desk, each) for each in _asked_in(desk, cycle)]
    file = path.relative_to(desk.folder.root).as_posix()
    issued = issued_post(state.definition, cycle, state.seq, rows, file, kept)
    issued = state.issued.get(issued.id, issued)
    created = state.exchange.issued_at.get(issued.id) or desk.now()
    book = post_workbook(state.definition, issued, rows, desk.key, created, kept)
    data = write_workbook(book)
    known = state.issued.get(issued.id)
    if known is None or known.sha256 != sha256(data):
        work.append([replace(issued, sha256=sha256(data))])
    return [Output(path, data, issued.document)]


def _post_row(desk: Desk, asked: Asked) -> PostRow:
    definition, status, issued = desk.state.definition, asked.status, asked.issued
    words = covering(desk, asked)
    # Of the day of the draft, so that the workbook is the same on every other day.
    day = date.fromisoformat(status.drafted or status.issued_at[:10])
    reminded = status.reminded
    last = f", last on {say_date(date.fromisoformat(reminded[-1]))}" if reminded else ""
    return PostRow(
        lead=asked.lead.name,
        email=asked.lead.email,
        deputy=asked.lead.deputy,
        sent=_day(status.sent),
        actions=status.to_sign or len(asked_in(issued)),
        return_by=_day(issued.return_by),
        returned=_returned(status),
        reminded=f"{status.times_reminded}{last}" if reminded else "",
        subject=subject_to(desk, asked, day),
        text=text_to(desk, asked, words, day),
        file=issued.file,
        team=not is_lead(definition, asked.lead.name),
    )


def _returned(status: LeadStatus) -> str:
    if not status.returned:
        return "no"
    unsigned = status.to_sign and not status.signed
    return f"{status.state}, not signed" if unsigned else status.state


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
