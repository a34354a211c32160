"""Charts as plain geometry, which draw.py has drawsvg draw as inline SVG; colours are the style's.

Places, scales and ticks are worked out here: libraries that do so as well take from 30 to 250 ms a
chart (docs/leaderboard.md), and a site has hundreds, each drawn in every language.
"""
