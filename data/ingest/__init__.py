"""Files into records: read, name the columns, parse the cells, save what is right and report what is not."""

from data.ingest.columns import Mapping, load_mapping
from data.ingest.importer import Duplicate, ImportReport, Warned, import_file, read_records
from data.ingest.read import Limits

__all__ = ["Duplicate", "ImportReport", "Limits", "Mapping", "Warned", "import_file", "load_mapping", "read_records"]
