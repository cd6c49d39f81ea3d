"""`chainrule train` on the wheat seeds: the figures that the README quotes."""

from pathlib import Path

import numpy as np
import pytest

from chainrule.experiment import run
from chainrule.preparation import Options, prepare
from chainrule.reading import read_table
from chainrule.recipes import CLASSIC, STANDARD, Recipe


class Silent:
    """Hears nothing."""

    def begin(self, label: str, epochs: int) -> None:
        pass

    def epoch(self, number: int, loss: float) -> None:
        pass


@pytest.mark.slow
@pytest.mark.parametrize(("recipe", "at_least"), [(STANDARD, 0.93), (CLASSIC, 0.92)])
def test_mean_accuracy_over_ten_seeds(wheat_seeds: Path, recipe: Recipe, at_least: float) -> None:
    table = read_table(str(wheat_seeds))
    means = []
    for seed in range(1, 11):
        options = Options(seed=seed)
        report = run(prepare(table, options), recipe, options, Silent()).report
        assert report is not None
        assert report.baseline == pytest.approx(1 / 3)
        means.append(report.mean)
    print(f"means over the folds, seeds 1 to 10: {np.round(means, 4)}; mean {np.mean(means):.4f}")
    assert np.mean(means) >= at_least
