"""Chains are accepted from a configured root to a signer with a TNAuthList, and refused otherwise."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from tests.screen.stir.signers import (
    NOW,
    NOW_MS,
    Issuer,
    auth_list,
    distinguished_name,
    made_intermediate,
    made_root,
    made_signer,
    make_root,
    number_range,
    provider_code,
)

from fanzha.base.errors import UsageError
from fanzha.screen.stir.certificate_chain import (
    LONGEST_CHAIN,
    CertificateRejected,
    SignerCredential,
    TrustAnchors,
    load_anchors,
)

LIST = auth_list(provider_code("123A"))


def verify(signer: Issuer, root: Issuer | None = None) -> SignerCredential:
    return TrustAnchors([(root or made_root()).certificate]).verify(signer.pem, NOW)


def test_a_chain_to_a_root_gives_key_numbers_and_validity() -> None:
    credential = verify(made_signer())
    assert credential.key == made_signer().key.public_key()
    assert credential.authority.provider_codes == ("123A",)
    assert credential.valid_from < NOW_MS < credential.valid_until
    assert "Example Carrier" in credential.subject


def test_the_validity_is_that_of_the_whole_chain() -> None:
    short = made_root().issue("Example Short", authority=True, end=NOW + timedelta(days=2))
    credential = verify(short.issue("carrier", LIST, end=NOW + timedelta(days=20)))
    assert credential.valid_until == NOW_MS + 2 * 86_400_000


def rejected() -> dict[str, Issuer]:
    intermediate = made_intermediate()
    narrow = made_root().issue("Example Narrow", auth_list(number_range("8617000000000", 100)), authority=True)
    return {
        "of an unknown root": make_root("Other Root").issue("carrier", LIST),
        "of a root of the same name": make_root().issue("carrier", LIST),
        "expired": intermediate.issue("carrier", LIST, end=NOW - timedelta(seconds=1)),
        "not yet valid": intermediate.issue("carrier", LIST, start=NOW + timedelta(seconds=1)),
        "issued by an expired authority": made_root()
        .issue("Example Old", authority=True, end=NOW - timedelta(seconds=1))
        .issue("carrier", LIST),
        "issued by a signer": made_signer().issue("carrier", LIST),
        "without a TNAuthList": intermediate.issue("carrier"),
        "with a malformed TNAuthList": intermediate.issue("carrier", auth_list(b"\x05\x00")),
        "of another curve": intermediate.issue("carrier", LIST, curve=SECP384R1()),
        "an authority": intermediate.issue("carrier", LIST, authority=True),
        "not for signatures": intermediate.issue("carrier", LIST, signs=False),
        "beyond the numbers of its issuer": narrow.issue("carrier", auth_list(number_range("8617000000050", 51))),
        "with a provider under an issuer of numbers": narrow.issue("carrier", LIST),
    }


@pytest.mark.parametrize("case", rejected())
def test_a_chain_is_rejected(case: str) -> None:
    with pytest.raises(CertificateRejected):
        verify(rejected()[case])


def test_a_delegate_certificate_within_the_numbers_of_its_issuer_is_accepted() -> None:
    narrow = made_root().issue("Example Narrow", auth_list(number_range("8617000000000", 100)), authority=True)
    assert verify(narrow.issue("customer", auth_list(number_range("8617000000050", 50)))).authority.ranges


def test_an_intermediate_that_is_missing_is_not_guessed() -> None:
    alone = made_signer().certificate.public_bytes(Encoding.PEM)
    with pytest.raises(CertificateRejected):
        TrustAnchors([made_root().certificate]).verify(alone, NOW)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"no certificate",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        made_signer().pem + b" " * LONGEST_CHAIN,
        made_signer().pem * 6,
    ],
    ids=["empty", "text", "damaged", "huge", "many"],
)
def test_what_is_no_chain_is_rejected(pem: bytes) -> None:
    with pytest.raises(CertificateRejected):
        TrustAnchors([made_root().certificate]).verify(pem, NOW)


def revocation_list(revoked: x509.Certificate, *, indirect: bool) -> bytes:
    entry = x509.RevokedCertificateBuilder().serial_number(revoked.serial_number).revocation_date(NOW)
    issuer = made_intermediate()
    if indirect:
        issuer = make_root("Example Administrator")
        names = [x509.DirectoryName(revoked.issuer)]
        entry = entry.add_extension(x509.CertificateIssuer(names), critical=True)
    builder = x509.CertificateRevocationListBuilder().issuer_name(distinguished_name(issuer.name))
    builder = builder.last_update(NOW).next_update(NOW + timedelta(days=1))
    return builder.add_revoked_certificate(entry.build()).sign(issuer.key, SHA256()).public_bytes(Encoding.PEM)


@pytest.mark.parametrize("indirect", [False, True])
def test_a_revoked_certificate_is_rejected(tmp_path: Path, indirect: bool) -> None:
    roots, crl = tmp_path / "roots.pem", tmp_path / "crl.pem"
    roots.write_bytes(made_root().certificate.public_bytes(Encoding.PEM))
    crl.write_bytes(revocation_list(made_signer().certificate, indirect=indirect))
    anchors = load_anchors(roots, crl)
    with pytest.raises(CertificateRejected, match="revoked"):
        anchors.verify(made_signer().pem, NOW)
    anchors.verify(made_intermediate().issue("other carrier", LIST).pem, NOW)


def test_files_that_hold_no_certificates_are_errors_of_the_operator(tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    with pytest.raises(UsageError, match=r"roots\.pem"):
        load_anchors(roots)
    roots.write_text("nothing")
    with pytest.raises(UsageError, match="no certificates"):
        load_anchors(roots)
    roots.write_bytes(made_root().certificate.public_bytes(Encoding.PEM))
    with pytest.raises(UsageError, match="no revocation list"):
        load_anchors(roots, roots)
