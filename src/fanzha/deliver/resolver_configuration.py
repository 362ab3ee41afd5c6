"""Configurations by which resolvers load the zone, and the structured reason that they give to clients.

The reason is the JSON of draft-ietf-dnsop-structured-dns-error-22 in the text of an extended error (RFC 8914): contacts
for appeals, a justification, and the organisation. It is the same for all names of the zone.
"""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from fanzha.store.appeal_contact import AppealContact
from fanzha.store.zone_settings import ZoneSettings

#: What a client shows beside the contacts; answers are small, so it is one short sentence in both languages.
JUSTIFICATION = "依法阻断的涉诈网站 Fraud site blocked by order"
#: The extended error "Blocked".
BLOCKED = 15


class ResolverKind(StrEnum):
    """A program that resolves names."""

    BIND = "bind"
    UNBOUND = "unbound"
    RECURSOR = "recursor"
    KNOT = "knot"


class ZoneSource(NamedTuple):
    """Where a resolver loads the zone from: the primary as HOST:PORT, and the secret of the key in base64."""

    settings: ZoneSettings
    primary: str
    secret: str


def explain_block(contact: AppealContact, organization: str = "") -> str:
    """Return the structured reason as JSON without blanks. Raise ValueError without an address or a hotline."""
    contacts = [contact.address] if contact.address else []
    contacts += [f"tel:{contact.hotline}"] if contact.hotline else []
    if not contacts:
        raise ValueError("no contact for appeals")
    facts: dict[str, object] = {"c": contacts, "j": JUSTIFICATION}
    return msgspec.json.encode(facts | ({"o": organization} if organization else {})).decode()


def configure_resolver(kind: ResolverKind, source: ZoneSource, reason: str) -> str:
    """Return what is to be added to the configuration of a resolver; `reason` is the JSON of `explain_block`."""
    host, _, port = source.primary.rpartition(":")
    settings = source.settings
    values = {
        "zone": settings.name,
        "primary": source.primary,
        "host": host.strip("[]"),
        "port": port,
        "key_name": settings.key_name,
        "secret": source.secret,
        "file": settings.zone_file or "/var/lib/knot-resolver/rpz.zone",
    }
    quoted = {"lua_reason": _quote_lua(reason), "yaml_reason": reason.replace("'", "''"), "code": BLOCKED}
    return _TEMPLATES[kind].format(**values, **quoted)


def _quote_lua(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


_BIND = """\
// BIND 9.20; the three lines within `options` belong into the `options` that are there.
key "{key_name}" {{ algorithm hmac-sha256; secret "{secret}"; }};
zone "{zone}" {{
  type secondary;
  primaries {{ {host} port {port} key "{key_name}"; }};
  file "rpz.zone";
}};
options {{
  response-policy {{ zone "{zone}" ede blocked; }} min-update-interval 0 qname-wait-recurse no;
}};
"""
_UNBOUND = """\
# Unbound 1.26: its address must stand in transfer_without_key of [resolver_zone], since it knows no TSIG. It gives no
# reason; that a name is blocked shows in answers without the flag RA.
server:
  module-config: "respip validator iterator"
  ede: yes
rpz:
  name: "{zone}"
  primary: {host}@{port}
  allow-notify: {host}
  zonefile: "rpz.zone"
  rpz-signal-nxdomain-ra: yes
"""
_RECURSOR = """\
# PowerDNS Recursor 5.4: it takes no notices for policy zones and asks every `refresh` seconds.
recursor:
  rpzs:
    - name: '{zone}'
      addresses: ['{primary}']
      refresh: 1
      tsig: {{name: '{key_name}', algo: 'hmac-sha256', secret: '{secret}'}}
      extendedErrorCode: {code}
      extendedErrorExtra: '{yaml_reason}'
"""
_KNOT = """\
-- Knot Resolver 5.7 loads files alone: bring `zone_file` of [resolver_zone] to it (lua-cqueues notices changes).
modules.load('policy')
local function explain_block(state, req)
  req:set_extended_error(kres.extended_error.BLOCKED, {lua_reason})  -- the first text of a code stays
  return policy.DENY(state, req)
end
policy.add(policy.rpz(explain_block, '{file}', true))
"""
_TEMPLATES = {
    ResolverKind.BIND: _BIND,
    ResolverKind.UNBOUND: _UNBOUND,
    ResolverKind.RECURSOR: _RECURSOR,
    ResolverKind.KNOT: _KNOT,
}
