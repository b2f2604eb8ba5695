"""Leads who are written to in Welsh, or in both languages: what they get, and that what they send
back merges as in English."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from tests import set_up, small
from tests.office import Choose, Office, Step, Type
from tests.post.in_excel import define, draft_of, words_of
from tests.small import LEARNING, LETTINGS, REPAIRS
from xlplan.returned.as_issued import CONFIRMED, ID_PREFIX
from xlplan.workbook.write.filling import places_in

pytestmark = pytest.mark.xdist_group("languages")  # the plans are made on one worker
Languages = tuple[str, ...]
ENGLISH, WELSH, BOTH = ("en-GB",), ("cy",), ("cy", "en")
ASKED = ("confirm = true", "status = true", "changes = true", "hints = true")
FIELD = {"due": 3, "progress": 4}
"""The places of columns in the plan's text."""


def issued(folder: Path, languages: Languages, layout: str = "table") -> Path:
    """A plan whose templates went out in these languages."""
    made = small.make(folder / "plan")
    small.issue_with(made, f'layout = "{layout}"', *ASKED)
    define(made, "plan", "language", value=languages)
    define(made, "plan", "title_cy", value="Cynllun bach")
    define(made, "field", FIELD["due"], "heading_cy", value="Amserlen")
    define(made, "field", FIELD["progress"], "heading_cy", value="Cynnydd")
    define(made, "field", FIELD["progress"], "guidance_cy", value="Beth sydd wedi newid?")
    define(made, "issue", "contact", value="the plan office")
    define(made, "issue", "contact_cy", value="swyddfa'r cynllun")
    assert small.do(made, "issue", "--cycle", small.CYCLE, "--return-by", "2026-11-27") == 0
    return made


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[Languages, Path]:
    """The same plan in each of the languages; no test changes one."""
    folder = tmp_path_factory.mktemp("languages")
    layouts = {ENGLISH: "table", WELSH: "table", BOTH: "form"}
    return {each: issued(folder / "-".join(each), each, layout) for each, layout in layouts.items()}


def template(folder: Path, lead: str = LETTINGS) -> Path:
    return folder / "outbox" / small.CYCLE / f"{lead}.xlsx"


def shown(folder: Path, sheet: str, lead: str = LETTINGS) -> list[str]:
    found = openpyxl.load_workbook(template(folder, lead))[sheet]
    return [str(cell.value) for row in found for cell in row if cell.value is not None]


def test_the_sheets_of_a_template_are_named_for_its_lead(plans: dict[Languages, Path]) -> None:
    names = {
        each: openpyxl.load_workbook(template(plan)).sheetnames for each, plan in plans.items()
    }
    assert names[ENGLISH][:3] == ["Update", "Your changes", "Guidance"]
    assert names[WELSH][:3] == ["Update", "Eich newidiadau", "Canllawiau"]
    assert names[BOTH][:4] == [
        "Update", "Eich newidiadau · Your changes", "Canllawiau", "Guidance",
    ]  # fmt: skip


def test_headings_of_the_plan_and_of_ours_are_in_the_language_of_the_lead(
    plans: dict[Languages, Path],
) -> None:
    assert {"Timescale", "Progress", "State"} <= set(shown(plans[ENGLISH], "Update"))
    assert {"Amserlen", "Cynnydd", "Cyflwr", "RAG"} <= set(shown(plans[WELSH], "Update"))
    both = {"Amserlen / Timescale", "Cynnydd / Progress", "Cyflwr / State", "RAG"}
    assert both <= set(shown(plans[BOTH], "Update"))
    whose = f"{LETTINGS}   ·   Diweddariad ar gyfer 2026-11   ·   Dychwelwch erbyn dydd Gwener 27 "
    texts = (text.replace("\u00a0", " ") for text in shown(plans[WELSH], "Update"))
    assert any(text.startswith(whose) for text in texts)


def test_each_language_has_its_own_guidance(plans: dict[Languages, Path]) -> None:
    welsh, english = (" ".join(shown(plans[BOTH], name)) for name in ("Canllawiau", "Guidance"))
    assert "swyddfa'r cynllun" in welsh
    assert "Beth sydd wedi newid?" in welsh
    assert "the plan office" not in welsh
    assert '"Progress"' in english
    assert "swyddfa" not in english


def test_one_lead_can_be_written_to_otherwise_than_the_rest(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    text = (folder / "plan.toml").read_text("utf-8")
    assert text.count(f'name = "{LETTINGS}"\n') == 1
    text = text.replace(f'name = "{LETTINGS}"\n', f'name = "{LETTINGS}"\nlanguage = "cy"\n')
    (folder / "plan.toml").write_text(text, "utf-8")
    small.issue(folder)
    assert "Canllawiau" in openpyxl.load_workbook(template(folder)).sheetnames
    assert "Guidance" in openpyxl.load_workbook(template(folder, REPAIRS)).sheetnames
    small.do(folder, "draft")
    assert words_of(draft_of(folder, LETTINGS)).startswith(f"Annwyl {LETTINGS},\n")
    assert words_of(draft_of(folder, REPAIRS)).startswith(f"Dear {REPAIRS},\n")


def test_the_languages_are_chosen_in_the_set_up_workbook(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    assert set_up.value(folder, "Words", "language", "value") == "en-GB"
    set_up.answer(folder, "Words", {("language", "value"): "cy\nen"})
    set_up.answer(folder, "Columns", {("progress", "heading_cy"): "Cynnydd"})
    set_up.answer(folder, "Leads", {(REPAIRS, "language"): "Welsh"})
    assert small.do(folder, "merge") in (0, 1)
    assert set_up.value(folder, "Leads", REPAIRS, "language") == "Welsh"
    small.issue(folder)
    assert "Cynnydd / Progress" in shown(folder, "Update")
    assert "Cynnydd" in shown(folder, "Update", REPAIRS)
    assert 'language = ["cy", "en"]' in (folder / "plan.toml").read_text("utf-8")


EDITS: small.Edits = {
    ("1.1", "due"): "30 June 2028", ("1.1", "progress"): "Sent to the printer",
    ("1.3", "rating"): "Red",
}  # fmt: skip


def merged(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    small.do(folder, "merge", "--dry-run", "--json")
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def became(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[tuple[object, ...]]:
    """What a merge says of the files in the inbox, but for where each cell stands."""
    found = merged(folder, capsys)
    returns, changes, questions = (found[n] for n in ("returns", "changes", "questions"))
    assert isinstance(returns, list)
    assert isinstance(changes, list)
    assert isinstance(questions, list)
    about = ("outcome", "lead", "changes", "problems", "information")
    return [
        *(tuple(each[name] for name in about) for each in returns),
        *((c["action"], c["field"], c["from"], c["to"], c["lead"]) for c in changes),
        *((q["action"], q["field"], q["kind"]) for q in questions),
    ]


def test_the_same_edits_merge_the_same_in_every_language(
    plans: dict[Languages, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    found = {}
    for languages, folder in plans.items():
        paths = [
            small.give_back(folder, LETTINGS, EDITS), small.give_back(folder, LEARNING, {}),
        ]  # fmt: skip
        found[languages] = became(folder, capsys)
        for path in paths:
            path.unlink()
    assert len(found[ENGLISH]) == 5
    assert found[WELSH] == found[BOTH] == found[ENGLISH]


def test_ticks_and_dates_are_read_in_welsh(
    plans: dict[Languages, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = plans[WELSH]
    edits: small.Edits = {
        ("1.1", CONFIRMED): "Ydw", ("1.3", CONFIRMED): "Ie", ("1.3", "due"): "30 Mehefin 2027",
    }  # fmt: skip
    path = small.give_back(folder, LETTINGS, edits)
    (outcome, _, _, problems, information), *changes = became(folder, capsys)
    path.unlink()
    assert (outcome, information) == ("merged", [])
    assert isinstance(problems, list)
    # A tick beside a change is remarked on; so it was read as one.
    assert [problem["code"] for problem in problems] == ["RET-021"]
    june = {"text": "30 Mehefin 2027", "by": "2027-06-30"}
    assert changes == [("1.3", "due", {"text": "Ongoing", "by": None}, june, LETTINGS)]


def test_a_table_that_lost_its_hidden_names_is_read_by_its_welsh_headings(
    plans: dict[Languages, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = plans[WELSH]
    path = small.give_back(folder, LETTINGS, {("1.1", "due"): "30 June 2028"})
    book = openpyxl.load_workbook(path)
    for row in book["Update"].iter_rows():
        for cell in row:
            if str(cell.value).startswith(ID_PREFIX):
                cell.value = None
    book.save(path)
    _, *changes = became(folder, capsys)
    path.unlink()
    assert [(action, field) for action, field, *_ in changes] == [("1.1", "due")]


def test_a_template_of_two_languages_keeps_within_what_excel_takes(
    plans: dict[Languages, Path],
) -> None:
    book = openpyxl.load_workbook(template(plans[BOTH]))
    assert max(map(len, book.sheetnames)) <= 31
    formulas = [
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert max(map(len, formulas)) <= 8192
    literals = [text for each in formulas for text in re.findall(r'"((?:[^"]|"")*)"', each)]
    assert max(map(len, literals)) <= 255
    rules = book["Update"].data_validations.dataValidation
    assert max(len(rule.prompt or "") for rule in rules) <= 255
    assert max(len(rule.promptTitle or "") for rule in rules) <= 32
    assert {"Ie", "Yes"} <= set(shown(plans[BOTH], "Lists"))


def test_a_person_fills_in_a_template_of_two_languages_in_libreoffice(
    office: Office, plans: dict[Languages, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = plans[BOTH]
    places = places_in(template(folder).read_bytes(), ID_PREFIX)
    with small.opened(folder) as plan:
        uids = {plan.desk.state.ref(uid): uid for uid in plan.desk.state.uids("action")}

    def at(ref: str, field: str) -> str:
        return "!".join(places[uids[ref], field])

    steps: list[Step] = [
        Choose(at("1.1", "rating"), "Red"),
        Type(at("1.1", "due"), "30 Mehefin 2028"),
        Choose(at("1.3", CONFIRMED), "Ie"),
    ]
    back = folder / "inbox" / "yn ôl.xlsx"
    seen = office.edit(template(folder), back, steps)
    text = json.dumps(seen, ensure_ascii=False)
    assert "2 gell" not in text  # a live count has one form for two and more
    assert "2 cell wedi newid. Mae pob llinell yn arwain at ei chell. / 2 cells changed." in text
    assert "heb edrych arno / not looked at" not in text
    found = became(folder, capsys)
    back.unlink()
    assert found[0] == ("merged", LETTINGS, 2, [], found[0][4])
    assert not found[0][4]
    assert found[1:] == [
        ("1.1", "due", {"text": "June 2027", "by": "2027-06-30"},
         {"text": "30 Mehefin 2028", "by": "2028-06-30"}, LETTINGS),
        ("1.1", "rating", "Green", "Red", LETTINGS),
    ]  # fmt: skip


def test_a_reply_and_its_correction_workbook_are_in_the_language_of_the_lead(
    tmp_path: Path,
) -> None:
    folder = issued(tmp_path, WELSH)
    small.give_back(folder, LETTINGS, {("1.1", "due"): "31/02/2027", ("1.3", "rating"): "Red"})
    small.do(folder, "merge", "--reply", str(folder / "replies"))
    text = " ".join((folder / "replies" / f"Reply to {LETTINGS}.txt").read_text("utf-8").split())
    assert text.startswith(
        f"Annwyl {LETTINGS}, Diolch am eich diweddariad i'r cynllun “Cynllun bach”"
    )
    assert "Derbyniwyd 2 Tachwedd 2026: 1 newid wedi'i dderbyn" in text
    assert "Cam gweithredu 1.3, RAG: Red bellach yn lle Amber" in text
    assert 'Rhoddwyd: 31/02/2027 Angen: Nid yw "31/02/2027" yn ddyddiad.' in text
    assert "Disgwylir diweddariadau erbyn dydd Gwener 27 Tachwedd 2026." in text
    book = openpyxl.load_workbook(folder / "replies" / f"Cywiriad ar gyfer {LETTINGS}.xlsx")
    assert book.sheetnames[:3] == ["I'w gywiro", "Update", "Canllawiau"]
    listed = [[cell.value for cell in row] for row in book["I'w gywiro"].iter_rows(min_row=5)]
    assert [row[1:4] for row in listed] == [["Cam gweithredu 1.1", "Amserlen", "31/02/2027"]]


def test_a_letter_in_both_languages_has_each_of_them_whole(tmp_path: Path) -> None:
    folder = issued(tmp_path, BOTH)
    define(folder, "post", "signature", value="The plan team")
    define(folder, "post", "signature_cy", value="Tîm y cynllun")
    small.do(folder, "draft")
    message = draft_of(folder, LETTINGS)
    subject = "Cynllun bach: eich diweddariad ar gyfer 2026-11 / plan: your update for 2026-11"
    assert message["Subject"] == subject
    welsh, english = words_of(message).split("-" * 30)
    assert welsh.startswith(f"Annwyl {LETTINGS},")
    assert "Cynllun bach: 2 gam gweithredu." in welsh
    assert welsh.rstrip().endswith("Tîm y cynllun")
    assert english.lstrip().startswith(f"Dear {LETTINGS},")
    assert english.rstrip().endswith("The plan team")


def test_a_reminder_says_in_the_language_of_the_lead_why_it_comes(tmp_path: Path) -> None:
    folder = issued(tmp_path, WELSH)
    small.do(folder, "remind", today="2026-12-01")
    words = words_of(draft_of(folder, LETTINGS + ", reminder 2026-12-01"))
    assert "Roedd disgwyl eich diweddariad erbyn dydd Gwener 27 Tachwedd 2026" in words
    assert "Y gweithlyfr sydd ynghlwm yw un 2 Tachwedd 2026" in words
