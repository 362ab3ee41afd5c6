"""Which header fields of a forwarded request stay: those that name no caller, or one who was judged."""

import re
from dataclasses import fields

from fanzha.claims.treatment import Treatment
from fanzha.screen.sip.forwarding import show_label, split_list
from fanzha.screen.sip.listener import Listener, TrunkHeader

_RESULT_PREFIX = b"x-fanzha-"
_ASSERTION, _PREFERENCE = b"p-asserted-identity", b"p-preferred-identity"
#: Results of verifying a signature, as a network writes them for itself (3GPP TS 24.229 §7.2.19).
_VERIFICATION_CLAIMS = frozenset((b"p-attestation-indicator", b"p-origination-id"))
#: One address of an asserted identity (RFC 3325 §9.1): a SIP or telephone URI, bare or with a display name. Possessive
#: quantifiers, because callers write what is matched: no text of a datagram's size may be searched twice.
_ADDRESS = (
    rb'(?:(?:"(?:[^"\\]|\\.)*+"\s*+|[^<>",;:]*+)<(?:sips?|tel):[^<>"\x00-\x20\x7f-\xff]++>(?:\s*+;[^<>",]*+)?+'
    rb'|(?:sips?|tel):[^<>",\x00-\x20\x7f-\xff]++)'
)
_IDENTITY_LINE = re.compile(
    rb"[!-9;-~]++[ \t]*+:\s*+" + _ADDRESS + rb"\s*+(?:,\s*+" + _ADDRESS + rb"\s*+)*+", re.IGNORECASE | re.DOTALL
)
_READABLE_ADDRESS = re.compile(rb"\s*+" + _ADDRESS, re.IGNORECASE | re.DOTALL)
_PARTY = b"remote-party-id"
_CALLERS_OWN_WORDS = frozenset((_PARTY, b"call-info"))


def is_readable_address(value: bytes) -> bool:
    """Return whether a value of From begins with an address that can be read."""
    return _READABLE_ADDRESS.match(value) is not None


class IdentityFilter:
    """The header fields that a listener forwards."""

    def __init__(self, listener: Listener) -> None:
        """Read the names of the listener's own header fields."""
        self._removed = frozenset(_removed_names(listener))

    def keeps(self, name: bytes, line: bytes, *, is_proven: bool, in_dialog: bool) -> bool:
        """Return whether a header field stays; `name` in lower case, `line` as a whole, unfolded.

        `is_proven`: the trunk proves its callers.
        """
        if name == _ASSERTION and (_IDENTITY_LINE.fullmatch(line) is None or (in_dialog and not is_proven)):
            return False  # no decision covers an unreadable identity, or one after the first INVITE
        return not (
            name in self._removed or name.startswith(_RESULT_PREFIX) or (name in _CALLERS_OWN_WORDS and not is_proven)
        )

    def treat(self, lines: list[bytes], treatment: Treatment, label: bytes) -> list[bytes]:
        """Return the header fields that stay of a call that is treated: telephones show them before From.

        `label` is a quoted string, b"" for none. Of a withheld number Privacy asks the network to take out the asserted
        one.
        """
        treated = []
        for line in lines:
            name, _, value = line.partition(b":")
            name = name.strip().lower()
            if name == _PARTY and treatment is Treatment.WITHHOLD:
                continue
            if label and name in (_ASSERTION, _PARTY):
                line = b"%b: %b" % (name.title(), b", ".join(show_label(item, label) for item in split_list(value)))
            treated.append(line)
        return treated


def _removed_names(listener: Listener) -> set[bytes]:
    """Return the header fields that never leave this listener, in lower case."""
    names = listener.headers
    removed = {_PREFERENCE}  # only the first proxy reads it (RFC 3325 §9.2), and no decision covers it
    removed |= {name.lower().encode() for entry in fields(names) if (name := getattr(names, entry.name))}
    if isinstance(listener.trunk, TrunkHeader):
        removed.add(listener.trunk.name.lower().encode())
    if not listener.trusted:
        removed |= {_ASSERTION} | _VERIFICATION_CLAIMS
        if listener.attestation:
            removed.add(listener.attestation.lower().encode())
    return removed
