"""One row of a call record file: which call it belongs to, and what it tells of it."""

import msgspec

LEAD, FOLLOW = 0, 1  # who tells who called whom: the leg that came in, or one that went out


class CallRecord(msgspec.Struct, kw_only=True, gc=False):
    """Moments are UTC milliseconds. `keys` are the ids that tie the row to others, the call's own name first."""

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
    order: int = 0  # the program's own sequence
    partial: bool = False  # the call went on after this row
    begins: bool = True  # the row tells of a call's beginning; one that does not waits for a row that does
    tag: str = ""  # SIP From tag: whose transaction it was
    last: bool = False  # nothing more of this call will come


class InvalidRecord(ValueError):
    """A row that is no record; `column` and `value` say where."""

    def __init__(self, column: str, value: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.column, self.value, self.zh, self.en = column, value, zh, en
