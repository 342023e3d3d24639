"""Descriptions as readers see them: reStructuredText beside what others make of it, and code in a browser."""
import ctypes
import difflib
import html.parser
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from support import packages
from support.index import Index
from support.public import READMES, readmes, renderers

HAS_DOCUTILS = subprocess.run(
    ["/usr/bin/python3", "-I", "-c", "import docutils, pygments"], stderr=subprocess.DEVNULL).returncode == 0
pytestmark = pytest.mark.skipif(not HAS_DOCUTILS, reason="python3-docutils and python3-pygments are not installed")

LINE = "value = function(" + ", ".join(f"argument_{n}={n}" for n in range(40)) + ")  # a line that is long"

MARKDOWN = f"""
# Dial

> [!WARNING]
> Of `code` in an [alert](https://example.org).

```python
@cached
class Dial(object):
    def read(self, hour=12):
        return f"{{hour}}" + 'x', None, len([1, 2.5])
{LINE}
```

- in a list

  ```diff
  -old
  +new
  ```

  | a | b |
  |---|---|
  | {"x" * 300} | c |

The <select> statement is a sentence.[^1]

```toml
[project]
name = "dial"  # its name
```

[^1]: And this is a note.
"""

RST = f"""
====
Dial
====

.. note:: Of ``code`` in a note.

.. code-block:: python

   def read(hour):
       {LINE}

::

    {LINE}

* In a list::

    {LINE}

.. list-table::

   * - {"x" * 300}
     - b

A note [1]_.

.. [1] The note.
"""


@pytest.fixture(scope="module")
def written(shared_index, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    shared_index.publish(
        packages.wheel(folder, "in-markdown", "1.0", description=MARKDOWN),
        packages.wheel(folder, "in-rst", "1.0", description=RST, description_type="text/x-rst"),
        packages.wheel(folder, "in-nothing", "1.0", description=RST, description_type=None),
        packages.wheel(folder, "in-mistakes", "1.0", description="Title\n====\n\n*a*\n", description_type=None),
        packages.wheel(folder, "in-plain", "1.0", description="*a*", description_type="text/plain"))
    return shared_index


def description(index, project):
    page = index.get(f"/project/{project}/", Accept="text/html").text
    found = re.search(r'<div class="description" dir="auto">\n?(.*?)</div>\s*</section>', page, re.S)
    return found[1] if found else page


def test_each_is_rendered_as_what_it_says_it_is(written):
    assert '<h3 id="user-content-dial">' in description(written, "in-rst")
    assert description(written, "in-nothing") == description(written, "in-rst")
    assert description(written, "in-mistakes").strip().startswith('<pre class="plain">')
    assert description(written, "in-plain").strip() == '<pre class="plain">*a*\n</pre>'
    markdown = description(written, "in-markdown")
    assert "The &lt;select&gt; statement is a sentence." in markdown and "And this is a note." in markdown
    assert '<span class="hl-k">class</span>' in markdown and 'class="alert alert-warning"' in markdown


def test_nothing_is_rendered_twice(written):
    for name in ("in-markdown", "in-rst", "in-nothing"):
        description(written, name)
    kept = {p: p.stat().st_ino for p in (written.data / "rendered").rglob("*") if p.is_file()}
    assert kept
    written.stop()
    written.start()
    for name in ("in-markdown", "in-rst", "in-nothing"):
        description(written, name)
    # What is rendered is written, as another file.
    assert {p: p.stat().st_ino for p in (written.data / "rendered").rglob("*") if p.is_file()} == kept


def test_without_a_python_texts_are_shown_as_they_are_written(tmp_path, start_index):
    index = start_index("--python", "none")
    index.publish(packages.wheel(tmp_path, "in-rst", "1.0", description=RST, description_type="text/x-rst"),
                  packages.wheel(tmp_path, "in-markdown", "1.0", description=MARKDOWN))
    assert description(index, "in-rst").strip().startswith('<pre class="plain">')
    assert "hl-k" not in description(index, "in-markdown") and "<table>" in description(index, "in-markdown")


def test_the_doctor_says_what_to_install(index):
    index.environment["RIND_PYTHON"] = "/usr/bin/false"
    found = index.rind("doctor").stdout
    assert "python3-docutils" in found and "nothing is wrong" in found
    index.environment["RIND_PYTHON"] = "none"
    assert "python3-docutils" not in index.rind("doctor").stdout


def test_where_the_server_is_the_first_process_nothing_dead_is_left_behind(tmp_path, start_index):
    # As in a container without an init: what a helper leaves behind becomes the server's own (PR_SET_CHILD_SUBREAPER).
    libc = ctypes.CDLL(None)
    helper = tmp_path / "helper"
    helper.write_text("#!/bin/sh\nsleep 1000 &\nexec sleep 1000\n")
    helper.chmod(0o755)
    index = start_index(serve=False)
    index.before = lambda: libc.prctl(36, 1, 0, 0, 0)
    index.environment["RIND_PYTHON"] = str(helper)
    index.start()
    index.publish(packages.wheel(tmp_path, "in-rst", "1.0", description=RST, description_type="text/x-rst"))
    # It says nothing for fifteen seconds, and is killed then, with what it has begun.
    assert description(index, "in-rst").strip().startswith('<pre class="plain">')
    left = [p for p in Path("/proc").iterdir() if p.name.isdigit() and parent(p) == index.process.pid]
    assert left == []


def parent(process):
    try:
        # Behind the name, which may hold anything: the state and the parent's number.
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_code_scrolls_inside_itself_and_can_be_read(chromium, written, width, scheme):
    chromium.prefer(scheme)
    chromium.size(width, 900, mobile=width < 500)
    for project in ("in-markdown", "in-rst"):
        chromium.open(f"{written.url}/project/{project}/")
        assert chromium.script(f"document.documentElement.scrollWidth <= {width}"), f"{project} is wider than {width}"
        assert chromium.script(
            "[...document.querySelectorAll('.description pre')].every(e => getComputedStyle(e).overflowX === 'auto')")
        wide = chromium.script(
            "[...document.querySelectorAll('.description pre, .description .scroll')]"
            ".filter(e => e.scrollWidth > e.clientWidth).map(e => e.getBoundingClientRect().right)")
        assert len(wide) >= 2 and all(right <= width for right in wide), (project, wide)
        ratio = chromium.contrast()
        assert ratio >= 4.5, f"{project} in {scheme}: contrast {ratio}"
        # The colours are there, and differ.
        colours = chromium.script(
            "[...new Set([...document.querySelectorAll('.description [class^=hl-]')].map(e => getComputedStyle(e).color))]")
        assert len(colours) >= 4, colours
        if os.environ.get("RIND_PICTURES"):
            chromium.picture(Path(os.environ["RIND_PICTURES"]) / f"description-{project}-{scheme}-{width}.png")


# Sixty descriptions that people wrote, beside what others make of them

RENDER = """
import json, sys
from docutils.core import publish_parts
from readme_renderer import rst
SETTINGS = dict(file_insertion_enabled=False, raw_enabled=False, _disable_config=True, report_level=5, halt_level=5,
                embed_stylesheet=False, stylesheet_path="", syntax_highlight="short", doctitle_xform=False)
texts = json.load(sys.stdin)
json.dump({name: [publish_parts(text, writer_name="html5", settings_overrides=SETTINGS)["body"], rst.render(text)]
           for name, text in texts.items()}, sys.stdout)
"""


class Seen(html.parser.HTMLParser):
    """What a reader sees of some HTML: words, headings, links, and how many lists, tables and blocks of code."""

    BLOCKS = {"p", "li", "div", "td", "th", "dt", "dd", "tr", "pre", "br", "hr", "ul", "ol", "dl", "table", "section",
              "aside", "caption", "blockquote", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"}
    COUNTED = ("ul", "ol", "li", "pre", "table", "tr", "blockquote")

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.parts, self.headings, self.links = [], [], set()
        self.counts = dict.fromkeys(self.COUNTED, 0)
        self.heading = None
        self.feed(source)
        self.words = self.straight("".join(self.parts)).split()

    @staticmethod
    def straight(text):
        """Without typographic quotes and dashes, which readme_renderer makes, the brackets of footnotes, which docutils
        leaves to a style sheet, and the cries of its titles."""
        for curly, plain in zip("‘’“”–—…", ["'", "'", '"', '"', "--", "---", "..."]):
            text = text.replace(curly, plain)
        text = re.sub(r"\b(Attention|Caution)!", r"\1", text)
        return " ".join(re.sub(r"\[(\d+)\]", r"\1", text).split())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag in self.COUNTED:
            self.counts[tag] += 1
        if tag in self.BLOCKS:
            self.parts.append(" ")
        if attributes.get("class") == "classifier":
            self.parts.append(" : ")
        address = attributes.get("href") or ""
        if tag == "a" and re.match("https?://|mailto:", address):
            self.links.add(address.replace("%40", "@"))
        if tag == "img":
            # An image is a link here, named by its alternative text.
            alternative = attributes.get("alt")
            self.parts.append(alternative if alternative and alternative != attributes.get("src") else "image")
        if re.fullmatch("h[1-6]", tag):
            self.heading = len(self.parts)

    def handle_endtag(self, tag):
        if tag in self.BLOCKS:
            self.parts.append(" ")
        if re.fullmatch("h[1-6]", tag) and self.heading is not None:
            self.headings.append(self.straight("".join(self.parts[self.heading:])))

    def handle_data(self, data):
        self.parts.append(data)


def differences(ours, theirs):
    """What a reader sees in only one of two renderings."""
    found = []
    matcher = difflib.SequenceMatcher(None, ours.words, theirs.words, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            found.append(f"words: {' '.join(ours.words[a:b])[:70]!r} / {' '.join(theirs.words[c:d])[:70]!r}")
    if ours.headings != theirs.headings:
        only = [h for h in ours.headings if h not in theirs.headings], [h for h in theirs.headings if h not in ours.headings]
        found.append(f"headings: {only[0]} / {only[1]}")
    if theirs.links - ours.links:
        found.append(f"links: - / {sorted(theirs.links - ours.links)[:3]}")
    found += [f"{tag}: {ours.counts[tag]} / {theirs.counts[tag]}" for tag in Seen.COUNTED
              if ours.counts[tag] != theirs.counts[tag]]
    return found


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """An index with the sixty, their texts, and what docutils and readme_renderer make of these."""
    folder, texts = readmes()
    done = subprocess.run([str(renderers()), "-c", RENDER], input=json.dumps({n: t for n, (t, _) in texts.items()}),
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    index = Index(tmp_path_factory.mktemp("shelf"))
    index.rind("user", "add", "ada", "--email", "ada@example.org")
    index.rind("import", folder, "--owner", "ada", timeout=600)
    index.start()
    yield index, texts, json.loads(done.stdout)
    index.stop()


@pytest.mark.slow
def test_sixty_real_descriptions_say_what_docutils_makes_of_them(shelf):
    index, texts, others = shelf
    found = {}
    restructured = [name for name, (_, kind) in texts.items() if not kind or "rst" in kind]
    assert len(restructured) >= 60 and len(texts) == len(READMES)
    for name in restructured:
        html = description(index, name)
        if '<pre class="plain">' in html:
            found[name] = ["is shown as it is written"]
            continue
        if difference := differences(Seen(html), Seen(others[name][0])):
            found[name] = difference
    print(json.dumps(found, indent=1))
    assert found == {}


# What readme_renderer does and Rind does not. It leaves out the title of a text, for PyPI has the project's name above
# it, and that alone is no difference here. The others, and why:
ARGUED = {
    "celery": "a section that is alone in another is its subtitle there, and a heading here",
    "docutils": "what stands before the first section is put in a table there, its dates cut",
    "kombu": "as celery",
    "peewee": "has a mistake, and is not rendered there at all; here it is, with the mistake as it is written",
    "pycparser": "its sections are numbered without the title there",
    "pynacl": "as celery",
    "yarl": "its title is that of a later section, too",
}


@pytest.mark.slow
def test_sixty_real_descriptions_differ_from_the_public_index_in_their_titles_alone(shelf):
    index, texts, others = shelf
    found = {}
    for name, (_, kind) in texts.items():
        if kind and "rst" not in kind:
            continue
        if others[name][1] is None:
            found[name] = ["readme_renderer refuses it"]
            continue
        ours, theirs = Seen(description(index, name)), Seen(others[name][1])
        title = ours.headings[:1]
        left = [d for d in differences(ours, theirs)
                if not (title and d in (f"headings: {title} / []", f"words: {title[0][:70]!r} / ''"))]
        if left:
            found[name] = left
    print(json.dumps(found, indent=1))
    assert sorted(found) == sorted(ARGUED), found
