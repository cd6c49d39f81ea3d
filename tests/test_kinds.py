import pytest

from chainrule.errors import InputError
from chainrule.kinds import learn_features, learn_target
from chainrule.tables import Table


def column(*cells: str) -> Table:
    rows = [[cell] for cell in cells]
    return Table.of_rows("t.csv", ("x",), rows, range(2, len(cells) + 2), True, "comma")


def test_a_code_among_numbers_makes_all_of_them_words() -> None:
    (feature,) = learn_features(column("501", "00501", "501", "7"), [0])
    assert feature.categories == ("00501", "501", "7")
    assert learn_features(column("501", "0", "0.5"), [0])[0].categories is None
    assert learn_target(column("1", "01", "1", "01"), 0).classes == ("01", "1")


@pytest.mark.parametrize(
    "cell", ["2024-01-05", "5.1.2024", "05/01/2024 13:30", "2024-01-05T13:30:00Z", "13:30"]
)
def test_dates_are_refused_with_what_to_do(cell: str) -> None:
    with pytest.raises(
        InputError,
        match=r"line 3, .*is a date or a time.*columns of their own.*: `--leave-out x`\.$",
    ):
        learn_features(column("", cell, cell, "soon"), [0])


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (["1,5", "2,25"], ["--decimal ,"]),
        (["1,234,567", "1,000"], ["--thousands ,"]),
        (["1,234", "2,500"], ["--decimal ,", "--thousands ,"]),
        (["1.234,5", "7,5"], ["--thousands . --decimal ,"]),
        (["1'234", "5'000"], ['--thousands "\'"']),
    ],
)
def test_the_options_that_make_numbers_of_cells_are_proposed(
    cells: list[str], options: list[str]
) -> None:
    said = " or ".join(f"`{option}`" for option in options)
    with pytest.raises(InputError, match=rf"looks like a number, .*; say {said} if it is one\.$"):
        learn_features(column(*cells), [0])
