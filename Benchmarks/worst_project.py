#!/usr/bin/env python3
"""Makes the worst project that the index accepts, and says what each public address then costs.

    Benchmarks/worst_project.py [--releases N] [--files N] [--port N] [--data FOLDER] [--only WORD,WORD]

It knows none of the limits: each field of METADATA grows until an upload is refused, and the largest that was taken stays.
Then it asks every public route about all of it, once when nothing is in memory and once more, and prints processor time and
bytes of each answer, the worst first. At the end it measures what health, sign-in, a page for installers and an upload take
while others do the worst they can. It ends with 1 where something costs more than it should.

Environment: RIND_BINARY, default .build/release/rind. Needs nothing but Python and Linux's /proc.
"""
import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Clients"))
from support import http, packages  # noqa: E402
from support.index import Index  # noqa: E402

MOST_CPU = 0.100  # seconds for one request
MOST_BYTES = 2 << 20  # of one answer, not compressed
MOST_WAIT = 0.100  # seconds, beside the worst of others

# Clients need these whole; a limit of files for each project bounds them (--max-project-files).
WHOLE = ("/simple/", "/pypi/{name}/json", ".metadata")


# --- what is made ---------------------------------------------------------------------------------------------------

def lines(field, value):
    """Many headers of one name."""
    return lambda n: "".join(f"{field}: {value.replace('#', str(i))}\n" for i in range(n))


def one(field, piece, between=""):
    """One long header."""
    return lambda n: f"{field}: " + between.join(piece.replace("#", str(i)) for i in range(n)) + "\n"


# Each makes headers out of a number; the number grows until an upload is refused.
FIELDS = {
    "summary": one("Summary", "word "),
    "summary of markup": one("Summary", "<&\"'>"),
    "keywords": one("Keywords", "k#", ","),
    "classifiers": lines("Classifier", "Topic :: Software Development :: Libraries"),
    "private classifiers": lines("Classifier", "Private :: T# :: b"),
    "requirements": lines("Requires-Dist", "demo>=1"),
    "requirements of different names": lines("Requires-Dist", "name-#[a,b]>=1,<3; python_version < '3.12'"),
    "requirements and extras": lambda n: lines("Provides-Extra", "e#")(n) + lines("Requires-Dist", "a; extra == 'e#'")(n),
    "extras": lines("Provides-Extra", "extra-#"),
    "extras in markers only": lines("Requires-Dist", "a; extra == 'e#'"),
    "specifiers": lambda n: "Requires-Dist: a " + ",".join(f"!={i}" for i in range(n)) + "\n",
    "python specifiers": lambda n: "Requires-Python: " + ",".join(f"!=3.{i}" for i in range(n)) + "\n",
    "marker": lambda n: "Requires-Dist: a; " + " and ".join(["os_name=='x'"] * n) + "\n",
    "nested marker": lambda n: "Requires-Dist: a; " + "(" * n + "os_name=='x'" + ")" * n + "\n",
    "project urls": lines("Project-URL", "label #, https://example.org/#"),
    "author": one("Author", "Ada & Bob, "),
    "authors' addresses": lambda n: "Author-Email: " + ", ".join(f"A{i} <a{i}@example.org>" for i in range(n)) + "\n",
    "maintainers' addresses": lambda n: "Maintainer-Email: " + ",".join(f"m{i}@example.org" for i in range(n)) + "\n",
    "licence": one("License", "<licence> "),
    "home page": one("Home-Page", "https://example.org/?a=&", ""),
    "platforms": lines("Platform", "platform-#"),
    "dynamic": lines("Dynamic", "Summary"),
    "unknown headers": lines("X-Unknown", "value #"),
}

# Descriptions: Markdown that is slow to read or long when it is written out, and what is not read at all.
MARKDOWN = {
    "brackets": "[", "images": "![", "links": "[a](", "emphasis": "*a ", "mixed emphasis": "*a_ ", "strong": "a**b",
    "backticks": "`", "entities": "&amp;", "ampersands": "&", "quotes": "> ", "lists": "- a\n", "headings": "# a\n\n",
    "tables": "a|b\n-|-\nx|y\n\n", "references": "[a]: /u\n", "addresses": "http://a.example ", "html": "<b>",
    "html links": '<a href="http://example.org/">x</a>', "html paragraphs": "<p>", "html tables": "<table><tr><td>",
    "tasks": "- [ ] a\n", "fences": "```\n", "code": "    a\n", "nested lists": "  " * 20 + "- a\n", "images of html":
    '<img src="http://example.org/x.png">', "angle brackets": "<a ", "line ends": "a  \n", "letters": "a",
}
OTHER_TEXT = {"text of ampersands": ("text/plain", "&"), "rst of addresses": ("text/x-rst", "http://a.example "),
              "rst of quotes": ("text/x-rst", '"')}


class Maker:
    def __init__(self, index, folder, quiet):
        self.index, self.folder, self.token, self.quiet = index, folder, index.token("mallory"), quiet
        self.made = []  # (label, name, version, n)
        self.uploads = []  # (processor time, wait, label) of the dearest upload of each kind

    def say(self, *words):
        if not self.quiet:
            print(*words, flush=True)

    def put(self, name, version, headers="", description="", kind="text/markdown", tag="py3-none-any"):
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{headers}"
        if description:
            text += f"Description-Content-Type: {kind}\n\n{description}"
        path = wheel(self.folder, name, version, text.encode(), tag)
        answer = http.upload(self.index.upload_url, self.token, path, metadata_version="2.1")
        path.unlink()
        return answer

    def largest(self, label, make, start=64, most=1 << 24):
        """The largest number whose METADATA is accepted, which then is on the index."""
        name = "w-" + re.sub(r"[^a-z]+", "-", label).strip("-")
        taken, refused, version, why = 0, None, 0, ""
        n, costs = start, []
        while n <= most and (refused is None or refused - taken > max(1, taken // 50)):
            version += 1
            about = make(n)
            before, begin = cpu(self.index), time.perf_counter()
            answer = self.put(name, f"{version}.0", **about)
            costs.append((cpu(self.index) - before, time.perf_counter() - begin, label))
            if answer.status == 200:
                taken, kept = n, version
                n = n * 4 if refused is None else (taken + refused) // 2
            else:
                refused, why = n, answer.text.strip()
                n = (taken + refused) // 2
        self.uploads.append(max(costs))
        if not taken:
            self.say(f"  {label}: nothing is taken: {why[:100]}")
            return None
        self.say(f"  {label}: {taken}; more is refused: {why[:100] or '(not tried)'}")
        self.made.append((label, name, f"{kept}.0", taken))
        return taken

    def everything(self):
        """All fields at once, each at its largest, or at the largest equal part of that at which they are taken."""
        sizes = {label: n for label, _, _, n in self.made}
        for part in range(20):
            headers = "".join(FIELDS[l](max(1, n >> part)) for l, n in sizes.items()
                              if l in FIELDS and l not in ("summary of markup", "author"))
            description = "http://a.example " * max(1, (1 << 20) >> part)
            answer = self.put("w-everything", f"{part + 1}.0", headers, description)
            if answer.status == 200:
                self.say(f"  everything at once: a {1 << part}th of each")
                self.made.append(("everything", "w-everything", f"{part + 1}.0", part))
                return
        self.say(f"  everything at once is refused: {answer.text[:200]}")

    def files(self, count):
        """One release of many wheels with long names."""
        taken = 0
        for number in range(count):
            answer = self.put("w-files", "1.0", tag=f"cp3{number % 15}.cp4-abi3.cp{number}-manylinux_2_{number}_x86_64")
            if answer.status != 200:
                self.say(f"  files of a release: {taken}; more is refused: {answer.text.strip()[:100]}")
                break
            taken += 1
        if taken:
            self.made.append(("files of a release", "w-files", "1.0", taken))

    def releases(self, count):
        """Many releases, by eight at once."""
        numbers, lock, refused = iter(range(count)), threading.Lock(), []

        def work():
            while not refused:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                answer = self.put("w-releases", f"{number % 7}.{number}.1a{number}.post{number}.dev{number}",
                                  headers="Summary: " + "s" * 200 + "\nRequires-Python: >=3.8,!=3.9.1,<4\n")
                if answer.status != 200:
                    refused.append(answer.text.strip()[:100])
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.say(f"  releases of a project: {count}{'; ' + refused[0] if refused else ''}")
        self.made.append(("releases of a project", "w-releases", "0.0.1a0.post0.dev0", count))


def wheel(folder, name, version, text, tag):
    """A wheel with exactly this METADATA."""
    import zipfile
    module = packages.escaped(name)
    info = f"{module}-{version}.dist-info"
    members = {f"{module}/__init__.py": b"", f"{info}/METADATA": text,
               f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: worst\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()}
    record = [packages.record_line(*m) for m in members.items()] + [f"{info}/RECORD,,"]
    members[f"{info}/RECORD"] = ("\n".join(record) + "\n").encode()
    path = Path(folder) / f"{module}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member, data in members.items():
            archive.writestr(zipfile.ZipInfo(member, packages.STAMP), data, zipfile.ZIP_DEFLATED)
    return path


def slow_wheels(folder, count):
    """Archives that take long to look into: much that is unpacked and hashed."""
    import zipfile
    for number in range(count):
        name = f"slow{number}"
        info = f"{name}-1.0.dist-info"
        members = {f"{name}/data{i}.bin": bytes(8 << 20) for i in range(30)}
        members[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
        members[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: w\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        record = [packages.record_line(*m) for m in members.items()] + [f"{info}/RECORD,,"]
        members[f"{info}/RECORD"] = ("\n".join(record) + "\n").encode()
        path = Path(folder) / f"{name}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for member, data in members.items():
                archive.writestr(zipfile.ZipInfo(member, packages.STAMP), data, zipfile.ZIP_DEFLATED)
        yield path


# --- what it costs --------------------------------------------------------------------------------------------------

def cpu(index):
    """Processor time of the server so far, in seconds; of its threads' own clocks, which are finer than the process's."""
    total = 0
    for task in Path(f"/proc/{index.process.pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except OSError:
            continue
    return total / 1e9


def public_routes(golden):
    """The addresses that anybody may ask, with their parameters in braces."""
    for line in golden.read_text().splitlines():
        method, path, _, who = line.split()
        if method == "GET" and who == "anonymous" and not path.startswith("/static"):
            yield path


def targets(index, made):
    """(route, label, target): every public route, about everything that was made."""
    secret = "0" * 64
    for route in public_routes(ROOT / "Tests/ServerTests/Golden/routes.txt"):
        slash = "" if route.endswith(("json", "xml", "/", "healthz", "metrics")) or "{filename}" in route else "/"
        path = route.replace("{secret}", secret).replace("{user}", "mallory")
        if route == "/user/{name}":
            yield route, "", "/user/mallory/"
        elif "{filename}" in route:
            for label, name, version, _ in made:
                page = index.page(name)["files"]
                file = [f for f in page if f"-{version}-" in f["filename"]][0]
                yield route, label, file["url"]
                yield route + ".metadata", label, file["url"] + ".metadata"
        elif "{name}" in route:
            for label, name, version, _ in made:
                yield route, label, path.replace("{name}", name).replace("{version}", version) + slash
        else:
            yield route, "", path + slash
    for query in ("q=w", "q=word", "q=a+b+c", "q=" + "x" * 200, "q=nothing&page=500", "page=2"):
        yield "/search", query[:20], f"/search/?{query}"
    yield "/project/{name}", "second page of releases", "/project/w-releases/?releases=2"
    yield "(none)", "not there", "/project/w-not-there/"


def ask(index, target, accept, coding=None):
    before = cpu(index)
    begin = time.perf_counter()
    headers = {"Accept": accept}
    if coding:
        headers["Accept-Encoding"] = coding
    try:
        answer = http.request("GET", index.url + target, headers=headers)
    except (OSError, http.BrokenAnswer) as error:
        answer = http.Answer(0, str(error), {}, b"")
    wait = time.perf_counter() - begin
    # What is done after the answer is of this request as well.
    time.sleep(0.004)
    return answer, cpu(index) - before, wait


def measure(index, made):
    rows = []
    for route, label, target in targets(index, made):
        for accept in (["text/html", http.SIMPLE_JSON] if route.startswith("/simple") else ["text/html"]):
            answer, first, wait = ask(index, target, accept)
            _, again, _ = ask(index, target, accept)
            rows.append((first, again, len(answer.body), wait, answer.status, route, label, accept))
    return rows


def report(rows):
    rows.sort(key=lambda r: -max(r[0] / MOST_CPU, r[2] / MOST_BYTES))
    print(f"\n{'cpu ms':>8} {'again':>8} {'KiB':>8} {'wait ms':>8}  answer")
    bad = 0
    for first, again, size, wait, status, route, label, accept in rows[:60]:
        is_whole = any(route.startswith(w) or route.endswith(w) for w in WHOLE)
        is_over = max(first, again) > MOST_CPU or size > MOST_BYTES
        bad += is_over and not is_whole
        mark = "" if not is_over else " (whole, as clients need it)" if is_whole else "  <-- OVER"
        print(f"{first * 1000:8.1f} {again * 1000:8.1f} {size / 1024:8.0f} {wait * 1000:8.1f}  {status} {route} {label}"
              f"{' json' if 'json' in accept else ''}{mark}")
    print(f"\n{len(rows)} answers, {bad} of them over {MOST_CPU * 1000:.0f} ms of processor or {MOST_BYTES >> 20} MiB")
    return bad


# --- beside it ------------------------------------------------------------------------------------------------------

def beside(index, maker, folder, seconds):
    """What others wait while eight clients ask for the dearest pages and four upload what is slow to look into."""
    stop, counts, lock = threading.Event(), {}, threading.Lock()
    slow = list(slow_wheels(folder, 4))
    dear = [f"/project/{name}/{version}/" for _, name, version, _ in maker.made]

    def count(what):
        with lock:
            counts[what] = counts.get(what, 0) + 1

    def reader(number):
        position = number
        while not stop.is_set():
            position += 1
            # A name in capitals is led on without being kept; a search is made anew each time.
            for target in (dear[position % len(dear)], f"/search/?q=w+{position}", f"/user/mallory/?page={position % 9}",
                           f"/pypi/w-releases/json?{position}", f"/project/w-releases/?releases={position % 10 + 1}"):
                try:
                    count(http.get(index.url + target, Accept="text/html").status)
                except (OSError, http.BrokenAnswer):
                    count("broken")

    def uploader(path):
        while not stop.is_set():
            try:
                count(f"upload {http.upload(index.upload_url, maker.token, path, sha256_digest='0' * 64).status}")
                count(f"upload {http.upload(index.upload_url, maker.token, path).status}")
            except (OSError, http.BrokenAnswer):
                count("broken")

    threads = [threading.Thread(target=reader, args=(n,)) for n in range(8)]
    threads += [threading.Thread(target=uploader, args=(path,)) for path in slow]
    waits, number = {}, 0

    def probe(what, act):
        begin = time.perf_counter()
        status = act().status
        waits.setdefault(what, []).append(time.perf_counter() - begin)
        assert status == 200, (what, status)

    small = [wheel(folder, "beside", f"1.{i}", f"Metadata-Version: 2.1\nName: beside\nVersion: 1.{i}\n".encode(),
                   "py3-none-any") for i in range(400)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end and number < len(small):
        probe("health", lambda: index.get("/healthz"))
        probe("sign-in page", lambda: http.get(f"http://localhost:{index.port}/account/login/", Accept="text/html"))
        probe("page for installers", lambda: index.get("/simple/beside/" if number else "/simple/w-summary/"))
        probe("upload", lambda: http.upload(index.upload_url, maker.token, small[number]))
        number += 1
        time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    print(f"\nbeside eight readers and four uploaders: {counts}\n{'':24}{'median':>8}{'99 %':>8}{'worst':>8}  ms")
    bad = 0
    for what, values in waits.items():
        values.sort()
        high = values[min(len(values) - 1, int(len(values) * 0.99))]
        bad += high > MOST_WAIT
        print(f"  {what:22}{statistics.median(values) * 1000:8.1f}{high * 1000:8.1f}{values[-1] * 1000:8.1f}"
              f"{'  <-- OVER' if high > MOST_WAIT else ''}")
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--releases", type=int, default=2000)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--port", type=int)
    parser.add_argument("--data", help="a folder that stays; otherwise one that is removed")
    parser.add_argument("--only", help="words: only fields and descriptions that hold one of them")
    options = parser.parse_args()
    folder = Path(options.data or tempfile.mkdtemp(prefix="worst-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("RIND_BINARY", str(ROOT / ".build/release/rind"))
    index = Index(folder)
    if options.port:
        index.port = options.port
    wanted = options.only.split(",") if options.only else [""]
    index.start()
    try:
        maker = Maker(index, folder / "files", quiet=False)
        (folder / "files").mkdir(exist_ok=True)
        print("What is taken:")
        for label, make in FIELDS.items():
            if any(word in label for word in wanted):
                maker.largest(label, lambda n, make=make: {"headers": make(n)})
        for label, piece in MARKDOWN.items():
            if any(word in label for word in wanted):
                maker.largest("md " + label, lambda n, piece=piece: {"description": piece * n}, start=1024)
        for label, (kind, piece) in OTHER_TEXT.items():
            if any(word in label for word in wanted):
                maker.largest(label, lambda n, p=piece, k=kind: {"description": p * n, "kind": k}, start=1024)
        maker.everything()
        maker.files(options.files)
        maker.releases(options.releases)
        # Nothing is in memory.
        index.stop()
        index.start()
        bad = report(measure(index, maker.made))
        print("\nuploads, taken or refused, the dearest first (they work on threads of their own):")
        for used, wait, label in sorted(maker.uploads, reverse=True)[:10]:
            print(f"{used * 1000:8.1f} ms of processor {wait * 1000:8.1f} ms  {label}")
        bad += beside(index, maker, folder / "files", options.seconds)
        print(f"\nmemory now {index.memory() >> 20} MiB, at most {index.memory('VmHWM') >> 20} MiB")
    finally:
        index.stop()
        if not options.data:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
