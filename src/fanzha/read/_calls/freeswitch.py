"""Parse one leg of a FreeSWITCH call from its channel variables, for all FreeSWITCH formats.

Times are start_uepoch, start_epoch or start_stamp (in that order), and likewise for answer and end. Causes have Q.850
names. Legs of a call refer to each other by bleg_uuid, bridge_uuid, signal_bond, originating_leg_uuid and call_uuid.
"""

from collections.abc import Mapping
from urllib.parse import unquote

from fanzha.base.q850 import q850_from_name
from fanzha.read._calls.fields import parse_seconds, parse_timestamp
from fanzha.read._calls.record import FOLLOW, LEAD, CallRecord, InvalidRecord
from fanzha.read._convert.zone import Zone

#: Variables that hold the uuid of a related leg, in order of precedence for the id of the call.
_LINKS = ("originating_leg_uuid", "bleg_uuid", "bridge_uuid", "signal_bond", "call_uuid", "last_bridge_to")
_RELEASED = {
    ("recv_bye", "inbound"): "caller", ("recv_bye", "outbound"): "callee",
    ("recv_cancel", "inbound"): "caller", ("recv_refuse", "outbound"): "callee",
    ("send_refuse", "inbound"): "network",
}  # fmt: skip
_PRIVACY = ("privacy", "origination_privacy", "sip_h_Privacy", "caller_privacy_hide_number", "privacy_hide_number")
#: Fields of a caller profile that complete the variables.
_PROFILE = ("caller_id_number", "ani", "rdnis", "destination_number", "uuid", "network_addr")


def combine_variables(
    direction: str, caller_profile: Mapping[str, object], variables: Mapping[str, object]
) -> dict[str, str]:
    """Decode the variables of a leg and complete them by its direction and the earliest caller profile of its call."""
    decoded = {name: decode_value(str(value)) for name, value in variables.items()}
    profile = {name: decode_value(str(caller_profile[name])) for name in _PROFILE if caller_profile.get(name)}
    return {"direction": direction} | profile | decoded


def parse_leg(row: int, variables: Mapping[str, str], zone: Zone) -> CallRecord:
    """Return the record of one leg."""
    uuid = variables.get("uuid", "")
    start = _find_timestamp(variables, "start", zone)
    if not uuid or start is None:
        raise InvalidRecord("uuid" if not uuid else "start_stamp", "", "没有标识或开始时间", "no uuid or no start")
    answer, end = _find_timestamp(variables, "answer", zone), _find_timestamp(variables, "end", zone)
    direction = variables.get("direction", "")
    origin = variables.get("originating_leg_uuid", "")
    links = [variables[name] for name in _LINKS if variables.get(name) and variables[name] != uuid]
    talk = parse_seconds(variables.get("billsec", ""), "billsec")
    if variables.get("billmsec", "").isdecimal():
        talk = parse_seconds(str(int(variables["billmsec"][:12]) / 1_000), "billmsec")
    return CallRecord(
        row=row,
        keys=tuple(dict.fromkeys((uuid, *links))),
        start=start,
        answer=answer,
        end=end,
        answered=answer is not None,
        talk_ms=talk if answer is not None else 0,
        caller=_first_value(variables, "caller_id_number", "ani", "sip_from_user"),
        callee=_first_value(variables, "destination_number", "sip_to_user", "sip_req_user"),
        original_callee=_first_value(variables, "original_destination_number", "sip_h_X-Original-Called"),
        diversion=_parse_user(
            _first_value(variables, "rdnis", "sip_h_Diversion", "sip_redirected_by", "sip_history_info")
        ),
        asserted_identity=_parse_user(_first_value(variables, "sip_P-Asserted-Identity", "sip_h_P-Asserted-Identity")),
        attestation=_parse_attestation(_first_value(variables, "sip_verstat_attestation", "sip_h_X-Attest", "verstat")),
        presentation=_parse_presentation(variables),
        trunk=_first_value(variables, "sip_gateway_name", "sip_gateway", "sofia_profile_name"),
        cause=q850_from_name(variables.get("hangup_cause_q850", "") or variables.get("hangup_cause", "")),
        released_by=_RELEASED.get((variables.get("sip_hangup_disposition", ""), direction), ""),
        role=FOLLOW if origin or direction == "outbound" else LEAD,
        begins=not origin,  # mod_xml_cdr writes one file per leg; the incoming leg starts the call
    )


def decode_value(value: str) -> str:
    """Undo the URL encoding that mod_json_cdr and mod_xml_cdr put on values."""
    return unquote(value, errors="replace") if "%" in value else value


def _find_timestamp(variables: Mapping[str, str], event: str, zone: Zone) -> int | None:
    for name in (f"{event}_uepoch", f"{event}_epoch", f"{event}_stamp"):
        if variables.get(name):
            return parse_timestamp(variables[name], name, zone)
    return None


def _first_value(variables: Mapping[str, str], *names: str) -> str:
    return next((variables[name] for name in names if variables.get(name)), "")


def _parse_user(uri: str) -> str:
    """Return the user part of a SIP or tel URI, or the text itself if it is no URI."""
    text = uri.partition("<")[2].partition(">")[0] if "<" in uri else uri
    text = text.partition(";")[0]
    for scheme in ("sips:", "sip:", "tel:"):
        text = text.removeprefix(scheme)
    return text.partition("@")[0].strip()


def _parse_attestation(text: str) -> str:
    letter = text.strip().upper()[:1]
    return letter if letter in ("A", "B", "C") and len(text.strip()) == 1 else ""


def _parse_presentation(variables: Mapping[str, str]) -> str:
    settings = " ".join(variables.get(name, "") for name in _PRIVACY).lower()
    return (
        "restricted" if any(word in settings.split() for word in ("id", "full", "true", "yes", "hide_number")) else ""
    )
