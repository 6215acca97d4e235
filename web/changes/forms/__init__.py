"""What a person typed, and the JSON the API takes: each form reads a submitted tree, a body, and writes the body back.

Nothing is lost on the way: what a form has no field for travels in its `extra`. Typed secrets are held in memory
(`held.py`); forms, bodies and JSON texts carry a mark in their place.
"""
