"""A pinned key leads to its successors by statements that the key before signs."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fanzha.command.audit.signing import is_valid_signature
from fanzha.processes.log.anchor import Anchor, AnchorStatement, NoAnchor
from fanzha.processes.log.anchor_key import KeyChange, TrustedKeys, parse_key_change, parse_public_key

LOG = "5e" * 32
KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(1, 4)]
PUBLIC = [key.public_key().public_bytes_raw().hex() for key in KEYS]


def change(number: int, old: int, new: int, log: str = LOG) -> KeyChange:
    statement = KeyChange(log, number, PUBLIC[old], PUBLIC[new], 0)
    return statement._replace(signature=KEYS[old].sign(statement.text.encode()).hex())


def anchor(number: int, key: int) -> Anchor:
    return Anchor(AnchorStatement(LOG, number, "", 0, "", 0), PUBLIC[key], "")


def test_each_key_signs_the_batches_of_its_time() -> None:
    keys = TrustedKeys(LOG, PUBLIC[0], [change(7, 1, 2), change(4, 0, 1)])
    accepted = {(number, key) for number in (1, 4, 5, 7, 8) for key in range(3) if keys.accepts(anchor(number, key))}
    assert accepted == {(1, 0), (4, 0), (5, 1), (7, 1), (8, 2)}
    assert keys.current == PUBLIC[2] and keys.keys == set(PUBLIC)


def test_a_change_that_the_pinned_key_does_not_lead_to_is_ignored() -> None:
    keys = TrustedKeys(LOG, PUBLIC[0], [change(4, 1, 2)])
    assert keys.current == PUBLIC[0] and not keys.accepts(anchor(5, 2))


def test_a_key_changed_before_the_log_was_started_signs_all_its_batches() -> None:
    keys = TrustedKeys(LOG, PUBLIC[0], [change(4, 0, 1, log="00" * 32)])
    assert keys.accepts(anchor(1, 1)) and not keys.accepts(anchor(1, 0))


def test_a_key_with_two_successors_is_refused() -> None:
    with pytest.raises(NoAnchor, match="two successors"):
        TrustedKeys(LOG, PUBLIC[0], [change(4, 0, 1), change(5, 0, 2)])


def test_a_circle_of_changes_ends() -> None:
    assert TrustedKeys(LOG, PUBLIC[0], [change(4, 0, 1), change(6, 1, 0)]).accepts(anchor(3, 0))


def test_a_change_is_read_back_and_only_under_the_signature_of_the_old_key() -> None:
    good = change(4, 0, 1)
    assert parse_key_change(f"{good.line}\n", is_valid_signature) == good
    with pytest.raises(NoAnchor, match="is not signed by"):
        parse_key_change(good._replace(new=PUBLIC[2]).line, is_valid_signature)
    with pytest.raises(NoAnchor, match="is no change of an anchor key"):
        parse_key_change("nothing", is_valid_signature)


def test_a_public_key_is_64_hex_digits() -> None:
    assert parse_public_key(f" {PUBLIC[0].upper()}\n") == PUBLIC[0]
    with pytest.raises(NoAnchor, match="is no public key"):
        parse_public_key("5e")
