"""Networks made for the purpose, faults with known truth, and how right the processor is about them.

`python -m tests.simulator --help`. It was written from the standards and from how networks behave, without a look at how the
processor decides: it knows the topology document, the TMF642 feed and the files a replay leaves, nothing else.

families/   one kind of network a file          faults.py    what breaks, when, for how long
plant.py    elements, what works without what   course.py    who is down, since when, because of whom
voices.py   what an element says about it       feed.py      alarms as they arrive: late, polled, lost, repeated, among noise
truth.py    what is to be found                 measure.py   what was found, figure by figure
"""
