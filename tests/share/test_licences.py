"""What a licence does not allow in words of either language is not passed on."""

import pytest

from fanzha.share.licences import ALLOWED_TERM, FORBIDDEN_TERM, allows_passing_on

NOT_ALLOWED = [
    FORBIDDEN_TERM,
    "Do not redistribute.",
    "May not be shared with third parties",
    "not for re-distribution",
    "Redistribution in any form is prohibited",
    "For INTERNAL USE only",
    "CC BY-NC-ND 4.0",
    "CC BY-ND",
    "© Example, all rights reserved",
    "Ｎｏ Ｓｈａｒｉｎｇ",
    "cannot be shared",
    "can’t be shared",
    "don't share",
    "must not be made available to third parties",
    "not be provided to third parties",
    "for members of the ISAC only",
    "recipients only",
    "do not onward transfer",
    "in confidence",
    "TLP:RED",
    "for anti-fraud use",
    "May be shared, but not redistributed",
    "不得转供其他单位",
    "严禁向任何第三方分发",
    "仅限本单位内部使用",
    "未经许可不得转载",
    "不得提供给他人",
    "未经书面同意，不得向任何其他单位或者个人提供",
    "限成员使用，请勿外泄",
    "保密",
    "只供内部参考",
    "未经授权不得使用或披露",
    "仅用于反诈",
]
ALLOWED = [
    "",
    " ",
    ALLOWED_TERM,
    "CC BY 4.0",
    "CC BY-SA 4.0",
    "CC0",
    "ODbL",
    "May be redistributed freely",
    "free to share with attribution",
    "可转供公安机关",
    "允许共享",
    "TLP:GREEN",
]


@pytest.mark.parametrize("licence", NOT_ALLOWED, ids=range(len(NOT_ALLOWED)))
def test_what_is_forbidden_or_not_understood_stays(licence: str) -> None:
    assert not allows_passing_on(licence)


@pytest.mark.parametrize("licence", ALLOWED, ids=range(len(ALLOWED)))
def test_what_is_allowed_in_words_may_be_passed_on(licence: str) -> None:
    assert allows_passing_on(licence)
