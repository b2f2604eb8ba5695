"""The texts that a lead reads, in the lead's own language.

Each text stands in English where it is used, and is put into another language there: by
`Tongue.say`, or, where it is kept as a value first, marked with `marked` for whoever says it later.
The other languages stand in a catalogue each, ``cy.po`` beside this module; ``cy.mo`` is the same
compiled, as gettext reads it.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from xlplan.late import regex

FOLDER = Path(__file__).parent
SHIPPED: Mapping[str, str] = {"en": "English", "cy": "Welsh"}
"""The languages that leads can be written to in, each with its name."""
BETWEEN = " / "
"""What stands between two languages on one line."""


@cache
def read_catalogue(code: str) -> gettext.NullTranslations:
    """The catalogue of a language; that of English is empty, as its texts stand in the code."""
    if code == "en":
        return gettext.NullTranslations()
    with (FOLDER / f"{code}.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def marked(text: str) -> str:
    """`text` itself: it is of the catalogue, and is put into a language where it is shown."""
    return text


class Tongue(Struct, frozen=True):
    """One language, or several that stand side by side, in their order: codes of `SHIPPED`."""

    codes: tuple[str, ...] = ("en",)

    @property
    def singles(self) -> tuple[Tongue, ...]:
        """Each of its languages by itself."""
        return (self,) if len(self.codes) == 1 else tuple(Tongue((code,)) for code in self.codes)

    def each(self, make: Callable[[Tongue], str], between: str = BETWEEN) -> str:
        """What `make` says in each of its languages, once where they say the same."""
        return between.join(dict.fromkeys(filter(None, map(make, self.singles))))

    def say(self, text: str, /, **places: object) -> str:
        """A text of the catalogue, with its places filled; one that is not in it stays as it is.

        What fills a place may be a function of the language, such as a date in words.
        """
        return self.each(lambda one: one._filled(one._known(text), places))

    def say_count(self, one: str, many: str, count: int, /, **places: object) -> str:
        """A text that counts, in the form that goes with `count`, which fills its place of that
        name; `one` and `many` are the forms in English."""

        def form(tongue: Tongue) -> str:
            found = read_catalogue(tongue.codes[0]).ngettext(one, many, count)
            return tongue._filled(found, {"count": count, **places})

        return self.each(form)

    def retell(self, recorded: str, texts: Iterable[str]) -> str:
        """A text that was recorded in English with its places filled, in this tongue: one of these
        `texts` of the catalogue; as it was recorded where it is none of them."""
        if self == ENGLISH:
            return recorded
        found = ((text, _pattern(text).fullmatch(recorded)) for text in texts)
        text, match = next(((text, match) for text, match in found if match), ("", None))
        if match is None:
            return recorded
        places = match.groupdict()
        return self.each(lambda one: _PLACE.sub(lambda at: places[at[1]], one._known(text)))

    def _known(self, text: str) -> str:
        # The catalogue has its own description under the empty text.
        return read_catalogue(self.codes[0]).gettext(text) if text else text

    def _filled(self, text: str, places: Mapping[str, object]) -> str:
        """`text` with its places filled; where there are none to fill, a brace is a brace."""
        filled = {name: each(self) if callable(each) else each for name, each in places.items()}
        return text.format(**filled) if filled else text


ENGLISH = Tongue()
_PLACE = regex(r"\{(\w+)(?:![a-z])?\}")
"""A place of a text, as `str.format` or a message of `xlplan.codes` has it."""


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """What matches a text with its places filled."""
    parts, known = [], set[str]()
    for literal, name in zip(_PLACE.split(text)[::2], [*_PLACE.findall(text), ""], strict=True):
        parts.append(re.escape(literal))
        if name:
            parts.append(f"(?P={name})" if name in known else f"(?P<{name}>.*)")
            known.add(name)
    return re.compile("".join(parts), re.DOTALL)


def shipped_code(language: str) -> str:
    """The code of a language as documents name it (``cy-GB``), or ``""`` where none is shipped."""
    code = language.partition("-")[0].lower()
    return code if code in SHIPPED else ""


def tongue_of(languages: Sequence[str]) -> Tongue:
    """The languages of a plan in which leads can be written to; English where there is none."""
    codes = tuple(dict.fromkeys(filter(None, map(shipped_code, languages))))
    return Tongue(codes) if codes else ENGLISH
