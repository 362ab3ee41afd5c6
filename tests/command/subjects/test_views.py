"""A subject's page and the search: what is known and by whom, masked, and nothing that others keep for themselves."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World
from tests.command.subjects.factories import AT, NUMBER, finding_row, subject

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.models import OpinionRow, PoliceCase, Subject
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    return str(answer.content, "utf-8")


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as held:
        page(client, address)
    return len(held)


def said_by(world: World, name: str, level: Level, reason: str, marking: Marking = Marking.AMBER) -> OpinionRow:
    saying = OpinionDraft(level, reason=Words(reason, reason), marking=marking)
    (row,) = give_opinions([subject()], saying, world.viewer(name, Role.ANALYST), timezone.now())
    return row


def case(owner: Organization, **more: object) -> PoliceCase:
    made: PoliceCase = PoliceCase._base_manager.create(
        subject=subject(), owner=owner, reference="A5101-2026-0099", status="filed", at=AT, **more
    )
    return made


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("31 calls in an hour", "suspected")), ("zh-hans", ("一小时 31 通", "涉诈嫌疑", "公安已立案"))],
)
def test_what_is_known_is_told_masked_with_its_reasons(world: World, language: str, words: tuple[str, ...]) -> None:
    finding_row(world["carrier"])
    case(world["carrier"])
    said_by(world, "carrier", Level.SUSPECTED, "seen before")
    shown = page(world.client("carrier", Role.ANALYST, language=language), f"/subjects/{subject().ref}/")
    assert all(one in shown for one in (*words, "seen before", "A5101-2026-0099"))
    assert NUMBER[3:] not in shown


def test_reasons_with_numbers_are_for_investigators(world: World) -> None:
    finding_row(world["carrier"])
    shown = page(world.client("carrier", Role.CLERK), f"/subjects/{subject().ref}/")
    assert "31 calls" not in shown and "Draft an order" not in shown


def test_what_others_keep_for_themselves_does_not_show(world: World) -> None:
    finding_row(world["carrier"])
    finding_row(world["other_carrier"], detector="their-own")
    said_by(world, "bank", Level.SUSPECTED, "a secret of the bank")
    said_by(world, "centre", Level.WATCH, "for all to read", marking=Marking.GREEN)
    shown = page(world.client("carrier", Role.ANALYST), f"/subjects/{subject().ref}/")
    shown = re.sub(r"<select.*?</select>", "", shown, flags=re.S)  # with whom it may be shared
    assert "for all to read" in shown and "Example centre" in shown
    assert "their own" not in shown and "a secret of the bank" not in shown and "Example bank" not in shown
    above = page(world.client("administration", Role.ANALYST), f"/subjects/{subject().ref}/")
    assert "their own" in above and "a secret of the bank" in above


def test_who_knows_nothing_of_a_subject_finds_none(world: World) -> None:
    finding_row(world["carrier"])
    client = world.client("bank", Role.ANALYST)
    page(client, f"/subjects/{subject().ref}/", 404)
    assert "does not mean it is safe" in page(client, f"/search/?q={NUMBER[1:]}")
    assert client.post(f"/subjects/{subject().ref}/opinion/", {"level": "watch", "reason": "x"}).status_code == 404


def test_people_of_other_organizations_are_not_named(world: World) -> None:
    finding_row(world["carrier"])
    said_by(world, "bank", Level.SUSPECTED, "x", marking=Marking.GREEN)
    said_by(world, "carrier", Level.SUSPECTED, "y")
    shown = page(world.client("carrier", Role.ANALYST), f"/subjects/{subject().ref}/")
    assert "carrier analyst" in shown and "bank analyst" not in shown


def test_an_opinion_is_given_and_withdrawn_on_the_page(world: World) -> None:
    finding_row(world["carrier"])
    client = world.client("carrier", Role.ANALYST)
    address = f"/subjects/{subject().ref}/opinion/"
    assert client.post(address, {"level": "suspected"}).status_code == 422
    given = client.post(address, {"level": "suspected", "reason": "as the calls say", "days": "7"}, follow=True)
    assert "as the calls say" in str(given.content, "utf-8")
    row = OpinionRow._base_manager.get()
    assert row.until is not None and row.owner_id == world["carrier"].pk
    withdraw = f"/subjects/opinions/{row.opinion_id}/withdraw/"
    assert world.client("bank", Role.ANALYST).post(withdraw).status_code == 404
    assert "Opinion withdrawn" in str(client.post(withdraw, follow=True).content)
    assert "no longer valid" in str(client.post(withdraw, follow=True).content)
    assert world.client("carrier", Role.CLERK).post(address, {}).status_code == 403


def test_a_page_costs_the_same_however_much_is_known(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    campaign(world["carrier"], 3)
    campaign(world["carrier"], 30, first=100)
    for n in range(15):
        finding_row(world["carrier"], number(100), trigger=f"e{n}", score=0.5 + n / 100)
    one, other = (f"/subjects/{number(place).ref}/" for place in (0, 100))
    page(client, one)
    assert queries(client, one) == queries(client, other) <= 40


def test_findings_go_on_where_the_page_before_ended(world: World) -> None:
    for n in range(25):
        finding_row(world["carrier"], detector=f"detector{n:02d}", trigger=f"e{n}")
    client, address = world.client("carrier", Role.ANALYST), f"/subjects/{subject().ref}/"
    first = page(client, address)
    (cursor,) = re.findall(r'rel="next" href="\?([^"]+)"', first)
    second = page(client, f"{address}?{cursor.replace('&amp;', '&')}")
    seen = [set(re.findall(r'row-title">(detector\d+)', text)) for text in (first, second)]
    assert [len(one) for one in seen] == [20, 5] and not seen[0] & seen[1]
    page(client, f"{address}?cursor=nonsense")


def test_findings_stand_in_separate_lists_by_maturity(world: World) -> None:
    finding_row(world["carrier"], detector="older", found_at=AT - timedelta(days=1))
    finding_row(world["carrier"], detector="trial", mode="shadow")
    finding_row(world["carrier"], detector="early", mode="shadow", maturity="windows_not_full")
    finding_row(world["carrier"], detector="unproven", maturity="claimed_only")
    shown = page(world.client("carrier", Role.ANALYST), f"/subjects/{subject().ref}/")
    places = [shown.index(f"<h3>{title}") for title in ("Live", "In shadow", "Windows not full", "Claimed only")]
    detectors = [shown.index(f'row-title">{name}') for name in ("older", "trial", "early", "unproven")]
    assert sorted(places + detectors) == [place for pair in zip(places, detectors, strict=True) for place in pair]


def test_another_holder_is_another_subject(world: World) -> None:
    finding_row(world["carrier"])
    now = Subject._base_manager.create(
        kind="phone_number", value=NUMBER, thing=subject().thing, identity="x" * 32, holder_from=AT, created_at=AT
    )
    finding_row(world["carrier"], now)
    client = world.client("carrier", Role.ANALYST)
    assert now.ref in page(client, f"/subjects/{subject().ref}/")
    assert "holder since" in page(client, f"/subjects/{now.ref}/")


@pytest.mark.parametrize("written", ["+8617000001234", "17000001234", "170 0000 1234", "0086-170-0000-1234"])
def test_a_number_is_found_however_it_is_written(world: World, written: str) -> None:
    finding_row(world["carrier"])
    answer = world.client("carrier", Role.ANALYST).get("/search/", {"q": written})
    assert answer.status_code == 302 and answer["Location"] == f"/subjects/{subject().ref}/"


def test_the_list_shows_what_came_in_last_of_ones_own(world: World) -> None:
    for place in range(55):
        finding_row(world["carrier"], number(place))
    other = finding_row(world["bank"], number(99), marking=Marking.GREEN)
    client = world.client("carrier", Role.ANALYST)
    first = page(client, "/subjects/")
    (cursor,) = re.findall(r'rel="next" href="\?([^"]+)"', first)
    second = page(client, f"/subjects/?{cursor}")
    assert (first.count("data-row"), second.count("data-row")) == (50, 5)
    assert other.subject.ref not in first + second
    assert queries(client, "/subjects/?sort=latest") == queries(client, f"/subjects/?{cursor}")
    page(client, "/subjects/?cursor=nonsense")


def test_nobody_finds_anything_without_signing_in(world: World) -> None:
    assert Client().get("/search/?q=1")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_police_desk_pastes_lines_and_goes_on_with_them(world: World, language: str) -> None:
    finding_row(world["carrier"], marking=Marking.GREEN)
    client = world.client("police", Role.LIAISON, language=language)
    address = "/subjects/paste/"
    assert address in page(client, "/") and "table-wide" not in page(client, address)
    shown = str(client.post(address, {"lines": "170 0000 1234\nnonsense, this\n17000009999"}).content, "utf-8")
    assert subject().ref in shown and "nonsense, this" in shown
    (form,) = re.findall(r'<form[^>]*action="(/processes/open/police_case_number/[^"]+)"', shown)
    begun = client.post(form, {"prefill": "yes", "numbers": "+8617000001234\n+8617000009999"})
    assert begun.status_code == 200 and "+8617000009999" in str(begun.content, "utf-8")
    assert "errorlist" not in str(begun.content)


def test_other_desks_do_not_paste(world: World) -> None:
    for name, role in (("carrier", Role.LIAISON), ("police", Role.CLERK)):
        page(world.client(name, role), "/subjects/paste/", 403)


def test_a_subject_is_shared_with_a_question_and_taken_back(world: World) -> None:
    finding_row(world["carrier"])
    client, asked = world.client("carrier", Role.ANALYST), world.client("bank", Role.ANALYST)
    address = f"/subjects/{subject().ref}/share/"
    assert client.post(address, {"purpose": "x"}).status_code == 422
    body = {"receivers": [world["bank"].ref], "purpose": "a joint case", "question": "Is it yours?"}
    assert "Shared" in str(client.post(address, body, follow=True).content)
    assert "31 calls" in page(asked, f"/subjects/{subject().ref}/") and "Is it yours?" in page(asked, "/inbox/")
    (end,) = set(re.findall(r"/subjects/shares/\w+/end/", page(client, f"/subjects/{subject().ref}/")))
    assert asked.post(end).status_code == 404
    assert "Sharing has ended" in str(client.post(end, follow=True).content)
    page(asked, f"/subjects/{subject().ref}/", 404)
    assert "has ended" in str(client.post(end, follow=True).content)
    assert world.client("carrier", Role.CLERK).post(address, body).status_code == 403


def test_of_what_nobody_knows_a_first_opinion_can_be_given(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    shown = page(client, "/search/?q=170%200000%201234")
    assert "MVNO number" in shown and 'action="/subjects/opinion/"' in shown
    body = {"kind": "phone_number", "value": "170 0000 1234", "level": "suspected", "reason": "a caller told us"}
    given = client.post("/subjects/opinion/", body, follow=True)
    assert "a caller told us" in str(given.content) and Subject._base_manager.get().value == NUMBER
    for wrong in ({**body, "kind": "spaceship"}, {**body, "reason": ""}):
        assert client.post("/subjects/opinion/", wrong)["Location"] == "/subjects/"
    assert OpinionRow._base_manager.count() == 1
    assert 'action="/subjects/opinion/"' not in page(world.client("bank", Role.CLERK), "/search/?q=17000001234")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Proposed. A second person", "waits for a second person")),
        ("zh-hans", ("已提交，经第二人", "待第二人批准")),
    ],
)
def test_a_number_is_proposed_to_be_spared_on_its_page(
    world: World, home: Path, language: str, words: tuple[str, ...]
) -> None:
    finding_row(world["carrier"])
    client = world.client("carrier", Role.ANALYST, language=language)
    address, until = f"/subjects/{subject().ref}/spare/", timezone.localdate() + timedelta(days=30)
    body = {"ingress": "trunk", "trunk": "MSC-1", "owner": "示例医院", "proof": "合同 7", "until": until.isoformat()}
    for wrong in (
        {**body, "proof": ""},
        {**body, "trunk": ""},
        {**body, "until": "2020-01-01"},
        {**body, "until": "9999-12-31"},
    ):
        refused = client.post(address, wrong)
        assert refused.status_code == 422 and "fault-summary" in str(refused.content)
    shown = str(client.post(address, body, follow=True).content, "utf-8")
    assert all(one in shown for one in (*words, "示例医院")) and NUMBER[3:] not in shown
    again = str(client.post(address, body, follow=True).content, "utf-8")
    assert words[0] not in again
    reviewer = world.client("carrier", Role.REVIEWER)
    (job,) = set(re.findall(r'href="(/imports/\w+/)"', page(reviewer, f"/subjects/{subject().ref}/")))
    assert "in force now" in str(reviewer.post(f"{job}approve/", follow=True).content)
    assert "trunk MSC-1" in page(reviewer, f"/subjects/{subject().ref}/")


def test_who_keeps_no_list_is_offered_none(world: World) -> None:
    finding_row(world["bank"])
    finding_row(world["carrier"])
    assert "/spare/" not in page(world.client("bank", Role.ANALYST), f"/subjects/{subject().ref}/")
    assert "/spare/" in page(world.client("carrier", Role.CLERK), f"/subjects/{subject().ref}/")
    assert world.client("carrier", Role.EXECUTOR).post(f"/subjects/{subject().ref}/spare/").status_code == 403


def test_who_may_not_unmask_finds_the_treatment_without_a_link(world: World) -> None:
    finding_row(world["carrier"])
    clerk = world.client("carrier", Role.CLERK)
    assert "nothing on record that you may read" in page(clerk, f"/subjects/?q={NUMBER[1:]}")
    said_by(world, "carrier", Level.SUSPECTED, "seen before")
    shown = page(clerk, f"/subjects/?q={NUMBER[1:]}")
    assert "••0 1234" in shown and subject().ref not in shown
    assert "••0 1234" not in page(clerk, f"/subjects/?q={NUMBER[1:10]}")


def test_overseers_search_references_and_cases_but_no_values(world: World) -> None:
    finding_row(world["carrier"])
    case(world["carrier"])
    officer = world.client("carrier", Role.PRIVACY_OFFICER)
    assert "Your role cannot look up values" in page(officer, f"/subjects/?q={NUMBER[1:]}")
    assert officer.get(f"/subjects/?q={subject().ref}").status_code == 302
    assert officer.get("/subjects/?q=A5101-2026-0099").status_code == 302


def test_search_and_paste_above_the_budget_say_when_to_go_on(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text("[disclosure]\nvalues_per_hour = 2\nlisted_per_hour = 3\n")
    desk = world.client("police", Role.LIAISON)
    lines = "\n".join(f"170{place:04d}1234" for place in range(3))
    answer = desk.post("/subjects/paste/", {"lines": lines})
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
    assert "give a purpose to look up longer lists" in answer.content.decode()
    assert desk.post("/subjects/paste/", {"lines": lines, "purpose": "case A1"}).status_code == 200
    for place in range(3, 6):
        answer = desk.get(f"/subjects/?q=170{place:04d}1234")
    assert answer.status_code == 429
