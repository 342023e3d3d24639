"""What people are told of critical projects, as they read it: mails on a phone, the banner, and the way back."""
import os
from pathlib import Path

import pytest

from support import http, packages
from support.browser import installed
from support.clients import program, run
from support.index import parsed
from support.mail import parts
from support.people import ACCOUNT, FACTORS, TOKENS

pytestmark = pytest.mark.skipif(not installed(), reason="there is no Chromium on this machine; `make test` installs it")

# One line and one button, with what is around them. A phone is 844 high.
BANNER = 96
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
    mail = ada.mail("please add a security key and a spare before")
    plain, html = parts(mail)
    for path in ("/security-key-giveaway/", f"/manage/project/{LONG}/security/delay/"):
        assert f"\n{site.origin}{path}\n" in plain and f'href="{site.origin}{path}"' in html
    text = as_mail(ada.page, mail, tmp_path, "announced")
    assert "Ask the people who run this index: rind@packages.example.org" in text and "counts three days after" in text
    # Where the button leads is to be read beside it.
    assert f"{site.origin}/manage/account/two-factor/" in text
    assert "From" in text and "the one with the identifier" in text


def banner(page):
    """What the banner says, unfolded."""
    page.script("document.querySelector('#mandate details').open = true")
    return page.text("#mandate")


def test_the_banner_says_the_same(site, scene):
    ada = scene.sign_in()
    for width in (390, 1200):
        ada.page.size(width, 800, mobile=width < 500)
        ada.go("/manage/account/")
        assert ada.page.text("#mandate .banner-line").startswith("More is asked from "), ada.page.text("#mandate")
        picture(ada.page, f"banner-announced-{width}")
        text = banner(ada.page)
        for words in ("It is critical", "Your account has none yet.", "add yours before", "Ask for some",
                      "Questions? Ask rind@packages.example.org"):
            assert words in text, text
        assert ada.page.script("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_banner_is_one_line_and_one_button(site, scene, scheme):
    """On a phone, and on the page that it leads to: what somebody came for is below it."""
    ada = scene
    ada.sign_in()
    ada.page.prefer(scheme)
    ada.page.size(390, 844, mobile=True)
    for path in (ACCOUNT, FACTORS, TOKENS, f"/manage/project/{LONG}/security/"):
        ada.go(path)
        height = ada.page.script("document.querySelector('#mandate').getBoundingClientRect().height")
        assert 0 < height <= BANNER, f"{path}: the banner is {height} px high in {scheme}"
        buttons = ada.page.script("document.querySelectorAll('#mandate > .button').length")
        assert buttons == (0 if path == FACTORS else 1), path
        assert ada.page.script("document.documentElement.scrollWidth") <= 390, path
        assert ada.page.contrast() >= 4.5, f"{path} in {scheme}"
        picture(ada.page, f"banner-{scheme}{path.replace('/', '-')}".rstrip("-"))
    ada.go(ACCOUNT)
    ada.page.follow("#to-factors")
    assert ada.path == FACTORS


def test_an_upload_is_answered_with_the_notice(site, scene, tmp_path):
    """As the real clients show it to those who ask them to say more."""
    ada = scene
    token = site.rind("token", "issue", ada.name).stdout.strip()
    wheel = packages.wheel(tmp_path / "2.0", LONG, "2.0")
    twine = run([program("twine"), "upload", "--verbose", "--disable-progress-bar", "--repository-url", site.upload_url,
                 "-u", "__token__", "-p", token, wheel], tmp_path)
    uv = run([program("uv"), "publish", "-vv", "--publish-url", site.upload_url, "--token", token, wheel], tmp_path)
    for outcome in (twine, uv):
        assert outcome, outcome.output
        assert outcome.shows("Notice: From ") and outcome.shows("takes a second factor, because it is critical")
        assert outcome.shows(f"{site.origin}{FACTORS}"), outcome.output


def test_whoever_is_refused_is_led_to_the_factor_and_through_it_back(site, scene, tmp_path):
    ada = scene
    for token in parsed(site.rind("token", "list", ada.name, "--json").stdout):
        site.rind("token", "revoke", token["id"])
    site.rind("critical", "set", "--notice", "0", "--no-spare")
    site.later("UPDATE critical_demand SET binds_at = noticed_at")
    ada.sign_in()
    ada.go(SETTINGS)
    assert "at least a second factor" in ada.page.text("main")
    ada.page.fill(reason="nothing more is to be expected")
    ada.page.submit("#archive")
    assert ada.path == FACTORS and "Your account has none." in banner(ada.page)
    assert ada.page.text("#mandate .banner-line").startswith("Publishing is refused: ")
    picture(ada.page, "banner-refused")

    ada.plug("CTAP2")
    ada.allow_first_factor()
    ada.add_key()
    # One message says what was done, from when it counts, and leads back; beside it is the one button that puts it off.
    assert ada.page.script("document.querySelectorAll('form.notice button').length") == 1
    boxes = "[...document.querySelectorAll('main .notice:not(form)')].filter(e => e.offsetHeight > 0).map(e => e.innerText)"
    [said] = ada.page.script(boxes)
    assert "The security key is added. It counts from" in said and f"/account/vouch/{ada.name}/" in said, said
    assert ada.page.has("#way-back")
    picture(ada.page, "enrolled-and-waiting")
    ada.go(ACCOUNT)
    assert "counts from" in ada.page.text("#mandate .banner-line")
    picture(ada.page, "banner-waiting")
    site.rind("user", "vouch", ada.name)
    ada.go("/manage/account/")
    ada.page.follow("#way-back")
    assert ada.path == SETTINGS and not ada.page.has("#mandate"), "nothing is left to say where it leads"

    # The session rests on the key that was added in it, which was touched a moment ago: nothing is asked again.
    # The project is critical, so archiving it is asked for.
    ada.page.fill(reason="It is finished.")
    ada.page.submit("#archive")
    assert "It is asked for." in ada.page.text("main"), ada.page.text("main")


def test_a_co_owner_finds_where_to_vouch_and_does_so_with_one_press(site, scene, resident, tmp_path):
    """The address that the waiting person passes on, and the button beside their name lead to the same page."""
    bob, eve = resident("bob").with_key(), resident("eve").with_key()
    site.rind("user", "vouch", bob.name)
    for person, role in ((bob, "owner"), (eve, "owner")):
        site.rind("project", "role", "add", LONG, person.name, role)
    security = f"/manage/project/{LONG}/security/"
    eve.sign_in()
    eve.go(FACTORS)
    address = eve.page.text("#vouch-address")
    assert address == f"{site.origin}/account/vouch/{eve.name}/"
    eve.go(security)
    assert not eve.page.has("a[href^='/account/vouch/']"), "nobody on probation vouches, and nobody for themselves"
    bob.sign_in()
    bob.go(security)
    assert bob.page.script("document.querySelectorAll('a[href^=\"/account/vouch/\"]').length") == 1
    picture(bob.page, "vouch-button")
    bob.page.follow(f"a[href='/account/vouch/{eve.name}/']")
    assert site.origin + bob.path == address
    bob.tired()
    bob.page.submit("form[action$='/probation/'] button")
    bob.confirm()
    assert "You have vouched for them" in bob.page.text("main")
    assert eve.mail("Your second factor counts now")
    bob.go(security)
    assert not bob.page.has("a[href^='/account/vouch/']"), "nothing waits any more"
