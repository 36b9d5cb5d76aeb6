"""python -m cnnviz: the same as the command `cnnviz`."""

import sys

from cnnviz.command_line import main

sys.exit(main())
