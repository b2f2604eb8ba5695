"""The promises of the merge as properties, on plans that Hypothesis makes up.

A scenario is a set of templates (leads, cycles), returns with edits, saved at various times, and
acts of the coordinator. The plan has three actions and a field of every kind.
"""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from tests.merge import textbook
from tests.paper import DEFINITION, FIELDS, Office
from tests.scenes import (
    ACTS,
    LOCKED,
    MASTER_EDITS,
    OWN_EDITS,
    SENT,
    STAMPS,
    VALUES,
    Scene,
    Sent,
    edits,
    read,
    scene,
)
from xlplan.merge import decide
from xlplan.merge.kinds import BY_KEY, BY_REF, REFUSE, Kind
from xlplan.merge.model import COORDINATOR
from xlplan.merge.reading import RowTrust
from xlplan.plan.due import due_in
from xlplan.plan.values import Raw, Value, canon, show

Edits = dict[tuple[str, str], Raw]


@given(ACTS, st.lists(SENT, min_size=1, max_size=4))
def test_merging_again_or_a_resaved_copy_changes_nothing(
    acts: list[dict[tuple[str, str], Raw]], sent: list[Sent]
) -> None:
    one = scene(acts)
    for number, item in enumerate(sent):
        one.office.merge(read(one, item, number))
    before = one.office.picture()
    for number, item in enumerate(sent):
        one.office.merge(read(one, item, number))
        one.office.merge(read(one, item, 100 + number))
    assert one.office.picture() == before


@given(ACTS, st.lists(SENT, min_size=2, max_size=4), st.randoms(use_true_random=False), OWN_EDITS)
def test_the_order_of_returns_does_not_matter(
    acts: list[dict[tuple[str, str], Raw]],
    sent: list[Sent],
    random: object,
    late: dict[tuple[str, str], Raw],
) -> None:
    pictures = []
    numbers = list(range(len(sent)))
    shuffled = list(numbers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis types it as object
    for order in (numbers, shuffled):
        one = scene(acts)
        export = one.office.issue(COORDINATOR)
        for number in order:
            one.office.merge(read(one, sent[number], number))
        one.office.give_back(export, late, digest="late")
        pictures.append(one.office.picture())
    assert pictures[0] == pictures[1]


@given(ACTS, st.lists(SENT, min_size=1, max_size=4))
def test_every_returned_cell_that_differs_has_exactly_one_fate(
    acts: list[dict[tuple[str, str], Raw]], sent: list[Sent]
) -> None:
    one = scene(acts)
    office = one.office
    for number, item in enumerate(sent):
        office.merge(read(one, item, number))
    for number, item in enumerate(sent):
        issued = one.templates[item.template]
        differ = set()
        for (uid, name), raw in item.edits.items():
            if uid in item.missing or name in item.without or name not in issued.fields:
                continue
            plain = name.removesuffix(":entry")
            kind = DEFINITION.find(plain)
            assert kind is not None
            base = None if plain != name else office.state.value(uid, plain, issued.as_of)
            if canon(kind, raw, DEFINITION) != base:
                differ.add((uid, plain, name != plain))
        returned = office.state.returns[f"r-sent {number}"]
        fates = office.fates(returned)
        entries = [(a.uid, a.field, True) for a in returned.assertions if a.entry]
        cells = [(f.uid, f.field, False) for f in fates if f.field]
        for uid, name, _ in entries:
            cells.remove((uid, name, False))
        assert sorted(cells + entries) == sorted(differ)
        assert set(item.missing) == {f.uid for f in fates if not f.field}


@given(ACTS, st.lists(SENT, min_size=1, max_size=4))
def test_a_locked_cell_never_moves_the_master(
    acts: list[dict[tuple[str, str], Raw]], sent: list[Sent]
) -> None:
    one = scene(acts)
    office = one.office
    before = {(uid, n): office.value(uid, n) for uid in ("a-1", "a-2", "a-3") for n in LOCKED}
    for number, item in enumerate(sent):
        item.edits = {k: v for k, v in item.edits.items() if k[1] != "diary:entry"}
        office.merge(read(one, item, number))
    assert {key: office.value(*key) for key in before} == before


@given(ACTS, st.lists(SENT, min_size=1, max_size=4))
def test_no_return_takes_the_date_of_an_open_action_away(
    acts: list[dict[tuple[str, str], Raw]], sent: list[Sent]
) -> None:
    one = scene(acts)
    office = one.office
    dated = {row.uid for row in office.state.master() if due_in(DEFINITION, row.values).by}
    closed = {
        uid
        for made in (*acts, *(item.edits for item in sent))
        for (uid, name), raw in made.items()
        if (name, raw) == ("rating", "Blue")
    }
    for number, item in enumerate(sent):
        office.merge(read(one, item, number))
    still = {row.uid for row in office.state.master() if due_in(DEFINITION, row.values).by}
    assert dated - closed <= still


@given(ACTS, st.lists(SENT, min_size=1, max_size=3))
def test_what_nobody_touched_stays(
    acts: list[dict[tuple[str, str], Raw]], sent: list[Sent]
) -> None:
    one = scene(acts)
    office = one.office
    named = {(u, n.removesuffix(":entry")) for item in sent for u, n in item.edits}
    cells = [(u, f.id) for u in ("a-1", "a-2", "a-3") for f in FIELDS if (u, f.id) not in named]
    before = {key: office.state.value(*key) for key in cells}
    for number, item in enumerate(sent):
        office.merge(read(one, item, number))
    assert {key: office.state.value(*key) for key in cells} == before


@given(ACTS, st.integers(0, 3))
def test_an_unedited_return_changes_nothing_and_asks_nothing(
    acts: list[dict[tuple[str, str], Raw]], which: int
) -> None:
    one = scene(acts)
    before = one.office.picture()
    returned = one.office.give_back(one.templates[which], {}, digest="same")
    assert returned.assertions == ()
    assert one.office.picture() == before


@given(edits(VALUES), MASTER_EDITS)
def test_a_single_return_equals_the_textbook_three_way(
    returned: dict[tuple[str, str], Raw], master: dict[tuple[str, str], Raw]
) -> None:
    """Where the coordinator edited (or did not), and one lead returns; `decide` says the same."""
    returned = {k: v for k, v in returned.items() if ":" not in k[1]}
    office = Office()
    template = office.issue("Ann")
    base = {u: {f.id: office.state.value(u, f.id) for f in FIELDS} for u in template.uids}
    office.coordinator(master)
    now = {u: {f.id: office.state.value(u, f.id) for f in FIELDS} for u in template.uids}
    given: dict[str, dict[str, Raw]] = {}
    for (uid, name), raw in returned.items():
        given.setdefault(uid, {})[name] = raw
    expected = {
        key: textbook.Ruling("held", now[key[0]][key[1]]) if key[0] in whole else ruling
        for whole in [{uid for uid, cells in given.items() if emptied(base[uid], cells)}]
        for key, ruling in textbook.table(base, now, given, DEFINITION).items()
        if ruling.disposition != "untouched"
    }
    fact = office.give_back(template, returned, digest="lead")
    got = {(f.uid, f.field): f.disposition for f in office.fates(fact)}
    assert got == {
        key: "applied" if ruling.disposition == "cleared" else ruling.disposition
        for key, ruling in expected.items()
    }
    for key, ruling in expected.items():
        assert show(office.state.value(*key)) == show(ruling.value), key
    rulings = {
        (r.action, r.field): textbook.Ruling(r.disposition, r.value)
        for r in decide(base, now, given, DEFINITION)
        if r.disposition != "untouched"
    }
    assert rulings == expected


def emptied(base: Mapping[str, Value], cells: Mapping[str, Raw]) -> bool:
    """Whether a lead left nothing in a row that had something to fill in."""
    inputs = [f for f in FIELDS if f.owner == "lead" and f.mode != "append"]
    left = [canon(f, cells[f.id], DEFINITION) if f.id in cells else base[f.id] for f in inputs]
    return all(value is None for value in left) and any(base[f.id] is not None for f in inputs)


@given(ACTS, st.lists(SENT, min_size=1, max_size=4), st.integers(0, 3))
def test_undo_restores_the_plan_as_if_the_return_had_never_come(
    acts: list[dict[tuple[str, str], Raw]], sent: list[Sent], which: int
) -> None:
    which %= len(sent)
    one, other = scene(acts), scene(acts)
    for number, item in enumerate(sent):
        one.office.merge(read(one, item, number))
        if number != which:
            other.office.merge(read(other, item, number))
    events = len(one.office.events)
    one.office.undo(one.office.state.returns[f"r-sent {which}"])
    assert one.office.picture() == other.office.picture()
    assert len(one.office.events) == events + 1


@given(ACTS, st.lists(SENT, min_size=1, max_size=4))
def test_decisions_converge_and_are_remembered(
    acts: list[dict[tuple[str, str], Raw]], sent: list[Sent]
) -> None:
    one = scene(acts)
    office = one.office
    for number, item in enumerate(sent):
        office.merge(read(one, item, number))
    asked = len(office.questions())
    for _ in range(asked):
        left = office.questions()
        if not left:
            break
        office.answer(left[0], next(c for c in ("Keep current", "Decline") if c in left[0].choices))
    assert office.questions() == []
    before = office.picture()
    for number, item in enumerate(sent):
        office.merge(read(one, item, 100 + number))
    assert office.picture() == before


@given(ACTS, st.lists(SENT, min_size=1, max_size=3))
def test_replay_equals_the_state(acts: list[dict[tuple[str, str], Raw]], sent: list[Sent]) -> None:
    one = scene(acts)
    for number, item in enumerate(sent):
        one.office.merge(read(one, item, number))
    again = Office()
    again.definitions, again.history = one.office.definitions, one.office.replayed()
    assert again.picture() == one.office.picture()
    assert again.history.changes == one.office.history.changes


MEETING = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["rating", "tags", "progress", "diary:entry", "due"]).flatmap(
            lambda name: st.tuples(st.just(name), VALUES[name])
        ),
        STAMPS,
    ),
    min_size=2,
    max_size=4,
)


@given(MEETING, st.randoms(use_true_random=False))
def test_the_order_of_returns_that_meet_in_one_cell_does_not_matter(
    sent: list[tuple[int, tuple[str, Raw], str]], random: object
) -> None:
    pictures = []
    shuffled = list(range(len(sent)))
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis types it as object
    for order in (range(len(sent)), shuffled):
        one = scene([{("a-1", "tags"): "a, c"}])
        for number in order:
            template, (name, raw), saved_at = sent[number]
            item = Sent(template, {("a-1", name): raw}, saved_at)
            one.office.merge(read(one, item, number))
        pictures.append(one.office.picture())
    assert pictures[0] == pictures[1]


# Rows that were sorted without their keys

TURNED = {"a-1": "a-2", "a-2": "a-3", "a-3": "a-1"}
WHICH = st.integers(0, 3)


def with_sorted(sent: list[Sent], which: int, order: list[int], acts: list[Edits]) -> Office:
    """Returns that are merged in some order, the rows of one of them sorted without their keys."""
    one = scene(acts)
    for number in order:
        reading = read(one, sent[number], number)
        if number == which % len(sent):
            item = sent[number]
            reading = one.office.reading(
                one.templates[item.template], item.edits, saved_at=item.saved_at, moved=TURNED,
                digest=f"sent {number}",
            )  # fmt: skip
        one.office.merge(reading)
    return one.office


def in_order(sent: list[Sent], which: int, edits: Edits, acts: list[Edits]) -> Office:
    """The same returns, that one with other edits and its rows in order."""
    one = scene(acts)
    for number, item in enumerate(sent):
        if number == which % len(sent):
            item = Sent(item.template, edits, item.saved_at)
        one.office.merge(read(one, item, number))
    return one.office


def bases(one: Scene, item: Sent, name: str) -> list[Value]:
    """What the rows of a template showed in a column: a locked cell with that was moved along."""
    state, as_of = one.office.state, one.templates[item.template].as_of
    return [state.value(uid, name, as_of) for uid in TURNED]


def answer_sorted(office: Office, choice: str) -> None:
    for question in office.questions():
        if question.kind is Kind.SORTED:
            office.answer(question, choice)


@given(ACTS, st.lists(SENT, min_size=1, max_size=3), WHICH)
def test_sorted_rows_by_the_visible_ref_are_the_file_with_its_rows_in_order(
    acts: list[Edits], sent: list[Sent], which: int
) -> None:
    item = sent[which % len(sent)]
    one = scene(acts)
    item.edits = {
        (uid, name): raw
        for (uid, name), raw in item.edits.items()
        if name not in LOCKED or canon_of(name, raw) not in bases(one, item, name)
    }
    office = with_sorted(sent, which, list(range(len(sent))), acts)
    answer_sorted(office, BY_REF)
    edits = item.edits
    other = in_order(sent, which, edits, acts)
    assert office.picture() == other.picture()
    ident = f"r-sent {which % len(sent)}"
    told = [
        sorted((f.action, f.field, f.disposition) for f in each.fates(each.state.returns[ident]))
        for each in (office, other)
    ]
    assert told[0] == told[1]


@given(ACTS, st.lists(SENT, min_size=1, max_size=3), WHICH)
def test_sorted_rows_by_the_hidden_key_are_the_file_with_their_inputs_typed_there(
    acts: list[Edits], sent: list[Sent], which: int
) -> None:
    item = sent[which % len(sent)]
    item.edits = {key: raw for key, raw in item.edits.items() if key[1] not in LOCKED}
    office = with_sorted(sent, which, list(range(len(sent))), acts)
    answer_sorted(office, BY_KEY)
    template = scene(acts).templates[item.template]
    shown = office.shown
    edits = {
        (key, name): item.edits.get((seen, name), shown(template, seen, name))
        for key, seen in TURNED.items()
        for name in template.inputs
    }
    assert office.picture() == in_order(sent, which, edits, acts).picture()


@given(ACTS, st.lists(SENT, min_size=1, max_size=3), WHICH)
def test_sorted_rows_that_are_refused_are_a_file_that_never_came(
    acts: list[Edits], sent: list[Sent], which: int
) -> None:
    office = with_sorted(sent, which, list(range(len(sent))), acts)
    answer_sorted(office, REFUSE)
    others = [item for number, item in enumerate(sent) if number != which % len(sent)]
    one = scene(acts)
    for number, item in enumerate(others):
        one.office.merge(read(one, item, number))
    assert office.picture() == one.office.picture()


@given(
    ACTS, st.lists(SENT, min_size=2, max_size=4), WHICH, st.randoms(use_true_random=False),
    st.sampled_from([BY_REF, BY_KEY, REFUSE]),
)  # fmt: skip
def test_the_order_of_returns_does_not_matter_where_one_is_sorted(
    acts: list[Edits], sent: list[Sent], which: int, random: object, choice: str
) -> None:
    shuffled = list(range(len(sent)))
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis types it as object
    asked, answered = [], []
    for order in (list(range(len(sent))), shuffled):
        office = with_sorted(sent, which, order, acts)
        asked.append(office.picture())
        answer_sorted(office, choice)
        answered.append(office.picture())
    assert asked[0] == asked[1]
    assert answered[0] == answered[1]


WORDS: dict[str, st.SearchStrategy[Raw]] = {
    "rating": st.sampled_from(["Green", "Red", "Blue", "Purple", None]),
    "action": st.sampled_from(["Paint the hall", "Mine", "Ours"]),
}
"""One cell to fill in, and a locked one: as issued, edited, not on the scale, emptied."""


@st.composite
def words(draw: st.DrawFn) -> tuple[str, list[tuple[Raw, str, RowTrust]]]:
    """What a lead's files say one after the other in a cell, the first of it again at the end."""
    name = draw(st.sampled_from(sorted(WORDS)))
    trust: st.SearchStrategy[RowTrust] = st.sampled_from(["signed", "signed", "matched"])
    said = draw(st.lists(st.tuples(WORDS[name], STAMPS, trust), min_size=2, max_size=3))
    raw, _, how = said[0]
    return name, [*said, (raw, draw(STAMPS), how)]


@given(words(), st.randoms(use_true_random=False))
def test_the_latest_word_of_a_lead_stands_or_is_asked_about(
    given: tuple[str, list[tuple[Raw, str, RowTrust]]], random: object
) -> None:
    """Of the files saved last, as far as anybody can know, none is passed over in silence."""
    name, said = given
    last = max(stamp for _, stamp, _ in said)
    latest = {show(canon_of(name, raw)) for raw, stamp, _ in said if stamp in ("", last)}
    numbers = list(range(len(said)))
    random.shuffle(numbers)  # type: ignore[attr-defined]  # Hypothesis types it as object
    pictures = []
    for order in (range(len(said)), numbers):
        office = Office()
        ann = office.issue("Ann")
        for number in order:
            raw, stamp, trust = said[number]
            office.give_back(
                ann, {("a-1", name): raw}, saved_at=stamp, trust={"a-1": trust}, digest=str(number)
            )
        heard = {office.value("a-1", name)}
        heard |= {show(c.value) for q in office.questions() for c in q.candidates}
        assert latest <= heard
        pictures.append(office.picture())
    assert pictures[0] == pictures[1]
    asked = len(office.questions())
    for _ in range(asked):
        for question in office.questions()[:1]:
            office.answer(question, "Keep current")
    assert office.questions() == []


def canon_of(name: str, raw: Raw) -> Value:
    item = DEFINITION.find(name)
    assert item is not None
    return canon(item, raw, DEFINITION)


ELEMENTS = st.frozensets(st.sampled_from("abcd"), min_size=1)


@given(ELEMENTS, ELEMENTS, ELEMENTS)
def test_sets_merge_by_element_as_in_the_textbook(
    master: frozenset[str], ann: frozenset[str], ben: frozenset[str]
) -> None:
    """Added by anyone is in; removed by anyone and re-added by no one is out."""
    office = Office()
    base = frozenset("ab")
    templates = [office.issue("Ann"), office.issue("Ben")]
    office.coordinator({("a-1", "tags"): ", ".join(sorted(master))})
    for template, elements in zip(templates, (ann, ben), strict=True):
        office.give_back(template, {("a-1", "tags"): ", ".join(sorted(elements))})
    everybody = (master, ann, ben)
    added = frozenset().union(*(held - base for held in everybody))
    removed = frozenset().union(*(base - held for held in everybody))
    assert office.state.value("a-1", "tags") == (((base - removed) | added) or None)
    assert office.questions() == []
