"""The public quiz: questions, the text to read, other questions of the same skill, then what was right and why."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.base.whole_numbers import whole_number
from fanzha.command.education.markup import render_text
from fanzha.command.education.models import EducationVersion
from fanzha.command.education.presenters import language_name
from fanzha.command.education.public_views import draw_version, is_too_often, public_context, teaching_page
from fanzha.command.education.quiz_questions import SETS, QuizQuestion, SetScore, of_set, parse_quiz, score_set
from fanzha.command.education.quiz_runs import store_run
from fanzha.command.education.quiz_tokens import QuizCourse, make_nonce, read_course, sign_course
from fanzha.command.education.reads import counter
from fanzha.command.education.selectors import find_published
from fanzha.command.education.topics import ItemKind
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.education.models import EducationItem
    from fanzha.command.organizations.models import Organization

_PUBLIC = unscoped("a signed course names versions that were published when it began")


@teaching_page
def take_quiz(request: HttpRequest, owner: Organization, slug: str) -> HttpResponse:
    """Ask the first set, show the text, ask the second set, then explain; what was answered travels in the form."""
    item = find_published(owner, slug)
    if item is None or item.live is None or item.kind != ItemKind.QUIZ:
        raise Http404
    lesson = find_published(owner, item.teaches)
    if lesson is None:
        raise Http404
    if is_too_often(request):
        return render(request, "education/public/busy.html", status=429)
    if request.method != "POST":
        return _ask(request, item, item.live, _begin(item.live, lesson))
    course = read_course(request.POST.get("course", ""))
    quiz = _version(course.quiz, owner) if course is not None else None
    if course is None or quiz is None or quiz.item_id != item.pk:
        return _begin_again(request)
    return _advance(request, item, quiz, course)


def _begin_again(request: HttpRequest) -> HttpResponse:
    return redirect(f"{request.path}?language={request.POST.get('language', '')}")


def _begin(quiz: EducationVersion, lesson: EducationItem) -> QuizCourse:
    """Begin a visit: which version is read and which set comes first is drawn."""
    first = random.choice(SETS)
    return QuizCourse(make_nonce(), quiz.pk, draw_version(lesson).pk, first, lesson.trial is not None)


def _advance(request: HttpRequest, item: EducationItem, quiz: EducationVersion, course: QuizCourse) -> HttpResponse:
    step = request.POST.get("step", "")
    if step == "read" and course.before:
        return _ask(request, item, quiz, course)
    name = _second(course) if course.before else course.first
    answers = _read_answers(request.POST, _questions(quiz, name))
    if answers is None:
        return _ask(request, item, quiz, course, problem=_("Answer every question."))
    if not course.before:
        return _show_lesson(request, item, quiz, _with(course, answers))
    return _finish(request, item, quiz, course, answers)


def _ask(
    request: HttpRequest, item: EducationItem, quiz: EducationVersion, course: QuizCourse, problem: str = ""
) -> HttpResponse:
    questions = _questions(quiz, _second(course) if course.before else course.first)
    asked = [(f"q{place}", question, request.POST.get(f"q{place}", "")) for place, question in enumerate(questions)]
    context = public_context(item, quiz) | {
        "questions": asked,
        "course": sign_course(course),
        "part": 2 if course.before else 1,
        "problem": problem,
    }
    return render(request, "education/public/questions.html", context, status=422 if problem else 200)


def _show_lesson(request: HttpRequest, item: EducationItem, quiz: EducationVersion, course: QuizCourse) -> HttpResponse:
    lesson = _version(course.lesson, item.owner)
    if lesson is None:
        return _begin_again(request)
    name = language_name()
    counter.add(lesson, timezone.localdate(), name)
    context = public_context(item, quiz) | {
        "course": sign_course(course),
        "lesson_title": getattr(lesson, f"title_{name}"),
        "lesson_summary": getattr(lesson, f"summary_{name}"),
        "body": render_text(getattr(lesson, f"body_{name}")),
    }
    return render(request, "education/public/lesson.html", context)


def _finish(
    request: HttpRequest, item: EducationItem, quiz: EducationVersion, course: QuizCourse, answers: tuple[int, ...]
) -> HttpResponse:
    """Store the quiz and show what was right."""
    if _version(course.lesson, item.owner) is None:
        return _begin_again(request)
    sets = [(_questions(quiz, course.first), course.before), (_questions(quiz, _second(course)), answers)]
    before, after = (score_set(questions, dict(enumerate(given))) for questions, given in sets)
    store_run(quiz, course, before, after, timezone.localdate(), language_name())
    context = public_context(item, quiz) | {
        "before": _score(before),
        "after": _score(after),
        "missed": after.frauds - after.hits,
        "accused": after.alarms,
        "explained": [
            explain_answer(question, option)
            for questions, given in sets
            for question, option in zip(questions, given, strict=True)
        ],
    }
    return render(request, "education/public/result.html", context)


def explain_answer(question: QuizQuestion, option: int) -> dict[str, Any]:
    """Return a question with the option that was chosen, whether it was right, and what would have been right."""
    return {
        "question": question,
        "chosen": question.options[option].text,
        "is_right": question.is_right(option),
        "right": [other.text for place, other in enumerate(question.options) if question.is_right(place)],
    }


def _score(score: SetScore) -> tuple[int, int]:
    return score.right, score.frauds + score.genuine


def _questions(quiz: EducationVersion, name: str) -> Sequence[QuizQuestion]:
    return of_set(parse_quiz(getattr(quiz, f"body_{language_name()}")), name)


def _read_answers(given: Mapping[str, Any], questions: Sequence[QuizQuestion]) -> tuple[int, ...] | None:
    """Return the option chosen for each question, None if one is missing."""
    chosen = []
    for place, question in enumerate(questions):
        option = whole_number(str(given.get(f"q{place}", "")))
        if option is None or option >= len(question.options):
            return None
        chosen.append(option)
    return tuple(chosen)


def _second(course: QuizCourse) -> str:
    return SETS[1] if course.first == SETS[0] else SETS[0]


def _with(course: QuizCourse, answers: tuple[int, ...]) -> QuizCourse:
    return QuizCourse(course.nonce, course.quiz, course.lesson, course.first, course.in_trial, answers)


def _version(pk: int, owner: Organization) -> EducationVersion | None:
    """Return a version that is still shown or tried: a withdrawn one is not taught, also in a course begun before."""
    rows = _PUBLIC.rows(EducationVersion).filter(pk=pk, owner=owner).exclude(shown_at=None, trial_since=None)
    return rows.filter(ended_at=None).first()
