"""What real networks do, measured on the spot: one question a file, torch in, frozen record of numpy arrays out."""
