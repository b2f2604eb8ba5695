"""The text of a web page, as messages are written in."""

from __future__ import annotations

from html.parser import HTMLParser

_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_WITHIN = frozenset(
    {"a", "abbr", "b", "code", "del", "em", "font", "i", "ins", "s", "small", "span", "strong",
     "sub", "sup", "u"}
)  # fmt: skip
"""Elements within a word or a line: around any other a reader sees a gap."""


def page_text(page: str) -> str:
    """What a reader sees of a page, words apart that stand apart."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return "".join(reader.said)


class _Reader(HTMLParser):
    """Handlers that keep what is shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.unseen: list[str] = []

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag == "body":
            self.unseen.clear()  # a head that nobody closed
        elif tag in _UNSEEN:
            self.unseen.append(tag)
        elif tag not in _WITHIN:
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in self.unseen:
            del self.unseen[self.unseen.index(tag) :]
        elif tag not in _WITHIN:
            self.said.append(" ")

    def handle_data(self, data: str) -> None:
        """Keep a text, unless it is not shown."""
        if not self.unseen:
            self.said.append(data)
