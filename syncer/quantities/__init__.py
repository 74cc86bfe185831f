"""What do people print? Money, days and spans of time, read as they stand in a text or a cell.
Pure."""
