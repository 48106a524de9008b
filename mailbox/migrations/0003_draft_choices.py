from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailbox', '0002_destination'),
    ]

    operations = [
        migrations.AddField(
            model_name='draft',
            name='leaves_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='draft',
            name='notify',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
