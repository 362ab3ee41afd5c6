"""Names of a day: 40 planted ones that imitate 12 brands, 1,000 honest ones with many look-alikes, and passing ones.

Written from general knowledge of phishing names, before the matcher was read. They do not change with the matcher:
the figures of a day are only worth something as long as nobody fits the names to it.
"""

import random
from pathlib import Path

#: Brands with the names of their own sites.
OWN_SITES: dict[str, tuple[str, ...]] = {
    "icbc": ("icbc.com.cn", "mybank.icbc.com.cn", "m.icbc.com.cn", "icbc-ltd.com"),
    "ccb": ("ccb.com", "ibsbjstar.ccb.com.cn", "creditcard.ccb.com"),
    "cmb": ("cmbchina.com", "pbsz.ebank.cmbchina.com", "cc.cmbchina.com"),
    "alipay": ("alipay.com", "auth.alipay.com", "render.alipay.com", "alipayobjects.com"),
    "wechat": ("weixin.qq.com", "wechat.com", "pay.weixin.qq.com", "weixin110.qq.com"),
    "jd": ("jd.com", "passport.jd.com", "jr.jd.com", "jd.hk"),
    "sf": ("sf-express.com", "www.sf-express.com", "htm.sf-express.com"),
    "mobile": ("10086.cn", "shop.10086.cn", "wap.10086.cn", "touch.10086.cn"),
    "traffic": ("gab.122.gov.cn", "bj.122.gov.cn", "sh.122.gov.cn"),
    "paypal": ("paypal.com", "www.paypal.com", "paypal.me"),
    "apple": ("apple.com", "appleid.apple.com", "icloud.com", "www.icloud.com"),
    "dhl": ("dhl.com", "www.dhl.de", "mydhl.express.dhl"),
}

#: Planted names: (host, brand). Added words, swapped and doubled letters, other scripts, the real name as a subdomain.
PLANTED: tuple[tuple[str, str], ...] = (
    ("icbc-jifen.xyz", "icbc"),
    ("www-lcbc.com.cn-ebank.top", "icbc"),
    ("wap-icbc-mybank.cc", "icbc"),
    ("icbc-etoken.vip", "icbc"),
    ("ccb-jf.top", "ccb"),
    ("wap.ccb.com.ebank-verify.xyz", "ccb"),
    ("ccbpay-anquan.cn.com", "ccb"),
    ("建设银行积分兑换.com", "ccb"),
    ("cmbchlna.com", "cmb"),
    ("cmbchina.com.login-verify.icu", "cmb"),
    ("cmbchina-card.vip", "cmb"),
    ("a1ipay-refund.com", "alipay"),
    ("alipay-kefu.cn", "alipay"),
    ("alipaay.com", "alipay"),
    ("аlipay.com", "alipay"),  # the first letter is Cyrillic
    ("wechat-unblock.com", "wechat"),
    ("weixin-jiefeng.top", "wechat"),
    ("weixin110.qq.com.security-check.xyz", "wechat"),
    ("jd-baitiao-kefu.com", "jd"),
    ("jdjinrong-zhuxiao.cn", "jd"),
    ("京东金条注销.cn", "jd"),
    ("sf-expresss.com", "sf"),
    ("shunfeng-lipei.top", "sf"),
    ("sf-express.cn-parcel.com", "sf"),
    ("10086-jifen.cc", "mobile"),
    ("l0086-points.top", "mobile"),
    ("wap10086dh.xyz", "mobile"),
    ("12123-jiaoguan.top", "traffic"),
    ("gab-122-gov.cn", "traffic"),
    ("122gov-weizhang.com", "traffic"),
    ("paypa1-secure.com", "paypal"),
    ("paypal.com.account-review.info", "paypal"),
    ("pay-pal-resolution.net", "paypal"),
    ("paypai-center.support", "paypal"),
    ("appleid.apple.com.id-verify.co", "apple"),
    ("findmy-lcloud.com", "apple"),
    ("icloud-find-device.com", "apple"),
    ("dhl-parcel-fee.com", "dhl"),
    ("dhl.tracking-customs.info", "dhl"),
    ("mydhl-redelivery.top", "dhl"),
)
#: Where sites come back when they were blocked: other names that the same people registered.
RETURNED: tuple[tuple[str, str], ...] = (
    ("icbc-jifen-vip.top", "icbc"),
    ("ccb-jf8.xyz", "ccb"),
    ("alipay-kefu95188.com", "alipay"),
)

#: Honest names that resemble a brand.
LOOK_ALIKES = tuple(
    line
    for line in Path(__file__).with_name("look_alikes.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)
_TRADES = (
    "bakery", "dental", "plumbing", "studio", "garden", "yoga", "law", "physio", "florist", "cycles", "brewery",
    "pottery", "kennels", "optics", "roofing", "travel", "tutoring", "catering", "printing", "tailoring", "joinery",
    "archery", "museum", "choir", "hockey", "chess", "theatre", "clinic", "hostel", "vineyard",
)  # fmt: skip
_PLACES = (
    "riverside", "lakeview", "norwich", "bergen", "porto", "leipzig", "ghent", "turku", "graz", "lyon", "cork",
    "perth", "bristol", "tampere", "basel", "split", "hillside", "oakfield", "ashford", "dunmore", "kelso", "elgin",
    "tralee", "banff", "nelson", "hobart", "devon", "tallinn", "vilnius", "riga",
)  # fmt: skip
_PINYIN = (
    "hua", "yuan", "mei", "xing", "long", "cheng", "hai", "tian", "ming", "xin", "yi", "bao", "jia", "ren", "shan",
    "he", "feng", "guang", "tong", "da", "lian", "rui", "hong", "chang", "zhi", "wen", "xue", "jin", "yin", "shui",
    "mu", "lin", "qing", "an", "ping", "he", "xiang",
)  # fmt: skip
_CHINESE_TRADES = (
    "jixie", "wujin", "fangzhi", "cheye", "shipin", "chaye", "jiaju", "guanggao", "lvyou", "wuliu", "jiaoyu",
    "yiyuan", "dianzi", "huagong", "keji", "zhuangshi", "muye", "youxue",
)  # fmt: skip
_TOPS = (
    "com", "com", "com", "net", "org", "cn", "cn", "com.cn", "co.uk", "de", "fr", "io", "shop", "top", "xyz",
    "site", "online", "club",
)  # fmt: skip
_MACHINES = (
    "www", "mail", "api", "cdn", "img", "static", "vpn", "dev", "test", "portal", "shop", "m", "blog", "app",
    "docs", "git",
)  # fmt: skip


def make_honest_names(count: int = 1_000) -> list[str]:
    """Return honest names: sites of brands, look-alikes, then small firms of all kinds."""
    names = [host for hosts in OWN_SITES.values() for host in hosts]
    names += LOOK_ALIKES
    return _fill(names, count, random.Random("honest names"))


def make_passing_names(count: int = 960) -> list[str]:
    """Return names of which nobody says anything; they have no site."""
    honest = set(make_honest_names())
    found = _fill([], count + len(honest), random.Random("passing names"))
    return [name for name in found if name not in honest][:count]


def _fill(names: list[str], count: int, draw: random.Random) -> list[str]:
    found = dict.fromkeys(names)
    while len(found) < count:
        found[_small_firm(draw)] = None
    return list(found)[:count]


def _small_firm(draw: random.Random) -> str:
    kind = draw.randrange(5)
    if kind == 0:
        name = f"{draw.choice(_PLACES)}-{draw.choice(_TRADES)}"
    elif kind == 1:
        name = f"{draw.choice(_TRADES)}{draw.choice(_PLACES)}{draw.choice(('', '', '24', '1', '365'))}"
    elif kind == 2:
        name = f"{''.join(draw.choices(_PINYIN, k=draw.randint(2, 3)))}{draw.choice(_CHINESE_TRADES)}"
    elif kind == 3:
        name = "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(4, 6)))
        name += draw.choice(("", "", str(draw.randint(1, 9999))))
    else:
        name = f"{''.join(draw.choices(_PINYIN, k=3))}{draw.randint(1, 999)}"
    host = f"{name}.{draw.choice(_TOPS)}"
    return f"{draw.choice(_MACHINES)}.{host}" if draw.random() < 0.3 else host
