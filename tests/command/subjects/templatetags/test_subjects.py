"""Templates show levels and cases as words with a sign, in the reader's language."""

from django.utils.translation import override

from fanzha.command.subjects.models import OpinionRow, PoliceCase
from fanzha.command.subjects.templatetags.subjects import case_badge, maturity_words, reason_words, role_words
from fanzha.command.web.components import Tone


def test_a_case_is_a_word() -> None:
    with override("zh-hans"):
        assert case_badge(PoliceCase(status="filed")).word == "公安已立案"
    with override("en"):
        assert case_badge(PoliceCase(status="confirmed")).tone is Tone.QUIET


def test_a_reason_is_told_in_the_readers_language() -> None:
    row = OpinionRow(reason_zh="一小时 31 通", reason_en="31 calls in an hour")
    with override("zh-hans"):
        assert reason_words(row) == "一小时 31 通"
    with override("en"):
        assert reason_words(row) == "31 calls in an hour"


def test_role_and_maturity_of_a_finding_are_words() -> None:
    with override("zh-hans"):
        assert (role_words("conduit"), maturity_words("windows_not_full")) == ("通道", "窗口未满")
    with override("en"):
        assert (role_words("victim"), maturity_words("live")) == ("victim", "live")
