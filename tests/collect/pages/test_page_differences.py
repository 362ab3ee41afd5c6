"""A page that shows its form to some visitors only is cloaked; a page made for telephones is not."""

import pytest

from fanzha.collect.pages.page_differences import compare_texts, compare_visits
from fanzha.store.look_record import DownloadFacts, PageForm, PersonaVisit

LONG = (
    "网上银行欢迎您，请登录后办理转账、查询、理财等业务，客服热线请见网站底部，谢谢您的支持与配合，祝您生活愉快，万事如意，"
    * 2
)
LOGIN = PersonaVisit(
    "phone", "https://a.example/", 200, text=LONG, dom="x", forms=(PageForm("/p", "post", ("card", "sms_code")),)
)
EMPTY = PersonaVisit("desktop", "https://a.example/", 200, text=LONG, dom="x")


def kinds(first: PersonaVisit, second: PersonaVisit) -> list[tuple[str, bool]]:
    return [(difference.kind, difference.cloaks) for difference in compare_visits((first, second))]


def test_a_form_for_some_alone_is_cloaked() -> None:
    assert kinds(LOGIN, EMPTY) == [("asks", True)]


def test_equal_visits_do_not_differ() -> None:
    assert kinds(EMPTY, EMPTY) == []


def test_another_site_is_cloaked_but_another_name_of_the_site_is_not() -> None:
    assert ("site", True) in kinds(EMPTY, PersonaVisit("phone", "https://b.example/", 200, text=LONG, dom="x"))
    assert kinds(EMPTY, PersonaVisit("phone", "https://m.a.example/", 200, text=LONG, dom="x")) == []


def test_an_error_for_some_is_cloaked() -> None:
    assert kinds(EMPTY, PersonaVisit("phone", "https://a.example/", 404, dom="x"))[0] == ("status", True)


def test_another_text_alone_hides_nothing() -> None:
    other = PersonaVisit(
        "phone",
        "https://a.example/",
        200,
        text="A page of another kind, made for small screens and thumbs." * 3,
        dom="x",
    )
    assert kinds(EMPTY, other) == [("text", False)]


def test_a_download_for_some_is_cloaked() -> None:
    handed = PersonaVisit(
        "phone", "https://a.example/", 200, text=LONG, dom="x", downloads=(DownloadFacts("u", "a.apk", 1, ""),)
    )
    assert kinds(EMPTY, handed) == [("download", True)]


def test_a_visit_that_saw_nothing_is_not_compared() -> None:
    assert compare_visits((LOGIN, PersonaVisit("desktop", ended_by="time"))) == ()


def test_short_texts_are_alike() -> None:
    assert compare_texts("a", "b") == 1 and compare_texts(LONG, LONG) == 1
    assert compare_texts(LONG, "x" * 100) == pytest.approx(0)
