"""A run keeps the memory it frees, and takes it again without asking the system."""

import os
import platform
import subprocess
import sys

FAULTS = """
import resource
import numpy as np
from fanzha.analyze.memory import tune_allocator
kept = tune_allocator()
for turn in range(3):
    arrays = [np.ones(1 << 20) for _ in range(8)]
    del arrays
    if turn == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
print(int(kept), resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def test_arrays_made_again_cause_no_page_faults() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True, env=environment)
    kept, faults = map(int, done.stdout.split())
    assert kept == (platform.libc_ver()[0] == "glibc")
    assert not kept or faults < 1000  # 16 arrays of 2,048 pages each
