"""Load on the gateway, with kills: `python -m tests.load.gateway`."""
