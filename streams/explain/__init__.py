"""`spm explain`: why an alarm or a problem is what it is, told from the outputs that a processor has written.

history.py   the outputs, wherever they lie: the folder of `spm run`, Kafka, the folder of `spm replay`
find.py      what was asked for: an id, its beginning, or an object's name
alarm.py     the story of one alarm record
problem.py   the story of one problem, with its alarms
told.py      small readings of output records that both need
text.py      the story for people
affected.py  which part of the network a picture shows; drawing.py lays it out, svg.py and png.py write it
"""
