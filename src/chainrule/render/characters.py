"""Characters that a terminal takes as commands, made visible."""


def printable(text: str) -> str:
    r"""Spell out characters that would steer the terminal.

    >>> printable("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
