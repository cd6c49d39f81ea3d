"""The sentences on docs/when-something-goes-wrong.md about model files and predict are produced."""

import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from commands import called
from model_bytes import description_of, forged
from safetensors.numpy import load as load_tensors

from chainrule import InputError, MLPRegressor, save

PAGE = Path(__file__).parent.parent / "docs" / "when-something-goes-wrong.md"
SECTIONS = ("Model files", "Predict")


def sentences() -> set[str]:
    """The sentences of these sections, each in a block of its own."""
    found: set[str] = set()
    for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading, _, body = part.partition("\n")
        if heading in SECTIONS:
            found |= set(re.findall(r"```\n(.*)\n```", body))
    return found


def rows(colours: str = "red blue") -> Iterator[str]:
    return (f"{k / 7},{colours.split()[k % 2]},{['no', 'yes'][k % 3 > 0]}" for k in range(30))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model and files that are no such, tables and tables unlike them."""
    folder = tmp_path_factory.mktemp("wrong")
    tables = {
        "t.csv": ["size,colour,fits", *rows()],
        "n.csv": ["size,colours", "1,red"],
        "one.csv": ["1.5", "2.5"],
        "hole.csv": ["size,colour", "1,red", ",blue"],
        "n2.csv": ["size,colour", "1,red"],
        "v.csv": ["x,y", *(f"{k},{k * 1.5}" for k in range(30))],
    }
    for name, lines in tables.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for data, model in (("t.csv", "good.chain"), ("v.csv", "numbers.chain")):
        options = ("--epochs", 2, "--hidden", "3", "--split", 0.3)
        assert called("train", data, "-o", model, *options, cwd=folder).returncode == 0
    whole = (folder / "good.chain").read_bytes()
    np.savez(folder / "w.npz", a=np.ones(2))
    (folder / "m.pkl").write_bytes(pickle.dumps({"weights": [1, 2]}))
    later = {"schema": "chainrule.model/3", "versions": {"chainrule": "2.5.0"}}
    newer = forged(load_tensors(whole), description_of(whole) | later)
    (folder / "new.chain").write_bytes(newer)
    return folder


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_each_sentence_is_produced(folder: Path) -> None:
    whole, produced = (folder / "good.chain").read_bytes(), set()

    def told(*arguments: object) -> None:
        result = called(*arguments, cwd=folder)
        assert (result.returncode, result.stdout) == (2, "")
        produced.add(result.stderr.splitlines()[-1])

    for content in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[:300]):
        (folder / "m.chain").write_bytes(content)
        told("predict", "m.chain", "t.csv")
    for model in ("w.npz", "m.pkl", "new.chain", "gone.chain"):
        told("inspect", model)
    told("predict", "good.chain", "n.csv")
    told("predict", "good.chain", "one.csv")
    told("predict", "good.chain", "hole.csv")
    told("predict", "good.chain", "n2.csv", "--id", "nam")
    told("predict", "good.chain", "t.csv", "-o", "t.csv")
    told("predict", "good.chain", "n2.csv", "--score")
    told("predict", "numbers.chain", "v.csv", "--probabilities")
    X = np.linspace(-1, 1, 30).reshape(10, 3)
    own = MLPRegressor(hidden_layer_sizes=(2,), activation=(np.sin, np.cos), max_iter=2)
    with pytest.raises(InputError) as refused:
        save(own.fit(X, X[:, 0]), folder / "own.chain")
    produced.add(str(refused.value))
    assert sentences() == produced
