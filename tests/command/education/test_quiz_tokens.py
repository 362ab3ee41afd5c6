"""A course is read back as it was signed, and nothing else is read."""

from django.core import signing

from fanzha.command.education.quiz_tokens import _SALT, QuizCourse, make_nonce, read_course, sign_course

COURSE = QuizCourse(make_nonce(), 3, 5, "A", True, (0, 1, 1))


def test_a_course_comes_back() -> None:
    assert read_course(sign_course(COURSE)) == COURSE


def test_what_this_site_did_not_sign_is_none() -> None:
    assert read_course("") is None and read_course(sign_course(COURSE) + "x") is None
    assert read_course(signing.dumps({"quiz": 1}, salt=_SALT)) is None
    assert read_course(signing.dumps([1, 2], salt="other")) is None
