"""SearchEntry: what a letter can be found by."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailbox', '0008_sites_and_limits'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='entry', serialize=False, to='mailbox.message')),
                ('sort_at', models.DateTimeField()),
                ('text', models.TextField()),
                ('tsv', django.contrib.postgres.search.SearchVectorField()),
                ('mailbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='mailbox.mailbox')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['tsv'], gin_pending_list_limit=1024, name='search_words'), models.Index(fields=['mailbox', '-sort_at', '-message'], name='search_newest')],
            },
        ),
    ]
