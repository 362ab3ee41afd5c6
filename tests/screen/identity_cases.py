"""Calls whose identities disagree, and what becomes of them at every entry of a screen."""

from typing import NamedTuple

from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level

SUSPECT, INNOCENT = "+8617000000001", "+8617000000700"
LISTED = {SUSPECT: SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "fake_authority")}
ABROAD, HOME = "IGW-1", "MSC-1"
REFUSED, LABELLED, ALLOWED, MALFORMED = "refuse", "label", "allow", "malformed"
FOREIGNER = "sip:+442079460958@198.51.100.7"
ASSERTED = f"P-Asserted-Identity: <tel:{INNOCENT}>"


class IdentityCase(NamedTuple):
    """A call: its trunk, the URI or the whole value in From, further header fields, and the expected result."""

    trunk: str
    from_value: str
    headers: tuple[str, ...]
    result: str

    @property
    def name(self) -> str:
        """A short name for test ids."""
        return " | ".join((self.trunk, self.from_value, *self.headers))

    @property
    def from_header(self) -> str:
        """The From header field."""
        uri = self.from_value
        return f"From: {uri};tag=1" if "<" in uri or "," in uri else f"From: <{uri}>;tag=1"


def _case(trunk: str, from_value: str, *headers: str, result: str) -> IdentityCase:
    return IdentityCase(trunk, from_value, headers, result)


CASES = (
    _case(ABROAD, FOREIGNER, result=LABELLED),
    _case(ABROAD, "sip:95588@x", result=REFUSED),
    _case(ABROAD, "sip:95588*@x", result=REFUSED),
    _case(ABROAD, "sip:95588%23@x", result=REFUSED),
    _case(ABROAD, "sip:95588%00@x", result=REFUSED),
    _case(ABROAD, "sip:95588p1@x", result=REFUSED),
    _case(ABROAD, "sip:955-88@x", result=REFUSED),
    _case(ABROAD, "sip:%2B86110@x;user=phone", result=REFUSED),
    _case(ABROAD, "tel:8001234567;phone-context=+1", result=LABELLED),
    _case(ABROAD, "tel:95588;phone-context=+1", result=LABELLED),
    _case(ABROAD, "tel:110;phone-context=+44", result=LABELLED),
    _case(ABROAD, "tel:110;phone-context=+86", result=REFUSED),
    _case(ABROAD, "sip:95588;phone-context=+86@x", result=REFUSED),
    _case(ABROAD, f"sip:{SUSPECT}@x", result=REFUSED),
    _case(ABROAD, FOREIGNER, 'Remote-Party-ID: "公安局" <sip:110@x>;party=calling', result=REFUSED),
    _case(ABROAD, FOREIGNER, f"Remote-Party-ID: <sip:{SUSPECT}@x>", result=REFUSED),
    _case(ABROAD, FOREIGNER, f"Diversion: <tel:{SUSPECT}>;reason=unconditional", result=LABELLED),
    _case(ABROAD, f"sip:{SUSPECT}@x", "P-Asserted-Identity: <tel:+442079460958>", result=REFUSED),
    _case(ABROAD, "<sip:1@x>, <sip:95588@x>", result=MALFORMED),
    _case(ABROAD, "sip:1@x, sip:95588@x", result=MALFORMED),
    _case(HOME, f"sip:{INNOCENT}@x", ASSERTED, result=ALLOWED),
    _case(HOME, '"Li, Ming" <sip:+8617000000700@x>', ASSERTED, result=ALLOWED),
    _case(HOME, "sip:95588@x", ASSERTED, result=LABELLED),
    _case(HOME, "sip:110@x", ASSERTED, result=LABELLED),
    _case(HOME, "sip:110@x", result=LABELLED),
    _case(HOME, "sip:95588@x", result=LABELLED),
    _case(HOME, f"sip:{INNOCENT}@x", f"P-Asserted-Identity: <tel:{SUSPECT}>", result=REFUSED),
    _case(HOME, f"sip:{SUSPECT}@x", ASSERTED, result=REFUSED),
    _case(HOME, f"sip:{INNOCENT}@x", f"{ASSERTED}, <sip:{SUSPECT}@x>", result=REFUSED),
    _case(HOME, f"sip:{INNOCENT}@x", ASSERTED, f"P-Asserted-Identity: <sip:{SUSPECT}@x>", result=REFUSED),
    _case(HOME, f"sip:{INNOCENT}@x", ASSERTED, f"Remote-Party-ID: <sip:{SUSPECT}@x>", result=REFUSED),
    _case(HOME, f"sip:{INNOCENT}@x", ASSERTED, f"Diversion: <tel:{SUSPECT}>", result=LABELLED),
    _case(
        HOME,
        f"sip:{INNOCENT}@x",
        ASSERTED,
        f"History-Info: <sip:+8619100000001@x>;index=1, <sip:{SUSPECT}@x?Reason=SIP%3Bcause%3D302>;index=1.1",
        result=LABELLED,
    ),
)
