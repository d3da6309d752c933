"""Tests against a real model are collected only where a model file is named."""

import os

collect_ignore_glob = [] if os.environ.get("ACECHAT_TEST_GGUF") else ["test_*.py"]
