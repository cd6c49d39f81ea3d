import errno
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from chainrule.archive import SCHEMA
from chainrule.chain import Array
from chainrule.encoding import encode
from chainrule.errors import InputError
from chainrule.model import Model, train_models
from chainrule.modelfile import load, save
from chainrule.preparation import Options, prepare
from chainrule.recipes import STANDARD
from chainrule.tables import Table

resource = pytest.importorskip("resource")
SMALL = STANDARD.changed(hidden=(3,), epochs=3)


def table_of(label: Callable[[int], object]) -> Table:
    """Forty rows: a number with gaps, a text with commas and quotes, a target."""
    kinds = ["red, dark", 'the "é"', "blau"]
    rows = [[str(row / 7) if row % 9 else "", kinds[row % 3], str(label(row))] for row in range(40)]
    return Table.of_rows("t.csv", ("size", "kind", "y"), rows, list(range(2, 42)), True, "comma")


def model_of(table: Table, **changes: Any) -> Model:
    prepared = prepare(table, Options(missing="mean"))
    recipe = SMALL.changed(**changes)
    ((model, divergence),) = train_models(
        prepared.features, prepared.target, [(prepared.encoded, prepared.y)], recipe, seed=1
    )
    assert divergence is None
    return model


@pytest.fixture(scope="module")
def model() -> Model:
    return model_of(table_of(lambda row: "yes" if row % 3 else "no"))


@pytest.fixture(scope="module")
def data(model: Model, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a model file."""
    path = tmp_path_factory.mktemp("model") / "m.chain"
    save(model, path)
    return path.read_bytes()


def load_bytes(data: bytes, folder: Path) -> Model:
    file = folder / "m.chain"
    file.write_bytes(data)
    return load(file)


def header_of(data: bytes) -> Any:
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])


def forged(arrays: dict[str, Array], description: dict[str, Any]) -> bytes:
    """A file whose digest is right, whatever it says."""
    blank = save_tensors(arrays, {"chainrule": json.dumps(description | {"sha256": "0" * 64})})
    described = description | {"sha256": hashlib.sha256(blank).hexdigest()}
    return save_tensors(arrays, {"chainrule": json.dumps(described)})


LABELS: dict[str, tuple[Callable[[int], object], dict[str, Any]]] = {
    "two text labels": (lambda row: "yes" if row % 3 else "no", {}),
    "int labels": (lambda row: 10 * (row % 3) - 10, {"scale": "minmax"}),
    "20 labels": (lambda row: f"class {row % 20}", {"loss": "half_squared_error"}),
    "numbers": (lambda row: row * 1e3 + 0.5, {"hidden": (4, 3), "solver": "lbfgs"}),
    "no hidden layer": (lambda row: row * 0.1, {"hidden": ()}),
    "counts": (lambda row: row, {"loss": "poisson", "scale": "none"}),
}


@pytest.mark.parametrize("name", LABELS)
def test_a_loaded_model_predicts_the_same(name: str, tmp_path: Path) -> None:
    label, changes = LABELS[name]
    table = table_of(label)
    model = model_of(table, **changes)
    save(model, tmp_path / "m.chain")
    loaded = load(str(tmp_path / "m.chain"))
    encoded = encode(table, model.features, [0, 1])
    expected = model.predict_encoded(encoded)
    found = loaded.predict_encoded(encoded)
    assert found.tolist() == expected.tolist()
    assert found.dtype == expected.dtype
    assert (loaded.features, loaded.target) == (model.features, model.target)
    assert loaded.estimator.get_params() == model.estimator.get_params()
    assert loaded.estimator.loss_curve_ == model.estimator.loss_curve_
    if model.target.classes is not None:
        shares = loaded.probabilities_encoded(encoded)
        np.testing.assert_array_equal(shares, model.probabilities_encoded(encoded))
    before = (tmp_path / "m.chain").read_bytes()
    save(loaded, tmp_path / "m.chain")
    assert (tmp_path / "m.chain").read_bytes() == before


def test_a_model_of_many_classes_is_loaded_without_a_warning(tmp_path: Path) -> None:
    """A warning would be an error here; scikit-learn has one for labels that do not repeat."""
    rows = [[str(row), f"label {row % 31:02}"] for row in range(93)]
    table = Table.of_rows("t.csv", ("x", "y"), rows, list(range(93)), True, "comma")
    model = model_of(table)
    save(model, tmp_path / "m.chain")
    assert load(tmp_path / "m.chain").target.classes == model.target.classes


def test_the_file_is_safetensors_and_says_its_schema(data: bytes) -> None:
    assert SCHEMA == "chainrule.model/2"
    assert sorted(load_tensors(data)) == sorted(
        ["W1", "b1", "W2", "b2", "inputs.center", "inputs.fill", "inputs.scale"]
    )
    description = json.loads(header_of(data)["__metadata__"]["chainrule"])
    assert description["schema"] == SCHEMA
    assert description["target"] == {"name": "y", "place": 2, "classes": ["no", "yes"]}
    assert description["holds"] == "model"
    assert description["rules"] == {
        "missing": "mean",
        "unseen": "error",
        "decimal": ".",
        "thousands": None,
        "missing_words": [],
    }
    assert len(description["estimator"]["history"]["loss_curve"]) == 3
    assert set(description["versions"]) == {"chainrule", "python", "numpy", "scikit-learn"}


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "features are missing": lambda kept: kept.pop("features"),
    "features are a number": lambda kept: kept.update(features=5),
    "one feature less": lambda kept: kept["features"].pop(),
    "one class": lambda kept: kept["target"].update(classes=["no"]),
    "another estimator": lambda kept: kept["estimator"].update({"class": "SVC"}),
    "an unknown setting": lambda kept: kept["estimator"]["settings"].update(gamma=1),
    "an unknown activation": lambda kept: kept["estimator"]["settings"].update(activation="x"),
    "no settings": lambda kept: kept["estimator"].update(settings=None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_right_digest_makes_no_model(change: str, data: bytes, tmp_path: Path) -> None:
    description = json.loads(header_of(data)["__metadata__"]["chainrule"])
    CHANGES[change](description)
    with pytest.raises(InputError, match=r"m\.chain` describes no model that can be rebuilt \("):
        load_bytes(forged(load_tensors(data), description), tmp_path)


def test_a_file_without_an_array_is_no_model(data: bytes, tmp_path: Path) -> None:
    description = json.loads(header_of(data)["__metadata__"]["chainrule"])
    arrays = load_tensors(data)
    del arrays["inputs.scale"]
    with pytest.raises(InputError, match=r"describes no model .*KeyError: 'inputs.scale'"):
        load_bytes(forged(arrays, description), tmp_path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.chain` does not exist"):
        load(tmp_path / "none.chain")
    with pytest.raises(InputError, match=r"/dev/null` is a pipe or a device"):
        load("/dev/null")
    with pytest.raises(InputError, match="is a folder; name a model's file"):
        load(tmp_path)


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond 100 bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_leaves_the_old_file(model: Model, tmp_path: Path) -> None:
    (file := tmp_path / "m.chain").write_bytes(b"the old model")
    with (
        pytest.raises(InputError, match=r"m.chain` cannot be written: File too large"),
        full_disk(),
    ):
        save(model, file)
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_bytes() == b"the old model"


@pytest.mark.parametrize("name", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file(
    name: str, error: BaseException, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise error

    (file := tmp_path / "m.chain").write_bytes(b"the old model")
    monkeypatch.setattr(os, name, fail)
    with pytest.raises(InputError if isinstance(error, OSError) else KeyboardInterrupt):
        save(model, file)
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_bytes() == b"the old model"


def test_only_files_are_written(model: Model, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for name, words in {
        "none/m.chain": "cannot be written: No such file or directory",
        "file/m.chain": "cannot be written: Not a directory",
        "folder": "is a folder or a device",
        "m" * 300: "cannot be written: File name too long",
        "/dev/null": "is a folder or a device",
        "/": "is a folder or a device",
    }.items():
        with pytest.raises(InputError, match=f"` {words}"):
            save(model, tmp_path / name)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder"]
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_file_is_written_as_others_are(model: Model, tmp_path: Path) -> None:
    """With the permissions of a new file, a long name, and through a link."""
    (tmp_path / "plain").touch()
    target, link = tmp_path / ("m" * 250), tmp_path / "link"
    link.symlink_to(target)
    save(model, link)
    assert link.is_symlink()
    assert target.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert load(link).target == model.target
