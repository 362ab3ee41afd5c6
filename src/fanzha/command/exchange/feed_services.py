"""Subscribe to feeds, change and end them, update the collector, and alert the owner of one that falls silent."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.exchange.feed_items import withdraw_items
from fanzha.command.exchange.models import Feed, FeedFormat, FeedItem
from fanzha.command.exchange.share_settings import load_exchange_settings
from fanzha.command.organizations.selectors import get_actor_ref, get_organization, organizations_without_people
from fanzha.command.processes.services import create_notification
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.share.personal_data import shareable_kinds
from fanzha.store.feed_queue import FOLDER, FeedDefinition, open_feed_queue

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("feeds of all organisations are fetched by one collector")

MAX_FEEDS = 100
_SECRET_NAME = re.compile(r"([A-Za-z0-9_-][A-Za-z0-9_.-]{0,79})?")
#: `scope` of RFC 6749 §3.3.
_SCOPES = re.compile(r"([!#-\[\]-~]+( [!#-\[\]-~]+)*)?")
_FOLDER_URL = re.compile(r"folder:[A-Za-z0-9_-]{1,80}(/[A-Za-z0-9_.-]{1,80})?")


@dataclass(frozen=True)
class FeedTerms:
    """What a feed is fetched from and how it is weighed; see `Feed`."""

    name: str
    format: str
    url: str
    user: str = ""
    secret_file: str = ""
    token_url: str = ""
    token_scope: str = ""
    only_kind: str = ""
    every_seconds: int = 60
    trust: float = 0.5
    confidence: float = 0.7
    half_life_days: float = 30.0
    marking: Marking = Marking.AMBER
    licence: str = ""
    limit_a_day: int = 100_000
    silent_after_hours: int = 24


def subscribe_feed(source: Organization, terms: FeedTerms, viewer: Viewer, at: datetime | None = None) -> Feed:
    """Subscribe the viewer's organisation to a feed of another one. Raise Refusal.

    The statements of a feed are opinions of its source, so the source is an organisation without people on this site.
    """
    now = at or timezone.now()
    faults = _faults(terms)
    if source.pk == viewer.organization:
        faults["source"] = Words("请选择其他单位", "choose another organisation")
    elif not organizations_without_people().filter(pk=source.pk).exists():
        faults["source"] = Words(
            "该单位在本站有人员，由其自行发布意见", "it has people here, who state its opinions themselves"
        )
    _refuse(faults)
    owner = get_organization(viewer.organization)
    rows = _UNSCOPED.rows(Feed).filter(owner=owner, ended_at=None)
    with recorded() as log:
        if rows.filter(name=terms.name.strip()).exists():
            words = Words("已有同名的情报来源", "there is a feed of this name")
            raise Refusal(Reason.EVIDENCE, words, fields={"name": words})
        if rows.count() >= MAX_FEEDS:
            raise Refusal(Reason.STATE, Words(f"至多 {MAX_FEEDS} 个来源", f"at most {MAX_FEEDS} feeds"))
        feed = _UNSCOPED.rows(Feed).create(
            owner=owner, source=source, made_by_id=viewer.person, created_at=now, **_columns(terms)
        )
        facts: dict[str, object] = {"source": source.ref, "format": feed.format, "trust": feed.trust}
        log.add(_draft("feed_subscribed", feed, viewer, now, facts))
    return feed


def change_feed(feed: Feed, trust: float, *, is_active: bool, viewer: Viewer) -> None:
    """Change the trust in a feed, which counts for what comes from now on, or pause it. Raise Refusal."""
    _check_owner(feed, viewer)
    _refuse({} if 0 < trust <= 1 else {"trust": Words("须大于 0、不大于 1", "above 0 and at most 1")})
    now = timezone.now()
    with recorded() as log:
        if not _standing().filter(pk=feed.pk).update(trust=trust, is_active=is_active):
            raise Refusal(Reason.STATE, Words("该来源已停用", "This feed has ended"))
        facts: dict[str, object] = {"trust": trust, "trust_before": feed.trust, "active": is_active}
        log.add(_draft("feed_changed", feed, viewer, now, facts))


def end_feed(feed: Feed, viewer: Viewer) -> None:
    """End a feed: all that it stated is withdrawn. Raise Refusal."""
    _check_owner(feed, viewer)
    now = timezone.now()
    with recorded() as log:
        if not _standing().filter(pk=feed.pk).update(ended_at=now):
            raise Refusal(Reason.STATE, Words("该来源已停用", "This feed has ended"))
        standing = _UNSCOPED.rows(FeedItem).filter(feed=feed, withdrawn_at=None).order_by("pk")
        withdrawn = 0
        while object_ids := list(standing.values_list("object_id", flat=True)[:500]):
            withdrawn += withdraw_items(feed, object_ids, now)
        log.add(_draft("feed_ended", feed, viewer, now, {"withdrawn": withdrawn}))


def update_collector(now: datetime) -> None:
    """Write to the queue which feeds the collector fetches.

    Secrets and folders are named below the reference of the subscriber: no organisation reads those of another one.
    """
    allows_private = load_exchange_settings().private_addresses
    feeds = _standing().filter(is_active=True).select_related("owner").order_by("pk")
    feeds = feeds.filter(source__in=organizations_without_people())
    with open_feed_queue() as queue:
        queue.set_feeds(
            FeedDefinition(
                feed.ref,
                feed.format,
                _own_address(feed),
                feed.user,
                f"{feed.owner.ref}/{feed.secret_file}" if feed.secret_file else "",
                feed.only_kind,
                feed.every_seconds * 1_000,
                allows_private,
                feed.token_url,
                feed.token_scope,
            )
            for feed in feeds
        )


def silent_feeds(now: datetime) -> list[Feed]:
    """Return the active feeds that are silent: nothing new for their time, or not reached for as long."""
    return [feed for feed in _standing().filter(is_active=True).select_related("owner") if is_silent(feed, now)]


def is_silent(feed: Feed, now: datetime) -> bool:
    """Return whether a feed brought nothing new for the time that its owner set."""
    return now - (feed.brought_at or feed.created_at) >= timedelta(hours=feed.silent_after_hours)


def raise_alarms(now: datetime) -> int:
    """Notify the owners of feeds that fell silent, once until the feed speaks again; return how many."""
    alarms = 0
    silent = {feed.pk: feed for feed in silent_feeds(now)}
    _standing().filter(~Q(pk__in=list(silent)), alarmed_at__isnull=False).update(alarmed_at=None)
    for feed in silent.values():
        if feed.alarmed_at is not None or not _standing().filter(pk=feed.pk, alarmed_at=None).update(alarmed_at=now):
            continue
        hours = int((now - (feed.brought_at or feed.created_at)) / timedelta(hours=1))
        why = f"{feed.problem}" if feed.problem else ""
        words = Words(
            f"情报来源“{feed.name}”已 {hours} 小时没有新内容" + (f"：{why}" if why else ""),
            f"The feed “{feed.name}” has brought nothing new for {hours} hours" + (f": {why}" if why else ""),
        )
        key = digest("feed_silent", feed.ref, to_ms(now))
        create_notification(feed.owner_id, words, key=key, at=now, path=reverse("exchange_feed", args=[feed.ref]))
        alarms += 1
    return alarms


def _own_address(feed: Feed) -> str:
    return feed.url.replace(FOLDER, f"{FOLDER}{feed.owner.ref}/", 1) if feed.url.startswith(FOLDER) else feed.url


def _standing() -> QuerySet[Feed]:
    return _UNSCOPED.rows(Feed).filter(ended_at=None)


def _columns(terms: FeedTerms) -> dict[str, Any]:
    values = {field.name: getattr(terms, field.name) for field in fields(terms)}
    return values | {
        "marking": terms.marking.value,
        "name": terms.name.strip(),
        "url": terms.url.strip(),
        "token_url": terms.token_url.strip(),
    }


def _faults(terms: FeedTerms) -> dict[str, Words]:
    faults: dict[str, Words] = {}
    if not 2 <= len(terms.name.strip()) <= 80:
        faults["name"] = Words("名称为 2 至 80 个字符", "2 to 80 characters")
    if terms.format not in FeedFormat.values:
        faults["format"] = Words("请选择格式", "choose a format")
    if not _is_address(terms.url.strip(), terms.format):
        faults["url"] = Words(
            "请填写 https 地址，或 folder: 加状态目录 collect/feeds/本单位编号 下的目录名",
            "an https address, or folder: and a folder in collect/feeds/ and your organisation's reference",
        )
    if terms.only_kind and (terms.format != FeedFormat.CSV or terms.only_kind not in shareable_kinds()):
        faults["only_kind"] = Words(
            "仅用于 CSV 名单，且须为可交换的类型", "for CSV lists, and a kind that is exchanged"
        )
    if not _SECRET_NAME.fullmatch(terms.secret_file):
        faults["secret_file"] = Words(
            "为 keys/feeds/本单位编号 下的文件名", "the name of a file in keys/feeds/ and your organisation's reference"
        )
    faults |= _token_faults(terms)
    for name in ("trust", "confidence"):
        if not 0 < getattr(terms, name) <= 1:
            faults[name] = Words("须大于 0、不大于 1", "above 0 and at most 1")
    limits = {"half_life_days": (0.1, 3_650), "every_seconds": (10, 86_400), "silent_after_hours": (1, 8_760)}
    for name, (least, most) in (limits | {"limit_a_day": (1, 10_000_000)}).items():
        if not least <= getattr(terms, name) <= most:
            faults[name] = Words(f"须在 {least:g} 与 {most:g} 之间", f"between {least:g} and {most:g}")
    if terms.marking is Marking.RED:
        faults["marking"] = Words("TLP:RED 不得传送", "TLP:RED is passed on by nobody")
    return faults


def _token_faults(terms: FeedTerms) -> dict[str, Words]:
    """Return what is wrong with the OAuth2 client of a feed."""
    url, faults = terms.token_url.strip(), dict[str, Words]()
    if not url:
        return faults if not terms.token_scope else {"token_scope": Words("须先填写令牌地址", "needs a token URL")}
    if terms.url.startswith(FOLDER) or url.startswith(FOLDER) or not _is_address(url, FeedFormat.CSV):
        faults["token_url"] = Words("请填写 https 地址，且来源须为网络地址", "an https address, as that of the feed")
    if not terms.user or not terms.secret_file:
        words = Words(
            "使用令牌地址时须填写客户端编号和密钥文件", "with a token URL, give the client and the file of its secret"
        )
        faults |= {name: words for name in ("user", "secret_file") if not getattr(terms, name)}
    if not _SCOPES.fullmatch(terms.token_scope):
        faults["token_scope"] = Words(
            "范围由空格分隔的英文字符组成", "scopes are ASCII words, with spaces between them"
        )
    return faults


def _is_address(url: str, format_: str) -> bool:
    if url.startswith(FOLDER):
        return format_ != FeedFormat.TAXII and _FOLDER_URL.fullmatch(url) is not None and ".." not in url
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    schemes = ("https", "http") if load_exchange_settings().private_addresses else ("https",)
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= 400
    return parts.scheme in schemes and bool(host) and not parts.username and not parts.fragment and is_plain


def _check_owner(feed: Feed, viewer: Viewer) -> None:
    if feed.owner_id != viewer.organization:
        raise Refusal(Reason.ROLE, Words("只有订阅单位可以管理", "Only its subscriber manages a feed"))


def _refuse(faults: dict[str, Words]) -> None:
    if faults:
        raise Refusal(Reason.EVIDENCE, Words("信息不全或有误", "Something is missing or wrong"), fields=faults)


def _draft(kind: str, feed: Feed, viewer: Viewer, at: datetime, facts: dict[str, object]) -> Draft:
    owner = get_organization(viewer.organization).ref
    return Draft(kind, to_ms(at), get_actor_ref(viewer, owner), owner, about=feed.ref, facts=facts)
