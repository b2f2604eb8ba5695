"""Years of an office made up at random, played twice: by xlplan on paper, and by the second model.

After an act both must say the same: what the plan holds, what is asked, and what became of every
cell that came back. `python -m tests.merge.second_years FIRST LAST` plays so many years.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from tests.merge import second_asks as asks
from tests.merge import second_model as model
from tests.merge.second_model import ACCEPT, COMBINE, KEEP, ME, OTHER, STATUS, Key, Question
from tests.paper import Office
from xlplan.merge import model as ours
from xlplan.merge.kinds import CHOICES
from xlplan.merge.reading import Reading
from xlplan.plan.definition import ENTRY
from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Invalid, Raw, Value

ROWS: Mapping[str, Mapping[str, Raw]] = {
    "a-1": {"ref": "1.1", "action": "Paint the hall", "lead": "Ann", "due": "June 2026",
            "rating": "Green", "progress": "Paint bought", "tags": "a, b"},
    "a-2": {"ref": "1.2", "action": "Mend the roof", "lead": "Ben", "rating": "Amber"},
    "a-3": {"ref": "2.1", "action": "Plant the garden", "lead": "Ann", "progress": "Dug"},
}  # fmt: skip
FIELDS = ("action", "due", "rating", "progress", "diary", "tags", STATUS)
VALUES: Mapping[str, tuple[str | None, ...]] = {
    "due": ("June 2026", "Jun 2026", "May 2027", "July 2027"),
    "rating": ("Green", "green", "Amber", "Red", "Blue", "Purple", None),
    "progress": ("Paint bought", "Paint  bought", "Dug", "Half", "Done", None),
    "tags": ("a", "b", "a, b", "a, c", "c, d", None),
    "diary" + ENTRY: ("Met", "Met twice", None),
    "action": ("Paint the hall", "Paint it blue"),
    "diary": ("Rewritten",),
    STATUS: ("withdrawn", None),
}
LEAD = (*model.LOCKED, *model.INPUTS, "rating", "progress", "tags", "diary" + ENTRY)
OWN = (*FIELDS, "rating", "progress", "tags")
STAMPS = ("", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z")
CYCLES = ("2026-01", "2026-02", "2026-03")
LOOKS = 0.4
"""After how many of the acts the two are compared; at the end of a year they always are."""
Picture = tuple[object, ...]


class DifferError(AssertionError):
    """The two do not say the same; the message says where."""


class Year:
    """One year, by its number."""

    def __init__(self, number: int) -> None:
        self.chance = random.Random(number)
        self.office = Office({uid: dict(cells) for uid, cells in ROWS.items()})
        self.plan = model.start({
            uid: {
                name: model.canon(name, str(value))
                for name, value in cells.items()
                if name in FIELDS
            }
            for uid, cells in ROWS.items()
        })  # fmt: skip
        self.templates: list[model.Template] = []
        self.readings: dict[str, tuple[Reading, Callable[[], model.Return]]] = {}
        self.story: list[str] = []
        self.counts: Counter[str] = Counter()

    def play(self) -> Counter[str]:
        """Some acts, many followed by a comparison; how often each thing came about."""
        for author in ("Ann", "Ben", ME):
            self.issue(author, CYCLES[0])
        acts = (*[self.come_back] * 4, *[self.edit] * 2, *[self.decide] * 4, self.go_out,
                *[self.come_again] * 2, self.take_back)  # fmt: skip
        for _ in range(self.chance.randint(3, 12)):
            self.chance.choice(acts)()
            if self.chance.random() < LOOKS:
                self.compare()
        self.nothing_new()
        return self.counts

    # What people do

    def issue(self, author: str, cycle: str) -> None:
        uids = [*ROWS]
        if author != ME and self.chance.random() < 0.3:
            uids = uids[:2]
        issued = self.office.issue(author, uids, cycle)
        self.story.append(f"{issued.id} goes out to {author} for {cycle} with {len(uids)} rows")
        self.templates.append(model.issue(self.plan, issued.id, author, cycle, uids))

    def go_out(self) -> None:
        self.issue(self.chance.choice(("Ann", "Ben", ME)), self.chance.choice(CYCLES))

    def come_back(self) -> None:
        """Some returns are merged at once, by the two in another order."""
        of = [one for one in self.templates if one.author != ME]
        batch = [
            self.reading(self.chance.choice(of), self.chance.choice(STAMPS))
            for _ in range(self.chance.choice((1, 1, 2, 3)))
        ]
        self.merge(batch)

    def edit(self) -> None:
        """The coordinator edits the master as it stands, or as it once was."""
        if self.chance.random() < 0.7:
            self.issue(ME, self.chance.choice(CYCLES))
        of = [one for one in self.templates if one.author == ME]
        self.merge([self.reading(self.chance.choice(of[-3:]), "")])

    def come_again(self) -> None:
        """A file again: as it was, saved again, or (taken back before) the very same."""
        if not self.readings:
            return
        name = self.chance.choice([*self.readings])
        reading, _ = self.readings[name]
        stamp = self.chance.choice((reading.saved_at, *STAMPS))
        back = next(one for one in self.plan.returns if one.name == name)
        if not asks.is_in(self.plan, back) and self.chance.random() < 0.5:
            self.merge([name])
            return
        before, same = self.picture()[:2], stamp == reading.saved_at and asks.is_in(self.plan, back)
        again = self.copy(name, stamp)
        self.merge([again])
        if same and self.picture()[:2] != before:
            raise DifferError(f"{again}, a copy of {name}, changed something")

    def decide(self) -> None:
        """One of the questions is answered."""
        asked = sorted(asks.questions(self.plan), key=lambda q: repr(self.theirs(q)))
        if not asked:
            return
        kind = self.chance.choice(sorted({question.kind for question in asked}))
        question = self.chance.choice([each for each in asked if each.kind == kind])
        found = [q for q in self.office.questions() if self.mine(q) == self.theirs(question)]
        choices = [choice for choice in question.choices if self.is_clear(question, choice)]
        if len(found) != 1 or not choices:
            return
        choice = self.chance.choice(choices)
        other: str | None = None
        if choice == OTHER:
            valid = [v for v in VALUES[question.key[1]] if v not in (None, "Purple")]
            other = self.chance.choice(valid)
        texts = {asks.say(plain(one.value)): one.text for one in found[0].candidates}
        self.story.append(f"{question.kind} {question.key}: {choice} {other or ''}")
        self.counts[f"{question.kind}: {choice if choice in CHOICES else 'a candidate'}"] += 1
        self.office.answer(found[0], texts.get(choice, choice), other)
        asks.answer(self.plan, question, choice, other)
        if self.theirs(question) in map(self.theirs, asks.questions(self.plan)):
            raise DifferError(f"{question} was answered and is asked again")

    def take_back(self) -> None:
        """A return is undone."""
        back = [one for one in self.plan.returns if asks.is_in(self.plan, one)]
        if not back:
            return
        one = self.chance.choice(back)
        self.story.append(f"{one.name} is taken back")
        self.counts["undo"] += 1
        self.office.undo(self.office.state.returns[one.name])
        asks.undo(self.plan, one)

    # How

    def reading(self, template: model.Template, stamp: str) -> str:
        """A file of a template, with some cells typed into; its name."""
        mine, chance = template.author == ME, self.chance
        edits: dict[Key, str | None] = {}
        for _ in range(chance.choice((0, 1, 1, 2, 3, 5))):
            uid = chance.choice(("a-1", "a-1", *template.uids))
            name = chance.choice(OWN if mine else LEAD)
            if (uid, name) == ("a-3", "progress") and not mine and chance.random() < 0.5:
                edits |= {(uid, "progress"): None, (uid, "rating"): None, (uid, "tags"): None}
            else:
                edits[uid, name] = chance.choice(VALUES[name])
        missing = [chance.choice(template.uids)] if not mine and chance.random() < 0.1 else []
        without = [chance.choice(model.INPUTS)] if not mine and chance.random() < 0.15 else []
        return self.keep(template, edits, stamp, missing, without)

    def keep(
        self, template: model.Template, edits: Mapping[Key, str | None], stamp: str,
        missing: list[str], without: list[str],
    ) -> str:  # fmt: skip
        digest = f"{len(self.readings):03d}"
        name = f"r-{digest}"
        issued = self.office.state.issued[template.name]
        read = self.office.reading(
            issued, edits, saved_at=stamp, missing=missing, without=without, digest=digest
        )
        self.story.append(f"{name} of {template.name} {stamp}: {dict(edits)} {missing} {without}")

        def compared() -> model.Return:
            return model.read(self.plan, name, template, edits, stamp, missing, without)

        self.readings[name] = read, compared
        return name

    def copy(self, of: str, stamp: str) -> str:
        reading, compared = self.readings[of]
        digest = f"{len(self.readings):03d}"
        name = f"r-{digest}"
        self.story.append(f"{name} is {of} saved again {stamp}")
        again = structs.replace(reading, sha256=digest, saved_at=stamp)
        self.readings[name] = again, lambda: replace(compared(), name=name, stamp=stamp)
        return name

    def merge(self, names: list[str]) -> None:
        self.story.append(f"merge {names}")
        back = [self.readings[name][1]() for name in names]
        for one in back:
            model.take(self.plan, one)
        self.chance.shuffle(names)
        self.office.merge(*(self.readings[name][0] for name in names))
        self.counts["returns"] += len(names)

    # What both say

    def compare(self) -> None:
        found, true = self.picture(), self.their_picture()
        for ours_, theirs in zip(found, true, strict=True):
            if ours_ != theirs:
                raise DifferError(f"xlplan {ours_}\nmodel  {theirs}")
        self.counts["cells"] += len(self.plan.copies)

    def picture(self) -> Picture:
        """What xlplan says: the plan, the questions, the fates of all that came back."""
        state = self.office.state
        held = {(uid, n): lines(plain(state.value(uid, n))) for uid in ROWS for n in FIELDS}
        asked = sorted(map(repr, map(self.mine, self.office.questions())))
        became = {
            one.id: sorted((f.uid, f.field, f.disposition) for f in self.office.fates(one))
            for one in state.returns.values()
        }
        return held, asked, became

    def their_picture(self) -> Picture:
        held = {key: lines(value) for key, value in asks.master(self.plan, FIELDS).items()}
        asked = sorted(repr(self.theirs(q)) for q in asks.questions(self.plan))
        self.counts["questions"] += len(asked)
        became = {one.name: sorted(asks.fates(self.plan, one)) for one in self.plan.returns}
        self.counts.update(fate for found in became.values() for _, _, fate in found)
        return held, asked, became

    def mine(self, question: ours.Question) -> tuple[object, ...]:
        shown = [(plain(c.value), c.author) for c in question.candidates]
        return _signed(question.kind, (question.uid, question.field), plain(question.master),
                       shown, question.choices)  # fmt: skip

    def theirs(self, question: Question) -> tuple[object, ...]:
        shown = [(value, who) for value, who, _ in question.candidates]
        return _signed(question.kind, question.key, question.master, shown, question.choices)

    def is_clear(self, question: Question, choice: str) -> bool:
        """Whether an answer means the same to both, whatever order ids have."""
        if question.key[1] == "diary" and question.kind == "conflict":
            return choice in (KEEP, OTHER)
        if choice == COMBINE:
            authors = {who for _, who, _ in question.candidates}
            return len(authors) == len(question.candidates) == len(question.ids)
        shown = asks.say(question.candidates[-1][0])
        return choice != "Transfer" and not (choice == ACCEPT and shown.startswith("?"))

    def nothing_new(self) -> None:
        """At the end every file that counts comes once more, and nothing is other than it was."""
        before = self.picture()[:2]
        live = [one.name for one in self.plan.returns if asks.is_in(self.plan, one)]
        copies = [self.copy(name, self.readings[name][0].saved_at) for name in dict.fromkeys(live)]
        self.merge([name for name in copies if self.readings[name][0].document == "template"])
        for name in copies:
            if self.readings[name][0].document != "template":
                self.merge([name])
        if self.picture()[:2] != before:
            raise DifferError(f"all files once more changed {before}\nto {self.picture()[:2]}")
        self.compare()


def _signed(
    kind: str,
    key: Key,
    master: model.Value,
    shown: Sequence[tuple[model.Value, str]],
    choices: Sequence[str],
) -> tuple[object, ...]:
    """A question as both can name it: candidates in no order, those that agree once."""
    values = {(repr(lines(value)), "" if kind == "conflict" else who) for value, who in shown}
    if kind == "conflict" and key[1] == "diary":
        values = set()
    fixed = sorted(choice for choice in choices if choice in CHOICES)
    return str(kind), key, lines(master), sorted(values), fixed


def plain(value: Value) -> model.Value:
    """A value of the plan as the second model has it."""
    if isinstance(value, Timescale):
        return model.DATES.get(value.text, value.text)
    if isinstance(value, Invalid):
        return f"?{value.raw}"
    assert value is None or isinstance(value, str | frozenset)
    return value


def lines(value: model.Value) -> object:
    """A text as its lines in no order: entries of the same time stand as their ids do."""
    return sorted(value.split("\n")) if isinstance(value, str) else value and sorted(value)


def play(number: int) -> Counter[str]:
    """One year; raises with its story where the two differ."""
    year = Year(number)
    try:
        return year.play()
    except Exception as error:
        story = "\n".join(year.story)
        raise DifferError(f"year {number}: {error}\n{story}") from error


def main(first: int, last: int) -> int:
    """How many of these years differ; the first few are printed."""
    counts: Counter[str] = Counter()
    began, wrong = time.monotonic(), 0
    for number in range(first, last):
        try:
            counts += play(number)
        except DifferError as error:
            wrong += 1
            if wrong <= 3:
                print(error, flush=True)
    print(f"{last - first} years, {wrong} differ, {time.monotonic() - began:.0f} s")
    print(dict(sorted(counts.items())))
    return wrong


if __name__ == "__main__":
    sys.exit(min(main(int(sys.argv[1]), int(sys.argv[2])), 1))
