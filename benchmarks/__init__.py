"""Each file is one command: `python -m benchmarks.capture`."""
