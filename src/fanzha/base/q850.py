"""Map SIP status codes (RFC 3398 §8.2.6.1) and cause names of switches to ITU-T Q.850 causes."""

#: RFC 3398 section 8.2.6.1. Other 3xx, 4xx and 6xx codes are 31 (normal, unspecified), other 5xx codes are 41.
_BY_SIP = {
    400: 41, 401: 21, 402: 21, 403: 21, 404: 1, 405: 63, 406: 79, 407: 21, 408: 102, 410: 22, 413: 127, 414: 127,
    415: 79, 416: 127, 420: 127, 421: 127, 423: 127, 480: 18, 481: 41, 482: 25, 483: 25, 484: 28, 485: 1, 486: 17,
    487: 16, 488: 65, 500: 41, 501: 79, 502: 38, 503: 41, 504: 102, 505: 127, 513: 127, 600: 17, 603: 21, 604: 1,
    606: 65,
}  # fmt: skip

#: Names of ITU-T Q.850 causes in FreeSWITCH (switch_types.h).
_BY_NAME = {
    "UNALLOCATED_NUMBER": 1, "NO_ROUTE_TRANSIT_NET": 2, "NO_ROUTE_DESTINATION": 3, "CHANNEL_UNACCEPTABLE": 6,
    "CALL_AWARDED_DELIVERED": 7, "NORMAL_CLEARING": 16, "USER_BUSY": 17, "NO_USER_RESPONSE": 18, "NO_ANSWER": 19,
    "SUBSCRIBER_ABSENT": 20, "CALL_REJECTED": 21, "NUMBER_CHANGED": 22, "REDIRECTION_TO_NEW_DESTINATION": 23,
    "EXCHANGE_ROUTING_ERROR": 25, "DESTINATION_OUT_OF_ORDER": 27, "INVALID_NUMBER_FORMAT": 28, "FACILITY_REJECTED": 29,
    "RESPONSE_TO_STATUS_ENQUIRY": 30, "NORMAL_UNSPECIFIED": 31, "NORMAL_CIRCUIT_CONGESTION": 34,
    "NETWORK_OUT_OF_ORDER": 38, "NORMAL_TEMPORARY_FAILURE": 41, "SWITCH_CONGESTION": 42, "ACCESS_INFO_DISCARDED": 43,
    "REQUESTED_CHAN_UNAVAIL": 44, "PRE_EMPTED": 45, "FACILITY_NOT_SUBSCRIBED": 50, "OUTGOING_CALL_BARRED": 52,
    "INCOMING_CALL_BARRED": 54, "BEARERCAPABILITY_NOTAUTH": 57, "BEARERCAPABILITY_NOTAVAIL": 58,
    "SERVICE_UNAVAILABLE": 63, "BEARERCAPABILITY_NOTIMPL": 65, "CHAN_NOT_IMPLEMENTED": 66,
    "FACILITY_NOT_IMPLEMENTED": 69, "SERVICE_NOT_IMPLEMENTED": 79, "INVALID_CALL_REFERENCE": 81,
    "INCOMPATIBLE_DESTINATION": 88, "INVALID_MSG_UNSPECIFIED": 95, "MANDATORY_IE_MISSING": 96,
    "MESSAGE_TYPE_NONEXIST": 97, "WRONG_MESSAGE": 98, "IE_NONEXIST": 99, "INVALID_IE_CONTENTS": 100,
    "WRONG_CALL_STATE": 101, "RECOVERY_ON_TIMER_EXPIRE": 102, "MANDATORY_IE_LENGTH_ERROR": 103, "PROTOCOL_ERROR": 111,
    "INTERWORKING": 127, "ORIGINATOR_CANCEL": 16, "LOSE_RACE": 16, "ALLOTTED_TIMEOUT": 19, "ATTENDED_TRANSFER": 16,
    "BLIND_TRANSFER": 16, "PICKED_OFF": 16,
}  # fmt: skip

#: Causes of Asterisk's dispositions, by its aliases in causes.h (BUSY is user busy, FAILURE network out of order, …).
Q850_BY_DISPOSITION = {"ANSWERED": 16, "BUSY": 17, "NO ANSWER": 19, "CONGESTION": 34, "FAILED": 38}


def q850_from_sip(code: int) -> int | None:
    """Return the Q.850 cause of a final SIP status code, 16 for success, None if the code is not final."""
    if 200 <= code < 300:
        return 16
    return _BY_SIP.get(code, 41 if 500 <= code < 600 else 31) if 300 <= code < 700 else None


def q850_from_name(name: str) -> int | None:
    """Return the Q.850 cause of a cause name or a decimal number, or None."""
    if name.isascii() and name.isdigit():
        return int(name) if len(name) <= 3 and int(name) <= 127 else None
    return _BY_NAME.get(name.upper())
