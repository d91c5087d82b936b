"""Rules about cluster IPs: who claims which, from which range."""
