"""The settings of a listener in proxy mode: checked, and as the next hops that they name."""

import ipaddress
from collections.abc import Callable, Iterator
from typing import Literal

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.screen.settings import ProxySettings, SipSettings
from fanzha.screen.sip.next_hops import Hop, NextHops, read_hop


def make_next_hops(sip: SipSettings, proxy: ProxySettings, protocol: Literal["udp", "tcp"]) -> NextHops:
    """Return the next hops of a listener whose settings have no mistake."""
    return NextHops(
        advertised=str(ipaddress.ip_address(proxy.advertised or sip.address)),
        port=sip.port,
        protocol=protocol,
        next_hop=read_hop(proxy.next_hop) if proxy.next_hop else None,
        networks=tuple(map(ipaddress.ip_network, proxy.networks)),
        names={name.lower(): str(ipaddress.ip_address(address)) for name, address in proxy.hosts.items()},
        own_names=frozenset(name.lower() for name in proxy.own_names),
    )


def find_proxy_mistakes(name: str, sip: SipSettings, proxy: ProxySettings) -> Iterator[Words]:
    """Yield what is wrong in the table `proxy` of a listener."""
    table = f"[sip.{name}.proxy]"
    if not (proxy.next_hop or proxy.networks or proxy.hosts):
        yield Words(
            f"{table} 无处可转：写 next_hop，或以 networks、hosts 写明 Route 可指向的地址",
            f"{table} forwards nowhere: write next_hop, or networks and hosts that a Route may lead to",
        )
    if proxy.next_hop and (mistake := _hop_mistake(table, sip, proxy)):
        yield mistake
    for network in proxy.networks:
        if not _is_valid(ipaddress.ip_network, network):
            yield Words(f"{table} networks：{network!r} 不是网段", f"{table} networks: {network!r} is no network")
    for host, address in proxy.hosts.items():
        if not _is_valid(ipaddress.ip_address, address):
            yield Words(
                f"{table} hosts：{host} 的 {address!r} 不是 IP 地址",
                f"{table} hosts: {address!r} of {host} is no IP address",
            )
    if proxy.advertised and not _is_valid(ipaddress.ip_address, proxy.advertised):
        yield Words(
            f"{table} advertised：{proxy.advertised!r} 不是 IP 地址",
            f"{table} advertised: {proxy.advertised!r} is no IP address",
        )
    if not proxy.advertised and _is_unspecified(sip.address):
        yield Words(
            f"{table} 监听全部地址时须写 advertised：下一跳据此回送应答",
            f"{table} needs advertised where the listener has all addresses: next hops send their responses there",
        )
    if sip.dialog_events:
        yield Words(
            f"[sip.{name}] 代理模式不接收对话事件：dialog_events 另用一个监听",
            f"[sip.{name}] takes no dialog events in proxy mode: use another listener for dialog_events",
        )


def _hop_mistake(table: str, sip: SipSettings, proxy: ProxySettings) -> Words | None:
    try:
        hop = read_hop(proxy.next_hop)
    except UsageError:
        return Words(
            f"{table} next_hop：{proxy.next_hop!r} 不是地址与端口；例如 192.0.2.10:5060",
            f"{table} next_hop: {proxy.next_hop!r} is no address and port; write for example 192.0.2.10:5060",
        )
    if hop in (Hop(sip.address, sip.port), Hop(proxy.advertised, sip.port)):
        return Words(f"{table} next_hop 即本监听，会成环", f"{table} next_hop is this listener itself, a loop")
    if ":" in hop.host and ":" not in sip.address or ":" not in hop.host and ":" in sip.address:
        return Words(
            f"{table} next_hop 与监听地址须同为 IPv4 或 IPv6",
            f"{table} next_hop and the listener's address must both be IPv4 or both IPv6",
        )
    return None


def _is_valid(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _is_unspecified(address: str) -> bool:
    return _is_valid(ipaddress.ip_address, address) and ipaddress.ip_address(address).is_unspecified
