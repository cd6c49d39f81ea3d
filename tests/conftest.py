"""What several test files share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# else it would depend on the tests before which engine a test's training is by
os.environ.setdefault("CHAINRULE_ENGINE", "numpy")

settings.register_profile("chainrule", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("chainrule")


@pytest.fixture(scope="session")
def wheat_seeds() -> Path:
    """The wheat-seeds table, which is not part of the project."""
    named = os.environ.get("CHAINRULE_WHEAT_SEEDS")
    path = Path(named) if named else ROOT.parent / "shared" / "data" / "wheat-seeds.csv"
    if not path.is_file():
        pytest.skip(f"{path} is absent; name the file in CHAINRULE_WHEAT_SEEDS to run this test")
    return path
