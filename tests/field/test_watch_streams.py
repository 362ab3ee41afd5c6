"""`fanzha watch` between two subjects of a real NATS server: killed again and again, it publishes each finding once."""

from pathlib import Path

import pytest
from tests.findings import finding
from tests.killed_watches import FINDINGS, create_streams, forked, kill_watches, nats_server, wait_for

from fanzha.analyze.watch.line_output import LinePlace, finding_line
from fanzha.analyze.watch.nats_connection import StreamFailed
from fanzha.analyze.watch.nats_output import NatsOutput

pytestmark = pytest.mark.field


def test_killed_at_random_it_publishes_what_one_run_finds(tmp_path: Path) -> None:
    result = kill_watches(10, 1, tmp_path)
    assert (result["equal"], result["lost"], result["twice"], result["late"]) == (True, 0, 0, 0)
    assert result["published"] > 100


def test_a_second_publisher_stops(tmp_path: Path) -> None:
    lines = [finding_line(finding(score=0.1 * number), LinePlace(number, 0)) for number in range(1, 4)]
    with nats_server(tmp_path) as url:
        assert wait_for(forked(lambda: create_streams(url))) == 0
        first, second = NatsOutput(f"{url}/{FINDINGS}"), NatsOutput(f"{url}/{FINDINGS}")
        first.write(lines[:1])
        with pytest.raises(StreamFailed, match="another process publishes"):
            second.write(lines[1:2])
        second.close()
        first.close()
        third = NatsOutput(f"{url}/{FINDINGS}")
        third.write(lines)
        assert third.last == LinePlace(3, 0)
        third.close()
