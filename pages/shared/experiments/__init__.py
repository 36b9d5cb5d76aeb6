"""What every experiment's page shows: its answer, and running it again here."""
