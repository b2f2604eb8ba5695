"""The catalogue holds every text that the code puts into a lead's language, and no other.

``python -m tests.language.test_catalogue --write`` brings ``cy.po`` up to date with the code (a new
text stands there without its Welsh, one that is gone is left out) and compiles it to ``cy.mo``.
"""

from __future__ import annotations

import string
import sys
from functools import partial

import polib

from tests.language.texts import MO, PO, in_code, written
from xlplan.codes.definition_codes import VAL_003, VAL_010
from xlplan.codes.families import every_message
from xlplan.language.catalogue import ENGLISH, Tongue, shipped_code, tongue_of
from xlplan.plan.timescales import say_return_by

WELSH, BOTH = Tongue(("cy",)), Tongue(("cy", "en"))
RUN = "run: python -m tests.language.test_catalogue --write, and put the new texts into Welsh"


def test_every_text_is_in_the_catalogue_and_none_that_is_gone() -> None:
    assert set(written()) == set(in_code()), RUN


def test_every_text_has_its_welsh() -> None:
    blank = [
        entry.msgid
        for entry in written().values()
        if not (all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr)
    ]
    assert blank == []


def places_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_a_translation_fills_the_places_of_its_text() -> None:
    for (one, many), entry in written().items():
        for text in entry.msgstr_plural.values() if many else [entry.msgstr]:
            assert places_in(text) - {"count"} == places_in(one) - {"count"}, one


def test_a_translation_begins_and_ends_as_its_text_does() -> None:
    """A blank, or the end of a sentence: texts stand one behind the other."""
    for (one, many), entry in written().items():
        if not many:
            assert entry.msgstr[0].isspace() is one[0].isspace(), one
            assert entry.msgstr[-1].isspace() is one[-1].isspace(), one
            assert entry.msgstr.endswith(".") is one.endswith("."), one


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    assert polib.pofile(str(PO)).to_binary() == MO.read_bytes(), RUN


def test_the_catalogue_says_that_nobody_has_reviewed_it() -> None:
    assert "not been reviewed" in polib.pofile(str(PO)).header


def test_a_text_is_said_in_one_language_or_in_several() -> None:
    text = "Please return by {date}"
    friday = partial(say_return_by, "2026-11-27")
    assert ENGLISH.say(text, date=friday) == "Please return by Friday 27 November 2026"
    assert WELSH.say(text, date=friday) == "Dychwelwch erbyn dydd Gwener 27 Tachwedd 2026"
    assert BOTH.say(text, date="X") == "Dychwelwch erbyn X / Please return by X"
    assert BOTH.say("no text of ours {as it is}") == "no text of ours {as it is}"
    assert BOTH.say("") == ""


def test_welsh_counts_by_the_number_as_its_grammar_does() -> None:
    said = [WELSH.say_count("{count} action", "{count} actions", n) for n in (1, 2, 3, 4, 6, 10)]
    assert said == [
        "1 cam gweithredu", "2 gam gweithredu", "3 cham gweithredu", "4 cam gweithredu",
        "6 cham gweithredu", "10 cam gweithredu",
    ]  # fmt: skip
    assert ENGLISH.say_count("{count} action", "{count} actions", 1) == "1 action"
    assert BOTH.say_count("{count} action", "{count} actions", 2) == "2 gam gweithredu / 2 actions"


def test_what_was_recorded_in_english_is_said_again_in_welsh() -> None:
    texts = [*VAL_003.variants.values(), *VAL_010.variants.values()]
    recorded = VAL_003.fill("timescale", value='31/02 "or so"').message
    again = 'Nid yw "31/02 "or so"" yn ddyddiad. Rhowch ddyddiad megis 28 Chwefror 2026, neu '
    assert WELSH.retell(recorded, texts).startswith(again)
    money = VAL_010.fill("currency", value="5 $", currency="£").message
    assert WELSH.retell(money, texts) == 'Nid yw "5 $" mewn £. Rhowch y swm mewn £.'
    assert ENGLISH.retell(recorded, texts) == recorded
    assert WELSH.retell("something else", texts) == "something else"


def test_every_code_that_a_reply_can_show_has_its_welsh() -> None:
    """Those that leads read in words of their own, and those whose text they read."""
    known = written()
    texts = [m.lead for m in every_message().values() if m.lead]
    texts += [
        text for m in every_message().values() if m.lead_reads_text for text in m.variants.values()
    ]
    assert len(texts) > 50
    assert [text for text in texts if not known[text, ""].msgstr] == []


def test_languages_are_known_by_their_code_whatever_the_country() -> None:
    assert [shipped_code(each) for each in ("cy", "cy-GB", "CY", "en-IE", "fr")] == [
        "cy", "cy", "cy", "en", "",
    ]  # fmt: skip
    assert tongue_of(("fr", "cy-GB", "cy")) == WELSH
    assert tongue_of(()) == tongue_of(("fr",)) == ENGLISH


def update() -> None:
    """Write both files anew."""
    known, old = written(), polib.pofile(str(PO))
    made = polib.POFile(wrapwidth=100)
    made.header, made.metadata = old.header, old.metadata
    forms = dict.fromkeys(range(6), "")
    for (one, many), places in in_code().items():
        before = known.get((one, many))
        entry = polib.POEntry(
            msgid=one,
            msgid_plural=many,
            msgstr=before.msgstr if before else "",
            msgstr_plural=(before.msgstr_plural if before else forms) if many else {},
            occurrences=[(name, "") for name in dict.fromkeys(places)],
        )
        made.append(entry)
    made.save(str(PO))
    MO.write_bytes(made.to_binary())


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        update()
    else:
        sys.exit(__doc__)
