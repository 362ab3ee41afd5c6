"""Sites of a day: planted ones of four kits that imitate 12 brands, and honest ones, some with the logo of a brand."""

import random
from collections.abc import Collection, Iterable

from tests.field.zoo.day_names import LOOK_ALIKES, OWN_SITES, make_honest_names
from tests.field.zoo.sites import (
    Page,
    Site,
    draw_picture,
    make_brand_pages,
    make_honest_site,
    make_phishing_site,
)

#: What pages of a brand show: its name, and the colour of its made-up logo.
LOOKS: dict[str, tuple[str, tuple[int, int, int]]] = {
    "icbc": ("中国工商银行", (200, 20, 30)), "ccb": ("中国建设银行", (0, 70, 150)), "cmb": ("招商银行", (190, 40, 60)),
    "alipay": ("支付宝", (20, 120, 250)), "wechat": ("微信", (10, 190, 90)), "jd": ("京东金融", (220, 30, 40)),
    "sf": ("顺丰速运", (30, 30, 30)), "mobile": ("中国移动", (0, 130, 200)), "traffic": ("交管12123", (20, 60, 140)),
    "paypal": ("PayPal", (0, 48, 135)), "apple": ("Apple ID", (80, 80, 80)), "dhl": ("DHL Express", (250, 200, 0)),
}  # fmt: skip


def to_ascii(host: str) -> str:
    """Return a name as certificates and browsers write it."""
    return host if host.isascii() else host.encode("idna").decode()


def make_planted_sites(names: Iterable[tuple[int, tuple[str, str]]]) -> list[Site]:
    """Return phishing sites; the number of each name chooses its kit (number % 4) and how it hides."""
    return [
        make_phishing_site(random.Random(number), number, to_ascii(host), brand, *LOOKS[brand])
        for number, (host, brand) in names
    ]


def make_honest_sites(wanted: Collection[str] | None = None) -> list[Site]:
    """Return the sites of the brands themselves, look-alikes and small firms; only those of some names, if given."""
    brands = {host: brand for brand, hosts in OWN_SITES.items() for host in hosts}
    look_alikes = set(LOOK_ALIKES)
    sites = []
    for number, host in enumerate(make_honest_names()):
        if wanted is not None and host not in wanted:
            continue
        draw = random.Random(f"site {host}")
        if host in brands:
            sites.append(Site(host, "honest", make_brand_pages(brands[host], *LOOKS[brands[host]], host)))
        elif host in look_alikes and number % 3 == 0:
            sites.append(_make_reseller(draw, host))
        else:
            sites.append(make_honest_site(draw, host))
    return sites


def make_brand_pictures(brand: str) -> dict[str, bytes]:
    """Return the logo and the icon that an operator loads for a brand, by file name."""
    colour = LOOKS[brand][1]
    return {"logo.png": draw_picture(colour, brand, 160, 48), "icon.png": draw_picture(colour, brand, 32, 32)}


def _make_reseller(draw: random.Random, host: str) -> Site:
    """Return an honest shop or club that shows the logo of a brand and asks for a name and a telephone number."""
    brand = draw.choice(list(LOOKS))
    title, colour = LOOKS[brand]
    body = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{host}: advice</title></head>
<body><header><img class="logo" src="/logo.png" width="160" height="48" alt=""></header><h1>Help with {title}</h1>
<p>We are an independent shop and not connected to {title}.</p><form method="post" action="/call-me">
<label>Name <input name="name"></label><label>Telephone <input name="tel" type="tel"></label>
<button>Call me back</button></form></body></html>"""
    pages = {"/": Page(body.encode()), "/logo.png": Page(draw_picture(colour, brand, 160, 48), "image/png")}
    return Site(host, "honest", pages)
