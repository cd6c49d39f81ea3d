"""Lines of a program put together: blocks, functions, and lists of names broken where too long."""

from collections.abc import Sequence
from string import Template
from textwrap import dedent, indent, wrap

WIDTH = 88  # of a line, as most formatters have it

Definitions = dict[str, str]
"""The functions of a program by their names, in the order of their definition."""


def block(text: str, **parts: object) -> str:
    """Return text without its common indentation, $names filled in.

    >>> block('''
    ...     x = $value
    ... ''', value=3)
    'x = 3'
    """
    return Template(dedent(text).strip("\n")).substitute(parts)


def function(name: str, arguments: Sequence[str], says: str, body: Sequence[str]) -> str:
    """Return the definition of a function.

    >>> print(function("one", ["z"], "Return 1.", ["return 1"]))
    def one(z):
        \"\"\"Return 1.\"\"\"
        return 1
    """
    docstring = wrap(f'"""{says}', WIDTH - 7, break_on_hyphens=False)
    docstring = [*docstring, '"""'] if len(docstring) > 1 else [f'{docstring[0]}"""']
    return "\n".join([*listed(f"def {name}(", arguments, "):"), *indented([*docstring, *body])])


def indented(lines: Sequence[str], levels: int = 1) -> list[str]:
    """Return lines moved in."""
    return [indent(line, "    " * levels) for line in lines]


def listed(before: str, parts: Sequence[str], after: str) -> list[str]:
    """Return names in a row, or one a line if the row is too long; `before` ends in a bracket."""
    row = before + ", ".join(parts) + after
    if len(row) <= WIDTH - 8:  # the deepest that it is moved in
        return [row]
    return [before, *(f"    {part}," for part in parts), after]


def assigned(names: Sequence[str], call: str, arguments: Sequence[str]) -> list[str]:
    """Return lines that give names to the results of a call."""
    row = f"{', '.join(names)} = {call}({', '.join(arguments)})"
    if len(row) <= WIDTH - 8:
        return [row]
    left = ", ".join(names)
    if len(left) + len(call) + 4 > WIDTH - 8:
        return [*listed("(", names, ""), f") = {call}({', '.join(arguments)})"]
    return listed(f"{left} = {call}(", arguments, ")")


def returned(names: Sequence[str]) -> list[str]:
    """Return the line that returns these, or a line each if it is too long."""
    row = f"return {', '.join(names)}"
    return [row] if len(row) <= WIDTH - 8 else listed("return (", names, ")")


def paragraph(text: str) -> str:
    """Return text in lines that fit."""
    return "\n".join(wrap(text, WIDTH, break_on_hyphens=False))
