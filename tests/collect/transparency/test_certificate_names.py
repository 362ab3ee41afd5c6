"""Names are those that `cryptography` reads; what is no certificate is refused and never exhausts anything."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.made_certificates import make_certificate

from fanzha.collect.transparency.certificate_names import CertificateMalformed, certificate_names, tbs_names

NAMES = ("a.example", "*.b.example", "xn--fiq228c.example")


@pytest.fixture(scope="module")
def certificate() -> bytes:
    return make_certificate(NAMES, 7).public_bytes(Encoding.DER)


def test_names_of_a_certificate_and_of_its_body() -> None:
    made = make_certificate(NAMES, 7, common_name="other.example")
    expected = [name.encode() for name in NAMES]
    assert certificate_names(made.public_bytes(Encoding.DER)) == expected
    assert tbs_names(made.tbs_certificate_bytes) == expected


def test_a_hundred_names_need_lengths_of_several_bytes() -> None:
    names = [f"host{number}.a-rather-long-name.example" for number in range(2_000)]
    made = make_certificate(names, 1)
    assert certificate_names(made.public_bytes(Encoding.DER)) == [name.encode() for name in names]


def test_the_common_name_counts_only_without_other_names() -> None:
    for common_name, expected in (("old.example", [b"old.example"]), ("Example Ltd.", []), ("localhost", [])):
        made = make_certificate((), 1, common_name=common_name)
        assert certificate_names(made.public_bytes(Encoding.DER)) == expected


@given(st.binary(max_size=200))
def test_garbage_is_refused(data: bytes) -> None:
    for read in (certificate_names, tbs_names):
        with pytest.raises(CertificateMalformed):
            read(data)


@given(st.data())
def test_a_changed_certificate_gives_names_or_is_refused(certificate: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(certificate) - 1))
    changed = bytearray(certificate)
    changed[place] = data.draw(st.integers(0, 255))
    for candidate in (bytes(changed), certificate[:place]):
        try:
            certificate_names(candidate)
        except CertificateMalformed:
            continue
