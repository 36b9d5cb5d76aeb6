"""`python -m cnnviz.training RUN_DIR`: the worker."""

from cnnviz.training.worker import main

if __name__ == "__main__":
    main()
