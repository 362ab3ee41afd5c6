"""Which kind of fraud, or of advertising, a text is (handbook §7)."""

from pathlib import Path
from typing import ClassVar

from fanzha.base.words import Words
from fanzha.learn.fit_linear import fit
from fanzha.models._model import Examples, Model, Source
from fanzha.models._text import FittedText, class_names, load_text, look, views_for

#: The classes of the data sets in the handbook's terms; what is not fraud has none.
FRAUD_TYPE_OF = {
    "FR:Phishing(Bank)": "phishing",
    "FR:Phishing(Other)": "phishing",
    "FR:Financial": "fake_invest",
    "FR:Other": "other",
    "IL:Gambling": "gambling",
    "IL:Fake_ID_and_invoice": "fake_document",
    "IL:Escort_service": "escort",
    "police_gov": "fake_authority",
    "loan_card": "fake_loan",
    "customer_service": "fake_cs",
    "leader_acquaintance": "fake_boss_friend",
}


class MessageType(Model):
    """A linear machine over character n-grams, one class against the rest."""

    name: ClassVar[str] = "message-type"
    title: ClassVar[Words] = Words("短信类型", "type of a text")
    reads: ClassVar[str] = "text"
    answers: ClassVar[str] = "classes"
    sources: ClassVar[tuple[Source, ...]] = (
        Source("fbs_sms/data.parquet", label="label", licence="no licence file (training only)"),
        Source(
            "telecom_fraud_texts_5/data.parquet",
            label="label_name",
            where={"label": ("1", "2", "3", "4")},
            licence="GPL-3.0, research (training only)",
        ),
    )
    limits: ClassVar[tuple[Words, ...]] = (
        Words(
            "训练集中的类型有限；没有列入的类型会归到最相近的一类。",
            "Types that the training lacks fall to the nearest.",
        ),
    )

    def fit(self, examples: Examples, *, seed: int = 0) -> FittedText:
        """Learn the classes that the labels name."""
        labels = examples.labels.astype(str).astype(object)
        linear = fit(
            views_for(examples),
            look(examples.table["text"]),
            labels,
            classes=class_names(labels),
            groups=examples.groups,
            parts=1,
            seed=seed,
        )
        return FittedText(linear)

    def load(self, path: Path | None = None) -> FittedText:
        """Return the shipped weights, or those of another file."""
        return load_text(path or self.weights)


MODEL = MessageType()
