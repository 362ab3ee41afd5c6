"""HTTP interface of Kannel SMS gateways (user guide, "SMS Push using HTTP POST").

Credentials and numbers are in headers, not in the URL, since URLs are logged.
"""

import re

from fanzha.warn._channel import Gateway, Request

UCS2 = 2  # Kannel's coding: 0 is the 7-bit alphabet, 1 is data

_NUMBER = re.compile(r"\+?[0-9]{3,20}")
_NAME = re.compile(r"[!-~]([ -~]*[!-~])?")


def sendsms(gateway: Gateway, to: str, text: str, *, valid_minutes: int, message_class: int | None = None) -> Request:
    """Return the request that sends a text; `message_class` as in 3GPP TS 23.038 §4 (0: shown at once)."""
    if not _NUMBER.fullmatch(to):
        raise ValueError("not a number that a text can be sent to")
    fields = {"Username": gateway.username, "Password": gateway.password, "From": gateway.sender}
    for name, value in fields.items():
        if not _NAME.fullmatch(value):
            raise ValueError(f"{name.lower()} of the gateway: not printable ASCII")
    fields |= {"To": to, "Coding": str(UCS2), "Validity": str(valid_minutes)}
    if message_class is not None:
        fields["MClass"] = str(message_class)
    headers = {f"X-Kannel-{name}": value for name, value in fields.items()}
    return Request(gateway.url, text.encode(), {"Content-Type": "text/plain; charset=UTF-8", **headers})
