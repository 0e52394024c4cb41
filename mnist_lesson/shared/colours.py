"""The lesson's colours: colour-blind eyes can tell them apart, and nothing goes by colour alone."""

# Okabe and Ito's blue, vermilion and green, and Tol's purple; STYLES gives each its own line.
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#AA4499"
INK, PALE = "#333333", "#B8B8B8"
STYLES = ((BLUE, "o-"), (ORANGE, "s--"), (GREEN, "^-."), (PURPLE, "D:"))
SIGNED = "PRGn"  # purple below zero, white, green above
