"""What an operator and a monitor see of a running syncer: its log, its jobs' last runs, whether the
daemon lives, health, metrics, and the word to systemd and to a dead man's switch."""
