"""Screening of calls and look-ups while they are in progress, without Django and without a database."""
