"""Who can be who: an import's one mail, disabling, administrators, and who could publish, with the real tools."""
import json
import os
import sqlite3
from pathlib import Path

import pytest

from support import http, packages
from support.browser import installed
from support.clients import program, run


def parsed(done):
    return json.loads(done.stdout)


def subjects(index):
    database = sqlite3.connect(f"file:{index.data}/index.sqlite?mode=ro", uri=True)
    try:
        return [row[0] for row in database.execute("SELECT title FROM outbox WHERE kind = 'mail' ORDER BY id")]
    finally:
        database.close()


def test_an_import_of_many_projects_sends_one_mail(index, tmp_path):
    folder = tmp_path / "wheels"
    index.token("ada")
    for number in range(40):
        packages.wheel(folder, f"import-{number}", "1.0")
    index.rind("import", folder, "--owner", "ada")
    owned = [subject for subject in subjects(index) if "owner" in subject]
    assert owned == ["You are now owner of 40 projects"]
    packages.wheel(folder, "import-40", "1.0")
    index.rind("import", folder, "--owner", "ada")
    owned = [subject for subject in subjects(index) if "owner" in subject]
    assert owned == ["You are now owner of 40 projects", "You are now owner of the project import-40"]


def test_a_disabled_account_publishes_nothing_and_is_told_why_until_it_is_enabled(index, tmp_path):
    token = index.token("ada")
    first, second = (packages.wheel(tmp_path, "kept-out", version) for version in ("1.0", "2.0"))
    assert http.upload(index.upload_url, token, first).status == 200
    done = index.rind("user", "disable", "ada", "--reason", "left the company")
    assert "rind user enable ada" in done.stdout
    refused = run([program("twine"), "upload", "--verbose", "--disable-progress-bar", "--repository-url", index.upload_url,
                   "-u", "__token__", "-p", token, second], tmp_path)
    assert not refused and refused.shows("403") and refused.shows("left the company")
    shown = parsed(index.rind("user", "show", "ada", "--json"))
    assert shown["disabled"]["reason"] == "left the company" and shown["tokens"] and shown["roles"]
    who = parsed(index.rind("project", "who", "kept-out", "--json"))
    assert [person["couldPublish"] for person in who] == [False]
    assert "left the company" in who[0]["reason"]
    index.rind("user", "enable", "ada")
    assert http.upload(index.upload_url, token, second).status == 200
    who = parsed(index.rind("project", "who", "kept-out", "--json"))
    assert who[0]["couldPublish"] and all(token["accepted"] for token in who[0]["tokens"])


def test_the_index_keeps_an_administrator(index):
    index.token("ada")
    index.rind("user", "admin", "ada")
    for arguments in (["admin", "ada", "--remove"], ["disable", "ada", "--reason", "left"]):
        done = index.rind("user", *arguments, status=1)
        assert "last administrator" in done.stderr
    index.rind("user", "add", "grace", "--email", "grace@example.org", "--admin")
    index.rind("user", "admin", "ada", "--remove")
    assert [user["name"] for user in parsed(index.rind("user", "list", "--json")) if user["admin"]] == ["grace"]


@pytest.mark.skipif(not installed(), reason="there is no Chromium on this machine; `make test` installs it")
def test_the_head_says_who_is_signed_in(someone):
    ada = someone().register()
    ada.go("/")
    assert "Sign in" in ada.page.text("header") and ada.name not in ada.page.text("header")
    ada.sign_in()
    ada.go("/manage/account/")
    ada.go("/")
    assert ada.name in ada.page.text("header") and "Sign in" not in ada.page.text("header")


@pytest.mark.skipif(not installed(), reason="there is no Chromium on this machine; `make test` installs it")
@pytest.mark.parametrize(["width", "height"], [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_pages_about_people_fit_and_can_be_read(someone, site, tmp_path, width, height):
    root, ada = someone().register("--admin"), someone().register()
    project = f"who{ada.name}"
    token = site.rind("token", "issue", ada.name, "--label", "a rather long label of a token").stdout.strip()
    assert http.upload(site.upload_url, token, packages.wheel(tmp_path, project, "1.0")).status == 200
    site.rind("project", "role", "add", project, root.name, "owner")
    site.rind("user", "disable", ada.name, "--reason", "left the company, and nobody knows where the keys are")
    root.sign_in()
    root.page.size(width, height, mobile=width < 500)
    for path in ("/admin/", "/admin/users/", f"/admin/users/{ada.name}/", f"/admin/users/{root.name}/",
                 f"/admin/project/{project}/who/", f"/manage/project/{project}/who/"):
        root.go(path)
        assert root.page.text("h1"), path
        assert root.page.script(f"document.documentElement.scrollWidth <= {width}"), f"{path} is wider than {width}"
        assert root.page.contrast() >= 4.5, path
        assert root.page.script("[...document.querySelectorAll('main input:not([type=hidden])')]"
                                ".every(e => e.labels.length > 0)"), f"{path} has a field without a label"
        ids = root.page.script("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), f"{path} has an id twice: {sorted(ids)}"
        if os.environ.get("RIND_PICTURES"):
            root.page.picture(Path(os.environ["RIND_PICTURES"]) / f"people{path.replace('/', '-')}{width}.png")
    site.rind("user", "enable", ada.name)
