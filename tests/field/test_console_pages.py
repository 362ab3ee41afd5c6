"""Every page that a role can reach: no fault of access, nothing leaves the site, light and dark, phone to wall."""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page
from tests.field.console import LOCALES, Console, Visit, chromium

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field
DESKS = [
    *(("carrier", role) for role in Role),
    *(("centre", role) for role in (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER)),
    ("administration", Role.ANALYST),
    ("ministry", Role.ANALYST),
    ("bank", Role.ANALYST),
    ("police", Role.LIAISON),
]
#: What is no page, or ends the visit.
NO_PAGES = {
    "account_logout",
    "capture_evidence",
    "capture_screenshots",
    "learn_feed",
    "openapi",
    "process_diagram",
    "process_file",
    "public_bulletin_feed",
    "review_sheet",
}
MOST_PAGES = 60
#: Kinds of organisation with sorts of page that were looked at.
LOOKED_AT: set[tuple[str, str]] = set()
#: Sorts of page and languages that were tried in all widths; homes by kind of organisation.
TRIED: set[tuple[str, str, str]] = set()
#: Paths that a desk reached in one language; in the next one only sorts of page are opened that nobody saw in it yet.
REACHED: dict[tuple[str, Role], list[str]] = {}
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
SMALLEST, WIDTHS = 320, (320, 390, 1440, 1920)
#: Lists what is wider than the page, and texts that are cut off without a tooltip with the whole text.
OVERFLOWING = """() => {
  const faults = [], width = document.documentElement.clientWidth, wide = document.documentElement.scrollWidth;
  if (wide > width) faults.push(`${wide} pixels wide`);
  for (const part of document.querySelectorAll("main *, header *, nav *")) {
    if (part.scrollWidth <= part.clientWidth + 1 || part.clientWidth < 8 || !part.checkVisibility()) continue;
    const style = getComputedStyle(part);
    const cuts = ["hidden", "clip"].includes(style.overflowX) && part.textContent.trim();
    const spills = style.overflowX === "visible" && style.display !== "inline" && part.children.length === 0
      && part.textContent.trim() && !part.closest("svg");
    if ((cuts || spills) && !part.closest("[title], .visually-hidden"))
      faults.push(`${cuts ? "cut off" : "spills"}: <${part.localName} class="${part.getAttribute("class")}"> `
        + part.textContent.trim().slice(0, 60));
  }
  return faults.slice(0, 5);
}"""


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("console")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(("organization", "role"), DESKS, ids=str)
def test_every_page_that_a_desk_reaches(
    console: Console, browser: Browser, organization: str, role: Role, language: str
) -> None:
    faults: list[str] = []
    with Visit(browser, console, language) as visit:
        visit.sign_in(organization, role)
        assert visit.path == "/", visit.page.inner_text("main")
        known = REACHED.get((organization, role))
        pages = reopened(visit, organization, known, faults) if known else list(walked(visit, organization, faults))
        REACHED[organization, role] = pages
        assert len(pages) > 5, faults
        assert visit.strangers() == []
        faults += visit.complaints
    assert not faults, "\n".join(faults)


def walked(visit: Visit, kind: str, faults: list[str]) -> Iterator[str]:
    """Follow the links of each page once a sort of page; what was not looked at yet is opened in the browser."""
    waiting, known = ["/"], {"home"}
    while waiting and len(known) < MOST_PAGES:
        path = waiting.pop(0)
        answer = visit.context.request.get(f"{visit.console.address}{path}")
        faults += [f"{path}: {fault}" for fault in ([] if answer.status == 200 else [f"status {answer.status}"])]
        faults += [f"{path}: {fault}" for fault in seen(visit, kind, sort_of(path), path)]
        yield path
        for link in LINK.findall(answer.text()):
            if (sort := sort_of(unescape(link))) and sort not in known:
                known.add(sort)
                waiting.append(unescape(link))


def reopened(visit: Visit, kind: str, paths: list[str], faults: list[str]) -> list[str]:
    """Open the pages that a desk reached in another language, unless such a page was looked at in this one."""
    for path in paths:
        if path == "/" or ("", sort_of(path), visit.language) not in TRIED:
            faults += [f"{path}: {fault}" for fault in seen(visit, kind, sort_of(path), path)]
    return paths


def seen(visit: Visit, kind: str, sort: str, path: str) -> list[str]:
    """Return what is wrong with a page in the browser: homes always, others once a kind and once a language."""
    is_home, tried = sort == "home", (kind if sort == "home" else "", sort, visit.language)
    if not is_home and (kind, sort) in LOOKED_AT and tried in TRIED:
        return []
    visit.go(path)
    faults = looked_at(visit.page, kind, sort)
    widths = [SMALLEST] if tried in TRIED else WIDTHS
    TRIED.add(tried)
    return [*faults, *overflowing(visit.page, widths)]


def sort_of(link: str) -> str:
    """Return the name of a link's page; "" for what is none."""
    try:
        name = resolve(link.partition("#")[0].partition("?")[0]).view_name
    except Resolver404:
        return ""
    return "" if name in NO_PAGES or link.startswith("/api/") else name


def looked_at(page: Page, kind: str, sort: str) -> list[str]:
    """Return what is wrong for readers of screens: each sort of page once a kind, in the dark once; homes always."""
    if sort != "home" and (kind, sort) in LOOKED_AT:
        return []
    is_new = sort == "home" or sort not in {name for _, name in LOOKED_AT}
    LOOKED_AT.add((kind, sort))
    faults = serious(page, {"resultTypes": ["violations"]})
    if not is_new:
        return faults
    page.emulate_media(color_scheme="dark")
    dark: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
    faults += [f"dark: {fault}" for fault in serious(page, dark)]
    page.emulate_media(color_scheme="light")
    return faults


def overflowing(page: Page, widths: Sequence[int]) -> list[str]:
    """Return in which widths a page must be pushed sideways or cuts text off."""
    faults = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        faults += [f"{fault} on {width}" for fault in page.evaluate(OVERFLOWING)]
    page.set_viewport_size({"width": 1280, "height": 800})
    return faults


def narrow(page: Page) -> list[str]:
    """Return whether a page must be pushed sideways on a small phone."""
    return [fault for fault in overflowing(page, [SMALLEST]) if "pixels wide" in fault]


def serious(page: Page, options: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['target'][0]} {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]
