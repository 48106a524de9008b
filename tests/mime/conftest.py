"""Made-up letters take the time they take: what it costs to read them is asserted where it is measured."""

from hypothesis import settings

settings.register_profile("mime", deadline=None)
settings.load_profile("mime")
