"""A message: its code, what it means, what to do, its text with places; and "did you mean"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import Literal

from msgspec import Struct, field

from xlplan.errors import Problem, XlplanError
from xlplan.late import regex

Level = Literal["error", "warning", "note"]
Kind = Literal["text", "number", "list", "sentence"]
Filling = str | int | float | Sequence[str] | Sequence[int]
"""What a place may be filled with."""

FEW = 10
"""How many of a list are named where its text asks for a few."""
_BARE = regex(r"[\w./\\:@+-]+")
"""What a shell of any system takes as one word."""
RESERVED = frozenset({"level", "action", "field"})
"""Names that no place may have: `Message.problem` has arguments of these names."""

MASTER = "master.xlsx"
"""The master as the texts call it."""
_master: ContextVar[str] = ContextVar("master", default=MASTER)


def call_master(name: str) -> None:
    """Have messages call the master by its name in the plan that is open: a council's own workbook
    that is kept in its place has another one."""
    _master.set(name if name == MASTER else f'"{name}"')


_PLACE = regex(r"\{(?P<name>[a-z_]+)(?:!(?P<how>[lqfwo]))?(?::(?P<forms>[^{}]*))?\}")


class Filled(Struct, frozen=True):
    """A message whose places are filled. `at` says where it is; then it is a `Problem`."""

    code: str
    message: str
    level: Level

    def at(self, where: str, *, level: str = "", action: str = "", field: str = "") -> Problem:
        """The problem at a place; `level` where the plan sets another one (``[checks]``)."""
        return Problem(self.code, where, self.message, level or self.level, action, field)

    def about(self, what: str) -> Filled:
        """The same with its subject before it: ``Action 3.12: …``."""
        return Filled(self.code, f"{what}: {self.message}", self.level)


class Message(Struct, frozen=True, eq=False):
    """One message code.

    `meaning` and `todo` are the sentences of the page of messages and of ``xlplan explain``.
    `texts` is the text, or several by the name of their variant where one meaning shows in several
    situations; `levels` are the variants whose level is not `level`. `lead` is what a lead reads
    about it in a reply; `lead_reads_text` where that is the text itself.
    """

    code: str
    meaning: str
    todo: str
    texts: str | Mapping[str, str]
    level: Level = "error"
    levels: Mapping[str, Level] = field(default_factory=dict)
    lead: str = ""
    lead_reads_text: bool = False

    def check(self) -> None:
        """Raise ValueError for places that are not written as places are, or called as none may be,
        and for levels of no variant: for tests, as each command makes hundreds of messages."""
        for name, text in self.variants.items():
            if "{" in _PLACE.sub("", text) or "}" in _PLACE.sub("", text):
                raise ValueError(f"{self.code} {name}: a place is not written as places are")
            if wrong := RESERVED & places_of(text).keys():
                raise ValueError(f"{self.code} {name}: no place may be called {sorted(wrong)}")
        if unknown := self.levels.keys() - self.variants.keys():
            raise ValueError(f"{self.code}: levels of no variant: {sorted(unknown)}")

    @property
    def variants(self) -> Mapping[str, str]:
        """Every text by the name of its variant; ``""`` where there is only one."""
        return {"": self.texts} if isinstance(self.texts, str) else self.texts

    def fill(self, variant: str = "", /, **places: Filling) -> Filled:
        """The message with its places filled.

        Raises TypeError where a place is missing, unknown, or filled with the wrong kind of value,
        and KeyError for an unknown variant: each is a bug of the caller.
        """
        text = self.variants[variant]
        kinds = places_of(text)
        if kinds.keys() != places.keys():
            raise TypeError(
                f"{self.code} {variant}: the places are {sorted(kinds)}, not {sorted(places)}"
            )
        for name, kind in kinds.items():
            if not _fits(kind, places[name]):
                raise TypeError(f"{self.code} {variant}: {name} is a {kind}: {places[name]!r}")
        filled = _master.get().join(
            _PLACE.sub(lambda found: _shown(found, places[found["name"]]), part)
            for part in text.split(MASTER)
        )
        return Filled(self.code, filled, self.levels.get(variant, self.level))

    def problem(
        self,
        where: str,
        variant: str = "",
        /,
        *,
        level: str = "",
        action: str = "",
        field: str = "",
        **places: Filling,
    ) -> Problem:
        """The problem at `where`, with its places filled; raises as `fill` does."""
        return self.fill(variant, **places).at(where, level=level, action=action, field=field)

    def fault(self, where: str, variant: str = "", /, **places: Filling) -> XlplanError:
        """An `XlplanError` with this problem alone; raises as `fill` does."""
        return XlplanError(self.fill(variant, **places).at(where))


def places_of(text: str) -> dict[str, Kind]:
    """The places of a text by name, each with the kind of value that fills it."""
    return {found["name"]: _kind(found) for found in _PLACE.finditer(text)}


def shape_of(text: str) -> str:
    """A text with the names of its places, for people: ``"‹value›" is not a date.``"""
    return _PLACE.sub(_name_shown, text)


def listed(names: Sequence[str] | Sequence[int], *, quoted: bool = False, most: int = 0) -> str:
    """Names in one line: ``Ann, Ben``, with the number of those after the first `most`."""
    shown = [f'"{name}"' if quoted else str(name) for name in names[: most or len(names)]]
    more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    return ", ".join(shown) + more


def _name_shown(found: re.Match[str]) -> str:
    name = f"‹{found['name']}›"
    _, _, many = (found["forms"] or "").partition("|")
    return f" {name}" if found["how"] == "o" else many.replace("#", name) or name


def _kind(found: re.Match[str]) -> Kind:
    if found["how"] == "o":
        return "sentence"
    if found["how"]:
        return "list"
    return "number" if found["forms"] else "text"


def _fits(kind: Kind, value: Filling) -> bool:
    if kind == "list":
        return not isinstance(value, str | int | float)
    if kind == "number":
        return isinstance(value, int | float)
    return isinstance(value, str) or (kind == "text" and isinstance(value, int | float))


def _shown(found: re.Match[str], value: Filling) -> str:
    how, forms = found["how"], found["forms"] or ""
    if isinstance(value, str):
        return f" {value}" if how == "o" and value else value
    if isinstance(value, int | float):
        if not forms:
            return f"{value:g}" if isinstance(value, float) else str(value)
        count, shown = value, f"{value:,}"
    else:
        count = len(value)
        shown = listed(value, quoted=how in "qw", most=FEW if how in "fw" else 0)
    one, _, many = forms.partition("|")
    return (one if count == 1 else many).replace("#", shown) if many else shown


CUTOFF = 0.6
"""How like a known word must be: 0 for anything, 1 for the same."""


def nearest(word: str, known: Iterable[str], cutoff: float = CUTOFF) -> str:
    """The known word that is most like `word`, whatever its case, or ``""``."""
    import difflib  # costs a few milliseconds, and only a fault needs it

    folded = {name.casefold(): name for name in known if name}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=cutoff)
    return folded[near[0]] if near else ""


def did_you_mean(word: str, known: Iterable[str], cutoff: float = CUTOFF) -> str:
    """``Did you mean "Head of QA"?``, or ``""`` where no known word is near."""
    return ask_for(nearest(word, known, cutoff))


def ask_for(near: str) -> str:
    """``Did you mean "Head of QA"?`` for a word that was found near, or ``""`` for none."""
    return f'Did you mean "{near}"?' if near else ""


def suggest(word: str, known: Iterable[str]) -> str:
    """What to write instead: the nearest known word, if one is near, and all of them."""
    words = [name for name in known if name]
    if not words:
        return "There are none yet."
    return f"{did_you_mean(word, words)} Use one of: {', '.join(words)}.".lstrip()


def argument(text: str) -> str:
    """`text` as it is typed in a command: between quotes where it holds a space or a sign."""
    return text if _BARE.fullmatch(text) else f'"{text}"'
