"""A province's traffic with planted frauds and innocent look-alikes."""
