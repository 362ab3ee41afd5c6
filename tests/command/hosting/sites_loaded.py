"""Sites and ranges as the tests of hosted sites load them."""

from django.utils import timezone
from tests.command.people import World

from fanzha.command.hosting.import_tables import TABLES
from fanzha.command.hosting.models import HostedSite
from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.services import ImportRow, RowError
from fanzha.command.web.scoping import unscoped

NOW = timezone.now()
GOOD = {"host": "http://Good.example/", "customer": "示例有限公司", "filing": "京ICP备2026000001号-1"}


def load(world: World, table: str, *cells: dict[str, str], name: str = "isp") -> list[RowError]:
    (found,) = [candidate for candidate in TABLES if candidate.name == table]
    blank = dict.fromkeys((column.name for column in found.columns), "")
    rows = [ImportRow(number, blank | row) for number, row in enumerate(cells, start=2)]
    return found.writer(ImportJob(owner=world[name])).write(rows)


def sites() -> dict[str, HostedSite]:
    with unscoped("test"):
        return {site.host: site for site in HostedSite.objects.all()}
