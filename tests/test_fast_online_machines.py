"""What programs of small networks are made of: exponentials on vectors, and machines on disk."""

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from llvmlite import ir

from chainrule._fast.online import exponentials, shelf
from chainrule._fast.online.machine import Machine
from chainrule._fast.online.memory import read_vector, word, write_vector
from chainrule._fast.online.vectors import Vector
from chainrule.chain import Array


def values_of(function: Callable[[Vector], Vector], x: Array) -> Array:
    """Compute a function of vectors, eight numbers at a time."""

    def write(builder: ir.IRBuilder, arguments: Any) -> None:
        write_vector(
            function(read_vector(builder, arguments[0], word(0), 8)), arguments[1], word(0)
        )

    machine, padded = Machine(2, write), np.append(x, np.zeros(-len(x) % 8))
    results = np.empty_like(padded)
    for i in range(0, len(padded), 8):
        machine.run(padded[i:].ctypes.data, results[i:].ctypes.data)
    return results[: len(x)]


FUNCTIONS = {
    "exp": (exponentials.exp, mpmath.exp, (-745, 709)),
    "tanh": (exponentials.tanh, mpmath.tanh, (-30, 30)),
    "log": (exponentials.log, mpmath.log, (1e-300, 1e300)),
    "log1p": (exponentials.log1p, mpmath.log1p, (-0.999, 1e5)),
    "expm1_below": (exponentials.expm1_below, mpmath.expm1, (-50, 0)),
}
ULPS = {"exp": 1, "tanh": 3, "log": 2, "log1p": 3, "expm1_below": 2}
NUMPY = {"exp": np.exp, "tanh": np.tanh, "log": np.log, "log1p": np.log1p}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_exact_to_the_last_digits(name: str) -> None:
    function, exact, (low, high) = FUNCTIONS[name]
    random = np.random.default_rng(4)
    x = np.concatenate([random.uniform(low, min(high, 1e9), 1000), random.uniform(-1, 1, 3000)])
    x = np.concatenate([x, 10.0 ** random.uniform(-300, math.log10(max(high, 1)), 400)])
    x = x[(x >= low) & (x <= high)]
    with mpmath.workdps(40):
        expected = np.array([float(exact(mpmath.mpf(float(number)))) for number in x])
    found = values_of(function, x)
    assert (np.abs(found - expected) <= ULPS[name] * np.spacing(np.abs(expected))).all()


@pytest.mark.parametrize("name", NUMPY)
def test_functions_at_the_extremes(name: str) -> None:
    x = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e308, -1e308, 5e-324, 1e-310])
    x = np.append(x, [709.78, 709.79, 710.0, -708.0, -740.0, -745.0, -745.2, -746.0, 1e-17])
    with np.errstate(all="ignore"):
        expected = NUMPY[name](x)
    found = values_of(FUNCTIONS[name][0], x)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-15, atol=1e-323)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is not there yet, in which machine code is kept."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_a_machine_with_a_name_is_compiled_once(folder: Path) -> None:
    written = []

    def write(builder: ir.IRBuilder, arguments: Any) -> None:
        written.append(builder)
        write_vector(read_vector(builder, arguments[0], word(0), 8) * 3, arguments[0], word(0))

    for name, times in (("triple", 1), ("triple", 1), ("other", 2)):
        machine, x = Machine(1, write, name), np.arange(8.0)
        machine.run(x.ctypes.data)
        np.testing.assert_array_equal(x, 3 * np.arange(8))
        assert len(written) == times
        assert shelf.is_kept(name)
    assert not shelf.is_kept("third")
    assert len(list(folder.iterdir())) == 2  # nothing beside the two


def test_the_latest_machines_are_kept(folder: Path) -> None:
    for number in range(shelf.MOST + 3):
        assert shelf.kept(str(number), lambda: b"code") == b"code"
        os.utime(max(folder.iterdir(), key=os.path.getctime), (number, number))
    assert len(list(folder.iterdir())) == shelf.MOST
    assert [shelf.is_kept(str(number)) for number in range(4)] == [False] * 3 + [True]


def test_where_nothing_can_be_written_nothing_is_kept(folder: Path) -> None:
    folder.write_text("no folder")
    assert shelf.kept("some", lambda: b"code") == b"code"
    assert not shelf.is_kept("some")


@pytest.mark.parametrize("damage", [b"", b"code", b"\0" * 40])
def test_damaged_code_is_compiled_again(folder: Path, damage: bytes) -> None:
    assert shelf.kept("some", lambda: b"code") == b"code"
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert shelf.kept("some", lambda: b"code") == b"code"
    assert file.read_bytes() == whole
