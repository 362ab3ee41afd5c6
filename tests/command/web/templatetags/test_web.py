"""Tags say in words what they also colour: lateness, tones, moments; and give the exact moment to whoever wants it."""

from datetime import UTC, datetime, timedelta

from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from fanzha.command.web.components import Badge, Tone

AT = datetime(2026, 3, 1, 8, 5, tzinfo=UTC)


def shown(text: str, language: str = "en", **values: object) -> str:
    with translation.override(language):
        return Template(text).render(Context(values))


def test_a_badge_escapes_its_word_and_names_its_tone() -> None:
    page = shown("{% badge one %}", one=Badge("<late>", "clock", Tone.HARM))
    assert "badge-harm" in page
    assert "&lt;late&gt;" in page
    assert "<svg" in page


def test_a_moment_is_relative_with_the_exact_time_of_the_zone_on_hover() -> None:
    with timezone.override("Asia/Shanghai"):
        page = shown("{% moment at %}", at=AT)
    assert 'datetime="2026-03-01T16:05:00+08:00"' in page
    assert "title=" in page
    assert "ago" in page


def test_no_moment_is_a_dash_and_no_deadline_is_nothing() -> None:
    assert shown("{% moment at %}", at=None) == "–"
    assert shown("{% clock at %}", at=None) == ""


def test_a_deadline_says_in_words_and_by_a_sign_that_it_is_near_or_late() -> None:
    now = timezone.now()
    late, soon, far = (shown("{% clock at %}", at=now + timedelta(minutes=minutes)) for minutes in (-5, 30, 600))
    assert "clock-late" in late and "overdue (due" in late
    assert "clock-soon" in soon and "overdue (due </span>" not in soon
    assert "clock-quiet" in far


def test_chinese_puts_the_time_before_the_word() -> None:
    page = shown("{% clock at %}", "zh-hans", at=timezone.now() + timedelta(minutes=30))
    assert page.index("<time") < page.rindex("到期")


def test_a_query_keeps_what_was_asked_and_changes_one_thing() -> None:
    request = RequestFactory().get("/", {"q": "a b", "cursor": "x"})
    assert shown("{% here cursor=None page=2 %}", request=request) == "q=a+b&page=2".replace("&", "&amp;")


def test_an_undoing_is_found_among_a_messages_tags() -> None:
    told = Message(SUCCESS, "put away", extra_tags="wide undo:/campaigns/7/wake/")
    assert shown("{{ told|undo_url }}", told=told) == "/campaigns/7/wake/"
    assert shown("{{ told|undo_url }}", told=Message(SUCCESS, "done")) == ""
