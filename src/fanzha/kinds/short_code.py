"""Short codes of organisations: service numbers, emergency numbers and 106 text ports."""

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._kind import Fact, SubjectKind
from fanzha.kinds.numbering.facts import classify
from fanzha.kinds.numbering.terms import NumberClass, Validity
from fanzha.kinds.phone_number import facts_of

_CLASSES = {NumberClass.SERVICE, NumberClass.EMERGENCY, NumberClass.PORT_SMS}
_SHOWN = {"number_class", "valid", "service"}

#: Assigner of a 106 port, by its fourth digit (by industry practice; the licence is authoritative).
_PORTS = {
    "5": Words("运营商自营或代理端口", "carrier's own port, or let by a carrier"),
    "6": Words("全网 SP 接入号", "nation-wide service provider"),
    "8": Words("全网 EC 接入号", "nation-wide corporate customer"),
    "9": Words("跨省接入号", "nation-wide access code"),
}


class ShortCode(SubjectKind):
    """A short code; canonical is its digits as dialled in China, a 106 port with its extension."""

    name = "short_code"
    title = Words("短号与端口号", "short code")
    stix = "x-fanzha-short-code"
    misp = "text"

    def normalise(self, raw: str) -> str:
        """Return the digits. Raise Malformed for another class of number, or one after a country code."""
        facts = classify(raw)
        if facts.number_class not in _CLASSES:
            raise Malformed("not a service number, emergency number or 106 port")
        return facts.canonical

    def mask(self, value: str) -> str:
        """Return the value unchanged: it belongs to an organisation."""
        return value

    def resembles(self, raw: str) -> float:
        """Score by the numbering plan."""
        facts = classify(raw)
        return 0.0 if facts.number_class not in _CLASSES else 0.95 if facts.valid is Validity.YES else 0.4

    def describe(self, value: str) -> list[Fact]:
        """Return class, validity, owner, and the range of a 106 port."""
        facts = [fact for fact in facts_of(classify(value)) if fact.name in _SHOWN]
        if value.startswith("106") and value[3:4] in _PORTS:
            facts.append(Fact("port_range", Words("端口段", "port range"), value[:4], _PORTS[value[3]]))
        return facts


KIND = ShortCode()
