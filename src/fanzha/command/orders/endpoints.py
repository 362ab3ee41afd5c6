"""Create, change and test the endpoints of an organisation; each change is written to the evidence log."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.orders.digest_tables import ENDPOINTS
from fanzha.command.orders.endpoint_keys import (
    channel_endpoint,
    is_only_user,
    is_own_secret_file,
    secret_file_prefix,
    verification_keys,
)
from fanzha.command.orders.exchange_folder import get_folder
from fanzha.command.orders.http_post import RequestFailed, post
from fanzha.command.orders.mail_delivery import is_mailbox, require_mail_settings
from fanzha.command.orders.models import Endpoint
from fanzha.command.orders.zone_delivery import require_zone_settings
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.processes.selectors import to_actor
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import Dispatch, DisposalChannel, all_channels
from fanzha.dispose.signed_webhook import signed_headers
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_PUBLIC = re.compile(r"whpk_[A-Za-z0-9+/]{43}=")
#: The test message; a receiver answers it with 2xx and does nothing.
TEST_BODY = b'{"type":"fanzha.test.v1"}'


def available_channels(organization: Organization) -> list[DisposalChannel]:
    """Return the channels for organisations of this kind, and those that carry the legs of any process."""
    return [
        channel for channel in all_channels().values() if channel.carries_legs or organization.kind in channel.receivers
    ]


def save_endpoint(
    viewer: Viewer, channel: str, *, address: str = "", their_keys: str = "", secret_file: str = "", is_active: bool
) -> Endpoint:
    """Create or update the endpoint of a channel. Raise Refusal naming the fields."""
    owner = get_organization(viewer.organization)
    channels = {candidate.name: candidate for candidate in available_channels(owner)}
    _validate(owner, channels.get(channel), address, their_keys, secret_file.strip())
    values = {
        "address": address.strip(),
        "their_keys": " ".join(their_keys.split()),
        "secret_file": secret_file.strip(),
        "is_active": is_active,
        "changed_by_id": viewer.person,
        "changed_at": timezone.now(),
    }
    with recorded() as log:
        endpoint, _ = Endpoint.objects.update_or_create(owner=owner, channel=channel, defaults=values)
        log.digest(ENDPOINTS.model, [endpoint.pk])
        log.add(_log_entry("order_endpoint_changed", endpoint, viewer, endpoint.changed_at, is_active=is_active))
    if channels[channel].goes == "file":
        get_folder(endpoint, "in")
        get_folder(endpoint, "out")
    return endpoint


def rotate_endpoint_key(endpoint: Endpoint, viewer: Viewer) -> None:
    """Create a new signing key; the previous key also signs until the next rotation."""
    with recorded() as log:
        endpoint.generation += 1
        endpoint.save(update_fields=["generation"])
        log.digest(ENDPOINTS.model, [endpoint.pk])
        log.add(_log_entry("order_endpoint_key_changed", endpoint, viewer, timezone.now()))


def check_endpoint(endpoint: Endpoint, viewer: Viewer) -> str:
    """Test an endpoint; return the problem, "" if it works."""
    now = timezone.now()
    problem = _run_test(endpoint, now)
    with recorded() as log:
        endpoint.tested_at, endpoint.test_problem = now, problem[:400]
        endpoint.save(update_fields=["tested_at", "test_problem"])
        log.add(_log_entry("order_endpoint_tried", endpoint, viewer, now, works=not problem))
    return problem


def _run_test(endpoint: Endpoint, now: datetime) -> str:
    goes = all_channels()[endpoint.channel].goes
    try:
        if goes == "http":
            headers = signed_headers(f"test-{to_ms(now)}", TEST_BODY, channel_endpoint(endpoint), to_ms(now))
            post(Dispatch(endpoint.address, headers, TEST_BODY))
        elif goes == "file":
            channel_endpoint(endpoint)
            get_folder(endpoint, "out")
        elif goes == "mail":
            require_mail_settings()
        elif goes == "zone":
            require_zone_settings()
        if goes in ("http", "file") and not verification_keys(endpoint):
            return "answers cannot be verified: no key of the receiver is known"
    except (RequestFailed, UsageError, ValueError, OSError) as problem:
        return str(problem)
    return ""


def _validate(
    owner: Organization, channel: DisposalChannel | None, address: str, their_keys: str, secret_file: str
) -> None:
    faults: dict[str, Words] = {}
    if channel is None:
        faults["channel"] = Words("本单位不能使用该渠道", "this organisation cannot use this channel")
    elif channel.goes == "http" and not _is_valid_address(address):
        faults["address"] = Words("请填写 https:// 地址", "write an https:// address")
    elif channel.goes == "mail" and not is_mailbox(address.strip()):
        faults["address"] = Words("请填写邮箱地址", "write a mail address")
    if any(not _PUBLIC.fullmatch(public_key) for public_key in their_keys.split()):
        faults["their_keys"] = Words("公钥为 whpk_ 与 base64", "a public key is whpk_ and base64 of 32 bytes")
    if secret_file and not is_own_secret_file(secret_file, owner) and not is_only_user(secret_file, owner):
        prefix = secret_file_prefix(owner.ref)
        faults["secret_file"] = Words(f"请填写 keys/ 内 {prefix} 开头的文件", f"name a file in keys/: {prefix}…")
    if faults:
        raise Refusal(Reason.EVIDENCE, Words("不能保存", "it cannot be saved"), fields=faults)


def _is_valid_address(url: str) -> bool:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        return False
    at_home = parts.hostname in ("127.0.0.1", "::1", "localhost")
    return (
        bool(parts.hostname)
        and not parts.username
        and (parts.scheme == "https" or (at_home and parts.scheme == "http"))
    )


def _log_entry(kind: str, endpoint: Endpoint, viewer: Viewer, at: datetime, **facts: object) -> Draft:
    actor = to_actor(viewer)
    details = {"channel": endpoint.channel, **facts}
    return Draft(kind, to_ms(at), actor.person, actor.organization, about=endpoint.ref, facts=details)
