"""A page of HTML as tests look at it: its tables cell by cell, its text, what it refers to."""

from html.parser import HTMLParser

ALONE = {"meta", "br"}
"""Elements that are written without an end."""


class Page(HTMLParser):
    """What is in a page; `unclosed` are elements that are not closed, or closed by another."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.unclosed: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.unclosed += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in {"href", "src", "action"}]
        if tag not in ALONE:
            self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ALONE:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unclosed.append(tag)

    def handle_data(self, data: str) -> None:
        if {"style", "title", "desc"} & set(self._open):
            return
        self.text += data
        if {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1] += data

    def table(self, *headings: str) -> dict[str, list[str]]:
        """Return the rows of the table with these headings, by their first cell."""
        (found,) = (table for table in self.tables if table[0][: len(headings)] == list(headings))
        return {row[0]: row[1:] for row in found[1:]}
