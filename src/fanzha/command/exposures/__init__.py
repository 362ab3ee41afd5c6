"""Exposures: who visited a fraud site or got its link, by logs that a declared basis allows to read, and warnings."""
