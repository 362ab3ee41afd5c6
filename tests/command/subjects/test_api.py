"""Whatever the pages of subjects show and do can be done by keys, masked, once, and in bulk."""

import json
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World
from tests.command.subjects.factories import AT, NUMBER, finding_row, subject
from tests.command.web.api.asking import asking, problem
from tests.findings import finding

from fanzha.base.clock import to_ms
from fanzha.command.audit.models import LogEntry
from fanzha.command.organizations.models import RefusedDisclosure
from fanzha.command.subjects.canonical import canonicalize
from fanzha.command.subjects.ingest.worker import poll_once
from fanzha.command.subjects.models import FindingRow, OpinionRow, Subject
from fanzha.command.subjects.presenters import display_subject
from fanzha.command.web.roles import Role

BASE = "/api/v1/subjects"
SCOPES = ["subjects:read", "subjects:write"]
JSON, NDJSON = "application/json", "application/x-ndjson"


def caller(world: World, name: str = "carrier", *roles: str, language: str = "en") -> Client:
    return asking(world, name, language=language, scopes=SCOPES, roles=list(roles or ("analyst",)))


def lines(*told: dict[str, Any]) -> str:
    return "\n".join(map(json.dumps, told))


def test_a_subject_tells_what_is_known_masked(world: World) -> None:
    finding_row(world["carrier"])
    client = caller(world)
    client.post(f"{BASE}/{subject().ref}/opinions", {"level": "suspected", "reason_en": "seen"}, JSON)
    read = client.get(f"{BASE}/{subject().ref}")
    told = read.json()
    assert (told["level"], told["findings"], told["verdicts"][0]["why"][0]["source"]) == ("watch", 1, "opinion")
    assert told["opinions"][0]["reason"]["en"] == "seen" and NUMBER[4:] not in read.content.decode()
    (found,) = client.get(f"{BASE}/{subject().ref}/findings").json()["items"]
    assert found["sentence"] == "31 calls in an hour"
    assert found["reasons"] == ["31 calls in an hour"]
    assert client.get(f"{BASE}/{subject().ref}").headers["ETag"] == read.headers["ETag"]


def test_links_name_ones_own_and_count_others(world: World) -> None:
    campaign(world["carrier"], 3)
    told = caller(world).get(f"{BASE}/{number(0).ref}/links").json()
    assert [one["hop"] for one in told["nodes"]] == [0, 1, 1] and told["common"][0]["other_organizations"] == 0


def test_subjects_are_listed_and_searched(world: World) -> None:
    for place in range(5):
        finding_row(world["carrier"], number(place))
    client = caller(world)
    first = client.get(BASE, {"limit": 3}).json()
    second = client.get(BASE, {"limit": 3, "cursor": first["next"]}).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 2, "")
    assert [one["ref"] for one in client.get(BASE, {"q": "17000000001"}).json()["items"]] == [number(1).ref]
    problem(client.get(BASE, {"cursor": "x"}), 422)


def test_many_values_are_looked_up_at_one_price(world: World) -> None:
    for place in range(5):
        finding_row(world["carrier"], number(place))
    client, counts = caller(world), []
    for many in (1, 5):
        body = {"values": [number(place).value[3:] for place in range(many)]}
        client.post(f"{BASE}/lookup", body, JSON)
        with CaptureQueriesContext(connection) as held:
            told = client.post(f"{BASE}/lookup", body, JSON).json()
        counts.append(len(held))
    assert [one["subjects"][0]["findings"] for one in told] == [1] * 5
    assert counts[0] == counts[1]
    assert caller(world, "bank").post(f"{BASE}/lookup", body, JSON).json()[0]["subjects"] == []


def masked_digits(count: int) -> list[str]:
    """Numbers that differ from the subject's only in the digits that its mask hides."""
    shown = display_subject(subject())
    start = next(place for place, character in enumerate(shown.replace(" ", "")) if character == "•")
    hidden = shown.count("•")
    return [f"{NUMBER[:start]}{guess:0{hidden}d}{NUMBER[start + hidden :]}" for guess in range(count)]


@pytest.mark.parametrize(("roles", "status"), [((), 403), (("call_taker",), 429), (("analyst",), 429)])
def test_masking_is_not_undone_by_trying_the_hidden_digits(world: World, roles: tuple[str, ...], status: int) -> None:
    finding_row(world["carrier"])
    client = asking(world, "carrier", scopes=SCOPES, roles=list(roles))
    guesses = masked_digits(10_000)
    assert NUMBER in guesses
    for start in range(0, 1_500, 500):
        body = {"values": guesses[start : start + 500], "purpose": "a list of ours"}
        headers = {"Idempotency-Key": f"list {start}"} if start else {}
        problem(client.post(f"{BASE}/lookup", body, JSON, headers=headers), status)
    refusals = list(RefusedDisclosure._base_manager.all())
    assert [refusal.times for refusal in refusals] == ([3] if roles else [])
    if roles:
        assert LogEntry._base_manager.filter(kind="disclosure_refused").exists()


def test_trying_the_hidden_digits_slowly_ends_after_few(world: World) -> None:
    finding_row(world["carrier"])
    client, answered = caller(world), 0
    for guess in masked_digits(25):
        answer = client.get(BASE, {"q": guess})
        answered += answer.status_code == 200
    assert (answered, answer.status_code) == (20, 429) and int(answer["Retry-After"]) > 0
    assert LogEntry._base_manager.filter(kind="values_disclosed").count() == 20
    for hidden in range(21):
        answer = client.get(BASE, {"q": f"17{hidden:04d}01"})
    problem(answer, 429)


def test_a_day_of_an_analyst_and_a_list_with_a_purpose_stay_within_the_budgets(world: World) -> None:
    finding_row(world["carrier"])
    client = caller(world)
    for place in range(40):
        assert client.get(BASE, {"q": f"1700{place:03d}{place * 97:04d}"}).status_code == 200
    own = [f"+861{3 + place % 6}{place * 7_919 % 10**9:09d}" for place in range(2_000)]
    for start in range(0, 2_000, 500):
        body = {"values": own[start : start + 500], "purpose": "our list of new customers"}
        assert client.post(f"{BASE}/lookup", body, JSON).status_code == 200
    body = {"values": own[:500]}
    assert client.post(f"{BASE}/lookup", body, JSON).status_code == 200
    body = {"values": [f"+86151{place * 7_919 % 10**8:08d}" for place in range(500)]}
    told = problem(client.post(f"{BASE}/lookup", body, JSON), 429)
    assert "give a purpose to look up longer lists" in told["detail"]


def test_who_may_not_unmask_learns_the_treatment_alone(world: World) -> None:
    finding_row(world["carrier"])
    finding_row(world["carrier"], number(1))
    caller(world).post(f"{BASE}/{subject().ref}/opinions", {"level": "suspected", "reason_en": "seen"}, JSON)
    client, body = caller(world, "carrier", "clerk"), {"values": [NUMBER, number(1).value]}
    known, unknown = client.post(f"{BASE}/lookup", body, JSON).json()
    (answer,) = known["subjects"]
    assert (answer["ref"], answer["findings"], answer["last_at"]) == ("", 0, None) and answer["level"]
    assert answer["maturity"] == "" and caller(world).get(BASE, {"q": NUMBER}).json()["items"][0]["maturity"] == "live"
    assert unknown["subjects"] == []
    assert client.get(BASE, {"q": NUMBER}).json()["items"] == [answer]
    assert client.get(BASE, {"q": NUMBER[:11]}).json()["items"] == []
    overseer = caller(world, "carrier", "privacy_officer")
    problem(overseer.post(f"{BASE}/lookup", body, JSON), 403)
    assert overseer.get(BASE, {"q": NUMBER}).json()["items"] == []


def test_identity_documents_are_answered_in_full_for_a_purpose_alone(world: World) -> None:
    document = canonicalize("person", "11010519491231002X")
    person = Subject._base_manager.create(
        kind="person",
        value=document.value,
        shown=document.shown,
        thing=document.thing,
        identity=document.identity(),
        created_at=AT,
    )
    finding_row(world["carrier"], person)
    client, body = caller(world), {"values": ["11010519491231002X"]}
    assert client.post(f"{BASE}/lookup", body, JSON).json()[0]["subjects"] == []
    (answer,) = client.post(f"{BASE}/lookup", body | {"purpose": "a case of ours"}, JSON).json()[0]["subjects"]
    assert answer["ref"] == person.ref
    assert client.get(BASE, {"q": "11010519491231002X"}).json()["items"] == []
    assert client.get(BASE, {"q": person.ref}).json()["items"] == [answer]


def test_opinions_are_given_in_bulk_and_wrong_lines_told(world: World) -> None:
    body = lines(
        {"kind": "phone_number", "value": "17000000001", "level": "suspected"},
        {"kind": "phone_number", "value": "17000000002", "level": "suspected"},
        {"kind": "spaceship", "value": "x", "level": "watch"},
        {"kind": "phone_number", "value": "17000000003", "level": "angry"},
        {"kind": "website", "value": "pay.example", "level": "clear", "until": "2020-01-01T00:00:00Z"},
    )
    told = caller(world).post(f"{BASE}/opinions/bulk", body, NDJSON).json()
    assert (told["used"], told["rejected"]) == (2, 3)
    assert [one["line"] for one in told["lines"] if one["problem"]] == [3, 4, 5]
    rows = OpinionRow._base_manager.select_related("subject")
    assert {row.subject.value for row in rows} == {"+8617000000001", "+8617000000002"}
    problem(caller(world, "carrier", "clerk").post(f"{BASE}/opinions/bulk", body, NDJSON), 403)


def test_an_opinion_on_a_value_is_listed_and_withdrawn(world: World) -> None:
    client = caller(world)
    body = {"kind": "website", "value": "https://Pay.example/x", "level": "suspected", "score": 0.9}
    made = client.post(f"{BASE}/opinions", body, JSON)
    assert made.status_code == 201
    assert Subject._base_manager.get(ref=made.json()["subject"]).value == "pay.example"
    assert [one["opinion_id"] for one in client.get(f"{BASE}/opinions").json()["items"]] == [made.json()["opinion_id"]]
    path = f"{BASE}/opinions/{made.json()['opinion_id']}/withdraw"
    problem(caller(world, "bank").post(path, {}, JSON), 404)
    assert client.post(path, {"why": "a mistake"}, JSON).json()["stands"] is False
    problem(client.post(path, {}, JSON), 409)
    problem(client.post(f"{BASE}/opinions", body | {"kind": "spaceship"}, JSON), 422)


def test_a_subject_is_shared_by_name_and_taken_back(world: World) -> None:
    finding_row(world["carrier"])
    client, receiver = caller(world), caller(world, "bank")
    body = {"receivers": [world["bank"].ref], "purpose": "a joint case", "question": "Is it yours?"}
    path = f"{BASE}/{subject().ref}/shares"
    problem(client.post(path, body | {"receivers": ["nobody"]}, JSON), 422)
    (made,) = client.post(path, body, JSON).json()
    assert (made["owner"], made["receiver"]) == (world["carrier"].ref, world["bank"].ref)
    assert receiver.get(path).json() == [made]
    problem(receiver.post(f"{BASE}/shares/{made['ref']}/end", {}, JSON), 404)
    assert client.post(f"{BASE}/shares/{made['ref']}/end", {}, JSON).status_code == 204
    problem(receiver.get(path), 404)


@pytest.mark.parametrize("path", ["", "/findings", "/links", "/shares"])
def test_what_others_know_is_not_there(world: World, path: str) -> None:
    finding_row(world["carrier"])
    problem(caller(world, "bank").get(f"{BASE}/{subject().ref}{path}"), 404)


@pytest.mark.django_db(transaction=True)
def test_findings_are_handed_over_and_come_in_once(world: World) -> None:
    good = finding(subject="+8617000000001", found_at=to_ms(AT), valid_until=to_ms(AT) + 1)
    others = msgspec.structs.replace(good, subject="+8617000000002", owner_organisation=world["bank"].ref)
    own = msgspec.structs.replace(good, subject="+8617000000003", owner_organisation=world["carrier"].ref)
    body = b"\n".join([msgspec.json.encode(good), b"{}", msgspec.json.encode(others), msgspec.json.encode(own)])
    client = caller(world)
    for _ in range(2):
        told = client.post(f"{BASE}/findings", body, NDJSON)
        assert told.status_code == 202
        assert [one["used"] for one in told.json()["lines"]] == [True, False, False, True]
    assert told.json()["lines"][0]["ref"] == good.finding_id
    poll_once()
    rows = FindingRow._base_manager.select_related("subject")
    assert {(row.subject.value, row.owner_id) for row in rows} == {
        ("+8617000000001", world["carrier"].pk),
        ("+8617000000003", world["carrier"].pk),
    }
    zh = caller(world, language="zh-hans").post(f"{BASE}/findings", body, NDJSON).json()
    assert "单位" in zh["lines"][2]["problem"]
    problem(client.post(f"{BASE}/findings", body, JSON), 415)
    problem(client.post(f"{BASE}/findings", b"{}\n" * 10_001, NDJSON), 413)


@pytest.mark.usefixtures("home")
def test_a_number_is_proposed_to_be_spared_and_told_as_spared(world: World) -> None:
    finding_row(world["carrier"])
    client, address = caller(world), f"{BASE}/{subject().ref}/spared"
    body = {
        "origin_kind": "ingress",
        "origin": "专线",
        "owner": "示例医院",
        "proof": "合同 7",
        "until": "2099-01-01T00:00:00Z",
    }
    for field, value in (("proof", ""), ("origin", "the moon"), ("until", "9999-12-31T23:59:59Z")):
        told = problem(client.post(address, {**body, field: value}, JSON), 422)
        assert [one["pointer"].rpartition("/")[2] for one in told["errors"]] == [field]
    made = client.post(address, body, JSON)
    assert (made.status_code, made.json()["state"], made.json()["waiting"]) == (201, "proposed", 1)
    told = client.get(address).json()
    assert told["held"] == [] and [one["import_ref"] for one in told["waiting"]] == [made.json()["ref"]]
    world.client("carrier", Role.REVIEWER).post(f"/api/v1/imports/jobs/{made.json()['ref']}/approve")
    told = client.get(address).json()
    assert told["waiting"] == [] and told["held"][0]["origin"] == {"zh": "语音专线", "en": "leased lines"}
    problem(caller(world, "carrier", "executor").post(address, body, JSON), 403)
    problem(caller(world, "bank").post(address, body, JSON), 404)
