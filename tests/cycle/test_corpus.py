"""An inbox full of strange and hostile files beside three good returns: each file has an end of its
own, the good ones are merged, and nothing is written outside the plan."""

from __future__ import annotations

import email.message
import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import attacks, small
from xlplan.cli.main import run

OUTCOMES = {"merged", "unchanged", "duplicate", "refused"}
GOOD = {
    f"inbox/{small.LETTINGS}.xlsx": ("1.1", "progress", "Published on Monday"),
    f"inbox/{small.REPAIRS}.xlsx": ("1.2", "rating", "Green"),
    f"inbox/{small.LEARNING}.xlsx": ("2.1", "progress", "Two have been trained"),
}
"""By file, the one edit that is in it."""
TOO_LONG = "GATE-026"


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with a cycle issued, and a good return of each lead in its inbox."""
    folder = small.make(tmp_path_factory.mktemp("answered") / "plan")
    small.issue(folder)
    for file, (ref, field, value) in GOOD.items():
        lead = Path(file).stem
        small.give_back(folder, lead, {(ref, field): value})
    return folder


@pytest.fixture
def inbox(answered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The inbox of a copy of that plan, alone in a folder where everything else is watched."""
    for name in ("HOME", "TMPDIR", "TMP", "TEMP"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    (tmp_path / "outside.txt").write_text("left alone", "utf-8")
    monkeypatch.chdir(tmp_path / "HOME")
    return Path(shutil.copytree(answered, tmp_path / "plan")) / "inbox"


def outside(inbox: Path) -> dict[str, tuple[int, bytes]]:
    """Everything beside the plan: its kind, and what is in it."""
    plan = inbox.parent
    return {
        str(path): (stat.S_IFMT(path.lstat().st_mode), path.read_bytes() if path.is_file() else b"")
        for path in sorted(plan.parent.rglob("*"))
        if path != plan and plan not in path.parents
    }


def merged(inbox: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `merge --json` says of the whole inbox, which must leave the rest of the disk alone."""
    before = outside(inbox)
    capsys.readouterr()
    status = run(["-C", str(inbox.parent), "--today", small.TODAY, "merge", "--json"])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert status == 1  # done, and something needs a person
    assert outside(inbox) == before
    found: dict[str, Any] = json.loads(out)
    return found


def assert_good_ones_merged(found: Mapping[str, Any]) -> None:
    changes = {(c["file"], c["action"], c["field"], c["to"]) for c in found["changes"]}
    assert changes == {(file, *edit) for file, edit in GOOD.items()}
    outcomes = {each["file"]: each["outcome"] for each in found["returns"]}
    assert {file: outcomes[file] for file in GOOD} == dict.fromkeys(GOOD, "merged")


def codes_of(found: Mapping[str, Any]) -> dict[str, list[str]]:
    """The codes said of each file, by its name in the inbox."""
    codes: dict[str, list[str]] = {}
    for each in found["returns"]:
        said = codes.setdefault(each["file"].removeprefix("inbox/").split("/")[0], [])
        said += [problem["code"] for problem in each["problems"]]
    for problem in found["problems"]:
        name = problem["where"].removeprefix("inbox/").split("/")[0].split("!")[0]
        codes.setdefault(name, []).append(problem["code"])
    return codes


def test_every_file_of_a_wild_inbox_has_an_end_and_the_good_ones_are_merged(
    inbox: Path, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = shared / "corpus"
    if not corpus.is_dir():
        pytest.skip("no corpus in the shared folder")
    for path in sorted(corpus.iterdir()):
        shutil.copyfile(path, inbox / path.name)
    found = merged(inbox, capsys)
    assert_good_ones_merged(found)
    codes = codes_of(found)
    ended = {each["file"].removeprefix("inbox/").split("/")[0] for each in found["returns"]}
    assert ended | codes.keys() >= {path.name for path in inbox.iterdir()}
    for each in found["returns"]:
        assert each["outcome"] in OUTCOMES
        if each["outcome"] == "refused":
            assert any(problem["message"] for problem in each["problems"]), each["file"]
    assert TOO_LONG not in {code for said in codes.values() for code in said}


def message(*attached: email.message.EmailMessage | bytes) -> email.message.EmailMessage:
    """A message with these attached."""
    made = email.message.EmailMessage()
    made["From"], made["Date"] = "lead@example.org", "Mon, 9 Nov 2026 09:00:00 +0000"
    made["Subject"], made["MIME-Version"] = "The plan", "1.0"
    made.set_content("Here it is.")
    for number, each in enumerate(attached):
        if isinstance(each, bytes):
            made.add_attachment(each, "application", "octet-stream", filename=f"{number}.xlsx")
        else:
            made.add_attachment(each)
    return made


def nested_message(depth: int) -> bytes:
    """A message in a message, and so on, with a workbook in the innermost."""
    made = message(attacks.workbook())
    for _ in range(depth):
        made = message(made)
    return bytes(made)


def nested_archive(depth: int) -> bytes:
    data = attacks.package({"inner.xlsx": attacks.workbook()})
    for _ in range(depth):
        data = attacks.package({"inner.zip": data})
    return data


def long_text(megabytes: int, cells: int = 1) -> bytes:
    """A workbook with one text of this length behind so many cells, from a hundredth of it."""
    digits = (hashlib.sha256(number.to_bytes(2)).hexdigest() for number in range(400))
    block = "".join(digits)
    text = block * ((megabytes << 20) // len(block))
    row = "".join(f'<c r="{chr(65 + n)}1" t="s"><v>0</v></c>' for n in range(cells))
    return attacks.with_texts(f'<row r="1">{row}</row>', [text])


def styled_rows(count: int) -> bytes:
    """A workbook with so many empty rows of three formatted cells."""
    rows = (
        f'<row r="{n}"><c r="A{n}" s="1"/><c r="B{n}" s="1"/><c r="C{n}" s="1"/></row>'
        for n in range(1, count + 1)
    )
    return attacks.workbook("".join(rows))


ENTITIES = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
MANY = attacks.package({f"{number}.txt": str(number) for number in range(201)})


def crafted() -> dict[str, tuple[bytes, str]]:
    """Hostile files by name, and the code that each must end with."""
    return {
        "bomb.xlsx": (attacks.bomb(64), "GATE-008"),
        "bomb.zip": (attacks.package({"a.csv": b" " * (64 << 20)}), "GATE-008"),
        # At the edge of what a reader may hold: it is refused, for its size or for want of a stamp.
        "long text.xlsx": (long_text(200), "GATE-023 or RET-003"),
        "long text in many cells.xlsx": (long_text(20, cells=20), "GATE-008"),
        "long text that can be held.xlsx": (long_text(20), "RET-003"),
        "entities.xlsx": (attacks.with_part("xl/styles.xml", ENTITIES), "GATE-009"),
        "entities in strings.xlsx": (
            attacks.with_part("xl/sharedStrings.xml", ENTITIES.encode("utf-16")), "GATE-009",
        ),
        "far.xlsx": (attacks.cell_at("XFD1048576"), "GATE-011"),
        "far.ods": (
            attacks.ods('<table:table-row><table:table-cell table:number-columns-repeated="99999" '
                        'office:value-type="float" office:value="1"/></table:table-row>'),
            "GATE-011",
        ),
        "far.xls": (attacks.xls(attacks.xls_number(0, 65535)), "GATE-011"),
        "styled rows.xlsx": (styled_rows(1_000_000), "GATE-011"),
        "merged.xlsx": (
            attacks.workbook(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
            "GATE-012",
        ),
        "overlapping.xlsx": (attacks.overlapping(), "GATE-010"),
        "twice.xlsx": (
            attacks.package([*attacks.parts().items(), ("XL/Workbook.xml", "<a/>")]), "GATE-010",
        ),
        "outside.xlsx": (attacks.with_part("../outside.txt", "written"), "GATE-010"),
        "absolute.xlsx": (attacks.with_part("/var/written.txt", "written"), "GATE-010"),
        "outside.zip": (attacks.package({"../../outside.txt": b"written"}), "GATE-010"),
        "flipped.xlsx": (
            attacks.flipped(attacks.workbook(), "xl/worksheets/sheet1.xml"), "GATE-005",
        ),
        "understated.xlsx": (attacks.understated(), "GATE-005"),
        "half.xlsx": (attacks.workbook()[:-60], "GATE-004"),
        "in a zip in a zip.zip": (nested_archive(5), "GATE-020"),
        "many.zip": (MANY, "GATE-008"),
        "message in a message.eml": (nested_message(60), "GATE-019"),
        "many attachments.eml": (bytes(message(*[b"PK"] * 201)), "GATE-008"),
        # A record that ends before the number that it announces: the reader panics.
        "panic.xls": (attacks.xls(attacks.xls_record(0x204, b"\1")), "GATE-023"),
        "~$lock.xlsx": (b"lock", "GATE-027"),
    }  # fmt: skip


def test_every_attack_ends_with_its_own_code_and_the_good_ones_are_merged(
    inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = {}
    for name, (data, code) in crafted().items():
        (inbox / name).write_bytes(data)
        expected[name] = code
    expected |= links(inbox)
    found = merged(inbox, capsys)
    codes = codes_of(found)
    edge = codes.pop("long text.xlsx")
    assert [edge] in [[[code]] for code in expected.pop("long text.xlsx").split(" or ")]
    words = codes["message in a message.eml"][1:]
    assert set(words) == {"GATE-035"}  # what the outer ones say, and no more of them
    assert len(words) < 10
    codes["message in a message.eml"] = codes["message in a message.eml"][:1]
    assert {name: codes.get(name) for name in expected} == {
        name: [code] for name, code in expected.items()
    }
    assert_good_ones_merged(found)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is text")
def test_a_file_whose_name_is_no_text_is_read_and_named(
    inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (inbox / os.fsdecode(b"\xe9t\xe9.pdf")).write_bytes(b"%PDF-1.7")
    (inbox / os.fsdecode(b"~$\xe9.xlsx")).write_bytes(b"lock")
    found = merged(inbox, capsys)
    assert_good_ones_merged(found)
    refused = [each for each in found["returns"] if each["outcome"] == "refused"]
    assert [each["file"] for each in refused] == ["inbox/\\udce9t\\udce9.pdf"]
    assert "GATE-027" in [problem["code"] for problem in found["problems"]]


def links(inbox: Path) -> dict[str, str]:
    """What an inbox may hold that is no file, and its code."""
    if sys.platform == "win32":
        return {}
    (inbox / "link.xlsx").symlink_to(inbox.parent.parent / "outside.txt")
    (inbox / "loop.xlsx").symlink_to("loop.xlsx")
    os.mkfifo(inbox / "pipe.xlsx")
    return dict.fromkeys(("link.xlsx", "loop.xlsx", "pipe.xlsx"), "GATE-028")
