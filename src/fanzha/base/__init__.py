"""The lowest layer: plug-ins, errors, ids, times, TLP marking, bilingual words. No I/O."""
