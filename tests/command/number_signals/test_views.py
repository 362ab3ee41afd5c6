"""Banks ask over HTTP as CAMARA's test definitions say, and nothing is answered without a basis or a record."""

import base64
import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from tests.command.number_signals.bank_world import (
    FORWARDED,
    OLD_SWAP,
    UNKNOWN,
    WITHHELD,
    WITHOUT_CARD,
    Bank,
    bank,
    basis,
    hand_in,
    terms,
)
from tests.command.number_signals.scenarios import (
    CALL_FORWARDING,
    DEVICE_SWAP,
    IOT_LIMITS,
    KYC_TENURE,
    NOTHING,
    NUMBER_RECYCLING,
    SIM,
    SIM_DATE,
    SIM_SWAP,
    Scenario,
)
from tests.command.people import World

from fanzha.command.number_signals import views
from fanzha.command.number_signals.models import SignalBasis
from fanzha.command.number_signals.quotas import QuotaCounter
from fanzha.command.number_signals.services import PURPOSES, record_basis
from fanzha.command.web.api.rate_limit import RateLimit
from fanzha.command.web.roles import Role

BODY = {"phoneNumber": OLD_SWAP}
CORRELATOR = "b4333c46-49c0-4f62-80d7-f0ef930f1c46"


@pytest.fixture
def asker(world: World, home: Path) -> Bank:
    """A bank with a basis for everything, and a carrier with signals."""
    hand_in(world, timezone.now())
    basis(world)
    return bank(world, per_minute=6_000)


def settings(home: Path, *lines: str) -> None:
    (home / "fanzha.toml").write_text("\n".join(["[number_signals]", *lines]), "utf-8")


def tokens(asker: Bank) -> dict[str, str]:
    """The tokens that scenarios send."""
    long_ago = timezone.now() - timedelta(hours=1)
    with patch("django.core.signing.time.time", long_ago.timestamp):
        expired = asker.token()
    narrow = {"sim-swap": asker.token("device-swap"), "": asker.token("sim-swap")}
    return {"valid": asker.token(), "expired": expired, "invalid": "fz_none", "none": ""} | narrow


def fault(scenario: Scenario, answer: Any) -> str:
    """What is wrong with an answer, "" if it is as the scenario says."""
    content = answer.json()
    if answer.status_code != scenario.status or answer["x-correlator"] != CORRELATOR:
        return f"{answer.status_code} {content}"
    if scenario.status == 200:
        return "" if scenario.expected in (None, content) else str(content)
    is_error = content["status"] == scenario.status and content["code"] == scenario.expected and content["message"]
    return "" if is_error and content.keys() == {"status", "code", "message"} else str(content)


@pytest.mark.parametrize(
    "scenarios",
    [SIM_SWAP, DEVICE_SWAP, CALL_FORWARDING, NUMBER_RECYCLING, KYC_TENURE, IOT_LIMITS],
    ids=["sim-swap", "device-swap", "call-forwarding-signal", "number-recycling", "kyc-tenure", "iot-sim"],
)
def test_scenarios_of_camara(asker: Bank, home: Path, scenarios: list[Scenario]) -> None:
    given, wrong = tokens(asker), []
    for scenario in scenarios:
        settings(home, f"monitored_days = {scenario.days}")
        token = given["" if scenario.token == "narrow" else scenario.token]
        body = b"" if scenario.body is NOTHING else scenario.body
        said = fault(scenario, asker.ask(scenario.path, body, token=token))
        wrong += [f"{scenario.ident}: {said}"] if said else []
    assert not wrong, "\n".join(wrong)


def test_a_number_that_is_withheld_looks_like_an_unknown_one(asker: Bank) -> None:
    answers = [asker.ask(SIM, {"phoneNumber": value}) for value in (WITHHELD, UNKNOWN)]
    assert answers[0].json() == answers[1].json() and answers[0].status_code == 404


def test_a_card_of_which_nothing_is_known_is_not_said_to_be_unchanged(asker: Bank) -> None:
    assert asker.ask(SIM, {"phoneNumber": WITHOUT_CARD}).json()["code"] == "SERVICE_NOT_APPLICABLE"


def test_each_basis_whose_data_was_looked_at_is_on_record(world: World, asker: Bank, home: Path) -> None:
    basis(world, "police", services=["fanzha-work-status"])
    both = bank(world)
    assert both.ask("fanzha-work-status/v1/check", {"phoneNumber": FORWARDED}).json() == {"beingWarned": False}
    lines = [line for path in (home / "journals" / "number_signals").iterdir() for line in path.read_text().split("\n")]
    owners = {json.loads(line)["owner"] for line in lines if line}
    assert owners == {world["carrier"].pk, world["police"].pk}


def test_a_date_has_its_time_zone(asker: Bank) -> None:
    assert asker.ask(SIM_DATE, BODY).json()["latestSimChange"].endswith("Z")


def test_the_correlator_is_checked_and_may_be_missing(asker: Bank) -> None:
    answer = asker.ask(SIM, BODY, **{"x-correlator": "not allowed!"})
    assert answer.status_code == 400 and answer.json()["code"] == "INVALID_ARGUMENT" and "x-correlator" not in answer
    assert asker.ask(SIM, BODY, **{"x-correlator": ""}).status_code == 200


def test_methods_paths_and_types_that_do_not_exist(asker: Bank) -> None:
    assert asker.client.get(f"/camara/{SIM}").status_code == 405
    assert asker.ask("sim-swap/v1/check", BODY).json()["code"] == "NOT_FOUND"
    headers = {"authorization": f"Bearer {asker.token()}"}
    assert asker.client.post(f"/camara/{SIM}", {"a": "b"}, headers=headers).status_code == 415


def test_too_many_questions(world: World, asker: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """call_forwarding_signal_429.1 and .2, iot_sim_fraud_prevention_query_429_quota_exceeded"""
    monkeypatch.setattr(views, "_LIMIT", RateLimit(clock=lambda: 0.0))
    monkeypatch.setattr(views, "_QUOTAS", QuotaCounter())
    SignalBasis._base_manager.update(quota_per_day=2)
    token = asker.token()
    codes = [asker.ask(SIM, BODY, token=token).json().get("code") for _ in range(3)]
    assert codes == [None, None, "QUOTA_EXCEEDED"]
    slow = bank(world, per_minute=1)
    answers = [slow.ask(SIM, BODY, token=slow.token()) for _ in range(2)]
    assert answers[1].status_code == 429 and answers[1].json()["code"] == "TOO_MANY_REQUESTS"


def test_without_a_basis_nothing_is_answered(world: World, home: Path) -> None:
    hand_in(world, timezone.now())
    asker = bank(world)
    assert asker.ask(SIM, BODY).json()["code"] == "PERMISSION_DENIED"
    record_basis(world["carrier"], terms(world), world.person("carrier", Role.LIAISON))  # one person alone
    other = bank(world)
    assert other.ask(SIM, BODY).json()["code"] == "PERMISSION_DENIED"


def test_a_basis_opens_the_numbers_of_its_own_carrier_alone(world: World, home: Path) -> None:
    hand_in(world, timezone.now(), "other_carrier")
    basis(world)
    asker = bank(world)
    assert asker.ask(SIM, BODY).json()["code"] == "IDENTIFIER_NOT_FOUND"


def test_nothing_is_answered_that_cannot_be_put_on_record(asker: Bank, home: Path) -> None:
    token = asker.token()
    shutil.rmtree(home / "journals", ignore_errors=True)
    (home / "journals").write_text("in the way", "utf-8")
    answer = asker.ask(SIM, BODY, token=token)
    assert answer.status_code == 503 and "swapped" not in answer.json()


def test_a_token_by_basic_authentication(asker: Bank) -> None:
    name = base64.b64encode(f"{asker.key.shown}:{asker.secret}".encode()).decode()
    body = {"grant_type": "client_credentials", "scope": f"{PURPOSES[0]} sim-swap"}
    answer = asker.client.post("/oauth2/token", body, headers={"authorization": f"Basic {name}"})
    granted = answer.json()
    assert granted["token_type"] == "Bearer" and granted["expires_in"] == 900 and answer["Cache-Control"] == "no-store"
    assert asker.ask(SIM, BODY, token=granted["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "fz_wrong"}, 401, "invalid_client"),
        ({"client_id": "fz_other"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "sim-swap"}, 400, "invalid_scope"),
        ({"scope": "dpv:Marketing sim-swap"}, 400, "invalid_scope"),
        ({"scope": f"{PURPOSES[0]} everything"}, 400, "invalid_scope"),
    ],
)
def test_no_token_without_credentials_purpose_and_scope(
    asker: Bank, change: dict[str, str], status: int, error: str
) -> None:
    body = {
        "grant_type": "client_credentials",
        "scope": f"{PURPOSES[0]} sim-swap",
        "client_id": asker.key.shown,
        "client_secret": asker.secret,
    }
    answer = asker.client.post("/oauth2/token", body | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_token_of_a_certificate_is_of_no_use_without_it(asker: Bank, home: Path) -> None:
    settings(home, "client_certificates = true")
    certificate = {"client-cert": f":{base64.b64encode(b'made-up DER').decode()}:"}
    token = asker.token("sim-swap", **certificate)
    assert asker.ask(SIM, BODY, token=token).status_code == 401
    assert asker.ask(SIM, BODY, token=token, **certificate).status_code == 200


def test_a_risk_indicator_needs_a_way_to_appeal(asker: Bank, home: Path) -> None:
    path = "fanzha-risk-indicator/v1/retrieve"
    assert asker.ask(path, BODY).json()["code"] == "NOT_IMPLEMENTED"
    settings(home, 'appeal = "Any shop, or 10000"')
    answer = asker.ask(path, {"phoneNumber": UNKNOWN}).json()
    assert answer["indicator"] is None and "does not mean" in answer["note"]


def test_whether_somebody_is_being_warned(asker: Bank) -> None:
    assert asker.ask("fanzha-work-status/v1/check", {"phoneNumber": FORWARDED}).json() == {"beingWarned": False}


def test_two_people_bring_a_basis_into_force_on_the_page(world: World, home: Path) -> None:
    liaison, officer = world.client("carrier", Role.LIAISON), world.client("carrier", Role.PRIVACY_OFFICER)
    until = (timezone.now() + timedelta(days=90)).strftime("%Y-%m-%dT%H:%M")
    body = {
        "client": world["bank"].pk,
        "services": ["sim-swap"],
        "document": "Agreement 2026/7",
        "legal_basis": "ATF18",
        "until": until,
        "quota_per_day": 100,
    }
    assert liaison.post("/signal-bases/", body).status_code == 302
    made = SignalBasis._base_manager.get()
    assert "Approve as second person" not in liaison.get("/signal-bases/").content.decode()
    liaison.post(f"/signal-bases/{made.ref}/", {"do": "approve"})
    assert SignalBasis._base_manager.get().approved_at is None
    assert "Approve as second person" in officer.get("/signal-bases/").content.decode()
    officer.post(f"/signal-bases/{made.ref}/", {"do": "approve"})
    assert SignalBasis._base_manager.get().approved_by == world.person("carrier", Role.PRIVACY_OFFICER)
    assert "in force" in world.client("bank", Role.LIAISON).get("/signal-bases/").content.decode()
    liaison.post(f"/signal-bases/{made.ref}/", {"do": "end"})
    assert SignalBasis._base_manager.get().ended_at is not None


def test_a_wrong_basis_is_explained(world: World) -> None:
    body = {"client": world["bank"].pk, "services": ["sim-swap"], "document": "A", "legal_basis": "XX1",
            "until": "2020-01-01T00:00", "quota_per_day": 1}  # fmt: skip
    answer = world.client("carrier", Role.LIAISON).post("/signal-bases/", body)
    assert answer.status_code == 422 and "within two years" in answer.content.decode()
