"""Chinese brand names in international domain names, with traditional characters folded to simplified ones."""

from fanzha.brands import _arrays as tables
from fanzha.brands.table import Brand
from fanzha.kinds.web.public_suffixes import split_host
from fanzha.kinds.web.unicode_names import fold_traditional

#: Words that fraud sites combine with brand names.
_COMPANIONS = (
    "官网 官方 客服 登录 登陆 认证 验证 查询 贷款 信贷 借款 缴费 积分 兑换 退款 理赔 补贴 会员 下载 激活 升级 中心 "
    "平台 商城 快递 信用 社保 医保 年检 办理 服务 网上 手机 银行 支付 安全 网 站 在线 赔付 改签 退票 派件 派送 签收 "
    "冻结 解冻 解封 实名 年审 失效 过期 领取 申领 提取 提现 提额 额度 还款 注销 征信 违章 处理 罚款 缴款 凭证 钱包 "
    "热线 人工 投诉 举报 中奖 抽奖 福利 活动 优惠 充值 话费 流量"
)
COMPANIONS = tuple(_COMPANIONS.split())


class ChineseNames:
    """The Chinese names of all brands, indexed by their first two characters, the longest first."""

    def __init__(self, brands: tuple[Brand, ...]) -> None:
        self.own = {domain: number for number, brand in enumerate(brands) for domain in brand.domains}
        self.names: dict[str, list[tuple[str, int]]] = {}
        assigned: set[str] = set()
        for number, brand in enumerate(brands):
            for name in map(fold_traditional, (brand.zh, *brand.aliases)):
                if len(name) >= 2 and name not in assigned and not any(c.isascii() for c in name[:2]):
                    assigned.add(name)
                    self.names.setdefault(name[:2], []).append((name, number))
        for entries in self.names.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, label: str) -> tuple[str, int] | None:
        """Return the longest brand name contained in a label, and its brand."""
        text = fold_traditional(label)
        matches = [
            entry
            for index in range(len(text) - 1)
            for entry in self.names.get(text[index : index + 2], ())
            if text.startswith(entry[0], index)
        ]
        return max(matches, key=lambda entry: len(entry[0]), default=None)

    def answer(self, row: int, host: str, unicode_host: str, answers: tables.Answers) -> None:
        """Set the answer of a host in other scripts if it is a brand's own or contains a brand's Chinese name."""
        registrable = split_host(host).registrable if "." in host else ""
        if registrable in self.own:
            answers.owner[row], answers.brand[row], answers.score[row] = self.own[registrable], -1, 0
            return
        answers.registrable[row] = len(host) - len(registrable) if registrable else -1
        label = unicode_host.split(".")[-1 - registrable.count(".")] if registrable else ""
        match = self.find(label)
        if match is None:
            return
        strength, bait = _strength(match[0], fold_traditional(label))
        if strength > answers.score[row]:
            answers.brand[row], answers.key[row], answers.group[row] = match[1], -1, tables.CHINESE
            answers.score[row], answers.length[row], answers.companions[row] = strength, len(match[0]), bait


def _strength(name: str, label: str) -> tuple[float, bool]:
    """Return the strength of a Chinese name in a label, and whether the label has a companion word."""
    remainder = label.replace(name, "", 1)
    if not remainder:  # often the brand's own registration
        return (0.6 if len(name) >= 3 else 0.4), False
    if any(word in remainder for word in COMPANIONS):
        return (0.95 if len(name) >= 3 else 0.8), True
    return (0.7 if len(name) >= 4 else 0.5 if len(name) == 3 else 0.3), False
