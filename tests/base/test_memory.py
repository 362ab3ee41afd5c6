"""What a stage has freed does not count any more in the next one."""

import platform
import subprocess
import sys

PEAK = """
from pathlib import Path
import numpy as np
from fanzha.analyze.pipeline import tune_allocator
from fanzha.base.memory import release_free_memory
tune_allocator()
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20
arrays = [np.ones(1 << 17) for _ in range(100)]
last = np.ones(1 << 10)
del arrays
before = resident()
released = release_free_memory()
print(int(released), before - resident())
"""


def test_freed_arrays_are_given_back() -> None:
    completed = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)
    is_released, megabytes = map(int, completed.stdout.split())
    assert is_released == (platform.libc_ver()[0] == "glibc")
    assert not is_released or megabytes > 50
