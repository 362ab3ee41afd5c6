"""The queue and a campaign's page: what waits first, why, who may press what, and nothing of what others have."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.command.campaigns.bulk_runs import run_bulk
from fanzha.command.campaigns.models import BulkRun, Campaign, CampaignAction, CampaignState, Placement
from fanzha.command.campaigns.services import apply_transition
from fanzha.command.campaigns.transitions import CampaignTransition, TransitionKind
from fanzha.command.subjects.models import FindingRow
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db
QUEUE = "/campaigns/"


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    return str(answer.content, "utf-8")


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as held:
        page(client, address)
    return len(held)


def state(row: Campaign) -> str:
    return str(Campaign._base_manager.get(pk=row.pk).state)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("fake loan", "31 calls in an hour, 3 findings", "Take")),
        ("zh-hans", ("虚假贷款", "一小时 31 通，3 条线索", "领取")),
    ],
)
def test_a_row_says_why_in_words_and_numbers(world: World, language: str, words: tuple[str, ...]) -> None:
    campaign(world["carrier"])
    shown = page(world.client("carrier", Role.ANALYST, language=language), QUEUE)
    assert all(one in shown for one in words)
    assert "17000" not in shown


def test_who_does_not_decide_reads_and_presses_nothing(world: World) -> None:
    row = campaign(world["carrier"])
    client = world.client("carrier", Role.CLERK)
    for address in (QUEUE, f"/campaigns/{row.ref}/"):
        assert "/do/" not in page(client, address) and 'name="pick"' not in page(client, address)
    assert client.post(f"/campaigns/{row.ref}/do/", {"doing": "take"}).status_code == 403


@pytest.mark.parametrize("name", ["other_carrier", "bank", "far_carrier", "police"])
def test_campaigns_of_others_are_not_there(world: World, name: str) -> None:
    row, client = campaign(world["carrier"]), world.client(name, Role.ANALYST)
    assert row.ref not in page(client, QUEUE)
    page(client, f"/campaigns/{row.ref}/", 404)
    for address in (f"/campaigns/{row.ref}/do/", f"/campaigns/{row.ref}/move/"):
        assert client.post(address, {"doing": "take", "pick": number(0).ref}).status_code == 404
    client.post("/campaigns/bulk/", {"doing": "set_aside", "note": "x", "pick": row.ref, "confirmed": "yes"})
    assert state(row) == CampaignState.OPEN


def test_a_supervisor_looks_into_the_queues_below_but_presses_nothing_there(world: World) -> None:
    row = campaign(world["carrier"])
    named = campaign(world["carrier"], first=10, marking=Marking.RED)
    client = world.client("administration", Role.ANALYST)
    shown = page(client, f"{QUEUE}?owner={world['carrier'].ref}")
    assert row.ref in shown and named.ref not in shown and "/do/" not in shown
    assert row.ref not in page(client, QUEUE)
    assert "Next steps" not in page(client, f"/campaigns/{row.ref}/")
    page(client, f"/campaigns/{named.ref}/", 404)


def test_what_its_people_write_about_a_campaign_is_read_by_its_owner_alone(world: World) -> None:
    row = campaign(world["carrier"])
    analyst = world.viewer("carrier", Role.ANALYST)
    apply_transition({row.ref: None}, CampaignTransition(TransitionKind.TAKE), analyst)
    apply_transition({row.ref: None}, CampaignTransition(TransitionKind.PUT_BACK, "note of a colleague"), analyst)
    apply_transition({row.ref: None}, CampaignTransition(TransitionKind.CLEAR, "reason of a colleague"), analyst)
    Campaign._base_manager.filter(pk=row.pk).update(marking=Marking.GREEN.value)
    told = ("note of a colleague", "reason of a colleague")
    own = page(world.client("carrier", Role.ANALYST), f"/campaigns/{row.ref}/")
    assert all(one in own for one in told)
    other = page(world.client("bank", Role.ANALYST), f"/campaigns/{row.ref}/")
    assert not any(one in other for one in told)


def test_queue_and_campaign_show_what_is_on_trial_in_lists_of_their_own(world: World) -> None:
    row = campaign(world["carrier"], 2)
    campaign(world["carrier"], 2, first=10)
    FindingRow._base_manager.filter(subject__placements__campaign=row).update(maturity="windows_not_full")
    FindingRow._base_manager.filter(subject=number(1)).update(maturity="live")
    client = world.client("carrier", Role.ANALYST)
    assert page(client, f"/campaigns/{row.ref}/").count("<h2>Live: may be acted on</h2>") == 1
    assert "<h2>Windows not full" in page(client, f"/campaigns/{row.ref}/")
    FindingRow._base_manager.filter(subject=number(1)).update(maturity="shadow")
    shown = page(client, QUEUE)
    assert shown.index("<h2>Live") < shown.index("<h2>In shadow") < shown.index(row.ref)
    assert "<h2>In shadow" in page(client, "/")


def test_the_queue_costs_the_same_whatever_waits(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    campaign(world["carrier"])
    page(client, QUEUE)
    few = queries(client, QUEUE)
    for place in range(1, 20):
        campaign(world["carrier"], 2, first=place * 10)
    assert queries(client, QUEUE) == few


def test_a_campaign_costs_the_same_however_large_it_is(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    small, large = campaign(world["carrier"], 2), campaign(world["carrier"], 40, first=100)
    page(client, f"/campaigns/{small.ref}/")
    assert queries(client, f"/campaigns/{small.ref}/") == queries(client, f"/campaigns/{large.ref}/")


def test_one_press_takes_a_campaign_and_another_one_undoes_it(world: World) -> None:
    row, client = campaign(world["carrier"]), world.client("carrier", Role.ANALYST)
    pressed = client.post(f"/campaigns/{row.ref}/do/", {"doing": "take", "revision": "1"}, follow=True)
    shown = str(pressed.content, "utf-8")
    (undo,) = set(re.findall(r"/campaigns/undo/\w+/", shown))
    assert "1 campaign: taken" in shown
    assert "Undone" in str(client.post(undo, follow=True).content, "utf-8")
    assert Campaign._base_manager.get(pk=row.pk).assignee_id is None
    again = client.post(f"/campaigns/{row.ref}/do/", {"doing": "take", "revision": "1"}, follow=True)
    assert "was first: undone" in str(again.content, "utf-8")


def test_a_press_leads_back_to_where_it_was_made_on_this_site_alone(world: World) -> None:
    row, client = campaign(world["carrier"]), world.client("carrier", Role.ANALYST)
    address, take = f"/campaigns/{row.ref}/do/", {"doing": "take"}
    here = client.post(address, take, headers={"referer": "http://testserver/campaigns/?show=new"})
    assert here["Location"].endswith("/campaigns/?show=new")
    elsewhere = client.post(address, take, headers={"referer": "https://elsewhere.example/x"})
    assert elsewhere["Location"] == f"/campaigns/{row.ref}/"


def test_many_are_shown_before_they_are_decided(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    rows = [campaign(world["carrier"], first=place * 10) for place in range(3)]
    body = {"doing": "set_aside", "pick": [row.ref for row in rows], "note": "a test of the carrier"}
    shown = str(client.post("/campaigns/bulk/", body).content, "utf-8")
    assert "<b>9</b>" in shown and {state(row) for row in rows} == {CampaignState.OPEN}
    client.post("/campaigns/bulk/", body | {"confirmed": "yes"})
    assert {state(row) for row in rows} == {CampaignState.CLEARED}
    assert len(set(CampaignAction._base_manager.values_list("together", flat=True))) == 1


def test_many_are_merged_into_the_hottest(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    rows = [campaign(world["carrier"], first=place * 10) for place in range(3)]
    body = {"doing": "merge", "pick": [row.ref for row in rows], "confirmed": "yes"}
    client.post("/campaigns/bulk/", body)
    assert [state(row) for row in rows] == ["merged", "merged", "open"]
    assert Placement._base_manager.filter(campaign=rows[2]).count() == 9


def test_nothing_picked_is_told(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    assert "Select campaigns first" in str(client.post("/campaigns/bulk/", {"doing": "take"}, follow=True).content)


def test_subjects_are_split_off_by_hand(world: World) -> None:
    row, client = campaign(world["carrier"]), world.client("carrier", Role.ANALYST)
    answer = client.post(f"/campaigns/{row.ref}/move/", {"pick": number(0).ref, "revision": "1"}, follow=True)
    assert "Moved to" in str(answer.content) and Campaign._base_manager.count() == 2
    assert "placed by a person" in page(client, f"/campaigns/{Campaign._base_manager.latest('pk').ref}/")


def test_what_is_missing_is_told(world: World) -> None:
    row, client = campaign(world["carrier"]), world.client("carrier", Role.ANALYST)
    address = f"/campaigns/{row.ref}/do/"
    assert "say why" in str(client.post(address, {"doing": "set_aside"}, follow=True).content)
    assert "Something is missing" in str(client.post(address, {"doing": "dance"}, follow=True).content)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "show", ["waiting", "mine", "new", "late", "confirmed", "snoozed", "ordered", "set_aside", "x"]
)
def test_every_part_of_the_queue_has_its_page(world: World, show: str, language: str) -> None:
    campaign(world["carrier"])
    client = world.client("carrier", Role.ANALYST, language=language)
    page(client, f"{QUEUE}?show={show}&kind=fake_loan&made_up=no&cursor=nonsense")


def test_pages_go_on_where_the_one_before_ended(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    rows = [campaign(world["carrier"], 1, first=place * 10) for place in range(30)]
    first = page(client, QUEUE)
    (cursor,) = re.findall(r'rel="next" href="\?cursor=([^"]+)"', first)
    second = page(client, f"{QUEUE}?cursor={cursor}")
    there = [{row.ref for row in rows if row.ref in text} for text in (first, second)]
    assert len(there[0]) == 25 and len(there[1]) == 5 and not there[0] & there[1]


def test_victims_are_counted_and_not_listed(world: World) -> None:
    row = campaign(world["carrier"], victims=1)
    Placement._base_manager.filter(campaign=row, subject=number(0)).update(is_victim=True)
    shown = page(world.client("carrier", Role.ANALYST), f"/campaigns/{row.ref}/")
    assert number(0).ref not in shown and number(1).ref in shown and "1 person to warn" in shown


def test_the_places_lead_to_the_queue(world: World) -> None:
    assert reverse("campaign_queue") == QUEUE and QUEUE in page(world.client("carrier", Role.ANALYST), "/")


def test_all_that_match_are_previewed_and_done_or_looked_at_again(world: World) -> None:
    for first in (0, 10):
        campaign(world["carrier"], 1, first=first)
    client = world.client("carrier", Role.ANALYST)
    assert "Select all 2 that match" in page(client, QUEUE)
    told = {"doing": "take", "all": "yes", "filter": "show=waiting"}
    preview = client.post("/campaigns/bulk/", told).content.decode()
    (shown,) = re.findall(r'name="shown" value="([^"]+)"', preview)
    assert len(shown.split(",")) == 2 and 'name="pick"' not in preview
    campaign(world["carrier"], 1, first=20)
    assert 'name="shown"' in client.post("/campaigns/bulk/", {**told, "confirmed": "yes"}).content.decode()
    Campaign._base_manager.filter(ref=shown[:26]).update(revision=2)
    confirmed = {"doing": "take", "confirmed": "yes", "shown": shown}
    assert client.post("/campaigns/bulk/", confirmed).headers["Location"] == QUEUE
    assert Campaign._base_manager.exclude(assignee=None).values_list("ref", flat=True).get() == shown[29:55]
    assert "It has changed. Reload the page" in page(client, QUEUE)


def test_many_are_done_in_the_background_with_progress(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fanzha.command.campaigns.views.AT_ONCE", 1)
    for first in (0, 10):
        campaign(world["carrier"], 1, first=first)
    client = world.client("carrier", Role.ANALYST)
    refs = Campaign._base_manager.values_list("ref", flat=True)
    told = {"doing": "take", "confirmed": "yes", "shown": ",".join(f"{ref}:1" for ref in refs)}
    path = client.post("/campaigns/bulk/", told).headers["Location"]
    assert "0 of 2 campaigns" in page(client, path) and "It goes on when you leave" in page(client, path)
    run_bulk.call(path.split("/")[-2])
    assert "2 campaigns were changed." in page(client, path) and 'data-key="z"' in page(client, path)
    BulkRun._base_manager.update(state="failed", problem_en="no room on the disk")
    assert "It stopped: no room on the disk." in page(client, path)
    assert client.post(f"{path}retry/").headers["Location"] == path and "It goes on when you leave" in page(
        client, path
    )
    page(world.client("bank", Role.ANALYST), path, 404)
    client.post("/campaigns/bulk/", {**told, "doing": "merge"})
    assert "not done with all" in page(client, QUEUE)


def test_titles_that_differ_in_digits_alone_begin_with_the_reference(world: World) -> None:
    rows = [campaign(world["carrier"], 1, first=first) for first in (0, 10)]
    other = campaign(world["carrier"], 1, first=20, fraud_type="phishing")
    shown = page(world.client("carrier", Role.ANALYST), QUEUE)
    assert all(f">#{row.ref[-6:]} " in shown for row in rows) and f"#{other.ref[-6:]}" not in shown
