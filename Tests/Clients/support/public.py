"""What the public index has: fetched from where pip is configured to look, and kept for the next run."""
import email
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.clients import program


def machine_environment():
    """This machine's settings of pip, which say where packages come from; without wheels that lie about."""
    return {k: v for k, v in os.environ.items() if k != "PIP_FIND_LINKS"}


def pip(*arguments):
    return subprocess.run([program("pip"), *map(str, arguments)], env=machine_environment(), capture_output=True,
                          text=True, timeout=600, stdin=subprocess.DEVNULL)


def expect_network(done):
    """Skips when there is no network, for that is not our failure; any other failure is."""
    if done.returncode and re.search(r"connection|timed out|name resolution|unreachable", done.stderr, re.IGNORECASE):
        pytest.skip(f"the package index cannot be reached: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


def fetch(folder, names, *options):
    """Wheels of the packages and, unless an option says otherwise, all they need."""
    expect_network(pip("download", "--quiet", "--only-binary", ":all:", *options, "--dest", folder, *names))


def kept(name):
    """A folder that outlives the run, so that the next need not fetch again."""
    folder = Path(os.environ.get("RIND_PACKAGES") or Path(program("pip")).parents[2] / "packages") / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# Popular projects with small wheels that write reStructuredText, or do not say what they write; of one version, for what
# differs is argued one by one.
READMES = """
    aiohttp==3.14.5 amqp==5.4.2 babel==2.19.0 bcrypt==5.0.0 billiard==4.3.2 boto3==1.44.8 celery==5.7.0
    coverage==7.17.5 cryptography==50.0.2 cssselect==1.6.0 decorator==5.3.1 django==5.2.19 docutils==0.23
    factory-boy==3.3.3 flake8==7.5.0 freezegun==1.5.5 gevent==26.9.0 html5lib==1.1 importlib-metadata==10.2.0
    jmespath==1.1.0 kombu==5.7.0 mako==1.4.3 marshmallow==4.4.0 mock==5.2.0 more-itertools==11.2.1
    multidict==7.2.1 natsort==8.4.0 oslo.config==10.7.0 paramiko==5.1.0 parsel==1.12.1 pbr==7.1.3
    peewee==4.5.3 pexpect==4.9.0 pluggy==1.7.0 psutil==7.2.2 ptyprocess==0.7.0 pycodestyle==2.15.0
    pycparser==3.12 pyflakes==4.1.0 pynacl==1.6.2 pyopenssl==26.4.0 pytest==9.2.0 python-dateutil==4.0.0
    pytz==2026.6 readme-renderer==46.0 s3transfer==0.19.3 scrapy==2.19.0 setuptools==84.2.1 simplejson==4.3.0
    six==1.17.0 sphinx==9.0.4 sqlalchemy==2.1.9 stevedore==5.10.0 tqdm==4.70.1 twisted==26.10.0 vine==5.1.0
    w3lib==2.5.0 webargs==8.7.1 wrapt==2.5.2 yarl==1.25.1 zipp==4.1.2 zope.interface==8.7
""".split()


def readmes():
    """The folder of their wheels, and by name the description in each with its content type."""
    folder = kept("readmes")
    if not (folder / ".complete").exists():
        fetch(folder, READMES, "--no-deps")
        (folder / ".complete").touch()
    found = {}
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            [metadata] = [n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n)]
            fields = email.message_from_bytes(archive.read(metadata))
        name = re.sub("[-_.]+", "-", fields["Name"]).lower()
        text = fields.get_payload(decode=True).decode() or fields["Description"] or ""
        found[name] = text, fields["Description-Content-Type"]
    return folder, found


def renderers():
    """The Python of an environment with docutils and readme_renderer, as the public index has them."""
    folder = kept("renderers")
    python = folder / "bin/python"
    if not (folder / ".complete").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=300)
        # The docutils of Debian 12, so that what differs is ours and not docutils'.
        expect_network(subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "docutils==0.19", "readme_renderer==43.0", "pygments"],
            env=machine_environment(), capture_output=True, text=True, timeout=600))
        (folder / ".complete").touch()
    return python
