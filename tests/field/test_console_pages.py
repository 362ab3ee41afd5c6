"""Every page that a role can reach: no fault of access, nothing leaves the site, light and dark, 320 pixels wide."""

from collections.abc import Iterator
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
    ("police", Role.LIAISON),
]
#: What is no page, or ends the visit.
NO_PAGES = {"account_logout", "openapi", "process_file", "process_diagram", "review_sheet"}
MOST_PAGES = 60
#: Kinds of organisation with sorts of page that were looked at.
LOOKED_AT: set[tuple[str, str]] = set()


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
        pages = list(walked(visit, organization, faults))
        assert len(pages) > 5, faults
        assert visit.strangers() == []
        faults += visit.complaints
    assert not faults, "\n".join(faults)


def walked(visit: Visit, kind: str, faults: list[str]) -> Iterator[str]:
    """Follow the links of each page once a sort of page, and look at each."""
    waiting, known = ["/"], {"home"}
    while waiting and len(known) < MOST_PAGES:
        path = waiting.pop(0)
        status = visit.go(path)
        faults += [f"{path}: {fault}" for fault in ([] if status == 200 else [f"status {status}"])]
        faults += [f"{path}: {fault}" for fault in [*looked_at(visit.page, kind, sort_of(path)), *narrow(visit.page)]]
        yield path
        for link in visit.page.eval_on_selector_all("a[href^='/']", "all => all.map(a => a.getAttribute('href'))"):
            if (sort := sort_of(link)) and sort not in known:
                known.add(sort)
                waiting.append(link)


def sort_of(link: str) -> str:
    """Return the name of a link's page; "" for what is none."""
    try:
        name = resolve(link.partition("#")[0].partition("?")[0]).view_name
    except Resolver404:
        return ""
    return "" if name in NO_PAGES or link.startswith("/api/") else name


def looked_at(page: Page, kind: str, sort: str) -> list[str]:
    """Return what is wrong for readers of screens, light and dark: each sort of page once a kind, homes always."""
    if sort != "home" and (kind, sort) in LOOKED_AT:
        return []
    LOOKED_AT.add((kind, sort))
    faults = serious(page, {"resultTypes": ["violations"]})
    page.emulate_media(color_scheme="dark")
    dark: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
    faults += [f"dark: {fault}" for fault in serious(page, dark)]
    page.emulate_media(color_scheme="light")
    return faults


def narrow(page: Page) -> list[str]:
    """Return whether a page must be pushed sideways on a small phone."""
    page.set_viewport_size({"width": 320, "height": 640})
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 800})
    return [f"{wide} pixels wide on 320"] if wide > 320 else []


def serious(page: Page, options: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['target'][0]} {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]
