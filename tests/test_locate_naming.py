"""Names of values, in the program's own words."""

import pytest
from handwritten import NET
from judging import judged

from chainrule.locate.reading import Label, Target


@pytest.mark.parametrize(
    ("kind", "text"), [("gradient", "∂J/∂W1"), ("value", "W1"), ("part", "∂J/∂W1")]
)
def test_partials_carry_the_parameter_s_name(kind: str, text: str) -> None:
    one = judged(NET)
    (old,) = [learned.old[0] for learned in one.reading.step.learned if learned.name == "W1"]
    target = Target(kind, old.number)
    assert one.names.of(old.number) == "W1"
    assert one.names.partial(target) == text
    prefix = "part of " if kind == "part" else ""
    assert one.names.label(Label(target, 1.0)) == prefix + text
