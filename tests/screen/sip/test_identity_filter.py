"""A forwarded request names no caller who was not judged."""

import pytest

from fanzha.claims.treatment import Treatment
from fanzha.screen.sip.identity_filter import IdentityFilter, is_readable_address
from fanzha.screen.sip.listener import Listener, TrunkHeader

EDGE = Listener("edge", "192.0.2.9", trunk=TrunkHeader("X-Trunk"), trusted=True, attestation="X-Level")
ASSERTED = "P-Asserted-Identity: <sip:+8617000000700@x>"


def keeps(header: str, *, trusted: bool = True, is_proven: bool = False, in_dialog: bool = False) -> bool:
    listener = EDGE if trusted else Listener("open", "192.0.2.9", attestation="X-Level")
    name = header.partition(":")[0].lower().encode()
    return IdentityFilter(listener).keeps(name, header.encode(), is_proven=is_proven, in_dialog=in_dialog)


@pytest.mark.parametrize("header", ["X-Trunk: a", "X-Fanzha-Label: a", "P-Preferred-Identity: <sip:110@x>"])
def test_some_fields_never_stay(header: str) -> None:
    assert not keeps(header, is_proven=True)


@pytest.mark.parametrize("header", [ASSERTED, "X-Level: A", "P-Attestation-Indicator: A", "P-Origination-Id: a"])
def test_what_a_trusted_network_asserts_stays(header: str) -> None:
    assert keeps(header) and not keeps(header, trusted=False)


@pytest.mark.parametrize("header", ["Remote-Party-ID: <sip:110@x>", "Call-Info: <https://x.example/bank.png>"])
def test_a_caller_describes_himself_on_a_trunk_that_proves_him(header: str) -> None:
    assert keeps(header, is_proven=True) and not keeps(header)


def test_an_identity_within_a_dialog_stays_on_a_trunk_that_proves_it() -> None:
    assert keeps(ASSERTED, in_dialog=True, is_proven=True) and not keeps(ASSERTED, in_dialog=True)


@pytest.mark.parametrize(
    ("line", "labelled"),
    [
        (ASSERTED, 'P-Asserted-Identity: "L" <sip:+8617000000700@x>'),
        ('p-asserted-identity : "a, b" <sip:1@x>, tel:+2', 'P-Asserted-Identity: "L" <sip:1@x>, "L" <tel:+2>'),
        ('Remote-Party-ID: "Bank" <sip:1@x>;party=calling', 'Remote-Party-Id: "L" <sip:1@x>;party=calling'),
        ("Contact: <sip:1@x>", "Contact: <sip:1@x>"),
    ],
)
def test_a_label_stands_wherever_a_telephone_reads_a_name(line: str, labelled: str) -> None:
    identities = IdentityFilter(EDGE)
    assert identities.treat([line.encode()], Treatment.LABEL, b'"L"') == [labelled.encode()]
    assert identities.treat([line.encode()], Treatment.LABEL, b"") == [line.encode()]


def test_a_withheld_number_stands_in_no_party() -> None:
    party = b"Remote-Party-ID: <sip:1@x>"
    assert IdentityFilter(EDGE).treat([party, b"Contact: <sip:1@x>"], Treatment.WITHHOLD, b"") == [
        b"Contact: <sip:1@x>"
    ]


def test_other_fields_stay() -> None:
    assert keeps("Identity: x", in_dialog=True) and keeps("Contact: <sip:a@b>", trusted=False)


def test_an_address_is_readable_where_its_uri_is() -> None:
    assert is_readable_address(b' "a <b>" <sip:1@x>;tag=2') and is_readable_address(b"tel:1")
    assert not is_readable_address(b"<six:1@x>") and not is_readable_address(b"95588")
