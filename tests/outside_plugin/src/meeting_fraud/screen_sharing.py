"""Texts that call their reader into an online meeting to share the screen: every code on it is then seen."""

import json
import re
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fanzha.base.clock import span_ms
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.detect import BatchDetector, Example
from meeting_fraud.meeting_number import KIND

ASKS = "共享屏幕|屏幕共享|share (your )?screen"
NUMBER = re.compile(r"(?<!\d)\d{3}[\s-]?\d{3}[\s-]?\d{3,4}(?!\d)", re.ASCII)


class ScreenSharing(BatchDetector):
    """Screen sharing and a meeting number in one text."""

    name = "screen_sharing"
    version = "1"
    title = Words("诱导共享屏幕", "lured into sharing the screen")
    tells = Words("文本要求进入会议并共享屏幕", "a text asks its reader to join a meeting and share the screen")
    reads = ("message",)
    law = ("ATF Art. 34",)
    examples = (
        Example(
            title=Words("客服要求共享屏幕", "customer service asks for the screen"),
            table="message",
            rows=({"text": "退款需核验，请进入会议 482-913-557 并共享屏幕"},),
            finds=({"subject_kind": "meeting_number", "subject": "482913557", "score": 0.7},),
        ),
        Example(
            title=Words("普通会议通知", "an ordinary meeting"),
            table="message",
            rows=({"text": "周会改到三点，会议号 482-913-557，议程见附件"},),
        ),
    )

    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Find the wording in the whole column, the number in what is left."""
        asks = pc.match_substring_regex(batch.column("text"), ASKS, ignore_case=True)
        for row in batch.filter(asks).to_pylist():
            found = NUMBER.search(row["text"])
            if found:
                yield self.claim(row, KIND.normalise(found[0]))

    def claim(self, row: dict[str, Any], number: str) -> Finding:
        """Claim the meeting, not the sender, who is only claimed."""
        moment = int(row["occurred_at"])
        return Finding(
            detector=self.name,
            version=self.version,
            subject_kind=KIND.name,
            subject=number,
            fraud_type="fake_cs",
            score=0.7,
            found_at=moment,
            valid_until=moment + span_ms("7d"),
            reasons_zh=(f"要求进入会议 {KIND.mask(number)} 并共享屏幕",),
            reasons_en=(f"asks to join meeting {KIND.mask(number)} and share the screen",),
            public_zh="该信息要求共享屏幕，请勿照做",
            public_en="this text asks you to share your screen: do not",
            evidence=json.dumps({"text": row["text"]}, ensure_ascii=False),
            event_ids=(str(row["event_id"]),),
            basis=legal_basis(self.law, row["basis"]),
            simulated=row["simulated"],
        )


DETECTOR = ScreenSharing()
