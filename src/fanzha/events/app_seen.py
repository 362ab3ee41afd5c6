"""An app somebody saw: in a store, on a device, in traffic or in a report (ATF Art. 23: sideloaded ones first)."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable

EVENT = EventTable(
    name="app_seen",
    title=Words("应用", "app seen"),
    identity=("app", "file_sha256", "number"),
    own=(
        Column(
            "app",
            pa.string(),
            Words("应用包名", "app package"),
            kind="app",
            required=True,
            aliases=("app", "package", "package_name", "bundle_id", "包名", "应用包名"),
        ),
        Column(
            "shown_name", pa.string(), Words("应用名称", "shown name"), aliases=("app_name", "应用名称", "软件名称")
        ),
        Column("version", pa.string(), Words("版本", "version"), aliases=("version", "version_name", "版本", "版本号")),
        Column(
            "file_sha256",
            pa.string(),
            Words("安装包SHA-256", "SHA-256 of the file"),
            aliases=("file_sha256", "apk_sha256", "sha256", "文件哈希", "安装包哈希"),
        ),
        Column(
            "certificate_sha256",
            pa.string(),
            Words("签名证书SHA-256", "SHA-256 of the signing certificate"),
            aliases=("certificate_sha256", "cert_sha256", "签名证书", "证书指纹"),
        ),
        Column(
            "url",
            pa.string(),
            Words("下载地址", "where it was offered"),
            aliases=("download_url", "url", "下载地址", "下载链接"),
        ),
        Column(
            "number",
            pa.string(),
            Words("使用号码", "number of the device"),
            kind="phone_number",
            aliases=("msisdn", "number", "手机号", "手机号码", "用户号码"),
        ),
        Column("device", pa.string(), Words("终端", "device"), kind="device", aliases=("device", "imei", "终端串号")),
        Column(
            "seen_by",
            pa.string(),
            Words("来源渠道", "seen by"),
            values=("store", "device", "traffic", "crawl", "report"),
            aliases=("seen_by", "来源渠道"),
            words=(
                ("应用商店", "store"),
                ("终端", "device"),
                ("手机", "device"),
                ("流量", "traffic"),
                ("爬取", "crawl"),
                ("举报", "report"),
            ),
        ),
        # What the reader of Android packages finds in the file.
        Column("certificates", pa.list_(pa.string()), Words("全部签名证书SHA-256", "SHA-256 of every certificate")),
        Column("file_bytes", pa.int64(), Words("文件大小", "size of the file"), unit="bytes", low=0),
        Column("min_sdk", pa.int64(), Words("最低系统版本", "lowest Android API level"), low=0),
        Column("target_sdk", pa.int64(), Words("目标系统版本", "Android API level made for"), low=0),
        Column("permissions", pa.list_(pa.string()), Words("申请的权限", "permissions asked for")),
        #: What its manifest, code, files and keys show: `service.accessibility`, `packer.bangcle`, `key.debug` …
        Column("signs", pa.list_(pa.string()), Words("安装包特征", "signs of the package")),
        Column("links", pa.list_(pa.string()), Words("内嵌链接", "links inside")),
        Column("hosts", pa.list_(pa.string()), Words("内嵌域名", "hosts inside")),
        Column("icon_hash", pa.string(), Words("图标感知哈希", "perceptual hash of the icon")),
        Column("dex_sha256", pa.list_(pa.string()), Words("代码文件SHA-256", "SHA-256 of the files of code")),
    ),
)
