"""What all pages are made of: who sits at the desk, routes, forms, tables, errors."""
