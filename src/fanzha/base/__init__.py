"""The lowest layer: plug-ins, errors, ids, times, TLP marking, bilingual words, limited child processes.

No I/O, except that of child processes."""
