"""An import is told in words: where it stands, its counts, why it fell short."""

from django.urls import reverse
from django.utils import translation
from tests.command.imports.factories import PORTED, SPARED, handed_in
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.imports.models import ImportJob, ImportState
from fanzha.command.imports.presenters import (
    allowlist_rows,
    import_counts,
    import_problem,
    import_title,
    may_approve,
    may_withdraw,
    state_badge,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_every_state_has_a_word_and_a_sign() -> None:
    for state in ImportState:
        badge = state_badge(ImportJob(state=state))
        assert badge.icon and badge.word


def test_counts_leave_out_what_is_none(world: World) -> None:
    with translation.override("en"):
        assert import_counts(handed_in(world, "portability", PORTED)) == [("2", "used")]
        assert [words for _, words in import_counts(handed_in(world, "spared", SPARED))] == [
            "used",
            "wait for a second person",
        ]


def test_why_it_failed_is_told_in_the_readers_language(world: World) -> None:
    job = handed_in(world, "portability", "number\n1\n")
    for language, words in (("en", "columns are missing"), ("zh-hans", "缺少列")):
        with translation.override(language):
            assert words in import_problem(job) and import_title(job)


def test_the_second_person_is_another_one(world: World) -> None:
    job = handed_in(world, "spared", SPARED)
    clerk = world.viewer("carrier", Role.CLERK)
    both = clerk._replace(roles=frozenset({"clerk", "reviewer"}))
    reviewer = world.viewer("carrier", Role.REVIEWER)
    assert [may_approve(job, one) for one in (clerk, both, reviewer)] == [False, False, True]
    assert [may_withdraw(job, one) for one in (clerk, both, reviewer)] == [False, True, True]


MORE = f"{SPARED}+8617000005678,入口,专线,示例银行,牌照,2099-01-01\n"


def test_a_number_that_is_a_subject_is_masked(world: World) -> None:
    finding_row(world["carrier"])
    job = handed_in(world, "spared", MORE)
    with scoped_to(world.viewer("carrier", Role.REVIEWER)):
        first, second = allowlist_rows(job, 10)
    assert first.subject == subject() and second.subject is None
    assert (first.origin, second.origin) == ("trunk MSC-1", "leased lines")
    content = world.client("carrier", Role.REVIEWER).get(reverse("import", args=[job.ref])).content.decode()
    assert "+8617000005678" in content and "17000001234" not in content
    assert reverse("unmask", args=[subject().ref]) in content


def test_a_subject_that_the_reader_does_not_know_tells_him_nothing(world: World) -> None:
    finding_row(world["bank"])
    job = handed_in(world, "spared", SPARED)
    with scoped_to(world.viewer("carrier", Role.REVIEWER)):
        (only,) = allowlist_rows(job, 10)
    assert only.subject is None
