"""What people are told of critical projects, as they read it: mails on a phone, the banner, and the way back."""
import os
from pathlib import Path

import pytest

from support import http, packages
from support.browser import installed
from support.index import parsed
from support.mail import parts
from support.people import FACTORS

pytestmark = pytest.mark.skipif(not installed(), reason="there is no Chromium on this machine; `make test` installs it")

LONG = "a-project-with-quite-a-long-name-for-a-phone"
SETTINGS = f"/manage/project/{LONG}/settings/"


def picture(page, name):
    """For people, where RIND_PICTURES names a folder."""
    if os.environ.get("RIND_PICTURES"):
        page.picture(Path(os.environ["RIND_PICTURES"]) / f"notices-{name}.png")


def as_mail(page, message, folder, name):
    """Opens the HTML of a mail on a phone and returns what of it a person reads; nothing sticks out."""
    _, html = parts(message)
    path = folder / f"{name}.html"
    path.write_text(html)
    page.size(390, 800, mobile=True)
    for scheme in ("light", "dark"):
        page.prefer(scheme)
        page.go(path.as_uri())
        # The width that was asked for: what sticks out makes the window's own grow.
        assert page.script("document.documentElement.scrollWidth") <= 390, f"{name} is wider than a phone"
        picture(page, f"mail-{name}-{scheme}")
    return page.text()


@pytest.fixture(scope="module")
def scene(site, resident, tmp_path_factory):
    """A critical project with a long name; its owner has a password, and the token that published it."""
    ada = resident("ada").register()
    folder = tmp_path_factory.mktemp("packages")
    token = site.rind("token", "issue", ada.name).stdout.strip()
    assert http.upload(site.upload_url, token, packages.wheel(folder, LONG, "1.0")).status == 200
    site.rind("critical", "designate", LONG)
    return ada


def test_a_mail_fits_a_phone_and_says_all(site, scene, tmp_path):
    ada = scene
    site.rind("giveaway", "create", "titan", "--sponsor", "Google", "--model", "Titan", "--keys", "10",
              "--countries", "AT,US", "--closes", "2999-01-01", "--order", "https://store.example.com/")
    codes = tmp_path / "codes.csv"
    codes.write_text("ONE-1\nTWO-2\n")
    site.rind("giveaway", "import-codes", codes, "--giveaway", "titan")
    site.rind("critical", "set", "--announce", "today", "--enforce", "today", "--notice", "30", "--spare")
    mail = ada.mail("please add two security keys, or one and printed recovery codes before")
    plain, html = parts(mail)
    for path in ("/security-key-giveaway/", f"/manage/project/{LONG}/security/"):
        assert f"\n{site.origin}{path}\n" in plain and f'href="{site.origin}{path}"' in html
    text = as_mail(ada.page, mail, tmp_path, "announced")
    assert "Questions? Ask rind@packages.example.org" in text and "add yours before" in text
    assert "From" in text and "the one with the identifier" in text


def test_the_banner_says_the_same(site, scene):
    ada = scene.sign_in()
    for width in (390, 1200):
        ada.page.size(width, 800, mobile=width < 500)
        ada.go("/manage/account/")
        banner = ada.page.text("#mandate")
        for words in ("It is critical", "Your account has none yet.", "add yours before", "Ask for some",
                      "Questions? Ask rind@packages.example.org"):
            assert words in banner, banner
        assert ada.page.script("document.documentElement.scrollWidth") <= width
        picture(ada.page, f"banner-announced-{width}")


def test_whoever_is_refused_is_led_to_the_factor_and_through_it_back(site, scene, tmp_path):
    ada = scene
    for token in parsed(site.rind("token", "list", ada.name, "--json").stdout):
        site.rind("token", "revoke", token["id"])
    site.rind("critical", "set", "--notice", "0", "--no-spare")
    site.later("UPDATE critical_demand SET binds_at = noticed_at")
    ada.sign_in()
    ada.go(SETTINGS)
    assert "at least a second factor" in ada.page.text("main")
    ada.page.submit("#archive")
    assert ada.path == FACTORS and "Your account has none." in ada.page.text("#mandate")
    picture(ada.page, "banner-refused")

    ada.plug("CTAP2")
    ada.allow_first_factor()
    ada.add_key()
    assert "it counts from" in ada.page.text("#mandate") and ada.page.has("#way-back")
    picture(ada.page, "banner-waiting")
    site.rind("user", "vouch", ada.name)
    ada.go("/manage/account/")
    ada.page.follow("#way-back")
    assert ada.path == SETTINGS and not ada.page.has("#mandate"), "nothing is left to say where it leads"

    # The session is one of before the key: it is shown in it, and that is all.
    ada.page.submit("#archive")
    assert ada.path == "/account/two-factor/" and "with less than your account has" in ada.page.text("main")
    picture(ada.page, "show-factor")
    ada.page.follow("#use-security-key")
    assert ada.path == SETTINGS
    ada.page.submit("#archive")
    ada.confirm()
    assert "It is archived" in ada.page.text("main"), ada.page.text("main")
