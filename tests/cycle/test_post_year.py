"""A year of a plan of forty leads: every letter, with post.xlsx as all that is edited by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import openpyxl

from tests import small
from tests.post.in_excel import Typed, define, draft_of, fill, path_of, table, words_of
from tests.small import do
from xlplan.cycle.plan import open_plan
from xlplan.plan.write import add_entry

LEADS = [f"Officer {number:02}" for number in range(1, 41)]
TEAM, TOGETHER = "Homes team", LEADS[36:38]
"""A group that is sent one workbook, and its members."""
ALL, EACH = "All area officers", LEADS[38:]
"""A group whose members are each sent the action that names it."""
QUARTERS = ("2026-11", "2027-02", "2027-05", "2027-08")


def address(name: str) -> str:
    return f"{name.replace(' ', '.').lower()}@example.org"


def begin(tmp_path: Path) -> Path:
    rows = tuple(
        (f"{n}.{part}", f"Deed {n}.{part} of its own", lead, "June 2028", "", "Green")
        for n, lead in enumerate(LEADS, 1)
        for part in (1, 2)
    )
    shared = ("41.1", "Deed 41.1 of its own", ALL, "June 2028", "", "Green")
    source = small.write_source(tmp_path / "source.xlsx", (*rows, shared))
    folder = tmp_path / "plan"
    assert do(folder.parent, "new", str(folder), "--from", str(source)) in (0, 1)
    define(folder, "plan", "every", value="quarter")
    file = folder / "plan.toml"
    text = add_entry(file.read_text("utf-8"), "group", {
        "name": TEAM, "members": tuple(TOGETHER), "contact": address(TEAM), "issue": "one",
    })  # fmt: skip
    file.write_text(add_entry(text, "group", {"name": ALL, "members": tuple(EACH)}), "utf-8")
    return folder


def returned(folder: Path, cycle: str, leads: list[str], form: str) -> None:
    """These leads send in the form of a cycle, filled in, during another."""
    for lead in leads:
        ref = f"{LEADS.index(TOGETHER[0] if lead == TEAM else lead) + 1}.1"
        edits = {(ref, "progress"): f"Said in {cycle} by its officer"}
        file = small.give_back(folder, lead, edits, cycle=form, saved_at=f"{cycle}-10T10:00:00Z")
        file.rename(file.with_name(f"{cycle} {file.name}"))


def remind(folder: Path, day: date) -> dict[str, str]:
    with open_plan(folder, today=day) as plan:
        return {each.lead: each.act for each in plan.remind().drafts}


def test_a_year_of_letters(tmp_path: Path) -> None:
    folder = begin(tmp_path)
    for number, cycle in enumerate(QUARTERS):
        day = date.fromisoformat(f"{cycle}-02")
        by = day + timedelta(days=21)
        assert do(folder, "issue", "--cycle", cycle, "--return-by", str(by), today=str(day)) == 0
        assert do(folder, "draft", today=str(day)) == (1 if number == 0 else 0)
        edits: dict[tuple[str, str], Typed] = {}
        if number == 0:
            for lead in table(folder, cycle).keys() - {TEAM}:
                edits[lead, "E-mail"] = address(lead)
        edits |= {(lead, "Sent"): "Yes" for lead in table(folder, cycle)}
        fill(folder, edits, cycle)
        assert do(folder, "merge", today=str(day)) == 0
        if number == 0:  # now that the addresses are known
            assert do(folder, "draft", today=str(day)) == 0
        asked = list(table(folder, cycle))
        assert asked[0] == TEAM
        assert not {*TOGETHER, ALL} & {*asked}
        if number != 2:  # the team is late once
            asked.append(asked.pop(0))
        late = asked[:3]
        old = asked[3] if number == 1 else ""  # who answered nothing in the first
        returned(folder, cycle, [lead for lead in asked[4:] if lead != old], cycle)
        if old:
            returned(folder, cycle, [old], QUARTERS[number - 1])
        else:
            late = asked[:4]
        do(folder, "merge", today=str(by))
        thanks = {old: "thanks"} if old else {}
        assert remind(folder, by) == dict.fromkeys(late, "reminder") | thanks
        assert remind(folder, by + timedelta(days=7)) == dict.fromkeys(late, "reminder")
        assert {name for name, row in table(folder, cycle).items() if row["Reminded"]} == set(late)
        if number == 1:  # one leaves, and another answers from now on
            define(folder, "lead", 9, "successor", value=LEADS[10])
    _no_letter_has_anothers_words(folder)
    with small.opened(folder) as plan:
        state = plan.desk.state
        sent = {i.author: [state.ref(u) for u in i.uids] for i in state.exchange.templates(cycle)}
    assert sent[TEAM] == ["37.1", "37.2", "38.1", "38.2"]
    assert [name for name, refs in sent.items() if "41.1" in refs] == EACH
    with small.opened_to_verify(folder) as plan:
        assert [problem for problem in plan.verify() if problem.level != "note"] == []


def _no_letter_has_anothers_words(folder: Path) -> None:
    count = 0
    for cycle in QUARTERS:
        for file in path_of(folder, cycle).parent.glob("*.eml"):
            message = draft_of(folder, file.stem, cycle)
            own = file.stem[: len(LEADS[0])]
            text = f"{message['To']} {message['Subject']} {words_of(message)}"
            assert [lead for lead in (*LEADS, TEAM, ALL) if lead in text] == [own]
            assert message["To"] == address(own)
            (part,) = message.iter_attachments()
            assert part.get_filename() == f"{own}.xlsx"
            count += 1
    assert count == 39 + 39 + 38 + 38 + 2 * (4 + 3 + 4 + 4) + 1
    assert openpyxl.load_workbook(path_of(folder, QUARTERS[3])).sheetnames[0] == "Post"
