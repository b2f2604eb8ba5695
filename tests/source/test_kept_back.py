"""What a spreadsheet has that nobody was shown: it stays in the plan's folder, and is said.

Every private text is a word of its own, looked for in every part of every file that goes out.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from tests.parts import parts_of
from tests.small import edit_master, fill, opened
from xlplan.cli.main import run
from xlplan.cycle.new import new
from xlplan.cycle.plan import open_plan
from xlplan.errors import XlplanError
from xlplan.plan.load import load_definition
from xlplan.workbook.write.filling import fill_in

HEADINGS = ("Ref", "Action", "Lead", "Timescale", "RAG", "Progress", "Budget", "Risk", "Source")
ACTIONS = (
    ("1", "Mend the hull", "Ada Quill", "June 2027", "Green", "Begun.", "qbudget", "qrisk", "qsrc"),
    ("2", "Paint the deck", "Ben Ode", "July 2027", "Red", "Not yet.", "qbudget", "qrisk", "qsrc"),
    ("3", "Sell qhand boats", "Ada Quill", "May 2027", "Red", "No.", None, None, None),
    ("4", "Close qflat pier", "Ben Ode", "May 2027", "Red", "No.", None, None, None),
    ("5", "Sack qfold staff", "Cy Qlead", "May 2027", "Red", "No.", None, None, None),
    ("6", "Oil the winch", "Ben Ode", "July 2027", "Green", "Done soon.", None, None, None),
    (None, "qrunson below it", None, None, None, None, None, None, None),
)
ABOVE: tuple[tuple[str | None, ...], ...] = (
    ("Harbour plan",),
    ("Officer", "qbeside", "12"),
    ("Kept by the harbour office", None, None, None, None, None, "qcell"),
)
BELOW: tuple[tuple[str | None, ...], ...] = (
    (),
    ("Please note: the yard is shut in May.",),
    ("Not for publication: qmarked.",),
    ("Qunseen footnote",),
    (),
    ("Version control",),
    ("Version", "Date", "Author", "Changes"),
    ("0.1", "3 May", "JS", "qversion"),
)
IN_PLAN = frozenset({"qhand", "qflat", "qfold", "qlead", "qbudget", "qrisk", "qsrc", "qaway"})
"""Words that are kept in the plan itself, in actions and fields."""
IN_TEXTS = frozenset({
    "qrunson", "qmarked", "qbeside", "qunseen", "qcell", "qversion", "qcomment", "qlookup",
    "qguide", "qthread", "qanswer",
})  # fmt: skip
"""Words that are kept as texts."""
IN_FILE = frozenset({"qauthor", "qtitle", "qfooter", "qprompt"})
"""Words that are kept in the stored file alone."""


def source(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Plan"
    for line in (*ABOVE, HEADINGS, *ACTIONS, *BELOW):
        sheet.append(list(line))
    sheet["C5"].comment = Comment("is this funded? qcomment", "JS")
    sheet.row_dimensions[7].hidden = True
    sheet.row_dimensions[8].height = 0.5
    sheet.row_dimensions.group(9, 9, hidden=True)
    sheet.row_dimensions[11].hidden = True
    sheet.row_dimensions[15].hidden = True
    sheet.column_dimensions["G"].hidden = True
    sheet.column_dimensions["H"].width = 0.1
    sheet.column_dimensions.group("I", "I", hidden=True)
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.left is not None
    sheet.oddFooter.left.text = "qfooter"
    validation = openpyxl.worksheet.datavalidation.DataValidation(  # type: ignore[attr-defined]  # not in the stubs
        "list", '"qprompt"', prompt="qprompt"
    )
    validation.add("E5")
    sheet.add_data_validation(validation)
    more = book.create_sheet("More")
    for line in (HEADINGS[:6], ("7", "Wind the clock", "Ada Quill", "May 2027", "Green", "On."),
                 ("8", "Filtered lamp", "Ada Quill", "May 2027", "Red", "On.")):  # fmt: skip
        more.append(list(line))
    more.auto_filter.ref = "A1:F3"
    more.auto_filter.add_filter_column(4, ["Green"])
    more.row_dimensions[3].hidden = True
    guide = book.create_sheet("Guide")
    guide.append(["qguide"])
    lookup = book.create_sheet("Lookup")
    lookup.append(["qlookup"])
    lookup.sheet_state = "hidden"
    away = book.create_sheet("Away")
    for line in (HEADINGS[:6], ("9", "End qaway talks", "Ada Quill", "May 2027", "Red", "No."),
                 ("10", "Stop qaway pay", "Ben Ode", "May 2027", "Red", "No.")):  # fmt: skip
        away.append(list(line))
    away.sheet_state = "veryHidden"
    book.properties.creator = "qauthor"
    book.properties.description = "qtitle"
    book.save(path)
    _add_thread(path)
    return path


def _add_thread(path: Path) -> None:
    """A comment of today's Excel, beside the notes that it calls the old ones."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    parts[rels] = parts[rels].replace(
        b"</Relationships>",
        b'<Relationship Id="rIdT" Type="http://schemas.microsoft.com/office/2017/10/relationships/'
        b'threadedComment" Target="/xl/threadedComments/threadedComment1.xml"/></Relationships>',
    )
    parts["xl/threadedComments/threadedComment1.xml"] = (
        b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
        b'threadedcomments"><threadedComment ref="C6" id="{1}"><text>qthread?</text>'
        b'</threadedComment><threadedComment ref="C6" id="{2}" parentId="{1}"><text>qanswer</text>'
        b"</threadedComment></ThreadedComments>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def found_in(data: bytes, words: frozenset[str]) -> set[str]:
    """Which of the words are in any part of a file: a workbook, or a text."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        text = data.decode("utf-8", "replace").casefold()
        return {word for word in words if word in text}
    texts = "\n".join(parts_of(data).values()).casefold()
    return {word for word in words if word in texts}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan from the spreadsheet above, a whole cycle of it run, and everything written."""
    base = tmp_path_factory.mktemp("kept")
    place = base / "plan"
    new(place, source(base / "plan.xlsx"))
    new(base / "other", source(base / "other.xlsx"))
    with open_plan(place) as plan:
        plan.issue("2026-11")
    edit_master(place, {("1", "budget"): "qbudget more", ("3", "progress"): "qhand again"})
    with open_plan(place) as plan:
        plan.merge()
    template = next((place / "outbox" / "2026-11").glob("Ada*.xlsx"))
    (place / "inbox" / "ada.xlsx").write_bytes(fill(place, template, {("1", "rating"): "Purple"}))
    with open_plan(place) as plan:
        result = plan.merge()
        plan.write_replies(result, base / "replies")
        plan.publish(accessible=True, one_page=True)
        plan.publish(others=[base / "other"], accessible=True)
    return place


def going_out(folder: Path) -> Iterator[Path]:
    for place in (folder / "outbox", folder / "board", folder.parent / "replies"):
        yield from (path for path in place.rglob("*") if path.is_file())


def test_nothing_private_is_in_any_part_of_what_goes_out(folder: Path) -> None:
    files = sorted(going_out(folder))
    names = {path.parent.name for path in files}
    assert names == {"2026-11", "board", "replies"}
    assert len([path for path in files if path.parent.name == "board"]) >= 5
    for path in files:
        leaked = found_in(path.read_bytes(), IN_PLAN | IN_TEXTS | IN_FILE)
        assert not leaked, (path.name, sorted(leaked))


def test_what_is_kept_back_is_in_the_folder(folder: Path) -> None:
    assert found_in((folder / "master.xlsx").read_bytes(), IN_PLAN) == IN_PLAN
    kept = load_definition((folder / "plan.toml").read_text("utf-8")).kept_back
    assert found_in("\n".join(kept).encode(), IN_TEXTS) == IN_TEXTS
    originals = [path for path in (folder / "returns").rglob("*") if path.is_file()]
    assert any(found_in(path.read_bytes(), IN_FILE) == IN_FILE for path in originals)


def test_what_everybody_was_shown_still_goes_out(folder: Path) -> None:
    board = next(path for path in (folder / "board").glob("2026-11.xlsx"))
    shown = frozenset(
        {"mend the hull", "oil the winch", "filtered lamp", "the yard is shut in may"}
    )
    assert found_in(board.read_bytes(), shown) == shown
    sent = b"".join(path.read_bytes() for path in (folder / "outbox").rglob("Ada*.xlsx"))
    assert found_in(sent, frozenset({"filtered lamp"}))


def test_new_says_what_was_kept_back_with_place_and_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = source(tmp_path / "plan.xlsx")
    run(["new", str(tmp_path / "one"), "--from", str(path), "--json"])
    told = json.loads(capsys.readouterr().out)
    kept = {(each["what"], each["sheet"]): each["places"] for each in told["kept_back"]}
    assert kept == {
        ("comment", "Plan"): ["C5", "C6"],
        ("hidden row", "Plan"): ["7", "8", "9", "11", "15"],
        ("hidden column", "Plan"): ["G", "H", "I"],
        ("text in a hidden column", "Plan"): ["G3"],
        ("text marked as not for publication", "Plan"): ["14"],
        ("list or figure", "Plan"): ["2"],
        ("version list", "Plan"): ["17", "18", "19"],
        ("sheet beside the plan", "Guide"): ["1"],
        ("hidden sheet", "Lookup"): ["1"],
        ("hidden sheet", "Away"): ["2", "3"],
    }
    assert all(each["count"] == len(each["places"]) for each in told["kept_back"])
    details = {(row["sheet"], row["row"]): row["detail"] for row in told["rows"]}
    assert details["Plan", 7] == "action 3, kept back: hidden row"
    assert details["Plan", 2] == "kept back: list or figure"
    assert details["More", 3] == "action 8"
    run(["new", str(tmp_path / "two"), "--from", str(path)])
    said = capsys.readouterr().out
    assert "  comment: 2 (Plan!C5, C6)\n" in said
    assert "  hidden row: 5 (Plan!7, 8, 9, 11, 15)\n" in said
    assert "clear its Status in master.xlsx" in said


def test_each_thing_can_be_let_out_by_itself(tmp_path: Path) -> None:
    place = tmp_path / "plan"
    new(place, source(tmp_path / "plan.xlsx"))
    toml = place / "plan.toml"
    text = toml.read_text("utf-8")
    head, _, field = text.partition('id = "budget"')
    assert "private = true" in field
    text = head + 'id = "budget"' + field.replace("private = true\n", "", 1)
    kept = re.search(r'    "Note on Plan!C5: is this funded\? qcomment",\n', text)
    assert kept is not None
    text = text.replace(kept[0], "", 1).replace("notes = [", f"notes = [{kept[0].strip()} ", 1)
    toml.write_text(text, "utf-8")
    edit_master(place, {("3", "_status"): None})
    with open_plan(place) as plan:
        plan.merge()
        plan.issue("2026-11")
        plan.publish()
    wanted = frozenset({"qbudget", "qcomment", "qhand"})
    assert found_in((place / "board" / "2026-11.xlsx").read_bytes(), IN_PLAN | IN_TEXTS) == wanted
    sent = next((place / "outbox").rglob("Ada*.xlsx")).read_bytes()
    assert found_in(sent, IN_PLAN | IN_TEXTS) == {"qbudget", "qhand"}


def kept_sheet(place: Path) -> dict[str, tuple[str, str, str]]:
    """What the sheet Kept back says: by text its cell of the answer, what it is and where."""
    lines = list(openpyxl.load_workbook(place / "set-up.xlsx")["Kept back"].iter_rows())
    top = next(n for n, line in enumerate(lines) if line[1].value == "Where")
    heads = [str(cell.value) for cell in lines[top]]
    names = ("What the board would see", "Let out?", "What it is", "Where")
    rows = [[line[heads.index(name)] for name in names] for line in lines[top + 1 :]]
    return {
        str(text.value): (answer.coordinate, str(what.value), str(where.value))
        for text, answer, what, where in rows
    }


def test_a_text_that_was_kept_back_is_let_out_in_the_set_up_workbook(tmp_path: Path) -> None:
    place = tmp_path / "plan"
    new(place, source(tmp_path / "plan.xlsx"))
    toml = place / "plan.toml"
    before = load_definition(toml.read_text("utf-8"))
    shown = kept_sheet(place)
    assert tuple(shown) == before.kept_back
    by_word = {word: each for text, each in shown.items() for word in text.casefold().split()}
    assert by_word["qcomment"][1:] == ("Comment", "Plan!C5")
    assert by_word["qunseen"][1:] == ("Hidden row", "Plan!15")
    assert by_word["qlookup"][1:] == ("Hidden sheet", "Lookup!1")
    chosen = next(text for text in before.kept_back if "Qunseen" in text)
    path = place / "set-up.xlsx"
    cells: list[tuple[str, str | float | date | None]] = [(shown[chosen][0], "Yes")]
    path.write_bytes(fill_in(path.read_bytes(), "Kept back", cells, "2026-11-12T10:00:00Z"))
    with open_plan(place) as plan:
        plan.merge()
        plan.issue("2026-11")
        plan.publish()
    after = load_definition(toml.read_text("utf-8"))
    assert after.notes == (*before.notes, chosen)
    assert after.kept_back == tuple(text for text in before.kept_back if text != chosen)
    assert tuple(kept_sheet(place)) == after.kept_back
    board = (place / "board" / "2026-11.xlsx").read_bytes()
    assert found_in(board, IN_PLAN | IN_TEXTS) == {"qunseen"}


def test_an_action_can_be_kept_back_in_the_master(tmp_path: Path) -> None:
    place = tmp_path / "plan"
    new(place, source(tmp_path / "plan.xlsx"))
    edit_master(place, {("1", "_status"): "kept back"})
    with open_plan(place) as plan:
        result = plan.merge()
        assert not result.questions
        assert {row.ref for row in plan.rows() if row.kept_back} == {"1", "3", "4", "5", "9", "10"}
        plan.issue("2026-11")
        plan.publish()
    files = [path.read_bytes() for path in going_out(place)]
    assert len(files) >= 3
    assert not any(found_in(data, frozenset({"mend the hull"})) for data in files)


def test_a_hidden_sheet_that_is_asked_for_is_no_longer_hidden(tmp_path: Path) -> None:
    made = new(tmp_path / "plan", source(tmp_path / "plan.xlsx"), sheets=["Away", "Plan"])
    with opened(made.folder) as plan:
        kept = {row.ref for row in plan.rows() if row.kept_back}
    assert kept == {"3", "4", "5"}


@pytest.mark.parametrize("role", ["key", "action", "lead"])
def test_what_everything_rests_on_cannot_be_private(role: str) -> None:
    fields = "".join(
        f'[[field]]\nid = "{name}"\nheading = "X"\nrole = "{name}"\n'
        + ('type = "people"\n' if name == "lead" else "")
        + ("private = true\n" if name == role else "")
        for name in ("key", "action", "lead")
    )
    with pytest.raises(XlplanError) as raised:
        load_definition(f'[plan]\nid = "p"\ntitle = "P"\n{fields}')
    (problem,) = raised.value.problems
    assert problem.code == "DEF-011"
    assert f'role "{role}" cannot be private' in problem.message


def test_what_may_go_out_of_a_definition_names_nothing_private() -> None:
    plan = load_definition(
        """
[plan]
id = "p"
title = "P"
kept_back = ["a comment"]
[[field]]
id = "ref"
heading = "Ref"
role = "key"
[[field]]
id = "action"
heading = "Action"
role = "action"
[[field]]
id = "theme"
heading = "Theme"
private = true
[[field]]
id = "own"
heading = "Own view"
type = "rating"
scale = "own"
private = true
[[field]]
id = "code"
heading = "Code"
[[field]]
id = "number"
heading = "No."
role = "key"
of = "recommendation"
[[rating]]
code = "X"
label = "X"
scale = "own"
[[rollup]]
to = "theme"
rule = "share-closed"
[[rollup]]
to = "code"
rule = "share-closed"
[issue]
fields = ["ref", "theme", "action"]
[composite]
fields = ["ref", "own", "action"]
group_by = "theme"
"""
    )
    shown = plan.public
    assert [item.id for item in shown.fields] == ["ref", "action", "code", "number"]
    assert (shown.kept_back, shown.ratings) == ((), ())
    assert [each.to for each in shown.rollups] == ["code"]
    assert shown.issue.fields == shown.composite.fields == ("ref", "action")
    assert shown.composite.group_by == ""
    assert shown.public is shown
