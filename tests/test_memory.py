import os

import pytest

from chainrule.datasets import iris
from chainrule.errors import InputError
from chainrule.experiment import run
from chainrule.memory import memory_size, require_memory
from chainrule.preparation import Options, prepare
from chainrule.recipes import STANDARD


def test_a_computer_that_does_not_tell_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 2**28 < memory_size() < 2**50
    monkeypatch.delattr(os, "sysconf")
    assert memory_size() == float("inf")
    require_memory(10**30, "everything", "")


def test_what_just_fits_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainrule.memory.memory_size", lambda: 8e9)
    require_memory(10**9, "it", "Take less.")
    with pytest.raises(
        InputError,
        match=r"^it needs at least 8.0 GB of memory, this computer has 8.0 GB. Take less.$",
    ):
        require_memory(10**9 + 1, "it", "Take less.")


def test_tables_and_networks_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare(iris(), Options())
    monkeypatch.setattr("chainrule.memory.memory_size", lambda: 8 * 1199)
    with pytest.raises(InputError, match=r"`iris` with 150 rows and 4 inputs needs"):
        prepare(iris(), Options())
    monkeypatch.setattr("chainrule.memory.memory_size", lambda: 8 * 1200)
    prepare(iris(), Options())
    numbers = 2 * 131 + 150 * (4 + 16 + 3)
    monkeypatch.setattr("chainrule.memory.memory_size", lambda: 8 * (numbers - 1))
    with pytest.raises(InputError, match="the network 4-16-3 with its 131 parameters needs"):
        run(prepared, STANDARD, Options(), None)  # type: ignore[arg-type]
