"""DataFrames for the analyst. The only module that imports pandas, and only when it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from xlplan.merge.model import Change, MasterRow
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.due import due_of
from xlplan.plan.values import Invalid, Value, show, sort_elements


def actions_frame(rows: Sequence[MasterRow], definition: PlanDefinition) -> pd.DataFrame:
    """One row an action, indexed by ref; a column a field, by field id.

    Dates are datetime64, numbers Float64, ratings ordered categories of the scale; a timescale
    has a second column ``<id>_by`` with its due date; people and sets are tuples of str.
    """
    data: dict[str, object] = {}  # pandas' own column types differ; the frame takes them all
    key = definition.with_role("key")
    for item in definition.fields_of("action"):
        if item is key:
            continue
        values = [row.values.get(item.id) for row in rows]
        if item.field_type.frame == "timescale":
            data[item.id] = pd.Series([_text(v) for v in values], dtype="string")
            due = [due_of(definition, v).by for v in values]
            data[f"{item.id}_by"] = pd.to_datetime(pd.Series(due, dtype="object"))
        elif item.field_type.frame == "date":
            days = [None if isinstance(v, Invalid) else v for v in values]
            data[item.id] = pd.to_datetime(pd.Series(days, dtype="object"))
        elif item.field_type.frame == "number":
            numbers = [v if isinstance(v, int | float) else None for v in values]
            data[item.id] = pd.Series(numbers, dtype="Float64")
        elif item.field_type.frame == "boolean":
            yes, no = item.field_type.choices(item, definition)
            truths = [{yes: True, no: False}.get(_text(v) or "") for v in values]
            data[item.id] = pd.Series(truths, dtype="boolean")
        elif item.field_type.frame == "rating":
            codes = [rating.code for rating in definition.scale_of(item)]
            known = [v if v in codes else None for v in values]
            data[item.id] = pd.Categorical(known, categories=codes, ordered=True)
        elif item.field_type.frame == "list":
            data[item.id] = pd.Series([_tuple(v) for v in values], dtype="object")
        else:
            data[item.id] = pd.Series([_text(v) for v in values], dtype="string")
    data["withdrawn"] = pd.Series([row.withdrawn for row in rows], dtype="boolean")
    data["uid"] = pd.Series([row.uid for row in rows], dtype="string")
    frame = pd.DataFrame(data)
    frame.index = pd.Index([row.ref for row in rows], name="ref", dtype="string")
    return frame


def changes_frame(changes: Sequence[Change]) -> pd.DataFrame:
    """One row a change, oldest first; ``at`` is datetime64 in UTC, the rest text."""
    columns = {
        "at": pd.to_datetime(pd.Series([c.at for c in changes], dtype="object"), utc=True),
        "seq": pd.Series([c.seq for c in changes], dtype="Int64"),
    }
    texts = {
        "cycle": [c.cycle for c in changes],
        "action": [c.action for c in changes],
        "field": [c.field for c in changes],
        "from": [_text(c.before) for c in changes],
        "to": [_text(c.after) for c in changes],
        "by": [c.by for c in changes],
        "file": [c.place.file for c in changes],
        "sheet": [c.place.sheet for c in changes],
        "cell": [c.place.cell for c in changes],
        "kind": [c.kind for c in changes],
    }
    return pd.DataFrame(
        columns | {name: pd.Series(values, dtype="string") for name, values in texts.items()}
    )


def table_frame(
    columns: Mapping[str, str],
    rows: Sequence[Sequence[str | int | float | date | None]],
    ratings: Sequence[str] = (),
) -> pd.DataFrame:
    """One row a row; `columns` are the kinds of the columns by name, in their order.

    ``text`` is string; ``number`` Int64, or Float64 where one is not whole; ``share`` Float64 from
    0 to 1; ``date`` datetime64; ``rating`` an ordered category of `ratings`, the words of the
    scale, and of any word that is not on it. Blanks are missing values.
    """
    listed = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    return pd.DataFrame(
        {
            name: _typed(kind, values, ratings)
            for (name, kind), values in zip(columns.items(), listed, strict=True)
        }
    )


def _typed(
    kind: str, values: Sequence[str | int | float | date | None], ratings: Sequence[str]
) -> pd.Series:
    if kind == "date":
        return pd.to_datetime(pd.Series(list(values), dtype="object"))
    if kind == "rating":
        words = dict.fromkeys([*ratings, *(str(v) for v in values if v is not None)])
        return pd.Series(pd.Categorical(list(values), categories=list(words), ordered=True))
    if kind == "share" or (kind == "number" and any(isinstance(v, float) for v in values)):
        return pd.Series(list(values), dtype="Float64")
    return pd.Series(list(values), dtype="Int64" if kind == "number" else "string")


def _text(value: Value) -> str | None:
    return None if value is None else show(value)


def _tuple(value: Value) -> tuple[str, ...]:
    if isinstance(value, frozenset):
        return tuple(sort_elements(value))
    return value if isinstance(value, tuple) else ()
