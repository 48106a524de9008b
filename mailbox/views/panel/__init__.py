"""THE OPERATORS' PANEL: how the house is doing while letters travel. No page here shows a letter's words or a secret."""
