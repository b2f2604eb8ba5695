"""An extract of a board: the actions of some sections, organisations or leads, beside the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from xlplan.board.board_model import Board
from xlplan.board.figures import answers_of
from xlplan.board.standings import leads_of, section_of
from xlplan.board.words import NO_ORGANISATION, organisations_of, short_names
from xlplan.codes.cycle_codes import PUB_069
from xlplan.codes.message import did_you_mean
from xlplan.merge.model import MasterRow
from xlplan.plan.text import fold


class Extract(Struct, frozen=True):
    """What an extract is of: an action is in it that has one of each kind that is named."""

    sections: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sections or self.organisations or self.leads)


T = TypeVar("T")
Names = Callable[[MasterRow], Sequence[str]]


def extract_of(board: Board, wanted: Extract) -> Board:
    """The board of the actions that are `wanted`, with the whole beside it.

    What stands of an action is what the whole board says of it. Raises XlplanError (PUB-069) for a
    name that no action has.
    """
    actions = [row for row in board.rows if row.kind == "action"]
    definition = board.definition
    short = short_names(list(dict.fromkeys(section_of(definition, row) for row in actions)))

    def sections(row: MasterRow) -> Sequence[str]:
        return (section_of(definition, row), short[section_of(definition, row)])

    def organisations(row: MasterRow) -> Sequence[str]:
        return organisations_of(definition, row.values) or (NO_ORGANISATION,)

    def leads(row: MasterRow) -> Sequence[str]:
        return leads_of(definition, row.values)

    labels: list[str] = []
    for option, names, asked in (
        ("section", sections, wanted.sections),
        ("organisation", organisations, wanted.organisations),
        ("lead", leads, tuple(_known(board, name) for name in wanted.leads)),
    ):
        if asked:
            found = _named(option, asked, names, actions)
            actions = [row for row in actions if set(found) & set(map(fold, names(row)))]
            labels.append(f"{option} {', '.join(found.values())}")
    return _extracted(board, actions, "; ".join(labels))


def _known(board: Board, name: str) -> str:
    """A lead by the name that the plan has, for any of the lead's names."""
    lead = board.definition.lead(name)
    return lead.name if lead is not None else name


def _named(
    option: str, asked: Iterable[str], names: Names, actions: Iterable[MasterRow]
) -> Mapping[str, str]:
    """What was asked for, folded, and as the plan writes it."""
    every: dict[str, str] = {}
    for row in actions:
        for name in names(row):
            short = names(row)[-1] if option == "section" else name
            every.setdefault(fold(name), " ".join(short.split()))
    found = {}
    for name in asked:
        if fold(name) not in every:
            hint = did_you_mean(name, list(every.values()))
            raise PUB_069.fault(f"--{option}", kind=option, name=name, hint=hint)
        found[fold(name)] = every[fold(name)]
    return found


def _extracted(board: Board, actions: Sequence[MasterRow], label: str) -> Board:
    definition = board.definition
    uids = {row.uid for row in actions}
    answered = {ref for row in actions for ref in answers_of(definition, row.values)}
    asked = [r for r in board.rows if r.kind == "recommendation" and r.ref in answered]
    uids |= {row.uid for row in asked}
    leads = {name for row in actions for name in leads_of(definition, row.values)}
    refs = {row.ref for row in board.rows if row.uid in uids}
    return replace(
        board,
        rows=[*actions, *asked],
        previous=None if board.previous is None else _of(board.previous, uids),
        first=_of(board.first, uids),
        changes=[change for change in board.changes if change.uid in uids],
        questions=[question for question in board.questions if question.uid in uids],
        returns=[line for line in board.returns if _known(board, line.lead) in leads],
        problems=[problem for problem in board.problems if problem.action in refs],
        history=[
            replace(past, ratings=_of(past.ratings, uids), dues=_of(past.dues, uids))
            for past in board.history
        ],
        dues=_of(board.dues, uids),
        challenges=_of(board.challenges, uids),
        requests=[request for request in board.requests if request.uid in uids],
        answers=_of(board.answers, uids),
        extract=label,
        whole=board,
    )


def _of(known: Mapping[str, T], uids: set[str]) -> dict[str, T]:
    return {uid: value for uid, value in known.items() if uid in uids}
