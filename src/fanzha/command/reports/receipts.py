"""Receipt codes of reports: 75 bits and a check character, derived from the nonce of the form.

A form that is sent twice gives the same code.
"""

from fanzha.command.web.printed_codes import hash_code, make_code, read_code

LENGTH, _GROUP = 16, 4
_KEY = "report-receipts"


def make_receipt(nonce: str) -> str:
    """Return the receipt code of a form by its nonce, in groups of four: `7K3M-…`."""
    return make_code(_KEY, nonce, LENGTH, _GROUP)


def read_receipt(written: str) -> str:
    """Return the code that a person typed, "" if it is none: wrong length, character or check character."""
    return read_code(written, LENGTH, _GROUP)


def hash_receipt(code: str) -> str:
    """Return the keyed hash by which a code is stored and found."""
    return hash_code(_KEY, code)
