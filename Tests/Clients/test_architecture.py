"""What ARCHITECTURE.md, CONTRIBUTING.md and the decisions say is so."""
import re
import subprocess

import pytest

from support.index import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text()
TREE = re.search(r"^```\n(.*?)^```$", TEXT, re.M | re.S)[1]
PROSE = TEXT.replace(TREE, "")
MANIFESTS = [ROOT / "Pure/Package.swift", ROOT / "Package.swift"]
DECISIONS = sorted((ROOT / "docs/decisions").iterdir())

SWIFT = {path: path.read_text() for folder in ("Sources", "Pure/Sources", "Tests", "Pure/Tests")
         for path in sorted((ROOT / folder).rglob("*.swift"))}
FILES = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
    check=True).stdout.splitlines()
PATHS = {"/" + "/".join(parts[:end]) for parts in (file.split("/") for file in FILES) for end in range(1, len(parts) + 1)}


# Where descriptions begin.
COLUMN = 24


def branches():
    """Each folder that the tree names: its folder, and its name."""
    above = {}
    for line in TREE.splitlines():
        for match in re.finditer(r"(?:^ *|(?<= ))([\w…-]+)/(?= |$)", line):
            indent = len(match[0]) - len(match[0].lstrip())
            if match.start() == 0 and indent < COLUMN:
                depth = indent
                above = {level: name for level, name in above.items() if level < depth}
                folder = "/".join(above[level] for level in sorted(above))
                above[depth] = match[1]
            else:
                folder = "/".join(above[level] for level in sorted(above))
            yield folder, match[1]


BRANCHES = list(branches())


def modules_of_tree(folder):
    return [name for parent, name in BRANCHES if parent == folder]


def dependencies():
    """Each target's name, and what it depends on of ours, in both manifests."""
    found = {}
    for manifest in MANIFESTS:
        for target in re.split(r"\.(?=target\(|executableTarget\()", manifest.read_text().split("targets: [\n", 1)[1])[1:]:
            target = target.split(".testTarget(")[0]
            name = re.search(r'name: "([\w-]+)"', target)[1]
            listed = re.search(r"dependencies: \[(.*?)\](?:,\s*\w+:|\))", target, re.S)
            plain = re.sub(r"\.product\([^)]*\)", "", listed[1]) if listed else ""
            found[name] = re.findall(r'"([\w-]+)"', plain)
    return found


@pytest.mark.parametrize("folder", ["Pure/Sources", "Sources"])
def test_the_tree_has_every_module_and_no_other(folder):
    there = {path.name for path in (ROOT / folder).iterdir()}
    libraries = {name for name in there if list((ROOT / folder / name).glob("module.modulemap"))}
    assert set(modules_of_tree(folder)) - {"C…"} == there - libraries


def test_folders_that_the_tree_names_are_there():
    for folder, name in BRANCHES:
        if name != "C…":
            assert (ROOT / folder / name).is_dir(), (folder, name)


def test_a_module_knows_only_those_above_it():
    order = modules_of_tree("Pure/Sources") + modules_of_tree("Sources")
    place = {name: number for number, name in enumerate(order)}
    assert len(place) == len(order)
    known = dependencies()
    assert set(order) - {"C…"} <= set(known)
    for name in order:
        for other in known.get(name, []):
            assert other not in place or place[other] < place[name], f"{name} depends on {other}"


@pytest.mark.parametrize("name", ["Web", "SimpleAPI", "UploadAPI", "Site"])
def test_web_targets_know_stores_by_their_ports_alone(name):
    known = dependencies()
    reached, waiting = set(), [name]
    while waiting:
        for other in set(known.get(waiting.pop(), [])) - reached:
            reached.add(other)
            waiting.append(other)
    assert "Ports" in reached
    assert not reached & {"Database", "Stores", "Blobs"}


def test_rules_touch_no_world():
    world = re.compile(
        r"\b(FileManager|FileHandle|fopen|socket|getenv|ProcessInfo|URLSession|clock_gettime|gettimeofday|time\(nil\)"
        r"|getrandom|arc4random|SystemRandomNumberGenerator|ContinuousClock|SuspendingClock|Date\(\)|Date\.now|UUID\(\))"
        r"|\.random\(in: [^\n]*(?<!using: &generator)\)")
    found = [
        (str(path.relative_to(ROOT)), line.strip()) for path, text in SWIFT.items()
        if path.is_relative_to(ROOT / "Pure/Sources") and path.parent.name != "webauthn-check"
        for line in text.splitlines() if world.search(re.sub(r'"[^"]*"', "", line.split("//")[0]))]
    assert found == []


def test_nothing_but_tests_reaches_past_access_levels():
    assert not [path for path, text in SWIFT.items() if "Tests" not in path.parts and "@testable" in text]


def test_the_exemptions_are_the_golden_file():
    golden = (ROOT / "Tests/DatabaseTests/Golden/exemptions.md").read_text().splitlines()
    assert [line.strip() for line in TEXT.splitlines() if line.strip() in golden] == golden, (
        "copy the lines of Tests/DatabaseTests/Golden/exemptions.md into ARCHITECTURE.md")
    assert len(re.findall(r"^ *- \*\*", TEXT, re.M)) == len(golden)


# What is declared: types and members in Swift, columns and tables in SQL, tests in Python.
NAMES = {name for text in SWIFT.values()
         for name in re.findall(r"\b(?:func|var|let|class|struct|enum|protocol|actor|typealias)\s+`?(\w+)", text)}
NAMES |= {name for text in SWIFT.values() for names in re.findall(r"\bcase (\w+(?:\([^)\n]*\))?(?:, \w+)*)", text)
          for name in re.findall(r"\w+", names)}
NAMES |= {name for path in ROOT.glob("Sources/Stores/Schema/*.sql") for name in re.findall(r"\w+", path.read_text())}
NAMES |= {path.stem for path in (ROOT / "Tests/Clients").glob("test_*.py")}
NAMES |= {name for path in (ROOT / "Tests/Clients").glob("test_*.py") for name in re.findall(r"^(\w+) =", path.read_text(), re.M)}
# Folders, and files without their endings.
NAMES |= {path.rsplit("/", 1)[1].split(".")[0] for path in PATHS}
ACTS = re.findall(r'case \w+ = "([\w.-]+)"', "".join(text for path, text in SWIFT.items() if path.parent.name == "Acts"))
# Names of others.
FOREIGN = {"Mutex", "default", "Service", "sendfile", "ustar", "content", "token", "PRAGMA synchronous = FULL", "index.sqlite.restoring",
           "incoming/", "Authorization", "private"}
COMMANDS = ("twine ", "pip ", "swift ", "rind ", "make ")


CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
CHANGES = CONTRIBUTING.split("| to add |")[1].split("\n\n")[0]


@pytest.mark.parametrize("quoted", sorted(set(re.findall(r"`([^`\n]+)`", PROSE + TREE + CHANGES))))
def test_what_is_named_is_there(quoted):
    if quoted.startswith(("/", "…", "POST ", "GET ")) or quoted in FOREIGN or quoted in ACTS:
        return
    if quoted.startswith(COMMANDS):
        assert not quoted.startswith("rind ") or NAMES & {quoted.split()[1], quoted.split()[1].title() + "Command"}
    elif quoted.startswith("--"):
        assert any(quoted in (ROOT / path).read_text() for path in ("docs/operating.md", "Makefile"))
    elif "/" in quoted or re.search(r"\.(swift|py|txt|md|resolved)$", quoted):
        assert any(path.endswith("/" + quoted.rstrip("/")) for path in PATHS)
    else:
        for name in re.findall(r"\w+", quoted.split("(")[0]):
            assert name in NAMES


def test_each_suite_that_checks_something_is_run():
    for suite in set(re.findall(r"`(\w+Tests)`", PROSE)):
        declared = re.compile(rf"\b(?:struct|class) {suite}\b")
        assert any("@Test" in text and (path.stem == suite or declared.search(text)) for path, text in SWIFT.items()), suite


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md", "CHANGELOG.md"])
def test_documents_lead_to_what_is_there(document):
    text = (ROOT / document).read_text()
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", text) + re.findall(r"docs/[\w/-]+\.md", text)
    for link in links:
        assert (ROOT / link).exists(), link


def test_what_make_is_said_to_do_it_does():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    said = set(re.findall(r"`make ([a-z-]+)", CONTRIBUTING))
    assert said <= targets
    assert set(re.findall(r"^([a-z-]+):.*## ", makefile, re.M)) - said == {"help", "build", "clean"}


def test_variables_that_tests_are_said_to_read_are_read():
    said = set(re.findall(r"^\| `(RIND_\w+)`", CONTRIBUTING, re.M))
    texts = "".join(path.read_text() for path in (ROOT / "Tests/Clients").rglob("*.py"))
    assert said == set(re.findall(r"[\"'](RIND_(?:BINARY|CLIENTS|BROWSER|PICTURES|PACKAGES)\w*)[\"']", texts))
    assert "RIND_GOLDEN" in (ROOT / "Pure/Tests/VectorSupport/Golden.swift").read_text() and "RIND_GOLDEN=write" in CONTRIBUTING


def test_versions_are_exact():
    for manifest in MANIFESTS:
        for line in re.findall(r"\.package\(url:[^\n]*", manifest.read_text()):
            assert re.search(r'exact: "\d+\.\d+\.\d+"', line), line


def test_every_dependency_is_in_the_table_with_its_reason():
    rows = [line.split("|") for line in TEXT.split("## Dependencies")[1].splitlines() if line.startswith("| ")]
    named = " ".join(row[2] for row in rows)
    assert all(row[3].strip() for row in rows)
    for manifest in MANIFESTS:
        text = manifest.read_text()
        packages = re.findall(r"/([\w-]+)(?:\.swift)?\.git\"", text)
        libraries = [name.removeprefix("lib") for name in re.findall(r'apt\(\["([\w-]+?)(?:1g|4-openssl)?-dev"', text)]
        for name in packages + libraries:
            assert name in named, name


@pytest.mark.parametrize("number, path", list(enumerate(DECISIONS, 1)), ids=[path.stem for path in DECISIONS])
def test_a_decision_has_the_one_form(number, path):
    title, empty, date, *rest = path.read_text().splitlines()
    assert path.name.startswith(f"{number:04}-")
    assert re.fullmatch(rf"# {number}\. [^.]+", title) and empty == ""
    assert re.fullmatch(r"Decided \d{4}-\d{2}-\d{2}\.", date)
    parts = re.findall(r"^\*\*([\w ]+)\.\*\*", "\n".join(rest), re.M)
    assert parts[:2] == ["What", "Why"]
    assert len(parts) > 2 and set(parts[2:]) <= {"What it costs", "Rejected", "Also decided"}


def test_decisions_are_numbered_without_a_gap():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_decision_on_evidence_says_which_thief_each_part_keeps_out():
    [page] = [path for path in DECISIONS if path.name.startswith("0019-")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in page.read_text().splitlines() if line.startswith("| ")]
    header, _, *thieves = rows
    assert [cell[:3] for cell in header[1:4]] == ["(a)", "(b)", "(c)"], header
    for column in (1, 2, 3):
        # What keeps somebody out stands out.
        assert any("**" in thief[column] for thief in thieves), header[column]
    # And it is said of whom nothing keeps out.
    assert any("counts at once" in thief[4] for thief in thieves)
