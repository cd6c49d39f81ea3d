"""How messages say a number of things, and a list of names."""

from collections.abc import Sequence


def counted(count: int, thing: str) -> str:
    """Say how many there are of a thing.

    >>> counted(1, "row"), counted(2, "row"), counted(1234567, "parameter")
    ('1 row', '2 rows', '1234567 parameters')
    """
    return f"1 {thing}" if count == 1 else f"{count} {thing}s"


def listed(words: Sequence[str], most: int = 10) -> str:
    """Join words with commas, the first of them only where there are many.

    >>> listed(["a", "b"]), listed(["a", "b", "c"], most=2)
    ('a, b', 'a, b, … (3 in all)')
    """
    return ", ".join(words[:most]) + (f", … ({len(words)} in all)" if len(words) > most else "")
