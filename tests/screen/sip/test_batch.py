"""Datagrams that wait are read together, answered together, and lost ones hold up no others."""

from pathlib import Path

from tests.screen.sip.calls import request
from tests.screen.sip.local_pair import local_pair

from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.batch import BATCH_SIZE, DatagramBatch
from fanzha.screen.sip.listener import Listener

LISTENER = Listener("test", "192.0.2.9")


def mark(batch: DatagramBatch, slot: int, text: bytes) -> None:
    """Put an answer into a slot."""
    batch.slots.buffers[slot][: len(text)] = text
    row = slot * layout.MARKS
    batch.slots.marks[row + layout.ANSWER], batch.slots.marks[row + layout.ANSWER_END] = 0, len(text)


def test_what_waits_is_read_together_and_scanned(tmp_path: Path) -> None:
    with local_pair(tmp_path) as (near, far):
        batch = DatagramBatch(near, LISTENER)
        assert batch.receive() <= 0
        messages = [request(f"Call-ID: {number}") for number in range(3)] + [b"junk", b""]
        for message in messages:
            far.send(message)
        assert batch.receive() == 5
        assert [batch.message(slot) for slot in range(5)] == messages
        faults = [batch.slots.read_marks(slot)[layout.FAULT] for slot in range(5)]
        assert faults == [layout.FINE, layout.FINE, layout.FINE, layout.UNANSWERABLE, layout.NOTHING]
        assert batch.slots.source(0) == ("", 0)


def test_what_waits_is_read_in_turns_where_there_is_not_room_for_all(tmp_path: Path) -> None:
    queued = int(Path("/proc/sys/net/unix/max_dgram_qlen").read_text())
    with local_pair(tmp_path) as (near, far):
        batch, sent = DatagramBatch(near, LISTENER), 0
        far.setblocking(False)
        while sent < min(queued, BATCH_SIZE + 3):
            far.send(b"x")
            sent += 1
        counts = [batch.receive(), batch.receive()]
        assert counts[0] == min(sent, BATCH_SIZE)
        assert max(counts[1], 0) == sent - counts[0]


def test_only_what_was_answered_is_sent(tmp_path: Path) -> None:
    with local_pair(tmp_path) as (near, far):
        batch = DatagramBatch(near, LISTENER)
        for number in range(4):
            far.send(b"%d" % number)
        assert batch.receive() == 4
        mark(batch, 1, b"one")
        mark(batch, 3, b"three")
        assert batch.send(4) == 0
        assert [far.recv(100), far.recv(100)] == [b"one", b"three"]


def test_an_answer_is_not_sent_again_with_the_next_batch(tmp_path: Path) -> None:
    with local_pair(tmp_path) as (near, far):
        batch = DatagramBatch(near, LISTENER)
        for text in (b"first", b"", b"third"):
            far.send(b"x")
            assert batch.receive() == 1
            if text:
                mark(batch, 0, text)
            assert batch.send(1) == 0
        assert [far.recv(100), far.recv(100)] == [b"first", b"third"]


def test_an_answer_that_the_network_does_not_take_is_counted_and_the_next_is_sent(tmp_path: Path) -> None:
    with local_pair(tmp_path) as (near, far):
        batch = DatagramBatch(near, LISTENER)
        far.send(b"1")
        far.send(b"2")
        assert batch.receive() == 2
        mark(batch, 0, b"one")
        batch._names[0, 2:10] = 255  # nobody has this name
        mark(batch, 1, b"two")
        assert batch.send(2) == 1
        assert far.recv(100) == b"two"
