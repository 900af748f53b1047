"""One, two and three workers on this machine: throughput, and how long a partition waits when one joins or leaves."""
