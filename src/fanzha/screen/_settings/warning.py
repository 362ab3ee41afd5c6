"""What the settings say of warnings must go together, and the gateway's password must be nobody else's to read."""

import ipaddress
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.screen._settings.tables import Settings, Warn
from fanzha.warn import Gateway, all_channels


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
    elif parts.scheme == "http" and not _of_this_machine(str(parts.hostname)):
        yield Words(
            "[warn] 到别的机器须加密：url 用 https",
            "[warn] a gateway on another machine must be asked by https: it is told a password",
        )


def _of_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
