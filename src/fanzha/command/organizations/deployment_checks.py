"""Find insecure settings of a site, with advice for each, for `fanzha site check`. Nothing is changed."""

import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from allauth.mfa.models import Authenticator
from django.core import checks
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.organizations.models import ApiKey, Membership, Organization
from fanzha.command.organizations.second_factor import COUNTED, needs_second_factor
from fanzha.command.web.configuration import AT_HOME, Configuration
from fanzha.command.web.roles import Role

_TOML = "fanzha.toml [site]"


class Weakness(NamedTuple):
    """One weakness: its location, and what is wrong and what to do. If `grave`, the site is unfit for use."""

    where: str
    words: Words
    grave: bool = False


def find_weaknesses(site_settings: Configuration, folder: Path) -> Iterator[Weakness]:
    """Yield the weaknesses of the settings, the state folder, organisations, people and keys."""
    yield from _check_settings(site_settings)
    yield from _check_files(folder)
    yield from _check_people()
    yield from _check_keys()
    yield from _check_django()


def _check_settings(site_settings: Configuration) -> Iterator[Weakness]:
    if not site_settings.is_public:
        words = Words("只有本机能访问（未设 hosts）", "this machine alone may ask (hosts is not set)")
        yield Weakness(f"{_TOML} hosts", words)
    elif not site_settings.proxies:
        words = Words(
            "proxies 为 0：登录失败按反向代理的地址计数；请填写前置代理的层数",
            "proxies is 0: failed sign-ins are counted for the proxy's address; say how many proxies stand in front",
        )
        yield Weakness(f"{_TOML} proxies", words, grave=True)
    if not site_settings.email:
        words = Words(
            "未配置邮件：邀请链接须当面转交，忘记密码者只能重新邀请",
            "no email is set up: links of invitations must be handed over, and nobody can reset a password alone",
        )
        yield Weakness(f"{_TOML} email", words)
    if not site_settings.anchors:
        words = Words(
            "证据日志的锚点未复制到本机之外：整体改写无法被发现",
            "anchors of the evidence log are copied nowhere else: a rewritten log would not be noticed",
        )
        yield Weakness(f"{_TOML} anchors", words, grave=True)
    if _is_unverified_remote(site_settings.database_url):
        words = Words(
            "数据库在另一台机器上且未校验其证书：请在地址后加 ?sslmode=verify-full",
            "the database is on another machine and its certificate is not checked: append ?sslmode=verify-full",
        )
        yield Weakness(f"{_TOML} database_url", words, grave=True)
    if site_settings.timestamps is not None and site_settings.timestamps.url.startswith("http://"):
        words = Words(
            "时间戳机构以 http 查询：答复经签名核验，但途中可见请求；如其支持请改用 https",
            "the time-stamp authority is asked by http: answers are signed and verified, but requests can be seen on"
            " the way; use https where it offers it",
        )
        yield Weakness("[site.timestamps] url", words)
    if site_settings.second_factor_optional:
        kinds = ", ".join(site_settings.second_factor_optional)
        words = Words(f"以下类型的单位不要求两步验证：{kinds}", f"kinds that need no second factor: {kinds}")
        yield Weakness(f"{_TOML} second_factor_optional", words)
    if not site_settings.breached_passwords:
        words = Words(
            "未配置已泄露密码库：只拒绝内置的 20,000 个常见密码及其组合",
            "no list of leaked passwords is set: only 20,000 common ones and combinations of them are refused",
        )
        yield Weakness(f"{_TOML} breached_passwords", words)
    if not site_settings.scanner:
        words = Words(
            "未配置恶意代码扫描：上传的证据文件不经扫描",
            "no scanner for malware: files that are handed in as evidence are not scanned",
        )
        yield Weakness(f"{_TOML} scanner", words)
    for provider in site_settings.providers:
        if provider.second_factor:
            words = Words(
                f"信任 {provider.name} 自己的两步验证（以其 amr 声明为准）",
                f"{provider.name} is trusted to have asked for a second factor when its amr claim says so",
            )
            yield Weakness("[[site.providers]]", words)


def _is_unverified_remote(url: str) -> bool:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    host = query.get("host", [parts.hostname or ""])[-1]
    is_local = not host or host.startswith("/") or host in AT_HOME
    return not is_local and query.get("sslmode", [""])[-1] not in ("verify-ca", "verify-full")


def _check_files(folder: Path) -> Iterator[Weakness]:
    for path in [folder, *sorted((folder / "keys").glob("*"))]:
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            words = Words("他人可读，请改为仅本用户可读", "others may read it: take that from them (chmod go=)")
            yield Weakness(str(path), words, grave=True)
    if os.geteuid() == 0:
        words = Words("以 root 身份运行，请使用专用用户", "it is run by root: use a user of its own")
        yield Weakness("user", words)


def _check_people() -> Iterator[Weakness]:
    memberships = Membership.objects.in_force()
    administered = set(memberships.filter(role=Role.ADMINISTRATOR).values_list("organization", flat=True))
    with_factor = set(Authenticator.objects.filter(type__in=COUNTED).values_list("user", flat=True))
    active = list(Organization.objects.filter(is_active=True))
    if not active:
        yield Weakness("organisations", Words("尚无单位", "there is no organisation yet: create-organization"))
    for organization in active:
        if organization.pk not in administered:
            words = Words("没有管理员，请邀请", "it has no administrator: invite one")
            yield Weakness(f"{organization.ref} {organization.name_zh} {organization.name_en}", words)
    for organization in (organization for organization in active if not needs_second_factor(organization)):
        words = Words("不要求两步验证", "its people need no second factor")
        yield Weakness(
            f"{organization.ref} {organization.name_zh} {organization.name_en}", words, grave=not organization.simulated
        )
    waiting = {
        membership.person_id
        for membership in memberships.select_related("organization")
        if needs_second_factor(membership.organization)
    }
    if without := len(waiting - with_factor):
        words = Words(f"{without} 人尚未设置两步验证", f"{without} people have not set up their second factor yet")
        yield Weakness("people", words)
    if any(organization.simulated for organization in active) and not all(
        organization.simulated for organization in active
    ):
        words = Words("演示单位与真实单位并存", "simulated and real organisations are on the same site")
        yield Weakness("organisations", words, grave=True)


def _check_keys() -> Iterator[Weakness]:
    keys = ApiKey.objects.filter(revoked_at=None).select_related("organization")
    for key in keys.filter(expires_at=None):
        words = Words("密钥永不过期，请重新生成", "this key never expires: create a new one")
        yield Weakness(f"{key.organization.ref} {key.name} {key.shown}…", words, grave=True)
    old = timezone.now() - timedelta(days=90)
    for key in keys.filter(created_at__lt=old, last_used_at=None):
        words = Words("密钥 90 天未使用，请吊销", "this key was not used in 90 days: revoke it")
        yield Weakness(f"{key.organization.ref} {key.name} {key.shown}…", words)


def _check_django() -> Iterator[Weakness]:
    """Yield the warnings of Django's `check --deploy` that the settings do not silence."""
    for warning in checks.run_checks(include_deployment_checks=True):
        if not warning.is_silenced():
            yield Weakness(
                str(warning.id), Words(str(warning.msg), str(warning.msg)), grave=warning.level >= checks.ERROR
            )
