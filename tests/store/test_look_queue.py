"""Looks are taken once, by urgency, and survive a fetcher that is killed."""

from pathlib import Path

import pytest

from fanzha.store.look_queue import EXPIRE_MS, evidence_folder, open_look_queue


def test_the_urgent_ones_go_first_and_each_once(tmp_path: Path) -> None:
    with open_look_queue(tmp_path) as queue, open_look_queue(tmp_path) as other:
        assert queue.add("a", "http://a.example/", 1) and queue.add("b", "http://b.example/", 2, urgency=1)
        assert not queue.add("a", "http://other.example/", 3)
        assert [queue.begin(4), other.begin(4), queue.begin(4)] == [
            ("b", "http://b.example/"),
            ("a", "http://a.example/"),
            None,
        ]


def test_outcomes_wait_until_they_are_recorded(tmp_path: Path) -> None:
    with open_look_queue(tmp_path) as queue:
        queue.add("a", "http://a.example/", 1)
        queue.begin(2)
        queue.end("a", 3, "time")
        queue.end("a", 4)
        (outcome,) = queue.outcomes()
        assert (outcome.key, outcome.problem, outcome.at) == ("a", "time", 3)
        queue.acknowledge(outcome.id)
        assert queue.outcomes() == [] and queue.count_waiting() == 0


def test_a_killed_look_is_begun_again_three_times(tmp_path: Path) -> None:
    with open_look_queue(tmp_path) as queue:
        queue.add("a", "http://a.example/", 1)
        for attempt in range(3):
            assert queue.begin(2) is not None
            assert queue.recover(3) == (1 if attempt < 2 else 0)
        assert "three times" in queue.outcomes()[0].problem


def test_a_look_that_nobody_takes_expires(tmp_path: Path) -> None:
    with open_look_queue(tmp_path) as queue:
        queue.add("a", "http://a.example/", 1)
        assert queue.expire(EXPIRE_MS) == 0 and queue.expire(EXPIRE_MS + 2) == 1
        assert len(queue.outcomes()) == 1


@pytest.mark.parametrize("key", ["", "../x", "a/b", "a" * 41, "."])
def test_a_key_never_leads_out_of_the_folder(key: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="key"):
        evidence_folder(key, tmp_path)
