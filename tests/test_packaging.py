"""The wheel and the source distribution, built, installed and run outside the checkout."""

import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from commands import SECONDS

import chainrule

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    # without isolation: the build backend is among the test requirements, nothing is downloaded
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return folder


@pytest.mark.parametrize("pattern", ["*.whl", "*.tar.gz"])
def test_installed_from_a_distribution_it_runs_elsewhere(
    built: Path, pattern: str, tmp_path: Path
) -> None:
    (distribution,) = built.glob(pattern)
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    # the dependencies come from this environment, the package itself from the distribution
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    options = ("--no-deps", "--no-build-isolation", "--ignore-installed")
    install = [str(python), "-m", "pip", "install", *options, str(distribution)]
    subprocess.run(install, check=True, capture_output=True, timeout=600)

    code = "import chainrule; print(chainrule.__version__, chainrule.__file__)"
    shown = subprocess.run(
        [python, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=SECONDS,
    ).stdout.split()
    assert shown == [chainrule.__version__, str(site / "chainrule" / "__init__.py")]
    command = environment / "bin" / "chainrule"
    for arguments, words in (
        ("--version", f"chainrule {chainrule.__version__}"),
        ("train --epochs 2", "sum over the paths"),
    ):
        result = subprocess.run(
            [command, *arguments.split()],
            check=True,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=SECONDS,
        )
        assert words in result.stdout


def test_the_distributions_hold_what_they_should(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"chainrule/py.typed", "chainrule/chain.py", "chainrule/cli/train.py"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith("tests") for name in names)
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        members = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "tests/test_chain.py",
        "examples/digit_weights.py",
        "pyproject.toml",
    } <= members


def test_readme_has_two_commands_and_they_are_complete() -> None:
    """What `.ci/run` extracts and runs."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line.startswith("python3 -m venv")]
    assert commands == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/chainrule train",
        'python3 -m venv .venv && .venv/bin/pip install ".[test]" && .venv/bin/pytest',
    ]


def test_readme_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
