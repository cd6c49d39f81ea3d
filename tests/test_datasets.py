import numpy as np
from sklearn.datasets import load_iris

from chainrule.datasets import iris
from chainrule.encoding import encode, target_values
from chainrule.kinds import learn_features, learn_target


def test_iris_is_a_table_like_one_from_a_file() -> None:
    table = iris()
    assert table.names[:2] == ("sepal length (cm)", "sepal width (cm)")
    assert len(table.rows) == 150
    assert (table.source, table.place(2, 4)) == ("iris", "`iris`, row 3, column 'species'")
    assert {len(row) for row in table.rows} == {5}


def test_iris_is_what_scikit_learn_ships() -> None:
    table, bunch = iris(), load_iris()
    features = learn_features(table, range(4))
    assert [feature.categories for feature in features] == [None] * 4
    np.testing.assert_array_equal(encode(table, features, range(4)), bunch.data)
    target = learn_target(table, table.index_of("-1", "--target"))
    assert target.classes == ("setosa", "versicolor", "virginica")
    labels = target_values(table, target.place, target)
    assert labels.tolist() == [target.classes[label] for label in bunch.target]


def test_iris_is_made_anew() -> None:
    iris().rows[0][0] = "changed"
    assert iris().rows[0][0] == "5.1"
