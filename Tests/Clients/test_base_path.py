"""An index below a path of its host: the six publishers, pip, uv and a browser, which all know only its address."""
import hashlib
import re

import pytest

from support import http, packages
from support.browser import installed as has_browser
from support.clients import Installer
from support.index import Index
from support.people import LINK, Person, Site
from support.publishers import ALL

PATH = "/pypi"


@pytest.fixture(scope="module")
def below(tmp_path_factory):
    """An index whose every address begins with /pypi/."""
    index = BelowAPath(tmp_path_factory.mktemp("below"))
    index.options += ["--base-url", index.url]
    yield index.start()
    index.stop()


class BelowAPath(Index):
    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}{PATH}"


@pytest.fixture(params=ALL, ids=lambda tool: tool.name)
def tool(request, tmp_path):
    return request.param(tmp_path / request.param.name)


def test_what_any_tool_publishes_is_installed_by_pip_and_uv(tool, below, tmp_path):
    name = f"below-{tool.name}"
    tool.project(name, "1.0", "hello")
    done = tool.publish(below.upload_url, below.token())
    assert done, done.output
    built = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tool.files()}
    listed = below.files(name)
    assert {file: about["hashes"]["sha256"] for file, about in listed.items()} == built
    assert all(about["url"].startswith(f"{PATH}/packages/") for about in listed.values())
    for installer in ("pip", "uv"):
        there = Installer(installer, tmp_path / installer, below.simple)
        done = there.install(name)
        assert done, done.output
        assert there.installed() == {name: "1.0"}


def test_nothing_is_beside_the_path(below, tmp_path):
    outside = http.get(f"http://127.0.0.1:{below.port}/simple/")
    assert outside.status == 404 and f"{PATH}/" in outside.text
    assert below.get("/healthz").status == 200
    moved = below.get("/simple")
    assert moved.status == 301 and moved.headers["location"] == f"{PATH}/simple/"
    assert below.announcement.endswith(f":{below.port}{PATH}/")


def test_a_browser_signs_in_below_the_path(tmp_path, chromium):
    if not has_browser():
        pytest.skip("there is no Chromium on this machine; `make test` installs it")
    site = Site(tmp_path / "site")
    site.origin += PATH
    site.options += ["--base-url", site.origin]
    site.start()
    ada = Person(site, chromium)
    try:
        ada.register()
        ada.type_password()
        assert ada.path == f"{PATH}/manage/account/", ada.page.text("main")
        cookies = ada.page.call("Network.getCookies", urls=[f"{site.origin}/"])["cookies"]
        assert {c["name"]: c["path"] for c in cookies} == {
            name: f"{PATH}/" for name in ("rind", "rind-known", "rind-name")}
        # A security key from the page with its script to the last redirect.
        ada.go(LINK)
        ada.page.submit("main .primary")
        ada.follow_enrolment_link(site.link(ada.address, "Add your second factor"))
        ada.plug()
        ada.add_key()
        assert ada.path.startswith(f"{PATH}/"), ada.path
        ada.page.follow("main p > a[href$='/two-factor/']")
        assert "Blue" in ada.page.text("main")
        for link in re.findall(r'(?:href|action|src)="(/[^"]*)"', ada.page.script("document.documentElement.outerHTML")):
            assert link.startswith(f"{PATH}/"), link
        ada.page.submit("#sign-out")
        assert ada.path == f"{PATH}/account/login/"
        assert not ada.leave()
    finally:
        site.stop()
