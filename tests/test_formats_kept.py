"""How a training's table was written is known to whoever uses its model."""

from pathlib import Path

from commands import called


def test_numbers_are_read_as_in_training(tmp_path: Path) -> None:
    """With another point 1.234 would be a thousandth of what it is."""
    rows = "".join(f"{k}.{100 + k},5;{'yes' if k % 3 else 'no'}\n" for k in range(1, 31))
    (tmp_path / "german.csv").write_text(f"size;fits\n{rows}", encoding="utf-8")
    written = ("--decimal", ",", "--thousands", ".")
    train = ("train", "german.csv", *written, "--epochs", 3, "--split", 0.3, "-o", "german.chain")
    assert called(*train, cwd=tmp_path).returncode == 0
    ask = ("predict", "german.chain", "german.csv", "--probabilities")
    once, said = called(*ask, cwd=tmp_path), called(*ask, *written, cwd=tmp_path)
    assert once.stdout == said.stdout
    notice = "numbers are read as in training, with ',' for the point and '.' between thousands."
    assert notice in once.stderr
    text = "size\n1100.5\n"
    plain = called("predict", "german.chain", "-", "--decimal", ".", cwd=tmp_path, stdin=text)
    assert plain.returncode == 0
    assert "as in training" not in plain.stderr
