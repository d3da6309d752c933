"""Runs the program from its source folder: `python app`."""

import sys

from acechat.__main__ import main

sys.exit(main())
