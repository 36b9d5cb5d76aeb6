"""How large a file may be that somebody brings: said by the pages, held by the readers, allowed by the server.

`.streamlit/config.toml` allows the largest of them (`server.maxUploadSize`, which a test compares); each upload field
names its own.
"""

from __future__ import annotations

IMAGE_MB = 64
ZIP_MB = 200
WEIGHTS_MB = 600
