"""Samples of Android apps: taken in, kept in quarantine, read in the background, compared, handed on and erased."""
