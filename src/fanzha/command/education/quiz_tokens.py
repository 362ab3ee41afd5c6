"""The course of a quiz travels in a signed form field: no cookie, no session, nothing stored before it is finished."""

from __future__ import annotations

import secrets

import msgspec
from django.core import signing

_SALT = "fanzha.education.quiz"
#: How long a quiz may take, in seconds.
LONGEST_SECONDS = 12 * 3600


class QuizCourse(msgspec.Struct, frozen=True, array_like=True):
    """One visit: the versions of quiz and lesson (primary keys), which set comes first, and what was answered.

    `in_trial`: the lesson was drawn of two versions. `before` are the options chosen in the first set, () before that.
    """

    nonce: str
    quiz: int
    lesson: int
    first: str
    in_trial: bool
    before: tuple[int, ...] = ()


def make_nonce() -> str:
    """Return the nonce of a new visit."""
    return secrets.token_hex(16)


def sign_course(course: QuizCourse) -> str:
    """Return a course as the text of a form field."""
    return signing.dumps(msgspec.to_builtins(course), salt=_SALT, compress=True)


def read_course(text: str) -> QuizCourse | None:
    """Return the course that this site signed, None for another text and for one that is too old."""
    try:
        return msgspec.convert(signing.loads(text, salt=_SALT, max_age=LONGEST_SECONDS), QuizCourse)
    except (signing.BadSignature, msgspec.ValidationError):
        return None
