"""A page tells a detector by its title, whichever way its name is written."""

from django.utils.translation import override

from fanzha.command.subjects.detector_words import detector_words


def test_titles_are_in_the_readers_language() -> None:
    with override("en"):
        assert detector_words("sim-box") == detector_words("sim_box") != "sim-box"
    with override("zh-hans"):
        assert detector_words("sim-box").isascii() is False


def test_what_is_not_known_here_is_told_by_its_name() -> None:
    assert detector_words("their_own-detector") == "their own detector"
