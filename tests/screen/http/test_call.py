"""A call asked about over HTTP gets what a call of SIP gets, with words for the handset; strange questions get none."""

import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.screen.http.client import BAD, GOOD, Screen, ask, send_request
from tests.screen.http.running_server import Running, run_server
from tests.screen.http.running_server import call as asked_call
from tests.screen.stir.signers import sign

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.http.app import HttpApp
from fanzha.screen.http.call import LONGEST_BODY, make_label
from fanzha.screen.http.dependencies import CallScreener
from fanzha.screen.http.redress import to_redress
from fanzha.screen.overload import LoopWatch, OverloadControl
from fanzha.screen.reasons import FROM_ABROAD, LATE, OVERLOADED, SUSPECTED
from fanzha.screen.settings import ScreenSettings
from fanzha.store.appeal_contact import AppealContact
from fanzha.store.screen_keys import KeyScope


def call(screen: Screen, **changed: object) -> Any:
    fields = {"call_id": "c-1@192.0.2.1", "caller": GOOD, "callee": "+8617000000901", "trunk": "MSC-1", **changed}
    return ask(screen, "POST", "/v1/screen/call", scope=KeyScope.CALL, body=fields, headers={"accept-language": "en"})


def test_a_listed_caller_is_refused_with_reasons_and_words(screen: Screen) -> None:
    assert call(screen, caller=BAD).json == {
        "treatment": "refuse",
        "reasons": ["suspected_number"],
        "score": 0.9,
        "country": "",
        "label": {"zh": "来电号码存疑，请勿轻信", "en": "The caller's number is doubtful: do not rely on it"},
        "screened": True,
        "meant": "refuse",
    }


def test_a_refusal_names_the_door_of_appeals_and_a_call_that_passes_does_not(screen: Screen) -> None:
    screen.parts.redress = to_redress(AppealContact("https://appeals.example/appeal/"))
    assert call(screen, caller=BAD).json["appeal"] == {"address": "https://appeals.example/appeal/"}
    assert "appeal" not in call(screen).json


def test_a_good_caller_passes_without_a_label(screen: Screen) -> None:
    answer = call(screen).json
    assert (answer["treatment"], answer["label"], answer["reasons"]) == ("allow", None, [])


def test_a_call_from_abroad_is_labelled_with_its_country(screen: Screen) -> None:
    answer = call(screen, caller="+442079460000", trunk="IGW-1").json
    assert (answer["treatment"], answer["country"]) == ("label", "GB")
    assert answer["label"] == {"zh": "境外来电：英国", "en": "Call from abroad: United Kingdom"}


def test_a_home_number_from_abroad_is_not_said_to_call_from_home(screen: Screen) -> None:
    answer = call(screen, caller="95588", trunk="IGW-1").json
    assert answer["treatment"] == "refuse" and answer["label"]["zh"].startswith("境外来电（显示国内号码）；")


def test_an_unknown_trunk_acts_on_nothing_but_says_what_was_meant(screen: Screen) -> None:
    answer = call(screen, caller=BAD, trunk="").json
    assert (answer["treatment"], answer["meant"], answer["label"]) == ("allow", "refuse", None)


@pytest.mark.parametrize(
    "changed",
    [
        {"call_id": ""},
        {"callee": ""},
        {"call_id": None},
        {"caller": 17000000001},
        {"caller": "1" * 1_025},
        {"claimed": ["1"] * 9},
        {"trunk": "1" * 257},
        {"private": "yes"},
        {"attestation": "D"},
        {"ingress": "mobile"},
        {"own": True},
        {"at": 0},
    ],
)
def test_wrong_values_and_unknown_fields_are_refused(screen: Screen, changed: dict[str, object]) -> None:
    answer = call(screen, **changed)
    assert answer.status == 422 and next(iter(changed)) in answer.json["detail"]


def test_a_body_above_its_limit_is_refused(screen: Screen) -> None:
    answer = ask(screen, "POST", "/v1/screen/call", scope=KeyScope.CALL, body=b" " * (LONGEST_BODY + 1))
    assert answer.status == 413 and str(LONGEST_BODY) in answer.json["detail"]


def test_calls_are_counted_and_logged_as_those_of_any_door(screen: Screen) -> None:
    call(screen, caller=BAD)
    call(screen)
    screen.metrics.text()  # counts are added when they are read
    count = screen.metrics.calls.series_for
    assert (count("http", "refuse").value, count("http", "allow").value, count("sip", "refuse").value) == (1, 1, 0)
    assert sum(screen.metrics.answer_seconds.series_for("http").counts) == 2


def test_a_folded_call_id_is_logged_without_its_fold(screen: Screen, tmp_path: Path) -> None:
    call(screen, call_id="c-2@192.0.2.1\r\n ")
    screen.log.close(0)
    (line,) = b"".join(path.read_bytes() for path in tmp_path.rglob("*.jsonl")).splitlines()
    assert json.loads(line)[3][0][1] == "c-2@192.0.2.1"


def unscreened(screen: Screen, why: str) -> float:
    screen.metrics.text()  # counts are added when they are read
    return screen.metrics.unscreened.series_for("http", why).value


def test_when_too_much_comes_calls_are_answered_unscreened_and_counted(screen: Screen) -> None:
    for _ in range(5):
        screen.parts.overload.record_lag(1_000.0)
    answer = call(screen, caller="+8617000000002").json
    assert (answer["treatment"], answer["reasons"], answer["screened"]) == ("allow", [OVERLOADED], False)
    answer = call(screen, caller=BAD).json
    assert (answer["treatment"], answer["reasons"][-1]) == ("refuse", OVERLOADED)  # lists still refuse
    screen.parts.overload.record_lag(0.0)
    assert call(screen, caller=BAD).json["treatment"] == "refuse"
    assert (unscreened(screen, OVERLOADED), unscreened(screen, LATE)) == (1, 0)


def test_a_call_that_waited_past_the_shipped_limit_is_answered_as_late(
    run: Running, screen: Screen, tmp_path: Path, socket_enabled: None
) -> None:
    limit = ScreenSettings().overload.late_ms
    screen.parts.overload = OverloadControl(0.8 * limit, limit)

    async def answers() -> None:
        async with run_server(screen, tmp_path, internet=True) as server:
            peer, watch = await server.peer(), LoopWatch(screen.parts.overload)
            await asyncio.sleep(0.05)
            peer.send(asked_call(screen))
            time.sleep(limit / 1e3 + 0.05)  # nothing is read meanwhile
            answer = json.loads((await peer.answer())[1])
            assert (answer["treatment"], answer["reasons"], answer["screened"]) == ("allow", [LATE], False)
            for _ in range(50):
                peer.send(asked_call(screen))
                answer = json.loads((await peer.answer())[1])
                if answer["screened"]:
                    break
            watch.close()
            assert answer["treatment"] == "refuse" and unscreened(screen, LATE) >= 1

    run(answers())


class Asks:
    """A screener that must ask a register: the decision comes later, on the loop."""

    def __init__(self, decision: Decision, *, at_once: bool) -> None:
        self.decision, self.at_once = decision, at_once

    def call(self, attempt: CallAttempt, then: Any) -> None:
        if self.at_once:
            then(self.decision)
        else:
            asyncio.get_running_loop().call_later(0.01, then, self.decision)
        return None

    def unscreened(self, attempt: CallAttempt, code: str) -> Decision:
        raise AssertionError(code)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_call_waits_for_the_register_and_others_need_not(screen: Screen, at_once: bool) -> None:
    patient: CallScreener = Asks(Decision(Treatment.LABEL, (FROM_ABROAD,), country="GB"), at_once=at_once)
    screen.parts.screener = patient
    assert call(screen).json["label"]["en"] == "Call from abroad: United Kingdom"


def test_many_calls_wait_at_once(screen: Screen) -> None:
    screen.parts.screener = Asks(Decision(Treatment.LABEL, (FROM_ABROAD,)), at_once=False)
    body = json.dumps({"call_id": "c", "caller": BAD, "callee": GOOD}).encode()
    request = {
        "type": "http",
        "method": "POST",
        "path": "/v1/screen/call",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer " + screen.key[KeyScope.CALL].encode())],
    }

    async def all_of(app: HttpApp) -> list[int]:
        return [case.status for case in await asyncio.gather(*(send_request(app, request, [body]) for _ in range(200)))]

    assert set(asyncio.run(all_of(screen.app))) == {200}


@pytest.mark.parametrize(
    ("decision", "zh"),
    [
        (Decision(Treatment.ALLOW, (FROM_ABROAD,), country="GB"), None),
        (Decision(Treatment.LABEL, ("rule:made_up",)), "来电号码存疑，请勿轻信"),
        (Decision(Treatment.LABEL, (FROM_ABROAD,), country=""), "境外来电"),
        (Decision(Treatment.LABEL, (FROM_ABROAD,), country="??"), "境外来电"),
        (Decision(Treatment.REFUSE, (SUSPECTED, FROM_ABROAD), country="GB"), "境外来电：英国；来电号码存疑，请勿轻信"),
        (Decision(Treatment.LABEL, ()), None),
        (Decision(Treatment.LABEL, ("never_heard_of",)), None),
    ],
)
def test_a_label_says_where_from_and_what_to_mind_and_names_no_rule(decision: Decision, zh: str | None) -> None:
    label = make_label(decision)
    assert (label.zh if label else None) == zh
    assert label is None or "made_up" not in label.zh + label.en


def test_signatures_are_verified_and_their_result_is_told(screen: Screen) -> None:
    signature = sign(orig=GOOD.lstrip("+"), dest="8617000000901", at=datetime.now(UTC))
    answer = call(screen, trunk="IGW-1", identity=[signature]).json
    assert answer["verification"] == {"verstat": "TN-Validation-Passed", "attestation": "A"}
    assert "mobile_unproven" not in answer["reasons"], "the signature proves the number"
    failed = call(screen, trunk="IGW-1", call_id="c-2", identity=[signature]).json
    assert failed["verification"] == {"verstat": "TN-Validation-Failed", "reason": "replayed"}
    assert "signature_failed" in failed["reasons"] and "mobile_unproven" in failed["reasons"]


def test_an_attestation_of_the_client_proves_nothing_on_a_trunk_that_does_not_verify(screen: Screen) -> None:
    assert "mobile_unproven" in call(screen, trunk="IGW-1", attestation="A").json["reasons"]
