"""The index behind TLS: the cookies that only TLS gets, and signing in with a passkey from the first page to the last."""
import pytest

from support import hardware
from support.browser import installed
from support.people import ACCOUNT, FACTORS, LOGIN, TOKENS, Site
from support.tls import Proxy

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)
if not hardware.installed():
    pytest.skip("there is no openssl on this machine", allow_module_level=True)


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    """A site that browsers reach by TLS only."""
    folder = tmp_path_factory.mktemp("secure-site")
    site = Site(folder)
    proxy = Proxy(folder / "tls", site.port)
    site.origin = f"https://localhost:{proxy.port}"
    site.options += ["--base-url", site.origin]
    yield site.start()
    site.stop()
    proxy.stop()


def test_everything_works_behind_tls_under_cookies_of_this_host_alone(someone, secure):
    ada = someone(at=secure)
    ada.page.call("Security.enable")
    ada.page.call("Security.setIgnoreCertificateErrors", ignore=True)
    ada.register()
    ada.sign_in()
    cookies = {c["name"]: c for c in ada.page.call("Network.getCookies", urls=[secure.origin])["cookies"]}
    assert set(cookies) == {"__Host-rind", "__Host-rind-known", "__Host-rind-name"}, cookies
    for cookie in cookies.values():
        assert cookie["secure"] and cookie["sameSite"] == "Lax" and cookie["path"] == "/", cookie
        # The name is for the script of public pages, and proves nothing.
        assert cookie["httpOnly"] == (cookie["name"] != "__Host-rind-name"), cookie
    assert cookies["__Host-rind"]["session"] and not cookies["__Host-rind-known"]["session"]
    ada.allow_first_factor()
    ada.key = ada.plug("platform passkey")
    ada.add_key()
    assert ada.path == FACTORS, ada.page.text("main")
    # With the password and the key, with the key alone, and once more for a token.
    ada.sign_in()
    ada.forget().go(LOGIN)
    ada.page.follow("#use-security-key")
    assert ada.path == ACCOUNT, ada.page.text("main")
    ada.tired()
    assert ada.make_token().startswith("rind-")
    # A page of the same index by another way is another origin.
    ada.go(TOKENS)
    assert ada.page.script("location.protocol") == "https:"
