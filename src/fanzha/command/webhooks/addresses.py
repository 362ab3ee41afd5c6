"""Where events may be sent: by https, to the open internet; never within the operator's networks unless he says so."""

import ipaddress
import socket
from urllib.parse import urlsplit

from fanzha.base.words import Words
from fanzha.command.webhooks.webhook_settings import webhook_settings
from fanzha.processes.refusal import Reason, Refusal

_WRONG = Words(
    "请填写 https 网址，不带用户名与密码，至多 400 个字符",
    "give an https address without user and password, at most 400 characters",
)
_WITHIN = Words(
    "该地址在内部网络中；运行方可在 [webhooks] 中允许", "the address is within a network; the operator can allow that"
)


class NotReached(Exception):
    """The address cannot be asked; the text says why."""


def checked_url(url: str) -> str:
    """Return an address that is well formed. Raises Refusal; the network is not asked."""
    try:
        parts = urlsplit(url.strip())
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(_WRONG) from None
    allowed = ("https", "http") if webhook_settings().private_addresses else ("https",)
    plain = url.isascii() and url.isprintable() and " " not in url.strip()
    if parts.scheme not in allowed or not host or parts.username or parts.fragment or not plain or len(url) > 400:
        raise _refused(_WRONG)
    if _is_literal(host) and _is_within(host):
        raise _refused(_WITHIN)
    return url.strip()


def resolved(host: str, port: int) -> str:
    """Return the address of a host: whoever connects uses this one, not what a second look-up might give.

    Raises NotReached where any of its addresses is within.
    """
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise NotReached("the name is not found") from None
    if any(_is_within(one) for one in found):
        raise NotReached("the address is within a network: [webhooks] private_addresses in fanzha.toml allows it")
    return found[0]


def _is_within(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    return not webhook_settings().private_addresses and (not found.is_global or found.is_multicast)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _refused(words: Words) -> Refusal:
    return Refusal(Reason.EVIDENCE, words, fields={"url": words})
