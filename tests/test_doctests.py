"""The examples in the docstrings are run, each module's on its own."""

import doctest
import importlib
import pkgutil

import pytest

import chainrule

MODULES = [
    module.name
    for module in pkgutil.walk_packages(chainrule.__path__, "chainrule.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", ["chainrule", *MODULES])
def test_examples_are_true(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
