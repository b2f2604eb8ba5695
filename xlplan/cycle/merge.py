"""`merge`: every edit that came back, three ways into the master, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.codes.merge_codes import DEC_001, MRG_002, MRG_005
from xlplan.cycle import outputs
from xlplan.cycle.acts import Answering, take_own
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.intake import (
    Arrived,
    Gathered,
    Recogniser,
    Waiting,
    gather,
    known_before,
    read,
    remarks_of,
    unforeseen,
)
from xlplan.cycle.own_columns import take_columns
from xlplan.cycle.replying import replies_of
from xlplan.cycle.to_look_at import Answered, Raised, on_old_form, said_before
from xlplan.errors import Problem, XlplanError
from xlplan.merge.asks import Answer
from xlplan.merge.compare import Comparison
from xlplan.merge.decisions import about_definition, facts_of, unused_set_up
from xlplan.merge.fates import Cleared, Fate, cleared_by, fates_of
from xlplan.merge.heard import ticked_yet_changed
from xlplan.merge.log import counts_for, current_cycle
from xlplan.merge.model import COORDINATOR, Change, Fact, Question, Returned, Write
from xlplan.merge.reading import Reading
from xlplan.workbook.read.book import Book

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from xlplan.cycle.keeping import KeptChange
    from xlplan.cycle.kept import Document
    from xlplan.issued.reply import Reply


class ReturnReport(Struct, frozen=True):
    """What became of one file: `outcome` is merged, unchanged, duplicate or refused.

    `id` is that of the return (``r-`` and the first 12 hexadecimal digits of the file's SHA-256);
    `lead` and `cycle` are blank where it answers no template; `questions` counts those that it
    raised, or that wait for an answer about it.

    `fates` accounts for every returned cell that differs from its base, each exactly once.
    """

    file: str
    id: str
    outcome: str
    lead: str
    cycle: str
    fates: tuple[Fate, ...] = ()
    questions: int = 0
    problems: tuple[Problem, ...] = ()
    information: tuple[str, ...] = ()
    repeated: frozenset[str] = frozenset()
    """Of `information` what an earlier file of the same author in this cycle said."""
    decided: int = 0
    """How many cells of the plan its answers changed, where it is `decisions.xlsx`."""
    defined: int = 0
    """How many changes of the plan definition its answers made, where it is `set-up.xlsx`."""
    counts_for: str = ""
    """The cycle as whose return it counts: a later one than `cycle` where it is on an old form."""

    @property
    def changes(self) -> int:
        """How many of its cells stand in the master by now, alone or in agreement."""
        stand = sum(fate.disposition in ("applied", "agreed") for fate in self.fates)
        return stand + self.decided

    @property
    def dispositions(self) -> dict[str, int]:
        """How many cells had each fate; the sum is the number of cells that differ."""
        return dict(sorted(Counter(fate.disposition for fate in self.fates).items()))


@dataclass(frozen=True)  # whoever asks for help on it need not load what it holds
class MergeResult:
    """What `Plan.merge` did, or with `dry_run` would do; also what `Plan.answer` did.

    `changes` are those that it made in the master, `questions` all that are open now. `problems`
    are those that belong to no single return; the others are in the reports.
    """

    returns: tuple[ReturnReport, ...]
    changes: tuple[Change, ...]
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...]
    answered: int = 0
    dry_run: bool = False
    cleared: tuple[Cleared, ...] = ()
    """Every field that one of these returns emptied, and what it held before."""
    to_look_at: int = 0
    """How many lines of the sheets Returns and Remarks of `decisions.xlsx` are not dealt with."""
    replies: tuple[Reply, ...] = ()
    """What the leads are to be told; see `xlplan.cycle.replying.write_replies`."""
    kept: tuple[KeptChange, ...] = ()  # what is written into a kept workbook

    @property
    def refused(self) -> tuple[ReturnReport, ...]:
        """The files that could not be used."""
        return tuple(report for report in self.returns if report.outcome == "refused")

    @property
    def needs_a_person(self) -> bool:
        """Whether something is left for a person: exit status 1."""
        return bool(self.questions or self.refused) or any(p.level != "note" for p in self.problems)


class _Found(Struct):
    """What a merge gathers on its way."""

    returned: list[tuple[Arrived, Returned, bool]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    answered: int = 0


def merge(
    desk: Desk,
    paths: Sequence[Path] | None = None,
    *,
    dry_run: bool = False,
    executor: Executor | None = None,
    reply: bool = False,
) -> MergeResult:
    """Take in files (default: the inbox), the edits in `master.xlsx`, the answers in
    `decisions.xlsx`; merge all of it; rewrite both workbooks.

    One bad file stops no other. `executor` reads the files; with `reply` every lead gets one.
    """
    if not dry_run and not reply and (known := known_before(desk, paths)) is not None:
        return _nothing_new(desk, paths, *known)
    found = _Found()
    with desk.work(dry_run=dry_run) as work:
        gathered = gather(desk, paths, keep=not dry_run)
        found.problems.extend(gathered.problems)
        _take_all(desk, work, gathered, found, executor)
        if not gathered.arrived and found.problems == [*gathered.problems]:
            found.problems.append(_nothing(desk, paths))
        desk.rule(work)
        changes = tuple(work.step.changes())
        questions = desk.questions()
        place = {item.file: number for number, item in enumerate(gathered.arrived)}
        found.returned.sort(key=lambda item: place[item[0].root or item[0].file])
        asked = Raised(questions)
        answered = Answered(desk.state, work.step.decided, changes)
        reports = tuple(_report(desk, *item, asked, answered) for item in found.returned)
        new = (fact for _, fact, duplicate in found.returned if not duplicate)
        cleared = tuple(one for fact in new for one in cleared_by(desk.state, fact))
        files = [(item.file, fact) for item, fact, _ in found.returned]
        replies = replies_of(desk, files, questions, receipts=reply)
        prepared = outputs.prepare_or_look(desk, work)
    problems = (*found.problems, *([] if dry_run else outputs.write(desk, prepared)))
    kept = tuple(change for output in prepared for change in output.changes)
    return MergeResult(
        reports, changes, questions, problems, found.answered, dry_run, cleared,
        0 if dry_run else desk.to_look_at, replies, kept,
    )  # fmt: skip


def _nothing_new(
    desk: Desk, paths: Sequence[Path] | None, gathered: Gathered, known: Sequence[Document]
) -> MergeResult:
    """What a merge says that found every file merged before, and nothing to write."""
    found = tuple(
        ReturnReport(file=item.file, outcome="duplicate", **each)
        for item, each in zip(gathered.arrived, known, strict=True)
    )
    problems = (*gathered.problems, *(() if found else (_nothing(desk, paths),)))
    return MergeResult(found, (), (), problems)


def _nothing(desk: Desk, paths: Sequence[Path] | None) -> Problem:
    where = ", ".join(str(path) for path in paths) if paths else f"{desk.folder.inbox.name}/"
    return MRG_002.problem(where)


def _take_all(
    desk: Desk, work: Work, gathered: Gathered, found: _Found, executor: Executor | None
) -> None:
    """Read every file once, the coordinator's own first: their acts are ordered, returns not."""
    fresh: dict[str, str] = {}

    def is_new(item: Arrived) -> bool:
        known = desk.state.live_return_of(item.digest)
        if known is not None and known.outcome != "refused":
            found.returned.append((item, known, True))
        elif item.digest in fresh:
            found.problems.append(MRG_005.problem(item.file, file=fresh[item.digest]))
        else:
            fresh[item.digest] = item.file
            return True
        return False

    recognise, waiting = Recogniser(desk), Waiting()
    for item, book in read(desk, gathered, executor, is_new):
        waiting.add(item, book, recognise.reading(book, item.digest))
        del book
    if not desk.state.exchange.has_begun:  # what was typed comes before rows that are read anew
        _take_returns(desk, work, waiting.masters(), found)
    for item, book, reading in waiting.set_up:
        _take_set_up(desk, work, item, book, reading, found)
    answering = Answering(desk, work)
    _take_returns(desk, work, waiting.masters(), found)
    for item, book, reading in waiting.answers:
        if _errors(reading):
            _take_return(desk, work, item, reading, found)
        else:
            fact = answering.take(item, book, reading)
            found.returned.append((item, fact, False))
    answering.take_again()
    found.problems += _take_decisions(desk, work, work.step.decided)
    came = any(reading.document == "set-up" for _, _, reading in waiting.set_up)
    if not came and unused_set_up(desk.state):
        from xlplan.cycle.setting_up import take_set_up_again

        found.problems += take_set_up_again(desk, work)
    found.problems += take_columns(desk, work)
    _take_returns(desk, work, waiting.returns(), found)
    found.answered += answering.count
    found.problems += answering.problems


def _take_returns(
    desk: Desk, work: Work, readings: Iterable[tuple[Arrived, Reading]], found: _Found
) -> None:
    for item, reading in readings:
        _take_return(desk, work, item, reading, found)


def _take_decisions(desk: Desk, work: Work, facts: Sequence[Fact]) -> list[Problem]:
    """Put the answers on `plan.toml` among some facts into it; what became of them."""
    if not (decided := about_definition(facts)):
        return []
    from xlplan.cycle.setting_up import take_decisions  # loads much, and seldom there is any

    return take_decisions(desk, work, decided)


def _take_set_up(
    desk: Desk, work: Work, item: Arrived, book: Book, reading: Reading, found: _Found
) -> None:
    if _errors(reading):
        _take_return(desk, work, item, reading, found)
        return
    from xlplan.cycle.setting_up import take_set_up

    fact, problems = take_set_up(desk, work, item, book, reading)
    found.problems += problems
    found.returned.append((item, fact, False))


def _errors(reading: Reading) -> list[Problem]:
    return [problem for problem in reading.problems if problem.level == "error"]


def _take_return(desk: Desk, work: Work, item: Arrived, reading: Reading, found: _Found) -> None:
    state = desk.state
    issued = state.issued.get(reading.issued)
    compared = None
    if issued is not None and not _errors(reading):
        try:
            compared = Comparison(state, issued, reading).run()
        except Exception as error:  # one file's fault, and not the end of the others
            reading = replace(reading, problems=(*reading.problems, unforeseen(item.file, error)))
    if issued is None or compared is None:
        known = state.live_return_of(item.digest)
        fact = known or _refused(item, reading, issued.author if issued else "")
        if known is None:
            work.append([fact])
        found.returned.append((item, fact, False))
        return
    fact = Returned(
        id=item.return_id,
        sha256=item.digest,
        file=item.file,
        issued=issued.id,
        author=issued.author,
        # The master is always edited now, whichever cycle its file was last written in.
        cycle=current_cycle(state) if issued.author == COORDINATOR else issued.cycle,
        saved_at=reading.saved_at,
        outcome="merged",
        rows=compared.rows,
        fields=reading.fields,
        assertions=tuple(compared.assertions),
        problems=(*reading.problems, *compared.problems),
        information=(*compared.information, *remarks_of(reading), *item.around),
        sign_off=reading.sign_off,
        confirmed=reading.confirmed,
    )
    fact = replace(fact, problems=(*fact.problems, *ticked_yet_changed(state, fact)))
    if not _says_something_new(desk, fact):
        fact = replace(fact, outcome="unchanged")
    if issued.author == COORDINATOR:
        found.problems += take_own(desk, work, fact)
    else:
        work.append([fact])
    found.returned.append((item, fact, False))


def _says_something_new(desk: Desk, fact: Returned) -> bool:
    """Whether an assertion is not known yet; one in doubt is known where it was certain before."""

    def is_known(item: Write) -> bool:
        same, since = (item.id, item.id.certain), desk.state.issued[item.issued].as_of
        return any(write.id in same for write in desk.state.live(item.key, since=since))

    return not all(map(is_known, fact.assertions))


def _refused(item: Arrived, reading: Reading, author: str) -> Returned:
    return Returned(
        item.return_id, item.digest, item.file, "", author, "", reading.saved_at, "refused",
        problems=reading.problems,
    )  # fmt: skip


def _report(
    desk: Desk, item: Arrived, fact: Returned, duplicate: bool, asked: Raised, answered: Answered
) -> ReturnReport:
    fates = () if duplicate else tuple(fates_of(desk.state, fact))
    counts = counts_for(desk.state, fact, desk.state.exchange.event_of(fact).seq)
    return ReturnReport(
        file=item.file,
        id=fact.id,
        outcome="duplicate" if duplicate else fact.outcome,
        lead=fact.author,
        cycle=fact.cycle,
        fates=fates,
        questions=0 if duplicate else asked.of(fact),
        problems=() if duplicate else (*fact.problems, *on_old_form(fact, counts)),
        information=() if duplicate else fact.information,
        repeated=frozenset() if duplicate else said_before(desk, fact),
        defined=0 if duplicate or not _defines(desk, fact) else len(fact.information),
        decided=0 if fact.assertions else answered.changed_by(fact),
        counts_for=counts,
    )


def _defines(desk: Desk, fact: Returned) -> bool:
    issued = desk.state.issued.get(fact.issued)
    return issued is not None and issued.document in ("set-up", "post")


# One answer


def answer(
    desk: Desk, question: Question | str, choice: str, *, other: object = None, why: str = ""
) -> MergeResult:
    """Record one decision; return what it changed and what is still open.

    `choice` is one of the question's choices, a candidate's text, or any value of the field.
    """
    ident = question.id if isinstance(question, Question) else question
    with desk.work() as work:
        found = next((q for q in desk.questions() if q.id == ident), None)
        if found is None:
            raise DEC_001.fault(ident)
        value = other if isinstance(other, str | int | float | date) else None
        facts = facts_of(desk.state, found, Answer(choice, value, why))
        if isinstance(facts, Problem):
            raise XlplanError(facts)
        work.append(facts)
        desk.rule(work)
        faults = _take_decisions(desk, work, facts)
        changes, left = tuple(work.step.changes()), desk.questions()
        prepared = outputs.prepare(desk, work)
    faults += outputs.write(desk, prepared)
    return MergeResult((), changes, left, tuple(faults), answered=1)
