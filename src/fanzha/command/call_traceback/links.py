"""Links to the sites of other operators: addresses, keys, and the act of changing them."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.outgoing_request import PrivateAddressPolicy
from fanzha.base.public_addresses import is_public_address
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.call_traceback.models import TracebackLink
from fanzha.command.organizations.selectors import get_actor_ref, get_organization
from fanzha.command.web.roles import Kind
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import private_key, public_key
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.delivery_settings import read_secret
from fanzha.store.keys import load_key
from fanzha.store.traceback_settings import load_traceback_settings

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("links of the viewer's own organisation")
#: Kinds of organisations in the country that carry calls and can be asked.
OPERATORS = (Kind.CARRIER, Kind.MVNO, Kind.ISP)
#: Nothing is sent in clear to other machines.
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_PUBLIC = re.compile(r"whpk_[A-Za-z0-9+/]{43}=")
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,80}")
_WRONG_URL = Words("请填写 https 网址，不带用户名与密码", "enter an https address without user name and password")


def address_policy() -> PrivateAddressPolicy:
    """Return whether sites of other operators may have private addresses."""
    return PrivateAddressPolicy(load_traceback_settings().private_addresses, "[call_traceback] private_addresses")


def full_name(organization: Organization) -> str:
    """Return the name of an organisation in both languages as one text; `localize_text` separates them again."""
    return Words(organization.name_zh, organization.name_en).joined()


def save_link(
    viewer: Viewer,
    partner: Organization,
    *,
    url: str = "",
    secret_file: str = "",
    their_keys: str = "",
    answers_alone: bool = True,
    is_active: bool = True,
) -> TracebackLink:
    """Create or change the link to an operator. Raise Refusal naming the fields."""
    owner, now = get_organization(viewer.organization), timezone.now()
    _check(owner, partner, url.strip(), secret_file, their_keys)
    values = {
        "url": url.strip(),
        "secret_file": secret_file,
        "their_keys": " ".join(their_keys.split()),
        "answers_alone": answers_alone,
        "is_active": is_active,
        "changed_by_id": viewer.person,
        "changed_at": now,
    }
    with recorded() as log:
        link, _ = _UNSCOPED.rows(TracebackLink).update_or_create(owner=owner, partner=partner, defaults=values)
        facts = {"partner": partner.ref, "is_active": is_active, "answers_alone": answers_alone, "has_url": bool(url)}
        log.add(_entry("traceback_link_changed", link, viewer, facts))
    return link


def rotate_link_key(link: TracebackLink, viewer: Viewer) -> None:
    """Sign with a new key; the previous one also signs until the next change."""
    with recorded() as log:
        link.generation += 1
        link.save(update_fields=["generation"])
        log.add(_entry("traceback_link_key_changed", link, viewer, {}))


def signing_keys(link: TracebackLink) -> tuple[str, ...]:
    """Return our signing keys, newest first."""
    newest = (link.generation, link.generation - 1)
    return tuple(private_key(load_key(f"traceback-{link.ref}-{number}")) for number in newest if number)


def our_public_keys(link: TracebackLink) -> list[str]:
    """Return our public keys, newest first."""
    return [public_key(key) for key in signing_keys(link)]


def read_link_secret(link: TracebackLink) -> str:
    """Return the key of the other site's API. Raise UsageError if the file is missing or others may read it."""
    return read_secret(f"tracebacks/{link.owner.ref}/{link.secret_file}")


def find_joined_link(owner: int, partner: int) -> TracebackLink | None:
    """Return the link by which an operator can be asked, None if it has not joined."""
    rows = _UNSCOPED.rows(TracebackLink).select_related("owner", "partner")
    return rows.filter(owner=owner, partner=partner, is_active=True).exclude(url="").first()


def _check(owner: Organization, partner: Organization, url: str, secret_file: str, their_keys: str) -> None:
    faults: dict[str, Words] = {}
    if partner.pk == owner.pk or partner.kind not in OPERATORS:
        faults["partner"] = Words("请选择境内其他电信企业", "choose another operator of the country")
    if url and not _is_valid_url(url):
        faults["url"] = _WRONG_URL
    if url and not secret_file:
        faults["secret_file"] = Words("请填写接口密钥的文件名", "name the file with the key of its API")
    if not _SECRET.fullmatch(secret_file):
        faults["secret_file"] = Words(
            "文件名只含字母、数字、下划线和连字符", "a file name has letters, digits, _ and -"
        )
    if any(not _PUBLIC.fullmatch(key) for key in their_keys.split()):
        faults["their_keys"] = Words("公钥为 whpk_ 与 base64", "a public key is whpk_ and base64 of 32 bytes")
    if faults:
        raise Refusal(Reason.EVIDENCE, Words("不能保存", "it cannot be saved"), fields=faults)


def _is_valid_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_private = address_policy().allowed
    schemes = ("https", "http") if is_private and host in _THIS_MACHINE else ("https",)
    if parts.scheme not in schemes or not host or parts.username:
        return False
    if parts.fragment or parts.query or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        return is_private or is_public_address(str(ipaddress.ip_address(host)))
    except ValueError:
        return True


def _entry(kind: str, link: TracebackLink, viewer: Viewer, facts: dict[str, object]) -> Draft:
    actor = get_actor_ref(viewer, link.owner.ref)
    return Draft(kind, to_ms(timezone.now()), actor, link.owner.ref, about=link.ref, facts=facts)
