"""A clerk finds a notice, hands it over, and takes an appeal in; who it is about is never decided at the counter."""

from typing import Any

import pytest
from tests.command.notices.limits_made import NUMBER, code_of, decide, limited, notice_of, settle
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.notices.models import LimitAppeal, LimitNotice, NoticeDelivery
from fanzha.command.notices.selectors import count_to_deliver, find_unnotified
from fanzha.command.organizations.models import DisclosedValue
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = pytest.mark.usefixtures("home", "in_english")


@pytest.fixture
def notice(world: World) -> LimitNotice:
    return limited(world)


def shop(world: World) -> Any:
    return world.client("carrier", Role.CLERK)


def find(client: Any, query: str) -> Any:
    return client.post("/limit-notices/find/", {"query": query, "purpose": "came to the shop"})


def test_a_clerk_of_the_carrier_finds_it_by_code_or_number_and_others_do_not(world: World, notice: LimitNotice) -> None:
    client = shop(world)
    assert find(client, code_of(notice)).headers["Location"] == f"/limit-notices/{notice.ref}/"
    with unscoped("test"):
        assert not DisclosedValue.objects.exists()
    assert find(client, NUMBER).headers["Location"] == f"/limit-notices/{notice.ref}/"
    with unscoped("test"):
        assert DisclosedValue.objects.exists()  # looking a number up is charged and logged
    stranger = world.client("other_carrier", Role.CLERK)
    assert find(stranger, code_of(notice)).status_code == 422
    assert find(stranger, NUMBER).status_code == 422
    assert stranger.get(f"/limit-notices/{notice.ref}/").status_code == 404


def test_handing_over_is_proven_by_how_the_identity_was_checked(world: World, notice: LimitNotice) -> None:
    client, path = shop(world), f"/limit-notices/{notice.ref}/delivered/"
    assert client.post(path, {"result": "shop"}).status_code == 422
    assert client.post(path, {"result": "no_answer"}).status_code == 302
    assert notice_of(notice.instance).delivered_at is None
    assert client.post(path, {"result": "shop", "checked": "identity_card", "note": "slip 12"}).status_code == 302
    assert notice_of(notice.instance).state == "delivered"
    last = NoticeDelivery.objects.order_by("-pk")[0]
    assert (last.outcome, last.checked) == ("handed_over", "identity_card")
    assert last.organization == world["carrier"] and last.actor
    shown = client.get(f"/limit-notices/{notice.ref}/").content.decode()
    assert "Identity card seen" in shown and "slip 12" in shown


def test_a_clerk_prints_the_code_and_a_new_one_ends_the_old(world: World, notice: LimitNotice) -> None:
    client, path = shop(world), f"/limit-notices/{notice.ref}/print/"
    page = client.post(path).content.decode()
    assert code_of(notice) in page and "http://testserver/appeal/" in page and "the last four characters" in page
    assert "<h1>Calls from your number are refused</h1>" in page and "data-relative" not in page.partition("<main")[2]
    again = client.post(path, {"replaces": "yes"}).content.decode()
    assert code_of(notice) not in again and code_of(notice_of(notice.instance)) in again


def test_a_supervisor_reads_a_notice_but_its_code_is_not_for_it(world: World, notice: LimitNotice) -> None:
    client, path = world.client("administration", Role.CLERK), f"/limit-notices/{notice.ref}/"
    shown = client.get(path)
    assert shown.status_code == 200 and "print/" not in shown.content.decode()
    assert client.post(f"{path}print/").status_code == 404
    delivery = {"result": "shop", "checked": "identity_card"}
    assert client.post(f"{path}delivered/", delivery).status_code == 404


def test_an_appeal_is_taken_in_at_the_shop_and_decided_elsewhere(world: World, notice: LimitNotice) -> None:
    client, path = shop(world), f"/limit-notices/{notice.ref}/appeal/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"channel": "shop", "text": "a courier"}).status_code == 422
    answer = client.post(path, {"channel": "shop", "checked": "identity_card", "text": "a courier"})
    assert answer.status_code == 200 and answer.context["receipt"] in answer.content.decode()
    appeal = LimitAppeal.objects.select_related("instance").get()
    assert (appeal.channel, appeal.instance.state) == ("shop", "heard") and appeal.filer
    assert notice_of(notice.instance).state == "delivered"
    again = client.post(path, {"channel": "shop", "checked": "identity_card", "text": "a courier"})
    assert again.status_code == 422
    listed = world.client("centre", Role.REVIEWER).get("/appeals/").content.decode()
    assert "Appeal for a target" in listed
    decide(world, appeal.instance)
    assert "No appeal is being heard" in world.client("centre", Role.REVIEWER).get("/appeals/").content.decode()


def test_the_desk_lists_what_is_not_delivered(world: World, notice: LimitNotice) -> None:
    client = shop(world)
    assert notice.shown in client.get("/notices/?show=counter").content.decode()
    assert "No notices here" in client.get("/notices/").content.decode()  # its owner is the centre
    assert "No notices here" in client.get("/notices/?show=delivered").content.decode()
    reader = world.client("centre", Role.REVIEWER).get("/notices/").content.decode()
    assert notice.shown in reader and "Find the notice" not in reader
    assert 'href="/appeals/"' in reader
    analyst = world.client("centre", Role.ANALYST).get("/notices/")
    assert analyst.status_code == 200 and "/appeals/" not in analyst.content.decode()  # whom it would refuse


def test_what_tells_of_no_limit_stands_in_the_same_list(world: World, notice: LimitNotice) -> None:
    fire(notice.instance.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "the wrong number"})
    settle()
    client = world.client("centre", Role.CLERK)
    shown = client.get("/notices/").content.decode()
    assert "The limit was a mistake" in shown and notice.shown not in shown.partition("Other notices")[0]
    with scoped_to(world.viewer("centre", Role.CLERK)):
        assert count_to_deliver(world.viewer("centre", Role.CLERK)) == 1
        assert find_unnotified(world.viewer("centre", Role.CLERK)).count() == 1  # of its end alone
    reviewer = world.client("centre", Role.REVIEWER).get("/notices/").content.decode()
    assert "How was it delivered" not in reviewer
