"""Templates show what can be done in the reader's language."""

from django.utils.translation import override

from fanzha.command.campaigns.templatetags.campaigns import doing_words
from fanzha.command.campaigns.transitions import TransitionKind


def test_a_button_says_what_it_does() -> None:
    with override("zh-hans"):
        assert doing_words(TransitionKind.SNOOZE) == "稍后处理"
    with override("en"):
        assert doing_words(TransitionKind.SNOOZE) == "Snooze"
