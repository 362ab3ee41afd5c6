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


def find_weaknesses(said: Configuration, folder: Path) -> Iterator[Weakness]:
    """Yield the weaknesses of the settings, the state folder, organisations, people and keys."""
    yield from _of_settings(said)
    yield from _of_files(folder)
    yield from _of_people()
    yield from _of_keys()
    yield from _of_django()


def _of_settings(said: Configuration) -> Iterator[Weakness]:
    if not said.is_public:
        told = Words("只有本机能访问（未设 hosts）", "this machine alone may ask (hosts is not set)")
        yield Weakness(f"{_TOML} hosts", told)
    elif not said.proxies:
        told = Words(
            "proxies 为 0：登录失败按反向代理的地址计数；请填写前置代理的层数",
            "proxies is 0: failed sign-ins are counted for the proxy's address; say how many proxies stand in front",
        )
        yield Weakness(f"{_TOML} proxies", told, grave=True)
    if not said.email:
        told = Words(
            "未配置邮件：邀请链接须当面转交，忘记密码者只能重新邀请",
            "no mail is set up: links of invitations are handed over, nobody gets a new pass phrase by himself",
        )
        yield Weakness(f"{_TOML} email", told)
    if not said.anchors:
        told = Words(
            "证据日志的锚点未复制到本机之外：整体改写无法被发现",
            "anchors of the evidence log are copied nowhere else: a log written anew would not be noticed",
        )
        yield Weakness(f"{_TOML} anchors", told, grave=True)
    if _is_open(said.database_url):
        told = Words(
            "数据库在另一台机器上且未校验其证书：请在地址后加 ?sslmode=verify-full",
            "the database is on another machine and its certificate is not checked: append ?sslmode=verify-full",
        )
        yield Weakness(f"{_TOML} database_url", told, grave=True)
    if said.second_factor_optional:
        kinds = ", ".join(said.second_factor_optional)
        told = Words(f"以下类型的单位不要求两步验证：{kinds}", f"kinds that need no second factor: {kinds}")
        yield Weakness(f"{_TOML} second_factor_optional", told)
    if not said.breached_passwords:
        told = Words(
            "未配置泄露口令库：只拒绝内置的 20,000 个常见口令及其组合",
            "no list of breached pass phrases: only the 20,000 that ship, and what is made of them, are refused",
        )
        yield Weakness(f"{_TOML} breached_passwords", told)
    if not said.scanner:
        told = Words(
            "未配置恶意代码扫描：上传的证据文件不经扫描",
            "no scanner for malware: files that are handed in as evidence are not scanned",
        )
        yield Weakness(f"{_TOML} scanner", told)
    for one in said.providers:
        if one.second_factor:
            told = Words(
                f"信任 {one.name} 自己的两步验证（以其 amr 声明为准）",
                f"{one.name} is trusted to have asked for a second factor when its amr claim says so",
            )
            yield Weakness("[[site.providers]]", told)


def _is_open(url: str) -> bool:
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    host = asked.get("host", [parts.hostname or ""])[-1]
    near = not host or host.startswith("/") or host in AT_HOME
    return not near and asked.get("sslmode", [""])[-1] not in ("verify-ca", "verify-full")


def _of_files(folder: Path) -> Iterator[Weakness]:
    for path in [folder, *sorted((folder / "keys").glob("*"))]:
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            told = Words("他人可读，请改为仅本用户可读", "others may read it: take that from them (chmod go=)")
            yield Weakness(str(path), told, grave=True)
    if os.geteuid() == 0:
        told = Words("以 root 身份运行，请使用专用用户", "it is run by root: use a user of its own")
        yield Weakness("user", told)


def _of_people() -> Iterator[Weakness]:
    held = Membership.objects.in_force()
    administered = set(held.filter(role=Role.ADMINISTRATOR).values_list("organization", flat=True))
    with_factor = set(Authenticator.objects.filter(type__in=COUNTED).values_list("user", flat=True))
    active = list(Organization.objects.filter(is_active=True))
    if not active:
        yield Weakness("organisations", Words("尚无单位", "there is no organisation yet: create-organization"))
    for one in active:
        if one.pk not in administered:
            told = Words("没有管理员，请邀请", "nobody administers it: invite somebody")
            yield Weakness(f"{one.ref} {one.name_zh} {one.name_en}", told)
    for one in (one for one in active if not needs_second_factor(one)):
        told = Words("不要求两步验证", "its people need no second factor")
        yield Weakness(f"{one.ref} {one.name_zh} {one.name_en}", told, grave=not one.simulated)
    waiting = {one.person_id for one in held.select_related("organization") if needs_second_factor(one.organization)}
    if without := len(waiting - with_factor):
        told = Words(f"{without} 人尚未设置两步验证", f"{without} people have not set up their second factor yet")
        yield Weakness("people", told)
    if any(one.simulated for one in active) and not all(one.simulated for one in active):
        told = Words("演示单位与真实单位并存", "simulated organisations stand beside real ones")
        yield Weakness("organisations", told, grave=True)


def _of_keys() -> Iterator[Weakness]:
    held = ApiKey.objects.filter(revoked_at=None).select_related("organization")
    for one in held.filter(expires_at=None):
        told = Words("密钥永不过期，请重新生成", "this key never ends: make a new one")
        yield Weakness(f"{one.organization.ref} {one.name} {one.shown}…", told, grave=True)
    old = timezone.now() - timedelta(days=90)
    for one in held.filter(created_at__lt=old, last_used_at=None):
        told = Words("密钥 90 天未使用，请吊销", "this key was not used in 90 days: revoke it")
        yield Weakness(f"{one.organization.ref} {one.name} {one.shown}…", told)


def _of_django() -> Iterator[Weakness]:
    """Yield the warnings of Django's `check --deploy` that the settings do not silence."""
    for one in checks.run_checks(include_deployment_checks=True):
        if not one.is_silenced():
            yield Weakness(str(one.id), Words(str(one.msg), str(one.msg)), grave=one.level >= checks.ERROR)
