"""The gate: did a model get worse between two stores, and may the change go in?"""
