"""TLP 2.0 and licences as marking definitions of STIX 2.1.

The ids of TLP 2.0 are those that OASIS published for its extension to TLP 2.0; those of TLP 1.0 are in the standard.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fanzha.base.marking import STRICTNESS, Marking
from fanzha.share.stix.ids import keyed_id

TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_CREATED = "2022-10-01T00:00:00.000Z"
MARKING_IDS: dict[Marking, str] = {
    Marking.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Marking.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Marking.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Marking.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Marking.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
#: TLP 1.0: its AMBER let receivers share with their clients, as that of TLP 2.0 does.
_FIRST_VERSION = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Marking.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Marking.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Marking.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Marking.RED,
}
_BY_ID = {**_FIRST_VERSION, **{id_: marking for marking, id_ in MARKING_IDS.items()}}


def marking_object(marking: Marking) -> dict[str, Any]:
    """Return the marking definition of a TLP 2.0 label."""
    label = marking.value.removeprefix("TLP:").lower()
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": MARKING_IDS[marking],
        "created": _CREATED,
        "name": marking.value,
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": label}},
    }


def licence_object(licence: str) -> dict[str, Any]:
    """Return the statement marking of a licence; its id follows from the text."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": keyed_id("marking-definition", b"licence", licence),
        "created": _CREATED,
        "definition_type": "statement",
        "definition": {"statement": licence},
    }


def read_marking(refs: Iterable[str]) -> Marking | None:
    """Return the strictest TLP label among the markings of an object; None if it has none."""
    found = [_BY_ID[ref] for ref in refs if ref in _BY_ID]
    return min(found, key=lambda marking: STRICTNESS[marking.value], default=None)


def read_licences(objects: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the statements of the marking definitions among some objects, by id."""
    return {
        str(definition["id"]): str(definition["definition"].get("statement", ""))[:300]
        for definition in objects
        if definition.get("definition_type") == "statement" and isinstance(definition.get("definition"), dict)
    }
