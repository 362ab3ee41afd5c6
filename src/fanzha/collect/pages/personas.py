"""Who a look pretends to be: a page for victims often shows itself only to telephones, or to visitors of a link."""

from typing import NamedTuple

_DESKTOP_SYSTEM = "Windows NT 10.0; Win64; x64"
_PHONE_SYSTEM = "Linux; Android 14; V2309A"


class Persona(NamedTuple):
    """A visitor: screen in CSS pixels, whether it is a telephone, and the page it comes from ("" for a link in a text).

    The version of the browser in its user agent is that of the browser that fetches.
    """

    name: str
    width: int
    height: int
    is_phone: bool
    referrer: str = ""

    def user_agent(self, version: str) -> str:
        """Return the user agent for a version of Chromium, as in "156"."""
        system = _PHONE_SYSTEM if self.is_phone else _DESKTOP_SYSTEM
        mobile = " Mobile" if self.is_phone else ""
        engine = "AppleWebKit/537.36 (KHTML, like Gecko)"
        return f"Mozilla/5.0 ({system}) {engine} Chrome/{version}.0.0.0{mobile} Safari/537.36"

    def client_hints(self, version: str) -> dict[str, object]:
        """Return the client hints that belong to the user agent."""
        brands = [{"brand": name, "version": version} for name in ("Chromium", "Google Chrome")]
        return {
            "brands": brands,
            "mobile": self.is_phone,
            "platform": "Android" if self.is_phone else "Windows",
            "platformVersion": "14.0.0" if self.is_phone else "10.0.0",
            "architecture": "" if self.is_phone else "x86",
            "model": "V2309A" if self.is_phone else "",
        }


PERSONAS = {
    persona.name: persona
    for persona in (
        Persona("desktop", 1280, 800, False),
        Persona("phone", 390, 844, True),
        Persona("phone_search", 390, 844, True, "https://www.baidu.com/"),
    )
}
