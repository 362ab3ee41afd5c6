"""The API begins and reads tracebacks, discloses numbers on record, and takes signed messages of other sites alone."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.command.call_traceback.chain_made import (
    AT,
    CALLED,
    REAL_CALLER,
    UNSCOPED,
    Wire,
    begin,
    link_of,
    part_of,
)
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.call_traceback.links import our_public_keys
from fanzha.command.call_traceback.models import Traceback, TracebackLink
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db]
API = "/api/v1/tracebacks/"


def test_a_traceback_is_begun_and_read_with_masked_numbers(world: World, wire: Wire) -> None:
    browser = world.client("carrier", Role.ANALYST)
    body = {"called": CALLED, "called_at": AT.isoformat(), "purpose": "fraud", "reason": "made up", "duration_s": 41}
    answer = browser.post(API, body, content_type="application/json")
    assert answer.status_code == 201 and answer.json()["state"] == "opened"
    wire.run()
    read = browser.get(f"{API}{answer.json()['ref']}").json()
    assert read["state"] == "origin_found" and [hop["state"] for hop in read["hops"]] == ["passed", "passed", "origin"]
    assert CALLED not in str(read) and REAL_CALLER not in str(read)
    assert browser.get(API, {"trace": read["trace"]}).json()["items"] == [read]


def test_numbers_are_disclosed_with_a_purpose_on_record(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.run()
    browser = world.client("carrier", Role.LIAISON)
    answer = browser.post(f"{API}{row.ref}/numbers", {"purpose": "for the police"}, content_type="application/json")
    assert answer.json()["called"] == CALLED and answer.json()["changed"] == {"1": REAL_CALLER}
    entry = UNSCOPED.rows(LogEntry).get(kind="values_disclosed", about=row.ref)
    assert '"traceback"' in entry.facts and CALLED not in entry.facts


def test_operators_are_counted(world: World, wire: Wire) -> None:
    begin(world)
    wire.down.add("far-carrier.example")
    wire.run(2)
    browser = world.client("carrier", Role.REVIEWER)
    (count,) = browser.get(f"{API}operators").json()
    assert (count["asked"], count["in_time"], count["overdue"]) == (1, 0, 0)
    wire.down.clear()
    wire.run(8, after=timedelta(minutes=2))
    (count,) = browser.get(f"{API}operators").json()
    assert count["in_time"] == 1 and count["median_seconds"] >= 0


def test_a_message_is_taken_from_its_operator_with_its_signature_alone(world: World, wire: Wire) -> None:
    begin(world)
    wire.down.add("far-carrier.example")
    wire.run(2)
    url, headers, body = wire.last
    path = url.partition(".example")[2]
    names = {name: value for name, value in headers.items() if name != "content-type"}

    def ask(changed: dict[str, str], text: bytes = body) -> int:
        return Client(headers=names | changed).post(path, text, content_type="application/json").status_code

    assert ask({"webhook-signature": "v1a,AAAA"}) == 403
    assert ask({}, body.replace(b"fraud", b"order")) == 403
    old = str(int(timezone.now().timestamp()) - 900)
    assert ask({"webhook-timestamp": old}) == 403
    assert ask({"Authorization": "Bearer fz_none"}) == 401
    signed = {name: value for name, value in names.items() if name != "Authorization"}
    stranger = world.client("other_carrier", Role.ADMINISTRATOR)
    assert stranger.post(path, body, content_type="application/json", headers=signed).status_code == 404
    assert not UNSCOPED.rows(Traceback).filter(owner=world["far_carrier"]).exists()
    assert ask({}) == 200 and ask({}) == 200
    assert UNSCOPED.rows(Traceback).filter(owner=world["far_carrier"]).count() == 1


def test_an_answer_to_nobody_is_not_found(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.run()
    url, headers, body = wire.last
    UNSCOPED.rows(Traceback).filter(pk=row.pk).update(ref="01JN7Z0000EXAMPLEGONE00001")
    names = {name: value for name, value in headers.items() if name != "content-type"}
    answer = Client(headers=names).post(url.partition(".example")[2], body, content_type="application/json")
    assert answer.status_code == 404


def test_links_and_trunks_are_kept_by_their_people(world: World, home: Path) -> None:
    browser, partner = world.client("carrier", Role.ADMINISTRATOR), world["far_carrier"]
    put = browser.put(f"{API}links/{partner.ref}", {"their_keys": "x"}, content_type="application/json")
    assert put.status_code in (409, 422)
    made = browser.put(f"{API}links/{partner.ref}", {}, content_type="application/json").json()
    assert made["our_keys"] == our_public_keys(link_of(world, "carrier", "far_carrier"))
    changed = browser.post(f"{API}links/{partner.ref}/key").json()
    assert len(changed["our_keys"]) == 2 and changed["our_keys"][1] == made["our_keys"][0]
    assert [link["ref"] for link in browser.get(f"{API}links").json()] == [made["ref"]]
    wrong = {"trunk": "T-1", "kind": "customer", "name": "gateway"}
    assert browser.post(f"{API}trunks", wrong, content_type="application/json").status_code in (409, 422)
    right = {"trunk": "T-1", "kind": "operator", "operator": partner.ref}
    assert browser.post(f"{API}trunks", right, content_type="application/json").status_code == 201
    assert browser.get(f"{API}trunks").json()["items"][0]["operator"] == partner.ref
    assert UNSCOPED.rows(TracebackLink).count() == 1


def test_the_other_operator_reads_its_own_part_alone(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.run()
    browser, part = world.client("far_carrier", Role.ANALYST), part_of(world, "far_carrier")
    assert browser.get(f"{API}{part.ref}").status_code == 200
    assert browser.get(f"{API}{row.ref}").status_code == 404
