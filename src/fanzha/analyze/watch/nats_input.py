"""A NATS JetStream as input: messages in the order of their sequence numbers, replayed from the last one used."""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from fanzha.analyze.watch.arrivals import Arrival, InputPosition
from fanzha.analyze.watch.nats_connection import NatsConnection, StreamFailed, parse_address
from fanzha.analyze.watch.reorder_buffer import join_batches
from fanzha.analyze.watch.standard_input import StreamSettings, StreamText
from fanzha.base.words import Words
from fanzha.events import all_events
from fanzha.read import Reject

if TYPE_CHECKING:
    from nats.aio.msg import Msg
    from nats.js import JetStreamContext

TABLE_HEADER = "Fanzha-Table"  # the event table of a message that is an Arrow IPC stream
FETCH_MESSAGES = 256
FETCH_SECONDS = 0.2
RETRY_SECONDS = 60.0  # a stream that cannot be read for so long ends the process
WAITING_MESSAGES = 1_024  # fetched and not yet used
POLL_BYTES = 8 << 20

BAD_ARROW = Words("不是该事件表的 Arrow IPC 流", "no Arrow IPC stream of that event table")


class NatsInput:
    """Input from a stream without acknowledgements: the state holds the last sequence number that was read."""

    def __init__(
        self,
        url: str,
        positions: Mapping[str, InputPosition],
        settings: StreamSettings,
        now: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        *,
        ends: bool = False,
    ) -> None:
        """Resume after the position of `url`; with `ends`, end at the message that is the last one now.

        Raise UsageError for a wrong address, StreamFailed if the server does not answer or has no such stream.
        """
        server, self._name = parse_address(url)
        self._key, self._now, self._ends = url, now, ends
        self._sequence = positions[self._key].offset if self._key in positions else 0
        self._fetched = self._sequence
        self._text = StreamText(self._name, settings, now)
        self._messages: queue.Queue[Msg] = queue.Queue(WAITING_MESSAGES)
        self._closing = threading.Event()
        self._error = ""
        self._connection = NatsConnection(server)
        try:
            state = self._connection.run(self._connection.stream.stream_info(self._name)).state
            self._last = state.last_seq
            if self._sequence + 1 < state.first_seq and self._sequence:
                raise StreamFailed(
                    f"{self._name}: messages {self._sequence + 1} to {state.first_seq - 1} are gone 消息已被删除",
                    fix="let the stream keep messages longer; to go on without them name another --state",
                )
        except BaseException:
            self._connection.close()
            raise
        self._fetching = threading.Thread(target=self._fetch, name="nats-fetch", daemon=True)
        self._fetching.start()

    def poll(self) -> list[Arrival]:
        """Return the events of the messages that have come, one arrival for all of them."""
        tables: dict[str, list[pa.RecordBatch]] = {}
        rejects: list[Reject] = []
        start, size = self._sequence, 0
        while size < POLL_BYTES:
            try:
                message = self._messages.get_nowait()
            except queue.Empty:
                break
            size += len(message.data)
            self._sequence = message.metadata.sequence.stream
            self._read(message, tables, rejects)
        if self._error:
            raise StreamFailed(self._error)
        if self._sequence == start:
            return []
        position = InputPosition(self._name, offset=self._sequence)
        joined = {table: join_batches(batches) for table, batches in tables.items()}
        return [Arrival(self._name, joined, tuple(rejects), {self._key: position})]

    @property
    def is_caught_up(self) -> bool:
        """Whether no message waits."""
        return self._messages.empty() and (not self._ends or self._sequence >= self._last)

    @property
    def is_ended(self) -> bool:
        """Whether the last message was read, if reading ends."""
        return self._ends and self._sequence >= self._last

    def acknowledge(self) -> None:
        """Do nothing: the stream keeps its messages."""

    def list_problems(self) -> dict[str, str]:
        """Return nothing: a stream that fails ends the process."""
        return {}

    def close(self) -> None:
        """Stop reading and close the connection."""
        self._closing.set()
        self._fetching.join(5.0)
        self._connection.close()

    def _read(self, message: "Msg", tables: dict[str, list[pa.RecordBatch]], rejects: list[Reject]) -> None:
        table = (message.headers or {}).get(TABLE_HEADER, "")
        if table:
            try:
                batch = read_arrow(table, message.data, self._now())
                tables.setdefault(table, []).append(batch)
            except (KeyError, pa.ArrowException, ValueError):
                rejects.append(Reject(file=self._name, row=self._sequence, reason=BAD_ARROW.en, reason_zh=BAD_ARROW.zh))
            return
        data = message.data if message.data.endswith(b"\n") else message.data + b"\n"
        if (arrival := self._text.add(data)) is not None:
            rejects += arrival.rejects
            for name, batch in arrival.tables.items():
                tables.setdefault(name, []).append(batch)

    def _fetch(self) -> None:
        """Fetch messages into the queue until the input is closed; subscribe again after a gap or an error."""
        failing_since = time.monotonic()
        while not self._closing.is_set():
            try:
                subscription = self._subscribe(self._fetched + 1)
                failing_since = time.monotonic()
                self._fetch_in_order(subscription)
            except StreamFailed as error:
                if time.monotonic() - failing_since > RETRY_SECONDS:
                    self._error = str(error)
                    return
                self._closing.wait(FETCH_SECONDS)

    def _subscribe(self, first: int) -> "JetStreamContext.PullSubscription":
        from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=first, ack_policy=AckPolicy.NONE
        )
        return self._connection.run(self._connection.stream.pull_subscribe("", stream=self._name, config=config))

    def _fetch_in_order(self, subscription: "JetStreamContext.PullSubscription") -> None:
        """Fetch until the input is closed or a message is missing: without acknowledgements none is sent again."""
        from nats.errors import TimeoutError as NoMessages

        expected = 1
        while not self._closing.is_set():
            try:
                messages = self._connection.run(subscription.fetch(FETCH_MESSAGES, timeout=FETCH_SECONDS))
            except StreamFailed as error:
                if isinstance(error.__cause__, NoMessages):
                    continue
                raise
            for message in messages:
                if message.metadata.sequence.consumer != expected:
                    return
                self._enqueue(message)
                self._fetched, expected = message.metadata.sequence.stream, expected + 1

    def _enqueue(self, message: "Msg") -> None:
        while not self._closing.is_set():
            try:
                return self._messages.put(message, timeout=FETCH_SECONDS)
            except queue.Full:
                continue


def read_arrow(table: str, data: bytes, now: int) -> pa.RecordBatch:
    """Return an Arrow IPC stream as events of a table; missing columns are null. Raise KeyError or ArrowException.

    `observed_at` becomes `now` (UTC ms), because that is when the events were learned of here.
    """
    event = all_events()[table]
    with pa.ipc.open_stream(data) as reader:
        rows = reader.read_all().combine_chunks()
    columns = {name: rows.column(name) for name in rows.column_names if name in event.schema.names}
    columns["observed_at"] = pa.chunked_array([pa.repeat(pa.scalar(now, pa.int64()), rows.num_rows)])
    arrays = [
        columns[field.name].cast(field.type) if field.name in columns else pa.nulls(rows.num_rows, field.type)
        for field in event.schema
    ]
    events = pa.Table.from_arrays(arrays, schema=event.schema)
    if events.num_rows == 0 or any(events.column(name).null_count for name in ("event_id", "occurred_at")):
        raise ValueError("no events, or events without an id or time")
    return join_batches(events.combine_chunks().to_batches())
