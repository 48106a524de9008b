import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailbox', '0003_draft_choices'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='filter',
            name='old_below',
        ),
        migrations.AddField(
            model_name='bulk',
            name='filter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='jobs', to='mailbox.filter'),
        ),
    ]
