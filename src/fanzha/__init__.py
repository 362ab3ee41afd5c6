"""Fanzha 反诈: finds telecom and online fraud, with reasons that a person can check."""

__version__ = "0.1.0"
