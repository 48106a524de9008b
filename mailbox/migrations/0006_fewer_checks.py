import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailbox', '0005_attempt_verdicts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='mailbox',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='mailbox.mailbox'),
        ),
        migrations.AlterField(
            model_name='reference',
            name='mailbox',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='mailbox.mailbox'),
        ),
        migrations.AlterField(
            model_name='reference',
            name='thread',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='references', to='mailbox.thread'),
        ),
        migrations.AlterField(
            model_name='searchentry',
            name='mailbox',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='mailbox.mailbox'),
        ),
    ]
