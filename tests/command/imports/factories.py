"""Files as the tests hand them in, and read at once."""

from tests.command.people import World

from fanzha.command.imports.ingest import ingest_import
from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.services import submit_file
from fanzha.command.web.roles import Role

SPARED = """号码,来源类型,来源,归属单位,凭据,有效期至
+8617000001234,中继,MSC-1,示例医院,合同 7,2099-01-01
"""
PORTED = "number,operator,valid_from\n+8617000001234,联通,2025-01-01\n+8617000001235,电信,2025-01-01\n"
KEY_SERVICES = """reference,event,at,kind,customer
K-1,导入存量业务,2026-03-02T08:00:00Z,400号码,示例公司
K-2,import_active,2026-03-02T08:00:00Z,line,示例公司
"""


def handed_in(world: World, table: str, text: str, *, name: str = "carrier", file_name: str = "table.csv") -> ImportJob:
    """Hand a file in as a clerk, read it, and return what came of it."""
    clerk = world.person(name, Role.CLERK)
    job = submit_file(world[name], table, file_name, [text.encode()], clerk).job
    ingest_import(job.pk)
    return ImportJob._base_manager.select_related("owner", "made_by").get(pk=job.pk)


def counts(job: ImportJob) -> tuple[str, int, int, int]:
    """State, and rows used, rejected, waiting."""
    return job.state, job.used, job.rejected, job.waiting
