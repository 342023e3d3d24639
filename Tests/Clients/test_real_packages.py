"""What people really install: fetched from the index that pip is configured for, imported, and installed from here
alone. The rules about archives and metadata meet what is out there, not what we imagine."""
import hashlib
import json
import os
import re
import subprocess
import urllib.parse
import urllib.request

import pytest

from support.clients import Installer, program
from support.index import BINARY
from support.public import fetch, kept, pip

FEW = ["requests", "flask"]
ALL = [*FEW, "django", "numpy", "boto3", "cryptography"]


def fetch_sources(folder, wheels):
    """The sdists that belong to the wheels. pip would have to build each to learn its name; we just take the files."""
    code = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    default = subprocess.check_output([program("pip", "python"), "-c", code], text=True).strip()
    configured = pip("config", "get", "global.index-url")
    base = os.environ.get("PIP_INDEX_URL") or (configured.stdout.strip() if configured.returncode == 0 else default)
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        url = f"{base.rstrip('/')}/{re.sub('[-_.]+', '-', name).lower()}/"
        request = urllib.request.Request(url, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            files = json.load(response)["files"]
        for file in files:
            stem = file["filename"].removesuffix(".tar.gz")
            if stem != file["filename"] and stem.rpartition("-")[2] == version:
                with urllib.request.urlopen(urllib.parse.urljoin(url, file["url"]), timeout=300) as response:
                    (folder / file["filename"]).write_bytes(response.read())


@pytest.fixture(scope="module", params=[
    pytest.param(("few", FEW, False), id="requests-flask"),
    pytest.param(("all", ALL, True), id="the-six-with-sources", marks=pytest.mark.slow)])
def real(request, tmp_path_factory):
    """(names, folder of files)"""
    label, names, sources = request.param
    folder = kept(label)
    if not (folder / ".complete").exists():
        fetch(folder, names)
        if sources:
            fetch_sources(folder, sorted(folder.glob("*.whl")))
        (folder / ".complete").touch()
    return names, folder


@pytest.fixture(scope="module")
def imported(real, tmp_path_factory):
    """An index into which the folder was imported, once, after a first attempt was killed."""
    from support.index import Index
    index = Index(tmp_path_factory.mktemp("real"))
    process = subprocess.Popen([str(BINARY), "import", str(real[1]), "--data", str(index.data)], env=index.environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(0.3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    index.rind("import", real[1], timeout=600)
    index.start()
    yield index
    index.stop()


def files_of(folder):
    return {p.name: p for p in folder.iterdir() if p.suffix in (".whl", ".gz")}


def test_every_file_is_listed_with_its_hash(real, imported):
    for name, path in files_of(real[1]).items():
        project = re.sub("[-_.]+", "-", name.split("-")[0] if path.suffix == ".whl" else name[:-7].rpartition("-")[0]).lower()
        listed = imported.files(project)[name]
        assert listed["hashes"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert bool(listed["core-metadata"]) == (path.suffix == ".whl")
    imported.rind("doctor", timeout=600)


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_installed_from_here_alone(real, imported, tmp_path, tool):
    names, folder = real
    installer = Installer(tool, tmp_path, imported.simple)
    done = installer.install("--only-binary", ":all:", *names)
    assert done, done.output
    wheels = {re.sub("[-_.]+", "-", n.split("-")[0]).lower() for n in files_of(folder) if n.endswith(".whl")}
    assert {n.lower() for n in installer.installed()} <= wheels
    said = installer.python("import " + ", ".join(names) + "; print('imported')")
    assert said.output.strip().endswith("imported"), said.output


def test_hashes_and_dates_hold(real, imported, tmp_path):
    names, folder = real
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("".join(
        f"{n.split('-')[0]}=={n.split('-')[1]} --hash=sha256:{hashlib.sha256(p.read_bytes()).hexdigest()}\n"
        for n, p in files_of(folder).items() if n.endswith(".whl")))
    for tool, more in (("pip", []), ("uv", [])):
        installer = Installer(tool, tmp_path / tool, imported.simple)
        done = installer.install("--require-hashes", "--only-binary", ":all:", "-r", requirements, *more)
        assert done, done.output
    uv = Installer("uv", tmp_path / "dated", imported.simple)
    assert not uv.install("--exclude-newer", "2001-01-01T00:00:00Z", names[0])
    assert uv.install("--exclude-newer", "2999-01-01T00:00:00Z", names[0])


def test_pages_of_real_projects_can_be_read(real, imported):
    for name in real[0]:
        page = imported.get(f"/project/{name}/", Accept="text/html")
        assert page.status == 200
        assert "<script>" not in page.text
        assert len(page.body) > 3000
