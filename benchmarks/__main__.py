"""All benchmarks, one after the other: `python -m benchmarks`, or `make bench`. Each can be run alone."""

import subprocess
import sys

for name in ("capture", "explore", "pages", "controls", "start", "attribution", "training", "experiments"):
    print(f"\n## {name}\n", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
