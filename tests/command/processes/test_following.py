"""A process that follows another one is asked of its owner, begins with what is known, and is opened once."""

from typing import Any

import pytest
from django.urls import reverse
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.processes.following import about_of, following, known_beforehand
from fanzha.command.processes.models import FollowUp, Notification, ProcessInstance
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.processes.worker import turn
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import everything
from fanzha.processes import all_processes
from fanzha.processes.parties import Standing, machine
from fanzha.processes.refusal import Refusal

IMPORT = machine(Standing.IMPORT, "bss")
ABOUT = About("number", "S" * 26, title="400 made up", simulated=True)
RECHECK = {"service_kind": "number", "service": "400-000-0001", "cause": "change"}


def changed(world: World) -> FollowUp:
    """A key service whose allowed numbers were changed: its re-check is to follow."""
    given = {"kind": "n400", "customer": "customer-1"}
    service = open_process("key_service", "import_active", world["carrier"], IMPORT, given, about=ABOUT)
    fire(service.ref, "import_change", IMPORT, {"allowed_numbers": "ab" * 32})
    turn()
    with everything("test"):
        return FollowUp.objects.select_related("instance").get(instance=service)


def opened(world: World, follow_up: FollowUp) -> ProcessInstance:
    return open_process(
        "key_service_recheck",
        "begin",
        world["carrier"],
        actor(world, "carrier", Role.ANALYST),
        RECHECK,
        about=about_of(follow_up),
        follow_up=follow_up,
    )


def test_the_owner_is_asked_and_the_worker_may_be_asked_twice(world: World) -> None:
    changed(world)
    turn()
    with everything("test"):
        told = Notification.objects.filter(owner=world["carrier"], text_en__startswith="To open: ")
        assert [one.text_en.split(" (")[0] for one in told] == ["To open: Re-check of a key service"]
        assert FollowUp.objects.count() == 1


def test_what_follows_is_about_the_same_and_is_opened_once(world: World) -> None:
    follow_up = changed(world)
    made = opened(world, follow_up)
    assert (made.about, made.title, made.simulated) == (ABOUT.subject, ABOUT.title, True)
    with pytest.raises(Refusal, match="opened before"):
        opened(world, follow_up)
    with everything("test"):
        assert ProcessInstance.objects.filter(process="key_service_recheck").count() == 1
        assert FollowUp.objects.get().opened == made


def test_fields_of_the_same_name_are_known_beforehand_and_files_are_given_anew(world: World) -> None:
    follow_up = changed(world)
    fields: dict[str, Any] = dict(all_processes()["key_service"].events["import_active"].evidence)
    fields |= all_processes()["key_service"].events["import_change"].evidence
    with everything("test"):
        assert known_beforehand(follow_up, fields) == {"kind": "n400", "customer": "customer-1"}


def test_the_page_offers_it_to_who_may_open_it(world: World) -> None:
    follow_up = changed(world)
    with everything("test"):
        (shown,) = following(follow_up.instance, world.viewer("carrier", Role.ANALYST))
        assert [offer.event for offer in shown.begin] == ["begin"]
        (barred,) = following(follow_up.instance, world.viewer("carrier", Role.EXECUTOR))
        assert barred.begin == []


def test_by_the_page_it_is_opened_from_the_process_before_and_each_leads_to_the_other(world: World) -> None:
    follow_up, client = changed(world), world.client("carrier", Role.ANALYST)
    before = reverse("process", args=[follow_up.instance.ref])
    address = reverse("process_open", args=["key_service_recheck", "begin"])
    assert f"{address}?follows={follow_up.pk}" in client.get(before).content.decode()
    form = client.get(address, {"follows": follow_up.pk}).content.decode()
    assert ABOUT.title in form and before in form
    answer = client.post(address, {"follows": follow_up.pk, "title": ABOUT.title, **RECHECK})
    assert answer.status_code == 302
    assert answer["Location"] in client.get(before).content.decode()
    assert before in client.get(answer["Location"]).content.decode()


def test_another_organisation_can_neither_see_nor_open_it(world: World) -> None:
    follow_up, client = changed(world), world.client("other_carrier", Role.ANALYST)
    address = reverse("process_open", args=["key_service_recheck", "begin"])
    assert client.get(address, {"follows": follow_up.pk}).status_code == 404
    assert client.post(address, {"follows": follow_up.pk, **RECHECK}).status_code == 404
