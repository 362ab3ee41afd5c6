"""Receipts are read from parameters and from text, and a text from a handset is none."""

import pytest

from fanzha.base.smpp import Address, DeliveryReceipt, ParameterTag, ShortMessage, parse_receipt

TEXT = b"id:a1B2 sub:001 dlvrd:001 submit date:2603010000 done date:2603010001 stat:%s err:%s text:x"


def message(text: bytes = b"", esm_class: int = 4, tlvs: dict[int, bytes] | None = None) -> ShortMessage:
    return ShortMessage(Address("8617000000900"), Address("96110"), text, esm_class=esm_class, tlvs=tlvs or {})


@pytest.mark.parametrize(
    "state", ["DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD", "BUFFRED"]
)
def test_a_receipt_is_read_from_its_text(state: str) -> None:
    receipt = parse_receipt(message(TEXT % (state.encode(), b"00a")))
    assert receipt == DeliveryReceipt("a1B2", state, "00a")
    assert receipt.is_delivered == (state == "DELIVRD") and receipt.is_final == (state not in ("ACCEPTD", "BUFFRED"))


def test_parameters_go_before_the_text() -> None:
    tlvs: dict[int, bytes] = {ParameterTag.RECEIPTED_MESSAGE_ID: b"77\0", ParameterTag.MESSAGE_STATE: b"\5"}
    assert parse_receipt(message(TEXT % (b"DELIVRD", b"000"), tlvs=tlvs)) == DeliveryReceipt("77", "UNDELIV", "000")


def test_a_text_from_a_handset_is_no_receipt() -> None:
    assert parse_receipt(message(TEXT % (b"DELIVRD", b"000"), esm_class=0)) is None


@pytest.mark.parametrize("text", [b"", b"id: stat:DELIVRD", b"id:1 stat:", b"\xff\xfe"])
def test_a_receipt_without_id_or_state_is_none(text: bytes) -> None:
    assert parse_receipt(message(text)) is None
