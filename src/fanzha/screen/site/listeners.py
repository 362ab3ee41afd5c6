"""The doors of an owner: SIP, HTTP, copies of SIP, other sites; opened as it begins to lead, on sockets given to it."""

import asyncio
import contextlib
import socket
from collections.abc import Mapping
from ipaddress import ip_network
from time import perf_counter_ns, time_ns

from fanzha.base.words import Words
from fanzha.screen.attempt import Attempt
from fanzha.screen.call_counters import DoorCounts
from fanzha.screen.decision import Decision
from fanzha.screen.event_log import Record
from fanzha.screen.feeds.dialog_info import DialogInfoFeed
from fanzha.screen.feeds.hep import HepFeed
from fanzha.screen.feeds.records import RecordsFeed
from fanzha.screen.http.app import App
from fanzha.screen.http.authorization import Gate
from fanzha.screen.http.dependencies import Parts
from fanzha.screen.http.hash_ranges import NumberRanges, UrlPrefixes
from fanzha.screen.http.server import Serving, serving
from fanzha.screen.labels import for_callee
from fanzha.screen.mapped_snapshot import Mapped
from fanzha.screen.metrics import Metrics
from fanzha.screen.overload import Overload, Watch
from fanzha.screen.reasons import OVERLOADED
from fanzha.screen.screener import Screener, Then
from fanzha.screen.settings import Settings, Sip
from fanzha.screen.sip.listener import FixedTrunk, Listener, Refusal, TrunkGroup, TrunkHeader
from fanzha.screen.sip.redirect import Counts, RedirectServer
from fanzha.screen.sip.retransmissions import Repeats
from fanzha.screen.sip.tcp import serve_stream
from fanzha.screen.sip.udp import Datagrams
from fanzha.screen.site.owner_state import Memory
from fanzha.screen.site.site_link import Receiver, Ring, Sender, secured
from fanzha.screen.site.snapshot_updater import Served
from fanzha.store.screen_keys import ScreenKeyCache, ScreenKeys
from fanzha.warn import Gateway, WarningNotice
from fanzha.warn.display_name import CHANNEL as DISPLAY_NAME

TAKEN_OVER_MS = 1_000.0  # so long may calls have waited when a standby takes over
PATIENT_SECONDS = 3.0

NO_SNAPSHOT = Words("没有快照，或快照过旧", "a snapshot that is not too old")


class Doors:
    """Opens and closes them all; what comes in by any is decided by one screener."""

    def __init__(
        self,
        settings: Settings,
        sockets: Mapping[str, socket.socket],
        screener: Screener,
        memory: Memory,
        served: Served,
        metrics: Metrics,
    ) -> None:
        """Take the parts; nothing is opened."""
        self._settings, self._sockets, self._screener, self._memory = settings, sockets, screener, memory
        self._served, self._metrics, self._counts = served, metrics, DoorCounts(metrics, "sip")
        self._overload = Overload()
        self._closing = contextlib.AsyncExitStack()
        self._hep: HepFeed | None = None
        self._dialogs = DialogInfoFeed(memory.fact)
        self.ring = Ring()
        if settings.other_sites:
            memory.log.own_sinks.append(self.ring.take)

    @property
    def snapshot(self) -> Mapped | None:
        """The snapshot now served."""
        return self._screener.decider.snapshot

    async def open(self) -> None:
        """Open every door that has a socket."""
        watch = Watch(self._overload)
        self._closing.callback(watch.close)
        late_ms = self._settings.overload.late_ms
        self._overload.wait_up_to(TAKEN_OVER_MS, max(TAKEN_OVER_MS, late_ms))
        usual = 0.8 * late_ms  # the rest is for deciding
        asyncio.get_running_loop().call_later(PATIENT_SECONDS, self._overload.wait_up_to, usual, late_ms)
        self._metrics.loop_delay.read(lambda: self._overload.lag_ms / 1_000)
        await self._open_sip()
        if "http" in self._sockets:
            await self._open_http(self._sockets["http"])
        if "hep" in self._sockets:
            await self._open_hep(self._sockets["hep"])
        await self._join_sites()

    async def close(self) -> None:
        """Close all."""
        await self._closing.aclose()

    def pass_time(self, at: int) -> None:
        """Let waits of rules end."""
        rules = self._screener.decider.rules
        if rules is not None:
            rules.pass_time(at)
        self._dialogs.pass_time(at)
        if self._hep is not None:
            self._hep.pass_time(at)

    async def _open_sip(self) -> None:
        repeats, counts = Repeats(), list[Counts]()
        self._metrics.shed.read(lambda: sum(one.shed for one in counts), "sip")
        self._metrics.garbage.read(lambda: sum(one.unreadable for one in counts), "sip")
        for name, table in self._settings.sip.items():
            for protocol in table.protocols:
                server = RedirectServer(
                    _listener(name, table, protocol, self._settings.overload.retry_after_seconds),
                    self._decide_at_once,
                    repeats,
                    self._overload,
                    decide_later=self._decide,
                    spill=self._spill,
                    label=_label,
                )
                counts.append(server.counts)
                if table.dialog_events:
                    server.notified = self._dialogs.body
                opened = self._sockets[f"sip.{name}/{protocol}"]
                if protocol == "udp":
                    self._closing.callback(Datagrams(opened, server, self._overload).close)
                else:
                    streams = await serve_stream(opened, server)
                    self._closing.callback(streams.close)

    def _decide(self, attempt: Attempt, then: Then) -> Decision | None:
        began = perf_counter_ns()

        def told(decision: Decision) -> None:
            self._counts.answered(decision, perf_counter_ns() - began)
            then(decision)

        decision = self._screener.call(attempt, told)
        if decision is not None:
            self._counts.answered(decision, perf_counter_ns() - began)
        return decision

    def _decide_at_once(self, attempt: Attempt) -> Decision:
        decision = self._screener.call(attempt)
        assert decision is not None, "who cannot wait is not made to"
        return decision

    def _spill(self, attempt: Attempt, why: str) -> Decision:
        decision = self._screener.unscreened(attempt, why)
        self._counts.answered(decision, 0)
        return decision

    async def _open_http(self, opened: socket.socket) -> None:
        parts = Parts(
            screener=self._screener,
            snapshot=lambda: self.snapshot,
            feed=RecordsFeed(self._memory.fact, _now_ms),
            gate=Gate(ScreenKeyCache(ScreenKeys()), self._metrics),
            metrics=self._metrics,
            calls=DoorCounts(self._metrics, "http"),
            missing=lambda: () if self._served.ready else (NO_SNAPSHOT,),
            url_prefixes=UrlPrefixes(),
            number_ranges=NumberRanges(),
            overload=self._overload,
        )
        shed = self._metrics.unscreened.of("http", OVERLOADED)
        self._metrics.shed.read(lambda: shed.value, "http")
        server = serving(App(parts))
        running = asyncio.create_task(server.serve(sockets=[opened]))
        self._closing.push_async_callback(_end_http, server, running)

    async def _open_hep(self, opened: socket.socket) -> None:
        assert self._settings.hep is not None, "a socket is open for it"
        self._hep = HepFeed(self._memory.fact, key=self._settings.hep.key.encode())
        made = _Copies(self._hep)
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: made, sock=opened)
        self._closing.callback(transport.close)

    async def _join_sites(self) -> None:
        link, others = self._settings.site_link, self._settings.other_sites
        if link is None:
            return
        receiver = Receiver(self._settings.site.name, frozenset(others), self._heard)
        receiver.has = self._memory.others
        opened = await asyncio.start_server(
            receiver.serve, sock=self._sockets["site_link"], ssl=secured(link, server=True)
        )
        self._closing.callback(opened.close)
        for other in others.values():
            context = secured(link, server=False)
            sender = Sender(self._settings.site.name, self._memory.run, other, self.ring, context)
            task = asyncio.create_task(sender.run())
            self._closing.callback(task.cancel)

    def _heard(self, site: str, record: Record) -> None:
        run, _ = self._memory.others[site]
        at = _now_ms()
        self._memory.other(at, site, run, record)
        self._metrics.site_lag.of(site).value = (at - record.at) / 1_000


class _Copies(asyncio.DatagramProtocol):
    """Hands copies of SIP on."""

    def __init__(self, feed: HepFeed) -> None:
        self._feed = feed

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take one copy."""
        self._feed.datagram(data, _now_ms())


def _now_ms() -> int:
    return time_ns() // 1_000_000


async def _end_http(server: Serving, running: "asyncio.Task[None]") -> None:
    server.should_exit = True
    await running


def _label(decision: Decision) -> str:
    words = for_callee(decision)
    return DISPLAY_NAME.build(WarningNotice("", words), Gateway()).body.decode() if words else ""


def _listener(name: str, table: Sip, protocol: str, retry_after: int) -> Listener:
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
        refusal=Refusal(table.refuse_with, table.refuse_text),
        retry_after_seconds=retry_after,
    )
