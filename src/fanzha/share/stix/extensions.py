"""Extension definitions of STIX 2.1: the observables that the standard lacks, and what a verdict says beyond it.

STIX 2.1 has no telephone number, call, SIM card or trunk. Where OpenCTI has a name for one (`phone-number`, `iccid`,
`imsi`, `imei`, `payment-card`, `bank-account`, `cryptocurrency-wallet`), we use it, so that both compute the same id.
`docs/reference/stix.md` describes each property.
"""

from typing import Any

from fanzha.share.stix.ids import keyed_id

_CREATED = "2026-11-30T00:00:00.000Z"
#: Who defines the extensions: the project itself, the same at every site.
PROJECT_ID = keyed_id("identity", b"fanzha", "project")
_SCHEMA = "docs/reference/stix.md"

#: Types of observables beside the standard, with the properties from which their ids follow.
NEW_OBSERVABLES: dict[str, tuple[str, ...]] = {
    "phone-number": ("value",),
    "iccid": ("value",),
    "imsi": ("value",),
    "imei": ("value",),
    "payment-card": ("card_number",),
    "bank-account": ("iban",),
    "cryptocurrency-wallet": ("value",),
    "x-fanzha-payment-account": ("value",),
    "x-fanzha-app": ("value",),
    "x-fanzha-message": ("value",),
    "x-fanzha-number-range": ("value",),
    "x-fanzha-short-code": ("value",),
    "x-fanzha-trunk": ("value",),
    "x-fanzha-outlet": ("value",),
    "x-fanzha-organization": ("value",),
    "x-fanzha-call": ("value",),
    "x-fanzha-sender": ("value",),
    "x-fanzha-conversation": ("value",),
}


def extension_id(name: str) -> str:
    """Return the id of one of our extension definitions, the same at every site."""
    return keyed_id("extension-definition", b"fanzha", name)


#: The property extension of indicators: the verdict behind it.
VERDICT_EXTENSION = extension_id("verdict")


def extension_objects() -> list[dict[str, Any]]:
    """Return the project's identity and all extension definitions."""
    project = {
        "type": "identity",
        "spec_version": "2.1",
        "id": PROJECT_ID,
        "created": _CREATED,
        "modified": _CREATED,
        "name": "Fanzha",
        "identity_class": "organization",
    }
    observables = [_definition(name, f"Observable {name}", "new-sco") for name in NEW_OBSERVABLES]
    return [project, *observables, _definition("verdict", "Fanzha verdict", "property-extension")]


def _definition(name: str, title: str, sort: str) -> dict[str, Any]:
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": extension_id(name),
        "created": _CREATED,
        "modified": _CREATED,
        "created_by_ref": PROJECT_ID,
        "name": title,
        "schema": _SCHEMA,
        "version": "1.0.0",
        "extension_types": [sort],
    }
