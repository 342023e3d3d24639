#!/usr/bin/env python3
"""What the pages about sources take: the difference of two releases, a directory and a text, cold and warm.

usage: source.py FOLDER [RIND]

FOLDER has wheels and sdists of two versions of a project or of several, as pip downloads them: of numpy for example. Each
project's two newest versions are compared, every kind of file by itself. Cold is the first answer after a start, warm the
median of the next twenty; sizes are those of the HTML.
"""
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests/Clients"))
if len(sys.argv) > 2:
    os.environ["RIND_BINARY"] = sys.argv[2]
from support.index import Index  # noqa: E402


def timed(index, path):
    start = time.perf_counter()
    answer = index.get(path)
    return (time.perf_counter() - start) * 1_000, answer


def measure(index, words, path):
    cold, answer = timed(index, path)
    while answer.status in (301, 302):
        path = answer.headers["location"]
        more, answer = timed(index, path)
        cold += more
    warm = statistics.median(timed(index, path)[0] for _ in range(20))
    print(f"{words:44} {answer.status} cold {cold:8.1f} ms  warm {warm:7.1f} ms  {len(answer.body) / 1_000:7.0f} kB")
    return path, answer.body.decode()


def main(folder):
    files = sorted(path for path in Path(folder).iterdir() if path.name.endswith((".whl", ".tar.gz")))
    index = Index(Path(tempfile.mkdtemp()))
    try:
        index.rind("user", "add", "ada", "--email", "ada@example.org")
        done = index.rind("import", folder, "--owner", "ada", status=None, timeout=600)
        print(done.stdout.splitlines()[-1] if done.stdout else done.stderr)
        index.start()
        projects = {}
        for path in files:
            name, version = re.match(r"([A-Za-z0-9_.]+)-([0-9][^-]*?)(?:-|\.tar\.gz$)", path.name).groups()
            projects.setdefault(name.lower().replace("_", "-"), {}).setdefault(version, []).append(path.name)
        for project, versions in projects.items():
            *_, old, new = sorted(versions)
            base = f"/project/{project}/compare/{old}...{new}/"
            _, page = measure(index, f"{project} {old}...{new}", base)
            for choice in re.findall(r'href="([^"]*\?files=[^"&]*)"', page)[1:]:
                measure(index, f"  {choice.split('=')[1][:40]}", choice)
            for name in versions[new]:
                top = f"/project/{project}/{new}/files/{name}/"
                path, page = measure(index, f"  {name[:40]}", top)
                below = re.findall(rf'href="({re.escape(path)}[^"]+)"', page)
                for inner in [p for p in below if p.endswith("/")][:1] + [p for p in below if not p.endswith("/")][:1]:
                    measure(index, f"  {inner.removeprefix(path)[:40]}", inner)
        print(f"memory at most {index.memory('VmHWM') / 1e6:.0f} MB")
    finally:
        index.stop()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1])
