"""What one account, one stranger or one address can do: who publishes at all, how much, and what counts."""
import re
import sqlite3

import pytest

from support import http, packages
from support.clients import program, run
from support.index import parsed
from support.people import Site, Visitor, error, wait

STRONG = "kuhglocke am fenster 7"
TOKENS = "/manage/account/token/"


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """An index with a mail server, on which little may be published."""
    site = Site(tmp_path_factory.mktemp("rates"), "--account-projects", "2/hour").start()
    yield site
    site.stop()


def register(site, name, network):
    visitor = Visitor(site, network)
    visitor.get("/account/register/")
    made = visitor.post("/account/register/", username=name, email=f"{name}@example.org", new_password=STRONG)
    assert made.status == 303, made
    assert visitor.sign_in(name, STRONG).status == 303
    return visitor


def make_token(visitor):
    """The answer to somebody who makes a token for all their projects."""
    visitor.get(TOKENS)
    return visitor.post(TOKENS, description="x", token_scope="account", expires="30")


def twine(site, token, path, folder):
    return run([program("twine"), "upload", "--verbose", "--disable-progress-bar", "--repository-url", site.upload_url,
                "-u", "__token__", "-p", token, path], folder)


def test_who_has_shown_no_mailbox_publishes_nothing(own, tmp_path):
    eve = register(own, "eve", "10.9.0.1")
    refused = make_token(eve)
    assert refused.status == 403 and "primary address is verified" in error(refused), refused
    # A token that the operator made for her publishes nothing either, and the tool shows why, with the whole address.
    token = own.rind("token", "issue", "eve").stdout.strip()
    path = packages.wheel(tmp_path, "eves-thing", "1.0")
    outcome = twine(own, token, path, tmp_path)
    assert outcome.status != 0 and outcome.shows("primary address is verified"), outcome.output
    assert outcome.shows(f"{own.origin}/manage/account/"), outcome.output
    assert own.get("/simple/eves-thing/").status == 404
    link = own.link("eve@example.org", "Is this your address?")
    eve.get(link)
    assert eve.post(link).status == 303
    assert twine(own, token, path, tmp_path).status == 0
    assert re.search(r"rind-[\w-]+", make_token(eve).text)


def test_the_operator_answers_for_an_address(own, tmp_path):
    register(own, "mute", "10.9.0.2")
    token = own.rind("token", "issue", "mute").stdout.strip()
    path = packages.wheel(tmp_path, "mutes-thing", "1.0")
    assert http.upload(own.upload_url, token, path).status == 403
    assert "mute@example.org is verified" in own.rind("user", "verify", "mute").stdout
    assert http.upload(own.upload_url, token, path).status == 200
    told = own.rind("user", "add", "late", "--email", "late@example.org", "--unverified")
    assert told.stdout.strip().startswith(own.origin) and "rind user verify late" in told.stderr
    assert own.link("late@example.org", "Is this your address?")
    token = own.rind("token", "issue", "late").stdout.strip()
    assert http.upload(own.upload_url, token, packages.wheel(tmp_path, "lates-thing", "1.0")).status == 403


def test_an_account_that_somebody_made_for_themselves_publishes_so_much(own, tmp_path):
    register(own, "busy", "10.9.0.3")
    own.rind("user", "verify", "busy")
    token = own.rind("token", "issue", "busy").stdout.strip()
    for number in range(2):
        assert http.upload(own.upload_url, token, packages.wheel(tmp_path, f"busy{number}", "1.0")).status == 200
    third = packages.wheel(tmp_path, "busy2", "1.0")
    refused = http.upload(own.upload_url, token, third)
    assert refused.status == 429 and 1 <= int(refused.headers["retry-after"]) <= 3600
    assert "2 new projects an hour" in refused.text and "rind user limits" in refused.text
    outcome = twine(own, token, third, tmp_path)
    assert outcome.status != 0 and outcome.shows("2 new projects an hour"), outcome.output
    # Not a matter of the file's size: it is said before the file is read.
    big = packages.wheel(tmp_path / "big", "busy3", "1.0", payload=b"x" * 3_000_000)
    assert http.upload(own.upload_url, token, big).status == 429
    own.rind("user", "limits", "busy", "--projects", "10/hour", "--files", "none")
    assert http.upload(own.upload_url, token, third).status == 200
    shown = {line["quantity"]: line for line in parsed(own.rind("user", "limits", "busy", "--json").stdout)}
    assert shown["projects"]["published"] == 3 and shown["projects"]["limit"] == "10/hour"
    assert shown["files"]["limit"] == "none" and shown["bytes"]["limit"].endswith("/day")
    # Whom the operator made is not limited.
    own.rind("user", "add", "known", "--email", "known@example.org")
    token = own.rind("token", "issue", "known").stdout.strip()
    for number in range(5):
        assert http.upload(own.upload_url, token, packages.wheel(tmp_path, f"known{number}", "1.0")).status == 200


@pytest.mark.parametrize("arguments", [("--projects", "5"), ("--bytes", "5/week"), ("--none", "--usual"),
                                       ("--files", "0/hour")])
def test_limits_that_are_none_are_refused(own, arguments):
    own.rind("user", "limits", "busy", *arguments, status=2)


def test_an_address_need_not_be_verified_only_without_a_mail_server(start_index, own, tmp_path):
    index = start_index("--verified-address", "optional")
    index.origin = f"http://localhost:{index.port}"  # WebAuthn knows no addresses, so pages of accounts lead there
    register(index, "free", "10.9.0.9")
    token = index.rind("token", "issue", "free").stdout.strip()
    assert http.upload(index.upload_url, token, packages.wheel(tmp_path, "frees-thing", "1.0")).status == 200
    refused = own.rind("serve", "--verified-address", "optional", "--smtp", "smtp://127.0.0.1:25", "--mail-from",
                       "a@example.org", status=2)
    assert "optional only without a mail server" in refused.stderr


def test_one_address_counts_twenty_times_an_hour(start_index, tmp_path):
    index = start_index()
    path = packages.wheel(tmp_path, "popular", "1.0")
    index.publish(path)
    url = index.file_url("popular", path.name)
    pip = {"User-Agent": 'pip/26.3 {"installer":{"name":"pip","version":"26.3"},"python":"3.11.7"}'}
    for _ in range(70):
        assert http.request("GET", url, headers=pip).status == 200
    index.stop()  # flushes
    counted = parsed(index.rind("downloads", "show", "popular", "--json").stdout)
    # The clock may have struck between.
    assert sum(day["downloads"] for day in counted) in (20, 40), counted
    # With what, too, for people and for programs.
    assert {(who["name"], who["version"]) for day in counted for who in day["installers"]} == {("pip", "26.3")}
    assert sum(day["mirrors"] for day in counted) == 0
    said = index.rind("downloads", "show", "popular").stdout
    assert "installer  version  downloads" in said and "pip" in said and "mirror  " not in said.split("installer")[1]


def test_inviting_and_taking_back_is_no_flood(own, tmp_path):
    for name in ("owner", "vic"):
        own.rind("user", "add", name, "--email", f"{name}@example.org", "--password-file", "-", input=STRONG + "\n")
    token = own.rind("token", "issue", "owner").stdout.strip()
    assert http.upload(own.upload_url, token, packages.wheel(tmp_path, "flood", "1.0")).status == 200
    owner = Visitor(own, "10.9.0.20")
    assert owner.sign_in("owner", STRONG).status == 303
    page = "/manage/project/flood/collaboration/"
    statuses = []
    for _ in range(30):
        owner.get(page)
        statuses.append(owner.post(page, username="vic", role_name="Maintainer").status)
        owner.post(page + "revoke_invite/", username="vic")
    assert statuses[:3] == [303] * 3 and set(statuses[3:]) == {429}, statuses
    database = sqlite3.connect(own.data / "index.sqlite")
    [count] = database.execute("SELECT COUNT(*) FROM outbox WHERE about = 'vic@example.org' "
                               "AND counted_as IS NOT NULL").fetchone()
    database.close()
    assert count == 6
    assert wait(lambda: len([s for s in own.subjects("vic@example.org") if "flood" in s]) == 6)
