"""Rows say who looked at whom, what for, and what is odd about it."""

from django.utils import timezone, translation
from tests.command.people import World

from fanzha.base.words import Words
from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.unmasking_presenters import repeated_search_rows, unmasking_rows, unusual_viewer_rows
from fanzha.command.exports.unmasking_review import RepeatedSearch, UnusualViewer
from fanzha.command.web.roles import Role


def test_an_unmasking_for_no_case_says_so(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    fields = {"owner": world["carrier"], "person": person, "actor": person.ref, "subject": "S1", "at": timezone.now()}
    with translation.override("en"):
        with_case, without = unmasking_rows(
            [Unmasking(shown="+86 17••", purpose="p", case=case, **fields) for case in ("C1", "")]
        )
    assert with_case.meta == ("carrier analyst", "C1") and with_case.badges == ()
    assert [badge.word for badge in without.badges] == ["no case given"] and without.href.endswith("?subject=S1")


def test_who_is_watched_has_a_name_and_a_reason(world: World) -> None:
    ref = world.person("carrier", Role.ANALYST).ref
    with translation.override("en"):
        odd, plain = unusual_viewer_rows(
            [UnusualViewer(ref, 30, 12, 2.0, (Words("多", "many"),)), UnusualViewer("key:X", 1, 1, 0.0, ())]
        )
        (many,) = repeated_search_rows([RepeatedSearch("S1", "+86 17••", 6, 9)])
    assert (odd.title, odd.summary, odd.aside) == ("carrier analyst", "many", "30 times")
    assert odd.badges[0].word == "unusual" and "usually 2 a day" in odd.meta
    assert (plain.title, plain.badges) == ("key:X", ())
    assert many.summary == "6 people in one week"
