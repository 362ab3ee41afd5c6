"""Around the kernel: which windows share a log, its arrays, its plan in numbers, explaining, saving, restoring."""
