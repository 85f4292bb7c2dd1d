"""The command: one file each; arguments, printing and exit codes only."""
