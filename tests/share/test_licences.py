"""A licence that forbids to pass on is recognised in both languages, and one that allows it is not taken for one."""

import pytest

from fanzha.share.licences import FORBIDDEN_TERM, forbids_passing_on


@pytest.mark.parametrize(
    "licence",
    [
        FORBIDDEN_TERM,
        "Do not redistribute.",
        "May not be shared with third parties",
        "not for re-distribution",
        "Redistribution in any form is prohibited",
        "For INTERNAL USE only",
        "CC BY-NC-ND 4.0",
        "© Example, all rights reserved",
        "Ｎｏ Ｓｈａｒｉｎｇ",
        "不得转供其他单位",
        "严禁向任何第三方分发",
        "仅限本单位内部使用",
        "未经许可不得对外提供",
    ],
)
def test_it_is_forbidden(licence: str) -> None:
    assert forbids_passing_on(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "",
        "for anti-fraud use",
        "CC BY 4.0",
        "CC0",
        "May be redistributed with attribution",
        "可转供公安机关",
        "仅用于反诈",
        "MIT",
    ],
)
def test_it_is_allowed(licence: str) -> None:
    assert not forbids_passing_on(licence)
