"""The pages in a real browser: found, read and copied from, by mouse or keyboard, in light and dark, large and small."""
import os
from pathlib import Path
from urllib.parse import quote

import pytest

from support import packages
from support.browser import installed

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

DESCRIPTION = """\
# Sundial

Tells the *time* by the sun. See [the guide](https://example.org/guide).

```python
import sundial
print(sundial.now())
```

| place | hour |
|---|---|
| Rome | 12 |

<script>alert("no")</script>
<img src=x onerror="alert('no')">
<a href="javascript:alert('no')">press me</a>
"""


@pytest.fixture(scope="module")
def site(shared_index, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    about = {"requires": ["gnomon>=1", 'shadow; extra == "night"'], "extras": ["night"], "requires_python": ">=3.8",
             "summary": "Tells the time by the sun", "description": DESCRIPTION,
             "headers": ["Project-URL: Source, https://example.org/source", "Keywords: sun,time", "License: MIT"]}
    shared_index.publish(
        packages.wheel(folder, "gnomon", "1.0", summary="What throws the shadow"),
        *[packages.wheel(folder, "sundial", f"1.{n}", **about) for n in range(3)],
        packages.sdist(folder, "sundial", "1.2", **about),
        *[packages.wheel(folder, f"filler-{n}", "1.0") for n in range(30)])
    shared_index.rind("project", "yank", "sundial", "1.1", "--reason", "five minutes fast")
    return shared_index


@pytest.fixture
def browser(chromium):
    """A browser that must have nothing to complain about when the test ends: no script error, nothing that the
    Content-Security-Policy had to stop, nothing that did not load."""
    chromium.prefer("light")
    chromium.size(1200, 900)
    chromium.complaints.clear()
    yield chromium
    chromium.script("0")
    assert not chromium.complaints


def test_from_search_to_the_line_to_copy(browser, site):
    browser.open(site.url + "/")
    browser.script("document.querySelector('#search').focus()")
    browser.type("sun")
    browser.script("document.querySelector('#search').form.requestSubmit()")
    browser.wait("location.pathname === '/search/' && document.readyState === 'complete'")
    assert "Tells the time by the sun" in browser.text("main")
    browser.script("document.querySelector('main a[href=\"/project/sundial/\"]').click()")
    browser.wait("location.pathname === '/project/sundial/' && document.readyState === 'complete'")

    text = browser.text()
    assert "1.2" in text and "gnomon" in text and "sundial-1.2-py3-none-any.whl" in text and "ada" in text
    lines = browser.script("[...document.querySelectorAll('.snippet code')].map(e => e.textContent)")
    assert any(line.startswith("pip install") and "sundial" in line and site.simple in line for line in lines), lines
    assert any(line.startswith("uv ") and "sundial" in line for line in lines), lines

    origin = site.url
    browser.call("Browser.grantPermissions", origin=origin, permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    browser.call("Page.bringToFront")
    browser.script("document.querySelector('button[data-copies]').click()")
    assert browser.script("navigator.clipboard.readText()") == lines[0]


def test_by_keyboard_alone(browser, site):
    browser.open(site.url + "/")
    browser.tab_to("e.id === 'search'")
    browser.type("sundial")
    browser.press("Enter")
    browser.wait("location.pathname === '/search/' && document.readyState === 'complete'")
    browser.tab_to("e.matches('main a[href=\"/project/sundial/\"]')")
    assert browser.script("getComputedStyle(document.activeElement).outlineStyle !== 'none' || "
                          "getComputedStyle(document.activeElement).boxShadow !== 'none'"), "focus cannot be seen"
    browser.press("Enter")
    browser.wait("location.pathname === '/project/sundial/' && document.readyState === 'complete'")
    browser.press("Tab")
    assert browser.script("document.activeElement.matches('a[href=\"#main\"]')"), "the first Tab is no skip link"
    browser.tab_to("e.matches('button[data-copies]')")


def test_filters_by_keyboard_alone_and_without_scripts(browser, site):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(site.url + "/search/?q=filler")
        assert browser.text(".result-count") == "30 projects for “filler”"
        browser.tab_to("e.tagName === 'SUMMARY'")
        browser.press("Enter")
        browser.tab_to("e.id === 'classifier'")
        browser.type("Topic :: Sundials")
        browser.tab_to("e.matches('.filters button')")
        browser.press("Enter")
        browser.wait("location.search.includes('classifier=') && document.readyState === 'complete'")
        assert browser.text(".result-count") == "0 projects for “filler”"
        browser.tab_to("e.matches('.filter-acts a')")
        browser.press("Enter")
        browser.wait("!location.search.includes('classifier=') && document.readyState === 'complete'")
        assert browser.text(".result-count") == "30 projects for “filler”"
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("typed", ["sundail", "Sun-Dial", "sundial==1.0", "pip install sundial", "import sundial"])
def test_what_is_typed_wrong_is_found(browser, site, typed):
    browser.open(site.url + "/search/?q=" + quote(typed))
    assert browser.script("document.querySelector('main .results a').getAttribute('href')") == "/project/sundial/"


def test_the_description_is_rendered_and_harmless(browser, site):
    browser.open(site.url + "/project/sundial/")
    assert browser.script("document.querySelector('.description h1, .description h2, .description h3')?.textContent") == "Sundial"
    assert browser.script("document.querySelector('.description table td')?.textContent") == "Rome"
    assert browser.script("document.querySelector('.description a[href=\"https://example.org/guide\"]') !== null")
    assert browser.script("document.querySelectorAll('.description script, .description [onerror], "
                          ".description a[href^=javascript]').length") == 0


def test_one_release_and_a_yanked_one(browser, site):
    browser.open(site.url + "/project/sundial/1.0/")
    assert "sundial-1.0-py3-none-any.whl" in browser.text() and "sundial-1.2-py3-none-any.whl" not in browser.text()
    browser.open(site.url + "/project/sundial/1.1/")
    assert "five minutes fast" in browser.text()


def test_a_user_has_a_page(browser, site):
    browser.open(site.url + "/user/ada/")
    assert "sundial" in browser.text("main")


def test_what_is_not_there_is_said_kindly(browser, site):
    browser.open(site.url + "/project/sundail/")
    assert browser.text("#error")
    assert browser.script("document.querySelector('#search') !== null")
    assert browser.has("main .results a[href='/project/sundial/']"), "what was meant is not offered"
    browser.complaints = [c for c in browser.complaints if "404" not in c]  # the page itself


PAGES = ["/", "/search/?q=filler", "/search/?q=sundail&order=name", "/project/sundial/", "/project/sundial/1.1/", "/user/ada/",
         "/log/", "/project/sundial/file/sundial-1.1-py3-none-any.whl/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(["width", "height"], [(1200, 900), (360, 740)], ids=["desk", "phone"])
def test_pages_fit_and_can_be_read(browser, site, scheme, width, height, tmp_path):
    """Nothing sticks out sideways, and text stands out from what is behind it. Pictures for people are kept in
    RIND_PICTURES, if that names a folder."""
    browser.prefer(scheme)
    browser.size(width, height, mobile=width < 500)
    for path in PAGES:
        browser.open(site.url + path)
        assert browser.script(f"document.documentElement.scrollWidth <= {width}"), f"{path} is wider than {width}"
        ratio = browser.contrast()
        assert ratio >= 4.5, f"{path} in {scheme}: contrast {ratio}"
        if os.environ.get("RIND_PICTURES"):
            name = f"{path.strip('/').replace('/', '-').replace('?', '-') or 'home'}-{scheme}-{width}.png"
            browser.picture(Path(os.environ["RIND_PICTURES"]) / name)


def test_the_pages_need_nothing_from_elsewhere(site):
    for path in PAGES:
        answer = site.get(path, Accept="text/html")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy or "default-src 'self'" in policy, policy
        assert "unsafe-inline" not in policy and "unsafe-eval" not in policy and "*" not in policy, policy
        assert answer.headers["x-content-type-options"] == "nosniff"
