"""`Plan`: what callers hold. Each method opens nothing twice and calls one step of the cycle."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from xlplan.codes.folder_codes import LED_002
from xlplan.cycle.desk import Clock, Desk, clock_for
from xlplan.cycle.folder import PlanFolder, find_folder, text_digest
from xlplan.cycle.kept import Kept, LogLine, ShownRow, log_line, shown_row
from xlplan.cycle.key import check_key
from xlplan.errors import Problem, XlplanError
from xlplan.ledger.projection import Unknown

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import pandas as pd

    from xlplan.board.extract import Extract
    from xlplan.cycle.acts import UndoResult
    from xlplan.cycle.issue import IssuedTemplate, IssueResult
    from xlplan.cycle.merge import MergeResult
    from xlplan.cycle.new import NewPlan
    from xlplan.cycle.posting import PostResult
    from xlplan.cycle.publish import PublishResult
    from xlplan.cycle.status import Status
    from xlplan.cycle.verify import Tip
    from xlplan.merge.model import Change, MasterRow, Question
    from xlplan.plan.definition import PlanDefinition
    from xlplan.plan.need import Need


class Plan:
    """An open plan. Close it, or use it in a ``with`` block."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def __enter__(self) -> Plan:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the ledger."""
        self.desk.close()

    @property
    def folder(self) -> Path:
        """The plan's folder."""
        return self.desk.folder.root

    @property
    def definition(self) -> PlanDefinition:
        """The plan definition by ``plan.toml``; XlplanError names every fault in it."""
        return self.desk.definition

    @property
    def recorded_definition(self) -> PlanDefinition:
        """The plan definition by which rows and changes are read: as the ledger has it or, where
        ``plan.toml`` was edited since and is without fault, as it stands there."""
        with self.desk.looking() as state:
            return state.definition

    @property
    def recorded(self) -> bool:
        """Whether anything was recorded since the plan was opened here."""
        return self.desk.has_recorded

    # The cycle

    def issue(
        self, cycle: str, return_by: date | None = None, leads: Sequence[str] = (),
        need: Need | None = None,
    ) -> tuple[IssuedTemplate, ...]:  # fmt: skip
        """Write one template for each lead with actions to ``outbox/CYCLE``.

        `leads` (names or aliases) are those to write for, if not all; `return_by` is the day by
        which they are to be back; with a `need` only the actions that have it are open. Issuing
        again with nothing changed writes the same files.
        XlplanError for an impossible cycle id, a day that is past, an unknown lead (ISS).
        """
        return self.issue_with_report(cycle, return_by, leads, need).templates

    def issue_with_report(
        self, cycle: str, return_by: date | None = None, leads: Sequence[str] = (),
        need: Need | None = None,
    ) -> IssueResult:  # fmt: skip
        """`issue`, with the problems that it met (a lead who is not in the list, …)."""
        from xlplan.cycle.issue import issue

        return issue(self.desk, cycle, return_by, leads, need)

    def draft(self, cycle: str = "", leads: Sequence[str] = ()) -> PostResult:
        """Write an e-mail draft for each template of a cycle (default: the one issued last) to
        ``outbox/CYCLE/post``, and ``post.xlsx`` beside them. XlplanError as `remind`."""
        from xlplan.cycle.posting import draft

        return draft(self.desk, cycle, leads)

    def remind(
        self, cycle: str = "", leads: Sequence[str] = (), *, before: int | None = None
    ) -> PostResult:
        """The same for whoever has not returned (with `before`, from so many days before the
        return-by date on) or has something to correct. XlplanError for an unknown cycle or lead."""
        from xlplan.cycle.posting import remind

        return remind(self.desk, cycle, leads, before)

    def merge(
        self, *paths: str | Path, dry_run: bool = False, executor: Executor | None = None,
        reply: bool = False,
    ) -> MergeResult:  # fmt: skip
        """Take in files and folders (default: the inbox), and the edits in `master.xlsx` and
        `decisions.xlsx`; merge them all in one transaction.

        With `dry_run` nothing is recorded; `reply` asks for replies about known files too. The
        `executor` (any `concurrent.futures.Executor`) reads the files. A file that cannot be used
        is refused and stops no other; XlplanError for a path that is not there (MRG-001).
        """
        from xlplan.cycle.merge import merge

        places = [self._place(path) for path in paths]
        return merge(self.desk, places or None, dry_run=dry_run, executor=executor, reply=reply)

    def import_again(
        self,
        *,
        template: str | None = None,
        sheets: Sequence[str] = (),
        header_rows: Sequence[str] = (),
        columns: Sequence[str] = (),
    ) -> NewPlan:
        """Import the stored original again, by `plan.toml` as it stands or with other options of
        `new_plan`; rows keep their uid, and what was typed into `master.xlsx` since stands.

        XlplanError (NEW-021) once a template has gone out.
        """
        from xlplan.cycle.again import again

        return again(
            self.desk, template=template, sheets=sheets, header_rows=header_rows, columns=columns
        )

    def write_replies(
        self, result: MergeResult, folder: str | Path
    ) -> tuple[list[Path], list[Problem]]:
        """Write what each lead should correct into a folder, a text file each.

        The paths of those that were written, and problems with the others.
        """
        from xlplan.cycle.replying import write_replies

        return write_replies(self.desk, result.replies, Path(folder), dry_run=result.dry_run)

    def _place(self, path: str | Path) -> Path:
        """A path as it is or, where there is no such thing, as one within the plan."""
        here = Path(path)
        inside = self.folder / here
        return inside if not here.exists() and inside.exists() else here

    def answer(
        self, question: Question | str, choice: str, *, other: object = None, why: str = ""
    ) -> MergeResult:
        """Answer an open question: one of its choices, or a value of the field.

        `question` is the question or its id, `other` a value of the field where the choice asks
        for one. XlplanError where the question is not open or the answer is not possible (DEC).
        """
        from xlplan.cycle.merge import answer

        return answer(self.desk, question, choice, other=other, why=why)

    def publish(
        self,
        out: str | Path | None = None,
        *,
        cycle: str = "",
        since: str = "",
        until: str = "",
        others: Sequence[str | Path] = (),
        extract: Extract | None = None,
        **renderings: bool,
    ) -> PublishResult:
        """Write the composite (default: ``board/CYCLE.xlsx``) and record the snapshot.

        `since` and `until` (cycles) compare any two points; `others` are the folders of further
        plans on the same board, `extract` is a part of it: none of those is recorded. `renderings`
        are written beside it: `accessible`, `pdf`, `one_page`, `paper` (in Word) and `working`
        (the coordinator's copy).
        XlplanError for what cannot be published (PUB), and for an unknown cycle (CYC-001).
        """
        from xlplan.cycle.publish import Renderings, publish

        target = self._target(out) if out is not None else None
        return publish(
            self.desk,
            cycle,
            target,
            since=since,
            until=until,
            others=[Path(place) for place in others],
            renderings=Renderings(**renderings),
            extract=extract,
        )

    def _target(self, path: str | Path) -> Path:
        """Where to write: a path as it is or, where that folder is not there, within the plan."""
        here = Path(path)
        inside = self.folder / here
        return inside if not here.parent.exists() and inside.parent.exists() else here

    def undo(self, return_id: str, *, cascade: bool = False, why: str = "") -> UndoResult:
        """Reverse one merged return, by its id or the beginning of it; the log keeps both.

        With `cascade` the decisions that depend on it are reversed too. XlplanError (UNDO) where
        there is no such return, it was reversed already, or decisions depend on it.
        """
        from xlplan.cycle.acts import undo

        return undo(self.desk, return_id, cascade=cascade, why=why)

    # Answers from the ledger

    def status(self, cycle: str = "") -> Status:
        """Where a cycle stands (default: the one issued last), and what comes next.

        XlplanError for a cycle that was never issued (CYC-001).
        """
        from xlplan.cycle.status import status

        try:
            self._kept_now()
        except Unknown:
            with self.desk.looking():
                return status(self.desk, cycle)
        return status(self.desk, cycle)

    def questions(self) -> list[Question]:
        """Every open question."""
        return list(self.desk.questions())

    def rows(
        self, refs: Sequence[str] = (), *, section: str = "", lead: str = "", as_of: str = "",
        restated: bool = False,
    ) -> list[MasterRow]:  # fmt: skip
        """The actions as they stand, or stood as of a cycle (as reported, or `restated`).

        Filtered by ref, by words of the section's name, by lead. XlplanError for a ref, section,
        lead or cycle that there is not (SHOW, CYC-001).
        """
        from xlplan.cycle import report

        with self.desk.looking():
            return report.show(
                self.desk, refs, section=section, lead=lead, cycle=as_of, restated=restated
            )

    def log(
        self, *, action: str = "", lead: str = "", cycle: str = "", since: str = ""
    ) -> list[Change]:
        """The change log, oldest first: of an action (ref), by a lead, in a cycle.

        `since` is a cycle, a day (``2026-09-01``) or a month (``2026-09``). XlplanError as `rows`.
        """
        from xlplan.cycle import report

        with self.desk.looking():
            return report.log(self.desk, action=action, lead=lead, cycle=cycle, since=since)

    def shown(
        self, refs: Sequence[str], *, section: str = "", lead: str = "", as_of: str = "",
        restated: bool = False,
    ) -> list[ShownRow]:  # fmt: skip
        """The actions with these refs as ``show REF`` prints them; otherwise as `rows`.

        Where nothing but the refs is asked for, they are read as they were kept when something was
        last recorded, and nothing else of the plan is.
        """
        if not (section or lead or as_of or restated):
            with suppress(Unknown):
                return self._kept_now().rows(refs)
        rows = self.rows(refs, section=section, lead=lead, as_of=as_of, restated=restated)
        definition = self.recorded_definition
        return [shown_row(row, definition) for row in rows]

    def logged(self, *, action: str = "", lead: str = "", cycle: str = "") -> list[LogLine]:
        """The lines of `log` as they are printed; those of one action are kept, as in `shown`."""
        if action and not (lead or cycle):
            with suppress(Unknown):
                return self._kept_now().log(action)
        changes = self.log(action=action, lead=lead, cycle=cycle)
        definition = self.recorded_definition
        return [log_line(change, definition) for change in changes]

    def _kept_now(self) -> Kept:
        """What was kept of the plan as ``plan.toml`` has it now; Unknown where nothing was."""
        kept = self.desk.kept
        with suppress(XlplanError):
            written = text_digest(self.desk.folder.read_definition())
            if kept is not None and kept.is_defined_by(written):
                return kept
        raise Unknown

    def check(self) -> list[Problem]:
        """Lint the plan: every problem (CHK), with its action (ref) and field (id)."""
        from xlplan.cycle.so_far import heard
        from xlplan.merge.because import answers_of, with_answers
        from xlplan.merge.past import past_of
        from xlplan.plan.checks.checklist import check_plan

        with self.desk.work(dry_run=True):
            state, today = self.desk.state, self.desk.today
            rows = [*state.master("action"), *state.master("recommendation")]
            past = past_of(state, heard(self.desk), state.seq, today)
            history = with_answers(past.history, answers_of(state))
            return check_plan(state.definition, rows, today, history)

    @property
    def tip(self) -> Tip:
        """The end of the ledger: how many events it has, and the hash of the last."""
        from xlplan.cycle.verify import Tip

        seq, _, last = self.desk.ledger.tip()
        return Tip(seq, last)

    def verify(self, tip: str = "", archive: str | Path | None = None) -> list[Problem]:
        """Replay the ledger; check every hash, original and projection.

        `tip` is a hash printed on a composite, or its beginning; see `xlplan.cycle.verify.verify`.
        """
        from xlplan.cycle.verify import verify

        return verify(self.desk, tip, archive=archive)

    def actions(self, *, as_of: str = "", restated: bool = False) -> pd.DataFrame:
        """The actions as a typed DataFrame, indexed by ref; see `rows` and `frames`."""
        from xlplan import frames

        rows = self.rows(as_of=as_of, restated=restated)
        return frames.actions_frame(rows, self.recorded_definition)

    def composite(
        self, *, cycle: str = "", since: str = "", until: str = "",
        others: Sequence[str | Path] = (),
    ) -> dict[str, pd.DataFrame]:  # fmt: skip
        """The tables of the composite that `publish` would write, as typed DataFrames.

        By name of the table (``"summary"``, ``"plan"``, ``"exceptions"``, …; see
        `xlplan.board.composite`), with short names of columns. Nothing is recorded.
        """
        from xlplan.board.composite import frames_of
        from xlplan.cycle.publish import board_of

        places = [Path(place) for place in others]
        board = board_of(self.desk, cycle, since=since, until=until, others=places)
        return frames_of(board)

    def changes(self, *, since: str = "") -> pd.DataFrame:
        """The change log as a typed DataFrame, from a cycle or a date on."""
        from xlplan import frames

        return frames.changes_frame(self.log(since=since))


def is_plan(folder: str | Path) -> bool:
    """Whether a folder holds a plan; OSError where that cannot be known."""
    return PlanFolder(Path(folder)).exists()


def open_plan(
    folder: str | Path, *, today: date | None = None, clock: Clock | None = None,
    replay: bool = True,
) -> Plan:  # fmt: skip
    """Open the plan in a folder. `today` fixes the date of what is done with it.

    With `replay` False the ledger is only opened, for `Plan.verify` to say what is wrong with it.
    Raises XlplanError where there is no plan, or where its ledger cannot be read.
    """
    found = find_folder(Path(folder))
    if not found.ledger.exists():
        raise LED_002.fault(str(found.ledger))
    desk = Desk(found, clock or clock_for(today))
    try:
        if replay:
            if desk.kept is None:
                desk.history  # noqa: B018  # now, so that a damaged ledger is known at once
            check_key(desk.folder, desk.ledger)
        desk.sweep()
    except XlplanError:
        desk.close()
        raise
    return Plan(desk)
