"""A border controller asks as ATIS-1000082 says and gets verstat, code and texts; with a trunk also the ruling."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.screen.http.client import BAD, GOOD, Answer, Screen, ask
from tests.screen.stir.signers import ORIGID, made_intermediate, sign

from fanzha.screen.metric_types import OTHER
from fanzha.screen.metrics import Metrics
from fanzha.store.screen_keys import KeyScope

CALLEE = "8617000000901"


def signed(caller: str = GOOD, **options: Any) -> str:
    return sign(orig=caller.lstrip("+"), dest=CALLEE, **({"at": datetime.now(UTC)} | options))


def request(
    screen: Screen, *, address: str = "/stir/v1/verification", request_id: str = "", **fields: object
) -> Answer:
    body = {"from": {"tn": GOOD.lstrip("+")}, "to": {"tn": [CALLEE]}, "time": 1, **fields}
    headers = {"x-requestid": request_id} if request_id else {}
    content = {"verificationRequest": body}
    return ask(screen, "POST", address, scope=KeyScope.CALL, body=content, headers=headers)


def response(screen: Screen, **fields: Any) -> Any:
    answer = request(screen, **fields)
    assert answer.status == 200
    return answer.json["verificationResponse"]


def test_a_signed_call_passes(screen: Screen) -> None:
    assert response(screen, identity=signed()) == {
        "verstat": "TN-Validation-Passed",
        "attest": "A",
        "origid": ORIGID,
    }


@pytest.mark.parametrize("number", ["17000000900", "+8617000000900", "8617000000900", "017000000900"])
def test_numbers_may_be_written_as_people_write_them(screen: Screen, number: str) -> None:
    assert response(screen, identity=signed(), **{"from": {"tn": number}})["verstat"] == "TN-Validation-Passed"


@pytest.mark.parametrize("field", ["identity", "identityHeader"])
def test_the_identity_may_be_named_as_either_standard_names_it(screen: Screen, field: str) -> None:
    assert response(screen, **{field: signed()})["verstat"] == "TN-Validation-Passed"


def test_several_identities_are_verified_together(screen: Screen) -> None:
    name = signed(ppt="rcd", claims={"rcd": {"nam": "Example Bank"}})
    assert response(screen, identityHeaders=[signed(), name])["nam"] == "Example Bank"


def failures() -> Iterator[tuple[str, int, str]]:
    yield signed(at=datetime.now(UTC) - timedelta(minutes=5)), 403, "Stale Date"
    yield signed(signer=made_intermediate()), 438, "Invalid Identity Header"
    yield signed(caller=BAD), 438, "Invalid Identity Header"
    yield "garbage", 438, "Invalid Identity Header"


@pytest.mark.parametrize("case", range(4))
def test_a_failure_has_code_text_and_description(screen: Screen, case: int) -> None:
    identity, code, text = list(failures())[case]
    answer = response(screen, identity=identity)
    assert (answer["verstat"], answer["reasoncode"], answer["reasontext"]) == ("TN-Validation-Failed", code, text)
    assert answer["reasondesc"] and "attest" not in answer


@pytest.mark.parametrize(("is_signed", "code"), [(False, 428), (True, 436)], ids=["none", "not cached"])
def test_what_could_not_be_verified_is_told_as_such(screen: Screen, is_signed: bool, code: int) -> None:
    answer = response(screen, identity=signed(url="https://other.example/a.pem") if is_signed else "")
    assert (answer["verstat"], answer["reasoncode"]) == ("No-TN-Validation", code)


def test_the_time_of_the_request_does_not_make_an_old_signature_fresh(screen: Screen) -> None:
    old = datetime.now(UTC) - timedelta(hours=1)
    answer = response(screen, identity=signed(at=old), time=int(old.timestamp()))
    assert answer["reasoncode"] == 403


def test_a_replay_under_another_request_fails_and_a_repeated_request_passes(screen: Screen) -> None:
    identity = signed()
    for request_id, verstat in (("r-1", "Passed"), ("r-1", "Passed"), ("r-2", "Failed")):
        answer = response(screen, identity=identity, request_id=request_id)
        assert answer["verstat"] == f"TN-Validation-{verstat}"


def test_without_a_trunk_the_call_is_not_screened_and_not_counted(screen: Screen) -> None:
    answer = response(screen, identity=signed(caller=BAD), **{"from": {"tn": BAD}})
    assert answer["verstat"] == "TN-Validation-Passed" and "screening" not in answer
    screen.parts.call_counters.collect()
    assert sum(series.value for series in screen.metrics.calls.series.values()) == 0


def test_with_a_trunk_the_answer_has_the_ruling(screen: Screen) -> None:
    answer = response(
        screen,
        address="/stir/v1/verification?trunk=IGW-1",
        identity=signed(caller=BAD),
        **{"from": {"tn": BAD.lstrip("+")}},
    )
    assert (answer["verstat"], answer["attest"]) == ("TN-Validation-Passed", "A")
    assert answer["screening"]["treatment"] == "refuse" and "suspected_number" in answer["screening"]["reasons"]
    assert answer["screening"]["verification"]["verstat"] == "TN-Validation-Passed"
    screen.parts.call_counters.collect()
    assert sum(series.value for series in screen.metrics.calls.series.values()) == 1


def test_with_a_trunk_a_failed_signature_is_a_reason(screen: Screen) -> None:
    answer = response(screen, address="/stir/v1/verification?trunk=IGW-1", identity="garbage")
    assert "signature_failed" in answer["screening"]["reasons"]


@pytest.mark.parametrize(
    "changed",
    [
        {"from": {"tn": ""}},
        {"from": {}},
        {"to": {"tn": []}},
        {"to": {"tn": "8617000000901"}},
        {"identity": 1},
        {"identity": "x" * 16_385},
        {"identityHeaders": ["x"] * 9},
    ],
)
def test_wrong_values_are_refused(screen: Screen, changed: dict[str, Any]) -> None:
    assert request(screen, **changed).status == 422


def test_unknown_fields_of_later_versions_are_ignored(screen: Screen) -> None:
    assert response(screen, identity=signed(), divertedTo={"tn": "1"})["verstat"] == "TN-Validation-Passed"


@pytest.mark.parametrize("query", ["trunk=a&trunk=b", f"trunk={'x' * 300}", "trunk=", "&".join("abcdefghi")])
def test_a_trunk_is_named_once_and_briefly(screen: Screen, query: str) -> None:
    assert request(screen, address=f"/stir/v1/verification?{query}").status == 422


def test_where_signatures_are_not_verified_the_route_says_so(screen: Screen) -> None:
    screen.parts.verifier = None
    answer = request(screen, identity=signed())
    assert answer.status == 404 and "[stir]" in answer.json["detail"]


def test_signing_is_not_offered(screen: Screen) -> None:
    assert ask(screen, "POST", "/stir/v1/signing", scope=KeyScope.CALL, body={}).status == 404


def test_metrics_tell_results_by_trunk(screen: Screen) -> None:
    for identity in (signed(), signed(), "garbage"):
        response(screen, address="/stir/v1/verification?trunk=IGW-1", identity=identity, request_id=identity)
    metrics: Metrics = screen.metrics
    assert metrics.verifications.series_for(OTHER, "passed_A").value == 2
    assert metrics.verifications.series_for(OTHER, "malformed").value == 1
    assert metrics.proofs.series_for(OTHER, "signature").value == 2
    assert metrics.proofs.series_for(OTHER, "none").value == 1
