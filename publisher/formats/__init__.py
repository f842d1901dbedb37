"""What a release is written as: one module per format, and the table of them in the order of writing."""
