"""Host names of certificates and TBSCertificates, read from DER without building the whole certificate (RFC 5280).

A `cryptography` certificate takes several times as long, and precertificate entries hold a bare TBSCertificate, which
it does not load.
"""

_SEQUENCE, _SET, _OID, _OCTETS, _BOOLEAN = 0x30, 0x31, 0x06, 0x04, 0x01
_VERSION, _EXTENSIONS, _DNS_NAME = 0xA0, 0xA3, 0x82
_ALTERNATIVE_NAMES = b"\x06\x03\x55\x1d\x11"
_COMMON_NAME = b"\x06\x03\x55\x04\x03"
_STRINGS = (0x0C, 0x13, 0x16)  # UTF8String, PrintableString, IA5String
#: Names of one certificate; CAs issue up to a hundred, some up to a few thousand.
MAX_NAMES = 10_000


class CertificateMalformed(ValueError):
    """The bytes are no certificate in DER."""


def certificate_names(certificate: bytes) -> list[bytes]:
    """Return the DNS names of a certificate as written. Raise CertificateMalformed."""
    try:
        first, end = _element(certificate, 0, len(certificate), _SEQUENCE)
        return _names_of_tbs(certificate, *_element(certificate, first, end, _SEQUENCE))
    except IndexError:
        raise CertificateMalformed("it ends too early") from None


def tbs_names(tbs_certificate: bytes) -> list[bytes]:
    """Return the DNS names of a TBSCertificate as written. Raise CertificateMalformed."""
    try:
        return _names_of_tbs(tbs_certificate, *_element(tbs_certificate, 0, len(tbs_certificate), _SEQUENCE))
    except IndexError:
        raise CertificateMalformed("it ends too early") from None


def _names_of_tbs(data: bytes, at: int, end: int) -> list[bytes]:
    """Walk over version, serial number, algorithm, issuer, validity, subject and key to the extensions."""
    if data[at] == _VERSION:
        at = _skip(data, at, end)
    for _ in range(4):
        at = _skip(data, at, end)
    subject, at = at, _skip(data, at, end)
    at = _skip(data, at, end)
    while at < end:
        if data[at] == _EXTENSIONS:
            names = _alternative_names(data, *_element(data, at, end, _EXTENSIONS))
            if names is not None:
                return names
        at = _skip(data, at, end)
    return _common_name(data, *_element(data, subject, end, _SEQUENCE))


def _alternative_names(data: bytes, at: int, end: int) -> list[bytes] | None:
    at, end = _element(data, at, end, _SEQUENCE)
    while at < end:
        first, after = _element(data, at, end, _SEQUENCE)
        if data.startswith(_ALTERNATIVE_NAMES, first):
            value = first + len(_ALTERNATIVE_NAMES)
            if data[value] == _BOOLEAN:
                value = _skip(data, value, after)
            return _dns_names(data, *_element(data, *_element(data, value, after, _OCTETS), _SEQUENCE))
        at = after
    return None


def _dns_names(data: bytes, at: int, end: int) -> list[bytes]:
    names = []
    while at < end:
        tag = data[at]
        first, after = _element(data, at, end, tag)
        if tag == _DNS_NAME:
            names.append(data[first:after])
            if len(names) > MAX_NAMES:
                raise CertificateMalformed(f"it has more than {MAX_NAMES} names")
        at = after
    return names


def _common_name(data: bytes, at: int, end: int) -> list[bytes]:
    """Return the common name of a subject if it looks like a host; old certificates have no other name."""
    names = []
    while at < end:
        first, after = _element(data, at, end, _SET)
        attribute, attribute_end = _element(data, first, after, _SEQUENCE)
        if data.startswith(_COMMON_NAME, attribute):
            value = attribute + len(_COMMON_NAME)
            if data[value] in _STRINGS:
                text, text_end = _element(data, value, attribute_end, data[value])
                if b"." in data[text:text_end] and b" " not in data[text:text_end]:
                    names.append(data[text:text_end])
        at = after
    return names


def _element(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return where the content of the element at `at` begins and ends. Raise CertificateMalformed for another tag."""
    if data[at] != tag:
        raise CertificateMalformed(f"there is no element {tag:#04x} at byte {at}")
    length, first = data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4:
            raise CertificateMalformed("a length is not DER")
        length = int.from_bytes(data[first : first + count])
        first += count
    if first + length > end:
        raise CertificateMalformed("an element is longer than what contains it")
    return first, first + length


def _skip(data: bytes, at: int, end: int) -> int:
    return _element(data, at, end, data[at])[1]
