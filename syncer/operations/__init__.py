"""What does whoever runs syncer need? Health, backups, reorganisation, verify, explain, roster,
replies."""
