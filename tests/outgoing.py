"""A fictional council's plan, for the tests of what goes out. Posts, not persons."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

import openpyxl
from msgspec import Struct, field

from xlplan.issued.as_ours import ours_of
from xlplan.issued.sheets import row_values
from xlplan.issued.template import template_workbook
from xlplan.merge.model import Issued, MasterRow
from xlplan.merge.reading import Frame
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.people import Lead
from xlplan.plan.settings import HouseStyle, IssueSettings
from xlplan.plan.timescales import canon_timescale
from xlplan.plan.values import Value
from xlplan.returned.as_issued import locked_text, template_columns
from xlplan.returned.furniture import Furniture, furniture
from xlplan.workbook.stamp import RowKey
from xlplan.workbook.write.sheet import Style, Workbook
from xlplan.workbook.write.writing import write_workbook

KEY = b"k" * 32
CREATED = "2026-11-02T09:00:00Z"

RATINGS = (
    Rating("B", "Blue", "Complete, with its evidence seen", "#2F75B5", order=1, closed=True),
    Rating("G", "Green", "On track to be complete by its date", "#00B050", order=2),
    Rating("A", "Amber", "Some slippage; a plan to recover is in place", "#FFC000", order=3),
    Rating("R", "Red", "Major slippage, or not started when it should have", "#C00000", "#FF0000",
           order=4, exception=True, aliases=("At risk",)),
)  # fmt: skip
FIELDS = (
    Field("ref", "Ref", role="key"),
    Field("section", "Theme", role="section"),
    Field("action", "Action", "narrative", role="action", required=True),
    Field("lead", "Lead officer(s)", "people", role="lead"),
    Field("outcome", "What difference this will make", "narrative", role="outcome"),
    Field("due", "Timescale", "timescale", role="due", owner="lead", required=True),
    Field("revised", "Revised date", "date", role="revised", owner="lead"),
    Field("percent", "% complete", "percent", role="percent", owner="lead"),
    Field("rating", "Rating", "rating", role="rating", owner="lead", required=True,
          guidance="Rate where the action stands today."),
    Field("stage", "Stage", "choice", owner="lead", choices=("Not started", "Under way", 'Do "X"')),
    Field("progress", "Progress", "narrative", role="progress", owner="lead", mode="append"),
    Field("evidence", "Evidence", "text", role="evidence", owner="lead"),
)  # fmt: skip
STYLES = (Style(), Style(bold=True), Style(number_format="0 %"), Style(fill="#DDEEFF", wrap=True))
TEXTS = (
    "=1+1", "http://x.y", "007", "<r><t>x</t></r>", "<r>_x0041_</r>", "<b>", "_x0041_", "_x000D_",
    " kept ", "a\nb", "😀", "&amp; <b>", "", "\x01", "\x1fa", "a\x07b", "\ufffe", "ends ",
    "\u2003wide", "a\rb", '"quoted"', "x" * 33_000,
)  # fmt: skip
VALUES = (None, 0, 1, -2.5, 1e-7, 1e15, float("inf"), True, date(1899, 5, 1), date(2026, 2, 28))
"""Looks, texts and values of cells, some of which a file might be taken to say more with."""
DIRECTOR = Lead("Director of Housing", ("DoH",), "Northmere Council", "housing@example.org")
OTHER = Lead("Head of Adult Learning", ("HAL",))


def plan(**changes: object) -> PlanDefinition:
    given: dict[str, object] = {
        "id": "northmere",
        "title": "Corporate improvement plan",
        "organisation": "Northmere Council",
        "marking": "OFFICIAL",
        "fields": FIELDS,
        "ratings": RATINGS,
        "leads": (DIRECTOR, OTHER),
        "issue": IssueSettings(
            contact="Plan coordinator, plan@example.org, extension 4410", layout="table"
        ),
        "style": HouseStyle(),
    }
    return PlanDefinition(**(given | changes))  # type: ignore[arg-type]  # keys are the fields


LONG = (
    "The tenancy team has moved to weekly case reviews, and every case older than twelve weeks has "
    "a named officer. Two posts remain vacant; interviews are in the second week of the month. "
)


def row(number: int, **changes: Value) -> MasterRow:
    values: dict[str, Value] = {
        "ref": f"3.{number}",
        "section": ("Homes that are safe", "Listening to tenants", "Repairs")[number % 3],
        "action": f"Bring {number * 12} homes up to the standard and publish what was found.",
        "lead": ("Director of Housing",) if number % 2 else ("Director of Housing", OTHER.name),
        "outcome": "Tenants know when work is done, and say that it was done well.",
        "due": canon_timescale("June 2027"),
        "revised": date(2027, 3, 31) if number % 2 else None,
        "percent": 0.25,
        "rating": "BGAR"[number % 4],
        "stage": "Under way",
        "progress": LONG * (1 + number % 3),
        "evidence": "Board paper 12",
    }
    values |= changes
    return MasterRow(
        f"u-{number:04x}", "action", str(values["ref"]), str(values["section"]), values
    )


def rows(count: int) -> list[MasterRow]:
    return [row(number) for number in range(1, count + 1)]


def issued(document: str = "template", uids: tuple[str, ...] = ()) -> Issued:
    return Issued(
        f"{document[0]}-0a1b2c3d4e5f", document, DIRECTOR.name, "2026-11", "2026-11-27", 7, uids,
        (), (), f"{document}.xlsx",
    )  # fmt: skip


PLAN = plan()


def template_of(count: int, number: int = 0) -> Workbook:
    """A template of `count` actions of one plan; `number` makes each one's text its own."""
    given = [row(1, evidence=f"Paper {number}"), *rows(count)[1:]]
    stamp = issued(uids=tuple(each.uid for each in given))
    return template_workbook(PLAN, DIRECTOR, stamp, given, KEY, CREATED)


def written_template(count: int, number: int = 0) -> bytes:
    """The same as a file."""
    return write_workbook(template_of(count, number))


def place(data: bytes, name: str) -> str:
    """``"Update!C5"``: the input of a sign-off, below the cell that names it."""
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Update"]
    for line in sheet.iter_rows():
        for cell in line:
            if cell.value == f"sign:{name}":
                return f"{cell.column_letter}{int(cell.row or 0) + 1}"
    raise LookupError(name)


class Known(Struct, frozen=True):
    """A plan that sent `rows` out, as reading a return knows it."""

    sent: Mapping[str, Issued]
    """By id; None of them is known where it is empty."""
    rows: Sequence[MasterRow] = ()
    definition: PlanDefinition = field(default_factory=plan)
    key: bytes = KEY
    refs: Mapping[str, str] | None = None
    """The uid of each ref; None: those of `rows`."""
    locked: str | None = None
    """The locked text of every row; None: what `rows` show."""

    def issued(self, name: str) -> Issued | None:
        return self.sent.get(name)

    def definition_of(self, issued: Issued) -> PlanDefinition:
        assert issued in self.sent.values()
        return self.definition

    def all_alike(self, issued: str, sha256: str) -> None:
        """As of every other file."""

    def alike(self, issued: str, frame: Frame) -> None:
        """Of no row it is known how it went out."""

    def recorded(self, found: RowKey) -> bool:  # noqa: ARG002  # asked as of a plan
        """Of no key it was recorded that it went out."""
        return False

    def furniture_of(self, issued: Issued) -> Furniture:
        book = template_workbook(self.definition, DIRECTOR, issued, (), self.key, CREATED)
        ours = ours_of(self.definition, issued, book)
        assert ours.brought is not None
        return furniture([(ours.texts, ours.brought.texts)])

    def locked_text(self, issued: str, uid: str) -> str | None:
        if issued not in self.sent or self.locked is not None:
            return self.locked if issued in self.sent else None
        columns = template_columns(self.definition)
        if uid.startswith("new-"):
            return locked_text(columns, {})
        row = next((row for row in self.rows if row.uid == uid), None)
        return locked_text(columns, row_values(row, columns)) if row is not None else None

    def has_old_key(self, name: str) -> bool:
        assert name
        return False

    def uid_of(self, ref: str, issued: str = "") -> str:
        assert issued in ("", *self.sent) or not self.sent
        refs = {row.ref: row.uid for row in self.rows} if self.refs is None else self.refs
        return refs.get(ref, "")

    def ref_of(self, uid: str, issued: str) -> str:
        assert issued in ("", *self.sent) or not self.sent
        return next((row.ref for row in self.rows if row.uid == uid), "")
