"""What the documents point to is there."""
import pathlib
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


# What is read by people who learned English from RFCs.
TEXTS = [
    path
    for place in ("Sources", "Pure/Sources", "Tests", "Pure/Tests", "Benchmarks", "docs")
    for path in sorted((ROOT / place).rglob("*"))
    if path.suffix in {".swift", ".mustache", ".html", ".md", ".py", ".sql", ".txt"} and path != pathlib.Path(__file__)
] + [ROOT / name for name in ("README.md", "SECURITY.md", "ARCHITECTURE.md")]

# A word of ours, and what the field says.
WORDS = {
    r"\b([Hh]e|[Hh]is|[Hh]im|[Hh]imself)\b": "they, a client, a maintainer",
    r"\b[Ww]ho(m|so)?ever\b": "anyone who, those who, a client that",
    r"\bfirst second factor\b": "second factor",
    r"\b[Ss]et (your|the|a) password anew\b": "reset",
    r"\b[Ll]ook into your mail\b": "check your e-mail",
    r"\b(when|where|if) it is none\b": "is not a …, for anything else",
    r"\b[Tt]he first k\b": "the top k",
    r"/// (Who|When|Why|Which|What|Where|Its number|Its name)\.$": "nothing: the name says it",
}


@pytest.mark.parametrize("word, instead", WORDS.items(), ids=WORDS.values())
def test_the_words_are_those_of_the_field(word, instead):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in TEXTS
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(word, line)
    ]
    assert not found, f"say {instead}"


DECLARATION = re.compile(r"^ *public (?:\w+ )*(?:func|struct|enum|class|actor|protocol) ")


def test_what_is_public_says_what_it_is_for():
    bare = []
    for path in TEXTS:
        lines = path.read_text().splitlines()
        if path.suffix != ".swift" or "Sources" not in path.relative_to(ROOT).parts:
            continue
        for number, line in enumerate(lines):
            before = number - 1
            while before >= 0 and lines[before].lstrip().startswith("@"):
                before -= 1
            if DECLARATION.match(line) and not lines[before].lstrip().startswith("///"):
                bare.append(f"{path.relative_to(ROOT)}:{number + 1}: {line.strip()}")
    assert not bare
