"""What is ours in a template is known by what was recorded when it went out, whatever a template
says today: nobody is told of a sentence that we worded otherwise meanwhile."""

from __future__ import annotations

import ast
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests import small
from tests.conftest import ROOT
from tests.office import ODS, XLS, XLSX, Office
from tests.small import CYCLE, LEARNING, LETTINGS, REPAIRS
from xlplan.cycle import issue
from xlplan.issued.template import template_workbook
from xlplan.ledger.codec import canonical, from_body, to_body
from xlplan.merge.model import Issued, Ours, Shared
from xlplan.returned.furniture import (
    AS_ISSUED,
    CHANGES,
    GUIDANCE,
    LISTS,
    OPEN,
    UPDATE,
    digest_of,
    furniture,
    is_issued_date,
    packed,
)
from xlplan.workbook.write.sheet import Workbook

SHARED_WORDS = "returned/as_issued.py"
"""Headings: who reads a template back needs them as well."""
NAMES = {UPDATE, GUIDANCE, LISTS, OPEN, CHANGES, AS_ISSUED}
"""What sheets are called stays: it is how their texts are recorded."""


def writers(house: Path) -> list[Path]:
    """The modules that write templates, and the one with the words that reading shares."""
    others = ("__init__", "decisions_book", "master", "reply")
    issued = [p for p in sorted((house / "issued").glob("*.py")) if p.stem not in others]
    return [*issued, house / "workbook" / "write" / "look.py", house / SHARED_WORDS]


LAYOUTS = pytest.mark.parametrize("layout", ["table", "form"])


MARKS = "confirm = true\nstatus = true\nchanges = true\n"


def make(folder: Path, layout: str, more: str = MARKS) -> Path:
    """A plan whose templates say as much as a template can; `more` of it since there are marks."""
    made = small.make(folder)
    toml = made / "plan.toml"
    text = toml.read_text("utf-8")
    for old, new in (
        (
            "[issue]",
            f'[issue]\n{more}layout = "{layout}"\nproposal_rows = 1\ncontact = "Ann, ext. 5"',
        ),
        ('role = "progress"', 'role = "progress"\nmode = "append"'),
        ('role = "rating"', 'role = "rating"\nrequired = true'),
        ('role = "text"\nowner = "coordinator"', 'role = "reason"\nowner = "lead"'),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    toml.write_text(text, "utf-8")
    return made


def template(folder: Path, lead: str = LETTINGS) -> Path:
    return folder / "outbox" / CYCLE / f"{lead}.xlsx"


class Reworded(ast.NodeTransformer):
    """Every sentence, and every word with a capital, is another; sheets keep their names."""

    def __init__(self) -> None:
        self.count = 0

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        text = node.value
        if (
            isinstance(text, str)
            and text not in NAMES
            and re.search(r"[a-z] \w|^[A-Z][a-z]+\b", text)
        ):
            self.count += 1
            words = r"(?<![{\w])([A-Za-z]{3,})(?![\w}])"  # and no place in braces
            return ast.Constant(re.sub(words, r"\1ly", text, count=2))
        return node


def other_version(folder: Path, *, gone: bool) -> Path:
    """A version of the program that words its templates otherwise; or has nothing to write any."""
    shutil.copytree(ROOT / "xlplan", folder / "xlplan", ignore=shutil.ignore_patterns("__py*"))
    for path in writers(folder / "xlplan"):
        reworded = Reworded()
        tree = reworded.visit(ast.parse(path.read_text("utf-8")))
        path.write_text(ast.unparse(ast.fix_missing_locations(tree)), "utf-8")
        if gone and path != folder / "xlplan" / SHARED_WORDS:
            path.write_text('raise ImportError("reading needs no writing")', "utf-8")
    return folder


MERGE = """
import datetime, json, sys
sys.path.insert(0, sys.argv[1])
import xlplan
assert xlplan.__file__.startswith(sys.argv[1])
plan = xlplan.open_plan(sys.argv[2], today=datetime.date(2026, 11, 2))
print(json.dumps({
    each.file.rpartition("/")[2]: [
        each.outcome, list(each.information), [problem.code for problem in each.problems]
    ]
    for each in plan.merge(dry_run=True).returns
}))
"""


def merged_by(version: Path, folder: Path) -> dict[str, list[Any]]:
    """Outcome, remarks and problems of each file in the inbox, merged by another version."""
    code = [sys.executable, "-c", MERGE, str(version), str(folder)]
    done = subprocess.run(code, capture_output=True, text=True, check=True, cwd=version)
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def said_something(data: bytes) -> bytes:
    """A template on which somebody wrote outside the cells that were asked for."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["Update"]["B1" if "B1" in book["Update"].merged_cells else "C1"] = (
        "I have left the council."
    )
    guidance = book["Guidance"]
    guidance.cell(guidance.max_row + 3, 3, "What does Amber mean?")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture(scope="module", params=[False, True], ids=["reworded", "gone"])
def version(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return other_version(tmp_path_factory.mktemp("version"), gone=request.param)


@LAYOUTS
def test_templates_that_were_reworded_since_say_nothing_and_leads_still_do(
    layout: str, version: Path, tmp_path: Path
) -> None:
    folder = make(tmp_path / "plan", layout)
    small.issue(folder)
    for lead in (LETTINGS, REPAIRS, LEARNING):
        shutil.copy(template(folder, lead), folder / "inbox")
    book = openpyxl.load_workbook(template(folder))
    book.save(folder / "inbox" / "saved.xlsx")
    (folder / "inbox" / "told.xlsx").write_bytes(said_something(template(folder).read_bytes()))
    found = merged_by(version, folder)
    _, remarks, _ = found.pop("told.xlsx")
    assert sorted(line.partition(": ")[2] for line in remarks) == [
        "written in: I have left the council.", "written in: What does Amber mean?",
    ]  # fmt: skip
    files = (f"{LETTINGS}.xlsx", f"{REPAIRS}.xlsx", f"{LEARNING}.xlsx", "saved.xlsx")
    assert found == {name: ["unchanged", [], []] for name in files}


@LAYOUTS
def test_templates_that_were_reworded_since_say_nothing_saved_by_libreoffice(
    layout: str, version: Path, tmp_path: Path, office: Office
) -> None:
    folder = make(tmp_path / "plan", layout)
    small.issue(folder)
    kinds = {"back.xlsx": XLSX, "back.ods": ODS, "back.xls": XLS}
    for name, kind in kinds.items():
        office.resave(template(folder), folder / "inbox" / name, filter=kind)
    found = merged_by(version, folder)
    assert found == {name: ["unchanged", [], []] for name in kinds}


@LAYOUTS
def test_what_was_reworded_is_all_over_a_template(
    layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a record, the same merge remarks on the banner, the guidance and the lists."""
    folder = make(tmp_path / "plan", layout)
    monkeypatch.setattr(issue, "_ours", lambda *_: None)
    small.issue(folder)
    shutil.move(template(folder), folder / "inbox")  # else its own bytes say what is ours
    with zipfile.ZipFile(folder / "inbox" / f"{LETTINGS}.xlsx", "a") as back:
        back.comment = b"saved again"  # else it is the very file that went out
    (tmp_path / "version").mkdir()
    found = merged_by(other_version(tmp_path / "version", gone=False), folder)
    _, remarks, _ = found[f"{LETTINGS}.xlsx"]
    sheets = Counter(line.partition("!")[0] for line in remarks)
    assert sheets["Update"] >= 5
    assert sheets["Guidance"] >= 20
    assert sheets["xlplan"] == 1


@LAYOUTS
def test_a_template_of_an_older_version_says_nothing_and_its_record_is_left_as_it_is(
    layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(tmp_path / "plan", layout, more="")
    with monkeypatch.context() as older:
        older.setattr(issue, "_ours", lambda *_: None)
        small.issue(folder)
    with small.opened(folder) as plan:
        before = [canonical(to_body(event.fact)) for event in plan.desk.ledger.events()]
    assert not [body for body in before if '"ours"' in body]
    shutil.copy(template(folder), folder / "inbox" / "back.xlsx")
    (folder / "inbox" / "told.xlsx").write_bytes(said_something(template(folder).read_bytes()))
    with small.opened(folder) as plan:
        back, told = plan.merge().returns
        after = [canonical(to_body(event.fact)) for event in plan.desk.ledger.events()]
    assert (back.outcome, back.information) == ("unchanged", ())
    assert len(told.information) == 2
    assert after[: len(before)] == before


def issued_of(folder: Path) -> list[Issued]:
    with small.opened(folder) as plan:
        facts = [event.fact for event in plan.desk.ledger.events()]
    return [fact for fact in facts if isinstance(fact, Issued) and fact.document == "template"]


def test_what_a_cycle_shares_is_recorded_once_and_each_template_adds_little(
    tmp_path: Path,
) -> None:
    folder = make(tmp_path / "plan", "table")
    small.issue(folder)
    small.issue(folder)  # nothing has changed: nothing is recorded
    first, *others = issued_of(folder)
    assert len(others) == 2
    assert first.ours is not None
    assert first.ours.brought is not None
    assert len(canonical(to_body(first)["ours"])) < 1_500
    for each in others:
        assert each.ours is not None
        assert (each.ours.shared, each.ours.brought) == (first.ours.shared, None)
        assert len(canonical(to_body(each)["ours"])) < 150
    assert len({canonical(dict(each.ours.texts)) for each in (first, *others) if each.ours}) == 3


@LAYOUTS
def test_each_template_is_laid_out_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    laid_out: list[str] = []

    def counted(*args: Any) -> Workbook:
        laid_out.append(args[1].name)
        return template_workbook(*args)

    folder = make(tmp_path / "plan", layout)
    monkeypatch.setattr("xlplan.issued.template.template_workbook", counted)
    small.issue(folder)
    assert sorted(laid_out) == sorted([LEARNING, LETTINGS, REPAIRS])
    shutil.copy(template(folder), folder / "inbox" / "back.xlsx")
    with small.opened(folder) as plan:
        (report,) = plan.merge().returns
    assert (report.outcome, len(laid_out)) == ("unchanged", 3)


def test_a_template_that_was_written_twice_is_known_in_both_wordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(tmp_path / "plan", "table")
    small.issue(folder)
    shutil.copy(template(folder), folder / "inbox" / "first.xlsx")
    with monkeypatch.context() as later:
        later.setattr("xlplan.issued.banner.REFERENCE", "Reference of this workbook")
        small.issue(folder)
        shutil.copy(template(folder), folder / "inbox" / "second.xlsx")
    assert len(issued_of(folder)) == 6
    with small.opened(folder) as plan:
        first, second = plan.merge().returns
    assert (first.information, second.information) == ((), ())
    assert first.id != second.id


def test_no_text_of_another_lead_is_known_as_ours(tmp_path: Path) -> None:
    folder = make(tmp_path / "plan", "table")
    small.issue(folder)
    book = openpyxl.load_workbook(template(folder))
    theirs = openpyxl.load_workbook(template(folder, REPAIRS))["Update"]["B2"].value
    assert REPAIRS in str(theirs)
    book["Update"]["B2"] = theirs
    book.save(folder / "inbox" / "back.xlsx")
    with small.opened(folder) as plan:
        (report,) = plan.merge().returns
    (line,) = report.information
    assert line.startswith(f"Update!B2: written in: {REPAIRS}")


def test_short_texts_are_known_as_often_as_they_stand_there() -> None:
    own = packed({"Update": Counter({"6": 2, "A title": 3})})
    shared = packed(
        {"Update": Counter({"6": 1}), "Lists": Counter({"Yes": 1}), "xlplan": Counter()}
    )
    found = furniture([(own, shared), ({}, packed({"Update": Counter({"6": 1, "Other": 1})}))])
    often = found.texts["Update"]
    assert {text: often.get(digest_of(text), 0) for text in ("6", "A title", "Other", "7")} == {
        "6": 3, "A title": 1, "Other": 1, "7": 0,
    }  # fmt: skip
    assert found.has("Yes", "Lists")
    assert not found.has("Yes")
    assert found.has(" A\n title ")
    assert found.has("")
    assert not found.owns("")
    assert "xlplan" not in shared


def test_a_date_as_issued_is_known_by_its_form() -> None:
    assert is_issued_date("0123456789abcdef|46000")
    assert not is_issued_date("46000")
    assert not is_issued_date("see 0123456789abcdef|46000")


def test_what_is_ours_is_read_back_from_the_ledger_as_it_was_written() -> None:
    issued = Issued("t-1", "template", "Ann", "2026-11", "", 1, ("a",), ("f",), ("f",), "a.xlsx")
    brought = Shared("f-1", {"Update": "0123abcd"}, ("#FFFFFF",))
    for ours in (None, Ours({"Update": "89abcdef"}, "f-1"), Ours({}, "f-1", brought)):
        fact = replace(issued, ours=ours)
        body = json.loads(canonical(to_body(fact)))
        assert ("ours" in body) is (ours is not None)
        assert from_body("issued", body) == fact


@pytest.mark.parametrize("layout", ["table", "form"])
def test_ratings_that_show_the_words_of_the_board_are_no_edit(tmp_path: Path, layout: str) -> None:
    folder = make(tmp_path / "plan", layout)
    toml = folder / "plan.toml"
    text = toml.read_text("utf-8")
    label = text[text.index("[[rating]]") :].split('label = "', 1)[1].split('"', 1)[0]
    assert text.count(f'label = "{label}"') == 1
    toml.write_text(text.replace(f'label = "{label}"', 'label = "Well in hand"'), "utf-8")
    small.issue(folder)
    found = [template(folder, lead) for lead in (LEARNING, LETTINGS, REPAIRS)]
    shown = [
        cell.value
        for path in found
        for line in openpyxl.load_workbook(path)["Update"]
        for cell in line
    ]
    assert "Well in hand" in shown
    for path in found:
        shutil.copy(path, folder / "inbox" / path.name)
    with small.opened(folder) as plan:
        assert [(r.outcome, r.information) for r in plan.merge().returns] == [("unchanged", ())] * 3
