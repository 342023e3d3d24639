"""The index as it was, with the real pip and uv, and in a browser."""
import datetime
import time

import pytest

from support import http, packages
from support.browser import installed as browser_is_installed
from support.clients import Installer, program, run

FORMS = [http.SIMPLE_JSON, "application/vnd.pypi.simple.v1+html", "text/html"]


@pytest.fixture
def story(index, tmp_path):
    """An index in which a package was published, yanked, published anew and removed, with the serial of each moment, and
    every page of the Simple API and the JSON API as it was served then."""
    served, serials = [], {}

    def remember(moment):
        # What a command did is served within a quarter of a second.
        time.sleep(0.6)
        serials[moment] = index.serial()
        for path in ["/simple/", "/simple/leaf/", "/simple/top/"]:
            served.extend((serials[moment], path, form, index.get(path, Accept=form)) for form in FORMS)
        for path in ["/pypi/leaf/json", "/pypi/leaf/1.0/json", "/pypi/top/json"]:
            served.append((serials[moment], path, "*/*", index.get(path)))

    index.publish(packages.wheel(tmp_path, "leaf", "1.0"))
    remember("first")
    index.publish(packages.wheel(tmp_path, "leaf", "1.1"), packages.wheel(tmp_path, "top", "1.0", requires=["leaf"]))
    remember("second")
    index.rind("project", "yank", "leaf", "1.1", "--reason", "eats <leaves>")
    remember("yanked")
    index.publish(packages.wheel(tmp_path, "leaf", "2.0"))
    index.rind("project", "status", "top", "deprecated", "--reason", "use another")
    remember("third")
    index.rind("project", "delete", "leaf")
    remember("last")
    return served, serials


def test_every_page_is_byte_for_byte_what_it_was(index, story):
    served, serials = story
    assert len(set(serials.values())) >= 4
    for serial, path, form, then in served:
        now = index.get(f"/at/{serial}{path}", Accept=form)
        assert now.status == then.status, (serial, path, now)
        if then.status == 200:
            assert now.body == then.body, (serial, path, form)
            assert now.headers["x-rind-as-of"] == str(serial)
            assert now.headers["content-type"] == then.headers["content-type"]


@pytest.mark.parametrize("name", ["pip", "uv"])
@pytest.mark.parametrize("moment, expected", [("first", "1.0"), ("second", "1.1"), ("yanked", "1.0"), ("third", "2.0")])
def test_installs_what_was_there(index, story, tmp_path, name, moment, expected):
    _, serials = story
    installer = Installer(name, tmp_path, f"{index.url}/at/{serials[moment]}/simple/")
    done = installer.install("leaf")
    assert done, done.output
    assert installer.installed() == {"leaf": expected}


@pytest.mark.parametrize("name", ["pip", "uv"])
def test_a_moment_is_an_index_too(index, story, tmp_path, name):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    installer = Installer(name, tmp_path, f"{index.url}/at/{now}/simple/")
    done = installer.install("top", "--no-deps")
    assert done, done.output
    assert installer.installed() == {"top": "1.0"}


@pytest.mark.parametrize("name", ["pip", "uv"])
def test_a_token_reads_the_past_at_the_address_of_now(index, story, tmp_path, name):
    _, serials = story
    token = index.rind("token", "issue", "ada", "--as-of", serials["second"]).stdout.strip()
    address = f"http://__token__:{token}@127.0.0.1:{index.port}/simple/"
    installer = Installer(name, tmp_path, address)
    done = installer.install("leaf")
    assert done, done.output
    assert installer.installed() == {"leaf": "1.1"}
    refused = http.upload(index.upload_url, token, packages.wheel(tmp_path, "other", "1.0"))
    assert refused.status == 403 and "reads the index as it was" in refused.text


def test_a_lock_that_is_made_with_a_token_names_no_past(index, story, tmp_path):
    _, serials = story
    token = index.rind("token", "issue", "ada", "--as-of", serials["second"]).stdout.strip()
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[project]\nname = "mine"\nversion = "1.0"\nrequires-python = ">=3.8"\ndependencies = ["leaf"]\n')
    done = run([program("tests", "uv"), "lock", "--no-cache"], tmp_path, cwd=project,
               UV_DEFAULT_INDEX=f"http://__token__:{token}@127.0.0.1:{index.port}/simple/")
    assert done, done.output
    lock = (project / "uv.lock").read_text()
    assert 'version = "1.1"' in lock and "/at/" not in lock and token not in lock


def test_nobody_else_gets_what_a_token_read(index, story):
    _, serials = story
    token = index.rind("token", "issue", "ada", "--as-of", serials["third"]).stdout.strip()
    for _ in range(3):
        assert index.get("/simple/leaf/").status == 404
        then = index.get("/simple/leaf/", Authorization=http.basic("__token__", token))
        assert then.status == 200 and "leaf-2.0" in then.text
        assert then.headers["x-rind-as-of"] == str(serials["third"])
        assert then.headers["cache-control"] == "private, no-cache"
        assert "Authorization" in then.headers["vary"]
    assert "Authorization" in index.get("/simple/top/").headers["vary"]


@pytest.mark.parametrize("point, status", [
    ("0", 404), ("2001-01-01T00:00:00Z", 404), ("2001-01-01", 404), ("-20000d", 404), ("999999999", 404),
    ("2222-02-02T00:00:00Z", 404), ("yesterday", 400), ("2026-02-30", 400), ("-1", 400), ("1e3", 400), ("%00", 400)])
def test_what_is_no_point_of_its_past_is_refused(index, tmp_path, point, status):
    index.publish(packages.wheel(tmp_path, "leaf", "1.0"))
    answer = index.get(f"/at/{point}/simple/leaf/")
    assert answer.status == status and answer.text.strip()
    if point != "%00":
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.skipif(not browser_is_installed(), reason="there is no Chromium on this machine; `make test` installs it")
def test_people_look_at_a_project_as_it_was(index, story, chromium):
    _, serials = story
    page = chromium.another()
    try:
        page.go(f"{index.url}/project/top/")
        page.follow("a[href^='/at/?project=']")
        assert page.text("h1") == "The index as it was"
        assert "-7d/simple/ top" in page.text("main")
        page.fill(at_on=str(serials["second"]), at_project="leaf")
        page.submit("#at-project")
        assert page.path == f"/at/{serials['second']}/project/leaf/"
        assert "This is the past" in page.text("main") and "1.1" in page.text("h1")
        page.follow(f"a[href='/at/{serials['second']}/project/leaf/1.0/']")
        assert "leaf 1.0" in page.text("h1")
        assert f"/at/{serials['second']}/simple/" in page.text("main")
        page.go(f"{index.url}/at/{serials['third']}/project/top/")
        assert "deprecated" in page.text("main") and "use another" in page.text("main")
    finally:
        page.close()


@pytest.mark.skipif(not browser_is_installed(), reason="there is no Chromium on this machine; `make test` installs it")
def test_a_token_for_the_past_is_made_on_a_page(site, someone):
    ada = someone().register().sign_in()
    ada.go("/manage/account/token/")
    ada.page.fill(token_name="last month", token_as_of="-7d")
    ada.page.click("#scope-past")
    ada.page.submit("#make-token")
    ada.confirm()
    token = ada.page.text("#token")
    assert "publishes nothing" in ada.page.text("main") and f"__token__:{token}@" in ada.page.text("main")
    refused = http.get(f"{site.url}/simple/", Authorization=http.basic("__token__", token))
    assert refused.status == 404 and "before the index began" in refused.text
    ada.go("/manage/account/token/")
    assert "Reads the index as of -7d" in ada.page.text("main")
