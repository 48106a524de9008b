"""What a wire said on a letter's way, in the language of whoever reads."""

from django import template

from mailbox import sentences

register = template.Library()
register.filter("told", sentences.told)
register.filter("advice", sentences.advice)
