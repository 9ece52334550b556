"""A programme summary as CSV (RFC 4180): one table, then what it is of and its notes."""

import csv
import io

from partnerhub.documents import tables
from partnerhub.rules.summary import Summary

BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes the file for Windows-1252 and garbles “£”


def summary_csv(summary: Summary) -> str:
    """The file as text, to be encoded as UTF-8; texts are quoted, numbers are not."""
    file = io.StringIO(newline="")
    file.write(BYTE_ORDER_MARK)
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(tables.header(summary))
    writer.writerows(tables.rows(summary))
    writer.writerow([])
    writer.writerows(tables.about(summary))
    return file.getvalue()
