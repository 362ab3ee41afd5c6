"""Permissions and signs of packages in plain words."""

from fanzha.base.words import Words

_ANDROID = "android.permission."
PERMISSIONS: dict[str, Words] = {
    "READ_SMS": Words("读取短信", "reads text messages"),
    "RECEIVE_SMS": Words("接收短信", "receives text messages"),
    "SEND_SMS": Words("发送短信", "sends text messages"),
    "CALL_PHONE": Words("直接拨打电话", "makes calls without asking"),
    "READ_CALL_LOG": Words("读取通话记录", "reads the list of calls"),
    "WRITE_CALL_LOG": Words("改写通话记录", "changes the list of calls"),
    "PROCESS_OUTGOING_CALLS": Words("改变拨出的号码", "changes numbers that are dialled"),
    "ANSWER_PHONE_CALLS": Words("接听电话", "answers calls"),
    "READ_CONTACTS": Words("读取通讯录", "reads the contacts"),
    "READ_PHONE_STATE": Words("读取本机号码与设备状态", "reads the number and state of the phone"),
    "READ_PHONE_NUMBERS": Words("读取本机号码", "reads the number of the phone"),
    "RECORD_AUDIO": Words("录音", "records sound"),
    "CAMERA": Words("使用相机", "uses the camera"),
    "ACCESS_FINE_LOCATION": Words("获取精确位置", "knows the exact place"),
    "ACCESS_BACKGROUND_LOCATION": Words("在后台获取位置", "knows the place at any time"),
    "SYSTEM_ALERT_WINDOW": Words("覆盖在其他应用之上", "covers other apps"),
    "REQUEST_INSTALL_PACKAGES": Words("安装其他应用", "installs other apps"),
    "REQUEST_DELETE_PACKAGES": Words("卸载其他应用", "removes other apps"),
    "QUERY_ALL_PACKAGES": Words("查看已装的全部应用", "sees all installed apps"),
    "PACKAGE_USAGE_STATS": Words("查看应用使用情况", "sees which apps are used"),
    "MANAGE_EXTERNAL_STORAGE": Words("读写全部文件", "reads and changes all files"),
    "READ_EXTERNAL_STORAGE": Words("读取文件与照片", "reads files and pictures"),
    "READ_MEDIA_IMAGES": Words("读取照片", "reads pictures"),
    "NFC": Words("读取银行卡等近场卡片", "reads cards held to the phone"),
    "FOREGROUND_SERVICE_MEDIA_PROJECTION": Words("录制屏幕", "records the screen"),
    "REQUEST_IGNORE_BATTERY_OPTIMIZATIONS": Words("常驻后台", "stays in the background"),
    "RECEIVE_BOOT_COMPLETED": Words("开机自动运行", "starts with the phone"),
    "INTERNET": Words("连接网络", "uses the internet"),
}
SIGNS: dict[str, Words] = {
    "service.accessibility": Words("无障碍服务：可查看和操作其他应用", "accessibility: sees and works other apps"),
    "service.notification_listener": Words("读取全部通知", "reads all notifications"),
    "service.screen_capture": Words("录制屏幕", "records the screen"),
    "code.screen_capture": Words("代码可录制屏幕", "its code can record the screen"),
    "service.nfc_card": Words("模拟银行卡", "passes for a bank card"),
    "code.nfc_reader": Words("代码可读取银行卡", "its code can read bank cards"),
    "service.vpn": Words("可接管网络流量", "can carry all traffic"),
    "service.input_method": Words("输入法：可得知键入内容", "a keyboard: knows what is typed"),
    "service.in_call": Words("接管通话界面", "takes over the call screen"),
    "service.call_redirection": Words("改变拨出的电话", "redirects outgoing calls"),
    "receiver.device_admin": Words("可成为设备管理员", "can become device administrator"),
    "receiver.sms": Words("收到短信时被唤醒", "is woken by text messages"),
    "activity.no_launcher": Words("没有桌面图标", "shows no icon to start it"),
    "activity.home": Words("可代替桌面", "can take the place of the home screen"),
    "activity.dialler": Words("可代替拨号界面", "can take the place of the dialler"),
    "code.call_forwarding": Words("含呼叫转移代码", "holds a code that diverts calls"),
    "code.load_code": Words("运行时加载代码", "loads code while it runs"),
    "code.read_sms": Words("代码可读取短信", "its code can read text messages"),
    "code.send_sms": Words("代码可发送短信", "its code can send text messages"),
    "code.gestures": Words("代码可代替用户点按", "its code can press for its user"),
    "embedded.apk": Words("内藏另一个安装包", "carries another package"),
    "embedded.dex": Words("内藏代码文件", "carries hidden code"),
    "shell.web_view": Words("网页外壳", "a shell around a web page"),
    "shell.uni_app": Words("uni-app 网页外壳", "a uni-app shell around web pages"),
    "key.debug": Words("以调试密钥签名", "signed by a debug key"),
    "key.test": Words("以公开测试密钥签名", "signed by a public test key"),
    "key.none": Words("没有签名", "not signed"),
    "key.unreadable": Words("签名无法读取", "its signature is unreadable"),
    "tamper.encrypted_flag": Words("伪造的加密标记", "a false mark of encryption"),
    "tamper.duplicate_entry": Words("同名文件重复", "two files of one name"),
    "tamper.overlapping_entries": Words("文件互相重叠", "files that overlap"),
    "tamper.lying_length": Words("文件长度虚假", "lengths that lie"),
    "tamper.unknown_method": Words("未知压缩方式", "an unknown compression"),
    "tamper.local_header_differs": Words("两处文件头不一致", "headers that contradict each other"),
}
_PREFIXES = {
    "packer.": Words("加固：{name}", "packed by {name}"),
    "framework.": Words("开发框架：{name}", "made with {name}"),
}


def explain_permission(name: str) -> Words | None:
    """Return what a permission means, None if it has no plain words."""
    return PERMISSIONS.get(name.removeprefix(_ANDROID))


def explain_sign(sign: str) -> Words | None:
    """Return what a sign means, None if it says little by itself."""
    for prefix, words in _PREFIXES.items():
        if sign.startswith(prefix):
            return words.format(name=sign.removeprefix(prefix))
    return SIGNS.get(sign)
