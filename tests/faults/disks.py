"""Small file systems of their own: one that a test fills (tmpfs), and one that fails (ext4 in a file).

A disk that fails turns read-only while files on it are open for writing, as Linux does after an error of the disk.
"""

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


class FailingDisk:
    """A mounted ext4 file system."""

    def __init__(self, folder: Path, image: Path) -> None:
        self.folder, self._image = folder, image

    def mount(self) -> None:
        """Mount it for writing."""
        run_mount("mount", "-o", "loop", str(self._image), str(self.folder))

    def fail(self) -> None:
        """Let it turn read-only (ext4's option `abort`)."""
        run_mount("mount", "-o", "remount,abort", str(self.folder))

    def repair(self) -> None:
        """Check it and mount it again; nothing may use it."""
        run_mount("umount", str(self.folder))
        subprocess.run(["e2fsck", "-fy", str(self._image)], capture_output=True, check=False)
        self.mount()


@contextmanager
def mounted_image(folder: Path, megabytes: int) -> Iterator[FailingDisk]:
    """Mount an empty ext4 file system on a folder until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    image = folder.with_name(f"{folder.name}.image")
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    run_mount("mkfs.ext4", "-q", str(image))
    disk = FailingDisk(folder, image)
    disk.mount()
    (folder / "lost+found").rmdir()
    try:
        yield disk
    finally:
        run_mount("umount", "--lazy", str(folder))


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
