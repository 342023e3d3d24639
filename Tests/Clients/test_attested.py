"""Keys whose model is attested, from the enrolment to the day on which nobody vouches for the model any more."""
import json
import re

import pytest

from support import hardware, http, packages
from support.browser import installed
from support.hardware import HardwareKey, Manufacturer
from support.people import ACCOUNT, ADD_KEY, CODE, FACTORS, LOGIN, SESSIONS, TOKENS, Visitor

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)
if not hardware.installed():
    pytest.skip("there is no openssl on this machine", allow_module_level=True)

ATTESTED, PLAIN = "a security key whose model is attested", "a security key or passkey"


def of_itself(page):
    """What a page says beside what a project asks for."""
    return re.sub(r'<section class="notice[^>]*id="mandate".*?</section>', "", page.text, flags=re.S)


@pytest.fixture(scope="module")
def manufacturer(tmp_path_factory):
    return Manufacturer(tmp_path_factory.mktemp("manufacturer"))


def enrol(visitor, key, label, **more):
    visitor.get(ADD_KEY)
    options = visitor.send(ADD_KEY + "options/", "{}").json
    done = visitor.send(f"{ADD_KEY}validate/?label={label}", key.create(options, **more))
    assert done.status == 200 and done.json["next"].startswith(FACTORS), done


def sign_in(person, key):
    visitor = person.visitor()
    visitor.sign_in(person.name, person.password)
    visitor.get(CODE)
    options = visitor.send(CODE + "options/", "{}").json
    done = visitor.send(CODE + "verify/", key.get(options))
    assert done.status == 200, done
    visitor.get(ACCOUNT)
    return visitor


def token(visitor, label):
    visitor.get(TOKENS)
    made = visitor.post(TOKENS, description=label, token_scope="account", expires="30")
    return re.search(r'id="token">(rind-[^<]+)<', made.text)[1]


def test_an_attested_key_from_its_enrolment_to_its_end(someone, site, manufacturer, tmp_path):
    site.rind("authenticators", "add-root", manufacturer.root, "--label", "test-keys")
    ada = someone()
    key = HardwareKey(manufacturer, site.origin)
    enrol(ada.before_first_factor(), key, "Blue")
    visitor = sign_in(ada, key)
    assert ATTESTED in visitor.get(ACCOUNT).text
    page = visitor.get(FACTORS).text
    for words in ("attested (packed)", "6f17a6d1-c3b2-4f7e-9a5d-0123456789ab", "NFC, USB", "Bound to one device",
                  f">{key.count}<"):
        assert words in page, words
    made = token(visitor, "laptop")
    assert ATTESTED in visitor.get(TOKENS).text
    # What a project asks for it has.
    assert http.upload(site.upload_url, made, packages.wheel(tmp_path, "guarded", "1.0")).status == 200
    site.rind("project", "require", "guarded", "attested-hardware")
    site.rind("user", "vouch", ada.name)
    assert http.upload(site.upload_url, made, packages.wheel(tmp_path, "guarded", "1.1")).status == 200

    # A step-up takes the strongest that the account has: that very key, or one like it.
    enrol(visitor, HardwareKey(manufacturer, site.origin), "Plain", vouched=False)
    assert "not attested (none)" in visitor.get(FACTORS).text

    site.rind("authenticators", "remove-root", "test-keys")
    assert ATTESTED not in of_itself(visitor.get(ACCOUNT)) and PLAIN in of_itself(visitor.get(ACCOUNT))
    # A token that would be refused is not offered.
    page = of_itself(visitor.get(TOKENS))
    assert f"lacks {ATTESTED}" in page and ATTESTED not in page.replace(f"lacks {ATTESTED}", "")
    refused = http.upload(site.upload_url, made, packages.wheel(tmp_path, "guarded", "1.2"))
    assert refused.status == 403 and ATTESTED in refused.text, refused
    assert ada.mail("One of your security keys counts for less")
    assert PLAIN in sign_in(ada, key).get(ACCOUNT).text


def test_a_make_for_which_nobody_vouches_is_a_key_like_any_other(someone, site, tmp_path):
    stranger = Manufacturer(tmp_path / "stranger")
    ada = someone()
    key = HardwareKey(stranger, site.origin)
    enrol(ada.before_first_factor(), key, "Blue")
    visitor = sign_in(ada, key)
    assert PLAIN in of_itself(visitor.get(ACCOUNT)) and ATTESTED not in of_itself(visitor.get(ACCOUNT))
    # The right key with another site's name, or for another origin, does not count.
    for wrong in ({"origin": "https://evil.example"}, {"rp": "evil.example"}):
        other = Visitor(site, ada.network)
        other.sign_in(ada.name, ada.password)
        other.get(CODE)
        options = other.send(CODE + "options/", "{}").json
        kept = key.origin, key.rp
        key.origin, key.rp = wrong.get("origin", key.origin), wrong.get("rp", key.rp)
        refused = other.send(CODE + "verify/", key.get(options))
        key.origin, key.rp = kept
        assert refused.status == 400 and "factor.key-not-accepted" in json.dumps(refused.json), refused
