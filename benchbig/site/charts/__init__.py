"""Charts as plain geometry, which one template draws as inline SVG; colours are the style's.

Drawn here and not by a plotting library: each of a site's charts is drawn in every language and
takes its colours from the page, light, dark or printed.
"""
