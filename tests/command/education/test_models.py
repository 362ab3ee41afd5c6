"""An item has one version of a number, and a run finds no more frauds than there were."""

import pytest
from django.db import IntegrityError, transaction
from tests.command.education.items_made import published, quiz_draft, runs
from tests.command.people import World

from fanzha.command.education.models import EducationVersion
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_numbers_and_counts_are_constrained(world: World) -> None:
    lesson, quiz = published(world), published(world, quiz_draft())
    with unscoped("test"), pytest.raises(IntegrityError), transaction.atomic():
        EducationVersion.objects.create(
            owner=lesson.item.owner, item=lesson.item, number=1, created_at=lesson.created_at
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        runs(quiz, lesson, 1, hits_before=3)
