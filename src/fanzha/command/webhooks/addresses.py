"""Validate webhook URLs: https to public addresses; private addresses only if the operator allows them."""

import ipaddress
from urllib.parse import urlsplit

from fanzha.base.outgoing_request import PrivateAddressPolicy
from fanzha.base.public_addresses import is_public_address
from fanzha.base.words import Words
from fanzha.command.webhooks.webhook_settings import load_webhook_settings
from fanzha.processes.refusal import Reason, Refusal

_WRONG = Words(
    "请填写 https 网址，不带用户名与密码，至多 400 个字符",
    "Enter an https address without user name and password, up to 400 characters",
)
_WITHIN = Words(
    "该地址在内部网络中；运行方可在 [webhooks] 中允许",
    "The address is in an internal network. Whoever runs the site can allow it in [webhooks]",
)


def validate_url(url: str) -> str:
    """Return a valid URL, without resolving it. Raise Refusal."""
    try:
        parts = urlsplit(url.strip())
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(_WRONG) from None
    allowed = ("https", "http") if private_address_policy().allowed else ("https",)
    plain = url.isascii() and url.isprintable() and " " not in url.strip()
    if parts.scheme not in allowed or not host or parts.username or parts.fragment or not plain or len(url) > 400:
        raise _refused(_WRONG)
    if not private_address_policy().allowed and _is_literal(host) and not is_public_address(host):
        raise _refused(_WITHIN)
    return url.strip()


def private_address_policy() -> PrivateAddressPolicy:
    """Return whether webhooks may use private addresses."""
    return PrivateAddressPolicy(load_webhook_settings().private_addresses, "[webhooks] private_addresses")


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _refused(words: Words) -> Refusal:
    return Refusal(Reason.EVIDENCE, words, fields={"url": words})
