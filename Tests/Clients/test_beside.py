"""An index beside the public one, as docs/publishing.md says, while somebody publishes our names there."""
import sys

import pytest

from support import packages
from support.clients import empty_environment, installed, program, run


@pytest.fixture
def both(start_index, tmp_path):
    """Ours with `demo`, which requires `helper`; the public one with `helper`, and with a `demo` of a thief's."""
    ours, public = start_index(), start_index()
    ours.publish(packages.wheel(tmp_path, "demo", "1.0", requires=["helper"]))
    thief = tmp_path / "thief"
    thief.mkdir()
    public.publish(packages.wheel(tmp_path, "helper", "2.0"), packages.wheel(thief, "demo", "99.0"))
    return ours, public


def simple(index):
    return f"{index.url}/simple/"


def pip(venv, home, *arguments):
    return run([program("pip"), "--python", venv, "install", "--no-cache-dir", "--disable-pip-version-check",
                *arguments], home)


def test_what_pip_does_with_an_extra_index_is_what_the_documentation_warns_of(both, tmp_path):
    ours, public = both
    venv = empty_environment(tmp_path / "venv")
    done = pip(venv, tmp_path, "--index-url", simple(ours), "--extra-index-url", simple(public), "demo")
    assert done and installed(venv)["demo"] == "99.0", done.output


def test_pip_in_two_steps_takes_each_name_from_its_place(both, tmp_path):
    ours, public = both
    venv = empty_environment(tmp_path / "venv")
    first = pip(venv, tmp_path, "--index-url", simple(public), "helper==2.0")
    second = pip(venv, tmp_path, "--no-deps", "--index-url", simple(ours), "demo")
    assert first and second, first.output + second.output
    assert installed(venv) == {"demo": "1.0", "helper": "2.0"}


def test_one_index_with_what_was_fetched_and_imported_has_all_that_is_needed(both, tmp_path):
    ours, public = both
    done = run([program("pip"), "download", "--no-cache-dir", "--disable-pip-version-check", "-d", tmp_path / "packages",
                "--index-url", simple(public), "helper"], tmp_path)
    assert done, done.output
    ours.rind("import", tmp_path / "packages")
    venv = empty_environment(tmp_path / "venv")
    done = pip(venv, tmp_path, "--index-url", simple(ours), "demo")
    assert done and installed(venv) == {"demo": "1.0", "helper": "2.0"}, done.output


PROJECT = """\
[project]
name = "app"
version = "0"
requires-python = ">=3.11"
dependencies = ["demo"]
[[tool.uv.index]]
name = "ours"
url = "{ours}"
{explicit}
[[tool.uv.index]]
name = "public"
url = "{public}"
default = true
{sources}
"""


@pytest.mark.parametrize("explicit", [True, False], ids=["explicit", "first-index"])
def test_uv_takes_our_names_from_here_and_the_others_from_there(both, tmp_path, explicit):
    ours, public = both
    app = tmp_path / "app"
    app.mkdir()
    (app / "pyproject.toml").write_text(PROJECT.format(
        ours=simple(ours), public=simple(public), explicit="explicit = true" if explicit else "",
        sources='[tool.uv.sources]\ndemo = { index = "ours" }' if explicit else ""))
    done = run([program("uv"), "sync", "--no-cache", "--python", sys.executable], tmp_path, cwd=app, UV_NO_CONFIG=None)
    assert done, done.output
    assert installed(app / ".venv") == {"demo": "1.0", "helper": "2.0"}
