"""Texts of reports are scored by the shipped models."""

from fanzha.command.reports.text_scores import group_texts, score_texts


def test_a_fraud_scores_above_a_greeting_and_nothing_costs_nothing() -> None:
    assert score_texts([]) == []
    fraud, greeting = score_texts(["您的账户涉嫌洗钱，请将资金转入安全账户配合公安调查", "晚上一起吃饭吗"])
    assert fraud.score > 0.5 > greeting.score


def test_texts_that_are_nearly_the_same_are_one_group() -> None:
    assert group_texts([]) == []
    texts = ["Your parcel is lost, pay 5 at once", "Your parcel is lost, pay 90 at once!", "Dinner tonight?"]
    first, second, other = group_texts(texts)
    assert first == second != other
