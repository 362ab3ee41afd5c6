"""What the scenarios of CAMARA leave open: odd bodies, both ends of ranges, and days in the site's time zone."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fanzha.base.clock import moment_ms
from fanzha.command.number_signals.camara import CamaraError, answer, is_correlator, parse_body, read_question
from fanzha.store.number_signals import NumberSignals

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
NUMBER = "+8617000000001"
RECYCLING, SIM, TENURE = "number-recycling/v0.3/check", "sim-swap/v2/check", "kyc-tenure/v0.1/check-tenure"


def signals(**values: Any) -> NumberSignals:
    plain: dict[str, Any] = dict.fromkeys(NumberSignals._fields, 0)
    texts = {"forwarding": None, "contract": "", "imei_binding": "", "area_limit": "", "withheld": False}
    return NumberSignals(**(plain | texts | values))


def told(path: str, body: dict[str, Any], days: int = 0, **values: Any) -> Any:
    question = read_question(path, {"phoneNumber": NUMBER} | body, NOW, ZONE, days)
    return answer(path, question, signals(**values))


def refused(path: str, body: Any) -> tuple[int, str]:
    with pytest.raises(CamaraError) as error:
        told(path, body)
    return error.value.status, error.value.code


@pytest.mark.parametrize("raw", [b"", b"[]", b"1", b"{", b'{"phoneNumber": NaN', b"\xff", b"[" * 100_000])
def test_a_body_is_a_json_object(raw: bytes) -> None:
    with pytest.raises(CamaraError) as error:
        parse_body(raw)
    assert error.value.to_json()["code"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("hours", "code"), [(0, "INVALID_ARGUMENT"), (True, "INVALID_ARGUMENT"), (2401, "OUT_OF_RANGE")]
)
def test_ends_of_max_age(hours: object, code: str) -> None:
    assert refused(SIM, {"maxAge": hours}) == (400, code)


def test_a_swap_counts_to_the_millisecond() -> None:
    at = moment_ms("2026-03-01T11:00:00Z")
    assert told(SIM, {"maxAge": 1}, sim_changed_at=at) == {"swapped": True}
    assert told(SIM, {"maxAge": 1}, sim_changed_at=at - 1) == {"swapped": False}


def test_a_day_ends_at_midnight_of_the_site() -> None:
    midnight = moment_ms("2026-02-01T16:00:00Z")  # 2 February, 00:00 in China
    assert told(RECYCLING, {"specifiedDate": "2026-02-01"}, holder_from=midnight) == {"phoneNumberRecycled": True}
    assert told(RECYCLING, {"specifiedDate": "2026-02-02"}, holder_from=midnight) == {"phoneNumberRecycled": False}
    assert refused(RECYCLING, {"specifiedDate": "2026-03-02"}) == (400, "OUT_OF_RANGE")


def test_nothing_is_guessed_that_the_operator_does_not_state() -> None:
    assert refused(RECYCLING, {"specifiedDate": "2026-02-01"}) == (422, "SERVICE_NOT_APPLICABLE")
    assert refused(TENURE, {"tenureDate": "2026-02-01"}) == (422, "SERVICE_NOT_APPLICABLE")
    for name in ("call-forwardings", "unconditional-call-forwardings"):
        assert refused(f"call-forwarding-signal/v0.4/{name}", {}) == (422, "SERVICE_NOT_APPLICABLE")
    assert "contractType" not in told(TENURE, {"tenureDate": "2026-02-01"}, holder_from=1)


def test_iot_limits_are_told_as_far_as_they_are_known() -> None:
    path, device = "iot-sim-fraud-prevention/v1/query", {"phoneNumber": NUMBER}
    for kind in ("IMEIBIND", "AREALIMIT"):
        question = read_question(path, {"device": device, "queryType": kind}, NOW, ZONE, 0)
        with pytest.raises(CamaraError):
            answer(path, question, signals())
    assert answer(path, question, signals(area_limit="unrestricted")) == {
        "areaLimit": {"areaLimitStatus": "UNRESTRICTED"}
    }


def test_short_numbers_and_devices_elsewhere_are_refused() -> None:
    assert refused(SIM, {"device": {}}) == (400, "INVALID_ARGUMENT")
    assert refused(RECYCLING, {}) == (400, "INVALID_ARGUMENT")


def test_correlators() -> None:
    assert is_correlator("") and is_correlator("a-Z_9:;./<>{}") and not is_correlator("a b") and not is_correlator("é")
    assert not is_correlator("x" * 257) and not is_correlator("a\n")
