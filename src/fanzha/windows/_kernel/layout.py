"""Where everything stands in a family's arrays; naming fanzha.base.kernels makes this file part of the cache's name.

A family is the facts of one source by one set of key columns: a log (a ring of entries, oldest first), rows (one a key,
with all its aggregates), two hash tables (keys -> row, pairs of row and item -> the item's latest entry), a plan (what
to keep), a state (counters) and a scratch (the fact at hand). All are flat arrays of int64. A log position counts from
the first entry ever; its place in the ring is the position modulo the ring's size, a power of two.
"""

UNKNOWN = -(1 << 63)  # as in fanzha.windows.facts, whose change would not renew the cache
NONE = -1  # no row, no position, an empty slot
LOW = 0xFFFF_FFFF  # the lower half of a word

# the directory: (address, size) of each array of each family
PLAN, STATE, LOG, ROWS, KEYS, PAIRS, SCRATCH = range(0, 14, 2)
DIRECTORY_WIDTH = 14

# the state of a family
OLDEST, NEXT, ROWS_USED, FREE_ROW, LIVE_KEYS, LIVE_PAIRS, SEED = range(7)
STATE_WIDTH = 8

# words of an entry; after VALUES one word for each slot, then one for each extreme (latest and next of its queue)
MOMENT, PLACE, LINK, FLAGS, VALUES = range(5)
# LINK is row << 32 | next of the key (itself: none); FLAGS is previous of the key << 32 | mask << 16 | these
EVICTED, FORGOTTEN, LATER = 1, 2, 4  # LATER << d: a later entry of the same key has the same item d
MASK_SHIFT = 16
MOST_GATES, MOST_ITEMS = 16, 8

# numbers at the head of a plan, then where its tables begin
(
    KEY_PARTS,
    GATE_COUNT,
    SLOT_COUNT,
    ITEM_COUNT,
    SPAN_COUNT,
    LAST_COUNT,
    AGE_COUNT,
    EXTREME_COUNT,
    VIEW_COUNT,
    OUTPUT_COUNT,
    KIND_COUNT,
    DAILY,
    ROW_WIDTH,
    ENTRY_WIDTH,
    OUT_BASE,
    LONGEST,
    TAIL,
    KEY_TABLE,  # column
    GATE_TABLE,  # column, or NONE for every fact
    SLOT_TABLE,  # fill, bit, column
    ITEM_TABLE,  # slot
    SPAN_TABLE,  # ms, word of the row that holds the head, where its sums begin in the plan and where they end
    SUM_TABLE,  # form, bit or slot or item, word of the row
    LAST_TABLE,  # bit, word of the row
    AGE_TABLE,  # bit, ms, word of the row (first seen; last seen is the next)
    EXTREME_TABLE,  # slot, ms, 1 for least or -1 for greatest, word of the row (front; back is next), of the entry
    VIEW_TABLE,  # 1 when its columns are the key's, then its columns
    OUTPUT_TABLE,  # view, form, word of the row, ms, slot
    ROLE_TABLE,  # by kind: SELECTS | ASKS
    VIEW_ASKED_TABLE,  # by kind, by view: 1 when it is asked
    ORDER_TABLE,  # by kind: how many are told before the fact is taken in, how many after, then all outputs in order
    PLAN_HEAD,
) = range(32)

SLOT_WIDTH, SPAN_WIDTH, SUM_WIDTH, LAST_WIDTH, AGE_WIDTH, EXTREME_WIDTH, OUTPUT_WIDTH = 3, 4, 3, 2, 3, 5, 5

SELECTS, ASKS = 1, 2

# how a slot is filled from its column; all but the first are for days, whose entries stand for many facts
AS_IT_IS, ADDED, LEAST, GREATEST, COUNTED = range(5)

# forms of sums
COUNT, SUM, DISTINCT = range(3)

# forms of outputs
AGGREGATE, EXTREME, SINCE_LAST, SINCE_FIRST = range(4)
