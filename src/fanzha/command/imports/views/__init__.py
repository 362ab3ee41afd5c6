"""Pages of imports."""

from fanzha.command.imports.views.decision import approve_import, withdraw_import
from fanzha.command.imports.views.detail import import_detail, import_list, rejects_csv
from fanzha.command.imports.views.upload import upload_file

__all__ = ["approve_import", "import_detail", "upload_file", "import_list", "rejects_csv", "withdraw_import"]
