import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the mirror goes on writing meanwhile

    dependencies = [
        ('mailbox', '0026_labels'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='placement',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('keywords', []), _negated=True), fields=['keywords'], name='placement_keywords'),
        ),
    ]
