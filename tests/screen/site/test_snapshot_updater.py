"""The windows of a screen take a share of the memory that its processes may have."""

import os
from pathlib import Path

import pytest

from fanzha.screen.site.snapshot_updater import available_bytes

MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    ("limit", "available"), [("1048576", 1_048_576), ("max", MACHINE), (str(2 * MACHINE), MACHINE), (None, MACHINE)]
)
def test_the_limit_of_the_control_group_counts_where_it_is_less_than_the_machine_has(
    limit: str | None, available: int, tmp_path: Path
) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/screen\n")
    group = tmp_path / "sys/fs/cgroup/screen"
    group.mkdir(parents=True)
    if limit is not None:
        (group / "memory.max").write_text(f"{limit}\n")
    assert available_bytes(tmp_path) == available


def test_without_control_groups_the_memory_of_the_machine_counts(tmp_path: Path) -> None:
    assert available_bytes(tmp_path) == MACHINE
