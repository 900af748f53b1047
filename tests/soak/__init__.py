"""Long lives: ninety days compressed in event time, and hours under load with faults."""
