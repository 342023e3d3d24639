"""The real tools, each from its own environment, and without any settings of this machine."""
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from support.index import ROOT, clean_environment

HOME = Path(os.environ.get("RIND_CLIENTS") or ROOT / ".build/clients").resolve()


def program(environment, name=None):
    path = HOME / environment / "bin" / (name or environment)
    assert path.exists(), f"{path} is missing: run `make clients`"
    return str(path)


@dataclass
class Outcome:
    status: int
    output: str

    def __bool__(self):
        return self.status == 0

    def shows(self, text):
        """Whether a person reads `text`, however the tool breaks its lines or draws its boxes."""
        def bare(s):
            return "".join(c for c in s if c.isalnum()).lower()
        return bare(text) in bare(self.output)


def run(argv, home, cwd=None, timeout=240, **variables):
    """Runs a tool as a person would, without a terminal; never raises for its exit status. A variable that is None
    is taken away."""
    env = {k: str(v) for k, v in {**clean_environment(home), **variables}.items() if v is not None}
    done = subprocess.run([str(a) for a in argv], cwd=cwd or home, env=env, timeout=timeout, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return Outcome(done.returncode, done.stdout)


def empty_environment(path):
    """A virtual environment with nothing in it, not even pip."""
    made = run([program("tests", "uv"), "venv", "--quiet", "--clear", "--python", sys.executable, path],
               Path(path).parent)
    assert made, made.output
    return Path(path)


def installed(venv):
    """What is in an environment: {normalized name: version}."""
    listed = run([program("tests", "uv"), "pip", "freeze", "--python", venv], Path(venv).parent)
    assert listed, listed.output
    return dict(line.split("==") for line in listed.output.split() if "==" in line)


class Installer:
    """pip and uv, asked for the same things. Caches are off unless a test is about them."""

    def __init__(self, name, home, index_url):
        self.name, self.home, self.index_url = name, Path(home), index_url
        self.venv = empty_environment(self.home / "venv")

    def install(self, *arguments, cache=False, **variables):
        if self.name == "pip":
            argv = [program("pip"), "--python", self.venv, "install", "--no-input", "--index-url", self.index_url]
            argv += [] if cache else ["--no-cache-dir"]
        else:
            argv = [program("tests", "uv"), "pip", "install", "--python", self.venv, "--default-index", self.index_url]
            argv += [] if cache else ["--no-cache"]
        return run([*argv, *arguments], self.home, **variables)

    def installed(self):
        return installed(self.venv)

    def python(self, code):
        return run([self.venv / "bin/python", "-I", "-c", code], self.home)
