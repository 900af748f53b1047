"""The engine: exactly-once units of work over Kafka or an embedded log, behind Faust agents. It knows no alarm.

core.py      deliver -> work -> commit: the whole of it in one picture
part.py      one owned partition: tables, clock, what is due
table.py     rows, kept or forgotten with their step; store.py where they lie
unit.py      the open unit of work
clock.py     ticks: how far time is
inbox.py     what a stage declares; record.py the nouns, `Log` and `Host`
embedded.py  a log in one process; kafka*.py the log on Kafka; broker.py, topics.py, jars.py, container.py find, start and fill one
host.py      the Faust app, and every private name of Faust that is relied on
"""
