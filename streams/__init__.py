"""Service Problem Management (TM Forum eTOM 1.4.6) as a stream processor; `topology.py` draws the flow."""
