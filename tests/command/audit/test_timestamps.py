"""Responses of a real time-stamping authority (openssl) are verified in every part."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.command.audit.authority import POLICY, Authority

from fanzha.base.errors import UsageError
from fanzha.command.audit.timestamps import InvalidTimestamp, build_request, load_authority, verify_response
from fanzha.command.web.configuration import TimestampAuthority

LINE = "fanzha-anchor:1:" + "ab" * 32


def settings(authority: Authority, policy: str = "") -> TimestampAuthority:
    return TimestampAuthority(url="https://tsa.example", ca_file=str(authority.ca_file), policy=policy)


def test_a_response_is_verified_with_its_nonce_and_later_without(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    trusted, request = load_authority(settings(authority, POLICY)), build_request(LINE)
    response = authority.respond(request.body)
    at = verify_response(response, LINE, trusted, request.nonce)
    assert verify_response(response, LINE, trusted) == at
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=5)


def test_another_imprint_and_another_nonce_are_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    trusted, request = load_authority(settings(authority)), build_request(LINE)
    response = authority.respond(request.body)
    with pytest.raises(InvalidTimestamp, match="Mismatch between messages"):
        verify_response(response, LINE + "0", trusted, request.nonce)
    with pytest.raises(InvalidTimestamp, match="Nonce"):
        verify_response(response, LINE, trusted, request.nonce + 1)


def test_another_root_an_ended_certificate_and_another_usage_are_refused(tmp_path: Path) -> None:
    request = build_request(LINE)
    one, other = Authority(tmp_path / "one"), Authority(tmp_path / "other")
    with pytest.raises(InvalidTimestamp, match="verifying certificates"):
        verify_response(one.respond(request.body), LINE, load_authority(settings(other)))
    ended = Authority(tmp_path / "ended", ended=True)
    with pytest.raises(InvalidTimestamp, match="verifying certificates"):
        verify_response(ended.respond(request.body), LINE, load_authority(settings(ended)))


def test_a_certificate_for_another_use_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "tsa")
    server = Authority(tmp_path / "server", usage=ExtendedKeyUsageOID.SERVER_AUTH)
    response = server.sign_again(authority.respond(build_request(LINE).body))
    with pytest.raises(InvalidTimestamp, match="purpose|timeStamping"):
        verify_response(response, LINE, load_authority(settings(server)))
    signed_for_time = Authority(tmp_path / "other").sign_again(response)
    trusted = load_authority(TimestampAuthority(url="", ca_file=str(tmp_path / "other" / "root.pem")))
    assert verify_response(signed_for_time, LINE, trusted)


def test_another_policy_is_refused(tmp_path: Path) -> None:
    authority, request = Authority(tmp_path), build_request(LINE)
    with pytest.raises(InvalidTimestamp, match="Policy"):
        verify_response(authority.respond(request.body), LINE, load_authority(settings(authority, "1.2.3.4.9")))


@pytest.mark.parametrize(
    "change", [lambda data: data[:-1], lambda data: b"", lambda data: b"<html>", lambda data: data[:40]]
)
def test_what_is_no_response_is_refused(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    authority, request = Authority(tmp_path), build_request(LINE)
    with pytest.raises(InvalidTimestamp):
        verify_response(change(authority.respond(request.body)), LINE, load_authority(settings(authority)))


def test_every_changed_byte_of_the_signed_part_is_noticed(tmp_path: Path) -> None:
    authority, request = Authority(tmp_path), build_request(LINE)
    trusted, response = load_authority(settings(authority)), authority.respond(request.body)
    at = verify_response(response, LINE, trusted, request.nonce)
    for place in range(0, len(response), 29):
        changed = bytearray(response)
        changed[place] ^= 1
        try:
            assert verify_response(bytes(changed), LINE, trusted, request.nonce) == at
        except InvalidTimestamp:
            continue


def test_a_file_without_a_root_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    missing = TimestampAuthority(url="https://tsa.example", ca_file=str(tmp_path / "none.pem"))
    with pytest.raises(UsageError, match="ca_file"):
        load_authority(missing)
    with pytest.raises(UsageError, match="no root"):
        load_authority(TimestampAuthority(url="https://tsa.example", ca_file=str(tmp_path / "signer.pem")))
    assert len(load_authority(settings(authority)).roots) == 1
