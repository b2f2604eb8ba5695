"""Archives and messages: every workbook in them arrives, and no more than that."""

from __future__ import annotations

import email.message
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests import attacks
from tests.small import CYCLE, LETTINGS, REPAIRS, TODAY, fill, issue, make
from tests.wrapped import PDF, PHOTO, SHEET, codes, message, names, opened
from xlplan.cycle.folder import sha256
from xlplan.cycle.plan import Plan, open_plan
from xlplan.workbook.read.gate import Bounds


def test_an_archive_gives_what_is_in_it_and_no_clutter() -> None:
    files = {"a.xlsx": SHEET, "folder/b.csv": b"ref,rating\n", "__MACOSX/._a.xlsx": b"x",
             "folder/~$b.xlsx": b"x", "Thumbs.db": b"x", "folder/": b""}  # fmt: skip
    book = opened(attacks.package(files))
    assert (book.kind, names(book), codes(book)) == ("zip", ["a.xlsx", "folder/b.csv"], [])
    assert book.enclosed[0].data == SHEET


@pytest.mark.parametrize("outer", ["Update/", "Returns/Update/"])
def test_a_workbook_that_was_unpacked_into_a_folder_of_an_archive_arrives_whole(outer: str) -> None:
    with zipfile.ZipFile(io.BytesIO(SHEET)) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    files = {outer + name: data for name, data in parts.items()}
    around = {"__MACOSX/Update/._[Content_Types].xml": b"x", "other.xlsx": SHEET}
    book = opened(attacks.package(files | around))
    assert (names(book), codes(book)) == ([outer.rstrip("/"), "other.xlsx"], [])
    with zipfile.ZipFile(io.BytesIO(book.enclosed[0].data)) as again:
        assert {name: again.read(name) for name in again.namelist()} == parts
    assert opened(attacks.package(files | around)).enclosed == book.enclosed
    size = sum(map(len, parts.values()))
    assert codes(opened(attacks.package(files), Bounds(enclosed_bytes=size - 1))) == [
        ("GATE-008", "error")
    ]


@pytest.mark.parametrize("beside", [PDF, PHOTO, b"{\\rtf1 hello}", b"\0\1\2" * 99, b"plain words"])
def test_what_is_no_workbook_is_noted_where_one_is_beside_it(beside: bytes) -> None:
    book = opened(attacks.package({"a.xlsx": SHEET, "evidence": beside}))
    assert (names(book), codes(book)) == (["a.xlsx"], [("GATE-034", "note")])
    assert '"evidence"' in book.problems[0].message


@pytest.mark.parametrize("beside", [PDF, PHOTO, b"{\\rtf1 hello}", b"\0\1\2" * 99,
                                    attacks.package({"word/document.xml": b"<a/>"})])  # fmt: skip
def test_what_is_called_a_workbook_and_is_none_arrives_beside_one(beside: bytes) -> None:
    files = {"a.xlsx": SHEET, "B.XLSX": beside, "logo.png": PHOTO}
    book = opened(attacks.package(files))
    assert (names(book), codes(book)) == (["a.xlsx", "B.XLSX"], [("GATE-034", "note")])
    assert '"logo.png"' in book.problems[0].message
    assert names(opened(bytes(message(files)))) == ["a.xlsx", "B.XLSX"]


def test_alone_it_arrives_so_that_it_is_refused_for_what_it_is() -> None:
    assert names(opened(attacks.package({"scan.pdf": PDF, "photo.jpg": PHOTO}))) == [
        "scan.pdf",
        "photo.jpg",
    ]


def test_a_message_gives_its_attachments_and_its_words() -> None:
    files = {"R. Okafor.xlsx": SHEET, "naïve – plan.xlsx": SHEET, "minutes.pdf": PDF}
    book = opened(bytes(message(files, "Red for 1.2:\nsee the note.\n> earlier", PHOTO)))
    assert (book.kind, names(book)) == ("eml", ["R. Okafor.xlsx", "naïve – plan.xlsx"])
    assert [file.data for file in book.enclosed] == [SHEET, SHEET]
    assert codes(book) == [("GATE-035", "note"), ("GATE-034", "note")]
    assert book.problems[0].message.endswith("Red for 1.2: see the note.")
    assert '"minutes.pdf"' in book.problems[1].message


def said(data: bytes) -> list[str]:
    return [p.message for p in opened(data).problems if p.code == "GATE-035"]


def test_a_message_written_as_a_page_alone_is_told_without_its_markup() -> None:
    page = (
        "<html><head><title>x</title><style>p {color: red}</style></head><body><p>2.1 has "
        "<b>slip</b>ped&nbsp;to May</p><p>R&amp;D<br>agreed</p><script>x()</script></body></html>"
    )
    mail = message({"a.xlsx": SHEET})
    mail.get_payload()[0].set_content(page, subtype="html")  # type: ignore[union-attr,index]
    assert said(bytes(mail)) == ["The message says: 2.1 has slipped to May R&D agreed"]


def test_of_a_message_in_both_forms_the_plain_one_is_told() -> None:
    mail = email.message.EmailMessage()
    mail["From"], mail["Date"], mail["MIME-Version"] = "a@example.org", "today", "1.0"
    mail.set_content("Plain words")
    mail.add_alternative("<p>Page words</p>", subtype="html")
    mail.add_attachment(SHEET, "application", "octet-stream", filename="a.xlsx")
    assert said(bytes(mail)) == ["The message says: Plain words"]


def test_words_after_an_attachment_are_told_too() -> None:
    mail = message({"a.xlsx": SHEET}, "Before it.")
    mail.add_attachment("And after it.", disposition="inline")
    assert said(bytes(mail)) == ["The message says: Before it. And after it."]


def test_a_forwarded_message_says_what_its_own_writer_said() -> None:
    outer = message({}, "Please see below.")
    outer.add_attachment(message({"inner.xlsx": SHEET}, "2.1 has slipped, sorry."))
    assert said(bytes(outer)) == [
        "The message says: Please see below.",
        "A message forwarded in it says: 2.1 has slipped, sorry.",
    ]


def test_of_a_long_message_it_is_said_how_much_more_there_is_and_where() -> None:
    mail = bytes(message({"a.xlsx": SHEET}, "word " * 900 + "END"))
    [text] = said(mail)
    assert text.endswith("word word … (2,503 more characters; the whole is in w)")
    large = attacks.outlook({"a.xlsx": SHEET + bytes(5000)}, "x" * 15_000)
    assert said(large) == [
        f"The message says: {'x' * 2_000}… (13,000 more characters; the whole is in w)"
    ]


def test_an_outlook_message_tells_its_page_and_the_message_within_it() -> None:
    within = ("__attach_version1.0_#00000007", "__substg1.0_3701000D")
    data = attacks.compound(
        {
            ("__properties_version1.0",): bytes(32),
            ("__substg1.0_10130102",): "<p>Seen by <i>us</i>, naïve</p>".encode().ljust(4096),
            (*within, "__substg1.0_1000001F"): "Slipped.".encode("utf-16-le"),
            ("__attach_version1.0_#00000001", "__substg1.0_3707001F"): "a.xlsx".encode("utf-16-le"),
            ("__attach_version1.0_#00000001", "__substg1.0_37010102"): SHEET + bytes(5000),
        }
    )
    assert said(data) == [
        "The message says: Seen by us, naïve",
        "A message forwarded in it says: Slipped.",
    ]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "pair", [("a.xlsx", "A.xlsx"), ("Straße.xlsx", "STRASSE.xlsx"), ("a.xlsx", "a.xlsx")]
)
def test_two_files_of_an_archive_that_are_called_alike_are_two(pair: tuple[str, str]) -> None:
    files = [(pair[0], SHEET), (pair[1], attacks.workbook(""))]
    book = opened(attacks.package(files))
    assert codes(book) == []
    assert [(each.name, each.data) for each in book.enclosed] == files


def test_an_attachment_named_by_encoded_words_gets_its_name() -> None:
    data = bytes(message({"plan.xlsx": SHEET})).replace(
        b'filename="plan.xlsx"', b'filename="=?utf-8?B?cGzDpG4ueGxzeA==?="'
    )
    assert names(opened(data)) == ["plän.xlsx"]


def test_a_message_within_a_message_is_opened_too() -> None:
    outer = message({}, "Forwarded.")
    outer.add_attachment(message({"inner.xlsx": SHEET}))
    assert names(opened(bytes(outer))) == ["inner.xlsx"]


@pytest.mark.parametrize("inline", [b"", PHOTO])
def test_a_message_without_a_workbook_is_refused(inline: bytes) -> None:
    book = opened(bytes(message({}, inline=inline)))
    assert (names(book), codes(book)) == ([], [("GATE-019", "error"), ("GATE-035", "note")])
    assert "no workbook attached" in book.problems[0].message
    assert "Here it is." in book.problems[1].message


@pytest.mark.parametrize("within", [(), ("__attach_version1.0_#00000007", "__substg1.0_3701000D")])
def test_an_outlook_message_gives_its_attachments(within: tuple[str, ...]) -> None:
    large = SHEET + bytes(5000)
    book = opened(attacks.outlook({"Ré.xlsx": large, "m.pdf": PDF}, "As asked.", within))
    assert (book.kind, names(book)) == ("msg", ["Ré.xlsx"])
    assert book.enclosed[0].data == large
    assert [problem.code for problem in book.problems] == ["GATE-035", "GATE-034"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (attacks.package({}), "GATE-020"),
        (attacks.package({"~$a.xlsx": b"x"}), "GATE-020"),
        (b"Rar!\x1a\x07\x00", "GATE-020"),
        (attacks.package({"../a.xlsx": SHEET}), "GATE-010"),
        (attacks.package({f"{n}.csv": b"x" for n in range(201)}), "GATE-008"),
        (attacks.package({"a.csv": b" " * (129 << 20)}), "GATE-008"),
        (attacks.ole("Root Entry", "__substg1.0_37010102"), "GATE-019"),
        (b"From: a\nMIME-Version: 1.0\n\n" + b"Content-Type: multipart/mixed;boundary=b\n" * 99,
         "GATE-019"),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_is_refused(data: bytes, expected: str) -> None:
    book = opened(data)
    refused = [each for each in codes(book) if each != ("GATE-035", "note")]  # what a message says
    assert (names(book), refused) == ([], [(expected, "error")])


def test_all_files_of_a_wrapper_together_are_bounded() -> None:
    data = attacks.package({f"{n}.csv": b"a,b\n" * 9 for n in range(5)})
    assert len(opened(data).enclosed) == 5
    assert codes(opened(data, Bounds(enclosed=4))) == [("GATE-008", "error")]
    assert codes(opened(data, Bounds(enclosed_bytes=100))) == [("GATE-008", "error")]
    mail = bytes(message({f"{n}.csv": b"a,b\n" * 9 for n in range(5)}))
    assert codes(opened(mail, Bounds(enclosed_bytes=100))) == [("GATE-008", "error")]


def test_messages_nested_without_end_are_refused_or_bare() -> None:
    part = b"Content-Type: message/rfc822\n\n"
    book = opened(b"From: a\nMIME-Version: 1.0\n" + part * 20_000)
    assert names(book) == []
    assert [level for _, level in codes(book)] == ["error"]


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Plan]:
    folder = make(tmp_path / "plan")
    issue(folder)
    with open_plan(folder, today=date.fromisoformat(TODAY)) as found:
        yield found


def returned(plan: Plan, lead: str, text: str) -> bytes:
    template = plan.folder / "outbox" / CYCLE / f"{lead}.xlsx"
    return fill(plan.folder, template, {("1.3", "progress"): text})


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("a/Lettings.xlsx", "b/Lettings.xlsx", "Lettings (2).xlsx"),
        ("Lettings.xlsx", "LETTINGS.XLSX", "LETTINGS (2).XLSX"),
    ],
)
def test_every_return_in_a_bundle_is_merged_and_its_own_original_kept(
    plan: Plan, first: str, second: str, told: str
) -> None:
    one, other = returned(plan, LETTINGS, "Nine days"), returned(plan, REPAIRS, "Nine days")
    (plan.folder / "inbox" / "bundle.zip").write_bytes(
        attacks.package({first: one, second: other, "photo": PHOTO})
    )
    result = plan.merge()
    assert [(r.file, r.outcome, r.lead) for r in result.returns] == [
        ("inbox/bundle.zip/Lettings.xlsx", "merged", LETTINGS),
        (f"inbox/bundle.zip/{told}", "merged", REPAIRS),
    ]
    assert all('"photo"' in r.information[-1] for r in result.returns)
    assert {str(change.place.file) for change in result.changes} <= {r.file for r in result.returns}
    assert {sha256(one), sha256(other)} <= set(plan.desk.folder.originals.digests())
    assert [p for p in plan.verify() if p.level != "note"] == []


def test_a_false_workbook_in_a_bundle_is_refused_beside_a_good_one(plan: Plan) -> None:
    data = returned(plan, LETTINGS, "Nine days")
    (plan.folder / "inbox" / "b.zip").write_bytes(attacks.package({"a.xlsx": data, "b.xlsx": PDF}))
    result = plan.merge()
    assert [(r.file, r.outcome, [p.code for p in r.problems]) for r in result.returns] == [
        ("inbox/b.zip/a.xlsx", "merged", []),
        ("inbox/b.zip/b.xlsx", "refused", ["GATE-013"]),
    ]
    assert result.needs_a_person


def test_a_bundle_merged_again_changes_nothing(plan: Plan) -> None:
    data = returned(plan, LETTINGS, "Nine days")
    (plan.folder / "inbox" / "mail.eml").write_bytes(bytes(message({"x.xlsx": data})))
    (plan.folder / "inbox" / "x.xlsx").write_bytes(data)
    first = plan.merge()
    assert [(r.file, r.outcome) for r in first.returns] == [("inbox/x.xlsx", "merged")]
    assert "MRG-005" in [problem.code for problem in first.problems]
    again = plan.merge()
    assert [r.outcome for r in again.returns] == ["duplicate", "duplicate"]
    assert again.changes == ()


def test_an_archive_in_a_message_is_opened_and_one_deeper_is_refused(plan: Plan) -> None:
    data = returned(plan, LETTINGS, "Nine days")
    deep = attacks.package({"z.zip": attacks.package({"y.zip": attacks.package({"y.xlsx": data})})})
    mail = message({"bundle.zip": attacks.package({"x.xlsx": data})})
    (plan.folder / "inbox" / "a.eml").write_bytes(bytes(mail))
    (plan.folder / "inbox" / "b.zip").write_bytes(deep)
    result = plan.merge()
    assert [(r.file, r.outcome) for r in result.returns] == [
        ("inbox/a.eml/bundle.zip/x.xlsx", "merged"),
        ("inbox/b.zip/z.zip/y.zip", "refused"),
    ]
    assert "The message says: Here it is." in result.returns[0].information
    assert [p.code for p in result.returns[1].problems] == ["GATE-020"]


def test_a_dry_run_opens_bundles_and_keeps_nothing(plan: Plan) -> None:
    (plan.folder / "inbox" / "b.zip").write_bytes(
        attacks.package({"x.xlsx": returned(plan, LETTINGS, "Nine days")})
    )
    before = plan.desk.folder.originals.digests()
    result = plan.merge(dry_run=True)
    assert [(r.file, r.outcome) for r in result.returns] == [("inbox/b.zip/x.xlsx", "merged")]
    assert plan.desk.folder.originals.digests() == before


def test_names_in_a_bundle_are_made_safe(plan: Plan) -> None:
    wild = "CON\u202exslx." + "x" * 300 + "\\a:b.pdf"
    data = attacks.package({wild: PDF, "con.pdf": PDF + b"1", "e/a-b.pdf": PDF + b"2"})
    (plan.folder / "inbox" / "b.zip").write_bytes(data)
    files = [report.file for report in plan.merge().returns]
    assert files == ["inbox/b.zip/a-b.pdf", "inbox/b.zip/_con.pdf", "inbox/b.zip/a-b (2).pdf"]


def test_bundles_in_bundles_share_one_bound(plan: Plan) -> None:
    with zipfile.ZipFile(plan.folder / "inbox" / "b.zip", "w") as archive:
        for n in range(3):
            archive.writestr(f"{n}.zip", attacks.package({f"{n}-{m}.pdf": PDF + bytes([n, m])
                                                          for m in range(90)}))  # fmt: skip
    result = plan.merge()
    refused = [r.file for r in result.returns if [p.code for p in r.problems] == ["GATE-008"]]
    assert refused == ["inbox/b.zip/2.zip"]
    assert len(result.returns) == 181
