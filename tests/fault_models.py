"""Faults of kept models, and of tables unlike the training's (49, 65–68, 88–90)."""

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from commands import called
from fault import Faults, refused
from model_bytes import description_of, forged
from safetensors.numpy import load as load_tensors

from chainrule import InputError, load, save

FAULTS = Faults()
HEADER = "size,colour,fits"
ROWS = [f"{k / 7},{['red', 'blue'][k % 2]},{['no', 'yes'][k % 3 > 0]}" for k in range(30)]


def trained(folder: Path, *options: object) -> Path:
    """A model of the rows, in m.chain; what it predicts of them is in the file "expected"."""
    (folder / "t.csv").write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    quick = ("--epochs", 5, "--hidden", "3", "--split", 0.3)
    assert called("train", "t.csv", "-o", "m.chain", *quick, *options, cwd=folder).returncode == 0
    (folder / "expected").write_text(called("predict", "m.chain", "t.csv", cwd=folder).stdout)
    return folder / "m.chain"


def written(folder: Path, columns: str, header: bool = True) -> None:
    """The rows as n.csv, with these columns in this order; "n" is a number, "-" anything else."""
    table = [dict(zip(HEADER.split(","), row.split(","), strict=True)) for row in ROWS]
    names = columns.split(",")
    lines = [",".join(row.get(name, "1") for name in names) for row in table]
    (folder / "n.csv").write_text("\n".join([columns] * header + lines) + "\n", encoding="utf-8")


def said(folder: Path, *options: object) -> str:
    """What is said while n.csv is predicted as it should be."""
    result = called("predict", "m.chain", "n.csv", *options, cwd=folder)
    assert result.stdout == (folder / "expected").read_text()
    assert result.returncode == 0
    return result.stderr.removeprefix("chainrule: ").rstrip("\n")


@FAULTS.add(49, "unseen category at predict")
def _(folder: Path) -> None:
    trained(folder)
    (folder / "n.csv").write_text("size,colour\n1,red\n2,green\n", encoding="utf-8")
    sentence = refused(folder, "predict", "m.chain", "n.csv")
    assert sentence.startswith(
        "`n.csv`, line 3, column 'colour': 'green' is none of the values seen in training, blue, "
        "red; "
    )
    by_option = called("predict", "m.chain", "n.csv", "--unseen", "ignore", cwd=folder)
    assert by_option.stdout.count("\n") == 3
    trained(folder, "--unseen", "ignore")  # the policy is kept in the model
    (folder / "n.csv").write_text("size,colour\n1,red\n2,green\n", encoding="utf-8")
    assert called("predict", "m.chain", "n.csv", cwd=folder).stdout == by_option.stdout
    assert load(folder / "m.chain").predict([[2, "green"]]).shape == (1,)


@FAULTS.add(65, "columns reordered at predict")
def _(folder: Path) -> None:
    trained(folder)
    written(folder, "colour,size")
    assert said(folder) == (
        "n.csv has its columns in another order than the training; they are taken by name."
    )
    frame = pd.read_csv(folder / "n.csv")
    expected = (folder / "expected").read_text().split()[1:]
    assert load(folder / "m.chain").predict(frame).tolist() == expected


@FAULTS.add(66, "column renamed missing or extra")
def _(folder: Path) -> None:
    trained(folder)
    written(folder, "Size,colours,fits")
    assert refused(folder, "predict", "m.chain", "n.csv") == (
        "`n.csv` lacks 2 columns that the model was trained on: 'size' (is it 'Size'?), 'colour' "
        "(is it 'colours'?); it has Size, colours. The model takes size, colour; rename them, or "
        "train again."
    )
    written(folder, "colour,weight")
    assert refused(folder, "predict", "m.chain", "n.csv") == (
        "`n.csv` lacks 1 column that the model was trained on: 'size'; it has weight. The model "
        "takes size, colour; rename them, or train again."
    )
    written(folder, "size,colour,weight,fits")
    assert said(folder) == "1 column that the model was not trained on is not used: weight."
    frame = pd.DataFrame({"size": [1.0], "colours": ["red"]})
    with pytest.raises(InputError, match=r"lacks the columns 'colour'; .* Did you mean 'colours'"):
        load(folder / "m.chain").predict(frame)


@FAULTS.add(67, "fewer features than in training")
def _(folder: Path) -> None:
    trained(folder)
    written(folder, "size", header=False)
    assert refused(folder, "predict", "m.chain", "n.csv", "--no-header") == (
        "`n.csv` has 1 column, taken in order; the model was trained on 2, or 3 with the target."
    )
    with pytest.raises(InputError, match=r"must have the 2 columns size, colour; got the shape"):
        load(folder / "m.chain").predict([[1.0]])


@FAULTS.add(68, "names at fit and none at predict")
def _(folder: Path) -> None:
    trained(folder)
    for columns in ("size,colour", "size,colour,fits"):
        written(folder, columns, header=False)
        assert said(folder, "--no-header") == (
            "n.csv has no header: size, colour are taken in this order."
        )


@FAULTS.add(88, "corrupt truncated or foreign model file")
def _(folder: Path) -> None:
    whole = trained(folder).read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 4
    joblib.dump({"W": np.ones(3)}, folder / "joblib")
    np.savez(folder / "w.npz", W=np.ones(3))
    kinds = {
        "truncated": (whole[:300], "is damaged: its header cannot be read (the file has 300 bytes"),
        "shorter": (whole[:-1], "is damaged: its content does not match its digest. Restore it"),
        "flipped": (bytes(flipped), "is damaged: "),
        "empty": (b"", "is not a chainrule model: it is empty. `chainrule train DATA -o FILE` wr"),
        "joblib": ((folder / "joblib").read_bytes(), "is not a chainrule model: it is a pickle"),
        "npz": ((folder / "w.npz").read_bytes(), "is not a chainrule model: it is NumPy arrays"),
        "table": (b"a,b\n1,2\n", "is not a chainrule model: it is text, such as a table."),
    }
    for content, words in kinds.values():
        (folder / "bad.chain").write_bytes(content)
        for command in (("predict", "bad.chain", "t.csv"), ("inspect", "bad.chain")):
            assert refused(folder, *command).startswith(f"`bad.chain` {words}")
    assert refused(folder, "inspect", ".") == "`.` is a folder; name a model's file."


@FAULTS.add(89, "model from a newer or an older version")
def _(folder: Path) -> None:
    whole = trained(folder).read_bytes()
    later = {"schema": "chainrule.model/3", "versions": {"chainrule": "2.5.0"}}
    forgery = forged(load_tensors(whole), description_of(whole) | later)
    (folder / "m.chain").write_bytes(forgery)
    assert refused(folder, "predict", "m.chain", "t.csv") == (
        "`m.chain` was written by a newer chainrule, version 2.5.0 (schema 3, this version reads 1 "
        "to 2). Update: pip install -U chainrule."
    )
    old = Path(__file__).parent / "models" / "classes-1.chain"
    record = json.loads(called("inspect", old, "--format", "json").stdout)
    assert record["file_schema"] == "chainrule.model/1"
    (folder / "n.csv").write_text("size,kind\n1,blau\n,blau\n", encoding="utf-8")
    predicted = called("predict", old, "n.csv", cwd=folder)
    assert predicted.stdout.count("\n") == 3
    save(load(old), folder / "new.chain")  # which brings it up to date
    assert called("predict", "new.chain", "n.csv", cwd=folder).stdout == predicted.stdout


@FAULTS.add(90, "malicious pickle given as a model")
def _(folder: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
            return os.mkdir, (str(folder / "sprung"),)

    (folder / "t.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for protocol in (2, 5):
        (folder / "m.chain").write_bytes(pickle.dumps(Trap(), protocol))
        sentence = refused(folder, "predict", "m.chain", "t.csv")
        assert sentence == (
            "`m.chain` is not a chainrule model: it is a pickle (of pickle, joblib or an older "
            "PyTorch); reading one runs whatever code it holds, so it is never opened. `chainrule "
            "train DATA -o FILE` writes one."
        )
    assert not (folder / "sprung").exists()
