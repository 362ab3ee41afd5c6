"""The scenarios of CAMARA's test definitions that apply to two-legged tokens, by their ids.

Each is an operation, a body, the status, and what the answer must be: an error code, or a part of the answer. `token`
says which token is sent. Those that are not run, with the reason, stand in docs/reference/camara.md.
"""

from typing import Any, NamedTuple

from tests.command.number_signals.bank_world import (
    FORWARDED,
    HELD,
    HOURS,
    IOT,
    LONG_AGO,
    NOT_FORWARDED,
    OLD_SWAP,
    UNKNOWN,
    WITHOUT_CARD,
    activated,
    swapped,
)


class Scenario(NamedTuple):
    """One request with what must come of it. `days` is the monitored period of the operator, 0 for none."""

    ident: str
    path: str
    body: Any
    status: int
    expected: Any = None
    token: str = "valid"
    days: int = 0


SIM, SIM_DATE = "sim-swap/v2/check", "sim-swap/v2/retrieve-date"
DEVICE, DEVICE_DATE = "device-swap/v1/check", "device-swap/v1/retrieve-date"
ALL = "call-forwarding-signal/v0.4/call-forwardings"
UNCONDITIONAL = "call-forwarding-signal/v0.4/unconditional-call-forwardings"
RECYCLING, TENURE = "number-recycling/v0.3/check", "kyc-tenure/v0.1/check-tenure"
IOT_QUERY = "iot-sim-fraud-prevention/v1/query"
NOTHING = object()  # no body at all


def of(value: Any, **more: Any) -> dict[str, Any]:
    return {"phoneNumber": value} | more


def tokens(prefix: str, path: str, body: Any, names: tuple[str, str, str]) -> list[Scenario]:
    """The three scenarios about tokens: none, expired, invalid."""
    given = zip(names, ("none", "expired", "invalid"), strict=True)
    return [Scenario(prefix + name, path, body, 401, "UNAUTHENTICATED", token) for name, token in given]


_401 = ("401.1_no_authorization_header", "401.2_expired_access_token", "401.3_invalid_access_token")


def _checks(prefix: str, path: str) -> list[Scenario]:
    """What SIM swap and device swap have in common."""
    three, seven = ("3_valid_sim_swap_max_age", "7_no_sim_swap_with_max_age")
    if "device" in prefix:
        three, seven = ("3_valid_device_swap_max_age", "7_no_device_swap_with_max_age")
    noun = "device_swap" if "device" in prefix else "sim_swap"
    return [
        Scenario(f"{prefix}1_generic_success_scenario", path, of(OLD_SWAP), 200, {"swapped": False}),
        Scenario(f"{prefix}2_valid_{noun}_no_max_age", path, of(swapped(120)), 200, {"swapped": True}),
        *(Scenario(f"{prefix}{three}", path, of(swapped(h), maxAge=h), 200, {"swapped": True}) for h in HOURS),
        Scenario(f"{prefix}4_more_than_240_hours", path, of(OLD_SWAP), 200, {"swapped": False}),
        Scenario(f"{prefix}5_out_of_max_age", path, of(OLD_SWAP, maxAge=240), 200, {"swapped": False}),
        Scenario(f"{prefix}6_no_{noun}_no_max_age", path, of(activated(260)), 200, {"swapped": False}),
        *(Scenario(f"{prefix}{seven}", path, of(activated(h), maxAge=h - 1), 200, {"swapped": False}) for h in HOURS),
        *tokens(prefix, path, of(OLD_SWAP), _401),
    ]


def _retrievals(prefix: str, path: str, noun: str) -> list[Scenario]:
    return [
        Scenario(f"{prefix}1_generic_success_scenario", path, of(OLD_SWAP), 200),
        Scenario(f"{prefix}2_valid_{noun}", path, of(OLD_SWAP), 200),
        Scenario(f"{prefix}3_no_{noun}_returns_activation_date", path, of(activated(120)), 200),
        *tokens(prefix, path, of(OLD_SWAP), _401),
    ]


def _missing(path: str, missing: str, not_found: str, not_applicable: str, **more: Any) -> list[Scenario]:
    """Numbers that are missing, unknown, or of which nothing is told."""
    found = [
        (missing, dict(more), 422, "MISSING_IDENTIFIER"),
        (not_found, of(UNKNOWN, **more), 404, "IDENTIFIER_NOT_FOUND"),
        (not_applicable, of(WITHOUT_CARD, **more), 422, "SERVICE_NOT_APPLICABLE"),
    ]
    return [Scenario(ident, path, body, status, code) for ident, body, status, code in found if ident]


SIM_SWAP = [
    *_checks("check_sim_swap_", SIM),
    *_missing(
        SIM,
        "check_sim_swap_10_phone_number_not_provided_and_cannot_be_deducted_from_access_token",
        "",
        "check_sim_swap_8_phone_number_not_supported",
    ),
    Scenario("check_sim_swap_400.1_invalid_phone_number", SIM, of("017000001234"), 400, "INVALID_ARGUMENT"),
    Scenario("check_sim_swap_400.2_invalid_max_age", SIM, of(OLD_SWAP, maxAge="ten"), 400, "INVALID_ARGUMENT"),
    Scenario("check_sim_swap_400.3_invalid_max_age_value", SIM, of(OLD_SWAP, maxAge=100000), 400, "OUT_OF_RANGE"),
    Scenario(
        "check_sim_swap_400.4_max_age_out_of_monitored_period",
        SIM,
        of(OLD_SWAP, maxAge=721),
        400,
        "OUT_OF_RANGE",
        days=30,
    ),
    *_retrievals("retrieve_sim_swap_date_", SIM_DATE, "sim_swap"),
    Scenario(
        "retrieve_sim_swap_date_4_sim_never_associated", SIM_DATE, of(WITHOUT_CARD), 200, {"latestSimChange": None}
    ),
    Scenario(
        "retrieve_sim_swap_date_5_no_sim_swap_or_activation_date_due_to_legal_constrain",
        SIM_DATE,
        of(LONG_AGO),
        200,
        {"latestSimChange": None, "monitoredPeriod": 120},
        days=120,
    ),
    Scenario(
        "retrieve_sim_swap_date_C02.01_phone_number_not_schema_compliant", SIM_DATE, of("abc"), 400, "INVALID_ARGUMENT"
    ),
    *_missing(
        SIM_DATE,
        "retrieve_sim_swap_date_C02.04_missing_phone_number",
        "retrieve_sim_swap_date_C02.02_phone_number_not_found",
        "",
    ),
]

DEVICE_SWAP = [
    *_checks("check_device_swap_", DEVICE),
    Scenario("check_device_swap_8_more_than_monitored_period", DEVICE, of(OLD_SWAP), 200, {"swapped": False}, days=10),
    Scenario(
        "check_device_swap_422.1_NoDeviceSwapPhoneNumberNeverConnected",
        DEVICE,
        of(WITHOUT_CARD),
        422,
        "SERVICE_NOT_APPLICABLE",
    ),
    Scenario("check_device_swap_C02.01_phone_number_not_schema_compliant", DEVICE, of("1"), 400, "INVALID_ARGUMENT"),
    *_missing(
        DEVICE,
        "check_device_swap_C02.04_missing_phone_number",
        "check_device_swap_C02.02_phone_number_not_found",
        "check_device_swap_C02.05_phone_number_not_supported",
    ),
    Scenario(
        "check_device_swap_400.4_unknown_request_body_property", DEVICE, of(OLD_SWAP, imei="1"), 400, "INVALID_ARGUMENT"
    ),
    Scenario("check_device_swap_403.1_insufficient_scope", DEVICE, of(OLD_SWAP), 403, "PERMISSION_DENIED", "narrow"),
    Scenario("check_device_swap_400.1_invalid_max_age", DEVICE, of(OLD_SWAP, maxAge=1.5), 400, "INVALID_ARGUMENT"),
    Scenario("check_device_swap_400.2_out_of_range", DEVICE, of(OLD_SWAP, maxAge=2401), 400, "OUT_OF_RANGE"),
    Scenario(
        "check_device_swap_400.3_max_age_out_of_monitored_period",
        DEVICE,
        of(OLD_SWAP, maxAge=241),
        400,
        "OUT_OF_RANGE",
        days=10,
    ),
    *_retrievals("retrieve_device_swap_date_", DEVICE_DATE, "device_swap"),
    Scenario(
        "retrieve_device_swap_date_4_no_device_swap_or_activation_date_due_to_legal_constrain",
        DEVICE_DATE,
        of(LONG_AGO),
        200,
        {"latestDeviceChange": None, "monitoredPeriod": 120},
        days=120,
    ),
    Scenario("retrieve_device_swap_date_5_not_activated", DEVICE_DATE, of(WITHOUT_CARD), 422, "SERVICE_NOT_APPLICABLE"),
    Scenario(
        "retrieve_device_swap_date_6_C02_01_phone_number_not_schema_compliant",
        DEVICE_DATE,
        of(17),
        400,
        "INVALID_ARGUMENT",
    ),
    *_missing(
        DEVICE_DATE,
        "check_device_swap_9_C02_04_missing_phone_number",
        "retrieve_device_swap_date_7_C02_02_phone_number_not_found",
        "retrieve_device_swap_date_10_C02_05_phone_number_not_supported",
    ),
]


def _forwarding(path: str, first: str, active: Any, inactive: Any) -> list[Scenario]:
    is_all, many = path == ALL, "call_forwarding_signal_"
    two, four = "02_call_forwarding_check_not_active_phoneNumber", "04_call_forwarding_check_active_phoneNumber"
    return [
        Scenario(f"{many}{first}", path, of(FORWARDED), 200, active),
        Scenario(f"{many}{two if is_all else '02_unconditional_phoneNumber'}", path, of(NOT_FORWARDED), 200, inactive),
        *([Scenario(f"{many}{four}", path, of(FORWARDED), 200, active)] if is_all else []),
        Scenario(f"{many}400.1_no_request_body", path, NOTHING, 400, "INVALID_ARGUMENT"),
        Scenario(f"{many}400.3_C02.01_phone_number_not_schema_compliant", path, of("+0"), 400, "INVALID_ARGUMENT"),
        Scenario(f"{many}401.invalid_token", path, of(FORWARDED), 401, "UNAUTHENTICATED", "invalid"),
        Scenario(f"{many}403_permission_denied", path, of(FORWARDED), 403, "PERMISSION_DENIED", "narrow"),
        Scenario(
            f"{many}404.1_call_forwarding_for_unknown_phoneNumber_2-legs",
            path,
            of(UNKNOWN),
            404,
            "IDENTIFIER_NOT_FOUND",
        ),
        *_missing(
            path,
            f"{many}422.1_phone_number_unavailable_2-legs_C02.04_missing_phone_number",
            f"{many}404.2_call_forwarding_for_unknown_phoneNumber_from_access_token_3-legs_C02.02_phone_number_not_found",
            f"{many}422.3_2-legs_C02.05_phone_number_not_supported",
        ),
    ]


CALL_FORWARDING = [
    *_forwarding(ALL, "01_generic_success_scenario_2-legs", ["unconditional", "conditional_busy"], ["inactive"]),
    *_forwarding(
        UNCONDITIONAL, "01_unconditional_generic_success_scenario_2-legs", {"active": True}, {"active": False}
    ),
]

_DAY = {"specifiedDate": "2025-06-01"}
NUMBER_RECYCLING = [
    Scenario(
        "Number_Recycling_01_success_request_response_when_phoneNumberRecycled_is_false",
        RECYCLING,
        of(HELD, **_DAY),
        200,
        {"phoneNumberRecycled": False},
    ),
    Scenario(
        "Number_Recycling_02_success_request_response_when_phoneNumberRecycled_is_true",
        RECYCLING,
        of(HELD, specifiedDate="2025-05-31"),
        200,
        {"phoneNumberRecycled": True},
    ),
    *(
        Scenario(
            "Number_Recycling_400.01_invalid_specifiedDate",
            RECYCLING,
            of(HELD, specifiedDate=wrong),
            400,
            "INVALID_ARGUMENT",
        )
        for wrong in ("2025-6-1", "2025-02-30", "20250601", 20250601)
    ),
    Scenario(
        "Number_Recycling_400.02_phone_number_not_schema_compliant", RECYCLING, of("x", **_DAY), 400, "INVALID_ARGUMENT"
    ),
    Scenario(
        "Number_Recycling_401.01_expired_access_token", RECYCLING, of(HELD, **_DAY), 401, "UNAUTHENTICATED", "expired"
    ),
    *_missing(
        RECYCLING,
        "Number_Recycling_422.02_missing_identifier",
        "",
        "Number_Recycling_422.01_service_not_applicable",
        **_DAY,
    ),
]

_SINCE = {"tenureDate": "2025-06-02T00:00:00Z"}
KYC_TENURE = [
    Scenario(
        "checkTenure_1_tenure_check_true",
        TENURE,
        of(HELD, **_SINCE),
        200,
        {"tenureDateCheck": True, "contractType": "PAYM"},
    ),
    Scenario(
        "checkTenure_2_tenure_check_false",
        TENURE,
        of(HELD, tenureDate="2025-05-31"),
        200,
        {"tenureDateCheck": False, "contractType": "PAYM"},
    ),
    Scenario("checkTenure_400.1_no_request_body", TENURE, NOTHING, 400, "INVALID_ARGUMENT"),
    Scenario("checkTenure_400.2_empty_request_body", TENURE, {}, 400, "INVALID_ARGUMENT"),
    Scenario("check_device_swap_400.3_out_of_range", TENURE, of(HELD, tenureDate="2099-01-01"), 400, "OUT_OF_RANGE"),
    Scenario("checkTenure_400.4_invalid_argument", TENURE, of(HELD, tenureDate="soon"), 400, "INVALID_ARGUMENT"),
    Scenario(
        "checkTenure_400.4_phone_number_not_schema_compliant", TENURE, of("+86", **_SINCE), 400, "INVALID_ARGUMENT"
    ),
    *tokens(
        "checkTenure_",
        TENURE,
        of(HELD, **_SINCE),
        ("401.3_no_header_authorization", "401.1_expired_access_token", "401.2_invalid_access_token"),
    ),
    *_missing(
        TENURE,
        "checkTenure_422.2_missing_identifier",
        "checkTenure_404.1_phone_number_not_found",
        "checkTenure_422.1_service_not_applicable",
        **_SINCE,
    ),
]


def _device(value: str, kind: str = "IMEIBIND") -> dict[str, Any]:
    return {"device": {"phoneNumber": value}, "queryType": kind}


_QUERY = "iot_sim_fraud_prevention_query_"
IOT_LIMITS = [
    Scenario(f"{_QUERY}success_imei_bound", IOT_QUERY, _device(IOT), 200, {"imeiBind": {"bindStatus": "BOUND"}}),
    Scenario(
        f"{_QUERY}success_arealimit_restricted",
        IOT_QUERY,
        _device(IOT, "AREALIMIT"),
        200,
        {"areaLimit": {"areaLimitStatus": "RESTRICTED"}},
    ),
    Scenario(f"{_QUERY}400_missing_querytype", IOT_QUERY, {"device": {"phoneNumber": IOT}}, 400, "INVALID_ARGUMENT"),
    Scenario(f"{_QUERY}400_invalid_querytype", IOT_QUERY, _device(IOT, "COLOUR"), 400, "INVALID_ARGUMENT"),
    Scenario(
        f"{_QUERY}400_missing_device", IOT_QUERY, {"device": {}, "queryType": "IMEIBIND"}, 400, "INVALID_ARGUMENT"
    ),
    Scenario(f"{_QUERY}401_expired_token", IOT_QUERY, _device(IOT), 401, "UNAUTHENTICATED", "expired"),
    Scenario(f"{_QUERY}403_permission_denied", IOT_QUERY, _device(IOT), 403, "PERMISSION_DENIED", "narrow"),
    Scenario(f"{_QUERY}404_device_not_found", IOT_QUERY, _device(UNKNOWN), 404, "IDENTIFIER_NOT_FOUND"),
    Scenario(f"{_QUERY}422_missing_identifier", IOT_QUERY, {"queryType": "IMEIBIND"}, 422, "MISSING_IDENTIFIER"),
    Scenario(
        f"{_QUERY}422_unsupported_identifier",
        IOT_QUERY,
        {"device": {"ipv6Address": "2001:db8::1"}, "queryType": "IMEIBIND"},
        422,
        "UNSUPPORTED_IDENTIFIER",
    ),
]

SCENARIOS = [*SIM_SWAP, *DEVICE_SWAP, *CALL_FORWARDING, *NUMBER_RECYCLING, *KYC_TENURE, *IOT_LIMITS]
#: Run by tests of their own, since they need many requests.
ELSEWHERE = (
    "call_forwarding_signal_429.1_quota_limit_exceeded",
    "call_forwarding_signal_429.2_too_many_requests",
    "iot_sim_fraud_prevention_query_429_quota_exceeded",
)
