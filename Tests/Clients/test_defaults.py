"""`default:` stands where there is no end of values, and never over an enum of ours."""
import re

from support.index import ROOT

ARGUED = [
    tuple(line.split(" | ")) for line in (ROOT / "Tests/Structure/defaults.txt").read_text().splitlines()
    if not line.startswith("#")
]


def switched(source):
    """What each switch with a `default:` is over, in order. A switch begins where its cases are indented to."""
    lines = source.splitlines()
    subjects = []
    for number, line in enumerate(lines):
        if default := re.match(r"( *)(?:@unknown )?default:", line):
            switch = re.compile(default[1] + r"(?:\w.*\s)?switch (.+) \{$")
            subjects.append(next(found[1] for head in reversed(lines[:number]) if (found := switch.match(head))))
    return subjects


def test_each_default_is_on_the_list_with_what_it_is_over():
    found = [
        (str(path.relative_to(ROOT)), subject) for tree in ("Pure/Sources", "Sources")
        for path in sorted((ROOT / tree).rglob("*.swift")) for subject in switched(path.read_text())
    ]
    assert sorted(found) == sorted(line[:2] for line in ARGUED)
    assert all(len(line) == 3 and line[2] for line in ARGUED)


def test_a_default_is_seen_with_what_it_is_over():
    source = """
    return switch word {
    case "a":
        switch key {
        case .b: tally[key, default: 0]
        default: 2
        }
    default: 3
    }
    switch kind {
    case .c: 1
    }
"""
    assert switched(source) == ["key", "word"]
