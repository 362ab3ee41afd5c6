"""An editor writes, a reviewer approves, the public reads, prints and takes a quiz on a phone in both languages."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pypdf import PdfReader
from tests.field.console import Console, Visit, chromium
from tests.field.test_console_pages import serious

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field
VIOLATIONS = {"resultTypes": ["violations"]}
CENTRE = "centre"
PHONE: ViewportSize = {"width": 390, "height": 844}


class Words(NamedTuple):
    """What the pages say in one language."""

    situation: str
    column: str
    begin: str
    go_on: str
    read: str
    result: str
    search: str


WORDS = {
    "en": Words(
        "The police or a court called me",
        "The police do not handle a case by phone",
        "Begin",
        "Continue",
        "I have read it. Continue",
        "Your result",
        "refund",
    ),
    "zh-hans": Words(
        "接到自称公检法的电话", "公检法不会在电话里办案", "开始", "下一步", "看完了，继续", "您的结果", "退款"
    ),
}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("teaching"), world="tests.field.teaching_world") as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def published(console: Console, browser: Browser) -> None:
    """The shipped set, taken over by an editor and approved by a reviewer."""
    with Visit(browser, console, "en") as visit:
        visit.sign_in(CENTRE, Role.EDITOR)
        visit.go("/education/set/")
        visit.page.get_by_role("button", name="Take over and submit for checking").click()
        expect(visit.page.get_by_text("items submitted")).to_be_visible()
    with Visit(browser, console, "en") as visit:
        visit.sign_in(CENTRE, Role.REVIEWER)
        visit.go("/education/set/")
        visit.page.fill("[name=checked]", "Read whole, compared with the law.")
        visit.page.get_by_role("button", name="Approve and publish all").click()
        expect(visit.page.get_by_text("items approved and published")).to_be_visible()


def is_too_wide(page: Page) -> list[str]:
    """Return whether a page must be pushed sideways on a small phone."""
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(PHONE)
    return [f"{page.url}: {width} pixels wide on 320"] if width > 320 else []


def follow(page: Page, role: str, name: str) -> None:
    """Press a link or a button, and wait for the page."""
    with page.expect_navigation():
        page.get_by_role("link" if role == "link" else "button", name=name, exact=True).click()


def answer_all(page: Page) -> None:
    """Choose the first option of every question."""
    for name in page.eval_on_selector_all("fieldset input", "nodes => [...new Set(nodes.map(node => node.name))]"):
        page.locator(f"input[name={name}]").first.check()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_somebody_finds_what_happened_reads_and_takes_the_quiz(
    console: Console, browser: Browser, language: str
) -> None:
    words, faults = WORDS[language], list[str]()
    with Visit(browser, console, language) as visit:
        page = visit.page
        page.set_viewport_size(PHONE)

        def look() -> None:
            faults.extend([*serious(page, VIOLATIONS), *is_too_wide(page)])

        visit.go(f"/learn/?language={language}")
        expect(page.get_by_role("heading", name=words.situation)).to_be_visible()
        look()
        follow(page, "link", words.column)
        assert page.locator("a[href='tel:110']").first.is_visible()
        look()
        visit.go(f"/learn/quiz-calls/?language={language}")
        follow(page, "link", words.begin)
        answer_all(page)
        look()
        follow(page, "button", words.go_on)
        look()
        follow(page, "button", words.read)
        answer_all(page)
        follow(page, "button", words.go_on)
        expect(page.get_by_role("heading", name=words.result)).to_be_visible()
        look()
        visit.go(f"/learn/?language={language}")
        page.fill("#q", words.search)
        with page.expect_navigation():
            page.press("#q", "Enter")
        assert page.locator(".links li").count() >= 2
        assert page.context.cookies() == []
        assert [*faults, *visit.complaints, *visit.strangers()] == []


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("slug", ["family-sheet", "shop-poster"])
def test_sheet_and_poster_print_on_one_page(
    console: Console, browser: Browser, tmp_path: Path, slug: str, language: str
) -> None:
    with Visit(browser, console, language) as visit:
        visit.go(f"/learn/{slug}/?language={language}")
        printed = tmp_path / "sheet.pdf"
        visit.page.pdf(path=printed, prefer_css_page_size=True)
    pages = PdfReader(printed).pages
    assert len(pages) == 1
    assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == pytest.approx((595, 842), abs=2)
    assert "110" in pages[0].extract_text() and "96110" in pages[0].extract_text()


@pytest.mark.usefixtures("published")
def test_without_scripts_the_quiz_works_too(console: Console, browser: Browser) -> None:
    with Visit(browser, console, "en", scripts=False) as visit:
        visit.go("/learn/quiz-messages/?language=en")
        follow(visit.page, "link", "Begin")
        for name in ("q0", "q1", "q2", "q3"):
            visit.page.locator(f"input[name={name}]").first.check()
        follow(visit.page, "button", "Continue")
        assert "refund" in visit.page.locator("article").inner_text()


@pytest.mark.usefixtures("published")
def test_an_editor_writes_a_reviewer_approves_the_public_reads_and_the_desk_shows_results(
    console: Console, browser: Browser
) -> None:
    with Visit(browser, console, "en") as visit:
        visit.sign_in(CENTRE, Role.EDITOR)
        visit.go("/education/new/")
        texts = {
            "title_zh": "一种新骗术",
            "title_en": "A new trick",
            "body_zh": "## 怎么办\n- 挂断电话。",
            "body_en": "## What to do\n- Hang up.",
        }
        for name, text in texts.items():
            visit.page.fill(f"[name={name}]", text)
        visit.page.fill("[name=slug]", "new-trick")
        visit.page.get_by_role("button", name="Save").click()
        expect(visit.page.get_by_role("heading", name="Reading level of version 1")).to_be_visible()
        faults = serious(visit.page, VIOLATIONS)
        visit.page.get_by_role("button", name="Submit for checking").click()
        expect(visit.page.get_by_text("Submitted. Another person checks it.")).to_be_visible()
    with Visit(browser, console, "en") as visit:
        visit.sign_in(CENTRE, Role.REVIEWER)
        visit.go("/")
        visit.page.get_by_text("A new trick").first.click()
        visit.page.get_by_role("link", name="Approve", exact=True).first.click()
        visit.page.fill("[name=checked]", "Content and law are right.")
        visit.page.locator("main form button.button-main").first.click()
        expect(visit.page.get_by_text("Approved; the editor publishes or tries it")).to_be_visible()
    with Visit(browser, console, "en") as visit:
        visit.sign_in(CENTRE, Role.EDITOR)
        visit.go("/")
        visit.page.get_by_text("A new trick").first.click()
        visit.page.get_by_role("link", name="Publish", exact=True).first.click()
        visit.page.locator("main form button.button-main").first.click()
        expect(visit.page.locator("main").get_by_text("Published").first).to_be_visible()
        visit.go("/learn/new-trick/?language=en")
        expect(visit.page.get_by_role("heading", name="A new trick")).to_be_visible()
        console.run(sys.executable, "-m", "tests.field.teaching_world", "quizzes")
        visit.go("/education/?kind=column")
        faults += serious(visit.page, VIOLATIONS)
        visit.page.get_by_role("link", name="The police do not handle a case by phone").click()
        expect(visit.page.get_by_text("n = 8").first).to_be_visible()
        faults += serious(visit.page, VIOLATIONS)
        assert faults == []
