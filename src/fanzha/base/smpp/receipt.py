"""Delivery receipts in deliver_sm: by optional parameters, or by the text of SMPP 3.4 appendix B."""

import re
from typing import NamedTuple

from fanzha.base.smpp.pdu import ParameterTag, ShortMessage, read_c_string

#: esm_class of a delivery receipt (bits 2 to 5 of a deliver_sm, §5.2.12), and of an intermediate notification.
_RECEIPT_BITS, _RECEIPT, _INTERMEDIATE = 0x3C, 0x04, 0x20
_STATES = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}
#: States after which no other follows; an SMSC may name further ones of its own, such as BUFFRED.
_FINAL = frozenset({"DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "REJECTD", "UNKNOWN"})
_ID = re.compile(rb"\bid:(\S+)", re.IGNORECASE)
_STATE = re.compile(rb"\bstat:([A-Za-z]{4,10})", re.IGNORECASE)
_ERROR = re.compile(rb"\berr:([0-9A-Za-z]{1,10})", re.IGNORECASE)


class DeliveryReceipt(NamedTuple):
    """What became of one message: its id at the SMSC, the state in letters of appendix B, and the network's error."""

    message_id: str
    state: str
    error: str = ""

    @property
    def is_final(self) -> bool:
        """Return whether no further receipt follows."""
        return self.state in _FINAL

    @property
    def is_delivered(self) -> bool:
        """Return whether the handset has the message."""
        return self.state == "DELIVRD"


def parse_receipt(message: ShortMessage) -> DeliveryReceipt | None:
    """Return the receipt in a deliver_sm; None for a message from a handset, and for a receipt without an id."""
    if message.esm_class & _RECEIPT_BITS not in (_RECEIPT, _INTERMEDIATE):
        return None
    text = message.text or message.tlvs.get(ParameterTag.MESSAGE_PAYLOAD, b"")
    message_id = read_c_string(message.tlvs.get(ParameterTag.RECEIPTED_MESSAGE_ID, b"")) or _first(_ID, text)
    state_octet = message.tlvs.get(ParameterTag.MESSAGE_STATE, b"")
    state = _STATES.get(state_octet[0], "UNKNOWN") if state_octet else _first(_STATE, text).upper()
    if not message_id or not state:
        return None
    return DeliveryReceipt(message_id, state, _first(_ERROR, text))


def _first(pattern: re.Pattern[bytes], text: bytes) -> str:
    found = pattern.search(text)
    return found[1].decode("ascii", "replace") if found else ""
