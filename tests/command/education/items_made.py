"""Items as the tests make them: written, submitted, published; and quizzes that somebody finished."""

from datetime import date
from typing import Any

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.education.models import EducationItem, EducationVersion, QuizRun
from fanzha.command.education.quiz_tokens import make_nonce
from fanzha.command.education.services import VersionDraft, create_item, submit_version
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

CHECKED = {"checked": "Checked against the law and the notice."}
QUESTION = "[{set}] {kind}\nA made-up message {number}.\n! Doubt it\n- Trust it\n= Because of {number}.\n"
QUIZ = "\n".join(
    QUESTION.format(set=name, kind=kind, number=f"{name}{number}")
    for name in "AB"
    for number, kind in enumerate(("fraud", "genuine", "fraud", "genuine"))
)


def draft(**more: Any) -> VersionDraft:
    """The texts of a column."""
    texts = {
        "kind": "column",
        "slug": "made-up",
        "situation": "commission",
        "title_zh": "先付钱的兼职是骗局",
        "title_en": "A job that costs money is a scam",
        "summary_zh": "让您先付钱，就停手。",
        "summary_en": "Stop when you must pay first.",
        "body_zh": "## 怎么办\n- 挂断电话。\n- 打110。",
        "body_en": "## What to do\n- Hang up.\n- Call 110.",
    }
    return VersionDraft(**(texts | more))


def quiz_draft(**more: Any) -> VersionDraft:
    """The texts of a quiz about that column."""
    texts = {
        "kind": "quiz",
        "slug": "made-up-quiz",
        "title_zh": "测一测",
        "title_en": "Test yourself",
        "teaches": "made-up",
    }
    return draft(**(texts | {"body_zh": QUIZ, "body_en": QUIZ} | more))


def written(world: World, texts: VersionDraft | None = None, owner: str = "centre") -> EducationVersion:
    """A version that is being written."""
    return create_item(world[owner], texts or draft(), timezone.now())


def submitted(world: World, version: EducationVersion, owner: str = "centre", **more: Any) -> EducationVersion:
    """The version, submitted by an editor."""
    submit_version(version, actor(world, owner, Role.EDITOR), timezone.now(), **more)
    return fresh(version)


def approved(world: World, version: EducationVersion, owner: str = "centre") -> EducationVersion:
    """The version, approved by a reviewer."""
    fire(submitted(world, version, owner).process, "approve", actor(world, owner, Role.REVIEWER), CHECKED)
    return fresh(version)


def published(world: World, texts: VersionDraft | None = None, owner: str = "centre") -> EducationVersion:
    """A version that the public is shown."""
    version = approved(world, written(world, texts, owner), owner)
    fire(version.process, "publish", actor(world, owner, Role.EDITOR), {})
    return fresh(version)


def fresh(version: EducationVersion) -> EducationVersion:
    """The version as it is stored now."""
    with unscoped("test"):
        return EducationVersion.objects.select_related("item", "item__live", "item__trial").get(pk=version.pk)


def item_of(version: EducationVersion) -> EducationItem:
    """Its item as it is stored now."""
    return fresh(version).item


def runs(
    quiz: EducationVersion, lesson: EducationVersion, count: int, *, after: int = 2, alarms: int = 0, **more: Any
) -> None:
    """Quizzes of people who found one of two frauds before reading, and `after` of two afterwards."""
    rows = [
        QuizRun(
            **{
                "owner_id": quiz.owner_id,
                "quiz": quiz,
                "lesson": lesson,
                "nonce": make_nonce(),
                "day": date(2026, 11, 29),
                "language": "en",
                "frauds_before": 2,
                "hits_before": 1,
                "genuine_before": 2,
                "alarms_before": alarms,
                "frauds_after": 2,
                "hits_after": after if number % 3 else 2,
                "genuine_after": 2,
                "alarms_after": alarms,
                **more,
            }
        )
        for number in range(count)
    ]
    QuizRun._base_manager.bulk_create(rows)
