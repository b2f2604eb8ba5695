"""Forged and borrowed identities: each is caught and named, and nothing of it gets in."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import small
from tests.small import CYCLE, LETTINGS, REPAIRS
from xlplan.cycle.merge import MergeResult
from xlplan.merge.compare import Comparison, Findings
from xlplan.merge.reading import Reading
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.returned.read_return import read_return
from xlplan.workbook.read.book import Book
from xlplan.workbook.stamp import MANIFEST_PREFIX, PROPERTY, parse_row_key, row_key
from xlplan.workbook.write.filling import fill_in, key_rows

NEXT = "2027-01"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = small.make(tmp_path / "plan")
    small.issue(made)
    return made


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Another plan, of the same spreadsheet, with a secret key of its own."""
    made = small.make(tmp_path / "elsewhere")
    small.issue(made)
    return made


def template(folder: Path, lead: str = LETTINGS, cycle: str = CYCLE) -> Path:
    return folder / "outbox" / cycle / f"{lead}.xlsx"


def keys(path: Path) -> dict[str, str]:
    """The row keys of a template by the ref beside each."""
    sheet = openpyxl.load_workbook(path)["Update"]
    return {
        str(row[1].value): str(row[0].value)
        for row in sheet.iter_rows()
        if parse_row_key(row[0].value)
    }


def manifest_of(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return next(
        str(cell.value)
        for row in book["xlplan"].iter_rows()
        for cell in row
        if str(cell.value).startswith(MANIFEST_PREFIX)
    )


def forged(path: Path, change: Callable[[Any, Any], None], ref: str = "1.1") -> bytes:
    """The template with a new note for `ref` in it, and `change` of the book and its keys."""
    data = path.read_bytes()
    columns, _ = key_rows(data, ID_PREFIX)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["Update"]
    cells = {str(row[1].value): row[0] for row in sheet.iter_rows() if parse_row_key(row[0].value)}
    sheet[f"{columns['progress']}{cells[ref].row}"] = "Forged"
    change(book, cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def stamp(book: Any, text: str) -> None:
    """Put `text` wherever the workbook has a manifest."""
    for row in book["xlplan"].iter_rows():
        for cell in row:
            if str(cell.value).startswith(MANIFEST_PREFIX):
                cell.value = text
    book.custom_doc_props[PROPERTY].value = text


def merged(folder: Path, data: bytes) -> MergeResult:
    (folder / "inbox" / "forged.xlsx").write_bytes(data)
    with small.opened(folder) as plan:
        return plan.merge()


def codes(result: MergeResult) -> list[str]:
    return [problem.code for report in result.returns for problem in report.problems]


def nothing_applied(folder: Path, result: MergeResult) -> None:
    assert result.changes == ()
    with small.opened(folder) as plan:
        assert all("Forged" not in str(row.values.get("progress")) for row in plan.rows())


def test_an_edited_manifest_counts_for_nothing_and_the_rows_decide(folder: Path) -> None:
    theirs = parse_row_key(keys(template(folder, REPAIRS))["1.2"])
    assert theirs is not None

    def change(book: Any, _: Any) -> None:
        encoded, _, mac = manifest_of(template(folder)).removeprefix(MANIFEST_PREFIX).partition(":")
        payload = json.loads(base64.urlsafe_b64decode(encoded))
        payload |= {"issued": theirs.issued, "lead": REPAIRS}
        again = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode()
        stamp(book, f"{MANIFEST_PREFIX}{again}:{mac}")

    result = merged(folder, forged(template(folder), change))
    assert codes(result) == ["RET-006"]
    assert "stamp of this workbook is damaged" in result.returns[0].problems[0].message
    assert [(r.lead, r.outcome) for r in result.returns] == [(LETTINGS, "merged")]


def test_a_manifest_edited_in_its_cell_alone_is_named(folder: Path) -> None:
    def change(book: Any, _: Any) -> None:
        whole = book.custom_doc_props[PROPERTY].value
        stamp(book, manifest_of(template(folder))[:-1] + "x")
        book.custom_doc_props[PROPERTY].value = whole

    result = merged(folder, forged(template(folder), change))
    assert codes(result) == ["RET-006"]
    assert "was changed" in result.returns[0].problems[0].message
    assert [(r.lead, r.outcome) for r in result.returns] == [(LETTINGS, "merged")]


def test_an_edited_manifest_over_rows_without_keys_is_refused(folder: Path) -> None:
    def change(book: Any, cells: Any) -> None:
        stamp(book, manifest_of(template(folder))[:-1] + "x")
        for cell in cells.values():
            cell.value = None

    result = merged(folder, forged(template(folder), change))
    assert codes(result)[0] == "RET-002"
    assert [r.outcome for r in result.returns] == ["refused"]
    nothing_applied(folder, result)


def test_the_genuine_manifest_of_another_lead_does_not_make_the_rows_theirs(folder: Path) -> None:
    def change(book: Any, _: Any) -> None:
        stamp(book, manifest_of(template(folder, REPAIRS)))

    result = merged(folder, forged(template(folder), change))
    assert set(codes(result)) == {"RET-011"}
    nothing_applied(folder, result)


def test_the_key_of_another_row_makes_both_rows_a_question(folder: Path) -> None:
    def change(_: Any, cells: Any) -> None:
        cells["1.1"].value = cells["1.3"].value

    result = merged(folder, forged(template(folder), change))
    assert "RET-010" in codes(result)
    assert ("row-missing", "1.1") in [(q.kind, q.action) for q in result.questions]
    nothing_applied(folder, result)


def test_the_key_of_another_cycle_is_named(folder: Path) -> None:
    small.issue(folder, NEXT)
    old = keys(template(folder))["1.1"]

    def change(_: Any, cells: Any) -> None:
        cells["1.1"].value = old

    result = merged(folder, forged(template(folder, cycle=NEXT), change))
    assert codes(result) == ["RET-011"]
    found = parse_row_key(old)
    assert found is not None
    assert found.issued in result.returns[0].problems[0].message
    nothing_applied(folder, result)


def test_the_key_of_another_lead_is_named(folder: Path) -> None:
    """Even for an action that both of them answer for."""
    theirs = keys(template(folder, REPAIRS))["1.3"]

    def change(_: Any, cells: Any) -> None:
        cells["1.3"].value = theirs

    result = merged(folder, forged(template(folder), change, "1.3"))
    assert codes(result) == ["RET-011"]
    assert [(q.kind, q.action) for q in result.questions] == [("held", "1.3")]
    nothing_applied(folder, result)


def test_a_key_that_only_looks_like_one_is_named(folder: Path) -> None:
    def change(_: Any, cells: Any) -> None:
        found = parse_row_key(cells["1.1"].value)
        assert found is not None
        cells["1.1"].value = row_key(b"guessed", found.issued, found.uid)

    result = merged(folder, forged(template(folder), change))
    assert codes(result) == ["RET-012"]
    nothing_applied(folder, result)


def test_a_key_does_not_outlive_a_change_of_its_locked_text(folder: Path) -> None:
    """A key is signed over the locked text, so that one made for other words is no key."""

    def change(_: Any, cells: Any) -> None:
        found = parse_row_key(cells["1.1"].value)
        assert found is not None
        with small.opened(folder) as plan:
            key = plan.desk.key
        cells["1.1"].value = row_key(key, found.issued, found.uid, "other words")

    result = merged(folder, forged(template(folder), change))
    assert codes(result) == ["RET-012"]
    nothing_applied(folder, result)


def test_a_row_of_another_plan_is_named(folder: Path, elsewhere: Path) -> None:
    theirs = keys(template(elsewhere))["1.1"]

    def change(_: Any, cells: Any) -> None:
        cells["1.1"].value = theirs

    result = merged(folder, forged(template(folder), change))
    assert "RET-012" in codes(result)
    nothing_applied(folder, result)


def test_a_template_of_another_plan_is_refused_by_its_name(folder: Path, elsewhere: Path) -> None:
    result = merged(folder, forged(template(elsewhere), lambda *_: None))
    assert codes(result) == ["RET-001"]
    assert '"elsewhere"' in result.returns[0].problems[0].message
    nothing_applied(folder, result)


def test_a_template_of_a_copy_of_this_plan_with_another_key_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "copy").mkdir()
    copy = small.make_anew(tmp_path / "copy" / "plan")
    small.issue(copy)
    result = merged(folder, forged(template(copy), lambda *_: None))
    assert codes(result)[0] == "RET-002"
    assert [r.outcome for r in result.returns] == ["refused"]
    nothing_applied(folder, result)


def test_the_decisions_of_another_plan_decide_nothing(folder: Path, elsewhere: Path) -> None:
    for each in (folder, elsewhere):
        small.give_back(each, LETTINGS, {("1.1", "rating"): "Purple"})
        assert small.do(each, "merge") == 1
    small.answer(elsewhere, {("1.1", "rating"): "Keep current"})
    result = merged(folder, (elsewhere / "decisions.xlsx").read_bytes())
    wrong = [r for r in result.returns if r.file.endswith("forged.xlsx")]
    assert [(r.outcome, [p.code for p in r.problems]) for r in wrong] == [("refused", ["RET-001"])]
    assert result.answered == 0
    assert [question.action for question in result.questions] == ["1.1"]


def test_a_blank_row_that_was_issued_for_a_proposal_carries_a_key_of_this_plan(
    tmp_path: Path,
) -> None:
    folder = small.make(tmp_path / "plan")
    definition = folder / "plan.toml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("[issue]", "[issue]\nproposal_rows = 2"), encoding="utf-8")
    small.issue(folder)
    data = template(folder).read_bytes()
    columns, rows = key_rows(data, ID_PREFIX)
    sheet, row = rows["new-1"]
    cells = [(f"{columns['action']}{row}", "Ask tenants what they want")]
    (folder / "inbox" / "back.xlsx").write_bytes(
        fill_in(data, sheet, cells, "2026-11-10T10:00:00Z")
    )
    with small.opened(folder) as plan:
        result = plan.merge()
    [report] = result.returns
    assert report.problems == ()
    assert [question.kind for question in result.questions] == ["row-added"]


def loose(folder: Path, text: str) -> MergeResult:
    """What a merge makes of a text file with this one line, beside a good return."""
    small.give_back(folder, LETTINGS, {("1.1", "progress"): "Published"})
    (folder / "inbox" / "line.csv").write_bytes(text.encode() + b"\n")
    with small.opened(folder) as plan:
        return plan.merge()


def spelled(said: str) -> str:
    return base64.urlsafe_b64encode(said.encode()).decode()


@pytest.mark.parametrize(
    "line",
    [
        MANIFEST_PREFIX + spelled("{}") + ":é",
        MANIFEST_PREFIX + spelled("[" * 20_000) + ":00",
        MANIFEST_PREFIX + spelled('{"rows":' + "9" * 5_000 + "}") + ":00",
        MANIFEST_PREFIX + spelled('{"plan":' + "[" * 500 + "]" * 500 + "}") + ":00",
        MANIFEST_PREFIX + spelled('{"plan":"\\ud800"}') + ":00",
        MANIFEST_PREFIX + spelled('{"plan":{"issued":NaN}}') + ":00",
        MANIFEST_PREFIX + "é:é",
    ],
    ids=["accent", "deep", "digits", "nested", "half-character", "not-a-text", "no-letters"],
)
def test_a_damaged_manifest_refuses_its_own_file_and_no_other(folder: Path, line: str) -> None:
    result = loose(folder, line)
    outcomes = {Path(r.file).name: (r.outcome, [p.code for p in r.problems][:1])
                for r in result.returns}  # fmt: skip
    assert outcomes == {
        f"{LETTINGS}.xlsx": ("merged", []),
        "line.csv": ("refused", ["RET-002"]),
    }


def test_an_accent_in_a_row_key_makes_it_no_key(folder: Path) -> None:
    def change(_: Any, cells: Any) -> None:
        cells["1.1"].value = cells["1.1"].value[:-1] + "é"

    result = merged(folder, forged(template(folder), change))
    assert [r.outcome for r in result.returns] == ["merged"]
    nothing_applied(folder, result)


def strange_beside_good(folder: Path) -> dict[str, tuple[str, list[str]]]:
    """What becomes of a file on which the program fails, and of a good one."""
    small.give_back(folder, REPAIRS, {("1.2", "progress"): "All are done"}, file="good.xlsx")
    (folder / "inbox" / "strange.xlsx").write_bytes(forged(template(folder), lambda *_: None))
    with small.opened(folder) as plan:
        returns = plan.merge().returns
    return {Path(r.file).name: (r.outcome, [p.code for p in r.problems]) for r in returns}


UNFORESEEN = {"strange.xlsx": ("refused", ["RET-022"]), "good.xlsx": ("merged", [])}


def test_a_file_that_reading_back_fails_on_is_refused_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(book: Book, *args: Any, **kwargs: Any) -> Reading:
        if book.name.endswith("strange.xlsx"):
            raise KeyError("nobody thought of this")
        return read_return(book, *args, **kwargs)

    monkeypatch.setattr("xlplan.cycle.intake.read_return", failing)
    assert strange_beside_good(folder) == UNFORESEEN


def test_a_file_that_comparing_fails_on_is_refused_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(Comparison):
        def run(self) -> Findings:
            if self.reading.file.endswith("strange.xlsx"):
                raise KeyError("nobody thought of this")
            return super().run()

    monkeypatch.setattr("xlplan.cycle.merge.Comparison", Failing)
    assert strange_beside_good(folder) == UNFORESEEN
