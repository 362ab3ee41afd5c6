"""What the tests of faults share. Mounting needs root: without it those tests are skipped and say so."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.faults.disks import FailingDisk, SmallDisk, mounted_disk, mounted_image


@pytest.fixture
def make_disk(tmp_path: Path) -> Iterator[Callable[[str, int], SmallDisk]]:
    """Return what mounts a small disk on a new folder of a name, with a size in megabytes."""
    require_root()
    with ExitStack() as stack:
        yield lambda name, megabytes: stack.enter_context(mounted_disk(tmp_path / name, megabytes))


@pytest.fixture
def make_failing_disk(tmp_path: Path) -> Iterator[Callable[[str, int], FailingDisk]]:
    """Return what mounts a disk that can fail on a new folder of a name, with a size in megabytes."""
    require_root()
    with ExitStack() as stack:
        yield lambda name, megabytes: stack.enter_context(mounted_image(tmp_path / name, megabytes))


def require_root() -> None:
    """Skip the test without root, which mounting needs. As root a mount that fails is a failure of the test."""
    if os.geteuid() != 0:
        pytest.skip("a disk of its own needs root: run `make faults` as root")
