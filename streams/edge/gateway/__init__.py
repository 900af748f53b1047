"""Alarms over HTTP: the endpoints that sources already know how to call, in front of whatever log is there.

    request --> endpoint (paths.py) --> who (credentials.py), how much (admission.py) --> records (body.py)
            --> request id (request_id.py) --> `Accept`: durable in the feed --> answered in its dialect (ves.py, plain.py)

- A 2xx answer means that every record of the body is durable in the feed. All of a body is accepted or none, so a sender
  that is told anything else may send the whole body again; stage 1 drops what it was given twice (request_memory.py).
- What no format can read is refused here, with the field and what to do about it, rather than becoming a dead letter:
  the sender is still there to be told.
- Nothing waits without a bound: what is too much is told so, with the time to come again.
"""
