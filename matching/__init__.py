"""Searchable records become ranked, explained and planned answers."""
