"""Surprises of libraries that the code lives with are still there; see `findings/README.md`."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "findings").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_finding_holds(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where it fails, the library has changed: see whether the code that works round it can go."""
    runpy.run_path(str(script))
    assert capsys.readouterr().out, "a finding says what it found"


def test_every_finding_is_on_the_page() -> None:
    page = (ROOT / "findings" / "README.md").read_text("utf-8")
    assert [script.name for script in SCRIPTS if f"`{script.name}`" not in page] == []
