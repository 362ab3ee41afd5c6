"""Errors of disks and databases are told with what to do; others are not taken for them."""

import errno
import os
import sqlite3
from pathlib import Path

import duckdb
import pytest
from django.db.utils import OperationalError

from fanzha.base.storage_faults import StorageFault, find_storage_fault


@pytest.mark.parametrize(
    ("number", "fix"),
    [(errno.ENOSPC, "make room"), (errno.EROFS, "mount it for writing"), (errno.EIO, "see dmesg")],
)
def test_an_error_of_the_system_names_the_file_and_the_fix(number: int, fix: str) -> None:
    fault = find_storage_fault(OSError(number, os.strerror(number), "/data/findings.parquet"))
    assert fault is not None and fault.exit_code == 1
    assert fault.what == f"/data/findings.parquet: {os.strerror(number)}" and fix in fault.fix


@pytest.mark.parametrize(
    ("error", "fix"),
    [
        (sqlite3.OperationalError("database or disk is full"), "make room"),
        (sqlite3.DatabaseError("file is not a database"), "fanzha restore"),
        (duckdb.IOException("Could not write: No space left on device"), "make room"),
        (OperationalError("connection failed: Connection refused"), "FANZHA_DATABASE_URL"),
        (OSError("Error writing bytes. Detail: No space left on device"), "make room"),
    ],
)
def test_what_a_library_says_is_recognised(error: Exception, fix: str) -> None:
    fault = find_storage_fault(error)
    assert fault is not None and fix in fault.fix


def test_what_caused_an_error_counts(tmp_path: Path) -> None:
    try:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as error:
            raise RuntimeError("writing failed") from error
    except RuntimeError as error:
        assert isinstance(find_storage_fault(error), StorageFault)


@pytest.mark.parametrize(
    "error", [ValueError("file too large"), ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), OSError()]
)
def test_other_errors_are_not_taken_for_faults_of_storage(error: Exception) -> None:
    assert find_storage_fault(error) is None
