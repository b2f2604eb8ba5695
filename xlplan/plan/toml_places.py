"""Where every key stands in a TOML text: its line, for a fault, and its place, to be changed.

`tomllib` gives no positions (python/cpython#115516), nor does tomlkit, which keeps the layout but
not the lines, puts a new key below the comment of the next table, and costs more to import than the
rest of a command together. So this walks the text again, after `tomllib` has found it to be valid:
it needs to tell keys, brackets and strings apart, and nothing else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from xlplan.late import regex

Path = tuple[str | int, ...]
"""Keys and positions in lists, from the outside in: ``("field", 2, "type")``."""

_TOKEN = regex(
    r'"""(?:[^\\]|\\.)*?"{3,5}'  # a string may end in two quotes of its own
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'"
    r"|#[^\n]*"
    r"|[\[\]{}=.,\n]"
    r"|[^\s\[\]{}=.,#\"']+",
    re.DOTALL,
)


class _Token(Struct, frozen=True):
    text: str
    line: int
    start: int
    end: int


class _Walk(Struct):
    """One walk over the tokens. `table` is the table that the last header opened."""

    tokens: Iterator[_Token]
    now: _Token
    lines: dict[Path, int] = field(default_factory=dict)
    lengths: dict[Path, int] = field(default_factory=dict)
    table: Path = ()
    spans: dict[Path, tuple[int, int]] = field(default_factory=dict)
    end: int = 0
    """Where the last token ended."""

    def step(self) -> None:
        self.end = self.now.end
        self.now = next(self.tokens)

    def skip_lines(self) -> None:
        while self.now.text == "\n":
            self.step()

    def key(self) -> tuple[str, ...]:
        """A dotted key; a number such as ``1.2`` in a key is two parts, as TOML has it."""
        parts: list[str] = []
        while self.now.text not in ("=", "]"):
            if self.now.text != ".":
                parts.append(_unquote(self.now.text))
            self.step()
        return tuple(parts)

    def header(self) -> None:
        line, start = self.now.line, self.now.start
        self.step()
        many = self.now.text == "["
        if many:
            self.step()
        path: Path = ()
        for part in self.key():
            path = self.inside((*path, part))
        if many:
            whole = path[:-1] if path and isinstance(path[-1], int) else path
            self.lines.setdefault(whole, line)
            path = (*whole, self.lengths.get(whole, 0))
            self.lengths[whole] = self.lengths.get(whole, 0) + 1
        self.lines.setdefault(path, line)
        self.table = path
        while self.now.text == "]":
            self.step()
        self.spans[path] = (start, self.end)

    def inside(self, path: Path) -> Path:
        """The path itself or, for a list of tables, its last table so far."""
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def pair(self, table: Path) -> None:
        line = self.now.line
        path = table
        for part in self.key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self.step()  # the equals sign
        start = self.now.start
        self.value(path)
        self.spans[path] = (start, self.end)

    def value(self, path: Path) -> None:
        if self.now.text == "[":
            self.items(path)
        elif self.now.text == "{":
            self.inline_table(path)
        else:
            while self.now.text not in ("\n", ",", "]", "}"):
                self.step()  # a number such as 1.5 is several tokens

    def items(self, path: Path) -> None:
        self.step()
        position = 0
        while True:
            self.skip_lines()
            if self.now.text == "]":
                break
            if self.now.text == ",":
                position += 1
                self.step()
                continue
            self.lines[(*path, position)] = self.now.line
            self.value((*path, position))
        self.step()

    def inline_table(self, path: Path) -> None:
        self.step()
        while self.now.text != "}":
            if self.now.text in (",", "\n"):
                self.step()
            else:
                self.pair(path)
        self.step()


def find_places(text: str) -> Mapping[Path, int]:
    """The line (from 1) of every table, key and list item of a valid TOML text, by its path."""
    return _walk(text).lines


def find_spans(text: str) -> Mapping[Path, tuple[int, int]]:
    """Where in a valid TOML text the head of every table and the value of every key stands."""
    return _walk(text).spans


def _walk(text: str) -> _Walk:
    tokens = _tokens(text)
    walk = _Walk(tokens, next(tokens))
    while walk.now.text:
        if walk.now.text == "\n":
            walk.step()
        elif walk.now.text == "[":
            walk.header()
        else:
            walk.pair(walk.table)
    return walk


def line_of(places: Mapping[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest thing around it that has one; 1 for nothing at all."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, 1)


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        found = match[0]
        if not found.startswith("#"):
            yield _Token(found, line, *match.span())
        line += found.count("\n")
    yield _Token("\n", line, len(text), len(text))
    yield _Token("", line, len(text), len(text))


def _unquote(part: str) -> str:
    return str(tomllib.loads(f"key = {part}")["key"]) if part[0] in "\"'" else part
