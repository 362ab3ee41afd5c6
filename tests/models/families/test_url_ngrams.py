"""Letters of a URL tell one sort from another, on rows the fit has not seen, the same each time."""

import numpy as np
import pyarrow as pa

from fanzha.models.families.url_ngrams import fit, out_of_fold_log_odds

CHANCE = np.random.default_rng(0)
WORDS = {0: ["tea", "news", "library", "garden"], 1: ["login", "verify", "secure", "wallet"]}
LABELS = CHANCE.integers(0, 2, 200)
TEXTS = pa.array(
    [f"^{CHANCE.choice(WORDS[label])}{n}.example/{CHANCE.choice(WORDS[label])}" for n, label in enumerate(LABELS)]
)


def test_words_of_phishing_score_higher() -> None:
    grams = fit(TEXTS, LABELS, seed=0)
    scores = grams.log_odds(pa.array(["^library.example/tea", "^secure.example/wallet", "", None], pa.string()))
    assert scores[0] < 0 < scores[1] and np.isfinite(scores).all()


def test_weights_score_the_same_after_a_stay_in_half_precision() -> None:
    grams = fit(TEXTS, LABELS, seed=0)
    assert grams.weights.dtype == np.float16
    assert (fit(TEXTS, LABELS, seed=0).log_odds(TEXTS) == grams.log_odds(TEXTS)).all()


def test_held_out_scores_know_nothing_of_their_own_group() -> None:
    nonsense = CHANCE.integers(0, 2, 200)  # labels that only memory could tell
    groups = np.arange(200).astype(object)
    seen = fit(TEXTS, nonsense, seed=0).log_odds(TEXTS)
    unseen = out_of_fold_log_odds(TEXTS, nonsense, groups, seed=0)
    assert ((seen > 0) == nonsense).mean() > 0.9 > 0.65 > ((unseen > 0) == nonsense).mean()
