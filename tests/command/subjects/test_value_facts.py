"""A value tells where it comes from, and does not tell itself."""

from django.utils.translation import override

from fanzha.command.subjects.value_facts import facts_of


def test_facts_of_a_number_do_not_tell_the_number() -> None:
    with override("en"):
        told = " ".join(str(fact.value) for fact in facts_of("phone_number", "+8617000001234"))
    assert told and "001234" not in told.replace(" ", "")


def test_what_is_no_kind_tells_nothing() -> None:
    assert facts_of("call", "x") == facts_of("phone_number", "no number") == []
