"""Faults carried out on a running processor: what the alerts say, how long recovery takes, whether anything is lost or comes twice."""
