"""Scripts that draw and count what the documentation shows: run them from the project's folder."""
