"""An account is platform and name, however people write it."""

import pytest

from fanzha.base.errors import Malformed
from fanzha.kinds.account import KIND


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("微信：Abc_1234", "wechat:abc_1234"),
        ("VX: abc-1234", "wechat:abc-1234"),
        ("QQ 123456", "qq:123456"),
        ("ＱＱ群：123456", "qq_group:123456"),
        ("https://t.me/Some_Name", "telegram:some_name"),
        ("tg @some_name", "telegram:some_name"),
        ("Anna@Mail.Example", "email:anna@mail.example"),
        ("抖音:张三的店", "douyin:张三的店"),
        ("wechat:wxid_abcdef123456", "wechat:wxid_abcdef123456"),
    ],
)
def test_every_way_of_writing_an_account_has_one_canonical_form(raw: str, canonical: str) -> None:
    assert KIND.normalise(raw) == canonical


@pytest.mark.parametrize(
    "raw", ["", "anna", "微信", "微信：短", "QQ:12", "nowhere:anna", "抖音 张三", "x y", "13800138000"]
)
def test_other_text_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)


def test_platform_and_sort_of_name_are_told() -> None:
    facts = {fact.name: fact.words for fact in KIND.describe("wechat:gh_0123456789ab")}
    assert facts["platform"] == ("微信", "WeChat")
    assert facts["name_kind"].en == "original id of an official account"


def test_the_mask_keeps_the_platform() -> None:
    assert KIND.mask("wechat:abc_1234") == "wechat:ab••••••"
    assert KIND.mask("qq:1234") == "qq:••••"
