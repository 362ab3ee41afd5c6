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


@pytest.mark.parametrize(
    ("own", "above", "available"), [("max", "1048576", 1_048_576), ("2097152", "1048576", 1_048_576)]
)
def test_the_limit_of_a_control_group_above_counts_too(own: str, above: str, available: int, tmp_path: Path) -> None:
    write_group(tmp_path, "0::/fanzha.slice/screen", {"fanzha.slice/screen/memory.max": own})
    (tmp_path / "sys/fs/cgroup/fanzha.slice/memory.max").write_text(f"{above}\n")
    assert available_bytes(tmp_path) == available


def test_in_a_container_the_limit_at_the_top_of_what_it_sees_counts(tmp_path: Path) -> None:
    write_group(tmp_path, "0::/host.slice/container-7", {"memory.max": "1048576"})
    assert available_bytes(tmp_path) == 1_048_576


def test_limits_of_the_first_version_of_control_groups_count(tmp_path: Path) -> None:
    lines = "9:name=systemd:/\n4:cpuacct,memory:/screens/one\n0::/"
    limits = {"screens/one": "9223372036854771712", "screens": "1048576", ".": "9223372036854771712"}
    write_group(tmp_path, lines, {f"memory/{group}/memory.limit_in_bytes": limit for group, limit in limits.items()})
    assert available_bytes(tmp_path) == 1_048_576


def write_group(root: Path, groups: str, limits: dict[str, str]) -> None:
    """Write what the kernel says of the groups of this process, and their limits below sys/fs/cgroup."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(f"{groups}\n")
    for name, limit in limits.items():
        path = root / "sys/fs/cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{limit}\n")
