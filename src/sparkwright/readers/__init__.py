"""How tables are read: from what a catalog says to a Reader, or a refusal, and from a Reader to SQL or Python."""
