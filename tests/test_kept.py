from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule import archive, explain, load, save
from chainrule.datasets import iris
from chainrule.errors import InputError
from chainrule.experiment import run
from chainrule.kept import read_kept
from chainrule.model import Model
from chainrule.preparation import Options, Prepared, prepare
from chainrule.recipes import STANDARD
from chainrule.tables import Table


class Silent:
    def begin(self, label: str, epochs: int) -> None:
        pass

    def epoch(self, number: int, loss: float) -> None:
        pass


def trained(prepared: Prepared, keep_rows: int) -> Model:
    recipe = STANDARD.changed(hidden=(4,), epochs=3)
    return run(prepared, recipe, Options(split=0.2), Silent(), keep_rows).model


def numbers() -> Table:
    rows = [[str(k / 7), "ab"[k % 2], str(k * 1.5 + 0.1)] for k in range(30)]
    return Table.of_rows("n.csv", ("x", "kind", "y"), rows, list(range(2, 32)), True, "comma")


@pytest.mark.parametrize("table", [iris(), numbers()], ids=["classes", "numbers"])
def test_a_file_keeps_its_rows_and_explains_them_alike_by_each_way(
    table: Table, tmp_path: Path
) -> None:
    prepared = prepare(table, Options())
    model = trained(prepared, keep_rows=7)
    save(model, tmp_path / "m.chain")
    kept, loaded = read_kept(tmp_path / "m.chain"), load(tmp_path / "m.chain")
    assert kept.rows is not None
    assert loaded.rows is not None
    assert kept.rows.places == loaded.rows.places
    assert len(kept.rows.y) == 7
    case = kept.case_of_rows()
    assert case is not None
    opened = explain(loaded, weight="W1[1, 2]")
    assert opened.gradient == case.gradients().dW[0][1, 2]
    assert opened.agrees
    assert opened.rows[0].row in kept.rows.places
    cells = [row[:-1] for row in table.rows]
    y = prepared.y
    every = explain(loaded, cells, y, weight="b2[0]", row=11)
    expected = kept.case(prepared.encoded[[11]], y[[11]]).gradients().db[1][0]
    assert every.gradient == pytest.approx(expected, rel=1e-12)
    before = (tmp_path / "m.chain").read_bytes()
    save(loaded, tmp_path / "m.chain")
    assert (tmp_path / "m.chain").read_bytes() == before


def test_the_hardest_row_is_among_those_kept() -> None:
    prepared = prepare(iris(), Options())
    model = trained(prepared, keep_rows=5)
    assert model.rows is not None
    case = model.kept.case(prepared.encoded, prepared.y)
    losses = [case.one(row).network.objective(case.parameters, case.X[[row]], case.target[[row]])
              for row in range(len(case))]  # fmt: skip
    assert prepared.places[int(np.argmax(losses))] in model.rows.places
    assert trained(prepared, keep_rows=1000).rows is not None
    assert len(trained(prepared, keep_rows=1000).kept.rows.y) == 150  # type: ignore[union-attr]


def test_a_model_without_rows_says_how_to_keep_some(tmp_path: Path) -> None:
    model = trained(prepare(iris(), Options()), keep_rows=0)
    with pytest.raises(InputError, match=r"the model keeps no rows.*--keep-rows 20"):
        explain(model)
    with pytest.raises(InputError, match="must both be given, or neither"):
        explain(model, [["5", "3", "1", "0"]])
    save(model, tmp_path / "m.chain")
    assert read_kept(tmp_path / "m.chain").case_of_rows() is None
    with pytest.raises(InputError, match=r"must be one of the training's classes.*got 'oak'"):
        explain(model, [["5", "3", "1", "0"]], ["oak"])


def test_a_damaged_description_makes_no_network(tmp_path: Path) -> None:
    save(trained(prepare(iris(), Options()), keep_rows=3), tmp_path / "m.chain")
    arrays, description = archive.read(tmp_path / "m.chain")
    changes: list[dict[str, Any]] = [
        {"network": {}},
        {"network": {"loss": "x", "output_activation": "softmax"}},
        {"rows": {"y": [1], "places": []}},
        {"target": None},
    ]
    for change in changes:
        archive.write(tmp_path / "m.chain", arrays, description | change)
        with pytest.raises(InputError, match="describes no model that can be rebuilt"):
            read_kept(tmp_path / "m.chain")
    del description["network"]
    description["schema"] = "chainrule.model/1"
    description["estimator"]["loss_curve"] = description["estimator"].pop("history")["loss_curve"]
    archive.write(tmp_path / "m.chain", arrays, description)
    with pytest.raises(InputError, match="a version without `explain`; train again"):
        read_kept(tmp_path / "m.chain")
    save(load(tmp_path / "m.chain"), tmp_path / "m.chain")
    assert read_kept(tmp_path / "m.chain").settings["activation"] == "tanh"
