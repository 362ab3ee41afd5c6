"""The same request twice has one effect, also when both come at once; another request cannot use its key."""

import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from tests.command.people import World, make_world
from tests.command.web.api.asking import asking, problem

from fanzha.command.organizations.models import Organization
from fanzha.command.web.api.idempotency import KEPT, REPLAYED
from fanzha.command.web.api.models import KeptAnswer

pytestmark = pytest.mark.urls("tests.command.web.api.routes")


def at(world: World) -> str:
    return f"/api/v1/flows/organizations/{world['bank'].ref}"


def send(client: Client, where: str, name: str = "x", key: str = "k") -> Any:
    return client.post(where, {"name": name}, "application/json", headers={"idempotency-key": key})


def name_of(world: World) -> str:
    return Organization.objects.get(pk=world["bank"].pk).name_en


def test_a_repeat_is_told_the_first_answer_and_changes_nothing(world: World) -> None:
    client = asking(world, "carrier")
    first, second = send(client, at(world)), send(client, at(world))
    assert first.status_code == second.status_code == 200 and first.json() == second.json()
    assert REPLAYED not in first and second[REPLAYED] == "true"
    assert name_of(world) == "Example bankx"


def test_a_key_that_was_used_for_another_request_is_refused(world: World) -> None:
    client = asking(world, "carrier")
    send(client, at(world))
    problem(send(client, at(world), name="y"), 422)
    assert name_of(world) == "Example bankx"


def test_keys_of_two_callers_are_two_keys(world: World) -> None:
    send(asking(world, "carrier"), at(world))
    send(asking(world, "carrier"), at(world))
    assert name_of(world) == "Example bankxx"


def test_what_failed_left_nothing_and_may_be_tried_again(world: World) -> None:
    client = asking(world, "carrier")
    problem(send(client, at(world), name="too late"), 409)
    assert name_of(world) == "Example bank" and not KeptAnswer.objects.exists()
    assert send(client, at(world)).status_code == 200


def test_an_old_answer_is_forgotten(world: World) -> None:
    client = asking(world, "carrier")
    send(client, at(world))
    kept = KeptAnswer.objects.get()
    KeptAnswer.objects.update(created_at=kept.created_at - KEPT)
    assert REPLAYED not in send(client, at(world))
    assert KeptAnswer.objects.get().pk != kept.pk


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(world: World, key: str) -> None:
    problem(send(asking(world, "carrier"), at(world), key=key), 400)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_has_an_effect_and_both_have_its_answer() -> None:
    world = make_world()
    client = asking(world, "carrier")
    where, answers = at(world), []

    def go() -> None:
        try:
            answers.append(send(client, where))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.status_code for one in answers] == [200] * 4
    assert sorted(REPLAYED in one for one in answers) == [False, True, True, True]
    assert name_of(world) == "Example bankx"
