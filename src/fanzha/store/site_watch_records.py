"""Tables and values of the watch of new sites: logs, gaps and forks, names and candidates."""

from enum import StrEnum
from typing import NamedTuple

TABLES = """
CREATE TABLE IF NOT EXISTS log (
    id BLOB PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'following',
    position INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0, frontier BLOB,
    size INTEGER NOT NULL, root BLOB NOT NULL, signed_at INTEGER NOT NULL, head BLOB NOT NULL,
    answered_at INTEGER NOT NULL, problem TEXT NOT NULL DEFAULT '', problem_at INTEGER
);
CREATE TABLE IF NOT EXISTS gap (
    id INTEGER PRIMARY KEY, log BLOB NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, reason TEXT NOT NULL,
    found_at INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS gap_log ON gap (log, first);
CREATE TABLE IF NOT EXISTS fork (
    id INTEGER PRIMARY KEY, log BLOB NOT NULL, known BLOB NOT NULL, other BLOB NOT NULL, problem TEXT NOT NULL,
    found_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS seen (hash INTEGER PRIMARY KEY, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS day (
    at INTEGER NOT NULL, source TEXT NOT NULL, names INTEGER NOT NULL DEFAULT 0, new INTEGER NOT NULL DEFAULT 0,
    invalid INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (at, source)
);
CREATE TABLE IF NOT EXISTS budget (
    at INTEGER NOT NULL, brand TEXT NOT NULL, within INTEGER NOT NULL DEFAULT 0, beyond INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (at, brand)
);
CREATE TABLE IF NOT EXISTS candidate (
    id INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, host TEXT NOT NULL, brand TEXT NOT NULL,
    score REAL NOT NULL, sentence_zh TEXT NOT NULL, sentence_en TEXT NOT NULL, evidence TEXT NOT NULL,
    source TEXT NOT NULL, reference TEXT NOT NULL, seen_at INTEGER NOT NULL, is_within INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS mention (
    id INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, host TEXT NOT NULL, brand TEXT NOT NULL,
    score REAL NOT NULL, sentence_zh TEXT NOT NULL, sentence_en TEXT NOT NULL, evidence TEXT NOT NULL,
    source TEXT NOT NULL, reference TEXT NOT NULL, seen_at INTEGER NOT NULL, added_at INTEGER NOT NULL,
    is_released INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS mention_order ON mention (is_released, score);
CREATE TABLE IF NOT EXISTS mention_budget (
    at INTEGER NOT NULL, brand TEXT NOT NULL, released INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (at, brand)
);
CREATE TABLE IF NOT EXISTS mention_day (
    at INTEGER PRIMARY KEY, found INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS submitted (
    id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, name TEXT NOT NULL, reference TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS position (source TEXT PRIMARY KEY, value INTEGER NOT NULL, mark TEXT NOT NULL DEFAULT '');
"""


class FollowState(StrEnum):
    """FOLLOWING: entries are read. FORKED: the log signed two heads that contradict each other, and is not followed."""

    FOLLOWING = "following"
    FORKED = "forked"


class GapReason(StrEnum):
    """Why entries were not seen."""

    BEFORE_START = "before_start"  # the log was followed from a later entry on
    FAILED = "failed"  # the log answered with errors
    WITHHELD = "withheld"  # the log answered without them
    UNPROVEN = "unproven"  # the entries received are not proven to be in the log
    MALFORMED = "malformed"  # there is no certificate in them that can be read
    BACKLOG = "backlog"  # skipped, since too many were waiting


#: Gaps that are asked for again.
RETRIED = (GapReason.FAILED, GapReason.WITHHELD, GapReason.UNPROVEN, GapReason.BACKLOG)


class KnownHead(NamedTuple):
    """A tree head whose signature was checked."""

    size: int
    root: bytes
    signed_at: int
    raw: bytes


class LogCursor(NamedTuple):
    """How far a log was read. `frontier` are the hashes that cover the entries before `position`; None: unknown."""

    log_id: bytes
    name: str
    url: str
    state: FollowState
    position: int
    seen: int
    frontier: bytes | None
    head: KnownHead
    answered_at: int
    problem: str
    problem_at: int | None


class LogStatus(NamedTuple):
    """How far a log was read: `seen`, `missing` and `waiting` entries together are its tree."""

    name: str
    url: str
    log_id: str  # hexadecimal
    state: FollowState
    size: int
    seen: int
    missing: dict[str, int]  # by GapReason
    waiting: int
    signed_at: int
    answered_at: int
    problem: str
    problem_at: int | None


class LogGap(NamedTuple):
    """Entries [first, last) that were not seen; they are asked for again at `next_at`."""

    id: int
    first: int
    last: int
    reason: GapReason
    found_at: int
    tries: int
    next_at: int


class LogFork(NamedTuple):
    """Two signed tree heads of a log that contradict each other, as the log sent them."""

    log_id: bytes
    known: bytes
    other: bytes
    problem: str
    found_at: int


class SiteCandidate(NamedTuple):
    """A name that resembles a brand. `is_within`: the budget of alerts has room for it.

    `is_mention`: the name only mentions the brand; its page is looked at, and nobody is told of it for its name.
    """

    subject: str
    host: str
    brand: str
    score: float
    sentence_zh: str
    sentence_en: str
    evidence: str
    source: str
    reference: str
    seen_at: int
    is_within: bool = True
    id: int = 0
    is_mention: bool = False


class MentionCounts(NamedTuple):
    """Names of one day that mention a brand: found, looked at, and dropped since no look was left for them."""

    found: int
    released: int
    dropped: int


class AlertBudget(NamedTuple):
    """How many candidates a day people look at, of one brand and altogether; `stored` more of a brand are listed.

    What candidates leave of the total is for looks at names that mention a brand, `per_brand` of each at most.
    """

    per_brand: int
    total: int
    stored: int


class SubmittedName(NamedTuple):
    """A name that the site submits to the watch, with its reference at the site and its time (UTC ms)."""

    name: str
    reference: str
    at: int


class DayCount(NamedTuple):
    """Names of one source on one day: all that are hosts, those not seen before, and texts that are no hosts."""

    at: int
    source: str
    names: int
    new: int
    invalid: int
