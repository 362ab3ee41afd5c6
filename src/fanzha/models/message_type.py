"""Kind of fraud or advertising of a text (handbook §7)."""

from pathlib import Path
from typing import ClassVar

from fanzha.base.words import Words
from fanzha.learn.fit_linear import fit
from fanzha.models._model import Examples, Model, Source
from fanzha.models.families.text import FittedText, build_views, class_names, load_text, views_for

#: The classes of the data sets as fraud types of the handbook; classes that are no fraud have none.
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
    """A one-versus-rest linear model over character n-grams."""

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
        """Fit one class for each label."""
        labels = examples.labels.astype(str).astype(object)
        linear = fit(
            views_for(examples),
            build_views(examples.table["text"]),
            labels,
            classes=class_names(labels),
            groups=examples.groups,
            parts=1,
            seed=seed,
        )
        return FittedText(linear)

    def load(self, path: Path | None = None) -> FittedText:
        """Load the shipped weights, or those of another file."""
        return load_text(path or self.weights)


MODEL = MessageType()
