"""The command line: what each command says and ends with, whatever it is given and asked for."""

from __future__ import annotations

import codecs
import csv
import errno
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from tests import small
from tests.conftest import ROOT
from xlplan import backup
from xlplan.cli.main import run
from xlplan.cli.record_commands import commands
from xlplan.cli.say_plain import say_csv
from xlplan.plan.definition import STATUS

EXAMPLE = "coded-key-actions"
"""The smallest: ten actions, eight leads; every command is run on it, some often."""
CYCLE, NEXT, TODAY = "2026-06", "2026-07", "2026-06-30"
WITH_JSON = sorted(
    name
    for name, command in commands.commands.items()
    if any("--json" in option.opts for option in command.params)
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan that `xlplan demo` leaves."""
    folder = tmp_path_factory.mktemp("cli") / "demo"
    assert run(["demo", str(folder), "--example", EXAMPLE]) == 0
    return folder


@pytest.fixture
def plan(demo: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(demo, tmp_path / "plan"))


def said(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str, str]:
    """The exit status of a command, its stdout and its stderr."""
    capsys.readouterr()
    status = run([str(arg) for arg in args])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return status, out, err


def command(*args: object, folder: Path | None = None, **env: str) -> subprocess.Popen[bytes]:
    """A command in a process of its own, as a shell starts it; stdout is to be given."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from xlplan.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *(["-C", str(folder)] if folder else []), *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **env},
    )


def a_return(folder: Path) -> str:
    """The id of a return that was merged."""
    with small.opened(folder) as plan:
        return next(change.return_id for change in plan.log() if change.return_id)


def happy(name: str, plan: Path, tmp_path: Path) -> list[str]:
    """The words of a command that can be done on a copy of the demo's plan."""
    source = ROOT / "examples" / EXAMPLE / "plan.xlsx"
    words = {
        "new": ["new", str(tmp_path / "other"), "--from", str(source)],
        "issue": ["issue", "--cycle", NEXT, "--lead", "Systems Manager"],
        "undo": ["undo", a_return(plan), "--cascade", "--why", "sent by mistake"],
        "publish": ["publish", "--out", str(tmp_path / "board.xlsx")],
        "merge": ["merge", "--dry-run"],
        "demo": ["demo", str(tmp_path / "demo"), "--example", EXAMPLE],
        "explain": ["explain", "VAL-003"],
        "archive": ["archive", str(tmp_path / "away")],
        "backup": ["backup", str(tmp_path / "plan.zip")],
        "restore": ["restore", str(tmp_path / "kept.zip"), str(tmp_path / "restored")],
    }
    if name == "rekey" and plan.name == "plan":  # a copy, which loses its key
        (plan / "secret.key").unlink(missing_ok=True)
    if name == "restore" and not (tmp_path / "kept.zip").exists():
        backup(plan, tmp_path / "kept.zip", with_key=True)
    return ["-C", str(plan), "--today", TODAY, *words.get(name, [name])]


SAYS = {
    "archive": "Nothing was moved.",
    "backup": "without the secret key.",
    "check": "5 problems.",
    "demo": "Open these three:",
    "draft": "Open and send each, and tick it in",
    "remind": "Open and send each, and tick it in",
    "explain": "What to do: Enter a date such as 28 February 2026.",
    "issue": f"Issued 1 template for {NEXT}.",
    "log": "12 changes.",
    "merge": "Dry run, nothing was recorded: 0 changes, 0 questions open",
    "new": "Every source row is accounted for:",
    "publish": f"for {CYCLE}.",
    "rekey": "The plan has a new secret key.",
    "restore": "with the secret key.",
    "show": "10 actions.",
    "status": f"Cycle {CYCLE}, due back by 2026-06-12: 5 of 8 returned, 0 questions open.",
    "undo": "Reversed inbox/",
    "verify": "The record is whole:",
}


OPEN_NO_PLAN = {"backup", "demo", "explain", "new", "restore"}
LEFT = "{}/.some.xlsx.abc123_9.xlplan.tmp"


@pytest.mark.parametrize(
    "name", [*sorted({*SAYS} - {"backup", "demo", "explain", "new", "restore"}), ""]
)
def test_what_a_crash_left_is_swept_by_the_next_command_whichever_it_is(
    name: str, plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = [plan / LEFT.format(p) for p in (".", "board", "returns", f"outbox/{CYCLE}")]
    words = [word for word in happy(name, plan, tmp_path) if word]
    for path in left:
        path.write_bytes(b"half")
    (plan / "ledger.db.holder").write_text("asha on desk-12 (process 4711)", "utf-8")
    (plan / "inbox" / ".notes.xlplan.tmp").write_bytes(b"of somebody else")
    assert said(capsys, *words)[0] in (0, 1)
    assert [path for path in (*left, plan / "ledger.db.holder") if path.exists()] == []
    assert (plan / "inbox" / ".notes.xlplan.tmp").exists()


def test_what_somebody_is_writing_just_now_is_not_swept(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = plan / LEFT.format("board")
    path.write_bytes(b"half")
    with small.opened(plan) as other:
        path.write_bytes(b"half")
        with other.desk.ledger.held():
            assert said(capsys, "-C", plan, "status")[0] == 0
            assert path.exists()
    assert said(capsys, "-C", plan, "status")[0] == 0
    assert not path.exists()


# Alone


def test_alone_outside_a_plan_it_shows_its_help(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = said(capsys, "-C", tmp_path)
    assert (status, err) == (0, "")
    assert out.startswith("Usage: xlplan")
    for name in commands.commands:
        assert f"\n  {name} " in out


def test_alone_inside_a_plan_it_says_where_the_cycle_stands_and_what_is_next(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = said(capsys, "-C", demo)
    assert (status, err) == (0, "")
    assert f"Cycle {CYCLE}, due back by 2026-06-12: 5 of 8 returned." in out
    assert out.splitlines()[-1].startswith("Next: put what comes back into inbox")


def test_alone_in_a_new_plan_and_with_edits_and_with_questions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    where = ["-C", str(folder), "--today", small.TODAY]
    assert "No cycle has been issued yet." in said(capsys, *where)[1]
    small.issue(folder)
    small.edit_master(folder, {("2.1", "progress"): "Two of three"})
    assert "Next: xlplan merge" in said(capsys, *where)[1]
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Purple"})
    assert run([*where, "merge"]) == 1
    assert "Next: answer in decisions.xlsx" in said(capsys, *where)[1]


# Every command


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_what_a_command_says_when_it_is_done(
    name: str, plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = said(capsys, *happy(name, plan, tmp_path))
    assert status in (0, 1)
    assert SAYS[name] in out


@pytest.mark.parametrize("name", WITH_JSON)
def test_json_is_one_document_when_it_is_done(
    name: str, plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = said(capsys, *happy(name, plan, tmp_path), "--json")
    assert status in (0, 1)
    assert isinstance(json.loads(out), dict | list)


@pytest.mark.parametrize("name", [n for n in WITH_JSON if n not in ("new", "explain", "restore")])
def test_json_is_one_document_where_there_is_no_plan(
    name: str, demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = happy(name, demo, tmp_path)
    words[1] = str(tmp_path)
    status, out, err = said(capsys, *words, "--json")
    assert status == 2
    assert [each["code"] for each in json.loads(out)["problems"]] == ["PLAN-001"]
    assert err.rstrip().endswith("[PLAN-001]")


@pytest.mark.parametrize("name", WITH_JSON)
def test_json_is_one_document_where_the_words_are_wrong(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = said(capsys, "-C", tmp_path, name, "--no-such-option", "--json")
    assert status == 2
    [problem] = json.loads(out)["problems"]
    assert problem["code"] == "CLI-001"
    assert problem["where"] == f"xlplan {name}"
    assert "--no-such-option" in problem["message"]
    assert f"xlplan {name} --help" in err


def test_what_may_not_be_read_is_said_in_words_of_ours() -> None:
    """The library of the command line would answer without a code, and without what to do."""
    every = [commands, *commands.commands.values()]
    paths = [p.type for each in every for p in each.params if isinstance(p.type, click.Path)]
    assert len(paths) > 10
    assert [path for path in paths if path.readable or path.exists] == []


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_help_says_what_each_option_is_for(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, name, "-h")
    assert (status, err) == (0, "")
    assert out.startswith(f"Usage: xlplan {name}")
    found = commands.commands[name]
    for option in (each for each in found.params if isinstance(each, click.Option)):
        assert (option.help or "").endswith("."), option.name
        assert max(option.opts, key=len) in out


# Messages explained


def test_a_message_is_explained_outside_a_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = said(capsys, "-C", tmp_path, "explain", "[val-003]")
    assert (status, err) == (0, "")
    assert out.splitlines()[:3] == [
        "VAL-003 (error)",
        "The value is not a date.",
        "What to do: Enter a date such as 28 February 2026.",
    ]
    assert '"‹value›" is not a date.' in out


def test_an_unknown_code_is_refused_with_the_one_that_is_near(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = said(capsys, "-C", tmp_path, "explain", "VLA-003", "--json")
    assert status == 2
    [problem] = json.loads(out)["problems"]
    assert problem["code"] == "CLI-002"
    assert 'Did you mean "VAL-003"?' in problem["message"]
    assert err.rstrip().endswith("[CLI-002]")


# Wrong words, and endings from outside


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["issue"],
        ["undo"],
        ["--today", "31/02/2026", "status"],
        ["issue", "--cycle", NEXT, "--return-by", "soon"],
        ["show", "--as-of"],
    ],
    ids=" ".join,
)
def test_wrong_words_end_with_2_and_say_which(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = said(capsys, "-C", tmp_path, *words)
    assert (status, out) == (2, "")
    assert "Error: " in err


def test_an_interrupted_command_ends_with_130(
    demo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("xlplan.cycle.plan.open_plan", interrupted)
    status, out, err = said(capsys, "-C", demo, "status")
    assert (status, out) == (130, "")
    assert "nothing half-done was recorded" in err


def test_a_reader_who_has_had_enough_is_no_fault(demo: Path) -> None:
    with command("log", folder=demo) as going:
        assert going.stdout is not None
        assert going.stderr is not None
        going.stdout.close()  # before a word is said: it has to start first
        err = going.stderr.read()
    assert (going.returncode, err) == (0, b"")


class Full(io.StringIO):
    """A stream on a disk that is full."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def events(folder: Path) -> int:
    """How many events a ledger holds; none where there is no plan."""
    if not (folder / "ledger.db").exists():
        return 0
    with small.opened(folder) as plan:
        return plan.desk.ledger.tip()[0]


RECORDS = {
    "demo": "demo", "draft": "plan", "issue": "plan", "new": "other", "publish": "plan",
    "rekey": "plan", "remind": "plan", "restore": "restored", "undo": "plan",
}  # fmt: skip
"""The commands of `happy` that record something, each with the plan that it is recorded in."""


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("name", sorted(commands.commands))
def test_a_report_that_cannot_be_printed_says_what_was_recorded(
    name: str, as_json: bool, plan: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if as_json and name not in WITH_JSON:
        return
    if name == "publish":
        assert run(happy("issue", plan, tmp_path)) == 0  # so that there is something to record
    words = happy(name, plan, tmp_path) + ["--json"] * as_json
    folder = tmp_path / RECORDS.get(name, "plan")
    before = events(folder)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Full())
        status, _, err = said(capsys, *words)
    assert status == 1
    assert "[OUT-005]" in err
    assert "It could not be printed (No space left on device)" in err
    recorded = events(folder) > before or (tmp_path / "plan.zip").exists()
    # A demo says each step beforehand.
    assert recorded == (name in {*RECORDS, "backup"} and name != "demo")
    assert ("What was done is recorded" in err) == recorded
    assert ("Nothing was recorded" in err) != recorded


def test_a_merge_whose_report_cannot_be_printed_is_not_to_be_done_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(folder, small.LETTINGS, {("1.1", "progress"): "Sent out"})
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Full())
        status, _, err = said(capsys, "-C", folder, "--today", small.TODAY, "merge", "--json")
    assert (status, err.count("[")) == (1, 1)
    assert "What was done is recorded" in err
    assert "Sent out" in said(capsys, "-C", folder, "show", "1.1")[1]


def test_what_was_cleared_is_listed_with_what_it_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(folder, small.LETTINGS, {("1.1", "progress"): None})
    words = ("-C", folder, "--today", small.TODAY, "merge", "--json")
    status, out, _ = said(capsys, *words)
    assert status == 0
    [cleared] = json.loads(out)["cleared"]
    assert cleared.pop("cell")[:1].isalpha()
    assert cleared == {
        "sheet": "Update",
        "action": "1.1",
        "field": "progress",
        "was": "Drafted",
        "lead": small.LETTINGS,
        "file": f"inbox/{small.LETTINGS}.xlsx",
    }
    assert json.loads(said(capsys, *words)[1])["cleared"] == []  # the same file once more


def test_a_demo_whose_steps_cannot_be_printed_further_says_what_it_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Filling(Full):
        def write(self, _: str) -> int:
            return len(_) if "xlplan issue" not in _ else super().write(_)

    words = ["demo", tmp_path / "demo", "--example", EXAMPLE]
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Filling())
        status, _, err = said(capsys, *words)
    assert (status, events(tmp_path / "demo") > 0) == (1, True)
    assert "What was done is recorded" in err
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Full())
        assert (
            "Nothing was recorded"
            in said(capsys, "demo", tmp_path / "demo", "--example", EXAMPLE)[2]
        )


@pytest.mark.parametrize("words", [["show", "99.9"], ["frob"]], ids=str)
def test_a_refusal_that_cannot_be_printed_is_a_refusal(
    words: list[str], plan: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Full())
        status, _, err = said(capsys, "-C", plan, *words, "--json")
        assert (status, words[-1] in err) == (2, True)
        patched.setattr(sys, "stderr", Full())
        assert run(["-C", str(plan), *words, "--json"]) == 2


def test_what_fails_after_something_was_recorded_does_not_say_that_nothing_was(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device", "pages.pdf")

    monkeypatch.setattr("xlplan.cycle.publish.Renderings.check", lambda _: None)
    monkeypatch.setattr("xlplan.workbook.libreoffice.to_pdf", full)
    assert run(happy("issue", plan, tmp_path)) == 0
    before = events(plan)
    words = [*happy("publish", plan, tmp_path), "--pdf"]
    status, out, err = said(capsys, *words, "--json")
    assert (status, events(plan)) == (1, before + 1)
    assert "What it did before is recorded" in err
    assert [each["code"] for each in json.loads(out)["problems"]] == ["OUT-002"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
@pytest.mark.parametrize("words", [["issue", "--cycle", NEXT], ["show"]], ids=str)
def test_a_full_disk_behind_stdout_ends_a_process_with_one(words: list[str], plan: Path) -> None:
    """Python flushes stdout once more as it ends, and would end with a status of its own."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from xlplan.cli import main; main()"
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, "-c", code, "-C", str(plan), *words],
            stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert ended.returncode == 1
    last = ended.stderr.decode().splitlines()[-1]
    assert last.endswith("[OUT-005]")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("words", [["show"], ["log"], ["check"], []], ids=str)
def test_an_encoding_that_lacks_characters_stops_no_command(
    words: list[str], encoding: str, demo: Path
) -> None:
    with command(*words, folder=demo, PYTHONIOENCODING=encoding) as going:
        out, err = going.communicate()
    assert going.returncode in (0, 1)
    assert out.decode(_written_in(encoding))
    assert b"Traceback" not in err


WRITTEN = "Façade “done” → 🧱"


@pytest.fixture(scope="module")
def written(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the plan, to be looked at, in which an action has characters of all kinds."""
    folder = Path(shutil.copytree(demo, tmp_path_factory.mktemp("written") / "plan"))
    small.edit_master(folder, {("(a) 7", "evidence"): WRITTEN})
    assert run(["-C", str(folder), "merge"]) in (0, 1)
    return folder


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-16"])
def test_json_loses_nothing_in_any_encoding(
    encoding: str, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, known, _ = said(capsys, "-C", written, "show", "(a) 7", "--json")
    assert json.loads(known)[0]["fields"]["evidence"] == WRITTEN
    with command("show", "(a) 7", "--json", folder=written, PYTHONIOENCODING=encoding) as going:
        out, _ = going.communicate()
    assert json.loads(out.decode(_written_in(encoding))) == json.loads(known)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_csv_loses_nothing_in_any_encoding(encoding: str, written: Path) -> None:
    with command("show", "--csv", folder=written, PYTHONIOENCODING=encoding) as going:
        out, _ = going.communicate()
    rows = csv.DictReader(io.StringIO(out.decode("utf-8-sig")))
    assert {row["ref"]: row["evidence"] for row in rows}["(a) 7"] == WRITTEN
    assert out.startswith(codecs.BOM_UTF8) is (encoding != "utf-8")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_csv_is_live_whatever_its_type(
    start: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f'{start}HYPERLINK("x")'
    line = {
        "text": text,
        "people": [text, "Ann"],
        "timescale": {"text": text, "by": None},
        "number": -3,
        "share": -0.5,
        "typed": "-3",
        "blank": None,
    }
    say_csv([*line, "missing"], [line])
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))
    assert row == {
        "text": f"'{text}",
        "people": f"'{text}\nAnn",
        "timescale": f"'{text}",
        "number": "-3",
        "share": "-0.5",
        "typed": "'-3",
        "blank": "",
        "missing": "",
    }


@pytest.mark.parametrize("words", [["show", "--csv"], ["log", "--csv"]])
def test_a_lead_whose_name_begins_a_formula_is_shown_as_text(
    words: list[str], plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml = plan / "plan.toml"
    name = "=1+1 Partners"
    toml.write_text(toml.read_text("utf-8") + f'\n[[lead]]\nname = "{name}"\n', "utf-8")
    small.edit_master(plan, {("(a) 7", "lead"): name})
    assert run(["-C", str(plan), "merge"]) in (0, 1)
    _, table, _ = said(capsys, "-C", plan, *words)
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert [cell for cell in cells if name in cell] == [f"'{name}"]


def test_a_csv_keeps_fields_that_are_named_like_columns_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    toml = folder / "plan.toml"
    toml.write_text(toml.read_text("utf-8").replace("completed_on", "withdrawn"), "utf-8")
    small.do(folder, "merge")
    small.edit_master(folder, {("1.1", "withdrawn"): "In May", ("1.2", STATUS): "withdrawn"})
    small.do(folder, "merge")
    _, table, _ = said(capsys, "-C", folder, "show", "--csv")
    rows = {row["ref"]: row for row in csv.DictReader(io.StringIO(table))}
    assert (rows["1.1"]["withdrawn"], rows["1.1"]["_withdrawn"]) == ("In May", "")
    assert (rows["1.2"]["withdrawn"], rows["1.2"]["_withdrawn"]) == ("", "yes")


def _written_in(encoding: str) -> str:
    """Click takes ASCII for a mistake of the machine, and writes UTF-8."""
    return "utf-8" if encoding == "ascii" else encoding


def test_a_withdrawn_action_is_shown_to_be_one(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.edit_master(plan, {("(a) 7", STATUS): "withdrawn"})
    assert run(["-C", str(plan), "merge"]) in (0, 1)
    _, table, _ = said(capsys, "-C", plan, "show")
    assert [line[:17] for line in table.splitlines() if "(withdrawn)" in line] == [
        "(a) 7 (withdrawn)"
    ]
    _, whole, _ = said(capsys, "-C", plan, "show", "(a) 7", "(a) 2")
    assert whole.splitlines().count("Withdrawn") == 1
    _, table, _ = said(capsys, "-C", plan, "show", "--csv")
    rows = csv.DictReader(io.StringIO(table))
    assert {row["ref"] for row in rows if row["withdrawn"]} == {"(a) 7"}


@pytest.mark.parametrize("words", [["show"], ["log"]])
def test_one_form_is_printed_at_a_time(
    words: list[str], plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = said(capsys, "-C", plan, *words, "--json", "--csv")
    assert status == 2
    assert "only one of them" in out + err


def test_a_files_name_does_not_command_the_terminal(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (plan / "inbox" / "a\x1b[2Jb.xlsx").write_bytes(b"")
    run(["-C", str(plan), "merge"])
    said = capsys.readouterr()
    assert "a?[2Jb.xlsx" in said.err
    assert "\x1b" not in said.out + said.err


def test_new_says_how_many_due_dates_it_read_and_what_the_others_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "plan.csv"
    dues = ["June 2027", "TBC", "Ongoing", "TBC", "", "31 March"]
    lines = [f"{n},Mend the hull of boat {n},Ada Quill,{due},Open" for n, due in enumerate(dues)]
    source.write_text("\n".join(["Ref,Action,Lead,Due date,Status", *lines]), encoding="utf-8")
    _, out, _ = said(capsys, "new", tmp_path / "plan", "--from", source)
    line = next(line for line in out.splitlines() if line.startswith("Dates: "))
    assert line == 'Dates: 2 read, 3 not read as dates ("TBC", "Ongoing"), 1 blank.'


def test_new_says_no_more_of_undated_actions_than_a_line_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "plan.csv"
    lines = [f"{n},Mend the hull of boat {n},Ada Quill,Phase {n}x,Open" for n in range(8)]
    source.write_text("\n".join(["Ref,Action,Lead,Due date,Status", *lines]), encoding="utf-8")
    _, out, _ = said(capsys, "new", tmp_path / "plan", "--from", source)
    line = next(line for line in out.splitlines() if line.startswith("Dates: "))
    assert line == 'Dates: 0 read, 8 not read as dates ("Phase 0x", "Phase 1x", "Phase 2x", …).'


def test_the_commands_that_new_proposes_can_be_typed_where_the_folder_has_a_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = small.write_source(tmp_path / "source.xlsx")
    monkeypatch.chdir(tmp_path)
    run(["new", "O'Brien plan", "--from", str(source)])
    out = capsys.readouterr().out
    assert out.endswith('then run: xlplan -C "O\'Brien plan" merge\n')
    assert 'To use it: xlplan new "O\'Brien plan" --again --template ' in out
