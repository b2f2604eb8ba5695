"""Nothing that a lead reads is outside the catalogue: with every text of it in brackets, what
stands in none is the plan's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests import outgoing, small
from tests.language.pseudo import Bracketed, in_brackets, outside
from tests.language.texts import written
from tests.post.in_excel import define, draft_of, words_of
from xlplan.issued.corrections import correction_workbook
from xlplan.issued.reply import Fault
from xlplan.issued.template import template_workbook
from xlplan.merge.model import Issued
from xlplan.plan.checks.steps import milestones_of
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.for_lead import for_lead
from xlplan.plan.people import SignOff
from xlplan.plan.reconsider import Known
from xlplan.plan.required import Condition
from xlplan.plan.settings import IssueSettings
from xlplan.plan.timescales import canon_timescale
from xlplan.plan.types import TYPES
from xlplan.plan.values import show
from xlplan.returned.furniture import AS_ISSUED, LISTS, STAMP, UPDATE
from xlplan.workbook.write.sheet import Cell, Sheet, Workbook

pytestmark = pytest.mark.xdist_group("languages")
ROWS = outgoing.rows(3)
UIDS = tuple(row.uid for row in ROWS)
REASON = Field("why", "Why it moved", "text", role="reason", owner="lead")
NEEDED = tuple(
    replace(item, required_if=(Condition("rating", ("R", "A")),)) if item.id == "evidence" else item
    for item in outgoing.FIELDS
)
EVERY_TYPE = tuple(
    Field(
        f"of_{name}", f"Of {name}", name, owner="lead", choices=("One", "Two") * (name in "choice")
    )
    for name in TYPES
    if name != "boolean"
)
STEPPED = Field("steps_done", "Steps that are over", "steps", role="steps_done", owner="lead")
ALL = {"status": True, "changes": True, "confirm": True, "hints": True, "proposal_rows": 2}
PLANS: Mapping[str, Mapping[str, object]] = {
    "plain": {},
    "table": {"fields": (*NEEDED, REASON), "issue": IssueSettings(layout="table", **ALL)},  # type: ignore[arg-type]
    "form": {"fields": (*NEEDED, REASON), "issue": IssueSettings(layout="form", **ALL)},  # type: ignore[arg-type]
    "types": {"fields": (*outgoing.FIELDS, *EVERY_TYPE), "issue": IssueSettings(layout="table")},
    "steps": {"fields": (*outgoing.FIELDS, STEPPED), "issue": IssueSettings(layout="form")},
    "signed": {"sign_offs": (SignOff("Head of Service", "Post C", 1), SignOff("Finance", order=2))},
    "to sign": {"fields": (*NEEDED, REASON), "issue": IssueSettings(accountable=True)},
    "request": {
        "fields": tuple(
            replace(item, change="request") if item.id == "due" else item for item in NEEDED
        ),
        "ratings": tuple(
            replace(each, by="coordinator", needs=("evidence",)) if each.code == "B" else each
            for each in outgoing.RATINGS
        ),
    },
}


def planned(name: str) -> PlanDefinition:
    return outgoing.plan(language=("cy",), **PLANS[name])


STEPS = "1. Write the guide\n2. Train the officers"
WITH_STEPS = replace(
    ROWS[0],
    values={
        **ROWS[0].values,
        "action": STEPS,
        "due": canon_timescale("May 2026\nJune 2026"),
    },
)


def sent(definition: PlanDefinition) -> tuple[Issued, Workbook]:
    """A template in which everything is known of the actions that can be asked."""
    known = {uid: Known(date(2026, 1, 1), "B", worded=False, slips=2) for uid in UIDS}
    rows = [WITH_STEPS if definition.find("steps_done") else ROWS[0], *ROWS[1:]]
    locked = UIDS if definition.issue.accountable else UIDS[2:]
    issued = replace(outgoing.issued(uids=UIDS), locked=locked)
    args = (definition, outgoing.DIRECTOR, issued, rows, outgoing.KEY, outgoing.CREATED, known)
    return issued, template_workbook(*args)


def own_words(definition: PlanDefinition) -> set[str]:
    """What the plan says itself, as a template shows it; and the sample of a look."""
    texts = [definition.title, definition.organisation, definition.marking, UPDATE, "Aa"]
    texts += [definition.issue.contact, outgoing.DIRECTOR.name, outgoing.issued().id]
    for item in definition.fields:
        texts += [item.heading, item.guidance, *item.choices]
    for rating in definition.ratings:
        texts += [rating.code, rating.label, rating.meaning, rating.meaning.rstrip(".")]
    texts += [text for each in definition.sign_offs for text in (each.role, each.name)]
    texts += [show(value) for row in (*ROWS, WITH_STEPS) for value in row.values.values()]
    texts += [line for text in texts for line in text.split("\n")]
    texts += [text.replace("\n", " ") for text in texts]
    texts += [text.partition(". ")[2] for text in STEPS.split("\n")]
    return {text for text in texts if text}


_LITERAL = re.compile(r'"((?:[^"]|"")*)"')
_TECHNICAL = re.compile(r"field:|#'|\.new-|\*|[0-9a-f]{16}\|")


def read_in(cell: Cell) -> Iterator[str]:
    """What somebody may read in a cell: its text, its note, the texts of its formula."""
    yield "".join(text for text, _ in cell.runs) if cell.runs else str(cell.value or "")
    yield cell.note
    for text in _LITERAL.findall(cell.formula):
        if not _TECHNICAL.match(text):
            yield text.replace('""', '"')


def texts_on(sheet: Sheet) -> Iterator[str]:
    yield sheet.name
    page = sheet.page
    if page is not None:
        yield from (page.header, page.footer_left, re.sub("&[PN]", "", page.footer_right))
    hidden = {number for number, column in enumerate(sheet.columns) if column.hidden}
    for row in sheet.rows:
        for number, cell in enumerate(row.cells):
            if cell is not None and not row.hidden and number not in hidden:
                yield from read_in(cell)
    for merge in sheet.merges:
        yield from read_in(merge.cell)
    for rule in sheet.validations:
        yield from (rule.input_title, rule.input_message, rule.error_title, rule.error_message)


def choices_of(sheet: Sheet, lists: Sheet) -> Iterator[str]:
    """What the dropdowns of a sheet offer."""
    for rule in sheet.validations:
        if rule.kind == "list" and (at := re.search(r"\$([A-Z]+)\$2", str(rule.source))):
            number = sum((ord(c) - 64) * 26**n for n, c in enumerate(reversed(at[1]))) - 1
            for row in lists.rows[1:]:
                cell = row.cells[number] if number < len(row.cells) else None
                yield str(cell.value or "") if cell is not None else ""


@pytest.fixture(scope="module")
def brackets() -> Iterator[Bracketed]:
    with in_brackets() as found:
        yield found


@pytest.mark.parametrize("name", PLANS)
def test_everything_on_a_template_is_of_the_catalogue_or_the_plans_own(
    name: str, brackets: Bracketed
) -> None:
    definition = planned(name)
    issued, book = sent(definition)
    shown = for_lead(definition, outgoing.DIRECTOR)
    faults = {
        (UIDS[0], "due"): Fault("3.1", "Timescale", "", "3.1"),
        (UIDS[1], "rating"): Fault("3.2", "Rating", "3", "3.2"),
    }
    corrected = correction_workbook(book, shown, issued, faults)
    own = own_words(definition)
    lists = next(sheet for sheet in book.sheets if sheet.name == LISTS)
    found = {
        (sheet.name, left)
        for each in (book, corrected)
        for sheet in each.sheets
        if sheet.name not in (LISTS, AS_ISSUED, STAMP)
        for text in (*texts_on(sheet), *choices_of(sheet, lists))
        if (left := outside(text, own))
    }
    assert found == set()
    assert outside(book.title, own) == ""
    assert brackets.asked <= set(written())


def test_there_are_steps_on_the_template_of_steps() -> None:
    assert len(milestones_of(planned("steps"), WITH_STEPS)) == 2


@pytest.mark.parametrize("text", ["Yours to fill in", "⟦Yours⟧ to fill in", "Ratings"])
def test_a_text_outside_is_found(text: str) -> None:
    assert outside(text, ["Rating", "Red"])
    assert not outside(f"⟦a ⟦{text}⟧⟧ · Rating", ["Rating"])


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, brackets: Bracketed) -> Path:
    """A plan in which leads were sent templates, receipts, corrections and reminders."""
    assert not brackets.asked - set(written())
    folder = small.make(tmp_path_factory.mktemp("welsh") / "plan")
    define(folder, "plan", "language", value=("cy",))
    define(folder, "issue", "contact", value="x@example.org")
    assert small.do(folder, "issue", "--cycle", small.CYCLE, "--return-by", "2026-11-27") == 0
    small.do(folder, "draft")
    edits: small.Edits = {
        ("1.1", "due"): "31/02/2027", ("1.1", "progress"): "Sent to the printer",
        ("1.3", "rating"): "Purple",
    }  # fmt: skip
    small.give_back(folder, small.LETTINGS, edits)
    small.give_back(folder, small.LEARNING, {("2.1", "due"): None, ("2.2", "action"): "No"})
    (folder / "inbox" / "odd.xlsx").write_bytes(b"%PDF-1.7 none of ours")
    small.do(folder, "merge", "--reply", str(folder / "replies"))
    small.do(folder, "remind", today="2026-12-01")
    return folder


OWN = (
    small.LETTINGS, small.LEARNING, small.REPAIRS, *small.HEADINGS, UPDATE, "plan", "odd.xlsx",
    "x@example.org", "xlsx", *(text for row in small.ROWS for text in row), "Sent to the printer",
    "Purple", "No",
)  # fmt: skip


def test_everything_in_a_reply_is_of_the_catalogue_or_the_plans_own(
    played: Path, brackets: Bracketed
) -> None:
    files = sorted((played / "replies").glob("*.txt"))
    assert len(files) == 3
    for file in files:
        text = re.sub(r"\n +", " ", file.read_text("utf-8"))
        assert outside(text, OWN) == ""
    assert brackets.asked <= set(written())


def test_everything_in_a_correction_workbook_is_too(played: Path) -> None:
    files = sorted((played / "replies").glob("*.xlsx"))
    assert len(files) == 2
    for file in files:
        book = openpyxl.load_workbook(file)
        notes = [c.comment.text for row in book[UPDATE] for c in row if c.comment]
        first = [str(c.value or "") for row in book.worksheets[0] for c in row]
        assert notes
        left = (outside(text, OWN) for text in (*notes, *first, book.worksheets[0].title))
        assert [each for each in left if each] == []


@pytest.mark.parametrize("more", ["", ", reminder 2026-12-01"])
def test_everything_in_a_letter_is_too(played: Path, brackets: Bracketed, more: str) -> None:
    for lead in (small.LETTINGS, small.LEARNING, small.REPAIRS):
        message = draft_of(played, f"{lead}{more}")
        assert outside(str(message["Subject"]), OWN) == ""
        assert outside(words_of(message), OWN) == ""
        page = message.get_body(("html",))
        assert page is not None
        assert '<html lang="cy">' in page.get_content()
    assert brackets.asked <= set(written())
