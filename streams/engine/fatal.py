"""The two ways in which a worker cannot go on."""


class Fatal(Exception):
    """Nothing of the open unit landed and nothing can be mended from inside: the process ends with status 70 and begins again from the log."""


class Refused(Exception):
    """What was found at start cannot be worked with; beginning again would not help. The message names the command that mends it."""


class NotAllowed(Refused):
    """Kafka lets this user not see a topic."""
