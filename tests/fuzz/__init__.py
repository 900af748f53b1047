"""Damaged input of every format: `.venv/bin/python -m tests.fuzz --inputs 1000000`; what it once found is in `seeds`."""
