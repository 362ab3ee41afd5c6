"""A place that does not reach the control site tells nothing."""

import asyncio
from typing import Any, cast

import pytest
from tests.collect.test_site_probe import OK, world

from fanzha.collect.prober import Prober
from fanzha.store.probe_queue import ProbePurpose, ProbeQueue, ProbeRecord
from fanzha.store.probe_settings import ProberSettings

pytestmark = pytest.mark.usefixtures("socket_enabled")


class Queue:
    """Gives one site and keeps the records."""

    def __init__(self) -> None:
        self.records: list[ProbeRecord] = []

    def take_due(self, purpose: ProbePurpose, now: int, every_ms: int, limit: int) -> list[str]:
        return ["site.example"] if purpose is ProbePurpose.EFFECT else []

    def add(self, records: Any) -> None:
        self.records += records


@pytest.mark.parametrize(("control", "works"), [("control.example", True), ("no-such.example", False)])
def test_without_the_control_site_a_place_tells_nothing(control: str, works: bool) -> None:
    queue = Queue()

    async def inside() -> None:
        async with world(OK) as settings:
            ports = {"http_port": settings.http_port, "https_port": 1}
            changed = ProberSettings(settings.vantage, control, **ports, local_addresses=True)
            assert await Prober(changed, cast(ProbeQueue, queue), frozenset()).probe_due() == 1

    asyncio.run(inside())
    assert [record.network_worked for record in queue.records] == [works]
