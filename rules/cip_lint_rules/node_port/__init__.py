"""Rules about node ports: who claims which, from which range."""
