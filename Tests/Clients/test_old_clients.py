"""Installing with what people have who never upgraded: the pips of every Python since 3.8 and of Debian 12, the oldest uv
and the oldest Poetry that run."""
import sys
from pathlib import Path

import pytest

from install import PIPS
from support import packages
from support.clients import HOME, empty_environment, installed, program, run


@pytest.fixture(scope="module")
def published(shared_index, tmp_path_factory):
    """A project that needs another, with a yanked release, and one whose version has an epoch."""
    folder = tmp_path_factory.mktemp("old")
    shared_index.publish(
        packages.wheel(folder, "old-top", "1.0", requires=["old-leaf>=1"], requires_python=">=3.8"),
        packages.wheel(folder, "old-leaf", "1.1"), packages.wheel(folder, "old-leaf", "1.2"),
        packages.wheel(folder, "old-epoch", "1!2.0"))
    shared_index.rind("project", "yank", "old-leaf", "1.2", "--reason", "eats the leaves")
    return shared_index


def versions(target):
    """What `pip install --target` put there."""
    return dict(path.name.removesuffix(".dist-info").split("-") for path in Path(target).glob("*.dist-info"))


@pytest.mark.parametrize("version", PIPS)
def test_every_pip_that_a_python_brings_installs(version, published, tmp_path):
    pip = HOME / "pips" / version / "pip"
    assert pip.exists(), f"{pip} is missing: run `make clients`"
    done = run([sys.executable, pip, "install", "--no-cache-dir", "--no-input", "--no-warn-script-location",
                "--index-url", published.simple, "--target", tmp_path / "there", "old-top", "old-epoch"],
               tmp_path / "home")
    assert done, done.output
    assert versions(tmp_path / "there") == {"old_top": "1.0", "old_leaf": "1.1", "old_epoch": "1!2.0"}


def test_the_oldest_uv_installs(published, tmp_path):
    venv = empty_environment(tmp_path / "venv")
    done = run([program("old-uv", "uv"), "pip", "install", "--no-cache", "--index-url", published.simple, "old-top",
                "old-epoch"], tmp_path / "home", VIRTUAL_ENV=venv)
    assert done, done.output
    assert installed(venv) == {"old-top": "1.0", "old-leaf": "1.1", "old-epoch": "1!2.0"}


PROJECT = """\
[tool.poetry]
name = "consumer"
version = "0"
description = ""
authors = []

[tool.poetry.dependencies]
python = "^3.8"
old-top = "*"

[[tool.poetry.source]]
name = "rind"
url = "{url}"
default = true
"""


def test_the_oldest_poetry_locks_and_installs(published, tmp_path):
    (tmp_path / "pyproject.toml").write_text(PROJECT.format(url=published.simple))
    for arguments in (["lock"], ["install", "--no-root"]):
        done = run([program("old-poetry", "poetry"), *arguments, "--no-interaction"], tmp_path / "home", cwd=tmp_path,
                   POETRY_VIRTUALENVS_IN_PROJECT="true")
        assert done, done.output
    there = installed(tmp_path / ".venv")
    # It is older than the yanking of releases in Poetry, and takes the highest.
    assert there["old-top"] == "1.0" and there["old-leaf"] == "1.2", there
