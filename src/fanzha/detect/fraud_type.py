"""Frauds in conversations and cases, from their first turns on; the text so far is stored between batches."""

from collections.abc import Iterable
from copy import copy
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words, enumerate_english
from fanzha.claims import Finding, legal_basis
from fanzha.detect import Detector, Session
from fanzha.detect._text.examples import CONVERSATIONS
from fanzha.detect._text.explain import DAY_MS, MAX_DEMANDS, describe_likeness, describe_type
from fanzha.learn.fragments import Fragment, mask_fragments
from fanzha.models.message_type import MODEL as TYPES
from fanzha.models.message_type import FittedType, TypeGuess
from fanzha.models.transcript import FIRST_TURNS, MODEL, FittedTranscript, TurnScore, split_turns, strip_speakers

CHANNELS = ("call_transcript", "case", "report", "chat")
MAX_CHARACTERS = 4_000  # stored of a conversation
MAX_TURNS = 60  # scored one by one for a finding; later turns are scored together with the last of them
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
    version = "2"
    title = Words("诈骗类型", "Fraud type")
    tells = Words(
        "判断通话转写、平台会话、案情和举报文本是否涉及诈骗、属于哪一类型；把握不足时标注“类型不确定”。给出前两轮"
        "及此后每一轮的评分和已提出的要求。训练所用对话多为合成或虚构，结果仅供核查。",
        "This detector judges whether a call transcript, a chat, a case or a report is fraud and of which type, or "
        "says “type not sure”. It gives the score and the demands so far after the first two turns and after each "
        "later turn. The training conversations are mostly synthetic or made up, so a result is only a lead to check.",
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
        """The shipped model of fraud or not."""
        return MODEL.load()

    @cached_property
    def threshold(self) -> float:
        """The probability from which a conversation is reported: at most 1 % false alarms in each source."""
        return MODEL.card().thresholds["1pct"]

    @cached_property
    def types(self) -> FittedType:
        """The shipped model of types."""
        return TYPES.load()

    @cached_property
    def sure_from(self) -> float:
        """The share from which a type is named."""
        return TYPES.sure_from()

    def score_turns(self, text: str) -> list[TurnScore]:
        """Return the score and the demands so far after each turn of a conversation, a turn a line."""
        return self.fitted.score_turns(_first_lines(split_turns(text)))


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
        probabilities = fitted.score(pa.table({"text": [snapshot.text for _, snapshot, _ in turns]}))
        found: list[tuple[Conversation, dict[str, Any], float]] = []
        for index in np.flatnonzero(probabilities >= self._detector.threshold).tolist():
            conversation, snapshot, row = turns[index]
            if not conversation.is_reported:
                conversation.is_reported = True
                found.append((snapshot, row, float(probabilities[index])))
        guesses = self._detector.types.guess([snapshot.text for snapshot, _, _ in found], self._detector.sure_from)
        return [
            self._finding(row, snapshot, guess, probability)
            for (snapshot, row, probability), guess in zip(found, guesses, strict=True)
        ]

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
        self, row: dict[str, Any], conversation: Conversation, guess: TypeGuess, probability: float
    ) -> Finding:
        fragments = mask_fragments(self._detector.fitted.fragments(conversation.text), conversation.text)
        turns = self._detector.score_turns(conversation.text)
        reasons, sentence = _reasons(guess, probability, turns, fragments), _sentence(row["channel"], guess, turns)
        found_at = int(row["occurred_at"])
        evidence = {
            "text": mask_numbers(conversation.text)[:300],
            "turns": conversation.turns,
            "fraud_probability": round(probability, 4),
            "probability_by_turn": [round(turn.probability, 4) for turn in turns],
            "demands": {demand.kind: mask_numbers(demand.phrase) for demand in turns[-1].demands} if turns else {},
            "closest_type": guess.fraud_type,
            "type_share": round(guess.share, 4),
            "pieces": {fragment.text: round(fragment.adds, 3) for fragment in fragments},
            "channel": row["channel"],
        }
        return Finding(
            detector=self._detector.name,
            version=self._detector.version,
            subject_kind="call" if row["channel"] == "call_transcript" else "conversation",
            subject=_conversation_id(row),
            fraud_type=guess.reported_type,
            score=round(probability, 4),
            found_at=found_at,
            valid_until=found_at + VALID_DAYS * DAY_MS,
            sentence_zh=sentence.zh,
            sentence_en=sentence.en,
            reasons_zh=tuple(words.zh for words in reasons),
            reasons_en=tuple(words.en for words in reasons),
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


def _first_lines(turns: list[str]) -> list[str]:
    """Return the turns, those beyond `MAX_TURNS` joined to the last."""
    return turns if len(turns) <= MAX_TURNS else [*turns[: MAX_TURNS - 1], "\n".join(turns[MAX_TURNS - 1 :])]


def _sentence(channel: str, guess: TypeGuess, turns: list[TurnScore]) -> Words:
    """Return what was seen: the likeliest type of fraud, how far the talk had come, and what was demanded by then."""
    likeness, demands = describe_likeness(guess), turns[-1].demands[:MAX_DEMANDS] if turns else ()
    zh, en = ("通话", "call") if channel == "call_transcript" else ("会话", "conversation")
    zh, en = f"到第 {len(turns)} 轮，这段{zh}{likeness.zh}", f"By turn {len(turns)} this {en} {likeness.en}"
    if demands:
        zh = f"{zh}：{'；'.join(demand.title.zh for demand in demands)}"
        en = f"{en}: it {enumerate_english([demand.title.en for demand in demands])}"
    return Words(f"{zh}。", f"{en}.")


def _reasons(guess: TypeGuess, probability: float, turns: list[TurnScore], fragments: list[Fragment]) -> list[Words]:
    """Return the reasons: the score so far, the type, the demands so far and the fragments with the greatest weight."""
    reasons = [_describe_score(probability, turns), describe_type(guess)]
    demands = turns[-1].demands if turns else ()
    if demands:
        zh, en = "、".join(demand.title.zh for demand in demands), ", ".join(demand.title.en for demand in demands)
        reasons.append(Words(f"到此为止的要求：{zh}", f"demands so far: {en}"))
    pieces_zh = "、".join(f"“{fragment.text}”" for fragment in fragments) or "无"
    pieces_en = ", ".join(f"“{fragment.text}”" for fragment in fragments) or "none"
    return [*reasons, Words(f"最能说明的片段：{pieces_zh}", f"most telling pieces: {pieces_en}")]


def _describe_score(probability: float, turns: list[TurnScore]) -> Words:
    zh, en = (
        f"到第 {len(turns)} 轮为止，是诈骗的概率 {probability:.2f}",
        f"up to turn {len(turns)} it is fraud with probability {probability:.2f}",
    )
    if len(turns) > FIRST_TURNS:
        first = turns[FIRST_TURNS - 1].probability
        zh, en = f"{zh}（前 {FIRST_TURNS} 轮 {first:.2f}）", f"{en} (after {FIRST_TURNS} turns {first:.2f})"
    return Words(zh, en)


DETECTOR = FraudTypeDetector()
