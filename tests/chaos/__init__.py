"""The whole processor on a real Kafka, killed, stopped and cut off, against one undisturbed run on the embedded log."""
