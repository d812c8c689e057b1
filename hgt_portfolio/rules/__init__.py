"""The rules, each written once.

Rules that judge positions are SQL expressions in integer months and fen, so that one select gives the figures
and their totals alike; rules that judge a filing are plain functions that return findings.
"""
