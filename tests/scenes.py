"""Scenes that Hypothesis makes up: templates (leads, cycles), returns with edits, saved at various
times, and acts of the coordinator. The plan has three actions and a field of every kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.paper import Office
from xlplan.merge.model import Issued
from xlplan.merge.reading import Reading
from xlplan.plan.values import Raw

TEXT = st.sampled_from(["x", "y", "Paint bought", "- done", "=1+1", "two\nlines", "007", " é "])
VALUES: dict[str, st.SearchStrategy[Raw]] = {
    "due": st.sampled_from(
        ["June 2026", "1 May 2026", "Jun 2026", "03/04/2026", "TBC", "Ongoing", "continuous"]
    ),
    "rating": st.sampled_from(["Green", "Amber", "Red", "green", "Purple", "Blue"]),
    "progress": TEXT,
    "tags": st.sampled_from(["a", "b", "a, b", "a, c", "c; d"]),
    "share": st.sampled_from([0.25, 0.5, "50%", "lots"]),
    "revised": st.sampled_from(["1 May 2026", "2026-05-02", "soon"]),
    "diary:entry": TEXT,
}
LOCKED: dict[str, st.SearchStrategy[Raw]] = {
    "ref": st.just("9.9"), "action": TEXT, "lead": st.just("Cat"), "diary": TEXT,
}  # fmt: skip
UIDS = st.sampled_from(["a-1", "a-2", "a-3"])
STAMPS = st.sampled_from(
    ["", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z"]
)


def edits(columns: dict[str, st.SearchStrategy[Raw]], *, blanks: bool = True) -> st.SearchStrategy[
    dict[tuple[str, str], Raw]
]:  # fmt: skip
    cell = st.sampled_from(sorted(columns)).flatmap(
        lambda name: st.tuples(
            st.tuples(UIDS, st.just(name)),
            st.one_of(st.none(), columns[name]) if blanks else columns[name],
        )
    )
    return st.lists(cell, max_size=5).map(dict)


@dataclass
class Sent:
    """One return: whose template (by number), what was edited, the in-file time."""

    template: int
    edits: dict[tuple[str, str], Raw]
    saved_at: str
    missing: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)


SENT = st.builds(
    Sent,
    template=st.integers(0, 3),
    edits=edits({**VALUES, **LOCKED}),
    saved_at=STAMPS,
    missing=st.one_of(st.just([]), st.lists(UIDS, max_size=1)),
    without=st.one_of(st.just([]), st.lists(st.sampled_from(sorted(VALUES)), max_size=2)),
)
OPEN = st.sampled_from(["Green", "Amber", "Red"])
"""What the coordinator closes is held when it comes back, which the textbook does not know."""
MASTER_EDITS = edits(
    {k: v for k, v in VALUES.items() if ":" not in k} | {"rating": OPEN}, blanks=False
)
OWN_EDITS = edits(
    {k: v for k, v in VALUES.items() if ":" not in k} | {"rating": OPEN, "diary": TEXT},
    blanks=False,
)
"""With the earlier text of a narrative that grows, which leads cannot edit."""


@dataclass
class Scene:
    """An office in which three leads hold templates, after some acts of the coordinator."""

    office: Office
    templates: list[Issued]


def scene(acts: list[dict[tuple[str, str], Raw]]) -> Scene:
    """Templates go out between the coordinator's edits, so that bases differ."""
    office = Office()
    templates = [office.issue("Ann"), office.issue("Ben")]
    for number, act in enumerate(acts):
        office.coordinator(act, digest=f"act {number}")
    templates += [office.issue("Ann", cycle="2026-02"), office.issue("Cat", cycle="2026-02")]
    return Scene(office, templates)


ACTS = st.lists(OWN_EDITS, max_size=2)


def read(scene: Scene, sent: Sent, number: int) -> Reading:
    return scene.office.reading(
        scene.templates[sent.template],
        sent.edits,
        saved_at=sent.saved_at,
        missing=sent.missing,
        without=sent.without,
        digest=f"sent {number}",
    )
