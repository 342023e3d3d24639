"""Security keys and passkeys, from enrolment to removal, and everything that is refused on the way."""
import email.policy
import json
import re

import pytest

from support.browser import installed
from support.mail import parts
from support.network import Middle
from support.people import (ACCOUNT, ADD_KEY, AUTHENTICATORS, CODE, EVENTS, FACTORS, LINK, LOGIN, PASSKEYS, SESSIONS,
                            TOKENS, at_once, tampered, wait)

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

NOT_ACCEPTED = "Your security key's answer was not accepted. Try again, with a key of this account."


# From registration to the day the key is given back

@pytest.mark.parametrize("kind", AUTHENTICATORS)
def test_register_enrol_sign_in_step_up_and_remove(kind, someone, site):
    ada = someone()
    page = ada.page
    ada.go("/account/register/")
    page.fill(username=ada.name, email=ada.address, password=ada.password)
    page.submit("#password")
    assert ada.path == LOGIN and "Check your e-mail" in page.text("main")
    ada.go(site.link(ada.address, "Is this your address?"))
    page.submit("main .primary")
    assert "verified" in page.text("main")

    ada.sign_in()
    assert ada.path == ACCOUNT and "proven with a password" in page.text("main")
    ada.go(ADD_KEY)
    assert page.text("h1") == "First, a link by mail"
    ada.allow_first_factor()
    ada.plug(kind)
    ada.add_key("Blue, on my key ring")
    assert ada.path == FACTORS and "Make ten codes" in page.text("main")
    ada.go(FACTORS)
    assert "Blue, on my key ring" in page.text("main") and "never used" in page.text("main")
    assert ("Synced to other devices" if kind == "synced passkey" else "Bound to one device") in page.text("main")
    assert ada.mail("Your account has a second factor")

    ada.sign_out()
    assert ada.path == LOGIN
    ada.type_password()
    assert ada.path == CODE and not page.has("#totp-code")
    # The password alone leads nowhere.
    ada.go(TOKENS)
    assert ada.path == CODE
    ada.prove()
    assert ada.path == TOKENS and "a security key or passkey" in page.text("main")

    # Just signed in, nothing is asked. Later on, it is, and what was typed is not lost.
    assert ada.make_token("laptop").startswith("rind-")
    ada.tired()
    ada.go(TOKENS)
    page.fill(token_name="server")
    page.click("#scope-account")
    page.submit("#make-token")
    assert page.text("h1") == "Confirm that it is you" and "make an API token" in page.text("main")
    ada.prove()
    assert page.text("#token").startswith("rind-") and "server" in page.text("main")
    assert ada.mail("An API token was made", beyond=1)

    ada.go(FACTORS)
    assert "last used" in page.text("main")
    page.submit("[data-removes]")
    assert page.text("h1") == "Confirm that it is you"
    assert "remove the security key “Blue, on my key ring”" in page.text("main")
    page.follow("#use-security-key")
    # The session stood on the key.
    assert ada.path == LOGIN and "so are the sessions and API tokens that it vouched for" in page.text("main")
    assert ada.mail("A security key was removed")
    ada.sign_in()
    ada.go(FACTORS)
    assert "Blue" not in page.text("main")
    ada.go(TOKENS)
    assert "You have no API token" in page.text("main")
    ada.go(EVENTS)
    for sentence in ("Signed in with", "The link to add a second factor", "The API token “server” was made",
                     "“Blue, on my key ring” was removed"):
        assert sentence in page.text("main")


@pytest.mark.parametrize("kind", PASSKEYS)
def test_a_passkey_signs_in_alone(kind, someone):
    ada = someone().with_key(kind)
    ada.sign_out()
    assert ada.path == LOGIN
    ada.page.follow("#use-security-key")
    assert ada.path == ACCOUNT and "a security key or passkey" in ada.page.text("main")
    ada.sign_out()
    ada.go(LOGIN + "?next=" + TOKENS)
    ada.page.follow("#use-security-key")
    assert ada.path == TOKENS


@pytest.mark.parametrize("kind", ["U2F", "CTAP2"])
def test_a_key_that_does_not_know_whose_it_is_cannot_sign_in_alone(kind, someone):
    ada = someone().with_key(kind)
    ada.sign_out()
    ada.meddle(timeout=1)
    assert "Nothing was confirmed" in ada.refused() or "took too long" in ada.error
    assert ada.path == LOGIN and not ada.page.has("#use-security-key:disabled")


def test_the_same_key_is_not_enrolled_twice_and_another_one_is(someone):
    ada = someone().with_key("CTAP2")
    ada.go(ADD_KEY)
    ada.page.fill(key_label="Blue again")
    assert "registered on your account already" in ada.refused("#add-security-key")
    ada.unplug(ada.key)
    ada.plug("synced passkey")
    ada.add_key("Telephone")
    assert ada.path == FACTORS and "Blue" in ada.page.text("main") and "Telephone" in ada.page.text("main")
    assert ada.mail("A security key was added")
    ada.sign_out()
    ada.sign_in()  # with the second
    assert ada.path == ACCOUNT


def test_a_key_gets_another_name(someone):
    ada = someone().with_key()
    ada.go(FACTORS)
    ada.page.script("document.querySelector('details').open = true")
    ada.page.script("document.querySelector('input[name=label]').value = '<b>Grün</b>'")
    ada.page.submit("input[name=label]")
    assert "<b>Grün</b>" in ada.page.text("main") and "Blue" not in ada.page.text("main")


def test_removing_one_of_two_keys_ends_only_what_it_vouched_for(someone):
    ada = someone().with_key("CTAP2")
    ada.unplug(ada.key)
    ada.plug("platform passkey")
    ada.add_key("Laptop")
    # This session was begun with Blue. Remove Laptop: it goes on.
    ada.page.submit("li:nth-child(2) [data-removes]")
    assert ada.path == FACTORS and "Laptop" not in ada.page.text("ul.things"), ada.page.text("main")
    assert "It is removed" in ada.page.text("main")


# What is refused, and what is said then

@pytest.fixture(scope="module")
def holder(resident):
    return resident().with_key("CTAP2.1 with PIN")


@pytest.fixture
def at_the_door(holder):
    """Somebody who has typed the password and is asked for the key, which verifies its holder."""
    holder.page.call("WebAuthn.setUserVerified", authenticatorId=holder.key, isUserVerified=True)
    holder.go(CODE)
    if holder.path != CODE:
        holder.type_password()
    assert holder.path == CODE
    return holder


def still_outside(person):
    person.go(ACCOUNT)
    return person.path == CODE


def shown_refusals(person):
    """What the event log that is open says of factors that were refused, the newest first."""
    return [line for line in person.page.text("main").splitlines() if "refused" in line]


def refusals(person):
    person.sign_in()
    person.go(EVENTS)
    return shown_refusals(person)


def logged(person):
    """The newest refusal of a factor in the event log."""
    return refusals(person)[0]


@pytest.mark.parametrize(["bits", "step"], [({"isBogusSignature": True}, "signature"), ({"isBadUP": True}, "userPresence"),
                                            ({"isBadUV": True}, "userVerification")])
def test_a_key_that_answers_wrongly_is_refused(bits, step, at_the_door):
    ada = at_the_door
    ada.page.call("WebAuthn.setResponseOverrideBits", authenticatorId=ada.key, **bits)
    assert ada.refused() == NOT_ACCEPTED
    ada.page.call("WebAuthn.setResponseOverrideBits", authenticatorId=ada.key,
                  isBogusSignature=False, isBadUP=False, isBadUV=False)
    assert still_outside(ada)
    assert step in logged(ada)


@pytest.mark.parametrize("field, change, code", [
    ("signature", lambda b: b[:-1] + bytes([b[-1] ^ 1]), "7.2/21 signature"),
    ("signature", lambda b: b"", "7.2/21 signature"),
    ("authenticatorData", lambda b: b[:32] + bytes([b[32] & ~1]) + b[33:], "7.2/16 userPresence"),
    ("authenticatorData", lambda b: b[:32] + bytes([b[32] & ~4]) + b[33:], "7.2/17 userVerification"),
    ("authenticatorData", lambda b: b + b"\0", "7.2/7 authenticatorData"),
    ("authenticatorData", lambda b: b[:20], "7.2/7 authenticatorData"),
    ("clientDataJSON", lambda b: b.replace(b"webauthn.get", b"webauthn.create"), "7.2/10 type"),
    ("clientDataJSON", lambda b: b.replace(b"http://localhost:", b"http://localhost.:"), "7.2/12 origin"),
    ("clientDataJSON", lambda b: b.replace(b'"crossOrigin":false', b'"crossOrigin":true'), "7.2/13 crossOrigin"),
    ("clientDataJSON", lambda b: b.replace(b"{", b'{"challenge":"AAAA",', 1), "7.2/9 clientData"),
    ("clientDataJSON", lambda b: b"[]", "7.2/9 clientData"),
    ("clientDataJSON", lambda b: b"\xff" + b, "7.2/9 clientData"),
], ids=["a byte of the signature", "no signature", "presence taken away", "verification taken away", "something added",
        "cut", "another ceremony", "another origin", "in a frame", "two challenges", "no object", "no text"])
def test_an_answer_that_was_tampered_with_is_refused(field, change, code, at_the_door):
    ada = at_the_door
    path, answer = ada.capture()
    here = ada.here()
    refused = here.send(path, tampered(answer, field, change))
    assert refused.status == 400 and refused.json["detail"] == NOT_ACCEPTED, refused
    # Its challenge is used up: the true answer comes too late.
    refused = here.send(path, answer)
    assert refused.status == 400 and "Start again" in refused.json["detail"], refused
    assert still_outside(ada)
    late, wrong, *_ = refusals(ada)
    assert "7.2/11 challenge" in late and code in wrong, (late, wrong)


@pytest.mark.parametrize("field, change, code", [
    ("attestationObject", lambda b: b[:-1], "7.1/13 attestationObject"),
    ("attestationObject", lambda b: b + b"\0", "7.1/13 attestationObject"),
    ("attestationObject", lambda b: b"", "7.1/13 attestationObject"),
    ("clientDataJSON", lambda b: b.replace(b"webauthn.create", b"webauthn.get"), "7.1/7 type"),
    ("clientDataJSON", lambda b: b.replace(b"http://localhost:", b"https://localhost:"), "7.1/9 origin"),
    ("clientDataJSON", lambda b: re.sub(rb'"challenge":"....', b'"challenge":"AAAA', b), "7.1/8 challenge"),
], ids=["cut", "something added", "none", "another ceremony", "another origin", "another challenge"])
def test_an_enrolment_that_was_tampered_with_is_refused(field, change, code, newcomer):
    newcomer.go(ADD_KEY)
    path, answer = newcomer.capture("#add-security-key")
    here = newcomer.here()
    refused = here.send(path, tampered(answer, field, change))
    assert refused.status == 400 and refused.json["detail"] == NOT_ACCEPTED, refused
    assert "Start again" in here.send(path, answer).json["detail"]
    newcomer.go(FACTORS)
    assert not newcomer.page.has("ul.things li")
    newcomer.go(EVENTS)
    late, wrong, *_ = shown_refusals(newcomer)
    assert "7.1/8 challenge" in late and code in wrong, (late, wrong)


@pytest.fixture(scope="module")
def newcomer(resident):
    """Somebody who may add a first key."""
    newcomer = resident()
    newcomer.enter(newcomer.before_first_factor())
    newcomer.plug("CTAP2.1 with PIN")
    return newcomer


def test_a_key_of_some_account_is_not_enrolled_for_another(someone):
    """Two accounts with one credential: anyone who has it would be both."""
    ada, eve = someone().with_key("U2F"), someone().register()
    path, answer = None, None
    eve.type_password()
    eve.allow_first_factor()
    eve.key = eve.plug("U2F")
    eve.go(ADD_KEY)
    path, answer = eve.capture("#add-security-key")
    refused = ada.here().send(path, answer)
    assert refused.status == 400 and "Start again" in refused.json["detail"], refused
    here = eve.here()
    assert here.send(path, answer).status == 200
    # The session has another secret now, and its pages another token.
    here.get(FACTORS)
    assert here.send(path, answer).status == 400


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'{"id": 7}', b"\xff\xfe", b"{}" * 10_000,
                                  json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}).encode(),
                                  b'{"a":' * 5_000 + b"1" + b"}" * 5_000],
                         ids=["empty", "cut", "null", "list", "number", "no text", "long", "hollow", "deep"])
def test_nonsense_is_refused_with_one_text(body, at_the_door):
    ada = at_the_door
    path, _ = ada.capture()
    here = ada.here()
    refused = here.send(path, body)
    assert refused.status == 400 and refused.json["detail"] == NOT_ACCEPTED, refused
    assert here.send(path, b"x" * 300_000).status == 413
    assert still_outside(ada)


def test_a_replayed_answer_is_refused(at_the_door):
    ada = at_the_door
    path, answer = ada.capture()
    here = ada.here()
    before = here.cookie
    accepted = here.send(path, answer)
    assert accepted.status == 200 and accepted.json["next"] == ACCOUNT, accepted
    assert here.cookie != before, "the browser keeps the secret that it had before it rose"
    # In the session of then, which is gone; in the one that was begun; and in another one that waits.
    here.cookie, now = before, here.cookie
    assert here.send(path, answer).status in (400, 403)
    here.cookie = now
    here.get(ACCOUNT)
    assert here.send(path, answer).status in (400, 403)
    other = ada.visitor()
    other.sign_in(ada.name, ada.password)
    other.get(CODE)
    refused = other.send(path, answer)
    assert refused.status == 400 and "Start again" in refused.json["detail"], refused
    assert other.get(ACCOUNT).status == 303


def test_an_answer_to_one_question_does_not_answer_another(someone):
    """What was shown to remove a key does not make a token, and the other way round."""
    ada = someone().with_key()
    ada.tired()
    ada.go("/account/confirm/?action=token.issue")
    path, answer = ada.capture()
    here = ada.here()
    for other in ("/account/confirm/verify/?action=recovery-codes.make", "/account/two-factor/verify/",
                  "/account/login/passkey/", "/manage/account/webauthn-provision/validate/"):
        refused = here.send(other, answer)
        assert refused.status in (400, 403), (other, refused)
    assert here.send(path, answer).status == 200


def test_of_a_hundred_at_once_with_one_answer_exactly_one_passes(at_the_door):
    ada = at_the_door
    path, answer = ada.capture()
    here = ada.here()
    cookie, token = here.cookie, here.token

    def send(_):
        visitor = ada.visitor()
        visitor.cookie, visitor.token = cookie, token
        return visitor.send(path, answer)

    answers = at_once(100, send)
    assert sorted(a.status for a in answers).count(200) == 1, [a.status for a in answers]
    assert all(a.status in (200, 400, 403) for a in answers), [a.status for a in answers]


def test_nobody_touches_the_key(someone):
    ada = someone().with_key()
    ada.sign_out()
    ada.type_password()
    ada.page.call("WebAuthn.setAutomaticPresenceSimulation", authenticatorId=ada.key, enabled=False)
    ada.meddle(timeout=1)
    said = ada.refused()
    assert "That took too long" in said and "touch your key" in said
    assert still_outside(ada)


def test_a_key_that_used_to_verify_its_holder_has_to_do_so_again(at_the_door):
    ada = at_the_door
    ada.page.call("WebAuthn.setUserVerified", authenticatorId=ada.key, isUserVerified=False)
    assert "Nothing was confirmed" in ada.refused()
    # And the page cannot be talked into asking for less.
    ada.go(CODE)
    ada.meddle(userVerification="discouraged")
    assert ada.refused() == NOT_ACCEPTED
    assert still_outside(ada)


def test_the_key_of_another_account_is_refused(someone):
    eve = someone().with_key()
    ada = someone().with_key()
    eve.sign_out()
    ada.sign_out()
    known = ada.credentials(ada.key)[0]
    # Eve knows Ada's password, and has her own key.
    ada.unplug(ada.key)
    ada.key = ada.plug("CTAP2")
    [hers] = eve.credentials(eve.key)
    ada.page.call("WebAuthn.addCredential", authenticatorId=ada.key, credential=hers)
    ada.type_password()
    ada.meddle(timeout=1)
    said = ada.refused()
    assert "does not belong to the account" in said or "took too long" in said
    ada.go(CODE)
    identifier = hers["credentialId"].replace("+", "-").replace("/", "_").rstrip("=")
    ada.meddle(allowCredentials=[{"type": "public-key", "id": identifier}])
    assert ada.refused() == NOT_ACCEPTED
    assert still_outside(ada) and known["credentialId"] != hers["credentialId"]


def test_a_counter_that_goes_back_freezes_the_key(someone):
    ada = someone().with_key("U2F")
    ada.sign_out()
    ada.type_password()
    ada.set_counter(ada.key, 0)
    said = ada.refused()
    assert "not taken any more" in said and "copy" in said
    assert ada.mail("One of your security keys was frozen")
    # It still counts as a factor: the password alone does not become enough.
    assert still_outside(ada)
    assert "its counter went back" in ada.page.text("main").lower()
    assert not ada.page.has("#use-security-key")
    # And it stays frozen, whatever it counts.
    ada.set_counter(ada.key, 1_000_000)
    ada.type_password()
    assert ada.path == CODE and not ada.page.has("#use-security-key")


def test_a_frozen_key_is_told_from_the_others_and_can_go(someone):
    ada = someone().with_key("CTAP2")
    ada.add_app()
    ada.sign_out()
    ada.type_password()
    ada.set_counter(ada.key, 0)
    assert "Use another key or a recovery code" in ada.refused()
    ada.page.fill(totp_code=ada.app.code())
    ada.page.submit("#totp-code")
    ada.go(FACTORS)
    assert "Not taken any more" in ada.page.text("main")
    ada.page.submit("[data-removes]")
    ada.confirm()
    assert "Blue" not in ada.page.text("ul.things")


# Pages that only look like ours

def test_what_is_shown_to_another_port_is_worth_nothing(at_the_door, site):
    """A page in the middle that hands everything on, and says that it comes from here. The browser tells the truth."""
    ada = at_the_door
    with Middle(site.port, origin=site.origin) as phisher:
        port = phisher.url.rsplit(":", 1)[1]
        ada.page.go(f"http://localhost:{port}{CODE}")
        assert ada.page.has("#use-security-key")
        assert ada.refused() == NOT_ACCEPTED
        assert any("/account/two-factor/verify/" in str(s) for s in phisher.seen), [str(s) for s in phisher.seen]
    assert still_outside(ada)
    assert "origin" in logged(ada)


def test_at_another_name_the_browser_does_not_even_ask_the_key(at_the_door, site):
    ada = at_the_door
    with Middle(site.port, origin=site.origin) as phisher:
        port = phisher.url.rsplit(":", 1)[1]
        ada.page.go(f"http://login.localhost:{port}{LOGIN}")
        said = ada.refused()
        assert f"do not work at the address http://login.localhost:{port}" in said and "own address" in said


def test_a_form_that_comes_from_elsewhere_is_refused(at_the_door, site):
    ada = at_the_door
    with Middle(site.port, host=site.origin.removeprefix("http://")) as elsewhere:
        port = elsewhere.url.rsplit(":", 1)[1]
        ada.page.go(f"http://localhost:{port}{CODE}")
        said = ada.refused()
        assert "Nothing was changed" in said and f"not sent from {site.origin}" in said
    assert still_outside(ada)


def test_at_a_number_keys_cannot_be_enrolled_and_the_page_says_why(someone, start_index):
    index = start_index("--host", "127.0.0.2", serve=False)  # an address that has no name
    index.origin = f"http://127.0.0.2:{index.port}"
    index.start()
    bob = someone(at=index).register().sign_in()
    bob.go(LINK)
    bob.page.submit("main .primary")
    [mail] = wait(lambda: [m for m in (index.data / "outbox").glob("*.eml") if "/account/enrol/" in m.read_text()])
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    bob.follow_enrolment_link(re.search(r"/account/enrol/\S+", parts(message)[0])[0])
    bob.go(ADD_KEY)
    assert "Security keys do not work at this address" in bob.page.text("main") and "localhost" in bob.page.text("main")
    assert "do not work at the address" in bob.refused("#add-security-key")


def test_this_machines_number_leads_to_its_name(someone, site):
    """Anyone who tries it out types the address that was printed."""
    bob = someone()
    bob.page.go(site.url + ACCOUNT)
    assert bob.page.script("location.origin") == site.origin and bob.path == LOGIN


# What can go wrong by itself

def test_a_challenge_dies_after_five_minutes(at_the_door, site):
    ada = at_the_door
    path, answer = ada.capture()
    site.later("UPDATE challenge SET expires_at = expires_at - 301000000")
    refused = ada.here().send(path, answer)
    assert refused.status == 400 and "took too long" in refused.json["detail"], refused


def test_a_session_that_ended_meanwhile_leads_to_the_sign_in_and_back_with_what_was_typed(someone):
    ada = someone().with_key()
    ada.go(ADD_KEY)
    ada.page.fill(key_label="Blue key on my key ring")
    ada.site.rind("user", "sign-out", ada.name)
    ada.page.follow("#add-security-key")
    assert ada.path == LOGIN, ada.page.text("main")
    ada.page.fill(username=ada.name, password=ada.password)
    ada.page.submit("#sign-in")
    ada.prove()
    assert ada.path == ADD_KEY
    assert ada.page.script("document.getElementById('key-label').value") == "Blue key on my key ring"
    ada.unplug(ada.key)
    ada.plug("CTAP2")
    ada.page.follow("#add-security-key")
    assert "Blue key on my key ring" in ada.page.text("main")
    ada.go(ADD_KEY)
    assert ada.page.script("document.getElementById('key-label').value") == ""


def test_a_form_whose_session_ended_before_the_key_was_touched_waits_behind_the_sign_in(someone):
    ada = someone().with_key()
    ada.tired()
    ada.go(TOKENS)
    ada.page.fill(token_name="laptop")
    ada.page.click("#scope-account")
    ada.page.submit("#make-token")
    assert ada.page.text("h1") == "Confirm that it is you"
    ada.site.rind("user", "sign-out", ada.name)
    ada.page.follow("#use-security-key")
    assert ada.path == LOGIN, ada.page.text("main")
    ada.page.fill(username=ada.name, password=ada.password)
    ada.page.submit("#sign-in")
    ada.prove()
    assert "make an API token" in ada.page.text("main") and "“laptop”" in ada.page.text("main"), ada.page.text("main")
    ada.page.submit("main .primary")
    assert ada.page.has("#token")
