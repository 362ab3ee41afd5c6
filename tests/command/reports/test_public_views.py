"""Anybody reports without login, cookie or script, in few presses, and follows by the receipt code."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.reports.reports_made import REPORTED, checked
from tests.command.web.test_screenshots import SECRET, png

from fanzha.command.processes.services import fire
from fanzha.command.reports.models import Report
from fanzha.command.reports.proof_of_work import solve
from fanzha.command.reports.receipts import make_receipt
from fanzha.command.reports.screenshot_store import read_screenshot
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home", "world")]


def client(language: str = "en") -> Client:
    return Client(enforce_csrf_checks=True, headers={"accept-language": language})


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def walk(browser: Client, category: str = "call", paid: str = "no", **typed: object) -> str:
    """Answer the questions as a browser without scripts does; return the page after the last."""
    page = browser.get("/report/new/", {"paid": paid, "category": category}).content.decode()
    for names in (("thing",), ("text",), ("contact", "happened", "loss", "screenshot", "solution")):
        sent = hidden(page) | {name: typed[name] for name in names if name in typed}
        page = browser.post("/report/new/", sent).content.decode()
    return page


def code_in(page: str) -> str:
    found = re.search(r"<output>([^<]+)</output>", page)
    assert found, page
    return found[1]


def only_report() -> Report:
    with unscoped("test"):
        return Report.objects.get()


def test_the_first_question_is_whether_money_was_paid() -> None:
    browser = client()
    page = browser.get("/report/").content.decode()
    assert "/report/?paid=yes" in page
    paid = browser.get("/report/", {"paid": "yes"}).content.decode()
    assert 'href="tel:110"' in paid and 'href="tel:96110"' in paid


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_report_is_sent_without_script_and_cookie(language: str) -> None:
    browser = client(language)
    page = walk(browser, thing=REPORTED, text="They wanted a code", contact="+8617000000088")
    report = only_report()
    assert code_in(page)
    assert (report.value, report.text, report.contact) == (REPORTED, "They wanted a code", "+8617000000088")
    assert (report.is_worked, report.grade, report.channel) == (False, "fraud", "web")


@pytest.mark.parametrize(("paid", "loss"), [("yes", 6000), ("no", None)])
def test_who_has_paid_says_how_much(paid: str, loss: int | None) -> None:
    walk(client(), paid=paid, thing=REPORTED, text="they said they were the police", loss="6000")
    assert only_report().loss == loss


def test_a_solved_form_is_worked() -> None:
    browser = client()
    page = browser.get("/report/new/", {"paid": "yes", "category": "call"}).content.decode()
    for name, value in (("thing", REPORTED), ("text", "")):
        page = browser.post("/report/new/", hidden(page) | {name: value}).content.decode()
    sent = hidden(page)
    sent["solution"] = solve(sent["challenge"], 14)
    browser.post("/report/new/", sent)
    assert (only_report().is_worked, only_report().grade) == (True, "paid")


def test_the_same_form_sent_twice_is_one_report() -> None:
    browser = client()
    page = browser.get("/report/new/", {"category": "call"}).content.decode()
    page = browser.post("/report/new/", hidden(page) | {"thing": REPORTED}).content.decode()
    page = browser.post("/report/new/", hidden(page) | {"text": ""}).content.decode()
    codes = {code_in(browser.post("/report/new/", hidden(page)).content.decode()) for _ in range(2)}
    assert len(codes) == 1 and only_report()


def test_going_back_and_sending_again_makes_no_second_report() -> None:
    browser = client()
    first = browser.get("/report/new/", {"category": "call"}).content.decode()
    second = browser.post("/report/new/", hidden(first) | {"thing": REPORTED}).content.decode()
    codes = set()
    for text in ("They wanted a code", "They wanted a code and money"):
        third = browser.post("/report/new/", hidden(second) | {"text": text}).content.decode()
        page = browser.post("/report/new/", hidden(third)).content.decode()
        codes.add(code_in(page))
        assert ("You have sent this form before" in page) == ("money" in text)
    assert len(codes) == 1 and only_report().text == "They wanted a code"


def test_the_receipt_shows_what_was_sent_and_offers_the_other_numbers_of_the_text() -> None:
    browser, text = client(), "He said: call 170 0000 0099, or open http://refund.example/a"
    page = walk(browser, thing=REPORTED, text=text, contact="+8617000000088", paid="yes")
    assert "What you sent" in page and "He said: call" in page and REPORTED[3:] not in page
    assert 'name="paid" value="yes"' not in page  # money was paid once
    assert "Report refund.example, too" in page and "Report +86 17•• ••0 0099, too" in page
    shown = browser.post("/report/follow/", {"code": code_in(page)}).content.decode()
    assert "He said: call" in shown and "17000000099" not in shown and "00000088" not in shown


def test_another_number_is_reported_with_the_text_kept() -> None:
    browser, text = client(), "He said: call 170 0000 0099"
    walk(browser, thing=REPORTED, text=text)
    page = browser.post("/report/new/", {"paid": "yes", "text": text, "language": "en"}).content.decode()
    assert 'name="category" value="link"' in page
    page = browser.post("/report/new/", hidden(page) | {"category": "link"}).content.decode()
    page = browser.post("/report/new/", hidden(page) | {"thing": "refund.example"}).content.decode()
    assert text in page
    page = browser.post("/report/new/", hidden(page) | {"text": text}).content.decode()
    assert "Your report was received" in browser.post("/report/new/", hidden(page)).content.decode()
    with unscoped("test"):
        assert set(Report.objects.values_list("value", "text")) == {(REPORTED, text), ("refund.example", text)}


def test_when_it_happened_is_asked_and_shown_and_what_was_typed_stays() -> None:
    browser = client()
    page = browser.get("/report/new/", {"category": "call"}).content.decode()
    page = browser.post("/report/new/", hidden(page) | {"thing": REPORTED}).content.decode()
    page = browser.post("/report/new/", hidden(page) | {"text": ""}).content.decode()
    wrong = browser.post("/report/new/", hidden(page) | {"happened": "2999-01-01T08:00", "contact": "17000000088"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "in the future" in page and 'value="2999-01-01T08:00"' in page and 'value="17000000088"' in page
    page = browser.post("/report/new/", hidden(page) | {"happened": "2026-03-01T08:30"}).content.decode()
    at = only_report().happened_at
    assert at is not None and at.isoformat() == "2026-03-01T00:30:00+00:00"
    assert "1 Mar 2026, 08:30" in page


def test_an_empty_report_is_asked_for_something() -> None:
    assert 'role="alert"' in walk(client())
    with unscoped("test"):
        assert not Report.objects.exists()


def send_picture(picture: bytes, *, solved: bool) -> str:
    browser = client()
    page = browser.get("/report/new/", {"category": "call"}).content.decode()
    for name in ("thing", "text"):
        page = browser.post("/report/new/", hidden(page) | {name: "See the picture"}).content.decode()
    sent: dict[str, object] = {**hidden(page), "screenshot": SimpleUploadedFile("a.png", picture)}
    sent["solution"] = solve(str(sent["challenge"]), 14) if solved else ""
    return browser.post("/report/new/", sent).content.decode()


def test_a_screenshot_is_stripped_before_it_is_stored() -> None:
    send_picture(png(), solved=True)
    (name,) = only_report().screenshots
    stored = read_screenshot(name)
    assert stored is not None and SECRET not in stored


def test_a_screenshot_needs_a_proof_of_work() -> None:
    page = send_picture(png(), solved=False)
    assert "<output>" in page and "The picture was not taken" in page
    assert only_report().screenshots == []


def test_what_is_no_picture_is_refused_with_the_reason() -> None:
    page = send_picture(b"MZ", solved=True)
    assert "JPEG" in page and 'role="alert"' in page


def test_a_page_without_a_challenge_of_this_site_stores_nothing() -> None:
    answer = client().post("/report/new/", {"category": "call", "step": "send", "thing": REPORTED, "challenge": "x"})
    assert answer.status_code == 422
    with unscoped("test"):
        assert not Report.objects.exists()


def test_the_language_of_a_link_is_kept() -> None:
    browser = client("zh-hans")
    assert "Did you pay" in browser.get("/report/", {"language": "en"}).content.decode()
    assert "Did you pay" in browser.get("/report/").content.decode()


def test_what_a_page_holds_comes_from_this_site_alone() -> None:
    answer = client().get("/report/new/", {"category": "call"})
    assert not re.findall(r'(?:src|href|action)="https?://', answer.content.decode())
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_a_web_view_of_a_mini_program_needs_no_second_window_and_no_cookie() -> None:
    agent = "Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0.49 miniProgram/wx0123456789"
    browser = Client(enforce_csrf_checks=True, headers={"user-agent": agent})
    pages = [browser.get("/report/", {"paid": "yes"}), browser.get("/report/new/", {"category": "call"})]
    for name in ("thing", "text", "contact"):
        sent = hidden(pages[-1].content.decode()) | {name: REPORTED}
        browser.cookies.clear()
        pages.append(browser.post("/report/new/", sent))
    page = "".join(answer.content.decode() for answer in pages)
    assert code_in(page) and "target=" not in page and "window.open" not in page
    assert set(browser.cookies) <= {"fanzha_language"}


def test_without_an_organisation_that_receives_nothing_is_asked(world: World) -> None:
    world["centre"].is_active = False
    world["centre"].save()
    assert client().get("/report/").status_code == 503
    assert client().get("/report/new/").status_code == 503


def test_the_reporter_follows_adds_and_objects(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text("[reports]\ncall_back_share = 0\n")
    browser = client()
    code = code_in(walk(browser, thing=REPORTED))
    process = checked(world)
    with unscoped("test"):
        Report.objects.update(process=process.ref, state="opened")
    added = browser.post("/report/follow/", {"code": code.lower(), "facts": "They called again"}).content.decode()
    assert 'role="status"' in added and 'name="reply"' not in added
    fire(process.ref, "ask_reporter", actor(world, "centre", Role.ANALYST), {"question": "Which bank did they name?"})
    asked = browser.post("/report/follow/", {"code": code}).content.decode()
    assert "Which bank did they name?" in asked
    nothing = browser.post("/report/follow/", {"code": code, "facts": "", "screenshot": ""})
    assert nothing.status_code == 422 and "Write something, or choose a picture" in nothing.content.decode()
    picture = SimpleUploadedFile("a.png", png())
    shown = browser.post("/report/follow/", {"code": code, "screenshot": picture}).content.decode()
    assert "Your picture was added" in shown and "1 picture" in shown
    wrong = browser.post("/report/follow/", {"code": code, "screenshot": SimpleUploadedFile("a.png", b"MZ")})
    assert wrong.status_code == 422 and "JPEG" in wrong.content.decode()
    (name,) = only_report().screenshots
    assert (read_screenshot(name) or b"").startswith(b"\x89PNG") and SECRET not in (read_screenshot(name) or SECRET)
    replied = browser.post("/report/follow/", {"code": code, "reply": "None"}).content.decode()
    assert "Your answer was sent" in replied and "Which bank did they name?" not in replied
    evidence = {"outcome": "confirmed", "answer": "The number was limited."}
    fire(process.ref, "answer", actor(world, "centre", Role.CLERK), evidence)
    page = browser.post("/report/follow/", {"code": code}).content.decode()
    assert "The number was limited." in page
    reopened = browser.post("/report/follow/", {"code": code, "objection": "It still calls"}).content.decode()
    assert 'role="status"' in reopened
    assert browser.post("/report/follow/", {"code": code, "objection": "Again"}).status_code == 422


@pytest.mark.parametrize("code", ["", "7K3M", "0000-0000-0000-0000"])
def test_a_code_that_nobody_has_tells_nothing(code: str) -> None:
    assert client().post("/report/follow/", {"code": code}).status_code == 422


def test_codes_cannot_be_tried_out() -> None:
    browser = client()
    code = make_receipt("nobody's form")
    answers = [browser.post("/report/follow/", {"code": code}).status_code for _ in range(32)]
    assert (answers[0], answers[-1]) == (422, 429)


def test_the_own_code_may_be_looked_at_often() -> None:
    browser = client()
    code = code_in(walk(browser, thing=REPORTED))
    assert {browser.post("/report/follow/", {"code": code}).status_code for _ in range(32)} == {200}
