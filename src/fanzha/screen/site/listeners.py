"""The listeners of an owner: SIP, HTTP, SIP copies, other sites; opened on inherited sockets when the owner leads."""

import asyncio
import contextlib
import socket
from collections.abc import Mapping
from functools import partial
from ipaddress import ip_network
from time import time_ns
from typing import Any, Literal

from fanzha.base.words import Words
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_counters import CallCounters
from fanzha.screen.decision import Decision
from fanzha.screen.event_log import Record
from fanzha.screen.feeds.dialog_info import DialogInfoFeed
from fanzha.screen.feeds.feed_monitor import FeedMonitor, FeedTotals
from fanzha.screen.feeds.hep import HepFeed, HepProtocol
from fanzha.screen.feeds.records import RecordsFeed
from fanzha.screen.feeds.registrations import RegistrationFeed
from fanzha.screen.http.app import HttpApp
from fanzha.screen.http.authorization import KeyAuthorizer
from fanzha.screen.http.dependencies import ScreenServices
from fanzha.screen.http.hash_ranges import NumberRanges, UrlPrefixes
from fanzha.screen.http.redress import to_redress
from fanzha.screen.http.server import HttpServer, make_server
from fanzha.screen.labels import callee_label
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.screen.metrics import Metrics
from fanzha.screen.overload import LoopWatch, OverloadControl
from fanzha.screen.reasons import OVERLOADED
from fanzha.screen.screener import Screener
from fanzha.screen.settings import HepSettings, ScreenSettings, SipSettings
from fanzha.screen.settings_reader import load_http_tls
from fanzha.screen.sip.copied_calls import CopiedCalls
from fanzha.screen.sip.listener import FixedTrunk, Listener, TrunkGroup, TrunkHeader
from fanzha.screen.sip.proxy import ProxyOptions, ProxyServer
from fanzha.screen.sip.proxy_settings import make_next_hops
from fanzha.screen.sip.redirect import RedirectCounts, RedirectServer
from fanzha.screen.sip.refusal_settings import listener_refusal, trunk_refusals
from fanzha.screen.sip.retransmissions import DecisionCache
from fanzha.screen.sip.tcp import serve_stream
from fanzha.screen.sip.tcp_hops import serve_proxy_stream
from fanzha.screen.sip.udp import UdpServer
from fanzha.screen.site.owner_state import OwnerState
from fanzha.screen.site.site_link import LineRing, SiteReceiver, SiteSender, make_tls_context
from fanzha.screen.site.snapshot_updater import SnapshotUpdater
from fanzha.screen.stir.result import SignatureVerifier
from fanzha.store.appeal_contact import load_appeal_contact
from fanzha.store.keys import load_key
from fanzha.store.screen_keys import ScreenKeyCache, ScreenKeys
from fanzha.warn import Gateway, WarningNotice
from fanzha.warn.display_name import CHANNEL as DISPLAY_NAME

TAKEOVER_WAIT_MS = 1_000.0  # allowed wait of calls while a standby takes over
TAKEOVER_SECONDS = 3.0
LONGEST_WAIT_MS = 40.0  # usual wait from which on calls are shed

#: Signs the branches of proxied requests; screens that answer for each other share the file.
PROXY_KEY = "sip-proxy"

NO_SNAPSHOT = Words("没有快照，或快照过旧", "a snapshot that is not too old")


class Listeners:
    """Opens and closes all listeners; one screener decides all calls."""

    def __init__(
        self,
        settings: ScreenSettings,
        sockets: Mapping[str, socket.socket],
        screener: Screener,
        state: OwnerState,
        updater: SnapshotUpdater,
        metrics: Metrics,
    ) -> None:
        """Take the components; open nothing."""
        self._settings, self._sockets, self._screener, self._state = settings, sockets, screener, state
        self._updater, self._metrics, self._counters = updater, metrics, CallCounters(metrics, "sip")
        self._overload = OverloadControl()
        self._closing = contextlib.AsyncExitStack()
        self._hep: HepFeed | None = None
        self._redirect_servers: list[RedirectServer] = []
        dialog_counters = CallCounters(metrics, "dialog")
        self._dialogs = DialogInfoFeed(state.add_fact, judge=partial(self._judge, dialog_counters))
        self._feed_monitor = FeedMonitor(metrics)
        self.verifier: SignatureVerifier | None = None
        self.ring = LineRing()
        if settings.other_sites:
            state.log.own_sinks.append(self.ring.append)

    @property
    def snapshot(self) -> MappedSnapshot | None:
        """The served snapshot."""
        return self._screener.decider.snapshot

    async def open(self) -> None:
        """Open a listener on each socket."""
        watch = LoopWatch(self._overload)
        self._closing.callback(watch.close)
        late_ms = self._settings.overload.late_ms
        self._overload.set_limits(TAKEOVER_WAIT_MS, late_ms)
        usual_wait_ms = min(LONGEST_WAIT_MS, 0.8 * late_ms)  # the rest is reserved for deciding
        asyncio.get_running_loop().call_later(TAKEOVER_SECONDS, self._overload.set_limits, usual_wait_ms, late_ms)
        self._metrics.loop_delay.set_function(lambda: self._overload.lag_ms / 1_000)
        await self._open_sip()
        self._set_health()
        if "http" in self._sockets:
            await self._open_http(self._sockets["http"])
        if "hep" in self._sockets:
            await self._open_hep(self._sockets["hep"])
        await self._open_site_link()

    async def close(self) -> None:
        """Close all listeners."""
        await self._closing.aclose()

    def pass_time(self, at: int) -> None:
        """End waits of rules, time out tracked calls, and answer OPTIONS with 503 while there is no snapshot."""
        self._set_health()
        rules = self._screener.decider.rules
        if rules is not None:
            rules.pass_time(at)
        self._dialogs.pass_time(at)
        self._feed_monitor.pass_time()
        if self._hep is not None:
            self._hep.pass_time(at)

    def _set_health(self) -> None:
        healthy = self.snapshot is not None
        for server in self._redirect_servers:
            server.healthy = healthy

    async def _open_sip(self) -> None:
        decision_cache, counts = DecisionCache(), list[RedirectCounts]()
        self._metrics.collectors.append(self._collect_sip_counts)
        dialogs = self._dialogs
        if any(table.dialog_events for table in self._settings.sip.values()):
            self._feed_monitor.watch(
                "dialog", lambda: FeedTotals(dialogs.accepted, dialogs.rejected + dialogs.outdated), expected=True
            )
        self._metrics.shed.set_function(lambda: sum(count.shed for count in counts), "sip")
        self._metrics.garbage.set_function(lambda: sum(count.unreadable for count in counts), "sip")
        for name, table in self._settings.sip.items():
            for protocol in table.protocols:
                server = self._make_sip_server(name, table, protocol, decision_cache)
                self._redirect_servers.append(server)
                counts.append(server.counts)
                if table.dialog_events:
                    trunk = table.trunk if table.judge_dialogs else ""
                    server.on_notify = partial(self._dialogs.receive, trunk=trunk)
                opened = self._sockets[f"sip.{name}/{protocol}"]
                if protocol == "udp":
                    self._closing.callback(UdpServer(opened, server, self._overload).close)
                elif isinstance(server, ProxyServer):
                    streams, hops = await serve_proxy_stream(opened, server)
                    self._closing.callback(hops.close)
                    self._closing.callback(streams.close)
                else:
                    streams = await serve_stream(opened, server)
                    self._closing.callback(streams.close)

    def _make_sip_server(
        self, name: str, table: SipSettings, protocol: Literal["udp", "tcp"], decision_cache: DecisionCache
    ) -> RedirectServer:
        """Return the server of a listener: a redirect server, or a proxy where the table says so."""
        listener = _listener(name, table, protocol, self._settings)
        decide, overload = self._decide_at_once, self._overload
        options: dict[str, Any] = {
            "decide_later": self._screener.call,
            "spill": self._screener.unscreened,
            "label": _label,
            "counters": self._counters,
        }
        if table.proxy is None:
            return RedirectServer(listener, decide, decision_cache, overload, **options)
        proxy = ProxyOptions(
            make_next_hops(table, table.proxy, protocol),
            load_key(PROXY_KEY),
            record_route=table.proxy.record_route,
            is_proven=lambda trunk: self._settings.trunk(trunk).proves,
        )
        return ProxyServer(listener, decide, decision_cache, overload, proxy, **options)

    def _collect_sip_counts(self) -> None:
        """Add what the SIP listeners counted since the last time to the metrics."""
        for server in self._redirect_servers:
            name, counts = server.listener.name, server.counts
            for who, number in (("peer", counts.strangers), ("trunk", counts.unknown_trunks)):
                self._metrics.strangers.series_for(name, who).value += number
            counts.strangers = counts.unknown_trunks = 0
            for code, number in enumerate(counts.answers):
                if number:
                    self._metrics.sip_responses.series_for(name, str(code)).value += number
                    counts.answers[code] = 0

    def _decide_at_once(self, attempt: CallAttempt) -> Decision:
        decision = self._screener.call(attempt)
        assert decision is not None, "without a callback the decision is immediate"
        return decision

    async def _open_http(self, opened: socket.socket) -> None:
        records, registrations = RecordsFeed(self._state.add_fact, _now_ms), self._open_registrations()
        self._feed_monitor.watch("events", lambda: FeedTotals(records.accepted, records.rejected), expected=False)
        parts = ScreenServices(
            screener=self._screener,
            snapshot=lambda: self.snapshot,
            feed=records,
            authorizer=KeyAuthorizer(ScreenKeyCache(ScreenKeys()), self._metrics),
            metrics=self._metrics,
            call_counters=CallCounters(self._metrics, "http"),
            missing=lambda: () if self._updater.ready else (NO_SNAPSHOT,),
            url_prefixes=UrlPrefixes(),
            number_ranges=NumberRanges(),
            overload=self._overload,
            registrations=registrations,
            verifier=self.verifier,
            redress=to_redress(load_appeal_contact()),
        )
        shed = self._metrics.unscreened.series_for("http", OVERLOADED)
        self._metrics.shed.set_function(lambda: shed.value, "http")
        assert self._settings.http is not None, "a socket is open for it"
        server = make_server(HttpApp(parts), load_http_tls(self._settings.http))
        running = asyncio.create_task(server.serve(sockets=[opened]))
        self._closing.push_async_callback(_stop_http, server, running)

    def _open_registrations(self) -> RegistrationFeed | None:
        """Return the feed of registrations, None where the settings have none."""
        table = self._settings.registrations
        if table is None:
            return None
        feed = RegistrationFeed(self._state.add_registrations, _now_ms, keep_ms=1_000 * table.keep_seconds)
        self._feed_monitor.watch("registrations", lambda: FeedTotals(feed.accepted, feed.rejected), expected=True)
        return feed

    async def _open_hep(self, opened: socket.socket) -> None:
        table = self._settings.hep
        assert table is not None, "a socket is open for it"
        self._hep = hep = HepFeed(self._state.add_fact, key=table.key.encode(), copied_calls=self._copied_calls(table))
        self._feed_monitor.watch("hep", lambda: FeedTotals(hep.accepted, hep.rejected), expected=True)
        protocol = HepProtocol(hep, _now_ms, map(ip_network, table.peers))
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: protocol, sock=opened)
        self._closing.callback(transport.close)

    def _copied_calls(self, table: HepSettings) -> CopiedCalls | None:
        """Return what judges the calls in copies of SIP, None where the settings judge none."""
        if not table.judge:
            return None
        listener = Listener(
            name="hep",
            address=table.address,
            trunk=FixedTrunk(table.trunk) if table.trunk else TrunkHeader(table.trunk_header),
            trusted=table.trusted,
        )
        copied_calls = CopiedCalls(listener, partial(self._judge, CallCounters(self._metrics, "hep")))
        self._metrics.garbage.set_function(lambda: copied_calls.malformed, "hep")
        return copied_calls

    def _judge(self, counters: CallCounters, attempt: CallAttempt) -> None:
        """Judge a call from a feed, without an answer."""
        counters.count_judged(self._screener.judge(attempt), attempt.trunk)

    async def _open_site_link(self) -> None:
        link, sites = self._settings.site_link, self._settings.other_sites
        if link is None:
            return
        receiver = SiteReceiver(self._settings.site.name, frozenset(sites), self._receive_record)
        receiver.received = self._state.remote_sites
        opened = await asyncio.start_server(
            receiver.serve, sock=self._sockets["site_link"], ssl=make_tls_context(link, server=True)
        )
        self._closing.callback(opened.close)
        for site in sites.values():
            context = make_tls_context(link, server=False)
            sender = SiteSender(self._settings.site.name, self._state.run, site, self.ring, context)
            task = asyncio.create_task(sender.run())
            self._closing.callback(task.cancel)

    def _receive_record(self, site: str, record: Record) -> None:
        run, _ = self._state.remote_sites[site]
        at = _now_ms()
        self._state.add_remote_record(at, site, run, record)
        self._metrics.site_lag.series_for(site).value = (at - record.at) / 1_000


def _now_ms() -> int:
    return time_ns() // 1_000_000


async def _stop_http(server: HttpServer, running: "asyncio.Task[None]") -> None:
    server.should_exit = True
    await running


def _label(decision: Decision) -> str:
    words = callee_label(decision)
    return DISPLAY_NAME.build(WarningNotice("", words), Gateway()).body.decode() if words else ""


def _listener(name: str, table: SipSettings, protocol: str, settings: ScreenSettings) -> Listener:
    trunk = (
        FixedTrunk(table.trunk)
        if table.trunk
        else TrunkGroup()
        if table.trunk_group
        else TrunkHeader(table.trunk_header)
    )
    return Listener(
        name=name,
        address=table.address,
        port=table.port,
        protocol="udp" if protocol == "udp" else "tcp",
        trunk=trunk,
        trusted=table.trusted,
        attestation=table.attestation_header,
        peers=tuple(map(ip_network, table.peers)),
        label_call_info=table.label_call_info,
        refusal=listener_refusal(settings, table),
        trunk_refusals=trunk_refusals(settings),
        retry_after_seconds=settings.overload.retry_after_seconds,
        reads_signatures=settings.stir is not None,
    )
