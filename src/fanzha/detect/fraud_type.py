"""Which fraud a conversation or case is, from its first turns on; what was said so far is kept between batches."""

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
from fanzha.detect._detector import Detector, Session
from fanzha.detect._text.examples import CONVERSATIONS
from fanzha.detect._text.telling import DAY_MS
from fanzha.learn.fragments import Fragment
from fanzha.models.transcript import FRAUD_TYPE_OF, MODEL, FittedTranscript, plain

CHANNELS = ("call_transcript", "case", "report", "chat")
SURE = 0.9  # probability that it is fraud of any kind
LONGEST = 4_000  # characters kept of a conversation
MOST = 100_000  # conversations kept; the one silent longest is forgotten first
VALID_DAYS = 30
TOGETHER = 1_000  # texts scored at once: each holds all that was said so far
LAW = ("ATF Art. 26", "ATF Art. 34")
PUBLIC = Words(
    "这段会话的内容与已知诈骗相似，已列入人工核查。如有异议，可以申诉。",
    "This conversation resembles known fraud; people will check it. You can appeal.",
)


class Talk(msgspec.Struct):
    """What was said so far in one conversation."""

    text: str = ""
    turns: int = 0
    told: bool = False
    simulated: bool = False  # any turn was made up
    bases: list[str] = []  # what the turns' source declared


class FraudType(Detector):
    """Judges each conversation anew with every turn and tells it once, as soon as it is sure."""

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
        """Start, or go on with the conversations of a saved session."""
        talks = msgspec.msgpack.decode(saved, type=dict[str, Talk]) if saved else {}
        return Listening(self, talks)

    @cached_property
    def fitted(self) -> FittedTranscript:
        """The shipped model."""
        return MODEL.load()


class Listening(Session):
    """Keeps what was said; all conversations that a batch touches are scored together."""

    def __init__(self, detector: FraudType, talks: dict[str, Talk]) -> None:
        self._detector = detector
        self._talks = talks

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Add the turns of a batch and tell the conversations that have become sure."""
        channels = np.array(batch.column("channel").to_pylist(), dtype=object)
        rows = batch.take(pa.array(np.flatnonzero(np.isin(channels, CHANNELS)).tolist(), pa.int64())).to_pylist()
        said: list[tuple[Talk, Talk, dict[str, Any]]] = []  # the talk, as it was at this turn, and the turn
        for row in rows:
            talk = self._talk(_name(row))
            if talk.told:
                continue
            talk.text = f"{talk.text}\n{plain(row['text'])}".strip()[:LONGEST]
            talk.turns += 1
            talk.simulated |= row["simulated"]
            talk.bases = sorted({*talk.bases, row["basis"] or ""})
            said.append((talk, copy(talk), row))
        found: list[Finding] = []
        for start in range(0, len(said), TOGETHER):
            found += self._judge(said[start : start + TOGETHER])
        return found

    def _judge(self, said: list[tuple[Talk, Talk, dict[str, Any]]]) -> list[Finding]:
        """Score some turns, each with all that was said before it, and tell the conversations that are sure."""
        fitted = self._detector.fitted
        shares = fitted.score(pa.table({"text": [so_far.text for _, so_far, _ in said]}))
        frauds = np.array([name in FRAUD_TYPE_OF for name in fitted.classes])
        sure = shares[:, frauds].sum(axis=1)
        best = np.argmax(np.where(frauds, shares, -1.0), axis=1)
        found = []
        for number in np.flatnonzero(sure >= SURE):
            talk, so_far, row = said[number]
            if not talk.told:
                talk.told = True
                kind = FRAUD_TYPE_OF[fitted.classes[best[number]]]
                pieces = fitted.fragments(so_far.text, of=int(best[number]))
                found.append(self._finding(row, so_far, kind, float(sure[number]), pieces))
        return found

    def save(self) -> bytes:
        """Return what was said so far."""
        return msgspec.msgpack.encode(self._talks)

    def _talk(self, name: str) -> Talk:
        talk = self._talks.pop(name, None) or Talk()
        self._talks[name] = talk  # the one spoken last stands last
        if len(self._talks) > MOST:
            del self._talks[next(iter(self._talks))]
        return talk

    def _finding(self, row: dict[str, Any], talk: Talk, kind: str, sure: float, pieces: list[Fragment]) -> Finding:
        said = _reasons(kind, sure, talk.turns, pieces)
        moment = int(row["occurred_at"])
        known = {
            "text": mask_numbers(talk.text)[:300],
            "turns": talk.turns,
            "fraud_probability": round(sure, 4),
            "pieces": {one.text: round(one.adds, 3) for one in pieces},
            "channel": row["channel"],
        }
        return Finding(
            detector=self._detector.name,
            version=self._detector.version,
            subject_kind="call" if row["channel"] == "call_transcript" else "conversation",
            subject=_name(row),
            fraud_type=kind,
            score=round(sure, 4),
            found_at=moment,
            valid_until=moment + VALID_DAYS * DAY_MS,
            reasons_zh=tuple(words.zh for words in said),
            reasons_en=tuple(words.en for words in said),
            public_zh=PUBLIC.zh,
            public_en=PUBLIC.en,
            evidence=msgspec.json.encode(known).decode(),
            event_ids=(row["event_id"],),
            basis=legal_basis(LAW, *talk.bases),
            simulated=talk.simulated,
            service=row["channel"],
            ingress=row["ingress"] or "",
        )


def _name(row: dict[str, Any]) -> str:
    """Return the conversation's name: two sources may both have a conversation 1."""
    return f"{row['source']}/{row['conversation']}" if row["conversation"] else str(row["event_id"])


def _reasons(kind: str, sure: float, turns: int, pieces: list[Fragment]) -> list[Words]:
    named = FRAUD_TYPES[kind]
    shown_zh = "、".join(f"“{one.text}”" for one in pieces) or "无"
    shown_en = ", ".join(f"“{one.text}”" for one in pieces) or "none"
    return [
        Words(
            f"到第 {turns} 段为止，是诈骗的概率 {sure:.2f}，最像“{named.zh}”",
            f"up to part {turns} it is fraud with probability {sure:.2f}, most like: {named.en}",
        ),
        Words(f"最能说明的片段：{shown_zh}", f"most telling pieces: {shown_en}"),
    ]


DETECTOR = FraudType()
