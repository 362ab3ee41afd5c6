"""Permissions and signs have plain words in both languages."""

from fanzha.command.app_samples.permission_words import PERMISSIONS, SIGNS, explain_permission, explain_sign


def test_permissions_and_signs_are_explained() -> None:
    words = explain_permission("android.permission.READ_SMS")
    assert words is not None and words.zh == "读取短信"
    packer = explain_sign("packer.bangcle")
    assert packer is not None and packer.en == "packed by bangcle"
    assert explain_permission("com.example.OWN") is None and explain_sign("code.web_view") is None
    assert all(words.zh and words.en for words in (*PERMISSIONS.values(), *SIGNS.values()))
