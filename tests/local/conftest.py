"""The journey against a real model is collected only where a model file is named."""

import os

collect_ignore = [] if os.environ.get("ACECHAT_TEST_GGUF") else ["test_local_model.py"]
