"""What is importable from `xlplan`: every name that a caller meets, each documented."""

from __future__ import annotations

import ast
import inspect
import pydoc
import typing
from collections.abc import Iterator

import pandas
import pytest

import xlplan
from tests.conftest import ROOT
from xlplan.cycle import plan


def test_every_name_is_that_of_the_type_checker_and_can_be_loaded() -> None:
    tree = ast.parse((ROOT / "xlplan" / "__init__.py").read_text("utf-8"))
    checked = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
    } - {"TYPE_CHECKING", "import_module"}
    assert checked | {"__version__"} == set(xlplan.__all__)
    assert [name for name in xlplan.__all__ if getattr(xlplan, name) is None] == []
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(xlplan, "nothing")  # noqa: B009  # the type checker knows that it is not there


@pytest.mark.parametrize("name", sorted({*xlplan.__all__} - {"__version__"}))
def test_every_name_says_what_it_is(name: str) -> None:
    assert inspect.getdoc(getattr(xlplan, name))


def given_back() -> Iterator[type]:
    """The types of the house that the methods of a plan give back."""
    known = {**vars(plan), **{name: getattr(xlplan, name) for name in xlplan.__all__}, "pd": pandas}
    waiting: list[object] = []
    for name, member in inspect.getmembers(xlplan.Plan):
        made = member.fget if isinstance(member, property) else member
        if not name.startswith("_") and inspect.isfunction(made):
            waiting.append(eval(made.__annotations__["return"], known))
    while waiting:
        kind = waiting.pop()
        waiting += typing.get_args(kind)
        if isinstance(kind, type) and kind.__module__.startswith("xlplan."):
            yield kind


def test_every_type_that_a_plan_gives_back_is_public() -> None:
    kinds = {kind.__name__ for kind in given_back()}
    assert {"MergeResult", "Question", "Status", "PlanDefinition"} <= kinds
    assert sorted(kinds - {*xlplan.__all__}) == []


def test_help_lists_every_name() -> None:
    text = pydoc.plain(pydoc.render_doc(xlplan))
    public = {*xlplan.__all__} - {"__version__"}
    assert sorted(name for name in public if name not in text) == []
    assert "class MergeResult" in text
    assert "open_plan(" in text
