"""Signatures, encryption, and the format of acts and chains; knows no treaty noun."""
