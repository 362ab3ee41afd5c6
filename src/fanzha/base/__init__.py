"""The ground floor: plug-ins by folder, errors, ids, times, marking, bilingual words. No I/O."""
