"""Merge the hand-written brands with public lists of protected domains into the shipped table.

    tools/build_brands.py DATA

DATA is the folder that holds `benign_lists` (its SOURCE.md names origin and licence). `brands_curated.tsv` beside this
file wins over every list: names, aliases and needs are written there. Romanised aliases of Chinese names are added by
pypinyin, a package this tool alone needs.
"""

import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
from pypinyin import Style, lazy_pinyin

from fanzha.kinds.website import KIND, registrable

HERE = Path(__file__).parent
TARGET = HERE.parent / "src/fanzha/brands/data/brands.tsv"
COLUMNS = ("domain", "zh", "en", "sector", "country", "own", "aliases", "needs")

#: Which curated brand owns the domains of a list, and the sector of lists without one.
OWNERS = {
    "icbc": "icbc.com.cn", "boc": "boc.cn", "ccb": "ccb.com", "cmb": "cmbchina.com", "citic": "citic.com",
    "unionpay": "unionpay.com", "jd": "jd.com", "pinduoduo": "pinduoduo.com", "chinamobile": "10086.cn",
    "chinaunicom": "10010.com", "chinatelecom": "189.cn", "sf-express": "sf-express.com", "zto-express": "zto.com",
    "yto-express": "yto.net.cn", "sto-express": "sto.cn", "yundaex": "yundaex.com", "jtexpress": "jtexpress.cn",
    "800best": "800best.com", "cainiao": "cainiao.com", "deppon": "deppon.com", "fcbox": "fcbox.com",
    "kuaidi100": "kuaidi100.com", "xueersi": "xueersi.com", "yuanfudao": "yuanfudao.com", "koolearn": "koolearn.com",
    "hsbc-cn": "hsbc.com.cn", "17zuoye": "17zuoye.com", "ctexcel": "189.cn", "hujiang": "", "shanbay": "",
}  # fmt: skip
SECTORS = {
    "category-bank-cn": "finance", "category-securities-cn": "finance", "category-logistics-cn": "logistics",
    "category-education-cn": "edu", "edu-cn": "edu", "unionpay": "finance", "jd": "ecommerce",
}  # fmt: skip
#: Trades at the end of a Chinese name, and how they are written short; the first goes with initials too.
TRADES = {
    "农商银行": ("nsyh", "nongshang", "nsh"), "银行": ("yh", "bank"), "证券": ("zq",), "保险": ("bx",),
    "人寿": ("rs", "bx"),
    "航空": ("hk", "air"), "快递": ("kd",), "速递": ("kd", "sd"), "速运": ("kd", "sy"), "农信": ("nx",),
}  # fmt: skip
#: Domains of lists that are not one brand's site: suffixes, delivery networks, addresses of parts of a site.
SKIPPED = {"edu.cn", "qgzb.gov.cn"}
OTHER_LISTS = ("cisco_top20k", "dnsmasq_china")
MIN_SAME_LABEL = 5
POPULAR = ("tranco10k", "majestic_million", "cloudflare-top50k", "alexa")

Row = dict[str, str]


def curated() -> dict[str, Row]:
    """Return the hand-written rows by domain."""
    lines = (HERE / "brands_curated.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {line.split("\t")[0]: dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines}


def row(domain: str, sector: str, country: str = "") -> Row:
    """Return a row of a list: its names stay blank, since a list does not tell them."""
    top = domain.rpartition(".")[2]
    place = country or (top.upper() if len(top) == 2 and top not in ("io", "me", "tv", "co", "ai", "eu", "su") else "")
    return dict.fromkeys(COLUMNS, "") | {
        "domain": domain,
        "sector": sector,
        "needs": "clear",
        "country": "GB" if place == "UK" else place,
    }


def merge(data: Path) -> list[Row]:
    """Return all rows, curated ones first, no domain owned twice."""
    rows = curated()
    taken = {name for entry in rows.values() for name in [entry["domain"], *entry["own"].split()]}
    for entry in pq.read_table(data / "benign_lists/cn_brand_domains.parquet").to_pylist():
        domain = registrable(entry["domain"])
        owner = OWNERS.get(entry["list"], "")
        if not domain or domain in taken or domain in SKIPPED:
            continue
        taken.add(domain)
        if owner in rows:
            rows[owner]["own"] = f"{rows[owner]['own']} {domain}".strip()
        else:
            rows[domain] = row(domain, SECTORS.get(entry["category"], "other"), "CN")
    for domain, sector in [*banks(data), *popular(data)]:
        if domain and domain not in taken:
            taken.add(domain)
            rows[domain] = row(domain, sector)
            if sector == "platform":  # popular sites are known by their label, which is then their name
                rows[domain]["en"] = domain.split(".")[0].title()
    for name, owner in same_labels(data, rows).items():
        if name not in taken:
            owner["own"] = f"{owner['own']} {name}".strip()
    return list(rows.values())


def same_labels(data: Path, rows: dict[str, Row]) -> dict[str, Row]:
    """Return the benign domains that bear the label of a brand (five letters or more) under another suffix.

    Sites of popularity lists that bear the very name of a brand are the brand's, or at least no imitations.
    """
    by_label: dict[str, Row] = {}
    for entry in rows.values():
        label = entry["domain"].split(".")[0]
        if len(label) >= MIN_SAME_LABEL and entry["needs"] not in ("word", "gov"):
            by_label.setdefault(label.replace("-", ""), entry)
    names = sorted({registrable(name) for which in (*POPULAR, *OTHER_LISTS) for name in benign(data, which)})
    labels = {name: name.split(".")[0].replace("-", "") for name in names if name}
    return {name: by_label[label] for name, label in labels.items() if label in by_label}


def banks(data: Path) -> list[tuple[str, str]]:
    """Return the world's bank sites."""
    names = benign(data, "bank-website")
    return [(registrable(name), "finance") for name in names]


def popular(data: Path) -> list[tuple[str, str]]:
    """Return sites that every list of popular sites has."""
    count = Counter(name for which in POPULAR for name in benign(data, which))
    return [(registrable(name), _sector(name)) for name, lists in count.items() if lists == len(POPULAR)]


def benign(data: Path, which: str) -> list[str]:
    """Return the domains of one benign list, in order."""
    table = pq.read_table(data / "benign_lists/benign_domains.parquet", filters=[("list", "=", which)])
    listed = [domain.strip("*.") for domain in table.column("domain").to_pylist()]
    return sorted({KIND.normalise(domain) for domain in listed if KIND.resembles(domain)})


def _sector(domain: str) -> str:
    labels = domain.split(".")[1:]
    return "gov" if {"gov", "mil"} & set(labels) else "edu" if {"edu", "ac"} & set(labels) else "platform"


def romanise(entry: Row) -> Row:
    """Add full pinyin, for names of five characters or more initials, and mixed forms that count beside bait only."""
    name = entry["zh"]
    if len(name) < 3 or not all("\u4e00" <= c <= "\u9fff" for c in name):
        return entry
    forms = ["".join(lazy_pinyin(name))]
    if len(name) >= 5:
        forms.append("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)))
    known = {*entry["aliases"].replace("+", "").split(), entry["domain"].split(".")[0]}
    fresh = [form for form in [*forms, *mixed(name)] if form.removesuffix("+") not in known and len(form) < 40]
    return entry | {"aliases": " ".join([*entry["aliases"].split(), *dict.fromkeys(fresh)])}


def mixed(name: str) -> list[str]:
    """Return the short forms of a name that ends in a trade, as aliases that need bait.

    "江苏银行" gives jiangsuyh+, jiangsubank+ and jsyh+.
    """
    for trade, endings in TRADES.items():
        stem = name.removesuffix(trade).removeprefix("中国")
        if stem != name and len(stem) >= 2:
            pinyin, initials = "".join(lazy_pinyin(stem)), "".join(lazy_pinyin(stem, style=Style.FIRST_LETTER))
            short = [f"{initials}{endings[0]}+"] if len(stem) + len(endings[0]) >= 4 else []
            return [*(f"{pinyin}{ending}+" for ending in endings), *short]
    return []


def main() -> None:
    """Write the table."""
    rows = [romanise(entry) for entry in merge(Path(sys.argv[1]))]
    lines = ["\t".join(COLUMNS), *("\t".join(entry[name] for name in COLUMNS) for entry in rows)]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} brands, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
