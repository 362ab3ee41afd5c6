"""What names of files and classes say about an app: its packer, the framework it was made with, what its code can do.

File names are those that the tools themselves write into the package, as published in their documentation and in the
rules of APKiD and of quark; no text of theirs is taken over.
"""

import re
from collections.abc import Iterable

from fanzha.base.android.strings import dex_string

#: Packer -> pattern of names in the package.
_PACKERS = (
    ("bangcle", r"(lib/[^/]+/|assets/)(libsecexe|libsecmain|libSecShell|libDexHelper)[^/]*|assets/bangcle[^/]*"),
    ("qihoo_360", r"(lib/[^/]+/|assets/)libjiagu[^/]*\.so|assets/\.?jiagu[^/]*|lib/[^/]+/libprotectClass[^/]*"),
    ("tencent_legu", r"lib/[^/]+/(libshell|liblegudb|libBugly-yaq|libtosprotection)[^/]*|assets/0OO00[^/]*"),
    ("ijiami", r"(lib/[^/]+/|assets/)(libexec(main)?|libijiami)[^/]*\.(so|dat)|assets/ijiami[^/]*|assets/ijm_lib/.*"),
    ("ali_jaq", r"lib/[^/]+/(libmobisec|libsgmain|libaliutils|libdemolish)[^/]*|assets/armeabi/libmobisec[^/]*"),
    ("baidu", r"lib/[^/]+/libbaiduprotect[^/]*|assets/baiduprotect[^/]*"),
    ("naga", r"lib/[^/]+/(libddog|libedog|libfdog|libchaosvmp)[^/]*"),
    ("netease", r"lib/[^/]+/(libnesec|libnetHTProtect|libNetHTProtect)[^/]*|assets/netsec[^/]*"),
    ("dingxiang", r"lib/[^/]+/libx3g[^/]*|assets/dx_[^/]*"),
    ("kiwi", r"lib/[^/]+/(libkwscmm|libkwscr|libkwslinker)[^/]*"),
    ("apkprotect", r"lib/[^/]+/libAPKProtect[^/]*|assets/(apkprotect|libAPKProtect)[^/]*"),
    ("uu", r"assets/libuusafe[^/]*|lib/[^/]+/libuusafe[^/]*"),
    ("dpt_shell", r"assets/(vwwwwwvwww|OoooooOooo|i11111i111)[^/]*|lib/[^/]+/libdpt[^/]*"),
)  # fmt: skip
#: Framework -> pattern of names in the package.
_FRAMEWORKS = (
    ("uni_app", r"assets/(apps/__UNI__[^/]+/.*|data/dcloud_[^/]*)"),
    ("flutter", r"lib/[^/]+/libflutter\.so|assets/flutter_assets/.*"),
    ("react_native", r"lib/[^/]+/libreactnative[^/]*|assets/index\.android\.bundle"),
    ("cordova", r"assets/www/cordova[^/]*\.js"),
    ("capacitor", r"assets/capacitor\.[^/]*|assets/public/cordova\.js"),
    ("apicloud", r"assets/widget/config\.xml"),
    ("unity", r"lib/[^/]+/libunity\.so"),
    ("xamarin", r"lib/[^/]+/libmonodroid\.so"),
    ("e4a", r"lib/[^/]+/libe4a[^/]*|assets/e4a[^/]*"),
)
_PACKER_PATTERN = re.compile("|".join(f"(?P<{name}>(?:{pattern}))" for name, pattern in _PACKERS))
_FRAMEWORK_PATTERN = re.compile("|".join(f"(?P<{name}>(?:{pattern}))" for name, pattern in _FRAMEWORKS))
PACKERS = tuple(name for name, _ in _PACKERS)
FRAMEWORKS = tuple(name for name, _ in _FRAMEWORKS)

#: What the code can do -> groups of DEX strings; one string of every group must be there.
_CODE: dict[str, tuple[tuple[bytes, ...], ...]] = {
    name: tuple(tuple(dex_string(text) for text in group.split()) for group in groups)
    for name, groups in {
        "screen_capture": (
            "Landroid/media/projection/MediaProjectionManager;",
            "createScreenCaptureIntent createVirtualDisplay",
        ),
        "gestures": ("Landroid/accessibilityservice/AccessibilityService;", "dispatchGesture performGlobalAction"),
        "read_screen": ("Landroid/view/accessibility/AccessibilityNodeInfo;", "getRootInActiveWindow"),
        "send_sms": ("Landroid/telephony/SmsManager;", "sendTextMessage sendMultipartTextMessage"),
        "read_sms": ("content://sms content://sms/inbox content://sms/ createFromPdu",),
        "sms_retriever": ("Lcom/google/android/gms/auth/api/phone/SmsRetriever;",),
        "overlay": ("Landroid/view/WindowManager;", "canDrawOverlays TYPE_APPLICATION_OVERLAY"),
        "load_code": ("Ldalvik/system/DexClassLoader; Ldalvik/system/InMemoryDexClassLoader;",),
        "install_packages": ("application/vnd.android.package-archive Landroid/content/pm/PackageInstaller;",),
        "nfc_reader": ("Landroid/nfc/tech/IsoDep;", "transceive"),
        "nfc_card": ("Landroid/nfc/cardemulation/HostApduService;",),
        "web_view": ("Landroid/webkit/WebView; Lcom/tencent/smtt/sdk/WebView;", "loadUrl"),
        "js_interface": ("addJavascriptInterface",),
        "sockets": ("Ljava/net/Socket; Lokhttp3/WebSocket; Lio/socket/client/Socket;",),
        "contacts": ("Landroid/provider/ContactsContract$CommonDataKinds$Phone;",),
        "hide_icon": ("setComponentEnabledSetting",),
        "lock_screen": ("Landroid/app/admin/DevicePolicyManager;", "lockNow resetPassword"),
    }.items()
}  # fmt: skip
CODE = tuple(_CODE)
#: Beginnings of call-forwarding codes (3GPP TS 22.030): all, busy, no answer, not reachable.
_FORWARDING = re.compile(rb"(?:\*\*|tel:\*)(?:21|61|62|67|002|004)\*|%2A%2A(?:21|61|62|67|002|004)%2A", re.IGNORECASE)


def find_packers(names: Iterable[str]) -> set[str]:
    """Return the packers whose files are among the names of the package."""
    return {str(match.lastgroup) for name in names if (match := _PACKER_PATTERN.fullmatch(name))}


def find_frameworks(names: Iterable[str]) -> set[str]:
    """Return the frameworks whose files are among the names of the package."""
    return {str(match.lastgroup) for name in names if (match := _FRAMEWORK_PATTERN.fullmatch(name))}


def find_code(strings: frozenset[bytes]) -> set[str]:
    """Return what code with these DEX strings can do."""
    return {name for name, groups in _CODE.items() if all(any(text in strings for text in group) for group in groups)}


def has_forwarding_code(data: bytes) -> bool:
    """Return whether `data` holds a code that turns call forwarding on."""
    return _FORWARDING.search(data) is not None
