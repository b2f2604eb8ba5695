"""What a column's heading says it is: one role for each of the headings that plans use.

The headings are those of published improvement plans; `guess_role` compares whole headings, so
that a sentence which happens to hold "action" is never taken for a heading.
"""

from __future__ import annotations

import re

from xlplan.plan.text import fold

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
    ("percent", r"(?:percent(?:age)?|progress percent|complete percent)(?: complete(?:d)?)?"),
    ("revised", rf"(?:revised|new|forecast|expected|rescheduled) {_DUE}"),
    ("reason", r"reasons?(?: for .*)?|cause of delay"),
    ("due", rf"(?:recommended |proposed |original |agreed |planned |target )?{_DUE}"
            r"(?: for (?:completion|delivery|implementation))?|due|due by|by when|when|"
            r"(?:to be )?completed? by|date due|date for completion|implementation date|"
            r"target|timescale by when|target completion date"),
    ("accountable", rf"accountable(?: {_WHO})?|accountability|executive lead|executive sponsor|sro|"
                    r"senior responsible (?:officer|owner)|sponsor|strategic lead"),
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
                r"areas?|objectives?|strategic objectives?|domains?|category|pillar|goals?"),
    ("origin", r"origin|source|code"),
)  # fmt: skip
_COMPILED = tuple((role, re.compile(pattern)) for role, pattern in _PATTERNS)

LEAD_OWNED = frozenset({"due", "revised", "reason", "rating", "progress", "evidence", "percent"})
"""Roles that the lead answers for; everything else is the coordinator's."""

SUB_HEADINGS = frozenset({
    "initial", "previous", "current", "latest", "original", "revised", "actual", "target",
    "planned", "baseline", "last", "now",
})  # fmt: skip
"""Words of a second heading row below one such as "RAG"."""


def normal_heading(heading: str) -> str:
    """A heading for comparison: folded, "(s)" as a plural, without punctuation."""
    text = re.sub(r"\s*\(s\)", "s", fold(heading)).replace("%", " percent ").replace("#", " no ")
    return " ".join(re.sub(r"[^\w ]+", " ", text.replace("'", "")).split())


def guess_role(heading: str) -> str:
    """The role that a heading names, or ``"text"`` when it names none."""
    wanted = normal_heading(heading)
    if _mixed(wanted) and re.search(r"[(/&+]| and ", heading):
        return "rating+progress"
    for role, pattern in _COMPILED:
        if pattern.fullmatch(wanted):
            return role
    return "rating+progress" if _mixed(wanted) else "text"


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
