"""Accounts in the hands of their holders: registration, passwords, links, sessions, and what is mailed."""
import hashlib
import html
import os
import re
import time
from pathlib import Path

import pytest

from support import http, packages
from support.browser import installed
from support.mail import parts
from support.people import (ACCOUNT, ADD_APP, ADD_KEY, CODE, CODES, EVENTS, FACTORS, LINK, LOGIN, RECOVER, SESSIONS,
                            TOKENS, Site, Visitor, at_once, error)

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

REGISTER, RESET, CHANGE = "/account/register/", "/account/request-password-reset/", "/manage/account/change-password/"
STRONG = "kuhglocke am fenster 7"
WRONG = "The user name or the password is not right."


@pytest.fixture
def visitor(site):
    """Somebody without an account, at an address of their own."""
    number = int(time.time() * 1000) % 16_000_000
    return Visitor(site, f"11.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")


# Registration

def test_a_new_account_begins_with_a_mail(someone, site):
    ada = someone()
    ada.go(LOGIN)
    ada.page.follow("a[href='/account/register/']")
    ada.page.fill(username=ada.name, email=ada.address, password=ada.password)
    ada.page.submit("#password")
    assert ada.path == LOGIN and "Check your e-mail" in ada.page.text("main")
    ada.sign_in()
    assert "Not verified" in ada.page.text("main")
    # The first factor waits for the address.
    ada.go(LINK)
    ada.page.submit("main .primary")
    assert "verif" in ada.error.lower(), ada.page.text("main")
    link = site.link(ada.address, "Is this your address?")
    ada.go(link)
    assert f"{ada.address} is to be an address of the account {ada.name}" in ada.page.text("main")
    ada.page.submit("main .primary")
    assert ada.path == ACCOUNT and "The address is verified" in ada.page.text("main")
    ada.go(link)
    assert ada.page.text("h1") == "This link was used already" and "there is nothing more to do" in ada.error


@pytest.mark.parametrize("fields, words", [
    ({"username": "!"}, "name"), ({"username": "a" * 51}, "name"), ({"email": "nobody"}, "address"),
    ({"email": "a@b@c"}, "address"), ({"new_password": "short"}, "8 to 1024"), ({"new_password": "x" * 2000}, "8 to 1024"),
    ({"new_password": "password123"}, "easy to guess"), ({"new_password": "qwertyuiop"}, "easy to guess"),
], ids=lambda value: value if isinstance(value, str) else next(iter(value)))
def test_what_cannot_be_registered_is_said(fields, words, visitor):
    wanted = {"username": "somebody", "email": "somebody@example.org", "new_password": STRONG, **fields}
    refused = visitor.fill_in(REGISTER, **wanted)
    assert refused.status == 400 and words in error(refused), refused
    assert "Retry" not in refused.headers and STRONG not in refused.text
    assert not visitor.site.subjects("somebody@example.org")


def test_a_password_made_of_the_name_or_the_address_is_easy_to_guess(visitor):
    for password in ("bartholomaeus", "bartholomaeus1", "Bartholomaeus@example.org"):
        refused = visitor.fill_in(REGISTER, username="bartholomaeus", email="bartholomaeus@example.org",
                                  new_password=password)
        assert refused.status == 400 and "easy to guess" in error(refused), password


def test_who_has_an_account_is_told_to_the_holder_alone(someone, site, visitor):
    ada = someone().register()
    taken = visitor.fill_in(REGISTER, username=f"another{ada.name}", email=ada.address.upper(), new_password=STRONG)
    free = visitor.fill_in(REGISTER, username=f"third{ada.name}", email=f"third{ada.address}", new_password=STRONG)
    assert (taken.status, taken.headers["location"], taken.body) == (free.status, free.headers["location"], free.body)
    assert ada.mail("You have an account already")
    # Nor does what comes after tell: there is an account, whose address is never verified.
    assert [site.get(f"/user/{which}{ada.name}/").status for which in ("another", "third")] == [200, 200]
    signed_in = [Visitor(site, "13.0.0.1").sign_in(f"{which}{ada.name}", STRONG) for which in ("another", "third")]
    assert [answer.status for answer in signed_in] == [303, 303]
    # Anyone who names the address again and again is no nuisance for long.
    for number in range(8):
        other = Visitor(site, f"13.0.1.{number}")
        other.fill_in(REGISTER, username=f"again{number}{ada.name}", email=ada.address, new_password=STRONG)
    assert 1 < site.subjects(ada.address).count("You have an account already") <= 6
    name = visitor.fill_in(REGISTER, username=ada.name, email=f"other{ada.address}", new_password=STRONG)
    assert name.status == 409 and error(name), name


def test_two_who_want_one_name_at_once(site, visitor):
    visitors = [Visitor(site, f"12.0.0.{n}") for n in range(1, 11)]
    for each in visitors:
        each.get(REGISTER)
    answers = at_once(10, lambda n: visitors[n].post(REGISTER, username="coveted", email=f"coveted{n}@example.org",
                                                     new_password=STRONG))
    assert sorted(a.status for a in answers) == [303] + [409] * 9, answers


def test_registration_by_invitation_or_not_at_all(start_site, someone):
    for policy in ("invitation", "closed"):
        site = start_site("--registration", policy)
        eve = Visitor(site, "10.1.1.1")
        page = eve.get(REGISTER)
        assert 'name="username"' not in page.text and f"{REGISTER}\"" not in eve.get(LOGIN).text
        refused = eve.post(REGISTER, username="eve", email="eve@example.org", new_password=STRONG)
        assert refused.status == 403 and error(refused), refused
        if policy == "closed":
            continue
        site.rind("user", "add", "root", "--email", "root@example.org", "--admin", "--password-file", "-",
                  input=STRONG + "\n")
        root = Visitor(site, "10.1.1.2")
        root.sign_in("root", STRONG)
        done = root.fill_in("/admin/", to="/admin/invite/", email="bob@example.org")
        assert done.status == 303, done
        link = site.link("bob@example.org", "root invites you")
        bob = Visitor(site, "10.1.1.3")
        done = bob.fill_in(link, username="bob", email="bob@example.org", new_password="haferflocken im regen 3")
        assert done.headers["location"] == f"{LOGIN}?flash=registered-invited"
        assert "its address is verified" in bob.get(done.headers["location"]).text
        assert bob.sign_in("bob", "haferflocken im regen 3").status == 303
        assert site.subjects("bob@example.org") == ["root invites you to this package index"]
        again = eve.get(link)
        assert again.status == 404 and "used already" in error(again)


@pytest.fixture
def start_site(tmp_path_factory):
    """Sites with other settings. Those given last count."""
    started = []

    def start(*options):
        started.append(Site(tmp_path_factory.mktemp("other-site"), *options))
        return started[-1].start()

    yield start
    for site in started:
        site.stop()


# Passwords

def test_unknown_names_and_wrong_passwords_are_told_alike(someone, visitor):
    ada = someone().register()
    known = visitor.sign_in(ada.name, "wrong")
    unknown = visitor.sign_in("nobody-at-all", "wrong")
    assert known.status == unknown.status == 400
    assert WRONG in error(known) and error(known) == error(unknown)
    assert visitor.sign_in(ada.address.upper(), ada.password).status == 303


def test_guessing_passwords_is_stopped_and_does_not_lock_the_passkey_out(someone, visitor):
    ada = someone().with_key("platform passkey")
    ada.sign_out()
    for number in range(10):
        visitor.address = f"13.0.{number}.1"
        assert visitor.sign_in(ada.name, f"guess {number}").status == 400
    visitor.address = "13.0.99.1"
    stopped = visitor.sign_in(ada.name, "one more")
    assert stopped.status == 429 and 0 < int(stopped.headers["retry-after"]) <= 300, stopped
    assert "too many attempts" in error(stopped)
    assert visitor.sign_in(ada.name, ada.password).status == 429
    ada.go(LOGIN)
    ada.page.follow("#use-security-key")
    assert ada.path == ACCOUNT


def test_guessing_at_many_accounts_from_one_address_is_stopped(visitor):
    assert [visitor.sign_in(f"account-{n}", "hunter2").status for n in range(11)] == [400] * 10 + [429]


def test_a_password_is_changed_and_other_sessions_end(someone):
    ada = someone().with_app()
    other = ada.signed_in()
    assert other.get(ACCOUNT).status == 200
    ada.tired()
    ada.go(CHANGE)
    assert ada.page.text("h1") == "Confirm that it is you"
    ada.confirm()
    assert ada.path == CHANGE
    ada.page.fill(password="password1")
    ada.page.submit("#password")
    assert "easy to guess" in ada.error and ada.page.script("document.querySelector('#password').value") == ""
    ada.password = STRONG
    ada.page.fill(password=STRONG)
    ada.page.submit("#password")
    assert ada.path == ACCOUNT and "The password is changed" in ada.page.text("main")
    assert ada.mail("Your password was changed")
    assert other.get(ACCOUNT).status == 303
    assert ada.signed_in().get(ACCOUNT).status == 200


def test_a_reset_keeps_the_factor(someone, visitor, site):
    ada = someone().with_app()
    asked = visitor.fill_in(RESET, username_or_email=ada.name)
    nobody = visitor.fill_in(RESET, username_or_email="nobody-at-all")
    assert (asked.status, asked.headers["location"]) == (nobody.status, nobody.headers["location"])
    link = site.link(ada.address, "Reset your password")
    assert "weak" not in visitor.get(link).text
    refused = visitor.post(link, new_password="password1")
    assert refused.status == 400 and "easy to guess" in error(refused)
    done = visitor.post(link, new_password=STRONG)
    assert done.status == 303 and done.headers["location"].startswith(LOGIN), done
    assert ada.mail("Your password was changed")
    ada.go(ACCOUNT)
    assert ada.path == LOGIN, "a session outlived the reset"
    again = visitor.get(link)
    assert again.status == 404 and "used already" in error(again)
    assert visitor.post(link, new_password=STRONG + "!").status == 404
    ada.password = STRONG
    ada.type_password()
    assert ada.path == CODE
    ada.prove()
    assert ada.path == ACCOUNT


def test_whoever_reads_the_mail_gets_no_more_guesses_at_the_codes(someone, site):
    """A link stands for the password. With each a new browser, the guesses at the second factor are still those of one
    stranger."""
    ada, answers = someone().with_app(), []
    for number in range(3):
        thief = Visitor(site, f"15.0.0.{number}")
        thief.fill_in(RESET, username_or_email=ada.name)
        link = site.link(ada.address, "Reset your password", beyond=number)
        password = f"{STRONG} {number}"
        assert thief.fill_in(link, new_password=password).status == 303
        thief.sign_in(ada.name, password)
        answers += [thief.fill_in(CODE, totp_value="000000").status for _ in range(3)]
    assert answers.count(400) == 5 and answers.count(429) == 4, answers


def test_of_many_at_once_with_one_link_exactly_one_passes(someone, site, visitor):
    ada = someone().register()
    visitor.fill_in(RESET, username_or_email=ada.address)
    link = site.link(ada.address, "Reset your password")
    visitor.get(link)

    def post(number):
        each = Visitor(site, "14.0.0.1", visitor.cookie, visitor.token)
        return each.post(link, new_password=f"kuhglocke am fenster {number}")

    answers = at_once(20, post)
    assert [a.status for a in answers].count(303) == 1 and {a.status for a in answers} == {303, 404}, answers


def test_links_that_are_old_wrong_or_for_something_else_are_told(someone, site, visitor):
    ada = someone().register()
    visitor.fill_in(RESET, username_or_email=ada.name)
    link = site.link(ada.address, "Reset your password")
    secret = link.rstrip("/").rsplit("/", 1)[1]
    site.later("UPDATE one_time_link SET expires_at = expires_at - 3601000000")
    for path in (link, f"/account/reset-password/{'0' * 64}/", "/account/reset-password/x/",
                 f"/account/verify-email/{secret}/", f"/account/register/{secret}/"):
        for answer in (visitor.get(path), visitor.post(path, new_password=STRONG)):
            assert answer.status == 404 and "This link is not valid" in error(answer), (path, answer)
    assert visitor.sign_in(ada.name, STRONG).status == 400


def test_a_breached_password_has_to_be_changed_before_anything_else(start_site, someone, tmp_path):
    site = start_site()
    ada = someone(at=site).register()
    bob = someone(at=site).with_key()
    hashes = tmp_path / "hashes.txt"
    hashes.write_text("".join(sorted(f"{hashlib.sha1(p.encode()).hexdigest().upper()}:9\n"
                                     for p in (ada.password, bob.password, STRONG))))
    assert "3 passwords" in site.rind("passwords", "import", hashes).stdout

    ada.type_password()
    assert ada.path == CHANGE and "Choose another password before you go on" in ada.page.text("main")
    for path in (ACCOUNT, TOKENS, FACTORS, SESSIONS, LINK):
        ada.go(path)
        assert ada.path == CHANGE
    ada.page.fill(password=STRONG)
    ada.page.submit("#password")
    assert "published list of passwords that were stolen" in ada.error
    assert "Choose another password before you go on" in ada.page.text("main")
    # Anyone who cannot think of one now can come back.
    ada.page.submit("main form[action='/account/logout/'] button")
    assert ada.path == LOGIN
    ada.type_password()
    assert ada.path == CHANGE
    ada.page.fill(password="haferflocken im regen 3")
    ada.page.submit("#password")
    assert ada.path == ACCOUNT
    # With a second factor, that comes first.
    bob.type_password()
    assert bob.path == CODE
    bob.prove()
    assert bob.path == CHANGE
    bob.page.fill(password="haferflocken im regen 4")
    bob.page.submit("#password")
    assert bob.path == ACCOUNT, bob.page.text("main")
    refused = Visitor(site, "10.1.1.1").fill_in(REGISTER, username="eve", email="eve@example.org", new_password=STRONG)
    assert "published list" in error(refused)


# Sessions

def test_a_session_is_ended_from_another_browser(someone):
    ada = someone().with_app()
    other = ada.signed_in()
    ada.go(SESSIONS)
    rows = ada.page.script("[...document.querySelectorAll('li.thing')].map(e => e.innerText)")
    assert len(rows) == 2 and sum("This browser" in r for r in rows) == 1 and ada.network in rows[0] + rows[1]
    ada.page.script("[...document.querySelectorAll('li.thing')].find(e => !e.innerText.includes('This browser'))"
                    ".querySelector('form').id = 'other'")
    ada.page.submit("#other button")
    assert "The session is ended" in ada.page.text("main")
    assert other.get(ACCOUNT).status == 303


def test_all_other_sessions_are_ended_at_once(someone):
    ada = someone().with_app()
    others = [ada.signed_in(), ada.waiting()]
    ada.go(SESSIONS)
    ada.page.submit("#end-others")
    assert "All other sessions are ended" in ada.page.text("main") and ada.mail("Your other sessions were ended")
    assert others[0].get(ACCOUNT).status == 303 and others[1].get(CODE).status == 303
    ada.go(ACCOUNT)
    assert ada.path == ACCOUNT


def test_somebody_elses_session_cannot_be_ended(someone, site):
    ada, eve = someone().with_app(), someone().register()
    ada.go(SESSIONS)
    number = ada.page.script("document.querySelector('[name=session]').value")
    visitor = eve.signed_in()
    visitor.get(SESSIONS)
    assert visitor.post(SESSIONS + "end/", session=number).status in (303, 403, 404)
    ada.go(ACCOUNT)
    assert ada.path == ACCOUNT


def test_the_cookie_and_the_pages_are_kept_to_oneself(someone):
    ada = someone().register().sign_in()
    cookies = {c["name"]: c for c in ada.page.call("Network.getCookies", urls=[ada.site.origin])["cookies"]}
    cookie, known, name = cookies.pop("rind"), cookies.pop("rind-known"), cookies.pop("rind-name")
    # The name is for the script of pages that are the same for everybody; it opens nothing.
    assert name["value"] == ada.name and name["sameSite"] == "Lax" and not name["httpOnly"]
    assert not cookies and known["httpOnly"] and known["sameSite"] == "Lax" and not known["session"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax" and cookie["session"] and cookie["path"] == "/"
    here = ada.here()
    for path in (LOGIN, ACCOUNT, FACTORS, TOKENS, ADD_APP, SESSIONS, EVENTS, CODES):
        answer = here.get(path)
        assert answer.headers["cache-control"] == "no-store", path
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy, (path, policy)
        assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy and "base-uri" in policy, policy
        assert "access-control-allow-origin" not in answer.headers, path
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_signing_in_gives_a_new_secret_each_time_it_rises(someone):
    ada = someone().with_app()
    visitor = ada.visitor()
    secrets = []
    visitor.get(LOGIN)
    secrets.append(visitor.secret)
    visitor.post(LOGIN, username=ada.name, password=ada.password)
    secrets.append(visitor.secret)
    visitor.get(CODE)
    visitor.post(CODE, totp_value=ada.app.code())
    secrets.append(visitor.secret)
    # A proof raises it once more, and the form that took the proof arrives all the same.
    ada.tired()
    visitor.get(ACCOUNT)
    asked = visitor.post("/manage/account/addresses/add/", email="new@example.org")
    action = html.unescape(re.search(r'action="(/account/confirm/[^"]*)"', asked.text)[1])
    right = visitor.post(action, email="new@example.org", proof_code=ada.app.code())
    secrets.append(visitor.secret)
    assert right.status == 307 and len(set(secrets)) == 4, right
    for elsewhere in ("/manage/account/addresses/remove/?" + right.headers["location"].split("?")[1],
                      "/manage/account/addresses/add/", right.headers["location"] + "0"):
        kept = visitor.post(elsewhere, email="new@example.org", address="new@example.org")
        assert kept.status == 303 and kept.headers["location"].endswith("/account/resume/"), (elsewhere, kept)
    visitor.get(ACCOUNT)
    visitor.token, old = asked_token(asked), visitor.token
    assert visitor.post(right.headers["location"], email="new@example.org").status == 303
    assert old != visitor.token
    for old in secrets[:3]:
        assert Visitor(ada.site, ada.network, f"rind={old}").get(ACCOUNT).status == 303


def asked_token(page):
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example/", "/\\evil.example", "/%09/evil.example",
                                  "javascript:alert(1)", "\\\\evil.example", "/\t/evil.example", "evil"])
def test_nobody_is_sent_elsewhere_after_signing_in(next, standing, site):
    visitor = standing.visitor()
    visitor.get(LOGIN)
    done = visitor.post(LOGIN, username=standing.name, password=standing.password, next=next)
    assert done.status == 303 and done.headers["location"] in (ACCOUNT, next if next.startswith("/%") else ACCOUNT), done


@pytest.fixture(scope="module")
def standing(resident):
    """Somebody with a password, for tests that change nothing."""
    return resident().register()


# Forms that come from elsewhere

FORMS = {
    LOGIN: {"username": "x", "password": "x"}, REGISTER: {"username": "eve"}, RESET: {"username_or_email": "x"},
    "/account/logout/": {}, TOKENS: {"description": "t", "token_scope": "account", "expires": "30"},
    TOKENS + "revoke/": {"token": "x"}, SESSIONS + "end-others/": {}, SESSIONS + "end/": {"session": "1"},
    CHANGE: {"new_password": STRONG}, "/manage/account/addresses/add/": {"email": "eve@example.org"},
    "/manage/account/addresses/remove/": {"address": "x"}, "/manage/account/addresses/primary/": {"address": "x"},
    "/manage/account/addresses/verify/": {"address": "x"}, FACTORS + "remove/": {"factor": "1"},
    FACTORS + "rename/": {"factor": "1", "label": "x"}, ADD_APP: {"totp_value": "123456"}, CODES: {}, LINK: {},
    CODE: {"totp_value": "123456"}, "/account/recovery-code/": {"recovery_code_value": "x"}, RECOVER: {},
    RECOVER + "cancel/": {}, RECOVER + "complete/": {}, "/account/confirm/?action=token.issue": {"proof_password": "x"},
    "/account/vouch/nobody/probation/": {}, "/account/vouch/nobody/recovery/": {}, "/admin/invite/": {"email": "x"},
}


@pytest.fixture(scope="module")
def protected(resident):
    return resident().with_app()


@pytest.fixture(scope="module")
def foreign(standing):
    """Somebody else's session, with a token of its own."""
    visitor = standing.signed_in()
    visitor.get(TOKENS)
    return visitor


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_its_token_changes_nothing(path, protected, foreign):
    here = protected.here()
    events = here.get(EVENTS).text.count("class=\"thing\"")
    token = here.token
    session, account, browser = token.split(".")
    other = other_digits(session)
    for csrf in (None, "", "x", foreign.token, other, f"{other}.{account}.", f"{other}.{account}.{other_digits(browser)}"):
        refused = here.post(path, csrf=csrf, **FORMS[path])
        assert refused.status == 403 and "Nothing was changed" in error(refused), (csrf, refused)
    # That of a page which this account saw in this browser before something was confirmed: its sender is asked.
    kept = here.post(path, csrf=f"{other}.{account}.{browser}", **FORMS[path])
    if "password" in " ".join(FORMS[path]):
        assert kept.status == 403, kept
    else:
        assert kept.status == 303 and kept.headers["location"].endswith("/account/resume/"), kept
    here.token = token
    elsewhere = here._ask("POST", path, f"csrf={token}", Origin="https://evil.example",
                          **{"Content-Type": "application/x-www-form-urlencoded"})
    assert elsewhere.status == 403 and "Nothing was changed" in error(elsewhere), elsewhere
    framed = here._ask("POST", path, f"csrf={token}", **{"Content-Type": "application/x-www-form-urlencoded",
                                                         "Sec-Fetch-Site": "cross-site"})
    assert framed.status == 403, framed
    assert here.get(EVENTS).text.count("class=\"thing\"") == events


def other_digits(code):
    return ("0" if code[0] != "0" else "1") + code[1:]


def test_forms_that_are_too_large_or_no_forms_are_refused(protected):
    here = protected.here()
    large = here.post("/manage/account/addresses/add/", email="a" * 100_000)
    assert large.status == 413 and error(large), large
    for body in (b"\xff" * 100, b"&" * 10_000, b"=" * 1000, b"csrf", b"%" * 1000, b"csrf=" + b"a" * 60_000):
        answer = here._ask("POST", TOKENS, body, **{"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status == 403, (body[:10], answer)


# Mail

def test_every_mail_that_is_promised_arrives(someone, site, tmp_path):
    """At both addresses of somebody who does everything that can be done to an account; each mail is well made."""
    ada = someone()
    second = f"second-{ada.address}"
    ada.go(REGISTER)
    ada.page.fill(username=ada.name, email=ada.address, password=ada.password)
    ada.page.submit("#password")
    ada.go(site.link(ada.address, "Is this your address?"))
    ada.page.submit("main .primary")
    ada.sign_in()
    ada.page.fill(email=second)
    ada.page.submit("#email")
    ada.go(site.link(second, "Is this your address?"))
    ada.page.submit("main .primary")
    ada.allow_first_factor()
    ada.add_app()
    ada.plug("CTAP2")
    ada.add_key()
    ada.sign_in()
    ada.make_codes()
    ada.make_token()
    ada.go(TOKENS)
    ada.page.submit("form[action*=revoke] button")
    ada.go(SESSIONS)
    if ada.page.has("#end-others"):
        ada.page.submit("#end-others")
    ada.go(CHANGE)
    ada.password = STRONG
    ada.page.fill(password=STRONG)
    ada.page.submit("#password")
    site.rind("user", "vouch", ada.name)
    waiting = ada.waiting()
    for _ in range(2):
        assert waiting.post(CODE, totp_value="000000").status == 400
    ada.go(FACTORS)
    ada.page.submit("form[action*=remove-app] button")
    ada.visitor().fill_in(RESET, username_or_email=ada.name)
    # It is answered a moment after the page, to the address that is the primary one then.
    assert ada.mail("Reset your password")
    ada.go(ACCOUNT)
    ada.page.script(f"[...document.querySelectorAll('form[action*=primary]')].find(f => f.innerText.includes({second!r})).id = 'this'")
    ada.page.submit("#this button")
    ada.page.submit("form[action*='addresses/remove'] button")
    assert second in ada.page.text("main") and "The address is removed" in ada.page.text("main")

    both = ["An address was added to your account", "An address of your account was verified",
            "Somebody failed to show your second factor", "Your account has a second factor",
            "A security key was added to your account", "New recovery codes for your account",
            "An API token was made for your account", "An API token of your account was revoked",
            "Your other sessions were ended", "Your password was changed", "Your second factor counts now",
            "The authenticator app was removed from your account", "Your primary address was changed",
            "An address was removed from your account"]
    for subject in both[1:]:
        for address in (ada.address, second):
            plain, rich = parts(site.mail(address, subject))
            assert plain.startswith(f"Hello {ada.name},\n"), plain
            assert re.search(r"When: +\d+ \w{3} \d{4}, \d\d:\d\d UTC", plain), plain
            # One was done at the machine.
            if subject != "Your second factor counts now":
                assert ada.network in plain and ada.network in rich and re.search(r"Browser: +\S", plain), plain
            assert any(words in plain for words in ("If it was not you", "If that surprises you", "This was not me"))
            assert f"{site.origin}/" in plain and STRONG not in plain and ada.app.secret not in plain
    assert ada.mail(both[0])
    # That of a refused factor comes once a day.
    assert site.subjects(ada.address).count("Somebody failed to show your second factor") == 1
    for subject in ("Is this your address?", "Add your second factor", "Reset your password"):
        assert ada.mail(subject)
    assert "Reset your password" not in site.subjects(second)
    assert not any(m.defects for m in site.post.mails)

    bob = someone().register()
    token = site.rind("token", "issue", ada.name).stdout.strip()
    assert http.upload(site.upload_url, token, packages.wheel(tmp_path, "shared", "1.0")).status == 200
    site.rind("project", "role", "add", "shared", bob.name, "maintainer")
    site.rind("project", "role", "remove", "shared", bob.name)
    assert bob.mail("You are now maintainer of shared") and bob.mail("Your role on shared was taken away")
    assert "rind_mail_given_up 0" in site.get("/metrics").text


# What the pages look like

PAGES = [LOGIN, REGISTER, RESET]
OWN_PAGES = [ACCOUNT, FACTORS, ADD_KEY, ADD_APP, CODES, TOKENS, SESSIONS, EVENTS, CHANGE, "/manage/projects/",
             RECOVER, "/admin/", "/account/vouch/nobody/"]


@pytest.fixture(scope="module")
def furnished(resident):
    """Somebody with something on every page."""
    ada = resident("Wilhelmina-with-a-long-name").with_key("synced passkey")
    ada.waiting()
    return ada


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(["width", "height"], [(1200, 900), (360, 740)], ids=["desk", "phone"])
def test_pages_fit_and_can_be_read(furnished, scheme, width, height):
    """Nothing sticks out sideways, and text stands out from what is behind it. Pictures for people are kept in
    RIND_PICTURES, if that names a folder."""
    ada = furnished
    ada.page.prefer(scheme)
    ada.page.size(width, height, mobile=width < 500)

    def look(name):
        assert ada.page.script(f"document.documentElement.scrollWidth <= {width}"), f"{name} is wider than {width}"
        ratio = ada.page.contrast()
        assert ratio >= 4.5, f"{name} in {scheme}: contrast {ratio}"
        assert ada.page.text("h1"), name
        assert ada.page.script("[...document.querySelectorAll('main input:not([type=hidden]), main select')]"
                               ".every(e => e.labels.length > 0)"), f"{name} has a field without a label"
        ids = ada.page.script("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), f"{name} has an id twice: {sorted(ids)}"
        if os.environ.get("RIND_PICTURES"):
            file = f"account-{name.strip('/').replace('/', '-').replace('?', '-')}-{scheme}-{width}.png"
            ada.page.picture(Path(os.environ["RIND_PICTURES"]) / file)

    for path in OWN_PAGES:
        ada.go(path)
        look(path)
    ada.make_codes()
    look("codes")
    ada.make_token()
    look("new-token")
    ada.tired()
    ada.go("/account/confirm/?action=token.issue")
    look("confirm")
    ada.go(f"/account/reset-password/{'0' * 64}/")
    look("dead-link")
    ada.type_password()
    for path in (CODE, "/account/recovery-code/"):
        ada.go(path)
        look(path)
    ada.forget()
    for path in PAGES:
        ada.go(path)
        look(path)
    ada.sign_in()
