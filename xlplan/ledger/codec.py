"""Facts as JSON and back. The shapes are part of the ledger's format (`store.FORMAT`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from sys import intern
from typing import Any

from msgspec import to_builtins
from msgspec.structs import asdict

from xlplan.errors import Problem
from xlplan.ledger.sqlite import as_number, places_text, quick_text
from xlplan.merge.kept_cells import kept_body, kept_cells
from xlplan.merge.kinds import Id, Kind
from xlplan.merge.model import (
    Candidate,
    Change,
    Decided,
    Defined,
    Fact,
    Issued,
    Ours,
    Place,
    Posted,
    Published,
    Question,
    Rekeyed,
    Returned,
    RowAdded,
    Shared,
    Undone,
    Unused,
    Write,
    in_one_row,
)
from xlplan.plan.accounted import AccountLine
from xlplan.plan.values import decode, encode

Body = dict[str, Any]
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(body: object) -> str:
    """The one JSON text of a body: sorted keys, no spaces."""
    return _CANONICAL.encode(body)


def text_of(fact: Fact) -> str:
    """The text as which a fact is stored: `canonical` of its body, soon done for a row of many."""
    if type(fact) is RowAdded:
        parts = _row_parts(fact, places_text(in_one_row(fact.places)))
        quick = quick_text(parts, (fact.order, *fact.values.values()))
        if quick is not None:
            return quick
    return canonical(to_body(fact))


def kind_of(fact: Fact) -> str:
    """The name under which a fact is stored."""
    return _WRITERS[type(fact)][0]


def to_body(fact: Fact) -> Body:
    """A fact as a JSON object."""
    return _WRITERS[type(fact)][1](fact)


def from_body(kind: str, body: Mapping[str, Any]) -> Fact:
    """The fact that `to_body` wrote; KeyError for a kind that this version does not know."""
    return _READERS[kind](dict(body))


def _place(place: Place) -> list[str]:
    return [place.file, place.sheet, place.cell]


def _defined_body(fact: Defined) -> Body:
    body: Body = {"text": fact.text, "sha256": fact.sha256}
    if fact.chosen:
        body["chosen"] = {name: list(values) for name, values in fact.chosen.items()}
    if fact.account:
        body["account"] = [
            [line.sheet, line.row, line.fate, line.detail, line.words] for line in fact.account
        ]
    return body


def _defined(body: Body) -> Defined:
    chosen = {name: tuple(values) for name, values in body.get("chosen", {}).items()}
    account = tuple(AccountLine(*line) for line in body.get("account", ()))
    return Defined(body["text"], body["sha256"], chosen, account)


def _row_parts(fact: RowAdded, places: object = None) -> Body:
    """The body of a row, its places as they are given (None: each as it is)."""
    body: Body = {
        "uid": fact.uid,
        "kind": fact.kind,
        "order": fact.order,
        "values": {n: v if type(v) is str else encode(v) for n, v in fact.values.items()},
        "places": places or dict(fact.places.items()),
        "author": fact.author,
        "origin": fact.origin,
        "source": fact.source,
    }
    return {**body, "sha256": fact.sha256} if fact.sha256 else body


def _row(body: Body) -> RowAdded:
    return RowAdded(
        **{
            **body,
            "values": {n: v if type(v) is str else decode(v) for n, v in body["values"].items()},
            "places": {name: Place(*place) for name, place in body["places"].items()},
        }
    )


def _issued_body(fact: Issued) -> Body:
    body: Body = {
        "id": fact.id,
        "document": fact.document,
        "author": fact.author,
        "cycle": fact.cycle,
        "return_by": fact.return_by,
        "as_of": fact.as_of,
        "uids": list(fact.uids),
        "fields": list(fact.fields),
        "inputs": list(fact.inputs),
        "file": fact.file,
        "sha256": fact.sha256,
        "reference": "",  # always blank, and part of the format
    }
    more: Body = {"corrects": fact.corrects, "locked": list(fact.locked)}
    more |= {"ours": fact.ours and _ours_body(fact.ours)}
    more |= {"kept": fact.kept and kept_body(fact.kept)}
    return body | {name: value for name, value in more.items() if value}


def _issued(body: Body) -> Issued:
    body |= {"kept": kept_cells(body["kept"])} if "kept" in body else {}
    del body["reference"]
    for name in {"uids", "fields", "inputs", "locked"} & body.keys():
        body[name] = tuple(body[name])
    if "ours" in body:
        body["ours"] = _ours(body["ours"])
    return Issued(**body)


def _ours_body(ours: Ours) -> Body:
    body: Body = {"texts": dict(ours.texts), "shared": ours.shared}
    if (brought := ours.brought) is not None:
        body["brought"] = {"texts": dict(brought.texts), "fills": list(brought.fills)}
    return body


def _ours(body: Body) -> Ours:
    brought = body.get("brought")
    shared = brought and Shared(body["shared"], brought["texts"], tuple(brought["fills"]))
    return Ours(body["texts"], body["shared"], shared)


_ANSWERED = "!"
"""Ends the stored id of a write that a decision answers in advance."""


def _assertion_body(item: Write) -> Body:
    body: Body = {
        "id": item.id.stored,
        "kind": item.kind,
        "uid": item.uid,
        "field": item.field,
        "base": encode(item.base),
        "value": encode(item.value),
        "raw": item.raw,
        "sheet": item.place.sheet,
        "cell": item.place.cell,
    }
    if item.message:
        body["message"] = item.message
    if item.row:
        body["row"] = dict(item.row)
    if item.entry:
        body["entry"] = True
    if item.cells:
        body["cells"] = dict(item.cells)
    if item.readings:
        body["readings"] = {
            way: [_assertion_body(each) for each in writes] for way, writes in item.readings.items()
        }
    return body


def _problem(problem: Problem) -> list[str]:
    return [
        problem.code, problem.where, problem.message, problem.level, problem.action, problem.field,
    ]  # fmt: skip


def _unused_body(answer: Unused) -> Body:
    return {
        "question": answer.question,
        "decision": answer.decision,
        "other": answer.other,
        "why": answer.why,
        "place": _place(answer.place),
        "problem": _problem(answer.problem),
    }


def _unused(body: Body) -> Unused:
    place, problem = Place(*body["place"]), Problem(*body["problem"])
    return Unused(**{**body, "place": place, "problem": problem})


def _returned_body(fact: Returned) -> Body:
    body: Body = {
        "id": fact.id,
        "sha256": fact.sha256,
        "file": fact.file,
        "issued": fact.issued,
        "author": fact.author,
        "cycle": fact.cycle,
        "saved_at": fact.saved_at,
        "outcome": fact.outcome,
        "rows": list(fact.rows),
        "fields": list(fact.fields),
        "assertions": [_assertion_body(item) for item in fact.assertions],
        "problems": [_problem(problem) for problem in fact.problems],
        "information": list(fact.information),
    }
    unused = [_unused_body(answer) for answer in fact.unused]
    more = {"sign_off": dict(fact.sign_off), "confirmed": [*fact.confirmed], "unused": unused}
    return body | {name: part for name, part in more.items() if part}


def _assertion(body: Body, item: Body) -> Write:
    """What a return (`body`) asserts."""
    return Write(
        id=Id.of(item["id"]),
        kind=Kind(item["kind"]),
        issued=body["issued"],
        author=body["author"],
        uid=intern(item["uid"]),
        field=intern(item["field"]),
        base=decode(item["base"]),
        value=decode(item["value"]),
        raw=item["raw"],
        place=Place(body["file"], item["sheet"], item["cell"]),
        message=item.get("message", ""),
        row=item.get("row", {}),
        entry=item.get("entry", False),
        cells=item.get("cells", {}),
        readings={
            way: tuple(_assertion(body, each) for each in writes)
            for way, writes in item.get("readings", {}).items()
        },
    )


def _returned(body: Body) -> Returned:
    return Returned(
        **{
            **body,
            **{name: tuple(body[name]) for name in ("rows", "fields", "information")},
            "assertions": tuple(_assertion(body, item) for item in body["assertions"]),
            "problems": tuple(Problem(*parts) for parts in body["problems"]),
            "unused": tuple(_unused(answer) for answer in body.get("unused", ())),
            "confirmed": tuple(body.get("confirmed", ())),
        }
    )


def _decided_body(fact: Decided) -> Body:
    return {
        "id": fact.id,
        "question": fact.question,
        "kind": fact.kind,
        "uid": fact.uid,
        "field": fact.field,
        "choice": fact.choice,
        "writes": fact.writes,
        "value": encode(fact.value),
        "why": fact.why,
        "saw": sorted(
            [
                *(each.stored for each in fact.saw),
                *(each.name + _ANSWERED for each in fact.answered),
            ]
        ),
        "place": _place(fact.place),
        "issued": fact.issued,
    }


def _decided(body: Body) -> Decided:
    body["value"] = decode(body["value"])
    saw = body["saw"]
    body["saw"] = frozenset(Id.of(text) for text in saw if not text.endswith(_ANSWERED))
    answered = (text.removesuffix(_ANSWERED) for text in saw if text.endswith(_ANSWERED))
    body["answered"] = frozenset(Id(name) for name in answered)
    body["place"] = Place(*body["place"])
    return Decided(**body)


def _undone_body(fact: Undone) -> Body:
    return {"return_id": fact.return_id, "decisions": list(fact.decisions), "why": fact.why}


def _as_it_is(fact: Published | Posted | Rekeyed) -> Body:
    found = asdict(fact)
    always = isinstance(fact, Published)
    return {name: v for name, v in found.items() if v or (always and name != "paper")}


def question_body(question: Question) -> Body:
    """A question as a JSON object."""
    candidates = [
        [
            encode(c.value),
            c.text,
            c.author,
            _place(c.place),
            c.at,
            c.write.stored,
            [change_body(change) for change in c.changes],
        ]
        for c in question.candidates
    ]
    parts = asdict(question)
    values = {"base": encode(question.base), "master": encode(question.master)}
    saw = sorted(each.stored for each in question.saw)
    return {**parts, **values, "candidates": candidates, "saw": saw}


def change_body(change: Change) -> Body:
    """A change as a JSON object."""
    parts = asdict(change)
    values = {"before": encode(change.before), "after": encode(change.after)}
    return {**parts, **values, "place": _place(change.place)}


def change(body: Body) -> Change:
    """The change that `change_body` wrote."""
    values = {"before": decode(body["before"]), "after": decode(body["after"])}
    return Change(**{**body, **values, "place": Place(*body["place"])})


def question(body: Body) -> Question:
    """The question that `question_body` wrote."""
    candidates = tuple(
        Candidate(
            decode(value),
            text,
            author,
            Place(*place),
            at,
            Id.of(write),
            tuple(map(change, changes)),
        )
        for value, text, author, place, at, write, changes in body["candidates"]
    )
    return Question(
        **{
            **body,
            "kind": Kind(body["kind"]),
            "base": decode(body["base"]),
            "master": decode(body["master"]),
            "candidates": candidates,
            "saw": frozenset(Id.of(each) for each in body["saw"]),
            "choices": tuple(body["choices"]),
        }
    )


_WRITERS: dict[type, tuple[str, Callable[[Any], Body]]] = {
    Defined: ("defined", _defined_body),
    RowAdded: ("row-added", lambda fact: to_builtins(_row_parts(fact), enc_hook=as_number)),
    Issued: ("issued", _issued_body),
    Returned: ("returned", _returned_body),
    Decided: ("decided", _decided_body),
    Undone: ("undone", _undone_body),
    Published: ("published", _as_it_is),
    Posted: ("posted", _as_it_is),
    Rekeyed: ("rekeyed", _as_it_is),
}
_READERS: dict[str, Callable[[Body], Fact]] = {
    "defined": _defined,
    "row-added": _row,
    "issued": _issued,
    "returned": _returned,
    "decided": _decided,
    "undone": lambda body: Undone(body["return_id"], tuple(body["decisions"]), body["why"]),
    "published": lambda body: Published(**body),
    "posted": lambda body: Posted(**{**body, "why": tuple(body.get("why", ()))}),
    "rekeyed": lambda body: Rekeyed(**body),
}
