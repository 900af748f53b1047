"""Carries out the pages of deploy/runbooks that are tasks, as they are written, against a real Kafka: python -m tests.runbooks [NAME...]."""
