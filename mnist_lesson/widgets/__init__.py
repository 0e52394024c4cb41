"""The panels: controls and pictures over the lesson's own functions. One module a panel; views only."""
