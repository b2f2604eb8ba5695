"""The stamp of a workbook that came back: whose it says it is, and whether that is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Protocol

from msgspec import Struct

from xlplan.codes.message import MASTER
from xlplan.codes.return_codes import RET_001, RET_002, RET_003, RET_004, RET_005, RET_006, RET_030
from xlplan.errors import Problem
from xlplan.late import regex
from xlplan.merge.bases import Alike
from xlplan.merge.model import Issued
from xlplan.merge.reading import Frame, Trust
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.text import fold
from xlplan.returned.furniture import Furniture
from xlplan.workbook.read.book import Book
from xlplan.workbook.stamp import (
    PROPERTY,
    Manifest,
    RowKey,
    check_row_key,
    is_manifest,
    parse_row_key,
    read_manifest,
)

_ISSUED_ID = regex(r"\b[a-z]-[0-9a-f]{6,64}\b")
_SUBJECT = "subject"


class Known(Protocol):
    """What the plan knows and a file cannot say; reading a return asks it and nothing else."""

    @property
    def key(self) -> bytes:
        """The secret key of the plan."""

    @property
    def definition(self) -> PlanDefinition:
        """The definition as it stands."""

    def issued(self, name: str) -> Issued | None:
        """The issued workbook of an id."""

    def definition_of(self, issued: Issued) -> PlanDefinition:
        """The definition under which a workbook went out."""

    def all_alike(self, issued: str, sha256: str) -> Alike | None:
        """What says it of a row of the very file that went out, by the digest of its bytes; None
        where a file is another."""

    def alike(self, issued: str, frame: Frame) -> Alike | None:
        """What says of a row of these columns whether it shows what went out in an issued workbook;
        None where that is not known."""

    def furniture_of(self, issued: Issued) -> Furniture:
        """What in a template is ours."""

    def recorded(self, found: RowKey) -> bool:
        """Whether it was recorded of a workbook as it went out that it has this key; where it was
        not, that says nothing."""

    def locked_text(self, issued: str, uid: str) -> str | None:
        """The text that the key of a row was signed with; None where that workbook has no such
        row."""

    def has_old_key(self, name: str) -> bool:
        """Whether an issued workbook went out before the plan got the secret key that it has now:
        who signed a file of it cannot be known any more."""

    def uid_of(self, ref: str, issued: str = "") -> str:
        """The action of a ref (as `xlplan.returned.tables.plain` gives it) in an issued workbook,
        else as the plan stands; or ``""``."""

    def ref_of(self, uid: str, issued: str) -> str:
        """The ref of a row as an issued workbook shows it, or ``""``."""


def is_signed(known: Known, found: RowKey) -> bool:
    """Whether this plan made this key for this row of that issued workbook."""
    if known.recorded(found):
        return True
    text = known.locked_text(found.issued, found.uid)
    return text is not None and check_row_key(known.key, found, text)


def may_be_ours(known: Known, found: RowKey) -> bool:
    """Whether a key that is not signed names a row of a workbook whose key the plan has lost."""
    return known.has_old_key(found.issued) and (
        known.locked_text(found.issued, found.uid) is not None
    )


class Identity(Struct, frozen=True):
    """Which issued workbook a file answers, how that is known, and what is wrong with its stamp."""

    issued: str = ""
    document: str = ""
    trust: Trust = "none"
    manifest: Mapping[str, object] | None = None
    problems: tuple[Problem, ...] = ()


class Claims(Struct, frozen=True):
    """What in a workbook claims to be a manifest.

    `manifest` is the first genuine one, else the first that can be read; `several` are the issued
    ids where genuine ones disagree; `changed` is whether one in a cell is not this plan's.
    """

    manifest: Manifest | None
    claimed: bool
    several: tuple[str, ...]
    changed: bool


def find_manifest(book: Book, key: bytes) -> Claims:
    """The manifest of a workbook, by its content: in a cell of any sheet, else in its properties.

    A property that is not genuine is not called changed: programs cut long properties.
    """
    readable: list[Manifest] = []
    claimed = changed = False
    for text, in_cell in _claims(book):
        claimed = True
        found = read_manifest(key, text)
        changed |= in_cell and not (found and found.genuine)
        if found:
            readable.append(found)
    genuine = [found for found in readable if found.genuine]
    named = tuple(dict.fromkeys(str(found.payload.get("issued", "")) for found in genuine))
    first = next(iter(genuine or readable), None)
    return Claims(first, claimed, named if len(named) > 1 else (), changed)


def _claims(book: Book) -> Iterator[tuple[str, bool]]:
    """Every text that claims to be a manifest, and whether it stands in a cell."""
    for sheet in book.sheets:
        for value in filter(is_manifest, sheet.texts_with(PROPERTY)):
            yield value, True
    if is_manifest(book.properties.get(PROPERTY)):
        yield book.properties[PROPERTY], False


def row_keys(book: Book) -> Iterator[RowKey]:
    """The row keys in a workbook, whoever made them, as often as each stands there."""
    for sheet in book.sheets:
        if sheet.row_keys:
            for row in sheet.rows:
                yield from filter(None, map(parse_row_key, row))


def identify(book: Book, known: Known) -> Identity:
    """Who a workbook is, by the first that verifies: manifest, row keys, visible reference."""
    claims = find_manifest(book, known.key)
    manifest, several = claims.manifest, claims.several
    if manifest is not None and manifest.genuine and not several:
        return _by_manifest(book, manifest, known, claims.changed)
    if manifest is not None and _is_of_another(manifest, known):
        return _other_plan(book, manifest)
    keys = list(row_keys(book))
    counts = Counter(found.issued for found in keys if is_signed(known, found))
    if counts:
        name = min(counts, key=lambda name: (-counts[name], name))
        return _by_rows(book, name, known, claims)
    old = Counter(found.issued for found in keys if may_be_ours(known, found))
    if old:
        return _by_old_key(book, min(old, key=lambda name: (-old[name], name)), known)
    if claims.claimed or keys:
        return Identity(trust="forged", problems=(RET_002.problem(book.name),))
    return _by_reference(book, known)


def _is_of_another(manifest: Manifest, known: Known) -> bool:
    return manifest.payload.get("plan", known.definition.id) != known.definition.id


def _by_manifest(book: Book, manifest: Manifest, known: Known, changed: bool) -> Identity:
    if _is_of_another(manifest, known):
        return _other_plan(book, manifest)
    payload = manifest.payload
    name = str(payload.get("issued", ""))
    issued = known.issued(name)
    document = issued.document if issued else str(payload.get("document", ""))
    problems: tuple[Problem, ...] = ()
    if issued is None:
        problems = (RET_004.problem(book.name, template=name),)
    elif changed:
        problems = (RET_006.problem(book.name, "copy", template=name),)
    return Identity(name, document, "signed", payload, problems)


def _by_rows(book: Book, name: str, known: Known, claims: Claims) -> Identity:
    issued = known.issued(name)
    if claims.several:
        problem = RET_006.problem(book.name, "several", templates=claims.several, template=name)
    elif claims.claimed:
        problem = RET_006.problem(book.name, "damaged", template=name)
    else:
        problem = RET_006.problem(book.name, "missing", template=name)
    return Identity(name, issued.document if issued else "", "rows", None, (problem,))


def _by_old_key(book: Book, name: str, known: Known) -> Identity:
    """A file of a workbook that went out before the plan got its present key; of the coordinator's
    own only `master.xlsx` is read, as its rows can be asked about."""
    issued = known.issued(name)
    document = issued.document if issued else ""
    if document in ("template", "master"):
        problem = RET_030.problem(book.name, template=name)
    else:
        problem = RET_030.problem(book.name, "own", name=issued.file if issued else "")
    return Identity(name, document, "old-key", None, (problem,))


def _by_reference(book: Book, known: Known) -> Identity:
    for name in _references(book):
        if issued := known.issued(name):
            problem = RET_005.problem(book.name, template=name)
            return Identity(name, issued.document, "reference", None, (problem,))
    return Identity(problems=(_somebody_elses(book),))


KINDS: Mapping[str, str] = {
    "xlsx": "Excel workbook",
    "xlsm": "Excel workbook with macros",
    "xlsb": "binary Excel workbook",
    "xls": "Excel workbook of an old kind",
    "ods": "OpenDocument spreadsheet",
    "fods": "OpenDocument spreadsheet",
    "csv": "text file",
}
"""What kinds of file are called."""
_NAMING = frozenset({"title", "section", "form", "report", "return", "template"})
"""What stands before the name of one of several forms that look alike."""
_TITLE_ROWS, _LONGEST_TITLE = 12, 90


def _somebody_elses(book: Book) -> Problem:
    """That a workbook is none of this plan, and which one it is."""
    kind = KINDS.get(book.kind, "workbook")
    sheets = [sheet.name for sheet in book.sheets if sheet.visible]
    sheets = sheets or [sheet.name for sheet in book.sheets]
    if title := title_of(book):
        return RET_003.problem(book.name, "titled", kind=kind, title=title, sheets=sheets)
    return RET_003.problem(book.name, kind=kind, sheets=sheets)


def title_of(book: Book) -> str:
    """What a workbook calls itself: in its properties, else at the top of its first sheet that
    anybody sees, where the first of a few words is its title; or blank."""
    if title := " ".join(book.properties.get("title", "").split()):
        return title[:_LONGEST_TITLE]
    shown = next((sheet for sheet in book.sheets if sheet.visible), None)
    rows = shown.rows[:_TITLE_ROWS] if shown is not None else ()
    lines = [[" ".join(v.split()) for v in row if isinstance(v, str) and v.strip()] for row in rows]
    texts = [text for line in lines for text in line if len(text) <= _LONGEST_TITLE]
    several = (text for text in texts if " " in text and not text.endswith(":"))
    title = next(several, texts[0] if texts else "")
    named = (line[1] for line in lines if len(line) > 1 and fold(line[0].rstrip(":")) in _NAMING)
    part = next((text for text in named if text in texts and text != title), "")
    return f"{title}: {part}" if part else title


def _references(book: Book) -> Iterator[str]:
    """Texts that look like the id of an issued workbook: the subject, then short cells."""
    yield from _ISSUED_ID.findall(book.properties.get(_SUBJECT, ""))
    for sheet in book.sheets:
        for value in sheet.texts:
            if "-" in value and len(value) < 80:
                yield from _ISSUED_ID.findall(value)


def _other_plan(book: Book, manifest: Manifest) -> Identity:
    other = str(manifest.payload.get("plan", ""))[:80]
    document = manifest.payload.get("document", "")
    if document == "master":
        problem = RET_001.problem(book.name, "master", plan=other, file=MASTER)
    elif document == "decisions":
        problem = RET_001.problem(book.name, "decisions", plan=other)
    elif document == "set-up":
        problem = RET_001.problem(book.name, "set-up", plan=other)
    elif document == "post":
        problem = RET_001.problem(book.name, "post", plan=other)
    else:
        problem = RET_001.problem(book.name, "template", plan=other)
    trust: Trust = "signed" if manifest.genuine else "forged"
    return Identity("", "", trust, manifest.payload, (problem,))
