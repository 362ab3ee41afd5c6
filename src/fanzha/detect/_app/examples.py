"""Made-up apps: those that serve fraud, and honest ones that ask for much of the same."""

from collections.abc import Sequence

from fanzha.base.words import Words
from fanzha.detect import Example

_FILE = "{:064x}"


def _app(
    number: int,
    package: str,
    label: str,
    permissions: Sequence[str],
    signs: Sequence[str],
    hosts: Sequence[str] = ("api.example",),
) -> dict[str, object]:
    return {
        "app": package,
        "shown_name": label,
        "version": "1.0",
        "file_sha256": _FILE.format(number),
        "certificate_sha256": _FILE.format(number + 1_000),
        "certificates": [_FILE.format(number + 1_000)],
        "permissions": [f"android.permission.{name}" for name in permissions],
        "signs": list(signs),
        "hosts": list(hosts),
    }


def _finds(number: int, fraud_type: str, score: float) -> tuple[dict[str, object], ...]:
    return (
        {
            "subject_kind": "app",
            "subject": f"apk:{number:064x}",
            "fraud_type": fraud_type,
            "score": score,
            "role": "lure",
        },
    )


def _example(title: Words, row: dict[str, object], finds: tuple[dict[str, object], ...] = ()) -> Example:
    return Example(title=title, table="app_seen", rows=(row,), finds=finds)


EXAMPLES = (
    _example(
        Words("“公安协查”应用，录屏加无障碍", "an app of “police”, which records the screen and has accessibility"),
        _app(
            1,
            "com.qwzrtk.plmnbv",
            "公安协查中心",
            ["INTERNET", "READ_SMS", "SYSTEM_ALERT_WINDOW"],
            ["service.accessibility", "service.screen_capture", "code.gestures", "packer.qihoo_360"],
        ),
        _finds(1, "fake_authority", 0.9),
    ),
    _example(
        Words("贷款名称的网页外壳，直连 IP", "a shell named after a loan, which connects to a bare address"),
        _app(2, "uni.UNI3A7F21C", "极速贷款", ["INTERNET"], ["framework.uni_app", "shell.uni_app"], ["203.0.113.9"]),
        _finds(2, "fake_loan", 0.65),
    ),
    _example(
        Words("读短信并设置呼叫转移，无桌面图标", "reads texts, diverts calls, and shows no icon"),
        _app(
            3,
            "com.example.helper",
            "系统助手",
            ["INTERNET", "CALL_PHONE", "RECEIVE_SMS"],
            ["code.call_forwarding", "receiver.sms", "activity.no_launcher"],
        ),
        _finds(3, "phishing", 0.65),
    ),
    _example(
        Words("“银行卡安全认证”应用，NFC 中继，以调试密钥签名", "an app to “verify a bank card”, which relays NFC"),
        _app(
            4,
            "com.example.verify",
            "银行卡安全认证",
            ["INTERNET", "NFC"],
            ["code.nfc_reader", "code.sockets", "service.nfc_card", "key.debug"],
        ),
        _finds(4, "fake_bank", 0.6),
    ),
    _example(
        Words("内藏安装包，以测试密钥签名", "a package inside, signed by a test key"),
        _app(
            5,
            "com.example.update",
            "更新",
            ["INTERNET", "REQUEST_INSTALL_PACKAGES"],
            ["embedded.apk", "key.test", "code.load_code"],
        ),
        _finds(5, "phishing", 0.6),
    ),
    _example(
        Words("远程协助软件", "a remote-support app"),
        _app(
            11,
            "com.example.assist",
            "示例远程协助",
            ["INTERNET", "SYSTEM_ALERT_WINDOW", "REQUEST_INSTALL_PACKAGES"],
            ["service.accessibility", "service.screen_capture", "code.screen_capture", "code.gestures"],
        ),
    ),
    _example(
        Words(
            "银行客户端：经加固，用短信验证码接口，有无障碍支持",
            "a bank's app: packed, with accessibility for blind people",
        ),
        _app(
            12,
            "com.example.bank",
            "示例银行",
            ["INTERNET", "NFC", "CALL_PHONE", "SYSTEM_ALERT_WINDOW"],
            [
                "packer.bangcle",
                "service.accessibility",
                "receiver.sms_retriever",
                "code.sms_retriever",
                "code.nfc_reader",
                "service.nfc_card",
            ],
        ),
    ),
    _example(
        Words("家长控制软件：设备管理员、无障碍、悬浮窗", "a parental control: administrator, accessibility, overlay"),
        _app(
            13,
            "com.example.family",
            "家长守护",
            ["INTERNET", "SYSTEM_ALERT_WINDOW", "PACKAGE_USAGE_STATS"],
            ["receiver.device_admin", "service.accessibility", "service.notification_listener"],
        ),
    ),
    _example(
        Words("学校的网页应用", "the web app of a school"),
        _app(
            14,
            "com.example.school",
            "示例中学",
            ["INTERNET"],
            ["shell.web_view", "code.web_view"],
            ["www.school.example"],
        ),
    ),
    _example(
        Words("只知包名的应用：不判断", "an app of which only the name is known: not judged"),
        {"app": "com.example.app", "shown_name": "公安协查中心"},
    ),
)
