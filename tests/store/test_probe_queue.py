"""Sites are due in turn, records are read once, and what is no longer watched is not probed."""

from pathlib import Path

from fanzha.store.probe_queue import RETENTION_MS, ProbePurpose, ProbeRecord, SiteState, open_probes

EFFECT = ProbePurpose.EFFECT
NOW = 1_800_000_000_000


def test_sites_are_due_in_turn_while_they_are_watched(tmp_path: Path) -> None:
    with open_probes(tmp_path) as queue:
        queue.watch(EFFECT, ["a.example", "b.example"], NOW)
        assert sorted(queue.take_due(EFFECT, NOW, 60_000, 9)) == ["a.example", "b.example"]
        assert queue.take_due(EFFECT, NOW + 59_999, 60_000, 9) == []
        queue.watch(EFFECT, ["b.example", "c.example"], NOW + 10)
        assert queue.take_due(EFFECT, NOW + 10, 60_000, 9) == ["c.example"]
        queue.hasten(EFFECT, ["b.example"], NOW + 20)
        assert queue.take_due(EFFECT, NOW + 20, 60_000, 9) == ["b.example"]


def test_what_is_neither_a_name_nor_an_address_is_not_probed(tmp_path: Path) -> None:
    with open_probes(tmp_path) as queue:
        queue.watch(EFFECT, ["AS4134", "a.example", "192.0.2.1", "2001:db8::1"], NOW)
        assert sorted(queue.take_due(EFFECT, NOW, 60_000, 9)) == ["192.0.2.1", "2001:db8::1", "a.example"]


def test_records_are_read_once_and_deleted_later(tmp_path: Path) -> None:
    record = ProbeRecord("a.example", "east", NOW, SiteState.UP, 200, "", "192.0.2.1", "ab", network_worked=False)
    with open_probes(tmp_path) as queue:
        queue.add([record, record._replace(place="west")])
        first, second = queue.unread(EFFECT, 9)
        assert first[1] == record
        queue.mark_read(EFFECT, first[0])
        assert queue.unread(EFFECT, 9) == [second]
        queue.purge(NOW + RETENTION_MS + 1)
        assert queue.unread(EFFECT, 9) == []


def test_purposes_do_not_disturb_each_other(tmp_path: Path) -> None:
    inventory = ProbePurpose.INVENTORY
    with open_probes(tmp_path) as queue:
        queue.watch(EFFECT, ["a.example"], NOW)
        queue.watch(inventory, ["a.example", "b.example"], NOW)
        assert queue.take_due(EFFECT, NOW, 1, 9) == ["a.example"]
        assert queue.take_due(inventory, NOW, 1, 9) == ["a.example", "b.example"]
        record = ProbeRecord("b.example", "east", NOW, SiteState.UP, filing="京ICP备2026000001号-1", purpose=inventory)
        queue.add([record])
        assert queue.unread(EFFECT, 9) == [] and [found for _, found in queue.unread(inventory, 9)] == [record]
