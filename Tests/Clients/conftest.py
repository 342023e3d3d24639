"""Fixtures: an index that lives as long as a test, and everything is checked when it ends."""
import contextlib

import pytest

from support.browser import Browser
from support.clients import Installer
from support.index import BINARY, Index
from support.people import Person, Site


def pytest_configure(config):
    if not BINARY.exists():
        pytest.exit(f"There is no binary at {BINARY}. Run `make build`, or set RIND_BINARY.", returncode=2)


@pytest.fixture
def start_index(tmp_path_factory):
    """Starts as many indexes as a test wants; each must end well."""
    started = []

    def start(*options, serve=True):
        index = Index(tmp_path_factory.mktemp("index"), *options)
        started.append(index)
        return index.start() if serve else index

    yield start
    for index in started:
        index.stop()


@pytest.fixture
def index(start_index):
    """An empty index that answers."""
    return start_index()


@pytest.fixture(scope="module")
def shared_index(tmp_path_factory):
    """An index for the tests of one file that only read, or that use names of their own."""
    index = Index(tmp_path_factory.mktemp("shared-index")).start()
    yield index
    index.stop()


@pytest.fixture(params=["pip", "uv"])
def installer(request, tmp_path, shared_index):
    """pip, then uv, with an empty environment and the shared index."""
    return Installer(request.param, tmp_path, shared_index.simple)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """One browser for all tests: it takes seconds to start."""
    browser = Browser(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """An index with people, for the tests of one file."""
    site = Site(tmp_path_factory.mktemp("site")).start()
    yield site
    site.stop()


@contextlib.contextmanager
def coming(site, chromium):
    """Makes people. Their browsers must have nothing to complain about in the end, but that something was refused: no
    script error, and nothing that the Content-Security-Policy had to stop."""
    people = []

    def come(name=None, at=site):
        people.append(Person(at, chromium, name))
        return people[-1]

    yield come
    complaints = [complaint for person in people for complaint in person.leave()]
    assert not complaints


@pytest.fixture
def someone(site, chromium):
    with coming(site, chromium) as come:
        yield come


@pytest.fixture(scope="module")
def resident(site, chromium):
    """The same for people who stay for all tests of a file."""
    with coming(site, chromium) as come:
        yield come
