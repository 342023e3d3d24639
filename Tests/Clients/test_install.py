"""Installing with pip and uv from an index that has the usual difficulties in it."""
import datetime
import hashlib
import os
import time

import pytest

from support import packages
from support.clients import Installer, installed, program, run
from support.network import Middle


@pytest.fixture(scope="module")
def corpus(shared_index, tmp_path_factory):
    """Published once: the packages that the tests below ask for."""
    folder = tmp_path_factory.mktemp("corpus")
    wheel, sdist = packages.wheel, packages.sdist
    files = [
        wheel(folder, "leaf", "1.0"), wheel(folder, "leaf", "1.1"), wheel(folder, "leaf", "1.2"),
        wheel(folder, "leaf", "2.0rc1"), wheel(folder, "leaf", "3.0", requires_python=">=3.99"),
        wheel(folder, "painter", "1.0"), wheel(folder, "Tooled.Name", "1.0"),
        wheel(folder, "top", "1.0", requires=["leaf>=1.0,<2", 'painter; extra == "colour"',
                                              'absent-here; python_version < "3"'],
              extras=["colour"], requires_python=">=3.8"),
        sdist(folder, "only-source", "1.0"),
        wheel(folder, "both", "1.0"), sdist(folder, "both", "1.0"),
        wheel(folder, "heavy", "1.0", payload=os.urandom(3_000_000)),
        wheel(folder, "withdrawn", "1.0"), wheel(folder, "withdrawn", "1.1"),
    ]
    shared_index.publish(*files)
    shared_index.rind("project", "yank", "leaf", "1.2", "--reason", "eats the leaves")
    shared_index.rind("project", "yank", "withdrawn", "1.0")
    shared_index.rind("project", "yank", "withdrawn", "1.1", "--reason", "second thoughts")
    return {path.name: path for path in files}


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(autouse=True)
def published(corpus):
    return corpus


def test_resolves_what_is_there(installer):
    done = installer.install("top")
    assert done, done.output
    assert installer.installed() == {"top": "1.0", "leaf": "1.1"}


def test_installs_extras(installer):
    done = installer.install("top[colour]")
    assert done, done.output
    assert installer.installed() == {"top": "1.0", "leaf": "1.1", "painter": "1.0"}


def test_any_spelling_of_a_name_will_do(installer):
    done = installer.install("tooled_NAME")
    assert done, done.output
    assert list(installer.installed().values()) == ["1.0"]


def test_takes_no_pre_release_unless_asked(installer):
    assert installer.install("leaf")
    assert installer.installed() == {"leaf": "1.1"}
    pre = ["--pre"] if installer.name == "pip" else ["--prerelease", "allow"]
    done = installer.install("--upgrade", *pre, "leaf")
    assert done, done.output
    assert installer.installed() == {"leaf": "2.0rc1"}


def test_takes_no_release_for_another_python(installer):
    done = installer.install("leaf==3.0")
    assert not done
    assert done.shows("3.99"), done.output


def test_takes_a_yanked_release_only_when_asked_exactly_and_says_why_it_was_yanked(installer):
    done = installer.install("leaf==1.2")
    assert done, done.output
    assert installer.installed() == {"leaf": "1.2"}
    assert done.shows("eats the leaves"), done.output


def test_finds_nothing_when_all_that_fits_is_yanked(installer):
    done = installer.install("withdrawn>=1")
    assert not done, done.output


def test_builds_a_source_distribution(installer):
    done = installer.install("only-source")
    assert done, done.output
    assert installer.installed() == {"only-source": "1.0"}


def test_only_binary_finds_no_source_distribution(installer):
    assert not installer.install("--only-binary", ":all:", "only-source")
    done = installer.install("--only-binary", ":all:", "both")
    assert done, done.output


def test_no_binary_takes_the_source_distribution(installer):
    done = installer.install("--no-binary", "both", "both", "-v")
    assert done, done.output
    assert "both-1.0.tar.gz" in done.output or "Building" in done.output or "Built" in done.output, done.output


def test_checks_hashes(installer, corpus, tmp_path):
    requirements = tmp_path / "requirements.txt"
    good = digest(corpus["leaf-1.1-py3-none-any.whl"])
    requirements.write_text(f"leaf==1.1 --hash=sha256:{good}\n")
    done = installer.install("--require-hashes", "-r", requirements)
    assert done, done.output
    requirements.write_text(f"leaf==1.0 --hash=sha256:{good}\n")
    other = installer.install("--require-hashes", "-r", requirements)
    assert not other
    assert other.shows("hash"), other.output


def test_an_unknown_project_is_not_found(installer):
    done = installer.install("nobody-published-this")
    assert not done
    assert done.shows("nobody-published-this"), done.output


def test_a_second_time_the_cache_is_asked_and_confirmed(installer, shared_index):
    """The page is asked for again (no-cache) and answered with 304; the file is not fetched again (immutable)."""
    with Middle(shared_index.port) as middle:
        installer.index_url = middle.simple
        # pip keeps nothing that comes without TLS, unless it is told to trust the host.
        trust = {"PIP_TRUSTED_HOST": "127.0.0.1"}
        assert installer.install("leaf==1.0", cache=True, **trust)
        first = len(middle.seen)
        again = ["--force-reinstall"] if installer.name == "pip" else ["--reinstall", "--refresh"]
        done = installer.install("leaf==1.0", *again, cache=True, **trust)
        assert done, done.output
        again = middle.seen[first:]
        assert [s.status for s in again if s.path.startswith("/simple/")] == [304], list(map(str, again))
        assert not [s for s in again if s.path.endswith(".whl") and s.status == 200], list(map(str, again))


def test_resolution_reads_metadata_and_no_wheel(installer, shared_index):
    with Middle(shared_index.port) as middle:
        if installer.name == "pip":
            done = run([program("pip"), "--python", installer.venv, "install", "--dry-run", "--no-cache-dir",
                        "--index-url", middle.simple, "top[colour]"], installer.home)
        else:
            requirement = installer.home / "in.txt"
            requirement.write_text("top[colour]\n")
            done = run([program("tests", "uv"), "pip", "compile", "--no-cache", "--generate-hashes",
                        "--default-index", middle.simple, requirement], installer.home)
        assert done, done.output
        assert len(middle.files(".metadata")) == 3, list(map(str, middle.seen))
        assert not middle.files(".whl"), list(map(str, middle.seen))


def test_a_cut_download_ends_well(installer, shared_index, corpus):
    with Middle(shared_index.port, cuts=1) as middle:
        installer.index_url = middle.simple
        done = installer.install("heavy")
        assert done, done.output
        downloads = middle.files(".whl")
        assert len(downloads) >= 2, list(map(str, downloads))
        if installer.name == "pip":  # it resumes; uv starts again before it ever asks for a range
            assert downloads[-1].status == 206, list(map(str, downloads))
            assert downloads[-1].headers["if-range"].startswith('"')
    said = installer.python("import heavy, os; print(os.path.getsize(os.path.dirname(heavy.__file__) + '/payload.bin'))")
    assert said.output.strip() == "3000000"


def test_a_download_cut_again_and_again_is_resumed_by_uv(shared_index, tmp_path):
    uv = Installer("uv", tmp_path, None)
    with Middle(shared_index.port, cuts=5) as middle:
        uv.index_url = middle.simple
        done = uv.install("heavy")
        assert done, done.output


def test_pip_downloads_the_bytes_that_were_published(shared_index, corpus, tmp_path):
    done = run([program("pip"), "download", "--no-cache-dir", "--index-url", shared_index.simple, "-d", tmp_path / "got",
                "top[colour]", "only-source"], tmp_path)
    assert done, done.output
    got = {path.name: digest(path) for path in (tmp_path / "got").iterdir()}
    assert len(got) == 4
    assert got == {name: digest(corpus[name]) for name in got}


# As of a date

@pytest.fixture(scope="module")
def dated(shared_index, tmp_path_factory):
    """A project with a release before the returned moment, and one after it."""
    folder = tmp_path_factory.mktemp("dated")
    shared_index.publish(packages.wheel(folder, "dated", "1.0"))
    time.sleep(1.1)
    moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    time.sleep(1.1)
    shared_index.publish(packages.wheel(folder, "dated", "2.0"))
    return moment


def test_as_of_a_date(installer, dated):
    option = "--uploaded-prior-to" if installer.name == "pip" else "--exclude-newer"
    long_ago = installer.install(option, "2001-01-01T00:00:00Z", "dated")
    assert not long_ago, long_ago.output
    done = installer.install(option, dated, "dated")
    assert done, done.output
    assert installer.installed() == {"dated": "1.0"}


# Projects that lock

PROJECT = """\
[project]
name = "consumer"
version = "0"
requires-python = ">=3.8"
dependencies = ["top[colour]", "both"]
"""


def test_uv_locks_and_syncs_twice_the_same(shared_index, corpus, tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        PROJECT + f'[[tool.uv.index]]\nname = "rind"\nurl = "{shared_index.simple}"\ndefault = true\n')

    def uv(*arguments):
        done = run([program("tests", "uv"), *arguments], tmp_path / "home", cwd=tmp_path, UV_NO_CONFIG=None,
                   UV_PYTHON=os.path.realpath(program("tests", "python")))
        assert done, done.output
        return done

    uv("lock")
    locked = (tmp_path / "uv.lock").read_text()
    assert f'hash = "sha256:{digest(corpus["top-1.0-py3-none-any.whl"])}"' in locked
    assert "size = " in locked and "upload-time = " in locked
    uv("sync", "--no-install-project")
    uv("lock", "--check")
    uv("sync", "--no-install-project", "--locked", "--reinstall", "--no-cache")
    assert (tmp_path / "uv.lock").read_text() == locked


def test_poetry_locks_and_installs(shared_index, tmp_path):
    (tmp_path / "pyproject.toml").write_text(PROJECT.replace('requires-python = ">=3.8"', 'requires-python = ">=3.9,<3.20"') + (
        "[tool.poetry]\npackage-mode = false\n"
        f'[[tool.poetry.source]]\nname = "rind"\nurl = "{shared_index.simple}"\npriority = "primary"\n'))
    home = tmp_path / "home"

    def poetry(*arguments):
        done = run([program("poetry"), *arguments, "--no-interaction"], home, cwd=tmp_path,
                   POETRY_VIRTUALENVS_IN_PROJECT="true", POETRY_KEYRING_ENABLED="false")
        assert done, done.output

    poetry("lock")
    locked = (tmp_path / "poetry.lock").read_text()
    poetry("install")
    poetry("check", "--lock")
    assert (tmp_path / "poetry.lock").read_text() == locked
    assert {"top", "leaf", "painter", "both"} <= set(installed(tmp_path / ".venv"))


def test_pdm_locks_and_installs(shared_index, tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        PROJECT + f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{shared_index.simple}"\nverify_ssl = false\n'
        "[tool.pdm]\ndistribution = false\n")
    home = tmp_path / "home"
    for arguments in (["lock"], ["sync", "--no-self"], ["lock", "--check"]):
        done = run([program("pdm"), *arguments], home, cwd=tmp_path, PDM_CHECK_UPDATE="false",
                   PDM_VENV_IN_PROJECT="true")
        assert done, done.output
    assert {"top", "leaf", "painter", "both"} <= set(installed(tmp_path / ".venv"))
