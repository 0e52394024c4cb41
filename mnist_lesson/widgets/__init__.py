"""The panels, one in each module: controls and pictures on top of the lesson's own functions."""
