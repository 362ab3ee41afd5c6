"""An import is told in words: where it stands, its counts, why it fell short."""

from django.utils import translation
from tests.command.imports.handed import PORTED, SPARED, handed_in
from tests.command.people import World

from fanzha.command.imports.job_words import counted, fallen_short, may_approve, may_withdraw, state_badge, title_of
from fanzha.command.imports.models import ImportJob, ImportState
from fanzha.command.web.roles import Role


def test_every_state_has_a_word_and_a_sign() -> None:
    for state in ImportState:
        badge = state_badge(ImportJob(state=state))
        assert badge.icon and badge.word


def test_counts_leave_out_what_is_none(world: World) -> None:
    with translation.override("en"):
        assert counted(handed_in(world, "portability", PORTED)) == [("2", "used")]
        assert [words for _, words in counted(handed_in(world, "spared", SPARED))] == [
            "used",
            "wait for a second person",
        ]


def test_why_it_failed_is_told_in_the_readers_language(world: World) -> None:
    job = handed_in(world, "portability", "number\n1\n")
    for language, words in (("en", "columns are missing"), ("zh-hans", "缺少列")):
        with translation.override(language):
            assert words in fallen_short(job) and title_of(job)


def test_the_second_person_is_another_one(world: World) -> None:
    job = handed_in(world, "spared", SPARED)
    clerk = world.viewer("carrier", Role.CLERK)
    both = clerk._replace(roles=frozenset({"clerk", "reviewer"}))
    reviewer = world.viewer("carrier", Role.REVIEWER)
    assert [may_approve(job, one) for one in (clerk, both, reviewer)] == [False, False, True]
    assert [may_withdraw(job, one) for one in (clerk, both, reviewer)] == [False, True, True]
