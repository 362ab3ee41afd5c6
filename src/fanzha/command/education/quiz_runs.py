"""Store a finished quiz without anything that leads to who answered it."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from fanzha.command.education.models import EducationVersion, QuizRun
from fanzha.command.education.quiz_questions import SetScore
from fanzha.command.education.quiz_tokens import QuizCourse


def store_run(
    quiz: EducationVersion, course: QuizCourse, before: SetScore, after: SetScore, day: date, language: str
) -> bool:
    """Store a finished quiz; return False if it was stored before."""
    run = QuizRun(
        owner_id=quiz.owner_id,
        quiz=quiz,
        lesson_id=course.lesson,
        nonce=course.nonce,
        day=day,
        language=language,
        in_trial=course.in_trial,
        frauds_before=before.frauds,
        hits_before=before.hits,
        genuine_before=before.genuine,
        alarms_before=before.alarms,
        frauds_after=after.frauds,
        hits_after=after.hits,
        genuine_after=after.genuine,
        alarms_after=after.alarms,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:  # the same form again
        return False
    return True
