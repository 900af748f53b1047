"""Disaster recovery: a cluster is mirrored, lost under load, and deploy/runbooks/disaster-recovery.md carried out on the other (python -m tests.disaster)."""
