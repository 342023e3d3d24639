"""What leaves the index and comes back: asked for, told, confirmed by somebody else, carried out on its day, with
browsers, mail and the real tools."""
import html
import os
import re
import time
from pathlib import Path

import pytest

from support import clients, http, packages
from support.browser import installed
from support.clients import program, run
from support.index import Index, parsed
from support.mail import parts
from support.people import at_once, error, wait

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

PROJECTS, QUEUE = "/manage/projects/", "/admin/removals/"
DAY = 86_400_000_000


def manage(project, page):
    return f"/manage/project/{project}/{page}/"


def token(site, person):
    return site.rind("token", "issue", person.name).stdout.strip()


def publish(site, person, folder, project, version="1.0", tag="py3-none-any", **about):
    wheel = packages.wheel(folder / person.name, project, version, tag=tag, **about)
    answer = http.upload(site.upload_url, token(site, person), wheel)
    assert answer.status == 200, answer
    return wheel


def aged(site, project, days=20):
    """Lets a project's files and roles be older."""
    site.later("UPDATE file SET uploaded_at = uploaded_at - ? WHERE project_id = "
               "(SELECT id FROM project WHERE normalized = ?)", days * DAY, project)
    site.later("UPDATE role SET given_at = given_at - ? WHERE project_id = "
               "(SELECT id FROM project WHERE normalized = ?)", days * DAY, project)


def wait_for_day(site, project, days=14):
    """Lets the days of what is asked for pass. What is due is looked for when the server starts, and every minute."""
    site.later("UPDATE removal_request SET asked_at = asked_at - ?, due_at = due_at - ? WHERE outcome IS NULL AND "
               "project_id = (SELECT id FROM project WHERE normalized = ?)", days * DAY, days * DAY, project)
    Index.stop(site)
    site.start()


def status_of(site, project):
    return site.page(project).get("project-status", {"status": "active"})


def press(person, visitor, path, **fields):
    """Sends a form, and shows the password where that is asked."""
    answer = visitor.post(path, **fields)
    if "<title>Confirm that it is you" in answer.text:
        action = re.search(r'<form class="form" action="([^"]+)"', answer.text)[1]
        answer = visitor.post(html.unescape(action), proof_name=person.name, proof_password=person.password, **fields)
    # A browser sends the form again, to where it was meant for.
    return visitor.post(answer.headers["location"], **fields) if answer.status == 307 else answer


def plain(mail):
    """A mail's text as one line."""
    return " ".join(parts(mail)[0].split())


class House:
    """A project, those who look after it, and one whose project needs it."""

    def __init__(self, site, someone, folder, others=True, needed=True):
        self.site, self.folder = site, folder
        self.ada = someone().register().sign_in()
        self.project = f"board{self.ada.name}"
        self.wheel = publish(site, self.ada, folder, self.project)
        self.bob = self.eve = self.zoe = None
        if others:
            self.bob, self.eve = someone().register(), someone().register()
            site.rind("project", "role", "add", self.project, self.bob.name, "owner")
            site.rind("project", "role", "add", self.project, self.eve.name, "maintainer")
        if needed:
            self.zoe = someone().register()
            self.app = f"app{self.zoe.name}"
            publish(site, self.zoe, folder, self.app, requires=[f"{self.project}>=1"])
        aged(site, self.project)

    def page(self, name):
        return manage(self.project, name)

    def ask(self, reason="nobody needs it any more"):
        """Ada asks for the removal of the project."""
        ada = self.ada
        ada.tired()
        ada.go(self.page("settings"))
        ada.page.fill(delete_reason=reason, confirm_name=self.project)
        ada.page.submit("#delete-project")
        ada.confirm()
        assert ada.path == self.page("leaving") and "It is asked for" in ada.page.text("main"), ada.page.text("main")

    def request(self):
        [request] = parsed(self.site.rind("project", "requests", self.project, "--json").stdout)
        return request

    def history(self):
        return [e["action"] for e in parsed(self.site.rind("log", "show", "--project", self.project, "--json").stdout)]


@pytest.fixture
def house(site, someone, tmp_path):
    return lambda **how: House(site, someone, tmp_path, **how)


def test_a_removal_is_asked_for_told_confirmed_and_carried_out_on_its_day(house, site):
    home = house()
    ada, bob, eve, zoe, project = home.ada, home.bob, home.eve, home.zoe, home.project

    # The page says before what will happen, when and why.
    ada.go(home.page("settings"))
    said = ada.page.text("section[aria-labelledby=delete]")
    for words in ("It is a request, because", f"the newest release of {home.app} needs it", "14 days after",
                  "Another owner or an administrator has to confirm it", "can object"):
        assert words in said, said
    # The wrong words change nothing.
    ada.page.fill(delete_reason="tidying up", confirm_name="something-else")
    ada.page.submit("#delete-project")
    assert f"type ‘{project}’" in ada.error
    assert status_of(site, project) == {"status": "active"} and not ada.page.has("[data-objects]")
    # A request without a reason is refused, whatever sends it.
    bare = ada.here().post(home.page("settings") + "delete_project/", confirm_project_name=project, reason=" ")
    assert bare.status == 400 and "say why" in error(bare), bare

    home.ask("nobody needs it any more")
    day = home.request()["due"][:10]
    # It is shown as leaving, with the reason and the day, and nothing is gone.
    reason = f"This project will be removed on {day}: nobody needs it any more"
    assert status_of(site, project) == {"status": "deprecated", "reason": reason}
    page = http.get(f"{site.simple}{project}/", Accept="text/html").text
    assert 'name="pypi:project-status" content="deprecated"' in page and reason in page
    assert home.wheel.name in site.files(project)
    assert reason in http.get(f"{site.url}/project/{project}/").text
    assert "Leaving" in ada.page.text(".tabs")
    # Everybody with a role has a mail, and who owns what depends on it, by its name.
    for person in (ada, bob, eve):
        mail = plain(person.mail(f"{project}: asked for the removal of {project}"))
        assert "nobody needs it any more" in mail and "can object" in mail, mail
    mail = plain(zoe.mail(f"{project}, which you depend on, is leaving"))
    assert f"needed by {home.app}" in mail and "nobody needs it any more" in mail, mail

    # Once is enough; and who asked is not who agrees.
    again = ada.here().post(home.page("settings") + "delete_project/", confirm_project_name=project, reason="again")
    assert again.status == 409 and "asked for already" in error(again), again
    number = str(home.request()["number"])
    ada.go(home.page("leaving"))
    assert not ada.page.has("[data-confirms]") and not ada.page.has("[data-takes-over]")
    own = press(ada, ada.here(), home.page("leaving") + "confirm/", request=number, project=project)
    assert own.status == 403 and "You asked for this yourself" in error(own), own
    there = eve.signed_in()
    assert "data-confirms" not in there.get(home.page("leaving")).text
    assert there.post(home.page("leaving") + "confirm/", request=number, project=project).status == 403

    # Another owner confirms it, and shows afresh who they are.
    bob.sign_in()
    bob.tired()
    bob.go(home.page("leaving"))
    assert home.app in bob.page.text("main")
    bob.page.follow(f"[data-confirms='{number}']")
    assert f"confirm a request for {project}" in bob.page.text("main")
    bob.confirm()
    assert "It is confirmed" in bob.page.text("main") and f"Confirmed by {bob.name}" in bob.page.text("main")
    assert "It is carried out on" in plain(ada.mail(f"{project}: a request was confirmed"))
    twice = press(bob, bob.here(), home.page("leaving") + "confirm/", request=number, project=project)
    assert twice.status == 409 and "was confirmed already" in error(twice), twice
    wait_for_day(site, project, 13)
    assert home.wheel.name in site.files(project)

    # Its day comes while the project is in quarantine, so that nothing is done yet: too late for objections.
    site.rind("project", "quarantine", project, "--reason", "looked at")
    wait_for_day(site, project, 1)
    late = there.post(home.page("leaving") + "object/", request=number, reason="too late")
    assert late.status == 409 and "has come" in error(late), late
    late = press(bob, bob.here(), home.page("leaving") + "take-over/", request=number)
    assert late.status == 409 and "has come" in error(late), late
    site.rind("project", "quarantine", project, "--lift")
    wait_for_day(site, project, 0)
    wait(lambda: http.get(f"{site.simple}{project}/").status == 404, 90)
    assert ada.mail(f"The project {project} was deleted")
    assert plain(zoe.mail(f"{project}, which you depend on, has left"))

    # One click brings it back, as it was.
    ada.sign_in().go(PROJECTS)
    ada.page.submit(f"[data-restores='{project}']")
    ada.confirm()
    assert site.page(project)["versions"] == ["1.0"] and status_of(site, project) == {"status": "active"}
    roles = {r["user"]: r["role"] for r in parsed(site.rind("project", "role", "list", project, "--json").stdout)}
    assert roles == {ada.name: "owner", bob.name: "owner", eve.name: "maintainer"}
    assert {"removal.ask", "removal.confirm", "project.delete", "project.undo-removal"} <= set(home.history())
    ada.go(home.page("history"))
    for words in ("asked for", "confirmed", "deleted the project"):
        assert words in ada.page.text("main"), ada.page.text("main")


def test_a_page_that_is_out_of_date_removes_nothing(house, site, tmp_path):
    home = house(needed=False)
    ada, bob = home.ada, home.bob
    ada.go(home.page("settings"))
    publish(site, ada, tmp_path, home.project, "2.0")
    ada.page.fill(delete_reason="old", confirm_name=home.project)
    ada.page.submit("#delete-project")
    ada.confirm()
    assert "Something changed" in ada.error and status_of(site, home.project) == {"status": "active"}
    # The same for who confirms.
    home.ask()
    number = str(home.request()["number"])
    bob.sign_in().go(home.page("leaving"))
    publish(site, ada, tmp_path, home.project, "3.0")
    bob.page.follow(f"[data-confirms='{number}']")
    bob.confirm()
    assert "Something changed" in bob.error and home.request().get("confirmed") is None


def test_anybody_with_a_role_objects_with_the_keyboard_alone(house, site):
    home = house()
    home.ask()
    eve = home.eve.sign_in()
    eve.go(home.page("leaving"))
    eve.page.tab_to("e.tagName === 'SUMMARY' && e.innerText.startsWith('Object')")
    eve.page.press("Enter")
    eve.page.tab_to("e.id.startsWith('objection-')")
    eve.page.type("my builds need it")
    eve.page.tab_to("e.dataset.objects")
    eve.page._leave(lambda: eve.page.press("Enter"))
    assert "It is stopped" in eve.page.text("main") and "Nothing is asked for" in eve.page.text("main")
    assert "my builds need it" in plain(home.ada.mail(f"{home.project} stays as it is"))
    assert home.zoe.mail(f"{home.project}, which you depend on, stays")
    assert status_of(site, home.project) == {"status": "active"}
    ended = eve.here().post(home.page("leaving") + "object/", request="1", reason="again")
    assert ended.status == 404 and "no such request" in error(ended).lower(), ended


def test_somebody_takes_the_project_over_instead(house, site):
    home = house(needed=False)
    home.ask()
    number = home.request()["number"]
    eve = home.eve.sign_in()
    eve.tired()
    eve.go(home.page("leaving"))
    eve.page.follow(f"[data-takes-over='{number}']")
    eve.confirm()
    assert "You are an owner now" in eve.page.text("main")
    assert "became an owner" in plain(home.ada.mail(f"{home.project} stays as it is"))
    roles = {r["user"]: r["role"] for r in parsed(site.rind("project", "role", "list", home.project, "--json").stdout)}
    assert roles[eve.name] == "owner" and roles[home.ada.name] == "owner"
    # An owner of today confirms nothing.
    home.ask("again")
    number = str(home.request()["number"])
    eve.go(home.page("leaving"))
    assert not eve.page.has("[data-confirms]") and "less than 14 days before" in eve.page.text("main")
    refused = press(eve, eve.here(), home.page("leaving") + "confirm/", request=number, project=home.project)
    assert refused.status == 403 and "14 days" in error(refused), refused


def test_a_request_that_nobody_confirms_ends_with_its_day(house, site):
    home = house()
    home.ask()
    wait_for_day(site, home.project)
    wait(lambda: status_of(site, home.project) == {"status": "active"}, 90)
    assert "nobody had confirmed it" in plain(home.bob.mail(f"{home.project} stays as it is"))
    assert home.wheel.name in site.files(home.project)


def test_a_project_is_not_emptied_in_slices(house, site, tmp_path):
    home = house(needed=False)
    ada, project = home.ada, home.project
    publish(site, ada, tmp_path, project, "2.0")
    second = publish(site, ada, tmp_path, project, "2.0", tag="py3-none-linux_x86_64")
    here = ada.here()

    def delete(version, page, **fields):
        here.get(manage(project, f"release/{version}"))
        return here.post(manage(project, f"release/{version}") + page, **fields)
    # What is old is asked for; what is new goes at once,
    asked = delete("1.0", "delete/", confirm_delete_version="1.0", reason="old")
    assert asked.headers["location"].startswith(manage(project, "leaving")), asked
    gone = delete("2.0", "delete-file/", file=second.name)
    assert "flash=file-deleted" in gone.headers["location"], gone
    # but not the last that is left.
    site.rind("project", "stop-request", project, str(home.request()["number"]))
    site.rind("project", "delete", project, "1.0")
    last = delete("2.0", "delete/", confirm_delete_version="2.0", reason="")
    assert last.status == 400 and "say why" in error(last), last
    last = delete("2.0", "delete-file/", file=f"{project}-2.0-py3-none-any.whl", reason="the last one")
    assert last.headers["location"].startswith(manage(project, "leaving")), last
    assert site.page(project)["versions"] == ["2.0"]


def test_many_at_once_do_not_empty_it_either(house, site, tmp_path):
    home = house(needed=False)
    files = [publish(site, home.ada, tmp_path, home.project, "2.0", tag=f"py3-none-manylinux_2_{n}_x86_64").name
             for n in range(5, 11)]
    site.rind("project", "delete", home.project, "1.0")
    release = manage(home.project, "release/2.0")
    people = [home.ada.here() for _ in files]
    for visitor in people:
        visitor.get(release)
    answers = at_once(len(files), lambda n: press(home.ada, people[n], release + "delete-file/", file=files[n],
                                                  reason="all of them"))
    left = site.files(home.project)
    assert len(left) == 1, (left.keys(), answers)
    assert status_of(site, home.project)["status"] == "deprecated", "the last one is asked for"


def test_one_of_two_who_decide_at_once_is_heard(house, site):
    home = house(needed=False)
    home.ask()
    number = str(home.request()["number"])
    bob, eve = home.bob.signed_in(), home.eve.signed_in()
    for visitor in (bob, eve):
        visitor.get(home.page("leaving"))
    first, second = at_once(2, lambda n: (
        press(home.bob, bob, home.page("leaving") + "confirm/", request=number, project=home.project) if n == 0
        else eve.post(home.page("leaving") + "object/", request=number, reason="no")))
    assert second.status == 303 and first.status in (303, 404), (first, second)
    assert parsed(site.rind("project", "requests", home.project, "--json").stdout) == []
    # Nothing comes of it, in whatever order they came.
    assert home.wheel.name in site.files(home.project) and status_of(site, home.project) == {"status": "active"}


def test_what_others_need_is_archived_when_somebody_else_agrees(house, site):
    home = house()
    ada, bob, project = home.ada, home.bob, home.project
    ada.go(home.page("settings"))
    assert "It is a request" in ada.page.text("section[aria-labelledby=status]")
    ada.page.fill(reason="use newer")
    ada.page.submit("#archive")
    ada.confirm()
    assert ada.path == home.page("leaving") and f"the archiving of {project}" in ada.page.text("main")
    assert home.zoe.mail(f"{project}, which you depend on, is to be archived")
    bob.sign_in().go(home.page("leaving"))
    bob.page.follow("[data-confirms]")
    bob.confirm()
    wait_for_day(site, project)
    wait(lambda: status_of(site, project) == {"status": "archived", "reason": "use newer"}, 90)
    assert home.zoe.mail(f"{project}, which you depend on, was archived")
    # It takes no uploads, and an owner makes it active again alone.
    again = packages.wheel(home.folder, project, "2.0")
    assert http.upload(site.upload_url, token(site, ada), again).status == 403
    ada.sign_in().go(home.page("settings"))
    ada.page.submit("#unarchive")
    ada.confirm()
    assert http.upload(site.upload_url, token(site, ada), again).status == 200


def test_the_last_owner_does_not_leave_alone(house, site, someone):
    home = house(others=False, needed=False)
    ada, root, project = home.ada, someone().administrator(), home.project
    ada.go(home.page("leaving"))
    assert "You are the only owner" in ada.page.text("main") and "An administrator has to confirm" in ada.page.text("main")
    ada.page.fill(leave_reason="another life", confirm_leaving="something-else")
    ada.page.submit("#give-up")
    assert f"type ‘{project}’" in ada.error
    ada.page.fill(leave_reason="another life", confirm_leaving=project)
    ada.page.submit("#give-up")
    ada.confirm()
    assert f"the leaving of the last owner of {project}" in ada.page.text("main"), ada.page.text("main")
    # An administrator finds it in the queue, and hears of it.
    assert "another life" in plain(root.mail(f"{project}: asked for the leaving"))
    root.tired()
    root.go(QUEUE)
    number = home.request()["number"]
    root.page.follow(f"[data-confirms='{number}']")
    root.confirm()
    assert "It is confirmed" in root.page.text("main")
    wait_for_day(site, project)
    wait(lambda: status_of(site, project)["status"] == "archived", 90)
    assert parsed(site.rind("project", "role", "list", project, "--json").stdout) == []
    assert ada.signed_in().get(home.page("releases")).status == 403


def test_an_administrator_stops_a_request_in_the_queue(house, site, someone):
    home = house(others=False)
    root = someone().administrator()
    home.ask("tired of it")
    assert "tired of it" in plain(root.mail(f"{home.project}: asked for the removal"))
    root.go(QUEUE)
    request = f"[data-objects='{home.request()['number']}']"
    row = root.page.script(f"document.querySelector({request!r}).closest('li').innerText")
    assert home.project in row and "tired of it" in row and home.app in row and home.ada.name in row, row
    root.page.script(f"document.querySelector({request!r}).closest('details').open = true")
    root.page.submit(request)
    assert "It is stopped" in root.page.text("main")
    assert f"{root.name} stopped" in plain(home.ada.mail(f"{home.project} stays as it is"))
    assert status_of(site, home.project) == {"status": "active"}


def test_an_administrator_quarantines_what_does_harm_and_ends_that(house, site, someone):
    home = house()
    root, ada, project = someone().administrator(), home.ada, home.project
    url = site.file_url(project, home.wheel.name)
    root.go(QUEUE)
    root.page.fill(quarantine_project=project, quarantine_reason="steals keys")
    root.page.submit("#put-into-quarantine")
    root.confirm()
    assert "It is quarantined" in root.page.text("main")
    # Nothing of it is offered, and everybody is told why.
    page = site.page(project)
    assert page["project-status"] == {"status": "quarantined", "reason": "steals keys"} and page["files"] == []
    refused = http.get(url)
    assert refused.status == 403 and "steals keys" in refused.text, refused
    assert "steals keys" in plain(ada.mail(f"{project} was put into quarantine"))
    assert home.app in plain(home.zoe.mail(f"{project}, which you depend on, was put into quarantine"))
    again = packages.wheel(home.folder, project, "2.0")
    assert http.upload(site.upload_url, token(site, ada), again).status == 403
    # No owner ends it, and none removes what was done.
    here = ada.here()
    here.get(home.page("settings"))
    for path in ("unarchive/", "undeprecate/", "archive/", "deprecate/"):
        assert here.post(home.page("settings") + path, reason="x").status in (403, 409), path
    assert here.post(home.page("settings") + "delete_project/", confirm_project_name=project, reason="x").status == 409
    # What is in quarantine stands in the queue, with a button.
    root.go(QUEUE)
    root.page.submit(f"[data-lifts='{project}']")
    root.confirm()
    assert "The quarantine is ended" in root.page.text("main") and home.wheel.name in site.files(project)
    assert http.get(url).status == 200


def test_an_owner_deprecates_and_those_whom_it_concerns_hear_of_it(house, site):
    home = house()
    ada, project = home.ada, home.project
    ada.tired()
    ada.go(home.page("settings"))
    ada.page.fill(deprecate_reason="use newer")
    ada.page.submit("#deprecate")
    ada.confirm()
    assert "The project is deprecated" in ada.page.text("main"), ada.page.text("main")
    assert status_of(site, project) == {"status": "deprecated", "reason": "use newer"}
    page = http.get(f"{site.simple}{project}/", Accept="text/html").text
    assert '<meta name="pypi:project-status" content="deprecated">' in page and "use newer" in page
    assert "use newer" in http.get(f"{site.url}/project/{project}/").text
    for person in (home.bob, home.eve):
        assert "use newer" in plain(person.mail(f"{project} was deprecated"))
    assert home.app in plain(home.zoe.mail(f"{project}, which you depend on, was deprecated"))
    # It still takes releases, and installers go on.
    publish(site, ada, home.folder, project, "2.0")
    ada.page.submit("#undeprecate")
    ada.confirm()
    assert status_of(site, project) == {"status": "active"}
    # A maintainer sees it, and sets nothing.
    there = home.eve.signed_in()
    assert 'id="deprecate"' not in there.get(home.page("settings")).text
    assert there.post(home.page("settings") + "deprecate/", reason="x").status == 403
    # The command line sets all four.
    for status in ("archived", "quarantined", "deprecated"):
        site.rind("project", "status", project, status, "--reason", "because")
        wait(lambda: status_of(site, project) == {"status": status, "reason": "because"})
    site.rind("project", "status", project, "active")
    wait(lambda: status_of(site, project) == {"status": "active"})
    # Everybody who finds a quarantine reads why: nobody begins one without a reason, the operator neither.
    bare = site.rind("project", "status", project, "quarantined", status=1)
    assert "needs a reason" in bare.stderr and "Nothing was changed" in bare.stderr, bare.stderr
    assert site.rind("project", "status", project, "quarantined", "--reason", " ", status=1)
    assert status_of(site, project) == {"status": "active"}


def test_nobody_yanks_away_what_others_build_on(house, site):
    home = house()
    here = home.eve.signed_in()

    def yank(version, page="yank/", **fields):
        here.get(manage(home.project, f"release/{version}"))
        return here.post(manage(home.project, f"release/{version}") + page, yanked_reason="bad", **fields)
    second = publish(site, home.ada, home.folder, home.project, "2.0")
    assert yank("1.0").status == 303, "what is bad goes at once, and nobody is asked"
    assert site.files(home.project)[home.wheel.name]["yanked"] == "bad"
    for refused in (yank("2.0"), yank("2.0", "yank-file/", file=second.name)):
        assert refused.status == 409 and "nothing of it would be left" in error(refused), refused
    assert site.files(home.project)[second.name]["yanked"] is False
    # Who runs the machine does what has to be done.
    site.rind("project", "yank", home.project, "2.0", "--reason", "worse")
    wait(lambda: site.files(home.project)[second.name]["yanked"] == "worse")


# The story of left-pad

def uv_project(site, folder, project):
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "consumer"\nversion = "0"\nrequires-python = ">=3.8"\n'
        f'dependencies = ["{project}"]\n[[tool.uv.index]]\nname = "rind"\nurl = "{site.simple}"\ndefault = true\n')

    def uv(*arguments):
        return run([program("tests", "uv"), *arguments, "--no-cache"], folder / "home", cwd=folder, UV_NO_CONFIG=None,
                   UV_PYTHON=os.path.realpath(program("tests", "python")))
    return uv


def test_a_locked_install_goes_on_after_what_it_needs_has_left(house, site, tmp_path):
    home = house()
    ada, bob, zoe, project, name = home.ada, home.bob, home.zoe, home.project, home.wheel.name
    url, digest = site.file_url(project, name), site.files(project)[name]["hashes"]["sha256"]
    # Two builds have locked it: by address and hash, and with uv.
    (tmp_path / "lock.txt").write_text(f"{project} @ {url}#sha256={digest}\n")
    folder = tmp_path / "consumer"
    folder.mkdir()
    uv = uv_project(site, folder, project)
    assert (locked := uv("lock")), locked.output
    lock = (folder / "uv.lock").read_text()
    assert digest in lock

    home.ask("I liberate my code")
    # Who depends on it hears of it before, while everything is still there.
    mail = plain(zoe.mail(f"{project}, which you depend on, is leaving"))
    assert home.app in mail and "I liberate my code" in mail and "go on" in mail
    assert name in site.files(project)
    bob.sign_in().go(home.page("leaving"))
    bob.page.follow("[data-confirms]")
    bob.confirm()
    wait_for_day(site, project)
    wait(lambda: http.get(f"{site.simple}{project}/").status == 404, 90)

    # A new build does not find it; the locked ones go on, and are told.
    pip = clients.Installer("pip", tmp_path, site.simple)
    assert not pip.install(project)
    outcome = pip.install("--require-hashes", "-r", tmp_path / "lock.txt")
    ask = f"import {project}; print({project}.__version__)"
    assert outcome and pip.python(ask).output.strip() == "1.0", outcome.output
    outcome = uv("sync", "--frozen", "--no-install-project", "--reinstall")
    assert outcome, outcome.output
    assert clients.installed(folder / ".venv")[project] == "1.0"
    assert (folder / "uv.lock").read_text() == lock
    answer = http.get(url)
    assert answer.status == 200 and http.get(url + ".metadata").status == 200
    removed = parsed(site.rind("project", "list", "--removed", "--json").stdout)
    assert [line["owners"] for line in removed if line["name"] == project] == [[ada.name, bob.name]]
    sunset = time.mktime(time.strptime(answer.headers["sunset"], "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone
    assert abs(sunset - time.time() - 180 * 86_400) < 7_200, answer.headers
    assert answer.headers["warning"].startswith("299 ") and "removed" in answer.headers["warning"]
    seconds = re.search(r"max-age=(\d+)", answer.headers["cache-control"])
    assert "immutable" not in answer.headers["cache-control"] and (not seconds or int(seconds[1]) <= 86_400)

    # The job of retention is the operator's, and frees nothing before its time.
    assert site.rind("project", "erase-removed").stdout == "0 files freed\n"
    site.later("UPDATE file SET removed_at = removed_at - ? WHERE filename = ?", 181 * DAY, name)
    assert site.rind("project", "erase-removed").stdout == "1 file freed\n"
    gone = wait(lambda: (found := http.get(url)).status == 410 and found)
    assert "was removed on" in gone.text, gone
    assert not uv("sync", "--frozen", "--no-install-project", "--reinstall")
    # Its bytes go when the server next looks for what no row names.
    kept = [path for path in site.data.rglob("*") if path.is_file() and path.name.startswith(digest[4:])] or [
        path for path in site.data.rglob("*") if path.is_file() and digest in path.as_posix().replace("/", "")]
    assert len(kept) == 1, kept
    os.utime(kept[0], (0, 0))
    Index.stop(site)
    site.start()
    wait(lambda: not kept[0].exists(), 60)
    # Its name stays used, and nothing brings it back.
    ada.sign_in().go(PROJECTS)
    again = http.upload(site.upload_url, token(site, ada), packages.wheel(tmp_path / "x", project, "1.0", summary="x"))
    assert again.status == 400 and "File already exists" in again.reason, again


# Looks

@pytest.fixture(scope="module")
def furnished(resident, site, tmp_path_factory):
    """Somebody with requests of every kind, and an administrator."""
    home = House(site, resident, tmp_path_factory.mktemp("furnished"))
    home.root = resident().administrator()
    publish(site, home.ada, home.folder, home.project, "2.0")
    aged(site, home.project)
    here = home.ada.here()
    here.get(manage(home.project, "release/1.0"))
    assert here.post(manage(home.project, "release/1.0") + "delete/", confirm_delete_version="1.0",
                     reason="it counts crackers, and nobody who looked at it for an hour could say why").status == 303
    here.get(home.page("settings"))
    assert here.post(home.page("settings") + "archive/", reason="done").status == 303
    bob = home.bob.signed_in()
    bob.get(home.page("leaving"))
    number = str(parsed(site.rind("project", "requests", home.project, "--json").stdout)[0]["number"])
    assert bob.post(home.page("leaving") + "confirm/", request=number, project=home.project).status == 303
    site.rind("project", "quarantine", home.app, "--reason", "steals keys")
    home.bob.enter(bob)
    return home


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(["width", "height"], [(1200, 900), (360, 740)], ids=["desk", "phone"])
def test_pages_fit_and_can_be_read(furnished, scheme, width, height):
    home = furnished
    paths = [home.page("leaving"), home.page("settings"), home.page("history"), manage(home.project, "release/1.0"),
             f"/project/{home.project}/"]
    for person, pages in ((home.bob, paths), (home.root, [QUEUE])):
        page = person.page
        page.prefer(scheme)
        page.size(width, height, mobile=width < 500)
        for path in pages:
            person.go(path)
            assert person.path == path
            page.script("document.querySelectorAll('main details').forEach(e => e.open = true)")
            assert page.script(f"document.documentElement.scrollWidth <= {width}"), f"{path} is wider than {width}"
            ratio = page.contrast()
            assert ratio >= 4.5, f"{path} in {scheme}: contrast {ratio}"
            assert page.script("[...document.querySelectorAll('main input:not([type=hidden])')]"
                               ".every(e => e.labels.length > 0)"), f"{path} has a field without a label"
            ids = page.script("[...document.querySelectorAll('[id]')].map(e => e.id)")
            assert len(ids) == len(set(ids)), f"{path} has an id twice: {sorted(ids)}"
            if os.environ.get("RIND_PICTURES"):
                name = path.strip("/").replace("/", "-").replace(home.project, "board")
                page.picture(Path(os.environ["RIND_PICTURES"]) / f"leaving-{name}-{scheme}-{width}.png")


def test_the_keyboard_is_enough(furnished):
    bob, root = furnished.bob, furnished.root
    bob.go(furnished.page("leaving"))
    bob.page.tab_to("e.dataset.takesOver || e.dataset.confirms || e.tagName === 'SUMMARY'")
    bob.go(furnished.page("settings"))
    bob.page.tab_to("e.id === 'deprecate-reason'")
    bob.page.tab_to("e.id === 'deprecate'")
    root.go(QUEUE)
    root.page.tab_to("e.dataset.confirms")
    root.page.tab_to("e.dataset.lifts")
    root.page.tab_to("e.id === 'quarantine-project'")
    root.page.tab_to("e.id === 'put-into-quarantine'")
