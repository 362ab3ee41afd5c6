"""An operator's table of probe calls is known by its headers, in both languages."""

import pyarrow as pa
import pytest

from fanzha.read._propose.proposal import propose

CELLS: dict[str, list[str | None]] = {
    "probe_id": ["P1", "P2"],
    "route": ["carrier-a", "carrier-b"],
    "callee": ["19100000001", "19100000002"],
    "arrived": ["1", "0"],
    "received_caller": ["19200000001", None],
}
CHINESE = ("拨测编号", "发出路由", "测试线号码", "是否到达", "收到主叫")


@pytest.mark.parametrize("headers", [tuple(CELLS), CHINESE])
def test_probe_calls_are_known_by_their_headers(headers: tuple[str, ...]) -> None:
    sample = {name: pa.array(cells, pa.string()) for name, cells in zip(headers, CELLS.values(), strict=True)}
    found = propose(headers, sample).map
    assert found is not None and found.table == "test_call"
    assert {take.from_: ours for ours in found.columns if (take := found.column_source(ours))} == dict(
        zip(headers, CELLS, strict=True)
    )
