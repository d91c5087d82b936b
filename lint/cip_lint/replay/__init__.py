"""What a cluster would make of a set: the Service table and what it rests on."""
