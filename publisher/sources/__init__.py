"""What observations are read from: one module per kind of input, and the table of them."""
