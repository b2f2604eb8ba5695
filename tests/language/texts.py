"""The catalogue as its text, and every text of the code that belongs in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import polib

from tests.conftest import ROOT
from xlplan.codes.families import every_message
from xlplan.language.catalogue import FOLDER

PO, MO = FOLDER / "cy.po", FOLDER / "cy.mo"
Text = tuple[str, str]
"""A text, and the form of several things where it counts (else blank)."""


@cache
def in_code() -> dict[Text, list[str]]:
    """Every text of the code that is put into a language, with the modules that say it."""
    found: dict[Text, list[str]] = {}
    for path in sorted((ROOT / "xlplan").rglob("*.py")):
        source = path.read_text("utf-8")
        if not {"tongue", "marked"} & set(re.findall(r"\w+", source)) or path.is_relative_to(
            FOLDER
        ):
            continue
        name = path.relative_to(ROOT).as_posix()
        for text in texts_of(ast.parse(source)):
            found.setdefault(text, []).append(name)
    for message in every_message().values():
        for each in (message.lead, *(message.variants.values() if message.lead_reads_text else ())):
            if each:
                found.setdefault((each, ""), []).append(message.code)
    return found


def texts_of(tree: ast.Module) -> Iterator[Text]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        texts = [
            a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
        ]
        if name in ("say", "marked") and texts:
            yield texts[0], ""
        elif name == "say_count":
            one, many = texts
            yield one, many


def written() -> dict[Text, polib.POEntry]:
    return {(entry.msgid, entry.msgid_plural): entry for entry in polib.pofile(str(PO))}
