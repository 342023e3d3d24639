"""Building without an administrator's rights: what is missing is named, with the command to ask for."""
import subprocess

import pytest

from support.index import ROOT

SCRIPT = ROOT / ".ci" / "install-packages"


@pytest.fixture
def machine(tmp_path):
    """A path with programs that stand for a machine's, and a way to run the script on it."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "env", "grep", "echo"):
        (programs / name).symlink_to(f"/usr/bin/{name}" if name != "bash" else "/bin/bash")

    def put(name, body):
        (programs / name).write_text(f"#!/bin/bash\n{body}\n")
        (programs / name).chmod(0o755)

    put("dpkg-query", 'case "${*: -1}" in there) echo -n "ii ";; *) exit 1;; esac')
    put("apt-get", f'echo "$@" >> {tmp_path}/installed')
    put("id", "echo 1000")

    def run(*packages):
        done = subprocess.run([SCRIPT, *packages], env={"PATH": str(programs)}, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        installed = tmp_path / "installed"
        return done, installed.read_text() if installed.exists() else ""

    run.put = put
    return run


def test_nothing_is_done_where_nothing_is_missing(machine):
    done, installed = machine("there")
    assert (done.returncode, done.stdout, done.stderr, installed) == (0, "", "", "")


@pytest.mark.parametrize("sudo", [None, "exit 1"], ids=["no sudo", "a sudo that asks"])
def test_without_rights_it_says_what_to_ask_for(machine, sudo):
    if sudo:
        machine.put("sudo", sudo)
    done, installed = machine("libfoo-dev", "there", "libbar-dev")
    assert done.returncode == 1 and installed == ""
    assert "apt-get install -y --no-install-recommends libfoo-dev libbar-dev\n" in done.stderr, done
    assert "administrator" in done.stderr


def test_with_rights_what_is_missing_is_named_and_installed(machine):
    machine.put("id", "echo 0")
    done, installed = machine("libfoo-dev", "there")
    assert done.returncode == 0, done
    assert "libfoo-dev" in done.stdout and "there" not in done.stdout
    assert "install -y --no-install-recommends libfoo-dev -qq" in installed


def test_with_a_sudo_that_does_not_ask_it_is_used(machine):
    machine.put("sudo", '[ "$1" = -n ] && shift; [ "$1" = true ] || "$@"')
    done, installed = machine("libfoo-dev")
    assert done.returncode == 0 and "libfoo-dev" in installed, done
