"""`python -m cnnviz.experiments NAME`: trains the missing cells of an experiment."""

import os
import sys

from cnnviz.experiments.running import main

if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # everything is on disk; taking torch down in order takes as long as a small cell
