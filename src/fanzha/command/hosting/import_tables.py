"""The import tables of hosted sites, of address ranges and of the registrars of names."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

from django.utils import timezone

from fanzha.base.clock import from_ms, moment_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.hosting.models import AddressRange, HostedSite, NameRegistrar
from fanzha.command.hosting.selectors import ALLOCATORS, address_key
from fanzha.command.hosting.services import upsert_sites
from fanzha.command.imports.services import ImportColumn, ImportRow, ImportTable, RowError, TableWriter
from fanzha.command.organizations.selectors import find_organization
from fanzha.command.web.scoping import unscoped
from fanzha.kinds import all_kinds
from fanzha.kinds.website import is_address, registrable

if TYPE_CHECKING:
    from fanzha.command.imports.models import ImportJob

_UNSCOPED = unscoped("rows of the owner's own import")
_NO_HOST = Words("不是域名或地址", "is no host name or address")
_NO_DATE = Words("不是日期（年-月-日）", "is not a date (YYYY-MM-DD)")
_NO_CUSTOMER = Words("缺少客户名称", "the customer is missing")
_NO_NETWORK = Words("不是地址段（如 192.0.2.0/24）", "is no range of addresses such as 192.0.2.0/24")
_NO_PROVIDER = Words("没有这家单位", "no organisation has this name or reference")
_NO_NAME = Words("不是可注册的域名", "is no name that one registers")
_NO_MOMENT = Words("不是时刻（ISO 8601）", "is not a moment (ISO 8601)")
_Row = TypeVar("_Row")
_ENDED = frozenset({"no", "false", "0", "停用", "注销", "否"})


class CellError(Exception):
    """Raised for a cell that cannot be used: its column and the reason."""

    def __init__(self, column: str, why: Words) -> None:
        super().__init__(column)
        self.column, self.why = column, why


class HostedSiteTable(ImportTable):
    """Sites that a provider hosts or connects."""

    name = "hosted_sites"
    title = Words("接入网站", "Hosted sites")
    about = Words(
        "接入或托管的网站、客户与备案号，每行一个域名；同一域名后到的覆盖先到的，停用的注明",
        "Sites that you host or connect, with customers and filing numbers, one host a row. A later row of the same "
        "host replaces an earlier one; say which are no longer active",
    )
    owners = ("isp", "carrier")
    columns = (
        ImportColumn("host", Words("域名", "host"), ("网站域名", "domain")),
        ImportColumn("customer", Words("客户名称", "customer"), ("接入客户", "主办单位")),
        ImportColumn("filing", Words("ICP备案号", "ICP filing"), ("备案号", "icp"), required=False),
        ImportColumn("filing_name", Words("备案主体", "name of the filing"), ("备案单位",), required=False),
        ImportColumn("filing_until", Words("备案有效期至", "filing valid until"), ("有效期",), required=False),
        ImportColumn("security_filing", Words("公安备案号", "public security filing"), ("公安备案",), required=False),
        ImportColumn("address", Words("IP地址", "address"), ("ip",), required=False),
        ImportColumn("active", Words("在用", "active"), ("状态",), required=False),
    )

    def writer(self, job: ImportJob) -> HostedSiteWriter:
        """Return the writer that stores and checks the sites."""
        return HostedSiteWriter(job)


class AddressRangeTable(ImportTable):
    """Ranges of addresses and the providers that hold them."""

    name = "address_ranges"
    title = Words("IP地址分配", "Address allocations")
    about = Words(
        "地址段与持有单位，每行一段，可含起止时间；据此确定网站、主机的处置单位",
        "Ranges of addresses and who holds them, one range a row, with times if you have them; they decide who gets an "
        "order on a site or host",
    )
    owners = ("regulator", "centre", "isp", "carrier")
    columns = (
        ImportColumn("network", Words("地址段", "network"), ("网段", "cidr", "prefix")),
        ImportColumn("provider", Words("持有单位", "provider"), ("接入单位", "使用单位")),
        ImportColumn("valid_from", Words("起始时间", "valid from"), ("启用时间",), required=False),
        ImportColumn("valid_until", Words("终止时间", "valid until"), ("停用时间",), required=False),
    )

    def writer(self, job: ImportJob) -> AddressRangeWriter:
        """Return the writer that stores the ranges."""
        return AddressRangeWriter(job)


class NameRegistrarTable(ImportTable):
    """Registered names and their registrars."""

    name = "name_registrars"
    title = Words("域名注册机构", "Registrars of names")
    about = Words(
        "域名与其注册服务机构，每行一个可注册的域名，可含起止时间；无接入单位的网站据此确定处置单位",
        "Registered names and their registrars, one name a row, with times if you have them; they decide who gets an "
        "order on a site that no provider is known to host",
    )
    owners = ("regulator", "centre", "isp", "platform")
    columns = (
        ImportColumn("domain", Words("域名", "domain"), ("注册域名", "name")),
        ImportColumn("registrar", Words("注册服务机构", "registrar"), ("注册商", "注册机构")),
        ImportColumn("valid_from", Words("起始时间", "valid from"), ("注册时间",), required=False),
        ImportColumn("valid_until", Words("终止时间", "valid until"), ("到期时间",), required=False),
    )

    def writer(self, job: ImportJob) -> NameRegistrarWriter:
        """Return the writer that stores the names."""
        return NameRegistrarWriter(job)


class HostedSiteWriter(TableWriter):
    """Stores sites in batches; the last row of a host counts."""

    def __init__(self, job: ImportJob) -> None:
        self._owner = job.owner

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Store and check sites; return one error for each row that is rejected."""
        sites: dict[str, HostedSite] = {}
        errors = []
        for row in rows:
            try:
                site = self._parse(row)
            except CellError as invalid:
                errors.append(RowError(row.number, invalid.column, invalid.why, row.cells[invalid.column][:100]))
            else:
                sites[site.host] = site
        upsert_sites(self._owner, sites.values())
        return errors

    def finish(self) -> Words | None:
        """Nothing remains to be activated."""
        return None

    def _parse(self, row: ImportRow) -> HostedSite:
        cells = {name: text.strip() for name, text in row.cells.items()}
        if not cells["customer"]:
            raise CellError("customer", _NO_CUSTOMER)
        return HostedSite(
            owner=self._owner,
            host=_normalise("website", cells["host"], "host"),
            customer=cells["customer"][:200],
            filing=cells["filing"][:60],
            filing_name=cells["filing_name"][:200],
            filing_until=_read_date(cells["filing_until"]),
            security_filing=cells["security_filing"][:60],
            address=_normalise("host", cells["address"], "address") if cells["address"] else "",
            is_active=cells["active"].casefold() not in _ENDED,
            changed_at=timezone.now(),
        )


def _parse_rows(rows: Sequence[ImportRow], parse: Callable[[ImportRow], _Row]) -> tuple[list[_Row], list[RowError]]:
    """Return what `parse` makes of each row, and one error for each row whose cell it refuses."""
    parsed, errors = [], []
    for row in rows:
        try:
            parsed.append(parse(row))
        except CellError as invalid:
            errors.append(RowError(row.number, invalid.column, invalid.why, row.cells[invalid.column][:100]))
    return parsed, errors


class AddressRangeWriter(TableWriter):
    """Stores ranges in batches. A provider loads ranges of its own alone."""

    def __init__(self, job: ImportJob) -> None:
        self._owner = job.owner

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Store ranges; return one error for each row that is rejected."""
        parsed, errors = _parse_rows(rows, self._parse)
        ranges = {(row.network, row.valid_from): row for row in parsed}
        _UNSCOPED.rows(AddressRange).bulk_create(
            ranges.values(),
            update_conflicts=True,
            unique_fields=["owner", "network", "valid_from"],
            update_fields=["provider", "first", "last", "valid_until", "changed_at"],
        )
        return errors

    def finish(self) -> Words | None:
        """Nothing remains to be activated."""
        return None

    def _parse(self, row: ImportRow) -> AddressRange:
        cells = {name: text.strip() for name, text in row.cells.items()}
        try:
            network = ipaddress.ip_network(cells["network"])
        except ValueError:
            raise CellError("network", _NO_NETWORK) from None
        provider = find_organization(cells["provider"])
        if provider is None or (self._owner.kind in ("isp", "carrier") and provider.pk != self._owner.pk):
            raise CellError("provider", _NO_PROVIDER)
        begin = _read_moment(cells["valid_from"], "valid_from")
        return AddressRange(
            owner=self._owner,
            provider=provider,
            network=str(network),
            first=address_key(str(network[0])),
            last=address_key(str(network[-1])),
            valid_from=begin or datetime(1970, 1, 1, tzinfo=UTC),
            valid_until=_read_moment(cells["valid_until"], "valid_until"),
            changed_at=timezone.now(),
        )


class NameRegistrarWriter(TableWriter):
    """Stores names in batches. A registrar loads names of its own alone."""

    def __init__(self, job: ImportJob) -> None:
        self._owner = job.owner

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Store names; return one error for each row that is rejected."""
        parsed, errors = _parse_rows(rows, self._parse)
        names = {(row.domain, row.valid_from): row for row in parsed}
        _UNSCOPED.rows(NameRegistrar).bulk_create(
            names.values(),
            update_conflicts=True,
            unique_fields=["owner", "domain", "valid_from"],
            update_fields=["registrar", "valid_until", "changed_at"],
        )
        return errors

    def finish(self) -> Words | None:
        """Nothing remains to be activated."""
        return None

    def _parse(self, row: ImportRow) -> NameRegistrar:
        cells = {name: text.strip() for name, text in row.cells.items()}
        domain = _normalise("website", cells["domain"], "domain")
        if is_address(domain) or registrable(domain) != domain:
            raise CellError("domain", _NO_NAME)
        registrar = find_organization(cells["registrar"])
        if registrar is None or (self._owner.kind not in ALLOCATORS and registrar.pk != self._owner.pk):
            raise CellError("registrar", _NO_PROVIDER)
        return NameRegistrar(
            owner=self._owner,
            registrar=registrar,
            domain=domain,
            valid_from=_read_moment(cells["valid_from"], "valid_from") or datetime(1970, 1, 1, tzinfo=UTC),
            valid_until=_read_moment(cells["valid_until"], "valid_until"),
            changed_at=timezone.now(),
        )


def _normalise(kind: str, text: str, column: str) -> str:
    try:
        value = all_kinds()[kind].normalise(text)
    except Malformed:
        raise CellError(column, _NO_HOST) from None
    if value.startswith("AS"):
        raise CellError(column, _NO_HOST)
    return value


def _read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CellError("filing_until", _NO_DATE) from None


def _read_moment(text: str, column: str) -> datetime | None:
    try:
        return from_ms(moment_ms(text)) if text else None
    except Malformed:
        raise CellError(column, _NO_MOMENT) from None


TABLES = (HostedSiteTable(), AddressRangeTable(), NameRegistrarTable())
