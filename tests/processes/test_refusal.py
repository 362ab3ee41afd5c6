"""A refusal is told in both languages, with what is wrong by field."""

from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words
from fanzha.processes.refusal import Reason, Refusal


def test_a_refusal_tells_both_languages_and_its_fields() -> None:
    refusal = Refusal(Reason.ROLE, Words("无权", "may not"), fields={"x": Words("必填", "required")})
    assert isinstance(refusal, FanzhaError)
    assert str(refusal) == "无权 / may not"
    assert refusal.fields["x"].en == "required"
    assert Refusal(Reason.STATE, Words("不", "no")).fields == {}
