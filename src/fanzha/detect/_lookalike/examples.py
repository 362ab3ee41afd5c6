"""Worked examples: imitations and legitimate look-alikes; hosts are fictitious or a brand's own."""

from collections.abc import Mapping

from fanzha.base.words import Words
from fanzha.detect import Example

SEEN_AT = 1_772_323_200_000  # time of the first row of an example
DAY_MS = 86_400_000
BAITED_LINK = "https://www.icbc.com.cn@fic-landing.example/login"


def site(host: str, age_days: int | None = None, **fields: object) -> Mapping[str, object]:
    """Return the row of one site."""
    registered = None if age_days is None else SEEN_AT - age_days * DAY_MS
    return {"host": host, "registered_at": registered, **fields}


def expected_finding(subject: str, score: float) -> Mapping[str, object]:
    """Return the expected fields of a finding."""
    return {"subject_kind": "website", "subject": subject, "score": score, "fraud_type": "brand_imitation"}


EXAMPLES = (
    Example(
        title=Words("银行名加诱导词，新注册域名", "a bank's name with a bait word, registered days ago"),
        table="site_seen",
        rows=(site("www.icbc-kefu-vip.top", 6),),
        finds=(expected_finding("icbc-kefu-vip.top", 0.8),),
    ),
    Example(
        title=Words("内嵌银行完整域名、伪造gov.cn", "a bank's whole domain put inside, and a forged gov.cn"),
        table="site_seen",
        rows=(site("www.icbc.com.cn.zhanghu-fic.example"), site("shebao-fic-gov-cn.top")),
        finds=(expected_finding("zhanghu-fic.example", 0.9), expected_finding("shebao-fic-gov-cn.top", 0.8)),
    ),
    Example(
        title=Words(
            "异国字形、数字冒充字母、字母换位", "look-alikes of other scripts, digits for letters, letters swapped"
        ),
        table="site_seen",
        rows=(site("аррӏе.com"), site("ta0bao.com"), site("micorsoftonline.com")),
        finds=(
            expected_finding("xn--80ak6aa92e.com", 0.9),
            expected_finding("ta0bao.com", 0.85),
            expected_finding("micorsoftonline.com", 0.8),
        ),
    ),
    Example(
        title=Words("中文域名、拼音、客服号码", "a Chinese name, its pinyin, a service number"),
        table="site_seen",
        rows=(site("工商銀行官网.com"), site("gongshangyinhangkefu.com"), site("95588kefu.com")),
        finds=(
            expected_finding("xn--czry0mp1b573dnnj01o.com", 0.9),
            expected_finding("gongshangyinhangkefu.com", 0.85),
            expected_finding("95588kefu.com", 0.7),
        ),
    ),
    Example(
        title=Words("网址里@之前写银行网址", "a bank's address written before the @ of a URL"),
        table="site_seen",
        rows=(site("fic-landing.example", url=BAITED_LINK),),
        finds=(expected_finding("fic-landing.example", 0.85),),
    ),
    Example(
        title=Words("托管平台上的仿冒：只针对租户", "an imitation under a hosting service: only the tenant is named"),
        table="site_seen",
        rows=(site("taobao-kefu-fic.github.io"),),
        finds=(expected_finding("taobao-kefu-fic.github.io", 0.8),),
    ),
    Example(
        title=Words("无辜：品牌自己的网站", "innocent: a brand's own sites"),
        table="site_seen",
        rows=(site("www.icbc.com.cn"), site("login.taobao.com"), site("mail.qq.com")),
    ),
    Example(
        title=Words("无辜：学校、地名网站、普通词", "innocent: a school, a place's site, ordinary words"),
        table="site_seen",
        rows=(site("www.hnu.edu.cn"), site("hangzhou-travel.com"), site("orange-juice.com"), site("mountain-view.org")),
    ),
    Example(
        title=Words("无辜：多年、已备案的品牌爱好者网站", "innocent: a brand's fan site, years old and filed"),
        table="site_seen",
        rows=(site("xiaomi-fans.net", 3_000, icp="京ICP备00000000号-1", title="玩机笔记"),),
    ),
)
