"""Fixtures: an index that lives as long as a test, and everything is checked when it ends."""
import pytest

from support.clients import Installer
from support.index import BINARY, Index


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
