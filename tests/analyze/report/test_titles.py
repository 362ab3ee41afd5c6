"""Titles come from the installed detectors and kinds; an unknown name stands for itself."""

from fanzha.analyze.report.titles import detector_words, fraud_type_words, kind_words, mask_subject
from fanzha.base.words import Words


def test_a_detector_or_kind_that_is_not_installed_is_called_by_its_name() -> None:
    assert detector_words("outside_detector") == Words("outside_detector", "outside_detector")
    assert kind_words("outside_kind") == Words("outside_kind", "outside_kind")


def test_an_installed_kind_has_a_title() -> None:
    assert kind_words("phone_number").zh != "phone_number"


def test_a_finding_without_a_fraud_type_is_not_classified() -> None:
    assert fraud_type_words("") == Words("未分类", "not classified")
    assert fraud_type_words("prize").zh == "虚假中奖"


def test_a_subject_is_masked_by_its_kind_and_otherwise_its_numbers_are_masked() -> None:
    assert "13800138000" not in mask_subject("phone_number", "+8613800138000")
    assert "13800138000" not in mask_subject("outside_kind", "call 13800138000")
