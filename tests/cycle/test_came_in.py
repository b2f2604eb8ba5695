"""What a row brought in says, while nothing was written to it, all that is asked of it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import small
from tests.typed_rows import DEFINITION, OTHERS, SHARES, state_of
from xlplan.cycle.came_in import CameIn, Refs, came_in
from xlplan.cycle.kept import shown_row
from xlplan.ledger.projection import answer_text
from xlplan.merge.model import RowAdded
from xlplan.merge.outline import outline_of
from xlplan.merge.state import State
from xlplan.plan.definition import KEPT_BACK, STATUS
from xlplan.plan.timescales import canon_timescale
from xlplan.plan.values import Value, decode, show


def with_due(kind: str) -> str:
    """The definition, in which the field of a kind says when an action is due."""
    return DEFINITION.replace(f'type = "{kind}"', f'type = "{kind}"\nrole = "due"')


def kept_of(state: State) -> CameIn:
    """What is kept of the rows of a state, of which no log has a line."""
    outline = outline_of(state)
    refs = Refs(state, outline, None)
    for uid, line in outline.rows.items():
        refs.note(line.ref, [(line.order, uid)], logged=False)
    texts = dict(came_in(state)) | {key: answer_text(found) for key, found in refs.kept()}
    return CameIn(lambda topic, name: texts[topic, name])


@pytest.mark.parametrize("field", ["action", "date", "timescale", "number", "percent", "people"])
@pytest.mark.parametrize("due", ["date", "timescale"])
def test_a_row_is_told_as_it_is_worked_out(field: str, due: str) -> None:
    rows = [
        RowAdded(f"a-{n}", "action", n, {"ref": f"1.{n}", field: value}, {})
        for n, value in enumerate((*SHARES, *OTHERS))
    ]
    state = state_of(*rows, definition=with_due(due))
    kept = kept_of(state)
    for n, uid in enumerate(state.uids("action")):
        document, status, said, _ = shown_row(state.master_row(uid), state.definition)
        if (actions := kept.actions(f"1.{n}")) is None:  # it may have steps
            assert field == due
            assert "\n" in show(rows[n].values[field])
            continue
        (found,) = actions
        assert json.loads(answer_text(found)) == [
            float(n), uid, *json.loads(answer_text((document, status, said)))
        ]  # fmt: skip
        brought = kept.row(uid, state.row_seq[uid])
        assert brought is not None
        assert {name: decode(value) for name, value in brought[0].items()} == rows[n].values


@pytest.mark.parametrize(
    "values",
    [{STATUS: KEPT_BACK}, {"timescale": canon_timescale("June 2027\nJuly 2027", None)}],
    ids=["status", "steps"],
)
def test_of_a_row_with_a_status_or_steps_more_is_kept(values: dict[str, Value]) -> None:
    plain = RowAdded("a-2", "action", 2, {"ref": "1.2"}, {})
    row = RowAdded("a-1", "action", 1, {"ref": "1.1", **values}, {})
    kept = kept_of(state_of(row, plain, definition=with_due("timescale")))
    assert kept.says("1.1") is None
    assert [uid for _, uid, _ in kept.says("1.2") or ()] == ["a-2"]


def kept_under(folder: Path) -> dict[str, int]:
    """How many answers are kept of each topic."""
    with closing(sqlite3.connect(folder / "projection.db")) as db:
        return dict(db.execute("SELECT topic, count(*) FROM answer GROUP BY topic"))


def test_of_a_plan_that_was_just_made_nothing_is_kept_row_by_row(tmp_path: Path) -> None:
    folder = small.make_anew(tmp_path / "plan")
    assert not kept_under(folder).keys() & {"row", "log", "standing", "timeline", "settled"}
    assert kept_under(folder)["came in"] == 2  # what is known of all of them, and the rows


def test_a_ref_is_kept_by_itself_once_its_row_was_written_to(tmp_path: Path) -> None:
    folder = small.make_anew(tmp_path / "plan")
    small.edit_master(folder, {("1.1", "ref"): "1.9", ("1.2", "progress"): "Half of them"})
    assert small.do(folder, "merge") == 0
    found: dict[str, Any] = {}
    with closing(sqlite3.connect(folder / "projection.db")) as db:
        for topic, name, body in db.execute("SELECT topic, name, body FROM answer"):
            found.setdefault(topic, {})[name] = body
    assert found["row"].keys() == {"1.2", "1.9"}
    assert len(found["standing"]) == 2
    still = {ref for text in found["refs"].values() for ref in json.loads(text)}
    assert still == {"1.3", "2.1", "2.2"}
    assert small.do(folder, "verify") == 0
