"""Two demonstration post offices, crepes.fr and hamburger.edu, so that a letter can make its whole journey on one machine."""
