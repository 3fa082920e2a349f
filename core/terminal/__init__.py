"""The commands for a terminal: the same use cases as the window's, with progress bars and exit codes."""
