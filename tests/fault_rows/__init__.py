"""Every fault of network, stream and API that can be made on loopback, and what must come of it.

A row that ends well is complete; one with an error and text is an interrupted answer; one with an
error and no text is a failed one. No row may make more than one request.
"""

from fault_rows.ndjson import NDJSON_ROWS
from fault_rows.network import NETWORK
from fault_rows.refusals import API
from fault_rows.row import TOKEN, Row

__all__ = ["ROWS", "TOKEN", "Row"]

ROWS = (*NETWORK, *NDJSON_ROWS, *API)
"""All of them; their names are unique."""
