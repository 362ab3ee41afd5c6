"""A security key in a real browser: registered on a page, it signs one in; a forged or a removed one does not."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, CDPSession, expect
from tests.command.people import PASSWORD
from tests.field.console import Console, Visit, chromium

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field
#: A key to be plugged in, as the browser's maker lets tests have one (Chrome DevTools Protocol, domain WebAuthn).
PLUGGED_IN = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
ASKED = "/accounts/2fa/authenticate/"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("keys")) as made:
        made.address = f"http://localhost:{made.port}"  # keys are bound to names; browsers give none to an address
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


class Keys:
    """The keys of the person at a browser, one plugged in at a time."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._browser: CDPSession = visit.context.new_cdp_session(visit.page)
        self._browser.send("WebAuthn.enable")
        self._plugged_in = ""

    def plug_in(self, *credentials: dict[str, Any]) -> None:
        """Take out the key that is plugged in and plug in one that holds credentials."""
        if self._plugged_in:
            self._browser.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self._plugged_in})
        made = self._browser.send("WebAuthn.addVirtualAuthenticator", {"options": PLUGGED_IN})
        self._plugged_in = made["authenticatorId"]
        for one in credentials:
            call = {"authenticatorId": self._plugged_in, "credential": one}
            self._browser.send("WebAuthn.addCredential", call)

    def held(self) -> dict[str, Any]:
        """Return the one credential that the key holds."""
        (one,) = self._browser.send("WebAuthn.getCredentials", {"authenticatorId": self._plugged_in})["credentials"]
        return dict(one)

    def register(self, name: str) -> dict[str, Any]:
        """Register a new key on the person's page; return its credential."""
        self.plug_in()
        self._visit.go("/accounts/2fa/webauthn/add/")
        if "/reauthenticate/" in self._visit.path:
            self._visit.page.fill("[name=password]", PASSWORD)
            self._visit.page.press("[name=password]", "Enter")
        self._visit.page.fill("[name=name]", name)
        self._visit.page.click("#mfa_webauthn_add")
        self._visit.page.wait_for_url(lambda url: "/webauthn/add/" not in url)
        return self.held()


def sign_out(visit: Visit) -> None:
    visit.go("/")
    visit.page.click("summary:has(.person-name)")
    visit.page.get_by_role("button", name="Sign out").click()
    visit.page.wait_for_url("**/accounts/login/**")


def press(visit: Visit) -> None:
    """Press "use a security key" and wait for the page that the site answers with."""
    with visit.page.expect_navigation():
        visit.page.click("#mfa_webauthn_authenticate")


def ask_for(visit: Visit, credential: dict[str, Any]) -> None:
    """Let the page ask the browser for a credential that the site did not name, as an attacker's page would."""
    asked = json.loads(visit.page.text_content("#js_data") or "")
    asked["request_options"]["publicKey"]["allowCredentials"][0]["id"] = url_safe(credential["credentialId"])
    visit.page.eval_on_selector("#js_data", "(one, text) => { one.textContent = text }", json.dumps(asked))


def url_safe(encoded: str) -> str:
    return base64.urlsafe_b64encode(base64.b64decode(encoded)).decode().rstrip("=")


def forged(credential: dict[str, Any]) -> dict[str, Any]:
    """A key that says to be another: its name, without its secret."""
    secret = generate_private_key(SECP256R1()).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return {**credential, "privateKey": base64.b64encode(secret).decode()}


def test_a_registered_key_signs_in_and_a_forged_one_does_not(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        keys = Keys(visit)
        visit.sign_in("carrier", Role.REVIEWER)
        held = keys.register("Office key")
        visit.go("/accounts/2fa/webauthn/")
        expect(visit.page.locator("main")).to_contain_text("Office key")
        sign_out(visit)
        visit.sign_in("carrier", Role.REVIEWER)
        visit.go("/")
        assert visit.path == ASKED, "the pass phrase alone does not do"
        keys.plug_in(forged(held))
        press(visit)
        assert visit.path == ASKED
        expect(visit.page.locator("main")).to_contain_text("Incorrect code")
        keys.plug_in(held)
        press(visit)
        assert visit.path == "/"
        assert visit.complaints == [] and visit.strangers() == []


def test_a_removed_key_signs_in_no_more_and_the_other_does(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        keys = Keys(visit)
        visit.sign_in("carrier", Role.ANALYST)
        lost, kept = keys.register("Lost key"), keys.register("Kept key")
        visit.go("/accounts/2fa/webauthn/")
        visit.page.locator("tr:has-text('Lost key') a:has-text('Remove')").click()
        visit.page.click("main button.button-harm")
        visit.page.wait_for_url(lambda url: "/remove/" not in url)
        sign_out(visit)
        visit.sign_in("carrier", Role.ANALYST)
        keys.plug_in(lost)
        ask_for(visit, lost)
        press(visit)
        assert visit.path == ASKED
        keys.plug_in(kept)
        press(visit)
        assert visit.path == "/"
