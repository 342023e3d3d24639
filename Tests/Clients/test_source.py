"""What is in the files of releases, and what is different between two of them, over HTTP and in a browser."""
import random

import pytest

from support import packages
from support.browser import installed

ELF = b"\x7fELF" + bytes(60)
RLO = "\u202e"

OLD = {
    "demo/count.py": b"def count(items):\n    return len(items)\n",
    "demo/old_place.py": b"def smell():\n    return 'strong'\n",
    "demo/page.html": b"<p>old</p>\n",
}
NEW = {
    "demo/count.py": f"def count(items):\n    # {RLO} hidden\n    return len(items) - 1\n".encode(),
    "demo/new_place.py": OLD["demo/old_place.py"],
    "demo/page.html": b"</code></div><script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">\n",
    "demo/_native.so": ELF,
    f"demo/na{RLO}me.py": b"x = 1\n",
    "demo.pth": b"import demo\n",
    "INFO/entry_points.txt": b"[console_scripts]\ndemo = demo.count:count\n",
}


@pytest.fixture(scope="module")
def site(shared_index, tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    shared_index.publish(
        packages.wheel(folder, "demo", "1.0", files=OLD, requires=["milk"]),
        packages.sdist(folder, "demo", "1.0", files={"setup.py": b"print('old')\n"}),
        packages.wheel(folder, "demo", "1.1", files=NEW, requires=["milk", "rennet"]),
        packages.sdist(folder, "demo", "1.1", files={"setup.py": b"print('new')\n"}),
        packages.wheel(folder, "demo", "2.0rc1"),
        packages.wheel(folder, "alone", "1!1.0"))
    return shared_index


def text(answer):
    assert answer.status == 200, answer
    return answer.body.decode()


WHEEL = "/project/demo/1.1/files/demo-1.1-py3-none-any.whl/"
COMPARE = "/project/demo/compare/1.0...1.1/"
BY_WHEEL = COMPARE + "?files=py3-none-any"


def test_the_files_of_a_release_and_what_is_in_them(site):
    page = text(site.get("/project/demo/1.1/files/"))
    assert f'href="{WHEEL}"' in page and 'href="/project/demo/1.1/files/demo-1.1.tar.gz/"' in page
    page = text(site.get(WHEEL))
    assert 'href="/project/demo/1.1/files/demo-1.1-py3-none-any.whl/demo/"' in page
    first = page.index("Look at these first")
    assert first < page.index("Runs whenever Python starts") < page.index("Programs that cannot be read")
    page = text(site.get(WHEEL + "demo/"))
    assert f"{WHEEL}demo/count.py" in page and "Linux program or library" in page
    page = text(site.get(WHEEL + "demo/count.py"))
    assert '<div id="L1"><a href="#L1">1</a><code>def count(items):</code></div>' in page


def test_an_sdist_opens_at_its_directory_and_is_read_in_place(site):
    moved = site.get("/project/demo/1.1/files/demo-1.1.tar.gz/")
    assert moved.status == 301 and moved.headers["location"] == "/project/demo/1.1/files/demo-1.1.tar.gz/demo-1.1/"
    assert "setup.py" in text(site.get(moved.headers["location"]))
    page = text(site.get(moved.headers["location"] + "setup.py"))
    assert "print(&#39;new&#39;)" in page


@pytest.mark.parametrize("asked, leads", [
    ("/project/Demo/1.1.0/files/", "/project/demo/1.1/files/"),
    ("/project/demo/1.1/files", "/project/demo/1.1/files/"),
    (WHEEL + "demo", WHEEL + "demo/"), (WHEEL + "demo/count.py/", WHEEL + "demo/count.py"),
    (WHEEL + "demo//count.py", WHEEL + "demo/count.py"),
    ("/project/demo/compare/1.0..1.1/", COMPARE), ("/project/demo/compare/1.0/1.1/", COMPARE),
    ("/project/Demo/compare/v1...1.1.0/", COMPARE), ("/project/demo/compare/1.0...1.1", COMPARE),
    ("/project/demo/compare/1.1/", COMPARE), ("/project/demo/compare/1.0/", "/project/demo/1.0/files/"),
    ("/project/demo/compare/2.0rc1/", "/project/demo/compare/1.1...2.0rc1/"),
    ("/project/demo/compare/?from=1.0&to=1.1", COMPARE), ("/project/demo/compare/", COMPARE),
    ("/project/alone/1%211.0.0/files/", "/project/alone/1!1.0/files/"),
])
def test_other_spellings_lead_to_the_one(site, asked, leads):
    answer = site.get(asked)
    assert answer.status in (301, 302), answer
    assert answer.headers["location"].split("?")[0] == leads


@pytest.mark.parametrize("path, words", [
    ("/project/nothing/1.0/files/", "There is no"), ("/project/demo/9/files/", "release &#39;9&#39;"),
    ("/project/demo/1.1/files/other-1.1.tar.gz/", "There is no file"),
    # A file of another release is not one of this.
    ("/project/demo/1.0/files/demo-1.1-py3-none-any.whl/", "There is no file"),
    (WHEEL + "demo/none.py", "Its files are listed"), (WHEEL + "demo/count.py/x", "Its files are listed"),
    (WHEEL + "%FF.py", "There is no"),
    ("/project/demo/compare/1.0...9/", "release &#39;9&#39;"), ("/project/demo/compare/x...y/", "release &#39;x&#39;"),
    ("/project/demo/compare/1.0...1.0/", "Choose two releases"), ("/project/demo/compare/files/", "release &#39;files&#39;"),
    (COMPARE + "?file=demo/none.py", "All that changed is at"),
])
def test_what_is_not_there_is_said_in_a_sentence(site, path, words):
    answer = site.get(path, Accept="text/html")
    assert answer.status == 404, answer
    assert words in answer.body.decode()


def test_paths_that_lead_out_are_refused(site):
    for path in ["../../../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fetc%2fpasswd", "demo/%00"]:
        assert site.get(WHEEL + path).status in (400, 404), path


def test_what_an_author_wrote_is_text_and_nothing_of_it_is_unseen(site):
    answer = site.get(WHEEL + "demo/page.html")
    page = text(answer)
    assert "&lt;script&gt;document.title" in page and "<script>document" not in page and "<img src=x" not in page
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for path in [WHEEL + "demo/count.py", WHEEL + "demo/", BY_WHEEL]:
        page = text(site.get(path))
        assert "U+202E" in page and RLO not in page, path
    assert "There are characters here that nobody sees" in text(site.get(WHEEL + "demo/count.py"))
    page = text(site.get(WHEEL + "demo/_native.so"))
    assert "This is not text" in page and "ELF" not in page.split("<main")[1].split("This is not text")[1].split("</main>")[0]


def test_the_difference_says_first_what_runs_by_itself(site):
    page = text(site.get(BY_WHEEL))
    order = ["The first .pth file: demo.pth", "has programs in it for the first time",
             "New entry points: the command demo", "New dependencies: rennet"]
    places = [page.index(words) for words in order]
    assert places[0] < places[2] and places[1] < places[3]
    assert "before demo/old_place.py" in page and "renamed" in page
    added = page.split('<bdi class="change-name">demo.pth</bdi>')[1].split("</details>")[0]
    assert ">After<" in added and ">Before<" not in added
    assert "<del>    return len(items)</del>" in page and "<ins>    return len(items) - 1</ins>" in page
    assert "<summary><h2>Generated files</h2>" in page
    titles = ["Runs whenever Python starts", "Commands and entry points", "Programs that cannot be read", "Metadata",
              "Source", "Generated files"]
    positions = [page.index(f"<h2>{title}</h2>") for title in titles]
    assert positions == sorted(positions)
    folded = page[:page.index("<h2>Generated files</h2>")].rsplit("<details", 1)[1]
    assert " open" not in folded


def test_sdists_are_compared_first_and_any_two_can_be_chosen(site):
    page = text(site.get(COMPARE))
    assert "demo-1.0.tar.gz with demo-1.1.tar.gz" in page
    assert "Changed code that runs when it is built or installed: setup.py" in page
    assert "<del>print(&#39;old&#39;)</del>" in page
    backwards = text(site.get("/project/demo/compare/1.1...1.0/?files=py3-none-any"))
    assert "Gone: demo.pth" in backwards
    alone = text(site.get(BY_WHEEL + "&file=demo/count.py"))
    assert "All that changed" in alone and "len(items) - 1" in alone and "demo.pth" not in alone
    assert "No two files are for the same" not in page
    other = text(site.get("/project/demo/compare/1.1...2.0rc1/"))
    assert "demo-1.1-py3-none-any.whl with demo-2.0rc1-py3-none-any.whl" in other


def test_a_page_that_did_not_change_is_not_sent_again(site):
    for path in [BY_WHEEL, WHEEL, WHEEL + "demo/count.py"]:
        first = site.get(path)
        assert first.headers["etag"]
        again = site.get(path, **{"If-None-Match": first.headers["etag"]})
        assert again.status == 304 and again.body == b""


def test_the_page_of_a_release_leads_there(site):
    page = text(site.get("/project/demo/1.1/"))
    assert 'href="/project/demo/1.1/files/"' in page and 'href="/project/demo/compare/1.1/"' in page


def test_what_is_quarantined_or_gone_is_not_shown(index, tmp_path):
    index.publish(packages.wheel(tmp_path, "demo", "1.0"), packages.wheel(tmp_path, "demo", "1.1"),
                  packages.wheel(tmp_path, "other", "1.0"))
    source = "/project/demo/1.0/files/demo-1.0-py3-none-any.whl/"
    assert index.get(source).status == 200
    index.rind("project", "quarantine", "demo", "1.0", "--reason", "steals <keys>")
    for path in (source, source + "demo/__init__.py"):
        answer = index.get(path, Accept="text/html")
        assert answer.status in (403, 404), answer
        assert "__version__" not in answer.body.decode()
    assert "demo-1.0" not in index.get("/project/demo/compare/1.0...1.1/").body.decode()
    index.rind("project", "status", "other", "quarantined", "--reason", "steals <keys>")
    for path in ("/project/other/1.0/files/", "/project/other/1.0/files/other-1.0-py3-none-any.whl/other/__init__.py"):
        answer = index.get(path, Accept="text/html")
        assert answer.status == 403 and "steals &lt;keys&gt;" in answer.body.decode()
    assert "/files/" not in index.get("/project/other/").body.decode().split("<footer")[0].split("<main")[1]


# Archives that were made to take long

def bomb(folder):
    """A wheel that unpacks to much more than its size, in many files."""
    members = {f"bomb/f{n}.py": b"x = 1\n" * 100_000 for n in range(40)}
    return packages.wheel(folder, "bomb", "1.0", files=members), packages.wheel(
        folder, "bomb", "1.1", files={path: data + b"y\n" for path, data in members.items()})


def crowd(folder, version, count=20_000):
    return packages.wheel(folder, "crowd", version,
                          files={f"crowd/d{n % 7}/f{n}.py": f"{version} {n % 3}".encode() for n in range(count)})


def lines(folder, version):
    """One line of megabytes, and a text of which every line is another one."""
    chance = random.Random(version)
    words = [str(n).encode() for n in range(50)]
    return packages.wheel(folder, "lines", version, files={
        "lines/one.py": b"x = '" + version.encode() * 1_000_000 + b"'\n",
        "lines/other.txt": b"\n".join(chance.choices(words, k=60_000)),
        "lines/marks.py": (f"a{RLO}" * 20_000).encode() + version.encode(),
    })


def test_archives_that_are_made_to_take_long_do_not(start_index, tmp_path):
    index = start_index()
    index.publish(*bomb(tmp_path), crowd(tmp_path, "1.0"), crowd(tmp_path, "1.1"), lines(tmp_path, "1.0"),
                  lines(tmp_path, "1.1"))
    for name in ("bomb", "crowd", "lines"):
        for path in (f"/project/{name}/compare/1.0...1.1/", f"/project/{name}/1.1/files/{name}-1.1-py3-none-any.whl/",
                     f"/project/{name}/1.1/files/{name}-1.1-py3-none-any.whl/{name}/"):
            answer = index.get(path)
            assert answer.status == 200, answer
            assert len(answer.body) < 2 << 20, (path, len(answer.body))
    top = "/project/lines/1.1/files/lines-1.1-py3-none-any.whl/lines/"
    for path in ("one.py", "one.py?page=7", "other.txt?line=50000", "marks.py"):
        answer = index.get(top + path)
        assert answer.status == 200 and len(answer.body) < 2 << 20, (path, answer.status, len(answer.body))
    assert 'id="L50000"' in index.get(top + "other.txt?line=50000").body.decode()
    assert index.get("/healthz").status == 200
    assert index.memory("VmHWM") < 600 << 20


# In a browser

@pytest.fixture
def browser(request, site):
    if not installed():
        pytest.skip("there is no Chromium on this machine; `make test` installs it")
    chromium = request.getfixturevalue("chromium")
    chromium.prefer("light")
    chromium.size(1200, 900)
    chromium.complaints.clear()
    yield chromium
    chromium.script("0")
    assert not chromium.complaints


PAGES = ["/project/demo/1.1/files/", WHEEL, WHEEL + "demo/", WHEEL + "demo/count.py", WHEEL + "demo/page.html",
         WHEEL + "demo/_native.so", COMPARE, BY_WHEEL, BY_WHEEL + "&file=demo/count.py"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(["width", "height"], [(1200, 900), (360, 740)], ids=["desk", "phone"])
def test_pages_fit_and_can_be_read(browser, site, scheme, width, height):
    browser.prefer(scheme)
    browser.size(width, height, mobile=width < 500)
    for path in PAGES:
        browser.open(site.url + path)
        assert browser.script("document.title") != "owned"
        assert browser.script(f"document.documentElement.scrollWidth <= {width}"), f"{path} is wider than {width}"
        ratio = browser.contrast()
        assert ratio >= 4.5, f"{path} in {scheme}: contrast {ratio}"
        ids = browser.script("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), path
        assert browser.script("[...document.querySelectorAll('main select')].every(e => e.labels.length > 0)")


def test_from_a_release_to_a_changed_line_by_keyboard_alone(browser, site):
    browser.open(site.url + "/project/demo/1.1/")
    browser.tab_to("e.matches('main a[href=\"/project/demo/compare/1.1/\"]')")
    browser.press("Enter")
    browser.wait("location.pathname.endsWith('/compare/1.0...1.1/') && document.readyState === 'complete'")
    browser.tab_to("e.matches('.compare-choices a[href*=\"files=py3\"]')")
    browser.press("Enter")
    browser.wait("location.search === '?files=py3-none-any' && document.readyState === 'complete'")
    browser.tab_to("e.matches('.highlights a')")
    browser.press("Enter")
    browser.wait("location.hash.startsWith('#f')")
    browser.tab_to("e.matches('.hunk a')")
    browser.press("Enter")
    browser.wait("location.hash === '#L1' && document.readyState === 'complete'")
    assert browser.script("document.querySelector(':target').textContent").endswith("import demo")


def test_folded_groups_open_without_scripts(browser, site):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(site.url + BY_WHEEL)
        group = "[...document.querySelectorAll('.change-group')].find(e => e.textContent.includes('Generated files'))"
        assert not browser.script(f"{group}.open")
        browser.tab_to(f"e === {group}.querySelector('summary')", most=200)
        browser.press("Enter")
        assert browser.script(f"{group}.open")
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
