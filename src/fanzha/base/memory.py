"""Give memory that was freed back to the system."""

import ctypes


def release_free_memory() -> bool:
    """Return the pages that hold nothing to the system; return whether the C library supports it.

    For the border of two stages: arrays that the next one maps by themselves do not fit into what the last one freed.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is None:
        return False
    trim(ctypes.c_size_t(0))
    return True
