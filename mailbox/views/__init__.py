"""The user agent: reads like the screen."""
