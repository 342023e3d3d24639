"""Codes: those of authenticator apps (RFC 6238), and those for recovery."""
import re
import shutil
import subprocess
import time
from urllib.parse import quote

import pyotp
import pytest

from support.browser import installed
from support.people import (ACCOUNT, ADD_APP, CODE, CODES, EVENTS, FACTORS, LOGIN, SESSIONS, TOKENS, App, at_once,
                            error)

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

RECOVERY = "/account/recovery-code/"


@pytest.fixture
def ada(someone):
    return someone().with_app()


def passed(answer):
    """Whether a code was taken: anyone who showed it is somewhere, with a new secret."""
    return answer.status == 303 and "set-cookie" in answer.headers and not answer.headers["location"].startswith(LOGIN)


# The app

def test_oathtool_pyotp_and_the_index_agree(someone):
    """The secret as text, the one in the QR code's address, and two programs that others wrote."""
    if not shutil.which("oathtool"):
        pytest.skip("there is no oathtool on this machine; `make test` installs it")
    bob = someone().register().sign_in()
    bob.allow_first_factor()
    bob.go(ADD_APP)
    page = bob.page
    secret = page.text("#totp-secret").replace(" ", "")
    assert re.fullmatch(r"[A-Z2-7]{32}", secret)
    address = page.script("document.querySelector('a[href^=\"otpauth:\"]').getAttribute('href')")
    totp = pyotp.parse_uri(address)
    assert (totp.secret, totp.name, totp.digits, totp.interval) == (secret, bob.name, 6, 30)
    assert "issuer=" in address and page.has("main .qr svg")
    for moment in (59, 1_111_111_109, 1_234_567_890, 2_000_000_000, 20_000_000_000, int(time.time())):
        done = subprocess.run(["oathtool", "--totp", "--base32", "--now", f"@{moment}", secret], capture_output=True,
                              text=True, check=True)
        assert done.stdout.strip() == totp.at(moment), moment

    page.fill(totp_code=totp.at(time.time() - 30))  # a step late is in time
    page.submit("#totp-code")
    assert bob.path == FACTORS and "The authenticator app is added" in page.text("main")
    assert bob.mail("Your account has a second factor")
    bob.type_password()
    done = subprocess.run(["oathtool", "--totp", "--base32", secret], capture_output=True, text=True, check=True)
    page.fill(totp_code=done.stdout.strip()[:3] + " " + done.stdout.strip()[3:])  # as apps show it
    page.submit("#totp-code")
    assert bob.path == ACCOUNT and "proven with a second factor" in page.text("main")


def test_an_app_counts_only_after_its_first_code(someone, site):
    bob = someone().register().sign_in()
    bob.allow_first_factor()
    bob.go(ADD_APP)
    first = App(bob.page.text("#totp-secret"), site)
    bob.page.fill(totp_code="000000")
    bob.page.submit("#totp-code")
    assert "not right" in bob.error and App(bob.page.text("#totp-secret"), site).secret == first.secret
    bob.go(ADD_APP)
    second = App(bob.page.text("#totp-secret"), site)
    assert second.secret != first.secret
    bob.page.fill(totp_code=first.code())
    bob.page.submit("#totp-code")
    assert "not right" in bob.error
    bob.sign_in()
    assert bob.path == ACCOUNT and "proven with a password" in bob.page.text("main")


def test_a_code_works_once(ada):
    first, second = ada.waiting(), ada.waiting()
    code = ada.app.code()
    assert passed(first.post(CODE, totp_value=code))
    refused = second.post(CODE, totp_value=code)
    assert refused.status == 400 and "used already" in error(refused), refused
    assert second.get(ACCOUNT).status == 303 and first.get(ACCOUNT).status == 200


@pytest.mark.parametrize("typed, words", [("123", "six digits"), ("abcdef", "six digits"), ("", "six digits"),
                                          ("1" * 500, "six digits"), ("١٢٣٤٥٦", "six digits")],
                         ids=["short", "letters", "empty", "long", "other digits"])
def test_what_is_no_code_is_said(typed, words, resident_with_app):
    visitor = resident_with_app.visitor()
    visitor.address = f"10.200.0.{len(typed) % 250 + 1}"
    visitor.sign_in(resident_with_app.name, resident_with_app.password)
    visitor.get(CODE)
    refused = visitor.post(CODE, totp_value=typed)
    assert refused.status == 400 and words in error(refused), refused


@pytest.fixture(scope="module")
def resident_with_app(resident):
    return resident().with_app()


@pytest.mark.parametrize("minutes, words", [(-5, "the clock of your device is behind"), (5, "ahead")])
def test_a_clock_that_is_wrong_is_told(minutes, words, ada):
    # Not one of the last minutes' codes was used: those are said to be used.
    ada.site.later("UPDATE authenticator_app SET last_counter = last_counter - 100")
    ada.type_password()
    ada.page.fill(totp_code=ada.app.totp.at(time.time() + 60 * minutes))
    ada.page.submit("#totp-code")
    assert ada.path == CODE and words in ada.error and "5 minutes" in ada.error
    # Such a code stays of no use, also when its time comes.
    visitor = ada.waiting()
    assert visitor.post(CODE, totp_value=ada.app.totp.at(time.time() + 60 * minutes)).status == 400
    # Six minutes off is just wrong.
    refused = visitor.post(CODE, totp_value=ada.app.totp.at(time.time() - 400))
    assert "not right" in error(refused)


def test_of_two_at_once_with_one_code_exactly_one_passes(ada):
    visitors = [ada.waiting(), ada.waiting()]
    code = ada.app.code()
    answers = at_once(2, lambda n: visitors[n].post(CODE, totp_value=code))
    assert sorted(map(passed, answers)) == [False, True], answers
    assert [v.get(ACCOUNT).status for v in visitors].count(200) == 1


def test_of_a_hundred_at_once_with_one_code_exactly_one_passes(ada):
    """In five sessions, twenty times each."""
    sessions = [ada.waiting() for _ in range(5)]
    code = ada.app.code()

    def post(number):
        session, visitor = sessions[number % 5], ada.visitor()
        visitor.cookie, visitor.token = session.cookie, session.token
        return visitor.post(CODE, totp_value=code)

    answers = at_once(100, post)
    assert list(map(passed, answers)).count(True) == 1, answers
    assert {a.status for a in answers} <= {303, 400, 403, 429}, answers


def test_guessing_is_stopped_and_does_not_lock_the_key_out(someone):
    ada = someone().with_key()
    ada.add_app()
    thief = ada.visitor()
    thief.address = "10.66.6.6"
    thief.sign_in(ada.name, ada.password)
    thief.get(CODE)
    wrong = "000000" if ada.app.totp.now() != "000000" else "111111"
    for _ in range(5):
        assert thief.post(CODE, totp_value=wrong).status == 400
    stopped = thief.post(CODE, totp_value=wrong)
    assert stopped.status == 429 and 0 < int(stopped.headers["retry-after"]) <= 300, stopped
    assert "too many attempts" in error(stopped) and "Try again in" in error(stopped)
    # The true code is not looked at either, from wherever.
    elsewhere = ada.waiting()
    assert elsewhere.post(CODE, totp_value=ada.app.code()).status == 429
    assert elsewhere.get(RECOVERY).status == 200
    # The owner comes in with the key.
    ada.sign_in()
    assert ada.path == ACCOUNT


def test_signing_in_with_a_password_and_an_app_needs_no_script(ada):
    visitor = ada.visitor()
    assert visitor.get(ACCOUNT).headers["location"] == f"{LOGIN}?next={quote(ACCOUNT, '')}"
    page = visitor.get(f"{LOGIN}?next={TOKENS}")
    assert 'name="next"' in page.text
    step = visitor.post(LOGIN, username=ada.name, password=ada.password, next=TOKENS)
    assert step.status == 303 and step.headers["location"].startswith(CODE)
    page = visitor.get(step.headers["location"])
    assert "Security keys need JavaScript" not in page.text  # there is none to show
    done = visitor.post(CODE, totp_value=ada.app.code(), next=TOKENS)
    assert done.status == 303 and done.headers["location"] == TOKENS
    made = visitor.fill_in(TOKENS, description="ci", token_scope="account", expires="30")
    assert made.status == 200 and "rind-" in made.text


def test_an_app_that_is_removed_ends_its_sessions_and_tokens(ada):
    ada.make_token()
    ada.tired()
    ada.go(FACTORS)
    ada.page.submit("[data-removes]")
    assert ada.page.text("h1") == "Confirm that it is you" and "authenticator app" in ada.page.text("main")
    ada.prove()
    assert ada.path == LOGIN
    assert ada.mail("The authenticator app was removed")
    ada.sign_in()
    ada.go(TOKENS)
    assert "You have no API token" in ada.page.text("main")


# Recovery codes

def test_ten_codes_are_shown_once_and_can_be_kept(ada):
    page = ada.page
    codes = ada.make_codes()
    assert len(set(codes)) == 10 and ada.mail("New recovery codes for your account")
    for code in codes:
        assert len(re.sub(r"[^0-9A-Za-z]", "", code)) >= 16  # 80 bits, five to a letter
    file = page.script("decodeURIComponent(document.querySelector('a[download]').href.split(',')[1])")
    assert all(code in file for code in codes) and ada.name in file
    assert page.script("!document.querySelector('[data-prints]').hidden")
    ada.go(CODES)
    assert not page.has("#recovery-codes") and "You have 10 codes left" in page.text("main")
    ada.go(FACTORS)
    assert "10 recovery codes left" in page.text("main")


def test_who_lost_the_app_adds_a_new_one_by_the_page_and_the_old_one_stays(ada):
    codes = ada.make_codes()
    ada.type_password()
    ada.go(RECOVERY)
    ada.page.fill(recovery_code=codes[0])
    ada.page.submit("#recovery-code")
    ada.app = App(ada.page.text("#totp-secret"), ada.site)
    ada.page.fill(totp_code=ada.app.code())
    ada.page.submit("#totp-code")
    # They are signed in with it.
    assert ada.path == FACTORS, ada.page.text("main")
    assert ada.mail("An authenticator app was added to your account")
    ada.go(ACCOUNT)
    assert ada.path == ACCOUNT
    ada.go(FACTORS)
    assert ada.page.script("document.querySelectorAll('form[action*=remove-app]').length") == 2


def test_a_code_lets_in_to_enrol_a_factor_and_for_nothing_else(ada):
    codes = ada.make_codes()
    ada.type_password()
    ada.go(RECOVERY)
    ada.page.fill(recovery_code=codes[3].upper().replace("-", " "))
    ada.page.submit("#recovery-code")
    assert ada.path == FACTORS and "Add a new second factor now" in ada.page.text("main")
    assert "9 are left" in str(ada.mail("A recovery code of your account was used"))

    here = ada.here()
    for path in (ACCOUNT, TOKENS, SESSIONS, EVENTS, CODES, "/manage/projects/", "/manage/account/change-password/",
                 "/admin/"):
        answer = here.get(path)
        assert answer.status in (303, 403) and answer.headers.get("location", FACTORS) == FACTORS, (path, answer)
    for path, fields in ((TOKENS, {"description": "t", "token_scope": "account", "expires": "30"}),
                         (FACTORS + "remove/", {"factor": "1"}), (CODES, {}),
                         ("/manage/account/change-password/", {"new_password": "kuhglocke-am-fenster-7"}),
                         ("/manage/account/addresses/add/", {"email": "eve@example.org"}),
                         (SESSIONS + "end-others/", {})):
        answer = here.post(path, **fields)
        assert answer.status in (303, 403) and answer.headers.get("location", FACTORS) == FACTORS, (path, answer)
    assert "An API token was made" not in ada.site.subjects(ada.address)

    ada.plug("CTAP2")
    ada.add_key("New")
    # They are signed in with it, and on probation.
    assert ada.path == FACTORS and "recovery code of your account was used" in ada.page.text("main").lower(), ada.page.text("main")
    ada.go(TOKENS)
    assert ada.path == TOKENS
    ada.go(EVENTS)
    assert "A recovery code was used; 9 are left" in ada.page.text("main")


def test_a_code_works_once_and_new_ones_void_the_old(ada):
    codes = ada.make_codes()
    visitor = ada.waiting()
    assert passed(visitor.post(RECOVERY, recovery_code_value=codes[0]))
    visitor = ada.waiting()
    refused = visitor.post(RECOVERY, recovery_code_value=codes[0])
    assert refused.status == 400 and error(refused)
    ada.sign_in()
    assert not set(ada.make_codes()) & set(codes)
    assert visitor.post(RECOVERY, recovery_code_value=codes[1]).status == 400
    assert passed(visitor.post(RECOVERY, recovery_code_value=ada.codes[1]))


def test_of_a_hundred_at_once_with_one_recovery_code_exactly_one_passes(ada):
    [code, *_] = ada.make_codes()
    sessions = [ada.waiting() for _ in range(5)]

    def post(number):
        session, visitor = sessions[number % 5], ada.visitor()
        visitor.cookie, visitor.token = session.cookie, session.token
        return visitor.post(RECOVERY, recovery_code_value=code)

    answers = at_once(100, post)
    assert list(map(passed, answers)).count(True) == 1, answers
    assert {a.status for a in answers} <= {303, 400, 403, 429}, answers
    assert ada.site.subjects(ada.address).count("A recovery code of your account was used") <= 1


def test_all_addresses_hear_of_a_recovery_code(ada, site):
    second = f"second-{ada.address}"
    ada.go(ACCOUNT)
    ada.page.fill(email=second)
    ada.page.submit("#email")
    ada.confirm()
    ada.go(site.link(second, "Is this your address?"))
    ada.page.submit("main .primary")
    codes = ada.make_codes()
    visitor = ada.waiting()
    assert passed(visitor.post(RECOVERY, recovery_code_value=codes[0]))
    assert ada.mail("A recovery code of your account was used")
    assert site.mail(second, "A recovery code of your account was used")


def test_codes_need_a_factor(someone):
    bob = someone().register().sign_in()
    bob.go(CODES)
    assert not bob.page.has("#make-recovery-codes") and "Add one" in bob.page.text("main")
    refused = bob.here().fill_in(ACCOUNT, to=CODES)
    assert refused.status in (303, 400, 403, 404, 409) and "recovery-codes" not in refused.text
