"""How many modules and functions one errand passes through; see `tests/journeys.py`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import journeys
from tests.conftest import ROOT

MOST = {"template": 65, "return": 100, "decision": 74, "board": 76}
"""The most modules that each errand may enter. Lower them whenever they can be lowered."""


@pytest.mark.parametrize("layout", journeys.LAYOUTS)
def test_an_errand_passes_through_no_more_modules_than_it_did(layout: journeys.Layout) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tests.journeys", layout, "--json"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    entered = json.loads(said)
    assert entered.keys() == MOST.keys()
    longer = {errand: modules for errand, modules in entered.items() if len(modules) > MOST[errand]}
    assert not longer, "see what is entered:  python -m tests.journeys --names"
    for errand, module in (
        ("template", "xlplan.cycle.issue"),
        ("return", "xlplan.cycle.merge"),
        ("decision", "xlplan.cycle.merge"),
        ("board", "xlplan.cycle.publish"),
    ):
        assert module in entered[errand]


def test_only_functions_of_the_house_are_counted_and_none_while_a_module_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = tmp_path / "planted"
    house.mkdir()
    (house / "loading.py").write_text("def early():\n    pass\n\n\nearly()\n")
    (house / "walked.py").write_text(
        "def step():\n    from planted import loading\n    return [n for n in (1, 2)]\n\n\n"
        "def unused():\n    pass\n"
    )
    (house / "__init__.py").write_text("")
    monkeypatch.setattr(journeys, "HOUSE", house)
    monkeypatch.setattr(journeys, "ROOT", tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    import importlib

    walked = importlib.import_module("planted.walked")
    with journeys.watching() as entered:
        json.dumps(walked.step())
    assert entered.functions == {"planted.walked": {"step"}}
    assert (entered.modules, entered.count) == (1, 1)
