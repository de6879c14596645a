"""Comity: States ask each other for electronic evidence, answer, and can prove every step."""
