"""What the documents point to is there."""
import re

import pytest

from support.index import ROOT

ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (yes|partly|operator|no|n/a) \| (.+?) \| (.*?) ?\|$")
# A path, and the names of tests or headings in it that follow.
PLACE = re.compile(r"`([^`]+)`((?: “[^”]+”)*)")

ASVS = (ROOT / "docs/asvs.md").read_text().splitlines()
ROWS = [match.groups() for match in map(ROW.match, ASVS) if match]


def test_each_requirement_has_one_line_that_can_be_read():
    numbers = [row[0] for row in ROWS]
    assert len(numbers) == len(set(numbers))
    assert len(numbers) == sum(re.match(r"^\| \d+\.\d", line) is not None for line in ASVS)
    assert f"levels 1 and 2, {len(numbers)} in number" in "\n".join(ASVS)


def test_the_counts_of_answers_are_right():
    for answer in ("yes", "partly", "operator", "no", "n/a"):
        counted = sum(row[2] == answer for row in ROWS)
        assert any(re.match(rf"^\| {answer} \| .* \| {counted} \|$", line) for line in ASVS), (answer, counted)


@pytest.mark.parametrize("number, answer, where", [(row[0], row[2], row[4]) for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_shows_it_is_there(number, answer, where):
    places = PLACE.findall(where)
    assert places or answer == "n/a", "an answer needs something that shows it"
    for path, names in places:
        assert (ROOT / path).exists(), path
        for name in re.findall("“([^”]+)”", names):
            text = " ".join((ROOT / path).read_text().split())
            # A name that is written over two lines of the source is joined with a backslash there.
            assert name in text.replace("\\ ", ""), (path, name)
