"""A lazy module is imported when an attribute is read, and then behaves like the module."""

import sys

import pytest

from fanzha.base.lazy_module import lazy_module


def test_a_module_is_imported_when_an_attribute_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    colorsys = lazy_module("colorsys")
    assert "colorsys" not in sys.modules
    assert colorsys.rgb_to_hsv is sys.modules["colorsys"].rgb_to_hsv


def test_an_unknown_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        _ = lazy_module("colorsys").no_such_function
