"""Signals of numbers for banks: SIM, device, holder, forwarding and IoT limits, in one memory-mapped file an operator.

A file holds the numbers in ascending order and one record for each, so that a look-up is a binary search without a
database. A new file replaces the previous one at once; readers notice it by its inode and time.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.store.private_files import create_private_folder, write_private_file
from fanzha.store.state_folder import state_folder

_MAGIC = b"FZNS0001"
_HEAD_BYTES = 16  # magic, and the number of rows as uint64

#: States of one number. Times are UTC milliseconds, 0 if unknown; codes are those below, 0 if unknown.
SIGNAL_RECORD = np.dtype(
    [
        ("sim_activated_at", "<i8"),
        ("sim_changed_at", "<i8"),
        ("device_first_used_at", "<i8"),
        ("device_changed_at", "<i8"),
        ("holder_from", "<i8"),
        ("forwarding", "u1"),
        ("contract", "u1"),
        ("imei_binding", "u1"),
        ("area_limit", "u1"),
        ("withheld", "u1"),
        ("spare", "u1", (3,)),
    ]
)
#: Bits of `forwarding`; FORWARDING_KNOWN is set whenever the state is known.
FORWARDING_KNOWN = 1
FORWARDING_BITS = {"unconditional": 2, "busy": 4, "no_answer": 8, "unreachable": 16}
#: Codes of the other columns.
CONTRACTS = {"prepaid": 1, "postpaid": 2, "business": 3}
BINDINGS = {"bound": 1, "unbound": 2}
AREA_LIMITS = {"restricted": 1, "unrestricted": 2}


class NumberSignals(NamedTuple):
    """What one operator states of one number. Times are UTC milliseconds, 0 if unknown.

    `forwarding` are the active conditions, None if the state is unknown; texts are "" if unknown. `withheld`: the
    operator answers no questions about the number.
    """

    sim_activated_at: int
    sim_changed_at: int
    device_first_used_at: int
    device_changed_at: int
    holder_from: int
    forwarding: tuple[str, ...] | None
    contract: str
    imei_binding: str
    area_limit: str
    withheld: bool

    @property
    def latest_sim_change(self) -> int:
        """Return when the number got its present card; 0 if it has none."""
        return max(self.sim_activated_at, self.sim_changed_at)

    @property
    def latest_device_change(self) -> int:
        """Return since when the card is in its present device; 0 if it was never connected."""
        return max(self.device_first_used_at, self.device_changed_at)


class SignalFile:
    """A mapped file of one operator."""

    def __init__(self, path: Path) -> None:
        size = path.stat().st_size
        head = np.memmap(path, np.uint8, "r", shape=_HEAD_BYTES) if size >= _HEAD_BYTES else None
        count = int(head[8:].view("<u8")[0]) if head is not None and bytes(head[:8]) == _MAGIC else -1
        if size != _HEAD_BYTES + count * (8 + SIGNAL_RECORD.itemsize):
            raise UsageError(f"{path}: no file of number signals, or cut off", fix="import the table again")
        self._numbers: NDArray[np.int64] = np.empty(0, np.int64)
        self._records = np.empty(0, SIGNAL_RECORD)
        if count:  # an empty stretch cannot be mapped
            self._numbers = np.memmap(path, "<i8", "r", offset=_HEAD_BYTES, shape=count)
            self._records = np.memmap(path, SIGNAL_RECORD, "r", offset=_HEAD_BYTES + 8 * count, shape=count)

    def __len__(self) -> int:
        return len(self._numbers)

    def find(self, number: int) -> NumberSignals | None:
        """Return the signals of a number (its digits with country code), None if the operator does not have it."""
        place = int(np.searchsorted(self._numbers, number))
        if place == len(self._numbers) or self._numbers[place] != number:
            return None
        return _decode(self._records[place])


def number_digits(canonical: str) -> int:
    """Return the digits of a canonical number such as +8617000001234 as one integer."""
    return int(canonical.removeprefix("+"))


def write_signals(owner: str, numbers: NDArray[np.int64], records: NDArray[np.void], folder: Path | None = None) -> int:
    """Replace the file of an operator (its ref); return the number of rows. Of equal numbers the last row counts."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    is_last = np.append(ordered[1:] != ordered[:-1], True) if len(ordered) else np.empty(0, bool)
    kept = order[is_last]
    head = _MAGIC + np.array([len(kept)], "<u8").tobytes()
    data = head + numbers[kept].astype("<i8").tobytes() + records[kept].tobytes()
    write_private_file(_path(create_private_folder(_folder(folder)), owner), data)
    return len(kept)


def count_signals(owner: str, folder: Path | None = None) -> int:
    """Return how many numbers the file of an operator has, 0 without one. Raise UsageError if it is damaged."""
    path = _path(_folder(folder), owner)
    return len(SignalFile(path)) if path.is_file() else 0


class SignalStore:
    """Look up numbers in the files of operators, and open a file again when it was replaced."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = _folder(folder)
        self._files: dict[str, tuple[tuple[int, int], SignalFile]] = {}

    def find(self, owners: Iterable[str], canonical: str) -> tuple[str, NumberSignals] | None:
        """Return the owner (ref) and signals of a number; after a porting those of the latest holder. None: unknown.

        Raise UsageError if a file is damaged.
        """
        number = number_digits(canonical)
        found = [
            (signals.holder_from, signals.latest_sim_change, owner, signals)
            for owner in owners
            if (file := self._open(owner)) is not None and (signals := file.find(number)) is not None
        ]
        if not found:
            return None
        *_times, owner, signals = max(found, key=lambda row: row[:3])
        return owner, signals

    def owners(self) -> list[str]:
        """Return the refs of the operators that have a file."""
        return sorted(path.stem for path in self._folder.glob("[!.]*.fzns"))

    def holder_from(self, canonical: str) -> int:
        """Return since when (UTC ms) a number has its present holder, by the files of all operators; 0 if unknown."""
        found = self.find(self.owners(), canonical)
        return found[1].holder_from if found else 0

    def _open(self, owner: str) -> SignalFile | None:
        path = _path(self._folder, owner)
        try:
            state = path.stat()
        except FileNotFoundError:
            self._files.pop(owner, None)
            return None
        version = (state.st_ino, state.st_mtime_ns)
        cached = self._files.get(owner)
        if cached is None or cached[0] != version:
            cached = self._files[owner] = (version, SignalFile(path))
        return cached[1]


def _folder(folder: Path | None) -> Path:
    return (folder or state_folder()) / "tables" / "number_signals"


def _path(folder: Path, owner: str) -> Path:
    return folder / f"{owner}.fzns"


def _decode(record: np.void) -> NumberSignals:
    forwarding = int(record["forwarding"])
    active = tuple(name for name, bit in FORWARDING_BITS.items() if forwarding & bit)
    return NumberSignals(
        sim_activated_at=int(record["sim_activated_at"]),
        sim_changed_at=int(record["sim_changed_at"]),
        device_first_used_at=int(record["device_first_used_at"]),
        device_changed_at=int(record["device_changed_at"]),
        holder_from=int(record["holder_from"]),
        forwarding=active if forwarding & FORWARDING_KNOWN else None,
        contract=_name(CONTRACTS, record["contract"]),
        imei_binding=_name(BINDINGS, record["imei_binding"]),
        area_limit=_name(AREA_LIMITS, record["area_limit"]),
        withheld=bool(record["withheld"]),
    )


def _name(codes: dict[str, int], code: int) -> str:
    return next((name for name, value in codes.items() if value == code), "")
