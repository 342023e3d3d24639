"""Looking after projects: yanking, roles by invitation, settings, deleting and what comes of it, with the real tools."""
import os
from pathlib import Path

import pytest

from support import clients, http, packages
from support.browser import installed
from support.clients import program, run
from support.index import parsed
from support.mail import parts
from support.people import error, wait

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

PROJECTS = "/manage/projects/"


def manage(project, page):
    return f"/manage/project/{project}/{page}/"


def twine(site, token, path, folder):
    return run([program("twine"), "upload", "--verbose", "--disable-progress-bar", "--repository-url", site.upload_url,
                "-u", "__token__", "-p", token, path], folder)


def status(site, path):
    return http.get(site.url + path).status


def versions(site, project, *expected):
    """Whether the Simple API lists these. What a command changed is served within a quarter of a second."""
    return wait(lambda: site.page(project)["versions"] == list(expected))


@pytest.fixture
def owned(site, tmp_path):
    """Publishes the first release of a project for somebody, and returns its wheel and a token."""
    def publish(person, project, version="1.0"):
        token = site.rind("token", "issue", person.name).stdout.strip()
        wheel = packages.wheel(tmp_path / person.name, project, version)
        answer = http.upload(site.upload_url, token, wheel)
        assert answer.status == 200, answer
        return wheel, token
    return publish


def locked(site, project, filename):
    """The address of a file with its digest, as a lock file has it."""
    return site.file_url(project, filename) + "#sha256=" + site.files(project)[filename]["hashes"]["sha256"]


# The story of 2022

def test_what_was_installed_yesterday_installs_after_its_owner_deletes_the_project(someone, site, owned, tmp_path):
    ada, eve = someone().register().sign_in(), someone().register()
    project = f"writes{ada.name}"
    wheel, token = owned(ada, project)
    lock = locked(site, project, wheel.name)

    ada.go(manage(project, "settings"))
    ada.page.fill(confirm_name="something-else")
    ada.page.submit("#delete-project")
    assert f"type ‘{project}’" in ada.error and status(site, f"/simple/{project}/") == 200
    ada.tired()
    ada.go(manage(project, "settings"))
    ada.page.fill(confirm_name=project)
    ada.page.submit("#delete-project")
    assert f"delete the project {project}" in ada.page.text("main")
    ada.confirm()
    assert ada.path == PROJECTS and "The project is deleted" in ada.page.text("main")
    assert ada.mail(f"The project {project} was deleted")

    # It is gone from everywhere,
    for page in (f"/simple/{project}/", f"/project/{project}/", f"/pypi/{project}/json", f"/pypi/{project}/1.0/json",
                 f"/rss/project/{project}/releases.xml", manage(project, "releases")):
        assert status(site, page) in (404, 303), page
    for page in ("/simple/", "/rss/packages.xml", "/rss/updates.xml", f"/user/{ada.name}/", f"/search/?q={project}"):
        assert f'/project/{project}/"' not in http.get(site.url + page).text, page
    pip = clients.Installer("pip", tmp_path, site.simple)
    assert not pip.install(project)

    # but what asks for the file by its address and hash goes on.
    (tmp_path / "lock.txt").write_text(f"{project} @ {lock}\n")
    outcome = pip.install("--require-hashes", "-r", tmp_path / "lock.txt")
    ask = f"import {project}; print({project}.__version__)"
    assert outcome and pip.python(ask).output.strip() == "1.0", outcome.output
    uv = clients.Installer("uv", tmp_path, site.simple)
    outcome = uv.install(f"{project} @ {lock}")
    assert outcome and uv.python(ask).output.strip() == "1.0", outcome.output

    # Nobody else gets the name, however it is spelled.
    evil = packages.wheel(tmp_path / "evil", project, "2.0")
    eves = site.rind("token", "issue", eve.name).stdout.strip()
    outcome = twine(site, eves, evil, tmp_path)
    assert not outcome and outcome.shows("only its former owners can use it again"), outcome.output
    other = packages.wheel(tmp_path / "evil", project.upper(), "2.0")
    assert http.upload(site.upload_url, eves, other).status == 403

    # Its owner makes it again; the name of the deleted file is spent, also for the same file.
    outcome = twine(site, token, wheel, tmp_path)
    assert not outcome and outcome.shows("this filename has already been used"), outcome.output
    assert status(site, f"/simple/{project}/") == 404
    outcome = twine(site, token, packages.wheel(tmp_path / "again", project.title(), "2.0"), tmp_path)
    assert outcome, outcome.output
    assert site.page(project)["versions"] == ["2.0"]
    page = http.get(f"{site.url}/project/{project}/").text
    assert f"<bdi>{project}</bdi>" in page, "the spelling of the name is that of the first upload"
    rebuilt = packages.wheel(tmp_path / "rebuilt", project, "1.0", summary="Other bytes")
    outcome = twine(site, token, rebuilt, tmp_path)
    assert not outcome and outcome.shows("File already exists"), outcome.output

    # The operator brings the old release back, whole.
    site.rind("project", "restore", project)
    assert versions(site, project, "1.0", "2.0")
    assert locked(site, project, wheel.name) == lock
    assert ada.mail(f"{project} was brought back")
    history = [e["action"] for e in parsed(site.rind("log", "show", "--project", project, "--json").stdout)]
    assert {"project.create", "project.delete", "project.recreate", "project.restore"} <= set(history)
    site.rind("doctor")


def test_deleting_gets_rid_of_nobody(someone, site, owned, tmp_path):
    """Roles come back with the project, and so does what it asks for."""
    ada, bob = someone().register(), someone().register().sign_in()
    project = f"shared{ada.name}"
    _, token = owned(ada, project)
    site.rind("project", "role", "add", project, bob.name, "owner")
    site.rind("project", "require", project, "second-factor")
    bob.go(manage(project, "settings"))
    bob.page.fill(confirm_name=project)
    bob.page.submit("#delete-project")
    bob.page.script("document.querySelector('#mandate details').open = true")
    assert "a second factor" in bob.page.text("#mandate") and status(site, f"/simple/{project}/") == 200
    site.rind("project", "delete", project)
    wait(lambda: status(site, f"/simple/{project}/") == 404)
    again = packages.wheel(tmp_path, project, "2.0")
    refused = http.upload(site.upload_url, token, again)
    assert refused.status == 403 and "second factor" in refused.reason, refused
    assert "no project named" in site.rind("project", "require", project, "password", status=1).stderr
    site.rind("project", "restore", project)
    site.rind("project", "require", project, "password")
    site.rind("project", "delete", project)
    assert http.upload(site.upload_url, token, again).status == 200
    roles = parsed(site.rind("project", "role", "list", project, "--json").stdout)
    assert {(r["user"], r["role"]) for r in roles} == {(ada.name, "owner"), (bob.name, "owner")}


def test_an_administrator_releases_a_name_and_brings_back_what_the_operator_took(someone, site, owned, tmp_path):
    ada, eve = someone().register(), someone().register()
    root = someone().administrator()
    project = f"passed{ada.name}"
    wheel, token = owned(ada, project)
    site.rind("project", "delete", project)
    removed = {p["name"]: p for p in parsed(site.rind("project", "list", "--removed", "--json").stdout)}
    assert removed[project]["owners"] == [ada.name] and removed[project]["by"] == "operator"
    root.go("/admin/projects/")
    assert f"the name can be used by {ada.name}" in root.page.text("main")
    root.page.submit(f"[data-restores='{project}']")
    root.confirm()
    assert "It is back" in root.page.text("main") and status(site, f"/project/{project}/1.0/") == 200

    site.rind("project", "delete", project, "1.0")
    assert versions(site, project)
    root.go("/admin/projects/")
    root.page.fill(restore_project=project, restore_version="1.0")
    root.page.submit("#restore-release")
    root.confirm()
    assert site.page(project)["versions"] == ["1.0"]
    site.rind("project", "delete", project, "--file", wheel.name)
    wait(lambda: not site.files(project))
    site.rind("project", "restore", project, "1.0")
    wait(lambda: wheel.name in site.files(project))

    site.rind("project", "delete", project)
    root.go("/admin/proposals/")
    root.page.fill(name_project=project, name_reason="abandoned")
    root.page.submit("#propose-name-release")
    root.confirm()
    assert "can object" in root.page.text("main")
    assert ada.mail(f"Object or not: the release of the name {project}")
    site.later("UPDATE proposal SET due_at = proposed_at WHERE outcome IS NULL")
    wait(lambda: parsed(site.rind("project", "list", "--removed", "--json").stdout)[0]["free"], 90)
    eves = site.rind("token", "issue", eve.name).stdout.strip()
    assert http.upload(site.upload_url, eves, packages.wheel(tmp_path, project, "7.0")).status == 200
    assert site.page(project)["versions"] == ["7.0"]
    assert http.upload(site.upload_url, token, packages.wheel(tmp_path, project, "8.0")).status == 403
    assert "Nothing like that was deleted" in site.rind("project", "restore", project, status=1).stderr


def test_a_backup_holds_what_is_deleted(start_index, tmp_path):
    index = start_index()
    wheel = packages.wheel(tmp_path, "kept", "1.0")
    index.publish(wheel)
    path = index.file_url("kept", wheel.name).removeprefix(index.url)
    index.rind("project", "delete", "kept")
    index.rind("backup", tmp_path / "backup.tar")
    restored = start_index(serve=False)
    restored.rind("restore", tmp_path / "backup.tar")
    restored.start()
    assert restored.get(path).body == wheel.read_bytes()
    assert restored.get("/simple/kept/").status == 404
    restored.rind("project", "restore", "kept")
    wait(lambda: restored.get("/simple/kept/").status == 200)
    restored.rind("doctor")
    # An import passes over what was deleted.
    restored.rind("project", "delete", "kept")
    restored.rind("import", tmp_path)
    wait(lambda: restored.get("/simple/kept/").status == 404)


def test_names_are_reserved_and_unreserved(index, tmp_path):
    index.rind("project", "reserve", "Acme-Core")
    assert [n["name"] for n in parsed(index.rind("project", "list", "--reserved", "--json").stdout)] == ["Acme-Core"]
    wheel = packages.wheel(tmp_path, "acme.core", "1.0")
    refused = http.upload(index.upload_url, index.token(), wheel)
    assert refused.status == 400 and "the operator of this index keeps it" in refused.reason, refused
    index.rind("project", "unreserve", "acme_core")
    assert "not reserved" in index.rind("project", "unreserve", "acme_core", status=1).stderr
    assert http.upload(index.upload_url, index.token(), wheel).status == 200
    [listed] = parsed(index.rind("project", "list", "--json").stdout)
    assert (listed["name"], listed["status"], listed["requires"]) == ("acme_core", "active", "password")


# Releases

def test_a_release_is_yanked_and_its_files_deleted(someone, site, owned, tmp_path):
    ada = someone().register().sign_in()
    project = f"dial{ada.name}"
    wheel, token = owned(ada, project)
    second = packages.wheel(tmp_path, project, "1.1")
    assert http.upload(site.upload_url, token, second).status == 200
    ada.go(PROJECTS)
    ada.page.follow(f"a[href='{manage(project, 'releases')}']")
    ada.page.follow("a[href$='/release/1.1/']")
    ada.page.fill(yanked_reason="five minutes fast")
    ada.page.submit("#yank")
    assert "The release is yanked" in ada.page.text("main") and "five minutes fast" in ada.page.text("main")
    pip = clients.Installer("pip", tmp_path, site.simple)
    outcome = pip.install(project)
    assert outcome and pip.installed() == {project: "1.0"}, outcome.output
    ada.page.submit("#unyank")
    assert site.files(project)[second.name]["yanked"] is False

    ada.page.click("details:has([data-deletes]) summary")
    ada.page.submit(f"[data-deletes='{second.name}']")
    assert "The file is deleted" in ada.page.text("main") and second.name not in site.files(project)
    assert ada.mail(f"A file of {project} was deleted")
    ada.page.fill(confirm_version="1.1")
    ada.page.submit("#delete-release")
    assert "The release is deleted" in ada.page.text("main") and site.page(project)["versions"] == ["1.0"]
    assert status(site, f"/project/{project}/1.1/") == 404
    assert ada.mail(f"{project} 1.1 was deleted")
    ada.page.follow(f"a[href='{manage(project, 'history')}']")
    assert f"{ada.name} yanked the release 1.1 (“five minutes fast”)" in ada.page.text("main")


# Roles

def test_a_role_is_taken_by_invitation(someone, site, owned):
    ada, bob = someone().register().sign_in(), someone().register().sign_in()
    project = f"team{ada.name}"
    owned(ada, project)
    page = manage(project, "collaboration")
    ada.go(page)
    assert "the last owner cannot leave" in ada.page.text("main") and not ada.page.has("#leave")
    ada.page.fill(invited=bob.name)
    ada.page.click("#role-owner")
    ada.page.submit("#send-invitation")
    ada.confirm()
    assert "The invitation is on its way" in ada.page.text("main")
    plain, _ = parts(bob.mail(f"{ada.name} invites you to {project}"))
    assert PROJECTS in plain and "owner" in plain
    assert ada.network not in plain, "from where ada acted is not for bob"

    bob.go(PROJECTS)
    bob.tired()
    bob.page.submit(f"[data-accepts='{project}']")
    bob.confirm()
    assert bob.path == manage(project, "releases") and "The role is yours" in bob.page.text("main")
    assert ada.mail(f"{bob.name} is now owner of {project}") and bob.mail(f"You are now owner of {project}")
    # A new owner takes the role from nobody who was one before.
    bob.go(page)
    bob.page.submit(f"[data-changes='{ada.name}']")
    bob.confirm()
    assert "was an owner of" in bob.error
    site.later("UPDATE role SET given_at = given_at - ? WHERE account_id = (SELECT id FROM account WHERE name = ?)",
               14 * 86_400_000_000, bob.name)
    bob.go(page)
    bob.page.submit(f"[data-changes='{ada.name}']")
    bob.confirm()
    assert ada.mail(f"You are no longer an owner of {project}")
    ada.go(page)
    ada.page.submit("#leave")
    ada.confirm()
    assert ada.path == PROJECTS and bob.mail(f"{ada.name} is no longer maintainer of {project}")
    assert not ada.page.has(f"a[href='{manage(project, 'releases')}']") and "You have no role on any project" in ada.page.text("main")
    ada.go(page)
    assert "isn't allowed to" in ada.error


def test_an_invitation_is_declined_taken_back_or_ends(someone, site, owned):
    ada, bob = someone().register(), someone().register()
    project = f"quiet{ada.name}"
    owned(ada, project)
    here, there = ada.signed_in(), bob.signed_in()
    page = manage(project, "collaboration")

    def invite():
        return here.fill_in(page, username=bob.name, role_name="maintainer")
    assert invite().status == 303
    assert "has an invitation" in error(invite())
    assert there.fill_in(PROJECTS, PROJECTS + "decline/", project=project).status == 303
    assert ada.mail(f"{bob.name} declined the invitation to {project}")
    assert invite().status == 303
    assert here.post(page + "revoke_invite/", username=bob.name).status == 303
    assert bob.mail(f"The invitation to {project} has ended")
    assert "There is no invitation" in error(there.fill_in(PROJECTS, PROJECTS + "accept/", project=project))
    assert invite().status == 303
    site.later("UPDATE invitation SET expires_at = expires_at - 604800000000")
    assert project not in there.get(PROJECTS).text
    assert "There is no invitation" in error(there.post(PROJECTS + "accept/", project=project))
    roles = parsed(site.rind("project", "role", "list", project, "--json").stdout)
    assert [r["user"] for r in roles] == [ada.name]


def test_a_role_where_two_factors_are_required_takes_an_account_with_two(someone, site, owned):
    ada, bob = someone().with_app(), someone().register()
    site.rind("user", "vouch", ada.name)
    project = f"guarded{ada.name}"
    owned(ada, project)
    ada.go(manage(project, "settings"))
    ada.page.click("#requires-second-factor")
    ada.page.submit("#set-requirement")
    ada.confirm()
    assert "That is what it takes from now on" in ada.page.text("main")
    assert ada.mail(f"{project} asks for more")
    page = manage(project, "collaboration")
    ada.go(page)
    ada.page.fill(invited=bob.name)
    ada.page.submit("#send-invitation")
    ada.confirm()
    # What anybody has of factors is their own business: they are invited, and have no role before they have two.
    assert "The invitation is on its way" in ada.page.text("main"), ada.error
    there = bob.signed_in()
    assert there.fill_in(PROJECTS, PROJECTS + "accept/", project=project).headers["location"].endswith("invitation-waits")
    assert "second factor" in there.get(PROJECTS).text
    assert there.get(manage(project, "collaboration")).status == 403
    # New factors count after 72 hours, or when somebody vouches.
    with_app = someone().with_app()
    ada.go(page)
    ada.page.fill(invited=with_app.name)
    ada.page.submit("#send-invitation")
    ada.confirm()
    assert "The invitation is on its way" in ada.page.text("main"), ada.error
    with_app.go(PROJECTS)
    with_app.page.submit(f"[data-accepts='{project}']")
    with_app.confirm()
    assert "You have accepted" in with_app.page.text("main") and "counts from" in with_app.page.text("main")
    assert with_app.page.has(f"[data-accepts='{project}']") is False
    # Without another visit.
    site.rind("user", "vouch", with_app.name)
    assert with_app.mail(f"You are now maintainer of {project}")
    with_app.go(manage(project, "collaboration"))
    assert with_app.name in with_app.page.text("main")
    # It can be raised and not lowered.
    ada.go(manage(project, "settings"))
    assert not ada.page.has("#requires-password")
    refused = ada.here().post(manage(project, "settings") + "require/", assurance="password")
    assert refused.status == 403 and "its owners can only ask for more" in error(refused), refused


def test_archiving_ends_uploads_and_un_archiving_takes_them_again(someone, site, owned, tmp_path):
    ada = someone().register().sign_in()
    project = f"old{ada.name}"
    _, token = owned(ada, project)
    ada.go(manage(project, "settings"))
    ada.page.fill(reason="use newer")
    ada.page.submit("#archive")
    ada.confirm()
    assert site.page(project)["project-status"] == {"status": "archived", "reason": "use newer"}
    again = packages.wheel(tmp_path, project, "2.0")
    assert http.upload(site.upload_url, token, again).status == 403
    ada.page.submit("#unarchive")
    assert http.upload(site.upload_url, token, again).status == 200


# Looks

@pytest.fixture(scope="module")
def furnished(resident, site, tmp_path_factory):
    """Somebody with something on every page."""
    ada, bob = resident().with_app(), resident().register()
    site.rind("user", "vouch", ada.name)
    token = site.rind("token", "issue", ada.name).stdout.strip()
    folder = tmp_path_factory.mktemp("furnished")
    for project in ("cheese-board", "bread-bin"):
        for version in ("1.0", "1.1", "2.0rc1"):
            wheel = packages.wheel(folder, project, version, summary="Cheese, counted.")
            assert http.upload(site.upload_url, token, wheel).status == 200
    site.rind("project", "yank", "cheese-board", "1.1", "--reason", "counts crackers")
    site.rind("project", "delete", "cheese-board", "1.0")
    site.rind("project", "delete", "bread-bin")
    site.rind("project", "reserve", "acme-core")
    here = ada.here()
    assert here.fill_in(manage("cheese-board", "collaboration"), username=bob.name, role_name="owner").status == 303
    other = resident().register()
    third = site.rind("token", "issue", other.name).stdout.strip()
    assert http.upload(site.upload_url, third, packages.wheel(folder, "cellar", "1.0")).status == 200
    visitor = other.signed_in()
    assert visitor.fill_in(manage("cellar", "collaboration"), username=ada.name, role_name="maintainer").status == 303
    return ada


PAGES = [PROJECTS, "/manage/account/delete/", "/manage/proposals/",
         *(manage("cheese-board", p) for p in ("releases", "release/1.1", "collaboration", "settings", "history"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(["width", "height"], [(1200, 900), (360, 740)], ids=["desk", "phone"])
def test_pages_fit_and_can_be_read(furnished, site, someone, scheme, width, height):
    root = someone()
    site.rind("user", "add", root.name, "--email", root.address, "--admin", "--password-file", "-",
              input=root.password + "\n")
    root.sign_in()
    for person, paths in ((furnished, PAGES), (root, ["/admin/projects/", "/admin/proposals/"])):
        page = person.page
        page.prefer(scheme)
        page.size(width, height, mobile=width < 500)
        for path in paths:
            person.go(path)
            assert person.path == path
            assert page.script(f"document.documentElement.scrollWidth <= {width}"), f"{path} is wider than {width}"
            ratio = page.contrast()
            assert ratio >= 4.5, f"{path} in {scheme}: contrast {ratio}"
            assert page.script("[...document.querySelectorAll('main input:not([type=hidden])')]"
                               ".every(e => e.labels.length > 0)"), f"{path} has a field without a label"
            ids = page.script("[...document.querySelectorAll('[id]')].map(e => e.id)")
            assert len(ids) == len(set(ids)), f"{path} has an id twice: {sorted(ids)}"
            if os.environ.get("RIND_PICTURES"):
                name = path.strip("/").replace("/", "-")
                page.picture(Path(os.environ["RIND_PICTURES"]) / f"manage-{name}-{scheme}-{width}.png")


def test_the_keyboard_is_enough(furnished):
    furnished.go(manage("cheese-board", "collaboration"))
    furnished.page.tab_to("e.id === 'invited'")
    furnished.page.tab_to("e.id === 'send-invitation'")
    furnished.go(manage("cheese-board", "release/1.1"))
    furnished.page.tab_to("e.tagName === 'SUMMARY' && e.innerText.startsWith('Delete')")
    furnished.page.press("Enter")
    furnished.page.tab_to("e.dataset.deletes")
