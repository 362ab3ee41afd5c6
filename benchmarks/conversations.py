"""How conversations are judged across sources: fraud or not, and the seven types that two public sets share.

Usage: python -m benchmarks.conversations --data DIR

DIR holds teleantifraud_dialogues and zh_call_dialogues_2677. Near-duplicates of the two sets, speaker labels aside, are
taken out of both. The third source are the made-up conversations of this project; the fit that judges them learns from
none of their writers. Each line gives the recall at 1 % and 0.1 % false alarms and the AUC, of whole conversations and
of their first two turns, and the recall above the highest innocent score. The types are judged among the seven types
alone.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fanzha.base.fraud_types import DATA_SET_CLASSES, INNOCENT
from fanzha.learn.class_metrics import class_figures
from fanzha.learn.metrics import figures
from fanzha.learn.split import near_duplicates
from fanzha.models import Examples, message_type, transcript
from fanzha.models.families.made_up_conversations import training_conversations
from fanzha.models.families.made_up_texts import training_texts
from fanzha.models.transcript import FIRST_TURNS, strip_speakers

NAMES = ("teleantifraud_dialogues", "zh_call_dialogues_2677")
SEVEN = ("fake_bank", "fake_cs", "fake_invest", "identity_theft", "kidnap", "phishing", "prize")


class Talks(NamedTuple):
    """The conversations of one source."""

    name: str
    texts: list[str]
    frauds: NDArray[np.int64]
    codes: NDArray[np.object_]  # "" for innocent ones

    def rows(self, selected: NDArray[np.bool_]) -> "Talks":
        """Return the selected conversations."""
        texts = [text for text, inside in zip(self.texts, selected, strict=True) if inside]
        return Talks(self.name, texts, self.frauds[selected], self.codes[selected])


def main() -> None:
    """Print the figures of each direction."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    first, second = without_shared([read(arguments.data, name) for name in NAMES])
    hand = hand_written()
    for learned, judged in ((first, second), (second, first)):
        fitted = transcript.MODEL.fit(examples(learned, learned.frauds.astype(object)))
        show_fraud(fitted, f"{learned.name} -> {judged.name}", judged)
        show_types(learned, judged)
    writers = frozenset(talk.writer for talk in training_conversations())
    model = transcript.Transcript(writers=frozenset(text.writer for text in training_texts()) - writers)
    both = Talks("both", first.texts + second.texts, np.concatenate([first.frauds, second.frauds]), np.empty(0, object))
    show_fraud(model.fit(examples(both, both.frauds.astype(object))), "both -> made-up conversations", hand)


def read(data: Path, name: str) -> Talks:
    """Read one public set."""
    table = pq.read_table(data / name / "data.parquet")
    codes = np.array([DATA_SET_CLASSES[name][str(value)] for value in table["type"].to_pylist()], object)
    return Talks(name, [str(text) for text in table["text"].to_pylist()], (codes != INNOCENT).astype(np.int64), codes)


def hand_written() -> Talks:
    """Return the made-up conversations."""
    talks = training_conversations()
    return Talks("made-up", [t.text for t in talks], np.array([t.fraud for t in talks], np.int64), np.empty(0, object))


def without_shared(sets: list[Talks]) -> Iterable[Talks]:
    """Return the sets without conversations that nearly stand in the other."""
    texts = [strip_speakers(text) for talks in sets for text in talks.texts]
    groups = near_duplicates(texts)
    size = len(sets[0].texts)
    shared = np.intersect1d(groups[:size], groups[size:])
    for talks, own in zip(sets, (groups[:size], groups[size:]), strict=True):
        rest = talks.rows(~np.isin(own, shared))
        print(f"{talks.name}: {len(rest.texts):,} of {len(talks.texts):,} conversations, {rest.frauds.sum():,} frauds")
        yield rest


def examples(talks: Talks, labels: NDArray[np.object_]) -> Examples:
    """Return the conversations as training rows of one source."""
    sources = np.full(len(talks.texts), talks.name, object)
    return Examples(pa.table({"text": talks.texts}), labels, None, sources)


def show_fraud(fitted: transcript.FittedTranscript, title: str, judged: Talks) -> None:
    """Print recall and AUC, whole and by the first turns."""
    for words, table in transcript.MODEL.excerpts(pa.table({"text": judged.texts})):
        scores = fitted.score(table)
        measured = figures(judged.frauds.astype(object), scores)
        values = ", ".join(
            f"{name} {measured[name].value:.3f}"
            for name in ("auc", "recall_at_1pct", "recall_at_0.1pct")
            if measured[name].value is not None
        )
        highest = scores[judged.frauds == 0].max()
        values += f", recall without any false alarm {(scores[judged.frauds == 1] > highest).mean():.3f}"
        print(f"{title}, {words.en} ({len(judged.texts):,}): {values}")


def show_types(learned: Talks, judged: Talks) -> None:
    """Print the macro-F1 among the seven types, whole and by the first turns."""
    train = learned.rows(np.isin(learned.codes, SEVEN))
    test = judged.rows(np.isin(judged.codes, SEVEN))
    fitted = message_type.MODEL.fit(examples(train, train.codes))
    columns = [fitted.classes.index(name) for name in SEVEN]
    for title, turns in (("whole", 0), (f"first {FIRST_TURNS} turns", FIRST_TURNS)):
        scores = fitted.score(pa.table({"text": [strip_speakers(text, turns) for text in test.texts]}))[:, columns]
        measured = class_figures(test.codes, scores, SEVEN)
        by_type = ", ".join(f"{name} {row['f1']:.2f} of {row['rows']:.0f}" for name, row in measured.per_class.items())
        value = measured.over_all["macro_f1"].value
        print(f"types {learned.name} -> {judged.name}, {title}: macro-F1 {value:.3f} ({by_type})")


if __name__ == "__main__":
    main()
