import numpy as np
from listening import Listener

from chainrule.datasets import iris
from chainrule.experiment import run
from chainrule.observation import Observer
from chainrule.page_content import page_content
from chainrule.preparation import Options, prepare
from chainrule.recipes import STANDARD


def test_the_content_is_that_of_the_training() -> None:
    options, recipe = Options(folds=2), STANDARD.changed(epochs=4, hidden=(6, 5, 4))
    prepared, observer = prepare(iris(), options), Observer()
    outcome = run(prepared, recipe, options, Listener(), observer=observer)
    asked = (prepared, recipe, options, outcome, observer.curves)
    content = page_content(*asked, "chainrule train --seed 0", [("do", "this")])
    assert (content.data, content.n_rows, content.target) == ("iris", 150, "species")
    assert [layer.n_outputs for layer in content.network.layers] == [6, 5, 4, 3]
    assert [curve.label for curve in content.curves] == ["fold 1 of 2", "fold 2 of 2", "all rows"]
    assert content.settings["epochs"] == 4
    assert content.settings["folds"] == 2
    assert content.failure == ""
    assert content.command == "chainrule train --seed 0"
    assert {"chainrule", "Python", "numpy", "scikit-learn"} <= set(content.versions)
    assert content.report is not None
    assert content.place == content.report.opened_place
    assert content.place_target == content.report.opened_target


def test_the_largest_weight_of_three_layers_is_opened() -> None:
    options, recipe = Options(folds=2), STANDARD.changed(epochs=4, hidden=(6, 5, 4))
    prepared = prepare(iris(), options)
    outcome = run(prepared, recipe, options, Listener())
    content = page_content(prepared, recipe, options, outcome, (), "", ())
    rows = [outcome.hardest]
    case = outcome.model.kept.case(prepared.encoded[rows], prepared.y[rows])
    sizes = {name: abs(dW).max() for name, dW in case.gradients().named().items() if name[0] == "W"}
    wanted = sorted(sorted(sizes, key=lambda name: -sizes[name])[:3])
    assert [chain.weight.partition("[")[0] for chain in content.chains] == wanted
    np.testing.assert_allclose(
        [abs(chain.gradient) for chain in content.chains], [sizes[name] for name in wanted]
    )
