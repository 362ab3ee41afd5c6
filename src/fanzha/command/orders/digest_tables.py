"""The tables of the exchange of orders whose rows are on record, with the columns that are hashed.

Columns that every attempt to send changes are left out: attempts, problem, last time. Of an endpoint, the address and
keys are hashed, not the numbers of the newest files. Of a target, the digest of its value is hashed, so that the value
can be erased.
"""

from fanzha.base.words import Words
from fanzha.command.audit.selectors import DigestTable

TARGETS = DigestTable(
    "orders.OrderTarget",
    ("instance_id", "place", "kind", "thing", "action", "state", "reason", "step", "changed_at"),
    Words("处置对象", "targets of orders"),
)
SENDINGS = DigestTable(
    "orders.Sending",
    (
        "item_id", "instance_id", "leg", "receiver_id", "endpoint_id", "channel", "is_undo", "state", "began_at",
        "sent_at", "content_digest", "file_name", "file_body",
    ),
    Words("派发记录", "sendings of orders"),
)  # fmt: skip
MESSAGES = DigestTable(
    "orders.ReceivedMessage",
    ("endpoint_id", "way", "name", "sequence", "outcome", "reason_zh", "reason_en", "used", "rejected", "at"),
    Words("收到的回执", "messages of receivers"),
)
ANSWERS = DigestTable(
    "orders.ReceivedAnswer",
    ("message_id", "place", "leg", "state", "is_undo", "outcome", "reason_zh", "reason_en"),
    Words("回执中的答复", "answers of receivers"),
)
ANSWERED_TARGETS = DigestTable(
    "orders.AnsweredTarget",
    ("leg_id", "is_undo", "place", "state", "at"),
    Words("各对象的答复状态", "answers on single targets"),
)
ENDPOINTS = DigestTable(
    "orders.Endpoint",
    ("ref", "owner_id", "channel", "address", "their_keys", "secret_file", "generation", "is_active"),
    Words("派发渠道", "endpoints of receivers"),
)
MEASUREMENTS = DigestTable(
    "orders.Measurement",
    ("instance_id", "owner_id", "person_id", "kind", "value", "told", "at"),
    Words("效果验证", "measurements"),
)

TABLES = (TARGETS, SENDINGS, MESSAGES, ANSWERS, ANSWERED_TARGETS, ENDPOINTS, MEASUREMENTS)
