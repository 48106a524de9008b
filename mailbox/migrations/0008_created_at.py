import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailbox', '0007_bulk_to'),
    ]

    operations = [
        migrations.AlterField(
            model_name='outgoing',
            name='created_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
    ]
