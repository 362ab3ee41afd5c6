"""Layout of a family's arrays. Mentioning fanzha.base.kernels includes this file in the name of the cache.

A family is the facts of one source by one set of key columns: a log (a ring of entries, oldest first), rows (one a key,
with all its aggregates), two hash tables (keys -> row, pairs of row and item -> the item's latest entry), a plan (what
to keep), a state (counters) and a scratch (the fact at hand). All are flat arrays of int64. A log position counts from
the first entry ever; its place in the ring is the position modulo the ring's size, a power of two.
"""

UNKNOWN = -(1 << 63)  # as in fanzha.windows.facts, whose change would not renew the cache
NONE = -1  # no position, an empty slot
NOTHING, NOT_KNOWN, ROWS_BEFORE = 0, 1, 2  # rows without a key: for a key without facts, for an unknown key
LOW = 0xFFFF_FFFF  # the lower half of a word

# the directory: the address of each array of each family
PLAN, STATE, LOG, ROWS, KEYS, PAIRS, SCRATCH, DIRECTORY_WIDTH = range(8)

# the state of a family; the last four tell how large its arrays are: ring and slots less one, a power of two
OLDEST, NEXT, ROWS_USED, FREE_ROW, LIVE_KEYS, LIVE_PAIRS, SEED, RING, ROW_ROOM, KEYS_LAST, PAIRS_LAST, STATE_WIDTH = (
    range(12)
)

# words of an entry; after VALUES one word for each slot, then one for each extreme (latest and next of its queue)
MOMENT, PLACE, LINK, FLAGS, VALUES = range(5)
# LINK is row << 32 | next of the key (itself: none); FLAGS is previous of the key << 32 | gates << 16 | these
EVICTED, FORGOTTEN, LATER = 1, 2, 4  # LATER << d: a later entry of the same key has the same item d
LATER_BIT, MASK_BIT = 2, 16
MOST_GATES, MOST_ITEMS = 16, 8

# numbers at the head of a plan, then where its tables begin
(
    KEY_PARTS,
    SLOT_COUNT,
    ITEM_COUNT,
    SPAN_COUNT,
    LAST_COUNT,
    AGE_COUNT,
    LATEST_COUNT,
    EXTREME_COUNT,
    VIEW_COUNT,
    OUTPUT_COUNT,
    DAILY,
    ROW_WIDTH,
    ENTRY_WIDTH,
    OUT_BASE,
    LONGEST,  # the longest span, ms
    TAIL,  # word of the row: the key's latest entry
    ALWAYS,  # mask of the gate that lets every fact pass, 0 without such a gate
    GATE_COUNT,  # other gates
    KEY_TABLE,  # column
    GATE_TABLE,  # bit, column
    SLOT_TABLE,  # fill, bit, column
    ITEM_TABLE,  # slot
    SPAN_TABLE,  # ms, word of the row (moment of the head, head, then its sums), where its sums begin and end here
    SUM_TABLE,  # form, bit of the flags or slot, word of the row, bit of the flags that says LATER
    LAST_TABLE,  # bit, word of the row
    AGE_TABLE,  # bit, ms, word of the row (first seen; last seen is the next)
    LATEST_TABLE,  # slot, word of the row (moment of the latest value; the value is next)
    EXTREME_TABLE,  # slot, ms, 1 for least or -1 for greatest, word of the row (front; back is next), of the entry
    VIEW_TABLE,  # 1 when its columns are the key's, then its columns
    ROLE_TABLE,  # by kind: SELECTS | ASKS, and the offset of its request in the plan:
    # numbers of aggregates and other outputs before the fact is added, numbers of both after it, number of outputs
    # not requested; for aggregates number, view, word of the row; for others also form, ms, slot; for the rest
    # the number; before all this 1 for each view that is requested
    PLAN_HEAD,
) = range(31)

SPAN_WIDTH, SUM_WIDTH, GATE_WIDTH, SLOT_WIDTH, LAST_WIDTH, AGE_WIDTH, EXTREME_WIDTH = 4, 4, 2, 3, 2, 3, 5
LATEST_WIDTH = 2
AGGREGATE_WIDTH, OTHER_WIDTH = 3, 6

NEVER = (1 << 63) - 1  # the moment of the head of an empty span

SELECTS, ASKS = 1, 2
ROLE_BITS, FAMILIES_PER_WORD = 2, 32  # of the words that restrict the roles of facts

BLOCK, FEW = 32, 4  # facts prefetched together; up to FEW facts are not prefetched

# how a slot is filled from its column; all but the first are for daily logs, whose entries combine facts
AS_IT_IS, ADDED, LEAST, GREATEST, COUNTED = range(5)

# forms of sums
COUNT, SUM, DISTINCT = range(3)

# forms of other outputs
EXTREME, SINCE_LAST, SINCE_FIRST, LATEST = range(4)
