"""The embedded data set that `chainrule train` uses when it is given none."""

from sklearn.datasets import load_iris

from .tables import Table


def iris() -> Table:
    """Return Fisher's irises (1936), 150 rows of 3 species, as scikit-learn ships them.

    >>> table = iris()
    >>> table.names[-1], table.rows[0]
    ('species', ['5.1', '3.5', '1.4', '0.2', 'setosa'])
    """
    bunch = load_iris()
    rows = [
        [*(str(number) for number in row), str(bunch.target_names[label])]
        for row, label in zip(bunch.data.tolist(), bunch.target, strict=True)
    ]
    names = (*bunch.feature_names, "species")
    return Table.of_rows("iris", names, rows, list(range(1, len(rows) + 1)), True, "comma", "row")
