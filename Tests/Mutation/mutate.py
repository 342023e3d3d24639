#!/usr/bin/env python3
"""Breaks every rule once, and lists what no test notices.

The rules of `Pure` are copied to a folder of their own, with every row of the table of acts and every condition,
comparison, number and step of the policies made a choice: the variable RIND_MUTANT says which one is broken. So one
build serves all, and the tests run once for each, in less than a second.

    Tests/Mutation/mutate.py                runs all: some minutes
    Tests/Mutation/mutate.py --list         says what it would break
    Tests/Mutation/mutate.py Mandate        only what has this in its name
    Tests/Mutation/mutate.py --resume       does not ask again about what a test saw, where the file of the rule is the same

What stays green is a rule that no test holds, or a change that changes nothing: those are in `argued.txt`, each with
its reason. What only a golden file notices is listed apart, and is to be held by a test or argued just so: anyone who
writes the file anew would not hear of it again.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

import swift_rules

PROJECT = pathlib.Path(__file__).parents[2]
SCRATCH = PROJECT / ".build/mutation"
# What was found, a line for each answer as soon as there is one.
FOUND = SCRATCH / "found.jsonl"

# The modules of rules: every file of theirs.
RULES = ["Accounts", "Acts", "Leaving", "Policy"]
# The table of acts.
TABLE = "ActTable.swift"
# The targets whose tests hold them.
TESTS = ["AccountsTests", "LeavingTests", "PolicyTests"]
# Tests that take a second or more, each with the one file that they are about: they are asked of nothing else.
SLOW = {"FirstFactorEvidenceTests": "FirstFactorEvidence.swift", "AttemptLedgerTests": "AttemptLedger.swift"}

HELPERS = """
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

let chosenMutant = getenv("RIND_MUTANT").map { String(cString: $0) } ?? ""

let numberOfMutant = Int(chosenMutant) ?? -1

func isMutant(_ number: Int) -> Bool { numberOfMutant == number }

extension Sequence where Element: Comparable {
    func maxOrOther(_ number: Int) -> Element? { isMutant(number) ? self.min() : self.max() }
    func minOrOther(_ number: Int) -> Element? { isMutant(number) ? self.max() : self.min() }
}
"""


def run(*command: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, text=True, capture_output=True, **options)


def manifest() -> dict[str, dict]:
    """The targets that the tests need, by name. None of them needs anything but Swift, so that they build quickly."""
    described = run("swift", "package", "--package-path", str(PROJECT / "Pure"), "dump-package", check=True)
    every = {target["name"]: target for target in json.loads(described.stdout)["targets"]}
    needed, todo = {}, [name for name in TESTS if name in every]
    while todo:
        if (name := todo.pop()) not in needed:
            needed[name] = every[name]
            todo += [list(one.values())[0][0] for one in every[name]["dependencies"] if "byName" in one]
    return needed


def rule_files() -> list[pathlib.Path]:
    """The files in which something is broken. Each has a name of its own, by which it is told apart."""
    return [path for module in RULES for path in sorted((PROJECT / "Pure/Sources" / module).rglob("*.swift"))]


def write(path: pathlib.Path, text: str) -> None:
    """Only what is different is written, so that it alone is built again."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def copy() -> list[swift_rules.Mutant]:
    """The package with the choices in it, and the choices."""
    targets = manifest()
    lines = []
    mutants: list[swift_rules.Mutant] = []
    rules = set(rule_files())
    kept: set[pathlib.Path] = {SCRATCH / "Package.swift"}
    for name, target in targets.items():
        is_test = target["type"] == "test"
        folder = target.get("path") or f"{'Tests' if is_test else 'Sources'}/{name}"
        needs = ", ".join(f'"{list(one.values())[0][0]}"' for one in target["dependencies"])
        excludes = ", ".join(f'"{one}"' for one in target.get("exclude", []))
        lines.append(
            f'.{"testTarget" if is_test else "target"}(name: "{name}", dependencies: [{needs}], path: "{folder}", '
            f"exclude: [{excludes}]),")
        has_rules = False
        for source in sorted((PROJECT / "Pure" / folder).rglob("*")):
            if not source.is_file():
                continue
            text, place = source.read_text(), SCRATCH / source.relative_to(PROJECT / "Pure")
            if source in rules:
                broken = table_of_acts if source.name == TABLE else swift_rules.mutate
                text, found = broken(source.name, text, len(mutants))
                mutants += found
                has_rules = has_rules or bool(found)
            write(place, text)
            kept.add(place)
        if has_rules:
            write(SCRATCH / folder / "Mutant.swift", HELPERS)
            kept.add(SCRATCH / folder / "Mutant.swift")
    if absent := set(RULES) - targets.keys():
        sys.exit(f"Modules of rules that are not there: {', '.join(sorted(absent))}")
    if len({path.name for path in rules}) < len(rules):
        sys.exit("Two files of rules have one name.")
    write(
        SCRATCH / "Package.swift",
        "// swift-tools-version: 6.2\nimport PackageDescription\n\nlet package = Package(\n"
        f'    name: "Mutation", targets: [\n        {chr(10).join(lines)}\n    ], swiftLanguageModes: [.v6])\n')
    for folder in ("Sources", "Tests"):
        for path in (SCRATCH / folder).rglob("*"):
            if path.is_file() and path not in kept:
                path.unlink()
    return mutants


# The table of acts -----------------------------------------------------------------------------------------------

ROW = re.compile(r"case (\.\w+):\s*\.init\((\.\w+(?:\([^)]*\))?), (\.\w+)(?:, \[([^\]]*)\])?\)")
STRENGTHS = [".anonymous", ".password", ".secondFactor", ".phishingResistant", ".attestedHardware"]
# Traits that each act has or has not; the others are left out where they are.
FLIPPED = [".freshProof", ".mandate", ".verifiedAddress"]


def wider(holder: str, acts: str) -> list[str]:
    """Those to whom an act would be open if it were open to more."""
    gives = holder.removesuffix(")").partition("gives: ")[2]
    if holder == ".role(.owner)":
        return [".role(.maintainer)"]
    if holder == ".role(.maintainer)":
        return [".anybody"]
    if holder == ".oneself":
        return [".oneselfOrAdministrator(gives: .nothing)"]
    if holder.startswith(".coOwnerOrAdministrator"):
        return [f".oneselfOrAdministrator(gives: {gives})"]
    if holder.startswith(".administrator"):
        return [".oneself" if acts == "AccountAct" else ".anybody"]
    return []


def table_of_acts(file: str, text: str, first: int) -> tuple[str, list[swift_rules.Mutant]]:
    """The table with each row broken in each of its columns: each holder wider, each proof weaker, each trait flipped,
    what is given away said to be nothing."""
    mutants: list[swift_rules.Mutant] = []
    added = ""
    for part in re.finditer(r"extension (\w+Act) \{.*?public (var rule: (ActRule<\w+>)) \{(.*?)\n    \}\n\}", text, re.S):
        acts, declaration, kind, rows = part.groups()
        cases = ""
        for row in ROW.finditer(rows):
            act, holder, least, traits = row[1], row[2], row[3], [one.strip() for one in (row[4] or "").split(",") if one]
            variants = [(wide, least, traits) for wide in wider(holder, acts)]
            if least != STRENGTHS[0]:
                variants.append((holder, STRENGTHS[STRENGTHS.index(least) - 1], traits))
            for trait in sorted({*FLIPPED, *traits}):
                other = [one for one in traits if one != trait] if trait in traits else [*traits, trait]
                variants.append((holder, least, other))
            if "gives: " in holder and ".nothing" not in holder:
                variants.append((re.sub(r"gives: [.\w]+", "gives: .nothing", holder), least, traits))
            for variant in variants:
                number = first + len(mutants)
                shown = [f"{one[0]}, {one[1]}, [{', '.join(one[2])}]" for one in ((holder, least, traits), variant)]
                cases += f"        case {number} where self == {act}: {kind}({shown[1]})\n"
                line = text.count("\n", 0, part.start(4) + row.start()) + 1
                mutants.append(swift_rules.Mutant(file, line, f"{act} {shown[0]}", shown[1]))
        text = text.replace(f"public {declaration}", "var unbrokenRule" + declaration.removeprefix("var rule"), 1)
        added += (
            f"\nextension {acts} {{\n    public {declaration} {{\n        switch numberOfMutant {{\n{cases}"
            f"        default: unbrokenRule\n        }}\n    }}\n}}\n")
    return text + added, mutants


# Running ---------------------------------------------------------------------------------------------------------


def program() -> list[str]:
    """Builds the tests; the command that runs them."""
    built = run("swift", "build", "--build-tests", "--package-path", str(SCRATCH))
    if built.returncode:
        sys.exit(built.stdout + built.stderr)
    folder = run("swift", "build", "--show-bin-path", "--package-path", str(SCRATCH), check=True).stdout.strip()
    return [f"{folder}/MutationPackageTests.xctest", "--testing-library", "swift-testing"]


def judge(command: list[str], number: int | None, file: str = "") -> str:
    """`green`, `red`, or `golden` where only a golden file notices. Of a file of rules, or without any of them."""
    environment = os.environ | {"RIND_MUTANT": "" if number is None else str(number)}
    environment.pop("RIND_GOLDEN", None)
    slow = [suite for suite, about in SLOW.items() if number is None or about == file]
    choices = [["--skip", "|".join(SLOW)]] + [["--filter", suite] for suite in slow]
    # The slow ones are asked only when all others are content. A rule that never comes to an end is seen by that: the
    # limit is of seconds that it computes, ten times what all tests take, so that a busy machine decides nothing.
    for choice in choices:
        done = run("prlimit", "--cpu=60", "--as=4294967296", *command, *choice, env=environment)
        if done.returncode:
            break
    else:
        return "green"
    issues = [line for line in done.stdout.splitlines() if "recorded an issue" in line]
    return "golden" if issues and all("Golden/" in line for line in issues) else "red"


def keys(mutants: list[swift_rules.Mutant]) -> list[str]:
    """What stands for each: its place among those of its file, with the file as it is; in another one it is another. A
    row of the table of acts says all of itself."""
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in rule_files()}
    counts: collections.Counter[str] = collections.Counter()
    named = []
    for mutant in mutants:
        counts[mutant.file] += 1
        place = "" if mutant.file == TABLE else f"{digests[mutant.file]} {counts[mutant.file]} "
        named.append(place + mutant.name)
    return named


def seen() -> set[str]:
    """Those that a test saw in earlier runs."""
    if not FOUND.exists():
        return set()
    found = [json.loads(line) for line in FOUND.read_text().splitlines()]
    return {one["key"] for one in found if one["answer"] == "red"}


def ask(
    command: list[str], mutants: list[swift_rules.Mutant], numbers: list[int], jobs: int, named: list[str]
) -> dict[int, str]:
    """The answer for each, kept as it comes: a run that is ended loses nothing."""
    answers: dict[int, str] = {}
    with FOUND.open("a") as kept, concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        asked = {pool.submit(judge, command, number, mutants[number].file): number for number in numbers}
        for done in concurrent.futures.as_completed(asked):
            number, answer = asked[done], done.result()
            answers[number] = answer
            kept.write(json.dumps({"key": named[number], "answer": answer}) + "\n")
            kept.flush()
    return answers


def argued() -> dict[str, str]:
    """Changes that change nothing, each with its reason: lines of `name`, followed by indented lines of reason."""
    reasons: dict[str, str] = {}
    name = ""
    for line in (pathlib.Path(__file__).parent / "argued.txt").read_text().splitlines():
        if line.startswith("    ") and name:
            reasons[name] = f"{reasons[name]} {line.strip()}".strip()
        elif line and not line.startswith("#"):
            reasons[name := line.strip()] = ""
    return reasons


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", default="", help="only what has this in its name")
    parser.add_argument("--list", action="store_true", help="say what would be broken")
    parser.add_argument("--resume", action="store_true", help="what a test saw in an earlier run stays seen")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at once")
    arguments = parser.parse_args()
    mutants = copy()
    chosen = [number for number, mutant in enumerate(mutants) if arguments.part in mutant.name]
    if arguments.list:
        print("\n".join(f"{mutants[number].name}" for number in chosen))
        return
    command = program()
    if judge(command, None) != "green":
        sys.exit("The tests fail without any mutant.")
    named, known = keys(mutants), seen() if arguments.resume else set()
    answers = {number: "red" for number in chosen if named[number] in known}
    todo = [number for number in chosen if number not in answers]
    answers |= ask(command, mutants, todo, arguments.jobs, named)
    reasons = argued()
    green = [mutants[number].name for number in chosen if answers[number] == "green"]
    golden = [mutants[number].name for number in chosen if answers[number] == "golden"]
    survivors = [name for name in green if not reasons.get(name)]
    unheld = [name for name in golden if not reasons.get(name)]
    stale = [] if arguments.part else sorted(reasons.keys() - {*green, *golden})
    red = len(chosen) - len(green) - len(golden)
    for file in sorted({mutants[number].file for number in chosen}):
        counts = collections.Counter(answers[number] for number in chosen if mutants[number].file == file)
        print(f"{file:28} {counts['red']:4} seen {counts['golden']:4} golden {counts['green']:4} unseen")
    print(f"{len(chosen)} ways to break a rule: {red} seen by a test, {len(golden)} by a golden file alone,")
    print(f"{len(green) - len(survivors)} that change nothing, {len(survivors)} that nobody notices")
    for title, names in [
        ("Only a golden file notices", unheld), ("Nobody notices", survivors),
        ("In argued.txt, and noticed or gone", stale),
    ]:
        if names:
            print(f"\n{title}:\n  " + "\n  ".join(names))
    sys.exit(1 if survivors or unheld or stale else 0)


if __name__ == "__main__":
    main()
