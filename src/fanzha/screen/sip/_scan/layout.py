"""The memory layout of the compiled scan: faults, methods, and the index of each mark."""

from collections.abc import Callable
from typing import cast

import numpy as np

# NumPy integers: numba would compile a specialisation for each plain int.
numbers = cast(Callable[..., tuple[int, ...]], np.arange)

# Faults of a message. Faults up to RESPONSE get no answer.
(
    FINE,
    NOTHING,  # empty lines: a keep-alive (RFC 5626 §4.4.1)
    INCOMPLETE,  # on a stream: more bytes must come
    UNANSWERABLE,  # without a usable Via
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
    REPEATED,  # a unique header field occurs twice, which parsers resolve differently
    BAD_LENGTH,
    TOO_SHORT,  # the body ends before its length
    TOO_LARGE,
    BAD_LINE_END,  # the head contains a lone CR or LF, or has no end
    TOO_MANY_IDENTITIES,
) = numbers(22)

# Methods (RFC 3261 and later registrations), or STATUS_LINE for a response.
INVITE, ACK, CANCEL, OPTIONS, BYE, KNOWN_METHOD, UNKNOWN_METHOD, STATUS_LINE = numbers(1, 9)

#: Maximum bytes of a message: the size of a datagram.
LONGEST = 65_535
#: Maximum bytes of a user part; an escaped number is shorter.
LONGEST_USER = 64
# An output buffer in bytes: the source address as text, space for the first line of an answer, from HEAD the output
# of the scan. No line doubles its length and facts repeat at most the whole message; the rest is for the last lines.
LONGEST_SOURCE, LONGEST_FIRST_LINE, HEAD = 56, 200, 256
BUFFER = HEAD + 5 * 65_536
#: Distance of buffers; no multiple of the page size, so that messages do not share cache lines.
BUFFER_STRIDE = BUFFER + 65 * 64

# The encoded listener: one byte per option, then the names, each preceded by its length.
STREAM, TRUSTED, TRUNK_FROM = 0, 1, 2
TRUNK_NAME, ATTESTATION_NAME = 3, 72
READS_SIGNATURES = 141  # whether Identity (RFC 8224) is read
CONFIG = 144
NO_TRUNK, FIXED_TRUNK, HEADER_TRUNK, GROUP_TRUNK = 0, 1, 2, 3

# Marks that Python reads. buffer[HEAD:HEAD_END] has the header fields of every answer, then the Request-URI as
# Contact up to CONTACT_END, then the facts, NUL between them, up to FACTS_END, then the values of Identity, NUL between
# them, up to SIGNATURES_END.
FAULT, METHOD, TAGGED, HEAD_END, CONTACT_END, FACTS_END, REPLY_PORT, MESSAGE_END, SIGNATURES_END = (
    0, 1, 2, 3, 4, 5, 6, 7, 8,
)  # fmt: skip
RESULT_MARKS = 9
# Marks that Python writes: start and end of the answer in the buffer; end 0 for none.
ANSWER, ANSWER_END = 9, 10

# Marks that only the kernels read.
SIGNATURE_COUNT = 11
WRITTEN, PRIVATE, BRANCH_START, BRANCH_END, VIA_READ = 12, 13, 14, 15, 16
TARGET_START, TARGET_STOP = 17, 18  # spans of the data, like all that follow
FROM_TAG, FROM_TAG_END = 19, 20
# Users of URIs, each as SPAN marks: start and end of the user, end of its parameters.
FROM_USER, ASSERTED_USER, CALLEE_USER = numbers(21, 30, 3)
ASSERTED_NUMBER = 30  # whether the asserted user looks like a number
CLAIM_COUNT, DIVERSION_COUNT = 31, 32
#: Further identities of the caller that are read, and users of diversions; more identities are a fault.
MAX_CLAIMS, MAX_DIVERSIONS, SPAN = 8, 16, 3
CLAIMS, DIVERSIONS = numbers(33, 34 + SPAN * MAX_CLAIMS, SPAN * MAX_CLAIMS)  # spans
#: Values of Identity that are read, each marked by its start and end; more are a fault.
MAX_SIGNATURES = 8
SIGNATURES = int(DIVERSIONS) + SPAN * MAX_DIVERSIONS
FIELDS = 17
STARTS = SIGNATURES + 2 * MAX_SIGNATURES  # per header field: start of its first value
ENDS, COUNTS = STARTS + FIELDS, STARTS + 2 * FIELDS  # its end, and the number of occurrences
CLEARED = STARTS + 3 * FIELDS  # marks up to here begin at 0; those after it are set before a scan
CONFIG_ADDRESS, BUFFER_ADDRESS, SOURCE_LENGTH, SOURCE_PORT = CLEARED, CLEARED + 1, CLEARED + 2, CLEARED + 3
MARKS = CLEARED + 4

#: Separates the values of a fact that is a list; values contain no control characters.
SEPARATOR = 31

# Header fields.
(
    OTHER, VIA, FROM, TO, CALL_ID, CSEQ, CONTACT, CONTENT_LENGTH,
    ASSERTED, PRIVACY, DIVERSION, HISTORY, TRUNK, ATTESTATION, REMOTE_PARTY, CONTENT_TYPE, SIGNATURE,
) = numbers(FIELDS)  # fmt: skip
