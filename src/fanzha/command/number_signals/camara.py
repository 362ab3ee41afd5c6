"""Answers in the form of CAMARA: request bodies, errors with `status`, `code` and `message`, and each operation.

Two-legged tokens alone are given, so that `phoneNumber` must be in the body. Sources: sim-swap 2.1.0, device-swap
1.0.0, call-forwarding-signal 0.4.0, number-recycling 0.2.0 and 0.3.0, kyc-tenure 0.1.0, iot-sim-fraud-prevention 1.0.0.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

from fanzha.base.clock import from_ms, moment_ms, to_ms
from fanzha.base.errors import Malformed
from fanzha.kinds.phone_number import KIND as PHONE_NUMBER
from fanzha.store.number_signals import NumberSignals

DEFAULT_MAX_AGE_HOURS = 240
LONGEST_MAX_AGE_HOURS = 2_400
HOUR_MS = 3_600_000
_CORRELATOR = re.compile(r"[a-zA-Z0-9_:;./<>{}-]{0,256}")
_NUMBER = re.compile(r"\+[1-9][0-9]{4,14}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONDITIONS = {
    "unconditional": "unconditional",
    "busy": "conditional_busy",
    "no_answer": "conditional_no_answer",
    "unreachable": "conditional_not_reachable",
}
_CONTRACTS = {"prepaid": "PAYG", "postpaid": "PAYM", "business": "Business"}
_QUERY_TYPES = ("IMEIBIND", "AREALIMIT")
_DEVICE_IDENTIFIERS = frozenset({"phoneNumber", "networkAccessIdentifier", "ipv4Address", "ipv6Address"})


class CamaraError(Exception):
    """An error as CAMARA Commonalities define it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code, message)
        self.status, self.code, self.message = status, code, message

    def to_json(self) -> dict[str, object]:
        """Return the body of the answer."""
        return {"status": self.status, "code": self.code, "message": self.message}


class SignalQuestion(NamedTuple):
    """A parsed request: the canonical number, the other properties, now (UTC), the zone, and the monitored days."""

    number: str
    body: Mapping[str, Any]
    now: datetime
    zone: tzinfo
    monitored_days: int


def invalid_argument(
    message: str = "Client specified an invalid argument, request body or query param.",
) -> CamaraError:
    """Return the error of a body that does not comply with the schema."""
    return CamaraError(400, "INVALID_ARGUMENT", message)


def not_applicable() -> CamaraError:
    """Return the error of a number about which the service states nothing."""
    return CamaraError(422, "SERVICE_NOT_APPLICABLE", "The service is not available for the provided identifier.")


def not_found() -> CamaraError:
    """Return the error of a number that no operator with a basis has."""
    return CamaraError(404, "IDENTIFIER_NOT_FOUND", "The phone number is not found.")


def is_correlator(text: str) -> bool:
    """Return whether a value of the header `x-correlator` complies with its schema."""
    return _CORRELATOR.fullmatch(text) is not None


def parse_body(raw: bytes) -> dict[str, Any]:
    """Return the JSON object of a body. Raise CamaraError."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise invalid_argument() from None
    if not isinstance(body, dict):
        raise invalid_argument()
    return body


def read_question(path: str, body: dict[str, Any], now: datetime, zone: tzinfo, monitored_days: int) -> SignalQuestion:
    """Check a body for one operation: unknown properties, the number, and what belongs to the operation."""
    properties = _PROPERTIES[path]
    if body.keys() - properties - {"phoneNumber", "device"}:
        raise invalid_argument("The request body contains properties that the API does not declare.")
    if path.startswith("iot-sim-fraud-prevention/"):
        return SignalQuestion(_device_number(body), body, now, zone, monitored_days)
    if "device" in body:
        raise invalid_argument("The request body contains properties that the API does not declare.")
    for name in _REQUIRED.get(path, ()):
        if name not in body:
            raise invalid_argument(f"{name} must be specified.")
    if "phoneNumber" not in body:
        raise CamaraError(422, "MISSING_IDENTIFIER", "The phone number cannot be identified.")
    return SignalQuestion(_parse_number(body["phoneNumber"]), body, now, zone, monitored_days)


def answer(path: str, question: SignalQuestion, signals: NumberSignals) -> object:
    """Return the JSON value that answers an operation. Raise CamaraError."""
    return _ANSWERS[path](question, signals)


def _parse_number(value: object) -> str:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise invalid_argument("phoneNumber must be in E.164 format with a leading +.")
    try:
        canonical = PHONE_NUMBER.normalise(value)
    except Malformed:
        raise not_found() from None
    if not canonical.startswith("+"):
        raise not_found()
    return canonical


def _device_number(body: Mapping[str, Any]) -> str:
    kind = body.get("queryType")
    if kind is None:
        raise invalid_argument("QueryType must be specified")
    if kind not in _QUERY_TYPES:
        raise invalid_argument("The value of queryType can only be IMEIBIND,AREALIMIT")
    if "device" not in body:
        raise CamaraError(422, "MISSING_IDENTIFIER", "The device cannot be identified.")
    device = body["device"]
    if not isinstance(device, dict) or not _DEVICE_IDENTIFIERS & device.keys():
        raise invalid_argument(
            "At least one of phoneNumber, networkAccessIdentifier, ipv4Address and ipv6Address must be specified"
        )
    if "phoneNumber" not in device:
        raise CamaraError(422, "UNSUPPORTED_IDENTIFIER", "The identifier provided is not supported.")
    return _parse_number(device["phoneNumber"])


def _timestamp(ms: int) -> str:
    return from_ms(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _max_age_ms(question: SignalQuestion) -> int:
    hours = question.body.get("maxAge", DEFAULT_MAX_AGE_HOURS)
    if type(hours) is not int or hours < 1:
        raise invalid_argument("maxAge must be a whole number of hours from 1.")
    if hours > LONGEST_MAX_AGE_HOURS:
        raise CamaraError(400, "OUT_OF_RANGE", f"maxAge must not exceed {LONGEST_MAX_AGE_HOURS} hours.")
    if question.monitored_days and "maxAge" in question.body and hours > question.monitored_days * 24:
        days = question.monitored_days
        raise CamaraError(400, "OUT_OF_RANGE", f"The monitored period is {days} days; maxAge must not exceed it.")
    return hours * HOUR_MS


def _swap_answer(question: SignalQuestion, changed_at: int) -> dict[str, bool]:
    since = to_ms(question.now) - _max_age_ms(question)
    if not changed_at:  # nothing is known, which is not "no"
        raise not_applicable()
    if question.monitored_days:
        since = max(since, to_ms(question.now - timedelta(days=question.monitored_days)))
    return {"swapped": changed_at >= since}


def _change_date(question: SignalQuestion, name: str, changed_at: int) -> dict[str, object]:
    days = question.monitored_days
    if days and changed_at < to_ms(question.now - timedelta(days=days)):
        return {name: None, "monitoredPeriod": days}
    return {name: _timestamp(changed_at) if changed_at else None}


def _check_sim_swap(question: SignalQuestion, signals: NumberSignals) -> object:
    return _swap_answer(question, signals.latest_sim_change)


def _retrieve_sim_date(question: SignalQuestion, signals: NumberSignals) -> object:
    return _change_date(question, "latestSimChange", signals.latest_sim_change)


def _check_device_swap(question: SignalQuestion, signals: NumberSignals) -> object:
    return _swap_answer(question, signals.latest_device_change)


def _retrieve_device_date(question: SignalQuestion, signals: NumberSignals) -> object:
    if not signals.latest_device_change:
        raise not_applicable()
    return _change_date(question, "latestDeviceChange", signals.latest_device_change)


def _unconditional_forwarding(question: SignalQuestion, signals: NumberSignals) -> object:
    if signals.forwarding is None:
        raise not_applicable()
    return {"active": "unconditional" in signals.forwarding}


def _forwardings(question: SignalQuestion, signals: NumberSignals) -> object:
    if signals.forwarding is None:
        raise not_applicable()
    return [_CONDITIONS[name] for name in signals.forwarding] or ["inactive"]


def _number_recycling(question: SignalQuestion, signals: NumberSignals) -> object:
    text = question.body["specifiedDate"]
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise invalid_argument("specifiedDate must be a calendar date, YYYY-MM-DD.")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise invalid_argument("specifiedDate is no date of the calendar.") from None
    if day > question.now.astimezone(question.zone).date():
        raise CamaraError(400, "OUT_OF_RANGE", "specifiedDate must not be in the future.")
    if not signals.holder_from:
        raise not_applicable()
    end_of_day = datetime.combine(day, time.max, question.zone)
    return {"phoneNumberRecycled": signals.holder_from > to_ms(end_of_day)}


def _tenure(question: SignalQuestion, signals: NumberSignals) -> object:
    text = question.body["tenureDate"]
    try:
        since = moment_ms(text, question.zone) if isinstance(text, str) and _DATE.match(text) else None
    except Malformed:
        since = None
    if since is None:
        raise invalid_argument("tenureDate must be a date or a date with time (RFC 3339).")
    if since > to_ms(question.now):
        raise CamaraError(400, "OUT_OF_RANGE", "tenureDate must not be in the future.")
    if not signals.holder_from:
        raise not_applicable()
    contract = _CONTRACTS.get(signals.contract)
    return {"tenureDateCheck": signals.holder_from <= since} | ({"contractType": contract} if contract else {})


def _iot_limits(question: SignalQuestion, signals: NumberSignals) -> object:
    if question.body["queryType"] == "IMEIBIND":
        if not signals.imei_binding:
            raise not_applicable()
        return {"imeiBind": {"bindStatus": signals.imei_binding.upper()}}
    if not signals.area_limit:
        raise not_applicable()
    return {"areaLimit": {"areaLimitStatus": signals.area_limit.upper()}}


_ANSWERS: dict[str, Callable[[SignalQuestion, NumberSignals], object]] = {
    "sim-swap/v2/check": _check_sim_swap,
    "sim-swap/v2/retrieve-date": _retrieve_sim_date,
    "device-swap/v1/check": _check_device_swap,
    "device-swap/v1/retrieve-date": _retrieve_device_date,
    "call-forwarding-signal/v0.4/unconditional-call-forwardings": _unconditional_forwarding,
    "call-forwarding-signal/v0.4/call-forwardings": _forwardings,
    "number-recycling/v0.2/check": _number_recycling,
    "number-recycling/v0.3/check": _number_recycling,
    "kyc-tenure/v0.1/check-tenure": _tenure,
    "iot-sim-fraud-prevention/v1/query": _iot_limits,
}
_REQUIRED = {
    "number-recycling/v0.2/check": ("specifiedDate",),
    "number-recycling/v0.3/check": ("specifiedDate",),
    "kyc-tenure/v0.1/check-tenure": ("tenureDate",),
}
_PROPERTIES: dict[str, frozenset[str]] = {
    **dict.fromkeys(_ANSWERS, frozenset()),
    "sim-swap/v2/check": frozenset({"maxAge"}),
    "device-swap/v1/check": frozenset({"maxAge"}),
    **{path: frozenset(names) for path, names in _REQUIRED.items()},
    "iot-sim-fraud-prevention/v1/query": frozenset({"queryType"}),
    "fanzha-risk-indicator/v1/retrieve": frozenset(),
    "fanzha-work-status/v1/check": frozenset(),
}
