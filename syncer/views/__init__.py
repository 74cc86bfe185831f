"""What does a command print? Records, events and councils as rows; one council's page. Pure."""
