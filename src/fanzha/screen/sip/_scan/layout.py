"""What the compiled scan hands over: faults, methods, and where each mark stands in the array of marks."""

from collections.abc import Callable
from typing import cast

import numpy as np

# Numbers of numpy: for each plain one that is handed over numba would compile a loop anew.
numbers = cast(Callable[..., tuple[int, ...]], np.arange)

# Why a message is no ordinary request. Nothing is answered up to RESPONSE.
(
    FINE,
    NOTHING,  # empty lines: a keep-alive (RFC 5626 §4.4.1)
    INCOMPLETE,  # on a stream: more bytes must come
    UNANSWERABLE,  # no Via to answer by
    RESPONSE,
    BAD_REQUEST_LINE,
    BAD_VERSION,
    BAD_TARGET,
    BAD_SCHEME,
    BAD_HEADER,
    BAD_VIA,
    BAD_FROM,
    BAD_TO,
    BAD_CALL_ID,
    BAD_CSEQ,
    OTHER_METHOD,  # CSeq names another method than the first line
    REPEATED,  # a header field that stands once stands twice: parsers would differ on which one counts
    BAD_LENGTH,
    TOO_SHORT,  # the body ends before its length
    TOO_LARGE,
    BAD_LINE_END,  # the head holds a CR or LF alone, or has no end
) = numbers(21)

# What a request asks (RFC 3261, and the methods registered since), or that it is a response.
INVITE, ACK, CANCEL, OPTIONS, BYE, KNOWN_METHOD, UNKNOWN_METHOD, STATUS_LINE = numbers(1, 9)

#: The longest message that is read, in bytes: what a datagram holds.
LONGEST = 65_535
#: The longest user part of an address that is told, in bytes: a number with its escapes is shorter.
LONGEST_USER = 64
# A room, in bytes: the source address as text, free space for the first line of an answer, and from HEAD what the scan
# writes. No line grows to twice its length, and facts repeat at most the whole message; the rest is for the last lines.
LONGEST_SOURCE, LONGEST_FIRST_LINE, HEAD = 56, 200, 256
ROOM = HEAD + 5 * 65_536
#: Rooms lie so far apart, no whole number of pages: else all messages fell on the same lines of the cache.
ROOM_APART = ROOM + 65 * 64

# What the listener asks for, one byte each; then the names, each at its place, with its length before it.
STREAM, TRUSTED, TRUNK_FROM = 0, 1, 2
TRUNK_NAME, ATTESTATION_NAME = 3, 72
ASKS = 144
NO_TRUNK, FIXED_TRUNK, HEADER_TRUNK, GROUP_TRUNK = 0, 1, 2, 3

# Marks that Python reads. room[HEAD:HEAD_END] are the header fields that every answer repeats, then the Request-URI as
# Contact up to CONTACT_END, then the facts, NUL between them, up to FACTS_END.
FAULT, METHOD, TAGGED, HEAD_END, CONTACT_END, FACTS_END, REPLY_PORT, MESSAGE_END = 0, 1, 2, 3, 4, 5, 6, 7
TOLD = 8
# Marks that Python writes: where in the room the answer starts and ends; it ends at 0 where there is none.
ANSWER, ANSWER_END = 8, 9

# Marks that only the loops read.
WRITTEN, PRIVATE, BRANCH_START, BRANCH_END, VIA_READ = 12, 13, 14, 15, 16
TARGET_START, TARGET_STOP = 17, 18  # spans of the data, like all that follow
FROM_USER, FROM_USER_END, FROM_TAG, FROM_TAG_END = 19, 20, 21, 22
ASSERTED_USER, ASSERTED_END, ASSERTED_NUMBER = 23, 24, 25
STARTS, ENDS, COUNTS = 26, 40, 54  # of each header field: where its first value starts and ends, how often it stood
CLEARED = 68  # marks up to here begin at 0; those after it are set before a scan
ASKS_ADDRESS, ROOM_ADDRESS, SOURCE_LENGTH, SOURCE_PORT = 68, 69, 70, 71
MARKS = 72

# Header fields.
(
    OTHER, VIA, FROM, TO, CALL_ID, CSEQ, CONTACT, CONTENT_LENGTH,
    ASSERTED, PRIVACY, DIVERSION, HISTORY, TRUNK, ATTESTATION,
) = numbers(14)  # fmt: skip
