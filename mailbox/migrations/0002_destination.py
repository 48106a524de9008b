from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailbox', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Destination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=400, unique=True)),
                ('site', models.CharField(db_index=True, max_length=400)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
    ]
