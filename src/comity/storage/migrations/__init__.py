"""How the tables came to their present form; written by Django from the models."""
