"""Rolling upgrades, on and back, against one embedded run."""
