"""Fraud type of conversations and cases, from their first turns on; the text so far is stored between batches."""

from collections.abc import Iterable
from copy import copy
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.detect import Detector, Session
from fanzha.detect._text.examples import CONVERSATIONS
from fanzha.detect._text.explain import DAY_MS
from fanzha.learn.fragments import Fragment
from fanzha.models.transcript import FRAUD_TYPE_OF, MODEL, FittedTranscript, strip_speakers

CHANNELS = ("call_transcript", "case", "report", "chat")
MIN_PROBABILITY = 0.9  # that it is fraud of any kind
MAX_CHARACTERS = 4_000  # stored of a conversation
MAX_CONVERSATIONS = 100_000  # stored; the one silent longest is evicted first
VALID_DAYS = 30
SCORE_BATCH = 1_000  # texts scored at once; each contains the conversation so far
LAW = ("ATF Art. 26", "ATF Art. 34")
PUBLIC = Words(
    "这段会话的内容与已知诈骗相似，已列入人工核查。如有异议，可以申诉。",
    "This conversation resembles known fraud; people will check it. You can appeal.",
)


class Conversation(msgspec.Struct, rename={"is_reported": "told"}):  # name in saved states
    """The text of one conversation so far."""

    text: str = ""
    turns: int = 0
    is_reported: bool = False
    simulated: bool = False  # whether any turn is simulated
    bases: list[str] = []  # legal bases declared by the sources of the turns


class FraudTypeDetector(Detector):
    """Scores a conversation again with every turn and reports it once, when the probability suffices."""

    name = "fraud-type"
    version = "1"
    title = Words("诈骗类型", "fraud type")
    tells = Words(
        "通话转写、案情和举报文本属于哪一类诈骗，前几轮对话即可判断；训练用的对话多为合成，结果仅供核查。",
        "Which fraud a call transcript, a case or a report is, from its first turns on. The training conversations "
        "are mostly synthetic: a lead to check, no more.",
    )
    reads = ("message",)
    law = LAW
    examples = CONVERSATIONS

    def open(self, saved: bytes = b"") -> Session:
        """Start a session, or resume a saved one."""
        conversations = msgspec.msgpack.decode(saved, type=dict[str, Conversation]) if saved else {}
        return ConversationSession(self, conversations)

    @cached_property
    def fitted(self) -> FittedTranscript:
        """The shipped model."""
        return MODEL.load()


class ConversationSession(Session):
    """Stores conversations; those with turns in a batch are scored together."""

    def __init__(self, detector: FraudTypeDetector, conversations: dict[str, Conversation]) -> None:
        self._detector = detector
        self._conversations = conversations

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Add the turns of a batch; return findings of the conversations that now suffice."""
        channels = np.array(batch.column("channel").to_pylist(), dtype=object)
        rows = batch.take(pa.array(np.flatnonzero(np.isin(channels, CHANNELS)).tolist(), pa.int64())).to_pylist()
        turns: list[tuple[Conversation, Conversation, dict[str, Any]]] = []  # conversation, its state at this turn, row
        for row in rows:
            conversation = self._conversation(_conversation_id(row))
            if conversation.is_reported:
                continue
            conversation.text = f"{conversation.text}\n{strip_speakers(row['text'])}".strip()[:MAX_CHARACTERS]
            conversation.turns += 1
            conversation.simulated |= row["simulated"]
            conversation.bases = sorted({*conversation.bases, row["basis"] or ""})
            turns.append((conversation, copy(conversation), row))
        findings: list[Finding] = []
        for start in range(0, len(turns), SCORE_BATCH):
            findings += self._judge(turns[start : start + SCORE_BATCH])
        return findings

    def _judge(self, turns: list[tuple[Conversation, Conversation, dict[str, Any]]]) -> list[Finding]:
        """Score turns, each with the conversation up to it, and return findings of those that suffice."""
        fitted = self._detector.fitted
        shares = fitted.score(pa.table({"text": [snapshot.text for _, snapshot, _ in turns]}))
        is_fraud = np.array([name in FRAUD_TYPE_OF for name in fitted.classes])
        probability = shares[:, is_fraud].sum(axis=1)
        best = np.argmax(np.where(is_fraud, shares, -1.0), axis=1)
        findings = []
        for index in np.flatnonzero(probability >= MIN_PROBABILITY):
            conversation, snapshot, row = turns[index]
            if not conversation.is_reported:
                conversation.is_reported = True
                fraud_type = FRAUD_TYPE_OF[fitted.classes[best[index]]]
                fragments = fitted.fragments(snapshot.text, of=int(best[index]))
                findings.append(self._finding(row, snapshot, fraud_type, float(probability[index]), fragments))
        return findings

    def save(self) -> bytes:
        """Return the conversations so far."""
        return msgspec.msgpack.encode(self._conversations)

    def _conversation(self, name: str) -> Conversation:
        conversation = self._conversations.pop(name, None) or Conversation()
        self._conversations[name] = conversation  # the most recent one is last
        if len(self._conversations) > MAX_CONVERSATIONS:
            del self._conversations[next(iter(self._conversations))]
        return conversation

    def _finding(
        self,
        row: dict[str, Any],
        conversation: Conversation,
        fraud_type: str,
        probability: float,
        fragments: list[Fragment],
    ) -> Finding:
        turns = _reasons(fraud_type, probability, conversation.turns, fragments)
        found_at = int(row["occurred_at"])
        evidence = {
            "text": mask_numbers(conversation.text)[:300],
            "turns": conversation.turns,
            "fraud_probability": round(probability, 4),
            "pieces": {fragment.text: round(fragment.adds, 3) for fragment in fragments},
            "channel": row["channel"],
        }
        return Finding(
            detector=self._detector.name,
            version=self._detector.version,
            subject_kind="call" if row["channel"] == "call_transcript" else "conversation",
            subject=_conversation_id(row),
            fraud_type=fraud_type,
            score=round(probability, 4),
            found_at=found_at,
            valid_until=found_at + VALID_DAYS * DAY_MS,
            reasons_zh=tuple(words.zh for words in turns),
            reasons_en=tuple(words.en for words in turns),
            public_zh=PUBLIC.zh,
            public_en=PUBLIC.en,
            evidence=msgspec.json.encode(evidence).decode(),
            event_ids=(row["event_id"],),
            basis=legal_basis(LAW, *conversation.bases),
            simulated=conversation.simulated,
            service=row["channel"],
            ingress=row["ingress"] or "",
        )


def _conversation_id(row: dict[str, Any]) -> str:
    """Return the conversation's identifier, which includes the source."""

    return f"{row['source']}/{row['conversation']}" if row["conversation"] else str(row["event_id"])


def _reasons(fraud_type: str, probability: float, turns: int, fragments: list[Fragment]) -> list[Words]:
    type_name = FRAUD_TYPES[fraud_type]
    pieces_zh = "、".join(f"“{fragment.text}”" for fragment in fragments) or "无"
    pieces_en = ", ".join(f"“{fragment.text}”" for fragment in fragments) or "none"
    return [
        Words(
            f"到第 {turns} 段为止，是诈骗的概率 {probability:.2f}，最像“{type_name.zh}”",
            f"up to part {turns} it is fraud with probability {probability:.2f}, most like: {type_name.en}",
        ),
        Words(f"最能说明的片段：{pieces_zh}", f"most telling pieces: {pieces_en}"),
    ]


DETECTOR = FraudTypeDetector()
