"""What proves a release: one module per kind of check, and the table of them in the order of running."""
