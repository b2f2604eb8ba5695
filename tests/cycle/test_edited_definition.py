"""An edit of `plan.toml`: what is asked next speaks of the new definition at once."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path

import pytest

from tests import small
from xlplan.plan import load

RENAMED = (
    ('code = "Amber"\nlabel = "Amber"', 'code = "Slow"\nlabel = "Slow"\naliases = ["Amber"]'),
    ('heading = "RAG"', 'heading = "How it goes"'),
    ('name = "Head of Repairs"\n', 'name = "Director of Repairs"\naliases = ["Head of Repairs"]\n'),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    assert small.do(folder, "merge") == 0
    return folder


def edit(folder: Path, *changes: tuple[str, str]) -> None:
    path = folder / "plan.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def out(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> str:
    capsys.readouterr()
    assert small.do(folder, *words) in (0, 1)
    return capsys.readouterr().out


def test_show_and_log_speak_of_it_at_once_and_record_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, *RENAMED)
    before = (folder / "ledger.db").read_bytes()
    table = out(capsys, folder, "show")
    assert "How it goes" in table
    assert "Slow" in table
    assert "Amber" not in table
    assert "Director of Repairs" in table
    assert "Inspect every lift" in out(capsys, folder, "show", "--lead", "Director of Repairs")
    assert "1.2" in out(capsys, folder, "log", "--lead", "Director of Repairs")
    assert (folder / "ledger.db").read_bytes() == before


def test_status_names_the_leads_of_it_at_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Head of Repairs" in out(capsys, folder, "status")
    edit(folder, *RENAMED)
    before = (folder / "ledger.db").read_bytes()
    assert "Director of Repairs" in out(capsys, folder, "status")
    assert (folder / "ledger.db").read_bytes() == before


def test_python_is_answered_by_it_too(folder: Path) -> None:
    with small.opened(folder) as plan:
        assert plan.recorded_definition.rating("Amber") is not None
    edit(folder, *RENAMED)
    with small.opened(folder) as plan:
        assert plan.recorded_definition.rating("Amber") is None
        assert plan.rows(["1.3"])[0].values["rating"] == "Slow"
        assert set(plan.actions()["lead"].explode()) >= {"Director of Repairs"}


def test_by_a_definition_with_a_fault_nothing_is_shown_otherwise(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = out(capsys, folder, "show")
    edit(folder, ('type = "rating"', 'type = "ratign"'))
    assert out(capsys, folder, "show") == before


def test_an_alias_is_no_news_of_every_row_that_went_out_before_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, *RENAMED)
    small.give_back(folder, small.LETTINGS, {("1.1", "progress"): "Sent"})
    small.edit_master(folder, {("2.1", "progress"): "Begun"})
    capsys.readouterr()
    assert small.do(folder, "merge") == 1  # a master with another scale is laid out anew
    said = "".join(capsys.readouterr())
    assert said.count("[OUT-047]") == 1
    assert "2 changes" in said
    assert "means the same" not in said


@pytest.mark.parametrize("marks", [1, 2, 3])
def test_marks_that_editors_put_before_the_text_are_no_part_of_it(folder: Path, marks: int) -> None:
    edit(folder, *RENAMED)
    path = folder / "plan.toml"
    path.write_bytes(BOM_UTF8 * marks + path.read_bytes())
    assert small.do(folder, "merge") in (0, 1)
    with small.opened(folder) as plan:
        assert not plan.desk.state.definition_text.startswith("\ufeff")
        assert [found for found in plan.verify() if found.level != "note"] == []


def test_a_ledger_from_before_a_role_was_asked_for_its_type_opens_once_the_type_is_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column of leads that was a text named nobody. What a ledger holds is read as it was."""
    with monkeypatch.context() as before:
        before.setattr(load, "NEEDS", {})
        folder = small.make(tmp_path / "plan")
        edit(folder, ('type = "people"\nrole = "lead"', 'role = "lead"'))
        assert small.do(folder, "issue", "--cycle", "2026-11") == 2
        assert "No lead has an action" in capsys.readouterr().err
    capsys.readouterr()
    assert small.do(folder, "issue", "--cycle", "2026-11") == 2
    assert 'Write type = "people", or choose another role. [DEF-011]' in capsys.readouterr().err
    edit(folder, ('role = "lead"', 'type = "people"\nrole = "lead"'))
    assert small.do(folder, "issue", "--cycle", "2026-11") == 0
    assert list((folder / "outbox").rglob("*.xlsx"))
    assert small.do(folder, "verify") == 0
