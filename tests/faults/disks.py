"""Small file systems of their own (tmpfs) that a test fills or remounts read-only."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class SmallDisk:
    """A mounted tmpfs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, leave: int = 0) -> None:
        """Fill the disk up to the last `leave` bytes."""
        with (self.folder / "filler").open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))
        if leave:
            os.truncate(self.folder / "filler", max(0, (self.folder / "filler").stat().st_size - leave))

    def free(self) -> None:
        """Make room again."""
        (self.folder / "filler").unlink()

    def remount(self, options: str) -> None:
        """Change the mount options, for example `ro` or `rw`."""
        run_mount("mount", "-o", f"remount,{options}", str(self.folder))


@contextmanager
def mounted_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount an empty file system on a folder until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    run_mount("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "fanzha-faults", str(folder))
    try:
        yield SmallDisk(folder)
    finally:
        run_mount("umount", "--lazy", str(folder))


def run_mount(*command: str) -> None:
    """Run a mount command; fail with what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}"
