"""The parsed form of one row of a call record file."""

import msgspec

LEAD, FOLLOW = 0, 1  # precedence for caller and callee: the incoming leg before outgoing legs


class CallRecord(msgspec.Struct, kw_only=True, gc=False):
    """One call record. Times are UTC milliseconds. `keys` are ids shared with related records, the call id first."""

    row: int
    keys: tuple[str, ...]
    start: int
    answer: int | None = None
    end: int | None = None
    answered: bool | None = None
    ring_known: bool = True
    talk_ms: int | None = None
    caller: str = ""
    callee: str = ""
    original_callee: str = ""
    diversion: str = ""
    asserted_identity: str = ""
    attestation: str = ""
    presentation: str = ""
    trunk: str = ""
    cause: int | None = None
    released_by: str = ""
    role: int = LEAD
    order: int = 0  # the sequence number of the switch
    partial: bool = False  # the call continued after this record
    begins: bool = True  # the record starts a call; other records wait for one that does
    tag: str = ""  # SIP From tag, which identifies the sender of the transaction
    last: bool = False  # the last record of the call


class UnfinishedRecord:
    """The last row of a file that may be half-written, because no line end follows it."""


class InvalidRecord(ValueError):
    """A row is not a valid record. `column` and `value` are the invalid cell."""

    def __init__(self, column: str, value: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.column, self.value, self.zh, self.en = column, value, zh, en
