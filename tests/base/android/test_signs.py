"""Packers and frameworks by names of files; what code can do by its strings."""

import pytest
from tests.android_packages import dex

from fanzha.base.android import signs, strings


@pytest.mark.parametrize(
    ("name", "packer"),
    [
        ("lib/arm64-v8a/libjiagu_a64.so", "qihoo_360"),
        ("assets/libjiagu.so", "qihoo_360"),
        ("lib/armeabi/libsecexe.so", "bangcle"),
        ("lib/armeabi-v7a/libshellx-2.10.7.1.so", "tencent_legu"),
        ("assets/ijiami.ajm", "ijiami"),
        ("lib/x86/libbaiduprotect.so", "baidu"),
    ],
)
def test_a_packer_is_named_by_its_library(name: str, packer: str) -> None:
    assert signs.find_packers([name, "lib/arm64-v8a/libmain.so"]) == {packer}


def test_a_framework_is_named_by_its_files() -> None:
    names = ["assets/apps/__UNI__AB12CD3/www/app-service.js", "lib/arm64-v8a/libflutter.so", "assets/www/cordova.js"]
    assert signs.find_frameworks(names) == {"uni_app", "flutter", "cordova"}


def test_ordinary_names_mean_nothing() -> None:
    names = ["classes.dex", "res/layout/main.xml", "lib/arm64-v8a/libc++_shared.so", "assets/fonts/a.ttf"]
    assert not signs.find_packers(names) | signs.find_frameworks(names)


def test_code_needs_a_string_of_every_group() -> None:
    def code(*texts: str) -> set[str]:
        return signs.find_code(strings.list_dex_strings(strings.string_data(dex(*texts))))

    assert code("Landroid/media/projection/MediaProjectionManager;", "createVirtualDisplay") == {"screen_capture"}
    assert code("Landroid/media/projection/MediaProjectionManager;", "other") == set()


@pytest.mark.parametrize(
    ("text", "found"), [(b"**21*", True), (b"tel:*62*", True), (b"%2A%2A67%2A", True), (b"*21*", False)]
)
def test_codes_that_forward_calls_are_found(text: bytes, found: bool) -> None:
    assert signs.has_forwarding_code(b"\0\x05" + text + b"\0") is found
