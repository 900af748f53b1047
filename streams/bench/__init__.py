"""`spm bench`: a network, a load, one worker on real Kafka, and stock Faust on the same topic for comparison."""
