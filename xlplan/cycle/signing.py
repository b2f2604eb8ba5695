"""Who has signed a return: the one sign-off, or a signature for each role that the plan names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from xlplan.returned.as_issued import NO_CHANGE, READ, SIGNED_BY, SIGNED_ON, signature_id

if TYPE_CHECKING:
    from xlplan.cycle.kept import Document
    from xlplan.merge.model import Returned
    from xlplan.merge.state import State


def signing_of(state: State, returned: Sequence[Returned]) -> Document:
    """What the sign-off of the return that was saved last says, of those that have one.

    Where the plan asked for signatures by role when that workbook went out, it counts as signed
    once all are there; `unsigned` are the roles whose signature is missing.
    """
    last = max(
        returned, key=lambda fact: (bool(fact.sign_off), fact.saved_at, fact.id), default=None
    )
    said: Mapping[str, str] = last.sign_off if last is not None else {}
    roles = _roles(state, last) if last is not None else ()
    by = {role: said.get(signature_id(SIGNED_BY, role), "") for role in roles}
    on = {role: said.get(signature_id(SIGNED_ON, role), "") for role in roles}
    missing = [role for role in roles if not by[role]]
    found: Document = {
        "no_change": said.get(NO_CHANGE) == "yes",
        "read": said.get(READ) == "yes",
        "signed_by": said.get(SIGNED_BY, ""),
        "signed_on": said.get(SIGNED_ON, ""),
        "signatures": [
            f"{role}: {', '.join(filter(None, (by[role], on[role])))}" for role in roles if by[role]
        ],
        "unsigned": missing,
    }
    if roles and not missing:
        found["signed_by"] = ", ".join(by.values())
        found["signed_on"] = max(on.values())
    return found


def _roles(state: State, returned: Returned) -> tuple[str, ...]:
    """The roles that sign, by the definition with which the workbook went out; an accountable
    officer signs alone."""
    issued = state.issued[returned.issued]
    if issued.to_sign:
        return ()
    return tuple(each.role for each in state.definition_at(issued.as_of).signatures)
