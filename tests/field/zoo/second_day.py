"""A second day: 40 planted names of 12 other brands and 1,000 honest ones, drawn by a grammar of public habits.

The grammar follows what is published about phishing names: words beside a brand (Akamai 2023 on combosquatting and on
parcel texts), a brand as a subdomain of a made-up or misspelled domain and forged `com-` and `uk-` endings (Krebs on
postal texts, Stobbs on deceptive host names), digits and look-alike letters, pinyin and service words, and tenants of
hosting services. Its writer knew how names that mention a brand are chosen; the names were drawn once, from a seed
fixed before, and scored once.
"""

import random
from collections.abc import Iterator

from tests.field.zoo.sites import Page, Site, draw_picture, make_brand_pages, make_honest_site, make_phishing_site

SEED = 20_261_130

#: Domain, title of the page and colour of the made-up logo of each brand.
LOOKS: dict[str, tuple[str, str, tuple[int, int, int]]] = {
    "abchina": ("abchina.com", "中国农业银行", (0, 130, 110)), "bankcomm": ("bankcomm.com", "交通银行", (20, 40, 120)),
    "hsbc": ("hsbc.com.hk", "HSBC", (219, 0, 17)), "taobao": ("taobao.com", "淘宝", (255, 80, 0)),
    "12306": ("12306.cn", "铁路12306", (60, 120, 190)), "netflix": ("netflix.com", "Netflix", (180, 10, 20)),
    "amazon": ("amazon.com", "Amazon", (35, 47, 62)), "usps": ("usps.com", "USPS", (51, 51, 102)),
    "fedex": ("fedex.com", "FedEx", (77, 20, 140)), "whatsapp": ("whatsapp.com", "WhatsApp", (37, 211, 102)),
    "binance": ("binance.com", "Binance", (240, 185, 11)), "pingan": ("pingan.com", "中国平安", (240, 90, 0)),
}  # fmt: skip
_CHINESE = frozenset({"abchina", "bankcomm", "taobao", "12306", "pingan"})
_PINYIN = {"abchina": "nongye", "bankcomm": "jiaotong", "taobao": "taobao", "12306": "tielu", "pingan": "pingan"}
_WORDS = (
    "support", "help", "login", "secure", "verify", "account", "service", "online", "update", "alert", "info", "app",
    "store", "care", "desk", "notice", "center", "reward", "refund", "billing", "wallet", "unlock", "restore", "team",
    "mobile", "id", "check", "member", "claim", "gift", "portal", "case", "resolve", "confirm", "access", "web",
)  # fmt: skip
_PARCEL = ("track", "parcel", "redelivery", "package", "reship", "toll", "customs", "post", "address", "schedule")
_CHINESE_WORDS = (
    "anquan", "renzheng", "shengji", "duihuan", "zhongxin", "fuwu", "kefu", "jifen", "dengji", "tuikuan", "tongzhi",
    "chaxun", "yanzheng", "jiesuo", "lingqu", "baozhang", "bangzhu", "gengxin", "huiyuan", "guanli",
)  # fmt: skip
_PLAIN = ("informed", "receive", "global", "quick", "portal", "prime", "info", "web", "direct", "net", "rapid", "home")
_MADE_UP = ("trck", "trackng", "delivr", "postg", "xpres", "srvc", "accnt", "verfy", "updt", "clnt")
_CHEAP = ("top", "xyz", "vip", "icu", "cc", "shop", "online", "live", "info", "help", "cfd", "sbs", "click")
_COMMON = ("com", "com", "com", "net", "org", "cn", "co", "us", "app")
_LOOK_ALIKE = {"o": "0", "l": "1", "i": "1", "a": "4", "e": "3", "m": "rn", "s": "5", "b": "6"}
_HOSTING = ("pages.dev", "web.app", "github.io", "vercel.app", "netlify.app", "weebly.com")


def draw_planted(seed: int = SEED, count: int = 40) -> list[tuple[str, str]]:
    """Return planted names with their brands, each brand about as often."""
    draw, names = random.Random(seed), dict[str, str]()
    brands = list(LOOKS)
    while len(names) < count:
        brand = brands[len(names) % len(brands)]
        names.setdefault(_draw_name(draw, brand), brand)
    return list(names.items())


def _draw_name(draw: random.Random, brand: str) -> str:
    habit = draw.choices(
        ("beside", "two", "joined", "changed", "typo", "below", "forged", "whole", "tenant"),
        (20, 12, 12, 16, 8, 12, 8, 6, 6),
    )[0]
    words = _CHINESE_WORDS if brand in _CHINESE and draw.random() < 0.7 else _WORDS
    words = (*words, *_PARCEL) if brand in ("usps", "fedex") else words
    name = _PINYIN[brand] if brand in _CHINESE and draw.random() < 0.2 else brand
    word, other = draw.sample(words, 2)
    suffix = draw.choice(_CHEAP if draw.random() < 0.6 else _COMMON)
    digits = str(draw.randint(1, 999)) if draw.random() < 0.2 else ""
    if habit == "beside":
        return f"{'-'.join(draw.sample((name, word + digits), 2))}.{suffix}"
    if habit == "two":
        return f"{'-'.join(draw.sample((name, word, other), 3))}{digits}.{suffix}"
    if habit == "joined":
        return f"{''.join(draw.sample((name, word), 2))}{digits}.{suffix}"
    if habit == "changed":
        return f"{'-'.join(draw.sample((_change(draw, name), word), 2))}.{suffix}"
    if habit == "typo":
        return f"{_change(draw, name)}{digits}.{suffix}"
    if habit == "below":
        return f"{name}.{draw.choice(_PLAIN)}{draw.choice((*_MADE_UP, *words))}{digits}.{suffix}"
    if habit == "forged":
        return f"{name}.com-{word}{digits}.{suffix}"
    if habit == "whole":
        return f"{LOOKS[brand][0]}.{draw.choice(_PLAIN)}-{word}.{suffix}"
    return f"{name}-{word}{digits}.{draw.choice(_HOSTING)}"


def _change(draw: random.Random, name: str) -> str:
    """Return a name with one look-alike letter, or a letter doubled, left out or swapped."""
    places = [place for place, letter in enumerate(name) if letter in _LOOK_ALIKE]
    if places and draw.random() < 0.6:
        place = draw.choice(places)
        return f"{name[:place]}{_LOOK_ALIKE[name[place]]}{name[place + 1 :]}"
    place = draw.randrange(1, len(name) - 1)
    ways = (
        name[:place] + name[place] + name[place:],
        name[:place] + name[place + 1 :],
        name[:place] + name[place + 1] + name[place] + name[place + 2 :],
    )
    changed = draw.choice(ways)
    return changed if changed != name else name + name[-1]


_TRADES = (
    "gardening", "bookbinding", "sailing", "carpentry", "beekeeping", "climbing", "rowing", "quilting", "cheese",
    "farriery", "astronomy", "ceramics", "judo", "accordion", "orchard", "framing", "violins", "upholstery", "canoes",
)  # fmt: skip
_TOWNS = (
    "leeds",
    "malmo",
    "trieste",
    "bruges",
    "aarhus",
    "galway",
    "linz",
    "nantes",
    "vigo",
    "delft",
    "brno",
    "exeter",
)
_HONEST_SUFFIXES = ("com", "net", "org", "co.uk", "de", "fr", "se", "info", "shop", "com.cn", "cn", "eu")
_KINDS: dict[str, tuple[str, ...]] = {
    "news": ("{b}-news.{s}", "{b}watch.{s}", "{b}-blog.{s}", "all-about-{b}.{s}", "{b}.{t}-times.{s}"),
    "fans": ("{b}fans.{s}", "{b}-fanclub-{t}.{s}", "i-love-{b}.{s}", "{b}-wiki.{s}", "old-{b}-adverts.{s}"),
    "repair": ("{b}-repairs-{t}.{s}", "{t}-{b}-repair.{s}", "fix-my-{b}.{s}", "{b}-parts.{s}", "{b}doctor-{t}.{s}"),
    "reseller": ("{b}-reseller-{t}.{s}", "{t}{b}partner.{s}", "{b}-dealer.{s}", "{b}-for-schools.{s}", "{b}-gifts.{s}"),
    "learning": ("{b}.cs.uni-{t}.{s}", "{b}.lab.{t}-university.{s}", "learn-{b}.{s}", "{b}-course.{s}"),
    "critics": ("{b}-complaints.{s}", "boycott{b}.{s}", "{b}-workers-union.{s}", "{b}-class-action.{s}"),
    "others": ("{c}.{s}", "{c}-{t}.{s}", "{c}-{trade}.{s}", "{trade}-{c}.{s}"),
}  # fmt: skip
#: Names of other people and firms that are close to one of a brand.
_COINCIDENCES = (
    "amazonas", "netfix-marine", "fedexpo", "binancy", "pinganlu", "hsb-consulting", "uspstairs", "abchinese-school",
    "amazonite", "amazing-grace", "whatsupdoc", "taobaby", "nongjia", "jiaotongshe", "tieluo", "binances-famille",
    "netflicks", "usp", "hsbcycling", "amazone-farm", "netflax", "fedora", "abcchina-food", "bankcommons",
)  # fmt: skip


def draw_honest(seed: int = SEED) -> list[tuple[str, str, str]]:
    """Return 1,000 honest names with their kind and the brand that they mention ("" for most): 250 resemble one."""
    draw, names = random.Random(f"honest {seed}"), dict[str, tuple[str, str]]()
    kinds = list(_KINDS)
    while len(names) < 250:
        kind = kinds[len(names) % len(kinds)]
        brand = draw.choice([brand for brand in LOOKS if brand != "12306" or kind == "news"])
        host = draw.choice(_KINDS[kind]).format(
            b=brand,
            c=draw.choice(_COINCIDENCES),
            t=draw.choice(_TOWNS),
            s=draw.choice(_HONEST_SUFFIXES),
            trade=draw.choice(_TRADES),
        )
        names.setdefault(host, (kind, "" if kind == "others" else brand))
    for brand, (domain, _, _) in LOOKS.items():
        names[domain], names[f"www.{domain}"] = ("own", brand), ("own", brand)
    while len(names) < 1_000:
        host = (
            f"{draw.choice(_TOWNS)}{draw.choice(('-', ''))}{draw.choice(_TRADES)}{draw.choice(('', '', '24', '-club'))}"
        )
        names.setdefault(f"{host}.{draw.choice(_HONEST_SUFFIXES)}", ("plain", ""))
    return [(host, kind, brand) for host, (kind, brand) in names.items()]


def make_second_sites() -> list[Site]:
    """Return the planted and the honest sites of the second day."""
    sites = [
        make_phishing_site(random.Random(f"second {number}"), number, host, brand, *LOOKS[brand][1:])
        for number, (host, brand) in enumerate(draw_planted())
    ]
    return [*sites, *(_make_honest(host, kind, brand) for host, kind, brand in draw_honest())]


def make_second_pictures(brand: str) -> dict[str, bytes]:
    """Return the logo and the icon that an operator loads for a brand, by file name."""
    colour = LOOKS[brand][2]
    return {"logo.png": draw_picture(colour, brand, 160, 48), "icon.png": draw_picture(colour, brand, 32, 32)}


def _make_honest(host: str, kind: str, brand: str) -> Site:
    draw = random.Random(f"second {host}")
    if kind == "own":
        return Site(host, "honest", make_brand_pages(brand, *LOOKS[brand][1:], host))
    if not brand:
        return make_honest_site(draw, host)
    return Site(host, "honest", dict(_honest_pages(draw, host, kind, brand)))


_FORMS = {
    "news": '<form action="/subscribe" method="post"><label>E-mail <input type="email" name="mail"></label>'
    "<button>Subscribe</button></form>",
    "repair": '<form action="/book" method="post"><label>Name <input name="name"></label><label>Telephone '
    '<input type="tel" name="tel"></label><label>Fault <input name="fault"></label><button>Book</button></form>',
    "login": '<form action="/login" method="post"><label>User name <input name="user"></label><label>Password '
    '<input type="password" name="password"></label><button>Log in</button></form>',
    "search": '<form action="/search"><input type="search" name="q"><button>Search</button></form>',
}
_FORM_OF = {
    "news": ("news", "search"), "fans": ("login", "news"), "repair": ("repair",), "reseller": ("login", "repair"),
    "learning": ("login", "search"), "critics": ("news", "repair"),
}  # fmt: skip


def _honest_pages(draw: random.Random, host: str, kind: str, brand: str) -> Iterator[tuple[str, Page]]:
    """Yield the pages of a site that speaks about a brand: most show its logo, under an icon of their own."""
    title = LOOKS[brand][1]
    logo = '<img class="logo" src="/logo.png" width="160" height="48" alt="">' if kind != "critics" else ""
    colour = (draw.randrange(256), draw.randrange(256), draw.randrange(256))
    items = "".join(
        f'<li><a href="/{kind}/{number}">{title} {number}</a></li>' for number in range(draw.randint(4, 30))
    )
    body = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} {kind} · {host}</title>
<link rel="icon" href="/favicon.png"><link rel="stylesheet" href="/style.css"></head><body><header>{logo}</header>
<h1>{host}</h1><p>Independent, and not connected to {title}.</p>{_FORMS[draw.choice(_FORM_OF[kind])]}<ul>{items}</ul>
</body></html>"""
    yield "/", Page(body.encode())
    yield "/style.css", Page(b"body{font-family:sans-serif}", "text/css")
    yield "/favicon.png", Page(draw_picture(colour, host, 32, 32), "image/png")
    yield "/logo.png", Page(draw_picture(LOOKS[brand][2], brand, 160, 48), "image/png")
