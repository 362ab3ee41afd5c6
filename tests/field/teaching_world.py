"""A site whose centre teaches the public; all made up. `python -m tests.field.teaching_world` makes the people.

`… quizzes` adds quizzes of made-up readers to the published items, enough for a result.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")


def make() -> None:
    """Make the organisations, and people with a pass phrase."""
    from tests.command.people import PASSWORD, make_world

    from fanzha.command.web.roles import Role

    world = make_world()
    for role in (Role.EDITOR, Role.REVIEWER):
        person = world.person("centre", role)
        person.set_password(PASSWORD)
        person.save()


def quizzes() -> None:
    """Let 40 made-up readers finish the quiz that stands last in the list."""
    from tests.command.education.items_made import runs

    from fanzha.command.education.models import EducationItem

    quiz = EducationItem._base_manager.select_related("live").get(slug="quiz-calls")
    lesson = EducationItem._base_manager.select_related("live").get(slug=quiz.teaches)
    assert quiz.live is not None and lesson.live is not None
    runs(quiz.live, lesson.live, 40)


if __name__ == "__main__":
    django.setup()
    {"quizzes": quizzes}.get(sys.argv[1] if len(sys.argv) > 1 else "", make)()
