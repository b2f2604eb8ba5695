"""Message codes that stand in string literals."""

from __future__ import annotations

import ast
import re

from tests.conftest import ROOT

CODE = re.compile(r"\b[A-Z]{2,5}-\d{3}\b")
NO_CODES = frozenset({"SHA-256", "SHA-512"})


def codes_in(source: str) -> set[str]:
    """The codes of problems in a module's string literals; what it says of itself is no code."""
    if not CODE.search(source):
        return set()
    tree = ast.parse(source)
    talk = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    texts = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in talk
    )
    return {code for text in texts for code in CODE.findall(text)} - NO_CODES


def all_codes() -> set[str]:
    sources = sorted((ROOT / "xlplan").rglob("*.py"))
    return {code for path in sources for code in codes_in(path.read_text("utf-8"))}
