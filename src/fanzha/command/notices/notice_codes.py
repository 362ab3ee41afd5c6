"""Notice codes and proofs: printed, unguessable, and stored as keyed hashes.

A notice code has ten characters: 45 bits and a check character. The proof shows that the user of the code is the
holder: the last four characters of the limited number or account. Where the holder does not know the value by heart
(a site, a line, a person whose document is stored as a hash), four digits are printed next to the code instead.
"""

import hashlib
import hmac

from fanzha.command.web.printed_codes import hash_code, make_code, read_code
from fanzha.store.keys import load_key

LENGTH, _GROUP = 10, 5
_RECEIPT_LENGTH, _RECEIPT_GROUP = 16, 4
_KEY = "notice-codes"
PROOF_LENGTH = 4
#: Kinds whose holders know the last four characters of their value.
KNOWN_BY_HEART = frozenset({"phone_number", "sim_card", "payment_account"})


def make_notice_code(ref: str, generation: int) -> str:
    """Return the code of a notice in two groups of five: `7K3M0-A9T2C`."""
    return make_code(_KEY, f"{ref}:{generation}", LENGTH, _GROUP)


def read_notice_code(written: str) -> str:
    """Return the notice code that a person typed, "" if it is none."""
    return read_code(written, LENGTH, _GROUP)


def hash_notice_code(code: str) -> str:
    """Return the keyed hash by which a notice code is stored and found."""
    return hash_code(_KEY, code)


def make_pin(ref: str, generation: int) -> str:
    """Return the four digits that are printed after the code of a notice."""
    digest = hmac.digest(load_key(_KEY), f"pin:{ref}:{generation}".encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8], 'big') % 10**PROOF_LENGTH:0{PROOF_LENGTH}d}"


def value_proof(kind: str, value: str) -> str:
    """Return the last four characters of a value that its holder knows by heart, "" for other kinds."""
    if kind not in KNOWN_BY_HEART or ":" in value:  # a pseudonym shows nothing of the value
        return ""
    return normal_proof(value)[-PROOF_LENGTH:]


def normal_proof(written: str) -> str:
    """Return a proof as it is compared: capitals and digits without spaces."""
    return "".join(character for character in written.upper() if character.isalnum())


def hash_proof(ref: str, proof: str) -> str:
    """Return the keyed hash of the proof of a notice."""
    text = f"proof:{ref}:{normal_proof(proof)}"
    return hmac.new(load_key(_KEY), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def make_appeal_receipt(ref: str, number: int) -> str:
    """Return the receipt code of an appeal by its notice and number, in groups of four."""
    return make_code(_KEY, f"appeal:{ref}:{number}", _RECEIPT_LENGTH, _RECEIPT_GROUP)


def read_appeal_receipt(written: str) -> str:
    """Return the receipt code that a person typed, "" if it is none."""
    return read_code(written, _RECEIPT_LENGTH, _RECEIPT_GROUP)


def make_gateway_secret(key: str) -> str:
    """Return the secret that the gateway returns with the receipt of one text, by the key of its delivery."""
    return hmac.new(load_key(_KEY), f"gateway:{key}".encode(), hashlib.sha256).hexdigest()[:32]


def hash_appeal_receipt(code: str) -> str:
    """Return the keyed hash by which a receipt code of an appeal is stored and found."""
    return hash_code(_KEY, f"appeal:{code}")
