"""The room of evidence: bring in, seal, hand over, receive, check, open, disclose, custody."""
