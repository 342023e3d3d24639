"""Rooms stay small, and what they know of each other goes one way."""
import sys

import pytest

from support.index import ROOT

sys.path.insert(0, str(ROOT / "Tests/Structure"))
from structure import MOST_FILES, MOST_LINES, circles, knowledge, modules  # noqa: E402

MODULES = modules(ROOT)

# Modules that may be larger, up to how many lines, and why: hardly more than they have, so that they do not grow unnoticed.
LARGER = {
    # All pages share the frame, the gate, visits and their words, which no other module sees. What they are about is in
    # folders (Account 2,600 lines, Critical 1,500, Manage 1,150, Pages 1,200, Gate 900, Giveaway 640); as modules these
    # would take some hundred declarations made public, and templates are embedded by module. No circle has more than two
    # files: it can be divided when it must.
    "Site": 8_300,
    # Stores of all aggregates write in one transaction. Of 136 functions that read or write in one, 44 are called from
    # another aggregate's folder (`record`, `tell`, the rows of accounts and projects), each of which would be public, and
    # open to anyone who holds a transaction. Nothing outside sees more than the ports.
    "Stores": 9_250,
}


@pytest.mark.parametrize("name, lines, knots", MODULES, ids=[module[0] for module in MODULES])
def test_a_module_is_small_and_has_no_knot(name, lines, knots):
    assert lines <= LARGER.get(name, MOST_LINES)
    assert [knot for knot in knots if len(knot) > MOST_FILES] == []


def test_an_exception_is_none_any_more_when_it_is_not_needed():
    lines = {module[0]: module[1] for module in MODULES}
    assert all(lines[name] > MOST_LINES for name in LARGER)


def test_a_circle_is_seen():
    files = {
        "a": "struct A { let b: B }", "b": "struct B { let c: C }", "c": "extension A {}\nstruct C {}",
        "d": "struct D { let a: A }", "e": "private struct F {}\nlet name: D.Name", "f": "struct F {}",
    }
    assert circles(knowledge(files)) == [frozenset("abc")]
    assert knowledge(files)["e"] == {"d"}
