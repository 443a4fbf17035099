"""One module for each format: how a table of it is read (`read`), and what a look at its files says (`look`)."""
