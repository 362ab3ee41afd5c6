"""Read and check the settings file of a screen; report every mistake with its correction."""

import ipaddress
import ssl
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml
from fanzha.base.words import Words
from fanzha.screen.settings import EnforcementStep, HepSettings, HttpSettings, ScreenSettings, WarnSettings
from fanzha.screen.sip.proxy_settings import find_proxy_mistakes
from fanzha.screen.sip.refusal_settings import fill_contacts, find_refusal_mistakes
from fanzha.store.appeal_contact import load_appeal_contact
from fanzha.warn import Gateway, all_channels

_MISFIT = Words("该表里没有这个键或值不合适", "no such key in the table, or its value does not fit")


def read_settings(path: Path) -> ScreenSettings:
    """Return the settings of a file; raise UsageError listing every mistake."""
    tables = read_toml(path, fix="name a settings file in TOML; fanzha screen example prints one")
    settings, mistakes = _convert(tables)
    settings = fill_contacts(settings, load_appeal_contact())
    mistakes += list(find_mistakes(settings)) if not mistakes else []
    if mistakes:
        lines = "\n".join(f"  {words.en}\n  {words.zh}" for words in mistakes)
        raise UsageError(f"{path} has {len(mistakes)} mistakes 有 {len(mistakes)} 处错误:\n{lines}")
    return settings


def _convert(tables: dict[str, Any]) -> tuple[ScreenSettings, list[Words]]:
    """Convert table by table, so that one mistake does not hide others."""
    mistakes: list[Words] = []
    converted: dict[str, Any] = {}
    table_types = typing.get_type_hints(ScreenSettings)
    for name, value in tables.items():
        if name not in table_types:
            available = ", ".join(table_types)
            mistakes.append(
                Words(f"没有表 {name}；可用：{available}", f"there is no table {name}; there are: {available}")
            )
            continue
        converted[name] = _convert_table(name, value, table_types[name], mistakes)
    return ScreenSettings(**{name: value for name, value in converted.items() if value is not None}), mistakes


def _convert_table(name: str, value: Any, expected: Any, mistakes: list[Words]) -> Any:
    if typing.get_origin(expected) is dict and isinstance(value, dict):
        inner = typing.get_args(expected)[1]
        converted = {key: _convert_table(f"{name}.{key}", item, inner, mistakes) for key, item in value.items()}
        return {key: item for key, item in converted.items() if item is not None}
    if typing.get_origin(expected) is types.UnionType:
        expected = typing.get_args(expected)[0]
    try:
        return msgspec.convert(value, expected)
    except msgspec.ValidationError as error:
        mistakes.append(Words(f"[{name}] {_MISFIT.zh}：{error}", f"[{name}] {_MISFIT.en}: {error}"))
        return None


def find_mistakes(settings: ScreenSettings) -> Iterator[Words]:
    """Yield conflicts between valid values."""
    if not settings.sip and settings.http is None:
        yield Words("没有任何监听：写 [sip.名称] 或 [http]", "nothing listens: write [sip.NAME] or [http]")
    yield from _trunk_mistakes(settings)
    yield from _listener_mistakes(settings)
    yield from find_refusal_mistakes(settings)
    yield from _link_mistakes(settings)
    yield from _stir_mistakes(settings)
    yield from warning_mistakes(settings)
    if settings.roaming.url:
        yield from _register_mistakes(settings)


def _register_mistakes(settings: ScreenSettings) -> Iterator[Words]:
    if settings.roaming.wait_ms >= settings.overload.late_ms:
        yield Words(
            "[roaming] wait_ms 须小于 [overload] late_ms：查询漫游不得超过答复时限",
            "[roaming] wait_ms must be below [overload] late_ms: no register may use up the limit of an answer",
        )
    parts = urlsplit(settings.roaming.url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        yield Words("[roaming] url 须为 http(s) 地址", "[roaming] url must be an http(s) address")
    elif parts.scheme == "http" and not _is_local_host(str(parts.hostname)):
        yield Words(
            "[roaming] 到别的机器须加密：url 用 https，或经本机代理查询",
            "[roaming] a register on another machine must be asked by https, or through a proxy on this machine: its"
            " answers prove numbers",
        )


def _trunk_mistakes(settings: ScreenSettings) -> Iterator[Words]:
    for name, trunk in settings.trunks.items():
        steps = (trunk.acts, trunk.lists, trunk.guard, trunk.rules)
        if EnforcementStep.SHARE in steps and not trunk.share:
            yield Words(
                f"[trunks.{name}] 按比例处置却没有 share：写 share = 0.1",
                f"[trunks.{name}] acts on a share but has none: write share = 0.1",
            )
        if EnforcementStep.SHARE not in steps and trunk.share:
            yield Words(
                f'[trunks.{name}] 写了 share 却不按比例处置：写 acts = "share"',
                f'[trunks.{name}] has a share but does not act on one: write acts = "share"',
            )


def _listener_mistakes(settings: ScreenSettings) -> Iterator[Words]:
    used_addresses: dict[tuple[str, str, int], str] = {}
    for name, sip in settings.sip.items():
        sources = [bool(sip.trunk_header), sip.trunk_group, bool(sip.trunk)]
        if sum(sources) != 1:
            yield Words(
                f"[sip.{name}] 须写明中继从何得知，且只写一种：trunk_header、trunk_group 或 trunk",
                f"[sip.{name}] must say where the trunk is known from, in one way: trunk_header, trunk_group or trunk",
            )
        if sip.trunk and sip.trunk not in settings.trunks:
            yield Words(
                f"[sip.{name}] 的中继 {sip.trunk} 没有表 [trunks.{sip.trunk}]",
                f"[sip.{name}] is for trunk {sip.trunk}, which has no table [trunks.{sip.trunk}]",
            )
        if sip.judge_dialogs and not (sip.dialog_events and sip.trunk):
            yield Words(
                f"[sip.{name}] judge_dialogs 须同时写 dialog_events = true 与 trunk",
                f"[sip.{name}] judge_dialogs needs dialog_events = true and trunk",
            )
        yield from _peer_mistakes(f"sip.{name}", sip.peers)
        if not sip.peers and not _is_loopback(sip.address):
            yield Words(
                f"[sip.{name}] 对外监听须写 peers：谁能到达端口，谁就能冒充中继",
                f"[sip.{name}] listens to the world: write peers, for whoever reaches the port can name a trunk",
            )
        if sip.proxy is not None:
            yield from find_proxy_mistakes(name, sip, sip.proxy)
        for protocol in sip.protocols:
            yield from _address_mistakes(used_addresses, f"sip.{name}", protocol, sip.address, sip.port)
    if settings.http:
        yield from _http_mistakes(settings.http)
        yield from _address_mistakes(used_addresses, "http", "tcp", settings.http.address, settings.http.port)
    if settings.hep:
        yield from _hep_mistakes(settings.hep)
        yield from _address_mistakes(used_addresses, "hep", "udp", settings.hep.address, settings.hep.port)
    if settings.site_link:
        yield from _address_mistakes(
            used_addresses, "site_link", "tcp", settings.site_link.address, settings.site_link.port
        )


def _peer_mistakes(table: str, peers: tuple[str, ...]) -> Iterator[Words]:
    for network in peers:
        if not _is_network(network):
            yield Words(f"[{table}] peers：{network!r} 不是网段", f"[{table}] peers: {network!r} is no network")


def _http_mistakes(http: HttpSettings) -> Iterator[Words]:
    if bool(http.certificate) != bool(http.key):
        yield Words(
            "[http] certificate 与 key 须同时写明（PEM 文件）",
            "[http] certificate and key belong together: write both (PEM files)",
        )
    elif http.certificate:
        try:
            load_http_tls(http)
        except UsageError as error:
            yield Words(f"[http] 证书或私钥不可用：{error}", f"[http] the certificate cannot be used: {error}")
    elif not http.behind_tls_proxy and not _is_loopback(http.address):
        yield Words(
            "[http] 对外监听须加密：写 certificate 与 key（PEM 文件）；"
            "由前置代理终止 TLS 的，写 behind_tls_proxy = true",
            "[http] listens beyond this machine without TLS: write certificate and key (PEM files), "
            "or behind_tls_proxy = true where a proxy ends TLS",
        )


def _hep_mistakes(hep: HepSettings) -> Iterator[Words]:
    yield from _peer_mistakes("hep", hep.peers)
    if hep.judge and bool(hep.trunk) == bool(hep.trunk_header):
        yield Words(
            "[hep] judge 须写明中继从何得知：trunk 或 trunk_header，只写一种",
            "[hep] judge must say where the trunk is known from: trunk or trunk_header, one of them",
        )
    if _is_loopback(hep.address):
        return
    if not hep.key:
        yield Words(
            "[hep] 对外监听须写 key：信令副本须携带该密钥",
            "[hep] listens beyond this machine: write key, which packets must carry",
        )
    if not hep.peers:
        yield Words(
            "[hep] 对外监听须写 peers：谁能到达端口，谁就能伪造应答与挂机",
            "[hep] listens beyond this machine: write peers, for whoever reaches the port can forge answers and ends",
        )


def load_http_tls(http: HttpSettings) -> ssl.SSLContext | None:
    """Return the server's TLS context, None without a certificate; raise UsageError if a file cannot be used."""
    if not http.certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(http.certificate, http.key, password="")  # without it OpenSSL asks on the terminal
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{http.certificate}, {http.key}: {error}",
            fix="[http] certificate and key: PEM files that belong together, the key without a pass phrase",
        ) from None
    return context


def _address_mistakes(
    used_addresses: dict[tuple[str, str, int], str], name: str, protocol: str, address: str, port: int
) -> Iterator[Words]:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        yield Words(f"[{name}] {address!r} 不是 IP 地址", f"[{name}] {address!r} is no IP address")
    if (user := used_addresses.setdefault((protocol, address, port), name)) != name:
        yield Words(
            f"[{name}] 与 [{user}] 同用 {address} 的 {port} 端口",
            f"[{name}] and [{user}] both want port {port} of {address}",
        )


def _link_mistakes(settings: ScreenSettings) -> Iterator[Words]:
    link = settings.site_link
    if settings.other_sites and link is None:
        yield Words("有 [other_sites] 却没有 [site_link]", "there are [other_sites] but no [site_link]")
    if link is None:
        return
    secured = bool(link.certificate and link.key and link.authority)
    addresses = [link.address, *(site.address for site in settings.other_sites.values())]
    if not secured and not all(_is_loopback(address) for address in addresses):
        yield Words(
            "[site_link] 到别的机器须加密：写 certificate、key、authority（PEM 文件）",
            "[site_link] to other machines must be secured: write certificate, key and authority (PEM files)",
        )


def _stir_mistakes(settings: ScreenSettings) -> Iterator[Words]:
    for name, sip in settings.sip.items():
        if sip.attestation_header and not any(trunk.verifies for trunk in settings.trunks.values()):
            yield Words(
                f"[sip.{name}] 有 attestation_header，但没有中继写明 verifies = true，因此该头域不被采信",
                f"[sip.{name}] has an attestation_header, but no trunk says verifies = true, so it is not believed",
            )
    if settings.stir is None:
        return
    try:
        from fanzha.screen.stir.certificate_chain import load_anchors

        load_anchors(Path(settings.stir.roots), Path(settings.stir.revocations) if settings.stir.revocations else None)
    except ImportError:
        yield Words("[stir] 需要软件包 cryptography", "[stir] needs the package cryptography: pip install cryptography")
    except UsageError as error:
        yield Words(f"[stir] 证书文件不可用：{error}", f"[stir] a file of certificates cannot be used: {error}")


def find_notes(settings: ScreenSettings) -> Iterator[Words]:
    """Yield what is no mistake, but should be decided by the operator."""
    if settings.stir is not None and not settings.stir.hosts:
        yield Words(
            "[stir] hosts 为空：证书可从任何公网主机获取，地址由主叫给出；请写明所在国的证书库",
            "[stir] hosts is empty: certificates are fetched from any public host that a caller names; write the"
            " repositories of your country",
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


def read_gateway(warn: WarnSettings) -> Gateway:
    """Return the gateway with its password; raise UsageError if the file is unreadable or readable by others."""
    if not warn.url:
        return Gateway()
    path = Path(warn.password_file)
    try:
        if path.stat().st_mode & 0o077:
            raise UsageError(f"{path} can be read by others", fix=f"chmod 600 {path}")
        password = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}", fix="[warn] password_file: a text file of mode 600") from None
    if not password or not password.isascii() or not password.isprintable():
        raise UsageError(f"{path} holds no password of printable ASCII", fix="write it on one line")
    return Gateway(warn.url, warn.username, password, warn.sender)


def warning_mistakes(settings: ScreenSettings) -> Iterator[Words]:
    """Yield mistakes in the trunks' channels and the gateway."""
    channels, warn = {name: channel for name, channel in all_channels().items() if channel.for_calls}, settings.warn
    named = {name for trunk in settings.trunks.values() for name in trunk.warn}
    for name in sorted(named - set(channels)):
        available = ", ".join(channels)
        yield Words(
            f"warn：没有渠道 {name}；可用：{available}", f"warn: there is no channel {name}; there are: {available}"
        )
    sending = sorted(name for name in named & set(channels) if channels[name].sends)
    if (sending or warn.victims) and not warn.url:
        users = ", ".join(sending) or "victims"
        yield Words(f"{users} 需要短信网关：写 [warn] url", f"{users} needs an SMS gateway: write [warn] url")
    if warn.url:
        yield from _gateway_mistakes(warn)


def _gateway_mistakes(warn: WarnSettings) -> Iterator[Words]:
    for name in ("username", "password_file", "sender"):
        if not getattr(warn, name):
            yield Words(f"[warn] 有 url 却没有 {name}", f"[warn] has a url but no {name}")
    if not (warn.username.isascii() and warn.username.isprintable() and warn.username == warn.username.strip()):
        yield Words("[warn] username 须为可打印 ASCII", "[warn] username must be printable ASCII")
    yield from _gateway_url_mistakes(warn.url)
    if warn.password_file:
        try:
            read_gateway(warn)
        except UsageError as error:
            yield Words(f"[warn] 密码文件不可用：{error}", f"[warn] the password cannot be used: {error}")


def _gateway_url_mistakes(url: str) -> Iterator[Words]:
    try:
        parts = urlsplit(url)
        plain = url.isascii() and url.isprintable() and " " not in url
        valid = plain and parts.scheme in ("http", "https") and parts.port != 0 and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid or "@" in parts.netloc or parts.query or parts.fragment:
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
