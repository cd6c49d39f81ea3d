import copy
import json
import math
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from chainrule import InputError, JsonLines, MLPClassifier, MLPRegressor, TensorBoard
from chainrule.journals import MARK, history_line
from chainrule.observed import SeenEpoch

X = np.linspace(-1, 1, 40)[:, None]
Y = X[:, 0] ** 2


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_callback_writes_a_line_an_epoch(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    model = MLPRegressor(max_iter=5, tol=0, random_state=0, callbacks=[JsonLines(path)])
    with pytest.warns(match="max_iter"):
        model.fit(X, Y, X_val=X, y_val=Y)
    lines = lines_of(path)
    assert [line["epoch"] for line in lines] == [1, 2, 3, 4, 5]
    assert [line["loss"] for line in lines] == model.loss_curve_
    assert [line["held_out_loss"] for line in lines] == model.validation_loss_curve_
    assert [line["held_out_score"] for line in lines] == model.validation_scores_
    assert {line["training"] for line in lines} == {"fit"}
    assert {line["learning_rate"] for line in lines} == {0.001}
    assert path.read_text().startswith(MARK)


def test_each_line_is_there_when_its_epoch_is_over(tmp_path: Path) -> None:
    path, seen = tmp_path / "history.jsonl", []
    count = lambda _epoch: seen.append(len(lines_of(path)))  # noqa: E731
    model = MLPClassifier(max_iter=3, callbacks=[JsonLines(path), count])
    with pytest.warns(match="max_iter"):
        model.fit(X, Y > 0.5)
    assert seen == [1, 2, 3]


def test_a_line_is_json_whatever_the_numbers_are() -> None:
    seen = SeenEpoch(7, math.nan, None, 0.25, math.inf, gradient_norms=(1.5, math.inf))
    line = json.loads(history_line('fold "1"', seen), parse_constant=pytest.fail)
    assert (line["training"], line["epoch"], line["loss"]) == ('fold "1"', 7, None)
    assert line["training_loss"] is None
    assert line["gradient_norms"] == [1.5, None]


def test_a_full_disk_ends_the_history_and_not_the_training() -> None:
    model = MLPRegressor(max_iter=4, tol=1e9, random_state=0, callbacks=[JsonLines("/dev/full")])
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    with pytest.warns(UserWarning, match="`/dev/full` cannot be written: No space left") as said:
        model.set_params(n_iter_no_change=2).fit(X, Y)
    assert len(said) == 1
    assert model.n_iter_ > 1


def test_journals_are_copied_with_their_model(tmp_path: Path) -> None:
    path = tmp_path / "h.jsonl"
    model = MLPRegressor(callbacks=[JsonLines(path)])
    for other in (clone(model), copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        (journal,) = other.get_params()["callbacks"]
        assert journal.path == path


def test_tensorboard_gets_every_number(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX", reason="the extra tensorboard is not installed")
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import masked_crc32c

    journal = TensorBoard(tmp_path)
    journal.begin("fold 1 of 2")
    journal.epoch("fold 1 of 2", SeenEpoch(3, 0.5, 0.01, 0.1, 0.4, 0.9, 0.6, 0.8, (1.5,), (0.1,)))
    journal.end("fold 1 of 2")
    (file,) = (tmp_path / "fold-1-of-2").iterdir()
    data = file.read_bytes()
    found: dict[str, tuple[int, float]] = {}
    while data:
        length = int.from_bytes(data[:8], "little")
        assert masked_crc32c(data[12 : 12 + length]) == int.from_bytes(
            data[12 + length : 16 + length], "little"
        )
        event = Event.FromString(data[12 : 12 + length])
        found |= {value.tag: (event.step, value.simple_value) for value in event.summary.value}
        data = data[16 + length :]
    assert {tag: step for tag, (step, _) in found.items()} == dict.fromkeys(found, 3)
    values = {tag.replace("_", " "): value for tag, (_, value) in found.items()}
    assert values == pytest.approx(
        {
            "loss/batches": 0.5,
            "loss/training": 0.4,
            "loss/held out": 0.6,
            "score/training": 0.9,
            "score/held out": 0.8,
            "learning rate": 0.01,
            "gradient norm/layer 1": 1.5,
            "update to weight/layer 1": 0.1,
        }
    )


def test_without_tensorboardx_its_command_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(InputError, match=r"pip install \"chainrule\[tensorboard\]\""):
        TensorBoard("runs")
