"""What a column is: its role by its heading, where its cells do not deny it.

The headings are those of published improvement plans; `guess_role` compares whole headings, so
that a sentence which happens to hold "action" is never taken for a heading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from msgspec import Struct

from xlplan.late import regex
from xlplan.plan.definition import Kind
from xlplan.plan.propose_ratings import one_rating
from xlplan.plan.status_words import known_rating, leading_rating
from xlplan.plan.text import fold, trimmed
from xlplan.plan.values import Raw

_RATING = r"(?:b?rag ?b?|brag+|rating|status|delivery confidence)(?: (?:rating|status|score))?"
_DUE = r"(?:timescales?|time ?scales?|time|time ?frames?|timelines?|date|deadline|completion date|"
_DUE += r"due date|target date|end date|finish date|completion|delivery date)"
_WHO = r"(?:officers?|persons?|people|leads?|owners?|managers?|names?|individuals?)"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("key", r"(?:action |item |unique |task )?(?:ref(?:erence)?|no|nos|number|num|id)"
            r"(?: no| number| id)?|item"),
    ("inspection", r"(?:report|ofsted|inspection|cqc|inspectorate|paragraph|para|regulation|source)"
                   r" (?:ref(?:erence)?s?|para(?:graph)?s?|no|number)(?: no| number)?"),
    ("page", r"page(?: (?:no|number|ref|reference)\b.*)?"),
    ("initial_rating", rf"(?:initial|original|baseline|starting) {_RATING}|"
                       rf"{_RATING} (?:initial|original|baseline)"),
    ("previous_rating", rf"(?:previous|last|prior) {_RATING}|{_RATING} (?:previous|last|prior)"),
    ("rating", rf"(?:current |overall |progress |latest |action )?{_RATING}(?: (?:current|now))?"),
    ("percent", r"(?:(?:progress|completion|completed?|done|delivery|delivered) )?percent(?:age)?"
     r"(?: (?:completed?|completion|done|progress|delivered|achieved))?"),
    ("revised", rf"(?:revised|new|forecast|expected|rescheduled) {_DUE}"),
    ("reason", r"reasons?(?: for .*)?|cause of delay"),
    ("due", rf"(?:recommended |proposed |original |agreed |planned |target )?{_DUE}"
            r"(?: for (?:completion|delivery|implementation))?|due|due by|by when|when|"
            r"(?:to be )?completed? by|date due|date for completion|implementation date|"
            r"target|timescale by when|target completion date"),
    ("accountable", rf"accountable(?: {_WHO})?|accountability|(?:lead|owner|"
                    r"responsib\w+) exec(?:utive)?|sro|"
                    r"exec(?:utive)? (?:lead|sponsor|owner|director)|"
                    r"senior responsible (?:officer|owner)|sponsor|strategic lead|lead director|"
                    r"(?:lead (?:cabinet )?|cabinet )member|portfolio holder"),
    ("organisation", r"(?:lead |responsible )?(?:agency|agencies|organisations?|partners?|"
                     r"department|directorate)"),
    ("lead", rf"(?:action |task |key |named )?(?:lead|responsible|owner|responsibility)(?: {_WHO})?"
             rf"|leads|owners|who|by whom|{_WHO} (?:responsible|leading)|responsible|assigned to|"
             r"responsibility of|lead responsibility|responsible lead|lead owner|"
             r"who is responsible"),
    ("milestone", r"(?:key )?milestones?(?: and dates?)?"),
    ("measure", r"success (?:measures?|criteria)|(?:performance |key )?measures?(?: of success)?|"
                r"kpis?|key performance indicators?|how (?:will we|we will|do we) know.*|"
                r"performance indicators?|what will success look like"),
    ("evidence", r"evidence(?: .*)?|proof|supporting evidence|sources? of evidence"),
    ("output", r"(?:key )?(?:outputs?|deliverables?)(?: required)?"),
    ("outcome", r"(?:key |intended |desired |expected |planned )?(?:outcomes?|impact|benefits?)"
                r"(?: required| expected| sought)?"),
    ("progress", r"(?:latest |current |monthly |quarterly )?(?:progress|updates?|comments?|"
                 r"commentary|notes?|position|narrative)(?: made| updates?| to date| notes?|"
                 r" comments?| so far| since .*| and comments| this period)?|"
                 r"(?:monitoring|status)(?: and)?(?: status)? (?:notes?|updates?|comments?)|"
                 r"what (?:has been|have we) done"),
    ("action", r"(?:key |agreed |required |planned |proposed |improvement |specific |priority )?"
               r"actions?(?: required| needed| to be taken| to take| description| agreed| points?|"
               r" planned| taken| title)?|tasks?|activity|activities|what|what will we do|"
               r"what we will do|what needs to be done|steps|task description"),
    ("recommendation", r"(?:report |inspection |key )?recommendations?(?: text)?|"
                       r"areas? for improvement|requirement|requirements"),
    ("section", r"themes?|sections?|priority|priorities|priority areas?|work ?streams?|strands?|"
                r"areas?|objectives?|strategic objectives?|domains?|category|pillar|goals?|"
                r"bucket name|section column"),
    ("origin", r"origin|source|code"),
)  # fmt: skip
_COMPILED = tuple((role, regex(pattern)) for role, pattern in _PATTERNS)

LEAD_OWNED = frozenset({
    "due", "revised", "reason", "rating", "progress", "evidence", "percent", "steps_done",
})  # fmt: skip
"""Roles that the lead answers for; everything else is the coordinator's."""

LONG_TEXT = 60
"""Average length from which a text is a narrative."""

SUB_HEADINGS = frozenset({
    "initial", "previous", "current", "latest", "original", "revised", "actual", "target",
    "planned", "baseline", "last", "now",
})  # fmt: skip
"""Words of a second heading row below one such as "RAG"."""


_PLURAL = regex(r"\s*\(s\)")
_NO_WORD = regex(r"[^\w ]+")


def normal_heading(heading: str) -> str:
    """A heading for comparison: folded, "(s)" as a plural, without punctuation."""
    return _remembered_normal(heading) if len(heading) <= _REMEMBERED else _normal(heading)


def _normal(heading: str) -> str:
    text = _PLURAL.sub("s", fold(heading)).replace("%", " percent ").replace("#", " no ")
    return " ".join(_NO_WORD.sub(" ", text.replace("'", "")).split())


def guess_role(heading: str) -> str:
    """The role that a heading names, or ``"text"`` when it names none."""
    return _remembered_role(heading) if len(heading) <= _REMEMBERED else _role(heading)


def _role(heading: str) -> str:
    wanted = normal_heading(heading)
    if _mixed(wanted) and re.search(r"[(/&+]| and ", heading):
        return "rating+progress"
    for role, pattern in _COMPILED:
        if pattern.fullmatch(wanted):
            return role
    return "rating+progress" if _mixed(wanted) else "text"


_PERIOD = regex(
    r"\b(?:q[1-4]|(?:quarter|qtr|half|term|week|wk|month|year|yr|period|cycle)(?: ?\d{1,2})?|"
    r"autumn|spring|summer|winter|easter|\d{1,4}|1st|2nd|3rd|4th|"
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)


def without_period(words: str) -> str | None:
    """The words of a heading (small letters) without the period they name: "q1 rag" is "rag",
    "sep 25" is ``""``; None where they name none."""
    bare = " ".join(_PERIOD.sub(" ", words).split())
    return bare if bare != words else None


_REMEMBERED = 100
"""Characters of a text that is worth remembering: a heading, or a word that many cells hold."""
_remembered_normal = lru_cache(maxsize=1 << 13)(_normal)
_remembered_role = lru_cache(maxsize=1 << 12)(_role)


def _mixed(wanted: str) -> bool:
    """Whether a heading promises a rating and a progress note in one column."""
    words = set(wanted.split())
    return bool(words & {"rag", "brag", "rating"}) and bool(
        words & {"progress", "update", "updates", "comments", "commentary"}
    )


def slug(heading: str, fallback: str = "column") -> str:
    """A field id from a heading: lower case, words joined by ``_``, at most 40 characters."""
    words = re.sub(r"[^a-z0-9]+", " ", normal_heading(heading)).split()
    text = ""
    for word in words:
        if len(text) + len(word) > 40:
            break
        text = f"{text}_{word}" if text else word
    text = text or fallback
    return f"f_{text}" if text[0].isdigit() else text


class Sample(Struct, frozen=True, dict=True):
    """One column of one table: its heading and its values from top to bottom, blanks as None."""

    table: int
    heading: str
    values: tuple[Raw, ...]
    of: Kind = "action"
    letter: str = ""
    role: str = ""
    """The role, where it is known already."""

    @cached_property
    def texts(self) -> list[str]:
        """The texts of its cells, blank ones left out."""
        return texts_of(self.values)

    @cached_property
    def counts(self) -> Counter[str]:
        """The same, each once, with how many cells say so."""
        return Counter(self.texts)


def column_role(sample: Sample, samples: Sequence[Sample]) -> str:
    """The role of a column: what its heading says, where its content does not deny it."""
    role = sample.role or (guess_role(sample.heading) if sample.heading else "text")
    texts = sample.texts
    if not sample.heading and not sample.role:
        others = [s for s in samples if s.table == sample.table and s is not sample]
        keyed = any(guess_role(s.heading) == "key" for s in others)
        return "key" if not keyed and looks_like_keys(texts) else "text"
    if role == "key" and texts and sum(map(len, texts)) / len(texts) > 30:
        return "text"
    if role == "recommendation" and sample.of == "recommendation":
        return "action"
    mixed = guess_role(sample.heading) == "rating+progress"
    if mixed or role in ("rating", "progress"):
        found = _rating_or_progress("rating+progress" if mixed else role, sample.counts)
        return "progress" if found == "rating+progress" and _no_scale(sample, samples) else found
    if role == "percent" and not any(isinstance(v, int | float) for v in sample.values):
        return "percent" if all(re.fullmatch(r"\d+(\.\d+)? ?%?", t) for t in texts) else "text"
    return role


def _rating_or_progress(role: str, texts: Mapping[str, int]) -> str:
    """A rating column may hold prose, a progress column ratings, and some hold both. `texts` are
    those of a column with how many cells say each."""
    rates = {text for text in texts if known_rating(one_rating(text)) is not None}
    count, ratings = sum(texts.values()), sum(texts[text] for text in rates)
    prose = sum(
        number for text, number in texts.items()
        if text not in rates and (len(text) > LONG_TEXT or "\n" in text)
    )  # fmt: skip
    if not texts:
        return "progress" if role == "rating+progress" else role
    if role == "progress":
        return "rating+progress" if ratings * 5 >= count and ratings > 2 else "progress"
    if role == "rating+progress":
        if ratings == count:
            return "rating"
        return "rating+progress" if ratings else "progress"
    if prose * 10 <= count:
        return "rating"
    return "rating+progress" if ratings else "progress"


def _no_scale(sample: Sample, samples: Sequence[Sample]) -> bool:
    """Whether the ratings among a column's prose are no scale of their own: a few beside a column
    of ratings, or one word alone where the heading does not promise a rating."""
    texts = {text: one_rating(text) for text in sample.counts}
    ratings = {text: fold(one) for text, one in texts.items() if known_rating(one)}
    few = sum(sample.counts[text] for text in ratings) * 5 < len(sample.texts) * 4
    beside = any(_is_ratings(s) for s in samples if s.table == sample.table and s is not sample)
    promised = "rating" in guess_role(sample.heading) or sample.role == "rating"
    return (few and beside) or (len({*ratings.values()}) < 2 and not promised)


def _is_ratings(sample: Sample) -> bool:
    role = sample.role or guess_role(sample.heading)
    return role == "rating" and _rating_or_progress(role, sample.counts) == "rating"


def leads_with_ratings(sample: Sample, samples: Sequence[Sample]) -> bool:
    """Whether nearly every note begins with a rating word, in a table without a rating column."""
    mine = [s for s in samples if s.table == sample.table and s is not sample]
    if any("rating" in (s.role or guess_role(s.heading)) for s in mine):
        return False
    found = sum(count for text, count in sample.counts.items() if leading_rating(text))
    return len(sample.texts) >= 4 and found * 10 >= len(sample.texts) * 9


def dated_ratings(sample: Sample, samples: Sequence[Sample]) -> bool:
    """Whether some cells of a rating column say when it came to be: "Completed 12/09/26"."""
    more = sum(
        count for text, count in sample.counts.items()
        if text[-1:].isdigit() or text[-2:-1].isdigit()
        if (rating := leading_rating(text)) and len(text) > len(rating) + 3
    )  # fmt: skip
    return more > 1 and leads_with_ratings(sample, samples)


def looks_like_keys(texts: Sequence[str]) -> bool:
    """Whether texts can be refs: at least two, short, each once, nearly all with a digit."""
    if len(texts) < 2 or len(set(texts)) != len(texts):
        return False
    digits = sum(any(c.isdigit() for c in text) for text in texts)
    return max(map(len, texts)) <= 16 and digits * 10 >= len(texts) * 8


def texts_of(values: Iterable[Raw]) -> list[str]:
    """The texts of a column's cells, blank ones left out."""
    held = [value for value in values if value is not None]
    if {*map(type, held)} <= {str}:
        known = {text: trimmed(text) for text in {*held} if type(text) is str}
        return [*filter(None, map(known.__getitem__, held))]  # type: ignore[arg-type]
    texts = (trimmed(value if type(value) is str else str(value)) for value in held)
    return [text for text in texts if text]
