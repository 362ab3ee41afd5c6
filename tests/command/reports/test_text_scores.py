"""Texts of reports are scored by the shipped models."""

from fanzha.command.reports.text_scores import score_texts


def test_a_fraud_scores_above_a_greeting_and_nothing_costs_nothing() -> None:
    assert score_texts([]) == []
    fraud, greeting = score_texts(["您的账户涉嫌洗钱，请将资金转入安全账户配合公安调查", "晚上一起吃饭吗"])
    assert fraud.score > 0.5 > greeting.score
