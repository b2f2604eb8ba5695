"""A board of one plan in the vocabulary that several plans share; see `other_boards`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from xlplan.board.board_model import Board, PastBoard
from xlplan.board.standings import best_first, section_in, section_of
from xlplan.merge.model import Candidate, Change, MasterRow, Question
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.settings import CompositeSettings
from xlplan.plan.text import fold
from xlplan.plan.values import Value, rating_word

FieldKey = tuple[str, str]
"""Kind of row and field id."""
SECTION = Field("section", "Section", role="section")
PLAIN = "text"
"""The role of a field that has none of its own."""


class Fields(Struct, frozen=True):
    """The fields of all plans, and for each plan which of them its own become."""

    every: tuple[Field, ...]
    of_plan: tuple[Mapping[FieldKey, Field], ...]


class Vocabulary(Struct, frozen=True):
    """How one plan's words become the shared ones."""

    mark: str
    group: str
    fields: Mapping[FieldKey, Field]
    codes: Mapping[str, str]
    names: Mapping[str, str]

    def ref(self, ref: str) -> str:
        """A ref with the mark of its plan."""
        return f"{self.mark}/{ref}" if ref else ""

    def uid(self, uid: str) -> str:
        """A uid that no other plan has."""
        return f"{self.mark}/{uid}" if uid else ""

    def name(self, name: str) -> str:
        """A lead's name, told apart where another plan has the same."""
        return self.names.get(name, name)

    def field(self, name: str, kind: str = "action") -> str:
        """The shared id of a field; one that the plan no longer has keeps its name."""
        found = self.fields.get((kind, name))
        return found.id if found else name


def united_fields(
    definitions: Sequence[PlanDefinition], marks: Sequence[str], scale: Scale
) -> Fields:
    """One set of fields: those with the same role, or the same heading and type, are one."""
    every: dict[FieldKey, Field] = {}
    of_plan: list[Mapping[FieldKey, Field]] = []
    for definition, mark in zip(definitions, marks, strict=True):
        mine: dict[FieldKey, Field] = {}
        main = definition.with_role("rating")
        for item in _own_fields(definition):
            own_scale = item.field_type.rated and item.scale != (main.scale if main else "")
            kept = f"{mark} {item.scale}" if own_scale else scale.name
            item_now = replace(item, scale=kept if item.field_type.rated else "")
            used = {found.id for (kind, _), found in mine.items() if kind == item.of}
            same = next(
                (f for f in every.values() if f.id not in used and _same(f, item_now)), None
            )
            if same is None:
                name = item.id if (item.of, item.id) not in every else f"{item.id}_{mark.lower()}"
                same = replace(item_now, id=name)
                every[item.of, name] = same
            mine[item.of, item.id] = replace(item_now, id=same.id)
        of_plan.append(mine)
    return Fields(tuple(every.values()), tuple(of_plan))


def _own_fields(definition: PlanDefinition) -> list[Field]:
    fields = [f for f in definition.fields if not f.retired]
    if definition.with_role("section") is None:
        fields.insert(0, SECTION)
    return fields


def _same(one: Field, other: Field) -> bool:
    if one.of != other.of or one.field_type.rated != other.field_type.rated:
        return False
    if one.field_type.rated and one.scale != other.scale:
        return False
    if one.role != PLAIN or other.role != PLAIN:
        return one.role == other.role
    return fold(one.heading) == fold(other.heading) and one.type == other.type


def translated(board: Board, words: Vocabulary, scale: Scale) -> Board:
    """The board in shared words; its definition still judges by its own scale's order."""
    return replace(
        board,
        definition=_definition(board.definition, words, scale),
        rows=[_row(board.definition, row, words) for row in board.rows],
        previous=None
        if board.previous is None
        else {
            words.uid(uid): _last_values(board.definition, last, words)
            for uid, last in board.previous.items()
        },
        first={words.uid(uid): _code(value, words) for uid, value in board.first.items()},
        changes=[_change(board, change, words) for change in board.changes],
        questions=[_question(board.definition, q, words) for q in board.questions],
        returns=[replace(line, lead=words.name(line.lead)) for line in board.returns],
        problems=[
            p.but(action=words.ref(p.action), field=words.field(p.field)) for p in board.problems
        ],
        history=[_past(past, words) for past in board.history],
        dues={words.uid(uid): known for uid, known in board.dues.items()},
        challenges={words.uid(uid): sentences for uid, sentences in board.challenges.items()},
        requests=[
            replace(
                request,
                uid=words.uid(request.uid),
                field=words.field(request.field),
                author=words.name(request.author),
            )
            for request in board.requests
        ],
        answers={words.uid(uid): sentences for uid, sentences in board.answers.items()},
    )


def _definition(definition: PlanDefinition, words: Vocabulary, scale: Scale) -> PlanDefinition:
    main = definition.with_role("rating")
    ratings = []
    for rating in definition.ratings:
        if main is not None and rating.scale == main.scale:
            point = scale.point(words.codes[rating.code])
            ratings.append(replace(rating, code=point.code, label=point.label, scale=scale.name))
        else:
            ratings.append(replace(rating, scale=f"{words.mark} {rating.scale}"))
    chosen = [words.field(name) for name in definition.composite.fields]
    return replace(
        definition,
        fields=tuple(words.fields.values()),
        ratings=tuple(ratings),
        leads=tuple(
            replace(
                lead,
                name=words.name(lead.name),
                aliases=(),
                organisation=lead.organisation or words.group,
            )
            for lead in definition.leads
        ),
        composite=CompositeSettings(fields=tuple(chosen)),
    )


def _row(definition: PlanDefinition, row: MasterRow, words: Vocabulary) -> MasterRow:
    values = _values(definition, row.values, words, row.kind)
    section = row.section
    if row.kind == "action":
        section = f"{words.mark}: {section_of(definition, row)}"
        values[_section_id(words)] = section
    return MasterRow(
        words.uid(row.uid),
        row.kind,
        words.ref(row.ref),
        section,
        values,
        row.withdrawn,
        row.kept_back,
    )


def _last_values(
    definition: PlanDefinition, last: Mapping[str, Value], words: Vocabulary
) -> Mapping[str, Value]:
    values = _values(definition, last, words)
    values[_section_id(words)] = f"{words.mark}: {section_in(definition, last)}"
    return values


def _section_id(words: Vocabulary) -> str:
    found = (f for (kind, _), f in words.fields.items() if kind == "action" and f.role == "section")
    return next(found).id


def _values(
    definition: PlanDefinition,
    values: Mapping[str, Value],
    words: Vocabulary,
    kind: str = "action",
) -> dict[str, Value]:
    return {
        words.field(name, kind): _value(definition.find(name, kind), value, words, definition)
        for name, value in values.items()
    }


def _value(
    item: Field | None, value: Value, words: Vocabulary, definition: PlanDefinition
) -> Value:
    if item is None:
        return value
    if item.field_type.rated:
        main = definition.with_role("rating")
        return _code(value, words) if main and item.scale == main.scale else value
    if item.role == "key" and isinstance(value, str):
        return words.ref(value)
    if item.role == "recommendation" and isinstance(value, frozenset):
        return frozenset(words.ref(element) for element in value)
    if item.field_type.people and isinstance(value, tuple):
        return tuple(words.name(name) for name in value)
    return value


def _code(value: Value, words: Vocabulary) -> Value:
    return words.codes.get(value, value) if isinstance(value, str) else value


def _change(board: Board, change: Change, words: Vocabulary) -> Change:
    kind = next((row.kind for row in board.rows if row.uid == change.uid), "action")
    item = board.definition.find(change.field, kind)
    return replace(
        change,
        uid=words.uid(change.uid),
        action=words.ref(change.action),
        field=words.field(change.field, kind),
        before=_value(item, change.before, words, board.definition),
        after=_value(item, change.after, words, board.definition),
        by=words.name(change.by),
    )


def _question(definition: PlanDefinition, question: Question, words: Vocabulary) -> Question:
    item = definition.find(question.field)

    def offered(candidate: Candidate) -> Candidate:
        return replace(
            candidate,
            value=_value(item, candidate.value, words, definition),
            author=words.name(candidate.author),
        )

    return replace(
        question,
        id=words.uid(question.id),
        uid=words.uid(question.uid),
        action=words.ref(question.action),
        field=words.field(question.field),
        base=_value(item, question.base, words, definition),
        master=_value(item, question.master, words, definition),
        candidates=tuple(offered(candidate) for candidate in question.candidates),
    )


def _past(past: PastBoard, words: Vocabulary) -> PastBoard:
    return PastBoard(
        past.label,
        {words.uid(uid): _code(value, words) for uid, value in past.ratings.items()},
        {words.uid(uid): day for uid, day in past.dues.items()},
        past.brought,
    )


_Meaning = tuple[str, bool, bool, bool]


class Scale(Struct, frozen=True):
    """The united scale, best first, and for each plan the united code of each of its own."""

    name: str
    points: tuple[Rating, ...]
    codes: tuple[Mapping[str, str], ...]

    def point(self, code: str) -> Rating:
        """The point with a code of this scale."""
        return next(p for p in self.points if p.code == code)


def main_scale(definition: PlanDefinition) -> tuple[Rating, ...]:
    """The scale of a plan's rating, best first."""
    item = definition.with_role("rating")
    scale = definition.scale_of(item) if item else ()
    return scale if best_first(scale) else tuple(reversed(scale))


def _meaning(rating: Rating) -> _Meaning:
    return (fold(rating.label or rating.code), rating.closed, rating.holding, rating.exception)


def _place(rating: Rating) -> int:
    """Closed, then under watch, then on track, then for attention."""
    return 0 if rating.closed else 1 if rating.holding else 3 if rating.exception else 2


def united_scale(definitions: Sequence[PlanDefinition], marks: Sequence[str]) -> Scale:
    """The scales of several plans as one.

    Two points are the same where they have the same label and count the same for the board; a
    Blue that is closed and a Blue that is still to be inspected stay two, told apart by the mark
    of the plan.
    """
    known: dict[_Meaning, Rating] = {}
    places: dict[str, tuple[int, int, int]] = {}
    codes: list[dict[str, str]] = []
    items = [d.with_role("rating") for d in definitions]
    name = next((item.scale for item in items if item is not None), "")
    for plan, (definition, mark) in enumerate(zip(definitions, marks, strict=True)):
        mine: dict[str, str] = {}
        for number, rating in enumerate(main_scale(definition)):
            meaning = _meaning(rating)
            if meaning not in known:
                known[meaning] = _added(rating, mark, list(known.values()), name)
                places[known[meaning].code] = (_place(rating), plan, number)
            mine[rating.code] = known[meaning].code
        codes.append(mine)
    points = sorted(known.values(), key=lambda r: places[r.code])
    ordered = tuple(replace(r, order=n) for n, r in enumerate(points, 1))
    return Scale(name, ordered, tuple(codes))


def _added(rating: Rating, mark: str, there: Sequence[Rating], scale: str) -> Rating:
    """A further point, shown by a word that no other has: with the plan's mark where it must."""
    word = rating_word(rating)
    used = fold(word) in {fold(rating_word(r)) for r in there}
    shown = f"{word} ({mark})" if used else word
    codes = {r.code for r in there}
    code, label = rating.code, rating.label
    # What is shown is the code where that is a word, so it is the code that takes the mark.
    if code in codes or (used and word == code):
        code = f"{mark}/{code}" if shown in codes else shown
    if word != rating.code:
        label = shown
    return replace(rating, code=code, label=label, aliases=(), scale=scale)
