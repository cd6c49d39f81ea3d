"""A search for causes: what is explained, what is left, and where updates are."""

from handwritten import NET
from judging import judged, line_of

from chainrule.locate.cause import Blame, Cause
from chainrule.locate.files import Place


def blame(program: str, left: set[int]) -> Blame:
    one = judged(program)
    return Blame(one.reading, one.fits, left)


def test_a_cause_explains_its_parameters() -> None:
    search = blame(NET, {0, 1})
    first = Cause("wrong-sign", Place("", 3), (0,))
    second = Cause("wrong-sum", Place("", 4), (0, 1))
    search.add(first)
    assert search.left == {1}
    search.add(second)
    assert search.left == set()
    assert search.causes == [first, second]


def test_the_line_of_an_update() -> None:
    search = blame(NET, set())
    names = [one.name for one in search.reading.step.learned]
    for name in ("W1", "b1", "W2", "b2"):
        assert search.update_place(names.index(name)).line == line_of(NET, f"{name} -=")
