"""Tracking: what each commit measured, in plain files, and where a series changed."""
