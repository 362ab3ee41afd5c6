"""A client of the browser takes no failure for an answer."""

import pytest

from fanzha.collect.pages.browser_pipe import BrowserError, evaluated_value


def test_a_script_that_the_page_made_fail_has_no_value() -> None:
    with pytest.raises(BrowserError, match="failed in the page"):
        evaluated_value({"result": {"type": "object"}, "exceptionDetails": {"text": "Uncaught"}})


def test_the_value_of_a_script_is_returned() -> None:
    assert evaluated_value({"result": {"type": "number", "value": 5}}) == 5
