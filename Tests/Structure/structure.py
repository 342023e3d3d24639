"""What knows what: lines of each module, and files of one module that know each other in a circle.

usage: structure.py [FOLDER of the repository]

A file knows another if it names a type that the other declares for its module. Extensions of types of other modules are
seen as uses of these, and members are not seen at all: this finds the circles that types make, which are those that keep
a module from being divided. Lists of names (GENERATED) are data and no lines of anybody's.
"""
import re
import signal
import sys
from pathlib import Path

# Lines that one room may have, and files that may know each other in a circle.
MOST_LINES = 5_000
MOST_FILES = 4

# Lists that are copied from elsewhere, a name a line.
GENERATED = {"TroveClassifierList.swift", "StandardLibraryList.swift", "SPDXList.swift"}

DECLARATION = re.compile(
    r"^((?:public |package |internal |final |indirect |private |fileprivate |nonisolated )*)"
    r"(?:struct|enum|class|actor|protocol|typealias) ([A-Z]\w*)", re.M)


def code(text):
    """The text without comments and strings; what is interpolated stays."""
    text = re.sub(r'"""(.*?)"""', lambda found: " ".join(re.findall(r"\\\(([^)\n]*)\)", found[1])), text, flags=re.S)
    lines = []
    for line in text.split("\n"):
        line = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda found: " ".join(re.findall(r"\\\((.*?)\)", found[1])), line)
        lines.append(re.sub(r"//.*", "", line))
    return "\n".join(lines)


def knowledge(texts):
    """Which files each file knows, of the texts of one module by path."""
    owner = {}
    for path, text in texts.items():
        for modifiers, name in DECLARATION.findall(text):
            if "private" not in modifiers:
                owner.setdefault(name, path)
    known = {}
    for path, text in texts.items():
        own = {name for _, name in DECLARATION.findall(text)}
        words = set(re.findall(r"(?<![\w.])[A-Z]\w*", text)) - own
        known[path] = {owner[word] for word in words if word in owner}
    return known


def circles(known):
    """The sets of files that know each other, directly or through others (strongly connected components)."""
    reach = {}
    for start in known:
        seen, waiting = set(), [start]
        while waiting:
            for other in known[waiting.pop()]:
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        reach[start] = seen
    found = {frozenset({path} | {other for other in reach[path] if path in reach[other]}) for path in known}
    return sorted((circle for circle in found if len(circle) > 1), key=len, reverse=True)


def modules(root):
    """Each module's name, its lines and its circles, the largest module first."""
    found = []
    for folder in sorted([*(root / "Sources").iterdir(), *(root / "Pure/Sources").iterdir()]):
        texts = {path: path.read_text() for path in sorted(folder.rglob("*.swift")) if path.name not in GENERATED}
        if texts:
            lines = sum(text.count("\n") for text in texts.values())
            known = knowledge({path: code(text) for path, text in texts.items()})
            found.append((folder.name, lines, circles(known)))
    return sorted(found, key=lambda module: -module[1])


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # anyone who reads the first lines only may close the pipe
    for name, lines, knots in modules(Path(sys.argv[1] if len(sys.argv) > 1 else ".")):
        print(f"{lines:6} {name}", "; ".join(f"{len(knot)}: {', '.join(sorted(path.stem for path in knot))}" for knot in knots))
