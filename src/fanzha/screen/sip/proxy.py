"""The stateless proxy (RFC 3261 §16.11) for neighbours that follow no 302, and for an application server of an IMS.

A call that is refused is answered here; any other is forwarded with the treatment in header fields. Retransmissions,
CANCEL and ACK for a refusal of the next hop take the way of their INVITE, because next hop and branch are computed from
the request alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.overload import OverloadControl
from fanzha.screen.reasons import EMERGENCY_CALLEE
from fanzha.screen.sip import forwarding, responses
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.forwarding import RequestParts, Via
from fanzha.screen.sip.identity_filter import IdentityFilter, is_readable_address
from fanzha.screen.sip.listener import FixedTrunk, Listener, TrunkHeader
from fanzha.screen.sip.message import MessageSlots
from fanzha.screen.sip.next_hops import SIP_PORT, Hop, NextHops, SipAddress, read_route, read_target
from fanzha.screen.sip.redirect import ReceivedRequest, RedirectServer, read_trunk, write_answer
from fanzha.screen.sip.responses import AnswerParts
from fanzha.screen.sip.retransmissions import DecisionCache

_FINE, _RESPONSE = int(layout.FINE), int(layout.RESPONSE)
_INVITE, _ACK, _CANCEL = int(layout.INVITE), int(layout.ACK), int(layout.CANCEL)
_HEAD = int(layout.HEAD)
_OWN_TAG = re.compile(rb";\s*tag\s*=\s*([0-9a-f]{16})\s*(?=;|$)", re.IGNORECASE)
_LONGEST_DATAGRAM = 65_507  # over IPv4


class HopConnections(Protocol):
    """Connections to next hops, for a listener over TCP."""

    def number(self, origin: Any) -> int:
        """Return the number of the connection that delivered a request."""

    def send(self, text: bytes, host: str, port: int, on_failure: Callable[[], None] | None = None) -> None:
        """Send a message, over a new connection if there is none; call `on_failure` if it cannot be sent."""

    def reply(self, number: int, text: bytes, host: str, port: int) -> None:
        """Send a response by the connection of its request; to host and port if it is closed."""


@dataclass(frozen=True, slots=True)
class ProxyOptions:
    """How a listener forwards. `key` signs branches; screens that share it answer for each other.

    `is_proven` returns whether a trunk proves its callers. `record_route` keeps later requests of a dialog on the way
    through this proxy.
    """

    hops: NextHops
    key: bytes
    record_route: bool = False
    is_proven: Callable[[str], bool] = field(default=lambda _trunk: False)


class ProxyServer(RedirectServer):
    """Answers refused calls, forwards the others and relays the responses of next hops."""

    drops_late = False  # no other element would route a late call: it is forwarded, marked as not screened
    connections: HopConnections | None = None  # set by the transport over TCP

    def __init__(
        self,
        listener: Listener,
        decide: Callable[[CallAttempt], Decision],
        decision_cache: DecisionCache,
        overload: OverloadControl,
        proxy: ProxyOptions,
        **options: Any,
    ) -> None:
        """Take the arguments of RedirectServer and those of the proxy."""
        super().__init__(listener, decide, decision_cache, overload, **options)
        self._hops, self._proxy, self._key = proxy.hops, proxy, proxy.key
        self.forward_call = self._forward_call
        self._show_label: Callable[[Decision], str] = options.get("label", responses.no_label)
        self._tag_slots = MessageSlots(listener)
        self._via = b"Via: SIP/2.0/" + listener.protocol.upper().encode() + b" " + self._hops.sent_by + b";branch="
        transport = b";transport=tcp" if listener.protocol == "tcp" else b""
        self._record_route = b"Record-Route: <sip:" + self._hops.sent_by + transport + b";lr;fz="
        self._filter = IdentityFilter(listener)

    def answer_slot(
        self, slots: MessageSlots, slot: int, read_back: Callable[[int], ReceivedRequest]
    ) -> tuple[int, int]:
        """Forward or answer the message in a slot; return as RedirectServer does."""
        fault, method, tagged, head_end, _, _, _, message_end, _ = slots.read_marks(slot)
        if fault == _RESPONSE:
            data, start, *_ = read_back(slot)
            self._relay_response(data[start:message_end])
            return 0, 0
        if fault != _FINE or not (tagged or method in (_ACK, _CANCEL)) or not self._accepts_source(slots, slot):
            return super().answer_slot(slots, slot, read_back)
        answer = self._forward_in_dialog(method, slots, slot, read_back(slot))
        if answer is None or method == _ACK:
            return 0, 0
        code, first, last = answer
        self.counts.answers[code] += 1
        return write_answer(slots.buffers[slot], head_end, first, last)

    def _accepts_source(self, slots: MessageSlots, slot: int) -> bool:
        return not self._has_peers or self._accepts(slots, slot)

    def _forward_call(
        self, decision: Decision, slots: MessageSlots, slot: int, request: ReceivedRequest
    ) -> AnswerParts | None:
        """Forward a call that is not refused; return the answer where that is impossible."""
        *_, contact_end, facts_end, _, _, _ = slots.read_marks(slot)
        trunk = read_trunk(slots.buffers[slot][contact_end:facts_end].tobytes())
        parts = _take_apart(slots, slot, request)
        if parts is None:
            return _answer(400, "Malformed Header Field")
        shown = self._build_from(decision, parts.from_value)
        return self._forward(parts, slots, slot, request, self._proxy.is_proven(trunk), decision, shown)

    def _forward_in_dialog(
        self, method: int, slots: MessageSlots, slot: int, request: ReceivedRequest
    ) -> AnswerParts | None:
        """Forward a CANCEL, an ACK or a request within a dialog; return the answer where that is impossible.

        A new INVITE of a dialog passes only if the first one of the dialog was screened: who invents a To tag could
        otherwise call without being screened. No request within a dialog shows a caller who was not screened.
        """
        parts = _take_apart(slots, slot, request)
        if parts is None:
            return _answer(400, "Malformed Header Field")
        if method == _ACK and self._is_own_tag(parts, request):
            self.counts.ignored += 1
            return None
        if parts.method in forwarding.OF_NO_DIALOG:
            return 405, responses.NOT_ALLOWED, responses.ALLOW + responses.END
        screened = self._find_screened_from(parts)
        if screened is None and parts.method not in forwarding.OF_ANY_DIALOG:
            return 481, responses.NO_DIALOG, responses.END
        is_proven = self._proxy.is_proven(self._read_trunk(parts))
        shown = parts.from_value
        if parts.method not in forwarding.SILENT:
            shown = screened or (shown if is_proven else forwarding.hide_number(shown))
        return self._forward(parts, slots, slot, request, is_proven, None, shown)

    def _read_trunk(self, parts: RequestParts) -> str:
        """Return the trunk of a request within a dialog, "" without one."""
        trunk = self.listener.trunk
        if isinstance(trunk, FixedTrunk):
            return trunk.name
        if not isinstance(trunk, TrunkHeader):
            return ""
        wanted = trunk.name.lower().encode()
        values = [forwarding.field_value(line) for name, line in parts.lines if name == wanted]
        return values[0].decode("utf-8", "replace") if len(values) == 1 else ""

    def _is_own_tag(self, parts: RequestParts, request: ReceivedRequest) -> bool:
        """Return whether an ACK is for an answer of this server, which has the tag that it gives to such a request."""
        found = _OWN_TAG.search(parts.to_value)
        if found is None:
            return False
        data, start, host, port, _ = request
        slots = self._tag_slots
        slots.scan(data[start:].replace(found[0], b"", 1), 0, host, port)
        head_end = slots.read_marks(slots.single)[3]
        return b";tag=" + found[1] + b"\r\n" in slots.buffers[slots.single][_HEAD:head_end].tobytes()

    def _find_screened_from(self, parts: RequestParts) -> bytes | None:
        """Return From as a request of a screened dialog may show it; b"" for the called party's, None elsewhere.

        The Route of this proxy proves which address the screened INVITE showed. The address of a called party was not
        screened.
        """
        own = read_route(parts.routes[0]) if parts.routes else None
        if own is None or not self._hops.is_own(own):
            return None
        mark, encoded = own.dialog
        address = forwarding.decode_value(encoded)
        for value in (parts.from_value, parts.to_value):
            tag = forwarding.read_tag(value)
            if mark and mark == forwarding.mark_dialog(self._key, parts.call_id, tag, address):
                return forwarding.show_address(value, address) if value is parts.from_value else b""
        return None

    def _record_dialog(self, parts: RequestParts, shown: bytes, decision: Decision) -> bytes:
        """Return the Record-Route that proves that the INVITE of a dialog was screened, and what its From shows.

        An emergency call passes without a decision on its caller, so the mark of its dialog covers no address.
        """
        is_judged = EMERGENCY_CALLEE not in decision.reasons
        address = forwarding.read_shown_address(shown) if is_judged else forwarding.ANONYMOUS
        mark = forwarding.mark_dialog(self._key, parts.call_id, forwarding.read_tag(parts.from_value), address)
        return self._record_route + mark + b"-" + forwarding.encode_value(address) + b">\r\n"

    def _forward(
        self,
        parts: RequestParts,
        slots: MessageSlots,
        slot: int,
        request: ReceivedRequest,
        is_proven: bool,
        decision: Decision | None,
        shown: bytes,
    ) -> AnswerParts | None:
        """Forward a request (RFC 3261 §16.3 to §16.6); return the answer where that is impossible.

        `shown` is the value of From that the next hop gets.
        """
        route = forwarding.hash_route(parts.target, parts.routes)
        via = forwarding.read_via(parts.vias[0]) if parts.vias else None
        if via is None:
            return _answer(400, "Malformed Via")
        hops_left = forwarding.count_hops(parts.max_forwards)
        if hops_left < 0:
            return _answer(400, "Malformed Max-Forwards")
        if hops_left == 0:
            return _answer(483, "Too Many Hops")
        if parts.proxy_require:
            unsupported = b"Unsupported: " + b", ".join(parts.proxy_require) + b"\r\n"
            return 420, responses.status_line(420, "Bad Extension"), unsupported + responses.END
        if any(forwarding.is_loop(branch, route) for branch in self._own_branches(parts)):
            return _answer(482, "Loop Detected")
        hop = self._next_hop(parts, in_dialog=decision is None)
        if not isinstance(hop, Hop):
            return hop
        text = self._write(parts, via, route, hops_left - 1, is_proven, decision, shown, request)
        if self.connections is None and len(text) > _LONGEST_DATAGRAM:
            return _answer(513, "Message Too Large")
        self._send(text, hop, slots, slot, request)
        return None

    def _own_branches(self, parts: RequestParts) -> list[bytes]:
        """Return the branches of this listener's Via in a request."""
        own = self._hops.sent_by
        vias = [
            forwarding.read_via(item) for value in parts.vias if own in value for item in forwarding.split_list(value)
        ]
        return [via.branch for via in vias if via is not None and self._is_own_via(via)]

    def _is_own_via(self, via: Via) -> bool:
        return via.host + b":%d" % (via.port or SIP_PORT) == self._hops.sent_by

    def _next_hop(self, parts: RequestParts, *, in_dialog: bool) -> Hop | AnswerParts:
        """Remove this proxy's Route; return the next hop, or the answer where none is permitted."""
        own = read_route(parts.routes[0]) if parts.routes else None
        is_own = own is not None and self._hops.is_own(own)
        if is_own:
            del parts.routes[0]
        while parts.routes and (again := read_route(parts.routes[0])) is not None and self._hops.is_own(again):
            del parts.routes[0]  # a request that is sent to itself would only come round
        if parts.routes:
            route = read_route(parts.routes[0])
            return self._permitted(route if route is not None and route.is_loose else None)
        if in_dialog and is_own and own is not None and own.dialog[0]:
            return self._permitted(read_target(parts.target))
        return self._hops.next_hop or _answer(480, "No Next Hop")

    def _permitted(self, address: SipAddress | None) -> Hop | AnswerParts:
        hop = self._hops.resolve(address) if address is not None else None
        return hop or _answer(403, "Route Not Permitted")

    def _write(
        self,
        parts: RequestParts,
        via: Via,
        route: bytes,
        hops_left: int,
        is_proven: bool,
        decision: Decision | None,
        shown: bytes,
        request: ReceivedRequest,
    ) -> bytes:
        """Return the request as it is forwarded."""
        own_via = self._via + forwarding.make_branch(self._key, via, parts.call_id, parts.cseq, route)
        if self.connections is not None:
            own_via += b";fz-connection=%d" % self.connections.number(request[4])
        added = b""
        if decision is not None:
            added = self._redirect_lines.lines(decision)[: -len(responses.END)]
            if self._proxy.record_route:
                added += self._record_dialog(parts, shown, decision)
        if shown != parts.from_value:
            own_via += forwarding.encode_from(parts.from_value)
        lines = [parts.request_line, own_via, *(b"Via: " + value for value in parts.vias)]
        lines += [b"Route: " + value for value in parts.routes]
        lines += [b"Max-Forwards: %d" % hops_left, b"From: " + shown]
        if decision is not None and decision.treatment is Treatment.WITHHOLD:
            lines.append(forwarding.add_privacy(parts.privacy))
        else:
            lines += [b"Privacy: " + value for value in parts.privacy]
        head = b"\r\n".join(lines) + b"\r\n" + added
        keeps, in_dialog = self._filter.keeps, decision is None
        kept = [line for name, line in parts.lines if keeps(name, line, is_proven=is_proven, in_dialog=in_dialog)]
        if decision is not None and decision.treatment is not Treatment.ALLOW:
            kept = self._filter.treat(kept, decision.treatment, self._label_of(decision))
        return head + b"\r\n".join(kept) + (b"\r\n\r\n" if kept else b"\r\n") + parts.body

    def _build_from(self, decision: Decision, value: bytes) -> bytes:
        """Return From as the called party may see it; without a number that he would read otherwise or not at all."""
        if decision.treatment is Treatment.WITHHOLD or not is_readable_address(value):
            return forwarding.hide_number(value)
        if not self.listener.trusted:
            value = forwarding.remove_verstat(value)
        label = self._label_of(decision)
        if forwarding.is_local_elsewhere(value):
            return forwarding.hide_number(value, label)
        return forwarding.show_label(value, label) if label else value

    def _label_of(self, decision: Decision) -> bytes:
        return self._show_label(decision).encode() if decision.treatment is Treatment.LABEL else b""

    def _send(self, text: bytes, hop: Hop, slots: MessageSlots, slot: int, request: ReceivedRequest) -> None:
        self.counts.forwarded += 1
        if self.connections is None:
            self._send_datagram(text, hop.host, hop.port)
            return
        method, head_end, reply_port = (slots.read_marks(slot)[mark] for mark in (1, 3, 6))
        head = slots.buffers[slot][_HEAD:head_end].tobytes()
        busy = responses.UNAVAILABLE + head + self._busy_lines
        failed = partial(self._answer_unreachable, request[4], busy, reply_port) if method != _ACK else None
        self.connections.send(text, hop.host, hop.port, failed)

    def _answer_unreachable(self, origin: Any, text: bytes, port: int) -> None:
        """Answer a request whose next hop cannot be reached (RFC 3261 §16.9)."""
        self.counts.answers[503] += 1
        if self.send_late is not None:
            self.send_late(origin, text, port)

    def _send_datagram(self, text: bytes, host: str, port: int) -> None:
        if self.send_late is not None:
            self.send_late(host, text, port)

    def _relay_response(self, message: bytes) -> None:
        """Send a response to the Via below this proxy's own; drop one whose request it did not forward."""
        relayed = self._relayed_response(message)
        if relayed is None:
            self.counts.stray += 1
            return
        text, own, previous, reply_to = relayed
        self.counts.relayed += 1
        if self.connections is None:
            self._send_datagram(text, reply_to.host, reply_to.port)
        else:
            self.connections.reply(own.connection, text, reply_to.host, previous.port or SIP_PORT)

    def _relayed_response(self, message: bytes) -> tuple[bytes, Via, Via, Hop] | None:
        """Return a response without this proxy's Via, that Via, the one below and its address; None for a stray one."""
        split = forwarding.split_head(message)
        if split is None:
            return None
        lines, body = split
        names = [forwarding.field_name(line) for line in lines]
        if b"via" not in names or b"call-id" not in names or b"cseq" not in names:
            return None
        first = names.index(b"via")
        value = forwarding.field_value(lines[first])
        own = forwarding.read_via(value)
        if own is None or not self._is_own_via(own):
            return None
        rest = value[own.length :].strip()
        if rest:
            lines[first] = b"Via: " + rest
        else:
            del lines[first], names[first]
            if b"via" not in names:
                return None
            rest = forwarding.field_value(lines[names.index(b"via")])
        previous = forwarding.read_via(rest)
        call_id, cseq = (forwarding.field_value(lines[names.index(name)]) for name in (b"call-id", b"cseq"))
        if previous is None or not forwarding.verify_branch(self._key, own, previous, call_id, cseq):
            return None
        reply_to = previous.reply_address
        if reply_to is None:
            return None
        if original := own.original_from:
            lines = [b"From: " + original if name == b"from" else line for name, line in zip(names, lines, strict=True)]
        return b"\r\n".join(lines) + b"\r\n\r\n" + body, own, previous, reply_to


def _take_apart(slots: MessageSlots, slot: int, request: ReceivedRequest) -> RequestParts | None:
    """Return the parts of the request in a slot, its topmost Via with the observed source."""
    data, start, *_ = request
    message_end = slots.read_marks(slot)[7]
    message = data[start:message_end]
    split = forwarding.split_head(message)
    if split is None or forwarding.is_misleading(message):
        return None
    parts = RequestParts(*split)
    head = slots.buffers[slot][_HEAD : slots.read_marks(slot)[3]].tobytes()
    if parts.vias:  # the scan has rewritten it (RFC 3261 §18.2.1)
        parts.vias[0] = head[len(b"Via: ") : head.index(b"\r\n")]
    return parts


def _answer(code: int, phrase: str) -> AnswerParts:
    return code, responses.status_line(code, phrase), responses.END
