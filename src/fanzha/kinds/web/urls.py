"""Parse URLs as browsers do (WHATWG URL), including defanged ones."""

import re
from typing import NamedTuple
from urllib.parse import unquote

from fanzha.base.errors import Malformed
from fanzha.kinds.web.ip_addresses import ip_address
from fanzha.kinds.web.unicode_names import DOTS, ascii_host

#: Defanged notations and their replacements.
_DEFANGED = [
    (re.compile(r"(?:(?<!\s)\s+)?[\[({【（]\s*(?:\.|dot|点)\s*[\])}】）]\s*", re.I), "."),
    (re.compile(r"\[:\]"), ":"),
    (re.compile(r"\[(?:/|://)\]"), "/"),
]
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.*-]{0,20}):(?=[/\\]|$)[/\\]*")
_HXXP = re.compile(r"h[x*t]{2}p(s?)|fxp", re.I)
_FULL_WIDTH = str.maketrans({0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20})
LONGEST = 8_192  # characters


class Location(NamedTuple):
    """A parsed link; `host` is a canonical name or IP address."""

    scheme: str  # "" if missing
    host: str
    port: int | None
    path_query_fragment: str  # path, query and fragment as written
    user: str  # user info before @, often a decoy such as `www.icbc.com.cn@`

    @property
    def url(self) -> str:
        """The link in canonical form."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            f"{self.scheme or 'http'}://{host}{f':{self.port}' if self.port else ''}{self.path_query_fragment or '/'}"
        )


def locate(raw: str) -> Location:
    """Parse a URL, a defanged URL or a bare host. Raise Malformed if it has no valid host."""
    if len(raw) > LONGEST:
        raise Malformed(f"link longer than {LONGEST} characters")
    text = re.sub(r"[\t\r\n]", "", refang(raw.translate(_FULL_WIDTH)).strip())
    scheme, text = _cut_scheme(text)
    authority = re.split(r"[/\\?#]", text, maxsplit=1)[0]
    path = text[len(authority) :].replace("\\", "/")
    user, _, host_and_port = authority.rpartition("@")
    name, port = _cut_port(host_and_port)
    name = unquote(name, errors="replace").translate(DOTS)
    return Location(scheme, ip_address(name) or ascii_host(name), port, path, user)


def refang(text: str) -> str:
    """Replace "hxxp", "[.]", "(dot)" and similar notations."""
    for pattern, plain in _DEFANGED:
        text = pattern.sub(plain, text)
    return text


def _cut_scheme(text: str) -> tuple[str, str]:
    found = _SCHEME.match(text)
    if not found:
        return "", text.lstrip("/\\")
    scheme = found[1].lower()
    hidden = _HXXP.fullmatch(scheme)
    return (f"http{hidden[1] or ''}" if hidden else scheme), text[found.end() :]


def _cut_port(text: str) -> tuple[str, int | None]:
    if text.startswith("["):
        name, _, after = text.partition("]")
        name, port = f"{name}]", after.removeprefix(":")
    elif text.count(":") > 1:
        return text, None
    else:
        name, _, port = text.partition(":")
    if port and not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65_535):
        raise Malformed("not a port")
    return name, int(port) if port else None
