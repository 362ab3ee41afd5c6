"""Read and check the one settings file of a screen: every mistake is told, with what to write instead."""

import ipaddress
import tomllib
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.screen.settings import Acting, Settings, Trunk, Warn
from fanzha.warn import Gateway, all_channels

__all__ = ["Acting", "Settings", "Trunk", "mistakes", "read_settings"]

_SHARED = Words("该表里没有这个键或值不合适", "no such key in the table, or its value does not fit")


def read_settings(path: Path) -> Settings:
    """Return the settings of a file; WrongCall names everything that is wrong in it."""
    found = _loaded(path)
    settings, wrong = _converted(found)
    wrong += list(mistakes(settings)) if not wrong else []
    if wrong:
        lines = "\n".join(f"  {words.en}\n  {words.zh}" for words in wrong)
        raise WrongCall(f"{path} has {len(wrong)} mistakes 有 {len(wrong)} 处错误:\n{lines}")
    return settings


def _loaded(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise WrongCall(
            f"{path}: {error.strerror}", fix="name a settings file; fanzha screen example prints one"
        ) from None
    except UnicodeDecodeError:
        raise WrongCall(f"{path} is not UTF-8", fix="save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise WrongCall(f"{path} is no TOML: {error}", fix="mend that line") from None


def _converted(found: dict[str, Any]) -> tuple[Settings, list[Words]]:
    """Convert table by table, so that one mistake does not hide the others."""
    wrong: list[Words] = []
    known: dict[str, Any] = {}
    types_of = typing.get_type_hints(Settings)
    for name, value in found.items():
        if name not in types_of:
            there = ", ".join(types_of)
            wrong.append(Words(f"没有表 {name}；可用：{there}", f"there is no table {name}; there are: {there}"))
            continue
        known[name] = _table(name, value, types_of[name], wrong)
    return Settings(**{name: value for name, value in known.items() if value is not None}), wrong


def _table(name: str, value: Any, wanted: Any, wrong: list[Words]) -> Any:
    if typing.get_origin(wanted) is dict and isinstance(value, dict):
        inner = typing.get_args(wanted)[1]
        made = {key: _table(f"{name}.{key}", one, inner, wrong) for key, one in value.items()}
        return {key: one for key, one in made.items() if one is not None}
    if typing.get_origin(wanted) is types.UnionType:
        wanted = typing.get_args(wanted)[0]
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        wrong.append(Words(f"[{name}] {_SHARED.zh}：{error}", f"[{name}] {_SHARED.en}: {error}"))
        return None


def mistakes(settings: Settings) -> Iterator[Words]:
    """Yield what does not go together, though each value fits."""
    if not settings.sip and settings.http is None:
        yield Words("没有任何监听：写 [sip.名称] 或 [http]", "nothing listens: write [sip.NAME] or [http]")
    yield from _trunks(settings)
    yield from _listeners(settings)
    yield from _links(settings)
    yield from warning_mistakes(settings)
    if settings.roaming.url and settings.roaming.wait_ms >= settings.overload.late_ms:
        yield Words(
            "[roaming] wait_ms 须小于 [overload] late_ms：查询漫游不得超过答复时限",
            "[roaming] wait_ms must be below [overload] late_ms: no register may use up the limit of an answer",
        )


def _trunks(settings: Settings) -> Iterator[Words]:
    for name, trunk in settings.trunks.items():
        steps = (trunk.acts, trunk.lists, trunk.guard, trunk.rules)
        if Acting.SHARE in steps and not trunk.share:
            yield Words(
                f"[trunks.{name}] 按比例处置却没有 share：写 share = 0.1",
                f"[trunks.{name}] acts on a share but has none: write share = 0.1",
            )
        if Acting.SHARE not in steps and trunk.share:
            yield Words(
                f'[trunks.{name}] 写了 share 却不按比例处置：写 acts = "share"',
                f'[trunks.{name}] has a share but does not act on one: write acts = "share"',
            )


def _listeners(settings: Settings) -> Iterator[Words]:
    taken: dict[tuple[str, str, int], str] = {}
    for name, sip in settings.sip.items():
        ways = [bool(sip.trunk_header), sip.trunk_group, bool(sip.trunk)]
        if sum(ways) != 1:
            yield Words(
                f"[sip.{name}] 须写明中继从何得知，且只写一种：trunk_header、trunk_group 或 trunk",
                f"[sip.{name}] must say where the trunk is known from, in one way: trunk_header, trunk_group or trunk",
            )
        if sip.trunk and sip.trunk not in settings.trunks:
            yield Words(
                f"[sip.{name}] 的中继 {sip.trunk} 没有表 [trunks.{sip.trunk}]",
                f"[sip.{name}] is for trunk {sip.trunk}, which has no table [trunks.{sip.trunk}]",
            )
        for network in sip.peers:
            if not _is_network(network):
                yield Words(
                    f"[sip.{name}] peers：{network!r} 不是网段", f"[sip.{name}] peers: {network!r} is no network"
                )
        if not sip.peers and not _is_loopback(sip.address):
            yield Words(
                f"[sip.{name}] 对外监听须写 peers：谁能到达端口，谁就能冒充中继",
                f"[sip.{name}] listens to the world: write peers, for whoever reaches the port can name a trunk",
            )
        for protocol in sip.protocols:
            yield from _taken(taken, f"sip.{name}", protocol, sip.address, sip.port)
    if settings.http:
        yield from _taken(taken, "http", "tcp", settings.http.address, settings.http.port)
    if settings.hep:
        yield from _taken(taken, "hep", "udp", settings.hep.address, settings.hep.port)
    if settings.site_link:
        yield from _taken(taken, "site_link", "tcp", settings.site_link.address, settings.site_link.port)


def _taken(
    taken: dict[tuple[str, str, int], str], name: str, protocol: str, address: str, port: int
) -> Iterator[Words]:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        yield Words(f"[{name}] {address!r} 不是 IP 地址", f"[{name}] {address!r} is no IP address")
    if (other := taken.setdefault((protocol, address, port), name)) != name:
        yield Words(
            f"[{name}] 与 [{other}] 同用 {address} 的 {port} 端口",
            f"[{name}] and [{other}] both want port {port} of {address}",
        )


def _links(settings: Settings) -> Iterator[Words]:
    link = settings.site_link
    if settings.other_sites and link is None:
        yield Words("有 [other_sites] 却没有 [site_link]", "there are [other_sites] but no [site_link]")
    if link is None:
        return
    secured = bool(link.certificate and link.key and link.authority)
    addresses = [link.address, *(other.address for other in settings.other_sites.values())]
    if not secured and not all(_is_loopback(address) for address in addresses):
        yield Words(
            "[site_link] 到别的机器须加密：写 certificate、key、authority（PEM 文件）",
            "[site_link] to other machines must be secured: write certificate, key and authority (PEM files)",
        )


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def gateway_of(warn: Warn) -> Gateway:
    """Return the gateway with its password; WrongCall where the file cannot be read or others can read it."""
    if not warn.url:
        return Gateway()
    path = Path(warn.password_file)
    try:
        if path.stat().st_mode & 0o077:
            raise WrongCall(f"{path} can be read by others", fix=f"chmod 600 {path}")
        password = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongCall(f"{path}: {error}", fix="[warn] password_file: a text file of mode 600") from None
    if not password or not password.isascii() or not password.isprintable():
        raise WrongCall(f"{path} holds no password of printable ASCII", fix="write it on one line")
    return Gateway(warn.url, warn.username, password, warn.sender)


def warning_mistakes(settings: Settings) -> Iterator[Words]:
    """Yield what is wrong with the channels of trunks and with the gateway."""
    channels, warn = all_channels(), settings.warn
    wanted = {name for trunk in settings.trunks.values() for name in trunk.warn}
    for name in sorted(wanted - set(channels)):
        there = ", ".join(channels)
        yield Words(f"warn：没有渠道 {name}；可用：{there}", f"warn: there is no channel {name}; there are: {there}")
    sending = sorted(name for name in wanted & set(channels) if channels[name].sends)
    if (sending or warn.victims) and not warn.url:
        why = ", ".join(sending) or "victims"
        yield Words(f"{why} 需要短信网关：写 [warn] url", f"{why} needs an SMS gateway: write [warn] url")
    if warn.url:
        yield from _gateway_mistakes(warn)


def _gateway_mistakes(warn: Warn) -> Iterator[Words]:
    for name in ("username", "password_file", "sender"):
        if not getattr(warn, name):
            yield Words(f"[warn] 有 url 却没有 {name}", f"[warn] has a url but no {name}")
    if not (warn.username.isascii() and warn.username.isprintable() and warn.username == warn.username.strip()):
        yield Words("[warn] username 须为可打印 ASCII", "[warn] username must be printable ASCII")
    yield from _address_mistakes(warn.url)
    if warn.password_file:
        try:
            gateway_of(warn)
        except WrongCall as error:
            yield Words(f"[warn] 密码文件不可用：{error}", f"[warn] the password cannot be used: {error}")


def _address_mistakes(url: str) -> Iterator[Words]:
    try:
        parts = urlsplit(url)
        plain = url.isascii() and url.isprintable() and " " not in url
        fits = plain and parts.scheme in ("http", "https") and parts.port != 0 and bool(parts.hostname)
    except ValueError:
        fits = False
    if not fits or "@" in parts.netloc or parts.query or parts.fragment:
        yield Words(
            "[warn] url 须为 http(s) 地址，不含口令与参数",
            "[warn] url must be an http(s) address without password and query",
        )
    elif parts.scheme == "http" and not _is_local_host(str(parts.hostname)):
        yield Words(
            "[warn] 到别的机器须加密：url 用 https",
            "[warn] a gateway on another machine must be asked by https: it is told a password",
        )


def _is_local_host(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
