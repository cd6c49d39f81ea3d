"""A page of HTML around one piece, which brings its own style."""

from html import escape

from .characters import printable

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
{style}</style>
</head>
<body>
{body}
</body>
</html>"""

COLUMN = "body { margin: 0 auto; max-width: 56rem; padding: 1.5rem 1.25rem 4rem; }\n"
"""The style of a page that is one column of text."""


def html_page(title: str, body: str, style: str = "") -> str:
    """Return a page with this title, as plain text, and this body, as HTML.

    >>> "<title>a &lt; b</title>" in html_page("a < b", "<p>…</p>")
    True
    """
    return _PAGE.format(title=escape(printable(title)), body=body, style=style)
