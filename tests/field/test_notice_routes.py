"""A notice whose text does not arrive reaches its holder by the hotline, on a phone by its code, and by letter.

Each route is walked by the real pages. What proves the delivery stands with the notice; without proof there is none.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.field.console import Console, Visit, chromium
from tests.field.limits_told import NUMBERS

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field
DELIVERY = "form[action$='/delivered/']"
BY_HOTLINE, BY_CODE, BY_LETTER = NUMBERS


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("routes"), world="tests.field.limits_told") as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def clerk(console: Console, browser: Browser) -> Iterator[Visit]:
    with Visit(browser, console) as visit:
        yield visit.sign_in("carrier", Role.CLERK)
        assert visit.complaints == [] and visit.strangers() == []


def find(clerk: Visit, number: str) -> Page:
    """Find the notice of a number at the desk."""
    clerk.go("/notices/")
    clerk.page.fill("[name=query]", number)
    clerk.page.fill("[name=purpose]", "the holder asks for it")
    press(clerk.page, "form[action$='/find/'] button")
    expect(clerk.page.locator("h1")).to_have_text("Notice of a limit")
    return clerk.page


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


def record(page: Page, result: str, *, checked: str = "", note: str = "") -> None:
    """Record at the desk what was done."""
    page.select_option(f"{DELIVERY} [name=result]", result)
    page.select_option(f"{DELIVERY} [name=checked]", checked)
    page.fill(f"{DELIVERY} [name=note]", note)
    press(page, f"{DELIVERY} button")


def expect_proof(page: Page, *words: str) -> None:
    """Expect that the notice is delivered, that its proof stands there, and that nothing is left to record."""
    for text in words:
        expect(page.locator("section[aria-labelledby=attempts]")).to_contain_text(text)
    expect(page.locator("section[aria-label=Facts]")).to_contain_text("Delivered")
    expect(page.locator(DELIVERY)).to_have_count(0)


def test_the_hotline_reads_a_notice_out_after_a_check(clerk: Visit) -> None:
    page = find(clerk, BY_HOTLINE)
    expect(page.locator("section[aria-label=Facts]")).to_contain_text("Not delivered")
    record(page, "hotline")
    expect(page.locator(DELIVERY)).to_contain_text("Say by what the identity was checked.")
    clerk.complaints.clear()  # a form with a fault is answered with 422
    record(page, "hotline", checked="service_password", note="call recorded")
    expect_proof(page, "hotline: read out", "Service password of the number", "call recorded", "Example carrier")


def test_a_phone_on_the_wifi_of_a_shop_opens_a_notice_by_its_code(
    clerk: Visit, console: Console, browser: Browser
) -> None:
    page = find(clerk, BY_CODE)
    notice = clerk.path
    press(page, "form[action$='/print/'] button")
    code = page.locator("output").inner_text()
    with Visit(browser, console, scripts=False) as phone:
        phone.page.set_viewport_size({"width": 320, "height": 640})
        for proof, words in (("0000", "No notice has this code"), (BY_CODE[-4:], "What it is about")):
            phone.go("/appeal/")
            phone.page.fill("#code", code)
            phone.page.fill("#proof", proof)
            press(phone.page, "main form button")
            expect(phone.page.locator("main")).to_contain_text(words)
        assert phone.context.cookies() == [] and phone.strangers() == []
    clerk.go(notice)
    expect_proof(page, "opened by the notice code: read by the person")


def test_a_letter_delivers_a_notice_by_its_receipt(clerk: Visit) -> None:
    page = find(clerk, BY_LETTER)
    record(page, "letter_sent", note="letter 7 of today")
    expect(page.locator("section[aria-labelledby=attempts]")).to_contain_text("letter: sent")
    expect(page.locator("section[aria-label=Facts]")).to_contain_text("Not delivered")
    record(page, "letter")
    expect(page.locator(DELIVERY)).to_contain_text("Name the receipt of the letter.")
    clerk.complaints.clear()
    record(page, "letter", note="postal receipt XA 000 000 007")
    expect_proof(page, "letter: received, with its receipt", "postal receipt XA 000 000 007")
